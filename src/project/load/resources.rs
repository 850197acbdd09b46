//! An API from a list of resources with AWS's own properties, as states of Terraform and Pulumi have them.

use crate::message::{Message, Part};
use super::{LoadedHalf, SourcePlace};
use crate::code::Code;
use crate::finding::Finding;
use crate::open::OpenValues;
use crate::project::error::ProjectError;
use crate::project::{ResolverKind, 
    Api, DataSource, DataSourceKind, ResolverFunction, TemplateOrigin, Project, Resolver, Runtime, SchemaText, PipelineSlot, Template,
};
use serde_json::{Map, Value as Json};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    Api,
    DataSource,
    Function,
    Resolver,
}

/// A resource.
#[derive(Clone, Debug)]
pub struct ResourceItem {
    pub kind: ResourceKind,
    /// What the source calls it: `aws_appsync_function.auth`.
    pub address: String,
    /// Its properties, named as in AWS's API, with a small first letter.
    pub values: Json,
    /// The file that it stands in.
    pub file: PathBuf,
}

/// Names with underscores as AWS's API has them, and what Terraform calls otherwise; blocks that can stand once are lists
/// of one in its states.
pub fn camel(json: &Json) -> Json {
    match json {
        Json::Array(items) => items.iter().map(camel).collect(),
        Json::Object(map) => {
            map.iter().map(|(name, value)| (camel_name(name), camel(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

fn camel_name(name: &str) -> String {
    match name {
        "openid_connect_config" | "openidConnectConfig" => return "openIDConnectConfig".to_owned(),
        "additional_authentication_provider" => return "additionalAuthenticationProviders".to_owned(),
        "iat_ttl" | "iatTtl" => return "iatTTL".to_owned(),
        "auth_ttl" | "authTtl" => return "authTTL".to_owned(),
        _ => {}
    }
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let mut letters = part.chars();
        let capital = letters.next().into_iter().flat_map(char::to_uppercase);
        name + &capital.chain(letters).collect::<String>()
    })
}

/// A member, also of a list of one.
fn member<'j>(json: &'j Json, name: &str) -> Option<&'j Json> {
    let found = json.get(name).filter(|value| !value.is_null())?;
    match found {
        Json::Array(items) if items.len() == 1 && items[0].is_object() => items.first(),
        Json::Array(items) if items.is_empty() => None,
        other => Some(other),
    }
}

fn text(json: &Json, names: &[&str]) -> Option<String> {
    let found = names.iter().find_map(|name| json.get(*name)?.as_str());
    found.filter(|text| !text.is_empty()).map(str::to_owned)
}

struct Items<'a> {
    functions: HashMap<String, &'a ResourceItem>,
    sources: HashMap<String, DataSource>,
    used: HashSet<&'a str>,
    open: &'a OpenValues,
}

/// Puts the resources together.
pub fn project(place: &SourcePlace<'_>, items: &[ResourceItem], open: OpenValues) -> Result<Project, ProjectError> {
    let mut project = Project::default();
    let mut all = Items { functions: HashMap::new(), sources: HashMap::new(), used: HashSet::new(), open: &open };
    let of = |kind| items.iter().filter(move |item| item.kind == kind);
    for item in of(ResourceKind::DataSource) {
        let source = source_of(item, &open);
        project.data_sources.insert(source.name.clone().unwrap_or_default(), source.clone());
        all.sources.insert(item.address.clone(), source.clone());
        all.sources.insert(source.name.clone().unwrap_or_default(), source);
    }
    for item in of(ResourceKind::Function) {
        for name in [Some(item.address.clone()), text(&item.values, &["functionId"]), text(&item.values, &["name"])] {
            all.functions.extend(name.map(|name| (name, item)));
        }
    }
    let api = choose_api(place, &of(ResourceKind::Api).collect::<Vec<_>>(), &open)?;
    if let Some(item) = api {
        project.api = Api::read(&once(&item.values));
        project.schema = text(&item.values, &["schema"]).map(|text| SchemaText::new(&item.file, text));
    }
    for item in of(ResourceKind::Resolver) {
        let own = text(&item.values, &["apiId"]);
        let other = api.is_some_and(|api| {
            let ids = [Some(api.address.clone()), text(&api.values, &["id"]), text(&api.values, &["apiId"])];
            own.as_ref().is_some_and(|own| !crate::open::is_open(own) && !ids.iter().flatten().any(|id| id == own))
        });
        if !other && let Some(resolver) = all.resolver(item, &mut project) {
            project.add(resolver);
        }
    }
    for item in of(ResourceKind::Function).filter(|item| !all.used.contains(item.address.as_str())) {
        let message = Message::of(
            "no pipeline uses the function {}: its templates were not looked at",
            [Part::Text(item.address.to_string())],
        );
        project.findings.push(Finding::new(Code::UnusedFunction, message).at(item.address.clone()));
    }
    if project.by_field.is_empty() && project.api.default.is_none() {
        return Err(ProjectError::no_resolvers(place.path, "no resolver of AppSync in it"));
    }
    project.open = open;
    Ok(project)
}

/// An API's properties as AWS's answers have them, from Terraform's or Pulumi's.
pub(crate) fn api_properties(values: &Json) -> Json {
    once(&camel(values))
}

/// Blocks that can stand once, without their list; those that can stand often, in one.
fn once(values: &Json) -> Json {
    let Json::Object(map) = values else { return values.clone() };
    let single = ["userPoolConfig", "openIDConnectConfig", "lambdaAuthorizerConfig"];
    let inner = |(name, value): (&String, &Json)| {
        let value = match value {
            Json::Object(_) if name == "additionalAuthenticationProviders" => Json::from(vec![once(value)]),
            Json::Array(items) if single.contains(&name.as_str()) => items.first().cloned().unwrap_or_default(),
            Json::Array(items) => items.iter().map(once).collect(),
            other => other.clone(),
        };
        (name.clone(), value)
    };
    Json::Object(map.iter().map(inner).collect())
}

fn choose_api<'i>(place: &SourcePlace<'_>, apis: &[&'i ResourceItem], open: &OpenValues) -> Result<Option<&'i ResourceItem>, ProjectError> {
    let name =
        |api: &&ResourceItem| open.shown(&text(&api.values, &["name"]).unwrap_or_else(|| api.address.clone())).into_owned();
    place.choose(&apis.iter().map(name).collect::<Vec<_>>()).map(|at| at.map(|at| apis[at]))
}

fn source_of(item: &ResourceItem, open: &OpenValues) -> DataSource {
    let name = text(&item.values, &["name"]).unwrap_or_else(|| item.address.clone());
    let kind = text(&item.values, &["type"]).map_or(DataSourceKind::Unknown, |kind| DataSourceKind::parse(&kind));
    DataSource { name: Some(open.shown(&name).into_owned()), kind }
}

impl<'a> Items<'a> {
    fn resolver(&mut self, item: &'a ResourceItem, project: &mut Project) -> Option<Resolver> {
        let values = &item.values;
        let parent = text(values, &["type", "typeName"]);
        let (Some(parent), Some(name)) = (parent, text(values, &["field", "fieldName"])) else {
            let message = Message::of(
                "{}: its type or field is not known",
                [Part::Text(item.address.to_string())],
            );
            project.findings.push(Finding::new(Code::IncompleteResolver, message).at(item.address.clone()));
            return None;
        };
        let field = self.open.shown(&format!("{parent}.{name}")).into_owned();
        let caching_keys = member(values, "cachingConfig").map(|config| {
            let keys = config.get("cachingKeys").and_then(Json::as_array).into_iter().flatten();
            keys.filter_map(Json::as_str).map(str::to_owned).collect()
        });
        let ids = member(values, "pipelineConfig").and_then(|config| config.get("functions")).and_then(Json::as_array);
        let Some(ids) = ids.filter(|_| text(values, &["kind"]).as_deref().and_then(ResolverKind::named) != Some(ResolverKind::Unit)) else {
            let function = self.function(item, field.clone(), Some(PipelineSlot::Unit), 0);
            return Some(Resolver { caching_keys, ..Resolver::unit(field, function) });
        };
        let mut functions = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            let id = id.as_str().unwrap_or_default();
            if let Some(found) = self.functions.get(id).copied() {
                self.used.insert(&found.address);
                let name = text(&found.values, &["name"]).unwrap_or_else(|| found.address.clone());
                functions.push(self.function(found, self.open.shown(&name).into_owned(), None, at as u32));
            } else {
                let shown = self.open.shown(id).into_owned();
                let message = Message::of(
                    "{}: function {} is not in what was read: what it decides is unknown",
                    [Part::Name(field.to_string()), Part::Value(shown.to_string())],
                );
                project.findings.push(Finding::new(Code::MissingFunction, message).at(field.clone()));
                functions.push(ResolverFunction::not_read(&shown, at as u32));
            }
        }
        let (runtime, code) = (runtime(values), code(item, &field));
        let [before, after] = [LoadedHalf::Request, LoadedHalf::Response].map(|half| template(item, half, &field));
        Some(Resolver { before, after, runtime, code, caching_keys, ..Resolver::pipeline(field, functions) })
    }

    fn function(&self, item: &ResourceItem, name: String, slot: Option<PipelineSlot>, index: u32) -> ResolverFunction {
        let source = text(&item.values, &["dataSource", "dataSourceName"]);
        let data_source = match &source {
            None => DataSource::of(DataSourceKind::None),
            Some(source) => {
                self.sources.get(source).cloned().unwrap_or_else(|| DataSource::named(&self.open.shown(source)))
            }
        };
        let [request, response] = [LoadedHalf::Request, LoadedHalf::Response].map(|half| template(item, half, &name));
        let slot = slot.or_else(|| PipelineSlot::of_function(&name)).unwrap_or(PipelineSlot::Main);
        let (runtime, code) = (runtime(&item.values), code(item, &name));
        ResolverFunction { name, slot, index, data_source, request, response, runtime, code }
    }
}

fn runtime(values: &Json) -> Runtime {
    let name = member(values, "runtime").and_then(|runtime| match runtime {
        Json::String(name) => Some(name.as_str()),
        other => other.get("name")?.as_str(),
    });
    Runtime::named(name.or_else(|| text(values, &["code"]).map(|_| "APPSYNC_JS")))
}

fn code(item: &ResourceItem, owner: &str) -> Option<Arc<Template>> {
    Some(Template::new(format!("{owner}.js"), text(&item.values, &["code"])?, TemplateOrigin::Inline(item.file.clone())))
}

fn template(item: &ResourceItem, half: LoadedHalf, owner: &str) -> Option<Arc<Template>> {
    let names = match half {
        LoadedHalf::Request => ["requestTemplate", "requestMappingTemplate"],
        LoadedHalf::Response => ["responseTemplate", "responseMappingTemplate"],
    };
    let text = text(&item.values, &names)?;
    Some(Template::new(half.file(owner), text, TemplateOrigin::Inline(item.file.clone())))
}

/// The file that something stands in, for who reads it.
pub fn item(kind: ResourceKind, address: impl Into<String>, values: &Json, file: &Path) -> ResourceItem {
    ResourceItem { kind, address: address.into(), values: camel(values), file: file.to_owned() }
}
