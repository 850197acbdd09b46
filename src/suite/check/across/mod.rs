//! Rules about a project: what one template does beside another.

mod answer;
mod cache;
mod change;
mod groups;
mod handed;
mod list;
mod stash;
mod truth;
mod write;

use super::Spot;
use super::subject::CheckSubject;
use super::template::read;
use crate::appsync::AuthType;
use crate::resolver::{TemplateOrigin, Resolver, Resolvers, Template};
use crate::source::Source;
use crate::syntax::Program;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The templates of a project, read.
pub struct Whole<'a> {
    /// The project.
    pub project: &'a Resolvers,
    programs: FxHashMap<*const Template, Program>,
    modes: &'a [AuthType],
}

impl<'a> Whole<'a> {
    /// Reads every template that can be read.
    pub fn of(project: &'a Resolvers, modes: &'a [AuthType]) -> Self {
        let mut programs = FxHashMap::default();
        for template in project.templates() {
            if let Ok(program) = read(&Source::new(template.name(), template.text())) {
                programs.insert(std::ptr::from_ref(template), program);
            }
        }
        Self { project, programs, modes }
    }

    /// A template, looked over.
    pub fn subject(&self, template: &Arc<Template>) -> Option<CheckSubject<'_>> {
        self.programs.get(&Arc::as_ptr(template)).map(|program| CheckSubject::new(program, self.modes))
    }

    /// The templates of a resolver, looked over, in the order in which they run.
    pub fn subjects<'w>(&'w self, resolver: &'w Resolver) -> Vec<(&'w Arc<Template>, CheckSubject<'w>)> {
        resolver.templates().filter_map(|template| Some((template, self.subject(template)?))).collect()
    }
}

/// A finding at its template's own file.
pub fn placed(template: &Template, spot: Spot) -> Spot {
    match template.origin() {
        TemplateOrigin::File(file) => Spot { file: file.display().to_string(), ..spot },
        TemplateOrigin::Inline(file) => {
            Spot { file: file.display().to_string(), template: Some(template.name().to_owned()), ..spot }
        }
        TemplateOrigin::StandIn | TemplateOrigin::Missing(_) => spot,
    }
}

/// Caches that give one caller's answer to another.
pub fn caches(project: &Resolvers) -> Vec<Spot> {
    let mut found = Vec::new();
    // Every template is read for it, so only where something is cached.
    if project.by_field.values().any(|resolver| resolver.caching_keys.is_some()) {
        cache::find(&Whole::of(project, &[]), &mut found);
    }
    found
}

/// What the rules find in a project.
pub fn run(project: &Resolvers, modes: &[AuthType]) -> Vec<Spot> {
    let whole = Whole::of(project, modes);
    let mut found = Vec::new();
    for rule in [answer::find, cache::find, change::find, groups::find, handed::find, list::find, stash::find, truth::find, write::find] {
        rule(&whole, &mut found);
    }
    found.retain(|spot| !allowed(project, spot));
    found
}

fn allowed(project: &Resolvers, spot: &Spot) -> bool {
    let of_it = |template: &&Template| match template.origin() {
        TemplateOrigin::File(file) => file.display().to_string() == spot.file,
        TemplateOrigin::Inline(_) => spot.template.as_deref() == Some(template.name()),
        TemplateOrigin::StandIn | TemplateOrigin::Missing(_) => false,
    };
    let template = project.templates().find(of_it);
    template.is_some_and(|template| super::allow::covers(&Source::new(template.name(), template.text()), spot))
}
