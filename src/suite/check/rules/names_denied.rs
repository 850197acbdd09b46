//! A refusal that names who may not, or that hangs on what the client says of himself: whoever lacks the claim, or sends the word, gets
//! through (`explain/hint/allow` tells of a run).

use super::super::Spot;
use super::super::subject::{CheckSubject, refuses_itself};
use crate::code::{Code, Severity};
use crate::syntax::visit::{References, Visit, walk_branch};
use crate::syntax::{ComparisonOperator, Expression, ExpressionKind as Kind, If, NodeId, Reference};
use crate::value::method::Method;

/// Claims that every token has: nobody lacks them
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html>).
const ALWAYS: [&str; 7] = ["sub", "iss", "exp", "iat", "username", "cognito:username", "token_use"];

/// What arguments are called that say who somebody is: another one may be a word that is checked.
const WHO: [&str; 8] = ["role", "group", "admin", "user", "owner", "tenant", "team", "member"];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let mut search = DenyingRefusals { subject, of_caller: 0, found: Vec::new() };
    search.program(subject.program);
    // Where another condition asks who calls, that one decides.
    let alone = search.of_caller <= 1;
    let other = subject.mentions("stash") || subject.mentions("prev");
    for (node, code, message) in search.found {
        let tells = if code == Code::ClientDecides { search.of_caller == 0 && !subject.mentions("identity") && !other } else { alone };
        if tells {
            found.push(Spot::at(subject.program, node, code, message).severity(Severity::Warning));
        }
    }
}

struct DenyingRefusals<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    /// Conditions of the template that look at the caller.
    of_caller: usize,
    found: Vec<(NodeId, Code, String)>,
}

impl<'p> Visit<'p> for DenyingRefusals<'_, 'p> {
    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        self.of_caller += usize::from(self.subject.reads(&branch.condition, "identity"));
        if refuses_itself(&branch.body) {
            self.denied(&branch.condition);
            self.sent(&branch.condition);
        }
        walk_branch(self, branch);
    }
}

impl<'p> DenyingRefusals<'_, 'p> {
    /// `#if($ctx.identity.claims.get("custom:role") == "guest") refuse`
    fn denied(&mut self, condition: &'p Expression) {
        for term in condition.disjuncts() {
            let claim = compared(term, ComparisonOperator::Equal).or_else(|| listed(term)).filter(|side| {
                let path = self.subject.path(side).filter(|_| !self.subject.has_default(side));
                matches!(path.as_deref(), Some(["identity", "claims", name]) if !ALWAYS.contains(name))
                    || matches!(path.as_deref(), Some(["identity", "resolverContext", _]))
            });
            if let Some(claim) = claim {
                let (text, name) = (self.subject.program.one_line(term.node), self.subject.program.one_line(claim.node));
                self.found.push((term.node, Code::AbsentDiffers, format!("`{text}` names who may not: where `{name}` is absent it refuses nobody, for what is absent equals no text. Name who may instead, and refuse when it is absent")));
            }
        }
    }

    /// `#if($ctx.args.role != "keeper") refuse`, where nothing of the caller is asked.
    fn sent(&mut self, condition: &'p Expression) {
        let side = compared(condition, ComparisonOperator::NotEqual);
        let says_who = |name: &str| WHO.iter().any(|word| name.to_lowercase().contains(word));
        let of_client = |side: &&Expression| matches!(self.subject.path(side).as_deref(), Some(["arguments", .., last]) if says_who(last));
        let Some(side) = side.filter(of_client) else { return };
        let mut others = 0;
        References(|_: &Reference| others += 1).expression(condition);
        if others == 1 {
            let (text, name) = (self.subject.program.one_line(condition.node), self.subject.program.one_line(side.node));
            self.found.push((condition.node, Code::ClientDecides, format!("`{text}` decides by `{name}`, which the client sends itself, so anybody can pass: decide by the identity, and let the argument only narrow what that allows")));
        }
    }
}

/// The side of a comparison with a text that is written there.
fn compared(term: &Expression, wanted: ComparisonOperator) -> Option<&Expression> {
    let Kind::Compare(comparison, sides) = &term.kind else { return None };
    let is_text = |side: &Expression| matches!(&side.kind, Kind::String(text) if !text.is_empty());
    let pair = [(&sides.0, &sides.1), (&sides.1, &sides.0)];
    pair.into_iter().find(|(_, text)| *comparison == wanted && is_text(text)).map(|(side, _)| side)
}

/// What a list that is written there is asked for: `["guest", "trial"].contains($role)`.
fn listed(term: &Expression) -> Option<&Expression> {
    let Kind::Reference(call) = &term.kind else { return None };
    match call.last_call()? {
        (Some(Method::Contains), [only]) if call.variable().is_some() && call.steps.len() == 1 => Some(only),
        _ => None,
    }
}
