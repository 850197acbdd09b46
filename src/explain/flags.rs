//! Flags that a condition set, and that the refusal then looked at: what set the flag is what went against the caller.

use crate::syntax::{ExpressionKind as Kind, NodeId, Program};
use crate::trace::condition::{Condition, Operand, OperandRole};
use crate::trace::index::{Node, NodePart};
use crate::trace::recorder::{Change, JudgedBranch, Recorder, Turns};
use crate::value::Value;

/// What set a flag to the value that was looked at.
#[derive(Clone, Copy, Debug)]
pub struct FlagSetting<'a> {
    /// The `#set`.
    pub change: &'a Change,
    /// The branch that it stands in.
    pub branch: NodeId,
    /// That branch, as it was judged then.
    pub record: &'a JudgedBranch,
}

/// Whether an operand is the variable itself, no member of it.
pub fn is_plain(program: &Program, operand: &Operand, name: &str) -> bool {
    let text = program.source.slice(operand.span);
    text.trim_start_matches(['$', '!', '{']).trim_end_matches('}') == name
}

/// The `#set` to a literal, under a condition, that gave a variable the value which was looked at; of a comparison with a literal also
/// one to a text that was put together, such as a message.
pub fn setting<'a>(recorder: &'a Recorder<'_>, operand: &Operand, of_literal: bool) -> Option<FlagSetting<'a>> {
    let program = recorder.values.program();
    let slot = operand.slot.filter(|slot| is_plain(program, operand, program.name(*slot)))?;
    if !matches!(operand.value, Value::Boolean(_) | Value::String(_) | Value::Number(_)) {
        return None;
    }
    let own = |change: &&'a Change| change.slot == Some(slot) && change.path.is_none() && change.container.is_none();
    // The first of several that gave it the same value: the later ones changed nothing.
    let last = recorder.changes.iter().rfind(own)?;
    let change = recorder.changes.iter().filter(own).rev().take_while(|change| same(change.values.first(), last.values.first())).last()?;
    let Node::Set(set) = recorder.index.node(change.node)? else { return None };
    // Of a value that is only asked for, that it was set at all is what counts.
    let asked = operand.role == OperandRole::Whole && operand.value.is_true();
    let made = matches!(set.value.kind, Kind::Interpolated { .. }) && of_literal;
    if !asked && !made && !matches!(set.value.kind, Kind::Boolean(_) | Kind::String(_) | Kind::Number(_)) {
        return None;
    }
    let (branch, taken) = recorder.index.chain(change.node).into_iter().rev().find_map(|part| match part {
        NodePart::Branch { parts, at } => Some((parts.branches[at].node, true)),
        // What stands in an `#else` ran because the last branch before it did not.
        NodePart::Else { .. } => part.before().last().map(|branch| (branch.node, false)),
        NodePart::Loop(_) => None,
    })?;
    let records = recorder.branches.get(&branch)?;
    let record = records.iter().find(|record| record.taken == taken && change.turns.starts_with(&record.turns))?;
    Some(FlagSetting { change, branch, record })
}

/// What kept a flag false in one turn of a loop: the branches around the `#set`s to true that were not taken in it.
pub fn missed<'a>(recorder: &'a Recorder<'_>, operand: &Operand, turns: &Turns) -> Vec<&'a JudgedBranch> {
    let program = recorder.values.program();
    let slot = operand.slot.filter(|slot| !operand.value.is_true() && is_plain(program, operand, program.name(*slot)));
    let sets = slot.into_iter().flat_map(|slot| recorder.index.sets_of(slot)).filter(|set| matches!(set.value.kind, Kind::Boolean(true)));
    let branches = sets.filter_map(|set| {
        recorder.index.chain(set.node).into_iter().rev().find_map(|part| match part {
            NodePart::Branch { parts, at } => Some(parts.branches[at].node),
            _ => None,
        })
    });
    let records = branches.filter_map(|branch| recorder.branches.get(&branch)).flatten();
    records.filter(|record| !record.taken && record.turns.starts_with(turns)).collect()
}

fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one.loosely_equals(other))
}

/// What set the flags that decided a condition.
pub fn behind<'a>(recorder: &'a Recorder<'_>, condition: &Condition) -> Vec<FlagSetting<'a>> {
    let mut leaves = Vec::new();
    condition.decisive(condition.holds.unwrap_or_default(), &mut leaves);
    let of_leaf = |leaf: &'_ Condition| {
        let of_literal = leaf.operands.iter().any(|operand| operand.literal);
        leaf.operands.iter().filter_map(|operand| setting(recorder, operand, of_literal)).collect::<Vec<_>>()
    };
    leaves.into_iter().flat_map(of_leaf).collect()
}
