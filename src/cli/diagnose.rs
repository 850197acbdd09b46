//! `vtl-eval diagnose`: a refused request, layer by layer.

use super::args::{DiagnoseArgs, PageFormat};
use super::exit::{CommandError, Exit};
use super::{input, output};
use crate::appsync::jwt;
use crate::explain::Explanation;
use crate::report::{Diagnosed, DiagnosisJson, diagnosis_html, diagnosis_text};
use crate::request::answer::LogSays;
use crate::request::archive::Kind;
use crate::request::har;
use crate::request::history::{Credential, Past};
use crate::request::layer::State;
use crate::request::secret::Secrets;
use crate::resolver::Resolvers;
use crate::suite::replay::says;
use crate::suite::{Diagnosis, Refusal, add_project, diagnose};
use crate::trace::Verdict;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use std::io::Read as _;

/// A refusal report may have this many bytes.
const LARGEST_REPORT: u64 = 64 << 20;

/// Diagnoses every request of a file.
pub fn run(args: &DiagnoseArgs) -> Result<Exit, CommandError> {
    let opened = args.from.optional()?;
    let resolvers = opened.as_ref().map(|opened| &opened.project);
    output::colour(args.color);
    // A HAR is read without keeping it; standard input comes once, so what is no HAR there is kept.
    let mut stream = None;
    let mut typed = None;
    if args.file == "-" {
        let (is_har, mut input) = input::standard_input()?;
        if is_har {
            stream = Some(input);
        } else {
            let mut text = String::new();
            input.read_to_string(&mut text).map_err(|error| cannot_read(args, &error))?;
            typed = Some(text.trim_start_matches('\u{FEFF}').to_owned());
        }
    } else if input::is_inline(&args.file) {
        typed = Some(args.file.clone());
    }
    let logs = says(&args.logs).map_err(|error| CommandError::new(format!("cannot read the logs: {error}")))?;
    let mut rows = Rows { logs, ..Rows::default() };
    let kind = {
        let mut found = |report| rows.add(args, report, resolvers);
        match (stream, &typed) {
            (Some(stream), _) => har::read(stream, None, &mut found),
            (None, Some(text)) => {
                let history = har::history(text.as_bytes()).unwrap_or_default();
                har::read(text.as_bytes(), Some(&history), &mut found)
            }
            (None, None) => {
                let file = std::fs::File::open(&args.file).map_err(|error| cannot_read(args, &error))?;
                // Read twice: what came later proves as much as what came before.
                let before = std::fs::File::open(&args.file).map_err(|error| cannot_read(args, &error))?;
                let history = har::history(before).unwrap_or_default();
                har::read(file, Some(&history), &mut found)
            }
        }
    };
    let kind = match (rows.failed.take(), kind) {
        (Some(error), _) => return Err(error),
        (None, kind) => {
            kind.map_err(|error| CommandError::new(format!("{}: this HAR cannot be read: {error}", name(args))))?
        }
    };
    if kind == Kind::Har {
        return rows.write(args);
    }
    if typed.is_none() && std::fs::metadata(&args.file).is_ok_and(|file| file.len() > LARGEST_REPORT) {
        return Err(CommandError::new(format!(
            "{}: no HAR, and larger than a refusal report may be ({LARGEST_REPORT} bytes)",
            name(args)
        )));
    }
    if args.file == "-" && typed.is_none() {
        return Err(CommandError::new("-: begins as a HAR does, and has no log.entries"));
    }
    let text = typed.map_or_else(|| input::option_text(&args.file), Ok)?;
    let json = crate::json::read(&text)
        .map_err(|error| CommandError::new(format!("{}: neither a HAR nor a refusal report: {error}", name(args))))?;
    let (refusal, diagnosis) = one(args, json, resolvers)?;
    let code = exit(args, &diagnosis);
    let secrets = Secrets::of(&refusal.evidence.headers);
    let mut text = match args.format {
        PageFormat::Text => diagnosis_text(&diagnosis, &refusal, output::layout(args.verbose)),
        PageFormat::Json => {
            let mut json = serde_json::to_value(DiagnosisJson::new(&diagnosis, &refusal)).unwrap_or_default();
            secrets.hide_in(&mut json);
            output::json(&json)?
        }
        PageFormat::Html => diagnosis_html(&[Diagnosed { about: Json::Null, refusal, diagnosis }]),
    };
    if args.format != PageFormat::Json {
        secrets.hide(&mut text);
    }
    output::write(&text, args.output.as_deref())?;
    Ok(code)
}

