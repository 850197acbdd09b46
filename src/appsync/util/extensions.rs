//! `$extensions` (APPSYNC-VTL 1.19): side effects, recorded in order and shown in the report; all render as nothing.

use crate::value::method::Method;
use crate::message::{Message, Part, quoted};
use super::{Env, Function, JavaError, Overload, Status, Type, UtilError, overload, void};
use crate::appsync::ExtensionCall;
use crate::code::Code;
use crate::value::{Value, from_json_str};
use std::collections::BTreeSet;

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "evictFromApiCache",
        &[overload("(String, String, Object) -> Object", &[Type::String, Type::String, Type::Any], evict)],
        "In a mutation: takes one entry out of the API cache. What it returns on AppSync is not verified.",
    ),
    function(
        "setSubscriptionFilter",
        &[overload("(Map) -> void", &[Type::Any], filter)],
        "In a subscription's response template: only events that match the filter are delivered.",
    ),
    function(
        "setSubscriptionInvalidationFilter",
        &[overload("(Map) -> void", &[Type::Any], invalidation_filter)],
        "In a subscription's response template: events that match end the subscription.",
    ),
    function(
        "invalidateSubscriptions",
        &[overload("(Map) -> void", &[Type::Any], invalidate)],
        "In a mutation's response template: ends the subscriptions whose invalidation filter matches.",
    ),
];

const fn function(name: &'static str, overloads: &'static [Overload], summary: &'static str) -> Function {
    let example = "$extensions.setSubscriptionFilter($filter) ->";
    Function { namespace: "extensions", name, overloads, summary, example, status: Status::Documented, source: "1.19" }
}

/// Calls that one evaluation may record.
const MOST_RECORDED: usize = 1_000;
/// Values of `in` and `notIn`.
const MOST_IN: usize = 5;
/// Values of `containsAny`.
const MOST_ANY: usize = 20;
/// Unique fields of one `filters`.
pub const MOST_FIELDS: usize = 5;
/// Filters of one group, and groups of a filter; each value of `in` counts.
pub const MOST_FILTERS: usize = 10;
/// Letters of a text in a filter.
pub const LONGEST: usize = 256;
/// Levels of a nested field.
const DEEPEST: usize = 5;
/// Calls of `invalidateSubscriptions` in a request.
const MOST_INVALIDATIONS: usize = 5;
/// The operators of a filter.
pub const OPERATORS: [&str; 13] = [
    "eq",
    "ne",
    "le",
    "lt",
    "ge",
    "gt",
    "contains",
    "notContains",
    "beginsWith",
    "in",
    "notIn",
    "between",
    "containsAny",
];

/// Records a call. What AppSync refuses is recorded all the same, and said.
fn record(env: &mut Env, function: Method, args: &[Value], refused: Vec<String>) -> Result<Value, UtilError> {
    for reason in &refused {
        let call = Part::Code(format!("$extensions.{}", function.name()));
        env.note(Code::ExtensionLimit, Message::of("{}: {}: AppSync refuses it", [call, Part::Text(reason.clone())]));
    }
    if env.extensions.len() >= MOST_RECORDED {
        let message = format!("limit `extensions` of {MOST_RECORDED} calls reached");
        return Err(JavaError::new("java.lang.OutOfMemoryError", message).into());
    }
    let args = args.iter().map(Value::whole_copy).collect::<Result<Vec<_>, _>>()?;
    // A report writes out each of them, also what they share.
    let refusals: usize = refused.iter().map(String::len).sum();
    env.keep_written(2 * size_of::<ExtensionCall>() + size_of_val(&*args) + refusals, &args);
    env.extensions.push(ExtensionCall { function, args, refused });
    Ok(void())
}

/// Each of these calls is for one kind of field only.
fn only_in(env: &Env, parent: &str) -> Vec<String> {
    let own = env.parent_type.as_str();
    if matches!(own, "Query" | "Mutation" | "Subscription") && own != parent {
        return vec![format!("it works in fields of {parent} only, this one is of {own}")];
    }
    Vec::new()
}

