//! A claim that a rule reads and the token does not have: which token carries it, what holds the value that is wanted, and
//! what can be done (Cognito's ID and access tokens by AWS's documentation; what a trigger may not add, by FIELD-FACTS).

use super::allow::{static_path, operand_name};
use super::cognito::{CognitoToken, token};
use super::keys;
use super::twin::Twin;
use super::owner::is_row;
use super::test::Test;
use super::text::show;
use super::whence::{default_for, held_by, subject};
use super::{Failed, Finished, json};
use crate::appsync::{AuthType, ContextPath};
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, capital, quoted};
use crate::syntax::{Reference, Slot};
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::trace::origin::Origin;
use crate::value::Value;
use std::cell::OnceCell;

/// A claim that was looked for in vain.
struct Sought {
    claim: String,
    path: String,
    /// What stood in its place, and what that was compared with.
    instead: Option<Value>,
    wanted: Option<(String, Value)>,
    /// The line that asks for it.
    line: u32,
}

/// The line on which a place of the context is read first, which may stand before the one that compares it.
fn read_on(run: &Finished<'_>, path: &ContextPath) -> Option<u32> {
    let reads = |reference: &&Reference| {
        let of_context = matches!(reference.root, Slot::CTX | Slot::CONTEXT);
        of_context && run.recorder.values.reference(reference).iter().any(|origin| origin.path() == Some(path))
    };
    run.recorder.index.references.iter().copied().find(reads).map(|reference| run.program.line(reference.node))
}

/// A claim that a rule reads is not in the token.
pub fn absent(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if matches!(run.verdict, Verdict::Allowed | Verdict::Completed) {
        return;
    }
    let mut sought: Vec<Sought> = Vec::new();
    let failed = run.failed();
    for asked in failed.iter().flat_map(|failed| keys::in_vain(run, failed.condition)) {
        let known = sought.iter().any(|other| other.claim == asked.key) || asked.key == "cognito:groups";
        if asked.is_claim() && !known {
            sought.push(Sought { path: asked.path(), claim: asked.key, instead: None, wanted: None, line: asked.line });
        }
    }
    for failed in failed {
        for operand in &failed.condition.operands {
            for origin in operand.origins.iter() {
                let Origin::Context { path, value, .. } = origin else { continue };
                let Some(claim) = path.claim_name() else { continue };
                let known = sought.iter().any(|other| other.claim == claim);
                if value.is_null() && claim != "cognito:groups" && !known && lacks(operand) {
                    let instead = (!operand.value.is_null() && !is_empty(&operand.value)).then(|| operand.value.clone());
                    let line = read_on(run, path).unwrap_or_else(|| run.program.line(failed.condition.node));
                    sought.push(Sought { claim, path: path.to_string(), instead, wanted: beside(run, &failed.test, operand), line });
                }
            }
        }
    }
    let rows = OnceCell::new();
    let (mut slips, mut others) = (Vec::new(), Vec::new());
    for one in &sought {
        // `username`, or else `cognito:username`: one name under two claims.
        let pair = ["username", "cognito:username"];
        let twin = sought.iter().find(|other| pair.contains(&other.claim.as_str()) && pair.contains(&one.claim.as_str()));
        if twin.is_some_and(|twin| !std::ptr::eq(twin, one)) {
            continue;
        }
        let both = sought.iter().filter(|other| pair.contains(&other.claim.as_str())).count() == 2;
        match name_near(run, one) {
            Some(near) => slips.push(near),
            None => others.push(about(run, one, both && pair.contains(&one.claim.as_str()), &rows)),
        }
    }
    // Of several claims that are absent, the one that stands there under another name tells more.
    found.extend(slips.into_iter().chain(others));
}

