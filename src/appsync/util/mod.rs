//! `$util` and `$extensions`: one file per namespace, one table for all of them.
//!
//! The table feeds dispatch, the "did you mean", the reference and its tests. A function's overload is chosen by the
//! types of the arguments without coercion, as Java reflection in Velocity does (APPSYNC-VTL 1): no fitting overload
//! means null and a note, never a silent conversion.

use super::{Env, ThrownError};
use crate::code::Code;
use crate::message::{Message, Part};
use crate::nearest;
use crate::value::method::{MAX_STRING, string_too_long};
use crate::value::{JavaError, Number, Value, ledger};

/// The Java type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `Object`
    Any,
    /// `String`
    String,
    /// `Boolean`
    Boolean,
    /// The primitive `boolean`: no null
    Bool,
    /// `Number`
    Number,
    /// `Integer`
    Integer,
    /// The primitive `long`, which an `Integer` widens to: no null
    Long,
    /// `java.util.List`
    List,
    /// `java.util.Map`
    Map,
    /// `byte[]`, as `getBytes` gives it
    Bytes,
    /// A `String` in the documentation; Amplify's templates pass lists and maps too (APPSYNC-VTL 1.5, U7)
    TextOrContainer,
}

impl Type {
    /// Whether Java would pass this value for a parameter of this type.
    pub fn accepts(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Bytes, Value::List(list)) => list.class_name() == "[B",
            (Self::Bytes, _) | (Self::Bool | Self::Long, Value::Null) => false,
            (Self::Any, _) | (_, Value::Null) => true,
            (Self::String, Value::String(_)) => true,
            (Self::Boolean | Self::Bool, Value::Boolean(_)) => true,
            (Self::Number, Value::Number(_)) => true,
            (Self::Integer, Value::Number(Number::Integer(_))) => true,
            (Self::Long, Value::Number(Number::Integer(_) | Number::Long(_))) => true,
            (Self::List, Value::List(list)) => !list.is_array(),
            (Self::Map, Value::Map(_)) => true,
            (Self::TextOrContainer, Value::String(_) | Value::List(_) | Value::Map(_) | Value::View(_)) => true,
            _ => false,
        }
    }
}

/// Why a `$util` function did not return.
#[derive(Clone, Debug)]
pub enum UtilError {
    /// An error for the client: `$util.error`, `$util.unauthorized`, a failed `$util.validate`.
    Thrown(Box<ThrownError>),
    /// The function failed as Java code would.
    Java(JavaError),
}

impl From<JavaError> for UtilError {
    fn from(error: JavaError) -> Self {
        Self::Java(error)
    }
}

/// The code of one overload: the arguments already have the declared types.
pub type Call = fn(&mut Env, &[Value]) -> Result<Value, UtilError>;

/// One overload.
#[derive(Clone, Copy, Debug)]
pub struct Overload {
    /// The parameters.
    pub params: &'static [Type],
    /// Whether the last parameter may be repeated (also zero times).
    pub variadic: bool,
    /// As documentation writes it: `(String, Object) -> String`.
    pub signature: &'static str,
    /// The code.
    pub call: Call,
}

/// An overload with a fixed number of parameters.
pub const fn overload(signature: &'static str, params: &'static [Type], call: Call) -> Overload {
    Overload { params, variadic: false, signature, call }
}

/// How well a behaviour is known (APPSYNC-VTL 0.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// In the AWS documentation.
    Documented,
    /// Seen in AWS's own templates or outputs.
    Observed,
    /// Our choice: AWS's implementation is not public.
    Inferred,
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Documented => "Documented",
            Self::Observed => "Observed",
            Self::Inferred => "Inferred",
        })
    }
}

/// One function of `$util` or `$extensions`.
#[derive(Debug)]
pub struct Function {
    /// Its place: `util`, `util.time`, `extensions` …
    pub namespace: &'static str,
    /// Its name, such as `nowISO8601`.
    pub name: &'static str,
    /// Its overloads.
    pub overloads: &'static [Overload],
    /// Behaviour in a sentence or two.
    pub summary: &'static str,
    /// An expression and its result, `$util.isNull("") -> false`.
    pub example: &'static str,
    /// How well it is known.
    pub status: Status,
    /// The section of APPSYNC-VTL that it follows.
    pub source: &'static str,
}

impl Function {
    /// Whether it is called for its effect: it prints nothing, and its value is nobody's business.
    pub fn is_void(&self) -> bool {
        self.namespace == "extensions" || self.overloads.iter().all(|form| form.signature.ends_with("-> void"))
    }

    /// Whether it gives a text that is JSON, as the twins of `$util.dynamodb`'s helpers do.
    pub fn gives_text_of_json(&self) -> bool {
        self.name.ends_with("Json") && !self.name.starts_with("parse")
    }

