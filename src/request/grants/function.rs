//! A Lambda function's own policy, which says who may invoke it and grants the caller of an API nothing
//! (<https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>).

use serde_json::Value as Json;

/// Whether a document, or the answer of `get-policy` with one in it, is of that kind: each statement names a principal, and is about
/// Lambda alone.
pub fn is_of_function(policy: &Json) -> bool {
    let text = policy.get("Policy").unwrap_or(policy);
    let document = match text {
        Json::String(text) => crate::json::read(text).unwrap_or_default(),
        other => other.clone(),
    };
    let many = match document.get("Statement") {
        Some(Json::Array(many)) => many.clone(),
        Some(one) => vec![one.clone()],
        None => return false,
    };
    !many.is_empty() && many.iter().all(is_about_lambda)
}

fn is_about_lambda(statement: &Json) -> bool {
    let actions = match statement.get("Action") {
        Some(Json::Array(many)) => many.iter().filter_map(Json::as_str).collect(),
        Some(Json::String(one)) => vec![one.as_str()],
        _ => Vec::new(),
    };
    statement.get("Principal").is_some() && !actions.is_empty() && actions.iter().all(|action| action.to_lowercase().starts_with("lambda:"))
}
