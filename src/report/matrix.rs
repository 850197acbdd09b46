//! The access matrix as a table for a terminal.

use crate::message::counted;
use super::fold::{fold, fold_after};
use super::text::Layout;
use crate::trace::Verdict;
use crate::suite::{CellDifference, Matrix};
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
pub(super) struct Table<'a> {
    pub(super) personas: Vec<&'a str>,
    pub(super) rows: Vec<(String, Vec<Option<usize>>)>,
}

pub(super) fn table(matrix: &Matrix) -> Table<'_> {
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
    let mut rows: indexmap::IndexMap<(String, &str, String), Vec<&str>> = indexmap::IndexMap::new();
    for cell in &matrix.cells {
        if layout.verbose || matches!(cell.verdict, Verdict::Unknown | Verdict::Error) {
            let variant = cell.variant.as_ref().map_or(String::new(), |variant| format!(" ({variant})"));
            let key = (format!("{}{variant}", cell.field), mark(cell.verdict).0, cell.reason.to_string());
            rows.entry(key).or_default().push(&cell.persona);
        }
    }
    let row = |((field, word, reason), personas): (&(String, &str, String), &Vec<&str>)| {
        let text = format!("{field} for {}: {reason}", personas.join(", "));
        fold_after(&format!("  {word:<6} "), &text, layout.width, 9) + "\n"
    };
    let rows: String = rows.iter().map(row).collect();
    if rows.is_empty() { rows } else { format!("\n{rows}") }
}

/// How many cells have each verdict, of those that occur.
pub(super) fn counts(matrix: &Matrix) -> String {
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
