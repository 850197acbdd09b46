//! The access matrix as a page: a tinted table with filters, and each reason once, below it. No script: radio buttons, boxes
//! and links do it with the style alone. What many cells share stands in the page once, so that 400 fields by 12 personas
//! stay below a megabyte.

use super::matrix::{Table, counts, table};
use super::page::{code, escape, page_with, section, sentence, table as page_table, tree, verdict};
use super::words::of_verdict;
use crate::message::counted;
use crate::suite::{Cell, CellDifference, Matrix};
use crate::trace::Verdict;
use indexmap::{IndexMap, IndexSet};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::fmt::Write as _;

/// In the order of the filters.
const VERDICTS: [Verdict; 6] =
    [Verdict::Denied, Verdict::Allowed, Verdict::Filtered, Verdict::Completed, Verdict::Unknown, Verdict::Error];

/// Types and personas beyond these have no box of their own: nobody looks through more.
const MOST_BOXES: usize = 60;

/// One self-contained page.
pub fn html(matrix: &Matrix, differences: Option<&[CellDifference]>) -> String {
    let table = table(matrix);
    let types: IndexSet<&str> = table.rows.iter().map(|(name, _)| parent(name)).collect();
    let mut body = verdict(1, "Access matrix", &escape(&counts(matrix)));
    if let Some(differences) = differences {
        body += &changes(differences);
    }
    let mut reasons = IndexMap::new();
    let rows = rows(matrix, &table, &types, differences.unwrap_or_default(), &mut reasons);
    body += &section(2, "Fields and personas", &format!("{}{rows}", filters(matrix, &table, &types)));
    body += &section(2, "Reasons", &listed(&reasons));
    page_with("Access matrix", &style(&table, &types), &body)
}

/// The type of a row, `Query` of `Query.listNotes (as an editor)`.
fn parent(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// What a change of rules opened and closed.
fn changes(differences: &[CellDifference]) -> String {
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
    section(2, &counted(rows.len(), "difference"), &page_table("Differences", &columns, &rows))
}

/// The verdicts with what they mean (the legend), the types and the personas.
fn filters(matrix: &Matrix, table: &Table<'_>, types: &IndexSet<&str>) -> String {
    let mut out = String::from("<div class=\"filters\"><fieldset><legend>Verdict</legend>");
    let _ = write!(out, "<label><input type=\"radio\" name=\"v\" id=\"v-all\" checked> all</label>");
    for one in VERDICTS {
        let count = matrix.cells.iter().filter(|cell| cell.verdict == one).count();
        if count > 0 {
            let _ = write!(
                out,
                "<label><input type=\"radio\" name=\"v\" id=\"v-{one}\"> <b class=\"tone swatch {one}\">{one}</b> {count}: {}</label>",
                escape(of_verdict(one))
            );
        }
    }
    out += "</fieldset>";
    boxes(&mut out, "Type", 't', &types.iter().copied().collect::<Vec<_>>());
    boxes(&mut out, "Persona", 'p', &table.personas);
    out + "</div>"
}

fn boxes(out: &mut String, legend: &str, id: char, names: &[&str]) {
    let _ = write!(out, "<fieldset><legend>{legend}</legend>");
    for (at, name) in names.iter().take(MOST_BOXES).enumerate() {
        let _ = write!(out, "<label><input type=\"checkbox\" id=\"{id}-{at}\" checked> {}</label>", escape(name));
    }
    out.push_str("</fieldset>");
}

/// What a cell shows when it is asked, without its place: cells that share it share a number.
type CellReasons = IndexMap<(Verdict, String), Vec<usize>>;

fn rows(
    matrix: &Matrix,
    table: &Table<'_>,
    types: &IndexSet<&str>,
    differences: &[CellDifference],
    reasons: &mut CellReasons,
) -> String {
    let changed: HashMap<(&str, &str, Option<&str>), &CellDifference> = differences
        .iter()
        .map(|one| ((one.field.as_str(), one.persona.as_str(), one.variant.as_deref()), one))
        .collect();
    let mut out = String::from(
        "<div id=\"m\" class=\"wide matrix\" role=\"group\" tabindex=\"0\" aria-label=\"Fields and personas\"><table><thead><tr><th scope=\"col\">field</th>",
    );
    for persona in &table.personas {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(persona));
    }
    out += "</tr></thead><tbody>\n";
    for (name, cells) in &table.rows {
        let at = types.get_index_of(parent(name)).unwrap_or_default();
        let verdicts = verdicts(matrix, cells);
        let _ = write!(out, "<tr class=\"t{at}{verdicts}\"><th scope=\"row\">{}</th>", named(matrix, name, cells));
        for cell in cells {
            let Some((index, cell)) = cell.and_then(|at| Some((at, matrix.cells.get(at)?))) else {
                out += "<td></td>";
                continue;
            };
            let entry = reasons.entry((cell.verdict, reason(cell)));
            let number = entry.index();
            entry.or_default().push(index);
            let change = changed.get(&(cell.field.as_str(), cell.persona.as_str(), cell.variant.as_deref()));
            out += &cell_html(cell, number, change.copied());
        }
        out += "</tr>\n";
    }
    out + "</tbody></table></div>"
}

/// The verdicts of a row's cells as classes, so that no style has to look for them in the cells.
fn verdicts(matrix: &Matrix, cells: &[Option<usize>]) -> String {
    let all: IndexSet<Verdict> = cells.iter().flatten().filter_map(|at| Some(matrix.cells.get(*at)?.verdict)).collect();
    all.iter().map(|verdict| format!(" with-{verdict}")).collect()
}

