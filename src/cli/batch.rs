//! `vtl-eval batch`: NDJSON in, NDJSON out, in the same order.

use super::args::BatchArgs;
use super::exit::{CommandError, Exit};
use super::say;
use super::{input, lines, secrets};
use crate::appsync::{AuthType, Context, Env, Given};
use crate::diagnostic::Diagnostic;
use crate::eval::evaluate;
use crate::explain::{Explanation, Question, Subject, explain};
use crate::files::values_of;
use crate::message::{counted, quoted};
use crate::project::Root;
use crate::report::{BatchRow, WrittenForm, is_safe_json, safe};
use crate::request::secret::Secrets;
use crate::source::Source;
use crate::syntax::{Program, parse};
use crate::value::turns::Shared;
use crate::value::{Map, Value, from_given, given, has_long_integer};
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::cell::OnceCell;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

crate::message::sentence_error! {
    /// A line that cannot be run.
    RowError: serde_json::Error, crate::project::ProjectError
}

/// Programs that a thread keeps at once, and the bytes of their templates: memory must not grow with the input. A program has
/// up to ninety times the bytes of its template.
const CACHE: usize = 4096;
const CACHE_BYTES: usize = 1 << 20;
/// Bytes that a byte of a line may take as values, in most lines.
const AS_VALUES: usize = 4;
/// Bytes that the values of one line may take.
const MOST_VALUES: usize = 64 << 20;
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BatchRequest {
    #[serde(default)]
    id: serde_json::Value,
    template: Option<String>,
    template_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "given")]
    context: Value,
    auth_type: Option<String>,
}

/// What the members of a line take as values, where that is more than is read: each core has a line in its hands.
fn too_much(line: &str) -> Option<usize> {
    Some(values_of(line)).filter(|taken| *taken > MOST_VALUES)
}

impl BatchRequest {
    fn read(line: &[u8]) -> Result<Self, RowError> {
        // That it is UTF-8 is found once, not text by text.
        let text = std::str::from_utf8(line);
        if let Some(taken) = text.ok().and_then(too_much) {
            let (taken, most) = (taken >> 20, MOST_VALUES >> 20);
            return Err(
                format!("its members would take some {taken} MB as values, and at most {most} MB are read").into()
            );
        }
        let mut request: Self = text.map_or_else(|_| serde_json::from_slice(line), serde_json::from_str)?;
        if has_long_integer(line) {
            #[derive(Deserialize)]
            struct LineWithId<'a> {
                #[serde(borrow)]
                context: Option<&'a RawValue>,
            }
            let whole: LineWithId<'_> = serde_json::from_slice(line)?;
            if let Some(context) = whole.context {
                request.context = from_given(context.get()).map_err(|error| error.message)?;
            }
        }
        Ok(request)
    }
}

/// Programs by the text of their template, and by its file. Each thread has its own: constants are counted references, and
/// threads that share them wait for each other.
#[derive(Default)]
struct Programs {
    by_text: Kept<Box<str>>,
    by_file: Kept<PathBuf>,
    allow_outside: bool,
    root: OnceCell<Result<Root, RowError>>,
}

type Compiled = Result<Arc<Program>, Box<Diagnostic>>;

impl Programs {
    fn of_text(&mut self, text: &str) -> Rc<Compiled> {
        if let Some(known) = self.by_text.programs.get(text) {
            return known.clone();
        }
        self.by_text.keep(text.into(), text.len(), parse(&Source::new("template", text)).map(Arc::new))
    }

    /// A file is read once: it is taken not to change during a run.
    fn of_file(&mut self, path: &Path) -> Result<Rc<Compiled>, RowError> {
        if let Some(known) = self.by_file.programs.get(path) {
            return Ok(known.clone());
        }
        let root = || Root::of(Path::new("."), self.allow_outside).map_err(RowError::from);
        let root = self.root.get_or_init(root).as_ref().map_err(Clone::clone)?;
        root.refill();
        let text = root.text(path)?;
        let size = text.len();
        let compiled = parse(&Source::new(path.display().to_string(), text)).map(Arc::new);
        Ok(self.by_file.keep(path.to_owned(), size, compiled))
    }
}

