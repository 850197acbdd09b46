//! `vtl-eval diagnose`: a refused request, layer by layer.

use super::args::{DiagnoseArgs, PageFormat};
use super::exit::{CommandError, Exit};
use super::gathered::{Logs, gathered, join};
use super::say;
use super::secrets::{self, shown};
use super::sniffed::{Sniffed, sniffed};
use super::{explain, input, output};
use crate::explain::Explanation;
use crate::files;
use crate::paste;
use crate::report::{
    Diagnosed, DiagnosisJson, RequestLine, WrittenForm, diagnosis_html, diagnosis_text, requests_text,
};
use crate::request::Request;
use crate::request::archive::{ArchiveKind, HarError};
use crate::request::har;
use crate::request::layer::State;
use crate::request::secret::Secrets;
use crate::resolver::Resolvers;
use crate::suite::replay::says;
use crate::suite::{Diagnosis, Refusal, diagnose, guarded};
use crate::trace::Verdict;
use serde::Serialize;
use serde_json::value::RawValue;
use std::path::Path;

/// A refusal report may have this many bytes.
const LARGEST_REPORT: u64 = 64 << 20;

/// Diagnoses every request of a file.
pub fn run(args: &DiagnoseArgs) -> Result<Exit, CommandError> {
    let args = &settled(args)?;
    let opened = args.from.optional()?;
    let resolvers = opened.as_ref().map(|opened| &opened.project);
    output::colour(args.page.color);
    let logs = says(&args.logs).map_err(|error| CommandError::new(format!("--logs: {error}")))?;
    let mut rows = Rows { logs: Logs::new(logs), ..Rows::default() };
    let (kind, typed) = read(args, resolvers, &mut rows)?;
    if kind == ArchiveKind::Har {
        return rows.write(args);
    }
    if typed.is_none() && std::fs::metadata(file(args)).is_ok_and(|file| file.len() > LARGEST_REPORT) {
        return Err(CommandError::new(format!(
            "{}: not a HAR file, and larger than a refusal report may be ({LARGEST_REPORT} bytes)",
            name(args)
        )));
    }
    if file(args) == "-" && typed.is_none() {
        return Err(CommandError::new("-: begins as a HAR does, and has no log.entries"));
    }
    let text = typed.map_or_else(|| input::option_text(file(args)), Ok)?;
    learn(&text);
    match sniffed(&text, name(args), input::file_name(file(args)))? {
        Sniffed::Har(har) => {
            let kind = rows.read_text(args, &har, resolvers)?;
            debug_assert_eq!(kind, ArchiveKind::Har);
            rows.write(args)
        }
        Sniffed::Request(request) => report(args, *request, resolvers),
        Sniffed::Nothing => {
            output::write(NOTHING_REFUSED, WrittenForm::Text, args.page.output.as_deref())?;
            Ok(Exit::Good)
        }
        Sniffed::Meaning(meaning) => {
            explain::write(&meaning)?;
            Ok(if meaning.refused { Exit::Denied } else { Exit::Error })
        }
        Sniffed::Log => log(args),
    }
}

/// Remembers what is named as a secret anywhere in what was given, also in members that no request has.
fn learn(text: &str) {
    match crate::json::read(text) {
        Ok(json) => super::secrets::learn_json(&json),
        Err(_) => super::secrets::learn_text(text),
    }
}

/// What is said of a response without errors.
const NOTHING_REFUSED: &str = "NO REFUSAL  the response has no errors\n  Nothing in it was refused. Rows may still be left out by a filter: record the request as a HAR, and give the project\n  (`vtl-eval diagnose FILE.har --from PATH`).\n";

/// The arguments with the file in its place: options that take several values take the file too, where it follows them.
fn settled(args: &DiagnoseArgs) -> Result<DiagnoseArgs, CommandError> {
    let mut args = args.clone();
    if args.file.is_none() {
        args.file = match (args.from.policy.len(), args.logs.len()) {
            (2.., _) => args.from.policy.pop(),
            (_, 2..) => args.logs.pop().map(|path| path.display().to_string()),
            _ => None,
        };
    }
    match args.file.as_deref() {
        None => Err(CommandError::new(
            "FILE is wanted: what the refusal left (a HAR, a response, a request as cURL, a log, an error text), or `-` for standard input",
        )),
        Some("") => Err(CommandError::new("FILE is empty: a variable that is not set gives that")),
        Some(_) => Ok(args),
    }
}

fn file(args: &DiagnoseArgs) -> &str {
    args.file.as_deref().unwrap_or("-")
}

