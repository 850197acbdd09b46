//! The sources as Rust's own tokens, without comments and without what only tests compile.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use std::path::{Path, PathBuf};

/// A file of `src`.
pub struct File {
    /// Below `src`, without its ending: `explain/hint/mod`.
    pub name: String,
    /// What it holds.
    pub tokens: Vec<TokenTree>,
}

/// Every file of `src`, in order.
pub fn files() -> Vec<File> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&src, &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.strip_prefix(&src).unwrap().with_extension("").display().to_string();
        File { name, tokens: compiled(tokens) }
    };
    paths.iter().map(read).collect()
}

/// The Rust files below a folder.
pub fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// Without `#[cfg(test)]` and what stands behind it.
fn compiled(tokens: TokenStream) -> Vec<TokenTree> {
    let mut found = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let test = matches!(tokens.peek(), Some(TokenTree::Group(group)) if group.to_string() == "[cfg (test)]");
        if is(Some(&token), '#') && test {
            // Up to the item's end: its body, or a semicolon.
            for token in tokens.by_ref() {
                if is(Some(&token), ';') || body(&token).is_some() {
                    break;
                }
            }
        } else {
            found.push(token);
        }
    }
    found
}

/// Whether a token is this sign.
pub fn is(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// Whether two signs stand together here.
pub fn pair(tokens: &[TokenTree], at: usize, signs: [char; 2]) -> bool {
    let joint = matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.spacing() == Spacing::Joint);
    joint && is(tokens.get(at), signs[0]) && is(tokens.get(at + 1), signs[1])
}

/// A name.
pub fn ident(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(name)) => Some(name.to_string()),
        _ => None,
    }
}

/// A text, as it is written between its quotation marks.
pub fn text(token: Option<&TokenTree>) -> Option<String> {
    let TokenTree::Literal(literal) = token? else { return None };
    let written = literal.to_string();
    let start = written.find('"')?;
    let plain = written.starts_with(['"', 'r']);
    plain.then(|| written[start + 1..written.rfind('"').unwrap()].to_owned())
}

/// A group in braces.
pub fn body(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}

/// What a group holds.
pub fn inside(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

/// The line of a token.
pub fn line(token: &TokenTree) -> usize {
    token.span().start().line
}
