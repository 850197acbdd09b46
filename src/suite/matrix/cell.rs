//! One case: what stands before the templates, the templates, and what they leave to rows and to the deployment.

use super::before::{Before, Passage};
use super::asked::{Arguments, CellRequest, Settled, need};
use super::left::no_arguments;
use super::{Cell, CellLayer, DecidedBy, Need, CellTemplates, javascript};
use crate::code::Code;
use crate::eval::{End, Note};
use crate::explain::why::Fate;
use crate::explain::hint::json;
use crate::explain::rules::Rules;
use crate::explain::{Depth, Explanation, Pipeline, Unexplained};
use crate::finding::Finding;
use crate::message::{Message, Part, quoted};
use crate::project::{TemplateOrigin, Project, Resolver, Runtime, PipelineSlot, Template};
use crate::resolver::Answers;
use crate::suite::persona::{Case, Personas};
use crate::syntax::Program;
use crate::trace::{Absent, Verdict};
use serde_json::Value as Json;
use std::sync::Arc;

const NO_LOGIC: &str = "no template decides about authorization";

/// A cell that nothing was decided in.
pub fn blank(case: &Case, verdict: Verdict, reason: Message) -> Cell {
    Cell {
        field: case.field.clone(),
        persona: case.persona.clone(),
        variant: case.variant.clone(),
        verdict,
        decided_by: None,
        layer: None,
        needs: Vec::new(),
        templates: None,
        rules: Vec::new(),
        not_from_rule: None,
        filter: Json::Null,
        reason,
        doubted: false,
        output_refused: false,
    }
}

/// The cell of a case.
pub fn of<'p>(project: &'p Project, before: &Before<'p>, personas: &Personas, case: &Case, now_millis: i64) -> Cell {
    let blank = |verdict: Verdict, reason: Message| blank(case, verdict, reason);
    let resolver = match project.get(&case.field) {
        Ok(resolver) => resolver,
        Err(error) => return blank(Verdict::Unknown, error.to_string().into()),
    };
    let Some(caller) = before.caller(&case.persona) else {
        let why = personas.broken.get(&case.persona).cloned();
        let unknown = || Message::of("no persona {}", [Part::Name(quoted(&case.persona).to_string())]);
        let why = why.map_or_else(unknown, Message::from);
        return blank(Verdict::Unknown, why);
    };
    let (given, result) = match personas.given(case, caller, now_millis) {
        Ok(given) => given,
        Err(error) => return blank(Verdict::Unknown, error.to_string().into()),
    };
    let answers = Answers { result, ..Answers::default() };
    let ties = before.ties.as_ref();
    let arguments = Arguments::of(case, before);
    let open_values = !project.open.is_empty();
    let asked = CellRequest { resolver, places: &before.places, answers: &answers, given: &given, arguments, open_values, ties };
    let by_templates = asked.templates();
    let behind = by_templates.behind.as_ref();
    let passage = before.judge(&case.persona, &case.field);
    let settled = by_templates.settled(passage);
    let decided_by = by_templates.alone.as_ref().and_then(|alone| alone.decided_by.clone());
    let is_of_templates = !matches!(settled.layer, Some(CellLayer::Mode | CellLayer::Iam | CellLayer::Authorizer));
    Cell {
        decided_by: decided_by.filter(|_| is_of_templates),
        layer: settled.layer,
        needs: settled.needs,
        templates: by_templates.alone,
        rules: behind.map(Rules::granted).unwrap_or_default(),
        not_from_rule: behind.and_then(|rules| rules.granted.not_from_rule),
        filter: if is_of_templates { by_templates.filter } else { Json::Null },
        doubted: is_of_templates && by_templates.doubted,
        output_refused: is_of_templates && by_templates.output_refused,
        ..blank(settled.verdict, settled.reason)
    }
}

/// What the templates decide, and what they leave open.
struct ByTemplates {
    alone: Option<CellTemplates>,
    filter: Json,
    settled: Settled,
    /// The rules that let the caller in, where the templates did.
    behind: Option<Rules>,
    /// Whether the verdict rests on something unverified.
    doubted: bool,
    output_refused: bool,
}

impl ByTemplates {
    fn not_run(settled: Settled) -> Self {
        Self { alone: None, filter: Json::Null, settled, behind: None, doubted: true, output_refused: false }
    }

    /// With what stands before them. A refusal before them is the first; theirs stands whatever is not known before.
    fn settled(&self, passage: Passage) -> Settled {
        let own = self.settled.clone();
        match passage {
            Passage::Passed => own,
            Passage::Refused(layer, reason) => {
                Settled { verdict: Verdict::Denied, layer: Some(layer), needs: Vec::new(), reason }
            }
            // The templates ran before anything is selected of what they gave.
            Passage::Unknown(..) | Passage::Unreadable(_) if own.verdict == Verdict::Denied => own,
            Passage::Unreadable(reason) => {
                Settled { verdict: Verdict::Denied, layer: Some(CellLayer::Mode), needs: Vec::new(), reason }
            }
            Passage::Unknown(reason, need) => {
                let mut needs: Vec<Need> = own.needs.into_iter().chain(need).collect();
                needs.sort_unstable();
                needs.dedup();
                Settled::unknown(needs, reason)
            }
        }
    }
}

