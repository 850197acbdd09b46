//! `$util.error`, `$util.appendError`, `$util.unauthorized`, `$util.validate` (APPSYNC-VTL 1.4, 4.2 to 4.5).

use super::{Env, Function, Overload, Status, ThrownError, Type, UtilError, overload, void};
use crate::code::Code;
use crate::value::{Map, Value};

use Type::{Any, Boolean, String};

pub(super) static FUNCTIONS: &[Function] = &[
    Function {
        namespace: "util",
        name: "error",
        overloads: &error_forms(raise),
        summary: "Ends the template with an error for the client. data is filtered by the selection set, errorInfo is not.",
        example: r#"$util.error("Order 17 is closed", "OrderClosed") -> throws"#,
        status: Status::Documented,
        source: "1.4",
    },
    Function {
        namespace: "util",
        name: "appendError",
        overloads: &error_forms(append),
        summary: "Adds an error to the response and goes on.",
        example: r#"$util.appendError("stale", "Warning") -> "#,
        status: Status::Documented,
        source: "1.4",
    },
    Function {
        namespace: "util",
        name: "unauthorized",
        overloads: &[overload("() -> void", &[], unauthorized)],
        summary: "Ends the template: the caller is not authorized for the field that is resolved.",
        example: "$util.unauthorized() -> throws",
        status: Status::Documented,
        source: "1.4",
    },
    Function {
        namespace: "util",
        name: "validate",
        overloads: &[
            overload("(Boolean, String) -> void", &[Boolean, String], validate),
            overload("(Boolean, String, String) -> void", &[Boolean, String, String], validate),
            overload("(Boolean, String, String, Object) -> void", &[Boolean, String, String, Any], validate),
        ],
        summary: "Ends the template with an error unless the condition is true; its type is CustomTemplateException by default.",
        example: r#"$util.validate(true, "must be true") -> "#,
        status: Status::Documented,
        source: "1.4",
    },
];

const fn error_forms(call: super::Call) -> [Overload; 4] {
    [
        overload("(String) -> void", &[String], call),
        overload("(String, String) -> void", &[String, String], call),
        overload("(String, String, Object) -> void", &[String, String, Any], call),
        overload("(String, String, Object, Object) -> void", &[String, String, Any, Any], call),
    ]
}

fn error(env: &mut Env, args: &[Value]) -> ThrownError {
    let arg = |at| args.get(at).cloned().unwrap_or_default();
    if args.len() == 1 {
        env.note(Code::U9, "the errorType of a one-argument $util.error or $util.appendError is assumed to be null");
    }
    let data = filtered(env, arg(2));
    ThrownError { message: arg(0), error_type: arg(1), data, error_info: arg(3) }
}

/// `data` with only the fields that the client selected; whole, with a note, when the selection is not known.
fn filtered(env: &mut Env, data: Value) -> Value {
    let Value::Map(map) = &data else { return data };
    match &env.selection {
        Some(fields) => map
            .snapshot()
            .into_iter()
            .filter(|(key, _)| fields.iter().any(|field| key.as_str() == Some(field)))
            .collect::<Map>()
            .into(),
        None => {
            env.note(
                Code::DataNotFiltered,
                "AppSync filters `data` by the selection set, which was not given: it is shown whole",
            );
            data
        }
    }
}

fn raise(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    Err(UtilError::Thrown(Box::new(error(env, args))))
}

fn append(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    let error = error(env, args);
    env.append(error);
    Ok(void())
}

fn unauthorized(env: &mut Env, _: &[Value]) -> Result<Value, UtilError> {
    let message = match (env.field_name.as_str(), env.parent_type.as_str()) {
        ("", _) | (_, "") => "Unauthorized".to_owned(),
        (field, parent) => format!("Not Authorized to access {field} on type {parent}"),
    };
    Err(UtilError::Thrown(Box::new(ThrownError::new(message.as_str(), "Unauthorized"))))
}

fn validate(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    if matches!(args[0], Value::Boolean(true)) {
        return Ok(void());
    }
    if args[0].is_null() {
        super::unverified(env, "$util.validate was given null for its condition: it is taken as false");
    }
    let mut error = error(env, &[args[1].clone(), Value::Null, args.get(3).cloned().unwrap_or_default()]);
    error.error_type = match args.get(2) {
        Some(given) => given.clone(),
        None => {
            env.note(
                Code::U9,
                "the errorType of a two-argument $util.validate is assumed to be CustomTemplateException",
            );
            "CustomTemplateException".into()
        }
    };
    Err(UtilError::Thrown(Box::new(error)))
}
