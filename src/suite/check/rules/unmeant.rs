//! Names that give null and mean something: a map's key without quotes, `$list.size` without parentheses, a member that AppSync's
//! context does not have.

use crate::value::method::Method;
use super::super::Spot;
use super::super::path;
use super::super::subject::CheckSubject;
use crate::appsync::context::MEMBERS;
use crate::code::{Code, Severity};
use crate::nearest::nearest;
use crate::syntax::visit::{Visit, walk_expression, walk_reference};
use crate::syntax::{Expression, ExpressionKind as Kind, Reference, Slot, StepKind};

/// Members of `$ctx.error`
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html>).
const ERROR: [&str; 2] = ["message", "type"];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    UnmeantNames { subject, found }.program(subject.program);
}

struct UnmeantNames<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: &'s mut Vec<Spot>,
}

impl<'p> Visit<'p> for UnmeantNames<'_, 'p> {
    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::Map(entries) = &expression.kind {
            for (key, _) in entries {
                self.key(key);
            }
        }
        walk_expression(self, expression);
    }

    fn reference(&mut self, reference: &'p Reference) {
        self.count(reference);
        self.member(reference);
        walk_reference(self, reference);
    }
}

impl<'p> UnmeantNames<'_, 'p> {
    /// Velocity 1.7 takes any bare word in a call's arguments, as null (tests/oracle).
    fn key(&mut self, key: &Expression) {
        let text = self.subject.program.one_line(key.node);
        if matches!(key.kind, Kind::Null) && text != "null" {
            let message = format!("`{text}` without quotes is no name: Velocity makes null of it, and the key is \"null\". Write \"{text}\"");
            self.found.push(Spot::at(self.subject.program, key.node, Code::KeyWithoutQuotes, message));
        }
    }

    /// A list has no property of these names.
    fn count(&mut self, reference: &'p Reference) {
        let Some((last, before)) = reference.steps.split_last() else { return };
        let StepKind::Property(name) = &last.kind else { return };
        if !matches!(Method::parse(name), Some(Method::Size | Method::Length)) || !self.is_list(reference, before) {
            return;
        }
        let program = self.subject.program;
        let text = program.one_line(reference.node);
        let list = text.get(..text.len().saturating_sub(name.len())).filter(|_| !reference.formal).unwrap_or(&text);
        let message = format!("`{text}` is a property, which a list does not have, so it is null: write `{list}size()`");
        self.found.push(Spot::at(program, reference.node, Code::CallWithoutParentheses, message));
    }

    fn is_list(&self, reference: &'p Reference, before: &[crate::syntax::Step]) -> bool {
        let own = || path::steps(before);
        let names = match self.subject.sets.get(&reference.root).map(Vec::as_slice) {
            Some(sets) if before.is_empty() && sets.iter().all(|set| matches!(set.value.kind, Kind::List(_))) => {
                return !self.subject.loops.contains_key(&reference.root);
            }
            Some([set]) => self.subject.path(&set.value).and_then(|mut base| {
                base.extend(own()?);
                Some(base)
            }),
            Some(_) => None,
            None if matches!(reference.root, Slot::CTX | Slot::CONTEXT) => own(),
            None => None,
        };
        names.is_some_and(|names| {
            matches!(
                names.as_slice(),
                ["identity", "claims", "cognito:groups"]
                    | ["identity", "groups"]
                    | ["info", "selectionSetList"]
                    | ["outErrors"]
                    | ["result", "items"]
                    | ["prev", "result", "items"]
            )
        })
    }

    fn member(&mut self, reference: &Reference) {
        if !matches!(reference.root, Slot::CTX | Slot::CONTEXT) {
            return;
        }
        let Some(step) = reference.steps.first().filter(|step| matches!(step.kind, StepKind::Property(_))) else { return };
        let program = self.subject.program;
        let names = path::prefix(reference);
        let message = match names.as_slice() {
            ["result", "Items", ..] if self.subject.mentions_page() => {
                "AppSync answers a query or scan with `items`, in lower case, so `$ctx.result.Items` is null".to_owned()
            }
            ["error", name, ..] if !ERROR.contains(name) && is_property(reference, 1) => {
                format!("`$ctx.error` has no `{name}`, only message and type, so this is null")
            }
            [name, ..] if !MEMBERS.contains(name) => {
                let near = nearest(name, MEMBERS.iter().copied().chain(["args"]));
                let near = near.map_or(String::new(), |near| format!("; did you mean `$ctx.{near}`?"));
                format!("AppSync's context has no `{name}`, so this is null{near}")
            }
            _ => return,
        };
        let spot = Spot::at(program, step.node, Code::UnknownMember, message);
        self.found.push(spot.severity(Severity::Warning));
    }
}

fn is_property(reference: &Reference, at: usize) -> bool {
    reference.steps.get(at).is_some_and(|step| matches!(step.kind, StepKind::Property(_)))
}
