//! `$util.qr`, `$util.quiet` (APPSYNC-VTL 1.8).

use super::{Env, Function, Overload, Status, Type, UtilError, overload, void};
use crate::value::Value;

pub(super) static FUNCTIONS: &[Function] = &[quiet("qr"), quiet("quiet")];

const FORM: [Overload; 1] = [overload("(Object) -> void", &[Type::Any], run)];

const fn quiet(name: &'static str) -> Function {
    Function {
        namespace: "util",
        name,
        overloads: &FORM,
        summary: "Evaluates its argument and prints nothing.",
        example: r#"$util.qr($map.put("k", 1)) -> "#,
        status: Status::Documented,
        source: "1.8",
    }
}

fn run(_: &mut Env, _: &[Value]) -> Result<Value, UtilError> {
    Ok(void())
}
