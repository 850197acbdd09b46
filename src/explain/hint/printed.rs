//! Where text of the template itself is no JSON: which slip it is, and on which line.

use super::Finished;
use crate::message::Message;
use crate::nearest::nearest;
use crate::trace::index::Node;

/// A slip in what was printed.
pub struct PrintSlip {
    /// What is wrong, as a part of a sentence.
    pub what: String,
    /// What to do.
    pub cure: String,
    /// The line of the template; 0 where it was not found.
    pub line: u32,
}

/// What is wrong where reading stopped, at this byte of the output.
pub fn slip(run: &Finished<'_>, output: &str, at: usize) -> Option<PrintSlip> {
    let (before, rest) = (output.get(..at)?, output.get(at..)?);
    let first_line = rest.trim_start_matches([' ', '\t', '\r', '\n']).lines().next()?.trim_end();
    let source = |text: &str| line_of(run, text);
    if let Some(slip) = odd_letter(run, first_line) {
        return Some(slip);
    }
    if before.trim().is_empty() && !first_line.starts_with(['{', '[', '"']) {
        return Some(stray(run, first_line));
    }
    let name: String = first_line.chars().take_while(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '$')).collect();
    let after = first_line.get(name.len()..)?.trim_start();
    if !name.is_empty() && after.starts_with(':') && before.trim_end().ends_with(['{', ',']) {
        return Some(PrintSlip {
            what: format!("the member name `{name}` stands without double quotes"),
            cure: format!("Write `\"{name}\":`; a local emulator may take it without, AppSync does not"),
            line: source(&format!("{name}:")).or_else(|| source(&name)).unwrap_or_default(),
        });
    }
    if first_line.starts_with('\'') {
        let quoted: String = first_line.chars().take(30).collect();
        return Some(PrintSlip {
            what: format!("`{quoted}` stands in single quotes, and JSON has double ones only"),
            cure: "Write double quotes".to_owned(),
            line: source(&quoted).unwrap_or_default(),
        });
    }
    if first_line.starts_with('"') && before.trim_end().ends_with(|letter: char| matches!(letter, '"' | '}' | ']' | 'e' | 'l') || letter.is_ascii_digit()) {
        let member: String = first_line.chars().take(30).collect();
        let key = first_line.split('"').nth(1).unwrap_or_default();
        if let Some(slip) = rows_in_one_object(run, source(&format!("\"{key}\"")).unwrap_or_default()) {
            return Some(slip);
        }
        return Some(PrintSlip {
            what: format!("a comma is missing before `{member}`"),
            cure: "Write a comma at the end of the member before it".to_owned(),
            line: source(&format!("\"{key}\"")).unwrap_or_default(),
        });
    }
    if let Some(slip) = bare_word(before, first_line, source) {
        return Some(slip);
    }
    if rest.trim().is_empty() {
        let (open, close) = if opened(before, '{', '}') { ('{', '}') } else { ('[', ']') };
        return Some(PrintSlip {
            what: format!("the output ends before its `{open}` is closed"),
            cure: format!("A `{close}` is missing at the end, or what should have printed it did not run"),
            line: 0,
        });
    }
    None
}

/// A word without quotes that JSON has not (<https://www.rfc-editor.org/rfc/rfc8259>, 3: three literal names), where reading stopped in
/// it or right behind it.
fn bare_word(before: &str, rest: &str, line: impl Fn(&str) -> Option<u32>) -> Option<PrintSlip> {
    let of_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | '@');
    let begins = before.rfind(|letter: char| !of_word(letter)).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let word: String = before[begins..].chars().chain(rest.chars().take_while(|letter| of_word(*letter))).collect();
    let is_value = before[..begins].trim_end().ends_with([':', '[', ',']);
    let literal = ["true", "false", "null"].contains(&word.as_str());
    (is_value && !literal && word.starts_with(char::is_alphabetic)).then(|| PrintSlip {
        what: format!("`{word}` stands without quotes, and JSON knows no other words than true, false and null"),
        cure: format!("Write `\"{word}\"`, if it is a text; a value that is printed there needs `$util.toJson(…)`"),
        line: line(&word).unwrap_or_default(),
    })
}

