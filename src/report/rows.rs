//! An explanation as rows of JSON.

use super::as_json::AsJson;
use super::at::At;
use crate::explain::Explanation;
use crate::explain::filter::RowMatch;
use crate::explain::{InputChange, Op, Suggestion};
use crate::explain::why::{Guard, Why};
use crate::finding::Finding;
use crate::rules::RuleRef;
use crate::syntax::{NodeId, Program};
use crate::trace::Verdict;
use crate::trace::candidate::{Blocker, Candidate, Grant};
use crate::trace::condition::{Condition, Operand, Shape};
use crate::trace::origin::{Origin, Origins};
use crate::trace::recorder::Change;
use crate::value::Value;
use serde::Serialize;

/// A place that a value came from.
#[derive(Debug, Serialize)]
pub struct OriginRow<'a> {
    path: Option<&'a str>,
    value: AsJson<Value>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    absent: bool,
    /// Nobody said what stands there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    open: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<At<'a>>,
}

fn origins<'a>(program: &'a Program, origins: &'a Origins) -> Vec<OriginRow<'a>> {
    let row = |origin: &'a Origin| match origin {
        Origin::Context { path, value, absent, open } => {
            OriginRow { path: Some(path), value: AsJson(value.clone()), absent: *absent && !open, open: *open, at: None }
        }
        Origin::AuthType(value) => {
            OriginRow { path: Some("authType"), value: AsJson(value.clone()), absent: false, open: false, at: None }
        }
        Origin::Literal(node) => OriginRow {
            path: None,
            value: AsJson(Value::Null),
            absent: false,
            open: false,
            at: Some(At::new(program, *node)),
        },
    };
    origins.iter().map(row).collect()
}

/// A value that a condition looked at.
#[derive(Debug, Serialize)]
pub struct OperandRow<'a> {
    expr: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<AsJson<&'a Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    /// Only where it was not: nobody came to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluated: Option<bool>,
    origin: Vec<OriginRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<At<'a>>,
}

fn operand<'a>(program: &'a Program, why: &Why, operand: &'a Operand) -> OperandRow<'a> {
    let since = operand.slot.and_then(|slot| why.since.iter().find(|(known, _)| *known == slot));
    OperandRow {
        expr: program.source.slice(operand.span),
        value: operand.is_evaluated().then_some(AsJson(&operand.value)),
        r#type: operand.is_evaluated().then(|| operand.value.type_name()),
        evaluated: (!operand.is_evaluated()).then_some(false),
        origin: origins(program, &operand.origins),
        since: since.map(|(_, node)| At::new(program, *node)),
    }
}

/// What a condition looked at; of one that nobody came to, its text.
fn operands<'a>(program: &'a Program, why: &Why, leaf: &'a Condition) -> Vec<OperandRow<'a>> {
    if leaf.holds.is_some() {
        return leaf.operands.iter().map(|each| operand(program, why, each)).collect();
    }
    vec![OperandRow { expr: program.text(leaf.node), value: None, r#type: None, evaluated: Some(false), origin: Vec::new(), since: None }]
}

/// A condition inside another.
#[derive(Debug, Serialize)]
pub struct PartRow<'a> {
    condition: &'a str,
    /// Null when it was not needed.
    value: Option<bool>,
    operands: Vec<OperandRow<'a>>,
}

fn parts<'a>(program: &'a Program, why: &Why, condition: &'a Condition) -> Vec<PartRow<'a>> {
    if condition.shape == Shape::Leaf {
        return Vec::new();
    }
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    leaves
        .into_iter()
        .map(|leaf| PartRow {
            condition: program.text(leaf.node),
            value: leaf.holds,
            operands: operands(program, why, leaf),
        })
        .collect()
}

/// A condition with its values.
#[derive(Debug, Serialize)]
pub struct ConditionRow<'a> {
    at: At<'a>,
    condition: &'a str,
    value: Option<bool>,
    operands: Vec<OperandRow<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartRow<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ChangeRow<'a>>,
}

fn condition<'a>(program: &'a Program, why: &Why, node: NodeId, condition: &'a Condition) -> ConditionRow<'a> {
    let mut leaves = Vec::new();
    condition.leaves(&mut leaves);
    let operands = leaves.into_iter().flat_map(|leaf| operands(program, why, leaf));
    ConditionRow {
        at: At::new(program, node),
        condition: program.text(condition.node),
        value: condition.holds,
        operands: operands.collect(),
        parts: parts(program, why, condition),
        changes: Vec::new(),
    }
}

/// The rows of the guards.
pub fn guards<'a>(program: &'a Program, why: &'a Why) -> Vec<ConditionRow<'a>> {
    why.guards.iter().map(|each| guard(program, why, each)).collect()
}

fn guard<'a>(program: &'a Program, why: &'a Why, guard: &'a Guard) -> ConditionRow<'a> {
    let changes = guard.causes.iter().map(|cause| ChangeRow {
        at: At::new(program, cause.change.node),
        rules: Vec::new(),
        values: cause.change.values.iter().map(AsJson).collect(),
        origin: cause.change.origins.iter().flat_map(|each| origins(program, each)).collect(),
        guards: cause.guards.iter().map(|inner| condition(program, why, inner.node, &inner.condition)).collect(),
    });
    let changes = changes.collect();
    ConditionRow { changes, ..condition(program, why, guard.node, &guard.condition) }
}

