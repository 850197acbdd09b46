//! The layer of the templates: the one that is known, or the field's pipeline.

use super::Refusal;
use crate::appsync::AuthType;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::explain::hint::json;
use crate::explain::{Absent, Explanation, Question, Subject, Unexplained, explain};
use crate::finding::Finding;
use crate::request::layer::{Layer, LayerName, State};
use crate::resolver::{Answers, Resolvers};
use crate::source::Source;
use crate::syntax::{NodeId, parse};
use crate::trace::Verdict;
use crate::trace::condition::Condition;
use std::sync::Arc;

/// The explanation of the template that is known, or of the field's pipeline.
pub fn run_templates(
    refusal: &Refusal,
    resolvers: Option<&Resolvers>,
    mode: Option<AuthType>,
    field: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<Option<Explanation>, Box<Diagnostic>> {
    let given = refusal.given(mode);
    let question = Question { records: refusal.records(), coverage: true, absent: Absent::Open, ..Question::default() };
    let explained = if let Some(text) = &refusal.template {
        let name = refusal.template_name.clone().unwrap_or_else(|| "template".to_owned());
        let program = Arc::new(parse(&Source::new(name, text.as_str()))?);
        explain(Subject::Template(&program), &given, &question).map(Explanation::as_whole_field)
    } else {
        let (Some(resolvers), Some(field)) = (resolvers, field) else { return Ok(None) };
        let resolver = match resolvers.get(field) {
            Ok(resolver) => resolver,
            Err(message) => {
                notes.push(message.to_string());
                return Ok(None);
            }
        };
        let answers = Answers { result: given.members.get_str("result"), ..Answers::default() };
        explain(Subject::Resolver(resolver, &answers), &given, &question)
    };
    match explained {
        Ok(explanation) => {
            notes.extend(explanation.notes.iter().map(|note| note.message.clone()));
            Ok(Some(explanation))
        }
        Err(Unexplained::Parse(diagnostic)) => Err(diagnostic),
        Err(Unexplained::NothingRan { notes: told, .. }) => {
            notes.extend(told.into_iter().map(|note| note.message));
            Ok(None)
        }
        Err(error) => {
            notes.push(error.to_string());
            Ok(None)
        }
    }
}

/// The layer of the templates.
pub fn layer(resolver: Option<&Explanation>) -> Layer {
    let Some(explained) = resolver else {
        return Layer::new(LayerName::Resolver, State::Unknown).with(Finding::new(
            Code::TemplateMissing,
            "the field's templates are not known: give them (--from an Amplify build, CloudFormation or saved AWS answers).",
        ));
    };
    let state = match explained.verdict {
        Verdict::Denied | Verdict::Error => State::Refused,
        Verdict::Unknown => State::Unknown,
        Verdict::Allowed | Verdict::Filtered | Verdict::Completed => State::Passed,
    };
    let mut layer = Layer::new(LayerName::Resolver, state);
    layer.findings = explained.hints().to_vec();
    if let Some(node) = explained.decision.node.filter(|_| state == State::Refused && layer.findings.is_empty()) {
        layer.findings.push(refused_by(explained, node));
    }
    layer
}

/// No hint fits: the place, and the condition that would have had to hold with what it compared.
fn refused_by(explained: &Explanation, node: NodeId) -> Finding {
    let program = &explained.program;
    let place = program.source.place(program.span(node).start);
    let mut message = format!("{} refused the request at line {}", program.source.name, place.line);
    let at = format!("{}:{}:{}", program.source.name, place.line, place.column);
    let nearest = explained.why.iter().flat_map(|why| &why.candidates).find_map(|candidate| candidate.blocker.as_ref());
    let condition = nearest.map(|blocker| (&blocker.condition, blocker.wanted));
    let guard = explained.why.as_ref().and_then(|why| why.guards.first()).map(|guard| (&guard.condition, !guard.value));
    let Some((condition, wanted)) = condition.or(guard) else {
        message.push_str(": nothing is asked there, it refuses everyone. Look at which rule wrote it.");
        return Finding::new(Code::RefusedByTemplate, message).at(at).actual(program.text(node));
    };
    let line = program.source.place(program.span(condition.node).start).line;
    let did = if wanted { "did not hold" } else { "held" };
    message.push_str(&format!(", because {:?} {did} (line {line})", program.text(condition.node)));
    let mut finding = Finding::new(Code::RefusedByTemplate, String::new()).at(at);
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
    finding.message = message.into();
    finding
}

/// The comparisons in a condition.
fn leaves(condition: &Condition) -> Vec<&Condition> {
    if condition.parts.is_empty() { vec![condition] } else { condition.parts.iter().flat_map(leaves).collect() }
}
