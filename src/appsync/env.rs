//! Everything a `$util` call may touch: the clock, randomness, the caller's mode, and what templates leave behind.

use crate::value::method::Method;
use super::util::AuthRulesCall;
use super::{AuthType, ThrownError};
use crate::code::Code;
use crate::message::Message;
use crate::value::ledger::Charge;
use crate::value::{List, Map, Value};
use ecow::EcoString;

/// A call of `$extensions`, recorded for the report.
#[derive(Clone, Debug)]
pub struct ExtensionCall {
    /// The function.
    pub function: Method,
    /// The arguments as they were given.
    pub args: Vec<Value>,
    /// Why AppSync refuses it, a clause a limit; nothing when it takes it.
    pub refused: Vec<String>,
}

/// Something a reader must know to trust the result, raised by the runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaisedNote {
    /// A code of docs/compatibility.md such as `U7`, or a name such as `unknown-function`.
    pub code: Code,
    /// One sentence.
    pub message: Message,
}

/// How often what a template hands to the response is in memory while a report is made of it: as a value, as text, with its
/// secrets taken out, escaped.
const WRITTEN: usize = 8;

/// What an error takes, here and in every report of it.
const AN_ERROR: usize = 2 << 10;

/// The surroundings of one evaluation. Time, ids and randomness come from here, so every run can be repeated.
#[derive(Clone, Debug)]
pub struct Env {
    /// The clock, in milliseconds since 1970-01-01T00:00:00Z.
    pub now_millis: i64,
    /// The state of the random generator; advanced by [`Env::random`].
    pub seed: u64,
    /// How the caller was authorized.
    pub auth_type: Option<AuthType>,
    /// Whether the caller was made up, and no token was given.
    pub caller_tried: bool,
    /// The field that is resolved, such as `listTodos`.
    pub field_name: EcoString,
    /// The type that has the field, such as `Query`.
    pub parent_type: EcoString,
    /// Top-level field names of the selection set, if they are known: `$util.error`'s `data` is filtered by them.
    pub selection: Option<Vec<EcoString>>,
    /// `$ctx.info`: its selection set members are not serialised (APPSYNC-VTL 1.1).
    pub info: Option<Map>,
    /// `$ctx.identity`, for `$util.authRules`.
    pub identity: Value,
    /// `$ctx.arguments`, for `$util.authRules`.
    pub arguments: Value,
    /// `$ctx.source`, for `$util.authRules`.
    pub source: Value,
    /// `$ctx.result`, for `$util.authRules`.
    pub result: Value,
    /// `$ctx.stash`, for `$util.authRules`.
    pub stash: Value,
    /// Lines of `$util.log`.
    pub logs: Vec<String>,
    /// Bytes of them.
    pub logged: usize,
    /// Errors of `$util.appendError`.
    pub out_errors: Vec<ThrownError>,
    /// `$ctx.outErrors`: the same errors as a template sees them (U14).
    pub appended: List,
    /// Calls of `$extensions`.
    pub extensions: Vec<ExtensionCall>,
    /// Headers that `$util.http` adds to the response, in order.
    pub response_headers: Vec<(EcoString, Value)>,
    /// Calls of `$util.authRules`, rule by rule; the first 1,000.
    pub auth_rules: Vec<AuthRulesCall>,
    /// What errors and extensions take that are kept here.
    pub kept: Charge,
    /// Notes raised since the evaluator last collected them.
    pub notes: Vec<RaisedNote>,
}

impl Default for Env {
    fn default() -> Self {
        Self {
            now_millis: 0,
            seed: 0,
            auth_type: None,
            caller_tried: false,
            field_name: EcoString::new(),
            parent_type: EcoString::new(),
            selection: None,
            info: None,
            identity: Value::Null,
            arguments: Value::Null,
            source: Value::Null,
            result: Value::Null,
            stash: Value::Null,
            logs: Vec::new(),
            logged: 0,
            out_errors: Vec::new(),
            appended: List::new(Vec::new()),
            extensions: Vec::new(),
            response_headers: Vec::new(),
            auth_rules: Vec::new(),
            kept: Charge::default(),
            notes: Vec::new(),
        }
    }
}

impl Env {
    /// Takes what `$ctx.info` says of the field.
    pub(super) fn of_field(&mut self, info: Map) {
        let text = |name| info.get_str(name).and_then(|value| value.as_str().map(Into::into)).unwrap_or_default();
        self.field_name = text("fieldName");
        self.parent_type = text("parentTypeName");
        if let Some(Value::List(list)) = info.get_str("selectionSetList") {
            let paths = list.snapshot();
            self.selection = Some(paths.iter().filter_map(Value::as_str).map(Into::into).collect());
        }
        self.info = Some(info);
    }

    /// Raises a note.
    pub fn note(&mut self, code: Code, message: impl Into<Message>) {
        self.notes.push(RaisedNote { code, message: message.into() });
    }

    /// Counts what the response writes of these values, and `own` bytes beside it.
    pub(super) fn keep_written<'v>(&mut self, own: usize, values: impl IntoIterator<Item = &'v Value>) {
        let length = values.into_iter().map(Value::text_size).fold(0, usize::saturating_add);
        self.kept.grow(own.saturating_add(length.saturating_mul(WRITTEN)));
    }

    /// Adds an error to the response.
    pub fn append(&mut self, error: ThrownError) {
        // As the response writes it: what errors share in memory is there as often as there are errors.
        self.keep_written(AN_ERROR, [&error.message, &error.error_type, &error.data, &error.error_info]);
        self.appended.push(error.out_entry().into());
        self.out_errors.push(error);
    }

    /// The next number of the seeded generator (SplitMix64).
    pub fn random(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
