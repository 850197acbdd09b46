//! How a request was sent, beside its headers and its body.

use serde_json::{Map, Value as Json};

/// What a HAR tells of the sending itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HowSent {
    /// `GET`, `POST`.
    pub method: String,
    /// The parameter of the URL's query that holds a credential, if one does; its value is not kept.
    pub in_query: Option<QueryCredential>,
    /// The names under which a credential was set more than once, as they were written.
    pub twice: Vec<String>,
}

/// The headers that hold a credential.
const CREDENTIALS: [&str; 2] = ["authorization", "x-api-key"];

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
        Self { method: method.to_uppercase(), in_query, twice: Vec::new() }
    }

    /// The names of credentials among these that were set more than once.
    pub fn named_twice<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
        let names: Vec<&str> = names.filter(|name| CREDENTIALS.iter().any(|known| name.eq_ignore_ascii_case(known))).collect();
        let again = |name: &&&str| names.iter().filter(|other| other.eq_ignore_ascii_case(name)).count() > 1;
        names.iter().filter(again).map(|name| (*name).to_owned()).collect()
    }

    /// Under which names this header was set, where that was seen; else where to look.
    pub fn names(&self, header: &str) -> String {
        let mut names: Vec<&str> = self.twice.iter().map(String::as_str).filter(|name| name.eq_ignore_ascii_case(header)).collect();
        names.dedup();
        match names.as_slice() {
            [] => String::new(),
            [one] => format!(" under the same name, {one}"),
            many => format!(" under names that differ in case only ({})", crate::message::all_of(many)),
        }
    }

    /// Where to look, if no names were seen.
    pub fn look(&self, header: &str) -> &'static str {
        if self.names(header).is_empty() { " (look for names that differ in case only, and for a second place that sets it)" } else { "" }
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
