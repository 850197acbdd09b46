//! Every field by every persona.

use crate::appsync::{ContextPath, Given};
use crate::code::Code;
use crate::eval::{End, Note};
use crate::explain::hint::json;
use crate::explain::{Depth, Explanation, Pipeline, Question, Subject, Unexplained, explain};
use crate::finding::Finding;
use crate::resolver::{Answers, Half, Origin, Resolver, Resolvers, Template};
use crate::suite::Change;
use crate::suite::each::each;
use crate::suite::persona::{Case, Personas};
use crate::trace::{Absent, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::sync::Arc;

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
    /// What all layers together decide.
    pub verdict: Verdict,
    /// The template that decided.
    pub decided_by: Option<DecidedBy>,
    /// The layer that decided; null where none did, or where it is not known.
    #[serde(default)]
    pub layer: Option<CellLayer>,
    /// What would settle a cell that is unknown.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// What the templates alone decide, with absent parts of the context read as null; null where none ran.
    #[serde(default)]
    pub templates: Option<Templates>,
    /// The filter that was set.
    pub filter: Json,
    /// One line.
    pub reason: String,
}

/// What the templates alone decide.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Templates {
    /// As for a cell.
    pub verdict: Verdict,
    /// The template that decided.
    pub decided_by: Option<DecidedBy>,
}

/// The layer that decided a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CellLayer {
    /// Modes and directives.
    Mode,
    /// Policies.
    Iam,
    /// The Lambda authorizer.
    Authorizer,
    /// The templates.
    Resolver,
}

/// What would settle a cell that is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Need {
    /// A row: what a data source answers, or the parent object.
    Row,
    /// The field's arguments.
    Args,
    /// A value that is known only after a deployment (`--parameters`).
    Deployment,
    /// What a resolver or function of JavaScript decides.
    Javascript,
}

/// The place that decided.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct DecidedBy {
    /// The template.
    pub template: String,
    /// The file that it stands in.
    #[serde(default)]
    pub file: Option<String>,
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
    let blank = |verdict: Verdict, reason: String| Cell {
        field: case.field.clone(),
        persona: case.persona.clone(),
        variant: case.variant.clone(),
        verdict,
        decided_by: None,
        layer: None,
        needs: Vec::new(),
        templates: None,
        filter: Json::Null,
        reason,
    };
    let resolver = match resolvers.get(&case.field) {
        Ok(resolver) => resolver,
        Err(error) => return blank(Verdict::Unknown, error.to_string()),
    };
    let (given, result) = match personas.given(case, now_millis) {
        Ok(given) => given,
        Err(error) => return blank(Verdict::Unknown, error.to_string()),
    };
    let answers = Answers { result, ..Answers::default() };
    let asked = Asked { resolver, answers: &answers, given: &given, open_values: !resolvers.open.is_empty() };
    let done = match asked.ask(Depth::Verdict, Absent::Null) {
        Ok(done) => done,
        Err(Unexplained::NothingRan { notes, .. }) => {
            return match unevaluated(&notes) {
                Some(note) => Cell { needs: vec![Need::Javascript], ..blank(Verdict::Unknown, note.message.clone()) },
                None => blank(Verdict::Completed, NO_LOGIC.to_owned()),
            };
        }
        Err(error) => return blank(Verdict::Unknown, error.to_string()),
    };
    let pipeline = done.pipeline.as_ref();
    let decided_by = pipeline.and_then(|pipeline| decided_by(pipeline, resolver));
    let filter = pipeline.map_or(Json::Null, |pipeline| json(&pipeline.filter));
    let settled = settle(&asked, &done, &filter);
    let layer = (settled.needs.is_empty() && settled.verdict != Verdict::Unknown && done.verdict != Verdict::Completed)
        .then_some(CellLayer::Resolver);
    let templates = Templates { verdict: done.verdict, decided_by: decided_by.clone() };
    Cell {
        decided_by,
        layer,
        needs: settled.needs,
        templates: Some(templates),
        filter,
        ..blank(settled.verdict, settled.reason)
    }
}

/// A field and who calls it.
struct Asked<'a> {
    resolver: &'a Resolver,
    answers: &'a Answers,
    given: &'a Given,
    open_values: bool,
}

