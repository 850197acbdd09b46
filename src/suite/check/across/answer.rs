//! Members of an answer under the name that DynamoDB's own API gives them.

use super::super::Spot;
use super::super::path;
use super::super::rules::asks_for_page;
use super::super::subject::CheckSubject;
use super::{Whole, placed};
use crate::code::{Code, Severity};
use crate::syntax::{NodeId, Slot};

pub fn find(whole: &Whole<'_>, found: &mut Vec<Spot>) {
    for resolver in whole.project.by_field.values() {
        // A template that cannot be read may stand between the two.
        let subjects = whole.subjects(resolver);
        if resolver.templates().count() != subjects.len() {
            continue;
        }
        for pair in subjects.windows(2) {
            let [(_, request), (template, response)] = pair else { continue };
            if !asks_for_page(request.program) {
                continue;
            }
            if let Some((node, name)) = other_name(response) {
                let message = format!("AppSync answers a query or scan with `items`, so `$ctx.result.{name}` is null");
                let spot = Spot::at(response.program, node, Code::UnknownMember, message);
                found.push(placed(template, spot.severity(Severity::Warning)));
            }
        }
    }
}

/// What a template reads of the result under a name that is like `items`.
fn other_name<'p>(subject: &CheckSubject<'p>) -> Option<(NodeId, &'p str)> {
    subject.program.references().into_iter().filter(|reference| matches!(reference.root, Slot::CTX | Slot::CONTEXT)).find_map(
        |reference| match path::prefix(reference).as_slice() {
            // Beside members of a page the template itself says what is wrong.
            ["result", "Items", ..] if subject.mentions_page() => None,
            ["result", name @ ("Items" | "Item" | "item"), ..] => Some((reference.node, *name)),
            _ => None,
        },
    )
}
