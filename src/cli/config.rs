//! `vtl-eval config`: what is in force, and from where.

use super::args::ConfigArgs;
use super::exit::{CommandError, Exit};
use super::{input, output};
use crate::message::counted;
use crate::project::{Config, FoundProject, load};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A setting in force.
#[derive(Serialize)]
struct Setting {
    name: &'static str,
    value: Json,
    /// What says so.
    from: String,
}

/// Shows every setting that a project is read with.
pub fn run(args: &ConfigArgs) -> Result<Exit, CommandError> {
    let (found, file) = args.from.found(Path::new("."))?;
    let settings = settings(args, &found, file.as_deref())?;
    let options = args.from.options(&found)?;
    let project = load(&found.path, &options).map_err(|error| CommandError::new(error.to_string()))?;
    let kind = project.kind.map_or("", |kind| kind.as_str());
    let text = if args.list.is_json() {
        output::json(&serde_json::json!({
            "schema": 1, "file": file, "kind": kind, "settings": settings,
            "others": found.others.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
        }))?
    } else {
        let mut out = String::new();
        let width = settings.iter().map(|setting| setting.name.len()).max().unwrap_or_default();
        for setting in &settings {
            let value = setting.value.as_str().map_or_else(|| setting.value.to_string(), str::to_owned);
            let _ = writeln!(out, "{:<width$}  {value}  ({})", setting.name, setting.from);
        }
        let _ = writeln!(out, "\nread as {kind}: {}", counted(project.by_field.len(), "field"));
        for other in &found.others {
            let _ = writeln!(out, "not read: {}", other.display());
        }
        out
    };
    output::write(&project.open.shown(&text), args.list.form(), args.list.output.as_deref())?;
    Ok(Exit::Good)
}

fn settings(args: &ConfigArgs, found: &FoundProject, file: Option<&Path>) -> Result<Vec<Setting>, CommandError> {
    let none = Config::default();
    let own = found.config.as_ref().unwrap_or(&none);
    let given = &args.from;
    let named = file.map_or_else(|| "vtl-eval.toml".to_owned(), |file| file.display().to_string());
    let mut all = Vec::new();
    let from = match (&given.path, &own.from) {
        (Some(_), _) => "--from".to_owned(),
        (None, Some(_)) => named.clone(),
        (None, None) => "found from here upward".to_owned(),
    };
    all.push(Setting { name: "from", value: found.path.display().to_string().into(), from });
    let path = |path: &PathBuf| Json::from(path.display().to_string());
    let text = |text: &String| Json::from(text.as_str());
    let rows: [(&'static str, Option<Json>, Option<Json>); 6] = [
        ("api-name", given.api_name.as_ref().map(text), own.api_name.as_ref().map(text)),
        ("overrides", given.overrides.as_ref().map(path), own.overrides.as_ref().map(path)),
        ("schema", given.schema.as_ref().map(path), own.schema.as_ref().map(path)),
        ("model", given.model.as_ref().map(path), own.model.as_ref().map(path)),
        ("api", given.api.as_ref().map(text), own.api.as_ref().map(path)),
        ("personas", None, own.personas.as_ref().map(path)),
    ];
    for (name, typed, filed) in rows {
        let (value, from) = match (typed, filed) {
            (Some(value), _) => (value, format!("--{name}")),
            (None, Some(value)) => (value, named.clone()),
            (None, None) => continue,
        };
        all.push(Setting { name, value, from });
    }
    let policies: Vec<Json> = if given.policy.is_empty() {
        own.policy.iter().map(path).collect()
    } else {
        given.policy.iter().map(text).collect()
    };
    if !policies.is_empty() {
        let from = if given.policy.is_empty() { named.clone() } else { "--policy".to_owned() };
        all.push(Setting { name: "policy", value: policies.into(), from });
    }
    for (values, from) in [(&own.parameters, named), (&typed(args)?, "--parameters".to_owned())] {
        if !values.is_empty() {
            all.push(Setting { name: "parameters", value: values.clone().into(), from });
        }
    }
    Ok(all)
}

fn typed(args: &ConfigArgs) -> Result<Map<String, Json>, CommandError> {
    input::parameters(args.from.parameters.as_deref())
}
