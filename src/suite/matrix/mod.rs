//! Every field by every persona.

use crate::code::Code;
use crate::eval::{End, Note};
use crate::explain::hint::json;
use crate::explain::{Depth, Explanation, Pipeline, Question, Subject, Unexplained, explain};
use crate::resolver::{Answers, Half, Resolvers};
use crate::suite::Change;
use crate::suite::each::each;
use crate::suite::persona::{Case, Personas};
use crate::trace::Verdict;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Who may do what.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Matrix {
    /// The form of this object.
    pub schema: u32,
    /// One a case, in the order of the cases.
    pub cells: Vec<Cell>,
}

/// One case.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// `Type.field`
    pub field: String,
    /// Who.
    pub persona: String,
    /// The case's own name.
    pub variant: Option<String>,
    /// `allowed`, `denied`, `filtered`, `completed`, `error`, `unknown`
    pub verdict: String,
    /// The template that decided.
    pub decided_by: Option<DecidedBy>,
    /// The filter that was set.
    pub filter: Json,
    /// One line.
    pub reason: String,
}

/// The place that decided.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct DecidedBy {
    /// The template.
    pub template: String,
    /// The function's slot.
    pub slot: Option<String>,
    /// Which half.
    pub half: Half,
    /// The deciding line.
    pub line: Option<u32>,
}

impl Matrix {
    /// Runs every case, on all cores; `done` is told after each.
    pub fn run(resolvers: &Resolvers, personas: &Personas, now_millis: i64, done: &(dyn Fn() + Sync)) -> Self {
        let cases = match personas.cases.as_slice() {
            [] => every(resolvers, personas),
            cases => cases.to_vec(),
        };
        let cell = |case: &Case| {
            let cell = one(resolvers, personas, case, now_millis);
            done();
            cell
        };
        Self { schema: 1, cells: each(cases.iter().collect(), cell) }
    }
}

/// Every persona calls every field without arguments.
fn every(resolvers: &Resolvers, personas: &Personas) -> Vec<Case> {
    let call =
        |field: &String, persona: &str| Case { persona: persona.to_owned(), field: field.clone(), ..Case::default() };
    let fields = resolvers.by_field.keys();
    fields.flat_map(|field| personas.personas.iter().map(move |persona| call(field, &persona.name))).collect()
}

fn one(resolvers: &Resolvers, personas: &Personas, case: &Case, now_millis: i64) -> Cell {
    let blank = |verdict: &str, reason: String| Cell {
        field: case.field.clone(),
        persona: case.persona.clone(),
        variant: case.variant.clone(),
        verdict: verdict.to_owned(),
        decided_by: None,
        filter: Json::Null,
        reason,
    };
    let resolver = match resolvers.get(&case.field) {
        Ok(resolver) => resolver,
        Err(error) => return blank("unknown", error.to_string()),
    };
    let (given, result) = match personas.given(case, now_millis) {
        Ok(given) => given,
        Err(error) => return blank("unknown", error.to_string()),
    };
    let answers = Answers { result, ..Answers::default() };
    let ask =
        |depth| explain(Subject::Resolver(resolver, &answers), &given, &Question { depth, ..Question::default() });
    let done = match ask(Depth::Verdict) {
        Ok(done) => done,
        Err(Unexplained::NothingRan { notes, .. }) => {
            return match unevaluated(&notes) {
                Some(note) => blank("unknown", note.message.clone()),
                None => blank("completed", NO_LOGIC.to_owned()),
            };
        }
        Err(error) => return blank("unknown", error.to_string()),
    };
    let hint = (done.verdict == Verdict::Denied).then(|| ask(Depth::Reasons).ok()).flatten().and_then(first_hint);
    let pipeline = done.pipeline.as_ref();
    let filter = pipeline.map_or(Json::Null, |pipeline| json(&pipeline.filter));
    let unevaluated = unevaluated(&done.notes);
    let verdict = match (done.verdict, unevaluated) {
        (Verdict::Completed, Some(_)) => "unknown",
        (verdict, _) => name(verdict),
    };
    let reason = hint.unwrap_or_else(|| reason(&done, unevaluated, &filter));
    // What was not evaluated may refuse what the others allow.
    let reason = match unevaluated {
        Some(note) if matches!(done.verdict, Verdict::Allowed | Verdict::Filtered) => {
            format!("{reason}; {}", note.message)
        }
        _ => reason,
    };
    Cell { decided_by: pipeline.and_then(decided_by), filter, ..blank(verdict, reason) }
}

const NO_LOGIC: &str = "no template decides about authorization";

fn first_hint(explanation: Explanation) -> Option<String> {
    explanation.why?.hints.into_iter().next().map(|hint| hint.message.to_string())
}

/// The note of a function that could not be evaluated, if there is one.
fn unevaluated(notes: &[Note]) -> Option<&Note> {
    notes.iter().find(|note| matches!(note.code, Code::JavascriptFunction | Code::MissingFunction))
}

fn decided_by(pipeline: &Pipeline) -> Option<DecidedBy> {
    let step = pipeline.steps.get(pipeline.deciding?)?;
    Some(DecidedBy {
        template: step.program.source.name.to_string(),
        slot: step.slot.clone(),
        half: step.half,
        line: step.node.map(|node| step.program.source.place(step.program.span(node).start).line),
    })
}

