//! What the other commands do, for programs: check a template, diagnose a refusal, read a token, cross fields and personas.

use super::{Error, ErrorKind, Template};
use crate::code::{Code, Severity};
use crate::finding::Finding;
use crate::message::Message;
use crate::open::OpenValues;
use crate::report::{DiagnosisJson, TokenReport};
use crate::source::Source;
use crate::suite::{Matrix as Cells, Refusal, check as check_source, diagnose as diagnose_refusal};
use crate::trace::Verdict;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// What is wrong with a template before anyone calls it.
///
/// ```
/// let template = vtl_eval::Template::parse("t.vtl", "\n$util.isNul(1)")?;
/// let problem = &vtl_eval::check(&template)[0];
/// assert_eq!((problem.severity, problem.line), (vtl_eval::Severity::Error, Some(2)));
/// # Ok::<(), vtl_eval::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Problem {
    /// What it means.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, and what to do.
    pub message: Message,
    /// From 1.
    pub line: Option<u32>,
}

/// Checks a template without a caller.
///
/// ```
/// let template = vtl_eval::Template::parse("t.vtl", "$util.isNul(1)")?;
/// assert_eq!(vtl_eval::check(&template)[0].code.as_str(), "unknown-function");
/// # Ok::<(), vtl_eval::Error>(())
/// ```
pub fn check(template: &Template) -> Vec<Problem> {
    let found = check_source(&Source::new(template.name(), template.text()), &[]);
    let problem = |spot: crate::suite::Spot| Problem {
        code: spot.code,
        severity: spot.severity,
        message: spot.message,
        line: spot.line,
    };
    found.into_iter().map(problem).collect()
}

/// A refused request, judged layer by layer. It serialises as `diagnose --format json` writes it.
///
/// ```
/// let report = r#"{"context": {"observed": {"httpStatus": 401}, "request": {"headers": {}}}}"#;
/// let diagnosis = vtl_eval::diagnose(report)?;
/// assert_eq!(diagnosis.hints()[0].code.entry().stage, vtl_eval::Stage::Request);
/// # Ok::<(), vtl_eval::Error>(())
/// ```
#[derive(Debug)]
pub struct Diagnosis {
    done: crate::suite::Diagnosis,
    refusal: Refusal,
}

impl Diagnosis {
    /// The verdict over all layers; `None` is unknown.
    pub fn verdict(&self) -> Option<Verdict> {
        self.done.verdict
    }

    /// The findings of the deciding layer first.
    pub fn hints(&self) -> &[Finding] {
        &self.done.hints
    }
}

impl Serialize for Diagnosis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        DiagnosisJson::new(&self.done, &self.refusal).serialize(serializer)
    }
}

/// Diagnoses a refusal report as `vtl-eval diagnose` takes it (docs/diagnose.md).
///
/// ```
/// let report = r#"{"template": "$util.unauthorized()", "context": {"identity": null}}"#;
/// assert_eq!(vtl_eval::diagnose(report)?.verdict(), Some(vtl_eval::Verdict::Denied));
/// # Ok::<(), vtl_eval::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Input`]: what the report lacks. [`ErrorKind::Template`]: its template does not parse.
pub fn diagnose(report: &str) -> Result<Diagnosis, Error> {
    let request = crate::request::Request::read(report).map_err(Error::input)?;
    let refusal = Refusal::of(request).map_err(Error::input)?;
    let done = diagnose_refusal(&refusal, None).map_err(|diagnostic| Error::template(&diagnostic))?;
    Ok(Diagnosis { done, refusal })
}

/// What a token says, and what AppSync makes of it. It serialises as `token --format json` writes it.
///
/// ```
/// let token = vtl_eval::token("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4iLCJleHAiOjEwMH0.", 200)?;
/// assert_eq!(serde_json::to_value(&token).unwrap()["expires"], 100);
/// # Ok::<(), vtl_eval::Error>(())
/// ```
#[derive(Debug)]
pub struct Token {
    report: TokenReport,
}

impl Token {
    /// Whether AppSync would refuse it.
    pub fn is_refused(&self) -> bool {
        self.report.refused
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.report.serialize(serializer)
    }
}

/// Reads a compact JWT; `now` is the time of the request in seconds since 1970. Its signature is not checked.
///
/// ```
/// let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4iLCJleHAiOjEwMH0.";
/// assert!(vtl_eval::token(token, 200)?.is_refused());
/// # Ok::<(), vtl_eval::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Input`]: why it is not a token. The message never repeats it.
pub fn token(text: &str, now: i64) -> Result<Token, Error> {
    let read = crate::request::token::opened(text).map_err(|error| Error::new(ErrorKind::Input, error.to_string()))?;
    let report = TokenReport::new(text, &read, None, None, Some(now), None).map_err(Error::input)?;
    Ok(Token { report })
}

/// Every field by every persona. It serialises as `matrix --format json` writes it.
///
/// ```
/// # fn run(project: &vtl_eval::Project, personas: &str) -> Result<(), vtl_eval::Error> {
/// for (field, persona, verdict) in project.matrix(personas, 0)?.cells() {
///     println!("{field} for {persona}: {verdict}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Matrix {
    pub(super) cells: Cells,
    pub(super) open: Arc<OpenValues>,
}

impl Matrix {
    /// The verdicts, as `(Type.field, persona, verdict)`.
    pub fn cells(&self) -> impl Iterator<Item = (&str, &str, Verdict)> {
        self.cells.cells.iter().map(|cell| (cell.field.as_str(), cell.persona.as_str(), cell.verdict))
    }
}

impl Serialize for Matrix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.open.is_empty() {
            return self.cells.serialize(serializer);
        }
        // The names of open values stand for private letters, wherever those went.
        let text = serde_json::to_string(&self.cells).map_err(S::Error::custom)?;
        let shown: serde_json::Value = serde_json::from_str(&self.open.shown(&text)).map_err(S::Error::custom)?;
        shown.serialize(serializer)
    }
}
