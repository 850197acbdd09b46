//! Nothing in the place of data, and no error: a rule about the caller that answers with null, or with a list without items.

use super::allow::{line, one_line, static_path, values};
use super::contents::{empties, is_answer, is_data};
use super::deciding::reads_caller;
use super::whence::{held_by, slip};
use super::Finished;
use crate::code::Code;
use crate::eval::End;
use crate::explain::why::{Guard, guards};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::syntax::NodeId;
use crate::trace::Verdict;
use crate::trace::condition::{Condition, Operand};
use crate::trace::index::{Node, NodePart, inside};
use crate::value::Value;

/// Letters of an answer that may have nothing but null in it.
const LONGEST_EMPTY: usize = 200;

/// An answer without data, and the condition that is behind it.
struct EmptyAnswer {
    /// `line 5 answers []`
    how: Message,
    guard: Guard,
    /// `2 rows were found and withheld`
    withheld: Message,
}

/// A rule about the caller answered with nothing, where there was something.
pub fn by_rule(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return;
    }
    let Some(answer) = returned(run).or_else(|| printed(run)) else { return };
    let condition = &answer.guard.condition;
    let mut message = Message::of(
        "Not refused, but emptied: {} because `{}` (line {}) {} ({}); {}.",
        [
            Part::Text(answer.how.to_string()),
            Part::Code(one_line(run.text(condition))),
            Part::Place(line(run, answer.guard.node).to_string()),
            Part::Text((if answer.guard.value { "held" } else { "did not hold" }).to_owned()),
            Part::Value(values(run, condition).join(", ")),
            Part::Text(answer.withheld.to_string()),
        ],
    );
    message.and(why(run, condition));
    found.push(Finding::new(Code::EmptiedByRule, message).at("result"));
}

/// `#return` with null, or with nothing in brackets.
fn returned(run: &Finished<'_>) -> Option<EmptyAnswer> {
    let End::Returned { node, value } = &run.outcome.end else { return None };
    // Where the data source found nothing, nothing was withheld.
    if !empties(value) || !is_data(&run.context(&["result"])) {
        return None;
    }
    let mut around = guards(run.recorder, *node, false).into_iter();
    let (guard, how) = match value {
        Value::Null => {
            let guard = around.find(|guard| run.verdict == Verdict::Completed && reads_caller(&guard.condition))?;
            (guard, Message::of("`#return` on line {} returned null", [Part::Place(line(run, *node).to_string())]))
        }
        value if is_answer(run) => (
            around.next()?,
            Message::of("`#return` on line {} answered {}", [Part::Place(line(run, *node).to_string()), Part::Value(value.to_string())]),
        ),
        _ => return None,
    };
    let withheld = if !reads_caller(&guard.condition) {
        "what the data source found was withheld, and from everybody: that condition asks nothing of the caller"
    } else if !value.is_null() {
        "what the data source found was withheld"
    } else {
        "what the data source found was withheld. Where the schema has the field as non-null, that null becomes an error (\"Cannot return null for non-nullable type\")"
    };
    Some(EmptyAnswer { how, guard, withheld: withheld.into() })
}

/// A template that printed nothing but null or brackets.
fn printed(run: &Finished<'_>) -> Option<EmptyAnswer> {
    // No more letters than the longest of these texts has, and one, tell whether it is one of them.
    let output: String = run.outcome.output.trim_ascii().split_whitespace().flat_map(str::chars).take(13).collect();
    if !matches!(output.as_str(), "[]" | "null" | "{}" | "{\"items\":[]}") && !only_nulls(run) {
        return None;
    }
    let items = run.context(&["result", "items"]).members().or_else(|| run.context(&["result"]).members());
    let rows = items.unwrap_or_default();
    if rows.is_empty() {
        return kept_back(run, &output);
    }
    let node = run.recorder.index.statements.iter().find_map(|(node, statement)| match statement {
        Node::Reference(_) if run.recorder.reached.began(*node) > 0 => Some(*node),
        _ => None,
    });
    let Some((node, guard)) = node.and_then(|node| Some((node, guards(run.recorder, node, false).into_iter().next()?))) else {
        return kept_back(run, &output);
    };
    let how = Message::of("line {} answers {}", [Part::Place(line(run, node).to_string()), Part::Value(output)]);
    let count = if rows.len() == 1 { "1 row was".to_owned() } else { format!("{} rows were", rows.len()) };
    Some(EmptyAnswer { how, guard, withheld: format!("{count} found and withheld").into() })
}

/// Whether the answer is an object in which nothing but null stands.
fn only_nulls(run: &Finished<'_>) -> bool {
    let output = run.outcome.output.trim_ascii();
    is_answer(run) && output.starts_with('{') && output.len() < LONGEST_EMPTY && crate::value::from_json_str(output).is_ok_and(|answer| !is_data(&answer))
}

