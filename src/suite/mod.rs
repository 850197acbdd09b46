//! Many cases: test files, the access matrix.

mod matrix;
mod persona;

pub use matrix::{Cell, DecidedBy, Difference, Matrix, compare};
pub use persona::{Case, Persona, Personas};
