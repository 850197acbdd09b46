//! Ties the authorizing statements of generated templates to the rules that made them: by what the transformer writes for a
//! rule in this operation and this mode, checked against what the template says.

use super::evidence::{StatementEvidence, Finder, Written};
use super::model::{Model, ModelType};
use super::sdl::ModelError;
use super::purpose::{Purpose, Purposes, purpose_of, purposes};
use super::rule::{Allow, Operation, Provider, Rule};
use super::statement::{StatementEffect, is_flag, statements};
use crate::project::generated::is_of_old_transformer;
use crate::project::{Project, Resolver, PipelineSlot};
use crate::syntax::{NodeId, Program};
use crate::trace::index::Index;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What let a caller in, or stands in a template, that no rule asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotFromRule {
    /// A role of the project's tools, named in the build's parameters.
    AdminRole,
    /// The sandbox's API key.
    Sandbox,
    /// Any IAM principal of the account; in the old transformer, whoever the directive and a policy let in.
    IamAccess,
    /// A template of the project's own, or one that another version of the rules made.
    Override,
}

impl NotFromRule {
    /// In words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::AdminRole => "an admin role of the build",
            Self::Sandbox => "the sandbox: the API key passes where a model has no rules",
            Self::IamAccess => "access by IAM, which policies decide and no rule",
            Self::Override => "an override, or a build of other rules",
        }
    }
}

/// A statement and its rules.
#[derive(Clone, Debug)]
pub struct Tied {
    /// The statement.
    pub node: NodeId,
    /// What it does.
    pub effect: StatementEffect,
    /// Places in the model's rules.
    pub rules: Vec<usize>,
    /// What it is, if no rule asked for it.
    pub not_from_rule: Option<NotFromRule>,
    /// What it rests on.
    pub evidence: StatementEvidence,
}

/// Which template of a pipeline one is.
#[derive(Clone, Copy, Debug)]
pub struct TemplateOf {
    /// The slot of its function.
    pub slot: PipelineSlot,
    /// Whether it is the response half.
    pub is_response: bool,
}

impl TemplateOf {
    /// By the name of a generated file: `Query.listPosts.auth.1.req.vtl`.
    pub fn of_file(name: &str) -> Self {
        let is_response = name.split('.').any(|part| part == "res" || part == "response" || part == "after");
        Self { slot: PipelineSlot::of_file(name).unwrap_or(PipelineSlot::Main), is_response }
    }
}

/// A template in the pipeline of a field, with its statements tied.
#[derive(Clone, Debug)]
pub struct TiedTemplate {
    /// `Type.field`
    pub field: String,
    /// The template.
    pub program: Arc<Program>,
    /// Its authorizing statements.
    pub statements: Vec<Tied>,
}

/// A model's rules, tied to the templates of a project.
#[derive(Debug)]
pub struct Ties {
    /// The model.
    pub model: Model,
    /// What each field is for.
    pub purposes: Purposes,
    /// The templates of each field.
    pub templates: Vec<TiedTemplate>,
}

impl Ties {
    /// Ties a model to a project's templates.
    ///
    /// # Errors
    /// The model schema cannot be read.
    pub fn of_project(project: &Project) -> Option<Result<Self, ModelError>> {
        let schema = project.model.as_ref()?;
        let built = Some(project).filter(|project| !project.by_field.is_empty());
        Some(Model::of(schema).map(|model| Self::new(model, built)))
    }

    /// Ties a model to a project's templates, if there are any.
    pub fn new(mut model: Model, project: Option<&Project>) -> Self {
        model.old |= project.is_some_and(is_old);
        let purposes = purposes(&model, project);
        let mut templates = Vec::new();
        for resolver in project.into_iter().flat_map(|project| project.by_field.values()) {
            let purpose = purposes.get(&resolver.field);
            let two = has_both_halves(resolver);
            for (slot, is_response, template) in halves(resolver) {
                let Ok(program) = template.program() else { continue };
                let place = TemplatePlace { purpose, slot, of_relation: !two || is_response };
                let statements = tie(&model, program, place);
                if !statements.is_empty() {
                    let (field, program) = (resolver.field.clone(), Arc::clone(program));
                    templates.push(TiedTemplate { field, program, statements });
                }
            }
        }
        Self { model, purposes, templates }
    }

    /// Ties a model to one template of a field's pipeline, of which nothing else is known.
    pub fn of_template(mut model: Model, field: &str, half: TemplateOf, program: &Arc<Program>) -> Self {
        model.old |= is_of_old_transformer(program);
        let purpose = purpose_of(&model, field);
        // The authorization of a relation has a second half where the field has rules of its own.
        let two = match &purpose {
            Some(Purpose::Relation { parent, field, .. }) => {
                let own = model.types.get(parent).and_then(|of| of.fields.get(field));
                own.is_some_and(|own| own.has_auth)
            }
            _ => false,
        };
        let place = TemplatePlace { purpose: purpose.as_ref(), slot: half.slot, of_relation: !two || half.is_response };
        let statements = tie(&model, program, place);
        let template = TiedTemplate { field: field.to_owned(), program: Arc::clone(program), statements };
        let purposes = purpose.into_iter().map(|purpose| (field.to_owned(), purpose)).collect();
        Self { model, purposes, templates: vec![template] }
    }