/// An addition to a list or map.
#[derive(Debug, Serialize)]
pub struct ChangeRow<'a> {
    at: At<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<RuleRef>,
    values: Vec<AsJson<&'a Value>>,
    origin: Vec<OriginRow<'a>>,
    guards: Vec<ConditionRow<'a>>,
}

/// A hint with the rules that it is about.
#[derive(Debug, Serialize)]
pub struct HintRow<'a> {
    #[serde(flatten)]
    hint: &'a Finding,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<RuleRef>,
}

/// The rows of the hints.
pub fn hints<'a>(report: &'a Explanation, why: &'a Why) -> Vec<HintRow<'a>> {
    let rules = |hint: &Finding| report.rules.as_ref().map(|rules| rules.of_hint(hint)).unwrap_or_default();
    why.hints.iter().map(|hint| HintRow { hint, rules: rules(hint) }).collect()
}

/// The rules behind a statement of the deciding template.
fn behind(report: &Explanation, node: NodeId) -> Vec<RuleRef> {
    report.rules.as_ref().map(|rules| rules.at(&report.program, node)).unwrap_or_default()
}

/// A statement that would have authorized.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CandidateRow<'a> {
    at: At<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<RuleRef>,
    grant: &'static str,
    blocked_by: Option<BlockerRow<'a>>,
    passed: u32,
    of: u32,
    reached: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<BlockerRow<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct BlockerRow<'a> {
    #[serde(flatten)]
    condition: ConditionRow<'a>,
    wanted: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    empty_loop: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    iteration: Vec<u32>,
}

/// The rows of the candidates.
pub fn candidates<'a>(report: &'a Explanation, why: &'a Why) -> Vec<CandidateRow<'a>> {
    let program = &*report.program;
    let blocked = |blocker: &'a Blocker| BlockerRow {
        condition: condition(program, why, blocker.node, &blocker.condition),
        wanted: blocker.wanted,
        empty_loop: blocker.empty_loop,
        iteration: blocker.turns.iter().map(|turn| turn + 1).collect(),
    };
    let row = |candidate: &'a Candidate| CandidateRow {
        at: At::new(program, candidate.node),
        rules: behind(report, candidate.node),
        grant: match candidate.grant {
            Grant::Set => "set",
            Grant::Add => "add",
            Grant::Filter => "filter",
            Grant::Return => "return",
        },
        blocked_by: candidate.blocker.as_ref().map(blocked),
        passed: candidate.passed,
        of: candidate.of,
        reached: candidate.reached,
        items: candidate.items.iter().map(blocked).collect(),
    };
    why.candidates.iter().map(row).collect()
}

/// Changes that were proved.
#[derive(Debug, Serialize)]
pub struct SuggestionRow<'a> {
    changes: Vec<OneChange<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<RuleRef>,
    verdict: Verdict,
}

#[derive(Debug, Serialize)]
struct OneChange<'a> {
    op: Op,
    path: &'a str,
    value: AsJson<&'a Value>,
}

/// The rows of suggestions.
pub fn suggestions<'a>(report: &'a Explanation, list: &'a [Suggestion]) -> Vec<SuggestionRow<'a>> {
    let change =
        |change: &'a InputChange| OneChange { op: change.op, path: &change.path, value: AsJson(&change.value) };
    list.iter()
        .map(|suggestion| SuggestionRow {
            rules: report.rules.as_ref().map(|rules| rules.of_suggestion(&report.program, suggestion)).unwrap_or_default(),
            changes: suggestion.changes.iter().map(change).collect(),
            verdict: suggestion.verdict,
        })
        .collect()
}

/// The filter on the rows, what it was made of, and the rows that were given.
#[derive(Debug, Serialize)]
pub struct FilterRow<'a> {
    value: AsJson<Value>,
    parts: Vec<ChangeRow<'a>>,
    rows: Vec<RowRow<'a>>,
}

#[derive(Debug, Serialize)]
struct RowRow<'a> {
    row: usize,
    matches: Option<bool>,
    tests: Vec<TestRow<'a>>,
}

#[derive(Debug, Serialize)]
struct TestRow<'a> {
    field: &'a str,
    operator: &'a str,
    wanted: AsJson<&'a Value>,
    actual: AsJson<&'a Value>,
    present: bool,
    holds: Option<bool>,
}

/// The filter's row; `None` when there is none.
pub fn filter<'a>(report: &'a Explanation, value: Value, why: &'a Why) -> Option<FilterRow<'a>> {
    if value.is_null() {
        return None;
    }
    let program = &*report.program;
    let part = |change: &'a Change| ChangeRow {
        at: At::new(program, change.node),
        rules: behind(report, change.node),
        values: change.values.iter().map(AsJson).collect(),
        origin: change.origins.iter().flat_map(|each| origins(program, each)).collect(),
        guards: Vec::new(),
    };
    let row = |row: &'a RowMatch| RowRow {
        row: row.row,
        matches: row.matches,
        tests: row
            .tests
            .iter()
            .map(|test| TestRow {
                field: &test.field,
                operator: &test.operator,
                wanted: AsJson(&test.wanted),
                actual: AsJson(&test.actual),
                present: test.present,
                holds: test.holds,
            })
            .collect(),
    };
    Some(FilterRow {
        value: AsJson(value),
        parts: why.filter_parts.iter().map(part).collect(),
        rows: why.rows.iter().map(row).collect(),
    })
}
