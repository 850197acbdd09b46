//! Secrets that JSON or a text names as such: a password among the variables of a request, a token in its stash.

use super::{SHORTEST, Secrets, names};
use crate::value::Value;
use serde_json::Value as Json;

/// Values below these, at most.
const DEEPEST: usize = 130;

/// Letters of a name, and of the value behind it.
const NAME: std::ops::RangeInclusive<usize> = 3..=61;
const VALUE: std::ops::RangeInclusive<usize> = 1..=4096;

/// Blanks on either side of what stands between a name and its value.
const BLANKS: usize = 4;

/// A value with members: a tree of JSON, or what templates read.
trait Learnable {
    fn text(&self) -> Option<&str>;
    fn is_number(&self) -> bool;
    fn written(&self) -> String;
    fn items(&self, see: &mut dyn FnMut(&Self));
    fn members(&self, see: &mut dyn FnMut(&str, &Self));
}

impl Learnable for Json {
    fn text(&self) -> Option<&str> {
        self.as_str()
    }
    fn is_number(&self) -> bool {
        Json::is_number(self)
    }
    fn written(&self) -> String {
        self.to_string()
    }
    fn items(&self, see: &mut dyn FnMut(&Self)) {
        self.as_array().into_iter().flatten().for_each(see);
    }
    fn members(&self, see: &mut dyn FnMut(&str, &Self)) {
        self.as_object().into_iter().flatten().for_each(|(name, item)| see(name, item));
    }
}

impl Learnable for Value {
    fn text(&self) -> Option<&str> {
        self.as_str()
    }
    fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }
    fn written(&self) -> String {
        self.to_string()
    }
    fn items(&self, see: &mut dyn FnMut(&Self)) {
        self.as_list().iter().for_each(|list| list.snapshot().iter().for_each(&mut *see));
    }
    fn members(&self, see: &mut dyn FnMut(&str, &Self)) {
        self.as_map().iter().for_each(|map| map.each(|name, item| see(name.as_str().unwrap_or_default(), item)));
    }
}

/// The text of the first member with such a name.
fn member_of(node: &impl Learnable, is: fn(&str) -> bool) -> Option<String> {
    let mut found = None;
    node.members(&mut |name, item| {
        if found.is_none() && is(name) {
            found = Some(item.text().map(str::to_owned));
        }
    });
    found.flatten()
}

impl Secrets {
    /// Remembers what members of a value are named as secrets are. Claims are left out.
    pub fn learn_json(&mut self, json: &Json) {
        self.learn_at(json, "", 0);
    }

    /// The same of what templates read.
    pub fn learn_given(&mut self, value: &Value) {
        self.learn_at(value, "", 0);
    }

    fn learn_at(&mut self, node: &impl Learnable, name: &str, depth: usize) {
        // What a log has masked already tells which key it was.
        if depth > DEEPEST || name == "claims" || name == "masked" {
            return;
        }
        if let Some(text) = node.text() {
            if names::names_secret(name) {
                self.add(text);
            } else if matches!(name, "query" | "body" | "transformedTemplate") {
                self.learn_text(text);
            } else if matches!(name, "template" | "requestMappingTemplate" | "responseMappingTemplate") {
                self.learn_template(text);
            }
            return;
        }
        if node.is_number() && names::names_secret(name) {
            self.add_number(&node.written());
        }
        node.items(&mut |item| self.learn_at(item, name, depth + 1));
        if member_of(node, names::is_name).is_some_and(|own| names::names_secret(&own))
            && let Some(value) = member_of(node, names::is_value)
        {
            self.add(&value);
        }
        let (whole, named) = (names::holds_secrets(name), names::names_secret(name));
        let whole = |own: &str| whole && !names::is_about(own);
        node.members(&mut |own, item| match item.text() {
            Some(text) if whole(own) || named && names::is_inside(own) || name == "headers" && names::is_secret_header(own) => self.add(text),
            None if item.is_number() && (whole(own) || named && names::is_inside(own)) => self.add_number(&item.written()),
            _ => self.learn_at(item, own, depth + 1),
        });
    }

    /// The same of a query, of variables, or of a line of a log.
    pub fn learn_text(&mut self, text: &str) {
        self.learn_named(text, names::names_secret);
    }

