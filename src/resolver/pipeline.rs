//! A resolver as AppSync runs it: before template, functions with their halves and data sources, after template
//! (APPSYNC-VTL 3.5, 3.9).

use crate::value::method::Method;
use crate::message::{Message, Part};
use crate::appsync::context::ContextError;
use crate::appsync::{AuthType, Context, Env, Given};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::eval::{End, Note, Outcome, evaluate};
use crate::project::{ResolverFunction, ResolverKind, TemplateOrigin, Resolver, Runtime, PipelineSlot, Template};
use crate::syntax::{NodeId, Program};
use crate::trace::places::KnownPlaces;
use crate::trace::recorder::{Keep, Memory, Recorder};
use crate::trace::{Absent, Conclusion, Decision, Verdict, judge};
use crate::value::{Map, Value, from_rendered};
use super::{key_without_row, row_of_key};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, LazyLock};

/// The version whose data source errors AppSync adds to the answer by itself, and whose response half does not run on null
/// (APPSYNC-VTL 3.8). Functions are always of the newer one.
const OLDEST_VERSION: &str = "2017-02-28";

/// What AppSync does with a failed data source where no template does (APPSYNC-VTL 3.8, 3.10).
const RAISE_TEXT: &str = r#"#if($ctx.error.type == "UnauthorizedException")
  $util.error("You are not authorized to make this call.", "UnauthorizedException", $ctx.result)
#end
$util.error($ctx.error.message, $ctx.error.type, $ctx.result)"#;

static RAISE: LazyLock<Arc<Template>> =
    LazyLock::new(|| Template::new("(AppSync's answer to a data source that failed)", RAISE_TEXT, TemplateOrigin::StandIn));

/// Which part of a resolver or function a template is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Half {
    /// To the data source.
    Request,
    /// From the data source.
    Response,
    /// Before the functions.
    Before,
    /// After them.
    After,
}

impl Half {
    /// Its name, as reports and the matrix have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// A template that ran.
#[derive(Debug)]
pub struct PipelineStep<'r> {
    /// The template.
    pub program: &'r Arc<Program>,
    /// The function's slot; `before` and `after` have none.
    pub slot: Option<&'r str>,
    /// The function's place in its slot.
    pub index: Option<u32>,
    /// Which half.
    pub half: Half,
    /// What the run left behind.
    pub outcome: Outcome,
    /// What was recorded, if anything was.
    pub recorder: Option<Recorder<'r>>,
    /// Its own verdict.
    pub verdict: Verdict,
    /// What decided it.
    pub decision: Decision,
}

impl PipelineStep<'_> {
    /// What became of it, and what decided.
    pub fn concluded(&self) -> Conclusion {
        Conclusion { verdict: self.verdict, decision: self.decision }
    }
}

/// What data sources answer.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// For every function whose data source is not NONE.
    pub result: Option<Value>,
    /// For a function by its name.
    pub by_function: Map,
    /// Rows that are stored: one that has the key which a function asks for is its answer, where none was given.
    pub rows: Vec<Value>,
    /// Whether the client is known to have seen null for the field, and no error.
    pub silent_null: bool,
}

/// How a run is recorded.
#[derive(Clone, Debug)]
pub struct Recording<'k, 'r> {
    /// The places of programs, which other runs may have found.
    pub places: &'k KnownPlaces<'r>,
    /// How a part of the context is read that nobody gave.
    pub absent: Absent,
    /// Whether texts may hold values that are known only after a deployment.
    pub open_values: bool,
    /// Tests on such parts that are to come out the other way: the step, and the test.
    pub swayed: Vec<(usize, NodeId)>,
    /// What is kept.
    pub keep: Keep,
}

impl<'k, 'r> Recording<'k, 'r> {
    /// All of a run in which nobody gave what is absent.
    pub fn of(places: &'k KnownPlaces<'r>) -> Self {
        Self { places, absent: Absent::default(), open_values: false, swayed: Vec::new(), keep: Keep::All }
    }
}

/// A resolver that ran.
#[derive(Debug)]
pub struct ResolverRun<'r> {
    /// The templates that ran.
    pub steps: Vec<PipelineStep<'r>>,
    /// The verdict over all.
    pub verdict: Verdict,
    /// The step that decided.
    pub deciding: Option<usize>,
    /// The filter that was set: on the rows of a query, or on a subscription's events.
    pub filter: Value,
    /// The step that asks for all rows, although a filter was put into the stash before it.
    pub unused: Option<usize>,
    /// The value of the field; null when it was refused.
    pub result: Value,
    /// What a reader must know that no template said.
    pub notes: Vec<Note>,
}

