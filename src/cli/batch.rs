//! `vtl-eval batch`: NDJSON in, NDJSON out, in the same order.

use super::args::BatchArgs;
use super::exit::{CommandError, Exit};
use super::input::read_text;
use crate::appsync::{AuthType, Context, Env};
use crate::diagnostic::Diagnostic;
use crate::eval::evaluate;
use crate::report::{BatchRow, Report};
use crate::source::Source;
use crate::syntax::{Program, parse};
use crate::trace::judge;
use crate::value::{Map, Value};
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Programs kept at once, so that memory does not grow with the input.
const CACHE: usize = 4096;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default)]
    id: serde_json::Value,
    template: Option<String>,
    template_file: Option<PathBuf>,
    #[serde(default)]
    context: Value,
    auth_type: Option<String>,
}

type Cache = FxHashMap<String, Result<Program, Box<Diagnostic>>>;

/// Runs every line; bad lines are reported in their row and survived.
pub fn run(args: &BatchArgs) -> Result<Exit, CommandError> {
    let input: Box<dyn BufRead> = match args.file.as_deref().filter(|path| *path != Path::new("-")) {
        None => Box::new(BufReader::new(io::stdin())),
        Some(path) => {
            let file = std::fs::File::open(path)
                .map_err(|error| CommandError::new(format!("cannot read {}: {error}", path.display())))?;
            Box::new(BufReader::new(file))
        }
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut cache, mut lines, mut bad) = (Cache::default(), 0_u64, 0_u64);
    for line in input.split(b'\n') {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        lines += 1;
        bad += u64::from(!answer(&line, &mut cache, &mut out)?);
        out.write_all(b"\n")?;
    }
    out.flush()?;
    let _ = writeln!(io::stderr(), "{lines} lines, {bad} bad");
    Ok(Exit::Good)
}

/// Writes the row of one line; false if the line was bad.
fn answer(line: &[u8], cache: &mut Cache, out: &mut impl Write) -> Result<bool, CommandError> {
    let mut row = |row: &BatchRow<'_>| {
        serde_json::to_writer(&mut *out, row).map_err(|error| CommandError::from(io::Error::from(error)))
    };
    let mut id = serde_json::Value::Null;
    let request = match serde_json::from_slice::<Request>(line) {
        Ok(request) => request,
        Err(error) => {
            row(&BatchRow::input(&id, &format!("no request: {error}")))?;
            return Ok(false);
        }
    };
    id = request.id.clone();
    let prepared = prepare(&request);
    let (name, text, context, env, auth_type) = match prepared {
        Ok(prepared) => prepared,
        Err(message) => {
            row(&BatchRow::input(&id, &message))?;
            return Ok(false);
        }
    };
    if !cache.contains_key(&text) {
        if cache.len() >= CACHE {
            cache.clear();
        }
        cache.insert(text.clone(), parse(&Source::new(name, text.as_str())));
    }
    match &cache[&text] {
        Err(diagnostic) => row(&BatchRow::unparsed(&id, diagnostic))?,
        Ok(program) => {
            let outcome = evaluate(program, context, &env, &mut ());
            let (verdict, decision) = judge(program, &outcome, "isAuthorized");
            let report = Report {
                program,
                outcome: &outcome,
                verdict,
                decision,
                watched: "isAuthorized",
                auth_type,
                auth_type_derived: request.auth_type.is_none(),
                why: None,
                input_notes: Vec::new(),
            };
            row(&BatchRow::ran(&id, &report))?;
        }
    }
    Ok(true)
}

type Prepared = (String, String, Context, Env, Option<AuthType>);

fn prepare(request: &Request) -> Result<Prepared, String> {
    let (name, text) = match (&request.template, &request.template_file) {
        (Some(text), None) => ("template".to_owned(), text.clone()),
        (None, Some(path)) => match read_text(path) {
            Ok(text) => (path.display().to_string(), text),
            Err(_) => return Err(format!("cannot read {}", path.display())),
        },
        _ => return Err("one of `template` and `templateFile` is wanted".to_owned()),
    };
    let members = match &request.context {
        Value::Null => Map::new(),
        Value::Map(map) => map.clone(),
        other => return Err(format!("`context` must be an object, not a {}", other.type_name())),
    };
    let auth_type = match &request.auth_type {
        Some(text) => Some(AuthType::parse(text).ok_or_else(|| format!("unknown authType {text:?}"))?),
        None => AuthType::guess(&members.get_str("identity").unwrap_or_default()),
    };
    let context = Context::from_members(&members)?;
    let mut env = Env { now_millis: jiff::Timestamp::now().as_millisecond(), ..Env::default() };
    context.prepare(&mut env, auth_type);
    Ok((name, text, context, env, auth_type))
}
