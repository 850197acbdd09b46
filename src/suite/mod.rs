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
pub use cases::{CaseError, CaseFile, Covered, CoveredTemplate, RanCase, discover, updated};
pub use change::VerdictChange;
pub use check::{Baseline, Checked, Fix, Fresh, Spot, caches, check, mended};
pub use diagnose::{Diagnosis, Refusal, add_project, diagnosed as diagnose};
pub use guard::guarded;
pub use matrix::{Cell, DecidedBy, CellDifference, Matrix, compare, javascript_refusals};
pub use made::made;
pub use persona::{PersonaCaller, Case, Persona, Personas};
