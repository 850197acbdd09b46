//! From what happened to what it means.

pub mod candidate;
pub mod condition;
pub mod index;
pub mod origin;
pub mod recorder;
mod verdict;

pub use verdict::{Decision, DecisionKind, Verdict, has_refusal, judge};
