//! Tables for spreadsheets, as RFC 4180 has them.

use super::replay::ReplayRows;
use crate::suite::Matrix;
use ::csv::{Terminator, WriterBuilder};

/// The access matrix: one line a cell.
pub fn matrix(matrix: &Matrix) -> String {
    let header = ["field", "persona", "variant", "verdict", "template", "slot", "half", "line", "reason"];
    let rows = matrix.cells.iter().map(|cell| {
        let by = cell.decided_by.as_ref();
        let line = by.and_then(|by| by.line).map(|line| line.to_string());
        [
            cell.field.clone(),
            cell.persona.clone(),
            cell.variant.clone().unwrap_or_default(),
            cell.verdict.to_string(),
            by.map(|by| by.template.clone()).unwrap_or_default(),
            by.and_then(|by| by.slot.clone()).unwrap_or_default(),
            by.map(|by| by.half.as_str().to_owned()).unwrap_or_default(),
            line.unwrap_or_default(),
            cell.reason.to_string(),
        ]
    });
    table(Terminator::CRLF, header, rows)
}

/// A replayed log: one line a kind of refusal, then one a kind of change.
pub fn replay(found: &ReplayRows<'_>) -> String {
    let refusals = found.rows.iter().map(|row| {
        let (caller, reason) = found.shown(row);
        [row.count.to_string(), row.field.clone(), row.cause.clone(), caller.to_owned(), reason.to_string()]
    });
    let changes = found.changes.iter().map(|row| {
        let count = row.count.to_string();
        [count, row.field.clone(), row.change.to_string(), row.caller.clone(), row.reason.to_string()]
    });
    let header = ["count", "field", "cause", "caller", "reason"];
    table(Terminator::Any(b'\n'), header, refusals.chain(changes))
}

fn table<const N: usize>(end: Terminator, header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut writer = WriterBuilder::new().terminator(end).from_writer(Vec::new());
    let mut write = |fields: &[String]| writer.write_record(fields).expect("a row of a table in memory");
    write(&header.map(str::to_owned));
    for row in rows {
        write(&row.map(defused));
    }
    let bytes = writer.into_inner().expect("a table in memory");
    String::from_utf8(bytes).expect("a table of text")
}

/// A spreadsheet runs what begins with one of these signs, some also behind a blank, and in their wide forms
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
fn defused(field: String) -> String {
    const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let bare = field.trim_start_matches(|letter: char| letter.is_whitespace() || letter.is_control() || letter == '"');
    if bare.starts_with(SIGNS) || field.starts_with(['\t', '\r', '\n']) { format!("'{field}") } else { field }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be_and_never_run() {
        let rows = [["a,b", "say \"x\""], ["=1+1", "two\nlines"]].map(|row| row.map(str::to_owned));
        let text = table(Terminator::CRLF, ["one", "two"], rows.into_iter());
        assert_eq!(text, "one,two\r\n\"a,b\",\"say \"\"x\"\"\"\r\n'=1+1,\"two\nlines\"\r\n");
    }
}
