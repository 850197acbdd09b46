//! Tests that let through whom they do not mean, as the text shows them (`explain/hint/allow/loose.rs` tells of a run): a
//! beginning of a group's name, an identity that every guest has, a term that always holds, one row that opens a whole list.

use super::super::Spot;
use super::super::path;
use super::super::subject::{CheckSubject, refuses_itself};
use crate::code::{Code, Severity};
use crate::syntax::visit::{Visit, walk_branch, walk_expression, walk_foreach};
use crate::syntax::{ComparisonOperator, Expression, ExpressionKind as Kind, Foreach, If, NodeId, Reference, Slot, Statement};
use crate::value::method::Method;

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated || !subject.refuses(&subject.program.body) {
        return;
    }
    let mut loose = LooseTests { subject, found: Vec::new() };
    loose.program(subject.program);
    let spot = |(node, code, message): (NodeId, Code, String)| Spot::at(subject.program, node, code, message).severity(Severity::Warning);
    found.extend(loose.found.into_iter().map(spot));
}

struct LooseTests<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: Vec<(NodeId, Code, String)>,
}

impl<'p> Visit<'p> for LooseTests<'_, 'p> {
    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        if refuses_itself(&branch.body) {
            self.guest(&branch.condition);
        }
        self.groups(&branch.condition);
        walk_branch(self, branch);
    }

    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::Or(_) = &expression.kind {
            self.always(expression);
        }
        walk_expression(self, expression);
    }

    fn foreach(&mut self, each: &'p Foreach) {
        self.one_for_all(each);
        walk_foreach(self, each);
    }
}

impl<'p> LooseTests<'_, 'p> {
    fn text(&self, node: NodeId) -> String {
        self.subject.program.one_line(node)
    }

    /// A refusal of those alone who have no id of the identity pool, which guests have too
    /// (<https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html>).
    fn guest(&mut self, condition: &'p Expression) {
        let asked = match &condition.kind {
            Kind::Not(inner) => inner.as_ref(),
            Kind::Reference(call) if call.called().is_some_and(Method::asks_null) => match call.steps.last().and_then(|step| step.kind.call()) {
                Some((_, [only])) => only,
                _ => return,
            },
            _ => return,
        };
        let id = self.subject.path(asked).is_some_and(|path| matches!(path.as_slice(), ["identity", "cognitoIdentityId" | "cognitoIdentityPoolId"]));
        let tells = ["cognitoIdentityAuthType", "cognitoIdentityAuthProvider", "userArn"];
        if id && !self.subject.program.references().iter().any(|reference| tells.iter().any(|name| reference.passes(name))) {
            let text = self.text(condition.node);
            self.found.push((condition.node, Code::EveryCaller, format!("`{text}` only asks whether there is an id of the identity pool, and every guest has one: ask for `$ctx.identity.cognitoIdentityAuthType == \"authenticated\"` too")));
        }
    }

    /// `$group.startsWith("admin")` of a loop over the groups.
    fn groups(&mut self, condition: &'p Expression) {
        let Kind::Reference(call) = &condition.kind else { return };
        let Some((Some(Method::StartsWith | Method::EndsWith), [Expression { kind: Kind::String(part), .. }])) = call.last_call() else { return };
        let of_groups = self.subject.loops.get(&call.root).is_some_and(|loops| loops.iter().any(|each| {
            self.subject.path(&each.list).is_some_and(|path| matches!(path.as_slice(), ["identity", "groups"] | ["identity", "claims", "cognito:groups"]))
        }));
        if of_groups && call.steps.len() == 1 && !part.ends_with([':', '/', '-', '_']) {
            let text = self.text(call.node);
            self.found.push((condition.node, Code::SubstringMatch, format!("`{text}` lets every group through whose name only begins or ends so: compare the whole name")));
        }
    }

    /// A term of an OR that every request fulfils.
    fn always(&mut self, whole: &'p Expression) {
        let of_address = |side: &Expression| matches!(&side.kind, Kind::Reference(reference)
            if matches!(reference.root, Slot::CTX | Slot::CONTEXT) && path::prefix(reference).starts_with(&["identity", "sourceIp"]) && reference.ends_in(Method::Size));
        let holds = whole.disjuncts().into_iter().find(|term| match &term.kind {
            Kind::Compare(ComparisonOperator::Greater | ComparisonOperator::NotEqual, sides) => of_address(&sides.0) && is_zero(&sides.1),
            Kind::Reference(reference) => matches!(reference.root, Slot::CTX | Slot::CONTEXT) && path::whole(reference).is_some_and(|path| matches!(path.as_slice(), ["identity", "sub" | "sourceIp"])),
            _ => false,
        });
        if let Some(term) = holds {
            let text = self.text(term.node);
            self.found.push((term.node, Code::EveryCaller, format!("`{text}` holds for whoever is signed in, so no other term of this OR matters: take it out, or join it with &&")));
        }
    }

    /// A loop over the rows sets a flag by one of them, the refusal asks for the flag, and the answer has all rows.
    fn one_for_all(&mut self, each: &'p Foreach) {
        if self.subject.path(&each.list).is_none_or(|path| path.first() != Some(&"result")) || !self.answers_all() {
            return;
        }
        for statement in &each.body {
            let Statement::If(parts) = statement else { continue };
            for branch in &parts.branches {
                let Kind::Compare(ComparisonOperator::Equal, sides) = &branch.condition.kind else { continue };
                let of_row = |side: &Expression| matches!(&side.kind, Kind::Reference(reference) if reference.root == each.item && !reference.steps.is_empty());
                let pair = [(&sides.0, &sides.1), (&sides.1, &sides.0)];
                if !pair.into_iter().any(|(row, caller)| of_row(row) && self.subject.reads(caller, "identity")) {
                    continue;
                }
                let grant = branch.body.iter().find_map(|statement| match statement {
                    Statement::Set(set) if matches!(set.value.kind, Kind::Boolean(true)) && self.subject.guards.contains(&set.target.root) => Some(set),
                    _ => None,
                });
                if let Some(set) = grant {
                    let name = self.subject.program.name(set.target.root).to_owned();
                    self.found.push((set.node, Code::WholeList, format!("one row of the caller's own sets ${name}, and the answer has every row: put the rows that pass into a list of their own and answer with that")));
                }
            }
        }
    }

    /// Whether the template prints the result as it is.
    fn answers_all(&self) -> bool {
        let whole = |expression: &'p Expression| self.subject.path(expression).is_some_and(|path| matches!(path.as_slice(), ["result"] | ["result", "items"]));
        self.subject.program.body.iter().any(|statement| match statement {
            Statement::Print(call) => to_json(call).is_some_and(whole),
            Statement::Return { value: Some(value), .. } => whole(value),
            _ => false,
        })
    }
}

/// What `$util.toJson` prints.
fn to_json(call: &Reference) -> Option<&Expression> {
    match call.last_call()? {
        (Some(Method::ToJson), [only]) => Some(only),
        _ => None,
    }
}

fn is_zero(side: &Expression) -> bool {
    matches!(side.kind, Kind::Number(crate::syntax::NumberLiteral::Integer(0)))
}
