//! Owners: the value stored on a row, or sent, against the caller's.

use crate::message::{Message, Part, quoted};
use super::test::Test;
use super::text::show;
use super::whence::{PLACEHOLDER, default_for, held_by, whence};
use super::{Finished, claim_name, claim_of, is_group_like, json};
use crate::code::Code;
use crate::finding::Finding;
use crate::syntax::{ExpressionKind as Kind, Reference};
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::value::Value;
use crate::value::method::Method;

/// The two sides of a test in which a claim meets a value of the row, the input or the source: (row's, caller's). A default in
/// the place of an absent value says nothing of an owner.
fn sides<'a>(test: &Test<'a>) -> Option<(&'a Operand, &'a Operand)> {
    met(test).filter(|(row, caller)| !is_default(row) && !is_default(caller))
}

/// Whether a value took the place of an absent one.
pub fn is_default(operand: &Operand) -> bool {
    !operand.value.is_null() && default_for(&operand.origins, &operand.value).is_some()
}

/// [`sides`], where either may be a default.
fn met<'a>(test: &Test<'a>) -> Option<(&'a Operand, &'a Operand)> {
    let (left, right) = match test {
        Test::Equal { left, right, equal: false } => (*left, *right),
        Test::Contains { list, item, found: false } => (*list, *item),
        _ => return None,
    };
    let of_row = |operand: &Operand| operand.origins.iter().any(|origin| origin.path().is_some_and(|path| is_row(path)));
    let (row, caller) = match (of_row(left), of_row(right)) {
        (true, false) => (left, right),
        (false, true) => (right, left),
        _ => return None,
    };
    let of_identity = |path: &str| path.starts_with("identity");
    caller.origins.iter().any(|origin| origin.path().is_some_and(|path| of_identity(path))).then_some((row, caller))
}

/// Whether a path leads into a row, the parent, the input or an earlier answer.
pub fn is_row(path: &str) -> bool {
    ["result", "source", "args", "prev"]
        .iter()
        .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.starts_with(['.', '['])))
}

/// One side is `sub::username`, the other only one half of it, or another account of the same name.
pub fn composite(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if matches!(run.verdict, Verdict::Allowed | Verdict::Completed) {
        return;
    }
    let all = run.failed();
    // A rule that takes `sub::username` and its halves compares like with like, in one condition or in several.
    let both = all.iter().any(|failed| sides(&failed.test).is_some_and(|(_, caller)| has_both(caller)));
    // The refusal's own condition says more than one of a rule beside it.
    let (own, others): (Vec<_>, Vec<_>) = all.iter().partition(|failed| failed.candidate.is_none());
    for failed in own.into_iter().chain(others) {
        formats_hint(&failed.test, both, found);
        own_value(run, &failed.test, found);
    }
    let generated = run.is_generated();
    let address = |json: &serde_json::Value| json.as_str().is_some_and(|text| text.contains('@') && !text.contains("::"));
    let one_is_address = |hint: &&mut Finding| address(&hint.actual) != address(&hint.wanted);
    for hint in found.iter_mut().filter(|hint| hint.code == Code::OwnerFormatMismatch && is_plain(hint)).filter(one_is_address) {
        hint.message.and(if generated {
            "Amplify's owner rule takes sub::username, sub or the username: » whoever writes the row (a trigger, a function, the client) has to store one of them as its owner, and rows that are there have to be corrected; or set identityClaim: \"email\" in the rule and send ID tokens."
        } else {
            "» Write what is compared here into the row when it is created, and correct the rows that are there; or compare the claim email, which ID tokens have."
        });
    }
}

/// Whether neither side of a mismatch is `sub::username`.
fn is_plain(hint: &Finding) -> bool {
    let plain = |json: &serde_json::Value| json.as_str().is_some_and(|text| !text.contains("::"));
    plain(&hint.actual) && plain(&hint.wanted)
}

/// Whether one of the caller's values is `sub::username`.
fn has_both(caller: &Operand) -> bool {
    let mine = caller.value.members().unwrap_or_else(|| vec![caller.value.clone()]);
    mine.iter().any(|mine| mine.as_str().is_some_and(|mine| mine.contains("::")))
}

/// The types that DynamoDB writes before a value
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html>).
const TYPES: [&str; 6] = ["S", "N", "SS", "L", "M", "BOOL"];

