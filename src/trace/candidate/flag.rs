//! Flags that are no true or false: a text ("yes"), or a number that a loop counts up.

use super::{Candidate, CandidateFinder, Grant};
use super::goal::Goal;
use crate::syntax::{ComparisonOperator, Expression, ExpressionKind as Kind, NodeId, NumberLiteral, Set};
use crate::trace::condition::{Condition, Operand, OperandRole};
use crate::trace::index::{Node, NodePart};
use crate::value::method::Method;
use crate::value::{Number, Value};

impl<'p> CandidateFinder<'_, 'p> {
    /// A `#set` under a condition that would have turned a comparison of the refusal.
    pub(super) fn by_flag(&self, set: &'p Set, goal: &Goal, refusal: Option<NodeId>) -> Option<Candidate> {
        let own = set.target.steps.is_empty() && goal.slots.contains(&set.target.root);
        let chosen = || self.index.chain(set.node).iter().any(|part| matches!(part, NodePart::Branch { .. } | NodePart::Else { .. }));
        let turns = own && chosen() && self.judged_around(refusal?).iter().any(|leaf| self.turned(leaf, set));
        turns.then(|| self.known_candidate(set.node, Grant::Set, None)).flatten()
    }

    /// The terms of the conditions around a refusal, as they were judged last.
    fn judged_around(&self, refusal: NodeId) -> Vec<Condition> {
        let mut found = Vec::new();
        for part in self.index.chain(refusal) {
            let own = match part {
                NodePart::Branch { parts, at } => Some(parts.branches[at].node),
                _ => None,
            };
            for branch in part.before().iter().map(|branch| branch.node).chain(own) {
                let Some(record) = self.recorder.branches.get(&branch).and_then(|records| records.last()) else { continue };
                let mut leaves = Vec::new();
                record.condition.leaves(&mut leaves);
                found.extend(leaves.into_iter().filter(|leaf| leaf.holds.is_some()).cloned());
            }
        }
        found
    }

    /// How a term compares, and the parts of its two sides: `$x == "a"`, or `$x.equals("a")`.
    fn comparison(&self, leaf: &Condition) -> Option<(ComparisonOperator, (OperandRole, OperandRole))> {
        match self.index.node(leaf.node)? {
            Node::Expression(Expression { kind: Kind::Compare(operator, _), .. }) => Some((*operator, (OperandRole::Left, OperandRole::Right))),
            Node::Expression(Expression { kind: Kind::Reference(reference), .. }) | Node::Reference(reference) => {
                let equals = matches!(reference.last_call(), Some((Some(Method::Equals | Method::EqualsIgnoreCase), _)));
                equals.then_some((ComparisonOperator::Equal, (OperandRole::Receiver, OperandRole::Argument)))
            }
            _ => None,
        }
    }

    /// Whether a term compares the variable with a literal, and comes out otherwise with what this `#set` gives.
    fn turned(&self, leaf: &Condition, set: &Set) -> bool {
        let side = |role| leaf.operands.iter().find(|operand: &&Operand| operand.role == role);
        let Some((operator, sides)) = self.comparison(leaf) else { return false };
        let (Some(left), Some(right)) = (side(sides.0), side(sides.1)) else { return false };
        let Some(other) = [(left, right), (right, left)].into_iter().find_map(|(flag, other)| {
            let of_set = flag.slot == Some(set.target.root) && flag.origins.context().is_none() && flag.value.members().is_none();
            (of_set && other.literal).then_some(&other.value)
        }) else {
            return false;
        };
        let counts = matches!(set.value.kind, Kind::Arithmetic(..));
        match (operator, literal(&set.value)) {
            (ComparisonOperator::Equal | ComparisonOperator::NotEqual, Some(new)) => {
                let equal = new.loosely_equals(other);
                (equal == (operator == ComparisonOperator::Equal)) != leaf.holds.unwrap_or_default()
            }
            // How far it would be counted is not known: one that is counted up elsewhere may come there.
            (_, None) => counts,
            (_, Some(new)) => matches!(new, Value::Number(_)),
        }
    }
}

fn literal(expression: &Expression) -> Option<Value> {
    match &expression.kind {
        Kind::String(text) => Some(text.as_str().into()),
        Kind::Number(NumberLiteral::Integer(number)) => Some(Value::Number(Number::Integer(*number))),
        Kind::Boolean(truth) => Some(Value::Boolean(*truth)),
        _ => None,
    }
}