/// Why a cell is what it is, where no hint tells it.
fn reason(done: &Explanation, unevaluated: Option<&Note>, filter: &Json) -> String {
    let decided = done.pipeline.as_ref().is_some_and(|pipeline| pipeline.deciding.is_some());
    match (done.verdict, unevaluated) {
        (Verdict::Completed, Some(note)) => note.message.clone(),
        (Verdict::Completed, None) => NO_LOGIC.to_owned(),
        (Verdict::Filtered, _) => format!("only rows that match {filter}"),
        _ if decided => {
            let text = done.decision.node.map_or("", |node| done.program.text(node)).lines().next().unwrap_or_default();
            match &done.outcome.end {
                End::Thrown { error, .. } => error.message.to_string(),
                End::Failed(failure) => failure.message.clone(),
                _ if text.is_empty() => "a refusal stands in the template and was not reached".to_owned(),
                _ => text.to_owned(),
            }
        }
        _ => String::new(),
    }
}

/// The word for a verdict.
fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::Denied => "denied",
        Verdict::Filtered => "filtered",
        Verdict::Completed => "completed",
        Verdict::Error => "error",
        Verdict::Unknown => "unknown",
    }
}

/// A cell that differs from an older matrix.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// `Type.field`
    pub field: String,
    /// Who.
    pub persona: String,
    /// The case's own name.
    pub variant: Option<String>,
    /// The old verdict; null for a new cell.
    pub before: Option<String>,
    /// The new verdict; null for a cell that is gone.
    pub after: Option<String>,
    /// Which way it went.
    pub change: Change,
}

/// What a change of rules opened and closed.
pub fn compare(old: &Matrix, new: &Matrix) -> Vec<Difference> {
    let key = |cell: &Cell| (cell.field.clone(), cell.persona.clone(), cell.variant.clone());
    let mut before: indexmap::IndexMap<_, _> = old.cells.iter().map(|cell| (key(cell), cell)).collect();
    let mut found = Vec::new();
    let difference = |cell: &Cell, before: Option<&Cell>, after: Option<&Cell>| Difference {
        field: cell.field.clone(),
        persona: cell.persona.clone(),
        variant: cell.variant.clone(),
        before: before.map(|cell| cell.verdict.clone()),
        after: after.map(|cell| cell.verdict.clone()),
        change: change(before, after),
    };
    for cell in &new.cells {
        let was = before.shift_remove(&key(cell));
        let same = was.is_some_and(|was| was.verdict == cell.verdict && was.filter == cell.filter);
        if !same {
            found.push(difference(cell, was, Some(cell)));
        }
    }
    found.extend(before.values().map(|cell| difference(cell, Some(cell), None)));
    found
}

/// How open a verdict is: what refuses, what shows some rows, what shows all.
fn openness(cell: Option<&Cell>) -> u8 {
    match cell.map(|cell| cell.verdict.as_str()) {
        Some("allowed" | "completed") => 2,
        Some("filtered") => 1,
        _ => 0,
    }
}

fn change(before: Option<&Cell>, after: Option<&Cell>) -> Change {
    match openness(after).cmp(&openness(before)) {
        std::cmp::Ordering::Greater => Change::Opened,
        std::cmp::Ordering::Less => Change::Closed,
        std::cmp::Ordering::Equal => match (before, after) {
            (Some(before), Some(after)) if before.filter != after.filter => {
                filter_change(&before.filter, &after.filter)
            }
            _ => Change::Changed,
        },
    }
}

/// A filter that shows nothing beyond what the old one showed closes; every other change may show more rows.
fn filter_change(before: &Json, after: &Json) -> Change {
    let none = |filter: &Json| filter.is_null() || filter.as_object().is_some_and(serde_json::Map::is_empty);
    let ways = |filter: &Json| match filter.get("or").and_then(Json::as_array) {
        Some(ways) => ways.clone(),
        None => vec![filter.clone()],
    };
    let within = !none(after) && ways(after).iter().all(|way| ways(before).contains(way));
    if none(before) || within { Change::Closed } else { Change::Opened }
}

#[cfg(test)]
mod tests {
    use super::{Change, filter_change};
    use serde_json::{Value as Json, json};

    #[test]
    fn a_filter_with_one_more_way_opens() {
        let owner = json!({"owner": {"eq": "ann"}});
        let both = json!({"or": [owner, {"group": {"eq": "Staff"}}]});
        let one = json!({"or": [owner]});
        assert_eq!(filter_change(&one, &both), Change::Opened);
        assert_eq!(filter_change(&both, &one), Change::Closed);
        assert_eq!(filter_change(&both, &owner), Change::Closed);
        assert_eq!(filter_change(&one, &json!({"or": [{"owner": {"eq": "bob"}}]})), Change::Opened, "other rows");
        assert_eq!(filter_change(&one, &Json::Null), Change::Opened, "a subscription without its filter");
        assert_eq!(filter_change(&Json::Null, &one), Change::Closed);
    }
}
