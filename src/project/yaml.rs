//! YAML to JSON, with CloudFormation's short tags (`!Sub x`) in their long form (`{"Fn::Sub": "x"}`).

use rustc_hash::FxHashMap;
use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use saphyr_parser::{Event, Parser};
use serde_json::{Map, Value as Json};

/// Nodes nested deeper than this are refused (limit `yaml depth`).
const DEEPEST: usize = 200;

/// More nodes than this are refused (limit `yaml nodes`).
const MOST: usize = 1_000_000;

/// More nodes than this that stand in for an alias are refused (limit `yaml aliases`): a few lines can mean billions.
const MOST_ALIASED: usize = 100_000;

/// Reads the first document of a text. JSON is YAML too, but serde_json's messages are better: it is tried first.
///
/// # Errors
/// A sentence with the place.
pub fn read(text: &str) -> Result<Json, String> {
    if text.trim_start().starts_with(['{', '[']) {
        return serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"));
    }
    within_limits(text)?;
    let documents = Yaml::load_from_str(text).map_err(|error| format!("not valid YAML: {error}"))?;
    documents.first().map_or(Ok(Json::Null), |document| json(document))
}

/// Looks at the events alone, which needs neither stack nor memory, before the loader builds what they say.
fn within_limits(text: &str) -> Result<(), String> {
    let mut weights: FxHashMap<usize, usize> = FxHashMap::default();
    // The open collections: their anchor, and how many nodes there were before them.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut keys = Keys::default();
    let (mut nodes, mut aliased) = (0_usize, 0_usize);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| format!("not valid YAML: {error}"))?;
        keys.see(&event, span.start.line())?;
        match event {
            Event::Alias(anchor) => {
                let weight = weights.get(&anchor).copied().unwrap_or(1);
                nodes += weight;
                aliased += weight;
            }
            Event::Scalar(_, _, anchor, _) => {
                nodes += 1;
                weights.insert(anchor, 1);
            }
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                open.push((anchor, nodes));
                nodes += 1;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((anchor, before)) = open.pop() {
                    weights.insert(anchor, nodes - before);
                }
            }
            _ => {}
        }
        let line = span.start.line();
        if open.len() > DEEPEST {
            return Err(format!("line {line}: it nests deeper than {DEEPEST} levels (limit `yaml depth`)"));
        }
        if nodes > MOST {
            return Err(format!("line {line}: it has more than {MOST} nodes (limit `yaml nodes`)"));
        }
        if aliased > MOST_ALIASED {
            return Err(format!(
                "line {line}: its aliases stand for more than {MOST_ALIASED} nodes (limit `yaml aliases`)"
            ));
        }
    }
    Ok(())
}

/// The keys of the open mappings, with their lines.
#[derive(Default)]
struct Keys(Vec<Option<Mapping>>);

#[derive(Default)]
struct Mapping {
    seen: FxHashMap<String, usize>,
    /// What comes next is a value.
    after_key: bool,
}

impl Keys {
    /// Refuses a key that its mapping has already: the second would silently win.
    fn see(&mut self, event: &Event<'_>, line: usize) -> Result<(), String> {
        let key = match event {
            Event::Scalar(text, ..) => Some(text.as_ref()),
            Event::Alias(_) => None,
            Event::SequenceStart(..) | Event::MappingStart(..) => None,
            Event::SequenceEnd | Event::MappingEnd => {
                self.0.pop();
                return Ok(());
            }
            _ => return Ok(()),
        };
        if let Some(Some(mapping)) = self.0.last_mut() {
            mapping.after_key = !mapping.after_key;
            if let Some(key) = key.filter(|key| mapping.after_key && *key != "<<")
                && let Some(first) = mapping.seen.insert(key.to_owned(), line)
            {
                return Err(format!("line {line}: the key {key} stands already in line {first}"));
            }
        }
        match event {
            Event::MappingStart(..) => self.0.push(Some(Mapping::default())),
            Event::SequenceStart(..) => self.0.push(None),
            _ => {}
        }
        Ok(())
    }
}

fn json(node: &Yaml<'_>) -> Result<Json, String> {
    Ok(match node {
        Yaml::Value(Scalar::Null) | Yaml::BadValue | Yaml::Alias(_) => Json::Null,
        Yaml::Value(Scalar::Boolean(value)) => Json::from(*value),
        Yaml::Value(Scalar::Integer(value)) => Json::from(*value),
        Yaml::Value(Scalar::FloatingPoint(value)) => Json::from(value.into_inner()),
        Yaml::Value(Scalar::String(text)) => Json::from(text.as_ref()),
        Yaml::Representation(text, ..) => Json::from(text.as_ref()),
        Yaml::Sequence(items) => items.iter().map(|item| json(item)).collect::<Result<_, _>>()?,
        Yaml::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let key = match json(key)? {
                    Json::String(text) => text,
                    other => other.to_string(),
                };
                map.insert(key, json(value)?);
            }
            map.into()
        }
        Yaml::Tagged(tag, inner) => {
            let value = json(inner)?;
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
    fn what_grows_without_end_meets_a_limit_with_a_name() {
        let bomb: String = (1..30).fold("a0: &a0 [x, x]\n".to_owned(), |text, level| {
            let before = level - 1;
            format!("{text}a{level}: &a{level} [*a{before}, *a{before}, *a{before}]\n")
        });
        assert!(read(&bomb).unwrap_err().contains("limit `yaml aliases`"));
        for deep in ["[".repeat(50_000), "- ".repeat(50_000), "{a: ".repeat(50_000), "? ".repeat(50_000)] {
            let message = read(&format!("a:\n {deep}")).unwrap_err();
            // The parser itself stops at 255 open brackets.
            assert!(message.contains("limit `yaml depth`") || message.contains("recursion limit"), "{message}");
        }
        // Brackets at the start are read as JSON, which has its own limit.
        assert!(read(&"[".repeat(50_000)).unwrap_err().contains("recursion limit"));
        assert!(read(&format!("a: [{}]", "x,".repeat(1_100_000))).unwrap_err().contains("limit `yaml nodes`"));
        assert!(read("a: &x [1, 2]\nb: *x\n").unwrap()["b"] == json!([1, 2]));
        assert!(read("a: *nobody\n").is_err());
    }

    #[test]
    fn a_key_that_stands_twice_is_named_with_both_lines() {
        let message = read("a:\n  b: 1\n  c: [x, {b: 2}]\n  b: 3\n").unwrap_err();
        assert_eq!(message, "line 4: the key b stands already in line 2");
        assert!(read("- a: 1\n- a: 2\n").is_ok());
    }

    #[test]
    fn errors_are_errors() {
        assert!(read("a: [b").is_err());
        assert!(read("{").is_err());
    }
}
