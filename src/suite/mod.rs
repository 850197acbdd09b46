//! Many cases: test files, the access matrix.

mod case;
mod check;
mod diagnose;
mod matrix;
mod persona;
pub mod replay;

pub use case::{CaseFile, Covered, Ran, discover};
pub use check::{Severity, Spot, check};
pub use diagnose::{Diagnosis, Refusal, diagnose};
pub use matrix::{Cell, DecidedBy, Difference, Matrix, compare};
pub use persona::{Case, Persona, Personas};
