//! A row, or a value that was sent, of somebody else: what would let this caller in.

use super::sides;
use crate::message::{Message, Part, capital, quoted};
use crate::explain::hint::test::Test;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::{PLACEHOLDER, held_by};
use crate::explain::hint::{Finished, claim_name, claim_of, is_group_like, json};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use crate::syntax::ExpressionKind as Kind;
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::value::Value;
use crate::value::method::Method;

/// The row belongs to someone else.
pub fn other_owner(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let (own, others): (Vec<_>, Vec<_>) = run.failed().iter().partition(|failed| failed.candidate.is_none());
    for failed in own.into_iter().chain(others) {
        let Some((row, caller)) = sides(&failed.test) else { continue };
        if row.value.is_null() || caller.value.is_null() {
            continue;
        }
        let Some((path, from, _)) = row.origins.context() else { continue };
        // What the template cut out of a value belongs to nobody.
        if row.origins.iter().count() == 1 && from.as_str().is_some() && !from.loosely_equals(&row.value) {
            continue;
        }
        let claim = claim_of(&caller.origins);
        if claim.as_ref().is_some_and(|(claim, ..)| is_group_like(run, claim)) {
            continue;
        }
        let claim = claim.map_or(String::new(), |(claim, ..)| format!(" (claim {claim})"));
        // An argument is no record, and a role's session or a tenant no owner.
        let person = caller.origins.iter().filter_map(|origin| origin.path()).any(|path| is_person(path));
        let record = !path.starts_with("args") || path.starts_with("args.input");
        let list = crate::explain::hint::long::whole_list(run, row, path);
        let known = |hint: &Finding| {
            let of_list = list.as_ref().is_some_and(|(list, _)| hint.path.as_deref() == Some(list));
            of_list || hint.path.as_deref() == Some(path) || matches!(hint.code, Code::ValuesNearlyEqual | Code::MemberNotInMode | Code::ItemsAreMaps)
        };
        if !record || !person || found.iter().any(known) {
            continue;
        }
        let of_list = list.map(|(list, members)| not_listed(&list, &members, caller, &claim));
        if let Some(finding) = of_list.or_else(|| in_one_text(path, &failed.test, caller, &claim)) {
            found.push(finding);
            continue;
        }
        if row.value.as_str() == Some(PLACEHOLDER) {
            found.push(of_nobody(path, caller, &claim));
            continue;
        }
        if let Some(id) = row.value.as_str().filter(|id| run.auth_type() != Some(AuthType::Iam) && is_principal(id)) {
            found.push(of_role(path, id, caller, &claim));
            continue;
        }
        if row.value.as_str() == Some("") || row.value.members().is_some_and(|members| members.is_empty()) {
            found.push(of_empty(path, row, caller, &claim));
            continue;
        }
        let words = match path.strip_prefix("args.input.") {
            Some(field) => Message::of(
                "arguments.input.{} is {}, which the client sent, and the caller is {}{}: they differ.", [Part::Name(field.to_string()), Part::Value(show(&row.value)), Part::Value(show(&caller.value)), Part::Name(claim.to_string())]).cured(sent(run, field)),
            None => {
                let mut words = of_row(path, row, caller, &claim);
                words.and(let_in(run, path, (row, caller), found));
                words
            }
        };
        found.push(Finding::new(Code::NotOwner, words).at(path).actual(json(&row.value)).wanted(json(&caller.value)));
    }
}

/// A text with commas, which is several names or one (`Doe, Jane`), and that does not have the caller's.
fn in_one_text(path: &str, test: &Test<'_>, caller: &Operand, claim: &str) -> Option<Finding> {
    let Test::Contains { list, .. } = test else { return None };
    let text = list.value.as_str().filter(|text| text.contains(','))?;
    let words = Message::of(
        "{} is {}, one text with a comma in it, and the caller, {}{}, is not in it. » If it is meant as several names and this caller should pass, store a list with {} in it: in one text `.contains` finds a part of a longer name as well.",
        [
            Part::Place(path.to_owned()),
            Part::Value(quoted(text).to_string()),
            Part::Value(show(&caller.value)),
            Part::Name(claim.to_owned()),
            Part::Value(show(&caller.value)),
        ],
    );
    Some(Finding::new(Code::NotOwner, words).at(path).actual(text).wanted(json(&caller.value)))
}

/// A value of a row that is not the caller's.
fn of_row(path: &str, row: &Operand, caller: &Operand, claim: &str) -> Message {
    let parts = [
        Part::Name(path.to_owned()),
        Part::Value(show(&row.value)),
        Part::Value(show(&caller.value)),
        Part::Name(claim.to_owned()),
    ];
    if path.ends_with(".id") {
        Message::of(
            "{} is {}, and the rule compares it with the caller, {}{}: it holds only where a row has the caller's name as its id. » Name the field that holds the owner in the rule (ownerField), or create such rows with that name as their id.",
            parts,
        )
    } else {
        Message::of("{} is {}, the caller is {}{}: the record belongs to someone else.", parts)
    }
}

