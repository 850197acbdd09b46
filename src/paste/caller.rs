//! Who calls, from whatever holds a token, claims or an identity.

use super::data;
use super::error::PasteError;
use super::found::{PastedCaller, FoundCaller, FoundStep};
use super::kind::{PastedKind, kind, kind_of, kind_of_read};
use super::lenient::FOLDED;
use super::members::{first, folded, has, member, names, object, text};
use super::pair::{self, unfold};
use super::{Ask, address, amplify, jwt, service, tokens};
use crate::code::Code;
use crate::value::{List, Map, Value};

/// Objects inside objects end here.
const DEEPEST: usize = 8;

/// Finds the caller in a pasted text.
///
/// # Errors
/// What the text is instead, and which command takes it; no message repeats a token.
pub fn caller(pasted: &str, asked: &Ask<'_>) -> Result<PastedCaller, PasteError> {
    let text = tokens::unfenced(pasted);
    if text == "null" {
        return Ok(PastedCaller::new(FoundCaller::Identity(Value::Null)));
    }
    let (bare, bearer) = bare(text);
    let mut caller = match tokens::joined(&bare) {
        Some(token) => of(&token.as_str().into(), asked, 0)?,
        None if is_token_alone(&bare) => of(&bare.as_str().into(), asked, 0)?,
        None => of_text(text, asked)?,
    };
    if bearer {
        caller
            .notes
            .push((Code::BearerPrefix, "the token carries a `Bearer ` prefix; Amplify sends it bare".into()));
    }
    Ok(caller)
}

/// Without a header's name and quotes; whether `Bearer` stood before it.
fn bare(text: &str) -> (String, bool) {
    let bare = tokens::unlabelled(text);
    let before = text.find(bare).map_or("", |at| &text[..at]).to_lowercase();
    (bare.to_owned(), before.contains("bearer"))
}

/// Whether a text is a token and nothing else; an object is none, whatever it holds.
fn is_token_alone(text: &str) -> bool {
    let known = || matches!(kind(text), PastedKind::Token | PastedKind::EncryptedToken);
    !text.starts_with(['{', '[']) && (known() || has_claims(text))
}

/// Whether three parts with dots between have claims in their middle, whatever the header is: what is wrong with that is told of the
/// token (`header.rs`).
fn has_claims(text: &str) -> bool {
    let is_claims = |claims: &Value| claims.as_map().is_some_and(|map| !map.is_empty());
    !text.contains(char::is_whitespace) && jwt::claims(text).is_ok_and(|claims| is_claims(&claims))
}

fn of_text(text: &str, asked: &Ask<'_>) -> Result<PastedCaller, PasteError> {
    let read = data::read_with_slip(text);
    let kind = kind_of_read(text, read.as_ref().and_then(|read| read.as_ref().ok()).map(|read| read.values.as_slice()));
    let inner = text.starts_with(['{', '"']);
    if !kind.may_hold_caller() || kind == PastedKind::Credentials && !inner {
        return Err(kind.sentence(asked.name).into());
    }
    if let Some(caller) = service::of_arn(text) {
        return Ok(caller);
    }
    if let Some(frame) = address::header(text) {
        return of(&frame, asked, 1);
    }
    match read {
        Some(Err(_)) if text.contains(['\u{2026}']) || ["[Object]", "[Array]"].iter().any(|mark| text.contains(mark)) => {
            Err(unfold("a part of the object").into())
        }
        Some(read) => {
            let data::ReadData { values, slip } = read?;
            let mut caller = of_values(values, asked)?;
            if let Some(why) = slip {
                caller.say(format!("not JSON ({why}), read as a console or a script prints it"));
            }
            Ok(caller)
        }
        None => match pair::of_text(text, asked) {
            Some(step) => follow(step, asked, 0),
            None => Err(kind.sentence(asked.name).into()),
        },
    }
}

