//! What an allow rests on (`--why-allowed`): the single facts of the request and its data without which it would not have
//! been, each proved by evaluating again without it.

use super::hint::Finished;
use super::hint::test::Test;
use super::change::{self, InputChange, Op, Suggestion};
use super::suggest::Rerun;
use super::why::guards;
use crate::appsync::{ContextPath, Given};
use crate::syntax::{ExpressionKind as Kind, NodeId};
use crate::trace::condition::{Condition, Operand};
use crate::trace::index::Node;
use crate::trace::is_refusal;
use crate::trace::judging::judged;
use crate::trace::origin::Origin;
use crate::trace::{DecisionKind, Verdict};
use crate::value::Value;
use rustc_hash::FxHashSet;

/// Statements followed for one report.
const MOST: usize = 64;

/// Everything in what was given that the allowing conditions looked at; what of it is needed, [`prove`] finds out.
pub fn facts(run: &Finished<'_>) -> Vec<InputChange> {
    let mut walk = GroundsWalk { run, seen: FxHashSet::default(), found: Vec::new() };
    match (run.decision.kind, run.decision.node) {
        (DecisionKind::Set | DecisionKind::Return, Some(node)) => walk.statement(node),
        (DecisionKind::Filter, _) => {
            let whole = run.recorder.changes.iter().filter(|change| {
                change.path.as_deref() == Some("stash")
                    && change.values.first().and_then(Value::as_str) == Some("authFilter")
            });
            for part in whole.chain(&run.why.filter_parts) {
                walk.statement(part.node);
                part.origins.iter().flat_map(|origins| origins.iter()).for_each(|origin| walk.origin(origin));
            }
        }
        // What kept the refusals of the template from running allowed the request.
        _ => {
            let refusals = run.program.references().into_iter().filter(|reference| is_refusal(reference));
            refusals.for_each(|refusal| walk.statement(refusal.node));
        }
    }
    walk.found
}

struct GroundsWalk<'s, 'a> {
    run: &'s Finished<'a>,
    seen: FxHashSet<NodeId>,
    found: Vec<InputChange>,
}

impl GroundsWalk<'_, '_> {
    /// The conditions around a statement, and what it was computed from.
    fn statement(&mut self, node: NodeId) {
        if self.seen.len() >= MOST || !self.seen.insert(node) {
            return;
        }
        for guard in guards(self.run.recorder, node, false) {
            self.condition(&guard.condition);
        }
        if let Some(Node::Set(set)) = self.run.recorder.index.node(node)
            && !matches!(set.value.kind, Kind::Boolean(_))
        {
            self.condition(&judged(&self.run.recorder.values, &set.value));
        }
    }

    fn condition(&mut self, condition: &Condition) {
        let mut leaves = Vec::new();
        condition.leaves(&mut leaves);
        for leaf in leaves {
            let test = Test::of(self.run, leaf);
            for operand in &leaf.operands {
                if let Test::Contains { list, item, found: true } = &test
                    && list.span == operand.span
                    && self.item(list, item)
                {
                    continue;
                }
                operand.origins.iter().for_each(|origin| self.origin(origin));
                let Some(slot) = operand.slot else { continue };
                let changes = &self.run.recorder.changes;
                let of_slot = changes.iter().filter(|change| change.slot == Some(slot) && change.path.is_none());
                let nodes: Vec<_> = of_slot.map(|change| change.node).collect();
                nodes.into_iter().for_each(|node| self.statement(node));
            }
        }
    }

    /// Of a list that has the wanted item, the item alone.
    fn item(&mut self, list: &Operand, item: &Operand) -> bool {
        let place = list.origins.iter().find_map(|origin| {
            let Origin::Context { path, value: Value::List(members), .. } = origin else { return None };
            let at = members.snapshot().iter().position(|member| member.loosely_equals(&item.value))?;
            Some(path.join(&Value::int(i32::try_from(at).ok()?)))
        });
        let Some(path) = place else { return false };
        self.fact(&path, item.value.clone());
        true
    }

    fn origin(&mut self, origin: &Origin) {
        match origin {
            Origin::AuthType(mode) => self.fact(&ContextPath::AUTH_TYPE, mode.clone()),
            Origin::Context { path, absent: false, value, .. } if !value.is_null() => self.fact(path, value.clone()),
            _ => {}
        }
    }

    fn fact(&mut self, path: &ContextPath, value: Value) {
        if !path.is_empty() && !self.found.iter().any(|known| known.path == *path) {
            self.found.push(InputChange { op: Op::Remove, path: path.clone(), value });
        }
    }
}

/// The facts without which the request would not have been let through.
pub fn prove(given: &Given, facts: &[InputChange], was: Verdict, rerun: &impl Rerun) -> Vec<Suggestion> {
    let stands = |verdict: Verdict| verdict == was || verdict == Verdict::Allowed;
    let mut found = Vec::new();
    let mut seen = FxHashSet::default();
    for fact in facts.iter().filter(|fact| seen.insert(&fact.path)) {
        let change = std::slice::from_ref(fact);
        let verdict = change::apply(given, change).and_then(|without| rerun.verdict(without));
        if let Some(verdict) = verdict.filter(|verdict| !stands(*verdict)) {
            found.push(Suggestion { changes: change.to_vec(), verdict, node: None });
        }
    }
    found
}
