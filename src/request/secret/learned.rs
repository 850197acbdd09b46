//! Secrets that JSON or a text names as such: a password among the variables of a request, a token in its stash.

use super::{Secrets, names};
use fancy_regex::Regex;
use serde_json::Value as Json;
use std::sync::LazyLock;

/// Values below these, at most.
const DEEPEST: usize = 130;

/// A name and its value in quotation marks, as GraphQL and JSON have them, also inside a text of JSON.
static NAMED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"([A-Za-z_][A-Za-z0-9_-]{2,60})\\?"?\s{0,4}[:=]\s{0,4}\\?"([^"\\]{6,4096})"#).ok());

impl Secrets {
    /// Remembers what members of a value are named as secrets are. Claims are left out.
    pub fn learn_json(&mut self, json: &Json) {
        self.learn_at(json, "", 0);
    }

    fn learn_at(&mut self, json: &Json, name: &str, depth: usize) {
        match json {
            // What a log has masked already tells which key it was.
            _ if depth > DEEPEST || name == "claims" || name == "masked" => {}
            Json::String(text) if names::names_secret(name) => self.add(text),
            Json::Number(number) if names::names_secret(name) => self.add_number(&number.to_string()),
            Json::String(text) if matches!(name, "query" | "body" | "transformedTemplate") => self.learn_text(text),
            Json::Array(items) => items.iter().for_each(|item| self.learn_at(item, name, depth + 1)),
            Json::Object(map) => {
                let text = |is: fn(&str) -> bool| map.iter().find(|(own, _)| is(own)).and_then(|(_, item)| item.as_str());
                if let (Some(own), Some(value)) = (text(names::is_name), text(names::is_value))
                    && names::names_secret(own)
                {
                    self.add(value);
                }
                for (own, item) in map {
                    match item {
                        Json::String(text) if names::holds_secrets(name) => self.add(text),
                        Json::String(text) if name == "headers" && names::is_secret_header(own) => self.add(text),
                        item => self.learn_at(item, own, depth + 1),
                    }
                }
            }
            _ => {}
        }
    }

    /// The same of a query, of variables, or of a line of a log.
    pub fn learn_text(&mut self, text: &str) {
        let Some(named) = NAMED.as_ref() else { return };
        for found in named.captures_iter(text).filter_map(Result::ok) {
            if let (Some(name), Some(value)) = (found.get(1), found.get(2))
                && names::names_secret(name.as_str())
            {
                self.add(value.as_str());
            }
        }
    }
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
}
