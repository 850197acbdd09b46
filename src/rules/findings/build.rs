//! Between rules and templates: a rule that the build does not implement, a block that no rule asks for, an override that
//! drops a rule.

use super::RuleFinding;
use crate::code::Code;
use crate::message::{Message, Part};
use crate::project::{Project, PipelineSlot};
use crate::rules::model::ModelType;
use crate::rules::purpose::Purpose;
use crate::rules::rule::{Allow, Operation, Provider, Rule};
use crate::rules::tie::{NotFromRule, TiedTemplate, Ties};
use crate::syntax::Program;
use std::sync::Arc;

pub(super) fn findings(ties: &Ties, project: &Project) -> Vec<RuleFinding> {
    let mut found = Vec::new();
    for (field, purpose) in &ties.purposes {
        if let Purpose::Operation { model, operation } = purpose
            && let Some(of) = ties.model.types.get(model)
        {
            found.extend(not_built(ties, project, field, of, *operation));
        }
    }
    found.extend(ties.templates.iter().flat_map(|template| no_rule(ties, template)));
    found
}

/// Rules that should have made a statement in a field's templates, and did not.
fn not_built(ties: &Ties, project: &Project, field: &str, of: &ModelType, operation: Operation) -> Vec<RuleFinding> {
    let model = &ties.model;
    let templates: Vec<&TiedTemplate> = ties.templates.iter().filter(|template| template.field == field).collect();
    if !decides(ties, project, field) {
        return Vec::new();
    }
    let tied = |at: usize| templates.iter().flat_map(|template| &template.statements).any(|one| one.rules.contains(&at));
    let mut found = Vec::new();
    for at in model.all_rules(of) {
        let Some(rule) = model.rules.get(at) else { continue };
        if tied(at) || !model.has_say(of, at, operation) || !writes(ties, of, rule, operation) {
            continue;
        }
        let own = overridden(project, field);
        let (code, why) = match &own {
            Some(file) => {
                let file = Part::Place(file.clone());
                (Code::OverrideDropsRule, Message::of("{} replaces the generated template and leaves it out", [file]))
            }
            None => (Code::RuleNotBuilt, "the build is of other rules: » build again".into()),
        };
        let covers = Message::of(
            "covers {}, and no statement of {} comes from it",
            [Part::Name(operation.as_str().to_owned()), Part::Name(field.to_owned())],
        );
        let message = Message::joined("{} {}: {}", [named(rule), covers, why]);
        found.push(RuleFinding { code, line: rule.line, about: field.to_owned(), message });
    }
    found
}

/// Whether the templates of a field decide by rules: a build that has none for it is another matter.
fn decides(ties: &Ties, project: &Project, field: &str) -> bool {
    let Some(resolver) = project.by_field.get(field) else { return false };
    let auth = resolver.functions.iter().any(|function| function.slot == PipelineSlot::Auth);
    let read = resolver.templates().all(|template| template.missing().is_none() && template.program().is_ok());
    let decides = |program: &Arc<Program>| program.names.iter().any(|name| name.contains("Authorized"));
    read && (auth || ties.model.old && resolver.templates().any(|template| template.program().is_ok_and(decides)))
}

/// Whether the transformer writes a statement for a rule: the old one leaves all but owners and groups to directives, and
/// writes none of them beside a rule for everybody who is signed in.
fn writes(ties: &Ties, of: &ModelType, rule: &Rule, operation: Operation) -> bool {
    if !ties.model.old {
        return true;
    }
    let open = ties.model.rules_of(&of.rules).any(|own| own.allow == Allow::Private && own.covers(operation));
    let named = matches!(rule.allow, Allow::Owner | Allow::Groups) && rule.field.is_none();
    named && !open && !(operation == Operation::Listen && rule.groups_field.is_some()) && rule.provider != Provider::IdentityPool
}

/// The project's own file that stands in the place of a generated one in a field's pipeline.
fn overridden(project: &Project, field: &str) -> Option<String> {
    let about = project.findings.iter().filter(|finding| finding.code == Code::Override);
    let resolver = project.by_field.get(field)?;
    let names: Vec<&str> = resolver.templates().map(|template| template.name()).collect();
    let of_field = |finding: &&crate::finding::Finding| {
        let named = finding.message.parts().iter().map(Part::as_str).chain(finding.path.as_deref());
        named.into_iter().any(|part| names.iter().any(|name| part.contains(name)))
    };
    about.into_iter().find(of_field).map(|finding| finding.path.clone().unwrap_or_else(|| "an override".to_owned()))
}

/// Statements that no rule asks for.
fn no_rule(ties: &Ties, template: &TiedTemplate) -> Vec<RuleFinding> {
    let odd = template.statements.iter().filter(|tied| tied.not_from_rule == Some(NotFromRule::Override));
    let line = match ties.purposes.get(&template.field) {
        Some(Purpose::Operation { model, .. } | Purpose::Relation { model, .. }) => ties.model.types.get(model),
        Some(Purpose::Field { parent, .. } | Purpose::Custom { parent, .. }) => ties.model.types.get(parent),
        None => None,
    };
    let row = |tied: &crate::rules::Tied| {
        let program = &template.program;
        let place = program.place(tied.node);
        let text = program.text(tied.node).lines().next().unwrap_or_default();
        let at = Part::Place(format!("{}:{}", program.source.name, place.line));
        let message = Message::of(
            "{} `{}` authorizes, and no rule asks for it: an override, or a build of other rules",
            [at, Part::Code(text.to_owned())],
        );
        let line = line.map_or(1, |of| of.line);
        RuleFinding { code: Code::StatementWithoutRule, line, about: template.field.clone(), message }
    };
    odd.map(row).collect()
}

pub(super) fn place(rule: &Rule) -> String {
    rule.field.as_ref().map_or_else(|| rule.type_name.clone(), |field| format!("{}.{field}", rule.type_name))
}

/// `rule 2 of Post (…)`
pub(super) fn named(rule: &Rule) -> Message {
    Message::of("rule {} of {} ({})", [Part::Text(rule.number.to_string()), Part::Name(place(rule)), Part::Code(rule.text())])
}
