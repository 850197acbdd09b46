//! A statement that was to keep the field out and is about no field, because its ARN lacks `fields/`
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-iam-authorization>: `types/TYPE/fields/FIELD`).

use super::pattern::matches;
use super::{Effect, IamCall, PolicyStatement};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};

/// The first such statement of the caller's policies, for a call that is allowed.
pub(super) fn misses<'s>(statements: impl Iterator<Item = &'s PolicyStatement>, request: &IamCall) -> Option<Finding> {
    let (parent, field) = (request.parent.as_deref()?, request.field.as_deref()?);
    let (short, right) = (format!("types/{parent}/"), format!("types/{parent}/fields/"));
    // Region, account and id play no part in this slip.
    let meant = |pattern: &&String| {
        let tail = pattern.split_once("/types/").map_or("", |(_, tail)| tail);
        matches(tail, &format!("{parent}/{field}")) && !matches(tail, &format!("{parent}/fields/{field}"))
    };
    let about = |one: &&PolicyStatement| matches!((one.effect, one.resource.not), (Effect::Deny, false) | (Effect::Allow, true));
    let (statement, pattern) = statements.filter(about).find_map(|one| Some((one, one.resource.patterns.iter().find(meant)?)))?;
    let (what, wide) = if statement.resource.not {
        ("allows everything except its NotResource, and that excludes nothing", " An Allow with NotResource opens every other API that asks IAM, too: better turn it round, and allow the fields that are meant.")
    } else {
        ("denies", "")
    };
    let message = Message::of(
        "{} {}: {} has no fields/ between type and field, so it names no field, and the call on {} is not kept out. » Write {} there; where it must never be called, an explicit Deny on that.{}",
        [
            Part::Name(statement.name.clone()),
            Part::Text(if statement.resource.not { what.to_owned() } else { format!("{what} nothing") }),
            Part::Code(pattern.clone()),
            Part::Name(request.name()),
            Part::Code(pattern.replace(&short, &right)),
            Part::Text(wide.to_owned()),
        ],
    );
    Some(Finding::new(Code::IamKeepsNothingOut, message).at("policy").actual(pattern.as_str()).wanted(pattern.replace(&short, &right)))
}
