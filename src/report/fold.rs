//! Text at the width of a terminal: folded between words, never through one, values in columns where they fit.

use super::style::Style;
use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm, core::display_width};

const FAINT: Style = Style::new().dimmed();

/// Folds a text; further lines are indented.
pub fn fold(text: &str, width: usize, indent: usize) -> String {
    fold_after("", text, width, indent)
}

/// Folds a text behind a mark that stays on its first line; further lines are indented.
pub fn fold_after(mark: &str, text: &str, width: usize, indent: usize) -> String {
    let indent = " ".repeat(indent);
    // Names, ARNs and values stay whole, so that they can be copied.
    let options = Options::new(width.max(40))
        .initial_indent(mark)
        .subsequent_indent(&indent)
        .word_splitter(WordSplitter::NoHyphenation)
        .word_separator(WordSeparator::Custom(words))
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .break_words(false);
    textwrap::fill(text, options)
}

/// Joins parts, each of which stays on one line.
pub fn fold_parts(parts: impl IntoIterator<Item = String>, width: usize) -> String {
    const HARD: &str = "\u{a0}";
    // What is wider than the terminal alone has to break.
    let whole = |part: String| if display_width(&part) + 2 > width { part } else { part.replace(' ', HARD) };
    let parts: Vec<_> = parts.into_iter().map(whole).collect();
    fold(&parts.join("  "), width, 2).replace(HARD, " ")
}

/// A line may end at a blank, and in JSON behind a comma.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut rest = line;
    Box::new(std::iter::from_fn(move || {
        let end = word_end(rest)?;
        let (word, more) = rest.split_at(end);
        rest = more;
        Some(Word::from(word))
    }))
}

fn word_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let ends = |at: &usize| match bytes[at - 1] {
        b' ' => bytes[*at] != b' ',
        b',' => matches!(bytes[*at], b'"' | b'{' | b'[' | b'$'),
        _ => false,
    };
    (!text.is_empty()).then(|| (1..text.len()).find(ends).unwrap_or(text.len()))
}

/// What is written on several lines, as one.
pub fn one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// Rows of a name, its value and where that came from: in columns as far as they fit, the others one below the other.
pub fn columns(rows: &[[String; 3]], width: usize, indent: usize) -> String {
    let wide = |row: &[String; 3]| row.iter().map(|cell| display_width(cell)).sum::<usize>();
    let widest = |rows: &[&[String; 3]], at: usize| rows.iter().map(|row| display_width(&row[at])).max().unwrap_or(0);
    let mut fitting: Vec<_> = rows.iter().collect();
    while indent + (0..3).map(|at| widest(&fitting, at)).sum::<usize>() + 4 > width {
        let Some(longest) = (0..fitting.len()).max_by_key(|at| wide(fitting[*at])) else { break };
        fitting.remove(longest);
    }
    let (first, second) = (widest(&fitting, 0), widest(&fitting, 1));
    let padded = |text: &str, column: usize| text.to_owned() + &" ".repeat(column - display_width(text));
    let mut out = String::new();
    for row in rows {
        let [name, value, origin] = row;
        let origin = if origin.is_empty() { String::new() } else { format!("{FAINT}{origin}{FAINT:#}") };
        if fitting.contains(&row) {
            let line = format!("{:indent$}{}  {}  {origin}", "", padded(name, first), padded(value, second));
            out += line.trim_end();
            out.push('\n');
            continue;
        }
        // The value beside the name if there is room, and the origin below.
        let beside = indent + display_width(name) + 2 + display_width(value) <= width;
        let first = if beside { format!("{name}  {value}") } else { name.clone() };
        let second = if beside { "" } else { value };
        for (text, start) in [(first.as_str(), indent), (second, indent + 2), (origin.as_str(), indent + 2)] {
            if !text.is_empty() {
                out += &fold_after(&" ".repeat(start), text, width, start + 2);
                out.push('\n');
            }
        }
    }
    out
}
