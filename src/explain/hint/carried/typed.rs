//! Key values of another type than the key attribute has on the rows.

use super::bound::plain;
use crate::eval::Outcome;
use crate::explain::hint::text::show;
use crate::message::{Message, Part};
use crate::records::{BoundValue, CarriedRole, Row, TermTest};
use crate::syntax::Program;
use crate::value::Value;

/// The first value of a key condition whose type is not that of the attribute on the rows.
pub fn differs(program: &Program, outcome: &Outcome, records: &[Value]) -> Option<Message> {
    let request = super::request(program, outcome, || crate::explain::hint::rendered::read(&outcome.output).value())?;
    let rows: Vec<Row> = records.iter().filter_map(Row::read).collect();
    let keys = request.carried.iter().filter(|one| one.role == CarriedRole::KeyCondition);
    keys.flat_map(|one| one.condition.terms()).find_map(|term| {
        let (TermTest::Compare { .. } | TermTest::Between { .. } | TermTest::BeginsWith { .. }) = &term.test else { return None };
        let path = term.paths().into_iter().next()?.top_level()?.to_owned();
        let stored = rows.iter().find_map(|row| row.get(&path))?;
        let sent = term.values().into_iter().find(|bound| matches!(&bound.given, BoundValue::Value(value) if value.type_name() != stored.type_name()))?;
        let BoundValue::Value(value) = &sent.given else { return None };
        Some(Message::of(
            "{} is sent as {} ({}), and {} is {} on the rows ({}).",
            [
                Part::Name(sent.name.to_string()),
                Part::Text(kind(value.type_name()).to_owned()),
                Part::Value(show(&plain(&sent))),
                Part::Name(path),
                Part::Text(kind(stored.type_name()).to_owned()),
                Part::Value(show(&stored.to_value())),
            ],
        ))
    })
}

fn kind(name: &str) -> &str {
    match name {
        "S" => "a string (S)",
        "N" => "a number (N)",
        "B" => "binary (B)",
        "NULL" => "null",
        other => other,
    }
}
