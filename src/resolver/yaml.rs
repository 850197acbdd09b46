//! YAML to JSON, with CloudFormation's short tags (`!Sub x`) in their long form (`{"Fn::Sub": "x"}`).

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::{Map, Value as Json};

/// Nodes nested deeper than this are refused.
const DEEPEST: usize = 200;

/// Reads the first document of a text. JSON is YAML too, but serde_json's messages are better: it is tried first.
///
/// # Errors
/// A sentence with the place.
pub fn read(text: &str) -> Result<Json, String> {
    if text.trim_start().starts_with(['{', '[']) {
        return serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"));
    }
    // The loader recurses over flow collections; block nesting is bounded by indentation.
    let deepest = text.chars().filter(|letter| matches!(letter, '[' | '{')).count();
    let indented = text.lines().map(|line| line.len() - line.trim_start().len()).max().unwrap_or(0);
    if deepest > 100_000 || indented > 2_000 {
        return Err("the document nests too deep".to_owned());
    }
    let documents = Yaml::load_from_str(text).map_err(|error| format!("no YAML: {error}"))?;
    documents.first().map_or(Ok(Json::Null), |document| json(document, 0))
}

fn json(node: &Yaml<'_>, depth: usize) -> Result<Json, String> {
    if depth > DEEPEST {
        return Err(format!("the document nests deeper than {DEEPEST} levels"));
    }
    Ok(match node {
        Yaml::Value(Scalar::Null) | Yaml::BadValue | Yaml::Alias(_) => Json::Null,
        Yaml::Value(Scalar::Boolean(value)) => Json::from(*value),
        Yaml::Value(Scalar::Integer(value)) => Json::from(*value),
        Yaml::Value(Scalar::FloatingPoint(value)) => Json::from(value.into_inner()),
        Yaml::Value(Scalar::String(text)) => Json::from(text.as_ref()),
        Yaml::Representation(text, ..) => Json::from(text.as_ref()),
        Yaml::Sequence(items) => items.iter().map(|item| json(item, depth + 1)).collect::<Result<_, _>>()?,
        Yaml::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let key = match json(key, depth + 1)? {
                    Json::String(text) => text,
                    other => other.to_string(),
                };
                map.insert(key, json(value, depth + 1)?);
            }
            map.into()
        }
        Yaml::Tagged(tag, inner) => {
            let value = json(inner, depth + 1)?;
            match tag.suffix.as_str() {
                "Ref" => Map::from_iter([("Ref".to_owned(), value)]).into(),
                "Condition" => Map::from_iter([("Condition".to_owned(), value)]).into(),
                "GetAtt" => {
                    let parts = match value {
                        Json::String(text) => {
                            let (resource, attribute) = text.split_once('.').unwrap_or((&text, ""));
                            Json::from(vec![resource, attribute])
                        }
                        list => list,
                    };
                    Map::from_iter([("Fn::GetAtt".to_owned(), parts)]).into()
                }
                name => Map::from_iter([(format!("Fn::{name}"), value)]).into(),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn short_tags_become_long_ones() {
        let text = "a: !Sub '${X}-y'\nb: !GetAtt Api.ApiId\nc: !Join ['-', [!Ref P, q]]\nd: |\n  line 1\n  line 2\n";
        let wanted = json!({
            "a": {"Fn::Sub": "${X}-y"},
            "b": {"Fn::GetAtt": ["Api", "ApiId"]},
            "c": {"Fn::Join": ["-", [{"Ref": "P"}, "q"]]},
            "d": "line 1\nline 2\n",
        });
        assert_eq!(read(text).unwrap(), wanted);
    }

    #[test]
    fn errors_are_errors() {
        assert!(read("a: [b").is_err());
        assert!(read("{").is_err());
    }
}