/// A loop prints the members of several rows between the same braces.
fn rows_in_one_object(run: &Finished<'_>, at: u32) -> Option<PrintSlip> {
    let each = run.recorder.index.loops().find(|each| {
        let span = run.program.span(each.node);
        let (from, to) = (run.program.source.place(span.start).line, run.program.source.place(span.end.saturating_sub(1)).line);
        (from..=to.max(from + each.body.len() as u32)).contains(&at) && run.recorder.walks.get(&each.node).and_then(|walks| walks.last()).is_some_and(|walk| walk.count > 1)
    })?;
    let turns = run.recorder.walks.get(&each.node)?.last()?.count;
    let list = run.program.one_line(each.list.node);
    Some(PrintSlip {
        what: format!("the loop over `{list}` (line {}) prints the members of {turns} rows between the same braces: no comma stands between two of them, and every name comes {turns} times", run.program.line(each.node)),
        cure: format!("Print one row, `$util.toJson({list}[0])`, or the list, `$util.toJson({list})`; by hand each row needs braces of its own, and commas between them"),
        line: 0,
    })
}

/// Quotes and blanks that word processors and web pages put in the place of plain ones, and comments, which JSON has not
/// (<https://www.rfc-editor.org/rfc/rfc8259>).
fn odd_letter(run: &Finished<'_>, text: &str) -> Option<PrintSlip> {
    const QUOTES: [char; 8] = ['\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}', '\u{bb}', '\u{2018}', '\u{2019}', '\u{2033}'];
    const BLANKS: [char; 6] = ['\u{a0}', '\u{202f}', '\u{2007}', '\u{3000}', '\u{200b}', '\u{feff}'];
    let first = text.chars().next()?;
    let all: &[char] = if QUOTES.contains(&first) {
        &QUOTES
    } else if BLANKS.contains(&first) {
        &BLANKS
    } else if let Some(mark) = ["//", "/*", "# "].into_iter().find(|mark| text.starts_with(mark)) {
        // A word right behind the mark may be a directive that was meant; and what a comment says is nobody's to show.
        let begin: String = text.chars().take(30).collect();
        let line = line_of(run, &begin).unwrap_or_default();
        return Some(PrintSlip { what: format!("what begins with `{}` is printed as text: JSON has no comments", mark.trim_end()), cure: "Begin a comment with `##`, which the template leaves out".to_owned(), line });
    } else {
        return None;
    };
    let lines = run.program.source.text.lines().zip(1_u32..).filter(|(line, _)| line.contains(all)).map(|(_, at)| at);
    let lines: Vec<u32> = lines.collect();
    let others: Vec<String> = lines.iter().skip(1).take(8).map(ToString::to_string).collect();
    let more = if others.is_empty() { String::new() } else { format!(", and so on line {}", others.join(", ")) };
    let code = u32::from(first);
    Some(match all.contains(&QUOTES[0]) {
        true => PrintSlip {
            what: format!("`{first}` (U+{code:04X}) is a typographic quote and no plain one{more}, as word processors and web pages make them"),
            cure: "Write plain quotes (`\"`) in the place of them all".to_owned(),
            line: lines.first().copied().unwrap_or_default(),
        },
        false => PrintSlip {
            what: format!("a letter that looks like a blank or like nothing (U+{code:04X}{}) stands in the place of an ordinary blank{more}, as web pages and word processors make them", if first == BLANKS[0] { ", a no-break space" } else { "" }),
            cure: "Delete it, or write an ordinary blank".to_owned(),
            line: lines.first().copied().unwrap_or_default(),
        },
    })
}

/// A number that no reader takes: beyond the range of a double, or longer than AppSync's reader allows.
pub fn number(run: &Finished<'_>, output: &str, at: usize, why: &str) -> Option<Message> {
    let (range, long) = (why.contains("number out of range"), why.contains("number is too long"));
    if !range && !long {
        return None;
    }
    let digit = |letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '-' | '.' | 'e' | 'E');
    let near = |text: &str, at: usize| {
        let start = text[..at].rfind(|letter| !digit(letter)).map_or(0, |found| found + 1);
        let end = text[at..].find(|letter| !digit(letter)).map_or(text.len(), |found| at + found);
        text[start..end].to_owned()
    };
    let word = if long {
        output.split(|letter| !digit(letter)).max_by_key(|word| word.len()).unwrap_or_default().to_owned()
    } else {
        near(output, (0..=at).rev().find(|at| output.is_char_boundary(*at)).unwrap_or(0))
    };
    let shown: String = match word.chars().count() {
        0..=40 => word.clone(),
        count => format!("{}… ({count} digits)", word.chars().take(20).collect::<String>()),
    };
    let place = line_of(run, &word).map_or_else(String::new, |line| format!(" (line {line})"));
    let what = if long { "has more digits than a reader of JSON takes" } else { "is beyond the range of a number" };
    Some(Message::from(format!("The output is not valid JSON: the number `{shown}`{place} {what}, so AppSync cannot read it. No rule refused the caller.")).cured("Send it as a text, in quotes."))
}

