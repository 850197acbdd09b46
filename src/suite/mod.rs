//! Many cases: test files, the access matrix.

mod case;
mod check;
mod checked;
mod contradiction;
mod covered;
mod diagnose;
mod each;
mod expect;
mod matrix;
mod persona;
pub mod replay;
mod update;

pub use case::{CaseFile, Ran, discover};
pub use check::{Severity, Spot, check};
pub use checked::Checked;
pub use covered::{Covered, CoveredTemplate};
pub use diagnose::{Diagnosis, Refusal, diagnose};
pub use matrix::{Cell, DecidedBy, Difference, Matrix, compare};
pub use persona::{Case, Persona, Personas};
pub use update::updated;
