//! Values that a report has again and again: a variable that is written a thousand times may hold megabytes each time, which
//! are one text in memory. The first ones are told whole, up to a budget.

use super::as_json::AsJson;
use crate::value::Value;
use serde::{Serialize, Serializer};

/// Bytes of such values in one report.
const BUDGET: usize = 1 << 20;

/// Letters that are told of a text that has no room.
const BEGINNING: usize = 200;

/// What is left of a report's budget.
#[derive(Debug)]
pub struct ExcerptBudget(usize);

impl Default for ExcerptBudget {
    fn default() -> Self {
        Self(BUDGET)
    }
}

/// A value, or its beginning.
#[derive(Debug)]
pub enum Excerpt<'a> {
    /// All of it.
    Whole(AsJson<&'a Value>),
    /// A text's beginning, or `…` of what has members.
    Beginning(String),
}

impl ExcerptBudget {
    /// A value, as much of it as there is room for.
    pub fn take<'a>(&mut self, value: &'a Value) -> Excerpt<'a> {
        let size = match value {
            Value::String(text) => text.as_str().len(),
            Value::List(_) | Value::Map(_) | Value::View(_) | Value::Entry(_) if self.0 == 0 => usize::MAX,
            Value::List(_) | Value::Map(_) | Value::View(_) | Value::Entry(_) => {
                value.to_json().map_or(BEGINNING, |text| text.len())
            }
            _ => 8,
        };
        match (self.0.checked_sub(size), value) {
            (Some(left), _) => {
                self.0 = left;
                Excerpt::Whole(AsJson(value))
            }
            (None, Value::String(text)) => Excerpt::Beginning(text.as_str().chars().take(BEGINNING).chain(['…']).collect()),
            (None, Value::List(_) | Value::Map(_) | Value::View(_) | Value::Entry(_)) => {
                self.0 = 0;
                Excerpt::Beginning("…".to_owned())
            }
            (None, _) => Excerpt::Whole(AsJson(value)),
        }
    }
}

impl Serialize for Excerpt<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(value) => value.serialize(serializer),
            Self::Beginning(text) => serializer.serialize_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_again_and_again_is_told_within_a_budget() {
        let long = Value::string("x".repeat(BUDGET / 2 + 1));
        let list = Value::from(crate::value::List::new(vec![long.clone()]));
        let mut budget = ExcerptBudget::default();
        fn taken(budget: &mut ExcerptBudget, value: &Value) -> usize {
            serde_json::to_string(&budget.take(value)).unwrap().len()
        }
        assert_eq!(taken(&mut budget, &long), BUDGET / 2 + 3);
        assert_eq!(taken(&mut budget, &long), BEGINNING + 2 + '…'.len_utf8());
        assert_eq!(taken(&mut budget, &Value::int(7)), 1);
        assert_eq!(taken(&mut budget, &list), 2 + '…'.len_utf8());
        assert_eq!(taken(&mut budget, &Value::Null), 4);
    }
}
