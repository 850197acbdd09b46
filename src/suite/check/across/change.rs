//! A change of rows that everybody may make, beside one of the same rows that asks who the caller is: `updateNote` without the
//! condition that `deleteNote` has.

use super::super::Spot;
use super::super::subject::CheckSubject;
use super::{Whole, placed};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::project::Runtime;
use crate::resolver::{Resolver, Template};
use crate::syntax::Statement;
use std::sync::Arc;

/// What the names of such fields begin with.
const VERBS: [&str; 6] = ["update", "delete", "edit", "remove", "change", "modify"];

/// DynamoDB's operations that change rows that are there; a PutItem replaces the row that has its key.
const CHANGES: [&str; 4] = ["UpdateItem", "DeleteItem", "PutItem", "BatchDeleteItem"];

pub fn find(whole: &Whole<'_>, found: &mut Vec<Spot>) {
    // Who may call a field stands in the schema too.
    let directives = whole.project.schema.as_ref().is_some_and(|schema| schema.text.contains("cognito_groups"));
    let nobody = !whole.modes.is_empty() && whole.modes.iter().all(|mode| *mode == AuthType::ApiKey);
    if directives || nobody {
        return;
    }
    for (field, resolver) in &whole.project.by_field {
        let Some(noun) = noun(field) else { continue };
        let guarded = || whole.project.by_field.iter().find(|(other, one)| *other != field && self::noun(other) == Some(noun) && guards(whole, one));
        if let Some((template, spot)) = open(whole, resolver)
            && let Some((other, _)) = guarded()
        {
            let message = format!(
                "{other} asks who the caller is before it changes a row, and {field} changes any row for every caller: give it the same condition or test"
            );
            found.push(placed(template, Spot { message: message.into(), ..spot }));
        }
    }
}

/// `Note` of `Mutation.updateNote`.
fn noun(field: &str) -> Option<&str> {
    let name = field.strip_prefix("Mutation.")?;
    let noun = VERBS.iter().find_map(|verb| name.strip_prefix(verb))?;
    noun.starts_with(char::is_uppercase).then_some(noun)
}

/// Whether a resolver refuses by the identity, or changes the row on a condition with it.
fn guards(whole: &Whole<'_>, resolver: &Resolver) -> bool {
    whole.subjects(resolver).iter().any(|(_, subject)| {
        let asks = subject.refuses(&subject.program.body) || subject.program.writes_json("condition");
        !subject.generated && subject.mentions("identity") && asks
    })
}

/// The place of a change that looks at nobody; none where one of the templates does, cannot be read or is not there.
fn open<'w>(whole: &'w Whole<'_>, resolver: &'w Resolver) -> Option<(&'w Arc<Template>, Spot)> {
    let subjects = whole.subjects(resolver);
    let vtl = resolver.functions.iter().all(|function| function.runtime == Runtime::Vtl);
    let asks = |subject: &CheckSubject<'_>| {
        ["identity", "stash", "prev", "request"].iter().any(|part| subject.mentions(part)) || subject.refuses(&subject.program.body)
    };
    if !vtl || resolver.templates().count() != subjects.len() || subjects.iter().any(|(_, subject)| subject.generated || asks(subject)) {
        return None;
    }
    let changes = |subject: &CheckSubject<'_>| CHANGES.iter().any(|name| subject.program.writes_json(name));
    let (template, subject) = subjects.into_iter().find(|(_, subject)| changes(subject))?;
    let spot = match subject.program.body.iter().find_map(Statement::node) {
        Some(node) => Spot::at(subject.program, node, Code::NobodyAsked, String::new()),
        None => Spot::at_start(subject.program, Code::NobodyAsked, String::new()),
    };
    Some((template, spot))
}