impl CellRequest<'_, '_> {
    fn templates(&self) -> ByTemplates {
        // Where no value waits for a deployment, one run tells both: what absent parts are as null, and as anything.
        let absent = if self.open_values { Absent::Null } else { Absent::Open };
        let mut done = match self.ask(Depth::Refusals, absent) {
            Ok(done) => done,
            Err(Unexplained::NothingRan { notes, .. }) => return self.nothing_ran(&notes),
            Err(error) => return ByTemplates::not_run(Settled::unknown(Vec::new(), error.to_string())),
        };
        let pipeline = done.pipeline.as_ref();
        let decided_by = pipeline.and_then(|pipeline| decided_by(pipeline, self.resolver));
        let filter = pipeline.map_or(Json::Null, |pipeline| json(&pipeline.filter));
        let as_null = pipeline.filter(|_| !self.open_values).map_or(done.verdict, |pipeline| pipeline.as_null);
        let settled = self.settle(&mut done, as_null, &filter);
        let settled = self.left_to_arguments(&settled).unwrap_or(settled);
        let settled = self.whatever_row(&settled, done.pipeline.as_ref()).unwrap_or(settled);
        let alone = CellTemplates { verdict: as_null, decided_by };
        let lets_in = matches!(as_null, Verdict::Allowed | Verdict::Filtered);
        let behind = done.rules.take().filter(|_| lets_in);
        ByTemplates { alone: Some(alone), filter, settled, behind, doubted: done.is_doubted(), output_refused: done.renders_no_json() }
    }

    /// No template ran: JavaScript decides, or nothing does.
    fn nothing_ran(&self, notes: &[Note]) -> ByTemplates {
        match unevaluated(notes) {
            Some(note) => ByTemplates::not_run(Settled::unknown(vec![Need::Javascript], self.not_evaluated(note))),
            None => ByTemplates {
                alone: Some(CellTemplates { verdict: Verdict::Completed, decided_by: None }),
                filter: Json::Null,
                behind: None,
                doubted: false,
                output_refused: false,
                settled: Settled {
                    verdict: Verdict::Completed,
                    layer: None,
                    needs: Vec::new(),
                    reason: NO_LOGIC.into(),
                },
            },
        }
    }

    /// What stands where absent parts of the context may be anything. `done` read them so, or as null where values of a
    /// deployment are open; `as_null` is its verdict with null.
    fn settle(&self, done: &mut Explanation, as_null: Verdict, filter: &Json) -> Settled {
        let known = as_null != Verdict::Unknown;
        let open = (known && self.open_values).then(|| self.ask(Depth::Refusals, Absent::Open).ok()).flatten();
        let mut verdict = open.as_ref().map_or(done.verdict, |open| open.verdict);
        let carries = matches!(verdict, Verdict::Allowed | Verdict::Completed | Verdict::Filtered) && self.may_carry();
        let asked = match open {
            Some(open) => open.why,
            None => done.why.take(),
        };
        let why = match verdict {
            Verdict::Denied | Verdict::Unknown => asked,
            _ if carries => self.ask(Depth::Reasons, Absent::Open).ok().and_then(|open| open.why),
            _ => None,
        };
        let why = why.unwrap_or_default();
        let unevaluated = unevaluated(&done.notes);
        let mut needs: Vec<Need> = match verdict {
            Verdict::Unknown if known => why.hints.iter().filter_map(need).collect(),
            Verdict::Unknown => vec![Need::Deployment],
            _ => Vec::new(),
        };
        let first_words = |findings: &[Finding]| findings.first().map(|finding| finding.message.clone());
        let first = if carries { None } else { first_words(&why.hints) };
        let mut reason = first.unwrap_or_else(|| reason(done, as_null, unevaluated, filter));
        if carries && why.carrying.fate != Fate::Goes {
            reason = first_words(&why.carrying.findings).unwrap_or(reason);
            (verdict, needs) = match why.carrying.fate {
                Fate::Refused => (Verdict::Denied, Vec::new()),
                Fate::Narrowed => (Verdict::Filtered, Vec::new()),
                Fate::Open | Fate::Goes => (Verdict::Unknown, vec![Need::Row]),
            };
        }
        // A template that fails on arguments which nobody gave says nothing of a caller.
        if verdict == Verdict::Error && self.arguments != Arguments::Given && matches!(done.outcome.end, End::Failed(_)) {
            reason = no_arguments(reason);
            (verdict, needs) = (Verdict::Unknown, vec![Need::Args]);
        }
        // What was not evaluated may refuse what the others allow, and whatever runs after it may rest on what it did.
        if let Some(note) = unevaluated.filter(|_| verdict != Verdict::Denied || self.follows_unread(done)) {
            needs.push(Need::Javascript);
            let words = self.not_evaluated(note);
            reason = if verdict == Verdict::Completed { words } else { Message::list([reason, words], "; ") };
            verdict = Verdict::Unknown;
        }
        needs.sort_unstable();
        needs.dedup();
        let settled = needs.is_empty() && verdict != Verdict::Unknown;
        let layer = (settled && verdict != Verdict::Completed).then_some(CellLayer::Resolver);
        Settled { verdict, layer, needs, reason }
    }

