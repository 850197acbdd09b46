//! How things fail: errors have types, and nothing is unwrapped without a reason.

use crate::tokens::{File, files, ident, inside, is, line, pair, text};
use proc_macro2::TokenTree;

/// `Result<…, String>`: at which lines.
fn untyped(tokens: &[TokenTree], out: &mut Vec<usize>) {
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            untyped(&inside(group), out);
        }
        if ident(Some(token)).is_none_or(|word| word != "Result") || !is(tokens.get(at + 1), '<') {
            continue;
        }
        let mut depth = 0;
        for next in at + 1..tokens.len() {
            if is(tokens.get(next), '<') {
                depth += 1;
            } else if is(tokens.get(next), '>') && !pair(tokens, next - 1, ['-', '>']) {
                depth -= 1;
                if depth == 0 {
                    let last = ident(tokens.get(next - 1)).is_some_and(|word| word == "String");
                    if last && is(tokens.get(next - 2), ',') {
                        out.push(line(token));
                    }
                    break;
                }
            }
        }
    }
}

/// An error that is a text cannot be told from another, nor be turned into what a caller wants.
#[test]
fn errors_have_types() {
    let mut found = Vec::new();
    for File { name, tokens } in files() {
        let mut lines = Vec::new();
        untyped(&tokens, &mut lines);
        found.extend((!lines.is_empty()).then_some(name));
    }
    assert_eq!(found, [""; 0], "Result<_, String>");
}

#[test]
fn an_untyped_error_is_seen() {
    let seen = |code: &str| {
        let mut lines = Vec::new();
        untyped(&code.parse::<proc_macro2::TokenStream>().unwrap().into_iter().collect::<Vec<_>>(), &mut lines);
        lines.len()
    };
    assert_eq!(seen("fn f() -> Option<Result<Vec<u8>, String>> { } struct A { a: Result<(), String> }"), 2);
    assert_eq!(seen("fn f() -> Result<HashMap<String, String>, Wrong> { } fn g() -> Result<String> { }"), 0);
}

/// `.unwrap()` says nothing; `expect` and `unreachable!` say why it cannot fail.
fn unwrapped(tokens: &[TokenTree], out: &mut Vec<usize>) {
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let inner = inside(group);
        unwrapped(&inner, out);
        let said = text(inner.first()).is_some_and(|words| words.len() > 8);
        let before = |back: usize| at.checked_sub(back).and_then(|at| ident(tokens.get(at)));
        let method = at >= 2 && is(tokens.get(at - 2), '.');
        let bare = method && before(1).is_some_and(|word| word == "unwrap" && inner.is_empty());
        let literal =
            method && before(1).is_some_and(|word| word == "expect") && text(inner.first()).is_some() && !said;
        let mute = before(2).is_some_and(|word| word == "unreachable") && is(tokens.get(at - 1), '!') && !said;
        if bare || literal || mute {
            out.push(line(token));
        }
    }
}

#[test]
fn nothing_is_unwrapped_without_a_reason() {
    let mut found = Vec::new();
    for File { name, tokens } in files() {
        if name.ends_with("/tests") {
            continue;
        }
        let mut lines = Vec::new();
        unwrapped(&tokens, &mut lines);
        found.extend(lines.into_iter().map(|line| format!("{name}.rs:{line}")));
    }
    assert_eq!(found, [""; 0], "unwrapped without a reason");
}

#[test]
fn what_is_unwrapped_is_seen() {
    let seen = |code: &str| {
        let mut lines = Vec::new();
        unwrapped(&code.parse::<proc_macro2::TokenStream>().unwrap().into_iter().collect::<Vec<_>>(), &mut lines);
        lines.len()
    };
    assert_eq!(seen(r#"fn f() { a.unwrap(); b.expect("x"); unreachable!() }"#), 3);
    assert_eq!(
        seen(r#"fn f() { a.unwrap_or(1); b.expect("the grammar gives two"); unreachable!("no such half") }"#),
        0
    );
}
