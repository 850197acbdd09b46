//! One logged template, evaluated again with the local one.

use super::cause::LoggedCause;
use super::compare::{EntryComparison, compare};
use super::logged_json::{LoggedJson, as_tree};
use crate::appsync::{AuthType, Context, Env, Given};
use crate::code::Code;
use crate::eval::{End, Outcome, evaluate};
use crate::explain::rules::Rules;
use crate::explain::why::Why;
use crate::explain::{Depth, Explanation, Question, Subject, explain};
use crate::message::{Message, Part};
use crate::resolver::{ResolverFunction, ResolverKind, Resolver, Resolvers, Template};
use crate::rules::Ties;
use crate::syntax::visit::{Visit, walk_reference};
use crate::syntax::{Expression, ExpressionKind, Program, Reference, Step, StepKind};
use crate::trace::Verdict;
use crate::value::method::Method;
use crate::value::{Map, Value};
use serde::Serialize;
use serde_json::{Map as JsonMap, Value as Json};
use std::sync::Arc;

crate::message::sentence_error! {
    /// Why an entry cannot be evaluated again.
    EntryError
}

/// What the second local run is evaluated with, so that generated values differ from the first.
const OTHER_SEED: u64 = 0x5eed;
const OTHER_DAY: i64 = 86_400_000 + 3_661_001;

/// The clock of a run, and the seed of its ids and random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// In milliseconds since 1970, if it is known.
    pub now: Option<i64>,
    /// The seed.
    pub seed: u64,
}

/// The local templates, and the rules that they were made from.
#[derive(Clone, Copy, Debug)]
pub struct LocalTemplates<'l> {
    /// The templates.
    pub resolvers: &'l Resolvers,
    /// The rules, where the model schema is known.
    pub rules: Option<&'l Arc<Ties>>,
}

/// Who made a request, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct LoggedCaller {
    /// `$ctx.identity`; `Some(Null)` is an API key, `None` is not known.
    pub identity: Option<Json>,
    /// `$ctx.request.headers`
    pub headers: Option<JsonMap<String, Json>>,
}

/// A mapping entry of a request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogEntry {
    /// `Type.field`
    pub field: String,
    /// The place in the answer, such as `listNotes.0.owner`.
    pub path: String,
    /// AppSync's word, such as `ResponseMapping`.
    pub log_type: String,
    /// The pipeline function, if there is one.
    pub function: Option<String>,
    /// The local template that it was evaluated with.
    pub template: Option<String>,
    /// Whether AppSync logged a refusal here.
    pub refused: bool,
    /// The logged errors.
    pub errors: Vec<String>,
    /// What the local template decides; null when it was not evaluated.
    pub local: Option<Verdict>,
    /// The local template against the logged text.
    pub comparison: EntryComparison,
    /// The first hint of a refusal.
    pub cause: Option<LoggedCause>,
    /// In words.
    pub reason: Option<Message>,
    /// What the rules say of a refusal, where the local templates have them.
    pub by_rules: Option<Message>,
    /// What a reader must know to trust the comparison.
    pub notes: Vec<Message>,
    /// Whether it ended with an error of any kind.
    #[serde(skip)]
    pub failed: bool,
    /// `stash.authFilter` in the log.
    #[serde(skip)]
    pub logged_filter: Option<Json>,
    /// `stash.authFilter` after the local template, where that is one that sets it.
    #[serde(skip)]
    pub local_filter: Option<Option<Json>>,
}

/// The errors of an entry as texts: their shape is not documented (docs/compatibility.md).
fn errors(json: Option<&Json>) -> Vec<String> {
    let one = |error: &Json| match error {
        Json::String(text) => text.clone(),
        Json::Object(map) => {
            let text = |name: &str| map.get(name).and_then(Json::as_str);
            match (text("message"), text("errorType")) {
                (Some(message), Some(kind)) => format!("{message}, errorType={kind}"),
                (Some(message), None) => message.to_owned(),
                _ => error.to_string(),
            }
        }
        other => other.to_string(),
    };
    match json {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(list)) => list.iter().map(one).collect(),
        Some(Json::String(text)) if text.is_empty() => Vec::new(),
        Some(Json::Object(map)) if map.is_empty() => Vec::new(),
        Some(other) => vec![one(other)],
    }
}

