//! An answer that came back empty, where the template asked for something and refused nobody: what the data source has, or what a
//! function answered, is not in the material.

use super::Refusal;
use crate::code::{Code, Kind};
use crate::explain::Explanation;
use crate::explain::hint::text::show;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of};
use crate::request::{Member, Observed};
use crate::trace::Verdict;
use crate::value::Value;
use serde_json::Value as Json;

/// What was asked for, and that nobody knows what there is.
pub fn judge(explained: &Explanation, refusal: &Refusal, observed: &Observed) -> Option<Finding> {
    let silent = observed.empty.is_some() && observed.error_type.is_none() && observed.message.is_none();
    let given = [Member::Records, Member::Result].into_iter().any(|member| refusal.request.json(member).is_some_and(|json| !json.is_null()));
    // A hint that names a cause is nearer than what is not known.
    let known = explained.hints().iter().any(|hint| hint.code.entry().kind == Kind::Cause);
    if !silent || given || known || explained.pipeline.is_some() || explained.verdict != Verdict::Completed {
        return None;
    }
    let request: Json = serde_json::from_str(explained.output()).ok()?;
    let http = || {
        let path = request.get("resourcePath").and_then(Json::as_str).unwrap_or("/");
        request.get("method").and_then(Json::as_str).map(|method| format!("{method} {path}"))
    };
    let message = match request.get("operation").and_then(Json::as_str) {
        None => Message::of(
            "No template refused: this one only sends a request to an HTTP service ({}), and what the service answered is not in the material, so whether that answer, or the response template, made the empty one stays unknown. » Give the service's answer (`result`: statusCode and body) with the response template, and look at the service's own log.",
            [Part::Code(http()?)],
        ),
        Some(operation) => match operation {
        "Invoke" | "BatchInvoke" => Message::of(
            "No template refused: this one hands the request to a Lambda function, and what the function answered is not in the material, so whether it, or the response template, made the empty answer stays unknown. » Give the function's answer (`result`) with the response template, and look at its CloudWatch log of this request.",
            [],
        ),
        "GetItem" | "Query" | "Scan" | "BatchGetItem" | "Sync" => Message::of(
            "No template refused: this one asks for {}, and the answer came back empty without an error.{} Which rows the data source has is not in the material, so it stays unknown. » Look for such a row in the data source's own table (its name and region: aws appsync get-data-source), and give it (`records`).",
            [Part::Value(asked(&request)), Part::Text(page(&request))],
        ),
            _ => return None,
        },
    };
    Some(Finding::new(Code::EmptyWithoutError, message).at("observed.empty").actual(observed.empty.as_deref().unwrap_or_default()))
}

/// The key, or the expression with its values.
fn asked(request: &Json) -> String {
    let plain = |value: &Json| value.as_object().and_then(|typed| typed.values().next()).cloned().unwrap_or_else(|| value.clone());
    let each = |values: &Json| {
        let all = values.as_object().into_iter().flatten();
        let all: Vec<String> = all.take(4).map(|(name, value)| format!("{name} {}", show(&Value::from(&plain(value))))).collect();
        all_of(&all)
    };
    if let Some(key) = request.get("key") {
        return format!("the row with the key {}", each(key));
    }
    let conditions = ["query", "filter"].into_iter().filter_map(|name| request.get(name));
    let conditions = conditions.filter_map(|one| {
        let values = one.get("expressionValues").map(each).filter(|values| !values.is_empty());
        let values = values.map_or_else(String::new, |values| format!(" ({values})"));
        Some(format!("`{}`{values}", one.get("expression")?.as_str()?))
    });
    let conditions: Vec<String> = conditions.collect();
    if conditions.is_empty() { "all rows".to_owned() } else { all_of(&conditions) }
}

/// `limit` counts what is read, before the filter.
fn page(request: &Json) -> String {
    match (request.get("limit"), request.get("filter")) {
        (Some(limit), Some(filter)) if !limit.is_null() && !filter.is_null() => {
            format!(" The limit of {limit} counts before the filter, so rows that match may be on a later page (go on with nextToken).")
        }
        _ => String::new(),
    }
}
