//! Terraform's own functions that configurations of AppSync use
//! (<https://developer.hashicorp.com/terraform/language/functions>).

use super::text::text;
use crate::open::is_open;
use serde_json::{Map, Value as Json};

/// The value of a function; none if it is not one of these, or its arguments are of other types.
pub fn call(name: &str, args: &[Json]) -> Option<Json> {
    let open = |json: &Json| json.as_str().is_some_and(is_open);
    Some(match (name, args) {
        ("jsonencode", [value]) => Json::from(serde_json::to_string(value).ok()?),
        ("jsondecode", [Json::String(text)]) => serde_json::from_str(text).ok()?,
        ("join", [separator, Json::Array(items)]) => {
            Json::from(items.iter().map(text).collect::<Vec<_>>().join(&text(separator)))
        }
        ("split", [separator, Json::String(whole)]) => whole.split(&text(separator)).map(Json::from).collect(),
        ("replace", [Json::String(whole), Json::String(from), Json::String(to)]) if !from.starts_with('/') => {
            Json::from(whole.replace(from.as_str(), to))
        }
        ("lower", [Json::String(text)]) => Json::from(text.to_lowercase()),
        ("upper", [Json::String(text)]) => Json::from(text.to_uppercase()),
        ("title", [Json::String(text)]) => {
            let mut letters = text.chars();
            Json::from(letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>())
        }
        ("trimspace", [Json::String(text)]) => Json::from(text.trim()),
        ("chomp", [Json::String(text)]) => Json::from(text.trim_end_matches(['\n', '\r'])),
        ("format", [Json::String(pattern), rest @ ..]) => Json::from(format(pattern, rest)?),
        ("basename", [Json::String(path)]) => Json::from(path.rsplit('/').next()?),
        ("dirname", [Json::String(path)]) => Json::from(path.rsplit_once('/').map_or(".", |(folder, _)| folder)),
        ("toset" | "tolist" | "tomap" | "tostring" | "sensitive" | "nonsensitive", [value]) => value.clone(),
        ("merge", maps) if !maps.iter().any(open) => {
            let all = maps.iter().filter_map(Json::as_object).flatten();
            all.map(|(key, value)| (key.clone(), value.clone())).collect::<Map<_, _>>().into()
        }
        ("concat", lists) if !lists.iter().any(open) => {
            lists.iter().filter_map(Json::as_array).flatten().cloned().collect()
        }
        ("lookup", [Json::Object(map), key, rest @ ..]) => map.get(&text(key)).or_else(|| rest.first())?.clone(),
        ("element", [Json::Array(items), Json::Number(at)]) => {
            items.get(at.as_u64()? as usize % items.len().max(1))?.clone()
        }
        ("length", [Json::Array(items)]) => Json::from(items.len()),
        ("length", [Json::Object(map)]) => Json::from(map.len()),
        ("keys", [Json::Object(map)]) => map.keys().map(|key| Json::from(key.as_str())).collect(),
        ("values", [Json::Object(map)]) => map.values().cloned().collect(),
        ("contains", [Json::Array(items), value]) if !items.iter().any(open) => Json::from(items.contains(value)),
        ("can", [_]) => Json::from(true),
        _ => return None,
    })
}

/// `%s`, `%d`, `%v` and `%%` only.
fn format(pattern: &str, args: &[Json]) -> Option<String> {
    let mut args = args.iter();
    let mut out = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        match letters.next()? {
            '%' => out.push('%'),
            's' | 'd' | 'v' => out.push_str(&text(args.next()?)),
            _ => return None,
        }
    }
    Some(out)
}
