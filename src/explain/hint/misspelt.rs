//! A directive that is none (`#elsif`, `#esle`) stands where a branch was meant: what follows belongs to the block before it.

use super::Finished;
use super::allow::{condition, line, operand_name, state};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, capital};
use crate::source::Span;
use crate::syntax::{NodeId, SlipMeant, TemplateSlip};
use crate::trace::condition::{Condition, Operand};
use crate::trace::index::{Node, NodePart};
use crate::trace::recorder::JudgedBranch;
use crate::trace::{Verdict, is_refusal};

/// What such a word is written for when every other case is meant.
pub const OTHERWISE: &str = "#else";

/// The misspelt branch that bears on the decision, or the first.
pub fn directive_as_text(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let of_branch = |slip: &&TemplateSlip| matches!(slip.meant, SlipMeant::Branch | SlipMeant::Otherwise);
    let lets_in = matches!(run.verdict, Verdict::Allowed | Verdict::Completed | Verdict::Filtered);
    for slip in run.program.slips.iter().filter(of_branch) {
        let Some(block) = HoldingBlock::of(run, slip) else { continue };
        let what = if lets_in { block.opens(run) } else { block.ran(run) };
        // An `#elsif` whose block was never come to is told all the same.
        let Some(what) = what.or_else(|| (!lets_in && slip.meant == SlipMeant::Branch).then(String::new)) else { continue };
        let so = if slip.meant == SlipMeant::Branch { "so its condition was never tested" } else { "so no branch begins there" };
        let message = Message::of(
            "{}line {}: {}, {}.{}{} » {}.",
            [
                Part::Text(if lets_in { "Wider than it looks: " } else { "" }.to_owned()),
                Part::Place(line(run, slip.node).to_string()),
                Part::Text(slip.what.clone()),
                Part::Text(so.to_owned()),
                Part::Text(block.words(run)),
                Part::Value(what),
                Part::Text(capital(&slip.help.to_string())),
            ],
        );
        let mut finding = Finding::new(Code::DirectiveAsText, message);
        if slip.meant == SlipMeant::Otherwise {
            finding = finding.wanted(OTHERWISE);
        }
        found.push(finding);
        return;
    }
}

/// Whether a finding tells of a misspelt `#else`: of what then ran or did not, the conditions say nothing by themselves.
pub fn is_otherwise(finding: &Finding) -> bool {
    finding.code == Code::DirectiveAsText && finding.wanted == OTHERWISE
}

/// The block that a misspelt branch is a text in.
struct HoldingBlock<'r> {
    judged: Option<&'r JudgedBranch>,
    /// What stands behind the word.
    behind: Span,
}

impl<'r> HoldingBlock<'r> {
    fn of(run: &'r Finished<'_>, slip: &TemplateSlip) -> Option<Self> {
        let at = run.program.span(slip.node);
        // Between the block's own condition and the next part of the `#if`.
        let end = |part: &NodePart<'_>| {
            let NodePart::Branch { parts, at: place } = part else { return None };
            let begin = run.program.span(parts.branches[*place].node).start;
            let next = parts.branches.get(place + 1).map(|branch| branch.node);
            let next = next.or_else(|| parts.otherwise.as_ref().map(|(node, _)| *node));
            let end = next.map_or(run.program.span(parts.node).end, |node| run.program.span(node).start);
            (begin < at.start && at.start < end).then_some(end)
        };
        let (part, end) = run.recorder.index.parts().filter_map(|part| Some((part, end(part)?))).last()?;
        let judged = run.recorder.branches.get(&part.node()).and_then(|all| all.last());
        Some(Self { judged, behind: Span::new(at.end as usize, end as usize) })
    }

    /// Which block it is, and whether it ran.
    fn words(&self, run: &Finished<'_>) -> String {
        self.judged.map_or(String::new(), |judged| {
            let held = if judged.taken { "held" } else { "did not hold" };
            format!(" It is text inside the block of {}, which {held}: {}.", condition(run, &judged.condition), operands(run, &judged.condition))
        })
    }

    fn has(&self, run: &Finished<'_>, node: NodeId) -> bool {
        self.behind.holds(run.program.span(node))
    }

    /// What of the decision stands behind the word, as it ran with the block or was left out with it.
    fn ran(&self, run: &Finished<'_>) -> Option<String> {
        let judged = self.judged?;
        let looked = |change: &crate::trace::recorder::Change| {
            change.slot.is_some() && run.failed().iter().flat_map(|failed| &failed.condition.operands).any(|operand| operand.slot == change.slot)
        };
        let changed = || run.recorder.changes.iter().rfind(|change| self.has(run, change.node) && looked(change)).map(|change| change.node);
        let candidate = || run.why.candidates.iter().map(|candidate| candidate.node).find(|node| self.has(run, *node));
        let decided = run.decision.node.filter(|node| self.has(run, *node));
        let node = decided.or_else(|| if judged.taken { changed() } else { candidate() })?;
        let ran = if judged.taken { "So what follows ran as well" } else { "So what follows did not run either" };
        Some(format!(" {ran}: `{}` on line {}.", run.program.one_line(node), line(run, node)))
    }

    /// How a caller got through by it: a refusal that waits for the condition of the block, or a grant that came with it.
    fn opens(&self, run: &Finished<'_>) -> Option<String> {
        let judged = self.judged?;
        if judged.taken {
            let node = run.decision.node.filter(|node| run.verdict == Verdict::Allowed && self.has(run, *node))?;
            return Some(format!(" So what follows ran as well, and it let the caller through: `{}` on line {}.", run.program.one_line(node), line(run, node)));
        }
        let refusal = run.recorder.index.statements.iter().find(|(node, statement)| {
            matches!(statement, Node::Reference(reference) if is_refusal(reference)) && self.has(run, *node)
        });
        let (node, _) = refusal?;
        Some(format!(
            " So `{}` on line {} runs only where that holds, and whoever does not meet it is not refused there.",
            run.program.one_line(*node),
            line(run, *node)
        ))
    }
}

fn operands(run: &Finished<'_>, whole: &Condition) -> String {
    let mut leaves = Vec::new();
    whole.leaves(&mut leaves);
    let each = |operand: &Operand| format!("{} is {}", operand_name(run, operand), state(operand));
    let words: Vec<String> = leaves.iter().flat_map(|leaf| &leaf.operands).filter(|operand| !operand.literal).map(each).collect();
    words.join(", ")
}
