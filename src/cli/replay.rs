//! `vtl-eval replay`: CloudWatch logs against local templates.

use super::args::{ReplayArgs, ReplayFormat};
use super::exit::{CommandError, Exit};
use super::progress::Progress;
use super::say;
use super::{input, output, secrets};
use crate::paste::{PastedKind, jwt};
use crate::project::Project;
use crate::report::{ReplayRows, WrittenForm, csv, replay_counts, replay_html, replay_text, safe};
use crate::request::{Member, MemberOrigin, MemberValue, Request};
use crate::suite::add_project;
use crate::suite::replay::{Clock, EntryComparison, Judge, LogEntry, Logged, Replay, RequestReport, Summary};
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;
use std::io::{self, Write as _};
use std::path::PathBuf;

/// Requests listed in a report, and their bytes as JSON; `--ndjson` writes all.
const LISTED: usize = 1_000;
const LISTED_BYTES: usize = 16 << 20;

/// Reads the logs and reports.
pub fn run(args: &ReplayArgs) -> Result<Exit, CommandError> {
    Ok(read(args)?.0)
}

/// Reads the logs as evidence of one refusal: ends as `diagnose` does.
pub fn judged(args: &ReplayArgs) -> Result<Exit, CommandError> {
    let (exit, refused) = read(args)?;
    Ok(if refused {
        Exit::Denied
    } else if exit == Exit::Good {
        Exit::Error
    } else {
        exit
    })
}

/// Whether a report lists the request: it was refused, failed or changed, or there is a note that a reader must know.
fn is_listed(report: &RequestReport) -> bool {
    let different = |entry: &LogEntry| matches!(entry.comparison, EntryComparison::Different { .. });
    let tells = report.verdict != Logged::Ok || report.change.is_some() || !report.notes.is_empty();
    tells || report.entries.iter().any(different)
}

/// Reads the logs and reports; also whether a request in them was refused.
fn read(args: &ReplayArgs) -> Result<(Exit, bool), CommandError> {
    let opened = args.from.optional()?;
    let judge = judge(args, opened.as_ref().map(|opened| &opened.project))?;
    if args.follow {
        return Ok((super::follow::follow(args, &judge)?, false));
    }
    let mut replay = Replay::new(&judge, args.request.clone());
    let mut summary = Summary::default();
    let (mut listed, mut listed_bytes, mut more) = (Vec::new(), 0, 0_u64);
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut done = |report: RequestReport| {
        summary.add(&report);
        if args.ndjson {
            let mut row = serde_json::to_string(&report)?;
            secrets::hide(&mut row, WrittenForm::Json);
            return writeln!(out, "{}", safe(&row, WrittenForm::Json, false));
        }
        if is_listed(&report) {
            if listed.len() < LISTED && listed_bytes < LISTED_BYTES {
                listed_bytes += written(&report)?;
                listed.push(report);
            } else {
                more += 1;
            }
        }
        Ok(())
    };
    let unread = read_all(&args.logs, &mut replay, &mut done)?;
    replay.end(&mut done)?;
    out.flush()?;
    drop(out);
    output::colour(args.color);
    let counts = &replay.counts;
    say::say(replay_counts(counts, &summary));
    if !args.ndjson {
        let text = drawn(
            args.format,
            &ReplayRows {
                summary: &summary,
                rows: summary.rows(),
                changes: summary.changes(),
                requests: &listed,
                more,
                counts,
                redacted: args.redact,
            },
        )?;
        output::write(&text, args.format.form(), args.output.as_deref())?;
    }
    if !unread.is_empty() {
        return Err(CommandError::unread(&unread));
    }
    if counts.used == 0 {
        return Err(no_event(args));
    }
    let refused = !summary.rows().is_empty();
    Ok((if summary.opened > 0 { Exit::Denied } else { Exit::Good }, refused))
}

/// How many bytes it has as JSON.
fn written(report: &RequestReport) -> io::Result<usize> {
    struct JsonLength(usize);
    impl io::Write for JsonLength {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut length = JsonLength(0);
    serde_json::to_writer(&mut length, report)?;
    Ok(length.0)
}

/// Nothing in the logs is AppSync's, and what one of them is instead.
fn no_event(args: &ReplayArgs) -> CommandError {
    let unsaid = [PastedKind::Log, PastedKind::Json, PastedKind::Text, PastedKind::Yaml];
    let instead = args.logs.iter().filter(|log| log.is_file()).find_map(|log| {
        let kind = input::kind_of_file(log).filter(|kind| !unsaid.contains(kind))?;
        Some(format!("; {}: {}", log.display(), kind.sentence(&log.display().to_string())))
    });
    CommandError::new(format!("no event of the logs could be used{}", instead.unwrap_or_default()))
}

/// Reads one log after the other; gives those that cannot be read.
fn read_all(
    logs: &[PathBuf],
    replay: &mut Replay<'_>,
    done: &mut dyn FnMut(RequestReport) -> io::Result<()>,
) -> Result<Vec<String>, CommandError> {
    let mut unread = Vec::new();
    let progress = Progress::new(logs.len(), "logs");
    for path in logs {
        progress.done();
        match replay.read(path, done) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Err(CommandError::ClosedPipe),
            Err(error) => unread.push(format!("cannot read {}: {error}", path.display())),
        }
    }
    // Counts of nothing tell nothing.
    if unread.len() == logs.len() && !unread.is_empty() && replay.counts.read == 0 {
        return Err(CommandError::unread(&unread));
    }
    Ok(unread)
}

