//! Saved answers of the AWS CLI: `aws appsync list-resolvers` (one file a type) and `list-functions`, as they are.

use super::{Loader, Place, ProjectKind};
use crate::code::Code;
use crate::finding::Finding;
use crate::project::error::ProjectError;
use crate::project::{DataSource, DataSourceKind, Function, Origin, Project, Resolver, Runtime, Slot, Template};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Folders of saved answers, and single ones.
pub struct Answers;

impl Loader for Answers {
    fn kind(&self) -> ProjectKind {
        ProjectKind::Saved
    }

    fn recognises(&self, place: &Place<'_>) -> Result<bool, ProjectError> {
        if let Some(json) = place.document()? {
            return Ok(is_answer(json));
        }
        Ok(place.root.files(place.path, ".json").iter().any(|path| {
            let text = place.root.text(path).ok();
            text.and_then(|text| serde_json::from_str::<Json>(&text).ok()).is_some_and(|json| is_answer(&json))
        }))
    }

    fn load(&self, place: &Place<'_>) -> Result<Project, ProjectError> {
        if place.path.is_dir() {
            load(place, &place.root.files(place.path, ".json"))
        } else {
            load(place, &[place.path.to_owned()])
        }
    }
}

fn is_answer(json: &Json) -> bool {
    ["resolvers", "functions"].iter().any(|name| json.get(*name).is_some_and(Json::is_array))
}

fn load(place: &Place<'_>, paths: &[PathBuf]) -> Result<Project, ProjectError> {
    let (mut resolvers, mut functions, mut kinds) = (Vec::new(), HashMap::new(), HashMap::new());
    let mut incomplete = Vec::new();
    for path in paths {
        let json: Json = serde_json::from_str(&place.root.text(path)?)
            .map_err(|error| ProjectError::malformed(path, format!("not valid JSON: {error}")))?;
        let list = |name: &str| json.get(name).and_then(Json::as_array).cloned().unwrap_or_default();
        if json.get("nextToken").is_some_and(Json::is_string) {
            incomplete.push(
                Finding::new(Code::IncompleteAnswer, format!("{} has a nextToken: more pages follow", path.display()))
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
    let mut found = Project { findings: incomplete, ..Project::default() };
    for own in resolvers {
        let saved = &own.saved;
        let field = format!("{}.{}", text(saved, "typeName"), text(saved, "fieldName"));
        let pipeline = text(saved, "kind") == "PIPELINE";
        let (before, after) = (half(&own, "request", &field), half(&own, "response", &field));
        if !pipeline {
            let function = function_of(&own, field.clone(), Some(Slot::Unit), 0, &kinds);
            found.add(Resolver::unit(field, function));
            continue;
        }
        let ids = saved.pointer("/pipelineConfig/functions").and_then(Json::as_array).cloned().unwrap_or_default();
        let mut chain = Vec::new();
        for (at, id) in ids.iter().filter_map(Json::as_str).enumerate() {
            match functions.get(id) {
                Some(function) => {
                    used.insert(id.to_owned());
                    chain.push(function_of(function, text(&function.saved, "name"), None, at as u32, &kinds));
                }
                None => {
                    chain.push(Function::not_read(id, at as u32));
                    let message = format!(
                        "{field}: function {id} is not in the saved answers: save `aws appsync list-functions` beside them"
                    );
                    found.findings.push(Finding::new(Code::MissingFunction, message).at(field.clone()));
                }
            }
        }
        let runtime = runtime(saved);
        found.add(Resolver { before, after, runtime, ..Resolver::pipeline(field, chain) });
    }
    let mut unused: Vec<String> = functions
        .iter()
        .filter(|(id, _)| !used.contains(*id))
        .map(|(_, function)| text(&function.saved, "name"))
        .collect();
    unused.sort_unstable();
    found.findings.extend(unused.into_iter().map(|name| {
        let message = format!("no pipeline uses the function {name}: its templates were not looked at");
        Finding::new(Code::UnusedFunction, message).at(name)
    }));
    if found.by_field.is_empty() {
        return Err(ProjectError::no_resolvers(
            place.path,
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

fn function_of(
    own: &Saved<'_>,
    name: String,
    slot: Option<Slot>,
    index: u32,
    kinds: &HashMap<String, String>,
) -> Function {
    let saved = &own.saved;
    let source = text(saved, "dataSourceName");
    let data_source = match kinds.get(&source) {
        Some(kind) => DataSource { name: Some(source), kind: DataSourceKind::parse(kind) },
        None if source.is_empty() => DataSource::of(DataSourceKind::None),
        None => DataSource::named(&source),
    };
    let slot = slot.or_else(|| Slot::of_function(&name)).unwrap_or(Slot::Main);
    Function {
        request: half(own, "request", &name),
        response: half(own, "response", &name),
        slot,
        index,
        data_source,
        runtime: runtime(saved),
        code: None,
        name,
    }
}

fn half(own: &Saved<'_>, half: &str, owner: &str) -> Option<std::sync::Arc<Template>> {
    let text = own.saved.get(format!("{half}MappingTemplate"))?.as_str()?;
    let ending = if half == "request" { "req" } else { "res" };
    Some(Template::new(format!("{owner}.{ending}.vtl"), text, Origin::Inline(own.file.to_owned())))
}

fn runtime(saved: &Json) -> Runtime {
    let name = saved.pointer("/runtime/name").and_then(Json::as_str);
    Runtime::named(name.or_else(|| saved.get("code").map(|_| "APPSYNC_JS")))
}

fn text(json: &Json, name: &str) -> String {
    json.get(name).and_then(Json::as_str).unwrap_or_default().to_owned()
}
