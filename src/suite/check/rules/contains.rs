//! `contains` and `indexOf` on a text: a longer name that holds the wanted one gets through as well.

use crate::value::method::Method;
use super::super::Spot;
use super::super::subject::CheckSubject;
use crate::code::{Code, Severity};
use crate::syntax::{Expression, ExpressionKind as Kind, Reference, Slot};

/// Claims of Cognito that are one text
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html>).
const TEXTS: [&str; 22] = [
    "sub", "iss", "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile",
    "website", "email", "gender", "birthdate", "zoneinfo", "locale", "phone_number", "address", "scope", "client_id",
    "username", "cognito:username", "token_use",
];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    for reference in subject.program.references() {
        let Some((last, before)) = reference.steps.split_last() else { continue };
        let contains = last.kind.call().is_some_and(|(called, args)| {
            matches!(called, Some(Method::Contains | Method::IndexOf | Method::LastIndexOf)) && args.len() == 1
        });
        if !contains || last.kind.call().is_some_and(|(_, args)| args.iter().any(is_segment)) {
            continue;
        }
        let whole = Reference { steps: before.to_vec(), function: None, ..reference.clone() };
        if is_text(subject, reference, &whole) {
            let text = subject.program.text(reference.node);
            let message = format!("`{text}` looks for a substring: a longer name that holds it matches too");
            let spot = Spot::at(subject.program, last.node, Code::SubstringMatch, message);
            found.push(spot.severity(Severity::Warning));
        } else if let Some(path) = stored(subject, reference, &whole) {
            let text = subject.program.text(reference.node);
            let message = format!("if {path} is stored as one text and not as a list, `{text}` looks for a substring (\"viewer,editor-in-chief\" has \"editor\" in it): keep a list there, or split the text and compare whole parts");
            let spot = Spot::at(subject.program, last.node, Code::SubstringMatch, message);
            found.push(spot.severity(Severity::Note));
        }
    }
}

/// `":assumed-role/"`: between two marks of its own a name has no longer one.
fn is_segment(wanted: &Expression) -> bool {
    let Kind::String(text) = &wanted.kind else { return false };
    let mark = |letter: Option<char>| letter.is_some_and(|letter| matches!(letter, ':' | '/' | '|' | ',' | ';'));
    text.len() > 2 && mark(text.chars().next()) && mark(text.chars().next_back())
}

/// Whether a value was made a text of: `$list.toString()`.
fn made_a_text(value: &Expression) -> bool {
    matches!(&value.kind, Kind::Reference(reference) if reference.ends_in(Method::ToString))
}

/// A member of the row or the parent that the caller's own value is looked for in, and that nothing shows to be a list.
fn stored<'p>(subject: &CheckSubject<'p>, reference: &'p Reference, before: &Reference) -> Option<String> {
    let (Some(Method::Contains), [wanted]) = reference.last_call()? else { return None };
    let own = match subject.loops.get(&reference.root).map(Vec::as_slice) {
        // The item of a loop over rows.
        Some([each]) => {
            let mut list = subject.path(&each.list)?;
            list.extend(super::super::path::steps(&before.steps).filter(|steps| !steps.is_empty())?);
            list
        }
        _ => matches!(reference.root, Slot::CTX | Slot::CONTEXT).then(|| super::super::path::whole(before)).flatten()?,
    };
    let [holder @ ("result" | "source"), names @ ..] = own.as_slice() else { return None };
    let walked = || subject.loops.values().flatten().any(|each| subject.path(&each.list).is_some_and(|path| path == own));
    let of_caller = subject.reads(wanted, "identity") && !subject.generated && !names.is_empty();
    // One sub is never a part of another.
    let is_sub = subject.path(wanted).is_some_and(|path| path.last() == Some(&"sub"));
    (of_caller && !is_sub && !walked()).then(|| format!("{holder}.{}", names.join(".")))
}

/// Whether what `contains` is called on is a text, as far as can be seen.
fn is_text<'p>(subject: &CheckSubject<'p>, reference: &'p Reference, before: &Reference) -> bool {
    // The chain before the call, behind the context or behind a variable that was set to a part of it once.
    let base = match subject.sets.get(&reference.root).map(Vec::as_slice) {
        Some([set]) if made_a_text(&set.value) && before.steps.is_empty() => return true,
        Some([set]) => subject.path(&set.value),
        Some(_) => None,
        None if reference.variable().is_some() => None,
        None => Some(Vec::new()),
    };
    let Some(mut path) = base else { return false };
    let Some(steps) = super::super::path::whole(before) else { return false };
    path.extend(steps);
    match path.as_slice() {
        ["identity", "username" | "sub" | "userArn" | "issuer" | "accountId" | "cognitoIdentityId"] => true,
        // A Lambda authorizer's context has texts alone
        // (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-lambda-authorization>).
        ["identity", "resolverContext", _] => true,
        ["identity", "claims", claim] => TEXTS.contains(claim) || claim.starts_with("custom:"),
        _ => false,
    }
}
