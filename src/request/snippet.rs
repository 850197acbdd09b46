//! Requests that a browser copied as cURL or as `fetch()`, as a HAR of entries without answers.

use super::api;
use serde_json::{Map, Value as Json, json};

crate::message::sentence_error! {
    /// What a copied request lacks.
    SnippetError
}

/// The HAR of a snippet, or of several: browsers also copy all requests of their list.
///
/// # Errors
/// What is missing of it.
pub fn har(text: &str) -> Result<String, SnippetError> {
    let (mut entries, mut wrong) = (Vec::new(), None);
    for part in parts(text) {
        match entry(part) {
            Ok(entry) => entries.push(entry),
            Err(error) => wrong = wrong.or(Some(error)),
        }
    }
    match wrong.filter(|_| entries.is_empty()) {
        Some(error) => Err(error),
        None => Ok(json!({"log": {"entries": entries}}).to_string()),
    }
}

/// Each command of a text: one begins where a line does.
fn parts(text: &str) -> Vec<&str> {
    let begins = |line: &str| {
        let line = line.trim_start().trim_start_matches("$ ");
        ["curl ", "curl.exe ", "fetch(", "await fetch("].iter().any(|begin| line.starts_with(begin))
    };
    let (mut starts, mut at) = (Vec::new(), 0);
    for line in text.split_inclusive('\n') {
        if begins(line) {
            starts.push(at);
        }
        at += line.len();
    }
    if starts.is_empty() {
        return vec![text];
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect()
}

/// One command as an entry of a HAR.
fn entry(text: &str) -> Result<Json, SnippetError> {
    let text = text.trim().trim_start_matches("$ ");
    let (text, answer) = answered(text);
    let request = if text.starts_with("curl") { curl(text)? } else { fetch(text)? };
    Ok(entry_of(&request, answer))
}

fn entry_of(request: &CopiedRequest, answer: Option<Json>) -> Json {
    let headers: Vec<Json> = request.headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    let mut entry = json!({
        "request": {
            "method": if request.body.is_empty() { "GET" } else { "POST" },
            "url": request.url,
            "headers": headers,
            "postData": {"text": request.body},
        },
        // The snippet has no answer, and no mark that its headers were taken out.
        "_snippet": true,
    });
    if let (Some(answer), Some(members)) = (answer, entry.as_object_mut()) {
        members.insert("response".to_owned(), answer);
    }
    entry
}

/// What curl printed of an answer: its status, headers and body; with `-v` also the request, as a HAR.
pub fn printed(text: &str) -> Option<(Json, Option<String>)> {
    let sent: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("> ")).collect();
    // `> POST /graphql HTTP/2` is the request's own line.
    let from = text.lines().position(|line| line.trim_start_matches("< ").starts_with("HTTP/"))?;
    let rest: Vec<&str> = text.lines().skip(from).collect();
    let answer = answer(&rest.join("\n"))?;
    let har = || {
        let (first, headers) = sent.split_first()?;
        let path = first.split_whitespace().nth(1)?;
        let headers: Vec<(String, String)> = headers
            .iter()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect();
        let host = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("host"))?.1.clone();
        let method = first.split_whitespace().next().unwrap_or_default();
        let request = CopiedRequest { url: format!("https://{host}{path}"), headers, body: String::new() };
        let mut entry = entry_of(&request, Some(answer.clone()));
        entry["request"]["method"] = json!(method);
        Some(json!({"log": {"entries": [entry]}}).to_string())
    };
    let har = har();
    Some((answer, har))
}

/// A command and the answer that was pasted below it: what `curl -i` prints (a status line, headers, a blank line, the body)
/// or `curl -v` (`< ` before each line of them).
fn answered(text: &str) -> (&str, Option<Json>) {
    let begins = |line: &str| line.trim_start_matches("< ").starts_with("HTTP/");
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if begins(line) {
            return (&text[..at], answer(&text[at..]));
        }
        at += line.len();
    }
    (text, None)
}

fn answer(text: &str) -> Option<Json> {
    let mut lines = text.lines().map(|line| line.trim_start_matches("< ").trim_end());
    let status: u64 = lines.next()?.split_whitespace().nth(1)?.parse().ok()?;
    let headers: Vec<Json> = lines
        .by_ref()
        .take_while(|line| !line.is_empty() && *line != "<")
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| json!({"name": name.trim(), "value": value.trim()}))
        .collect();
    let body: Vec<&str> = lines.filter(|line| !line.starts_with("* ") && !line.starts_with("> ")).collect();
    Some(json!({"status": status, "headers": headers, "content": {"text": body.join("\n").trim()}}))
}