/// The claims that a test reads in vain, each beside one of nearly the same name.
pub fn twins(run: &Finished<'_>, failed: &Failed<'_>) -> Vec<Twin> {
    let of = |operand: &Operand| {
        let (path, ..) = operand.origins.context().filter(|(.., absent)| *absent && !operand.origins.is_open())?;
        let claim = super::claim_name(path).filter(|claim| claim != "cognito:groups")?;
        let line = run.program.line(failed.condition.node);
        let sought = Sought { claim, path: path.to_string(), instead: None, wanted: beside(run, &failed.test, operand), line };
        let finding = name_near(run, &sought)?;
        Some(Twin { name: finding.actual.as_str()?.to_owned(), finding })
    };
    failed.condition.operands.iter().filter_map(of).collect()
}

fn is_empty(value: &Value) -> bool {
    value.members().is_some_and(|list| list.is_empty())
}

/// Whether what was compared is nothing, or a default in the place of an absent value.
fn lacks(operand: &Operand) -> bool {
    operand.value.is_null() || is_empty(&operand.value) || default_for(&operand.origins, &operand.value).is_some()
}

/// What an operand was compared with.
fn beside(run: &Finished<'_>, test: &Test<'_>, operand: &Operand) -> Option<(String, Value)> {
    let other = match test {
        Test::Equal { left, right, .. } if left.span == operand.span => right,
        Test::Equal { left, .. } => left,
        Test::Contains { list, item, .. } if list.span == operand.span => item,
        Test::Contains { list, .. } => list,
        _ => return None,
    };
    let name = if other.literal { String::new() } else { operand_name(run, other) };
    (!other.value.is_null()).then(|| (name, other.value.clone()))
}

/// A claim's name is no path: what was meant stands inside an object.
fn nested(run: &Finished<'_>, sought: &Sought) -> Option<Finding> {
    let claim = &sought.claim;
    let (first, rest) = claim.split_once('.')?;
    let outer = run.claim(first);
    let mut inner = outer.clone();
    for name in rest.split('.') {
        inner = inner.as_map()?.get_str(name)?;
    }
    let wish = sought.wanted.as_ref().map_or(String::new(), |(_, value)| format!(" (the rule wants {})", show(value)));
    let last = rest.rsplit('.').next().unwrap_or(rest);
    let message = Message::of(
        "there is no claim named {}: a claim is read by its name, not by a path, and the claim {} is an object that holds {} one level down: {}{}. » Let the provider map it to a claim at the top (in Keycloak a mapper to the token claim {}) and name that in the rule (groupClaim, identityClaim), or read {} in a template of your own.",
        [
            Part::Name(claim.clone()),
            Part::Name(first.to_owned()),
            Part::Name(rest.to_owned()),
            Part::Value(show(&outer)),
            Part::Value(wish),
            Part::Name(last.to_owned()),
            Part::Code(format!("`$ctx.identity.claims.{claim}`")),
        ],
    );
    Some(Finding::new(Code::ClaimAbsent, message).at(sought.path.as_str()).actual(json(&inner)))
}