/// Runs a resolver.
///
/// # Errors
/// A template does not parse, or what was given has the wrong shape.
pub fn run<'r>(
    resolver: &'r Resolver,
    given: &Given,
    answers: &Answers,
    watch: &str,
    record: Option<&Recording<'_, 'r>>,
) -> Result<ResolverRun<'r>, RunError<'r>> {
    let (mut context, env) = given.context().map_err(RunError::Input)?;
    context.watched = vec![watch.to_owned()];
    let mut engine = PipelineEngine {
        resolver,
        error: context.root.get_str("error").unwrap_or_default(),
        has_filter: !is_empty(&stash_filter(&context)),
        context,
        env,
        auth_type: given.auth_type,
        answers,
        watch,
        record,
        steps: Vec::new(),
        notes: Vec::new(),
        filter_by: None,
        fewer_items: None,
        unanswered: Vec::new(),
    };
    let ended = engine.all();
    let PipelineEngine { steps, notes, context, filter_by, fewer_items, .. } = engine;
    let (stopped, result) = match ended {
        Ok(value) => (false, value),
        Err(PipelineStop::Decided) => (true, Value::Null),
        Err(PipelineStop::Error(error)) => return Err(error),
    };
    let stash_filter = stash_filter(&context);
    let subscription =
        steps.iter().flat_map(|step| &step.outcome.env.extensions).rfind(|call| call.function == Method::SetSubscriptionFilter);
    // A filter that the request for the rows does not carry holds none back.
    let unused = filter_by.filter(|_| !is_empty(&stash_filter)).and_then(|at| asks_for_all(&steps, at + 1));
    let stash_filter = if unused.is_some() { Value::Null } else { stash_filter };
    let filter = subscription.map_or_else(|| stash_filter.clone(), |call| call.args.first().cloned().unwrap_or_default());
    let (verdict, deciding) = if stopped {
        let last = steps.len().checked_sub(1);
        (last.and_then(|at| steps.get(at)).map_or(Verdict::Error, stop_verdict), last)
    } else if unused.is_some() {
        (Verdict::Allowed, filter_by)
    } else if !is_empty(&stash_filter) {
        (Verdict::Filtered, filter_by)
    } else if let Some(step) = fewer_items {
        (Verdict::Filtered, Some(step))
    } else if let Some(step) = steps.iter().rposition(|step| step.verdict == Verdict::Allowed) {
        (Verdict::Allowed, Some(step))
    } else {
        (Verdict::Completed, None)
    };
    Ok(ResolverRun { steps, verdict, deciding, filter, unused, result, notes })
}

