//! In words, where a value came from: a member of the context, a claim, or the default that took an absent one's place.

use crate::appsync::ContextPath;
use crate::message::{Message, Part, all_of, quoted};
use super::cognito::{CognitoToken, token};
use super::{Finished, claim_name};
use crate::trace::origin::{Origin, Origins};
use crate::value::Value;
use rustc_hash::FxHashMap;

/// Amplify's default for a claim that is not there.
pub const PLACEHOLDER: &str = "___xamznone____";

/// Where a value came from.
#[derive(Clone, Debug, Default)]
pub struct Whence {
    /// Such as `$ctx.identity.username`, or `the default for the absent claim custom:venue`.
    pub words: String,
    /// The place in the context that has this very value.
    pub path: Option<String>,
    /// A place that was looked at and had nothing, so that a default was taken.
    pub absent: Option<String>,
    /// Whether the caller's identity has a part in it.
    pub identity: bool,
    /// Whether it is nothing but what the client sent: arguments or headers.
    pub client: bool,
}

/// Where a value came from, by what was recorded of it.
pub fn whence(origins: &Origins, value: &Value) -> Whence {
    let places: Vec<(&str, &Value, bool)> = origins
        .iter()
        .filter_map(|origin| match origin {
            Origin::Context { path, value, absent, .. } => Some((&**path, value, *absent || value.is_null())),
            _ => None,
        })
        .collect();
    let identity = places.iter().any(|(path, ..)| path.starts_with("identity"));
    let client = !places.is_empty() && places.iter().all(|(path, ..)| is_client(path));
    let exact = places.iter().find(|(_, found, absent)| !absent && found.loosely_equals(value));
    // `"$sub::$name"`, or a list of both, is made of what is there, though another place was looked at before.
    let made = places.iter().any(|(_, found, absent)| !absent && holds(value, found));
    let absent = places.iter().find(|(.., absent)| *absent).filter(|_| exact.is_none() && !made);
    let words = match (exact, absent) {
        (Some((path, ..)), _) => place(path),
        (None, Some((path, ..))) if !value.is_null() => format!("the default, because {} is absent", subject(path)),
        (None, Some((path, ..))) => format!("{}, which is absent", place(path)),
        _ => {
            let mut all: Vec<_> = places.iter().filter(|(.., absent)| !absent).map(|(path, ..)| place(path)).collect();
            all.truncate(3);
            all_of(&all)
        }
    };
    let path = exact.map(|(path, ..)| (*path).to_owned());
    Whence { words, path, absent: absent.map(|(path, ..)| (*path).to_owned()), identity, client }
}

/// The place that was looked at and had nothing, so that this value, a default, was taken.
pub fn default_for<'o>(origins: &'o Origins, value: &Value) -> Option<&'o str> {
    let mut absent = None;
    let mut there = Vec::new();
    for origin in origins.iter() {
        let Origin::Context { path, value, absent: nothing, .. } = origin else { continue };
        if *nothing || value.is_null() {
            absent = absent.or(Some(&**path));
        } else {
            there.push(value);
        }
    }
    absent.filter(|_| !there.iter().any(|found| found.loosely_equals(value) || holds(value, found)))
}

/// Members that are looked at, all in all: nobody is in more groups.
const MOST: usize = 5_000;

/// Whether a value has another in it.
fn holds(value: &Value, part: &Value) -> bool {
    within(value, part, &mut MOST.clone())
}

/// A text is no list, whatever the list looks like as a text.
fn within(value: &Value, part: &Value, left: &mut usize) -> bool {
    let list = part.members().is_some();
    match (value.members(), value.as_str(), part.as_str()) {
        (Some(members), ..) => members.iter().any(|member| {
            *left = left.saturating_sub(1 + value_length(member));
            *left > 0 && (member.members().is_some() == list && member.loosely_equals(part) || within(member, part, left))
        }),
        (None, Some(text), Some(part)) => !part.is_empty() && text.contains(part),
        _ => false,
    }
}

fn value_length(value: &Value) -> usize {
    value.as_list().map_or(0, crate::value::List::len)
}