/// What would let the caller in, by what the row has: where else it names him, and whose right it is.
fn let_in(run: &Finished<'_>, path: &str, (row, caller): (&Operand, &Operand), found: &[Finding]) -> Message {
    if path.ends_with(".id") || run.verdict != Verdict::Denied {
        return Message::default();
    }
    if let Some(words) = one_of_list(run, path, row) {
        return words;
    }
    let (root, field) = path.split_once('.').unwrap_or(("", path));
    let whole = run.context(&root.split('.').collect::<Vec<_>>());
    let mine = caller.value.members().unwrap_or_else(|| vec![caller.value.clone()]);
    let is_mine = |value: &Value| held_by(run, value).is_some() || mine.iter().any(|one| one.loosely_equals(value));
    let names_me = |value: &Value| is_mine(value) || value.members().is_some_and(|all| all.iter().any(is_mine));
    let entries = whole.as_map().map(|map| map.snapshot()).unwrap_or_default();
    // What another condition reads, and misses the caller in, is told of that one.
    let is_read = |key: &str| found.iter().any(|hint| hint.path.as_deref().and_then(|path| path.strip_prefix(root)).is_some_and(|rest| rest.trim_start_matches('.') == key));
    let other = entries.into_iter().find_map(|(key, value)| Some(key.as_str()?.to_owned()).filter(|key| key != field && !is_read(key) && names_me(&value)));
    let env = &run.outcome.env;
    let of_field = run.is_generated() && root == "source" && !matches!(env.parent_type.as_str(), "" | "Query" | "Mutation" | "Subscription");
    let only = if of_field { format!("Only the field {} is refused, by a rule of its own, which takes the place of the model's.", env.field_name) } else { String::new() };
    let place = if root.is_empty() { String::new() } else { format!("{root}.") };
    match (other, run.is_generated()) {
        (Some(key), true) if of_field => Message::from(format!("{only} That the caller stands in {place}{key} opens the row and not this field.")).cured(format!("Leave {} out of the query, or give the field a rule with `ownerField: \"{key}\"` and read.", env.field_name)),
        (Some(key), true) => Message::from(format!("The caller stands in {place}{key}, which this rule does not read.")).cured(format!("Add a rule with `ownerField: \"{key}\"` if whoever is named there may do this too.")),
        (Some(key), false) => Message::from(format!("The caller stands in {place}{key}, which this condition does not read.")).cured(format!("Compare {place}{key} as well, if whoever is named there may pass.")),
        (None, _) if of_field => Message::from(only).cured(format!("Leave {} out of the query, or give the field a rule that covers this caller too.", env.field_name)),
        (None, _) if row.value.members().is_some() => Message::default().cured(format!("Call as one who is in it, add this caller to {field} if he may pass, or let a rule of its own cover him.")),
        (None, _) => Message::default().cured(format!("Call as {}, correct {field} if the row was handed over, or let a rule of its own cover this caller.", show(&row.value))),
    }
}

/// A row among others, in a loop that refuses for one that is another's: whoever else is called as is refused for the rest.
fn one_of_list(run: &Finished<'_>, path: &str, row: &Operand) -> Option<Message> {
    let rows = path.split_once(".items[").or_else(|| path.split_once('[')).map(|(rows, _)| rows)?;
    let refusal = run.decision.node.filter(|_| matches!(rows, "result" | "prev.result") && row.slot.is_some())?;
    run.recorder.index.loop_around(refusal)?;
    Some(Message::from("One such row refuses the whole list:").cured("leave rows of others out in the loop (put the caller's own into a list and answer that), or ask the data source for the caller's alone, in the key or the filter of the request."))
}

/// The row names nobody: it is empty, which is neither null nor another's.
fn of_empty(path: &str, row: &Operand, caller: &Operand, claim: &str) -> Finding {
    let (state, cure) = match row.value.as_str() {
        Some(_) => ("\"\", a text without a letter", format!("Write {} there", show(&caller.value))),
        None => ("[], an empty list", format!("Add {} to it", show(&caller.value))),
    };
    let mut message = Message::of(
        "{} is {}: nobody is named there, so nobody passes by it. The caller is {}{}.",
        [Part::Place(path.to_owned()), Part::Value(state.to_owned()), Part::Value(show(&caller.value)), Part::Name(claim.to_owned())],
    );
    message = message.cured(format!("{cure}, if this caller is meant, and let rows be written with whoever they are for."));
    Finding::new(Code::NobodyNamed, message).at(path).actual(json(&row.value)).wanted(json(&caller.value))
}

