//! Guards that are written in a way that never refuses, and errors that do not stop: what a report says of a run
//! (`explain/hint/allow/slips.rs`), as far as the text of a template shows it. The codes are the same.

use crate::value::method::Method;
use super::super::Spot;
use super::super::subject::{CheckSubject, refuses_itself};
use crate::appsync::address::is_bare_domain;
use crate::code::Code;
use crate::syntax::visit::{Visit, walk_branch, walk_expression, walk_reference};
use crate::syntax::{
    ComparisonOperator, Expression, ExpressionKind as Kind, If, NodeId, Program, Reference, Slot, };

/// Methods that answer yes or no.
const ASKING: [Method; 6] = [
    Method::Contains,
    Method::Equals,
    Method::StartsWith,
    Method::EndsWith,
    Method::Matches,
    Method::ContainsKey,
];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let mut slips = Slips { program: subject.program, found: Vec::new() };
    slips.program(subject.program);
    found.extend(slips.found.into_iter().map(|(node, code, message)| Spot::at(subject.program, node, code, message)));
}

struct Slips<'p> {
    program: &'p Program,
    found: Vec<(NodeId, Code, String)>,
}

impl<'p> Visit<'p> for Slips<'p> {
    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        if refuses_itself(&branch.body) {
            self.guard(&branch.condition);
        }
        walk_branch(self, branch);
    }

    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::Reference(reference) = &expression.kind {
            self.ending(reference);
        }
        walk_expression(self, expression);
    }

    fn reference(&mut self, reference: &'p Reference) {
        self.appended(reference);
        walk_reference(self, reference);
    }
}

impl Slips<'_> {
    fn text(&self, node: NodeId) -> String {
        self.program.one_line(node)
    }

    /// The terms of a guard around a refusal.
    fn guard(&mut self, condition: &Expression) {
        match &condition.kind {
            Kind::And(sides) | Kind::Or(sides) => {
                self.guard(&sides.0);
                self.guard(&sides.1);
            }
            Kind::Compare(comparison, sides) => {
                self.negated(condition, *comparison, sides);
                self.null_is_not_false(condition, *comparison, sides);
            }
            _ => {}
        }
    }

    /// `!a == b`: the `!` turns `a` around alone (Velocity 1.7's grammar).
    fn negated(&mut self, whole: &Expression, comparison: ComparisonOperator, sides: &(Expression, Expression)) {
        let Kind::Not(inner) = &sides.0.kind else { return };
        let opposite = match comparison {
            ComparisonOperator::Equal => "!=",
            ComparisonOperator::NotEqual => "==",
            _ => return,
        };
        if matches!(sides.1.kind, Kind::Boolean(_)) {
            return;
        }
        let (text, left, right) = (self.text(whole.node), self.text(inner.node), self.text(sides.1.node));
        self.found.push((whole.node, Code::NegatedSide, format!("in `{text}` the `!` belongs to `{left}` alone, so true or false is compared with `{right}`, and nobody is refused: write `{left} {opposite} {right}`")));
    }

    /// `$claims.get("x").contains("y") == false`: on an absent claim the call is null, which equals neither true nor false.
    fn null_is_not_false(&mut self, whole: &Expression, comparison: ComparisonOperator, sides: &(Expression, Expression)) {
        let (ComparisonOperator::Equal, Kind::Reference(reference), Kind::Boolean(wanted)) = (comparison, &sides.0.kind, &sides.1.kind) else {
            return;
        };
        let [.., last] = reference.steps.as_slice() else { return };
        let asks = last.kind.call().and_then(|(called, _)| called).is_some_and(|called| ASKING.contains(&called));
        let of_context = matches!(reference.root, Slot::CTX | Slot::CONTEXT);
        if !asks || !of_context || *wanted {
            return;
        }
        let (text, left) = (self.text(whole.node), self.text(sides.0.node));
        self.found.push((whole.node, Code::NullIsNotFalse, format!("`{text}` does not refuse whoever lacks what is asked: the call is null then, which equals neither true nor false. Write `!{left}`")));
    }

    /// An address is tested by an ending that another domain has too.
    fn ending(&mut self, reference: &Reference) {
        let Some(last) = reference.steps.last() else { return };
        let Some((called, args)) = last.kind.call() else { return };
        let Some(Kind::String(ending)) = args.first().map(|arg| &arg.kind) else { return };
        let text = self.text(reference.node);
        let address = self.program.says_in(|visit| visit.reference(reference), &["mail"]);
        if called == Some(Method::EndsWith) && address && is_bare_domain(ending) {
            self.found.push((reference.node, Code::EndingNotAnchored, format!("`{text}` holds for other domains that end so too (`not{ending}`): write `.endsWith(\"@{ending}\")`")));
        }
    }

    /// `$util.appendError(…, "Unauthorized")` does not stop.
    fn appended(&mut self, reference: &Reference) {
        let text = self.text(reference.node);
        if matches!(reference.root, Slot::UTIL | Slot::UTILS) && reference.ends_in(Method::AppendError) && self.program.says_in(|visit| visit.reference(reference), &["authorized"]) {
            self.found.push((reference.node, Code::AppendedOnly, format!("`{text}` adds an error to the answer and does not stop, so the data goes out with it: write $util.error( … ) or $util.unauthorized()")));
        }
    }
}

