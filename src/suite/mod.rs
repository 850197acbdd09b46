//! Many cases: test files, the access matrix.

mod diagnose;
mod matrix;
mod persona;

pub use diagnose::{Diagnosis, Refusal, diagnose};
pub use matrix::{Cell, DecidedBy, Difference, Matrix, compare};
pub use persona::{Case, Persona, Personas};
