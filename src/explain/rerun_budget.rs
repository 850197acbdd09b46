//! What running a subject again may cost: all reruns of one explanation together have as many steps as half a run, so that a
//! template near its limit is not run a hundred times.

use crate::eval::Limits;
use crate::value::ledger::{Session, check, taken};
use std::cell::Cell;

thread_local! {
    /// Steps that reruns have left.
    static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// An explanation begins.
pub fn begin() {
    LEFT.set(Limits::default().steps / 2);
}

/// Whether reruns were left out, or cut short.
pub fn is_spent() -> bool {
    LEFT.get() == 0
}

/// One rerun; none where it would take more than is left: what it came to by then is no answer.
pub fn rerun<T>(run: impl FnOnce() -> Option<T>) -> Option<T> {
    let left = LEFT.get();
    if left == 0 {
        return None;
    }
    let session = Session::open(left, usize::MAX);
    let result = run();
    let (whole, taken) = (check().is_ok(), taken());
    drop(session);
    let left = left.saturating_sub(taken);
    LEFT.set(if whole { left } else { 0 });
    result.filter(|_| whole && left > 0)
}
