//! `$extensions` (APPSYNC-VTL 1.19): side effects, recorded in order and shown in the report; all render as nothing.

use super::{Env, Function, Overload, Status, Type, UtilError, overload, void};
use crate::appsync::ExtensionCall;
use crate::value::Value;

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

fn record(env: &mut Env, name: &'static str, args: &[Value]) -> Result<Value, UtilError> {
    env.extensions.push(ExtensionCall { name, args: args.iter().map(|arg| arg.deep_copy(&mut 10_000)).collect() });
    Ok(void())
}

fn evict(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    record(env, "evictFromApiCache", args)
}

fn filter(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    record(env, "setSubscriptionFilter", args)
}

fn invalidation_filter(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    record(env, "setSubscriptionInvalidationFilter", args)
}

fn invalidate(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    record(env, "invalidateSubscriptions", args)
}
