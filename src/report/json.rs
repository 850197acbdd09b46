//! The JSON report, and the rows of `batch`: serialised straight from values.

use crate::message::Message;
use super::at::At;
use super::as_json::AsJson;
use super::excerpt::{ExcerptBudget, Excerpt};
use super::behind::{self, BehindRows};
use super::compare::CompareRow;
use super::rows::{self, CandidateRow, ConditionRow, FilterRow, HintRow, SuggestionRow};
use crate::appsync::ThrownError;
use crate::diagnostic::Diagnostic;
use crate::eval::{End, Outcome, WriteRecord};
use crate::explain::Explanation;
use crate::explain::why::stash_filter;
use crate::syntax::{NodeId, Program};
use crate::trace::coverage::Coverage;
use crate::trace::{DecisionKind, Verdict};
use crate::value::{List, Map, Value};
use serde::Serialize;
use serde::ser::SerializeMap;

/// The object that `--format json` prints (docs/json.md).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JsonReport<'a> {
    schema: u32,
    template: &'a str,
    verdict: Verdict,
    auth_type: Option<&'static str>,
    auth_type_derived: bool,
    #[serde(flatten)]
    result: Ending<'a>,
    vars: VariableRows<'a>,
    notes: Vec<NoteRow<'a>>,
    #[serde(flatten)]
    reasons: TraceReasons<'a>,
    /// What to type next, where it would settle more.
    next: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "byRules")]
    behind: Option<BehindRows>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ran: Option<RanRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compare: Option<CompareRow<'a>>,
}

/// The lines that ran, and how often each branch was taken and not.
#[derive(Debug, Serialize)]
struct RanRow {
    lines: Vec<u32>,
    branches: Vec<BranchRow>,
}

#[derive(Debug, Serialize)]
struct BranchRow {
    line: u32,
    column: u32,
    taken: u32,
    #[serde(rename = "notTaken")]
    not_taken: u32,
}

impl RanRow {
    fn new(program: &Program, coverage: &Coverage) -> Self {
        let branch = |(node, taken, not_taken): (NodeId, u32, u32)| {
            let place = program.place(node);
            BranchRow { line: place.line, column: place.column, taken, not_taken }
        };
        Self {
            lines: super::coverage::ran(program, coverage),
            branches: super::coverage::branches(coverage).into_iter().map(branch).collect(),
        }
    }
}

/// What `batch` writes only with `--trace`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TraceReasons<'a> {
    decision: DecisionRow<'a>,
    writes: Vec<WriteRow<'a>>,
    candidates: Vec<CandidateRow<'a>>,
    hints: Vec<HintRow<'a>>,
    suggestions: Vec<SuggestionRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<FilterRow<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rests_on: Vec<SuggestionRow<'a>>,
}

impl<'a> JsonReport<'a> {
    /// The report's facts.
    pub fn new(report: &'a Explanation) -> Self {
        Self {
            schema: 1,
            template: &report.program.source.name,
            verdict: report.verdict,
            auth_type: report.auth_type.map(|mode| mode.as_str()),
            auth_type_derived: report.auth_type_derived,
            result: Ending::new(&report.outcome),
            vars: VariableRows { program: &report.program, outcome: &report.outcome },
            notes: notes(report),
            reasons: TraceReasons::new(report),
            behind: behind::rows(report),
            next: report.next(),
            ran: report.coverage.as_ref().map(|coverage| RanRow::new(&report.program, coverage)),
            compare: report.compared.as_ref().map(CompareRow::new),
        }
    }
}

impl Serialize for Explanation {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        JsonReport::new(self).serialize(serializer)
    }
}

impl JsonReport<'_> {
    /// Without the template's own `filter`: a pipeline's report has one for all of it.
    #[must_use]
    pub fn without_own_filter(mut self) -> Self {
        self.reasons.filter = None;
        self
    }
}

