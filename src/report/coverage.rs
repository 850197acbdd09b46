//! Coverage of templates by cases.

use crate::message::counted;
use super::page::{code, escape, page, section, table, verdict};
use super::safe::line as safe_line;
use crate::suite::{Covered, CoveredTemplate};
use crate::syntax::{NodeId, Program};
use crate::trace::coverage::Coverage;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fmt::Write;

fn percent((reached, all): (usize, usize)) -> String {
    if all == 0 { "-".to_owned() } else { format!("{:.0}% ({reached}/{all})", reached as f64 * 100.0 / all as f64) }
}

/// Lines with their counts: those of statements and of conditions.
pub fn lines(program: &Program, coverage: &Coverage) -> BTreeMap<u32, u32> {
    let line = |node| program.line(node);
    let mut found = BTreeMap::new();
    for (node, count) in &coverage.statements {
        let known = found.entry(line(*node)).or_insert(0);
        *known = (*known).max(*count);
    }
    for (node, (yes, no)) in &coverage.branches {
        let known = found.entry(line(*node)).or_insert(0);
        *known = (*known).max(yes + no);
    }
    found
}

/// The lines that ran.
pub fn ran(program: &Program, coverage: &Coverage) -> Vec<u32> {
    lines(program, coverage).into_iter().filter(|(_, count)| *count > 0).map(|(line, _)| line).collect()
}

/// How often each branch was taken and how often not, in the order of the template.
pub fn branches(coverage: &Coverage) -> Vec<(NodeId, u32, u32)> {
    let mut found: Vec<_> = coverage.branches.iter().map(|(node, (yes, no))| (*node, *yes, *no)).collect();
    found.sort_unstable_by_key(|(node, ..)| *node);
    found
}

/// Lines, conditions both ways and decisions: how many were reached, of how many.
fn counts(CoveredTemplate { program, coverage, .. }: &CoveredTemplate) -> [(usize, usize); 3] {
    let lines = lines(program, coverage);
    let reached = lines.values().filter(|count| **count > 0).count();
    [(reached, lines.len()), coverage.branch_counts(), coverage.deciding_counts()]
}

/// A table, and what was never reached.
pub fn text(covered: &Covered) -> String {
    // The names come last: they are paths, and long.
    let row = |lines: &str, conditions: &str, decisions: &str, name: &str| {
        format!("{lines:<16} {conditions:<16} {decisions:<16} {name}\n")
    };
    let mut out = row("lines", "conditions", "decisions", "template");
    let mut all = [(0, 0); 3];
    for (name, CoveredTemplate { program, coverage, .. }) in covered.iter() {
        let lines = lines(program, coverage);
        let reached = lines.values().filter(|count| **count > 0).count();
        let counts = [(reached, lines.len()), coverage.branch_counts(), coverage.deciding_counts()];
        for (sum, (reached, of)) in all.iter_mut().zip(counts) {
            *sum = (sum.0 + reached, sum.1 + of);
        }
        let [of_lines, of_branches, of_decisions] = counts.map(percent);
        out += &row(&of_lines, &of_branches, &of_decisions, name);
        if reached == 0 && !lines.is_empty() {
            out += "    no case runs it\n";
            continue;
        }
        let mut missed: Vec<_> = coverage
            .deciding
            .iter()
            .filter(|node| coverage.statements.get(node).is_none_or(|count| *count == 0))
            .map(|node| {
                (program.line(*node), program.text(*node).lines().next().unwrap_or(""))
            })
            .collect();
        missed.sort_unstable();
        for (line, text) in missed {
            let _ = writeln!(out, "    never reached: {line}  {text}");
        }
    }
    let [of_lines, of_branches, of_decisions] = all.map(percent);
    out + &row(&of_lines, &of_branches, &of_decisions, "(all)")
}

/// For programs.
pub fn json(covered: &Covered) -> Json {
    let row = |(name, CoveredTemplate { program, coverage, file }): (&String, &CoveredTemplate)| {
        let line = |node| program.line(node);
        let mut branches: Vec<_> = coverage
            .branches
            .iter()
            .map(|(node, (yes, no))| (line(*node), json!({"line": line(*node), "true": yes, "false": no})))
            .collect();
        branches.sort_by_key(|(line, _)| *line);
        let mut deciding: Vec<_> = coverage
            .deciding
            .iter()
            .map(|node| (line(*node), json!({"line": line(*node), "count": coverage.statements.get(node)})))
            .collect();
        deciding.sort_by_key(|(line, _)| *line);
        let lines: Vec<_> =
            lines(program, coverage).into_iter().map(|(line, count)| json!({"line": line, "count": count})).collect();
        json!({
            "template": name,
            "file": file,
            "lines": lines,
            "conditions": branches.into_iter().map(|(_, row)| row).collect::<Vec<_>>(),
            "decisions": deciding.into_iter().map(|(_, row)| row).collect::<Vec<_>>(),
        })
    };
    json!({"schema": 1, "templates": covered.iter().map(row).collect::<Vec<_>>()})
}