fn about(run: &Finished<'_>, sought: &Sought, both: bool, rows: &OnceCell<Vec<RowRead>>) -> Finding {
    if let Some(finding) = nested(run, sought) {
        return finding;
    }
    let claim = &sought.claim;
    let oidc = run.auth_type() == Some(AuthType::Oidc);
    let use_ = run.claim("token_use");
    let held = run.context(&["identity", "claims"]).as_map().is_some_and(|claims| claims.contains_str(claim));
    let (which, way) = match use_.as_str().filter(|_| !oidc && !held) {
        _ if run.outcome.env.caller_tried => not_given(run, claim),
        _ if held => ("the token carries it without a value".to_owned(), Message::default().cured(format!("Give {claim} a value where the token is made, and take a new one."))),
        Some("access") => in_access(run, claim),
        Some("id") => in_id(run, claim),
        _ => ("the token carries no such claim".to_owned(), issuer(run, oidc)),
    };
    let mut words = if both {
        let owner = if run.is_generated() { "the owner rule asks for it" } else { "it is asked for" };
        Message::of(
            "claim username is absent, and so is claim cognito:username ({} on line {}): {}.",
            [Part::Text(owner.to_owned()), Part::Place(sought.line.to_string()), Part::Text(which)],
        )
    } else {
        Message::of(
            "claim {} is {} (asked for on line {}): {}.",
            [Part::Name(claim.to_string()), Part::Text(if held { "null" } else { "absent" }.to_owned()), Part::Place(sought.line.to_string()), Part::Text(which)],
        )
    };
    if let (Some(default), Some((name, value))) = (&sought.instead, &sought.wanted) {
        let name = if name.is_empty() { String::new() } else { format!(" ({name})") };
        words.and(Message::of(
            "Its default {} was compared with {}{}.",
            [Part::Value(show(default)), Part::Value(show(value)), Part::Name(name)],
        ));
    }
    let holder = holder(run, sought, rows);
    let own = holder.is_some();
    words.and(holder.unwrap_or(way));
    if own && matches!(token(claim), CognitoToken::Attribute | CognitoToken::Id(_)) && use_.as_str() == Some("access") && !oidc && !run.outcome.env.caller_tried {
        words.and("» Or send the ID token.");
    }
    if let Some(more) = in_scope(run, sought) {
        words.and(more);
    }
    let wanted = sought.wanted.as_ref().map(|(_, value)| json(value)).unwrap_or_default();
    Finding::new(Code::ClaimAbsent, words).at(sought.path.as_str()).wanted(wanted)
}

/// The scope has the word that is wanted; Auth0 leaves the claim `permissions` out until it is asked for
/// (<https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis>).
fn in_scope(run: &Finished<'_>, sought: &Sought) -> Option<Message> {
    let scope = run.claim("scope");
    let wanted = sought.wanted.as_ref()?.1.as_str()?.to_owned();
    let has = scope.as_str()?.split(' ').any(|word| word == wanted);
    let rbac = if sought.claim == "permissions" { " (Auth0: enable RBAC and \"Add Permissions in the Access Token\" for the API)" } else { "" };
    has.then(|| Message::from(format!("The scope does have \"{wanted}\" ({}):", show(&scope))).cured(format!("read the scope, `$ctx.identity.claims.get(\"scope\").split(\" \")`, and look for the whole word, or have the provider add the claim{rbac}.")))
}

/// No token was given: what a made-up caller has says nothing of the user's own.
fn not_given(run: &Finished<'_>, claim: &str) -> (String, Message) {
    let claims = run.context(&["identity", "claims"]);
    let has: Vec<String> = claims.as_map().map_or_else(Vec::new, |claims| claims.keys().iter().filter_map(|key| key.as_str().map(str::to_owned)).collect());
    (
        format!("no token was given, and the caller that was made up has {} alone; whether the user's token has {claim} is not known", all_of(&has)),
        Message::default().cured(format!("Give the token or its claims (--claims); only then is it known what {claim} is.")),
    )
}

/// Of an access token: why it lacks the claim, and what to do.
fn in_access(run: &Finished<'_>, claim: &str) -> (String, Message) {
    let this = "this is an access token (token_use is \"access\")";
    if super::member::is_machine(run) && !matches!(claim, "sub" | "client_id" | "scope") {
        return (
            format!("this is a machine's access token (client credentials; sub is {}), which has a client and no user", show(&run.claim("sub"))),
            "» Let the check take a machine by its client_id and scope, or call as a user.".into(),
        );
    }
    match token(claim) {
        CognitoToken::Id(Some(twin)) => (
            format!("{this}, which has {twin} ({}) in its place; {claim} stands in ID tokens only, and it is reserved: triggers cannot change that", show(&run.claim(twin))),
            Message::default().cured(format!("Read the claim {twin} (identityClaim: \"{twin}\"), or send the ID token.")),
        ),
        CognitoToken::Id(None) => (
            format!("{this}, and {claim} stands in ID tokens only; it is reserved, so triggers cannot change that"),
            "» Send the ID token.".into(),
        ),
        CognitoToken::Attribute => (
            format!("{this}, and attributes such as {claim} stand in the ID token"),
            "» Send the ID token, or have a pre-token-generation trigger of version 2 add the claim to access tokens.".into(),
        ),
        CognitoToken::Neither => (
            format!("neither of Cognito's tokens has it by itself, and {this}"),
            "» Where a pre-token-generation trigger adds it, that must be one of version 2, or it reaches ID tokens only; otherwise compare a claim that is there.".into(),
        ),
        CognitoToken::Both | CognitoToken::Access(_) => (
            format!("{this}, which should have it"),
            "» See which token the client sends, and who issued it.".into(),
        ),
    }
}

