//! A row whose owner is what the caller says: `"owner": $ctx.args.input.owner`.

use crate::value::method::Method;
use super::super::Spot;
use super::super::subject::CheckSubject;
use super::members::operation;
use super::written::{members, printed};
use crate::code::Code;
use crate::syntax::visit::{Visit, walk_block, walk_expression, walk_reference, walk_set};
use crate::syntax::{Block, Expression, ExpressionKind as Kind, NodeId, Reference, Set, Slot, Statement, StepKind};

/// Attributes that say whose a row is.
pub(super) const OWNERS: [&str; 9] =
    ["owner", "ownerid", "owner_id", "createdby", "created_by", "creator", "creatorid", "ownedby", "authorid"];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    // Whose callers have no identity has no owners either.
    let nobody = !subject.modes.is_empty() && subject.modes.iter().all(|mode| *mode == crate::appsync::AuthType::ApiKey);
    if subject.generated || nobody || !writes(subject) {
        return;
    }
    // Somebody who refuses by the identity, or compares with it, has thought of it.
    let compared = subject.mentions("identity");
    let mut owners = OwnerSearch { subject, found, compared, refuses: subject.refuses(&subject.program.body) };
    owners.program(subject.program);
    if !compared {
        users(subject, found);
    }
}

/// Attributes that say which user made a row, where the row is no user's own.
pub(super) const USERS: [&str; 2] = ["userid", "user_id"];

/// Attributes of a row that is a user.
const PERSON: [&str; 8] = ["email", "username", "name", "firstname", "lastname", "phone", "password", "birthdate"];

/// `"userId": $ctx.args.userId` among the attributes of a new row that has a key of its own.
fn users<'p>(subject: &CheckSubject<'p>, found: &mut Vec<Spot>) {
    let all = members(&subject.program.body);
    let named = |around: &str, names: &[&str]| {
        let own = all.iter().filter(|member| member.around.last().is_some_and(|last| last == around));
        own.into_iter().any(|member| names.contains(&member.name.to_ascii_lowercase().as_str()))
    };
    let puts = operation(&all).as_deref() == Some("PutItem");
    if !puts || named("key", &USERS) || named("attributeValues", &PERSON) {
        return;
    }
    let mut spots = Vec::new();
    printed(&subject.program.body, &mut |reference, at| {
        let Some((around, member)) = at.whole_value() else { return };
        let parent = at.around().iter().rev().nth(1).map_or("", String::as_str);
        let name = match (parent, around, member) {
            (_, "attributeValues", name) | ("attributeValues", name, "S") => name,
            _ => return,
        };
        let search = OwnerSearch { subject, found: &mut Vec::new(), compared: false, refuses: false };
        if USERS.contains(&name.to_ascii_lowercase().as_str()) && matches!(search.given(reference), Some(OwnerSource::Sent)) {
            let message = format!("{name} is what the caller sends, so a caller can write rows in another's name: take it from $ctx.identity, or compare it with that");
            spots.push(Spot::at(subject.program, reference.node, Code::OwnerFromArguments, message));
        }
    });
    found.extend(spots);
}

/// Whether the request that it writes makes or changes rows.
fn writes(subject: &CheckSubject<'_>) -> bool {
    ["PutItem", "UpdateItem", "INSERT ", "insert into"].iter().any(|word| subject.program.writes(word))
}

struct OwnerSearch<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: &'s mut Vec<Spot>,
    /// The identity is read somewhere.
    compared: bool,
    /// The template refuses somebody.
    refuses: bool,
}

impl<'p> Visit<'p> for OwnerSearch<'_, 'p> {
    fn block(&mut self, block: &'p Block) {
        for pair in block.windows(2) {
            let [Statement::Text(text), Statement::Print(reference)] = pair else { continue };
            if let Some(name) = key_before(text) {
                self.value(name, reference.node, SentValue::Printed(reference));
            }
        }
        walk_block(self, block);
    }

    fn set(&mut self, set: &'p Set) {
        if let Some(StepKind::Property(name)) = set.target.steps.last().map(|step| &step.kind) {
            self.value(name, set.node, SentValue::Value(&set.value));
        }
        walk_set(self, set);
    }

    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::Map(entries) = &expression.kind {
            for (key, value) in entries {
                if let Kind::String(name) = &key.kind {
                    self.value(name, value.node, SentValue::Value(value));
                }
            }
        }
        walk_expression(self, expression);
    }

    fn reference(&mut self, reference: &'p Reference) {
        for step in &reference.steps {
            if let StepKind::Method { method: Some(Method::Put), args, .. } = &step.kind
                && let [Expression { kind: Kind::String(key), .. }, value] = args.as_slice()
            {
                self.value(key, reference.node, SentValue::Value(value));
            }
        }
        walk_reference(self, reference);
    }
}

