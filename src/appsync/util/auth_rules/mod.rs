//! `$util.authRules`: what decides in Amplify's templates for SQL models (APPSYNC-VTL 1.20, AMPLIFY-AUTH 2).
//!
//! AppSync's own code is not public. The rule objects are judged as Amplify's DynamoDB templates spell the same rules out
//! in VTL (AMPLIFY-AUTH 4). What is not understood grants nothing and says so. Every call is kept in
//! [`Env::auth_rules`], rule by rule.

mod caller;
mod evaluate;
mod groups;
mod iam;
mod judge;
mod outcome;
mod owner;
mod rule;
mod subject;

pub use caller::Caller;
pub use evaluate::{AuthRequest, evaluate};
pub use outcome::{AuthRulesCall, RuleOutcome};

use super::{Env, Function, Overload, Status, Type, UtilError, overload};
use crate::code::Code;
use crate::value::Value;

use Type::Any;

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "queryAuth",
        &[overload("(List) -> Map", &[Any], query)],
        "Judges the rules before a query: {authorized}, with authFilter where only some records may be seen.",
        r#"$util.authRules.queryAuth([{"type":"private","provider":"userPools"}]) -> {authorized=true}"#,
    ),
    function(
        "mutationAuth",
        &[
            overload("(List, String, Map) -> Map", &[Any; 3], mutation),
            overload("(List, String, Map, Map) -> Map", &[Any; 4], mutation),
        ],
        "Judges the rules for create, update or delete with this input and this stored record: {authorized}, with authorizedInput if it is true.",
        r#"$util.authRules.mutationAuth([{"type":"private","provider":"userPools"}], "create", {"id":1}, null) -> {authorized=true, authorizedInput={id=1}}"#,
    ),
    function(
        "subscriptionAuth",
        &[overload("(List) -> Map", &[Any], subscription)],
        "Judges the rules before a subscription: {authorized}, with authFilter where only some events may be seen.",
        r#"$util.authRules.subscriptionAuth([{"type":"private","provider":"userPools"}]) -> {authorized=true}"#,
    ),
    function(
        "validateUsingSource",
        &[overload("(List, Map) -> Boolean", &[Any; 2], source)],
        "Whether a rule grants access to this record.",
        r#"$util.authRules.validateUsingSource([{"type":"private","provider":"userPools"}], null) -> true"#,
    ),
];

const fn function(
    name: &'static str,
    overloads: &'static [Overload],
    summary: &'static str,
    example: &'static str,
) -> Function {
    Function {
        namespace: "util.authRules",
        name,
        overloads,
        summary,
        example,
        status: Status::Inferred,
        source: "1.20",
    }
}

/// When so many rules were judged, further calls are judged and not kept: a loop must not fill the memory with their reasons.
const MOST_KEPT: usize = 10_000;

fn call(env: &mut Env, rules: &Value, request: AuthRequest<'_>) -> Result<Value, UtilError> {
    let call = evaluate(&Caller::of(env), rules, request);
    if env.auth_type.is_none() {
        env.note(Code::U18, "$util.authRules needs the caller's mode and none is known: pass --auth-type or --claims");
    }
    // The template may change what it is given; the record stays as it was.
    let given = outcome::kept(&call.result);
    if env.auth_rules.iter().map(|call| call.rules.len() + 1).sum::<usize>() < MOST_KEPT {
        env.auth_rules.push(call);
    }
    Ok(given)
}

fn query(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    call(env, &args[0], AuthRequest::Query)
}

fn subscription(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    call(env, &args[0], AuthRequest::Subscription)
}

fn mutation(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let record = args.get(3).unwrap_or(&Value::Null);
    let path = place(env, record);
    call(env, &args[0], AuthRequest::Mutation { operation: &args[1], input: &args[2], record, path })
}

fn source(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let path = place(env, &args[1]);
    call(env, &args[0], AuthRequest::Record { record: &args[1], path })
}

/// Where a record stands in the context. What stands nowhere is called by what the field has.
fn place(env: &Env, record: &Value) -> &'static str {
    let same = |other: &Value| matches!((record, other), (Value::Map(one), Value::Map(two)) if one.same(two));
    if same(&env.source) || record.is_null() && env.source.is_null() && !is_root(&env.parent_type) {
        "source"
    } else {
        "result"
    }
}

/// Whether fields of this type have no source; an unknown type is taken for one.
fn is_root(parent_type: &str) -> bool {
    matches!(parent_type, "" | "Query" | "Mutation" | "Subscription")
}
