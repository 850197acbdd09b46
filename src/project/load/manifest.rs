//! A pipeline manifest: `manifest.json` with its templates beside it in `resolvers/`.

use super::{Loader, SourcePlace, ProjectKind};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, counted};
use crate::json;
use crate::project::error::ProjectError;
use crate::project::{Api, DataSource, DataSourceKind, ResolverFunction, ResolverKind, Mode, ModeSettings, Project, Resolver, Runtime, PipelineSlot, Template};
use indexmap::IndexMap;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// Templates without a pipeline that are named: nobody reads forty names on a line.
const SHOWN: usize = 3;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    pipelines: IndexMap<String, ManifestEntry>,
    /// The default mode first, as Amplify's transformers call them.
    #[serde(default)]
    auth_modes: Vec<String>,
    #[serde(default)]
    unreferenced_templates: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManifestEntry {
    kind: String,
    before: Option<FileRef>,
    after: Option<FileRef>,
    #[serde(default)]
    functions: Vec<FunctionEntry>,
    runtime: Option<String>,
}

#[derive(Deserialize)]
struct FileRef {
    file: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FunctionEntry {
    #[serde(default)]
    name: String,
    #[serde(default)]
    slot: String,
    #[serde(default)]
    index: u32,
    data_source: Option<SourceEntry>,
    request: Option<FileRef>,
    response: Option<FileRef>,
    runtime: Option<String>,
}

#[derive(Deserialize)]
struct SourceEntry {
    name: Option<String>,
    r#type: String,
}

/// Manifests, and folders that have one.
pub struct Manifests;

impl Loader for Manifests {
    fn kind(&self) -> ProjectKind {
        ProjectKind::Manifest
    }

    fn recognises(&self, place: &SourcePlace<'_>) -> Result<bool, ProjectError> {
        if let Some(json) = place.document()? {
            return Ok(json.get("pipelines").is_some());
        }
        if !place.is_manifest_beside() {
            return Ok(false);
        }
        // A `cdk.out` has a manifest.json of another kind.
        let path = place.path.join("manifest.json");
        let json = json::read(&place.root.text(&path)?)
            .map_err(|error| ProjectError::malformed(&path, format!("not valid JSON: {error}")))?;
        Ok(json.get("pipelines").is_some())
    }

    fn load(&self, place: &SourcePlace<'_>) -> Result<Project, ProjectError> {
        if place.path.is_dir() { load(place, &place.path.join("manifest.json")) } else { load(place, place.path) }
    }
}

/// The API's modes, as far as their names are known.
fn modes(names: &[String]) -> Api {
    let mode = |name: &String| {
        let auth_type = AuthType::parse(match name.as_str() {
            "userPools" => "user-pool",
            "apiKey" => "api-key",
            "function" => "lambda",
            other => other,
        })?;
        Some(Mode { auth_type, settings: ModeSettings::None })
    };
    let mut modes = names.iter().filter_map(mode);
    Api { default: modes.next(), additional: modes.collect(), ..Api::default() }
}

/// The manifest, of what was read of it already where that is JSON; else from its text, for errors with their line.
fn manifest(place: &SourcePlace<'_>, path: &Path) -> Result<Manifest, ProjectError> {
    let is_json = path.extension().is_some_and(|extension| extension == "json");
    let known = if is_json && path == place.path { place.document()? } else { None };
    if let Some(manifest) = known.and_then(|known| Manifest::deserialize(known).ok()) {
        return Ok(manifest);
    }
    let text = place.root.text(path)?;
    json::typed(&text).map_err(|error| ProjectError::malformed(path, format!("not a pipeline manifest: {error}")))
}

fn load(place: &SourcePlace<'_>, path: &Path) -> Result<Project, ProjectError> {
    let manifest = manifest(place, path)?;
    let folder = path.parent().unwrap_or_else(|| Path::new(".")).join("resolvers");
    let mut files: HashMap<String, Arc<Template>> = HashMap::new();
    let mut findings = Vec::new();
    let mut template = |reference: &Option<FileRef>| -> Result<Option<Arc<Template>>, ProjectError> {
        let Some(FileRef { file }) = reference else { return Ok(None) };
        if let Some(known) = files.get(file) {
            return Ok(Some(known.clone()));
        }
        let made = place.template(file.as_str(), &folder.join(file), &mut findings)?;
        files.insert(file.clone(), made.clone());
        Ok(Some(made))
    };
    let mut resolvers = Project { api: modes(&manifest.auth_modes), ..Project::default() };
    for (field, entry) in manifest.pipelines {
        let mut functions = Vec::new();
        for function in entry.functions {
            functions.push(ResolverFunction {
                request: template(&function.request)?,
                response: template(&function.response)?,
                name: function.name,
                slot: PipelineSlot::parse(&function.slot).unwrap_or(PipelineSlot::Main),
                index: function.index,
                data_source: function.data_source.map_or_else(
                    || DataSource::of(DataSourceKind::None),
                    |source| DataSource { name: source.name, kind: DataSourceKind::parse(&source.r#type) },
                ),
                runtime: Runtime::named(function.runtime.as_deref()),
                code: None,
            });
        }
        resolvers.add(Resolver {
            kind: ResolverKind::named(&entry.kind).unwrap_or(ResolverKind::Pipeline),
            before: template(&entry.before)?,
            after: template(&entry.after)?,
            functions,
            runtime: Runtime::named(entry.runtime.as_deref()),
            code: None,
            caching_keys: None,
            field,
        });
    }
    resolvers.findings.append(&mut findings);
    if !manifest.unreferenced_templates.is_empty() {
        let files = &manifest.unreferenced_templates;
        let more = match files.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {}", counted(more, "more template")),
        };
        let named = files[..files.len().min(SHOWN)].join(", ");
        let message = Message::of("no pipeline uses {}{}", [Part::Place(named), Part::Text(more)]);
        resolvers.findings.push(Finding::new(Code::UnusedTemplate, message));
    }
    Ok(resolvers)
}
