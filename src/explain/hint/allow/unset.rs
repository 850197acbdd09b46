//! Variables and calls that are not what they look like: never set, still of before, without parentheses.

use crate::value::method::Method;
use crate::message::{Message, Part};
use super::super::Finished;
use super::super::deciding::Guards;
use super::super::test::Test;
use super::super::text::show;
use super::super::whence::{absent_claim, is_client, subject};
use super::Leaf;
use super::nulls::at;
use super::words::{condition, line, values};
use crate::code::Code;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::nearest::nearest;
use crate::syntax::{NodeId, Reference, Slot, StepKind};
use crate::trace::index::Node;
use crate::trace::origin::{Origin, Origins};

/// `$util.unauthorized` without parentheses is a property, and refuses nobody.
pub fn without_parentheses(run: &Finished<'_>, _: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let is_property = |reference: &&Reference| {
        let names = [Method::Unauthorized, Method::Error];
        matches!(reference.root, Slot::UTIL | Slot::UTILS)
            && matches!(reference.steps.first().map(|step| &step.kind), Some(StepKind::Property(name)) if names.iter().any(|known| known.name() == name))
    };
    for reference in run.recorder.index.references.iter().copied().filter(is_property) {
        let Some(guard) = guards(run.recorder, reference.node, false).into_iter().next() else { continue };
        if !guard.value {
            continue;
        }
        let text = run.program.one_line(reference.node);
        let message = Message::of(
            "Wider than it looks: {} held ({}), but `{}` on line {} has no parentheses, so it is read as a property, is null, and refuses nobody. » Write `{}()`.",
            [
                Part::Text(condition(run, &guard.condition).to_string()),
                Part::Value(values(run, &guard.condition).join(", ")),
                Part::Text(text.to_string()),
                Part::Place(line(run, reference.node).to_string()),
                Part::Text(text.to_string()),
            ],
        );
        found.push(Finding::new(Code::CallWithoutParentheses, message));
    }
}

/// The guard of a refusal reads a variable that nothing sets.
pub fn never_set(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    let whole = run.recorder.index.sets().filter(|set| set.target.steps.is_empty());
    let set: Vec<Slot> = whole.filter_map(|set| set.target.variable()).collect();
    for leaf in leaves {
        let Test::Truth(what) = leaf.test else { continue };
        // Only where the refusal waits for the variable to be there.
        let mut wanted = Vec::new();
        leaf.passed.condition.demands(true, &mut wanted);
        let waits = wanted.iter().any(|(part, truth)| *truth && part.node == leaf.condition.node);
        if leaf.passed.guards != Guards::Refusal || leaf.passed.held || !waits {
            continue;
        }
        let Some(slot) = what.slot.filter(|slot| what.value.is_null() && !set.contains(slot)) else { continue };
        let reference = run.program.source.slice(what.span);
        let name = run.program.name(slot);
        if reference.trim_start_matches(['$', '!', '{']).trim_end_matches('}') != name {
            continue;
        }
        // The variables that are set, and where.
        let near = nearest(name, set.iter().map(|slot| run.program.name(*slot)));
        let changes = &run.recorder.changes;
        let other = near.and_then(|near| {
            let slot = run.program.slot(near)?;
            let change = changes.iter().find(|change| change.slot == Some(slot))?;
            let why = guards(run.recorder, change.node, false).into_iter().next();
            let why = why.map_or(String::new(), |guard| format!(" ({})", values(run, &guard.condition).join(", ")));
            Some(Message::from(format!("Line {} sets ${near}{why}, which is another variable: they differ in their letters or in upper and lower case.", line(run, change.node))).cured("Use one spelling."))
        });
        let message = Message::of(
            "Wider than it looks: {} reads ${}, which is never set, so it is null and `{}` on line {} cannot run.", [Part::Text(condition(run, leaf.condition).to_string()), Part::Name(name.to_string()), Part::Code(run.program.one_line(leaf.passed.statement).to_string()), Part::Place(line(run, leaf.passed.statement).to_string())]).with(other.unwrap_or_default());
        found.push(Finding::new(Code::NeverSet, message));
    }
}

/// `#set` with null kept an older value, and that let the caller through.
pub fn kept(run: &Finished<'_>, leaves: &[Leaf<'_>], found: &mut Vec<Finding>) {
    for leaf in leaves {
        for operand in &leaf.condition.operands {
            let Some(slot) = operand.slot.filter(|_| !operand.value.is_null()) else { continue };
            let Some(kept) = run.recorder.kept.iter().rfind(|kept| kept.slot == slot) else { continue };
            let node = &kept.node;
            let of_slot = |change: &&crate::trace::recorder::Change| {
                change.slot == Some(slot) && change.path.is_none() && change.container.is_none()
            };
            let Some(before) = run
                .recorder
                .changes
                .iter()
                .rfind(of_slot)
                .filter(|change| run.program.span(change.node).start < run.program.span(*node).start)
            else {
                continue;
            };
            if run.recorder.index.chain(*node).iter().any(|part| matches!(part, crate::trace::index::NodePart::Loop(_))) {
                continue;
            }
            found.push(kept_hint(run, leaf, operand, *node, before));
        }
    }
}

fn kept_hint(
    run: &Finished<'_>,
    leaf: &Leaf<'_>,
    operand: &crate::trace::condition::Operand,
    node: NodeId,
    before: &crate::trace::recorder::Change,
) -> Finding {
    let variable = format!("${}", operand.slot.map(|slot| run.program.name(slot)).unwrap_or_default());
    let origins = match run.recorder.index.node(node) {
        Some(Node::Set(set)) => run.recorder.values.origins(&set.value),
        _ => Origins::default(),
    };
    let absent = origins.iter().find_map(Origin::path).map(ToString::to_string);
    let because =
        absent.as_deref().map_or("its right side is null".to_owned(), |path| format!("{} is absent", subject(path)));
    let from = before.origins.first().and_then(Origins::context).map(|(path, ..)| path.to_string());
    let client = from.as_deref().is_some_and(is_client);
    let whence = from.map_or(String::new(), |path| format!(" of {}", subject(&path)));
    let chosen = if client { " The client chooses that value itself: never start from an argument." } else { "" };
    let mut message = Message::of(
        "Wider than it looks: {} in {} still has the value {}{} from line {}. Line {} was meant to set it, but {}, and `#set` with null keeps the old value.{} » Use a variable of its own, or `$util.defaultIfNull(…, \"\")`, and refuse when it is absent.",
        [
            Part::Name(variable.to_string()),
            Part::Text(condition(run, leaf.condition).to_string()),
            Part::Value(show(&operand.value)),
            Part::Text(whence.to_string()),
            Part::Place(line(run, before.node).to_string()),
            Part::Place(line(run, node).to_string()),
            Part::Text(because.to_string()),
            Part::Text(chosen.to_string()),
        ],
    );
    message.and(absent.map(|path| absent_claim(run, &path)).unwrap_or_default());
    at(Finding::new(Code::NullSetKept, message), operand)
}
