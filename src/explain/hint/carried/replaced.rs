//! A condition that a template made and that a later statement, or a later step, put another one in the place of.

use super::Finished;
use crate::code::Code;
use crate::explain::hint::allow::line;
use crate::explain::hint::whence::is_client;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::records::verdict::{RowFate, WriteFate, rows as judge_rows, write};
use crate::records::{Carried, CarriedRole, Row, read};
use crate::trace::candidate::looked_at;
use crate::trace::recorder::Change;
use crate::value::{Map, Value};

/// The condition that was replaced, and by what.
struct ReplacedCondition {
    /// What of the request it was.
    role: CarriedRole,
    /// Where it was made: `line 1`, with the template's name where there are several.
    made: String,
    /// Where the other took its place.
    replaced: String,
    /// Its text.
    text: String,
    /// The text of the one that counts.
    by: String,
    /// Whether it holds on the row; `None` where that cannot be told.
    holds: Option<bool>,
}

/// What to add to a condition that failed: the one that stood there before.
pub(in crate::explain) fn behind_failure(steps: &[&Finished<'_>]) -> Option<Message> {
    let replaced = find(steps)?;
    let of_filter = replaced.role == CarriedRole::Filter;
    let holds = match (replaced.holds, of_filter) {
        (Some(true), true) => ", which keeps what was left out",
        (Some(true), false) => ", which holds on this row",
        (Some(false), true) => ", which leaves it out as well",
        (Some(false), false) => ", which does not hold on this row either",
        (None, _) => "",
    };
    let cure = if of_filter {
        "Join the two in one expression: with OR if either is enough for a row to come, with AND if both are meant."
    } else {
        "Join the two with AND in one expression, if both are meant."
    };
    Some(
        Message::of(
            "{} had set the {} {}{}, and {} replaced it.",
            [
                Part::Place(replaced.made.replacen("line", "Line", usize::from(steps.len() == 1))),
                Part::Text(replaced.role.to_string()),
                Part::Code(format!("`{}`", replaced.text)),
                Part::Text(holds.to_owned()),
                Part::Place(replaced.replaced),
            ],
        )
        .cured(cure),
    )
}

/// A write that goes through because the condition that would have held it back was replaced.
pub(super) fn let_through(run: &Finished<'_>) -> Option<Finding> {
    let replaced = find(&[run]).filter(|replaced| replaced.holds == Some(false))?;
    let message = Message::of(
        "Wider than it looks: {} had set the condition {}, which does not hold on this row, and {} replaced it by {}, so the write goes through. » Join the two with AND in one expression.",
        [
            Part::Place(replaced.made),
            Part::Code(format!("`{}`", replaced.text)),
            Part::Place(replaced.replaced),
            Part::Code(format!("`{}`", replaced.by)),
        ],
    );
    Some(Finding::new(Code::FilterLost, message).at("condition"))
}

/// The last of the steps writes; the others, and it itself, made conditions for it.
fn find(steps: &[&Finished<'_>]) -> Option<ReplacedCondition> {
    let last = steps.last()?;
    let request = super::request(last.program, last.outcome, || last.rendered())?;
    let of_request = |one: &&Carried| one.role == CarriedRole::Condition && one.place == "condition" || one.role == CarriedRole::Filter;
    let (role, by) = request.carried.iter().find(of_request).map(|one| (one.role, one.expression.to_string()))?;
    let made: Vec<(&Finished<'_>, &Change, Value)> = steps
        .iter()
        .flat_map(|step| step.recorder.changes.iter().filter_map(move |change| Some((*step, change, condition_of(change.values.last()?)?))))
        .collect();
    let Some(at) = made.iter().rposition(|(.., value)| text(value).as_deref() == Some(by.as_str())) else {
        return by_member(last, &made, role, by);
    };
    let (second, change, _) = &made[at];
    // The same variable, or the same member of the stash.
    let same = |other: &Change| other.slot == change.slot && other.path == change.path && (change.path.is_none() || first_text(other) == first_text(change));
    let (first, old, value) = made[..at].iter().rfind(|(_, other, value)| same(other) && text(value).as_deref() != Some(by.as_str()))?;
    let place = |step: &Finished<'_>, change: &Change| {
        let line = line(step, change.node);
        if steps.len() > 1 { format!("{} (line {line})", step.program.source.name) } else { format!("line {line}") }
    };
    let text = text(value)?;
    // What was joined into the later one is not lost.
    (!by.contains(&text)).then(|| ReplacedCondition {
        made: place(first, old),
        replaced: place(second, change),
        holds: holds(last, role, value),
        role,
        text,
        by,
    })
}

/// The expression of a condition that was made whole is put anew: `$condition.put("expression", "…")`.
fn by_member<'a>(last: &Finished<'a>, made: &[(&Finished<'a>, &Change, Value)], role: CarriedRole, by: String) -> Option<ReplacedCondition> {
    let is_put = |change: &&Change| first_text(change).as_deref() == Some("expression") && change.values.get(1).and_then(Value::as_str) == Some(by.as_str());
    let put = last.recorder.changes.iter().rfind(is_put)?;
    let old = put.old.as_ref()?.as_str().filter(|old| !by.contains(old))?.to_owned();
    let (_, first, value) = made.iter().rfind(|(step, change, value)| std::ptr::eq(*step, last) && change.slot == put.slot && text(value).as_deref() == Some(old.as_str()))?;
    let sent = guards(last.recorder, put.node, false).into_iter().find_map(|guard| {
        let operands = looked_at(&guard.condition);
        let (path, ..) = operands.iter().filter(|side| !side.literal).find_map(|side| side.origins.context())?;
        is_client(path).then(|| format!(", where {} is sent,", path.replacen("args", "arguments", 1)))
    });
    Some(ReplacedCondition {
        made: format!("line {}", line(last, first.node)),
        replaced: format!("line {}{}", line(last, put.node), sent.unwrap_or_default()),
        holds: holds(last, role, value),
        role,
        text: old,
        by,
    })
}

/// A value that is a condition: an expression with its values.
fn condition_of(value: &Value) -> Option<Value> {
    value.as_map()?.get_str("expression")?.as_str().is_some().then(|| value.clone())
}

/// The name that a `put` gave it.
fn first_text(change: &Change) -> Option<String> {
    change.values.first()?.as_str().map(str::to_owned)
}

fn text(condition: &Value) -> Option<String> {
    condition.as_map()?.get_str("expression")?.as_str().map(str::to_owned)
}

/// The same write with this condition, on the rows that were given.
fn holds(run: &Finished<'_>, role: CarriedRole, condition: &Value) -> Option<bool> {
    let request = Map::new();
    for (name, value) in run.rendered()?.as_map()?.snapshot() {
        request.put_str(name.as_str()?, value);
    }
    request.put_str(if role == CarriedRole::Filter { "filter" } else { "condition" }, condition.clone());
    let rows: Vec<Row> = run.records.iter().filter_map(Row::read).collect();
    let request = read(&Value::Map(request));
    let carried = request.carried.iter().find(|one| one.role == role).filter(|one| super::is_judged(one))?;
    if role == CarriedRole::Filter {
        let fates: Vec<RowFate> = judge_rows(carried, &rows).into_iter().map(|row| row.fate).collect();
        let all = |fate: RowFate| !fates.is_empty() && fates.iter().all(|own| *own == fate);
        return if all(RowFate::Kept) { Some(true) } else { all(RowFate::Dropped).then_some(false) };
    }
    match write(carried, carried.subject(&rows)).fate {
        WriteFate::Written => Some(true),
        WriteFate::Failed(_) | WriteFate::FailedOrAsWanted => Some(false),
        _ => None,
    }
}
