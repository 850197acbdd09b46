//! Credentials are never printed: neither those that were read, nor what looks like one; nor parts of them, encoded or in
//! other letters. Claims are no secrets.

#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

mod assigned;
mod folded;
mod known;
mod learned;
mod names;
mod pieces;
mod shapes;
mod short;
mod torn;

use crate::paste::jwt;
use crate::request::credentials::is_placeholder;
use crate::value::{Map as Members, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use known::KnownValues;
use pieces::Pieces;
use serde_json::{Map, Value as Json};
use std::borrow::Cow;

pub use names::names_secret;

/// What stands in a secret's place.
const MASK: &str = "[secret]";
/// Shorter values would take letters out of words: they are taken out where they stand alone.
const SHORTEST: usize = 6;
/// Of what is declared as a secret, shorter ones are taken out where they stand alone.
const SHORTEST_DECLARED: usize = 4;
/// Those of few letters are looked for one by one.
const MOST_SHORT: usize = 1_000;
/// Where so many are known, a further one is looked for as it was sent alone: each with all its forms takes kilobytes.
const MANY: usize = 20_000;
/// Numbers of fewer digits are everywhere.
const SHORTEST_NUMBER: usize = 4;
/// Members of an object that is a name with its value, at most.
const PAIR: usize = 4;
/// Values below these, at most: what was read from a file is no deeper.
const DEEPEST: usize = 130;

/// Takes credentials out of texts.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    values: KnownValues,
    pieces: Pieces,
    /// Those that are numbers.
    numbers: Vec<String>,
    /// Those of few letters.
    short: Vec<String>,
}

impl Secrets {
    /// Those of a request's headers.
    pub fn of(headers: &Map<String, Json>) -> Self {
        let mut secrets = Self::default();
        secrets.learn_headers(headers);
        secrets
    }

    /// Remembers those of a request's headers.
    pub fn learn_headers(&mut self, headers: &Map<String, Json>) {
        for (name, value) in headers {
            if names::is_secret_header(name)
                && let Some(value) = value.as_str()
            {
                self.add(value);
            }
        }
    }

    /// Remembers a secret: the whole value, the token in it, what signs it, and how a template may encode it. A word in a
    /// token's place is no secret, and the cause of a refusal.
    pub fn add(&mut self, value: &str) {
        // What AppSync's log has masked already (`****q0d5ne`) is shown: it tells which key it was.
        if is_placeholder(value) || value.contains("****") || names::is_header(value) || self.values.has(value) {
            return;
        }
        let (bare, _) = jwt::bare(value);
        let signed = value.starts_with("AWS4-");
        let signature = bare.rsplit(['.', '=']).next().unwrap_or_default();
        let signature = if signature.len() >= 12 { signature } else { "" };
        let pair = basic(value);
        let cookies = value.split("; ").filter_map(|pair| Some(pair.split_once('=')?.1)).filter(|_| !signed);
        let mut values: Vec<String> = [value, bare, signature].into_iter().chain(cookies).map(str::to_owned).collect();
        // `Basic` is `name:password` in Base64: a template may take it apart.
        values.extend(pair.iter().filter_map(|pair| Some(pair.split_once(':')?.1.to_owned())));
        values.extend(pair);
        let room = MOST_SHORT.saturating_sub(self.short.len());
        let short = values.iter().filter(|value| value.len() < SHORTEST && !value.trim().is_empty()).take(room);
        self.short.extend(short.filter(|value| !matches!(value.as_str(), "true" | "false" | "null" | "none")).cloned());
        values.retain(|value| value.len() >= SHORTEST);
        let many = self.values.len() >= MANY;
        for value in values.iter().filter(|_| !many) {
            // The scope of a signature and the names of its headers are no secrets.
            if !(signed && value.starts_with("AWS4-")) {
                self.pieces.add(value);
            }
        }
        let encoded: Vec<String> = values.iter().filter(|_| !many).flat_map(|value| pieces::encoded(value)).collect();
        values.iter().chain(&encoded).for_each(|value| self.values.add(value));
        self.order();
    }