impl<'a> TraceReasons<'a> {
    fn new(report: &'a Explanation) -> Self {
        let program = &*report.program;
        let at = |node: NodeId| At::new(program, node);
        let why = report.why.as_ref();
        let mut budget = ExcerptBudget::default();
        let write = |write: &'a WriteRecord| WriteRow {
            at: at(write.node),
            old: write.old.as_ref().map(|old| budget.take(old)),
            new: budget.take(&write.new),
            iteration: &write.iteration,
        };
        Self {
            decision: DecisionRow {
                kind: report.decision.kind,
                at: report.decision.node.map(at),
                guards: why.map_or_else(Vec::new, |why| rows::guards(program, why)),
            },
            writes: report.outcome.writes.iter().map(write).collect(),
            candidates: why.map_or_else(Vec::new, |why| rows::candidates(report, why)),
            hints: why.map_or_else(Vec::new, |why| rows::hints(report, why)),
            suggestions: why.map_or_else(Vec::new, |why| rows::suggestions(report, &why.suggestions)),
            filter: why.and_then(|why| rows::filter(report, stash_filter(&report.outcome), why)),
            rests_on: why.map_or_else(Vec::new, |why| rows::suggestions(report, &why.rests_on)),
        }
    }
}

/// A row of `batch`.
#[derive(Debug, Serialize)]
pub struct BatchRow<'a> {
    /// As it came in.
    pub id: &'a serde_json::Value,
    #[serde(flatten)]
    body: RowBody<'a>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum RowBody<'a> {
    Ran(Box<Ran<'a>>),
    Failed { verdict: Verdict, output: &'static str, failure: FailureRow<'a> },
}

#[derive(Debug, Serialize)]
struct Ran<'a> {
    verdict: Verdict,
    #[serde(flatten)]
    result: Ending<'a>,
    vars: VariableRows<'a>,
    notes: Vec<NoteRow<'a>>,
    failure: Option<FailureRow<'a>>,
    #[serde(flatten)]
    reasons: Option<TraceReasons<'a>>,
}

#[derive(Debug, Serialize)]
struct FailureRow<'a> {
    kind: &'static str,
    message: &'a str,
    line: Option<u32>,
    column: Option<u32>,
}

impl<'a> BatchRow<'a> {
    /// The row of a template that ran.
    pub fn ran(id: &'a serde_json::Value, report: &'a Explanation) -> Self {
        let failure = match &report.outcome.end {
            End::Failed(failure) => {
                let place = report.place(failure.node);
                let (line, column) = (Some(place.line), Some(place.column));
                Some(FailureRow { kind: "evaluation", message: &failure.message, line, column })
            }
            _ => None,
        };
        let ran = Ran {
            verdict: report.verdict,
            result: Ending::new(&report.outcome),
            vars: VariableRows { program: &report.program, outcome: &report.outcome },
            notes: notes(report),
            failure,
            reasons: report.why.as_ref().map(|_| TraceReasons::new(report)),
        };
        Self { id, body: RowBody::Ran(Box::new(ran)) }
    }

    /// The row of a template that does not parse.
    pub fn unparsed(id: &'a serde_json::Value, diagnostic: &'a Diagnostic) -> Self {
        let place = diagnostic.place();
        let (line, column) = (Some(place.line), Some(place.column));
        Self::failed(id, FailureRow { kind: "parse", message: &diagnostic.message, line, column })
    }

    /// The row of a bad line.
    pub fn input(id: &'a serde_json::Value, message: &'a str) -> Self {
        Self::failed(id, FailureRow { kind: "input", message, line: None, column: None })
    }

    fn failed(id: &'a serde_json::Value, failure: FailureRow<'a>) -> Self {
        Self { id, body: RowBody::Failed { verdict: Verdict::Error, output: "", failure } }
    }
}

/// What every result has, whatever the report around it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Ending<'a> {
    output: &'a str,
    returned: AsJson<&'a Value>,
    is_returned: bool,
    error: Option<AsJson<Value>>,
    out_errors: Vec<AsJson<Value>>,
    logs: &'a [String],
    extensions: Vec<ExtensionRow<'a>>,
    stash: AsJson<Value>,
}