    /// The overload that Java would choose: the first that fits, the table being ordered most specific first.
    pub fn overload(&self, args: &[Value]) -> Option<&Overload> {
        self.overloads.iter().find(|overload| {
            let fixed = overload.params.len() - usize::from(overload.variadic);
            let arity = if overload.variadic { args.len() >= fixed } else { args.len() == fixed };
            arity
                && args
                    .iter()
                    .enumerate()
                    .all(|(at, arg)| overload.params[at.min(overload.params.len() - 1)].accepts(arg))
        })
    }
}

pub mod auth_rules;
mod dynamodb;
mod encoding;
mod errors;
pub mod extensions;
mod http;
mod ids;
mod json;
mod list;
mod log;
mod map;
mod math;
mod nulls;
mod quiet;
mod rds;
mod string;
mod time;
mod time_format;
mod transform;
mod types;
mod xml;

pub use auth_rules::{AuthRulesCall, RuleOutcome};
use std::sync::LazyLock;

static TABLES: [&[Function]; 20] = [
    json::FUNCTIONS,
    encoding::FUNCTIONS,
    ids::FUNCTIONS,
    errors::FUNCTIONS,
    nulls::FUNCTIONS,
    types::FUNCTIONS,
    quiet::FUNCTIONS,
    log::FUNCTIONS,
    list::FUNCTIONS,
    map::FUNCTIONS,
    math::FUNCTIONS,
    string::FUNCTIONS,
    dynamodb::FUNCTIONS,
    time::FUNCTIONS,
    rds::FUNCTIONS,
    http::FUNCTIONS,
    xml::FUNCTIONS,
    transform::FUNCTIONS,
    auth_rules::FUNCTIONS,
    extensions::FUNCTIONS,
];

static BY_NAME: LazyLock<rustc_hash::FxHashMap<(&str, &str), &'static Function>> =
    LazyLock::new(|| all().map(|function| ((function.namespace, function.name), function)).collect());

static NAMESPACES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut names: Vec<_> = all().map(|function| function.namespace).collect();
    names.dedup();
    names
});

/// Every function, namespace by namespace.
pub fn all() -> impl Iterator<Item = &'static Function> {
    TABLES.iter().flat_map(|table| table.iter())
}

/// The function of this name in this namespace (`util`, `util.time`, `extensions` …).
pub fn find(namespace: &str, name: &str) -> Option<&'static Function> {
    BY_NAME.get(&(namespace, name)).copied()
}

/// Every namespace that has a function.
pub fn namespaces() -> &'static [&'static str] {
    &NAMESPACES
}

/// "Did you mean": a function whose name is the same in another namespace, or nearly the same.
pub fn nearest(namespace: &str, name: &str) -> Option<String> {
    let same = all().find(|function| function.name.eq_ignore_ascii_case(name));
    let near = || {
        let names: Vec<&str> =
            all().filter(|function| function.namespace == namespace).map(|function| function.name).collect();
        // `copyAndRetain` is the beginning of `copyAndRetainAll`, and of nothing else.
        let begins: Vec<&str> = names.iter().copied().filter(|known| name.len() > 5 && known.starts_with(name)).collect();
        let begun = if let [only] = begins.as_slice() { Some(*only) } else { None };
        nearest::nearest(name, names.iter().copied()).or(begun).map(|near| format!("{namespace}.{near}"))
    };
    same.map(|function| format!("{}.{}", function.namespace, function.name)).or_else(near)
}

/// What a `void` function gives: Velocity renders it as nothing.
fn void() -> Value {
    Value::string("")
}

/// A text that a function made; one of [`MAX_STRING`] bytes is the longest.
fn made(text: String) -> Result<Value, UtilError> {
    if text.len() > MAX_STRING {
        return Err(string_too_long().into());
    }
    ledger::copied(text.len());
    Ok(Value::string(text))
}

/// Raises the note of a point that no source settles and that has no number in the register (APPSYNC-VTL 0.1).
fn unverified(env: &mut Env, message: impl Into<Message>) {
    env.note(Code::Unverified, message);
}

/// Null in, null out: our choice where the documentation is silent.
fn null_for_null(env: &mut Env, name: &str) -> Value {
    unverified(
        env,
        Message::of(
            "{} was given null: what AppSync then gives is not documented, null is assumed",
            [Part::Code(format!("${name}"))],
        ),
    );
    Value::Null
}

/// The text of an argument that the table declares a `String`; null is the empty text.
fn text(args: &[Value], at: usize) -> &str {
    args.get(at).and_then(Value::as_str).unwrap_or("")
}
