//! Case files, like a unit-test runner: what is expected, what came, and what the cases covered.

mod case;
mod covered;
mod expect;
mod update;

pub use case::{CaseError, CaseFile, RanCase, discover};
pub use covered::{Covered, CoveredTemplate};
pub use update::updated;