/// How a value stands there.
#[derive(Clone, Copy)]
enum SentValue<'p> {
    Printed(&'p Reference),
    Value(&'p Expression),
}

impl<'p> OwnerSearch<'_, 'p> {
    fn value(&mut self, name: &str, node: NodeId, sent: SentValue<'p>) {
        // `:owner` stands in a condition too.
        let bound = name.starts_with(':');
        let name = name.trim_start_matches(':');
        if !OWNERS.contains(&name.to_ascii_lowercase().as_str()) {
            return;
        }
        // What stands in a filter object, `{"owner": {"eq": …}}`, is no row.
        let given = match sent {
            SentValue::Printed(reference) => self.given(reference),
            SentValue::Value(Expression { kind: Kind::Reference(reference), .. }) => self.given(reference),
            SentValue::Value(_) => None,
        };
        let message = match given {
            Some(OwnerSource::Sent) if !self.compared && bound => format!(
                "{name} is what the caller sends, so a caller can act in another's name: take it from $ctx.identity, or compare it with that"
            ),
            Some(OwnerSource::Sent) if !self.compared => format!(
                "{name} is what the caller sends, so a caller can write rows in another's name: take it from $ctx.identity, or compare it with that"
            ),
            Some(OwnerSource::Before) if !self.refuses => format!(
                "{name} is what the caller sends, and the caller's own name only where nothing is sent: so a caller can write rows in another's name. Take it from $ctx.identity alone"
            ),
            _ => return,
        };
        let known = self.found.iter().any(|spot| spot.code == Code::OwnerFromArguments && spot.message.to_string() == message);
        if !known {
            self.found.push(Spot::at(self.subject.program, node, Code::OwnerFromArguments, message));
        }
    }

    fn given(&self, reference: &'p Reference) -> Option<OwnerSource> {
        let args = reference.steps.iter().find_map(|step| match &step.kind {
            StepKind::Method { args, .. } if reference.function.is_some() => Some(args.as_slice()),
            _ => None,
        });
        match (reference.function, args) {
            (Some(_), Some([sent, other])) if reference.called().is_some_and(Method::gives_default) => {
                let before = self.subject.reads(sent, "arguments") && self.subject.reads(other, "identity");
                before.then_some(OwnerSource::Before)
            }
            // `$util.dynamodb.toDynamoDBJson( … )`, and whatever else is made of one value.
            (Some(_), Some([Expression { kind: Kind::Reference(inner), .. }])) => self.given(inner),
            (Some(_), Some(args)) => args.iter().any(|arg| self.subject.reads(arg, "arguments")).then_some(OwnerSource::Sent),
            (Some(_), None) => None,
            (None, _) => {
                let direct = matches!(reference.root, Slot::CTX | Slot::CONTEXT)
                    && super::super::path::prefix(reference).first() == Some(&"arguments");
                let set = reference.variable().and_then(|slot| self.subject.sets.get(&slot)).map(Vec::as_slice);
                match set {
                    _ if direct => Some(OwnerSource::Sent),
                    Some([Set { value: Expression { kind: Kind::Reference(inner), .. }, .. }])
                        if inner.root != reference.root && reference.steps.is_empty() =>
                    {
                        self.given(inner)
                    }
                    _ => None,
                }
            }
        }
    }
}

/// Whose word an owner is.
enum OwnerSource {
    /// The caller's.
    Sent,
    /// The caller's, before his identity.
    Before,
}

/// The key of JSON that stands right before a value: `"owner": {"S": "`.
fn key_before(text: &str) -> Option<&str> {
    let text = text.trim_end_matches(['"', ' ', '\n', '\t']);
    let text = text.strip_suffix(':')?.trim_end();
    let name = quoted_end(text)?;
    if matches!(name, "S" | "N") {
        let outer = text[..text.len() - name.len() - 2].trim_end().strip_suffix('{')?.trim_end();
        return quoted_end(outer.strip_suffix(':')?.trim_end());
    }
    Some(name)
}

/// The name in the quotes at the end of a text.
fn quoted_end(text: &str) -> Option<&str> {
    text.strip_suffix('"')?.rsplit('"').next()
}
