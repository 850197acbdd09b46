//! The access matrix as a table, CSV and a page.

use super::page::{code, escape, page, section, table as page_table, tree, verdict};
use crate::suite::{Cell, Difference, Matrix};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

/// The word and colour of a verdict in a table.
fn mark(verdict: &str) -> (&'static str, Style) {
    let colour = |colour: AnsiColor| colour.on_default();
    match verdict {
        "allowed" => ("allow", colour(AnsiColor::Green)),
        "filtered" => ("filter", colour(AnsiColor::Yellow)),
        "completed" => ("open", colour(AnsiColor::Cyan)),
        "denied" => ("deny", colour(AnsiColor::Red)),
        "error" => ("error", colour(AnsiColor::Magenta)),
        _ => ("?", Style::new()),
    }
}

/// Rows are fields and variants, columns personas.
struct Table<'a> {
    personas: Vec<&'a str>,
    rows: Vec<(String, Vec<Option<usize>>)>,
}

fn table(matrix: &Matrix) -> Table<'_> {
    let mut personas: Vec<&str> = Vec::new();
    let mut rows: indexmap::IndexMap<String, Vec<(usize, usize)>> = indexmap::IndexMap::new();
    for (at, cell) in matrix.cells.iter().enumerate() {
        let column = personas.iter().position(|name| *name == cell.persona).unwrap_or_else(|| {
            personas.push(&cell.persona);
            personas.len() - 1
        });
        let name = match &cell.variant {
            Some(variant) => format!("{} ({variant})", cell.field),
            None => cell.field.clone(),
        };
        rows.entry(name).or_default().push((column, at));
    }
    let count = personas.len();
    let filled = |(name, cells): (String, Vec<(usize, usize)>)| {
        let mut row = vec![None; count];
        cells.into_iter().for_each(|(column, at)| row[column] = Some(at));
        (name, row)
    };
    Table { personas, rows: rows.into_iter().map(filled).collect() }
}

/// A table for a terminal, with what changed below it.
pub fn text(matrix: &Matrix, differences: Option<&[Difference]>) -> String {
    let table = table(matrix);
    let mut out = String::new();
    let first = table.rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(5).max(5);
    // Personas stand as numbers over the columns: names are long.
    for (at, persona) in table.personas.iter().enumerate() {
        let _ = writeln!(out, "{:>3}  {persona}", at + 1);
    }
    let _ = write!(out, "\n{:first$}", "");
    for at in 0..table.personas.len() {
        let _ = write!(out, " {:>6}", at + 1);
    }
    out.push('\n');
    for (name, row) in &table.rows {
        let _ = write!(out, "{name:<first$}");
        for cell in row {
            let (word, style) = cell.map_or(("·", Style::new()), |at| mark(&matrix.cells[at].verdict));
            let _ = write!(out, " {style}{word:>6}{style:#}");
        }
        out.push('\n');
    }
    let _ = writeln!(out, "\n{}", counts(matrix));
    if let Some(differences) = differences {
        let _ = writeln!(out, "\n{} differences", differences.len());
        for difference in differences {
            let word = |verdict: &Option<String>| verdict.clone().unwrap_or_else(|| "absent".to_owned());
            let variant = difference.variant.as_ref().map_or(String::new(), |variant| format!(" ({variant})"));
            let _ = writeln!(
                out,
                "  {:<7} {}{variant} for {}: {} -> {}",
                difference.change.to_uppercase(),
                difference.field,
                difference.persona,
                word(&difference.before),
                word(&difference.after)
            );
        }
    }
    out
}

/// How many cells have each verdict.
fn counts(matrix: &Matrix) -> String {
    let count = |verdict: &str| matrix.cells.iter().filter(|cell| cell.verdict == verdict).count();
    format!(
        "{} cases: {} allowed, {} filtered, {} denied, {} without rules (open), {} errors, {} unknown",
        matrix.cells.len(),
        count("allowed"),
        count("filtered"),
        count("denied"),
        count("completed"),
        count("error"),
        count("unknown")
    )
}

/// One line a cell.
pub fn csv(matrix: &Matrix) -> String {
    let mut out = "field,persona,variant,verdict,template,slot,half,line,reason\r\n".to_owned();
    for cell in &matrix.cells {
        let by = cell.decided_by.as_ref();
        let fields = [
            cell.field.clone(),
            cell.persona.clone(),
            cell.variant.clone().unwrap_or_default(),
            cell.verdict.clone(),
            by.map_or(String::new(), |by| by.template.clone()),
            by.and_then(|by| by.slot.clone()).unwrap_or_default(),
            by.map_or(String::new(), |by| by.half.clone()),
            by.and_then(|by| by.line).map_or(String::new(), |line| line.to_string()),
            cell.reason.clone(),
        ];
        let quoted: Vec<_> = fields.iter().map(|field| quote(field)).collect();
        out.push_str(&quoted.join(","));
        out.push_str("\r\n");
    }
    out
}

/// RFC 4180; a leading sign that a spreadsheet would run is defused.
fn quote(field: &str) -> String {
    let guard = if field.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if guard.is_empty() && !field.contains([',', '"', '\n', '\r']) {
        return field.to_owned();
    }
    format!("\"{guard}{}\"", field.replace('"', "\"\""))
}

/// One self-contained page: the reason stands in each cell.
pub fn html(matrix: &Matrix, differences: Option<&[Difference]>) -> String {
    let table = table(matrix);
    let mut body = verdict(1, "Access matrix", &escape(&counts(matrix)));
    if let Some(differences) = differences {
        let word = |verdict: &Option<String>| {
            let word = escape(verdict.as_deref().unwrap_or("absent"));
            format!("<span class=\"tone {word}\">{word}</span>")
        };
        let row = |difference: &Difference| {
            let cells = vec![
                escape(&difference.field),
                escape(difference.variant.as_deref().unwrap_or("")),
                escape(&difference.persona),
                word(&difference.before),
                word(&difference.after),
                format!("<b class=\"tone {0}\">{0}</b>", difference.change),
            ];
            (String::new(), cells)
        };
        let rows: Vec<_> = differences.iter().map(row).collect();
        let columns = ["field", "case", "persona", "before", "after", "change"];
        body += &section(2, &format!("{} differences", rows.len()), &page_table("Differences", &columns, &rows));
    }
    let row = |(name, cells): &(String, Vec<Option<usize>>)| {
        let cells =
            cells.iter().map(|cell| cell.and_then(|at| matrix.cells.get(at)).map_or_else(String::new, cell_html));
        (String::new(), std::iter::once(escape(name)).chain(cells).collect())
    };
    let rows: Vec<_> = table.rows.iter().map(row).collect();
    let columns: Vec<&str> = std::iter::once("field").chain(table.personas.iter().copied()).collect();
    body += &section(2, "Fields and personas", &page_table("Fields and personas", &columns, &rows));
    page("Access matrix", &body)
}

/// The verdict, and behind it the reason and the place.
fn cell_html(cell: &Cell) -> String {
    let word = escape(&cell.verdict);
    let place = cell.decided_by.as_ref().map_or(String::new(), |by| {
        let line = by.line.map_or(String::new(), |line| format!(":{line}"));
        let slot = by.slot.as_deref().unwrap_or("");
        format!("<p>{} {} {}</p>", code(&format!("{}{line}", by.template)), escape(slot), escape(&by.half))
    });
    let filter = if cell.filter.is_null() { String::new() } else { tree(&cell.filter) };
    format!(
        "<details><summary class=\"tone {word}\">{word}</summary><p>{}</p>{place}{filter}</details>",
        escape(&cell.reason)
    )
}
