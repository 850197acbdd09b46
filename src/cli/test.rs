//! `vtl-eval test`: case files, like a unit-test runner.

use super::args::{CoverageFormat, TestArgs};
use super::exit::{CommandError, Exit};
use super::output;
use crate::report::{Report, coverage_html, coverage_json, coverage_lcov, coverage_text, junit, render_text};
use crate::suite::{CaseFile, Covered, Ran, discover};
use serde_json::{Value as Json, json};
use std::time::Instant;

/// Runs every case and reports.
pub fn run(args: &TestArgs) -> Result<Exit, CommandError> {
    let start = Instant::now();
    let mut files = Vec::new();
    for path in &args.paths {
        files.extend(discover(path).map_err(CommandError::new)?);
    }
    if files.is_empty() {
        return Err(CommandError::new("no case files found (*.vtltest.yaml, *.vtltest.json)"));
    }
    let mut covered: Option<Covered> = args.coverage.map(|_| Covered::default());
    let mut all: Vec<Ran> = Vec::new();
    let mut text = String::new();
    for path in &files {
        let mut file = CaseFile::read(path).map_err(CommandError::new)?;
        file.may_lack_expect = args.update;
        let ran = file.run(args.filter.as_deref(), covered.as_mut());
        if args.update {
            update(&file, &ran)?;
        }
        text.push_str(&format!("{}\n", path.display()));
        for case in &ran {
            text.push_str(&row(case));
        }
        all.extend(ran);
    }
    let failed = all.iter().filter(|case| !case.differences.is_empty() || case.error.is_some()).count();
    let seconds = start.elapsed().as_secs_f64();
    text.push_str(&format!("\n{} passed, {failed} failed in {seconds:.2} s\n", all.len() - failed));
    if let Some(path) = &args.junit {
        output::write(&junit(&all), Some(path))?;
    }
    if let (Some(covered), Some(format)) = (&covered, args.coverage) {
        let report = match format {
            CoverageFormat::Text => coverage_text(covered),
            CoverageFormat::Json => output::json(&coverage_json(covered))?,
            CoverageFormat::Lcov => {
                let inline = covered.iter().filter(|(_, template)| template.file.is_none()).count();
                if inline > 0 {
                    anstream::eprintln!("note: {inline} templates stand inside other files: lcov has no form for them");
                }
                coverage_lcov(covered)
            }
            CoverageFormat::Html => coverage_html(covered),
        };
        match &args.output {
            Some(path) => output::write(&report, Some(path))?,
            None if format == CoverageFormat::Text => text.push_str(&format!("\n{report}")),
            // What a program reads stands alone on standard output.
            None => {
                anstream::eprint!("{text}");
                text = report;
            }
        }
    }
    if all.is_empty() {
        anstream::eprintln!("warning: no case has a name that holds {:?}", args.filter.as_deref().unwrap_or_default());
    }
    output::colour(args.color);
    output::write(&text, None)?;
    Ok(if failed > 0 && !args.update { Exit::Denied } else { Exit::Good })
}

fn row(case: &Ran) -> String {
    if let Some(error) = &case.error {
        return format!("  ✗ {}\n      {error}\n", case.name);
    }
    if case.differences.is_empty() {
        return format!("  ✓ {}\n", case.name);
    }
    let mut text = format!("  ✗ {}\n", case.name);
    for difference in &case.differences {
        text.push_str(&format!("      {difference}\n"));
    }
    if let Some((program, outcome, verdict, decision, why)) = &case.explained {
        let report = Report {
            program,
            outcome,
            verdict: *verdict,
            decision: *decision,
            watched: "isAuthorized",
            auth_type: case.auth_type,
            auth_type_derived: false,
            why: Some(why),
            coverage: None,
            input_notes: Vec::new(),
        };
        for line in render_text(&report, output::layout(false)).lines() {
            text.push_str(&format!("      │ {line}\n"));
        }
    }
    text
}

/// Writes what was decided into the `expect` of each case. YAML is left alone: its comments would be lost.
fn update(file: &CaseFile, ran: &[Ran]) -> Result<(), CommandError> {
    if file.path.extension().is_none_or(|ending| ending != "json") {
        return Err(CommandError::new(format!(
            "{}: --update rewrites JSON files only; in YAML its comments would be lost. Copy what the failures show.",
            file.path.display()
        )));
    }
    let mut json = file.json.clone();
    for (at, case) in json.get_mut("cases").and_then(Json::as_array_mut).into_iter().flatten().enumerate() {
        let name = case.get("name").and_then(Json::as_str).map_or_else(|| format!("case {}", at + 1), str::to_owned);
        let Some(done) = ran.iter().find(|done| done.name == name && done.error.is_none()) else { continue };
        let expected = case.get("expect").and_then(Json::as_object).cloned().unwrap_or_default();
        let mut fresh = serde_json::Map::new();
        for key in expected.keys().map(String::as_str).chain(expected.is_empty().then_some("verdict")) {
            let fact = done.facts.get(key).cloned().unwrap_or_default();
            let fact = if key == "hint" { fact.get(0).cloned().unwrap_or_default() } else { fact };
            fresh.insert(key.to_owned(), fact);
        }
        case["expect"] = json!(fresh);
    }
    output::write(&output::json(&json)?, Some(&file.path))
}