/// One value, or jwt.io's pair: a header with `alg`, then the claims.
fn of_values(values: Vec<Value>, asked: &Ask<'_>) -> Result<PastedCaller, PasteError> {
    let is_header = |value: &Value| value.as_map().is_some_and(|map| has(map, &["alg"]) && !has(map, &["iss", "sub"]));
    match values.as_slice() {
        [header, claims, ..] if is_header(header) => of(claims, asked, 0),
        [one] => of(one, asked, 0),
        // A console's object, opened and copied: its first row is the folded form.
        [first, ..] if folded(first).is_some() => Err(unfold("the session").into()),
        many => Err(format!("{} objects are in it, and none is a token's header: give the claims alone", many.len()).into()),
    }
}

fn follow(step: FoundStep, asked: &Ask<'_>, depth: usize) -> Result<PastedCaller, PasteError> {
    match step {
        FoundStep::Done(caller) => caller,
        FoundStep::Within(value, said) => of(&value, asked, depth + 1).map(|mut caller| {
            said.into_iter().for_each(|said| caller.say(said));
            caller
        }),
    }
}

/// The caller of a value.
fn of(value: &Value, asked: &Ask<'_>, depth: usize) -> Result<PastedCaller, PasteError> {
    if depth > DEEPEST {
        return Err("objects are nested too deep to hold a token".into());
    }
    match value {
        Value::String(text) => of_string(text.as_str(), asked, depth),
        Value::List(list) => of_list(list, asked, depth),
        Value::Map(map) => of_map(map, asked, depth),
        Value::Null => Ok(PastedCaller::new(FoundCaller::Identity(Value::Null))),
        other => Err(format!("a {} is not a caller: give a token, its claims or an identity", other.type_name()).into()),
    }
}

fn of_string(text: &str, asked: &Ask<'_>, depth: usize) -> Result<PastedCaller, PasteError> {
    if text == FOLDED {
        return Err(unfold("a part of the object").into());
    }
    let (bare, _) = jwt::bare(text);
    if bare.starts_with(['{', '[', '"']) && depth < DEEPEST {
        return match data::read(bare) {
            Some(values) => of_values(values?, asked),
            None => Err(kind(text).sentence(asked.name).into()),
        };
    }
    if bare.starts_with("eyJ") && !bare.contains('.') {
        return of_part(bare);
    }
    if jwt::parts(bare).is_err() && bare.contains(char::is_whitespace) {
        return of_text(text, asked);
    }
    jwt::claims(bare)?;
    Ok(PastedCaller::new(FoundCaller::Token(bare.to_owned())))
}

/// The middle part of a token, alone.
fn of_part(part: &str) -> Result<PastedCaller, PasteError> {
    let whole = |error: jwt::JwtError| format!("not a JWT: {error}, and a token has three parts with dots between; copy the token whole");
    let claims = jwt::json(part, "only part").map_err(whole)?;
    if claims.as_map().is_some_and(|map| has(map, &["alg"]) && !has(map, &["sub", "iss"])) {
        return Err("this is the header of a token alone, its first part: copy the token whole, with its two dots".into());
    }
    let mut caller = PastedCaller::new(FoundCaller::Claims(claims));
    caller.say("the payload of a token alone, its middle part: its claims are taken".to_owned());
    Ok(caller)
}

/// One object in a list; the rows of a storage or of headers, `[name, value]` or `{name, value}`.
fn of_list(list: &List, asked: &Ask<'_>, depth: usize) -> Result<PastedCaller, PasteError> {
    let items = list.snapshot();
    if let [one] = items.as_slice()
        && matches!(one, Value::Map(_))
    {
        return of(one, asked, depth + 1);
    }
    let has_attribute = |item: &Value| item.as_map().is_some_and(|map| has(map, &["Name"]) && has(map, &["Value"]));
    if !items.is_empty() && items.iter().all(has_attribute) {
        return Err(service::ATTRIBUTES.into());
    }
    let rows = Map::new();
    for item in &items {
        let (name, value) = match item {
            Value::Map(row) => (first(row, &["name", "key"]), member(row, "value")),
            Value::List(row) if row.len() == 2 => (row.get(0), row.get(1)),
            _ => (None, None),
        };
        if let (Some(Value::String(name)), Some(value)) = (name, value) {
            rows.put_str(name.as_str(), value);
        }
    }
    match rows.is_empty() {
        true if items.len() == 2 => of_values(items, asked),
        true => Err(format!("this is a list of {}: give one token, its claims or an identity", items.len()).into()),
        false => of(&rows.into(), asked, depth + 1),
    }
}

