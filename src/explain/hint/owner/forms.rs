//! A stored owner and a caller's value of another form: `sub::username` against its halves, another account, a typed value.

use super::{is_row, sides};
use crate::appsync::ContextPath;
use crate::message::{Message, Part, quoted};
use crate::explain::hint::allow::one_line;
use crate::explain::hint::test::Test;
use crate::explain::hint::text::show;
use crate::explain::hint::whence::held_by;
use crate::explain::hint::{Finished, claim_of, json};
use crate::code::Code;
use crate::finding::Finding;
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::trace::origin::Origin;
use crate::value::Value;

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
        formats_hint(run, &failed.test, both, found);
        own_value(run, &failed.test, found);
    }
    // The same value against the halves of what was compared says nothing new.
    let mut seen: Vec<(Option<String>, serde_json::Value)> = Vec::new();
    found.retain(|hint| {
        let own = (hint.path.clone(), hint.actual.clone());
        let first = hint.code != Code::OwnerFormatMismatch || !seen.contains(&own);
        seen.extend((first && hint.code == Code::OwnerFormatMismatch).then_some(own));
        first
    });
    let generated = run.is_generated();
    let address = |json: &serde_json::Value| json.as_str().is_some_and(|text| text.contains('@') && !text.contains("::"));
    let one_is_address = |hint: &&mut Finding| address(&hint.actual) != address(&hint.wanted);
    // Of what the client sent nothing is stored.
    let of_row = |hint: &&mut Finding| hint.path.as_deref().is_none_or(|path| !path.starts_with("args") || path.starts_with("args.input"));
    for hint in found.iter_mut().filter(|hint| hint.code == Code::OwnerFormatMismatch && is_plain(hint)).filter(one_is_address).filter(of_row) {
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
    let (Some((path, ..)), Some(mine)) = (row.origins.context(), caller.value.as_str()) else { return };
    // A list of names is as much of the caller's as the one of them that is.
    let all = row.value.members().unwrap_or_else(|| vec![row.value.clone()]);
    let of_caller = |stored: &Value| Some((stored.as_str()?.to_owned(), claim_with(run, stored.as_str()?, caller)?));
    let Some((stored, claim)) = all.iter().find_map(of_caller) else { return };
    if stored == mine || found.iter().any(|hint| hint.path.as_deref() == Some(path)) {
        return;
    }
    if row.value.members().is_some() {
        found.push(listed_by_other(path, row, (&stored, &claim), caller, mine));
        return;
    }
    let compared = compared_with(caller);
    let mut generated = if run.is_generated() { format!(" (identityClaim: \"{claim}\")") } else { String::new() };
    if !POOL_CLAIMS.contains(&claim.as_str()) {
        generated.push_str(", if no user can write that attribute himself (he would choose whose rows are his)");
    }
    let parts = [
        Part::Place(path.to_string()),
        Part::Value(quoted(&stored).to_string()),
        Part::Name(claim.clone()),
        Part::Value(quoted(mine).to_string()),
        Part::Name(compared),
        Part::Name(claim),
        Part::Name(generated),
    ];
    let words = if path.starts_with("args") {
        Message::of(OTHER_CLAIM_SENT, parts)
    } else {
        Message::of(OTHER_CLAIM_STORED, parts)
    };
    found.push(Finding::new(Code::OwnerFormatMismatch, words).at(path).actual(&*stored).wanted(mine));
}

/// The claims by which a pool tells its users apart, and none of which a user can set to another's.
const POOL_CLAIMS: [&str; 4] = ["sub", "username", "cognito:username", "email"];

/// The claim that a rule compares, as a half sentence.
fn compared_with(caller: &Operand) -> String {
    let claim = claim_of(&caller.origins).map(|(claim, ..)| claim);
    claim.or_else(|| of_identity(caller).map(str::to_owned)).map_or_else(String::new, |claim| format!(", the caller's {claim}"))
}

/// The member of the identity that names the caller, where it is no claim.
fn of_identity(caller: &Operand) -> Option<&'static str> {
    let (path, ..) = caller.origins.context()?;
    ["sub", "username"].into_iter().find(|name| path.strip_prefix("identity.") == Some(name))
}