    /// Remembers what its source declares as a secret: taken out inside of words as well, unless it is very short.
    pub fn add_declared(&mut self, value: &str) {
        self.add(value);
        if (SHORTEST_DECLARED..SHORTEST).contains(&value.len()) && self.short.iter().any(|short| short == value) {
            self.values.add(value);
        }
    }

    /// Remembers a password that is a number: in JSON it has no quotation marks.
    fn add_number(&mut self, digits: &str) {
        if digits.len() >= SHORTEST_NUMBER && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            self.add(digits);
            self.numbers.push(digits.to_owned());
        }
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.short.is_empty()
    }

    /// With those of another request.
    pub fn and(&mut self, other: Self) {
        self.values.and(&other.values);
        self.pieces.and(other.pieces);
        self.numbers.extend(other.numbers);
        self.short.extend(other.short);
        self.order();
    }

    fn order(&mut self) {
        self.short.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        self.short.dedup();
    }

    /// Takes them out of a text.
    pub fn hide(&self, text: &mut String) {
        self.take_out(text);
    }

    /// Takes them out of a text; whether any was there.
    pub fn take_out(&self, text: &mut String) -> bool {
        let values = self.values.perhaps_in(text);
        // Tokens begin alike: another one is taken out whole, before what is known breaks its shape.
        let mut found = torn::take_out(text);
        found |= shapes::take_out_tokens(text, |token| self.values.has(token) || values.iter().any(|value| value.contains(token)));
        for value in &values {
            let value: &str = value;
            if text.contains(value) {
                *text = text.replace(value, MASK);
                found = true;
            }
            while let Some((start, end)) = folded::find(text, value) {
                text.replace_range(start..end, MASK);
                found = true;
            }
        }
        found |= assigned::take_out(text);
        if let Cow::Owned(hidden) = shapes::hidden(text) {
            *text = hidden;
            found = true;
        }
        for value in &self.short {
            found |= short::take_out(text, value);
        }
        if let Some(hidden) = self.pieces.hidden(text) {
            *text = hidden;
            found = true;
        }
        found
    }

    /// Takes them out of every text in a value, and out of the names of its members.
    pub fn hide_in(&self, json: &mut Json) {
        match json {
            Json::String(text) if self.is_short(text, false) => *text = MASK.to_owned(),
            Json::String(text) => self.hide(text),
            Json::Number(number) if self.numbers.contains(&number.to_string()) => *json = Json::from(MASK),
            Json::Array(items) => items.iter_mut().for_each(|item| self.hide_in(item)),
            Json::Object(map) => {
                map.values_mut().for_each(|item| self.hide_in(item));
                if map.keys().any(|key| self.hides(key)) {
                    *map = std::mem::take(map).into_iter().map(|(key, item)| (self.key(key), item)).collect();
                }
            }
            _ => {}
        }
    }

    /// Whether a whole text is a secret of few letters; of very few only where its member is named as one.
    fn is_short(&self, text: &str, is_named: bool) -> bool {
        text.len() < SHORTEST && (is_named || text.len() > short::QUOTED) && self.short.iter().any(|value| value == text)
    }

    fn hides(&self, key: &str) -> bool {
        // A member of the report itself is a word; a password may be the same word.
        key.len() >= SHORTEST && !key.bytes().all(|byte| byte.is_ascii_alphabetic()) && self.take_out(&mut key.to_owned())
    }

    fn key(&self, mut key: String) -> String {
        if self.hides(&key) {
            self.hide(&mut key);
        }
        key
    }

    /// Whether one of them may be in a text; most texts need no second look.
    pub fn may_be_in(&self, text: &str) -> bool {
        !self.is_empty() || shapes::may_hold(text) || assigned::may_hold(text)
    }

    /// Takes them out of a JSON text, literal by literal, so that it stays JSON and every number stays as it was written.
    pub fn hide_in_text(&self, text: &mut String) -> bool {
        if !self.may_be_in(text) {
            return false;
        }
        let mut made = String::new();
        let (mut copied, mut at, mut is_named) = (0, 0, false);
        while let Some(begin) = text[at..].find('"').map(|found| at + found) {
            let Some(end) = literal_end(text.as_bytes(), begin) else { break };
            if self.numbers_between(&text[at..begin], &mut made, &text[copied..at]) {
                copied = begin;
            }
            at = end;
            let literal = &text[begin..end];
            let Ok(mut inner) = serde_json::from_str::<String>(literal) else { continue };
            let is_key = text[end..].trim_start().starts_with(':');
            let named = std::mem::replace(&mut is_named, is_key && !self.short.is_empty() && names_secret(&inner));
            if !is_key && self.is_short(&inner, named) {
                inner = MASK.to_owned();
            } else if inner.len() < SHORTEST_DECLARED || is_key && !self.hides(&inner) || !self.take_out(&mut inner) {
                continue;
            }
            made.push_str(&text[copied..begin]);
            made.push_str(&Json::String(inner).to_string());
            copied = end;
        }
        if self.numbers_between(&text[at..], &mut made, &text[copied..at]) {
            copied = text.len();
        }
        if copied == 0 {
            return false;
        }
        made.push_str(&text[copied..]);
        *text = made;
        true
    }

    /// Writes what stands between two literals of JSON without the numbers that are secrets, and before it what was not
    /// written yet; whether there was one.
    fn numbers_between(&self, between: &str, made: &mut String, before: &str) -> bool {
        let is_part = |letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '+' | '.' | 'e' | 'E');
        if self.numbers.is_empty() || !self.numbers.iter().any(|number| between.split(|letter| !is_part(letter)).any(|one| one == number)) {
            return false;
        }
        made.push_str(before);
        let mut rest = between;
        while let Some(start) = rest.find(is_part) {
            let length = rest[start..].find(|letter| !is_part(letter)).unwrap_or(rest.len() - start);
            let (number, end) = (&rest[start..start + length], start + length);
            made.push_str(&rest[..start]);
            match self.numbers.iter().any(|known| known == number) {
                true => made.push_str(&Json::from(MASK).to_string()),
                false => made.push_str(number),
            }
            rest = &rest[end..];
        }
        made.push_str(rest);
        true
    }

    /// Remembers what members of a context are named as secrets are: a password among the arguments, a token in the stash.
    /// The claims of an identity are left out.
    pub fn learn(&mut self, members: &Members) {
        self.learn_below(members, "", 0);
    }

    fn learn_below(&mut self, map: &Members, parent: &str, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let whole = names::holds_secrets(parent) || pair_is_secret(map);
        let named = names_secret(parent);
        map.each(|name, item| {
            let Some(name) = name.as_str().filter(|name| !(parent == "identity" && *name == "claims")) else { return };
            let is_one = names_secret(name) || whole && !names::is_name(name) && !names::is_about(name) || named && names::is_inside(name);
            if let (Value::Number(number), true) = (item, is_one) {
                self.add_number(&number.to_string());
            }
            match item.as_str() {
                Some(text) if is_one || parent == "headers" && names::is_secret_header(name) => self.add(text),
                Some(_) => {}
                None => self.learn_value(item, name, depth + 1),
            }
        });
    }

    fn learn_value(&mut self, value: &Value, parent: &str, depth: usize) {
        if let Some(map) = value.as_map() {
            self.learn_below(map, parent, depth);
        } else if let Some(list) = value.as_list().filter(|_| depth <= DEEPEST) {
            for item in list.snapshot() {
                if let (Value::Number(number), true) = (&item, names_secret(parent)) {
                    self.add_number(&number.to_string());
                }
                match item.as_str() {
                    Some(text) if names_secret(parent) => self.add(text),
                    Some(_) => {}
                    None => self.learn_value(&item, parent, depth + 1),
                }
            }
        }
    }
}

