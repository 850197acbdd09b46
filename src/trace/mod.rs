//! From what happened to what it means.

mod verdict;

pub use verdict::{Decision, DecisionKind, Verdict, has_refusal, judge};
