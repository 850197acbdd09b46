//! The requests of a HAR: a table, refused first, then the reports.

use super::Layout;
use super::diagnosis::{cause, verdict_word};
use super::fold::{fold, fold_after};
use super::standing::Standing;
use super::words::shorten;
use crate::message::{counted, headed};
use crate::suite::Diagnosis;
use super::style::Style;
use std::fmt::Write;
use textwrap::core::display_width;

const FAINT: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

/// Letters of a field in the table: its report has them all.
const LONGEST_FIELD: usize = 80;

/// A request of a HAR, with its report.
#[derive(Debug)]
pub struct RequestLine {
    standing: Standing,
    cells: [String; 5],
    cause: String,
    url: String,
    /// The text of its report.
    pub report: String,
}

impl RequestLine {
    /// Of a diagnosis, made at this time (RFC 3339) to this address.
    pub fn new(diagnosis: &Diagnosis, time: &str, url: &str, report: String) -> Self {
        let clock = time.split('T').nth(1).unwrap_or(time);
        let clock = clock.split(['.', 'Z', '+']).next().unwrap_or(clock).to_owned();
        let mode = diagnosis.auth_type.map_or("", |mode| mode.as_str()).replace(" Authorization", "");
        let layer = diagnosis.layer.map_or(String::new(), |layer| layer.to_string());
        let field = shorten(diagnosis.field.clone().unwrap_or_default(), LONGEST_FIELD);
        Self {
            standing: Standing::of(diagnosis),
            cells: [clock, field, mode, verdict_word(diagnosis), layer],
            cause: cause(diagnosis).unwrap_or_default(),
            url: format!("{time}  {}", headed(url)),
            report,
        }
    }
}

/// The table, then the reports of what was refused; where nothing was, of what could not be told, or the first of which there is
/// something to say; with `all`, of everything.
/// One request alone needs no table.
pub fn text(mut lines: Vec<RequestLine>, all: bool, layout: Layout) -> String {
    let shown = |line: &RequestLine| format!("{FAINT}{}{FAINT:#}\n{}\n", line.url, line.report);
    if let [one] = lines.as_slice() {
        return shown(one);
    }
    lines.sort_by_key(|line| line.standing);
    let count = |standing: Standing| lines.iter().filter(|line| line.standing == standing).count();
    let (refused, failed, unknown) = (count(Standing::Refused), count(Standing::Failed), count(Standing::Unknown));
    let passed = lines.len() - refused - failed - unknown;
    // An error refused nobody, and is told where there is one.
    let failures = if failed > 0 { format!(", {failed} failed") } else { String::new() };
    let summary = format!(
        "{STRONG}{} to AppSync{STRONG:#}: {refused} refused{failures}, {unknown} unknown, {passed} without a refusal",
        counted(lines.len(), "request")
    );
    let mut out = fold(&summary, layout.width, 2) + "\n\n";
    table(&lines, layout, &mut out);
    let least = if refused + failed > 0 { Standing::Failed } else { Standing::Unknown };
    let none_refused = refused + failed + unknown == 0;
    // Where nothing was refused, what there is to say of the first stands whole.
    let first = lines.iter().position(|line| none_refused && !line.cause.is_empty());
    let lines_shown = lines.iter().enumerate().filter(|(at, line)| all || line.standing <= least || first == Some(*at));
    let mut left = lines.len();
    for (at, line) in lines_shown {
        left -= 1;
        let _ = write!(out, "\n{STRONG}#{}{STRONG:#}  {}", at + 1, shown(line));
    }
    if left > 0 {
        let next = format!("`vtl-eval diagnose FILE --all` tells of the other {left} too");
        let _ = writeln!(out, "\n{}", fold_after(&format!("{STRONG}Next{STRONG:#}  "), &next, layout.width, 6));
    }
    out
}

fn table(lines: &[RequestLine], layout: Layout, out: &mut String) {
    // What a narrow terminal has no room for is left out: first the time, then the mode, then the layer.
    let columns: &[usize] = match layout.width {
        0..50 => &[1, 3],
        50..60 => &[1, 3, 4],
        60..80 => &[1, 2, 3, 4],
        _ => &[0, 1, 2, 3, 4],
    };
    let widest = |column: usize| lines.iter().map(|line| display_width(&line.cells[column])).max().unwrap_or(0);
    let widths: Vec<(usize, usize)> = columns.iter().map(|column| (*column, widest(*column))).collect();
    let used = 5 + widths.iter().map(|(_, width)| width + 2).sum::<usize>();
    for (at, line) in lines.iter().enumerate() {
        let (mark, colour) = line.standing.mark();
        let style = colour.on_default();
        let mut row = format!("{:>3} {style}{mark}{style:#}", at + 1);
        for (column, width) in &widths {
            let cell = &line.cells[*column];
            let _ = write!(row, "  {cell}{}", " ".repeat(width - display_width(cell)));
        }
        let room = layout.width.saturating_sub(used + 2);
        if room >= 20 && !line.cause.is_empty() {
            let _ = write!(row, "  {FAINT}{}{FAINT:#}", fitted(&line.cause, room));
        }
        let _ = writeln!(out, "{}", row.trim_end());
    }
}

/// As much of a text as fits.
fn fitted(text: &str, room: usize) -> String {
    // The more letters, the wider: the last number of letters that fits is found by halves.
    let fits = |most: usize| display_width(&shorten(text.to_owned(), most)) <= room;
    let (mut least, mut most) = (1, text.chars().count());
    while least < most {
        let middle = (least + most).div_ceil(2);
        if fits(middle) {
            least = middle;
        } else {
            most = middle - 1;
        }
    }
    shorten(text.to_owned(), most)
}