/// A row's name, and behind it the files that decided its cells.
fn named(matrix: &Matrix, name: &str, cells: &[Option<usize>]) -> String {
    let cells = cells.iter().flatten().filter_map(|at| matrix.cells.get(*at));
    let deciding = cells.flat_map(|cell| {
        let alone = cell.templates.as_ref().and_then(|alone| alone.decided_by.as_ref());
        [cell.decided_by.as_ref(), alone].into_iter().flatten()
    });
    let files: IndexSet<&str> = deciding.filter_map(|by| by.file.as_deref()).collect();
    if files.is_empty() {
        return escape(name);
    }
    let files: String = files.into_iter().map(|file| format!("<p>{}</p>", code(file))).collect();
    format!("<details><summary>{}</summary>{files}</details>", escape(name))
}

/// The verdict, which leads to its reason, and the place of what decided.
fn cell_html(cell: &Cell, reason: usize, change: Option<&CellDifference>) -> String {
    let word = cell.verdict;
    let place = cell.decided_by.as_ref().map_or(String::new(), |by| {
        let line = by.line.map_or(String::new(), |line| format!(":{line}"));
        let slot = by.slot.as_deref().map_or(String::new(), |slot| format!(" {slot}"));
        format!("<i>{}</i>", escape(&format!("{}{line}{slot} {}", by.template, by.half.as_str())))
    });
    let (attribute, was) = change.map_or_else(Default::default, |change| {
        let before = change.before.map_or_else(|| "absent".to_owned(), |verdict| verdict.to_string());
        (format!(" data-change=\"{}\"", change.change), format!(" <b>{}</b>, was {before}", change.change))
    });
    format!("<td class=\"{word}\"{attribute}><a href=\"#r{reason}\">{word}{place}</a>{was}</td>")
}

/// The reason, and what goes with it, without the place.
fn reason(cell: &Cell) -> String {
    let word_of = |value: Json| escape(value.as_str().unwrap_or_default());
    let layer = cell.layer.map(|layer| format!("<p>decided by the layer {}</p>", word_of(json!(layer))));
    let needs: Vec<_> = cell.needs.iter().map(|need| word_of(json!(need))).collect();
    let needs = (!needs.is_empty()).then(|| format!("<p>needs {}</p>", needs.join(", ")));
    let alone = cell.templates.as_ref().filter(|alone| alone.verdict != cell.verdict);
    let alone = alone.map(|alone| format!("<p>the templates alone: {}</p>", alone.verdict));
    let more: String = [layer, needs, alone].into_iter().flatten().collect();
    let filter = if cell.filter.is_null() { String::new() } else { tree(&cell.filter) };
    let reason = sentence(&cell.reason);
    format!("<p>{reason}</p>{more}{filter}")
}

/// Each reason once; the one that a cell leads to stands over the page until it is closed.
fn listed(reasons: &CellReasons) -> String {
    let mut out = String::from("<ol class=\"reasons\">\n");
    for (number, ((verdict, text), cells)) in reasons.iter().enumerate() {
        let _ = writeln!(
            out,
            "<li id=\"r{number}\" class=\"{verdict}\"><p><b class=\"tone\">{verdict}</b> in {} <a class=\"close\" href=\"#m\">back to the table</a></p>{text}</li>",
            counted(cells.len(), "cell")
        );
    }
    out + "</ol>"
}

/// What each button and box hides. `:has` looks at the buttons alone: over the cells it costs half of the page's opening.
fn style(table: &Table<'_>, types: &IndexSet<&str>) -> String {
    let mut out = String::new();
    let mut rule = |what: String, how: &str| out.push_str(&format!("{what} {{ {how}; }}\n"));
    for one in VERDICTS {
        rule(format!(".filters:has(#v-{one}:checked) ~ #m tbody tr:not(.with-{one})"), "display: none");
        // A column keeps its width.
        rule(format!(".filters:has(#v-{one}:checked) ~ #m td:not(.{one}) > *"), "visibility: hidden");
        rule(format!("section:has(> .filters #v-{one}:checked) ~ section .reasons li:not(.{one})"), "display: none");
    }
    for at in 0..types.len().min(MOST_BOXES) {
        rule(format!(".filters:has(#t-{at}:not(:checked)) ~ #m tr.t{at}"), "display: none");
    }
    for at in 0..table.personas.len().min(MOST_BOXES) {
        let column = at + 2;
        rule(format!(".filters:has(#p-{at}:not(:checked)) ~ #m tr > :nth-child({column})"), "display: none");
    }
    // Where the cells of a row stand below each other, each has its persona before it.
    out += "@media (max-width: 44rem) {\n";
    for (at, persona) in table.personas.iter().enumerate() {
        let _ = writeln!(out, ".matrix td:nth-child({})::before {{ content: {}; }}", at + 2, css_text(persona));
    }
    out + "}\n"
}

/// A text of CSS: every character that could end it, or the element around it, is written as its number.
fn css_text(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            ' ' | '-' | '_' | '.' => out.push(letter),
            letter if letter.is_ascii_alphanumeric() => out.push(letter),
            letter => drop(write!(out, "\\{:x} ", u32::from(letter))),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::css_text;

    #[test]
    fn a_name_stays_inside_its_text() {
        assert_eq!(css_text("an editor"), "\"an editor\"");
        assert_eq!(css_text("\"}</style>"), "\"\\22 \\7d \\3c \\2f style\\3e \"");
    }
}