/// Whether a path leads to what any client may send.
pub fn is_client(path: &str) -> bool {
    ["args", "request"].iter().any(|root| path.strip_prefix(root).is_some_and(|rest| rest.starts_with(['.', '['])))
}

/// The members behind a claim: that a list has no member `length` does not make the claim absent.
fn below_claim(path: &str) -> String {
    path.parse::<ContextPath>().map_or_else(|_| String::new(), |path| path.below_claim().to_owned())
}

/// A place as a template writes it, a claim by its name.
pub fn place(path: &str) -> String {
    match claim_name(path).filter(|_| below_claim(path).is_empty()) {
        Some(claim) => format!("the claim {claim}"),
        None => format!("$ctx.{path}"),
    }
}

/// A place as a template may write it anywhere: `$ctx.identity.claims.get("email")`.
pub fn code(path: &str) -> String {
    let claim = path.strip_prefix("identity.claims[").and_then(|rest| rest.strip_suffix(']'));
    claim.map_or_else(|| format!("$ctx.{path}"), |claim| format!("$ctx.identity.claims.get({claim})"))
}

/// A place as the subject of a sentence.
pub fn subject(path: &str) -> String {
    if let Some(claim) = claim_name(path) {
        return format!("the claim {claim}{}", below_claim(path));
    }
    match path.strip_prefix("args.") {
        Some(argument) if !argument.contains(['.', '[']) => format!("the argument {argument} (arguments.{argument})"),
        _ => path.replace("args.", "arguments."),
    }
}

/// What to do about a claim that is not in the token; empty where nothing is known.
pub fn absent_claim(run: &Finished<'_>, path: &str) -> Message {
    if let Some(words) = under_near_name(run, path) {
        return words;
    }
    let Some(claim) = claim_name(path) else { return Message::default() };
    if run.outcome.env.caller_tried {
        return Message::from(format!("No token was given, so whether the user's has {claim} is not known:")).cured("give it, or its claims (--claims).");
    }
    let in_access = matches!(token(&claim), CognitoToken::Both | CognitoToken::Access(_));
    match run.claim("token_use").as_str() {
        Some("access") if token(&claim) == CognitoToken::Neither => Message::from(format!("Neither of Cognito's tokens has {claim} by itself, and this is an access token:")).cured("where a pre-token-generation trigger adds it, that must be one of version 2, or it reaches ID tokens only; otherwise compare a claim that is there."),
        // Reserved: no trigger adds it to another token.
        Some("access") if matches!(token(&claim), CognitoToken::Id(_)) => Message::from(format!("This is an access token, and {claim} stands in the ID token alone:")).cured("send that one; no trigger can add it to access tokens."),
        Some("access") if !in_access => Message::from(format!("This is an access token, and {claim} stands in the ID token:")).cured("send that one, or add the claim to access tokens with a version 2 pre-token-generation trigger."),
        Some("id") if claim.starts_with("custom:") => Message::from("The ID token was issued without it:").cured(format!("set the attribute {claim} for this user, make it readable to the app client, and sign in again.")),
        _ => Message::default(),
    }
}

/// A member of the authorizer's context whose name is nearly that of the one that was read, with its value.
pub fn near_in_context(run: &Finished<'_>, path: &str) -> Option<(String, Value)> {
    let wanted = path.strip_prefix("identity.resolverContext.")?;
    let context = run.context(&["identity", "resolverContext"]);
    let map = context.as_map()?;
    let names = map.keys();
    let letters = |name: &str| name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let same = names.iter().filter_map(Value::as_str).find(|name| letters(name) == letters(wanted));
    // Of two or three letters one is too much.
    let near = same.or_else(|| crate::nearest::nearest(wanted, names.iter().filter_map(Value::as_str)).filter(|_| wanted.len() > 3))?;
    Some((near.to_owned(), map.get_str(near)?))
}