    /// Whether the request that a data source gets may refuse or leave out by itself. In the pipelines that Amplify
    /// generates, the slot `auth` has decided before.
    fn may_carry(&self) -> bool {
        let functions = &self.resolver.functions;
        let carries = |template: &Arc<Template>| {
            let says = |program: &Arc<Program>| {
                ["condition", "filter", "statements"].iter().any(|word| program.says(word) || program.writes(word))
                    || program.writes_json("query")
            };
            template.program().is_ok_and(says)
        };
        functions.iter().all(|function| function.slot != PipelineSlot::Auth)
            && functions.iter().any(|function| {
                !function.data_source.is_none() && function.request.as_ref().is_some_and(carries)
            })
    }

    /// Whether the template that decided ran after something that was not evaluated.
    fn follows_unread(&self, done: &Explanation) -> bool {
        if self.resolver.runtime != Runtime::Vtl {
            return true;
        }
        let step = done.pipeline.as_ref().and_then(|pipeline| pipeline.steps.get(pipeline.deciding?));
        let Some(step) = step else { return true };
        let is_step = |template: &Arc<Template>| is(template, &step.program);
        let functions = &self.resolver.functions;
        if self.resolver.before.as_ref().is_some_and(is_step) {
            return false;
        }
        let at = functions.iter().position(|one| one.request.iter().chain(&one.response).any(is_step));
        let unread = functions.iter().position(|function| function.runtime != Runtime::Vtl);
        unread.is_some_and(|unread| at.is_none_or(|at| unread < at))
    }

    /// What was not evaluated, and where its text refuses.
    fn not_evaluated(&self, note: &Note) -> Message {
        let parts = javascript::javascript_parts(self.resolver).into_iter().map(|part| part.words).collect::<Vec<_>>();
        if parts.is_empty() { note.message.clone() } else { Message::list(parts, "; ") }
    }
}

fn is(template: &Arc<Template>, program: &Arc<Program>) -> bool {
    template.program().is_ok_and(|own| Arc::ptr_eq(own, program))
}

/// The note of a function that could not be evaluated, if there is one.
fn unevaluated(notes: &[Note]) -> Option<&Note> {
    notes.iter().find(|note| matches!(note.code, Code::JavascriptFunction | Code::MissingFunction))
}

fn decided_by(pipeline: &Pipeline, resolver: &Resolver) -> Option<DecidedBy> {
    let step = pipeline.steps.get(pipeline.deciding?)?;
    let file = resolver.templates().find(|template| is(template, &step.program));
    let file = file.and_then(|template| match template.origin() {
        TemplateOrigin::File(file) | TemplateOrigin::Inline(file) => Some(file.display().to_string()),
        TemplateOrigin::StandIn | TemplateOrigin::Missing(_) => None,
    });
    Some(DecidedBy {
        template: step.program.source.name.to_string(),
        file,
        slot: step.slot.clone(),
        half: step.half,
        line: step.node.map(|node| step.program.line(node)),
    })
}

/// Why a cell is what it is, where no hint tells it.
fn reason(done: &Explanation, verdict: Verdict, unevaluated: Option<&Note>, filter: &Json) -> Message {
    let decided = done.pipeline.as_ref().is_some_and(|pipeline| pipeline.deciding.is_some());
    match (verdict, unevaluated) {
        (Verdict::Completed, Some(note)) => note.message.clone(),
        (Verdict::Completed, None) => NO_LOGIC.into(),
        (Verdict::Filtered, _) if filter.is_null() => "the response leaves out rows".into(),
        (Verdict::Filtered, _) => Message::of("only rows that match {}", [Part::Value(filter.to_string())]),
        _ if decided => {
            let text = done.decision.node.map_or("", |node| done.program.text(node)).lines().next().unwrap_or_default();
            match &done.outcome.end {
                End::Thrown { error, .. } => error.message.to_string().into(),
                End::Failed(failure) => failure.message.clone().into(),
                _ if text.is_empty() => "a refusal stands in the template and was not reached".into(),
                _ => Message::of("{}", [Part::Code(text.to_owned())]),
            }
        }
        _ => Message::default(),
    }
}
