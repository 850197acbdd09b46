//! The last step before bytes: what came from outside is written out where it would do something to its reader, a terminal,
//! a browser, a spreadsheet, a runner of CI. Every report and every message passes here once, whatever drew it.

use super::style;

/// The form of what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrittenForm {
    /// For a person, with marks of style.
    Text,
    /// One JSON text, or one a line.
    Json,
    /// HTML or XML: markup has been escaped where it was put together.
    Markup,
    /// CSV.
    Table,
    /// Commands for GitHub's runner, put together by us.
    Commands,
}

/// What a reader does not see, or what changes what he sees: controls, marks of direction, other ends of lines, tags, and
/// letters without width: `Admin` with one of them in it is another group. Joiners stay: emoji and some scripts are written
/// with them.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}')
        || matches!(letter, '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{ffa0}')
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(letter, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}')
}

/// Writes a text out so that it can do nothing. With `colour`, its marks become a terminal's.
pub fn safe(drawn: &str, form: WrittenForm, colour: bool) -> String {
    match form {
        WrittenForm::Json => json(drawn),
        WrittenForm::Text | WrittenForm::Markup | WrittenForm::Table | WrittenForm::Commands => lines(drawn, form, colour),
    }
}

/// A text alone, such as the name of a file inside a line.
pub fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        push(&mut out, letter, is_hidden(letter));
    }
    out
}

fn push(out: &mut String, letter: char, hidden: bool) {
    match hidden {
        true => out.extend(letter.escape_unicode()),
        false => out.push(letter),
    }
}

/// Whether JSON can be written as it is.
pub fn is_safe_json(text: &str) -> bool {
    let plain = text.is_ascii() && !text.as_bytes().contains(&0x7f);
    plain || !text.chars().any(|letter| letter > '~' && is_hidden(letter))
}

/// JSON, in which what stands outside of ASCII stands in a string.
fn json(text: &str) -> String {
    if is_safe_json(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if letter > '~' && is_hidden(letter) {
            let mut units = [0; 2];
            out.extend(letter.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(letter);
        }
    }
    out
}

fn lines(drawn: &str, form: WrittenForm, colour: bool) -> String {
    let mut out = String::with_capacity(drawn.len());
    let (mut rest, mut begins) = (drawn, true);
    while let Some(letter) = rest.chars().next() {
        // Most letters do nothing, and are copied together.
        let plain = rest.bytes().take_while(is_plain).count();
        if plain > 0 {
            begins &= rest.bytes().take(plain).all(|byte| byte == b' ');
            out.push_str(&rest[..plain]);
            rest = &rest[plain..];
            continue;
        }
        if letter == '\u{1b}'
            && form == WrittenForm::Text
            && let Some((codes, after)) = style::mark(rest)
        {
            if colour {
                out.push_str("\u{1b}[");
                out.push_str(codes);
                out.push('m');
            }
            rest = after;
            continue;
        }
        let after = &rest[letter.len_utf8()..];
        let end = letter == '\n' || form == WrittenForm::Table && letter == '\r' && after.starts_with('\n');
        let runs = form != WrittenForm::Commands && commands(rest, begins);
        match form {
            WrittenForm::Markup if runs => out.push_str(&format!("&#{};", u32::from(letter))),
            _ => push(&mut out, letter, runs || is_hidden(letter) && !end && letter != '\t'),
        }
        begins = end || begins && letter.is_whitespace();
        rest = after;
    }
    out
}

/// A letter that a reader sees, and with which no command begins.
fn is_plain(byte: &u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b':' | b'#')
}

/// Whether a runner of CI would take what follows for a command: GitHub's `::name::` at the beginning of a line
/// (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>) and its older `##[name]` anywhere,
/// Azure's `##vso[`, TeamCity's `##teamcity[`.
fn commands(text: &str, begins: bool) -> bool {
    begins && text.starts_with("::") || ["##[", "##vso[", "##teamcity["].iter().any(|sign| text.starts_with(sign))
}

#[cfg(test)]
mod tests {
    use super::super::style::{AnsiColor, Style};
    use super::*;

    #[test]
    fn our_colours_are_left_out_or_shown_and_others_are_written_out() {
        let (red, faint) = (AnsiColor::Red.on_default().bold(), Style::new().dimmed());
        let foreign = "\u{1b}[31mx\u{9b}2J\u{202e}\r";
        let drawn = format!("a {red}b{red:#} {faint}é{faint:#} {foreign}\n\tc");
        let shown = "\\u{1b}[31mx\\u{9b}2J\\u{202e}\\u{d}\n\tc";
        assert_eq!(safe(&drawn, WrittenForm::Text, false), format!("a b é {shown}"));
        assert_eq!(
            safe(&drawn, WrittenForm::Text, true),
            format!("a \u{1b}[1;31mb\u{1b}[0m \u{1b}[2mé\u{1b}[0m {shown}")
        );
        assert_eq!(safe(&format!("{red}"), WrittenForm::Table, true).find('\u{1b}'), None);
    }

    #[test]
    fn json_stays_json() {
        let text = serde_json::to_string(&serde_json::json!({"\u{9b}a": "\u{202e}\u{e0041}é\u{7f}\n"})).unwrap();
        let written = safe(&text, WrittenForm::Json, true);
        assert_eq!(written, "{\"\\u009ba\":\"\\u202e\\udb40\\udc41é\\u007f\\n\"}");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&written), read(&text));
    }

    #[test]
    fn no_line_is_a_command_for_a_runner() {
        let text = "::error::x\n  ::set-env a\nno ::b\n##[add-mask]y ##vso[z]\n## note";
        let wanted = "\\u{3a}:error::x\n  \\u{3a}:set-env a\nno ::b\n\\u{23}#[add-mask]y \\u{23}#vso[z]\n## note";
        assert_eq!(safe(text, WrittenForm::Text, false), wanted);
        assert_eq!(safe("<pre>a\n::b</pre>", WrittenForm::Markup, false), "<pre>a\n&#58;:b</pre>");
        assert_eq!(safe("::error::x\n", WrittenForm::Commands, false), "::error::x\n");
        assert_eq!(safe("a,b\r\n\"c\rd\"\r\n", WrittenForm::Table, false), "a,b\r\n\"c\\u{d}d\"\r\n");
    }
}