/// Of an ID token.
fn in_id(run: &Finished<'_>, claim: &str) -> (String, Message) {
    let this = "this is an ID token (token_use is \"id\")";
    match token(claim) {
        CognitoToken::Access(Some(twin)) => (
            format!("{this}, which has {twin} ({}) in its place; {claim} stands in the access token only", show(&run.claim(twin))),
            Message::default().cured(format!("Read the claim {twin} as well, or send the access token.")),
        ),
        CognitoToken::Access(None) => {
            (format!("{this}, and {claim} stands in the access token only"), "» Send the access token.".into())
        }
        CognitoToken::Attribute => (
            format!("{this}, issued without it: the user has no such attribute, or the app client may not read it"),
            Message::default().cured(format!("Set the attribute {claim} for this user, make it readable to the app client, and sign in again.")),
        ),
        CognitoToken::Neither => (
            format!("{this}, and neither of Cognito's tokens has it by itself"),
            "» Have a pre-token-generation trigger add it, or compare a claim that is there.".into(),
        ),
        CognitoToken::Both | CognitoToken::Id(_) => (
            format!("{this}, issued without it"),
            "» See whether the user has that value, and take a new token.".into(),
        ),
    }
}

/// Of another issuer's token: what it has.
fn issuer(run: &Finished<'_>, oidc: bool) -> Message {
    let claims = run.context(&["identity", "claims"]);
    let names: Vec<String> = claims.as_map().map_or_else(Vec::new, |map| {
        let plain = ["iss", "aud", "iat", "exp", "nbf", "jti", "azp"];
        map.keys().iter().filter_map(|key| key.as_str()).filter(|key| !plain.contains(key)).map(str::to_owned).collect()
    });
    let has_sub = names.iter().any(|name| name == "sub");
    match (oidc, names.is_empty()) {
        (true, false) if has_sub && run.is_generated() => Message::from(format!("It has {}.", names.iter().take(6).cloned().collect::<Vec<_>>().join(", "))).cured("Set `identityClaim: \"sub\"` in the rule (Gen 2: `.identityClaim(\"sub\")`), which every OIDC token has, and push; or have the provider add the claim. Rows that are there keep their owner as it was written."),
        (true, false) => Message::from(format!("It has {}.", names.iter().take(6).cloned().collect::<Vec<_>>().join(", "))).cured("Have the provider add the claim, or compare one of these (identityClaim in the rule)."),
        _ => Message::default(),
    }
}

/// A member of the row, the input or the parent that the template reads, with its value.
type RowRead = (String, Value);

fn rows_read(run: &Finished<'_>) -> Vec<RowRead> {
    let references = run.recorder.index.references.iter();
    let read = references.filter_map(|reference| {
        let path = static_path(reference).filter(|path| path.len() > 1)?;
        let place = Some(path.join(".").replace("arguments.", "args.")).filter(|place| is_row(place))?;
        Some((place, run.context(&path)))
    });
    read.collect()
}