/// Reads a HAR without keeping it; what is no HAR on standard input, or was typed, is given back.
fn read(
    args: &DiagnoseArgs,
    resolvers: Option<&Resolvers>,
    rows: &mut Rows,
) -> Result<(ArchiveKind, Option<String>), CommandError> {
    let mut typed = None;
    let path = file(args);
    if path == "-" {
        let (is_har, input) = input::standard_input()?;
        if is_har {
            let read = har::read(input, None, &mut |request| rows.add(args, request, resolvers));
            return Ok((rows.end(args, read)?, None));
        }
        let bytes = files::bounded(input, 0).map_err(|error| CommandError::new(cannot_read(args, &error)))?;
        let text = files::decode(bytes);
        typed = Some(text.map_err(|why| CommandError::new(format!("cannot read standard input: {why}")))?);
    } else if is_typed(path) {
        typed = Some(path.to_owned());
    }
    // A pipe is there once.
    if typed.is_none() && std::fs::metadata(path).is_ok_and(|data| !data.is_file() && !data.is_dir()) {
        typed = Some(files::read_text(std::path::Path::new(path)).map_err(CommandError::new)?);
    }
    if let Some(text) = typed {
        return Ok((rows.read_text(args, &text, resolvers)?, Some(text)));
    }
    let open = || {
        files::open(Path::new(path)).map_err(|error| {
            CommandError::new(format!("{}{}", cannot_read(args, &error), input::near_file(Path::new(path))))
        })
    };
    let file = open()?;
    // Read twice: what came later proves as much as what came before.
    let history = har::history(open()?).unwrap_or_default();
    let read = har::read(file, Some(&history), &mut |request| rows.add(args, request, resolvers));
    Ok((rows.end(args, read)?, None))
}

/// Whether an argument is the thing itself: JSON, a command line, a token, or an error's words.
fn is_typed(path: &str) -> bool {
    let words = path.contains(' ') || ["http://", "https://", "wss://"].iter().any(|begin| path.starts_with(begin));
    input::is_inline(path) || input::is_token(path) || words && !std::path::Path::new(path).exists()
}

/// AppSync's log is what `replay` reads.
fn log(args: &DiagnoseArgs) -> Result<Exit, CommandError> {
    use clap::Parser as _;
    let mut words = vec!["vtl-eval".to_owned(), "replay".to_owned()];
    let kept = match file(args) {
        path if std::path::Path::new(path).exists() => path.to_owned(),
        _ => {
            return Err(CommandError::new(format!(
                "{}: {}",
                name(args),
                crate::paste::PastedKind::Log.sentence("FILE")
            )));
        }
    };
    say::say(format!("note: this is AppSync's log, read as `vtl-eval replay {}` reads it", paste::shell_word(&kept)));
    words.push(kept);
    let mut option = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.extend([format!("--{name}"), value]);
        }
    };
    option("from", args.from.path.as_ref().map(|path| path.display().to_string()));
    option("claims", args.claims.clone());
    option("schema", args.from.schema.as_ref().map(|path| path.display().to_string()));
    option("api", args.from.api.clone());
    option("output", args.page.output.as_ref().map(|path| path.display().to_string()));
    option("format", (args.page.format == PageFormat::Json).then(|| "json".to_owned()));
    option("format", (args.page.format == PageFormat::Html).then(|| "html".to_owned()));
    let cli = super::commands::Cli::try_parse_from(words).map_err(|error| CommandError::new(error.to_string()))?;
    match cli.command.map(|typed| typed.0) {
        Some(super::args::Command::Replay(replay)) => super::replay::judged(&replay),
        _ => Err(CommandError::new("the log could not be read")),
    }
}

/// A refusal report.
fn report(args: &DiagnoseArgs, request: Request, resolvers: Option<&Resolvers>) -> Result<Exit, CommandError> {
    let (refusal, diagnosis) = one(args, request, resolvers)?;
    let code = exit(args, &diagnosis);
    let own = Secrets::of(&refusal.evidence.headers);
    let mut text = match args.page.format {
        PageFormat::Text => output::drawn(diagnosis_text(&diagnosis, &refusal, output::layout(args.verbose))),
        PageFormat::Json => {
            let mut json = serde_json::to_value(DiagnosisJson::new(&diagnosis, &refusal)).unwrap_or_default();
            if !shown() {
                own.hide_in(&mut json);
            }
            output::json(&json)?
        }
        PageFormat::Html => diagnosis_html(&[Diagnosed { refusal, diagnosis }]),
    };
    if args.page.format != PageFormat::Json && !shown() {
        own.hide(&mut text);
    }
    if let Some(resolvers) = resolvers {
        text = resolvers.open.shown(&text).into_owned();
    }
    output::write(&text, args.page.format.form(), args.page.output.as_deref())?;
    Ok(code)
}

fn exit(args: &DiagnoseArgs, diagnosis: &Diagnosis) -> Exit {
    if args.strict && diagnosis.resolver.as_ref().is_some_and(Explanation::is_doubted) {
        return Exit::Error;
    }
    let refused = diagnosis.layers.iter().any(|layer| layer.state == State::Refused);
    match diagnosis.verdict {
        Some(Verdict::Denied) => Exit::Denied,
        _ if refused && diagnosis.verdict != Some(Verdict::Filtered) => Exit::Denied,
        // A limit, a throttled call: an error that refused nobody.
        None | Some(Verdict::Unknown | Verdict::Error) => Exit::Error,
        _ => Exit::Good,
    }
}

