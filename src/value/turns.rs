//! Threads that each work on something of their own share the memory of one machine: of those that hold much, only a few go on
//! at a time, and the others wait. So what all hold together has a bound, whatever each was given and however many there are.

use super::ledger;
use std::cell::Cell;
use std::sync::{Condvar, Mutex, PoisonError};

/// Bytes from which a thread holds much.
pub const MUCH: usize = 16 << 20;

/// Threads that may hold much at a time.
const MOST: usize = 2;

/// How many do.
static TAKEN: Mutex<usize> = Mutex::new(0);
static GIVEN_BACK: Condvar = Condvar::new();

thread_local! {
    static HAS_TURN: Cell<bool> = const { Cell::new(false) };
}

/// A piece of work of a thread that shares memory with others. No other may begin on the same thread before it is dropped, and it
/// waits for nobody while it holds much.
#[derive(Debug)]
pub struct Shared(());

impl Shared {
    /// Work begins.
    #[must_use]
    pub fn begin() -> Self {
        ledger::call_from(MUCH, take);
        Self(())
    }

    /// It is known that it will hold so many bytes outside of the ledger.
    pub fn expect(&self, bytes: usize) {
        if bytes > MUCH {
            take();
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        ledger::call_from(usize::MAX, || {});
        if HAS_TURN.replace(false) {
            *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
            GIVEN_BACK.notify_one();
        }
    }
}

/// Waits until fewer threads hold much.
fn take() {
    if !HAS_TURN.replace(true) {
        let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = GIVEN_BACK.wait_while(taken, |taken| *taken >= MOST).unwrap_or_else(PoisonError::into_inner);
        *taken += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn only_a_few_hold_much_at_a_time() {
        static NOW: AtomicUsize = AtomicUsize::new(0);
        let work = || {
            for _ in 0..20 {
                let _shared = Shared::begin();
                let _little = ledger::Charge::new(MUCH / 2);
                let _much = ledger::Charge::new(MUCH);
                assert!(NOW.fetch_add(1, Ordering::SeqCst) < MOST);
                std::thread::yield_now();
                NOW.fetch_sub(1, Ordering::SeqCst);
            }
        };
        std::thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(work))));
        assert_eq!(*TAKEN.lock().unwrap(), 0);
    }
}
