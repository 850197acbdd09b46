//! What prints as text, as Velocity 1.7 prints it: escapes, and a `$` or `#` that begins nothing.

use super::take;
use crate::syntax::{Block, Rule, Statement};
use pest::iterators::Pair;

pub(super) fn push_text(block: &mut Block, text: &str) {
    if text.is_empty() {
        return;
    }
    match block.last_mut() {
        Some(Statement::Text(last)) => last.push_str(text),
        _ => block.push(Statement::Text(text.into())),
    }
}

pub(super) fn dollar(pair: Pair<'_, Rule>, block: &mut Block) {
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::brace_dollar | Rule::kept_dollar => push_text(block, part.as_str()),
            Rule::run_of_dollars if stays_whole(&part.get_input()[part.as_span().end()..]) => {
                push_text(block, part.as_str());
            }
            Rule::run_of_dollars => push_text(block, &part.as_str().replace('!', "")),
            Rule::ended_run => {
                let after = &part.get_input()[part.as_span().end()..];
                let whole = after.starts_with('.') && ends_plain(part.as_str());
                push_text(block, &if whole { part.as_str().to_owned() } else { ended_run(part.as_str()) });
            }
            Rule::dotted_run => {
                let mut parts = part.into_inner();
                if let (Some(mark), Some(member)) = (parts.next(), parts.next()) {
                    push_text(block, if ends_plain(mark.as_str()) { mark.as_str() } else { "" });
                    push_text(block, &format!(".{}", member.as_str()));
                }
            }
            Rule::brace_runt => {
                let [mark, runt] = take(part.into_inner());
                push_text(block, mark.as_str());
                runt.into_inner().take(1).for_each(|braces| push_text(block, braces.as_str()));
            }
            Rule::brace_dotted => part.into_inner().take(1).for_each(|mark| push_text(block, mark.as_str())),
            Rule::lone_dollar | Rule::lost_bang => part.into_inner().for_each(|mark| push_text(block, mark.as_str())),
            // Velocity 1.7 loses this `$`.
            _ => {}
        }
    }
}

/// Whether a run of `$` ends with one that nothing escapes and that is no `$!`.
fn ends_plain(run: &str) -> bool {
    run.strip_suffix('$').is_some_and(|before| !before.ends_with(['\\', '#']))
}

/// Whether a run of `$` before this keeps its `!`: before a brace, a bracket, a comment, and a `#` with a name.
fn stays_whole(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['$', '!', '\\']);
    match rest.strip_prefix('#') {
        Some(after) if after.starts_with('$') => {
            let after = after.trim_start_matches(['$', '!', '\\']);
            after.starts_with(|letter: char| letter.is_ascii_alphabetic() || "_{}[.".contains(letter))
        }
        Some(after) => after.starts_with(|letter: char| letter.is_ascii_alphanumeric() || "_{#".contains(letter)),
        None => rest.starts_with(['{', '}', '[']),
    }
}

/// A run of `$` that text ends: no `!` is printed, and nothing of what stands right after an escaped `$`.
fn ended_run(run: &str) -> String {
    let mut out = String::new();
    let mut letters = run.chars().peekable();
    while letters.peek().is_some() {
        let mut slashes = 0;
        while letters.next_if_eq(&'\\').is_some() {
            out.push('\\');
            slashes += 1;
        }
        let Some(letter) = letters.next() else { break };
        out.push(letter);
        // Where a `!` stands there, it is that which is lost.
        let bang = letters.next_if_eq(&'!').is_some();
        if letter == '$' && slashes > 0 && !bang && letters.next() == Some('$') {
            letters.next_if_eq(&'!');
        }
    }
    out
}

/// `\#if` prints `#if`, `\\\#if` prints `\#if`; before a name that is no directive everything prints as written.
pub(super) fn escaped_directive(image: &str) -> String {
    let slashes = image.len() - image.trim_start_matches('\\').len();
    let directive = &image[slashes..];
    if is_directive(directive.trim_start_matches(['#', '{']).trim_end_matches('}')) || is_block_word(directive) {
        format!("{}{directive}", "\\".repeat((slashes - 1) / 2))
    } else {
        image.to_owned()
    }
}

pub(super) fn escape(pair: &Pair<'_, Rule>, block: &mut Block) {
    let image = pair.as_str();
    let rest = &pair.get_input()[pair.as_span().end()..];
    let word = rest.strip_prefix('#').map(|rest| {
        let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || "_@{}".contains(letter)));
        &rest[..end.unwrap_or(rest.len())]
    });
    // Before a directive a pair of backslashes is one; `#set` is not among those that 1.7 looks for here.
    let control = word.is_some_and(|word| {
        word != "set" && (is_directive(word) || is_block_word(&format!("#{word}"))) && word != "{set}"
    });
    push_text(block, if control && image.len() > 1 { &image[..image.len() / 2] } else { image });
}

fn is_block_word(directive: &str) -> bool {
    matches!(directive.trim_start_matches(['#', '{']).trim_end_matches('}'), "if" | "end" | "set" | "else" | "elseif")
}

fn is_directive(name: &str) -> bool {
    matches!(
        name,
        "foreach" | "break" | "stop" | "return" | "literal" | "macro" | "parse" | "include" | "define" | "evaluate"
    )
}