#[derive(Default)]
struct CopiedRequest {
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// `curl URL -H 'name: value' --data-raw '…'`, as bash and as Windows' `cmd` quote it.
fn curl(text: &str) -> Result<CopiedRequest, SnippetError> {
    let windows = ["^\"", "^\n", "^\r\n"].iter().any(|caret| text.contains(caret));
    let words = if windows { words(&uncaret(text), true) } else { words(text, false) };
    let mut request = CopiedRequest::default();
    let mut words = words.into_iter().skip(1);
    while let Some(word) = words.next() {
        let (option, joined) = match word.split_once('=') {
            Some((option, value)) if option.starts_with("--") => (option.to_owned(), Some(value.to_owned())),
            _ => (word.clone(), None),
        };
        let mut value = || joined.clone().or_else(|| words.next()).unwrap_or_default();
        match option.as_str() {
            "-H" | "--header" => {
                let header = value();
                let (name, value) = header.split_once(':').unwrap_or((header.trim_end_matches(';'), ""));
                request.headers.push((name.trim().to_owned(), value.trim().to_owned()));
            }
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" | "--json" | "--data-urlencode" => {
                request.body = value();
            }
            "-b" | "--cookie" => {
                let cookie = value();
                request.headers.push(("cookie".to_owned(), cookie));
            }
            "--url" => request.url = value(),
            "-X" | "--request" | "-A" | "--user-agent" | "-e" | "--referer" | "-u" | "--user" | "-o" | "--output"
            | "--aws-sigv4" | "-m" | "--max-time" => drop(value()),
            _ if word.starts_with('-') || word == ";" => {}
            _ => request.url = word,
        }
    }
    if request.url.is_empty() {
        return Err("this cURL command has no address: copy it whole".into());
    }
    Ok(request)
}

/// `cmd`'s carets: each stands before a character that is meant as it is; at a line's end it joins the lines.
fn uncaret(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '^' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('\r') if letters.peek() == Some(&'\n') => {
                letters.next();
                out.push(' ');
            }
            Some('\n') => out.push(' '),
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

/// The words of a shell: `'…'`, `"…"`, `$'…'`, and a backslash before anything; in `cmd` a quote inside `"…"` is doubled.
fn words(text: &str, windows: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => take_until('\'', false, &mut letters, word.get_or_insert_default()),
            '"' => {
                take_until('"', true, &mut letters, word.get_or_insert_default());
                while windows && letters.next_if_eq(&'"').is_some() {
                    word.get_or_insert_default().push('"');
                    take_until('"', true, &mut letters, word.get_or_insert_default());
                }
            }
            '$' if letters.peek() == Some(&'\'') => {
                letters.next();
                take_until('\'', true, &mut letters, word.get_or_insert_default());
            }
            '\\' => match letters.next() {
                Some('\n') | None => {}
                Some('\r') => drop(letters.next_if_eq(&'\n')),
                Some(other) => word.get_or_insert_default().push(other),
            },
            letter if letter.is_whitespace() => found.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    found.extend(word);
    found
}

fn take_until(
    end: char,
    escapes: bool,
    letters: &mut std::iter::Peekable<std::str::Chars<'_>>,
    word: &mut String,
) {
    while let Some(letter) = letters.next() {
        if letter == end {
            return;
        }
        if letter != '\\' || !escapes {
            word.push(letter);
            continue;
        }
        match letters.next() {
            // In `"…"` a backslash stays before what it has no meaning for; `$'…'` has these letters.
            Some('n') if end == '\'' => word.push('\n'),
            Some('t') if end == '\'' => word.push('\t'),
            Some('u') if end == '\'' => {
                let digits: String = letters.by_ref().take(4).collect();
                word.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            }
            Some('\n') => {}
            Some(other @ ('"' | '\\' | '$' | '`' | '\'')) => word.push(other),
            Some(other) => word.extend(['\\', other]),
            None => {}
        }
    }
}

/// `fetch("URL", { headers: {…}, body: "…" })`.
fn fetch(text: &str) -> Result<CopiedRequest, SnippetError> {
    let missing = || "this fetch() has no address: copy it whole".to_owned();
    let inside = text.split_once("fetch(").map(|(_, inside)| inside.trim_start()).ok_or_else(missing)?;
    let quote = inside.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`')).ok_or_else(missing)?;
    let rest = &inside[1..];
    let end = rest.find(quote).ok_or_else(missing)?;
    let url = rest[..end].to_owned();
    let options = match rest[end..].find('{') {
        Some(brace) => api::object_of_script(&rest[end + brace..])
            .map_err(|error| format!("the options of this fetch() {error}"))?,
        None => Json::Null,
    };
    let none = Map::new();
    let headers = options.get("headers").and_then(Json::as_object).unwrap_or(&none);
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Ok(CopiedRequest {
        url,
        headers: headers.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        body: options.get("body").filter(|body| !body.is_null()).map(text).unwrap_or_default(),
    })
}