/// What holds the value that is wanted: another claim, or a value of the row that is the caller's under another name.
fn holder(run: &Finished<'_>, sought: &Sought, rows: &OnceCell<Vec<RowRead>>) -> Option<Message> {
    let generated = run.is_generated();
    let advice = |place: &str, path: &str, value: &Value| {
        let claim = super::claim_name(place).unwrap_or_else(|| place.trim_start_matches("identity.").to_owned());
        let rule = if generated { format!(" (`identityClaim: \"{claim}\"` in the rule)") } else { String::new() };
        let path = if path.starts_with("the ") { capital(path) } else { path.to_owned() };
        Message::from(format!("{path} is {}, which is the caller's {place}:", show(value))).cured(match place.contains([' ', '[']) {
            true => format!("compare that{rule}."),
            false => format!("compare that, `$ctx.{place}`{rule}."),
        })
    };
    if let Some((name, value)) = &sought.wanted
        && let Some(place) = held_by(run, value).filter(|_| !name.is_empty())
    {
        return Some(advice(&place, name, value));
    }
    let rows = rows.get_or_init(|| rows_read(run));
    rows.iter().find_map(|(place, value)| held_by(run, value).map(|own| advice(&own, &subject(place), value)))
}

/// Another claim's name differs from the one that is read only in case or in a prefix.
fn name_near(run: &Finished<'_>, sought: &Sought) -> Option<Finding> {
    let name = sought.claim.as_str();
    let bare = |text: &str| text.rsplit([':', '/']).next().unwrap_or(text).trim().to_lowercase();
    let pair = ["username", "cognito:username"];
    let plural = |text: &str| bare(text).trim_end_matches('s').replace(['_', '-'], "");
    let sought_as = plural(name);
    let near = |key: &str| {
        let same_claim = pair.contains(&key) && pair.contains(&name);
        key != name && !same_claim && plural(key) == sought_as
    };
    let claims = run.context(&["identity", "claims"]);
    let keys = claims.as_map()?.keys();
    let key = keys.iter().find_map(|key| key.as_str().filter(|key| near(key)))?;
    let has = run.claim(key);
    let rule = match (run.is_generated(), super::is_group_like(run, key)) {
        (true, true) => format!(" (`groupClaim: \"{key}\"` in the rule)"),
        (true, false) => format!(" (`identityClaim: \"{key}\"` in the rule)"),
        _ => String::new(),
    };
    let wish = sought.wanted.as_ref().map_or(String::new(), |(_, value)| format!(" The rule wants {}.", show(value)));
    let case = if key.trim() == name.trim() {
        ": the name in the rule or in the token has a blank at its end or beginning, and blanks count"
    } else if key.eq_ignore_ascii_case(name) {
        ": they differ in upper and lower case only"
    } else {
        ""
    };
    let message = Message::of(
        "claim {} is absent (asked for on line {}): the token has it under another name, {} ({}){}.{} Names must be the same on both sides. » Read `$ctx.identity.claims.get(\"{}\")`{}, or issue the claim as {}.",
        [
            Part::Name(if name.trim() == name { name.to_string() } else { quoted(name).to_string() }),
            Part::Place(sought.line.to_string()),
            Part::Value(show(&key.into())),
            Part::Value(show(&has)),
            Part::Text(case.to_string()),
            Part::Text(wish.to_string()),
            Part::Name(key.to_string()),
            Part::Text(rule.to_string()),
            Part::Name(name.to_string()),
        ],
    );
    let mut finding = Finding::new(Code::ClaimNameNear, message).at(sought.path.as_str()).actual(key).wanted(name);
    // The very value that the rule wants stands there.
    let holds = |wanted: &Value| has.loosely_equals(wanted) || has.members().is_some_and(|all| all.iter().any(|one| one.loosely_equals(wanted)));
    if key.trim() == name.trim() || sought.wanted.as_ref().is_some_and(|(_, wanted)| holds(wanted)) {
        finding.certainty = Certainty::Certain;
    }
    Some(finding)
}