/// A value of the row is a map with DynamoDB's own type in it: whoever wrote it typed it twice.
pub fn typed_twice(run: &Finished<'_>, found: &mut Vec<Finding>) {
    for operand in run.failed().iter().flat_map(|failed| &failed.condition.operands) {
        let Some((path, ..)) = operand.origins.context().filter(|(path, ..)| is_row(path)) else { continue };
        let entries = operand.value.as_map().map(|map| map.snapshot()).unwrap_or_default();
        let [(key, inner)] = entries.as_slice() else { continue };
        let Some(kind) = key.as_str().filter(|key| TYPES.contains(key)) else { continue };
        if found.iter().any(|hint| hint.path.as_deref() == Some(path)) {
            continue;
        }
        let mine = held_by(run, inner).map_or_else(String::new, |place| format!(", which is the caller's {}", place.trim_start_matches("identity.")));
        let message = Message::of(
            "{} is {}, a map and neither a text nor a list, so the rule compares nothing with it; inside stands {}{}. Whoever wrote the row gave a typed value (`{}`) to a client that adds the types itself (the DocumentClient): » write {} plainly there, and rewrite the rows that are so.",
            [
                Part::Place(path.to_string()),
                Part::Value(show(&operand.value)),
                Part::Value(show(inner)),
                Part::Text(mine),
                Part::Code(kind.to_owned()),
                Part::Value(show(inner)),
            ],
        );
        found.push(Finding::new(Code::TypeMismatch, message).at(path).actual(json(&operand.value)).wanted(json(inner)));
    }
}

/// The row's value is the caller's own, only of another claim than the rule compares.
fn own_value(run: &Finished<'_>, test: &Test<'_>, found: &mut Vec<Finding>) {
    let Some((row, caller)) = sides(test) else { return };
    let (Some((path, ..)), Some(stored), Some(mine)) =
        (row.origins.context(), row.value.as_str(), caller.value.as_str())
    else {
        return;
    };
    let claims = ["sub", "username", "cognito:username", "email"];
    let Some(claim) = claims.into_iter().find(|claim| run.claim(claim).as_str() == Some(stored)) else { return };
    if stored == mine || found.iter().any(|hint| hint.path.as_deref() == Some(path)) {
        return;
    }
    found.push(
        Finding::new(
            Code::OwnerFormatMismatch,
            Message::of(
                "{} is {}, which is the caller's {}, but the rule compares it with {}: the row and the rule use different identity claims. » Compare {}{}, or store on the row what is compared now.",
                [
                    Part::Place(path.to_string()),
                    Part::Value(quoted(stored).to_string()),
                    Part::Name(claim.to_string()),
                    Part::Value(quoted(mine).to_string()),
                    Part::Name(claim.to_string()),
                    Part::Name((if run.is_generated() { format!(" (identityClaim: \"{claim}\")") } else { String::new() }).to_string()),
                ],
            ),
        )
        .at(path)
        .actual(stored)
        .wanted(mine),
    );
}

/// [`composite`] for one test.
pub fn formats(test: &Test<'_>, found: &mut Vec<Finding>) {
    formats_hint(test, false, found);
}

fn formats_hint(test: &Test<'_>, both: bool, found: &mut Vec<Finding>) {
    let Some((row, caller)) = sides(test) else { return };
    let path = row.origins.context().map_or_else(String::new, |(path, ..)| path.to_string());
    let stored: Vec<Value> = row.value.members().unwrap_or_else(|| vec![row.value.clone()]);
    let mine: Vec<Value> = caller.value.members().unwrap_or_else(|| vec![caller.value.clone()]);
    let both_forms = both || has_both(caller);
    for (stored, mine) in stored.iter().flat_map(|stored| mine.iter().map(move |mine| (stored, mine))) {
        let (Some(stored), Some(mine)) = (stored.as_str(), mine.as_str()) else { continue };
        if both_forms && stored.contains("::") && !mine.contains("::") {
            continue;
        }
        if let Some((code, words)) = explain(stored, mine) {
            // Which claim it is says something where it is no name of the user.
            let names = ["sub", "username", "cognito:username"];
            let claim = claim_of(&caller.origins).filter(|(claim, ..)| !names.contains(&claim.as_str()));
            let claim = claim.map_or_else(String::new, |(claim, ..)| format!(" (claim {claim})"));
            found.push(
                Finding::new(code, Message::of(
                    "{} is {}, the caller is {}{}:", [Part::Place(path.to_string()), Part::Value(quoted(&stored).to_string()), Part::Value(quoted(&mine).to_string()), Part::Name(claim)]).with(words))
                    .at(path.clone())
                    .actual(stored)
                    .wanted(mine),
            );
        }
    }
}

