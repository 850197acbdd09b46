//! Changing what was given at a path such as `identity.claims["cognito:groups"]`, and the changes that gave another verdict.

use crate::appsync::{AuthType, ContextPath, Given};
use crate::syntax::NodeId;
use crate::trace::Verdict;
use crate::value::Value;
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

/// One change.
#[derive(Clone, Debug)]
pub struct InputChange {
    /// What is done.
    pub op: Op,
    /// Where: `identity.claims["cognito:groups"]`, `authType`.
    pub path: ContextPath,
    /// The value; null for a removal.
    pub value: Value,
}

/// Changes that together give this verdict.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// One or two.
    pub changes: Vec<InputChange>,
    /// What evaluating again gave.
    pub verdict: Verdict,
    /// The statement that it would bring about.
    pub node: Option<NodeId>,
}

/// A copy with the changes made; `None` if a path leads nowhere.
pub fn apply(given: &Given, changes: &[InputChange]) -> Option<Given> {
    let mut changed = Given { members: given.members.deep_copy(), ..given.clone() };
    for change in changes {
        let new = change.value.deep_copy(&mut 10_000);
        match change.op {
            Op::Remove if change.path == ContextPath::AUTH_TYPE => changed.auth_type = None,
            _ if change.path == ContextPath::AUTH_TYPE => {
                let mode = AuthType::parse(change.value.as_str()?)?;
                changed.auth_type = Some(mode);
                if mode == AuthType::ApiKey {
                    changed.members.put_str("identity", Value::Null);
                }
            }
            Op::Remove => change.path.remove(&changed.members)?,
            Op::Set => change.path.set(&changed.members, new)?,
            Op::Add => change.path.add(&changed.members, new)?,
        }
    }
    Some(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::from_json_str;

    fn changed(json: &str, op: Op, path: &str, value: &str) -> Option<String> {
        let members = from_json_str(json).unwrap().as_map().unwrap().clone();
        let given = Given::new(members);
        let change = InputChange { op, path: path.parse().ok()?, value: from_json_str(value).unwrap() };
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