fn of_map(map: &Map, asked: &Ask<'_>, depth: usize) -> Result<PastedCaller, PasteError> {
    let kind = kind_of(map);
    if !kind.may_hold_caller() {
        return Err(kind.sentence(asked.name).into());
    }
    if let Some(step) = service::caller(map, asked).or_else(|| amplify::caller(map, asked)) {
        return follow(step, asked, depth);
    }
    match kind {
        PastedKind::Context => {
            let identity = map.get_str("identity").unwrap_or_default();
            let mut caller = PastedCaller::new(FoundCaller::Identity(identity));
            caller.say("a whole context: its identity is taken; `--context` takes the rest too".to_owned());
            return whole(caller);
        }
        PastedKind::Identity => return whole(PastedCaller::new(FoundCaller::Identity(map.clone().into()))),
        _ => {}
    }
    if let Some(header) = names(map).iter().find(|name| name.eq_ignore_ascii_case("authorization")) {
        let value = text(map, header).unwrap_or_default();
        return caller(&value, asked);
    }
    if kind == PastedKind::Credentials {
        return Err(kind.sentence(asked.name).into());
    }
    if let (Some(_), Some(payload)) = (object(map, "header"), member(map, "payload")) {
        return of(&payload, asked, depth + 1);
    }
    if let Some((claims, said)) = super::gateway::restored(map) {
        let mut caller = PastedCaller::new(FoundCaller::Claims(claims.into()));
        caller.say(said);
        return Ok(caller);
    }
    if kind == PastedKind::Claims || names(map).is_empty() {
        return whole(PastedCaller::new(FoundCaller::Claims(map.clone().into())));
    }
    // A token under a name of its own: {"token": "eyJ…"}, {"jwt": …}.
    let held: Vec<Value> = map.values().into_iter().filter(is_token).collect();
    match held.as_slice() {
        [one] => of(one, asked, depth + 1),
        [] => deeper(map, asked, depth),
        many => Err(format!("{} tokens are in it, and which one is meant cannot be told: give one", many.len()).into()),
    }
}

/// Claims under a name of their own, or tokens deep inside: a client's settings, a frame of a WebSocket.
fn deeper(map: &Map, asked: &Ask<'_>, depth: usize) -> Result<PastedCaller, PasteError> {
    let inner = |value: &Value| {
        value.as_map().is_some_and(|inner| matches!(kind_of(inner), PastedKind::Claims | PastedKind::Identity | PastedKind::Session))
    };
    let held: Vec<Value> = map.values().into_iter().filter(inner).collect();
    if let [one] = held.as_slice() {
        return of(one, asked, depth + 1);
    }
    let text = Value::from(map.clone()).to_json().unwrap_or_default();
    match pair::of_text(&text, asked) {
        Some(step) => follow(step, asked, depth).map(|mut caller| {
            if text.to_lowercase().contains("\"bearer ey") {
                caller.notes.push((Code::BearerPrefix, "the token carries a `Bearer ` prefix; Amplify sends it bare".into()));
            }
            caller
        }),
        None => whole(PastedCaller::new(FoundCaller::Claims(map.clone().into()))),
    }
}

fn is_token(value: &Value) -> bool {
    value.as_str().is_some_and(|text| jwt::claims(jwt::bare(text).0).is_ok())
}

/// What a console did not show is never taken for a value.
fn whole(caller: PastedCaller) -> Result<PastedCaller, PasteError> {
    let value = match &caller.found {
        FoundCaller::Claims(value) | FoundCaller::Identity(value) => value,
        FoundCaller::Token(_) => return Ok(caller),
    };
    match folded(value) {
        None => Ok(caller),
        Some(place) => Err(unfold(&format!("`{place}`")).into()),
    }
}
