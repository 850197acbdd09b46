//! Rules of the house that a reader of one file would not see broken: what is shown, what is compared, how long, which names.

use crate::tokens::{File, body, files, ident, inside, is, line, pair, text};
use proc_macro2::TokenTree;
use std::collections::{BTreeMap, BTreeSet};
use vtl_eval::code::Code;

/// What a reader of the program, not a user, sees.
const FOR_PROGRAMMERS: [&str; 9] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "panic",
    "unreachable",
    "todo",
    "unimplemented",
];

fn debug_shown(tokens: &[TokenTree], out: &mut Vec<usize>) {
    for (at, token) in tokens.iter().enumerate() {
        let macro_of = at.checked_sub(2).and_then(|at| ident(tokens.get(at))).filter(|_| is(tokens.get(at - 1), '!'));
        match token {
            TokenTree::Group(_) if macro_of.is_some_and(|name| FOR_PROGRAMMERS.contains(&name.as_str())) => {}
            TokenTree::Group(group) => debug_shown(&inside(group), out),
            _ if text(Some(token)).is_some_and(|text| text.contains(":?}") || text.contains(":#?}")) => {
                out.push(line(token));
            }
            _ => {}
        }
    }
}

/// `{:?}` is for programmers: a user sees `Display`, and a text of theirs in `message::quoted`.
#[test]
fn nothing_is_shown_as_debug_writes_it() {
    let mut found = Vec::new();
    for File { name, tokens } in files() {
        let mut lines = Vec::new();
        debug_shown(&tokens, &mut lines);
        found.extend(lines.into_iter().map(|line| format!("{name}.rs:{line}")));
    }
    assert_eq!(found, [""; 0], "shown to a user by {{:?}}");
}

/// Words that mean something here: what they mean has a type.
fn meaningful(word: &str) -> bool {
    const WORDS: [&str; 20] = [
        // verdicts, and what a log tells; `error` is a word of AppSync's own as well
        "allowed",
        "denied",
        "filtered",
        "completed",
        "unknown",
        "ok",
        // how decisions differ, layers and certainty
        "opened",
        "closed",
        "changed",
        "passed",
        "refused",
        "certain",
        "likely",
        "possible",
        // resolvers
        "UNIT",
        "PIPELINE",
        "APPSYNC_JS",
        "AMAZON_DYNAMODB",
        "RELATIONAL_DATABASE",
        "AMAZON_OPENSEARCH_SERVICE",
    ];
    WORDS.contains(&word) || word.parse::<Code>().is_ok()
}

/// Functions in which a text from outside becomes a type.
fn reads(function: &str) -> bool {
    ["parse", "from_str", "of_word", "named", "deserialize"].contains(&function)
}

fn compared(tokens: &[TokenTree], out: &mut Vec<(usize, String)>) {
    let mut function = String::new();
    for (at, token) in tokens.iter().enumerate() {
        if ident(Some(token)).is_some_and(|word| word == "fn") {
            function = ident(tokens.get(at + 1)).unwrap_or_default();
        }
        match token {
            TokenTree::Group(_) if body(token).is_some() && reads(&function) => {}
            TokenTree::Group(group) => {
                let inner = inside(group);
                compared(&inner, out);
                // `Some("word") =>` and `== Some("word")`
                let tested = arm(tokens, at + 1) || equals(tokens, at.saturating_sub(1));
                let only = text(inner.first()).filter(|word| inner.len() == 1 && meaningful(word));
                out.extend(only.filter(|_| tested).map(|word| (line(token), word)));
            }
            _ => {
                let Some(word) = text(Some(token)).filter(|word| meaningful(word)) else { continue };
                let compared =
                    equals(tokens, at) || pair(tokens, at + 1, ['=', '=']) || pair(tokens, at + 1, ['!', '=']);
                if compared || arm(tokens, at + 1) && !call(tokens, at) {
                    out.push((line(token), word));
                }
            }
        }
    }
}

/// `==` or `!=` stands before.
fn equals(tokens: &[TokenTree], at: usize) -> bool {
    at >= 2 && (pair(tokens, at - 2, ['=', '=']) || pair(tokens, at - 2, ['!', '=']))
}

/// A pattern ends here, or goes on with another.
fn arm(tokens: &[TokenTree], at: usize) -> bool {
    pair(tokens, at, ['=', '>']) || is(tokens.get(at), '|') && !pair(tokens, at, ['|', '|'])
}

