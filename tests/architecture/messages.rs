//! Sentences are put together from parts, so that values are quoted, escaped and hidden in one place.

use crate::tokens::{File, body, files, ident, inside, is, line};
use proc_macro2::TokenTree;

/// A name that a `let` gave, and whether it stands for a text that `format!` made.
type Bound = (String, bool);

/// Whether `format!` makes the value of these tokens: a call's arguments are no part of it, a block or an arm's value is.
fn is_formatted(tokens: &[TokenTree]) -> bool {
    tokens.iter().enumerate().any(|(at, token)| {
        let made = ident(Some(token)).is_some_and(|name| name == "format") && is(tokens.get(at + 1), '!');
        made || body(token).is_some_and(|block| is_formatted(&inside(block)))
    })
}

/// `Finding::new(…, format!(…))`, also by way of a `let`: at which lines.
fn formatted(tokens: &[TokenTree], bound: &mut Vec<Bound>, out: &mut Vec<usize>) {
    let outside = bound.len();
    for (at, token) in tokens.iter().enumerate() {
        if ident(Some(token)).is_some_and(|word| word == "let") {
            let skip = 1 + usize::from(ident(tokens.get(at + 1)).is_some_and(|word| word == "mut"));
            if let Some(name) = ident(tokens.get(at + skip)).filter(|_| is(tokens.get(at + skip + 1), '=')) {
                let value: Vec<TokenTree> =
                    tokens[at + skip + 2..].iter().take_while(|token| !is(Some(token), ';')).cloned().collect();
                bound.push((name, is_formatted(&value)));
            }
        }
        let TokenTree::Group(group) = token else { continue };
        let inner = inside(group);
        formatted(&inner, bound, out);
        let named = |back: usize, word: &str| {
            at.checked_sub(back).and_then(|at| ident(tokens.get(at))).is_some_and(|name| name == word)
        };
        if !named(1, "new") || !named(4, "Finding") {
            continue;
        }
        for (at, token) in inner.iter().enumerate() {
            let begins = at == 0 || is(inner.get(at - 1), ',');
            let Some(name) = ident(Some(token)).filter(|_| begins) else { continue };
            let format = name == "format" && is(inner.get(at + 1), '!');
            let by_name = bound.iter().rev().find(|(known, _)| *known == name).is_some_and(|(_, format)| *format);
            out.extend((format || by_name).then(|| line(token)));
        }
    }
    bound.truncate(outside);
}

/// A report cannot tell a value from our own words in a text that is one piece already.
#[test]
fn a_finding_is_told_in_parts() {
    let mut found = Vec::new();
    for File { name, tokens } in files() {
        let mut lines = Vec::new();
        formatted(&tokens, &mut Vec::new(), &mut lines);
        found.extend(lines.into_iter().map(|line| format!("{name}.rs:{line}")));
    }
    assert_eq!(found, [""; 0], "Finding::new(…, format!(…)): Message::of keeps the parts");
}

#[test]
fn a_formatted_finding_is_seen() {
    let seen = |code: &str| {
        let mut lines = Vec::new();
        let tokens: Vec<_> = code.parse::<proc_macro2::TokenStream>().unwrap().into_iter().collect();
        formatted(&tokens, &mut Vec::new(), &mut lines);
        lines.len()
    };
    assert_eq!(seen(r#"f(Finding::new(Code::A, format!("{a}")).at(b)); Finding::new(code, format!("x").trim())"#), 2);
    assert_eq!(seen(r#"Finding::new(code, Message::of("{}", [Part::Text(format!("x"))])).at(format!("y"))"#), 0);
    assert_eq!(seen(r#"{ let a = match b { 1 => format!("{c}"), _ => d }; Some(Finding::new(code, a.clone())) }"#), 1);
    assert_eq!(
        seen(
            r#"{ let a = Message::of("{}", [Part::Code(format!("x"))]); { let a = format!("y"); } Finding::new(code, a) }"#
        ),
        0
    );
}
