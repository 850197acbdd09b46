//! A list that shows everybody what `get` shows its owner only.

use super::super::Spot;
use super::super::subject::CheckSubject;
use super::{Whole, placed};
use crate::code::Code;
use crate::resolver::{Resolver, Template};
use crate::syntax::Statement;
use std::sync::Arc;

pub fn find(whole: &Whole<'_>, found: &mut Vec<Spot>) {
    for (field, resolver) in &whole.project.by_field {
        let Some(own) = field.strip_prefix("Query.") else { continue };
        // `getNote`, or `note` alone.
        let name = own.strip_prefix("get").filter(|name| name.starts_with(char::is_uppercase)).unwrap_or(own);
        let get = whole.subjects(resolver);
        if !get.iter().any(|(_, subject)| guards(subject)) {
            continue;
        }
        for (list, other) in whole.project.by_field.iter().filter(|(list, _)| is_list_of(list, name)) {
            if let Some((template, spot)) = open(whole, other) {
                let message = format!(
                    "{field} lets only some callers see a row, and {list} answers with rows to every caller: filter them by $ctx.identity, or refuse as {field} does"
                );
                found.push(placed(template, Spot { message: message.into(), ..spot }));
            }
        }
    }
}

/// Whether the caller's identity decides in a template: it refuses by it.
fn guards(subject: &CheckSubject<'_>) -> bool {
    subject.mentions("identity") && subject.refuses(&subject.program.body)
}

/// `listNotes`, `allNotes`, `getNotes`, `notes` of `Note` or `note`.
fn is_list_of(field: &str, name: &str) -> bool {
    let Some(field) = field.strip_prefix("Query.") else { return false };
    let lower = |text: &str| text.to_ascii_lowercase();
    let prefix = ["list", "all", "get"].into_iter().find_map(|prefix| {
        field.strip_prefix(prefix).filter(|rest| rest.starts_with(char::is_uppercase)).map(|rest| (prefix, rest))
    });
    let (prefix, list) = prefix.unwrap_or(("", field));
    let (list, name) = (lower(list.strip_prefix("All").unwrap_or(list)), lower(name));
    let stem = name.strip_suffix('y').unwrap_or(&name);
    let plural = list == format!("{name}s") || list == format!("{name}es") || list == format!("{stem}ies");
    plural || list == name && matches!(prefix, "list" | "all")
}

/// The place of a resolver that asks for nobody's identity; none where one of its templates does, or cannot be read.
fn open<'w>(whole: &'w Whole<'_>, resolver: &'w Resolver) -> Option<(&'w Arc<Template>, Spot)> {
    let subjects = whole.subjects(resolver);
    let all_read = resolver.templates().count() == subjects.len();
    let asks = |subject: &CheckSubject<'_>| subject.mentions("identity") || subject.mentions("stash");
    let vtl = resolver.functions.iter().all(|function| function.runtime == crate::project::Runtime::Vtl);
    if !all_read || !vtl || subjects.iter().any(|(_, subject)| asks(subject)) {
        return None;
    }
    let rows = |subject: &CheckSubject<'_>| {
        ["Scan", "Query", "SELECT ", "_search"].iter().any(|word| subject.program.writes(word))
    };
    let (template, subject) = subjects.into_iter().find(|(_, subject)| rows(subject))?;
    let spot = match subject.program.body.iter().find_map(Statement::node) {
        Some(node) => Spot::at(subject.program, node, Code::ListUnguarded, String::new()),
        None => Spot::at_start(subject.program, Code::ListUnguarded, String::new()),
    };
    Some((template, spot))
}
