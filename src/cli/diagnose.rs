//! `vtl-eval diagnose`: a refused request, layer by layer.

use super::args::{DiagnoseArgs, PageFormat};
use super::exit::{CommandError, Exit};
use super::{input, output};
use crate::report::{DiagnosisJson, diagnosis_html, diagnosis_text};
use crate::request::layer::State;
use crate::resolver::{LoadOptions, Resolvers, load};
use crate::suite::{Diagnosis, Refusal, diagnose};
use crate::trace::Verdict;
use serde_json::{Map, Value as Json, json};
use std::path::Path;

/// Diagnoses every request of a file.
pub fn run(args: &DiagnoseArgs) -> Result<Exit, CommandError> {
    let text = input::read_text(&args.file)?;
    let json: Json = serde_json::from_str(&text).map_err(|error| {
        CommandError::new(format!("{}: neither a HAR nor a refusal report: {error}", args.file.display()))
    })?;
    let resolvers = match &args.from {
        None => None,
        Some(path) => Some(load(path, &LoadOptions::default()).map_err(|error| CommandError::new(error.to_string()))?),
    };
    output::colour(args.color);
    if json.pointer("/log/entries").is_some() {
        let reports = crate::request::har::read(&json).map_err(CommandError::new)?;
        return har(args, reports, resolvers.as_ref());
    }
    let (refusal, diagnosis) = one(args, json, resolvers.as_ref())?;
    let text = match args.format {
        PageFormat::Text => diagnosis_text(&diagnosis, &refusal, output::layout(args.verbose)),
        PageFormat::Json => output::json(&DiagnosisJson::new(&diagnosis, &refusal))?,
        PageFormat::Html => diagnosis_html(&diagnosis, &refusal),
    };
    output::write(&text, args.output.as_deref())?;
    Ok(exit(&diagnosis))
}

fn exit(diagnosis: &Diagnosis) -> Exit {
    let refused = diagnosis.layers.iter().any(|layer| layer.state == State::Refused);
    match diagnosis.verdict {
        Some(Verdict::Denied | Verdict::Error) => Exit::Denied,
        _ if refused && diagnosis.verdict != Some(Verdict::Filtered) => Exit::Denied,
        _ => Exit::Good,
    }
}

/// Every AppSync request of a HAR.
fn har(args: &DiagnoseArgs, reports: Vec<Json>, resolvers: Option<&Resolvers>) -> Result<Exit, CommandError> {
    if reports.is_empty() {
        return Err(CommandError::new(format!("{}: no AppSync request in this HAR", args.file.display())));
    }
    let (mut rows, mut text, mut pages) = (Vec::new(), String::new(), String::new());
    let mut worst = Exit::Good;
    for report in reports {
        let about = report.get("request").cloned().unwrap_or_default();
        let (refusal, diagnosis) = one(args, report, resolvers)?;
        if exit(&diagnosis) != Exit::Good {
            worst = Exit::Denied;
        }
        match args.format {
            PageFormat::Json => {
                let mut row = serde_json::to_value(DiagnosisJson::new(&diagnosis, &refusal)).unwrap_or_default();
                row["request"] = about;
                rows.push(row);
            }
            PageFormat::Text => {
                let url = about.get("url").and_then(Json::as_str).unwrap_or_default();
                let when = about.get("time").and_then(Json::as_str).unwrap_or_default();
                text.push_str(&format!("{when}  {url}\n"));
                text.push_str(&diagnosis_text(&diagnosis, &refusal, output::layout(args.verbose)));
                text.push('\n');
            }
            PageFormat::Html => pages.push_str(&diagnosis_html(&diagnosis, &refusal)),
        }
    }
    let text = match args.format {
        PageFormat::Text => text,
        PageFormat::Json => output::json(&json!({"schema": 1, "requests": rows}))?,
        PageFormat::Html => pages,
    };
    output::write(&text, args.output.as_deref())?;
    Ok(worst)
}

/// One report, with what the options add to it.
fn one(
    args: &DiagnoseArgs,
    mut report: Json,
    resolvers: Option<&Resolvers>,
) -> Result<(Refusal, Diagnosis), CommandError> {
    if !report.is_object() {
        return Err(CommandError::new("a refusal report is a JSON object"));
    }
    if report.get("context").is_none() {
        report = json!({"context": report, "authType": null});
    }
    let context = report.get_mut("context").and_then(Json::as_object_mut);
    let Some(context) = context else { return Err(CommandError::new("`context` must be a JSON object")) };
    add(args, context)?;
    if let Some(mode) = &args.auth_type {
        report["authType"] = json!(mode);
    }
    let refusal = Refusal::read(&report).map_err(CommandError::new)?;
    let diagnosis = diagnose(&refusal, resolvers).map_err(CommandError::Diagnostic)?;
    Ok((refusal, diagnosis))
}

fn add(args: &DiagnoseArgs, context: &mut Map<String, Json>) -> Result<(), CommandError> {
    let json = |path: &Path| -> Result<Json, CommandError> {
        serde_json::from_str(&input::read_text(path)?)
            .map_err(|error| CommandError::new(format!("{}: no JSON: {error}", path.display())))
    };
    if let Some(path) = &args.schema {
        context.insert("schema".to_owned(), json!(input::read_text(path)?));
    }
    if let Some(path) = &args.api {
        context.insert("apiConfig".to_owned(), json(path)?);
    }
    if !args.policy.is_empty() {
        let policies = args.policy.iter().map(|path| json(path)).collect::<Result<Vec<_>, _>>()?;
        context.insert("policy".to_owned(), json!(policies));
    }
    if let Some(path) = &args.authorizer {
        context.insert("authorizerResponse".to_owned(), json(path)?);
    }
    if let Some(now) = &args.now {
        let seconds = input::now(Some(now))? / 1000;
        let request = context.entry("request").or_insert_with(|| json!({}));
        if let Some(request) = request.as_object_mut() {
            request.insert("now".to_owned(), json!(seconds));
        }
    }
    if let Some(claims) = &args.claims {
        let identity = input::identity(claims)?;
        context.insert("identity".to_owned(), identity);
    }
    Ok(())
}
