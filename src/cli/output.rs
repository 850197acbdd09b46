//! Where results go.

use super::exit::CommandError;
use super::say;
use super::{secrets, whole};
use crate::files::{unwritten, was_read};
use crate::report::{Layout, WrittenForm, safe};
use serde::Serialize;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// Writes to a file, without colours, or to standard output. Secrets are taken out of it first; a report that has notes has
/// said so already ([`super::secrets::drawn`]). What came from outside is written out ([`safe`]).
///
/// # Errors
/// It cannot be written, or would be written over what is read.
pub fn write(text: &str, form: WrittenForm, file: Option<&Path>) -> Result<(), CommandError> {
    let mut text = text.to_owned();
    if secrets::hide(&mut text, form) {
        say::say("note: credentials are shown as [secret]; --show-secrets shows them");
    }
    let colour = file.is_none() && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    let text = safe(&text, form, colour);
    match file {
        Some(path) => {
            if is_input(path) {
                let name = path.display();
                return Err(CommandError::new(format!(
                    "cannot write {name}: it is also what is read; name another file"
                )));
            }
            whole::write(path, text.as_bytes()).map_err(|error| {
                CommandError::new(format!("cannot write {}: {}", path.display(), unwritten(path, &error)))
            })
        }
        // On an old console of Windows, colours are made by calls.
        None if colour => {
            let mut out = anstream::stdout().lock();
            out.write_all(text.as_bytes())?;
            Ok(out.flush()?)
        }
        None => {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes())?;
            Ok(out.flush()?)
        }
    }
}

/// A text for a person, with marks that every terminal has where this one may lack others.
pub fn drawn(text: String) -> String {
    if !is_ascii() {
        return text;
    }
    const MARKS: [(char, &str); 14] = [
        ('✓', "+"),
        ('✗', "x"),
        ('→', ">"),
        ('•', "*"),
        ('…', "..."),
        ('─', "-"),
        ('│', "|"),
        ('├', "|"),
        ('└', "`"),
        ('▶', ">"),
        ('×', "x"),
        ('·', "."),
        ('–', "-"),
        ('—', "-"),
    ];
    let mark = |letter: char| MARKS.iter().find(|(mark, _)| *mark == letter).map(|(_, plain)| *plain);
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match mark(letter) {
            Some(plain) => out.push_str(plain),
            None => out.push(letter),
        }
    }
    out
}

/// Whether the terminal may have no marks beyond ASCII: `TERM=dumb`, or a locale that names another encoding than UTF-8. On
/// Windows the locale says nothing.
fn is_ascii() -> bool {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if set("TERM").as_deref() == Some("dumb") {
        return true;
    }
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    let utf8 = |locale: &String| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    };
    cfg!(unix) && locale.is_some_and(|locale| !utf8(&locale))
}

/// Whether another argument names the same file, or it was read as a part of a project. A report of ours that lies in a
/// project is no part of it.
fn is_input(path: &Path) -> bool {
    let Ok(whole) = crate::files::real(path) else { return false };
    if !whole.is_file() {
        return false;
    }
    if was_read(&whole) && !is_report(&whole) {
        return true;
    }
    // `< FILE` names it too. Elsewhere there is no such path.
    if is_same(Path::new("/dev/stdin"), &whole) {
        return true;
    }
    let typed = std::env::args_os().skip(1);
    let same = typed.filter(|typed| crate::files::real(Path::new(typed)).is_ok_and(|typed| is_same(&typed, &whole)));
    // One is the option's own, unless it is written as `--output=FILE` or `-oFILE`.
    let own = std::env::args_os().filter(|typed| typed == "-o" || typed == "--output" || typed == "--junit").count();
    same.count() > own
}

/// Whether two whole paths are one file: links of the hard kind have several names.
fn is_same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(one), Ok(other)) = (one.metadata(), other.metadata()) {
        use std::os::unix::fs::MetadataExt as _;
        return (one.dev(), one.ino()) == (other.dev(), other.ino());
    }
    one == other
}

/// Whether a file is JSON that this command wrote: an older matrix, a baseline.
fn is_report(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(200).read_to_end(&mut head));
    let head = String::from_utf8_lossy(&head);
    read.is_ok() && head.starts_with('{') && (head.contains("\"schema\": 1") || head.contains("\"$schema\""))
}

/// Pretty JSON with a line end.
pub fn json(value: &impl Serialize) -> Result<String, CommandError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| CommandError::new(error.to_string()))?;
    Ok(text + "\n")
}

/// Follows `--color`; `auto` asks the terminal and the usual variables.
pub fn colour(choice: clap::ColorChoice) {
    match choice {
        clap::ColorChoice::Auto => {}
        clap::ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        clap::ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
    }
}

/// The terminal's width, within reason.
pub fn layout(verbose: bool) -> Layout {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let width = columns.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
    let width = width.unwrap_or(100);
    Layout { width: width.clamp(40, 200), verbose }
}
