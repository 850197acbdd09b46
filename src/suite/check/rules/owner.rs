//! A row whose owner is what the caller says: `"owner": $ctx.args.input.owner`.

use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::syntax::visit::{Visit, walk_statement};
use crate::syntax::{Block, Expression, Reference, Slot, Statement, StepKind};

/// Attributes that say whose a row is.
const OWNERS: [&str; 9] =
    ["owner", "ownerid", "owner_id", "createdby", "created_by", "creator", "creatorid", "ownedby", "authorid"];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    // Somebody who looks at the identity has thought of it, and so has somebody whose callers have none.
    let nobody = !subject.modes.is_empty() && subject.modes.iter().all(|mode| *mode == crate::appsync::AuthType::ApiKey);
    if subject.generated || nobody || subject.mentions("identity") || !writes(&subject.program.source.text) {
        return;
    }
    let mut owners = Owners { subject, found };
    owners.program(subject.program);
}

/// Whether the text is that of a request that makes rows.
fn writes(text: &str) -> bool {
    text.contains("PutItem") || text.contains("INSERT ") || text.contains("insert into")
}

struct Owners<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: &'s mut Vec<Spot>,
}

impl<'p> Visit<'p> for Owners<'_, 'p> {
    fn block(&mut self, block: &'p Block) {
        for pair in block.windows(2) {
            let [Statement::Text(text), Statement::Print(reference)] = pair else { continue };
            if let Some(name) = key_before(text).filter(|name| is_owner(name))
                && self.is_sent(reference)
            {
                self.push(reference, name);
            }
        }
        block.iter().for_each(|statement| walk_statement(self, statement));
    }

    fn reference(&mut self, reference: &'p Reference) {
        for step in &reference.steps {
            if let StepKind::Method { name, args, .. } = &step.kind
                && name == "put"
                && let [Expression { kind: crate::syntax::ExpressionKind::String(key), .. }, value] = args.as_slice()
                && is_owner(key)
                && self.subject.reads(value, "arguments")
            {
                self.push(reference, key);
            }
        }
        crate::syntax::visit::walk_reference(self, reference);
    }
}

impl<'p> Owners<'_, 'p> {
    fn is_sent(&self, reference: &'p Reference) -> bool {
        let direct = matches!(reference.root, Slot::CTX | Slot::CONTEXT)
            && super::super::path::prefix(reference).first() == Some(&"arguments");
        let inside = reference.steps.iter().any(|step| match &step.kind {
            StepKind::Method { args, .. } => args.iter().any(|arg| self.subject.reads(arg, "arguments")),
            _ => false,
        });
        direct || inside && reference.function.is_some()
    }

    fn push(&mut self, reference: &Reference, name: &str) {
        let message = format!(
            "{name} is what the caller sends, so a caller can write rows in another's name: take it from $ctx.identity, or compare it with that"
        );
        self.found.push(Spot::at(self.subject.program, reference.node, Code::OwnerFromArguments, message));
    }
}

fn is_owner(name: &str) -> bool {
    OWNERS.contains(&name.to_ascii_lowercase().as_str())
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
