//! `#else if( … )`, a habit from other languages: Velocity reads `#else`, prints the rest as text, and tests nothing.

use super::Finished;
use super::allow::line;
use super::misspelt::OTHERWISE;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use crate::source::Source;
use crate::syntax::{NodeId, Program, SlipMeant, TemplateSlip, parse};
use crate::trace::Verdict;
use crate::trace::index::NodePart;
use std::sync::Arc;

/// Such an `#else` that the decision stands in.
pub fn tested_nothing(run: &Finished<'_>, found: &mut Vec<Finding>) {
    // An output that this broke is told as that.
    if found.iter().any(|known| matches!(known.code, Code::OutputRefused | Code::OutputNothing)) {
        return;
    }
    let lets_in = matches!(run.verdict, Verdict::Allowed | Verdict::Completed);
    let Some((slip, decided)) = decisive(run) else { return };
    let (Some(NodePart::Else { parts, .. }), Some((written, condition))) = (part(run, slip.node), written(run, slip.node)) else { return };
    let before = parts.branches.last().map(|branch| branch.condition.node);
    let message = Message::of(
        "{}line {}: `{}` is a plain `#else` with text behind it, so `{}` is printed and never tested: `{}` on line {} runs for everyone{}. » Write `#elseif{}` in one word.",
        [
            Part::Text(if lets_in { "Wider than it looks: " } else { "" }.to_owned()),
            Part::Place(line(run, slip.node).to_string()),
            Part::Code(written.clone()),
            Part::Code(condition.to_owned()),
            Part::Code(run.program.one_line(decided)),
            Part::Place(line(run, decided).to_string()),
            Part::Code(before.map_or_else(String::new, |node| format!(" for whom `{}` (line {}) does not hold", run.program.one_line(node), line(run, node)))),
            Part::Code(condition.to_owned()),
        ],
    );
    found.push(Finding::new(Code::DirectiveAsText, message).wanted(OTHERWISE).actual(written));
}

/// The slip whose block the decision stands in, and the statement that decided there.
fn decisive<'r>(run: &Finished<'r>) -> Option<(&'r TemplateSlip, NodeId)> {
    let inside = |node: NodeId| slips(run).find(|slip| run.recorder.index.chain(node).iter().any(|part| part.node() == slip.node)).map(|slip| (slip, node));
    // What such a block set may be what a later statement asked for.
    let set = || {
        let asked = run.failed();
        let changes = run.recorder.changes.iter().filter(|change| change.slot.is_some());
        changes.filter(|change| asked.iter().flat_map(|failed| &failed.condition.operands).any(|operand| operand.slot == change.slot)).find_map(|change| inside(change.node))
    };
    run.decision.node.and_then(inside).or_else(set)
}

fn part<'r>(run: &Finished<'r>, node: NodeId) -> Option<&'r NodePart<'r>> {
    run.recorder.index.parts().find(|part| part.node() == node)
}

/// Every `#else` with an `if` behind it.
pub fn slips<'r>(run: &Finished<'r>) -> impl Iterator<Item = &'r TemplateSlip> {
    run.program.slips.iter().filter(|slip| slip.meant == SlipMeant::ElseIf)
}

/// What is written, `#else if( … )`, and its condition with the brackets; a condition over several lines up to the first's end.
pub fn written<'r>(run: &Finished<'r>, node: NodeId) -> Option<(String, &'r str)> {
    let at = run.program.span(node).start as usize;
    let written = run.program.source.text.get(at..)?.lines().next()?.trim_end();
    let condition = &written[written.find('(')?..];
    let mut depth = 0_usize;
    let end = condition.char_indices().find_map(|(at, letter)| {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at + 1)
    });
    let condition = &condition[..end.unwrap_or(condition.len())];
    Some((format!("#else if{condition}"), condition))
}

/// The template with every such `#else` written as it was meant.
pub fn mended(run: &Finished<'_>, finding: &Finding) -> Option<Arc<Program>> {
    finding.actual.as_str().filter(|written| finding.code == Code::DirectiveAsText && written.starts_with("#else if"))?;
    let mut text = run.program.source.text.to_string();
    let mut places: Vec<usize> = slips(run).map(|slip| run.program.span(slip.node).start as usize).collect();
    places.sort_unstable_by_key(|at| std::cmp::Reverse(*at));
    for at in places {
        let end = at + text.get(at..)?.find("if")? + "if".len();
        text.replace_range(at..end, "#elseif");
    }
    parse(&Source::new(run.program.source.name.clone(), text)).ok().map(Arc::new)
}
