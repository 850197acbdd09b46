//! Our own reports (tests/reports), each scored as a reader would: none may fall below what tests/reports/scores.json says,
//! and one that rises is recorded there.

use crate::support::command::command;
use crate::support::files::{folder, root};
use crate::support::judge::{Score, judge};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;

/// Reports that are worth less than 1, each with what it is worth.
const SCORES: &str = "tests/reports/scores.json";

/// One report, to be run.
struct Report {
    /// `folder/id`
    name: String,
    folder: PathBuf,
    case: Json,
}

/// Every report of every folder below tests/reports.
fn reports() -> Vec<Report> {
    let mut found = Vec::new();
    for folder in std::fs::read_dir(root("tests/reports")).unwrap().map(|entry| entry.unwrap().path()) {
        if !folder.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if file.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let case: Json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            if case["expected"].get("says").is_some() {
                let stem = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
                found.push(Report { name: format!("{}/{}", stem(&folder), stem(&file)), folder: folder.clone(), case });
            }
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

impl Report {
    /// The arguments, and standard input.
    fn arguments(&self, work: &Path) -> (Vec<String>, String) {
        let kind = self.case["kind"].as_str().unwrap_or("report");
        let file = || self.folder.join(self.case["file"].as_str().unwrap()).display().to_string();
        let mut args = match kind {
            "har" => vec!["diagnose".to_owned(), file()],
            "log" => vec!["replay".to_owned(), file()],
            _ => vec!["diagnose".to_owned(), "-".to_owned()],
        };
        for (name, value) in self.case["options"].as_object().into_iter().flatten() {
            args.push(format!("--{name}"));
            args.push(self.option(name, value, work));
        }
        let members = ["template", "templateName", "authType", "context", "compare"];
        let given = members.iter().filter_map(|name| Some(((*name).to_owned(), self.case.get(*name)?.clone())));
        let input =
            if kind == "report" { Json::Object(given.collect::<Map<_, _>>()).to_string() } else { String::new() };
        (args, input)
    }

    /// The value of an option: a file beside the report, or one that is written for it.
    fn option(&self, name: &str, value: &Json, work: &Path) -> String {
        let beside = value.as_str().map(|text| self.folder.join(text)).filter(|path| path.exists());
        if let Some(path) = beside {
            return path.display().to_string();
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if name != "schema" && !value.is_array() && !value.is_object() {
            return text;
        }
        let file = work.join(format!("{name}.{}", if name == "schema" { "graphql" } else { "json" }));
        std::fs::write(&file, text).unwrap();
        file.display().to_string()
    }

    /// Runs the command on it and judges what came: for a program, and for a person where that bears on what it is worth. Whatever
    /// the text says is made of what the JSON holds, so where the JSON has all that is wanted first, and nothing of what must
    /// never be said, only every fourth text is drawn to see that it is so.
    fn score(&self) -> (Score, Vec<String>) {
        let work = folder("report", &[]);
        let (args, input) = self.arguments(&work);
        let run = |more: [&str; 2]| {
            let mut command = command();
            command.args(&args).args(more).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            // A command that reads no input has none: the pipe may be closed.
            let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
            String::from_utf8_lossy(&child.wait_with_output().unwrap().stdout).into_owned()
        };
        let json = run(["--format", "json"]);
        let report: Json = serde_json::from_str(&json).unwrap_or_default();
        let by_json = judge(&self.case, &report, &texts(&report));
        let sampled = self.name.len().is_multiple_of(4);
        let text = if sampled || by_json.0 != Score::Full { run(["--color", "never"]) } else { String::new() };
        // The mark of the cure is read where a message is made: it is never shown.
        assert!(![&json, &text].iter().any(|out| out.contains('»')), "{}: a message shows its mark", self.name);
        let scored = if text.is_empty() { by_json } else { judge(&self.case, &report, &text) };
        std::fs::remove_dir_all(work).unwrap();
        scored
    }
}

/// Every text of a report in JSON, one to a line.
fn texts(json: &Json) -> String {
    match json {
        Json::String(text) => format!("{text}\n"),
        Json::Array(items) => items.iter().map(texts).collect(),
        Json::Object(members) => members.values().map(texts).collect(),
        _ => String::new(),
    }
}

/// Scores every report, on all cores.
fn all(reports: &[Report]) -> BTreeMap<String, (Score, Vec<String>)> {
    let (next, found) = (Mutex::new(reports.iter()), Mutex::new(BTreeMap::new()));
    let work = || {
        while let Some(report) = { next.lock().unwrap().next() } {
            let scored = report.score();
            found.lock().unwrap().insert(report.name.clone(), scored);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(work);
        }
    });
    found.into_inner().unwrap()
}

fn recorded() -> BTreeMap<String, Score> {
    let text = std::fs::read_to_string(root(SCORES)).unwrap_or_else(|_| "{}".to_owned());
    let scores: BTreeMap<String, f64> = serde_json::from_str(&text).unwrap();
    scores.into_iter().map(|(name, points)| (name, Score::of(points).unwrap())).collect()
}

fn print(scored: &BTreeMap<String, (Score, Vec<String>)>) {
    let mut totals: BTreeMap<&str, (f64, u32)> = BTreeMap::new();
    for (name, (score, why)) in scored {
        let total = totals.entry(name.split('/').next().unwrap()).or_default();
        *total = (total.0 + score.points(), total.1 + 1);
        if *score != Score::Full {
            println!("{score:<4} {name}\n       {}", why.join("\n       "));
        }
    }
    for (folder, (points, count)) in totals {
        println!("{folder}: {points} of {count}");
    }
}

/// `cargo test --test explain scores -- --nocapture` prints what each lacks.
#[test]
fn no_report_is_worth_less_than_before() {
    let reports = reports();
    assert!(reports.len() >= 250, "{} reports", reports.len());
    let scored = all(&reports);
    print(&scored);
    let recorded = recorded();
    if std::env::var_os("UPDATE_SCORES").is_some() {
        let short: BTreeMap<_, _> = scored.iter().filter(|(_, (score, _))| *score != Score::Full).collect();
        let points: Map<_, _> =
            short.into_iter().map(|(name, (score, _))| (name.clone(), json!(score.points()))).collect();
        std::fs::write(root(SCORES), format!("{:#}\n", Json::Object(points))).unwrap();
        return;
    }
    let mut wrong = Vec::new();
    for (name, (score, why)) in &scored {
        let was = recorded.get(name).copied().unwrap_or(Score::Full);
        if *score < was {
            wrong.push(format!("{name} fell from {was} to {score}: {}", why.join("; ")));
        }
        if *score > was {
            wrong.push(format!("{name} rose from {was} to {score}"));
        }
    }
    let gone = recorded.keys().filter(|name| !scored.contains_key(*name));
    wrong.extend(gone.map(|name| format!("{name} is recorded, and there is no such report")));
    assert!(
        wrong.is_empty(),
        "{wrong:#?}\nA report may not fall. One that rose is recorded in {SCORES} (a report that is not there is worth 1): \
         UPDATE_SCORES=1 cargo test --test explain scores"
    );
}

/// The judge itself, on what it must tell apart.
#[test]
fn the_judge_is_strict() {
    let case = json!({"expected": {"verdict": "deny", "layer": "resolver", "says": [["Admins"], ["absent", "null"]],
        "never": ["expired"]}, "context": {"observed": {"message": "Not Authorized to access it"}}});
    let report = |verdict: &str, message: &str| {
        json!({"verdict": verdict, "layer": "resolver",
            "layers": [{"layer": "resolver", "findings": [{"message": message}]}]})
    };
    let score = |verdict: &str, message: &str, text: &str| judge(&case, &report(verdict, message), text).0;
    assert_eq!(score("denied", "the group `Admins`  is Absent", ""), Score::Full);
    assert_eq!(score("allowed", "the group Admins is absent", ""), Score::Nothing);
    assert_eq!(score("denied", "the group Admins", "hint: it is absent"), Score::Half);
    assert_eq!(score("denied", "the group Admins", ""), Score::Nothing);
    assert_eq!(score("denied", "Admins is absent", "the token has expired"), Score::Half);
    // What is only repeated does not count.
    assert_eq!(score("denied", "Admins", "seen: HTTP 200\n      absent\n\nOutput\n  absent\n"), Score::Nothing);
    assert_eq!(score("denied", "Admins", "Output\n  {}\nNotes: it is absent\n"), Score::Half);
}
