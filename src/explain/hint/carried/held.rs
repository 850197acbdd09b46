//! A write's condition that holds on the row which was given, should DynamoDB have said that it failed.

use super::Finished;
use super::judged_term::judged_term;
use super::named::{key, what};
use crate::code::Code;
use crate::explain::why::{Carrying, IfFailed};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::records::verdict::WriteVerdict;
use crate::records::{Carried, Row};

/// The reading that fits a failure which was seen: the row was another one when DynamoDB looked.
pub(super) fn if_failed(run: &Finished<'_>, carried: &Carried, verdict: &WriteVerdict, rows: &[Row], found: &mut Carrying) {
    let deciding = verdict.judged.deciding();
    if deciding.is_empty() || rows.is_empty() {
        return;
    }
    let holds = |judgement| {
        let term = judged_term(run, carried, judgement);
        let values = [term.row_words(), term.value_words()];
        let values: Vec<String> = values.into_iter().filter(|words| !words.is_empty()).collect();
        format!("`{}` ({})", judgement.term.text, values.join(", and "))
    };
    let held: Vec<String> = deciding.iter().map(|one| holds(one.judgement)).collect();
    let message = Message::of(
        "DynamoDB said that the condition of the {} of {} failed, and on the row that was given it holds: {}. What was seen fits only if the row was another one when DynamoDB looked at it: changed since, or not there yet; else another condition is deployed. » Compare with the row as it was then (the error's `data` has it), and look for what wrote it in between: the same request sent twice, or another caller.",
        [Part::Text(what(&carried.operation).to_owned()), Part::Value(key(carried)), Part::Value(all_of(&held))],
    );
    found.if_failed.push(IfFailed { place: carried.place.to_string(), held: true, finding: Finding::new(Code::ConditionFailed, message).at("records") });
}