/// That the authorizer has it under another name, and what to do.
fn under_near_name(run: &Finished<'_>, path: &str) -> Option<Message> {
    let (near, value) = near_in_context(run, path)?;
    let wanted = path.rsplit('.').next().unwrap_or(path);
    let words = Message::of("resolverContext has {} ({}) instead: the names differ.", [Part::Name(near.clone()), Part::Value(super::text::show(&value))]);
    Some(words.cured(format!("Read `$ctx.identity.resolverContext.{near}`, or let the authorizer return {wanted}; and refuse by name where it is null.")))
}

/// What of the caller's identity has this value: `email`, `username` and the like, with its path.
pub fn held_by(run: &Finished<'_>, value: &Value) -> Option<String> {
    if !matches!(value, Value::String(text) if !text.is_empty() && text != PLACEHOLDER) {
        return None;
    }
    run.callers_values().get(value.as_str()?).cloned()
}

/// The values of the caller's identity as Velocity writes them, each with its place: asked of every row, so each is written once.
pub fn callers_values(run: &Finished<'_>) -> FxHashMap<String, String> {
    let mut found = FxHashMap::default();
    let identity = run.context(&["identity"]);
    let member = |name: &str| identity.as_map().and_then(|map| map.get_str(name)).unwrap_or_default();
    let mut add = |value: &Value, place: String| {
        let mut text = String::new();
        if !value.is_null() && value.write_text(&mut text).is_ok() {
            found.entry(text).or_insert(place);
        }
    };
    for name in ["sub", "username", "cognitoIdentityId"] {
        add(&member(name), format!("identity.{name}"));
    }
    for (key, value) in member("claims").as_map().map(|claims| claims.snapshot()).unwrap_or_default() {
        if let Some(name) = key.as_str() {
            add(&value, ContextPath::claim(name).to_string());
        }
    }
    if let (Some(sub), Some(name)) = (member("sub").as_str(), member("username").as_str()) {
        add(&format!("{sub}::{name}").as_str().into(), "identity (sub::username)".to_owned());
    }
    found
}

/// Which of two texts is the other behind a dollar (Velocity 1.7 prints `$${x}` as `$` and the value of x).
fn doubled_dollar(stored: &str, wanted: &str) -> Option<&'static str> {
    match (stored.strip_prefix('$'), wanted.strip_prefix('$')) {
        (_, Some(rest)) if rest == stored => Some("wanted value"),
        (Some(rest), _) if rest == wanted => Some("stored value"),
        _ => None,
    }
}

/// How two texts that should be one differ, where that looks like a slip: in case, blanks, or by what stands around.
pub fn slip(stored: &str, wanted: &str) -> Option<String> {
    let letters = |text: &str| text.trim().to_lowercase();
    if stored == wanted || stored.is_empty() || wanted.is_empty() {
        return None;
    }
    if stored.trim() == wanted.trim() {
        return Some("they differ in a blank at the beginning or end".to_owned());
    }
    if letters(stored) == letters(wanted) {
        return Some("they differ only in upper and lower case".to_owned());
    }
    if let Some(which) = doubled_dollar(stored, wanted) {
        return Some(format!("the {which} has a `$` in front: of `$${{…}}` Velocity prints the first dollar as text, and then the value"));
    }
    let bare = |text: &str| text.trim_matches(['"', '\'', '[', ']']).to_owned();
    if bare(stored) == bare(wanted) {
        return Some("they differ in quotes".to_owned());
    }
    let (long, short, which) =
        if stored.len() > wanted.len() { (stored, wanted, "stored value") } else { (wanted, stored, "wanted value") };
    let mark = |text: &str, last: bool| {
        let letter = if last { text.chars().last() } else { text.chars().next() };
        letter.is_some_and(|letter| !letter.is_alphanumeric())
    };
    if let Some(prefix) = long.strip_suffix(short).filter(|prefix| mark(prefix, true)) {
        return Some(format!("the {which} begins with the prefix {prefix}, the other one has none", prefix = quoted(&prefix)));
    }
    let suffix = long.strip_prefix(short).filter(|suffix| mark(suffix, false))?;
    Some(format!("the {which} ends in {suffix}, the other one does not", suffix = quoted(&suffix)))
}
