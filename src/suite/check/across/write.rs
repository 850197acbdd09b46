//! A check behind a write, in its response or in a later function: when it refuses, the row is written already.

use super::super::Spot;
use super::super::subject::{CheckSubject, refuses};
use super::{Whole, placed};
use crate::code::Code;
use crate::resolver::{Resolver, Template};

/// DynamoDB's operations that write.
const WRITES: [&str; 6] =
    ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchPutItem", "BatchDeleteItem"];

pub fn find(whole: &Whole<'_>, found: &mut Vec<Spot>) {
    for resolver in whole.project.by_field.values() {
        if let Some((template, spot)) = late(whole, resolver) {
            found.push(placed(template, spot));
        }
    }
}

/// The check that comes too late: behind a write in front of which nobody was refused by who he is.
fn late<'w>(whole: &'w Whole<'_>, resolver: &'w Resolver) -> Option<(&'w Template, Spot)> {
    let mut wrote = false;
    // A template that cannot be read may be the one that checks.
    for template in resolver.templates() {
        let subject = whole.subject(template)?;
        if wrote && checks(&subject) {
            let refusal =
                subject.program.references().into_iter().find(|reference| refuses(subject.program, reference))?;
            let message = format!(
                "{}: the check stands behind the write, so the row is changed before the caller is refused: refuse before it, or put the check into the condition of the write",
                resolver.field
            );
            return Some((template, Spot::at(subject.program, refusal.node, Code::CheckAfterWrite, message)));
        }
        if checks(&subject) || subject.mentions("identity") {
            return None;
        }
        wrote |= writes(&subject);
    }
    None
}

fn writes(subject: &CheckSubject<'_>) -> bool {
    WRITES.iter().any(|name| subject.program.writes_json(name)) || subject.program.writes("INSERT INTO")
}

/// Whether the template refuses callers by who they are.
fn checks(subject: &CheckSubject<'_>) -> bool {
    subject.mentions("identity") && subject.refuses(&subject.program.body)
}