    /// The same of a template: what it writes out itself under such a name (`"apiKey": "…"`), puts there (`.put("Authorization", "…")`),
    /// sets a variable of that name to, or compares with one. What holds a reference is made of what was given, and a word is no secret.
    pub fn learn_template(&mut self, text: &str) {
        for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b':' | b'=' | b',')) {
            let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
            let Some(value) = value_behind(after).filter(|value| value.len() >= SHORTEST && !value.contains('$')) else { continue };
            let before = before.trim_end_matches(['=', '!']);
            let Some(name) = name_before(before).filter(|name| names::names_secret(name)) else { continue };
            let put = || before.trim_end_matches('"').strip_suffix(name).is_some_and(|rest| rest.trim_end_matches('"').ends_with("put("));
            let word = value.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_' | b' '));
            if (byte != b',' || put()) && (!word || names::names_password(name)) {
                self.add(value);
            }
        }
    }

    /// The keys of a session (AWS's own and those of Cognito) in a text that holds claims: no claim has such a name.
    pub fn learn_keys(&mut self, text: &str) {
        self.learn_named(text, |name| {
            ["secretaccesskey", "sessiontoken", "refreshtoken"].contains(&name.replace('_', "").to_ascii_lowercase().as_str())
        });
    }

    fn learn_named(&mut self, text: &str, is: fn(&str) -> bool) {
        // Letters of ASCII: each is one of the text's own.
        for (at, _) in text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b':' | b'=')) {
            let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
            if let Some(value) = value_behind(after)
                && name_before(before).is_some_and(is)
            {
                self.add(value);
            }
        }
    }
}

/// The value in quotation marks that a text begins with, as GraphQL and JSON have it, also inside a text of JSON.
fn value_behind(text: &str) -> Option<&str> {
    let begin = text.char_indices().take(BLANKS + 1).find(|(_, letter)| !letter.is_whitespace()).map(|(at, _)| at)?;
    let rest = text.get(begin..)?;
    let value = rest.strip_prefix('\\').unwrap_or(rest).strip_prefix('"')?;
    let end = value.bytes().take(4 * VALUE.end()).position(|byte| matches!(byte, b'"' | b'\\'))?;
    let (value, after) = value.split_at_checked(end)?;
    let ends = after.strip_prefix('\\').unwrap_or(after).starts_with('"');
    (ends && VALUE.contains(&value.chars().count())).then_some(value)
}

/// The name that a text ends with, in quotation marks or without.
pub(super) fn name_before(text: &str) -> Option<&str> {
    let blanks = text.chars().rev().take(BLANKS).take_while(|letter| letter.is_whitespace()).map(char::len_utf8).sum::<usize>();
    let text = text.get(..text.len() - blanks)?;
    let text = text.strip_suffix('"').unwrap_or(text);
    let text = text.strip_suffix('\\').unwrap_or(text);
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = text.bytes().rev().take(*NAME.end()).take_while(is_part).count();
    let name = text.get(text.len() - length..)?.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '-');
    NAME.contains(&name.len()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_a_query_and_of_its_variables_are_learnt() {
        let mut secrets = Secrets::default();
        secrets.learn_text(r#"mutation { signIn(name: "ann-ann", password: "hunter-one") }, Variables: {\"newPassword\": \"hunter-two\"}"#);
        secrets.learn_json(&serde_json::json!({"variables": {"in": [{"clientSecret": "hunter-three"}]}, "claims": {"secret": "a-claim"}}));
        let mut text = "ann-ann hunter-one hunter-two hunter-three a-claim".to_owned();
        secrets.hide(&mut text);
        assert_eq!(text, "ann-ann [secret] [secret] [secret] a-claim");
    }

    #[test]
    fn when_a_key_ends_is_no_secret() {
        let mut secrets = Secrets::default();
        secrets.learn_json(&serde_json::json!({"apiKeys": [{"id": "da2-quayquayquayquayquayquay12", "expires": "2026-12-17T00:00:00Z", "description": "the board at the quay"}]}));
        let mut text = "da2-quayquayquayquayquayquay12 2026-12-17T00:00:00Z the board at the quay".to_owned();
        secrets.hide(&mut text);
        assert_eq!(text, "[secret] 2026-12-17T00:00:00Z the board at the quay");
    }

    #[test]
    fn a_name_and_its_value_are_told_wherever_they_stand() {
        fn found(text: &str) -> Option<(&str, &str)> {
            let (at, _) = text.match_indices([':', '=']).next()?;
            Some((name_before(&text[..at])?, value_behind(&text[at + 1..])?))
        }
        for text in [
            r#"{"password": "hunter-one"}"#,
            r#"login(password: "hunter-one")"#,
            r#"{\"password\" : \"hunter-one\"}"#,
            "password\n = \t \"hunter-one\"",
            r#"9-password="hunter-one""#,
        ] {
            assert_eq!(found(text), Some(("password", "hunter-one")), "{text}");
        }
        for text in [
            r#"password: """#,
            r#"password: hunter-one"#,
            r#"password: "hunter\n-one""#,
            r#"password: "hunter-one"#,
            r#"pw: "hunter-one""#,
            r#"password     : "hunter-one""#,
            "",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
        assert_eq!(found(r#"password: "cat""#), Some(("password", "cat")));
        let long = "x".repeat(100);
        assert_eq!(found(&format!("{long}: \"{long}\"")), Some((&long[..61], &long[..])));
        assert_eq!(found(&format!("name: \"{}\"", "y".repeat(5000))), None);
    }
}
