//! A check in the response of a write: when it refuses, the row is written already.

use super::super::Spot;
use super::super::subject::{Subject, refuses};
use super::{Whole, placed};
use crate::code::Code;

/// DynamoDB's operations that write.
const WRITES: [&str; 7] = [
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "TransactWriteItems",
    "BatchPutItem",
    "BatchDeleteItem",
    "INSERT INTO",
];

pub fn find(whole: &Whole<'_>, found: &mut Vec<Spot>) {
    for resolver in whole.project.by_field.values() {
        let mut checked = resolver.before.iter().filter_map(|template| whole.subject(template)).any(|one| checks(&one));
        for function in &resolver.functions {
            let request = function.request.as_ref().and_then(|template| whole.subject(template));
            let Some(request) = request else { checked = true; continue };
            checked |= checks(&request) || request.mentions("identity");
            let writes = WRITES.iter().any(|name| request.program.source.text.contains(&format!("\"{name}\"")));
            let response = function.response.as_ref().and_then(|template| Some((template, whole.subject(template)?)));
            if let Some((template, response)) = response
                && writes
                && !checked
                && checks(&response)
                && let Some(refusal) =
                    response.program.references().into_iter().find(|reference| refuses(response.program, reference))
            {
                let message = format!(
                    "{}: the check stands behind the write, so the row is changed before the caller is refused: refuse in the request template, or put the check into its condition",
                    resolver.field
                );
                found.push(placed(template, Spot::at(response.program, refusal.node, Code::CheckAfterWrite, message)));
            }
        }
    }
}

/// Whether the template refuses callers by who they are.
fn checks(subject: &Subject<'_>) -> bool {
    subject.mentions("identity") && subject.refuses(&subject.program.body)
}
