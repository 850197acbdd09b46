//! A variable that the decision read and that has nothing, though a statement sets it: one that did not run, or one under another name.

use super::allow::{condition, line, values};
use super::{Failed, Finished};
use crate::code::Code;
use crate::explain::why::guards;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::nearest::letters;
use crate::syntax::{Set, Slot};
use crate::trace::condition::Operand;
use crate::trace::recorder::Change;
use crate::value::Value;

/// Every statement that sets the variable stands in a branch that did not run.
pub fn of(run: &Finished<'_>, failed: &Failed<'_>, operand: &Operand) -> Option<Finding> {
    let slot = operand.slot.filter(|_| operand.value.is_null() && operand.origins.is_empty() && run.is_by_hand())?;
    let sets: Vec<&Set> = run.recorder.index.sets_of(slot).collect();
    let skipped = |set: &&Set| run.recorder.reached.began(set.node) == 0;
    if sets.is_empty() || !sets.iter().all(skipped) {
        return None;
    }
    // A flag that a rule would have set is told of with that rule.
    let is_flag = |set: &&Set| matches!(set.value.kind, crate::syntax::ExpressionKind::Boolean(_));
    let set = sets.first().filter(|_| !sets.iter().any(is_flag))?;
    let guard = guards(run.recorder, set.node, false).into_iter().find(|guard| !guard.value)?;
    if guard.condition.parts.iter().flat_map(|part| &part.operands).chain(&guard.condition.operands).any(|side| side.origins.is_open()) {
        return None;
    }
    let name = run.program.name(slot).to_owned();
    let shown = values(run, &guard.condition);
    let message = Message::of(
        "line {}: {} reads ${}, which is null: only line {} sets it, inside a branch that did not run, for {} did not hold{}. » Set ${} outside of that branch, from a value that is there for every caller, or ask for it inside the branch alone.",
        [
            Part::Place(line(run, failed.condition.node).to_string()),
            Part::Code(format!("`{}`", run.text(failed.condition))),
            Part::Name(name.clone()),
            Part::Place(all_of(&sets.iter().map(|set| line(run, set.node).to_string()).collect::<Vec<_>>())),
            Part::Code(condition(run, &guard.condition)),
            Part::Value(if shown.is_empty() { String::new() } else { format!(": {}", shown.join(", ")) }),
            Part::Name(name.clone()),
        ],
    );
    Some(Finding::new(Code::VariableNeverSet, message).wanted(name))
}

/// The only other variable whose name is a part of this one, or has it as a part, and that holds a yes or no: `$owner` for `$isOwner`.
pub fn part_of_name<'p>(run: &Finished<'p>, name: &str, set: &[Slot]) -> Option<&'p str> {
    let is_flag = |slot: &Slot| run.recorder.changes.iter().rfind(|change: &&Change| change.slot == Some(*slot) && change.container.is_none()).is_some_and(|change| matches!(change.values.first(), Some(Value::Boolean(_))));
    let own = letters(name);
    let near = |other: &str| {
        let other = letters(other);
        other.len().min(own.len()) > 3 && (own.contains(&other) || other.contains(&own))
    };
    let mut all = set.iter().filter(|slot| is_flag(slot)).map(|slot| run.program.name(*slot)).filter(|other| near(other));
    let first = all.next()?;
    all.next().is_none().then_some(first)
}
