//! Parts of a filter that are not read.

use super::condition::{RowCondition, TermTest};
use super::unjudged::Unjudged;
use ecow::EcoString;

/// Filters nested deeper than this are not read, as in `$util.transform`.
pub(super) const DEEPEST: usize = 100;

/// A term that is shown and not judged.
pub(super) fn not_read(place: &str, what: impl Into<EcoString>) -> RowCondition {
    RowCondition::term(place, None, TermTest::NotRead(Unjudged::NotKnown(what.into())))
}
