//! How a request was sent, beside its headers and its body.

use serde_json::{Map, Value as Json};

/// What a HAR tells of the sending itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HowSent {
    /// `GET`, `POST`.
    pub method: String,
    /// The parameter of the URL's query that holds a credential, if one does; its value is not kept.
    pub in_query: Option<QueryCredential>,
}

/// A credential in the query string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryCredential {
    /// The parameter's name.
    pub name: String,
    /// Whether it is an API key, and no token.
    pub is_key: bool,
}

impl HowSent {
    /// Of a request's method and URL.
    pub fn of(method: &str, url: &str) -> Self {
        let query = url.split_once('?').map(|(_, query)| query).unwrap_or_default();
        let in_query = query.split('&').filter_map(|one| one.split_once('=')).find_map(|(name, value)| {
            let is_key = value.starts_with("da2-") || name.eq_ignore_ascii_case("x-api-key") || name.eq_ignore_ascii_case("apikey");
            let token = super::token::read(&super::socket::percent_decoded(value)).is_ok() && !name.eq_ignore_ascii_case("header");
            (is_key || token).then(|| QueryCredential { name: name.to_owned(), is_key })
        });
        Self { method: method.to_uppercase(), in_query }
    }
}

/// The header's name of a credential that stands inside an object, at most four levels deep.
pub fn credential_inside(json: &Json, depth: usize) -> Option<&'static str> {
    let own = |map: &Map<String, Json>| {
        let has = |wanted: &str| map.iter().any(|(name, value)| name.eq_ignore_ascii_case(wanted) && value.as_str().is_some_and(|value| !value.is_empty()));
        if has("authorization") { Some("Authorization") } else { has("x-api-key").then_some("x-api-key") }
    };
    let map = json.as_object().filter(|_| depth < 4)?;
    own(map).or_else(|| map.values().find_map(|value| credential_inside(value, depth + 1)))
}