/// The row holds what generated templates take where a caller has no such claim.
fn of_nobody(path: &str, caller: &Operand, claim: &str) -> Finding {
    let message = Message::of(
        "{} is {}, the placeholder that Amplify's templates take for a claim that a caller has not: the row was created by such a caller (with an API key, by IAM, or with a token that lacks the claim), so it belongs to nobody. The caller is {}{}. » Write the real owner on this row, and create rows in a mode that has one.",
        [
            Part::Place(path.to_owned()),
            Part::Value(quoted(PLACEHOLDER).to_string()),
            Part::Value(show(&caller.value)),
            Part::Name(claim.to_owned()),
        ],
    );
    Finding::new(Code::OwnerNull, message).at(path).actual(PLACEHOLDER).wanted(json(&caller.value))
}

/// Whether a name is that of an IAM principal: `AROA…:session` of a role, `AIDA…` of a user
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>: unique ID prefixes).
pub fn is_principal(name: &str) -> bool {
    let (id, session) = name.split_once(':').unwrap_or((name, ""));
    let of_id = |rest: &str| rest.len() > 5 && rest.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit());
    id.strip_prefix("AROA").is_some_and(|rest| of_id(rest) && !session.is_empty()) || id.strip_prefix("AIDA").is_some_and(of_id)
}

/// The row holds what `identity.username` is under IAM
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html>: `AWS_IAM`).
fn of_role(path: &str, id: &str, caller: &Operand, claim: &str) -> Finding {
    let message = Message::of(
        "{} is {}, which is no person: it is what identity.username holds under IAM, the id of a role with its session's name (or of an IAM user). So a function or a server wrote this row by IAM, and no user owns it. The caller is {}{}. » Write the real owner on this row, and let whoever writes rows by IAM send the owner along; in that mode the template must not take identity.username for it.",
        [
            Part::Place(path.to_owned()),
            Part::Value(quoted(id).to_string()),
            Part::Value(show(&caller.value)),
            Part::Name(claim.to_owned()),
        ],
    );
    Finding::new(Code::OwnerNull, message).at(path).actual(id).wanted(json(&caller.value))
}

/// A loop compared each item of a list with the caller, and none is.
fn not_listed(path: &str, members: &[Value], caller: &Operand, claim: &str) -> Finding {
    let shown: Vec<String> = members.iter().take(6).map(show).collect();
    let more = if members.len() > shown.len() { format!(" and {} more", members.len() - shown.len()) } else { String::new() };
    let message = Message::of(
        "{} names {}{}, and the caller is {}{}: the record belongs to others. » Add the caller to it, if he should pass, or call as one of those.",
        [
            Part::Place(path.to_owned()),
            Part::Value(shown.join(", ")),
            Part::Text(more),
            Part::Value(show(&caller.value)),
            Part::Text(claim.to_owned()),
        ],
    );
    let all: Vec<serde_json::Value> = members.iter().take(20).map(json).collect();
    Finding::new(Code::NotOwner, message).at(path).actual(all).wanted(json(&caller.value))
}

/// Whether the template puts something under this key itself: `$ctx.args.input.put("owner", …)`.
pub fn fills_in(run: &Finished<'_>, name: &str) -> bool {
    run.recorder.index.references.iter().any(|reference| match reference.last_call() {
        Some((Some(Method::Put), [key, _])) => matches!(&key.kind, Kind::String(key) if key == name),
        _ => false,
    })
}

/// What to do about an owner that the client sent; of a list, one item was compared.
fn sent(run: &Finished<'_>, field: &str) -> String {
    let (name, of_list) = field.split_once('[').map_or((field, false), |(name, _)| (name, true));
    let own = if of_list { format!("put the caller into {name} as well, beside whom was sent") } else { "send the caller's own value".to_owned() };
    if fills_in(run, name) {
        format!("Leave {name} out of the input, and the template fills in the caller; or {own}. If this caller is to write rows of others, that wants a rule of its own.")
    } else {
        format!("{}. If this caller is to write rows of others, that wants a rule of its own.", capital(&own))
    }
}

/// Whether a place in the identity says who the caller is.
pub(super) fn is_person(path: &str) -> bool {
    match claim_name(path) {
        Some(claim) => {
            // Where somebody belongs says of many who it is.
            let shared = ["tenant", "org", "company", "team", "department", "dept", "region", "branch", "plan", "tier", "country", "site"];
            !shared.iter().any(|part| claim.to_lowercase().contains(part))
        }
        None => path.starts_with("identity"),
    }
}