/// How a stored owner and a caller's value of other form belong together.
pub fn explain(stored: &str, mine: &str) -> Option<(Code, Message)> {
    if stored == mine || stored.is_empty() || mine.is_empty() {
        return None;
    }
    if stored.eq_ignore_ascii_case(mine) {
        return Some((
            Code::OwnerCaseMismatch,
            "upper and lower case differ. » Write it as the caller's is, or compare both sides in lower case (`.toLowerCase()`).".into(),
        ));
    }
    match (stored.split_once("::"), mine.split_once("::")) {
        (Some((sub, name)), None) if sub == mine || name == mine => Some((
            Code::OwnerFormatMismatch,
            "the row holds sub::username, the rule compares one half of it only. » Set the rule's identityClaim to sub::username, or store the half.".into(),
        )),
        (None, Some((sub, name))) if stored == sub || stored == name => Some((
            Code::OwnerFormatMismatch,
            "the rule compares sub::username, the row holds one half of it only (written by an older API or another client). » Store sub::username, or set the rule's identityClaim to the half that the rows have.".into(),
        )),
        (Some((_, theirs)), Some((_, name))) if theirs == name => Some((
            Code::OwnerOtherSub,
            "the usernames agree, the subs do not: another account of the same name (user re-created, or another user pool). » Give the row the sub of today's account, if it is the same person, or sign in to the pool that the row was written with.".into(),
        )),
        (Some((_, theirs)), None) if theirs.contains('@') && mine.contains('@') => {
            Some((Code::OwnerFormatMismatch, "the row holds sub::username.".into()))
        }
        (None, None) if is_key_of(stored, mine) => Some((
            Code::OwnerFormatMismatch,
            "the row holds the caller's value as one part of a composite key, the rule compares the whole. » Cut the part out before comparing (`.split(\"#\")` and the part meant), build the same key from the caller's value, or store the value by itself.".into(),
        )),
        (None, None) if stored.contains('@') != mine.contains('@') => Some((
            Code::OwnerFormatMismatch,
            "one of them is an e-mail address, the other is not: the row was written with another identity claim.".into(),
        )),
        _ => None,
    }
}

/// Whether a stored key is made of several parts, joined by `#`, of which one is the caller's value.
fn is_key_of(stored: &str, mine: &str) -> bool {
    stored.contains('#') && stored.split('#').any(|part| part == mine)
}

/// The data source found no row: what the rule compares with is null.
pub fn row_missing(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied || found.iter().any(|hint| hint.path.as_deref() == Some("result")) {
        return;
    }
    let failed = run.failed();
    let operands = failed.iter().flat_map(|failed| &failed.condition.operands);
    let mut places = operands.filter_map(|operand| operand.origins.context());
    let rows = ["result", "prev.result", "source"];
    let Some(row) = places.find_map(|(path, value, _)| rows.into_iter().find(|row| path == row && value.is_null()))
    else {
        return;
    };
    let input = run.context(&["args", "input"]);
    let key = input.as_map().and_then(|input| input.get_str("id")).unwrap_or_default();
    let sought = if key.is_null() { String::new() } else { format!(" (id {})", show(&key)) };
    // Of a mutation the steps behind the check would run, and write the row.
    let end = if run.outcome.env.parent_type == "Query" {
        "; a query may also answer null there (`#if($util.isNull($ctx.result)) #return #end` before the check)"
    } else {
        ""
    };
    found.push(
        Finding::new(
            Code::RowMissing,
            Message::of(
                "{} is null: there is no row with this key{}. The rule compares the caller with the row, and without one nobody is authorized: a row that does not exist is refused like someone else's. » Look at the key that was asked for, and create the row first{}.",
                [
                    Part::Place(row.to_string()),
                    Part::Text(sought.to_string()),
                    Part::Text(end.to_owned()),
                ],
            ),
        )
        .at(row)
        .wanted("a row"),
    );
}