/// The condition on the caller that a flag was to be set by, where a condition asks for that flag.
fn behind_flag(run: &Finished<'_>, guard: &Guard) -> Option<Guard> {
    let slots = guard.condition.operands.iter().filter_map(|operand| operand.slot);
    let sets = slots.flat_map(|slot| run.recorder.index.sets_of(slot)).filter(|set| run.recorder.reached.began(set.node) == 0);
    sets.flat_map(|set| guards(run.recorder, set.node, false)).find(|guard| reads_caller(&guard.condition))
}

/// A statement that would have answered with data stands behind a condition about the caller.
fn kept_back(run: &Finished<'_>, output: &str) -> Option<EmptyAnswer> {
    let index = &run.recorder.index;
    let mut ways = index.statements.iter().filter_map(|(node, statement)| {
        let Node::Reference(reference) = statement else { return None };
        if run.recorder.reached.began(*node) > 0 {
            return None;
        }
        let mut data = None;
        inside(reference, &mut |inner| {
            let path = static_path(inner).filter(|path| matches!(path.first(), Some(&("result" | "source" | "prev"))));
            data = data.take().or_else(|| path.filter(|path| is_data(&run.context(path))).map(|path| path.join(".")));
        });
        let data = data?;
        let own: Vec<NodeId> = index.chain(*node).iter().filter(|part| matches!(part, NodePart::Branch { .. })).map(NodePart::node).collect();
        let mut stopping = guards(run.recorder, *node, false).into_iter().filter(|guard| guard.value != own.contains(&guard.node));
        let guard = stopping.find_map(|guard| if reads_caller(&guard.condition) { Some(guard) } else { behind_flag(run, &guard) })?;
        let how = Message::of("the answer is {}", [Part::Value(if only_nulls(run) { run.outcome.output.trim().to_owned() } else { output.to_owned() })]);
        let withheld = Message::of("{} (line {}) was withheld, without an error", [Part::Place(data), Part::Place(line(run, *node).to_string())]);
        Some(EmptyAnswer { how, guard, withheld })
    });
    // Of several ways the one that asks for the row tells more than one that asks who calls alone.
    let first = ways.next()?;
    let of_row = |way: &EmptyAnswer| way.guard.condition.operands.iter().any(|operand| operand.origins.iter().any(|origin| origin.is_in("result")));
    if of_row(&first) { Some(first) } else { Some(ways.find(of_row).unwrap_or(first)) }
}

fn operands(condition: &Condition) -> Vec<&Operand> {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    leaves.into_iter().flat_map(|leaf| &leaf.operands).collect()
}

/// Why the two are not the same, where they should have been, and what to do.
fn why(run: &Finished<'_>, condition: &Condition) -> Message {
    let plain = "Prefer `$util.unauthorized()`, so that the client sees a refusal";
    if !reads_caller(condition) {
        return Message::default().cured("If some callers are to get it all the same, test for them before that `#return`.");
    }
    if let Some((value, place)) = elsewhere(run, condition) {
        return Message::of(
            "{} is the caller's own {}. » Compare with `$ctx.{}`, or store what is compared now.",
            [Part::Value(value), Part::Place(place.clone()), Part::Code(place)],
        );
    }
    match slipped(condition) {
        Some(words) => Message::from(words).cured(format!("Write both alike. {plain}.")),
        None => Message::default().cured(format!("If this caller should get it, compare what is meant to be equal. {plain}.")),
    }
}

/// The value that the caller was compared with, where another member of his identity has it.
fn elsewhere(run: &Finished<'_>, condition: &Condition) -> Option<(String, String)> {
    operands(condition).into_iter().find_map(|operand| {
        let (path, ..) = operand.origins.context()?;
        let place = held_by(run, &operand.value).filter(|place| place.starts_with("identity."))?;
        (!path.starts_with("identity") && !operand.literal).then(|| (super::text::show(&operand.value), place))
    })
}

/// Two texts that differ by a slip.
fn slipped(condition: &Condition) -> Option<String> {
    let members = |operand: &&Operand| operand.value.members().unwrap_or_else(|| vec![operand.value.clone()]);
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    leaves.into_iter().find_map(|leaf| {
        let all: Vec<String> = leaf.operands.iter().flat_map(|operand| members(&operand)).filter_map(|value| value.as_str().map(str::to_owned)).collect();
        all.iter().enumerate().find_map(|(at, left)| {
            all[at + 1..].iter().find_map(|right| slip(left, right).map(|words| format!("{} and {}: {words}.", quoted(left), quoted(right))))
        })
    })
}
