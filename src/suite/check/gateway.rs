//! Templates of API Gateway, which lie beside AppSync's in some projects and are written in the same language
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html>).

use super::Spot;
use crate::code::{Code, Severity};
use crate::source::Source;
use crate::syntax::{NodeId, Program, Reference, Step, StepKind};

/// What API Gateway's `$input` answers to.
const CALLS: [&str; 3] = ["params", "path", "json"];

/// Where a template reads what only API Gateway gives; `set` says whether a variable is set by the template itself.
pub fn place(program: &Program, set: impl Fn(&Reference) -> bool) -> Option<NodeId> {
    let reads = |reference: &&Reference| {
        let name = reference.variable().map(|slot| program.name(slot));
        let called = match reference.steps.first() {
            Some(Step { kind: StepKind::Method { name, .. }, .. }) => CALLS.contains(&name.as_str()),
            Some(Step { kind: StepKind::Property(name), .. }) => name == "body",
            _ => false,
        };
        (name == Some("input") && called || name == Some("stageVariables")) && !set(reference)
    };
    program.references().into_iter().find(reads).map(|reference| reference.node)
}

/// The same for a text that AppSync cannot read, as API Gateway has `#define` and `#macro`.
pub fn stands_in(source: &Source) -> Option<Spot> {
    let calls = CALLS.iter().filter_map(|call| source.text.find(&format!("$input.{call}(")));
    let at = calls.min().filter(|_| !source.text.contains("$input =") && !source.text.contains("$input="))?;
    let place = source.place(at as u32);
    Some(Spot {
        file: source.name.to_string(),
        template: None,
        line: Some(place.line),
        column: Some(place.column),
        severity: Severity::Warning,
        code: Code::GatewayTemplate,
        message: MESSAGE.into(),
        fix: None,
    })
}

/// What is said of one.
pub const MESSAGE: &str = "this is a template of API Gateway, not of AppSync, which has no `$input` and no `$stageVariables`: nothing more is said about it";
