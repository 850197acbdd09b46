//! Why a template decided as it did: the conditions around the decision, what made them so, and what else could have
//! been.

use crate::message::Message;
use super::change::{self, Suggestion};
use super::filter::RowMatch;
use crate::eval::Outcome;
use crate::finding::Finding;
use crate::syntax::{Branch, NodeId, Slot};
use crate::trace::Verdict;
use crate::trace::candidate::{Candidate, looked_at};
use crate::trace::condition::Condition;
use crate::trace::index::{Node, NodePart};
use crate::trace::judging::judged;
use crate::trace::recorder::{Change, JudgedBranch, Recorder};
use crate::value::Value;
use std::rc::Rc;

/// Everything that explains a verdict.
#[derive(Clone, Debug, Default)]
pub struct Why {
    /// The conditions around the deciding statement, innermost first.
    pub guards: Vec<Guard>,
    /// Whether the template refused by an error of its own words, so that AppSync answers with that error.
    pub by_hand: bool,
    /// What would have authorized, nearest first.
    pub candidates: Vec<Candidate>,
    /// What a reader should look at, most telling first.
    pub hints: Vec<Finding>,
    /// What would have changed the verdict, proved.
    pub suggestions: Vec<Suggestion>,
    /// The filter against the rows that were given.
    pub rows: Vec<RowMatch>,
    /// What filled the filter, one for each addition.
    pub filter_parts: Vec<Change>,
    /// Where each variable that the guards and candidates show was last set.
    pub since: Vec<(Slot, NodeId)>,
    /// Where the variable was set to true, and where it was set to something else again.
    pub revoked: Option<(NodeId, NodeId)>,
    /// The items that a list's response left out: the old resolvers' way of filtering.
    pub left_out: Option<LeftOut>,
    /// In a sentence, how the template let the caller through.
    pub let_through: Option<Message>,
    /// In a sentence, why the statement that refused ran, whatever the hints say.
    pub decided: Option<Finding>,
    /// What the request carries to its data source, and what becomes of it there.
    pub carrying: Carrying,
    /// Facts that an allow may rest on (asked for by `--why-allowed`), not proved yet.
    pub grounds: Vec<change::InputChange>,
    /// Other verdicts that what nobody gave could lead to.
    pub readings: Vec<Reading>,
    /// What an allow rests on: single facts without which it would not have been (`--why-allowed`).
    pub rests_on: Vec<Suggestion>,
}

/// What becomes of a request that its template lets through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It carries nothing, or nothing that refuses or leaves out.
    #[default]
    Goes,
    /// What it carries depends on the caller, and the row is not known.
    Open,
    /// Rows are left out.
    Narrowed,
    /// The data source refuses it.
    Refused,
}

/// What a request carries, and what becomes of it.
#[derive(Clone, Debug, Default)]
pub struct Carrying {
    /// What becomes of the request.
    pub fate: Fate,
    /// In words, most telling first.
    pub findings: Vec<Finding>,
    /// What failed, should a write be known to have failed.
    pub if_failed: Vec<IfFailed>,
}

/// What a write's condition was like if it failed: it could not be judged, for its row was not given, or it holds on that row.
#[derive(Clone, Debug)]
pub struct IfFailed {
    /// Where the condition stands in the request, such as `transactItems[1].condition`.
    pub place: String,
    /// Whether it holds on the row that was given.
    pub held: bool,
    /// What failed.
    pub finding: Finding,
}

/// A test on what nobody gave: the template's place in the run, and the expression.
pub type Doubt = (usize, NodeId);

/// Another verdict, and the tests that must come out the other way for it. Without tests: nobody knows, as trying them takes
/// too much.
#[derive(Clone, Debug)]
pub struct Reading {
    /// One or more.
    pub tests: Vec<Doubt>,
    /// What they would give.
    pub verdict: Verdict,
}

/// A condition around the deciding statement.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The branch.
    pub node: NodeId,
    /// Its condition as it was judged.
    pub condition: Rc<Condition>,
    /// Whether it held.
    pub value: bool,
    /// What was put into the variables that it looked at or set them, and under which conditions.
    pub causes: Vec<Cause>,
}

