//! `$util.str` (APPSYNC-VTL 1.13).

use super::{Env, Function, JavaError, Overload, Status, Type, UtilError, overload, text};
use crate::value::Value;
use unicode_normalization::UnicodeNormalization as _;

use Type::String;

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "toUpper",
        &[overload("(String) -> String", &[String], upper)],
        "Upper case.",
        r#"$util.str.toUpper("aé") -> AÉ"#,
    ),
    function(
        "toLower",
        &[overload("(String) -> String", &[String], lower)],
        "Lower case.",
        r#"$util.str.toLower("AÉ") -> aé"#,
    ),
    function(
        "toReplace",
        &[overload("(String, String, String) -> String", &[String, String, String], replace)],
        "Replaces every occurrence of a text.",
        r#"$util.str.toReplace("a.b.c", ".", "-") -> a-b-c"#,
    ),
    function(
        "normalize",
        &[overload("(String, String) -> String", &[String, String], normalize)],
        "Unicode normalization: nfc, nfd, nfkc or nfkd.",
        r#"$util.str.normalize("e", "nfc") -> e"#,
    ),
];

const fn function(
    name: &'static str,
    overloads: &'static [Overload],
    summary: &'static str,
    example: &'static str,
) -> Function {
    Function { namespace: "util.str", name, overloads, summary, example, status: Status::Documented, source: "1.13" }
}

fn given(args: &[Value]) -> Result<(), UtilError> {
    match args.iter().any(Value::is_null) {
        true => Err(JavaError::new("java.lang.NullPointerException", "a text is null").into()),
        false => Ok(()),
    }
}

fn upper(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    given(args)?;
    Ok(Value::string(text(args, 0).to_uppercase()))
}

fn lower(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    given(args)?;
    Ok(Value::string(text(args, 0).to_lowercase()))
}

fn replace(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    given(args)?;
    Ok(Value::string(text(args, 0).replace(text(args, 1), text(args, 2))))
}

fn normalize(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    given(args)?;
    let plain = text(args, 0);
    let normal: std::string::String = match text(args, 1).to_ascii_lowercase().as_str() {
        "nfc" => plain.nfc().collect(),
        "nfd" => plain.nfd().collect(),
        "nfkc" => plain.nfkc().collect(),
        "nfkd" => plain.nfkd().collect(),
        other => {
            let message = format!("no such form: {other}; nfc, nfd, nfkc or nfkd is wanted");
            return Err(JavaError::new("java.lang.IllegalArgumentException", message).into());
        }
    };
    Ok(Value::string(normal))
}