    /// The statements of a template in a field's pipeline.
    pub fn of(&self, field: &str, program: &Arc<Program>) -> &[Tied] {
        let same = |tied: &&TiedTemplate| tied.field == field && Arc::ptr_eq(&tied.program, program);
        self.templates.iter().find(same).map_or(&[], |tied| &tied.statements)
    }

    /// The rules behind a statement, whether or not it is one that authorizes by itself.
    pub fn rules_at(&self, field: &str, program: &Arc<Program>, node: NodeId) -> Vec<usize> {
        let known = self.of(field, program).iter().find(|tied| tied.node == node);
        known.map_or_else(Vec::new, |tied| tied.rules.clone())
    }
}

/// The halves of the functions and of the resolver itself, each with its slot.
fn halves(resolver: &Resolver) -> impl Iterator<Item = (PipelineSlot, bool, &Arc<crate::project::Template>)> {
    resolver.functions.iter().flat_map(|function| {
        let request = function.request.iter().map(|template| (function.slot, false, template));
        let response = function.response.iter().map(|template| (function.slot, true, template));
        request.chain(response)
    })
}

/// Whether the authorization of a relation has a half for the field itself and one for the other model (AMPLIFY-AUTH 4).
fn has_both_halves(resolver: &Resolver) -> bool {
    let decides = |template: &Arc<crate::project::Template>| {
        template.program().is_ok_and(|program| program.names.iter().any(|name| is_flag(name) || name == "authRules"))
    };
    resolver.functions.iter().any(|function| {
        function.slot == PipelineSlot::Auth
            && function.request.as_ref().is_some_and(decides)
            && function.response.as_ref().is_some_and(decides)
    })
}

/// The old transformer writes the authorization into the templates of the data source.
fn is_old(project: &Project) -> bool {
    project.by_field.values().any(|resolver| resolver.templates().any(|template| template.program().is_ok_and(|program| is_of_old_transformer(program))))
}

/// Where a template stands.
#[derive(Clone, Copy, Debug)]
struct TemplatePlace<'a> {
    purpose: Option<&'a Purpose>,
    slot: PipelineSlot,
    /// Of a relation: whether this half is about the model that it leads to.
    of_relation: bool,
}

fn tie(model: &Model, program: &Program, at: TemplatePlace<'_>) -> Vec<Tied> {
    let index = Index::new(program);
    let found = statements(program, &index);
    if found.is_empty() {
        return Vec::new();
    }
    let finder = Finder::new(program, &index);
    let mut tied = Vec::new();
    for (node, effect) in found {
        let evidence = finder.of(node, effect == StatementEffect::Lists);
        let candidates = candidates(model, at, &evidence);
        let fits = |rule: &usize| model.rules.get(*rule).is_some_and(|rule| fits(rule, &evidence, model.old));
        let rules: Vec<usize> = candidates.into_iter().filter(fits).collect();
        // What the transformer writes for rules that this model does not have: it never runs.
        if rules.is_empty() && evidence.never && evidence.is_bare() {
            continue;
        }
        let not_from_rule = if rules.is_empty() { not_from(&evidence, effect, at) } else { None };
        tied.push(Tied { node, effect, rules, not_from_rule, evidence });
    }
    tied
}

/// What a statement is that no rule asked for.
fn not_from(evidence: &StatementEvidence, effect: StatementEffect, at: TemplatePlace<'_>) -> Option<NotFromRule> {
    let admin = evidence.admin_roles || evidence.written.iter().any(|written| written.kind == "admin");
    Some(match effect {
        _ if admin => NotFromRule::AdminRole,
        _ if evidence.iam_access => NotFromRule::IamAccess,
        StatementEffect::Return if at.slot == PipelineSlot::PostAuth || evidence.is_bare() => NotFromRule::Sandbox,
        _ => NotFromRule::Override,
    })
}

/// The rules that have a say where a template stands.
fn candidates(model: &Model, at: TemplatePlace<'_>, evidence: &StatementEvidence) -> Vec<usize> {
    match at.purpose {
        None => Vec::new(),
        Some(Purpose::Operation { model: name, operation }) => {
            let Some(of) = model.types.get(name) else { return Vec::new() };
            of_operation(model, of, *operation, evidence)
        }
        Some(Purpose::Relation { parent, field, model: other }) => {
            if at.of_relation {
                let of = model.types.get(other);
                of.map_or_else(Vec::new, |of| readers(model, of))
            } else {
                of_field(model, parent, field)
            }
        }
        Some(Purpose::Field { parent, field } | Purpose::Custom { parent, field }) => of_field(model, parent, field),
    }
}