fn exit(args: &DiagnoseArgs, diagnosis: &Diagnosis) -> Exit {
    if args.strict && diagnosis.resolver.as_ref().is_some_and(Explanation::is_doubted) {
        return Exit::Error;
    }
    let refused = diagnosis.layers.iter().any(|layer| layer.state == State::Refused);
    match diagnosis.verdict {
        Some(Verdict::Denied | Verdict::Error) => Exit::Denied,
        _ if refused && diagnosis.verdict != Some(Verdict::Filtered) => Exit::Denied,
        None | Some(Verdict::Unknown) => Exit::Error,
        _ => Exit::Good,
    }
}

/// The file as messages name it; what was typed is not repeated.
fn name(args: &DiagnoseArgs) -> &str {
    if input::is_inline(&args.file) { "the typed JSON" } else { &args.file }
}

fn cannot_read(args: &DiagnoseArgs, error: &std::io::Error) -> CommandError {
    CommandError::new(format!("cannot read {}: {error}", name(args)))
}

/// What `--format json` prints of a HAR.
#[derive(Serialize)]
struct Requests<'a> {
    schema: u32,
    requests: &'a [Box<RawValue>],
}

/// The reports of a HAR's AppSync requests; text and JSON are drawn as they are found.
#[derive(Default)]
struct Rows {
    count: usize,
    refused: bool,
    /// Under `--strict`: one of them is in doubt, or has no answer.
    doubted: bool,
    text: String,
    json: Vec<Box<RawValue>>,
    page: Vec<Diagnosed>,
    /// What a template's values could show on the page.
    secrets: Secrets,
    failed: Option<CommandError>,
    /// What the log says, by request.
    logs: HashMap<String, LogSays>,
}

impl Rows {
    fn add(&mut self, args: &DiagnoseArgs, report: Json, resolvers: Option<&Resolvers>) -> Result<(), String> {
        let about = report.get("request").cloned().unwrap_or_default();
        let mut report = report;
        join(&self.logs, &mut report);
        let (refusal, diagnosis) = one(args, report, resolvers).map_err(|error| {
            self.failed = Some(error);
            "see the error".to_owned()
        })?;
        self.count += 1;
        let code = exit(args, &diagnosis);
        self.refused |= code != Exit::Good;
        self.doubted |= args.strict && code == Exit::Error;
        let secrets = Secrets::of(&refusal.evidence.headers);
        match args.format {
            PageFormat::Json => {
                let mut row = serde_json::to_value(DiagnosisJson::new(&diagnosis, &refusal)).unwrap_or_default();
                row["request"] = about;
                secrets.hide_in(&mut row);
                self.json.push(serde_json::value::to_raw_value(&row).map_err(|error| error.to_string())?);
            }
            PageFormat::Text => {
                let url = about.get("url").and_then(Json::as_str).unwrap_or_default();
                let when = about.get("time").and_then(Json::as_str).unwrap_or_default();
                self.text.push_str(&format!("{when}  {url}\n"));
                let mut text = diagnosis_text(&diagnosis, &refusal, output::layout(args.verbose));
                secrets.hide(&mut text);
                self.text.push_str(&text);
                self.text.push('\n');
            }
            PageFormat::Html => {
                self.secrets.and(secrets);
                self.page.push(Diagnosed { about, refusal, diagnosis });
            }
        }
        Ok(())
    }

    fn write(self, args: &DiagnoseArgs) -> Result<Exit, CommandError> {
        if self.count == 0 {
            return Err(CommandError::new(format!(
                "{}: no AppSync request in this HAR; a client that finds nobody signed in or no key sends none",
                name(args)
            )));
        }
        let text = match args.format {
            PageFormat::Json => output::json(&Requests { schema: 1, requests: &self.json })?,
            PageFormat::Text => self.text,
            PageFormat::Html => {
                let mut page = diagnosis_html(&self.page);
                self.secrets.hide(&mut page);
                page
            }
        };
        output::write(&text, args.output.as_deref())?;
        Ok(match self.refused {
            _ if self.doubted => Exit::Error,
            true => Exit::Denied,
            false => Exit::Good,
        })
    }
}

