//! Members of the identity: claims read outside of `claims`, and members that callers of the mode do not have
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html>).

use crate::message::{all_of};
use crate::value::method::Method;
use super::super::Spot;
use super::super::path;
use super::super::subject::CheckSubject;
use crate::appsync::AuthType;
use crate::code::{Code, Severity};
use crate::explain::hint::member::{MODES, exists};
use crate::nearest::nearest;
use crate::syntax::visit::{Visit, walk_reference};
use crate::syntax::{Block, ComparisonOperator, Expression, ExpressionKind as Kind, If, NodeId, Reference, Slot};

/// Claims of Cognito's own whose names hold a colon.
const COGNITO: [&str; 4] = ["cognito:groups", "cognito:username", "cognito:roles", "cognito:preferred_role"];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    let mut members = Members { subject, found, modes: Vec::new() };
    members.program(subject.program);
}

struct Members<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: &'s mut Vec<Spot>,
    /// The modes that the branches around ask for.
    modes: Vec<AuthType>,
}

impl<'p> Visit<'p> for Members<'_, 'p> {
    fn branch(&mut self, parts: &'p If, at: usize) {
        let branch = &parts.branches[at];
        let mode = mode_of(self.subject, &branch.condition);
        self.modes.extend(mode);
        self.expression(&branch.condition);
        self.block(&branch.body);
        if mode.is_some() {
            self.modes.pop();
        }
    }

    fn otherwise(&mut self, _: &'p If, _: NodeId, body: &'p Block) {
        self.block(body);
    }

    fn reference(&mut self, reference: &'p Reference) {
        if matches!(reference.root, Slot::CTX | Slot::CONTEXT) {
            self.member(reference, path::prefix(reference));
        } else if let Some([set]) = reference.variable().and_then(|slot| self.subject.sets.get(&slot)).map(Vec::as_slice)
            && let Some(mut names) = self.subject.path(&set.value).filter(|path| path.first() == Some(&"identity"))
        {
            // What stands in the `#set` is told there.
            let known = names.len();
            names.extend(path::prefix(reference));
            if known == 1 || names.get(1) == Some(&"claims") && known == 2 {
                self.member(reference, names);
            }
        }
        walk_reference(self, reference);
    }
}

impl Members<'_, '_> {
    fn member(&mut self, reference: &Reference, names: Vec<&str>) {
        match names.as_slice() {
            ["identity", "claims", claim, ..] if claim.starts_with("cognito:") && !COGNITO.contains(claim) => {
                let near = nearest(claim, COGNITO).map_or(String::new(), |near| format!("; did you mean {near}?"));
                let message = format!("Cognito has no claim {claim}{near}");
                self.push(Spot::at(self.subject.program, reference.node, Code::ClaimNameNear, message));
            }
            ["identity", member, ..] => self.of_identity(reference, member),
            _ => {}
        }
    }

    fn of_identity(&mut self, reference: &Reference, member: &str) {
        let program = self.subject.program;
        if exists(member, AuthType::Iam).is_none() {
            if matches!(Method::parse(member), Some(Method::Size | Method::KeySet | Method::EntrySet | Method::Values)) {
                return;
            }
            let message = format!(
                "no identity has a member {member}: it is null for every caller. Claims stand in `$ctx.identity.claims.get(\"{member}\")`, what a Lambda authorizer returned in `$ctx.identity.resolverContext`"
            );
            self.push(Spot::at(program, reference.node, Code::ClaimOutsideClaims, message));
            return;
        }
        let around = self.modes.last().copied();
        if let Some(mode) = around.filter(|mode| exists(member, *mode) == Some(false)) {
            let message = format!(
                "this branch is for {mode}, whose callers have no identity.{member}: it is null here ({} it)",
                having(member)
            );
            self.push(Spot::at(program, reference.node, Code::MemberNotInMode, message).severity(Severity::Warning));
        } else if around.is_none()
            && !self.subject.modes.is_empty()
            && self.subject.modes.iter().all(|mode| exists(member, *mode) == Some(false))
        {
            let message =
                format!("no mode of this API gives identity.{member}: it is null for every caller ({} it)", having(member));
            self.push(Spot::at(program, reference.node, Code::MemberNotInMode, message).severity(Severity::Warning));
        }
    }

    fn push(&mut self, spot: Spot) {
        if !self.found.contains(&spot) {
            self.found.push(spot);
        }
    }
}

/// `User Pool Authorization and IAM Authorization have`
fn having(member: &str) -> String {
    let with: Vec<_> =
        MODES.iter().filter(|mode| exists(member, **mode) == Some(true)).map(|mode| mode.as_str()).collect();
    format!("{} {}", all_of(&with), if with.len() == 1 { "has" } else { "have" })
}

/// The mode that a condition asks for.
pub fn mode_of<'p>(subject: &CheckSubject<'p>, condition: &'p Expression) -> Option<AuthType> {
    match &condition.kind {
        Kind::And(sides) => mode_of(subject, &sides.0).or_else(|| mode_of(subject, &sides.1)),
        Kind::Compare(ComparisonOperator::Equal, sides) => {
            let mode = |call: &'p Expression, text: &'p Expression| match &text.kind {
                Kind::String(name) if subject.is_mode(call) => {
                    AuthType::parse(name).filter(|mode| mode.as_str() == name.as_str())
                }
                _ => None,
            };
            mode(&sides.0, &sides.1).or_else(|| mode(&sides.1, &sides.0))
        }
        _ => None,
    }
}
