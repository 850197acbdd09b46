//! Parts of a filter that are not read.

use super::condition::{Condition, Test};
use super::unjudged::Unjudged;
use ecow::EcoString;

/// Filters nested deeper than this are not read, as in `$util.transform`.
pub(super) const DEEPEST: usize = 100;

/// A term that is shown and not judged.
pub(super) fn not_read(place: &str, what: impl Into<EcoString>) -> Condition {
    Condition::term(place, None, Test::NotRead(Unjudged::NotKnown(what.into())))
}
