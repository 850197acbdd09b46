//! From what happened to what it means.

pub mod candidate;
pub mod condition;
pub mod coverage;
mod explain;
pub mod filter;
pub mod grounds;
pub mod hint;
pub mod index;
mod mentions;
pub mod origin;
pub mod path;
pub mod recorder;
pub mod suggest;
mod verdict;
pub mod why;

pub use mentions::mentions;
pub use verdict::{Decision, DecisionKind, Verdict, has_refusal, is_refusal, judge};

pub use explain::{Explained, Question, explain, recorded};
