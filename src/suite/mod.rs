//! Many cases, by product: static checks, case files, the access matrix, a diagnosis over all layers, replayed logs.

mod against;
mod cases;
mod change;
mod check;
mod diagnose;
mod each;
mod guard;
mod made;
mod matrix;
mod persona;
pub mod replay;

pub use against::{Differing, What, differing};
pub use cases::{CaseError, CaseFile, Covered, CoveredTemplate, Ran, discover, updated};
pub use change::Change;
pub use check::{Baseline, Checked, Fix, Fresh, Spot, caches, check, mended};
pub use diagnose::{Diagnosis, Refusal, add_project, diagnosed as diagnose};
pub use guard::guarded;
pub use matrix::{Cell, DecidedBy, Difference, Matrix, compare};
pub use made::made;
pub use persona::{Caller, Case, Persona, Personas};
