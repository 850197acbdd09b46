//! `vtl-eval test`: case files, like a unit-test runner.

use super::args::{CoverageFormat, TestArgs, TestFormat};
use super::exit::{CommandError, Exit};
use super::progress::Progress;
use super::say;
use super::{input, output, secrets, whole};
use crate::explain::Explanation;
use crate::files::unwritten;
use crate::message::{counted, quoted};
use crate::paste::PastedKind;
use crate::project::LoadOptions;
use crate::project::find_upward;
use crate::report::{
    WrittenForm, coverage_html, coverage_json, coverage_lcov, coverage_text, junit, render_text, safe_line,
};
use crate::suite::{CaseError, CaseFile, Covered, RanCase, discover, updated};
use serde_json::{Value as Json, json};
use std::path::Path;
use std::path::PathBuf;
use std::time::Instant;

/// Runs every case and reports.
pub fn run(args: &TestArgs) -> Result<Exit, CommandError> {
    if args.format == TestFormat::Json && args.coverage.is_some() && args.output.is_none() {
        return Err(CommandError::new(
            "--format json and --coverage both go to standard output: give the coverage a file (-o)",
        ));
    }
    let start = Instant::now();
    let now = args.clock.now.as_deref().map(|now| input::now(Some(now))).transpose()?.map(|millis| millis / 1000);
    let (files, unread) = case_files(args);
    if files.is_empty() && unread.is_empty() {
        return Err(CommandError::new("no case files found (*.vtltest.yaml, *.vtltest.json)"));
    }
    let project = project(args)?;
    let mut cases = Cases {
        args,
        start,
        now,
        project,
        covered: args.coverage.map(|_| Covered::default()),
        all: Vec::new(),
        text: String::new(),
        unread,
    };
    let progress = Progress::new(files.len(), "files");
    for path in &files {
        progress.done();
        cases.run(path)?;
    }
    drop(progress);
    let Cases { covered, all, mut text, mut unread, .. } = cases;
    let count = Count::of(&all, args.update);
    let seconds = start.elapsed().as_secs_f64();
    text.push_str(&format!("\n{count} in {seconds:.2} s\n"));
    if args.format == TestFormat::Json {
        text = output::json(&json!({
            "schema": 1, "passed": count.passed, "failed": count.failed, "rewritten": count.rewritten,
            "cases": all.iter().map(case_json).collect::<Vec<_>>(),
        }))?;
    }
    if let Some(path) = &args.junit {
        output::write(&junit(&all), WrittenForm::Markup, Some(path))?;
    }
    let form = write_coverage(args, covered.as_ref(), &mut text)?;
    if all.is_empty() && unread.is_empty() {
        unread.push(none_ran(args));
    }
    output::colour(args.color);
    let own_file = args.output.as_deref().filter(|_| covered.is_none());
    output::write(&text, form, own_file)?;
    if !unread.is_empty() {
        return Err(CommandError::unread(&unread));
    }
    let doubted = args.strict && all.iter().any(is_doubted);
    Ok(match count.failed {
        0 if doubted => Exit::Error,
        0 => Exit::Good,
        _ => Exit::Denied,
    })
}

/// The cases of all files, as they run.
struct Cases<'a> {
    args: &'a TestArgs,
    start: Instant,
    /// In seconds since 1970, where it was given.
    now: Option<i64>,
    project: Option<(PathBuf, LoadOptions)>,
    covered: Option<Covered>,
    all: Vec<RanCase>,
    text: String,
    unread: Vec<String>,
}

impl Cases<'_> {
    /// One file. A bad one is listed, and ends nothing.
    fn run(&mut self, path: &Path) -> Result<(), CommandError> {
        let args = self.args;
        let mut file = match CaseFile::read_within(path, args.from.allow_outside) {
            Ok(file) => file,
            Err(error) => {
                self.text.push_str(&format!("{}\n  ✗ not read\n", safe_line(&path.display().to_string())));
                let kind = input::kind_of_file(path).filter(|kind| *kind == PastedKind::Template);
                let what =
                    kind.map_or_else(String::new, |kind| format!("; {}", kind.sentence(&path.display().to_string())));
                self.unread.push(String::from(error) + &what);
                return Ok(());
            }
        };
        secrets::learn_json(&file.json);
        file.may_lack_expect = args.update;
        (file.now, file.seed) = (self.now, args.clock.seed);
        file.project.clone_from(&self.project);
        let ran = file.run(args.filter.as_deref(), self.covered.as_mut(), &|| self.start.elapsed());
        if args.update {
            update(path, &file, &ran)?;
        }
        self.text.push_str(&format!("{}\n", safe_line(&path.display().to_string())));
        for case in &ran {
            self.text.push_str(&row(case, args));
        }
        self.all.extend(ran);
        Ok(())
    }
}

/// How many cases passed, failed, and were rewritten.
struct Count {
    passed: usize,
    failed: usize,
    rewritten: usize,
}

impl Count {
    fn of(all: &[RanCase], update: bool) -> Self {
        let differ = all.iter().filter(|case| !case.differences.is_empty()).count();
        let broken = all.iter().filter(|case| case.error.is_some()).count();
        // What was rewritten is no failure; what could not run stays one.
        let (failed, rewritten) = if update { (broken, differ) } else { (broken + differ, 0) };
        Self { passed: all.len() - differ - broken, failed, rewritten }
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)?;
        if self.rewritten > 0 {
            write!(out, ", {} rewritten", self.rewritten)?;
        }
        Ok(())
    }
}

