//! `vtl-eval replay`: CloudWatch logs against local templates.

use super::args::{ReplayArgs, ReplayFormat};
use super::exit::{CommandError, Exit};
use super::{input, output};
use crate::report::{ReplayRows, replay_csv, replay_html, replay_text};
use crate::resolver::{LoadOptions, load};
use crate::suite::replay::{Judge, Reader, RequestReport, Summary};
use serde_json::{Map, Value as Json, json};
use std::io::Write as _;

/// Requests listed in a report; `--ndjson` writes all.
const LISTED: usize = 1_000;

/// Reads the logs and reports.
pub fn run(args: &ReplayArgs) -> Result<Exit, CommandError> {
    let resolvers = match &args.from {
        None => None,
        Some(path) => Some(load(path, &LoadOptions::default()).map_err(|error| CommandError::new(error.to_string()))?),
    };
    let mut judge = Judge::new(resolvers.as_ref(), identities(args)?);
    (judge.field, judge.request) = (args.field.clone(), args.request.clone());
    let mut reader = Reader::default();
    let mut summary = Summary::default();
    let mut listed: Vec<RequestReport> = Vec::new();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut failed: Option<std::io::Error> = None;
    let mut done = |mut report: RequestReport| {
        if args.redact {
            Summary::redacted(&mut report);
        }
        summary.add(&report);
        if args.ndjson {
            let written = serde_json::to_writer(&mut out, &report)
                .map_err(std::io::Error::from)
                .and_then(|()| out.write_all(b"\n"));
            failed = failed.take().or(written.err());
        } else if listed.len() < LISTED && (report.verdict != "ok" || report.change.is_some()) {
            listed.push(report);
        }
    };
    for path in &args.logs {
        reader.file(path, &mut |event| judge.event(event, &mut done)).map_err(CommandError::new)?;
    }
    judge.end(&mut done);
    if let Some(error) = failed {
        return Err(error.into());
    }
    out.flush()?;
    drop(out);
    let counts = reader.counts;
    anstream::eprintln!(
        "{} events, {} cut, {} lines that are no events; {} requests",
        counts.events,
        counts.cut,
        counts.other,
        summary.requests
    );
    if !args.ndjson {
        let rows = ReplayRows { summary: &summary, rows: summary.rows(), requests: &listed, redacted: args.redact };
        let text = match args.format {
            ReplayFormat::Text => replay_text(&rows),
            ReplayFormat::Json => output::json(&json!({
                "schema": 1,
                "summary": summary,
                "refusals": rows.rows,
                "requests": listed,
                "events": {"read": counts.events, "cut": counts.cut, "other": counts.other},
            }))?,
            ReplayFormat::Csv => replay_csv(&rows),
            ReplayFormat::Html => replay_html(&rows),
        };
        output::colour(args.color);
        output::write(&text, args.output.as_deref())?;
    }
    Ok(if summary.opened > 0 { Exit::Denied } else { Exit::Good })
}

/// `--identities`: by request id or username; `--claims`: for every request.
fn identities(args: &ReplayArgs) -> Result<Map<String, Json>, CommandError> {
    let mut found = Map::new();
    if let Some(path) = &args.identities {
        let json: Map<String, Json> = serde_json::from_str(&input::read_text(path)?)
            .map_err(|error| CommandError::new(format!("{}: no JSON object: {error}", path.display())))?;
        for (name, claims) in json {
            let text = claims.as_str().map_or_else(|| claims.to_string(), str::to_owned);
            found.insert(name, input::identity(&text)?);
        }
    }
    if let Some(claims) = &args.claims {
        found.insert("*".to_owned(), input::identity(claims)?);
    }
    Ok(found)
}
