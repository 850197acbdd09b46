//! `$util.transform` (APPSYNC-VTL 1.18): GraphQL filters to DynamoDB expressions, OpenSearch queries, subscription filters.

mod expression;
mod opensearch;
mod subscription;

use crate::message::{Message, Part};
use super::{Env, Function, Overload, Status, Type, UtilError, overload};
use crate::code::Code;
use crate::value::{List, Map, Value};

crate::message::sentence_error! {
    /// A filter object that cannot be turned into an expression.
    FilterError
}

/// Filters nested deeper than this are refused.
const DEEPEST: usize = 100;

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "toDynamoDBFilterExpression",
        &[overload("(Map) -> String", &[Type::Map], dynamodb)],
        "A GraphQL filter as a DynamoDB filter expression with its names and values, as JSON text.",
        r##"$util.transform.toDynamoDBFilterExpression({"name":{"contains":"ann"}}) -> {"expression":"(contains(#name,:name_contains))","expressionNames":{"#name":"name"},"expressionValues":{":name_contains":{"S":"ann"}}}"##,
        Status::Documented,
    ),
    function(
        "toDynamoDBConditionExpression",
        &[overload("(Map) -> String", &[Type::Map], dynamodb)],
        "The same for a condition.",
        r##"$util.transform.toDynamoDBConditionExpression({"rev":{"eq":3}}) -> {"expression":"(#rev = :rev_eq)","expressionNames":{"#rev":"rev"},"expressionValues":{":rev_eq":{"N":3}}}"##,
        Status::Observed,
    ),
    function(
        "toElasticsearchQueryDSL",
        &[overload("(Map) -> String", &[Type::Map], query)],
        "A GraphQL filter as an OpenSearch query, as JSON text.",
        r#"$util.transform.toElasticsearchQueryDSL({"name":{"eq":"ann"}}) -> {"term":{"name":"ann"}}"#,
        Status::Documented,
    ),
    function(
        "toSubscriptionFilter",
        &[
            overload("(Map) -> Map", &[Type::Map], subscribe),
            overload("(Map, List) -> Map", &[Type::Map, Type::List], subscribe),
            overload("(Map, List, Map) -> Map", &[Type::Map, Type::List, Type::Map], subscribe),
        ],
        "A GraphQL filter as a subscription filter: groups of which one must match. Fields of the list are left out; of the rules in the third argument one must hold.",
        r#"$util.transform.toSubscriptionFilter({"a":{"eq":1}}) -> {filterGroup=[{filters=[{fieldName=a, operator=eq, value=1}]}]}"#,
        Status::Documented,
    ),
];

const fn function(
    name: &'static str,
    overloads: &'static [Overload],
    summary: &'static str,
    example: &'static str,
    status: Status,
) -> Function {
    Function { namespace: "util.transform", name, overloads, summary, example, status, source: "1.18" }
}

fn dynamodb(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let Value::Map(filter) = &args[0] else { return Ok(Value::Null) };
    match expression::of(filter) {
        Ok((expression, guessed)) => {
            if guessed {
                env.note(
                    Code::U11,
                    "placeholder names of nested filters, of `between` and of `in` on AppSync are not verified",
                );
            }
            super::made(Value::from(expression).to_json()?)
        }
        Err(message) => {
            env.note(
                Code::TransformNull,
                Message::of(
                    "{}: the result is null; whether AppSync throws is not verified",
                    [Part::Text(message.to_string())],
                ),
            );
            Ok(Value::Null)
        }
    }
}

fn query(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let Value::Map(filter) = &args[0] else { return Ok(Value::Null) };
    env.note(
        Code::U12,
        "the documentation's `term` form is used; AWS's simulator gives `match`, AppSync's is not verified",
    );
    match opensearch::of(filter, 0) {
        Some(query) => super::made(query.to_json()?),
        None => {
            env.note(
                Code::TransformNull,
                Message::of(
                    "the filter has an unknown operator, a member of the wrong type, or nests deeper than {} levels: the result is null",
                    [Part::Text(DEEPEST.to_string())],
                ),
            );
            Ok(Value::Null)
        }
    }
}

fn subscribe(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let Value::Map(filter) = &args[0] else { return Ok(Value::Null) };
    let ignored = args.get(1).and_then(Value::members).unwrap_or_default();
    let rules = args.get(2).and_then(Value::as_map).cloned();
    match subscription::of(filter, &ignored, rules.as_ref()) {
        Ok(groups) => Ok(pair("filterGroup", groups)),
        Err(message) => {
            env.note(Code::SubscriptionFilter, message.to_string());
            Ok(Value::Null)
        }
    }
}

/// A map of one member.
fn pair(key: &str, value: impl Into<Value>) -> Value {
    let map = Map::new();
    map.put_str(key, value);
    map.into()
}

fn list(items: Vec<Value>) -> Value {
    List::new(items).into()
}