/// The row has no owner, or the input has the key with null.
pub fn null_or_absent(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed {
        return;
    }
    for failed in run.failed() {
        let nothing = |row: &Operand| row.value.is_null() || is_default(row);
        let Some((row, caller)) = met(&failed.test).filter(|(row, _)| nothing(row)) else { continue };
        let missing = whence(&row.origins, &row.value).absent;
        let first = row.origins.context().map(|(path, _, absent)| (path.to_string(), absent));
        let Some((path, absent)) = missing.map(|path| (path, true)).filter(|_| !row.value.is_null()).or(first) else {
            continue;
        };
        let same_place = [Code::MemberNameNear, Code::ValueElsewhere, Code::OwnerAbsent, Code::OwnerNull];
        if found.iter().any(|hint| same_place.contains(&hint.code) && hint.path.as_deref() == Some(&path)) {
            continue;
        }
        let of_groups = claim_of(&caller.origins).is_some_and(|(claim, ..)| is_group_like(run, &claim));
        if of_groups {
            found.push(no_group(run, &path, absent, caller));
            continue;
        }
        let (code, words) = match (absent, path.starts_with("args")) {
            (true, false) => (Code::OwnerAbsent, absent_words(run)),
            (false, true) => {
                (Code::OwnerNull, "null is a value too, and is compared as it is. » Leave the key out of the input, and the template fills in the caller.")
            }
            (false, false) => {
                (Code::OwnerNull, "the row has the key without a value, so it belongs to nobody. » Write the owner there, and when rows are created.")
            }
            // Templates fill the caller in.
            (true, true) => continue,
        };
        let state = if absent { "absent" } else { "null" };
        let beside = path.split_once('.').and_then(|(root, _)| {
            let row = run.context(&[root]);
            row.as_map()?.snapshot().into_iter().find_map(|(key, value)| Some((key.as_str()?.to_owned(), held_by(run, &value)?)))
        });
        let beside = beside.filter(|_| absent && !path.starts_with("args")).map_or_else(String::new, |(key, place)| {
            format!("The row does name the caller in {key} (it is {place}): if that is the owner, make it the owner field of the rule (ownerField: \"{key}\").")
        });
        let caller_is = if caller.value.is_null() { String::new() } else { format!("The caller is {}.", show(&caller.value)) };
        found.push(
            Finding::new(
                code,
                Message::of("{} is {}:", [Part::Place(path.to_string()), Part::Text(state.to_string())])
                    .with(words)
                    .with(caller_is)
                    .with(beside),
            )
            .at(path).wanted(json(&caller.value)),
        );
    }
}