/// Whether an error is a refusal of the caller: by its type where that is told, else by AppSync's words.
fn is_refusal(error: &str) -> bool {
    if error.contains("Not Authorized to access") {
        return true;
    }
    match error.split_once("errorType=") {
        Some((_, kind)) => {
            let kind: String = kind.chars().take_while(|letter| letter.is_alphanumeric()).collect();
            matches!(kind.as_str(), "Unauthorized" | "UnauthorizedException")
        }
        None => error.contains("Unauthorized"),
    }
}

/// An API's own role was refused by a data source: no matter of the caller.
fn is_data_source_refusal(error: &str) -> bool {
    error.contains("is not authorized to perform") || error.contains("AccessDenied")
}

impl LogEntry {
    /// An entry with what its context tells.
    pub fn of(logged: &LoggedJson) -> Self {
        let filter = logged.given("stash").and_then(|stash| stash.as_map()?.get_str("authFilter"));
        let logged_filter = filter.map(|filter| as_tree(&filter)).filter(|filter| !is_empty(filter));
        Self { logged_filter, ..Self::read(&logged.members) }
    }

    /// Reads an entry, but for its context.
    pub fn read(json: &Json) -> Self {
        let text = |name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default();
        let log_type = if text("logType").is_empty() { text("mappingTemplateType") } else { text("logType") };
        let arn = text("resolverArn").split_once("/types/").map(|(_, rest)| rest.replacen("/fields/", ".", 1));
        let field = arn.filter(|field| field.contains('.'));
        let path = match json.get("path") {
            Some(Json::Array(steps)) => {
                let step = |step: &Json| step.as_str().map_or_else(|| step.to_string(), str::to_owned);
                steps.iter().map(step).collect::<Vec<_>>().join(".")
            }
            // Older logs: `[a, 0, b]`
            Some(Json::String(text)) => text.trim_matches(['[', ']']).split(", ").collect::<Vec<_>>().join("."),
            _ => String::new(),
        };
        let errors = errors(json.get("errors"));
        let flagged = match json.get("fieldInError") {
            Some(Json::Bool(flag)) => *flag,
            Some(Json::Number(number)) => number.as_u64() == Some(1),
            Some(Json::String(text)) => matches!(text.as_str(), "true" | "1"),
            _ => false,
        };
        let function = ["functionName", "functionArn"].iter().find_map(|name| {
            json.get(*name).and_then(Json::as_str).map(|name| name.rsplit('/').next().unwrap_or(name).to_owned())
        });
        let refused = errors.iter().any(|error| is_refusal(error));
        let source = errors.iter().find(|error| !refused && is_data_source_refusal(error));
        Self {
            field: field.unwrap_or_else(|| format!("{}.{}", text("parentType"), text("fieldName"))),
            path,
            log_type: log_type.replace(' ', ""),
            function,
            template: None,
            refused,
            failed: flagged || !errors.is_empty(),
            cause: source.map(|_| Code::DataSourceRefused.into()),
            reason: source.map(|error| {
                let error = Part::Value(error.clone());
                Message::of("the data source refused the API's own role, not the caller: {}", [error])
            }),
            errors,
            by_rules: None,
            local: None,
            comparison: EntryComparison::NotComparable { why: Message::default() },
            notes: Vec::new(),
            logged_filter: None,
            local_filter: None,
        }
    }

    /// Whether it is a pipeline function's.
    pub fn of_function(&self) -> bool {
        self.log_type.contains("Function")
    }

    /// Whether it is a request half.
    pub fn is_request(&self) -> bool {
        self.log_type.starts_with("Request")
    }

    /// Evaluates the local template; `nth` is the function's place among those of the same field.
    pub fn evaluate(
        &mut self,
        logged: &LoggedJson,
        local: Option<LocalTemplates<'_>>,
        caller: &LoggedCaller,
        nth: usize,
        clock: Clock,
    ) {
        if let Err(why) = self.try_evaluate(logged, local, caller, nth, clock) {
            self.comparison = EntryComparison::NotComparable { why: why.to_string().into() };
        }
    }

