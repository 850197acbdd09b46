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

/// Fields that hold a sentence of ours for a reader.
const SENTENCES: [&str; 10] =
    ["message", "sentence", "meaning", "notes", "note", "let_through", "reason", "words", "cure", "warning"];

/// Where an explanation is made: what leaves here for a report is a `Message`, which keeps values apart from words.
const MAKERS: [&str; 7] = ["eval/", "trace/", "resolver/", "request/", "records/", "explain/", "rules/"];

/// Texts of somebody else, and parts of a sentence that the same folder puts together.
const TEXTS: [(&str, &str, &str); 8] = [
    ("eval/outcome", "message", "the words of a Java exception"),
    ("request/answer", "message", "what AppSync said"),
    ("request/observed", "message", "what the client saw"),
    ("request/history", "message", "what another service said"),
    ("records/expression/mod", "message", "an error in an expression of DynamoDB's"),
    ("request/iam/difference", "words", "a part of a sentence of request/iam/words"),
    ("explain/hint/whence", "words", "a part of a hint's sentence"),
    ("explain/hint/printed", "cure", "a part of a hint's sentence"),
];

/// `pub message: String`, `Option<String>`, `Vec<EcoString>`: which fields.
fn sentences(tokens: &[TokenTree], out: &mut Vec<(usize, String)>) {
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            sentences(&inside(group), out);
        }
        let field = ident(tokens.get(at + 1)).filter(|name| SENTENCES.contains(&name.as_str()));
        let public = ident(Some(token)).is_some_and(|word| word == "pub") && is(tokens.get(at + 2), ':');
        let Some(name) = field.filter(|_| public) else { continue };
        let kind = tokens[at + 3..].iter().take_while(|token| !is(Some(token), ','));
        let text = kind.filter_map(|token| ident(Some(token))).any(|word| word == "String" || word == "EcoString");
        out.extend(text.then(|| (line(token), name)));
    }
}

#[test]
fn what_is_explained_is_a_message() {
    let mut found = Vec::new();
    let mut excused = Vec::new();
    for File { name, tokens } in files() {
        if !MAKERS.iter().any(|folder| name.starts_with(folder)) {
            continue;
        }
        let mut fields = Vec::new();
        sentences(&tokens, &mut fields);
        for (line, field) in fields {
            match TEXTS.iter().find(|(file, other, _)| *file == name && *other == field) {
                Some(text) => excused.push(*text),
                None => found.push(format!("{name}.rs:{line}: {field}")),
            }
        }
    }
    assert_eq!(found, [""; 0], "sentences that are plain texts");
    let idle: Vec<_> = TEXTS.iter().filter(|text| !excused.contains(text)).collect();
    assert!(idle.is_empty(), "exceptions that nothing needs: {idle:?}");
}

#[test]
fn a_plain_sentence_is_seen() {
    let seen = |code: &str| {
        let mut fields = Vec::new();
        sentences(&code.parse::<proc_macro2::TokenStream>().unwrap().into_iter().collect::<Vec<_>>(), &mut fields);
        fields.len()
    };
    assert_eq!(seen("struct A { pub message: String, pub notes: Vec<String>, pub reason: Option<EcoString> }"), 3);
    assert_eq!(seen("struct A { pub message: Message, message: String, pub name: String, pub notes: Vec<Note> }"), 0);
}
