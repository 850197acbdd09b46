//! What a template says is asked of its tree: a search in its text, or in a sentence of our own, takes comments and words for
//! meaning.

use crate::tokens::{File, files, ident, inside, is, line};
use proc_macro2::TokenTree;

/// Where templates are explained and judged. Below it stand those who read texts; above it, nothing decides.
const JUDGES: [&str; 8] = ["eval/", "trace/", "resolver/", "records/", "rules/", "explain/", "suite/", "report/"];

/// Searches that need the text itself.
const TEXTS: [(&str, &str); 4] = [
    ("suite/check/gateway", "a text that does not parse has no tree"),
    ("explain/hint/effects", "what a condition looked at has its place in the text, and no node"),
    ("suite/diagnose/templates", "what Amplify generated is marked in comments, which are no part of the tree"),
    ("suite/cases/update", "a file of cases is edited where it differs, and is no template"),
];

/// Methods that look for something in a text. `find` tells a place, and decides where only `is_some` or `is_none` is asked.
const SEARCHES: [&str; 11] = [
    "contains",
    "find",
    "rfind",
    "starts_with",
    "ends_with",
    "split_once",
    "rsplit_once",
    "strip_prefix",
    "strip_suffix",
    "matches",
    "is_match",
];

/// Methods that give the text that they are called on, in another form.
const FORMS: [&str; 8] =
    ["to_lowercase", "to_ascii_lowercase", "as_str", "trim", "to_string", "to_owned", "clone", "trim_start"];

/// Methods that give a piece of a template's text.
const PIECES: [&str; 3] = ["text", "one_line", "slice"];

/// Whether the value that ends before `end` is a template's text or a sentence: by itself, or by a name that a `let` gave it.
fn is_text(tokens: &[TokenTree], mut end: usize, bound: &[(String, bool)]) -> bool {
    loop {
        let Some(last) = end.checked_sub(1) else { return false };
        let dotted = |at: usize| at >= 1 && is(tokens.get(at - 1), '.');
        match &tokens[last] {
            TokenTree::Group(_) => {
                let Some(name) = last.checked_sub(1).and_then(|at| ident(tokens.get(at))) else { return false };
                if !dotted(last - 1) {
                    return false;
                }
                if PIECES.contains(&name.as_str()) {
                    return true;
                }
                if !FORMS.contains(&name.as_str()) {
                    return false;
                }
                end = last - 2;
            }
            TokenTree::Ident(name) if dotted(last) => {
                let holder = last.checked_sub(2).and_then(|at| ident(tokens.get(at))).unwrap_or_default();
                let of_source = name == "text" && holder == "source";
                let of_finding = name == "message" && matches!(holder.as_str(), "hint" | "finding" | "note");
                return of_source || of_finding;
            }
            TokenTree::Ident(name) => {
                return bound.iter().rev().find(|(known, _)| name == known).is_some_and(|(_, text)| *text);
            }
            _ => return false,
        }
    }
}

fn searched(tokens: &[TokenTree], bound: &mut Vec<(String, bool)>, out: &mut Vec<usize>) {
    let outside = bound.len();
    for (at, token) in tokens.iter().enumerate() {
        if ident(Some(token)).is_some_and(|word| word == "let") {
            let skip = 1 + usize::from(ident(tokens.get(at + 1)).is_some_and(|word| word == "mut"));
            if let Some(name) = ident(tokens.get(at + skip)).filter(|_| is(tokens.get(at + skip + 1), '=')) {
                let value: Vec<TokenTree> =
                    tokens[at + skip + 2..].iter().take_while(|token| !is(Some(token), ';')).cloned().collect();
                bound.push((name, is_text(&value, value.len(), bound)));
            }
        }
        if let TokenTree::Group(group) = token {
            searched(&inside(group), bound, out);
        }
        let search = ident(Some(token)).is_some_and(|name| SEARCHES.contains(&name.as_str()));
        let called = matches!(tokens.get(at + 1), Some(TokenTree::Group(_)));
        let place = matches!(ident(Some(token)).as_deref(), Some("find" | "rfind"));
        let asked = ident(tokens.get(at + 3)).is_some_and(|next| next == "is_some" || next == "is_none");
        let search = search && (!place || asked);
        if search && called && at >= 2 && is(tokens.get(at - 1), '.') && is_text(tokens, at - 1, bound) {
            out.push(line(token));
        }
    }
    bound.truncate(outside);
}

#[test]
fn no_meaning_is_searched_in_a_text() {
    let mut found = Vec::new();
    let mut excused = Vec::new();
    for File { name, tokens } in files() {
        if !JUDGES.iter().any(|folder| name.starts_with(folder)) {
            continue;
        }
        let mut lines = Vec::new();
        searched(&tokens, &mut Vec::new(), &mut lines);
        if lines.is_empty() {
            continue;
        }
        match TEXTS.iter().find(|(file, _)| *file == name) {
            Some(text) => excused.push(text),
            None => found.extend(lines.into_iter().map(|line| format!("{name}.rs:{line}"))),
        }
    }
    assert_eq!(found, [""; 0], "searches in a text: syntax::visit asks the tree");
    let idle: Vec<_> = TEXTS.iter().filter(|text| !excused.contains(text)).collect();
    assert!(idle.is_empty(), "exceptions that nothing needs: {idle:?}");
}

#[test]
fn a_search_in_a_text_is_seen() {
    let seen = |code: &str| {
        let mut lines = Vec::new();
        let tokens: Vec<_> = code.parse::<proc_macro2::TokenStream>().unwrap().into_iter().collect();
        searched(&tokens, &mut Vec::new(), &mut lines);
        lines.len()
    };
    assert_eq!(
        seen(r#"fn f() { program.source.text.contains("a"); template.text().to_lowercase().contains("b") }"#),
        2
    );
    assert_eq!(seen(r#"fn f() { let text = &run.program.source.text; any(|word| text.contains(word)) }"#), 1);
    assert_eq!(
        seen(r#"fn f() { hint.message.to_string().starts_with("a"); run.program.one_line(node).find('x').is_none() }"#),
        2
    );
    assert_eq!(
        seen(
            r#"fn f(text: &str) { text.contains("a"); evidence.message().contains("b"); x.text.contains(y); source.text.find(z) }"#
        ),
        0
    );
}