fn evict(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let refused = only_in(env, "Mutation");
    record(env, Method::EvictFromApiCache, args, refused)
}

fn filter(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let mut refused = only_in(env, "Subscription");
    refused.extend(limits(&args[0]));
    record(env, Method::SetSubscriptionFilter, args, refused)
}

fn invalidation_filter(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let mut refused = only_in(env, "Subscription");
    refused.extend(limits(&args[0]));
    record(env, Method::SetSubscriptionInvalidationFilter, args, refused)
}

fn invalidate(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let mut refused = only_in(env, "Mutation");
    let mut known: Vec<&Value> = vec![&args[0]];
    let calls = env.extensions.iter().filter(|call| call.function == Method::InvalidateSubscriptions);
    for one in calls.filter_map(|call| call.args.first()) {
        if !known.iter().any(|other| other.java_equals(one)) {
            known.push(one);
        }
        // More are too many however many there are: the others need not be written out.
        if known.len() > MOST_INVALIDATIONS {
            refused.push(format!("more than {MOST_INVALIDATIONS} different calls in a request"));
            break;
        }
    }
    record(env, Method::InvalidateSubscriptions, args, refused)
}

/// Which limits a filter breaks: `{"filterGroup": [{"filters": [{"fieldName", "operator", "value"}]}]}`, as a map or as JSON.
fn limits(filter: &Value) -> Vec<String> {
    let member = |value: &Value, name: &str| value.as_map().and_then(|map| map.get_str(name)).unwrap_or_default();
    let parsed = filter.as_str().and_then(|text| from_json_str(text).ok());
    let (mut found, mut all) = (Vec::new(), 0);
    let mut say = |reason: String| {
        if !found.contains(&reason) {
            found.push(reason);
        }
    };
    for group in member(parsed.as_ref().unwrap_or(filter), "filterGroup").members().unwrap_or_default() {
        let (mut fields, mut count, mut listed) = (BTreeSet::new(), 0, 0);
        for one in member(&group, "filters").members().unwrap_or_default() {
            let (field, operator, value) = (member(&one, "fieldName"), member(&one, "operator"), member(&one, "value"));
            let (field, operator) = (field.as_str().unwrap_or_default(), operator.as_str().unwrap_or_default());
            let values = value.members().unwrap_or_else(|| vec![value.clone()]);
            let most = match operator {
                "in" | "notIn" => MOST_IN,
                "containsAny" => MOST_ANY,
                _ => usize::MAX,
            };
            if values.len() > most {
                say(format!("`{operator}` takes {most} values at most, {field} has {}", values.len()));
            }
            if !OPERATORS.contains(&operator) {
                say(format!("{operator} is not an operator (they are case-sensitive: {})", OPERATORS.join(" "), operator = quoted(&operator)));
            }
            if field.split('.').count() > DEEPEST {
                say(format!("{field} is nested deeper than {DEEPEST} levels"));
            }
            if values.iter().any(|value| value.as_str().is_some_and(|text| text.chars().count() > LONGEST)) {
                say(format!("a text of {field} is longer than {LONGEST} letters"));
            }
            count += if operator == "in" { values.len() } else { 1 };
            listed += if operator == "in" { values.len() } else { 0 };
            fields.insert(field.to_owned());
        }
        if fields.len() > MOST_FIELDS {
            say(format!("{} different fields in one `filters`, {MOST_FIELDS} are allowed", fields.len()));
        }
        if count > MOST_FILTERS {
            say(format!("{count} filters in one group (each value of `in` counts), {MOST_FILTERS} are allowed"));
        }
        all += listed.max(1);
    }
    if all > MOST_FILTERS {
        say(format!("{all} `filters` in `filterGroup` (an `in` counts as many as it has values), {MOST_FILTERS} are allowed"));
    }
    found
}
