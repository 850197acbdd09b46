//! Claims as API Gateway hands them on: lists and numbers have become texts.

use super::members::{names, text};
use crate::value::{List, Map, Value, from_given};

/// `[Admin Editors]` (HTTP API) or `Admin,Editors` (REST API) as the list that a token has.
pub fn groups_as_list(claims: &Map) -> bool {
    let Some(text) = text(claims, "cognito:groups") else { return false };
    let inside = text.trim_start_matches('[').trim_end_matches(']');
    let between: &[char] = if inside.len() < text.len() { &[' '] } else { &[','] };
    let groups = inside.split(between).map(str::trim).filter(|group| !group.is_empty());
    claims.put_str("cognito:groups", List::new(groups.map(Value::from).collect()));
    true
}

/// The claims of a token with its lists again, where they were copied out of an event of API Gateway; what is said of it.
/// In a token `cognito:groups` is a list and `exp` a number, always.
pub fn restored(claims: &Map) -> Option<(Map, String)> {
    let time = |name: &str| text(claims, name).is_some();
    if text(claims, "cognito:groups").is_none() || !(time("exp") || time("iat") || time("auth_time")) {
        return None;
    }
    let own = Map::new();
    for name in names(claims) {
        own.put_str(&name, claims.get_str(&name).unwrap_or_default());
    }
    for name in ["exp", "iat", "auth_time"] {
        let number = text(&own, name).filter(|text| text.parse::<i64>().is_ok());
        if let Some(Ok(number)) = number.map(|text| from_given(&text)) {
            own.put_str(name, number);
        }
    }
    groups_as_list(&own);
    let said = "these claims are as API Gateway hands them on, where every claim is a text: cognito:groups is made a list again, as the token has it";
    Some((own, said.to_owned()))
}