/// What the log says of the same request, by the id that AppSync put on the answer.
fn join(logs: &HashMap<String, LogSays>, report: &mut Json) {
    if logs.is_empty() {
        return;
    }
    let id = report.pointer("/context/answer/headers/x-amzn-requestid").and_then(Json::as_str).unwrap_or_default();
    let sent = report.pointer("/context/request/headers").and_then(Json::as_object).cloned().unwrap_or_default();
    let now = report.pointer("/context/request/now").and_then(Json::as_str);
    let now = now.and_then(|now| now.parse::<jiff::Timestamp>().ok()).map(jiff::Timestamp::as_millisecond);
    // The other requests of the log prove as much as those of the archive.
    let others = logs.iter().filter(|(other, _)| *other != id).map(|(_, says)| says);
    let own = Credential::of(&sent).or_else(|| Past::of_log(logs.get(id)?).credential);
    let others = Past::of_logs(others, own.as_ref(), now);
    let says = logs.get(id).map(|says| serde_json::to_value(says).unwrap_or_default());
    if let Some(known) = report.pointer_mut("/context/others").and_then(Json::as_array_mut) {
        known.extend(others.iter().filter_map(|past| serde_json::to_value(past).ok()));
    } else {
        report["context"]["others"] = serde_json::to_value(others).unwrap_or_default();
    }
    if let Some(says) = says {
        report["context"]["log"] = says;
    }
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
    if let Some(project) = resolvers {
        add_project(project, context);
    }
    if let Some(mode) = &args.auth_type {
        report["authType"] = json!(mode);
    }
    if let Some(other) = &args.compare {
        let text = input::claims_text(other)?;
        report["compare"] = serde_json::from_str(&text).unwrap_or_else(|_| json!(text.trim()));
    }
    let refusal = Refusal::read(&report).map_err(CommandError::new)?;
    let diagnosis = diagnose(&refusal, resolvers).map_err(CommandError::Diagnostic)?;
    Ok((refusal, diagnosis))
}

fn add(args: &DiagnoseArgs, context: &mut Map<String, Json>) -> Result<(), CommandError> {
    let json = |option: &str| -> Result<Json, CommandError> {
        crate::json::read(&input::option_text(option)?).map_err(|error| {
            let name = if input::is_inline(option) { "the typed JSON" } else { option };
            CommandError::new(format!("{name}: no JSON: {error}"))
        })
    };
    if let Some(path) = &args.from.schema {
        context.insert("schema".to_owned(), json!(input::read_text(path)?));
    }
    if let Some(api) = &args.from.api {
        context.insert("apiConfig".to_owned(), input::api(api)?);
    }
    if !args.from.policy.is_empty() {
        let policies = args.from.policy.iter().map(|policy| json(policy)).collect::<Result<Vec<_>, _>>()?;
        context.insert("policy".to_owned(), json!(policies));
    }
    if let Some(answer) = &args.authorizer {
        context.insert("authorizerResponse".to_owned(), json(answer)?);
    }
    if let Some(seed) = args.seed {
        context.insert("seed".to_owned(), json!(seed));
    }
    if let Some(now) = &args.now {
        let seconds = input::now(Some(now))? / 1000;
        let request = context.entry("request").or_insert_with(|| json!({}));
        if let Some(request) = request.as_object_mut() {
            request.insert("now".to_owned(), json!(seconds));
        }
    }
    if let Some(claims) = &args.claims {
        let text = input::claims_text(claims)?;
        context.insert("identity".to_owned(), input::identity_of(&text)?);
        // A compact token is also the credential, where the report has none.
        let request = context.entry("request").or_insert_with(|| json!({}));
        if !jwt::bare(&text).0.starts_with(['{', 'n'])
            && let Some(request) = request.as_object_mut()
            && let Some(headers) = request.entry("headers").or_insert_with(|| json!({})).as_object_mut()
            && !headers.keys().any(|name| matches!(name.to_lowercase().as_str(), "authorization" | "x-api-key"))
        {
            headers.insert("authorization".to_owned(), json!(text.trim()));
        }
    }
    Ok(())
}
