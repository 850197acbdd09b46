//! Sentences are put together from parts, so that values are quoted, escaped and hidden in one place.

use crate::tokens::{File, files, ident, inside, is, line};
use proc_macro2::TokenTree;

/// `Finding::new(…, format!(…))`: at which lines.
fn formatted(tokens: &[TokenTree], out: &mut Vec<usize>) {
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let inner = inside(group);
        formatted(&inner, out);
        let named = |back: usize, word: &str| {
            at.checked_sub(back).and_then(|at| ident(tokens.get(at))).is_some_and(|name| name == word)
        };
        if !named(1, "new") || !named(4, "Finding") {
            continue;
        }
        for (at, token) in inner.iter().enumerate() {
            let begins = at == 0 || is(inner.get(at - 1), ',');
            let format = ident(Some(token)).is_some_and(|name| name == "format") && is(inner.get(at + 1), '!');
            out.extend((begins && format).then(|| line(token)));
        }
    }
}

/// A report cannot tell a value from our own words in a text that is one piece already.
#[test]
fn a_finding_is_told_in_parts() {
    let mut found = Vec::new();
    for File { name, tokens } in files() {
        let mut lines = Vec::new();
        formatted(&tokens, &mut lines);
        found.extend((!lines.is_empty()).then_some(name));
    }
    assert_eq!(found, [""; 0], "Finding::new(…, format!(…)): Message::of keeps the parts");
}

#[test]
fn a_formatted_finding_is_seen() {
    let seen = |code: &str| {
        let mut lines = Vec::new();
        formatted(&code.parse::<proc_macro2::TokenStream>().unwrap().into_iter().collect::<Vec<_>>(), &mut lines);
        lines.len()
    };
    assert_eq!(seen(r#"f(Finding::new(Code::A, format!("{a}")).at(b)); Finding::new(code, format!("x").trim())"#), 2);
    assert_eq!(seen(r#"Finding::new(code, Message::of("{}", [Part::Text(format!("x"))])).at(format!("y"))"#), 0);
}
