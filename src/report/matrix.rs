//! The access matrix as a table, CSV and a page.

use crate::message::counted;
use super::fold::{fold, fold_after};
use super::page::{code, escape, page, section, table as page_table, tree, verdict};
use super::text::Layout;
use serde_json::{Value as Json, json};
use crate::trace::Verdict;
use crate::suite::{Cell, CellDifference, Matrix};
use super::safe::line;
use super::style::{AnsiColor, Style};
use std::fmt::Write;

/// The word and colour of a verdict in a table.
fn mark(verdict: Verdict) -> (&'static str, Style) {
    let colour = |colour: AnsiColor| colour.on_default();
    match verdict {
        Verdict::Allowed => ("allow", colour(AnsiColor::Green)),
        Verdict::Filtered => ("filter", colour(AnsiColor::Yellow)),
        Verdict::Completed => ("open", colour(AnsiColor::Cyan)),
        Verdict::Denied => ("deny", colour(AnsiColor::Red)),
        Verdict::Error => ("error", colour(AnsiColor::Magenta)),
        Verdict::Unknown => ("?", Style::new()),
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
            Some(variant) => line(&format!("{} ({variant})", cell.field)),
            None => line(&cell.field),
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

/// The width of a persona's column.
const COLUMN: usize = 7;

/// A table for a terminal, with what changed below it. Columns that do not fit stand in a table of their own below.
pub fn text(matrix: &Matrix, differences: Option<&[CellDifference]>, layout: Layout) -> String {
    let table = table(matrix);
    let mut out = String::new();
    let first = table.rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(5).max(5);
    // Personas stand as numbers over the columns: names are long.
    for (at, persona) in table.personas.iter().enumerate() {
        let _ = writeln!(out, "{:>3}  {}", at + 1, line(persona));
    }
    let fit = (layout.width.saturating_sub(first) / COLUMN).max(1);
    let numbers: Vec<usize> = (0..table.personas.len()).collect();
    for columns in numbers.chunks(fit) {
        let _ = write!(out, "\n{:first$}", "");
        for at in columns {
            let _ = write!(out, "{:>COLUMN$}", at + 1);
        }
        out.push('\n');
        for (name, row) in &table.rows {
            let _ = write!(out, "{name:<first$}");
            for at in columns {
                let cell = row.get(*at).copied().flatten();
                let (word, style) = cell.map_or(("·", Style::new()), |at| mark(matrix.cells[at].verdict));
                let _ = write!(out, "{style}{word:>COLUMN$}{style:#}");
            }
            out.push('\n');
        }
    }
    let _ = writeln!(out, "\n{}", fold(&counts(matrix), layout.width, 2));
    out += &reasons(matrix, layout);
    if let Some(differences) = differences {
        let _ = writeln!(out, "\n{}", counted(differences.len(), "difference"));
        for difference in differences {
            let word = |verdict: Option<Verdict>| verdict.map_or_else(|| "absent".to_owned(), |verdict| verdict.to_string());
            let variant = difference.variant.as_ref().map_or(String::new(), |variant| format!(" ({variant})"));
            let _ = writeln!(
                out,
                "  {:<7} {}{variant} for {}: {} -> {}",
                difference.change.to_string().to_uppercase(),
                difference.field,
                difference.persona,
                word(difference.before),
                word(difference.after)
            );
        }
    }
    out
}

/// Why cells are as they are: those without an answer, or all. One line for the personas that share a reason.
fn reasons(matrix: &Matrix, layout: Layout) -> String {
    let mut rows: indexmap::IndexMap<(String, &str, &str), Vec<&str>> = indexmap::IndexMap::new();
    for cell in &matrix.cells {
        if layout.verbose || matches!(cell.verdict, Verdict::Unknown | Verdict::Error) {
            let variant = cell.variant.as_ref().map_or(String::new(), |variant| format!(" ({variant})"));
            let key = (format!("{}{variant}", cell.field), mark(cell.verdict).0, cell.reason.as_str());
            rows.entry(key).or_default().push(&cell.persona);
        }
    }
    let row = |((field, word, reason), personas): (&(String, &str, &str), &Vec<&str>)| {
        let text = format!("{field} for {}: {reason}", personas.join(", "));
        fold_after(&format!("  {word:<6} "), &text, layout.width, 9) + "\n"
    };
    let rows: String = rows.iter().map(row).collect();
    if rows.is_empty() { rows } else { format!("\n{rows}") }
}

/// How many cells have each verdict, of those that occur.
fn counts(matrix: &Matrix) -> String {
    let words = [
        (Verdict::Allowed, "allowed"),
        (Verdict::Filtered, "filtered"),
        (Verdict::Denied, "denied"),
        (Verdict::Completed, "without rules (open)"),
        (Verdict::Error, "errors"),
        (Verdict::Unknown, "unknown"),
    ];
    let count = |verdict: Verdict| matrix.cells.iter().filter(|cell| cell.verdict == verdict).count();
    let parts = words.iter().map(|(verdict, word)| (count(*verdict), word)).filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, word)| format!("{count} {word}")).collect();
    format!("{}: {}", counted(matrix.cells.len(), "case"), parts.join(", "))
}

/// One self-contained page: the reason stands in each cell.
pub fn html(matrix: &Matrix, differences: Option<&[CellDifference]>) -> String {
    let table = table(matrix);
    let mut body = verdict(1, "Access matrix", &escape(&counts(matrix)));
    if let Some(differences) = differences {
        let word = |verdict: Option<Verdict>| {
            let word = verdict.map_or_else(|| "absent".to_owned(), |verdict| verdict.to_string());
            format!("<span class=\"tone {word}\">{word}</span>")
        };
        let row = |difference: &CellDifference| {
            let cells = vec![
                escape(&difference.field),
                escape(difference.variant.as_deref().unwrap_or("")),
                escape(&difference.persona),
                word(difference.before),
                word(difference.after),
                format!("<b class=\"tone {0}\">{0}</b>", difference.change),
            ];
            (String::new(), cells)
        };
        let rows: Vec<_> = differences.iter().map(row).collect();
        let columns = ["field", "case", "persona", "before", "after", "change"];
        body += &section(2, &counted(rows.len(), "difference"), &page_table("Differences", &columns, &rows));
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
    let word = cell.verdict;
    let place = cell.decided_by.as_ref().map_or(String::new(), |by| {
        let line = by.line.map_or(String::new(), |line| format!(":{line}"));
        let slot = by.slot.as_deref().unwrap_or("");
        let file = by.file.as_deref().map_or(String::new(), |file| format!("<p>{}</p>", code(file)));
        format!("<p>{} {} {}</p>{file}", code(&format!("{}{line}", by.template)), escape(slot), by.half.as_str())
    });
    let word_of = |value: Json| escape(value.as_str().unwrap_or_default());
    let layer = cell.layer.map(|layer| format!("<p>decided by the layer {}</p>", word_of(json!(layer))));
    let needs: Vec<_> = cell.needs.iter().map(|need| word_of(json!(need))).collect();
    let needs = (!needs.is_empty()).then(|| format!("<p>needs {}</p>", needs.join(", ")));
    let alone = cell.templates.as_ref().filter(|alone| alone.verdict != cell.verdict);
    let alone = alone.map(|alone| format!("<p>the templates alone: {}</p>", alone.verdict));
    let more: String = [layer, needs, alone].into_iter().flatten().collect();
    let filter = if cell.filter.is_null() { String::new() } else { tree(&cell.filter) };
    format!(
        "<details><summary class=\"tone {word}\">{word}</summary><p>{}</p>{more}{place}{filter}</details>",
        escape(&cell.reason)
    )
}
