//! The one frame of every page, and the one way in which text, values and findings come into it: no script, no network,
//! light and dark, usable by keyboard and screen reader.

use super::safe::line as safe_line;
use super::summary::FirstLines;
use crate::finding::Finding;
use crate::message::{Message, Part};
use serde_json::Value as Json;
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

/// Nothing is loaded, run, sent or embedded; only the style that stands in the page itself applies.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-src 'none'";

/// Escapes text for HTML, inside and outside of attributes; control characters become visible signs.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for each in text.chars() {
        match each {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(each),
            '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + each as u32).unwrap_or('\u{fffd}')),
            each => out.push_str(&safe_line(each.encode_utf8(&mut [0; 4]))),
        }
    }
    out
}

/// A name as the end of an id and of a link to it: letters, digits, `-`, `:` and `.` stay.
pub fn anchor(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b':' | b'.' => out.push(byte as char),
            byte => drop(write!(out, "_{byte:02x}")),
        }
    }
    out
}

/// A sentence: what stands between backticks is code.
pub fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, inside, after)) =
        rest.split_once('`').and_then(|(before, more)| more.split_once('`').map(|(inside, after)| (before, inside, after)))
    {
        out += &escape(before);
        out += &code(inside);
        rest = after;
    }
    out + &escape(rest)
}

/// Code: a piece of a template, or a value.
pub fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(text))
}

/// A sentence: what is code in it stands as code.
pub fn sentence(message: &Message) -> String {
    let part = |part: &Part| match part {
        Part::Code(text) => code(text),
        other => escape(other.as_str()),
    };
    message.parts().iter().map(part).collect()
}

/// A page around a body.
pub fn page(title: &str, body: &str) -> String {
    page_with(title, "", body)
}

/// The same with a style of its own.
pub fn page_with(title: &str, style: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"referrer\" content=\"no-referrer\"><title>{}</title><style>{STYLE}{style}</style></head>\n<body><main>{body}</main></body></html>\n",
        escape(title)
    )
}

/// The verdict as the heading of a page, or of a part of one.
pub fn verdict(level: u8, word: &str, about: &str) -> String {
    verdict_header(level, word, about, "")
}

/// The verdict with its cause and cure in the same banner, and what the cause is about.
pub fn banner(level: u8, word: &str, about: &str, summary: Option<&FirstLines>, facts: &str) -> String {
    let Some(summary) = summary else { return verdict(level, word, about) };
    let cure = summary.cure.as_deref().map_or(String::new(), |cure| format!("<dt>Cure</dt><dd>{}</dd>", prose(cure)));
    let facts = if facts.is_empty() { String::new() } else { format!("<span class=\"facts\">{facts}</span>") };
    let cause = format!(
        "<dl class=\"banner\"><dt>Cause</dt><dd>{} <code class=\"tag\">{}</code>{facts}</dd>{cure}</dl>",
        prose(&summary.cause),
        summary.code
    );
    verdict_header(level, word, about, &cause)
}

fn verdict_header(level: u8, word: &str, about: &str, more: &str) -> String {
    let class = escape(&word.to_lowercase());
    format!("<header class=\"verdict {class}\"><h{level}>{}</h{level}><p>{about}</p>{more}</header>\n", escape(word))
}

/// What to type next.
pub fn next(words: &str) -> String {
    format!("<p class=\"next\"><strong>Next:</strong> {}</p>\n", prose(words))
}

/// A part with its heading.
pub fn section(level: u8, title: &str, body: &str) -> String {
    format!("<section><h{level}>{}</h{level}>{body}</section>\n", escape(title))
}

/// A table with a heading for each column; the first cell of a row is the row's heading. Cells are HTML. On a
/// narrow page the cells of a row stand below each other, each with the name of its column.
pub fn table(label: &str, columns: &[&str], rows: &[(String, Vec<String>)]) -> String {
    let mut out = format!(
        "<div class=\"wide\" role=\"group\" tabindex=\"0\" aria-label=\"{}\"><table><thead><tr>",
        escape(label)
    );
    for column in columns {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(column));
    }
    out.push_str("</tr></thead><tbody>");
    for (attributes, cells) in rows {
        let _ = write!(out, "<tr{attributes}>");
        for (at, cell) in cells.iter().enumerate() {
            let _ = match at {
                0 => write!(out, "<th scope=\"row\">{cell}</th>"),
                _ => {
                    let label = columns.get(at).copied().unwrap_or("");
                    write!(out, "<td data-label=\"{}\">{cell}</td>", escape(label))
                }
            };
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>");
    out
}

/// Findings, the first one first, each with the place and the values that it is about.
pub fn findings<'a>(list: impl IntoIterator<Item = &'a Finding>, link: &dyn Fn(&str) -> String) -> String {
    let mut out = String::from("<ul class=\"findings\">");
    for finding in list {
        let message = prose(&finding.message.to_string());
        let (tag, facts) = (finding.code, facts(finding, link));
        let _ = writeln!(out, "<li>{message} <code class=\"tag\">{tag}</code><span class=\"facts\">{facts}</span></li>");
    }
    out.push_str("</ul>");
    out
}

/// How sure a finding is, the place that it is about, and its values.
pub fn facts(finding: &Finding, link: &dyn Fn(&str) -> String) -> String {
    let mut facts = vec![finding.certainty.to_string()];
    facts.extend(finding.path.as_deref().map(link));
    if !finding.actual.is_null() {
        facts.push(format!("is {}", code(&finding.actual.to_string())));
    }
    if !finding.wanted.is_null() {
        facts.push(format!("wanted {}", code(&finding.wanted.to_string())));
    }
    facts.join(" · ")
}

/// Any JSON as nested lists.
pub fn tree(json: &Json) -> String {
    match json {
        Json::Object(map) if !map.is_empty() => {
            let row = |(name, value): (&String, &Json)| format!("<dt>{}</dt><dd>{}</dd>", escape(name), tree(value));
            format!("<dl>{}</dl>", map.iter().map(row).collect::<String>())
        }
        Json::Array(list) if list.iter().any(|item| item.is_object() || item.is_array()) => {
            format!("<ol>{}</ol>", list.iter().map(|item| format!("<li>{}</li>", tree(item))).collect::<String>())
        }
        Json::String(text) if text.contains('\n') => format!("<pre>{}</pre>", escape(text)),
        scalar => code(&scalar.to_string()),
    }
}

/// A part that is closed until a reader wants it; nothing if there is nothing in it.
pub fn folded(title: &str, json: &Json) -> String {
    let empty = match json {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(map) => map.is_empty(),
        _ => false,
    };
    if empty {
        String::new()
    } else {
        format!("<details><summary>{}</summary>{}</details>\n", escape(title), tree(json))
    }
}
