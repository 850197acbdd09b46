//! A nested field that asks the parent alone: the rows behind it come back whosever they are.

use super::allow::{OWNERS, condition, leaves, names_caller_in};
use super::carried::{is_lookup, kept, operation};
use super::test::Test;
use super::text::show;
use super::whence::held_by;
use super::{Finished, json};
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::value::Value;

/// The parent is the caller's, and rows that name somebody else are in the answer, which no test and no term looks at.
pub fn not_asked(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let root = matches!(run.outcome.env.parent_type.as_str(), "Query" | "Mutation" | "Subscription");
    let is_told = found.iter().chain(&run.why.carrying.findings).any(|known| known.code == Code::RowsNotChecked);
    if run.verdict != Verdict::Allowed || root || run.is_of_amplify() || is_told {
        return;
    }
    let leaves = leaves(run, run.passed());
    let leads = |side: &Operand, place: &str| side.origins.iter().any(|origin| origin.is_in(place));
    if leaves.iter().flat_map(|leaf| &leaf.condition.operands).any(|side| leads(side, "result") || leads(side, "prev")) {
        return;
    }
    let asked = leaves.iter().find_map(|leaf| {
        let Test::Equal { left, right, equal: true } = leaf.test else { return None };
        let pair = [(left, right), (right, left)];
        let (parent, _) = pair.into_iter().find(|(parent, caller)| leads(parent, "source") && leads(caller, "identity"))?;
        Some((leaf, parent, parent.origins.context()?.0))
    });
    let Some((leaf, parent, path)) = asked else { return };
    let member = path.rsplit('.').next().unwrap_or(path);
    let rows = answered(run);
    let others: Vec<(String, String)> = rows.iter().filter_map(|(name, row)| of_other(run, name, row, member)).take(3).collect();
    let Some((_, field)) = others.first() else { return };
    let comes = if others.len() == 1 { "comes" } else { "come" };
    let message = Message::of(
        "Wider than it looks: {} asks the parent alone ({} is {}), and nothing looks at the rows behind it: {} {} back as well. » If a row's own {} is to decide, put a term on it into the request's filter, or compare it row by row in the response.",
        [
            Part::Code(condition(run, leaf.condition)),
            Part::Place(path.to_string()),
            Part::Value(show(&parent.value)),
            Part::Value(all_of(&others.iter().map(|(words, _)| words.clone()).collect::<Vec<_>>())),
            Part::Text(comes.to_owned()),
            Part::Name(field.clone()),
        ],
    );
    found.push(Finding::new(Code::RowsNotChecked, message).certainty(Certainty::Likely).at(path).actual(json(&parent.value)));
}

/// The rows that go out, each with its name: those of the answer, or the given ones that a request which does not name the caller keeps.
fn answered(run: &Finished<'_>) -> Vec<(String, Value)> {
    let named = |rows: Vec<Value>, name: &str| rows.into_iter().enumerate().map(|(at, row)| (format!("{name}[{at}]"), row)).collect();
    let is_lookup = operation(run).is_some_and(|operation| is_lookup(&operation));
    if is_lookup {
        if names_caller_in(run, &run.outcome.output) {
            return Vec::new();
        }
        let kept = kept(run.program, run.outcome, run.records);
        let all: Vec<(String, Value)> = named(run.records.to_vec(), "records");
        return all.into_iter().enumerate().filter(|(at, _)| kept.as_ref().is_none_or(|kept| kept.get(*at) == Some(&true))).map(|(_, row)| row).collect();
    }
    let Some(answer) = run.rendered().filter(|_| !run.context(&["result"]).is_null()) else { return Vec::new() };
    let page = answer.as_map().and_then(|map| map.get_str("items"));
    match page.as_ref().unwrap_or(&answer).members() {
        Some(rows) if answer.as_map().is_none() || page.is_some() => named(rows, "items"),
        _ => vec![("result".to_owned(), answer)],
    }
}

/// A row that names somebody else, and the attribute in which it does.
fn of_other(run: &Finished<'_>, name: &str, row: &Value, member: &str) -> Option<(String, String)> {
    let row = row.as_map()?;
    let names = || std::iter::once(member).chain(OWNERS);
    let text = |field: &str| row.get_str(field).filter(|value| value.as_str().is_some_and(|text| !text.is_empty()));
    // A row that names the caller anywhere is not another's.
    if names().filter_map(text).any(|value| held_by(run, &value).is_some()) {
        return None;
    }
    let field = names().find(|field| text(field).is_some())?;
    let id = row.get_str("id").filter(|id| !id.is_null()).map_or_else(String::new, |id| format!(" (id {})", show(&id)));
    Some((format!("{name}{id}, whose {field} is {},", show(&text(field)?)), field.to_owned()))
}