/// The caller's claim that has this value.
fn claim_with(run: &Finished<'_>, stored: &str, caller: &Operand) -> Option<String> {
    let own = POOL_CLAIMS.into_iter().find(|claim| run.claim(claim).as_str() == Some(stored)).map(str::to_owned);
    own.or_else(|| of_other_claim(run, stored, caller))
}

/// A list names the caller by another claim than the rule looks for.
fn listed_by_other(path: &str, row: &Operand, (stored, claim): (&str, &str), caller: &Operand, mine: &str) -> Finding {
    let compared = compared_with(caller);
    let message = Message::of(
        "{} is {}, and names the caller by his {}, {}, but the rule looks in it for {}{}. » Look for {} there, or write into the list what is looked for now.",
        [
            Part::Place(path.to_owned()),
            Part::Value(show(&row.value)),
            Part::Name(claim.to_owned()),
            Part::Value(quoted(stored).to_string()),
            Part::Value(quoted(mine).to_string()),
            Part::Name(compared),
            Part::Name(claim.to_owned()),
        ],
    );
    Finding::new(Code::OwnerFormatMismatch, message).at(path).actual(json(&row.value)).wanted(mine)
}

/// The row names its owner by another claim than the rule compares.
const OTHER_CLAIM_STORED: &str = "{} is {}, which is the caller's {}, but the rule compares it with {}{}: the row and the rule use different identity claims. » Compare {}{}, or store on the row what is compared now.";

/// The client names the owner by another claim than the rule compares. Who owns the stored row, an argument never says.
const OTHER_CLAIM_SENT: &str = "{} is {}, which the client sent and which is the caller's {}, but the rule compares it with {}{}. » Send that from the client, or compare {}{}. Whose a stored row is, neither says: for a row that exists, compare what it holds.";

/// The claim of the provider or the pool's own attribute that has the row's value, where the rule compares another such one.
fn of_other_claim(run: &Finished<'_>, stored: &str, caller: &Operand) -> Option<String> {
    let compared = claim_of(&caller.origins).map(|(claim, ..)| claim).or_else(|| of_identity(caller).map(str::to_owned))?;
    let claims = run.context(&["identity", "claims"]);
    // Such values as "true", "1" or "sales" stand in several claims by chance, an identifier does not.
    let identifier = stored.parse::<f64>().is_err() && !stored.chars().all(char::is_alphabetic);
    let telling = |name: &str| identifier || names_person(name) && !["true", "false"].contains(&stored);
    claims.as_map().filter(|_| stored.len() > 2)?.snapshot().into_iter().find_map(|(name, value)| {
        let name = name.as_str().filter(|name| (name.starts_with("custom:") || *name == "preferred_username") && *name != compared)?;
        (value.as_str() == Some(stored) && telling(name)).then(|| name.to_owned())
    })
}

/// Whether a claim's name says that it holds a name of the user's: `custom:login`, `preferred_username`, `custom:memberId`.
fn names_person(claim: &str) -> bool {
    let name = claim.to_lowercase();
    let says = ["user", "login", "name", "owner", "account", "handle", "member"].iter().any(|part| name.contains(part));
    (says || name.ends_with("id")) && super::other::is_person(&ContextPath::claim(claim).to_string())
}

/// [`composite`] for one test.
pub fn formats(run: &Finished<'_>, test: &Test<'_>, found: &mut Vec<Finding>) {
    formats_hint(run, test, false, found);
}