/// For tools that draw coverage: geninfo(1). They read the sources, so only templates that are files are in it.
pub fn lcov(covered: &Covered) -> String {
    let mut out = String::new();
    for CoveredTemplate { program, coverage, file } in covered.iter().map(|(_, template)| template) {
        let Some(file) = file else { continue };
        let _ = writeln!(out, "TN:\nSF:{}", safe_line(&file.display().to_string()));
        let mut branches: Vec<_> = coverage.branches.iter().collect();
        branches.sort_by_key(|(node, _)| **node);
        for (at, (node, (yes, no))) in branches.iter().enumerate() {
            let line = program.line(**node);
            // A condition that no run came to has no count, which is not a count of 0.
            let judged = yes + no > 0;
            let count = |count: &u32| if judged { count.to_string() } else { "-".to_owned() };
            let _ = writeln!(out, "BRDA:{line},{at},0,{}\nBRDA:{line},{at},1,{}", count(yes), count(no));
        }
        let (reached, all) = coverage.branch_counts();
        let _ = writeln!(out, "BRF:{all}\nBRH:{reached}");
        let lines = lines(program, coverage);
        for (line, count) in &lines {
            let _ = writeln!(out, "DA:{line},{count}");
        }
        let hit = lines.values().filter(|count| **count > 0).count();
        let _ = writeln!(out, "LF:{}\nLH:{hit}\nend_of_record", lines.len());
    }
    out
}

/// One self-contained page: a table, then each template with its counts.
pub fn html(covered: &Covered) -> String {
    let mut rows = Vec::new();
    let mut parts = String::new();
    let mut all = [(0, 0); 3];
    let mut sorted: Vec<_> = covered.iter().map(|(name, template)| (name, template, counts(template))).collect();
    // The worst first: a decision that no case comes to is worse than a condition, and that worse than a line.
    let share = |(reached, all): (usize, usize)| (reached * 1000).checked_div(all).unwrap_or(1000);
    sorted.sort_by_key(|(_, _, [lines, conditions, decisions])| (share(*decisions), share(*conditions), share(*lines)));
    for (at, (name, CoveredTemplate { program, coverage, .. }, counts)) in sorted.into_iter().enumerate() {
        let lines = lines(program, coverage);
        for (sum, (reached, of)) in all.iter_mut().zip(counts) {
            *sum = (sum.0 + reached, sum.1 + of);
        }
        let [of_lines, of_conditions, of_decisions] = counts.map(percent);
        let cells = vec![format!("<a href=\"#t{at}\">{}</a>", escape(name)), of_lines, of_conditions, of_decisions];
        rows.push((String::new(), cells));
        parts += &format!("<div id=\"t{at}\">{}</div>", section(2, name, &source(program, coverage, &lines)));
    }
    let about = counted(rows.len(), "template");
    let [of_lines, of_conditions, of_decisions] = all.map(percent);
    rows.push((" class=\"all\"".to_owned(), vec!["all".to_owned(), of_lines, of_conditions, of_decisions]));
    let summary = table("Coverage of each template", &["template", "lines", "conditions", "decisions"], &rows);
    page("Coverage", &(verdict(1, "Coverage", &about) + &section(2, "Templates, the worst first", &summary) + &parts))
}

fn source(program: &Program, coverage: &Coverage, lines: &BTreeMap<u32, u32>) -> String {
    let line_of = |node: NodeId| program.line(node);
    let mut notes: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut branches: Vec<_> = coverage.branches.iter().collect();
    branches.sort_unstable_by_key(|(node, _)| **node);
    for (node, (yes, no)) in branches {
        notes.entry(line_of(*node)).or_default().push(format!("condition {yes}× true, {no}× false"));
    }
    for node in &coverage.deciding {
        let count = coverage.statements.get(node).copied().unwrap_or(0);
        let words = if count == 0 { "decision never reached".to_owned() } else { format!("decision {count}×") };
        notes.entry(line_of(*node)).or_default().push(words);
    }
    let mut out = String::from("<ol class=\"source\">");
    for (at, text) in program.source.text.lines().enumerate() {
        let number = at as u32 + 1;
        let (class, ran, count) = match lines.get(&number) {
            Some(0) => (" class=\"failed\"", " data-ran=\"no\"", "never ran".to_owned()),
            Some(count) => (" class=\"held\"", " data-ran=\"yes\"", format!("ran {count}×")),
            None => ("", "", String::new()),
        };
        let notes = notes.get(&number).map_or(&[][..], Vec::as_slice);
        let words: Vec<&str> = std::iter::once(count.as_str())
            .chain(notes.iter().map(String::as_str))
            .filter(|word| !word.is_empty())
            .collect();
        let aside = if words.is_empty() {
            String::new()
        } else {
            format!("<span class=\"aside\">{}</span>", words.join(" · "))
        };
        out += &format!("<li{class}{ran}>{}{aside}</li>", code(text));
    }
    out + "</ol>"
}
