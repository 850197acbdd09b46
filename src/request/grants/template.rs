//! A text of a policy that a template makes: what stands in it literally is known now, the rest when it is deployed
//! (CloudFormation user guide: "Fn::Join", "Fn::Sub", "Ref", "Fn::GetAtt", "Fn::ImportValue").

use crate::open::substitution::{SubPiece, pieces};
use serde_json::{Map, Value as Json};

/// Functions in functions.
const DEEPEST: usize = 16;

/// A text with holes, which a deployment fills in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateText {
    /// As `Fn::Sub` writes it: `arn:aws:appsync:${AWS::Region}:…`.
    pub shown: String,
    /// The same with `*` for what a deployment fills in.
    pub pattern: String,
}

impl TemplateText {
    /// Of a function; what is none is one hole.
    pub fn of(json: &Json) -> Self {
        let mut text = Self::default();
        text.add(json, 0);
        text
    }

    /// The pattern as that of an ARN: a hole at its beginning is the API's own, whose form is known.
    pub fn arn(&self) -> String {
        match self.pattern.strip_prefix('*') {
            Some(rest) if rest.starts_with('/') => format!("arn:*:appsync:*:*:apis/*{rest}"),
            _ => self.pattern.clone(),
        }
    }

    fn literal(&mut self, text: &str) {
        self.shown.push_str(text);
        self.pattern.push_str(text);
    }

    fn hole(&mut self, name: &str) {
        self.shown.push_str(&format!("${{{name}}}"));
        self.pattern.push('*');
    }

    fn add(&mut self, json: &Json, depth: usize) {
        let only = |map: &Map<String, Json>| (map.len() == 1).then(|| map.iter().next().map(|(name, value)| (name.clone(), value.clone())))?;
        match json {
            Json::String(text) => self.literal(text),
            Json::Number(_) | Json::Bool(_) => self.literal(&json.to_string()),
            Json::Object(map) if depth < DEEPEST => match only(map) {
                Some((name, value)) => self.function(&name, &value, depth + 1),
                None => self.odd(json),
            },
            other => self.odd(other),
        }
    }

    fn odd(&mut self, json: &Json) {
        let text: String = json.to_string().chars().take(80).collect();
        self.hole(&text);
    }

    fn function(&mut self, name: &str, value: &Json, depth: usize) {
        match (name, value) {
            ("Fn::Join", Json::Array(parts)) => match parts.as_slice() {
                [Json::String(between), Json::Array(parts)] => {
                    for (at, part) in parts.iter().enumerate() {
                        if at > 0 {
                            self.literal(between);
                        }
                        self.add(part, depth);
                    }
                }
                _ => self.hole(name),
            },
            ("Fn::Sub", Json::String(text)) => self.substituted(text, &Map::new(), depth),
            ("Fn::Sub", Json::Array(parts)) => match parts.as_slice() {
                [Json::String(text), Json::Object(values)] => self.substituted(text, values, depth),
                _ => self.hole(name),
            },
            ("Ref" | "Fn::ImportValue", Json::String(named)) => self.hole(named),
            ("Fn::GetAtt", Json::String(named)) => self.hole(named),
            ("Fn::GetAtt", Json::Array(parts)) => {
                let parts: Vec<&str> = parts.iter().filter_map(Json::as_str).collect();
                self.hole(&parts.join("."));
            }
            (name, _) => self.hole(name),
        }
    }

    /// `${name}` is a hole, or the value that is given beside the text; `${!name}` is `${name}` itself.
    fn substituted(&mut self, text: &str, values: &Map<String, Json>, depth: usize) {
        for piece in pieces(text) {
            match piece {
                SubPiece::Text(plain) => self.literal(plain),
                SubPiece::Literal(name) => self.literal(&format!("${{{name}}}")),
                SubPiece::Name(name) => match values.get(name) {
                    Some(value) => self.add(value, depth),
                    None => self.hole(name),
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_stands_in_a_template_literally_is_known() {
        let of = |json: Json| {
            let text = TemplateText::of(&json);
            (text.shown, text.pattern)
        };
        let both = |shown: &str, pattern: &str| (shown.to_owned(), pattern.to_owned());
        let join = json!({"Fn::Join": ["", ["arn:aws:appsync:", {"Ref": "AWS::Region"}, ":1:apis/", {"Fn::GetAtt": ["Api", "ApiId"]}, "/types/Query/*"]]});
        assert_eq!(of(join), both("arn:aws:appsync:${AWS::Region}:1:apis/${Api.ApiId}/types/Query/*", "arn:aws:appsync:*:1:apis/*/types/Query/*"));
        let sub = json!({"Fn::Sub": ["${Arn}/types/${Type}/${!aws:username}", {"Type": "Query"}]});
        assert_eq!(of(sub), both("${Arn}/types/Query/${aws:username}", "*/types/Query/${aws:username}"));
        assert_eq!(of(json!({"Fn::If": ["c", "a", "b"]})), both("${Fn::If}", "*"));
        assert_eq!(TemplateText::of(&json!({"Fn::Join": ["/", [{"Ref": "Arn"}, "types"]]})).arn(), "arn:*:appsync:*:*:apis/*/types");
    }
}