/// The file as messages name it; what was typed is not repeated.
fn name(args: &DiagnoseArgs) -> &str {
    match file(args) {
        path if input::is_inline(path) => "the typed JSON",
        path if is_typed(path) => "what was typed",
        "-" => "standard input",
        path => path,
    }
}

fn cannot_read(args: &DiagnoseArgs, error: &std::io::Error) -> String {
    format!("cannot read {}: {error}", name(args))
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
    /// One of them has no verdict, or ended with an error that is no refusal.
    open: bool,
    /// Under `--strict`: one of them is in doubt, or has no answer.
    doubted: bool,
    lines: Vec<RequestLine>,
    json: Vec<Box<RawValue>>,
    page: Vec<Diagnosed>,
    failed: Option<CommandError>,
    /// Requests that could not be judged, and why.
    unread: Vec<String>,
    /// What the log says, by request.
    logs: Logs,
}

impl Rows {
    /// Reads a text that may be a HAR.
    fn read_text(
        &mut self,
        args: &DiagnoseArgs,
        text: &str,
        resolvers: Option<&Resolvers>,
    ) -> Result<ArchiveKind, CommandError> {
        let history = har::history(text.as_bytes()).unwrap_or_default();
        let read = har::read(text.as_bytes(), Some(&history), &mut |request| self.add(args, request, resolvers));
        self.end(args, read)
    }

    /// How the reading ended.
    fn end(&mut self, args: &DiagnoseArgs, read: Result<ArchiveKind, HarError>) -> Result<ArchiveKind, CommandError> {
        match self.failed.take() {
            Some(error) => Err(error),
            None => read.map_err(|error| {
                let error = error.to_string();
                let end = if error.contains("EOF") { " (the end of the file is missing: export it again)" } else { "" };
                CommandError::new(format!("{}: this HAR cannot be read: {error}{end}", name(args)))
            }),
        }
    }

    fn add(
        &mut self,
        args: &DiagnoseArgs,
        mut request: Request,
        resolvers: Option<&Resolvers>,
    ) -> Result<(), HarError> {
        join(&self.logs, &mut request);
        self.count += 1;
        let judged = guarded(|| one(args, request, resolvers)).unwrap_or_else(|why| Err(CommandError::new(why)));
        let (refusal, diagnosis) = match judged {
            Ok(judged) => judged,
            // What one request has wrong takes no other with it; what the options have wrong does.
            Err(CommandError::Message(why)) if self.count > 1 || !self.lines.is_empty() => {
                self.unread.push(format!("request {}: {why}", self.count));
                return Ok(());
            }
            Err(error) => {
                self.failed = Some(error);
                return Err("see the error".into());
            }
        };
        let code = exit(args, &diagnosis);
        self.refused |= code == Exit::Denied;
        self.open |= code == Exit::Error;
        self.doubted |= args.strict && code == Exit::Error;
        secrets::learn_headers(&refusal.evidence.headers);
        match args.page.format {
            PageFormat::Json => {
                let mut row = serde_json::to_value(DiagnosisJson::new(&diagnosis, &refusal)).unwrap_or_default();
                row["request"] = serde_json::to_value(&refusal.request.about).unwrap_or_default();
                secrets::hide_in(&mut row);
                self.json.push(serde_json::value::to_raw_value(&row).map_err(|error| error.to_string())?);
            }
            PageFormat::Text => {
                let about = &refusal.request.about;
                let url = about.url.as_deref().unwrap_or_default();
                let when = about.time.as_deref().unwrap_or_default();
                // Secrets are taken out of all rows at once (`write`).
                let text = diagnosis_text(&diagnosis, &refusal, output::layout(args.verbose));
                self.lines.push(RequestLine::new(&diagnosis, when, url, text));
            }
            PageFormat::Html => self.page.push(Diagnosed { refusal, diagnosis }),
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
        let text = match args.page.format {
            PageFormat::Json => output::json(&Requests { schema: 1, requests: &self.json })?,
            PageFormat::Text => {
                let mut text = requests_text(self.lines, args.all || args.verbose, output::layout(args.verbose));
                secrets::hide(&mut text, WrittenForm::Text);
                output::drawn(text)
            }
            PageFormat::Html => {
                let mut page = diagnosis_html(&self.page);
                secrets::hide(&mut page, WrittenForm::Markup);
                page
            }
        };
        output::write(&text, args.page.format.form(), args.page.output.as_deref())?;
        if !self.unread.is_empty() {
            return Err(CommandError::unread(&self.unread));
        }
        Ok(match self.refused {
            _ if self.doubted => Exit::Error,
            true => Exit::Denied,
            false if self.open => Exit::Error,
            false => Exit::Good,
        })
    }
}

/// One request, with what the options and the project add to it.
fn one(
    args: &DiagnoseArgs,
    request: Request,
    resolvers: Option<&Resolvers>,
) -> Result<(Refusal, Diagnosis), CommandError> {
    let refusal = gathered(args, request, resolvers)?;
    let diagnosis = diagnose(&refusal, resolvers).map_err(CommandError::Diagnostic)?;
    Ok((refusal, diagnosis))
}