/// Writes what the cases gave into their file.
fn update(path: &Path, file: &CaseFile, ran: &[RanCase]) -> Result<(), CommandError> {
    let place = |message: CaseError| CommandError::new(format!("{}: {message}", path.display()));
    if let Some(text) = updated(file, ran).map_err(place)? {
        whole::write(path, text.as_bytes()).map_err(|error| {
            CommandError::new(format!("cannot write {}: {}", path.display(), unwritten(path, &error)))
        })?;
    }
    Ok(())
}

/// The coverage goes into its own file, below the cases, or alone to standard output; gives the form of what stands there.
fn write_coverage(args: &TestArgs, covered: Option<&Covered>, text: &mut String) -> Result<WrittenForm, CommandError> {
    let (Some(covered), Some(format)) = (covered, args.coverage) else { return Ok(args.format.form()) };
    let report = drawn_coverage(covered, format)?;
    match &args.output {
        Some(path) => output::write(&report, format.form(), Some(path))?,
        None if format == CoverageFormat::Text => text.push_str(&format!("\n{report}")),
        // What a program reads stands alone on standard output.
        None => {
            say::say(std::mem::replace(text, report));
            return Ok(format.form());
        }
    }
    Ok(args.format.form())
}

/// The coverage in the form that was asked for.
fn drawn_coverage(covered: &Covered, format: CoverageFormat) -> Result<String, CommandError> {
    Ok(match format {
        CoverageFormat::Text => coverage_text(covered),
        CoverageFormat::Json => output::json(&coverage_json(covered))?,
        CoverageFormat::Lcov => {
            let inline = covered.iter().filter(|(_, template)| template.file.is_none()).count();
            if inline > 0 {
                say::say(format!(
                    "note: {} inside other files: lcov has no form for those",
                    counted(inline, "template")
                ));
            }
            coverage_lcov(covered)
        }
        CoverageFormat::Html => coverage_html(covered),
    })
}

/// Whether a case rests on something unverified.
fn is_doubted(case: &RanCase) -> bool {
    // What is noted of a case is of a token that AppSync would refuse.
    !case.notes.is_empty() || case.explained.as_ref().is_some_and(Explanation::is_doubted)
}

/// The project that cases without one of their own ask, where there is one.
fn project(args: &TestArgs) -> Result<Option<(PathBuf, LoadOptions)>, CommandError> {
    let project = match (&args.from.path, args.from.is_empty()) {
        (None, true) => find_upward(None, Path::new(".")).ok().flatten(),
        _ => Some(args.from.found(Path::new("."))?.0),
    };
    match project {
        Some(found) => Ok(Some((found.path.clone(), args.from.options(&found)?))),
        None => Ok(None),
    }
}

/// That no case ran, and why.
fn none_ran(args: &TestArgs) -> String {
    match &args.filter {
        Some(filter) => format!("no case ran: none has a name that holds {}", quoted(filter)),
        None => "no case ran: the files have none".to_owned(),
    }
}

/// The case files of the paths, and what could not be read.
fn case_files(args: &TestArgs) -> (Vec<PathBuf>, Vec<String>) {
    let (mut files, mut unread) = (Vec::new(), Vec::new());
    for path in &args.paths {
        match discover(path, args.from.allow_outside) {
            Ok(found) => {
                for file in found {
                    match file {
                        Ok(file) => files.push(file),
                        Err(error) => unread.push(error.into()),
                    }
                }
            }
            Err(error) => unread.push(error.into()),
        }
    }
    (files, unread)
}

fn case_json(case: &RanCase) -> Json {
    json!({
        "file": case.file.display().to_string(),
        "name": case.name,
        "passed": case.error.is_none() && case.differences.is_empty(),
        "error": case.error,
        "differences": case.differences,
        "facts": case.facts,
        "notes": case.notes,
    })
}

fn row(case: &RanCase, args: &TestArgs) -> String {
    let name = safe_line(&case.name);
    if let Some(error) = &case.error {
        let error = error.replace('\n', "\n      ");
        return format!("  ✗ {name}\n      {error}\n");
    }
    let notes: String = case.notes.iter().map(|note| format!("      • {note}\n")).collect();
    if case.differences.is_empty() {
        let doubt = if args.strict && !case.notes.is_empty() {
            "\n      passed with a token that AppSync would refuse before any template (--strict)"
        } else if args.strict && is_doubted(case) {
            "\n      passed an unverified point, or stands on output that AppSync would refuse (--strict)"
        } else if case.explained.as_ref().is_some_and(Explanation::renders_no_json) {
            "\n      stands on output that AppSync would refuse: it is not valid JSON"
        } else {
            ""
        };
        return format!("  ✓ {name}{doubt}\n{notes}");
    }
    let mut text = format!("  {} {name}\n", if args.update { "~" } else { "✗" });
    text.push_str(&notes);
    for line in case.differences.iter().flat_map(|difference| difference.lines()) {
        text.push_str(&format!("      {line}\n"));
    }
    if let Some(explanation) = case.explained.as_ref().filter(|_| !args.update) {
        for line in render_text(explanation, output::layout(args.verbose)).lines() {
            text.push_str(&format!("      │ {line}\n"));
        }
    }
    text
}
