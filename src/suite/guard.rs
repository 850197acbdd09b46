//! A fault of our own costs the row that it happened in, and no other.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// The tool itself failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("vtl-eval itself failed here, which is a fault of its own: please report it with the input")]
pub struct Panicked;

/// Runs something that must not take others with it.
///
/// # Errors
/// A sentence, where it panicked.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    // What the work held is gone with it: nothing half done is looked at afterwards.
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Panicked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_sentence() {
        assert_eq!(guarded(|| 3), Ok(3));
        let index = std::env::args().count() + 7;
        assert_eq!(guarded(|| [1, 2][index]), Err(Panicked));
    }
}
