//! What happened, recorded: the events of one run become conditions as they were judged, origins of values, coverage and
//! a verdict.

pub mod candidate;
pub mod condition;
pub mod coverage;
pub mod derived;
pub mod index;
pub mod judging;
mod memory;
mod mentions;
pub mod places;
pub mod origin;
pub mod reached;
pub mod sites;
pub mod stash;
pub mod recorder;
pub mod values;
mod verdict;

pub use mentions::mentions;
pub use verdict::{Absent, Conclusion, Decision, DecisionKind, Verdict, has_refusal, is_refusal, judge, touches_filter, validated};
