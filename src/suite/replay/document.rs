//! JSON documents, row by row: answers of `filter-log-events` and `get-log-events`, Logs Insights results, records of
//! subscriptions; several one after the other.

use super::counts::Skip;
use super::item::{Budget, LogItem, OtherMembers, Sink, is_data, is_too_much};
use super::row::{ROWS, rows};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use std::cell::Cell;
use std::fmt;
use std::io::{self, BufReader};
use std::rc::Rc;

/// Reads all documents. Gives what kept them from being read to their end.
pub(super) fn read(input: Budget, sink: &mut Sink<'_>) -> io::Result<Option<String>> {
    let left = input.left.clone();
    let mut reader = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, input));
    let mut state = DocumentState { sink, left, row: 0, entered: false, failed: None };
    loop {
        state.entered = false;
        Budget::refill(&state.left);
        let Err(error) = Document(&mut state).deserialize(&mut reader) else { continue };
        if let Some(error) = state.failed.take() {
            return Err(error);
        }
        if error.is_eof() && !state.entered {
            return Ok(None);
        }
        let data = error.io_error_kind().is_none_or(|kind| is_data(&kind.into()));
        if !data {
            return Err(error.into());
        }
        let why = if error.is_eof() { Skip::Cut } else { Skip::Broken };
        state.put(Err(why), None)?;
        return Ok(Some(format!("{error}: what follows was not read")));
    }
}

struct DocumentState<'s, 'k> {
    sink: &'s mut Sink<'k>,
    left: Rc<Cell<u64>>,
    row: u64,
    entered: bool,
    failed: Option<io::Error>,
}

impl DocumentState<'_, '_> {
    fn put(&mut self, message: Result<String, Skip>, time: Option<i64>) -> io::Result<()> {
        self.row += 1;
        (self.sink)(LogItem { message, time, line: self.row })
    }

    /// The events of a row. One of too many members, or of too many levels, is skipped.
    fn raw(&mut self, row: &RawValue) -> io::Result<()> {
        if is_too_much(row.get()) {
            return self.skip(Skip::TooLong);
        }
        match serde_json::from_str(row.get()) {
            Ok(row) => self.row(&row),
            Err(_) => self.skip(Skip::Broken),
        }
    }

    fn skip(&mut self, why: Skip) -> io::Result<()> {
        Budget::refill(&self.left);
        self.put(Err(why), None)
    }

    fn row(&mut self, row: &Json) -> io::Result<()> {
        let mut found = Vec::new();
        rows(row, 0, &mut found);
        for (message, time) in found {
            self.put(message, time)?;
        }
        Budget::refill(&self.left);
        Ok(())
    }
}

/// A whole document.
struct Document<'v, 's, 'k>(&'v mut DocumentState<'s, 'k>);

impl Document<'_, '_, '_> {
    fn one<E: serde::de::Error>(self, row: &Json) -> Result<(), E> {
        self.0.entered = true;
        hand_over(self.0, |state| state.row(row))
    }
}

fn hand_over<E: serde::de::Error>(
    state: &mut DocumentState<'_, '_>,
    row: impl FnOnce(&mut DocumentState<'_, '_>) -> io::Result<()>,
) -> Result<(), E> {
    row(state).map_err(|error| {
        state.failed = Some(error);
        E::custom("the reader of the log is gone")
    })
}

impl<'de> DeserializeSeed<'de> for Document<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("log events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        self.0.entered = true;
        while let Some(row) = rows.next_element::<Box<RawValue>>()? {
            hand_over(self.0, |state| state.raw(&row))?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.0.entered = true;
        let (mut others, mut has_rows, mut taken, mut fits) = (Map::new(), false, OtherMembers::default(), true);
        while let Some(name) = members.next_key::<String>()? {
            if ROWS.contains(&name.as_str()) {
                has_rows = true;
                others.clear();
                members.next_value_seed(DocumentRows(self.0))?;
            } else if has_rows || !fits {
                members.next_value::<IgnoredAny>()?;
            } else {
                let value: Box<RawValue> = members.next_value()?;
                fits = taken.take(&name, value.get());
                if fits {
                    others.insert(name, serde_json::from_str(value.get()).map_err(serde::de::Error::custom)?);
                }
            }
        }
        // Not an answer: an entry that was printed over several lines.
        match (has_rows, fits) {
            (true, _) => Ok(()),
            (false, true) => hand_over(self.0, |state| state.row(&Json::Object(others))),
            (false, false) => hand_over(self.0, |state| state.skip(Skip::TooLong)),
        }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.one(&Json::from(text))
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.one(&Json::Null)
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.one(&Json::Null)
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.one(&Json::Null)
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.one(&Json::Null)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.one(&Json::Null)
    }
}

/// The member that holds the rows; anything but a list holds none.
struct DocumentRows<'v, 's, 'k>(&'v mut DocumentState<'s, 'k>);

impl<'de> DeserializeSeed<'de> for DocumentRows<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(Document(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read of a document, and what kept it from being read to its end.
    fn items(text: &str) -> (Vec<Result<String, Skip>>, Option<String>) {
        let mut found = Vec::new();
        let read = read(Budget::over(Box::new(io::Cursor::new(text.to_owned()))), &mut |item| {
            found.push(item.message);
            Ok(())
        });
        (found, read.expect("it is in memory"))
    }

    #[test]
    fn a_row_too_deep_or_too_wide_costs_its_place() {
        let (deep, wide) = ("[".repeat(500) + &"]".repeat(500), format!("[{}0]", "[],".repeat(400_000)));
        let (found, ended) = items(&format!(r#"{{"a":[],"events":[{deep},{wide},{{"message":"x"}}],"b":{wide}}} {{"c":{wide}}}"#));
        assert_eq!(found, [Err(Skip::Broken), Err(Skip::TooLong), Ok("x".to_owned()), Err(Skip::TooLong)]);
        assert_eq!(ended, None);
    }
}
