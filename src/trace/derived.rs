//! What is computed from a value that only a deployment knows: the length of a text, whether a list has it, a part of it. Such
//! a result shows nothing of the value any more, so it is open by whence it comes.

use crate::value::method::Method;
use super::origin::{Origin, Origins};
use crate::appsync::ContextPath;
use crate::open::{equal, is_held, is_open, may_hold};
use crate::value::{Value, ViewKind};

/// Where such a value is said to come from: no member of the context has this name.
pub const DEPLOYMENT: &str = "deployment";

/// Keys of a map that are looked at for every member that is read.
const MOST: usize = 256;

/// What only counts, asks for a type or gives its arguments on tells nothing of a text.
const BLIND: [Method; 14] = [
    Method::Size,
    Method::IsNull,
    Method::IsString,
    Method::IsList,
    Method::IsMap,
    Method::IsNumber,
    Method::IsBoolean,
    Method::TypeOf,
    Method::Qr,
    Method::Quiet,
    Method::Put,
    Method::Add,
    Method::AddAll,
    Method::PutAll,
];

/// Whence the result of a call comes, where it rests on an open value and does not show it.
pub(super) fn of_call(called: Option<Method>, receiver: &Value, args: &[Value], result: &Value) -> Option<Origins> {
    let shows = matches!(result, Value::String(text) if is_open(text.as_str()));
    let is_plain = matches!(result, Value::Null | Value::Boolean(_) | Value::Number(_) | Value::String(_));
    if shows || !is_plain || called.is_some_and(|called| BLIND.contains(&called)) {
        return None;
    }
    let held = std::iter::once(receiver).chain(args).find_map(held)?;
    (!is_certain(called, receiver, args)).then(|| from(&held, result))
}

/// Whence a member of a map comes that may be the one whose name only a deployment knows.
pub(super) fn of_member(receiver: &Value, key: &Value, value: &Value) -> Option<Origins> {
    let (Value::Map(map), Some(key)) = (receiver, key.as_str()) else { return None };
    let keys = map.keys();
    let open = keys.iter().take(MOST).filter_map(Value::as_str).find(|known| is_open(known))?;
    (!is_certain(Some(Method::ContainsKey), receiver, &[Value::string(key)])).then(|| from(open, value))
}

fn from(text: &str, value: &Value) -> Origins {
    let letters: String = text.chars().filter(|letter| is_held(*letter)).take(8).collect();
    let path = ContextPath::default().join(&DEPLOYMENT.into()).join(&Value::string(letters));
    Origins::one(Origin::Context { path, value: value.clone(), absent: value.is_null(), open: true })
}

/// The first text with an open value in it.
fn held(value: &Value) -> Option<String> {
    texts(value).into_iter().find(|text| is_open(text))
}

/// The texts that a call looks at: the text itself, the members of a list, the keys of a map.
fn texts(value: &Value) -> Vec<String> {
    let of = |values: Vec<Value>| values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect();
    match value {
        Value::String(text) => vec![text.as_str().to_owned()],
        Value::List(list) => of(list.snapshot()),
        Value::Map(map) => of(map.keys()),
        Value::View(view) if view.kind != ViewKind::Entries => of(view.snapshot()),
        _ => Vec::new(),
    }
}

/// Whether a call's answer is certain whatever the open values are.
fn is_certain(called: Option<Method>, receiver: &Value, args: &[Value]) -> bool {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let known = |value: &Value| text(value).is_some_and(|text| text.chars().any(|letter| !is_held(letter) && !letter.is_whitespace()));
    match (called, receiver, args) {
        (Some(Method::IsEmpty), Value::String(_), _) => known(receiver),
        (Some(Method::IsEmpty), ..) => true,
        (Some(Method::IsNullOrEmpty | Method::IsNullOrBlank), _, [value, ..]) => value.as_str().is_none() || known(value),
        (Some(Method::Contains), Value::String(whole), [part]) if !is_open(whole.as_str()) => {
            text(part).is_some_and(|part| !may_hold(whole.as_str(), &part))
        }
        (Some(Method::Contains | Method::ContainsKey), Value::List(_) | Value::View(_) | Value::Map(_), [item]) => {
            let Some(item) = text(item) else { return true };
            let all: Vec<Option<bool>> = texts(receiver).iter().map(|one| equal(one, &item)).collect();
            all.contains(&Some(true)) || all.iter().all(|one| *one == Some(false))
        }
        (Some(Method::Equals), Value::String(one), [other]) => text(other).is_some_and(|other| equal(one.as_str(), &other).is_some()),
        _ => false,
    }
}
