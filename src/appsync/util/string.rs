//! `$util.str` (APPSYNC-VTL 1.13).

use super::{Env, Function, JavaError, MAX_STRING, Overload, Status, Type, UtilError, overload, string_too_long, text};
use crate::value::{Value, ledger};
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
    super::made(text(args, 0).to_uppercase())
}

fn lower(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    given(args)?;
    super::made(text(args, 0).to_lowercase())
}

fn replace(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    given(args)?;
    let (plain, find, with) = (text(args, 0), text(args, 1), text(args, 2));
    let places = plain.matches(find).count();
    if places.saturating_mul(with.len()).saturating_add(plain.len()) > MAX_STRING {
        return Err(string_too_long().into());
    }
    if places > 1 {
        super::unverified(
            env,
            "$util.str.toReplace is taken to replace every occurrence: the documentation does not say",
        );
    }
    super::made(plain.replace(find, with))
}

fn normalize(_: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    given(args)?;
    let plain = text(args, 0);
    // A letter may become eleven times as long.
    ledger::bytes(plain.len().saturating_mul(11));
    ledger::check()?;
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
    super::made(normal)
}
