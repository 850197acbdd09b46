//! A pipeline manifest: `manifest.json` with its templates beside it in `resolvers/`.

use super::load::LoadError;
use super::{Function, Kind, Resolver, Resolvers, Template};
use crate::finding::Finding;
use indexmap::IndexMap;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    pipelines: IndexMap<String, Entry>,
    #[serde(default)]
    unreferenced_templates: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
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
    data_source: Option<DataSource>,
    request: Option<FileRef>,
    response: Option<FileRef>,
    runtime: Option<String>,
}

#[derive(Deserialize)]
struct DataSource {
    r#type: String,
}

/// Reads a manifest.
pub fn load(path: &Path) -> Result<Resolvers, LoadError> {
    let text = super::load::read(path)?;
    let manifest: Manifest =
        serde_json::from_str(&text).map_err(|error| LoadError::new(path, format!("no pipeline manifest: {error}")))?;
    let folder = path.parent().unwrap_or_else(|| Path::new(".")).join("resolvers");
    let mut files: HashMap<String, Arc<Template>> = HashMap::new();
    let mut template = |reference: &Option<FileRef>| -> Result<Option<Arc<Template>>, LoadError> {
        let Some(FileRef { file }) = reference else { return Ok(None) };
        if let Some(known) = files.get(file) {
            return Ok(Some(known.clone()));
        }
        let made = Template::read(file.as_str(), &folder.join(file))?;
        files.insert(file.clone(), made.clone());
        Ok(Some(made))
    };
    let mut resolvers = Resolvers::default();
    for (field, entry) in manifest.pipelines {
        let mut functions = Vec::new();
        for function in entry.functions {
            functions.push(Function {
                request: template(&function.request)?,
                response: template(&function.response)?,
                name: function.name,
                slot: function.slot,
                index: function.index,
                data_source: function.data_source.map_or_else(|| "NONE".to_owned(), |source| source.r#type),
                runtime: function.runtime.filter(|runtime| runtime != "VTL"),
            });
        }
        resolvers.add(Resolver {
            kind: if entry.kind == "UNIT" { Kind::Unit } else { Kind::Pipeline },
            before: template(&entry.before)?,
            after: template(&entry.after)?,
            functions,
            runtime: entry.runtime.filter(|runtime| runtime != "VTL"),
            field,
        });
    }
    if !manifest.unreferenced_templates.is_empty() {
        let files = manifest.unreferenced_templates.join(", ");
        resolvers.findings.push(Finding::new("unused-template", format!("no pipeline uses {files}")));
    }
    Ok(resolvers)
}
