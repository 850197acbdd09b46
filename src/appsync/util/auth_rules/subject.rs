//! What a rule is held against.

use super::caller::member;
use crate::value::{Map, Value};

/// What the rule is held against.
#[derive(Clone, Copy, Debug)]
pub(super) enum RuleSubject<'a> {
    /// No record yet: dynamic rules give filters.
    Query,
    /// No record yet: dynamic rules give filters on what a mutation will return.
    Subscription,
    /// The input of a create, with the owner fields that earlier rules added.
    Input(&'a Map),
    /// A record, and its place in the context.
    Record { record: &'a Value, path: &'static str },
}

impl RuleSubject<'_> {
    /// The value of a field, and its place; `None` where there is no record.
    pub(super) fn field(self, name: &str) -> Option<(Value, String)> {
        match self {
            Self::Query | Self::Subscription => None,
            Self::Input(input) => Some((input.get_str(name).unwrap_or_default(), format!("args.input.{name}"))),
            Self::Record { record, path } => Some((member(record, name), format!("{path}.{name}"))),
        }
    }
}
