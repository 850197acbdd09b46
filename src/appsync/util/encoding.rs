//! Encodings (APPSYNC-VTL 1.2).

use super::{Env, Function, JavaError, Overload, Status, Type, UtilError, overload, text};
use crate::value::Value;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::engine::{DecodePaddingMode, Engine as _};
use std::fmt::Write as _;

use Type::String;

pub(super) static FUNCTIONS: &[Function] = &[
    function(
        "urlEncode",
        &[overload("(String) -> String", &[String], url_encode)],
        "Form encoding, as Java's URLEncoder: a blank becomes +.",
        r#"$util.urlEncode("k=v w") -> k%3Dv+w"#,
    ),
    function(
        "urlDecode",
        &[overload("(String) -> String", &[String], url_decode)],
        "Reverses urlEncode.",
        r#"$util.urlDecode("k%3Dv+w") -> k=v w"#,
    ),
    function(
        "base64Encode",
        &[
            overload("(byte[]) -> String", &[Type::Bytes], base64_encode),
            overload("(String) -> String", &[String], base64_encode),
        ],
        "Base64 of the UTF-8 bytes, padded.",
        r#"$util.base64Encode("ann") -> YW5u"#,
    ),
    function(
        "base64Decode",
        &[overload("(String) -> byte[]", &[String], base64_decode)],
        "The bytes as UTF-8 text.",
        r#"$util.base64Decode("YW5u") -> ann"#,
    ),
    function(
        "escapeJavaScript",
        &[overload("(String) -> String", &[String], escape_javascript)],
        "Backslashes before quotes, slashes and control characters; non-ASCII as \\uXXXX. Note that \\' is not valid JSON.",
        r#"$util.escapeJavaScript("a'b") -> a\'b"#,
    ),
];

const fn function(
    name: &'static str,
    overloads: &'static [Overload],
    summary: &'static str,
    example: &'static str,
) -> Function {
    Function { namespace: "util", name, overloads, summary, example, status: Status::Documented, source: "1.2" }
}

fn of_text(
    env: &mut Env,
    name: &str,
    args: &[Value],
    make: impl Fn(&str) -> Result<std::string::String, UtilError>,
) -> Result<Value, UtilError> {
    if args[0].is_null() {
        return Ok(super::null_for_null(env, &format!("util.{name}")));
    }
    super::made(make(text(args, 0))?)
}

fn url_encode(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    of_text(env, "urlEncode", args, |plain| {
        let mut out = std::string::String::with_capacity(plain.len());
        for byte in plain.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => out.push(byte as char),
                b' ' => out.push('+'),
                byte => {
                    let _ = write!(out, "%{byte:02X}");
                }
            }
        }
        Ok(out)
    })
}

fn url_decode(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    of_text(env, "urlDecode", args, |coded| {
        let (bytes, mut out, mut at) = (coded.as_bytes(), Vec::with_capacity(coded.len()), 0);
        while at < bytes.len() {
            match bytes[at] {
                b'+' => out.push(b' '),
                b'%' => {
                    let code = coded.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
                    let code = code.ok_or_else(|| {
                        let message = "URLDecoder: Illegal hex characters in escape (%) pattern";
                        JavaError::new("java.lang.IllegalArgumentException", message)
                    })?;
                    out.push(code);
                    at += 2;
                }
                byte => out.push(byte),
            }
            at += 1;
        }
        Ok(std::string::String::from_utf8_lossy(&out).into_owned())
    })
}

fn base64_encode(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    if let Value::List(bytes) = &args[0] {
        let byte = |item: &Value| match item {
            Value::Number(number) => number.int_value() as u8,
            _ => 0,
        };
        let bytes: Vec<u8> = bytes.snapshot().iter().map(byte).collect();
        return Ok(Value::string(STANDARD.encode(bytes)));
    }
    of_text(env, "base64Encode", args, |plain| Ok(STANDARD.encode(plain)))
}

/// Java's basic decoder: padding may be missing, bits that are left over are not looked at.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn base64_decode(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    if args[0].is_null() {
        return Ok(super::null_for_null(env, "util.base64Decode"));
    }
    let bytes = BASE64
        .decode(text(args, 0))
        .map_err(|_| JavaError::new("java.lang.IllegalArgumentException", "Illegal base64 character"))?;
    let words = std::string::String::from_utf8_lossy(&bytes);
    if words.contains('\u{fffd}') {
        super::unverified(
            env,
            "$util.base64Decode gave bytes that are not valid UTF-8: they are shown as the replacement character",
        );
    }
    super::made(words.into_owned())
}

fn escape_javascript(env: &mut Env, args: &[Value]) -> Result<Value, UtilError> {
    if args[0].is_null() {
        return Ok(Value::Null);
    }
    let plain = text(args, 0);
    if plain.contains(|letter: char| letter == '/' || !letter.is_ascii()) {
        super::unverified(
            env,
            "$util.escapeJavaScript is taken to escape slashes and non-ASCII letters: the documentation does not say which letters it escapes",
        );
    }
    let mut out = std::string::String::with_capacity(plain.len());
    for unit in plain.encode_utf16() {
        match char::from_u32(u32::from(unit)) {
            Some(letter @ ('\'' | '"' | '\\' | '/')) => {
                out.push('\\');
                out.push(letter);
            }
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            Some(letter) if (' '..='\u{7f}').contains(&letter) => out.push(letter),
            _ => {
                let _ = write!(out, "\\u{unit:04X}");
            }
        }
    }
    super::made(out)
}
