//! Changing what was given at a path such as `identity.claims["cognito:groups"]`.

use super::suggest::Change;
use crate::appsync::{AuthType, Given};
use crate::value::{List, Map, Value};
use serde::Serialize;

/// What is done at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// A value is added to a list.
    Add,
    /// A value is put there.
    Set,
    /// The value is taken away.
    Remove,
}

/// A copy with the changes made; `None` if a path leads nowhere.
pub fn apply(given: &Given, changes: &[Change]) -> Option<Given> {
    let mut changed = Given { members: given.members.deep_copy(), ..given.clone() };
    for change in changes {
        if change.path == "authType" && change.op == Op::Remove {
            changed.auth_type = None;
            continue;
        }
        if change.path == "authType" {
            let mode = AuthType::parse(change.value.as_str()?)?;
            changed.auth_type = Some(mode);
            if mode == AuthType::ApiKey {
                changed.members.put_str("identity", Value::Null);
            }
            continue;
        }
        let mut keys = segments(&change.path)?;
        if keys.first().and_then(Value::as_str) == Some("args") && changed.members.contains_str("arguments") {
            keys[0] = "arguments".into();
        }
        edit(&changed.members, &keys, change)?;
    }
    Some(changed)
}

fn edit(root: &Map, keys: &[Value], change: &Change) -> Option<()> {
    let (last, parents) = keys.split_last()?;
    let mut at = Value::Map(root.clone());
    for key in parents {
        let next = match (&at, key) {
            (Value::Map(map), key) => match map.get(key).unwrap_or_default() {
                Value::Null => {
                    let made = Map::new();
                    map.put(key.clone(), made.clone().into());
                    made.into()
                }
                found => found,
            },
            (Value::List(list), Value::Number(index)) => list.get(usize::try_from(index.int_value()).ok()?)?,
            _ => return None,
        };
        at = next;
    }
    let new = change.value.deep_copy(&mut 10_000);
    match (&at, change.op, last) {
        (Value::Map(map), Op::Remove, key) => {
            map.remove(key)?;
        }
        (Value::Map(map), Op::Set, key) => {
            map.put(key.clone(), new);
        }
        (Value::Map(map), Op::Add, key) => match map.get(key).unwrap_or_default() {
            Value::List(list) => list.push(new),
            Value::Null => {
                map.put(key.clone(), List::new(vec![new]).into());
            }
            _ => return None,
        },
        (Value::List(list), Op::Set, Value::Number(index)) => {
            list.set(usize::try_from(index.int_value()).ok()?, new)?;
        }
        (Value::List(list), Op::Remove, Value::Number(index)) => {
            list.remove(usize::try_from(index.int_value()).ok()?)?;
        }
        _ => return None,
    }
    Some(())
}

/// `a.b["c d"][0]` to its keys.
fn segments(path: &str) -> Option<Vec<Value>> {
    let mut keys = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let mut stream = serde_json::Deserializer::from_str(inside).into_iter::<serde_json::Value>();
            let key = stream.next()?.ok()?;
            rest = inside.get(stream.byte_offset()..)?.strip_prefix(']')?;
            keys.push(match key {
                serde_json::Value::String(text) => Value::string(text),
                serde_json::Value::Number(number) => Value::int(i32::try_from(number.as_i64()?).ok()?),
                _ => return None,
            });
        } else {
            let name = rest.strip_prefix('.').unwrap_or(rest);
            let end = name.find(['.', '[']).unwrap_or(name.len());
            keys.push(name.get(..end)?.into());
            rest = name.get(end..)?;
        }
    }
    Some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::from_json_str;

    fn changed(json: &str, op: Op, path: &str, value: &str) -> Option<String> {
        let members = from_json_str(json).unwrap().as_map().unwrap().clone();
        let given = Given::new(members);
        let change = Change { op, path: path.to_owned(), value: from_json_str(value).unwrap() };
        let after = apply(&given, &[change])?;
        assert_eq!(Value::from(given.members).to_json().unwrap(), json, "what was given stays as it was");
        Value::from(after.members).to_json().ok()
    }

    #[test]
    fn adds_sets_and_removes() {
        let claims = r#"{"identity":{"claims":{"cognito:groups":["a"]}}}"#;
        let path = r#"identity.claims["cognito:groups"]"#;
        assert_eq!(
            changed(claims, Op::Add, path, "\"b\"").unwrap(),
            r#"{"identity":{"claims":{"cognito:groups":["a","b"]}}}"#
        );
        assert_eq!(changed(claims, Op::Remove, path, "null").unwrap(), r#"{"identity":{"claims":{}}}"#);
        assert_eq!(
            changed(r#"{"arguments":{"a":[1,2]}}"#, Op::Set, "args.a[1]", "3").unwrap(),
            r#"{"arguments":{"a":[1,3]}}"#
        );
        assert_eq!(changed("{}", Op::Set, "result.owner", "\"ann\"").unwrap(), r#"{"result":{"owner":"ann"}}"#);
    }

    #[test]
    fn a_path_that_leads_nowhere_changes_nothing() {
        assert_eq!(changed(r#"{"result":"text"}"#, Op::Set, "result.owner", "1"), None);
        assert_eq!(changed("{}", Op::Set, "a[", "1"), None);
    }
}