fn formats_hint(run: &Finished<'_>, test: &Test<'_>, both: bool, found: &mut Vec<Finding>) {
    let Some((row, caller)) = sides(test) else { return };
    let stored: Vec<Value> = row.value.members().unwrap_or_else(|| vec![row.value.clone()]);
    let mine: Vec<Value> = caller.value.members().unwrap_or_else(|| vec![caller.value.clone()]);
    let both_forms = both || has_both(caller);
    // Which claim it is says something where it is no name of the user.
    let claim = claim_of(&caller.origins).filter(|(claim, ..)| !["sub", "username", "cognito:username"].contains(&claim.as_str()));
    for (stored, mine) in stored.iter().flat_map(|stored| mine.iter().map(move |mine| (stored, mine))) {
        let (Some(stored), Some(mine)) = (stored.as_str(), mine.as_str()) else { continue };
        if both_forms && stored.contains("::") && !mine.contains("::") {
            continue;
        }
        let known = claim.as_ref().is_none_or(|(claim, ..)| ["email", "preferred_username"].contains(&claim.as_str()));
        let explained = if known { explain(stored, mine) } else { key_part(stored, mine).or_else(|| explain(stored, mine)) };
        if let Some((code, words)) = explained {
            // Of a long list that takes as many steps as it has members.
            let path = place_of(row, stored);
            let words = by_hand(run, (row, stored), (caller, mine)).map_or_else(|| words.clone(), |cure| words.cause().cured(cure));
            let claim = claim.as_ref().map_or_else(String::new, |(claim, ..)| format!(" (claim {claim})"));
            // A loop over the entries of a map asks for the key, and not for what stands under it.
            let (place, verb) = match path.strip_suffix(&format!(".{stored}")) {
                Some(holder) => (holder.to_owned(), "has the key"),
                None => (path.to_string(), "is"),
            };
            found.push(
                Finding::new(code, Message::of(
                    "{} {} {}, the caller is {}{}:", [Part::Place(place), Part::Text(verb.to_owned()), Part::Value(quoted(&stored).to_string()), Part::Value(quoted(&mine).to_string()), Part::Name(claim)]).with(words))
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
        (Some((sub, name)), None) if sub.is_empty() && name == mine || name.is_empty() && sub == mine => Some(half_empty(sub.is_empty())),
        (Some((sub, name)), None) if sub == mine || name == mine => Some((
            Code::OwnerFormatMismatch,
            "the row holds sub::username, the rule compares one half of it only. » Set the rule's identityClaim to sub::username, or store the half.".into(),
        )),
        (None, Some((sub, name))) if stored == sub || stored == name => Some((
            Code::OwnerFormatMismatch,
            "the rule compares sub::username, the row holds one half of it only (written by an older API or another client). » Store sub::username, or set the rule's identityClaim to the half that the rows have.".into(),
        )),
        (Some((first, second)), Some((sub, name))) if first == name && second == sub && sub != name => Some((
            Code::OwnerFormatMismatch,
            "these are the same two halves the wrong way round: the row has username::sub, the rule compares sub::username and its halves, so the row is the caller's and never met. » Have whoever writes it (not Amplify's own create: a function, an import) store sub::username, and repair the rows that are there.".into(),
        )),
        (Some((theirs, other)), Some((sub, _))) if theirs == sub && !sub.is_empty() && !other.is_empty() => Some((
            Code::OwnerFormatMismatch,
            // A sub is one user's alone, and Cognito never changes a username
            // (https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html).
            "the subs agree, so the row is this very account's; only the name behind `::` is another (renamed at a provider, or whoever wrote the row took another claim for it), and what is stored is compared as a whole. » Correct the row to the caller's value of today, and have whoever writes rows take the same claim.".into(),
        )),
        (Some((_, theirs)), Some((_, name))) if theirs == name => Some((
            Code::OwnerOtherSub,
            "the usernames agree, the subs do not: another account of the same name (user re-created, or another user pool). » Give the row the sub of today's account, if it is the same person, or sign in to the pool that the row was written with.".into(),
        )),
        (Some((_, theirs)), None) if theirs.contains('@') && mine.contains('@') => {
            Some((Code::OwnerFormatMismatch, "the row holds sub::username.".into()))
        }
        (None, Some((_, name))) if stored.contains('@') && !name.contains('@') => Some((
            Code::OwnerFormatMismatch,
            "the row holds an e-mail address, the rule compares sub::username and its halves: whoever wrote the row stored another claim. » Have it store sub::username, and repair the rows that are there; or set the rule's identityClaim to email (which is in the ID token only).".into(),
        )),
        (None, None) if part_of_key(stored, mine).is_some() => key_part(stored, mine),
        (None, None) if stored.contains('@') != mine.contains('@') => Some((
            Code::OwnerFormatMismatch,
            "one of them is an e-mail address, the other is not: whoever wrote or sent it took another claim of the identity than the rule does. » Store and send the claim that the rule compares, or set the rule's identityClaim to the one that is there (an e-mail address is in the ID token only).".into(),
        )),
        _ => None,
    }
}

/// `::ann` or `…::`: a half of `sub::username` that was empty when the row was written.
fn half_empty(sub: bool) -> (Code, Message) {
    let (place, half) = if sub { ("begins with", "sub") } else { ("ends in", "username") };
    let words = Message::of(
        "the stored value {} `::`: whoever wrote the row joined sub::username, and the {} was empty there. » Correct the row, and let whoever writes it refuse where the {} is absent.",
        [Part::Text(place.to_owned()), Part::Text(half.to_owned()), Part::Text(half.to_owned())],
    );
    (Code::OwnerFormatMismatch, words)
}

/// Where a value of the row stands: a list may be made of several places.
fn place_of(row: &Operand, stored: &str) -> String {
    let exact = row.origins.iter().find_map(|origin| match origin {
        Origin::Context { path, value, .. } => {
            let at = value.members().and_then(|all| all.iter().position(|one| one.as_str() == Some(stored)));
            // Of one place alone the whole is meant.
            let several = row.origins.iter().filter(|other| other.path().is_some()).count() > 1;
            match (value.as_str() == Some(stored), at) {
                (true, _) => Some(path.to_string()),
                (false, Some(at)) if several => Some(format!("{path}[{at}]")),
                _ => None,
            }
        }
        _ => None,
    });
    exact.unwrap_or_else(|| row.origins.context().map_or_else(String::new, |(path, ..)| path.to_string()))
}

/// What the parts of a composite key are joined by.
const KEY_SEPARATORS: [&str; 2] = ["#", "::"];

/// Which part of a stored key is the caller's value, where it has several.
pub fn part_of_key(stored: &str, mine: &str) -> Option<(&'static str, usize)> {
    let of = |separator: &&'static str| {
        let at = stored.split(*separator).position(|part| part == mine).filter(|_| stored != mine && !mine.is_empty())?;
        Some((*separator, at))
    };
    KEY_SEPARATORS.iter().find_map(of)
}

/// The stored value is a key of several parts, and one of them is the caller's value.
fn key_part(stored: &str, mine: &str) -> Option<(Code, Message)> {
    let (separator, at) = part_of_key(stored, mine)?;
    let words = Message::of(
        "that holds the caller's value as one part of a composite key, joined by {}, and the rule compares the whole. » Cut the part out before comparing ({}), build the same key from the caller's value, or store the value by itself.",
        [Part::Code(format!("`{separator}`")), Part::Code(format!("`.split(\"{separator}\")[{at}]`"))],
    );
    Some((Code::OwnerFormatMismatch, words))
}

/// What to write in a template of one's own, where one side is `sub::username` and the other a half of it: only Amplify's rules
/// have an identityClaim.
fn by_hand(run: &Finished<'_>, (row, stored): (&Operand, &str), (caller, mine): (&Operand, &str)) -> Option<String> {
    if !run.is_by_hand() {
        return None;
    }
    let line = |operand: &Operand| run.program.source.place(operand.span.start).line;
    let whole = "`\"$ctx.identity.sub::$ctx.identity.username\"`";
    match (stored.split_once("::"), mine.split_once("::")) {
        (Some((sub, name)), None) if !sub.is_empty() && !name.is_empty() && (sub == mine || name == mine) => {
            let code = one_line(run.program.source.slice(row.span));
            let at = usize::from(sub != mine);
            let own = held_by(run, &stored.into()).is_some();
            let both = if own { format!(", or compare the whole with {whole}") } else { String::new() };
            Some(match row.value.as_str() {
                Some(_) => format!("Compare `{code}.split(\"::\")[{at}]` on line {}{both}.", line(row)),
                None => format!("Compare {whole} on line {}.", line(caller)),
            })
        }
        (None, Some((sub, name))) if stored == sub || stored == name => {
            let half = if stored == sub { "sub" } else { "username" };
            Some(format!("Compare `$ctx.identity.{half}` ({}) on line {}, or store {} on the row.", quoted(stored), line(caller), quoted(mine)))
        }
        _ => None,
    }
}
