//! A project as people have it, whatever it was read from: one type with the fields and what resolves them, the functions,
//! the data sources, the API and its modes, the schema, the roles, and the values that stay open until a deployment.

mod api;
#[cfg(feature = "projects")]
mod config;
mod data_source;
mod error;
mod expand;
#[cfg(feature = "projects")]
mod find;
pub(crate) mod generated;
mod load;
mod resolver;
mod role;
mod root;
mod schema;
mod slot;
mod stash;
mod template;
pub mod yaml;

pub(crate) use api::camel;
pub use api::{Api, Mode, ModeSettings};
#[cfg(feature = "projects")]
pub use config::{CheckConfig, CheckLevel, Config};
pub use data_source::{DataSource, DataSourceKind};
pub(crate) use expand::TOO_MUCH;
pub use error::{Fault, ProjectError, UnknownName};
#[cfg(feature = "projects")]
pub use find::{FoundProject, find, find_upward};
pub(crate) use load::{api_properties, expand_sam, pulumi_apis, serverless_api, serverless_apis};
#[cfg(feature = "projects")]
pub(crate) use load::terraform_json;
pub use load::{LoadOptions, Loader, SourcePlace, ProjectKind, load};
pub use resolver::{ResolverFunction, ResolverKind, Resolver, Runtime};
pub use role::{Role, RoleKind};
pub use root::{FilledIn, Root, tell_filled_in};
pub use schema::{FieldNames, SchemaText, nests_deeper};
pub use slot::PipelineSlot;
pub use template::{TemplateOrigin, Template};

use crate::message::{Message, Part};
use crate::code::Code;
use crate::finding::Finding;
use crate::nearest::nearest;
use crate::open::OpenValues;
use indexmap::IndexMap;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Everything that a source has of an API.
#[derive(Debug, Default)]
pub struct Project {
    /// What it was read from.
    pub kind: Option<ProjectKind>,
    /// Where it was found, if nobody named it.
    pub found: Option<String>,
    /// What resolves the fields, by `Type.field`.
    pub by_field: IndexMap<String, Resolver>,
    /// The data sources by name.
    pub data_sources: IndexMap<String, DataSource>,
    /// The API, as far as the source says.
    pub api: Api,
    /// The API's own schema, with its `@aws_…` directives.
    pub schema: Option<SchemaText>,
    /// The schema with `@model` and `@auth` from which Amplify made the API's.
    pub model: Option<SchemaText>,
    /// Roles and their policies.
    pub roles: Vec<Role>,
    /// Policies of the caller that the user gave beside the source.
    pub policies: Vec<serde_json::Value>,
    /// Values that nobody knows before a deployment; templates hold them.
    pub open: OpenValues,
    /// What a user should know of the source: shadowed files, files that nothing uses, JavaScript.
    pub findings: Vec<Finding>,
}

impl Project {
    /// The resolver of a field.
    ///
    /// # Errors
    /// There is none; the message names near ones.
    pub fn get(&self, field: &str) -> Result<&Resolver, UnknownName> {
        self.by_field.get(field).ok_or_else(|| {
            let names = self.by_field.keys().map(String::as_str);
            let near = nearest(field, names).or_else(|| {
                let name = field.rsplit('.').next().unwrap_or(field);
                self.by_field.keys().map(String::as_str).find(|known| known.rsplit('.').next() == Some(name))
            });
            let field = field.to_owned();
            match near {
                Some(near) => UnknownName::FieldNear { field, near: near.to_owned() },
                None => UnknownName::Field {
                    field,
                    others: self.by_field.len(),
                    some: self.by_field.keys().take(3).cloned().collect::<Vec<_>>().join(", "),
                },
            }
        })
    }

    /// What a user should know of the source as far as it concerns a field.
    pub fn about(&self, field: &str) -> Vec<&Finding> {
        let concerns = |finding: &&Finding| finding.path.as_deref().is_some_and(|path| path.contains(field));
        self.findings.iter().filter(concerns).collect()
    }

    /// Whether answers by function name are for functions that there are.
    ///
    /// # Errors
    /// A name that no function has.
    pub fn answer(&self, names: &[&str]) -> Result<(), UnknownName> {
        let known: Vec<&str> =
            self.by_field.values().flat_map(|resolver| &resolver.functions).map(|one| one.name.as_str()).collect();
        let Some(odd) = names.iter().find(|name| !known.contains(name)) else { return Ok(()) };
        let near = nearest(odd, known.iter().copied()).map(str::to_owned);
        Err(UnknownName::Function { name: (*odd).to_owned(), near })
    }

    /// Every template once, in the order of the fields.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let mut seen = FxHashSet::default();
        self.by_field
            .values()
            .flat_map(Resolver::templates)
            .filter(move |template| seen.insert(Arc::as_ptr(template)))
            .map(AsRef::as_ref)
    }

    /// Adds what resolves a field, with what a user should know of it.
    pub(crate) fn add(&mut self, resolver: Resolver) {
        let js = resolver.functions.iter().filter(|function| function.runtime == Runtime::JavaScript);
        let names: Vec<_> = js.map(|function| function.name.as_str()).collect();
        if !names.is_empty() || resolver.runtime != Runtime::Vtl {
            let field = resolver.field.to_string();
            let what = match names.as_slice() {
                [] => format!("{field}: its own halves run"),
                [name] if *name == field => format!("{field} runs"),
                [name] => format!("{field}: {name} runs"),
                _ => format!("{field}: {} run", names.join(", ")),
            };
            let message = Message::of("{} on APPSYNC_JS, which is not VTL and is not evaluated", [Part::Name(what)]);
            self.findings.push(Finding::new(Code::JavascriptResolver, message).at(resolver.field.clone()));
        }
        if self.by_field.contains_key(&resolver.field) {
            let message = Message::of(
                "{} has more than one resolver here (two APIs?); the last one is used: name one template with --from",
                [Part::Name(resolver.field.to_string())],
            );
            self.findings.push(Finding::new(Code::DuplicateField, message).at(resolver.field.clone()));
        }
        self.by_field.insert(resolver.field.clone(), resolver);
    }
}
