//! States of Pulumi (`pulumi stack export`) and SST (`sst state export`), which have the same form.

use super::resources::{ResourceItem, ResourceKind, api_properties, item, project};
use super::{FolderDocument, Loader, SourcePlace, ProjectKind};
use crate::open::{OpenKind, OpenValue, OpenValues};
use crate::project::Project;
use crate::project::error::ProjectError;
use serde_json::{Map, Value as Json};
use std::path::Path;

/// What a state has for a value that is known only when the stack is deployed
/// (<https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go>).
const UNKNOWN: &str = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/// The member that marks a secret, an asset and the like in a state.
const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";

/// States, and folders with one.
pub struct States;

impl Loader for States {
    fn kind(&self) -> ProjectKind {
        ProjectKind::Pulumi
    }

    fn recognises(&self, place: &SourcePlace<'_>) -> Result<bool, ProjectError> {
        Ok(!place.documents(&is_state)?.is_empty())
    }

    fn load(&self, place: &SourcePlace<'_>) -> Result<Project, ProjectError> {
        let mut items = Vec::new();
        let mut open = OpenValues::default();
        for (path, json) in place.documents(&is_state)? {
            for resource in resources(&json).into_iter().flatten() {
                let Some(kind) = resource.get("type").and_then(Json::as_str).and_then(kind) else { continue };
                items.push(read(place, kind, resource, &path, &mut open));
            }
        }
        project(place, &items, open)
    }
}

fn is_state(document: &FolderDocument) -> bool {
    document.mentions_appsync && resources(&document.json).is_some()
}

fn resources(json: &Json) -> Option<&Vec<Json>> {
    let places = ["/deployment/resources", "/latest/resources", "/checkpoint/latest/resources", "/resources"];
    let of_pulumi = |list: &&Vec<Json>| list.iter().any(|resource| resource.get("urn").is_some());
    places.iter().find_map(|place| json.pointer(place)?.as_array()).filter(of_pulumi)
}

/// `aws:appsync/resolver:Resolver`, `aws-native:appsync:Resolver`.
fn kind(name: &str) -> Option<ResourceKind> {
    let (module, own) = name.rsplit_once(':')?;
    if !module.starts_with("aws") || !module.contains(":appsync") {
        return None;
    }
    Some(match own {
        "Resolver" => ResourceKind::Resolver,
        "Function" | "FunctionConfiguration" => ResourceKind::Function,
        "DataSource" => ResourceKind::DataSource,
        "GraphQLApi" | "GraphQlApi" => ResourceKind::Api,
        _ => return None,
    })
}

/// The APIs alone of a state, by AWS's names; what is not known there is shown as a reader sees it.
pub(crate) fn apis(json: &Json) -> Option<Vec<Json>> {
    let mut shown = |name: &str, _: OpenKind| Json::from(format!("⟦{name}⟧"));
    let is_api = |resource: &&Json| resource.get("type").and_then(Json::as_str).and_then(kind) == Some(ResourceKind::Api);
    let all = resources(json)?.iter().filter(is_api);
    Some(all.map(|resource| api_properties(&values(resource, &mut shown).1)).collect())
}

fn read(place: &SourcePlace<'_>, kind: ResourceKind, resource: &Json, path: &Path, open: &mut OpenValues) -> ResourceItem {
    let mut leave = |name: &str, kind: OpenKind| {
        place.given.value(&[name]).cloned().unwrap_or_else(|| {
            Json::from(open.hold(OpenValue { name: name.to_owned(), kind, file: path.to_owned() }))
        })
    };
    let (name, values) = values(resource, &mut leave);
    item(kind, name, &values, path)
}

/// A resource's name and what is known of it.
fn values<'r>(resource: &'r Json, leave: &mut impl FnMut(&str, OpenKind) -> Json) -> (&'r str, Json) {
    let urn = resource.get("urn").and_then(Json::as_str).unwrap_or_default();
    let name = urn.rsplit("::").next().unwrap_or_default();
    let mut values = Map::new();
    // What AWS answered stands in the outputs; what was asked for, in the inputs.
    for side in ["inputs", "outputs"] {
        for (key, value) in resource.get(side).and_then(Json::as_object).into_iter().flatten() {
            values.insert(key.clone(), settle(value, &format!("{name}.{key}"), leave));
        }
    }
    if let Some(id) = resource.get("id") {
        values.entry("id".to_owned()).or_insert_with(|| id.clone());
    }
    (name, values.into())
}

/// A value with its unknowns and secrets as open values.
fn settle(json: &Json, name: &str, leave: &mut impl FnMut(&str, OpenKind) -> Json) -> Json {
    match json {
        Json::String(text) if text == UNKNOWN => leave(name, OpenKind::Attribute),
        Json::Object(map) if map.contains_key(SIGNATURE) => match map.get("value") {
            Some(value) => settle(value, name, leave),
            None => leave(name, OpenKind::Lookup),
        },
        Json::Object(map) => {
            let inner = map.iter().map(|(key, value)| (key.clone(), settle(value, &format!("{name}.{key}"), leave)));
            inner.collect::<Map<_, _>>().into()
        }
        Json::Array(items) => {
            let inner = items.iter().enumerate();
            inner.map(|(at, value)| settle(value, &format!("{name}.{at}"), leave)).collect()
        }
        other => other.clone(),
    }
}