    fn try_evaluate(
        &mut self,
        logged: &LoggedJson,
        local: Option<LocalTemplates<'_>>,
        caller: &LoggedCaller,
        nth: usize,
        clock: Clock,
    ) -> Result<(), EntryError> {
        let LocalTemplates { resolvers, rules } = local.ok_or("no templates were given (--from)")?;
        if self.log_type.ends_with("Evaluation") {
            return Err(format!("{}: a JavaScript resolver is not evaluated", self.log_type).into());
        }
        if let Some(fault) = logged.members.get("fault").and_then(Json::as_str) {
            return Err(format!("the entry is not valid JSON: {fault}").into());
        }
        let context = logged.context().ok_or("the entry has no context: turn on verbose content")?;
        let resolver =
            resolvers.by_field.get(&self.field).ok_or_else(|| format!("no local resolver for {}", self.field))?;
        let template = self.template(resolver, nth)?;
        self.template = Some(template.name().to_owned());
        if let Some(message) = template.missing() {
            return Err(message.into());
        }
        let program =
            template.program().map_err(|diagnostic| format!("{}: {}", template.name(), diagnostic.message))?;
        let given = Given { field: Some(self.field.clone()), ..self.given(context, template, caller, clock)? };
        let subject = Subject::Template(program);
        let ask = |depth| {
            let question = Question { depth, rules: rules.cloned(), ..Question::default() };
            explain(subject, &given, &question).map_err(|error| error.to_string())
        };
        // What AppSync refused the local template mostly refuses too, and then has to say why: one run tells both.
        let mut done = ask(if self.refused { Depth::Reasons } else { Depth::Verdict })?;
        let first = reasons(&mut done);
        let (outcome, verdict) = (&done.outcome, done.verdict);
        // Only what is thrown ends a field; a variable that a later template looks at does not.
        let thrown = matches!(outcome.end, End::Thrown { .. } | End::Failed(_));
        self.local = Some(if verdict == Verdict::Denied && !thrown { Verdict::Completed } else { verdict });
        if self.local == Some(Verdict::Denied) {
            self.refused_by(if self.refused { first } else { reasons(&mut ask(Depth::Reasons)?) });
        }
        if sets_filter(program) && !thrown {
            self.local_filter = Some(stash_filter(outcome));
        }
        let again = || {
            let (now, seed) = (given.now_millis + OTHER_DAY, OTHER_SEED);
            let other = Given { now_millis: now, seed, ..given.clone() };
            let run = |(context, env): (Context, Env)| evaluate(program, context, &env, &mut ());
            other.context().map_or_else(|_| String::new(), |given| rendered(&run(given)))
        };
        self.comparison = compared(logged, outcome, again);
        self.doubt_difference(program, clock);
        Ok(())
    }

    /// Why the local template refuses.
    fn refused_by(&mut self, (rules, why): (Option<Rules>, Option<Why>)) {
        self.by_rules = rules.and_then(|rules| rules.saying.is_some().then(|| rules.sentence.clone()));
        let hint = why.unwrap_or_default().hints.into_iter().next();
        if let Some(hint) = hint {
            (self.cause, self.reason) = (Some(hint.code.into()), Some(hint.message));
        }
    }

    /// What else than another template may make the texts differ.
    fn doubt_difference(&mut self, program: &Program, clock: Clock) {
        if !matches!(self.comparison, EntryComparison::Different { .. }) {
            return;
        }
        let references = program.references();
        if references.iter().any(|reference| reference.passes("stash") && reference.ends_in(Method::Put)) {
            self.notes.push(
                "the template writes to the stash: whether AppSync logs the stash before or after it is not documented"
                    .into(),
            );
        }
        let of_time = |reference: &&Reference| reference.function.is_some_and(|one| one.namespace == "util.time");
        if clock.now.is_none() && references.iter().any(of_time) {
            self.notes.push("the template reads the clock, and the entry has no time".into());
        }
    }