/// A value of an arm, not its pattern.
fn call(tokens: &[TokenTree], at: usize) -> bool {
    at >= 2 && pair(tokens, at - 2, ['=', '>'])
}

/// Where a verdict, a code, a kind or a change is told from another by its word, a misspelt one means "other".
#[test]
fn no_comparison_of_words_decides_meaning() {
    let mut found = Vec::new();
    for File { name, tokens } in files() {
        let mut places = Vec::new();
        compared(&tokens, &mut places);
        found.extend(places.into_iter().map(|(line, word)| format!("{name}.rs:{line}: {word}")));
    }
    assert_eq!(found, [""; 0], "words compared that have a type");
}

#[test]
fn compared_words_are_seen() {
    let seen = |code: &str| {
        let mut places = Vec::new();
        compared(&code.parse::<proc_macro2::TokenStream>().unwrap().into_iter().collect::<Vec<_>>(), &mut places);
        places.len()
    };
    assert_eq!(seen(r#"fn f() { a == "denied" || "denied" != b || c == Some("ok") }"#), 3);
    assert_eq!(seen(r#"match a { "denied" | "closed" => 1, Some("unknown") => 2, x => 3 }"#), 3);
    assert_eq!(
        seen(r#"fn parse(a: &str) { match a { "denied" => 1 } } fn g() { f("denied"); Verdict::Denied => "denied" }"#),
        0
    );
}

/// Lines of a function, from `fn` to its last brace.
const LONGEST: usize = 60;

fn functions(tokens: &[TokenTree], out: &mut Vec<(String, usize, usize)>) {
    for (at, token) in tokens.iter().enumerate() {
        if ident(Some(token)).is_some_and(|word| word == "fn")
            && let Some(name) = ident(tokens.get(at + 1))
        {
            let rest = tokens[at + 1..].iter().take_while(|token| !is(Some(token), ';'));
            if let Some(body) = rest.filter_map(body).next() {
                out.push((name, line(token), body.span_close().end().line + 1 - line(token)));
            }
        }
        if let TokenTree::Group(group) = token {
            functions(&inside(group), out);
        }
    }
}

#[test]
fn no_function_is_long() {
    let mut long = Vec::new();
    let mut count = 0;
    for File { name, tokens } in files() {
        let mut found = Vec::new();
        functions(&tokens, &mut found);
        count += found.len();
        let over = found.into_iter().filter(|(.., lines)| *lines > LONGEST);
        long.extend(over.map(|(function, ..)| format!("{name}: {function}")));
    }
    assert!(count > 1000, "only {count} functions were seen");
    assert_eq!(long, [""; 0], "longer than {LONGEST} lines");
}

/// Types that a file declares, wherever in it: in a function or a module of its own too. What a trait's `type` is filled in with
/// is none.
fn types(tokens: &[TokenTree], out: &mut Vec<String>) {
    for (at, token) in tokens.iter().enumerate() {
        let word = ident(Some(token)).unwrap_or_default();
        if matches!(word.as_str(), "struct" | "enum" | "trait" | "type" | "union") {
            let begins = at == 0 || !is(tokens.get(at - 1), '.') && !is(tokens.get(at - 1), ':');
            out.extend(ident(tokens.get(at + 1)).filter(|_| begins));
        }
        let TokenTree::Group(group) = token else { continue };
        let mut inner = Vec::new();
        types(&inside(group), &mut inner);
        let head = tokens[..at].iter().rev().take_while(|token| body(token).is_none() && !is(Some(token), ';'));
        let mut words = head.filter_map(|token| ident(Some(token)));
        let of_trait = body(token).is_some() && words.any(|word| word == "impl" || word == "trait");
        out.extend(inner.into_iter().filter(|name| !of_trait || !ASSOCIATED.contains(&name.as_str())));
    }
}

/// Types of traits that an `impl` fills in.
const ASSOCIATED: [&str; 6] = ["Error", "Err", "Item", "Value", "Output", "Target"];

/// Whoever meets a name in one file must not take it for the type of that name in another.
#[test]
fn no_two_types_have_one_name() {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for File { name, tokens } in files() {
        let mut found = Vec::new();
        types(&tokens, &mut found);
        for of in found {
            places.entry(of).or_default().insert(name.clone());
        }
    }
    // The public face has the names of what it shows (src/library).
    let own = |files: &BTreeSet<String>| files.iter().filter(|file| !file.starts_with("library/")).count();
    let shared: Vec<String> =
        places.iter().filter(|(_, files)| own(files) > 1).map(|(name, files)| format!("{name}: {files:?}")).collect();
    assert!(places.len() > 800, "only {} types were seen", places.len());
    assert_eq!(shared, [""; 0], "types of one name");
}

#[test]
fn a_declared_type_is_seen() {
    let seen = |code: &str| {
        let mut found = Vec::new();
        types(&code.parse::<proc_macro2::TokenStream>().unwrap().into_iter().collect::<Vec<_>>(), &mut found);
        found
    };
    assert_eq!(seen("struct A; mod b { pub enum B { C } } fn f() { struct D(u8); } type E = A;"), ["A", "B", "D", "E"]);
    assert_eq!(
        seen("impl Iterator for A { type Item = u8; fn next() { struct F; } } trait G { type Value; }"),
        ["F", "G"]
    );
}

/// Names that say nothing to a reader: what was told, to whom, and by what? What is again, and what is sound?
const MUTE: [&str; 8] = ["told", "tolds", "Told", "Again", "Scene", "Lossy", "Owned", "sound"];

fn mute(tokens: &[TokenTree], out: &mut Vec<(usize, String)>) {
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            mute(&inside(group), out);
        }
        let Some(name) = ident(Some(token)).filter(|name| MUTE.contains(&name.as_str())) else { continue };
        // `Cow::Owned` is of the standard library.
        let cow =
            at >= 3 && pair(tokens, at - 2, [':', ':']) && ident(tokens.get(at - 3)).is_some_and(|of| of == "Cow");
        if !cow {
            out.push((line(token), name));
        }
    }
}

#[test]
fn names_say_what_they_name() {
    let mut found = Vec::new();
    for File { name, tokens } in files() {
        let mut places = Vec::new();
        mute(&tokens, &mut places);
        found.extend(places.into_iter().map(|(line, word)| format!("{name}.rs:{line}: {word}")));
        found.extend(name.split('/').filter(|part| MUTE.contains(part)).map(|part| format!("{name}.rs: {part}")));
    }
    assert_eq!(found, [""; 0], "names that say nothing");
}

#[test]
fn a_name_that_says_nothing_is_seen() {
    let seen = |code: &str| {
        let mut places = Vec::new();
        mute(&code.parse::<proc_macro2::TokenStream>().unwrap().into_iter().collect::<Vec<_>>(), &mut places);
        places.len()
    };
    assert_eq!(seen("struct Owned; fn told(sound: u8) { let again: Again = a.told(); }"), 5);
    assert_eq!(seen(r#"fn f() { Cow::Owned(x); "told"; retold(resound) }"#), 0);
}

/// What writes to the outputs of the process without the last step before bytes (`report::safe`) and the filter of credentials.
fn written_past(tokens: &[TokenTree], out: &mut Vec<usize>) {
    for (at, token) in tokens.iter().enumerate() {
        let name = ident(Some(token)).unwrap_or_default();
        let prints =
            matches!(name.as_str(), "print" | "println" | "eprint" | "eprintln") && is(tokens.get(at + 1), '!');
        // `stdout().is_terminal()` only asks.
        let asks = ident(tokens.get(at + 3)).is_some_and(|next| next == "is_terminal");
        let opens =
            matches!(name.as_str(), "stdout" | "stderr") && matches!(tokens.get(at + 1), Some(TokenTree::Group(_)));
        if prints || opens && !asks {
            out.push(line(token));
        }
        if let TokenTree::Group(group) = token {
            written_past(&inside(group), out);
        }
    }
}

/// Reports go through `cli/output.rs`, messages through `cli/say.rs`; rows (`lines`, `replay`) and a shell's own script
/// (`util`) are made safe where they are made.
#[test]
fn nothing_is_written_past_the_last_step() {
    const WAYS: [&str; 7] =
        ["cli/output", "cli/say", "cli/lines", "cli/replay", "cli/util", "cli/interrupt", "cli/progress"];
    let mut found = Vec::new();
    for File { name, tokens } in files() {
        if WAYS.iter().any(|way| name.ends_with(way)) {
            continue;
        }
        let mut lines = Vec::new();
        written_past(&tokens, &mut lines);
        found.extend(lines.into_iter().map(|line| format!("{name}.rs:{line}")));
    }
    assert_eq!(found, [""; 0], "written past `report::safe`");
}