/// Why a row has no owner, and what to do: a template fills one in only where the owner's rule is the one that lets the create
/// through.
fn absent_words(run: &Finished<'_>) -> &'static str {
    if run.is_generated() {
        "nobody was filled in when the row was written: another rule (a group's, a function's under IAM, an API key's) let the create through before the owner's, no owner rule has create, or it was imported. » Write the owner on this row, if it is this caller's, and let whoever creates rows send it."
    } else {
        "the row was written by a caller for whom none is filled in (a Lambda with IAM, an API key, an import). » Write it when the row is created, and on this one."
    }
}

/// The row or the input names no group.
fn no_group(run: &Finished<'_>, path: &str, absent: bool, caller: &Operand) -> Finding {
    let claim = claim_of(&caller.origins).map_or_else(|| "the caller's groups".to_owned(), |(claim, ..)| format!("claim {claim}"));
    let groups = claim_of(&caller.origins).map_or_else(|| caller.value.clone(), |(claim, ..)| run.claim(&claim));
    let (holder, field) = path.rsplit_once('.').unwrap_or(("", path));
    let keys: Vec<&str> = holder.split('.').collect();
    let names: Vec<String> = run.context(&keys).as_map().map_or_else(Vec::new, |map| {
        map.keys().iter().filter_map(|key| key.as_str()).take(8).map(str::to_owned).collect()
    });
    let has = if names.is_empty() { String::new() } else { format!(" ({holder} has {})", names.join(", ")) };
    let state = if absent { format!("absent{has}") } else { "null".to_owned() };
    let message = Message::of(
        "{} is {}, so none of the caller's groups ({} is {}) can be in it, and nobody passes. » Write {} when the row is created and fill it in on this one; the join row of a many-to-many relation, which holds its two keys only, needs a {} field of its own or a rule that reads no row.",
        [
            Part::Name(path.to_string()),
            Part::Text(state.to_string()),
            Part::Name(claim.to_string()),
            Part::Value(show(&groups)),
            Part::Name(field.to_string()),
            Part::Name(field.to_string()),
        ],
    );
    Finding::new(Code::GroupAbsent, message).at(path).wanted(json(&groups))
}

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
        let list = super::long::whole_list(run, path);
        let known = |hint: &Finding| {
            let of_list = list.as_ref().is_some_and(|(list, _)| hint.path.as_deref() == Some(list));
            of_list || hint.path.as_deref() == Some(path) || matches!(hint.code, Code::ValuesNearlyEqual | Code::MemberNotInMode | Code::ItemsAreMaps)
        };
        if !record || !person || found.iter().any(known) {
            continue;
        }
        if let Some((list, members)) = list {
            found.push(not_listed(&list, &members, caller, &claim));
            continue;
        }
        if row.value.as_str() == Some(PLACEHOLDER) {
            found.push(of_nobody(path, caller, &claim));
            continue;
        }
        let words = match path.strip_prefix("args.input.") {
            Some(field) => Message::of(
                "arguments.input.{} is {}, which the client sent, and the caller is {}{}: they differ.", [Part::Name(field.to_string()), Part::Value(show(&row.value)), Part::Value(show(&caller.value)), Part::Name(claim.to_string())]).cured(sent(run, field)),
            None => {
                let mut words = of_row(path, row, caller, &claim);
                words.and(let_in(run, path, row, caller));
                words
            }
        };
        found.push(Finding::new(Code::NotOwner, words).at(path).actual(json(&row.value)).wanted(json(&caller.value)));
    }
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
fn let_in(run: &Finished<'_>, path: &str, row: &Operand, caller: &Operand) -> Message {
    if path.ends_with(".id") || run.verdict != Verdict::Denied {
        return Message::default();
    }
    let (root, field) = path.split_once('.').unwrap_or(("", path));
    let whole = run.context(&root.split('.').collect::<Vec<_>>());
    let mine = caller.value.members().unwrap_or_else(|| vec![caller.value.clone()]);
    let is_mine = |value: &Value| held_by(run, value).is_some() || mine.iter().any(|one| one.loosely_equals(value));
    let names_me = |value: &Value| is_mine(value) || value.members().is_some_and(|all| all.iter().any(is_mine));
    let entries = whole.as_map().map(|map| map.snapshot()).unwrap_or_default();
    let other = entries.into_iter().find_map(|(key, value)| Some(key.as_str()?.to_owned()).filter(|key| key != field && names_me(&value)));
    let env = &run.outcome.env;
    let of_field = run.is_generated() && root == "source" && !matches!(env.parent_type.as_str(), "" | "Query" | "Mutation" | "Subscription");
    let only = if of_field { format!("Only the field {} is refused, by a rule of its own, which takes the place of the model's.", env.field_name) } else { String::new() };
    let place = if root.is_empty() { String::new() } else { format!("{root}.") };
    match (other, run.is_generated()) {
        (Some(key), true) if of_field => Message::from(format!("{only} That the caller stands in {place}{key} opens the row and not this field.")).cured(format!("Leave {} out of the query, or give the field a rule with `ownerField: \"{key}\"` and read.", env.field_name)),
        (Some(key), true) => Message::from(format!("The caller stands in {place}{key}, which this rule does not read.")).cured(format!("Add a rule with `ownerField: \"{key}\"` if whoever is named there may do this too.")),
        (Some(key), false) => Message::from(format!("The caller stands in {place}{key}, which this condition does not read.")).cured(format!("Compare {place}{key} as well, if whoever is named there may pass.")),
        (None, _) if of_field => Message::from(only).cured(format!("Leave {} out of the query, or give the field a rule that covers this caller too.", env.field_name)),
        (None, _) => Message::default().cured(format!("Call as {}, correct {field} if the row was handed over, or let a rule of its own cover this caller.", show(&row.value))),
    }
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

/// What to do about an owner that the client sent.
fn sent(run: &Finished<'_>, field: &str) -> String {
    let puts = |reference: &&Reference| match reference.last_call() {
        Some((Some(Method::Put), [key, _])) => matches!(&key.kind, Kind::String(name) if name == field),
        _ => false,
    };
    if run.recorder.index.references.iter().any(puts) {
        format!("Leave {field} out of the input, and the template fills in the caller; or send the caller's own value.")
    } else {
        "Send the caller's own value.".to_owned()
    }
}

/// Whether a place in the identity says who the caller is.
fn is_person(path: &str) -> bool {
    match claim_name(path) {
        Some(claim) => {
            !["tenant", "org", "company", "team", "department"].iter().any(|part| claim.to_lowercase().contains(part))
        }
        None => path.starts_with("identity"),
    }
}

/// A subscription's owner argument that is not the caller.
pub fn subscription_argument(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied || run.outcome.env.parent_type != "Subscription" && !inner(run) {
        return;
    }
    if let Some(finding) = argument_not_sent(run) {
        found.push(finding);
        return;
    }
    // Where the two are known to be one but for a slip, or one is not there, that is the cause.
    let slipped = [Code::ValuesNearlyEqual, Code::ClaimAbsent, Code::ClaimNameNear, Code::MemberNotInMode, Code::MemberNameNear];
    if found.iter().any(|hint| slipped.contains(&hint.code)) {
        return;
    }
    for guard in &run.why.guards {
        for operand in crate::trace::candidate::looked_at(&guard.condition) {
            let Some((path, value, _)) = operand.origins.context() else { continue };
            let is_argument =
                path.starts_with("args.") && !path.starts_with("args.filter") && !path.starts_with("args.input");
            if is_argument && value.as_str().is_some() && guard.value {
                let pool = value.as_str().is_some_and(is_identity_id);
                let kind = if pool { " (it has the form of an identity pool's id, cognitoIdentityId, which is another name of a user than the user pool's username or sub)" } else { "" };
                found.push(
                    Finding::new(
                        Code::SubscriptionOwnerArgument,
                        Message::of(
                            "the subscription's argument {} is {}, which is none of the caller's own values{}. » Send the caller's own, {}, or leave {} out where the template fills it in.",
                            [
                                Part::Place(path.to_string()),
                                Part::Value(show(value)),
                                Part::Text(kind.to_owned()),
                                Part::Value(show(&run.context(&["identity", "username"]))),
                                Part::Name(path.trim_start_matches("args.").to_owned()),
                            ],
                        ),
                    )
                    .at(path)
                    .actual(json(value)),
                );
            }
        }
    }
}

/// `eu-west-1:91c3a5d7-0e2f-4b64-8a86-c0e1f2031425`
fn is_identity_id(text: &str) -> bool {
    text.split_once(':').is_some_and(|(region, id)| {
        region.matches('-').count() >= 2 && id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
    })
}

/// The owner argument was left out, so that it is never compared with the caller (transformer v1: who is in no group that may
/// listen has to name himself).
fn argument_not_sent(run: &Finished<'_>) -> Option<Finding> {
    let failed = run.failed().iter().filter(|failed| failed.candidate.is_some());
    let path = failed.flat_map(|failed| &failed.condition.operands).find_map(|operand| {
        let (path, value, _) = operand.origins.context()?;
        let name = path.strip_prefix("args.")?;
        (value.is_null() && !name.contains('.') && !matches!(name, "filter" | "input" | "limit")).then(|| path.to_string())
    })?;
    let name = path.trim_start_matches("args.").to_owned();
    let username = run.context(&["identity", "username"]);
    let me = if run.program.writes_json("sub") && !run.program.says("username") { run.context(&["identity", "sub"]) } else { username };
    if me.is_null() {
        return None;
    }
    let message = Message::of(
        "the subscription's argument {} was not sent (arguments.{} is absent), so it is never compared with the caller, {}: only who meets another rule of this template may leave it out. » Subscribe with {}: {}, the caller's own value, and let the mutation select {}, or no event will match.",
        [
            Part::Name(name.clone()),
            Part::Place(name.clone()),
            Part::Value(show(&me)),
            Part::Name(name.clone()),
            Part::Value(show(&me)),
            Part::Name(name),
        ],
    );
    Some(Finding::new(Code::SubscriptionOwnerArgument, message).at(path).wanted(json(&me)))
}

fn inner(run: &Finished<'_>) -> bool {
    run.program.source.name.contains("Subscription.")
}