fn of_operation(model: &Model, of: &ModelType, operation: Operation, evidence: &StatementEvidence) -> Vec<usize> {
    let all = model.all_rules(of);
    let has_say = |rule: &usize, operation| model.has_say(of, *rule, operation);
    if model.old {
        let region = evidence.regions.iter().find_map(|name| of.fields.get(name).filter(|field| field.has_auth));
        return match region {
            Some(field) => field.rules.clone(),
            None => all.into_iter().filter(|rule| of.rules.contains(rule) && has_say(rule, operation)).collect(),
        };
    }
    let say = |rule: &usize| match operation {
        // A field is set to null with the right to delete it.
        Operation::Update => {
            has_say(rule, Operation::Update) || !model.fields_of(of, *rule, Operation::Delete).is_empty() || of.made && has_say(rule, Operation::Delete)
        }
        operation => has_say(rule, operation),
    };
    all.into_iter().filter(say).collect()
}

/// The rules that let read anything of a model.
fn readers(model: &Model, of: &ModelType) -> Vec<usize> {
    let reads = |rule: &usize| Operation::READ.into_iter().any(|operation| model.has_say(of, *rule, operation));
    model.all_rules(of).into_iter().filter(reads).collect()
}

/// The rules of a field: of a model's, those that read; of a query or mutation, all.
fn of_field(model: &Model, parent: &str, field: &str) -> Vec<usize> {
    let Some(of) = model.types.get(parent) else { return Vec::new() };
    let Some(field) = of.fields.get(field) else { return of.rules.clone() };
    let rules = model.rules_for(of, field).to_vec();
    if !of.is_model {
        return rules;
    }
    let reads = |rule: &usize| model.rules.get(*rule).is_some_and(|rule| rule.operations.iter().any(|one| one.reads()));
    rules.into_iter().filter(reads).collect()
}

/// Whether a rule makes a statement with this evidence.
fn fits(rule: &Rule, evidence: &StatementEvidence, old: bool) -> bool {
    if evidence.written.iter().any(|written| is_written(rule, written)) {
        return true;
    }
    if !evidence.written.is_empty() || !evidence.modes.is_empty() && !evidence.modes.contains(&rule.provider.mode()) {
        return false;
    }
    match rule.allow {
        Allow::Owner => evidence.fields.contains(&rule.owner_field) && claims_fit(rule.identity_claim.as_deref(), evidence, old),
        Allow::Groups => match &rule.groups_field {
            Some(field) => evidence.fields.contains(field) && evidence.claims.contains(&rule.group_claim),
            None if evidence.groups.is_empty() && old => {
                let names = rule.groups.iter().all(|group| evidence.names.contains(group));
                names && evidence.claims.contains(&rule.group_claim)
            }
            None => {
                let named = |group: &String| evidence.groups.contains(&(rule.group_claim.clone(), group.clone()));
                rule.groups.iter().any(named)
            }
        },
        Allow::Private if rule.provider == Provider::IdentityPool => evidence.auth_role,
        Allow::Public if rule.provider == Provider::IdentityPool => evidence.unauth_role,
        // In a deletion, the transformer writes it into the array of the static groups too.
        Allow::Private if evidence.signed_in => true,
        Allow::Private | Allow::Public | Allow::Custom => {
            evidence.is_bare() && !evidence.never && !evidence.modes.is_empty()
        }
    }
}

/// Whether the claims of an owner rule are looked at; `sub::username` are two, and a rule without one has either by a feature
/// flag of the build (`useSubUsernameForDefaultIdentityClaim`).
fn claims_fit(claim: Option<&str>, evidence: &StatementEvidence, old: bool) -> bool {
    // Who creates a row without an owner becomes it.
    if old && evidence.claims.is_empty() {
        return true;
    }
    let has = |claim: &str| match claim {
        "username" | "cognito:username" => {
            evidence.claims.contains("username") || evidence.claims.contains("cognito:username")
        }
        claim => evidence.claims.contains(claim),
    };
    match claim {
        // Each part is accepted by itself too.
        Some(claim) => claim.split("::").any(has),
        None => ["sub", "username"].into_iter().any(has),
    }
}

/// Whether a rule is the one that the template of a SQL model writes.
pub(super) fn is_written(rule: &Rule, written: &Written) -> bool {
    if Provider::parse(&written.provider) != Some(rule.provider) || written.kind != rule.allow.as_str() {
        return false;
    }
    match rule.allow {
        Allow::Owner => {
            let claim = written.claim.as_deref();
            let same = match (rule.identity_claim.as_deref(), claim) {
                (Some(own), Some(claim)) => own == claim,
                (Some(own), None) => own == "sub::username",
                (None, _) => true,
            };
            written.field.as_deref() == Some(&rule.owner_field) && same
        }
        Allow::Groups => {
            written.claim.as_deref().is_none_or(|claim| claim == rule.group_claim)
                && match &rule.groups_field {
                    Some(field) => written.field.as_ref() == Some(field),
                    None => written.groups.iter().any(|group| rule.groups.contains(group)),
                }
        }
        Allow::Private | Allow::Public | Allow::Custom => true,
    }
}
