//! Two callers of one request, side by side.

use super::fold::columns;
use super::page::{code, escape, section, table};
use super::words::show;
use crate::explain::compare::{ComparedCaller, Comparison, Fork, ForkKind, Seen};
use crate::explain::hint::json;
use crate::syntax::{NodeId, Program};
use crate::trace::Verdict;
use crate::value::{List, Value};
use super::style::Style;
use serde::Serialize;
use serde_json::Value as Json;

const STRONG: Style = Style::new().bold();

/// The member `compare` of a report: arrays of two are this caller and the other one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CompareRow<'a> {
    callers: [CallerRow<'a>; 2],
    /// Whether both get the same verdict.
    same: bool,
    /// The layer before the templates at which they parted.
    layer: Option<&'static str>,
    first: Option<ForkRow<'a>>,
    sources: Vec<ComparedSource<'a>>,
    rows: Option<&'a [Vec<String>; 2]>,
    message: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CallerRow<'a> {
    name: Option<&'a str>,
    auth_type: Option<&'static str>,
    token_use: Option<&'a str>,
    verdict: Verdict,
}

#[derive(Debug, Serialize)]
struct ForkRow<'a> {
    kind: &'static str,
    at: SpotRow<'a>,
    /// Whether the condition held, or the loop had a turn; null of a value.
    held: [Option<bool>; 2],
    operands: Vec<SeenRow<'a>>,
}

/// A place of the template, as every report has it.
#[derive(Debug, Serialize)]
struct SpotRow<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    text: &'a str,
}

fn spot(program: &Program, node: NodeId) -> SpotRow<'_> {
    let place = program.place(node);
    SpotRow { file: &program.source.name, line: place.line, column: place.column, text: program.text(node) }
}

#[derive(Debug, Serialize)]
struct SeenRow<'a> {
    expr: &'a str,
    /// In a loop one for each turn.
    values: [Json; 2],
    paths: [Vec<&'a str>; 2],
}

#[derive(Debug, Serialize)]
struct ComparedSource<'a> {
    path: &'a str,
    values: [Json; 2],
    absent: [bool; 2],
}

impl<'a> CompareRow<'a> {
    /// The facts of a comparison.
    pub fn new(found: &'a Comparison) -> Self {
        let caller = |at: usize| {
            let ComparedCaller { name, auth_type, token_use } = &found.callers[at];
            CallerRow {
                name: name.as_deref(),
                auth_type: auth_type.map(|mode| mode.as_str()),
                token_use: token_use.as_deref(),
                verdict: found.verdicts[at],
            }
        };
        let source = |source: &'a crate::explain::compare::Sourced| ComparedSource {
            path: &source.path,
            values: source.values.each_ref().map(|value| value.as_ref().map(json).unwrap_or_default()),
            absent: source.values.each_ref().map(Option::is_none),
        };
        Self {
            callers: [caller(0), caller(1)],
            same: found.verdicts[0] == found.verdicts[1],
            layer: found.layer,
            first: found.fork.as_ref().map(fork),
            sources: found.sources.iter().map(source).collect(),
            rows: found.rows.as_ref(),
            message: found.message.to_string(),
        }
    }
}

fn fork(fork: &Fork) -> ForkRow<'_> {
    let kind = match fork.kind {
        ForkKind::Condition => "condition",
        ForkKind::Loop => "loop",
        ForkKind::Value => "value",
    };
    let operands = fork.seen.iter().map(seen).collect();
    ForkRow { kind, at: spot(&fork.program, fork.node), held: fork.held, operands }
}

fn seen(seen: &Seen) -> SeenRow<'_> {
    SeenRow {
        expr: &seen.expr,
        values: seen.values.each_ref().map(|values| json(&joined(values))),
        paths: seen.origins.each_ref().map(|all| all.iter().filter_map(|origin| Some(&**origin.path()?)).collect()),
    }
}

fn joined(values: &[Value]) -> Value {
    match values {
        [one] => one.clone(),
        several => List::new(several.to_vec()).into(),
    }
}

/// Name, this caller, the other one: the condition, what it looked at, and where that comes from.
fn lines(found: &Comparison) -> Vec<[String; 3]> {
    let name = |at: usize, other: &str| found.callers[at].name.clone().unwrap_or_else(|| other.to_owned());
    let verdict = |at: usize| found.verdicts[at].to_string();
    let mut rows = vec![
        [String::new(), name(0, "this caller"), name(1, "the other caller")],
        ["verdict".to_owned(), verdict(0), verdict(1)],
    ];
    let mode = |at: usize| found.callers[at].auth_type.map_or(String::new(), |mode| mode.to_string());
    if mode(0) != mode(1) {
        rows.push(["mode".to_owned(), mode(0), mode(1)]);
    }
    if let Some(fork) = &found.fork {
        let line = fork.program.line(fork.node);
        let text = fork.program.one_line(fork.node);
        let held = |at: usize| match (fork.kind, fork.held[at]) {
            (ForkKind::Value, _) => String::new(),
            (ForkKind::Loop, Some(true)) => "runs".to_owned(),
            (ForkKind::Loop, _) => "no turn".to_owned(),
            (ForkKind::Condition, held) => held.map_or("not reached".to_owned(), |held| held.to_string()),
        };
        rows.push([format!("line {line}: {text}"), held(0), held(1)]);
        for seen in &fork.seen {
            let values = |at: usize| seen.values[at].iter().map(show).collect::<Vec<_>>().join(", ");
            rows.push([seen.expr.clone(), values(0), values(1)]);
        }
    }
    for source in &found.sources {
        let value = |at: usize| source.values[at].as_ref().map_or("absent".to_owned(), show);
        rows.push([source.path.clone(), value(0), value(1)]);
    }
    rows
}

/// For a terminal.
pub fn text(found: &Comparison, width: usize) -> String {
    format!("\n{STRONG}Two callers{STRONG:#}\n{}", columns(&lines(found), width, 2))
}

/// For a page.
pub fn html(found: &Comparison, level: u8) -> String {
    let mut lines = lines(found).into_iter();
    let [_, mine, theirs] = lines.next().unwrap_or_default();
    let row = |[name, mine, theirs]: [String; 3]| (String::new(), vec![code(&name), escape(&mine), escape(&theirs)]);
    let rows: Vec<_> = lines.map(row).collect();
    section(level, "Two callers", &table("Two callers", &["what", &mine, &theirs], &rows))
}
