//! Whose rows are read the client says alone: what a report tells of a run (`explain/hint/carried/client_rows.rs`), as far as the text
//! of a template shows it.

use super::super::Spot;
use super::super::path;
use super::super::subject::CheckSubject;
use crate::appsync::AuthType;
use crate::code::{Code, Severity};
use crate::project::PipelineSlot;
use crate::syntax::{Reference, Slot};

/// The arguments that say whose rows are asked for.
const WHOSE: [&str; 9] = ["owner", "ownerId", "ownerID", "owner_id", "userId", "userID", "user_id", "customerId", "customer_id"];

/// What a template that nothing asks the caller in does with rows.
pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    let asked = ["identity", "stash", "prev", "source", "result", "error"].into_iter().any(|part| subject.mentions(part));
    let public = !subject.modes.is_empty() && subject.modes.iter().all(|mode| *mode == AuthType::ApiKey);
    if !subject.generated && !asked && !public && PipelineSlot::of_file(&subject.program.source.name).is_none() {
        found.extend(others_rows(subject));
    }
}

/// An argument that names whose rows a list asks for.
fn others_rows(subject: &CheckSubject<'_>) -> Option<Spot> {
    // A function of a pipeline may stand behind one that asks.
    if !subject.program.source.name.contains("Query.") || !super::asks_for_page(subject.program) {
        return None;
    }
    let argument = |reference: &&Reference| {
        let chain = path::whole(reference).unwrap_or_default();
        matches!(reference.root, Slot::CTX | Slot::CONTEXT) && matches!(chain.as_slice(), ["arguments", .., last] if WHOSE.contains(last))
    };
    let first = subject.program.references().into_iter().find(argument)?;
    let text = subject.program.one_line(first.node);
    let message = format!("whose rows come back, `{text}` says alone, which the client sends, and nothing in this template looks at the caller: unless another step or the schema's directives ask, or all may read all, take the caller's own value, or refuse where the two differ");
    Some(Spot::at(subject.program, first.node, Code::ClientDecides, message).severity(Severity::Note))
}
