//! A condition that is to keep an attribute unique, and looks at the row of one key alone.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html>: a condition is asked
//! of the item with the key of the write, and of no other.

use super::Finished;
use super::judged_term::{judged_term, row_name};
use crate::code::Code;
use crate::explain::hint::text::show;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::records::verdict::WriteVerdict;
use crate::records::{Carried, DataOperation, Row};
use crate::value::Value;

/// `attribute_not_exists(handle)` on a row that the write itself makes.
pub(super) fn beyond_key(run: &Finished<'_>, carried: &Carried, verdict: &WriteVerdict, rows: &[Row]) -> Option<Finding> {
    let key = carried.key.as_ref().filter(|_| carried.operation == DataOperation::PutItem)?;
    let wanted = carried.write.as_ref()?.wanted.as_ref()?;
    let made = run.program.says("autoid") || run.program.says("autoulid");
    let (term, name, value, other) = verdict.judged.terms().into_iter().find_map(|judgement| {
        let (path, false) = judgement.term.existence()? else { return None };
        let name = path.top_level()?;
        let value = wanted.get(name).or_else(|| key.get(name))?.to_value();
        let same = |row: &&(usize, &Row)| row.1.get(name).is_some_and(|stored| stored.to_value().loosely_equals(&value)) && !row.1.has_key(key);
        let other = rows.iter().enumerate().collect::<Vec<_>>().iter().find(same).map(|(at, row)| row_name(*at, row, carried));
        // A part of the key is kept unique by the rest of it, unless that is made anew each time.
        (key.get(name).is_none() || made && other.is_some()).then(|| (judgement, name.to_owned(), value, other))
    })?;
    if value.is_null() || other.is_none() && !made {
        return None;
    }
    let keys: Vec<String> = key.attributes().map(|(name, value)| format!("{name} {}", show(&value.to_value()))).collect();
    let keys = keys.join(", ");
    let fresh = if made { ", with a new id from $util.autoId() each time" } else { "" };
    let there = other.map_or_else(String::new, |row| {
        format!(" {row} has {name} {} already, lies under another key, and is never looked at.", show(&value))
    });
    let mut message = Message::of("Wider than it looks:", []);
    message.and(judged_term(run, carried, term).term());
    message.and(Message::of(
        "keeps no {} unique: DynamoDB asks a condition of the row with the same key alone ({}{}), and there is none, so it always holds.{} » Make {} part of a key: a TransactWriteItems that also puts a row with the key {} under `attribute_not_exists({})`, or {} as the table's primary key.",
        [
            Part::Name(name.clone()),
            Part::Value(keys),
            Part::Text(fresh.to_owned()),
            Part::Value(there),
            Part::Name(name.clone()),
            Part::Value(marker(&name, &value)),
            Part::Name(key.attributes().next().map_or_else(String::new, |(name, _)| name.to_owned())),
            Part::Name(name.clone()),
        ],
    ));
    Some(Finding::new(Code::ConditionOnOwnKey, message).at(format!("condition.{name}")))
}

/// `"handle#maple"`
fn marker(name: &str, value: &Value) -> String {
    match value.as_str() {
        Some(text) => crate::message::quoted(&format!("{name}#{text}")).to_string(),
        None => format!("{name}#{}", show(value)),
    }
}
