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
pub struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(BUDGET)
    }
}

/// A value, or its beginning.
#[derive(Debug)]
pub enum ToldValue<'a> {
    /// All of it.
    Whole(AsJson<&'a Value>),
    /// A text's beginning, or `…` of what has members.
    Begun(String),
}

impl Room {
    /// A value, as much of it as there is room for.
    pub fn take<'a>(&mut self, value: &'a Value) -> ToldValue<'a> {
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
                ToldValue::Whole(AsJson(value))
            }
            (None, Value::String(text)) => ToldValue::Begun(text.as_str().chars().take(BEGINNING).chain(['…']).collect()),
            (None, Value::List(_) | Value::Map(_) | Value::View(_) | Value::Entry(_)) => {
                self.0 = 0;
                ToldValue::Begun("…".to_owned())
            }
            (None, _) => ToldValue::Whole(AsJson(value)),
        }
    }
}

impl Serialize for ToldValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(value) => value.serialize(serializer),
            Self::Begun(text) => serializer.serialize_str(text),
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
        let mut room = Room::default();
        fn told(room: &mut Room, value: &Value) -> usize {
            serde_json::to_string(&room.take(value)).unwrap().len()
        }
        assert_eq!(told(&mut room, &long), BUDGET / 2 + 3);
        assert_eq!(told(&mut room, &long), BEGINNING + 2 + '…'.len_utf8());
        assert_eq!(told(&mut room, &Value::int(7)), 1);
        assert_eq!(told(&mut room, &list), 2 + '…'.len_utf8());
        assert_eq!(told(&mut room, &Value::Null), 4);
    }
}
