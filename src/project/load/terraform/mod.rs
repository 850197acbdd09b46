//! Terraform: `terraform show -json` of a state or a plan, state files, and configurations (`*.tf`).

mod evaluate;
mod functions;
mod modules;
mod text;

pub(crate) use modules::as_json;

use super::resources::{ResourceItem, ResourceKind, item, project};
use super::{FolderDocument, Loader, SourcePlace, ProjectKind};
use crate::open::{OpenKind, OpenValue, OpenValues};
use crate::project::Project;
use crate::project::error::ProjectError;
use serde_json::{Map, Value as Json};
use std::path::{Path, PathBuf};

/// Modules in modules.
const DEEPEST: usize = 32;

/// States, plans, configurations, and folders with them. What a state or plan says is more certain than the configuration.
pub struct TerraformConfigurations;

impl Loader for TerraformConfigurations {
    fn kind(&self) -> ProjectKind {
        ProjectKind::Terraform
    }

    fn recognises(&self, place: &SourcePlace<'_>) -> Result<bool, ProjectError> {
        Ok(modules::is_configuration(place)? || !documents(place)?.is_empty())
    }

    fn load(&self, place: &SourcePlace<'_>) -> Result<Project, ProjectError> {
        let mut open = OpenValues::default();
        let mut items = Vec::new();
        for (path, json) in documents(place)? {
            read(place, &json, &path, &mut items, &mut open);
        }
        if items.is_empty() && modules::is_configuration(place)? {
            return modules::load(place);
        }
        project(place, &items, open)
    }
}

fn documents(place: &SourcePlace<'_>) -> Result<Vec<(PathBuf, Json)>, ProjectError> {
    if place.path.extension().is_some_and(|ending| ending == "tf") {
        return Ok(Vec::new());
    }
    let mut found = place.documents(&is_state)?;
    let path = place.path.join("terraform.tfstate");
    if place.root.has(&path) {
        let json = crate::json::read(&place.root.text(&path)?)
            .map_err(|error| ProjectError::malformed(&path, format!("not valid JSON: {error}")))?;
        let document = FolderDocument { path, mentions_appsync: true, json, fault: None };
        if is_state(&document) {
            found.push((document.path, document.json));
        }
    }
    Ok(found)
}

fn is_state(document: &FolderDocument) -> bool {
    let json = &document.json;
    let shown = json.get("format_version").is_some()
        && ["values", "planned_values"].iter().any(|name| json.get(*name).is_some());
    let file = json.get("version").is_some_and(Json::is_number)
        && json.get("terraform_version").is_some()
        && json.get("resources").is_some_and(Json::is_array);
    document.mentions_appsync && (shown || file)
}

/// The kind of a resource type.
fn kind(name: &str) -> Option<ResourceKind> {
    Some(match name {
        "aws_appsync_resolver" => ResourceKind::Resolver,
        "aws_appsync_function" => ResourceKind::Function,
        "aws_appsync_datasource" => ResourceKind::DataSource,
        "aws_appsync_graphql_api" => ResourceKind::Api,
        _ => return None,
    })
}

fn read(place: &SourcePlace<'_>, json: &Json, path: &Path, items: &mut Vec<ResourceItem>, open: &mut OpenValues) {
    let shown = ["/values/root_module", "/planned_values/root_module"].iter().find_map(|at| json.pointer(at));
    if let Some(module) = shown {
        let written = json.pointer("/configuration/root_module");
        of_module(place, module, written, path, items, open, 0);
        return;
    }
    // A state file: `resources[].instances[].attributes`.
    for resource in json.get("resources").and_then(Json::as_array).into_iter().flatten() {
        let text = |name: &str| resource.get(name).and_then(Json::as_str);
        let Some(kind) = text("type").and_then(kind) else { continue };
        for instance in resource.get("instances").and_then(Json::as_array).into_iter().flatten() {
            let own = [text("module"), text("type"), text("name")].into_iter().flatten().collect::<Vec<_>>().join(".");
            let key = instance.get("index_key").map_or(String::new(), |key| format!("[{key}]"));
            items.push(item(kind, own + &key, instance.get("attributes").unwrap_or(&Json::Null), path));
        }
    }
}

/// A module as `terraform show -json` has it; what a plan does not know yet is open, and what its configuration refers to
/// tells which functions a pipeline has.
fn of_module(
    place: &SourcePlace<'_>,
    module: &Json,
    written: Option<&Json>,
    path: &Path,
    items: &mut Vec<ResourceItem>,
    open: &mut OpenValues,
    depth: usize,
) {
    for resource in module.get("resources").and_then(Json::as_array).into_iter().flatten() {
        let text = |name: &str| resource.get(name).and_then(Json::as_str).unwrap_or_default();
        let Some(kind) = kind(text("type")) else { continue };
        let address = text("address");
        let mut values = resource.get("values").and_then(Json::as_object).cloned().unwrap_or_default();
        let own = format!("{}.{}", text("type"), text("name"));
        let configured = written.and_then(|written| written.get("resources")?.as_array()).and_then(|all| {
            all.iter().find(|one| one.get("address").and_then(Json::as_str) == Some(&own))?.get("expressions")
        });
        let prefix = address.strip_suffix(&own).unwrap_or_default();
        if let Some(configured) = configured {
            fill(place, &mut values, configured, (address, prefix), path, open);
        }
        items.push(item(kind, address, &values.into(), path));
    }
    for child in module.get("child_modules").and_then(Json::as_array).into_iter().flatten().filter(|_| depth < DEEPEST)
    {
        let name = child.get("address").and_then(Json::as_str).and_then(|address| address.rsplit('.').next());
        let inner = written.and_then(|written| written.get("module_calls")?.get(name?)?.get("module"));
        of_module(place, child, inner, path, items, open, depth + 1);
    }
}

/// Puts what a plan leaves out into the values: references to functions as their addresses, the rest as open values.
fn fill(
    place: &SourcePlace<'_>,
    values: &mut Map<String, Json>,
    configured: &Json,
    (address, prefix): (&str, &str),
    path: &Path,
    open: &mut OpenValues,
) {
    let references = |json: &Json| -> Vec<String> {
        let all = json.get("references").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        // A reference to an attribute is followed by one to its resource.
        all.filter(|name| name.matches('.').count() == 1).map(|name| format!("{prefix}{name}")).collect()
    };
    if let Some(functions) = configured.pointer("/pipeline_config/0/functions").map(references)
        && values.get("pipeline_config").and_then(|config| config.pointer("/0/functions")?.as_array()).is_none()
    {
        values.insert("pipeline_config".to_owned(), serde_json::json!([{"functions": functions}]));
    }
    for (name, expression) in configured.as_object().into_iter().flatten() {
        if values.contains_key(name) || !expression.is_object() {
            continue;
        }
        let referred = references(expression);
        let is_source = name == "data_source";
        let value = match referred.first().filter(|_| is_source) {
            Some(source) => Json::from(source.as_str()),
            None if referred.is_empty() && !is_source => continue,
            None => {
                let name = format!("{address}.{name}");
                place.given.value(&[&name]).cloned().unwrap_or_else(|| {
                    Json::from(open.hold(OpenValue { name, kind: OpenKind::Attribute, file: path.to_owned() }))
                })
            }
        };
        values.insert(name.clone(), value);
    }
}
