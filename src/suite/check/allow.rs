//! `## vtl-eval: allow CODE reason`: a finding that somebody looked at and keeps. The reason is required. The comment is about
//! its own line, or, on a line of its own, about the next line that is no comment; `allow-file` is about the whole template.

use super::Spot;
use crate::code::{Code, Severity};
use crate::message::{Message, quoted};
use crate::source::Source;

const MARK: &str = "vtl-eval: allow";

struct AllowComment {
    line: u32,
    column: u32,
    /// The line that it is about; none for the whole file.
    about: Option<u32>,
    code: Code,
    used: bool,
}

/// Codes of findings about more than one template: at one template alone their comments seem to allow nothing.
const OF_PROJECTS: [Code; 6] = [
    Code::CacheShared,
    Code::CheckAfterWrite,
    Code::FilterUnused,
    Code::GroupCaseMismatch,
    Code::ListUnguarded,
    Code::NothingEnforces,
];

/// Whether the template's comments allow a finding.
pub fn covers(source: &Source, spot: &Spot) -> bool {
    comments(source).0.iter().any(|allow| allow.code == spot.code && (allow.about.is_none() || allow.about == spot.line))
}

/// Takes out what the template's comments allow; adds what is wrong with those comments.
pub fn allowed(source: &Source, found: Vec<Spot>) -> Vec<Spot> {
    let (mut allows, mut wrong) = comments(source);
    let mut kept = Vec::with_capacity(found.len());
    for spot in found {
        let covers = |allow: &&mut AllowComment| {
            allow.code == spot.code && (allow.about.is_none() || allow.about == spot.line)
        };
        match allows.iter_mut().find(|allow| covers(allow)) {
            Some(allow) => allow.used = true,
            None => kept.push(spot),
        }
    }
    for idle in allows.iter().filter(|allow| !allow.used && !OF_PROJECTS.contains(&allow.code)) {
        let message = format!("nothing of the code {} is found here: take this comment out", idle.code);
        wrong.push(spot(source, idle.line, idle.column, Severity::Note, message));
    }
    kept.extend(wrong);
    kept
}

fn comments(source: &Source) -> (Vec<AllowComment>, Vec<Spot>) {
    let (mut allows, mut wrong) = (Vec::new(), Vec::new());
    let lines: Vec<&str> = source.text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some((before, comment)) = line.split_once("##") else { continue };
        let Some(rest) = comment.trim_start().strip_prefix(MARK) else { continue };
        let (number, column) = (at as u32 + 1, before.chars().count() as u32 + 1);
        let (file, rest) = match rest.strip_prefix("-file") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let mut words = rest.split_whitespace();
        let name = words.next().unwrap_or_default();
        let Ok(code) = name.parse::<Code>() else {
            let message = format!("{} is not a code of a finding: `## vtl-eval: allow CODE reason`", quoted(name));
            wrong.push(spot(source, number, column, Severity::Warning, message));
            continue;
        };
        if words.next().is_none() {
            let message = format!("why {code} is allowed here is missing: `## vtl-eval: allow {code} reason`");
            wrong.push(spot(source, number, column, Severity::Warning, message));
            continue;
        }
        let next = || {
            let code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("##");
            let skipped = lines[at + 1..].iter().position(code).unwrap_or(0);
            (at + skipped) as u32 + 2
        };
        let about = (!file).then(|| if before.trim().is_empty() { next() } else { number });
        allows.push(AllowComment { line: number, column, about, code, used: false });
    }
    (allows, wrong)
}

fn spot(source: &Source, line: u32, column: u32, severity: Severity, message: impl Into<Message>) -> Spot {
    Spot {
        file: source.name.to_string(),
        template: None,
        line: Some(line),
        column: Some(column),
        severity,
        code: Code::AllowComment,
        message: message.into(),
        fix: None,
    }
}