impl Asked<'_> {
    fn ask(&self, depth: Depth, absent: Absent) -> Result<Explanation, Unexplained> {
        let question = Question { depth, absent, open_values: self.open_values, ..Question::default() };
        explain(Subject::Resolver(self.resolver, self.answers), self.given, &question)
    }
}

/// The verdict of the whole request, what would settle it, and why.
struct Settled {
    verdict: Verdict,
    needs: Vec<Need>,
    reason: String,
}

/// What stands where absent parts of the context may be anything; `done` read them as null.
fn settle(asked: &Asked<'_>, done: &Explanation, filter: &Json) -> Settled {
    let unevaluated = unevaluated(&done.notes);
    let known = done.verdict != Verdict::Unknown;
    let open = known.then(|| asked.ask(Depth::Verdict, Absent::Open).ok()).flatten();
    let verdict = open.map_or(done.verdict, |open| open.verdict);
    let explains = matches!(verdict, Verdict::Denied | Verdict::Unknown);
    let absent = if known { Absent::Open } else { Absent::Null };
    let hints = explains.then(|| asked.ask(Depth::Reasons, absent).ok()).flatten().and_then(|open| open.why);
    let hints = hints.map_or_else(Vec::new, |why| why.hints);
    let mut needs: Vec<Need> = match verdict {
        Verdict::Unknown if known => hints.iter().filter_map(need).collect(),
        Verdict::Unknown => vec![Need::Deployment],
        _ => Vec::new(),
    };
    let first = hints.first().map(|hint| hint.message.to_string());
    let mut reason = first.unwrap_or_else(|| reason(done, unevaluated, filter));
    let mut verdict = verdict;
    // What was not evaluated may refuse what the others allow.
    if let Some(note) = unevaluated.filter(|_| verdict != Verdict::Denied) {
        needs.push(Need::Javascript);
        if verdict != Verdict::Completed {
            reason = format!("{reason}; {}", note.message);
        }
        verdict = Verdict::Unknown;
    }
    needs.sort_unstable();
    needs.dedup();
    Settled { verdict, needs, reason }
}

/// What would settle a test on a part of the context that nobody gave.
fn need(hint: &Finding) -> Option<Need> {
    let path = hint.path.as_deref().filter(|_| hint.code == Code::NotGiven)?;
    match path.parse::<ContextPath>().ok()?.root() {
        "result" | "source" | "prev" => Some(Need::Row),
        "args" | "arguments" => Some(Need::Args),
        _ => None,
    }
}

const NO_LOGIC: &str = "no template decides about authorization";

/// The note of a function that could not be evaluated, if there is one.
fn unevaluated(notes: &[Note]) -> Option<&Note> {
    notes.iter().find(|note| matches!(note.code, Code::JavascriptFunction | Code::MissingFunction))
}

fn decided_by(pipeline: &Pipeline, resolver: &Resolver) -> Option<DecidedBy> {
    let step = pipeline.steps.get(pipeline.deciding?)?;
    let same = |template: &&Arc<Template>| template.program().is_ok_and(|program| Arc::ptr_eq(program, &step.program));
    let file = resolver.templates().find(same).and_then(|template| match template.origin() {
        Origin::File(file) | Origin::Inline(file) => Some(file.display().to_string()),
        Origin::StandIn | Origin::Missing(_) => None,
    });
    Some(DecidedBy {
        template: step.program.source.name.to_string(),
        file,
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
    pub before: Option<Verdict>,
    /// The new verdict; null for a cell that is gone.
    pub after: Option<Verdict>,
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
        before: before.map(|cell| cell.verdict),
        after: after.map(|cell| cell.verdict),
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

/// How open a verdict is: what refuses, what nobody knows, what shows some rows, what shows all.
fn openness(cell: Option<&Cell>) -> u8 {
    match cell.map(|cell| cell.verdict) {
        Some(Verdict::Allowed | Verdict::Completed) => 3,
        Some(Verdict::Filtered) => 2,
        // Nobody knows: what was denied may be open now.
        Some(Verdict::Unknown) => 1,
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