/// The step whose request asks for many rows and carries no filter, where none of these carries one.
fn asks_for_all(steps: &[PipelineStep<'_>], from: usize) -> Option<usize> {
    let mut found = None;
    for (at, step) in steps.iter().enumerate().skip(from).filter(|(_, step)| step.half == Half::Request) {
        let Ok(request) = crate::json::read(step.outcome.output.as_str()) else { continue };
        if !request.get("operation").and_then(|name| name.as_str()).is_some_and(|name| matches!(name, "Query" | "Scan" | "Sync")) {
            continue;
        }
        if request.get("filter").is_some_and(|filter| !filter.is_null()) {
            return None;
        }
        found = found.or(Some(at));
    }
    found
}

/// Why a resolver could not run at all.
#[derive(Debug)]
pub enum RunError<'r> {
    /// A template does not parse.
    Parse(&'r Diagnostic),
    /// A template that the source names is not there: where it was looked for.
    Missing(&'r str),
    /// What was given has the wrong shape.
    Input(ContextError),
}

/// A template that ended the field: refused, or with another error.
fn stop_verdict(step: &PipelineStep<'_>) -> Verdict {
    match step.verdict {
        Verdict::Denied => Verdict::Denied,
        _ => Verdict::Error,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Map(map) => map.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

enum PipelineStop<'r> {
    /// A template threw or failed: the last step.
    Decided,
    Error(RunError<'r>),
}

/// How a half ended that did not end the field.
enum Ended {
    Output(Value),
    Returned(Value),
}

struct PipelineEngine<'r, 'a> {
    resolver: &'r Resolver,
    /// What all templates share.
    context: Context,
    /// Whether a filter stands in its stash.
    has_filter: bool,
    /// What data sources fail with: `$ctx.error` in the response halves.
    error: Value,
    env: Env,
    auth_type: Option<AuthType>,
    answers: &'a Answers,
    watch: &'a str,
    record: Option<&'a Recording<'a, 'r>>,
    steps: Vec<PipelineStep<'r>>,
    notes: Vec<Note>,
    /// The step that put the filter into the stash.
    filter_by: Option<usize>,
    /// The step whose response had fewer items than its data source gave (old resolvers).
    fewer_items: Option<usize>,
    /// The functions whose data source was asked, and nobody said what it answers.
    unanswered: Vec<&'r str>,
}

impl<'r> PipelineEngine<'r, '_> {
    fn all(&mut self) -> Result<Value, PipelineStop<'r>> {
        let answer = self.halves()?;
        self.note_unanswered(&answer);
        Ok(answer)
    }

    fn halves(&mut self) -> Result<Value, PipelineStop<'r>> {
        let mut previous = Value::Null;
        if self.resolver.runtime != Runtime::Vtl && self.resolver.kind == ResolverKind::Pipeline {
            self.note(
                Code::JavascriptFunction,
                Message::of(
                    "{}'s own halves run on APPSYNC_JS and were not evaluated: what they decide is unknown",
                    [Part::Name(self.resolver.field.to_string())],
                ),
            );
        }
        if let Some(before) = &self.resolver.before {
            match self.half(before, Half::Before, None, Some(Value::Null), &Value::Null)? {
                Ended::Returned(value) => return Ok(value),
                Ended::Output(value) => previous = value,
            }
        }
        for function in &self.resolver.functions {
            previous = self.function(function, &previous)?;
        }
        match &self.resolver.after {
            None => Ok(previous),
            Some(after) => match self.half(after, Half::After, None, Some(previous.clone()), &previous)? {
                Ended::Returned(value) | Ended::Output(value) => {
                    let rows = |value: &Value| count_items(value).or_else(|| value.as_list().map(|list| list.len()));
                    // An answer of null, or of one row, is no list that was cut.
                    if self.resolver.kind == ResolverKind::Pipeline && rows(&value) < rows(&previous) && rows(&value).is_some() && !self.is_generated() {
                        self.fewer_items = self.steps.len().checked_sub(1);
                    }
                    Ok(value)
                }
            },
        }
    }

    fn function(&mut self, function: &'r ResolverFunction, previous: &Value) -> Result<Value, PipelineStop<'r>> {
        if let Some((code, message)) = not_evaluated(function) {
            self.note(code, message);
            return Ok(self.answer(function).unwrap_or_default());
        }
        let request = match &function.request {
            None => Value::Null,
            Some(template) => match self.half(template, Half::Request, Some(function), Some(Value::Null), previous)? {
                Ended::Returned(value) => return Ok(value),
                Ended::Output(value) => value,
            },
        };
        let result = if function.data_source.is_none() {
            Some(request.as_map().and_then(|map| map.get_str("payload")).unwrap_or_default())
        } else {
            self.answer(function).or_else(|| row_of_key(&request, &self.answers.rows))
        };
        let failed = !function.data_source.is_none() && !self.error.is_null();
        let oldest = self.resolver.kind == ResolverKind::Unit && is_oldest(&request);
        let without_row = result.is_none().then(|| key_without_row(&request, &self.answers.rows)).flatten();
        // A template that had run would have raised an error, or had a row to print.
        if without_row.is_some() && oldest && !failed && self.answers.silent_null {
            self.note_not_run(function);
            return Ok(Value::Null);
        }
        if let Some(key) = without_row {
            self.note_without_row(function, &key);
        }
        if result.is_none() {
            self.unanswered.push(&function.name);
        }
        if oldest && !failed && matches!(result, Some(Value::Null)) {
            self.note_not_run(function);
            return Ok(Value::Null);
        }
        let Some(template) = &function.response else {
            let result = result.unwrap_or_default();
            if failed {
                self.half(&RAISE, Half::Response, Some(function), Some(result.clone()), previous)?;
            }
            return Ok(result);
        };
        let given = result.as_ref().and_then(count_items);
        let ended = self.half(template, Half::Response, Some(function), result, previous)?;
        let (Ended::Returned(value) | Ended::Output(value)) = ended;
        if oldest && failed {
            self.half(&RAISE, Half::Response, Some(function), Some(value.clone()), previous)?;
        }
        // Newer resolvers decide in their `auth` slot; what their response leaves out is no matter of authorization.
        if let (Some(given), Some(left)) = (given, count_items(&value))
            && !self.is_generated()
            && left < given
        {
            self.fewer_items = self.steps.len().checked_sub(1);
        }
        Ok(value)
    }

    /// Whether functions of Amplify's newer transformer are among the steps: they decide in a slot of their own.
    fn is_generated(&self) -> bool {
        self.resolver.functions.iter().any(|function| function.slot == PipelineSlot::Auth)
    }

    /// The response template does not run where the data source of the oldest version found nothing
    /// (<https://docs.aws.amazon.com/appsync/latest/devguide/resolver-mapping-template-changelog.html>).
    fn note_not_run(&mut self, function: &ResolverFunction) {
        let (Some(request), Some(response)) = (&function.request, &function.response) else { return };
        let message = Message::of(
            "The data source found nothing, and under `\"version\": \"2017-02-28\"` ({}) the response template does not run then: {} was not evaluated, so nothing in it refused, and the field is null without an error. » Set that version to \"2018-05-29\": then the response template runs with a null `$ctx.result` too (raise `$ctx.error` there, and refuse where the row is missing).",
            [Part::Place(request.name().to_owned()), Part::Place(response.name().to_owned())],
        );
        self.note(Code::OldVersion, message);
    }

    /// Rows were given, and none has the key that is asked for.
    fn note_without_row(&mut self, function: &ResolverFunction, key: &Value) {
        let message = Message::of(
            "none of the rows that were given (`records`) has the key {} that {} asks for: give the row that has it, or `result` as null where the table has none",
            [Part::Value(key.to_json().unwrap_or_default()), Part::Name(function.name.clone())],
        );
        self.note(Code::NotGiven, message);
    }

    /// A field's answer that was made of nothing looks like one of the data source.
    fn note_unanswered(&mut self, answer: &Value) {
        if answer.is_null() || self.unanswered.is_empty() || self.resolver.kind != ResolverKind::Pipeline {
            return;
        }
        let (finds, names) = (if self.unanswered.len() == 1 { "finds" } else { "find" }, self.unanswered.join(" and "));
        let message = Message::of(
            "what {} {} was not given (--results): the field's answer is made of null in its place",
            [Part::Name(names), Part::Text(finds.to_owned())],
        );
        self.note(Code::NotGiven, message);
    }

    fn answer(&self, function: &ResolverFunction) -> Option<Value> {
        let own = self.answers.by_function.get_str(&function.name);
        own.or_else(|| self.answers.result.clone()).map(|value| value.deep_copy(&mut 1_000_000))
    }

    fn note(&mut self, code: Code, message: Message) {
        if !self.notes.iter().any(|note| note.code == code && note.message == message) {
            self.notes.push(Note::new(code, message));
        }
    }

    /// Runs one template. `result` is `None` when nobody said what the data source answers: who reads it is told.
    fn half(
        &mut self,
        template: &'r Template,
        half: Half,
        function: Option<&'r ResolverFunction>,
        result: Option<Value>,
        previous: &Value,
    ) -> Result<Ended, PipelineStop<'r>> {
        if let Some(message) = template.missing() {
            return Err(PipelineStop::Error(RunError::Missing(message)));
        }
        let program = template.program().map_err(|error| PipelineStop::Error(RunError::Parse(error)))?;
        let answers =
            matches!(half, Half::Response) && function.is_some_and(|function| !function.data_source.is_none());
        let context = self.context(answers, result, previous);
        context.prepare(&mut self.env, self.auth_type);
        let (outcome, recorder) = match self.record {
            None => (evaluate(program, context, &self.env, &mut ()), None),
            Some(record) => {
                let before = self.steps.last().and_then(|step| step.recorder.as_ref());
                let memory = before.map_or_else(Memory::default, |before| before.memory().clone());
                let open = self.open(&context);
                let mut recorder = Recorder::with(record.places.of(program), program, &context.root, memory, open)
                    .open_texts(record.open_values)
                    .swayed(self.swayed())
                    .keeping(record.keep);
                let outcome = evaluate(program, context, &self.env, &mut recorder);
                (outcome, Some(recorder))
            }
        };
        let has_filter = !is_empty(&stash_filter(&self.context));
        if has_filter && !self.has_filter {
            self.filter_by = Some(self.steps.len());
        }
        self.has_filter = has_filter;
        self.env.seed = outcome.env.seed;
        let Conclusion { verdict, decision } = judge(program, &outcome, self.watch);
        let ended = match &outcome.end {
            End::Thrown { .. } | End::Failed(_) => None,
            End::Returned { value, .. } => Some(Ended::Returned(returned(value))),
            End::Completed => Some(Ended::Output(self.parsed(template, half, &outcome.output))),
        };
        self.steps.push(PipelineStep {
            program,
            slot: function.map(|function| function.slot.as_str()),
            index: function.map(|function| function.index),
            half,
            outcome,
            recorder,
            verdict,
            decision,
        });
        ended.ok_or(PipelineStop::Decided)
    }

    /// The context of one template; `answers` where it follows its data source.
    fn context(&self, answers: bool, result: Option<Value>, previous: &Value) -> Context {
        let prev = match self.resolver.kind {
            ResolverKind::Unit => Value::Null,
            ResolverKind::Pipeline => Map::from_iter([("result".into(), previous.clone())]).into(),
        };
        let error = if answers { self.error.clone() } else { Value::Null };
        match result {
            Some(result) => self.context.next([("result", result), ("prev", prev), ("error", error)]),
            None => self.context.next([("prev", prev), ("error", error)]),
        }
    }

    /// What nobody gave this template. The stash of a pipeline begins empty.
    fn open(&self, context: &Context) -> Vec<&'static str> {
        if self.record.is_none_or(|record| record.absent == Absent::Null) {
            return Vec::new();
        }
        let mut open = context.open(self.auth_type);
        open.retain(|member| *member != "stash");
        open
    }

    fn swayed(&self) -> Vec<NodeId> {
        let all = self.record.iter().flat_map(|record| &record.swayed);
        all.filter(|(step, _)| *step == self.steps.len()).map(|(_, node)| *node).collect()
    }

    /// The rendered text as AppSync reads it; what it would refuse is a note and goes on as null.
    fn parsed(&mut self, template: &Template, half: Half, output: &str) -> Value {
        let text = output.trim();
        match from_rendered(text) {
            Ok((value, None)) => value,
            Ok((value, Some(comma))) => {
                let line = 1 + text[..comma].matches('\n').count();
                let message = Message::of(
                    "what {} rendered has a comma before a closing bracket in line {}: it is taken that AppSync reads over it",
                    [Part::Place(template.name().to_owned()), Part::Place(line.to_string())],
                );
                self.note(Code::U25, message);
                value
            }
            Err(_) if text.is_empty() => {
                if !matches!(half, Half::Before) {
                    let message = Message::of(
                        "{} rendered nothing: AppSync answers \"Template transformation yielded an empty response.\"",
                        [Part::Place(template.name().to_owned())],
                    );
                    self.note(Code::OutputEmpty, message);
                }
                Value::Null
            }
            Err(error) => {
                let message = Message::of(
                    "what {} rendered is not valid JSON ({}): AppSync would refuse it",
                    [Part::Place(template.name().to_owned()), Part::Text(error.to_string())],
                );
                self.note(Code::OutputNotJson, message);
                Value::Null
            }
        }
    }
}

