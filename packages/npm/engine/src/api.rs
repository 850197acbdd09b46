//! The requests of the API. A template or a project that was opened stays until it is freed, under a number.

use crate::context;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use vtl_eval::{Error, ErrorKind, Explanation, Project, Template};

/// What is open.
#[derive(Default)]
pub struct Api {
    templates: HashMap<u32, Template>,
    projects: HashMap<u32, Project>,
    last: u32,
}

/// A request.
#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "kebab-case", deny_unknown_fields)]
enum Request {
    Parse { name: String, text: String },
    Free { handle: u32 },
    Evaluate { template: u32, given: Value },
    Explain { template: u32, given: Value, columns: Option<usize> },
    Check { template: u32 },
    Diagnose { report: Value },
    Token { text: String, now: i64 },
    Open { path: String },
    Fields { project: u32 },
    ExplainField { project: u32, field: String, given: Value, columns: Option<usize> },
}

/// Why a request has no answer.
#[derive(Serialize)]
pub struct Failure {
    code: &'static str,
    message: String,
    line: Option<u32>,
}

impl Failure {
    /// What was asked for is not as it should be.
    pub fn input(message: impl ToString) -> Self {
        Self { code: "input", message: message.to_string(), line: None }
    }

    fn gone(handle: u32) -> Self {
        Self { code: "closed", message: format!("nothing is open under number {handle}: it was closed"), line: None }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match error.kind() {
            ErrorKind::Template => "template",
            ErrorKind::Project => "project",
            ErrorKind::UnknownField => "unknown-field",
            ErrorKind::NothingToRun => "nothing-to-run",
            _ => "input",
        };
        Self { code, message: error.to_string(), line: error.line() }
    }
}

impl Api {
    /// The answer to a request, as JSON.
    pub fn answer(&mut self, request: &[u8]) -> Vec<u8> {
        let read = serde_json::from_slice(request).map_err(Failure::input);
        let answer = match read.and_then(|request| self.run(request)) {
            Ok(done) => json!({ "ok": done }),
            Err(failure) => json!({ "error": failure }),
        };
        answer.to_string().into_bytes()
    }

    fn run(&mut self, request: Request) -> Result<Value, Failure> {
        match request {
            Request::Parse { name, text } => {
                let template = Template::parse(&name, &text)?;
                self.last += 1;
                self.templates.insert(self.last, template);
                Ok(self.last.into())
            }
            Request::Free { handle } => {
                self.templates.remove(&handle);
                self.projects.remove(&handle);
                Ok(Value::Null)
            }
            Request::Evaluate { template, given } => {
                let context = context::read(given)?;
                report(&vtl_eval::evaluate(self.template(template)?, &context)?, None)
            }
            Request::Explain { template, given, columns } => {
                let context = context::read(given)?;
                report(&vtl_eval::explain(self.template(template)?, &context)?, columns)
            }
            Request::Check { template } => Ok(vtl_eval::check(self.template(template)?).iter().map(problem).collect()),
            Request::Diagnose { report } => to_json(&vtl_eval::diagnose(&report.to_string())?),
            Request::Token { text, now } => {
                let token = vtl_eval::token(&text, now)?;
                let refused = token.is_refused();
                let mut report = to_json(&token)?;
                report["refused"] = refused.into();
                Ok(report)
            }
            Request::Open { path } => {
                let project = Project::open(&path)?;
                self.last += 1;
                self.projects.insert(self.last, project);
                Ok(self.last.into())
            }
            Request::Fields { project } => Ok(self.project(project)?.fields().collect()),
            Request::ExplainField { project, field, given, columns } => {
                let context = context::read(given)?;
                report(&self.project(project)?.explain(&field, &context)?, columns)
            }
        }
    }

    fn template(&self, handle: u32) -> Result<&Template, Failure> {
        self.templates.get(&handle).ok_or_else(|| Failure::gone(handle))
    }

    fn project(&self, handle: u32) -> Result<&Project, Failure> {
        self.projects.get(&handle).ok_or_else(|| Failure::gone(handle))
    }
}

fn to_json(value: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(Failure::input)
}

/// The JSON report, with its text for a terminal of so many columns where that is asked for.
fn report(explanation: &Explanation, columns: Option<usize>) -> Result<Value, Failure> {
    let mut report = to_json(explanation)?;
    if let Some(columns) = columns {
        report["text"] = explanation.text(columns, false).into();
    }
    Ok(report)
}

fn problem(problem: &vtl_eval::Problem) -> Value {
    json!({
        "code": problem.code.as_str(),
        "severity": problem.severity,
        "message": problem.message,
        "line": problem.line,
    })
}
