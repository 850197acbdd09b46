//! JSON documents, row by row: answers of `filter-log-events` and `get-log-events`, Logs Insights results, records of
//! subscriptions; several one after the other.

use super::counts::Skip;
use super::item::{Budget, LogItem, Sink, is_data};
use super::row::{ROWS, rows};
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
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

    /// The events of a row.
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
        hand_over(self.0, row)
    }
}

fn hand_over<E: serde::de::Error>(state: &mut DocumentState<'_, '_>, row: &Json) -> Result<(), E> {
    state.row(row).map_err(|error| {
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
        while let Some(row) = rows.next_element::<Json>()? {
            hand_over(self.0, &row)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        self.0.entered = true;
        let (mut others, mut has_rows) = (Map::new(), false);
        while let Some(name) = members.next_key::<String>()? {
            if ROWS.contains(&name.as_str()) {
                has_rows = true;
                members.next_value_seed(DocumentRows(self.0))?;
            } else {
                others.insert(name, members.next_value()?);
            }
        }
        // Not an answer: an entry that was printed over several lines.
        if has_rows { Ok(()) } else { hand_over(self.0, &Json::Object(others)) }
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
