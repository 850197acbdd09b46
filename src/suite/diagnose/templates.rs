//! The layer of the templates: the one that is known, or the field's pipeline.

use super::Refusal;
use crate::appsync::AuthType;
use crate::diagnostic::Diagnostic;
use crate::finding::Finding;
use crate::request::layer::{Layer, LayerName, State};
use crate::resolver::{Answers, Resolvers, run};
use crate::source::Source;
use crate::syntax::{NodeId, Program, parse};
use crate::trace::condition::Condition;
use crate::trace::coverage::Coverage;
use crate::trace::hint::json;
use crate::trace::{Explained, Question, Verdict, explain};

/// The template, or the pipeline's deciding one.
pub fn run_templates(
    refusal: &Refusal,
    resolvers: Option<&Resolvers>,
    mode: Option<AuthType>,
    field: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<Option<(Program, Explained)>, Box<Diagnostic>> {
    let given = refusal.given(mode);
    let question = Question { records: refusal.records(), coverage: true, ..Question::default() };
    if let Some(text) = &refusal.template {
        let name = refusal.template_name.clone().unwrap_or_else(|| "template".to_owned());
        let program = parse(&Source::new(name, text.as_str()))?;
        return match explain(&program, &given, &question) {
            Ok(mut explained) => {
                // As a whole pipeline is judged: a response that leaves rows out is a filter.
                if explained.why.left_out.is_some() {
                    explained.verdict = Verdict::Filtered;
                }
                Ok(Some((program, explained)))
            }
            Err(message) => {
                notes.push(message);
                Ok(None)
            }
        };
    }
    let (Some(resolvers), Some(field)) = (resolvers, field) else { return Ok(None) };
    let resolver = match resolvers.get(field) {
        Ok(resolver) => resolver,
        Err(message) => {
            notes.push(message);
            return Ok(None);
        }
    };
    let answers = Answers { result: given.members.get_str("result"), ..Answers::default() };
    match run(resolver, &given, &answers, &question.watch, true) {
        Err(crate::resolver::RunError::Parse(diagnostic)) => Err(Box::new(diagnostic.clone())),
        Err(crate::resolver::RunError::Missing(message)) => {
            notes.push(message.to_owned());
            Ok(None)
        }
        Err(crate::resolver::RunError::Input(message)) => {
            notes.push(message);
            Ok(None)
        }
        Ok(mut done) => {
            notes.extend(done.notes.iter().map(|note| note.message.clone()));
            let quiet = done.quiet_hints(&question, &[]);
            // Where no template decides, the last one stands for the pipeline: it ran through.
            let Some(at) = done.deciding.or(done.steps.len().checked_sub(1)) else { return Ok(None) };
            let step = done.steps.swap_remove(at);
            let Some(recorder) = &step.recorder else { return Ok(None) };
            let (mut why, _) =
                crate::trace::recorded(step.program, &step.outcome, recorder, step.verdict, step.decision, &question);
            let new = |hint: &Finding| !why.hints.iter().any(|known| known.code == hint.code);
            let quiet: Vec<_> = quiet.into_iter().filter(new).collect();
            why.hints.extend(quiet);
            let mut coverage = Coverage::of(step.program, &question.watch);
            coverage.add(step.program, recorder);
            let program = step.program.clone();
            Ok(Some((
                program,
                Explained {
                    outcome: step.outcome,
                    verdict: done.verdict,
                    decision: step.decision,
                    why,
                    coverage: Some(coverage),
                },
            )))
        }
    }
}

/// The layer of the templates.
pub fn layer(resolver: Option<&(Program, Explained)>) -> Layer {
    let Some((program, explained)) = resolver else {
        return Layer::new(LayerName::Resolver, State::Unknown).with(Finding::new(
            "template-missing",
            "the field's templates are not known: give them (--from an Amplify build, CloudFormation or saved AWS answers).",
        ));
    };
    let state = match explained.verdict {
        Verdict::Denied | Verdict::Error => State::Refused,
        Verdict::Allowed | Verdict::Filtered | Verdict::Completed => State::Passed,
    };
    let mut layer = Layer::new(LayerName::Resolver, state);
    layer.findings = explained.why.hints.clone();
    if let Some(node) = explained.decision.node.filter(|_| state == State::Refused && layer.findings.is_empty()) {
        layer.findings.push(refused_by(program, explained, node));
    }
    layer
}

/// No hint fits: the place, and the condition that would have had to hold with what it compared.
fn refused_by(program: &Program, explained: &Explained, node: NodeId) -> Finding {
    let place = program.source.place(program.span(node).start);
    let mut message = format!("{} refused the request at line {}", program.source.name, place.line);
    let at = format!("{}:{}:{}", program.source.name, place.line, place.column);
    let nearest = explained.why.candidates.iter().find_map(|candidate| candidate.blocker.as_ref());
    let condition = nearest.map(|blocker| (&blocker.condition, blocker.wanted));
    let guard = explained.why.guards.first().map(|guard| (&guard.condition, !guard.value));
    let Some((condition, wanted)) = condition.or(guard) else {
        message.push_str(": nothing is asked there, it refuses everyone. Look at which rule wrote it.");
        return Finding::new("refused-by-template", message).at(at).actual(program.text(node));
    };
    let line = program.source.place(program.span(condition.node).start).line;
    let did = if wanted { "did not hold" } else { "held" };
    message.push_str(&format!(", because {:?} {did} (line {line})", program.text(condition.node)));
    let mut finding = Finding::new("refused-by-template", String::new()).at(at);
    let operands: Vec<_> = leaves(condition).into_iter().flat_map(|leaf| &leaf.operands).collect();
    if let Some(read) = operands.iter().find(|operand| !operand.literal) {
        let value = json(&read.value);
        message.push_str(&format!(": {} is {value}", program.source.slice(read.span)));
        if let Some((path, ..)) = read.origins.context() {
            finding = finding.at(path.to_string());
        }
        finding = finding.actual(value);
    }
    if let Some(other) = operands.iter().find(|operand| operand.literal) {
        let value = json(&other.value);
        message.push_str(&format!(", beside {value}"));
        finding = finding.wanted(value);
    }
    message.push_str(". Change what is compared, or the rule.");
    finding.message = message;
    finding
}

/// The comparisons in a condition.
fn leaves(condition: &Condition) -> Vec<&Condition> {
    if condition.parts.is_empty() { vec![condition] } else { condition.parts.iter().flat_map(leaves).collect() }
}
