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
            if let Some(node) = items(response).filter(|_| asks_for_page(request.program) && !response.mentions_page()) {
                let message = "AppSync answers a query or scan with `items`, in lower case, so `$ctx.result.Items` is null";
                let spot = Spot::at(response.program, node, Code::UnknownMember, message);
                found.push(placed(template, spot.severity(Severity::Warning)));
            }
        }
    }
}

fn items(subject: &CheckSubject<'_>) -> Option<NodeId> {
    let read = |reference: &&crate::syntax::Reference| {
        matches!(reference.root, Slot::CTX | Slot::CONTEXT) && path::prefix(reference).starts_with(&["result", "Items"])
    };
    subject.program.references().into_iter().find(read).map(|reference| reference.node)
}
