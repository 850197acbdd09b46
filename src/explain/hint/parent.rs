//! A loop over rows that asks the parent in each of its turns and no row: all of them go through, or none.

use super::Finished;
use super::allow::{condition, line};
use super::text::show;
use super::whence::held_by;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::syntax::Foreach;
use crate::trace::Verdict;
use crate::trace::candidate::looked_at;
use crate::trace::condition::{Condition, Operand};
use crate::trace::index::{NodePart, references};
use crate::trace::origin::Origin;
use crate::trace::recorder::JudgedBranch;
use crate::value::Value;

/// Rows told of.
const MOST: usize = 3;

/// Rows of others that went through a loop which compares the parent with the caller.
pub fn alone(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        found.extend(run.recorder.index.loops().find_map(|each| of_loop(run, each)));
    }
}

fn of_loop(run: &Finished<'_>, each: &Foreach) -> Option<Finding> {
    let walk = run.recorder.walks.get(&each.node)?.first()?;
    if !walk.list.origins.context().is_some_and(|(path, ..)| path.starts_with("result")) {
        return None;
    }
    let rows = walk.list.value.members()?;
    let inside: Vec<_> = run.recorder.index.parts().filter(|part| run.recorder.index.chain(part.node()).iter().any(|outer| outer.node() == each.node)).collect();
    if inside.iter().any(|part| reads_item(each, part)) {
        return None;
    }
    let (asked, member, value) = inside.iter().find_map(|part| parent_of(run.recorder.branches.get(&part.node())?.first()?))?;
    let others: Vec<String> = rows.iter().enumerate().filter_map(|(at, row)| other(run, at, row, &member)).take(MOST).collect();
    if others.is_empty() {
        return None;
    }
    let item = run.program.name(each.item);
    Some(
        Finding::new(
            Code::RowsNotChecked,
            Message::of(
                "Wider than it looks: {} is asked for each row of the loop on line {}, and reads nothing of the row: the parent's {} is {}, so all rows go through, among them {}. » Compare the row's own, `${}.{}`, if that attribute says who may read it.",
                [
                    Part::Code(condition(run, asked)),
                    Part::Place(line(run, each.node).to_string()),
                    Part::Name(member.clone()),
                    Part::Value(show(&value)),
                    Part::Value(all_of(&others)),
                    Part::Name(item.to_owned()),
                    Part::Name(member.clone()),
                ],
            ),
        )
        .at(format!("result.items[].{member}")),
    )
}

/// Whether a condition or an inner loop reads the loop's own item.
fn reads_item(each: &Foreach, part: &NodePart<'_>) -> bool {
    let mut found = false;
    let mut look = |expression| references(expression, &mut |reference| found |= reference.root == each.item);
    match part {
        NodePart::Branch { parts, at } => look(&parts.branches[*at].condition),
        NodePart::Loop(inner) => look(&inner.list),
        NodePart::Else { .. } => {}
    }
    found
}

/// The member of the parent that a condition compares with the caller, and its value.
fn parent_of(record: &JudgedBranch) -> Option<(&Condition, String, Value)> {
    let operands: Vec<&Operand> = looked_at(&record.condition);
    let is_in = |operand: &&&Operand, part: &str| operand.origins.iter().any(|origin| origin.is_in(part));
    operands.iter().find(|operand| is_in(operand, "identity"))?;
    let parent = operands.iter().find(|operand| is_in(operand, "source"))?;
    let (path, value, _) = parent.origins.iter().filter(|origin| origin.is_in("source")).find_map(|origin| match origin {
        Origin::Context { path, value, absent, .. } => Some((path, value, absent)),
        _ => None,
    })?;
    let member = path.strip_prefix("source.").filter(|member| !member.contains(['.', '[']))?;
    Some((&record.condition, member.to_owned(), value.clone()))
}

/// A row that has the same member, and somebody else in it.
fn other(run: &Finished<'_>, at: usize, row: &Value, member: &str) -> Option<String> {
    let row = row.as_map()?;
    let value = row.get_str(member).filter(|value| value.as_str().is_some() && held_by(run, value).is_none())?;
    let id = row.get_str("id").filter(|id| !id.is_null()).map_or_else(String::new, |id| format!(" (id {})", show(&id)));
    Some(format!("items[{at}]{id}, whose {member} is {}", show(&value)))
}
