//! A list of the caller's own rows that is gathered, and not what the template answers with.

use super::super::Finished;
use super::words::{condition, line};
use super::Leaf;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::syntax::{ExpressionKind as Kind, NodeId, Reference, Slot};
use crate::trace::Verdict;
use crate::trace::index::{Node, references};
use crate::value::Value;
use crate::value::method::Method;

/// `#set($mine = [])`, rows added to it behind a test of the caller, and nothing that reads `$mine`.
pub fn list_not_read(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Completed | Verdict::Allowed) {
        return;
    }
    for set in run.recorder.index.sets() {
        let Some(slot) = set.target.variable().filter(|_| set.target.steps.is_empty() && matches!(&set.value.kind, Kind::List(items) if items.is_empty())) else { continue };
        let mut uses = run.recorder.index.references.iter().filter(|reference| reference.root == slot && reference.node != set.target.node).peekable();
        let only_filled = uses.peek().is_some() && uses.all(|reference| adds(reference));
        if !only_filled {
            continue;
        }
        let Some((add, test)) = gathered(run, slot) else { continue };
        let kept = run.outcome.variable(slot).and_then(Value::members).map_or(0, |all| all.len());
        let message = Message::of(
            "Wider than it looks: line {} gathers in ${} what passes {} ({}), and nothing reads ${} afterwards: the answer is made of all rows. » {}",
            [
                Part::Place(line(run, add).to_string()),
                Part::Name(run.program.name(slot).to_owned()),
                Part::Code(test),
                Part::Text(if kept == 1 { "1 row".to_owned() } else { format!("{kept} rows") }),
                Part::Name(run.program.name(slot).to_owned()),
                Part::Code(in_its_place(run, run.program.name(slot))),
            ],
        );
        found.push(Finding::new(Code::FlagNotRead, message));
        return;
    }
}

/// Where the list belongs: among the members of a connection, or as the answer itself.
fn in_its_place(run: &Finished<'_>, name: &str) -> String {
    if run.context(&["result", "items"]).members().is_some() {
        return format!("Print ${name} in their place: put it there before the answer is made, `#set( $ctx.result.items = ${name} )`.");
    }
    format!("Print ${name} in the place of what the answer is made of now: `$util.toJson(${name})`.")
}

fn adds(reference: &Reference) -> bool {
    reference.ends_in(Method::Add) || reference.ends_in(Method::AddAll)
}

/// Where something is added to a list behind a test of the caller, and that test.
fn gathered(run: &Finished<'_>, slot: Slot) -> Option<(NodeId, String)> {
    let index = &run.recorder.index;
    index.statements.iter().find_map(|(node, statement)| {
        let mut fills = false;
        if let Node::Reference(_) | Node::Set(_) = statement {
            statement.reads(&mut |reference| fills |= reference.root == slot && adds(reference));
        }
        if !fills {
            return None;
        }
        let branch = index.chain(*node).iter().rev().find_map(|part| {
            let branch = index.branch_at(part.node())?;
            let mut of_identity = false;
            references(&branch.condition, &mut |reference| of_identity |= reference.passes("identity"));
            of_identity.then_some(branch)
        })?;
        let judged = run.recorder.branches.get(&branch.node).and_then(|all| all.last());
        Some((*node, judged.map_or_else(|| run.program.one_line(branch.condition.node), |judged| condition(run, &judged.condition))))
    })
}