/// Programs by what they are asked for with.
struct Kept<K> {
    programs: FxHashMap<K, Rc<Compiled>>,
    /// The bytes of their templates.
    bytes: usize,
}

impl<K> Default for Kept<K> {
    fn default() -> Self {
        Self { programs: FxHashMap::default(), bytes: 0 }
    }
}

impl<K: std::hash::Hash + Eq> Kept<K> {
    /// Keeps a program whose template has so many bytes, in the place of all others where it is one too many.
    fn keep(&mut self, key: K, size: usize, made: Compiled) -> Rc<Compiled> {
        let made = Rc::new(made);
        if size > CACHE_BYTES / 4 {
            return made;
        }
        if self.programs.len() >= CACHE || self.bytes + size > CACHE_BYTES {
            *self = Self::default();
        }
        self.bytes += size;
        self.programs.insert(key, made.clone());
        made
    }
}

/// Runs every line; bad lines are reported in their row and survived.
pub fn run(args: &BatchArgs) -> Result<Exit, CommandError> {
    let input: Box<dyn Read + Send> = match args.file.as_deref().filter(|path| *path != Path::new("-")) {
        None => Box::new(io::stdin()),
        Some(path) => Box::new(
            crate::files::open(path)
                .map_err(|error| CommandError::new(format!("cannot read {}: {error}", path.display())))?,
        ),
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (trace, now_millis, seed) = (args.trace, input::now(args.clock.now.as_deref())?, args.clock.seed);
    let allow_outside = args.allow_outside;
    // More threads than that only take memory.
    let jobs = args.jobs.unwrap_or(cores).clamp(1, cores.saturating_mul(4).min(256));
    let counts = lines::answer(input, jobs, move || {
        let programs = Programs { allow_outside, ..Programs::default() };
        let mut engine = Engine { programs, secrets: Secrets::default(), trace, now_millis, seed };
        move |line: &[u8], rows: &mut Vec<u8>| engine.answer(line, rows)
    })?;
    say::say(format!("{}, {} bad", counted(counts.lines, "line"), counts.bad));
    match counts.bad < counts.lines {
        true => Ok(Exit::Good),
        false => Err(CommandError::new("no line holds a request that can be run")),
    }
}

/// What answers lines, for a host that has them in memory: the Python package, for a worker of Spark. It keeps the templates that
/// it compiled.
#[derive(Default)]
pub struct Engine {
    programs: Programs,
    /// Those of the line at hand.
    secrets: Secrets,
    trace: bool,
    now_millis: i64,
    seed: u64,
}

impl Engine {
    /// One whose clock stands there.
    #[must_use]
    pub fn at(now_millis: i64) -> Self {
        Self { now_millis, ..Self::default() }
    }

    /// Writes the row of one line; false if the line was bad.
    pub fn answer(&mut self, line: &[u8], rows: &mut Vec<u8>) -> bool {
        let start = rows.len();
        let shared = Shared::begin();
        shared.expect(line.len().saturating_mul(AS_VALUES));
        let good = super::rows::guarded(|| self.row(line, rows)).unwrap_or_else(|why| {
            rows.truncate(start);
            self.programs = Programs { allow_outside: self.programs.allow_outside, ..Programs::default() };
            let line: serde_json::Value = if std::str::from_utf8(line).ok().and_then(too_much).is_some() {
                Default::default()
            } else {
                serde_json::from_slice(line).unwrap_or_default()
            };
            self.write(&BatchRow::input(line.get("id").unwrap_or(&serde_json::Value::Null), &why.to_string()), rows);
            false
        });
        if rows.len() == start {
            // A row that could not be serialised is still a row.
            rows.extend_from_slice(br#"{"id":null,"verdict":"error","failure":{"kind":"input","message":"the row could not be written","line":null,"column":null}}"#);
        }
        rows.push(b'\n');
        drop(shared);
        good
    }

    /// Writes a row, without the secrets of its line; whether there were any. What cannot be written leaves nothing.
    fn write(&self, row: &BatchRow<'_>, rows: &mut Vec<u8>) -> bool {
        let start = rows.len();
        if serde_json::to_writer(&mut *rows, row).is_err() {
            rows.truncate(start);
        }
        let Ok(written) = std::str::from_utf8(rows.get(start..).unwrap_or_default()) else { return false };
        let may_hold = !secrets::shown() && self.secrets.may_be_in(written);
        // Most rows hold nothing of the kind, and stand where they were written.
        if !may_hold && is_safe_json(written) {
            return false;
        }
        let mut text = written.to_owned();
        rows.truncate(start);
        let hidden = may_hold && self.secrets.hide_in_text(&mut text);
        rows.extend_from_slice(safe(&text, WrittenForm::Json, false).as_bytes());
        hidden
    }

    fn row(&mut self, line: &[u8], rows: &mut Vec<u8>) -> bool {
        self.secrets = Secrets::default();
        let mut failed = |engine: &Self, row: &BatchRow<'_>, good: bool| {
            let start = rows.len();
            engine.write(row, rows);
            good && rows.len() > start
        };
        let request = match BatchRequest::read(line) {
            Ok(request) => request,
            Err(error) => {
                return failed(
                    self,
                    &BatchRow::input(&serde_json::Value::Null, &format!("no request: {error}")),
                    false,
                );
            }
        };
        let id = &request.id;
        let (compiled, given) = match self.prepare(&request) {
            Ok(prepared) => prepared,
            Err(error) => return failed(self, &BatchRow::input(id, &error.to_string()), false),
        };
        let program = match &*compiled {
            Ok(program) => program,
            Err(diagnostic) => return failed(self, &BatchRow::unparsed(id, diagnostic), true),
        };
        if !secrets::shown() {
            self.secrets = secrets::of_members(&given.members);
        }
        let question = Question::default();
        let mut report = if self.trace {
            match explain(Subject::Template(program), &given, &question) {
                Ok(explanation) => explanation,
                Err(error) => return failed(self, &BatchRow::input(id, &error.to_string()), false),
            }
        } else {
            // The context is used once: it need not be kept pristine.
            let context = match Context::from_members(&given.members) {
                Ok(context) => context,
                Err(error) => return failed(self, &BatchRow::input(id, &error.to_string()), false),
            };
            let mut env = Env { now_millis: given.now_millis, seed: given.seed, ..Env::default() };
            context.prepare(&mut env, given.auth_type);
            let outcome = evaluate(program, context, &env, &mut ());
            Explanation::bare(program, &given, outcome, &question.watch).with_output_note()
        };
        let start = rows.len();
        if self.write(&BatchRow::ran(id, &report), rows) {
            rows.truncate(start);
            report.notes.push(secrets::note());
            self.write(&BatchRow::ran(id, &report), rows);
        }
        rows.len() > start
    }

    fn prepare(&mut self, request: &BatchRequest) -> Result<(Rc<Compiled>, Given), RowError> {
        let compiled = match (&request.template, &request.template_file) {
            (Some(text), None) => self.programs.of_text(text),
            (None, Some(path)) => self.programs.of_file(path)?,
            _ => return Err("one of `template` and `templateFile` is wanted".into()),
        };
        let members = match &request.context {
            Value::Null => Map::new(),
            Value::Map(map) => map.clone(),
            other => return Err(format!("`context` must be an object, not a {}", other.type_name()).into()),
        };
        let auth_type = match &request.auth_type {
            Some(text) => {
                Some(AuthType::parse(text).ok_or_else(|| format!("unknown authType {text}", text = quoted(&text)))?)
            }
            None => AuthType::guess(&members.get_str("identity").unwrap_or_default()),
        };
        let auth_type_derived = request.auth_type.is_none();
        Ok((
            compiled,
            Given {
                members,
                auth_type,
                auth_type_derived,
                now_millis: self.now_millis,
                seed: self.seed,
                ..Given::default()
            },
        ))
    }
}