/// What judges each request of the logs.
fn judge<'r>(args: &ReplayArgs, resolvers: Option<&'r Project>) -> Result<Judge<'r>, CommandError> {
    Ok(Judge {
        resolvers,
        rules: resolvers.and_then(super::resolver::rules),
        identities: identities(args)?,
        tokens: tokens(args)?,
        known: known(args, resolvers)?,
        field: args.field.clone(),
        redact: args.redact,
        show_secrets: secrets::shown(),
        clock: Clock {
            now: args.clock.now.as_deref().map(|now| input::now(Some(now))).transpose()?,
            seed: args.clock.seed,
        },
    })
}

/// The report in the form that was asked for.
fn drawn(format: ReplayFormat, rows: &ReplayRows<'_>) -> Result<String, CommandError> {
    Ok(match format {
        ReplayFormat::Text => output::drawn(replay_text(rows)),
        ReplayFormat::Json => output::json(&json!({
            "schema": 1,
            "summary": rows.summary,
            "refusals": rows.rows,
            "changes": rows.changes,
            "requests": rows.requests,
            "more": rows.more,
            "events": rows.counts,
        }))?,
        ReplayFormat::Csv => csv::replay(rows),
        ReplayFormat::Html => replay_html(rows),
    })
}

/// `--identities`: by request id or username; `--claims`: for every request.
fn identities(args: &ReplayArgs) -> Result<Map<String, Json>, CommandError> {
    let mut found = Map::new();
    if let Some(path) = &args.identities {
        let text = input::read_text(path)?;
        if jwt::bare(&text).0.starts_with("eyJ") {
            return Err(CommandError::new(format!(
                "{}: this is one token, and --identities takes callers by name: {{\"USERNAME OR REQUEST ID\": \"eyJ…\"}}. Of one caller for every request: --claims {}",
                path.display(),
                path.display()
            )));
        }
        let json: Map<String, Json> = crate::json::typed(&text)
            .map_err(|error| CommandError::new(format!("{}: not a valid JSON object: {error}", path.display())))?;
        for (name, claims) in json {
            let text = claims.as_str().map_or_else(|| claims.to_string(), str::to_owned);
            let read = input::caller(&text, None, None, 0)?;
            found.insert(name, input::identity_json(&read)?);
        }
    }
    if let Some(claims) = &args.claims {
        let read = input::caller(claims, None, None, 0)?;
        input::say(&read);
        found.insert("*".to_owned(), input::identity_json(&read)?);
    }
    Ok(found)
}

/// Of those the ones that are tokens: the end of one tells which was sent.
fn tokens(args: &ReplayArgs) -> Result<HashMap<String, String>, CommandError> {
    let is_token = |text: &str| text.trim().starts_with("eyJ");
    let mut found = HashMap::new();
    if let Some(path) = &args.identities {
        let json: Map<String, Json> = serde_json::from_str(&input::read_text(path)?).unwrap_or_default();
        let texts = json.into_iter().filter_map(|(name, claims)| Some((name, claims.as_str()?.to_owned())));
        found.extend(texts.filter(|(_, text)| is_token(text)));
    }
    if let Some(claims) = &args.claims {
        let read = input::caller(claims, None, None, 0)?;
        let text = read.token.unwrap_or_default();
        found.extend(Some(("*".to_owned(), text)).filter(|(_, text)| is_token(text)));
    }
    Ok(found)
}

/// What is known of every request: what the layers before the resolver need.
fn known(args: &ReplayArgs, project: Option<&Project>) -> Result<Request, CommandError> {
    let mut known = Request::default();
    let given = &args.from;
    let mut set = |member, name, json| known.set(member, MemberValue::new(json, MemberOrigin::Option(name)));
    if let Some(path) = &given.schema {
        set(Member::Schema, "schema", json!(input::read_text(path)?));
    }
    if let Some(api) = &given.api {
        set(Member::Api, "api", input::api(api)?);
    }
    if !given.policy.is_empty() {
        set(Member::Policy, "policy", json!(given.typed()?.policies));
    }
    if let Some(project) = project {
        add_project(project, &mut known);
    }
    Ok(known)
}