impl<'a> Ending<'a> {
    fn new(outcome: &'a Outcome) -> Self {
        let field = Some(outcome.env.field_name.as_str()).filter(|name| !name.is_empty());
        let entry = |error: &ThrownError| AsJson(error.entry(field).into());
        let error = match &outcome.end {
            End::Thrown { error, .. } => Some(entry(error)),
            End::Failed(failure) => {
                let error = ThrownError::new(failure.message.as_str(), "MappingTemplate");
                Some(entry(&error))
            }
            _ => None,
        };
        let (returned, is_returned) = match &outcome.end {
            End::Returned { value, .. } => (value, true),
            _ => (&Value::Null, false),
        };
        Self {
            output: &outcome.output,
            returned: AsJson(returned),
            is_returned,
            error,
            out_errors: outcome.env.out_errors.iter().map(entry).collect(),
            logs: &outcome.env.logs,
            extensions: outcome
                .env
                .extensions
                .iter()
                .map(|call| ExtensionRow { name: call.function.name(), args: AsJson(List::new(call.args.clone()).into()) })
                .collect(),
            stash: AsJson(outcome.context.get_str("stash").unwrap_or_else(|| Map::new().into())),
        }
    }
}

#[derive(Debug, Serialize)]
struct ExtensionRow<'a> {
    name: &'a str,
    args: AsJson<Value>,
}

#[derive(Debug, Serialize)]
struct NoteRow<'a> {
    code: &'a str,
    message: &'a Message,
    at: Option<At<'a>>,
}

fn notes(report: &Explanation) -> Vec<NoteRow<'_>> {
    let at = |node: NodeId| At::new(&report.program, node);
    report.all_notes().map(|note| NoteRow { code: note.code.as_str(), message: &note.message, at: note.node.map(at) }).collect()
}

#[derive(Debug, Serialize)]
struct DecisionRow<'a> {
    kind: DecisionKind,
    at: Option<At<'a>>,
    guards: Vec<ConditionRow<'a>>,
}

#[derive(Debug, Serialize)]
struct WriteRow<'a> {
    at: At<'a>,
    old: Option<Excerpt<'a>>,
    new: Excerpt<'a>,
    iteration: &'a [u32],
}

#[derive(Debug)]
struct VariableRows<'a> {
    program: &'a Program,
    outcome: &'a Outcome,
}

impl Serialize for VariableRows<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.outcome.variables(self.program) {
            map.serialize_entry(name, &AsJson(value))?;
        }
        map.end()
    }
}

/// The members that AWS's EvaluateMappingTemplate gives (APPSYNC-VTL 5): absent ones are left out.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluation_result: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<AwsError>,
    logs: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out_errors: Option<String>,
}

#[derive(Debug, Serialize)]
struct AwsError {
    message: String,
}

/// An outcome in AWS's form.
pub fn aws(outcome: &Outcome) -> AwsReport {
    let text = |value: &Value| match value {
        Value::String(text) => text.to_string(),
        value => value.to_json().unwrap_or_default(),
    };
    let (evaluation_result, error) = match &outcome.end {
        End::Completed => (Some(outcome.output.clone()), None),
        End::Returned { value, .. } => (Some(text(value)), None),
        End::Thrown { error, .. } => (None, Some(text(&error.message))),
        End::Failed(failure) => (None, Some(failure.message.clone())),
    };
    let json = |value: Value| value.to_json().ok();
    let rows: List = outcome.env.out_errors.iter().map(|error| Value::from(error.out_entry())).collect();
    AwsReport {
        evaluation_result,
        error: error.map(|message| AwsError { message }),
        logs: outcome.env.logs.clone(),
        stash: outcome.context.get_str("stash").and_then(json),
        out_errors: json(rows.into()),
    }
}
