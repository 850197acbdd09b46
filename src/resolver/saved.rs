//! Saved answers of the AWS CLI: `aws appsync list-resolvers` (one file a type) and `list-functions`, as they are.

use super::load::{LoadError, files, read};
use super::{Function, Kind, Origin, Resolver, Resolvers, Template, amplify};
use crate::finding::Finding;
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Whether a folder holds such answers.
pub fn is_saved(folder: &Path) -> bool {
    files(folder, ".json").iter().any(|path| {
        read(path).ok().and_then(|text| serde_json::from_str::<Json>(&text).ok()).is_some_and(|json| {
            json.get("resolvers").is_some_and(Json::is_array) || json.get("functions").is_some_and(Json::is_array)
        })
    })
}

/// Reads a folder of saved answers.
pub fn load(folder: &Path) -> Result<Resolvers, LoadError> {
    load_files(folder, &files(folder, ".json"))
}

/// Reads saved answers together.
pub fn load_files(folder: &Path, paths: &[PathBuf]) -> Result<Resolvers, LoadError> {
    let (mut resolvers, mut functions, mut kinds) = (Vec::new(), HashMap::new(), HashMap::new());
    let mut incomplete = Vec::new();
    for path in paths {
        let json: Json =
            serde_json::from_str(&read(path)?).map_err(|error| LoadError::new(path, format!("no JSON: {error}")))?;
        let list = |name: &str| json.get(name).and_then(Json::as_array).cloned().unwrap_or_default();
        if json.get("nextToken").is_some_and(Json::is_string) {
            incomplete.push(
                Finding::new("incomplete-answer", format!("{} has a nextToken: more pages follow", path.display()))
                    .at(path.display().to_string()),
            );
        }
        let here = |saved| Saved { file: path, saved };
        resolvers.extend(list("resolvers").into_iter().map(here));
        for function in list("functions").into_iter().chain(json.get("functionConfiguration").cloned()) {
            functions.insert(text(&function, "functionId"), here(function));
        }
        for source in list("dataSources") {
            kinds.insert(text(&source, "name"), text(&source, "type"));
        }
    }
    let mut used = HashSet::new();
    let mut found = Resolvers { findings: incomplete, ..Resolvers::default() };
    for own in resolvers {
        let saved = &own.saved;
        let field = format!("{}.{}", text(saved, "typeName"), text(saved, "fieldName"));
        let pipeline = text(saved, "kind") == "PIPELINE";
        let (before, after) = (half(&own, "request", &field), half(&own, "response", &field));
        if !pipeline {
            let function = function_of(&own, field.clone(), "unit", 0, &kinds);
            let runtime = function.runtime.clone();
            let functions = vec![function];
            found.add(Resolver { field, kind: Kind::Unit, before: None, after: None, functions, runtime });
            continue;
        }
        let ids = saved.pointer("/pipelineConfig/functions").and_then(Json::as_array).cloned().unwrap_or_default();
        let mut chain = Vec::new();
        for (at, id) in ids.iter().filter_map(Json::as_str).enumerate() {
            match functions.get(id) {
                Some(function) => {
                    used.insert(id.to_owned());
                    chain.push(function_of(function, text(&function.saved, "name"), "", at as u32, &kinds));
                }
                None => {
                    chain.push(Function::not_read(id, at as u32));
                    let message = format!(
                        "{field}: function {id} is not in the saved answers: save `aws appsync list-functions` beside them"
                    );
                    found.findings.push(Finding::new("missing-function", message).at(field.clone()));
                }
            }
        }
        let runtime = runtime(saved);
        found.add(Resolver { field, kind: Kind::Pipeline, before, after, functions: chain, runtime });
    }
    let mut unused: Vec<String> = functions
        .iter()
        .filter(|(id, _)| !used.contains(*id))
        .map(|(_, function)| text(&function.saved, "name"))
        .collect();
    unused.sort_unstable();
    found.findings.extend(unused.into_iter().map(|name| {
        let message = format!("no pipeline uses the function {name}: its templates were not looked at");
        Finding::new("unused-function", message).at(name)
    }));
    if found.by_field.is_empty() {
        return Err(LoadError::new(
            folder,
            "no resolvers in the saved answers: save `aws appsync list-resolvers --type-name Query` (and the other types)",
        ));
    }
    Ok(found)
}

/// A resolver or function, and the answer that it is in.
struct Saved<'p> {
    file: &'p Path,
    saved: Json,
}

fn function_of(own: &Saved<'_>, name: String, slot: &str, index: u32, kinds: &HashMap<String, String>) -> Function {
    let saved = &own.saved;
    let source = text(saved, "dataSourceName");
    let data_source = match kinds.get(&source) {
        Some(kind) => kind.clone(),
        None if source.is_empty() || source.to_ascii_uppercase().contains("NONE") => "NONE".to_owned(),
        None => "UNKNOWN".to_owned(),
    };
    let slot = if slot.is_empty() { amplify::slot_of_name(&name).unwrap_or("main") } else { slot };
    Function {
        request: half(own, "request", &name),
        response: half(own, "response", &name),
        slot: slot.to_owned(),
        index,
        data_source,
        runtime: runtime(saved),
        name,
    }
}

fn half(own: &Saved<'_>, half: &str, owner: &str) -> Option<std::sync::Arc<Template>> {
    let text = own.saved.get(format!("{half}MappingTemplate"))?.as_str()?;
    let ending = if half == "request" { "req" } else { "res" };
    Some(Template::new(format!("{owner}.{ending}.vtl"), text, Origin::Inline(own.file.to_owned())))
}

fn runtime(saved: &Json) -> Option<String> {
    let name = saved.pointer("/runtime/name").and_then(Json::as_str).map(str::to_owned);
    name.or_else(|| saved.get("code").map(|_| "APPSYNC_JS".to_owned()))
}

fn text(json: &Json, name: &str) -> String {
    json.get(name).and_then(Json::as_str).unwrap_or_default().to_owned()
}