    /// The local template of this half.
    fn template<'r>(&mut self, resolver: &'r Resolver, nth: usize) -> Result<&'r Template, EntryError> {
        let missing = || format!("{} has no local template for {}", resolver.field, self.log_type);
        let unit = resolver.functions.first().filter(|_| resolver.kind == ResolverKind::Unit);
        let found = match self.log_type.as_str() {
            "BeforeMapping" => resolver.before.as_deref(),
            "AfterMapping" => resolver.after.as_deref(),
            _ if self.of_function() => {
                let (function, named) = self.function(resolver, nth).ok_or_else(missing)?;
                let found = if self.is_request() { &function.request } else { &function.response };
                let found = found.as_deref().ok_or_else(missing)?;
                if !named {
                    self.notes.push(Message::of(
                        "taken as {}, the function at this place: the log names it otherwise",
                        [Part::Name(function.name.clone())],
                    ));
                }
                return Ok(found);
            }
            "RequestMapping" => match unit {
                Some(only) => only.request.as_deref(),
                None => resolver.before.as_deref(),
            },
            "ResponseMapping" => match unit {
                Some(only) => only.response.as_deref(),
                None => resolver.after.as_deref(),
            },
            _ => None,
        };
        found.ok_or_else(|| missing().into())
    }

    /// By its name, else by its place: AppSync's names are not always those of the sources.
    fn function<'r>(&self, resolver: &'r Resolver, nth: usize) -> Option<(&'r ResolverFunction, bool)> {
        let name = self.function.as_deref().unwrap_or_default();
        let functions = &resolver.functions;
        let exact = functions.iter().find(|function| function.name == name);
        let alike = || functions.iter().find(|function| function.name.eq_ignore_ascii_case(name));
        exact.or_else(alike).map(|function| (function, true)).or_else(|| Some((functions.get(nth)?, false)))
    }

    fn given(
        &self,
        context: &Map,
        template: &Template,
        caller: &LoggedCaller,
        clock: Clock,
    ) -> Result<Given, EntryError> {
        let members = context.shallow_copy();
        let identity = caller.identity.as_ref();
        // Wherever it stands: what a template reads of the caller in one branch decides which branches it takes.
        let reads_identity = template.program().is_ok_and(|program| reads_caller(program));
        match identity {
            Some(identity) => {
                // The logged one is exact, where a tree rounds long integers.
                if members.get_str("identity").is_none_or(|logged| as_tree(&logged) != *identity) {
                    members.put_str("identity", Value::from(identity));
                }
            }
            None if reads_identity => {
                return Err(
                    "the template reads the caller's identity, which is not known: give --claims or --identities".into()
                );
            }
            None => {
                members.remove(&"identity".into());
            }
        }
        if let Some(headers) = caller.headers.as_ref().filter(|_| !members.contains_str("request")) {
            let request = Map::new();
            request.put_str("headers", Value::from(&Json::Object(headers.clone())));
            members.put_str("request", request);
        }
        if template.program().is_ok_and(|program| sets_filter(program))
            && let Some(stash) = members.get_str("stash").and_then(|stash| stash.as_map().cloned())
        {
            // It may be the template's own, of the run that was logged.
            stash.remove(&"authFilter".into());
        }
        let info = members.get_str("info").and_then(|info| info.as_map().cloned()).unwrap_or_default();
        let (parent, field) = self.field.split_once('.').unwrap_or_default();
        info.put_str("parentTypeName", parent);
        info.put_str("fieldName", field);
        members.put_str("info", info);
        let auth_type = identity.map(Value::from).and_then(|identity| AuthType::guess(&identity));
        Ok(Given { members, auth_type, auth_type_derived: true, now_millis: clock.now.unwrap_or(0), seed: clock.seed, ..Given::default() })
    }
}

/// The text that AppSync would log: none of a template that threw.
fn rendered(outcome: &Outcome) -> String {
    match &outcome.end {
        End::Completed => outcome.output.clone(),
        End::Returned { value, .. } => value.to_json().unwrap_or_default(),
        End::Thrown { .. } | End::Failed(_) => String::new(),
    }
}

