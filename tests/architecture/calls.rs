//! Which method or function a template calls is looked up once, when it is converted: nothing that comes after compares names.

use crate::tokens::{File, files, ident, inside, is, line, pair, text};
use proc_macro2::TokenTree;
use vtl_eval::value::method::Method;

/// Where the names of calls are read, or where words are of another language than templates: JSON of a policy, a log or a
/// project, SQL, DynamoDB's and OpenSearch's expressions, Terraform's functions, the command's own options.
const READERS: [&str; 12] = [
    "value/",
    "appsync/",
    "syntax/",
    "paste/",
    "project/",
    "records/",
    "request/",
    "report/",
    "cli/",
    "library/",
    "code/",
    "suite/replay/",
];

/// Words that a call has too, and that are none where they are compared.
const OTHERS: [(&str, &str, &str); 3] = [
    ("explain/filter", "contains", "an operator of a subscription's filter"),
    ("explain/doubt/mod", "authType", "a place of the context: who calls"),
    ("explain/hint/mode", "authType", "a member of the stash that older templates have"),
];

fn compared(tokens: &[TokenTree], out: &mut Vec<(usize, String)>) {
    let called = |word: &String| Method::parse(word).is_some();
    for (at, token) in tokens.iter().enumerate() {
        let of_macro =
            at >= 2 && is(tokens.get(at - 1), '!') && ident(tokens.get(at - 2)).is_some_and(|name| name == "matches");
        if let TokenTree::Group(group) = token {
            let inner = inside(group);
            compared(&inner, out);
            // `matches!(name, "get")`: what stands behind the first comma is a pattern.
            let pattern = inner.iter().position(|token| is(Some(token), ',')).filter(|_| of_macro);
            let words = pattern.map_or(&[][..], |comma| &inner[comma..]);
            out.extend(words.iter().filter_map(|token| Some((line(token), text(Some(token)).filter(called)?))));
            // `Some("get") =>` and `("get", args) =>`
            if pair(tokens, at + 1, ['=', '>']) || is(tokens.get(at + 1), '|') && !pair(tokens, at + 1, ['|', '|']) {
                out.extend(inner.iter().filter_map(|token| Some((line(token), text(Some(token)).filter(called)?))));
            }
            continue;
        }
        let Some(word) = text(Some(token)).filter(called) else { continue };
        let equals = |at: usize| pair(tokens, at, ['=', '=']) || pair(tokens, at, ['!', '=']);
        let value = at >= 2 && pair(tokens, at - 2, ['=', '>']);
        let arm = pair(tokens, at + 1, ['=', '>']) || is(tokens.get(at + 1), '|') && !pair(tokens, at + 1, ['|', '|']);
        if at >= 2 && equals(at - 2) || equals(at + 1) || arm && !value {
            out.push((line(token), word));
        }
    }
}

#[test]
fn no_name_of_a_call_is_compared() {
    let mut found = Vec::new();
    let mut excused = Vec::new();
    for File { name, tokens } in files() {
        if READERS.iter().any(|folder| name.starts_with(folder)) || !name.contains('/') {
            continue;
        }
        let mut places = Vec::new();
        compared(&tokens, &mut places);
        for (line, word) in places {
            match OTHERS.iter().find(|(file, other, _)| *file == name && *other == word) {
                Some(other) => excused.push(*other),
                None => found.push(format!("{name}.rs:{line}: {word}")),
            }
        }
    }
    found.sort();
    found.dedup();
    assert_eq!(found, [""; 0], "names of calls compared as texts: `Method` has them");
    let idle: Vec<_> = OTHERS.iter().filter(|other| !excused.contains(other)).collect();
    assert!(idle.is_empty(), "exceptions that nothing needs: {idle:?}");
}

#[test]
fn a_compared_name_is_seen() {
    let seen = |code: &str| {
        let mut places = Vec::new();
        compared(&code.parse::<proc_macro2::TokenStream>().unwrap().into_iter().collect::<Vec<_>>(), &mut places);
        places.len()
    };
    assert_eq!(seen(r#"fn f() { a == "get" || "isNull" != b || matches!(c, "put") }"#), 3);
    assert_eq!(seen(r#"match a { "get" => 1, ("contains", [x]) => 2, Some("put") => 3, _ => 4 }"#), 3);
    assert_eq!(seen(r#"match a { Method::Get => "get", x if x == Method::Put => f("put"), _ => "owner" }"#), 0);
}
