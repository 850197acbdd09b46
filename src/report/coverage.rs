//! Coverage of templates by cases.

use super::html::{escape, page};
use crate::suite::Covered;
use crate::syntax::Program;
use crate::trace::coverage::Coverage;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fmt::Write;

fn percent((reached, all): (usize, usize)) -> String {
    if all == 0 { "-".to_owned() } else { format!("{:.0}% ({reached}/{all})", reached as f64 * 100.0 / all as f64) }
}

/// Lines with their counts: those of statements and of conditions.
fn lines(program: &Program, coverage: &Coverage) -> BTreeMap<u32, u32> {
    let line = |node| program.source.place(program.span(node).start).line;
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

/// A table, and what was never reached.
pub fn text(covered: &Covered) -> String {
    let mut out = String::from(
        "Coverage                                            lines            conditions       decisions\n",
    );
    for (name, (program, coverage)) in covered {
        let lines = lines(program, coverage);
        let reached = lines.values().filter(|count| **count > 0).count();
        let _ = writeln!(
            out,
            "{name:<50}  {:<16} {:<16} {}",
            percent((reached, lines.len())),
            percent(coverage.branch_counts()),
            percent(coverage.deciding_counts())
        );
        let mut missed: Vec<_> = coverage
            .deciding
            .iter()
            .filter(|node| coverage.statements.get(node).is_none_or(|count| *count == 0))
            .map(|node| {
                (program.source.place(program.span(*node).start).line, program.text(*node).lines().next().unwrap_or(""))
            })
            .collect();
        missed.sort_unstable();
        for (line, text) in missed {
            let _ = writeln!(out, "    never reached: {line}  {text}");
        }
    }
    out
}

/// For programs.
pub fn json(covered: &Covered) -> Json {
    let row = |(name, (program, coverage)): (&String, &(Program, Coverage))| {
        let line = |node| program.source.place(program.span(node).start).line;
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
            "lines": lines,
            "conditions": branches.into_iter().map(|(_, row)| row).collect::<Vec<_>>(),
            "decisions": deciding.into_iter().map(|(_, row)| row).collect::<Vec<_>>(),
        })
    };
    json!({"schema": 1, "templates": covered.iter().map(row).collect::<Vec<_>>()})
}

/// For tools that draw coverage.
pub fn lcov(covered: &Covered) -> String {
    let mut out = String::new();
    for (name, (program, coverage)) in covered {
        let _ = writeln!(out, "TN:\nSF:{name}");
        let mut branches: Vec<_> = coverage.branches.iter().collect();
        branches.sort_by_key(|(node, _)| **node);
        for (at, (node, (yes, no))) in branches.iter().enumerate() {
            let line = program.source.place(program.span(**node).start).line;
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

/// One self-contained page.
pub fn html(covered: &Covered) -> String {
    let mut body = String::from("<h1>Coverage</h1>");
    for (name, (program, coverage)) in covered {
        let lines = lines(program, coverage);
        let _ = write!(
            body,
            "<h2>{}</h2><p>conditions {}, decisions {}</p><ol class=\"source\">",
            escape(name),
            percent(coverage.branch_counts()),
            percent(coverage.deciding_counts())
        );
        for (at, line) in program.source.text.lines().enumerate() {
            let class = match lines.get(&(at as u32 + 1)) {
                Some(0) => "failed",
                Some(_) => "held",
                None => "",
            };
            let _ = write!(body, "<li class=\"{class}\"><code>{}</code></li>", escape(line));
        }
        body.push_str("</ol>");
    }
    page("Coverage", &body)
}
