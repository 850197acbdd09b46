//! A member that was to be taken out of the answer and goes out all the same.

use super::super::{Finished, json};
use super::super::text::show;
use super::Leaf;
use super::skipped::static_path;
use super::words::{condition, line, values};
use crate::code::Code;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::trace::Verdict;
use crate::trace::index::Node;

/// `#set( $ctx.result.phone = $null )` for those who may not see it: Velocity ignores a `#set` with null (VELOCITY-SEMANTICS, "#set"),
/// so the value stays in the answer.
pub fn set_to_null(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    if matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return;
    }
    for node in run.outcome.notes.iter().filter(|note| note.code == Code::NullSetKept).filter_map(|note| note.node) {
        let Some(Node::Set(set)) = run.recorder.index.node(node) else { continue };
        let Some(path) = static_path(&set.target).filter(|path| path.first() == Some(&"result") && path.len() > 1) else { continue };
        let (Some(guard), Some(member)) = (guards(run.recorder, node, false).into_iter().next(), path.last()) else { continue };
        let value = run.context(&path);
        let shown = value.as_str().map(|text| quoted(text).to_string());
        if !shown.is_some_and(|text| run.outcome.output.contains(&text)) {
            continue;
        }
        let holder = path[..path.len() - 1].join(".");
        let message = Message::of(
            "Wider than it looks: `{}` on line {} ran, because {} {} ({}), and has no effect: Velocity ignores a `#set` whose right side is null, so {}.{} keeps {} and goes out. » Take it out: `$util.qr($ctx.{}.remove({}))`.",
            [
                Part::Code(run.program.one_line(node)),
                Part::Place(line(run, node).to_string()),
                Part::Code(condition(run, &guard.condition)),
                Part::Text(if guard.value { "held" } else { "did not hold" }.to_owned()),
                Part::Value(values(run, &guard.condition).join(", ")),
                Part::Place(holder.clone()),
                Part::Name((*member).to_owned()),
                Part::Value(show(&value)),
                Part::Code(holder),
                Part::Code(quoted(member).to_string()),
            ],
        );
        found.push(Finding::new(Code::NullSetKept, message).at(path.join(".")).actual(json(&value)));
        return;
    }
}