/// Whether more is opened than closed, outside of texts.
fn opened(text: &str, open: char, close: char) -> bool {
    let (mut inside, mut escaped, mut depth) = (false, false, 0_i64);
    for letter in text.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            _ if inside => {}
            _ if letter == open => depth += 1,
            _ if letter == close => depth -= 1,
            _ => {}
        }
    }
    depth > 0
}

/// Text that was printed before the value.
fn stray(run: &Finished<'_>, text: &str) -> PrintSlip {
    let shown: String = text.chars().take(40).collect();
    if let Some(rest) = text.strip_prefix('#') {
        let word: String = rest.chars().take_while(char::is_ascii_alphabetic).take(30).collect();
        let line = line_of(run, text).unwrap_or_default();
        // What a comment says is nobody's to show, and a word right behind the mark may be a directive that was meant.
        return match word.is_empty() {
            true => PrintSlip { what: "what begins with one `#` is printed as text in front of the value: a comment begins with two".to_owned(), cure: "Begin a comment with `##`, which the template leaves out".to_owned(), line },
            false => PrintSlip {
                what: format!("`#{word}` is printed as text in front of the value: as it stands that is no directive and does nothing"),
                cure: format!("Write what was meant, {}", meant(&word)),
                line,
            },
        };
    }
    let (line, whole) = behind_statement(run, text).unwrap_or_else(|| (line_of(run, text).unwrap_or_default(), false));
    let bracket = text.starts_with([')', ']', '}']);
    let what = match (bracket, whole) {
        (true, true) => format!("`{shown}` is one closing bracket too many: the directive ends before it, and it is printed as plain text in front of the value"),
        _ => format!("`{shown}` is printed as plain text in front of the value"),
    };
    PrintSlip { what, cure: format!("Delete the stray `{shown}`"), line }
}

/// The directive or the call that a misspelt one was meant to be.
fn meant(word: &str) -> String {
    const DIRECTIVES: [&str; 8] = ["set", "if", "elseif", "else", "end", "foreach", "break", "return"];
    const REFUSALS: [&str; 2] = ["unauthorized", "error"];
    let near = |names: &[&'static str]| names.iter().copied().find(|name| *name == word).or_else(|| nearest(word, names.iter().copied()));
    match (near(&REFUSALS), near(&DIRECTIVES)) {
        (Some(call), _) => format!("`$util.{call}(…)`: a call begins with `$util.`"),
        (None, Some(name)) => format!("`#{name}`; if it is a comment, begin it with `##`"),
        (None, None) => "a directive or a call; if it is a comment, begin it with `##`".to_owned(),
    }
}

/// The line on which a text stands behind a statement.
fn behind_statement(run: &Finished<'_>, text: &str) -> Option<(u32, bool)> {
    let sets = run.recorder.index.statements.iter().filter(|(_, statement)| matches!(statement, Node::Set(_)));
    let ends = sets.map(|(node, _)| run.program.span(*node).end);
    let source = &run.program.source.text;
    let mut ends = ends;
    ends.find_map(|end| {
        let tail = source.get(end as usize..)?.lines().next()?.trim();
        let fits = !tail.is_empty() && !tail.starts_with('#') && text.starts_with(tail);
        fits.then(|| (run.program.source.place(end).line, true))
    })
}

/// The first line of the template that has this text.
fn line_of(run: &Finished<'_>, text: &str) -> Option<u32> {
    let text = text.split('$').next()?.trim();
    let at = run.program.source.text.find(text).filter(|_| !text.is_empty())?;
    Some(run.program.source.place(at as u32).line)
}