/// An addition that made a guard what it was.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The addition.
    pub change: Change,
    /// The conditions around it, innermost first.
    pub guards: Vec<Guard>,
}

/// A response that put a shorter list in the place of the rows that its data source gave.
#[derive(Clone, Copy, Debug)]
pub struct LeftOut {
    /// The `#set` that did.
    pub node: NodeId,
    /// The variable with the rows that stayed.
    pub slot: Slot,
    /// Rows that the data source gave.
    pub given: usize,
    /// Rows that stayed.
    pub kept: usize,
}

/// `$ctx.stash.authFilter` as it is at the end.
pub fn stash_filter(outcome: &Outcome) -> Value {
    let stash = outcome.context.get_str("stash").unwrap_or_default();
    stash.as_map().and_then(|stash| stash.get_str("authFilter")).unwrap_or_default()
}

/// The conditions around a statement, as they were judged when it ran last; or, if it never ran, last.
pub(super) fn guards(recorder: &Recorder<'_>, node: NodeId, with_causes: bool) -> Vec<Guard> {
    let mut found = Vec::new();
    for part in recorder.index.chain(node) {
        let own = match part {
            NodePart::Branch { parts, at } => Some(&parts.branches[at]),
            _ => None,
        };
        let records = |branch: &Branch| recorder.branches.get(&branch.node).map_or(&[][..], Vec::as_slice);
        let ran = own.and_then(|branch| records(branch).iter().rfind(|record| record.taken));
        for branch in part.before().iter().chain(own) {
            // Those before it were judged in the same turn of the loops around.
            let same = |record: &&JudgedBranch| ran.is_none_or(|ran| ran.turns == record.turns);
            let Some(record) = records(branch).iter().rfind(same) else { continue };
            let causes = if with_causes { causes(recorder, &record.condition) } else { Vec::new() };
            let condition = record.condition.clone();
            found.push(Guard { node: branch.node, condition, value: record.taken, causes });
        }
    }
    found.reverse();
    found
}

/// The condition of `$util.validate(condition, …)`, which refuses where that does not hold.
pub(super) fn validated(recorder: &Recorder<'_>, node: NodeId) -> Option<Rc<Condition>> {
    let reference = match recorder.index.node(node)? {
        Node::Step { reference, .. } | Node::Reference(reference) => reference,
        _ => return None,
    };
    let condition = crate::trace::validated(reference)?;
    Some(Rc::new(judged(&recorder.values, condition)))
}

/// What was put into the lists and maps that a condition looked at, and what set the flags that it did.
pub(super) fn causes(recorder: &Recorder<'_>, condition: &Condition) -> Vec<Cause> {
    let slots: Vec<_> = looked_at(condition).iter().filter_map(|operand| operand.slot).collect();
    let added = |change: &&Change| {
        change.container.is_some() && change.slot.is_some_and(|slot| slots.contains(&slot)) && change.path.is_none()
    };
    let cause = |change: &Change| {
        let mut guards = guards(recorder, change.node, false);
        guards.retain(|guard| recorder.index.branch_at(guard.node).is_some());
        for guard in &mut guards {
            let records = recorder.branches.get(&guard.node).map_or(&[][..], Vec::as_slice);
            let same = records.iter().rfind(|record| change.turns.starts_with(&record.turns) && record.taken);
            if let Some(record) = same {
                guard.condition = record.condition.clone();
                guard.value = record.taken;
            }
        }
        guards.truncate(1);
        Cause { change: change.clone(), guards }
    };
    let flags = super::flags::behind(recorder, condition).into_iter().map(|flag| {
        let own = Guard { node: flag.branch, condition: flag.record.condition.clone(), value: flag.record.taken, causes: Vec::new() };
        Cause { change: flag.change.clone(), guards: vec![own] }
    });
    recorder.changes.iter().filter(added).take(32).map(cause).chain(flags).collect()
}
