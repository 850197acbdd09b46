//! Every field by every persona: the whole request, from the API's modes to the templates.

mod all_rows;
mod asked;
mod before;
mod cell;
mod differ;
mod left;
pub(super) mod javascript;

pub(super) use before::policies_of;
pub use differ::{CellDifference, compare};
pub use javascript::refusals as javascript_refusals;

use crate::project::Project;
use crate::message::{Message, counted};
use crate::resolver::Half;
use crate::rules::{NotFromRule, RuleRef};
use crate::suite::each::each;
use crate::suite::guard::guarded;
use crate::suite::persona::{Case, PersonaError, Personas};
use crate::trace::Verdict;
use before::Before;
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
    pub templates: Option<CellTemplates>,
    /// The rules that let the caller in, where the project's model schema is known.
    #[serde(default)]
    pub rules: Vec<RuleRef>,
    /// What let the caller in, where no rule did.
    #[serde(default)]
    pub not_from_rule: Option<NotFromRule>,
    /// The filter that was set.
    pub filter: Json,
    /// One line.
    pub reason: Message,
    /// Whether the templates' verdict rests on something unverified (`--strict`).
    #[serde(skip)]
    pub doubted: bool,
    /// Whether a template rendered what AppSync would refuse.
    #[serde(skip)]
    pub output_refused: bool,
}

/// What the templates alone decide.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CellTemplates {
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

/// Cells that are judged in one run, and held until they are drawn.
const MOST_CELLS: usize = 40_000;

impl Matrix {
    /// Runs every case, on all cores; `done` is told after each.
    ///
    /// # Errors
    /// A caller that cannot be read.
    pub fn run(
        project: &Project,
        personas: &Personas,
        now_millis: i64,
        done: &(dyn Fn() + Sync),
    ) -> Result<Self, PersonaError> {
        let cells = match personas.cases.len() {
            0 => project.by_field.len().saturating_mul(personas.personas.len()),
            cases => cases,
        };
        if cells > MOST_CELLS {
            return Err(format!(
                "{} by {} are {cells} cells, and at most {MOST_CELLS} are judged (limit `cells`): take personas out, or name the cells that you want in `cases`",
                counted(project.by_field.len() as u64, "field"),
                counted(personas.personas.len() as u64, "persona"),
            )
            .into());
        }
        let made = if personas.cases.is_empty() { every(project, personas) } else { Vec::new() };
        let cases = if personas.cases.is_empty() { &made } else { &personas.cases };
        let mut callers = personas.callers();
        // A file of personas has open values as a report shows them.
        if !project.open.is_empty() {
            callers.values_mut().for_each(|caller| take(project, &mut caller.identity));
        }
        let before = Before::of(project, callers);
        let cell = |case: &Case| {
            let cell = guarded(|| cell::of(project, &before, personas, case, now_millis))
                .unwrap_or_else(|why| cell::blank(case, Verdict::Error, why.to_string().into()));
            done();
            cell
        };
        Ok(Self { schema: 1, cells: each(cases.iter().collect(), cell) })
    }
}

fn take(project: &Project, json: &mut Json) {
    match json {
        Json::String(text) => *text = project.open.taken(text),
        Json::Array(items) => items.iter_mut().for_each(|item| take(project, item)),
        Json::Object(map) => map.values_mut().for_each(|value| take(project, value)),
        _ => {}
    }
}

/// Every persona calls every field without arguments.
fn every(project: &Project, personas: &Personas) -> Vec<Case> {
    let call =
        |field: &String, persona: &str| Case { persona: persona.to_owned(), field: field.clone(), ..Case::default() };
    let fields = project.by_field.keys();
    fields.flat_map(|field| personas.personas.iter().map(move |persona| call(field, &persona.name))).collect()
}
