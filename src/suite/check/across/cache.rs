//! A cached answer that depends on the caller, under keys that do not
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/enabling-caching.html>).

use super::super::Spot;
use super::{Whole, placed};
use crate::code::Code;
use crate::syntax::Slot;

pub fn find(whole: &Whole<'_>, found: &mut Vec<Spot>) {
    for resolver in whole.project.by_field.values() {
        let Some(keys) = &resolver.caching_keys else { continue };
        if keys.iter().any(|key| key.contains("identity")) {
            continue;
        }
        for (template, subject) in whole.subjects(resolver) {
            let reads = subject.program.references().into_iter().find(|reference| {
                matches!(reference.root, Slot::CTX | Slot::CONTEXT)
                    && match super::super::path::prefix(reference).as_slice() {
                        ["identity", ..] => true,
                        // A header says who calls, or for whom.
                        ["request", ..] => !keys.iter().any(|key| key.contains("request")),
                        _ => false,
                    }
            });
            if let Some(reference) = reads {
                let keys = if keys.is_empty() { "none".to_owned() } else { keys.join(", ") };
                let what = subject.program.one_line(reference.node);
                let header = super::super::path::prefix(reference).first() == Some(&"request");
                let add = if header { "that" } else { "$context.identity.sub" };
                let message = format!(
                    "{} is cached under keys without the caller ({keys}), and what it answers depends on `{what}`: the next caller gets this one's answer. Add {add} to the caching keys",
                    resolver.field
                );
                let spot = Spot::at(subject.program, reference.node, Code::CacheShared, message);
                found.push(placed(template, spot));
                break;
            }
        }
    }
}