/// What the credentials of HTTP's `Basic` are.
fn basic(value: &str) -> Option<String> {
    let (scheme, rest) = value.trim().split_once(' ')?;
    let bytes = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(rest.trim()))?;
    String::from_utf8(bytes.ok()?).ok()
}

/// Whether an object is the name of a secret with its value: `{"name": "password", "value": …}`.
fn pair_is_secret(map: &Members) -> bool {
    let (mut named, mut valued) = (false, false);
    if map.len() <= PAIR {
        map.each(|member, item| {
            let Some(member) = member.as_str() else { return };
            named |= names::is_name(member) && item.as_str().is_some_and(names_secret);
            valued |= names::is_value(member);
        });
    }
    named && valued
}

/// Where the literal ends that begins at a quotation mark.
fn literal_end(text: &[u8], begin: usize) -> Option<usize> {
    let mut at = begin + 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_stays_json() {
        let mut secrets = Secrets::default();
        secrets.add("n\"ight\\watch");
        let mut text = r#"{"a": "\n\"ight\\watch", "n\"ight\\watch": 1.0000000000000000000001, "b": "x"}"#.to_owned();
        assert!(secrets.hide_in_text(&mut text));
        assert_eq!(text, r#"{"a": "\n\"ight\\watch", "[secret]": 1.0000000000000000000001, "b": "x"}"#);
        assert!(!secrets.hide_in_text(&mut "{\"a\": \"night\", \"b".to_owned()));
    }

    #[test]
    fn what_is_named_as_a_secret_is_one_and_claims_are_not() {
        let mut secrets = Secrets::default();
        let context = r#"{"arguments": {"newPassword": "hunter-two", "nextToken": "page-token-2", "tokens": 3},
            "identity": {"claims": {"token": "claimed-token"}}}"#;
        secrets.learn(crate::value::from_given(context).unwrap().as_map().unwrap());
        let mut text = "hunter-two page-token-2 claimed-token".to_owned();
        secrets.hide(&mut text);
        assert_eq!(text, "[secret] page-token-2 claimed-token");
    }

    #[test]
    fn a_token_that_begins_like_a_known_one_is_taken_out_whole() {
        let token = |claims: &str, signature: &str| {
            let part = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
            let claims = format!(r#"{{"iss":"https://id.example/Pool7Q","sub":"4d5e6f70-1111-4222","{claims}":true}}"#);
            format!("{}.{}.{signature}", part(r#"{"kid":"Zm9vYmFyMTIz","alg":"RS256"}"#), part(&claims))
        };
        let (one, other) = (token("admin", "FirstSigAa1Bb2Cc3Dd4"), token("email_verified", "OtherSigZz8Yx7Wv6Ut5"));
        let session = |end: &str| format!("IQoJb3JpZ2luX2VjEJ7{}", end.repeat(20));
        let cut = &one[..one.len() - 40];
        for (known, text) in [
            (one.as_str(), format!("<{other}> <{one}> <{other}.>")),
            (cut, format!("<{other}> <{cut}> <{other}.>")),
        ] {
            let mut secrets = Secrets::default();
            secrets.add(known);
            let mut text = text;
            assert!(secrets.take_out(&mut text));
            assert_eq!(text, "<[secret]> <[secret]> <[secret].>");
        }
        let mut secrets = Secrets::default();
        secrets.add(&session("Aa1Bb2"));
        secrets.add("ya29.a0AfH6SMBx1y2z3");
        let mut text = format!("<{}> <Bearer ya29.a0AfH6OtherRest9Q8w7>", session("wordsWords"));
        secrets.hide(&mut text);
        assert_eq!(text, "<[secret]> <[secret]>");
    }

    #[test]
    fn the_scope_of_a_signature_is_shown() {
        let headers = serde_json::json!({"authorization": "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260501/eu-west-1/appsync/aws4_request, SignedHeaders=host;x-amz-date, Signature=0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"});
        let secrets = Secrets::of(headers.as_object().unwrap());
        let mut text = "eu-west-1 aws4_request x-amz-date but d4e5f60718293a4b".to_owned();
        secrets.hide(&mut text);
        assert_eq!(text, "eu-west-1 aws4_request x-amz-date but [secret]");
    }
}