/// Whether the local template rendered what was logged.
fn compared(logged: &LoggedJson, outcome: &Outcome, again: impl FnOnce() -> String) -> EntryComparison {
    match (logged.members.get("transformedTemplate").and_then(Json::as_str), &outcome.end) {
        (None, _) => EntryComparison::NotComparable { why: "the entry has no transformedTemplate".into() },
        // A limit, or what is not evaluated here, says nothing of what AppSync would render.
        (_, End::Failed(failure)) => EntryComparison::NotComparable {
            why: Message::of("the local template does not run to its end: {}", [Part::Text(failure.message.clone())]),
        },
        (Some(then), _) => compare(then, &rendered(outcome), again),
    }
}

/// What an explanation says of a decision, taken out of it.
fn reasons(done: &mut Explanation) -> (Option<Rules>, Option<Why>) {
    (done.rules.take(), done.why.take())
}

/// Whether a template puts a filter on the rows into the stash.
fn sets_filter(program: &Program) -> bool {
    let look = || {
        let mut search = FilterSet(false);
        search.program(program);
        search.0
    };
    *program.traits.sets_filter.get_or_init(look)
}

/// Looks for `#set($ctx.stash.authFilter = …)` and `$ctx.stash.put("authFilter", …)`.
struct FilterSet(bool);

impl<'p> Visit<'p> for FilterSet {
    fn target(&mut self, target: &'p Reference) {
        self.0 |= matches!(target.steps.last(), Some(Step { kind: StepKind::Property(name), .. }) if name == "authFilter");
        self.reference(target);
    }

    fn reference(&mut self, reference: &'p Reference) {
        let named = |key: &Expression| matches!(&key.kind, ExpressionKind::String(name) if name == "authFilter");
        self.0 |= matches!(reference.last_call(), Some((Some(Method::Put), [key, _])) if named(key));
        walk_reference(self, reference);
    }
}

/// Whether a template looks at who calls.
fn reads_caller(program: &Program) -> bool {
    let asks = |reference: &Reference| reference.asks_for_caller() || reference.is_whole_context();
    *program.traits.reads_caller.get_or_init(|| program.references().into_iter().any(asks))
}

fn stash_filter(outcome: &Outcome) -> Option<Json> {
    let stash = outcome.context.get_str("stash")?;
    let filter = stash.as_map()?.get_str("authFilter")?.to_json().ok()?;
    serde_json::from_str(&filter).ok().filter(|filter| !is_empty(filter))
}

fn is_empty(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::Array(items) => items.is_empty(),
        Json::Object(map) => map.is_empty(),
        Json::String(text) => text.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_in_every_shape() {
        let refused = |errors: Json| LogEntry::read(&json!({"logType": "RequestMapping", "errors": errors})).refused;
        assert!(refused(json!([
            "CustomTemplateException(message=Not Authorized to access f on type T, errorType=Unauthorized, data=null)"
        ])));
        assert!(refused(json!([{"message": "no", "errorType": "Unauthorized"}])));
        assert!(refused(json!({"message": "no", "errorType": "UnauthorizedException"})));
        assert!(refused(json!("Unauthorized")));
        // Errors that are none of the caller's authorization.
        assert!(!refused(json!([{"message": "Unauthorized colours", "errorType": "Validation"}])));
        assert!(!refused(json!([
            "message=User: arn:aws:sts::1:x is not authorized to perform: dynamodb:GetItem, errorType=DynamoDB:DynamoDbException"
        ])));
        assert!(!refused(json!([])));
        assert!(!refused(Json::Null));
    }

    #[test]
    fn a_refused_data_source_is_named() {
        let entry = LogEntry::read(&json!({"errors": ["User: x is not authorized to perform: dynamodb:GetItem"]}));
        assert_eq!(entry.cause, Some(Code::DataSourceRefused.into()));
    }

    #[test]
    fn fields_and_paths_of_old_and_new_logs() {
        let new = json!({"logType": "RequestMapping", "path": ["a", 0, "b"], "resolverArn": "arn:aws:appsync:r:1:apis/x/types/T/fields/b"});
        let old =
            json!({"mappingTemplateType": "Request Mapping", "path": "[a, 0, b]", "parentType": "T", "fieldName": "b"});
        for entry in [LogEntry::read(&new), LogEntry::read(&old)] {
            assert_eq!(
                (entry.field.as_str(), entry.path.as_str(), entry.log_type.as_str()),
                ("T.b", "a.0.b", "RequestMapping")
            );
        }
    }
}