/// What is to be known of a function that cannot be run.
fn not_evaluated(function: &ResolverFunction) -> Option<(Code, Message)> {
    let (code, words) = match function.runtime {
        Runtime::JavaScript => (
            Code::JavascriptFunction,
            "{} runs on APPSYNC_JS and was not evaluated: what it decides is unknown",
        ),
        Runtime::NotRead => (
            Code::MissingFunction,
            "function {} is in none of the files that were read: what it decides is unknown",
        ),
        Runtime::Vtl => return None,
    };
    Some((code, Message::of(words, [Part::Name(function.name.to_string())])))
}

/// `#return(value)`: a text is parsed when it parses.
fn returned(value: &Value) -> Value {
    match value {
        Value::String(text) => from_rendered(text).map(|(value, _)| value).unwrap_or_else(|_| value.clone()),
        value => value.clone(),
    }
}

/// The filter that a template put into the stash.
fn stash_filter(context: &Context) -> Value {
    let stash = context.root.get_str("stash").unwrap_or_default();
    stash.as_map().and_then(|stash| stash.get_str("authFilter")).unwrap_or_default()
}

fn is_oldest(request: &Value) -> bool {
    let version = request.as_map().and_then(|map| map.get_str("version"));
    version.as_ref().and_then(Value::as_str) == Some(OLDEST_VERSION)
}

fn count_items(value: &Value) -> Option<usize> {
    value.as_map()?.get_str("items")?.members().map(|items| items.len())
}
