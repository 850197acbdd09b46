//! Credentials are never printed: neither those of the headers that were read, nor what looks like one.

use crate::paste::jwt;
use fancy_regex::Regex;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Headers whose values are credentials.
const HEADERS: [&str; 6] =
    ["authorization", "x-api-key", "cookie", "set-cookie", "x-amz-security-token", "proxy-authorization"];
/// Shorter values are no credentials, and would take letters out of words.
const SHORTEST: usize = 6;

/// Tokens (JWT), signatures and keys of AppSync, wherever they stand. `Bearer undefined` is shorter: no secret, and the cause.
static SHAPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"eyJ[\w-]{8,}(?:\.[\w-]+){1,2}|da2-[a-z0-9]{20,}|AWS4-HMAC-SHA256 Credential=[^\n"<]*|(?i:bearer) [\w.~+/-]{10,}=*"#).ok()
});

/// Takes credentials out of texts.
#[derive(Debug, Default)]
pub struct Secrets {
    values: Vec<String>,
}

impl Secrets {
    /// Those of a request's headers.
    pub fn of(headers: &Map<String, Json>) -> Self {
        let is_secret = |name: &str| HEADERS.contains(&name) || name.contains("token") || name.contains("secret");
        // A word in a token's place is no secret, and the cause.
        let word = |value: &Json| value.as_str().is_some_and(crate::request::credentials::is_placeholder);
        let secret = headers.iter().filter(|(name, value)| is_secret(name) && !word(value));
        // The whole value, the token in it, and what signs it: a template may take it apart.
        let parts = |value: &str| -> Vec<String> {
            let (bare, _) = jwt::bare(value);
            let signature = bare.rsplit(['.', '=']).next().unwrap_or_default();
            let signature = if signature.len() >= 12 { signature } else { "" };
            [value, bare, signature].map(str::to_owned).to_vec()
        };
        let values = secret.filter_map(|(_, value)| value.as_str()).flat_map(parts);
        let mut values: Vec<String> = values.filter(|value| value.len() >= SHORTEST).collect();
        // The longest first, so that none is taken out in part.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Self { values }
    }

    /// With those of another request.
    pub fn and(&mut self, other: Self) {
        self.values.extend(other.values);
        self.values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        self.values.dedup();
    }

    /// Takes them out of a text.
    pub fn hide(&self, text: &mut String) {
        for value in &self.values {
            if text.contains(value.as_str()) {
                *text = text.replace(value.as_str(), "[secret]");
            }
        }
        if let Some(shapes) = &*SHAPES
            && let Cow::Owned(hidden) = shapes.replace_all(text, "[secret]")
        {
            *text = hidden;
        }
    }

    /// Takes them out of every text in a value.
    pub fn hide_in(&self, json: &mut Json) {
        match json {
            Json::String(text) => self.hide(text),
            Json::Array(items) => items.iter_mut().for_each(|item| self.hide_in(item)),
            Json::Object(map) => map.values_mut().for_each(|item| self.hide_in(item)),
            _ => {}
        }
    }
}
