//! A secret that was cut, joined or encoded: found by its pieces of eight letters.

use super::MASK;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use rustc_hash::FxHashSet;
use std::fmt::Write as _;

/// The letters of a piece.
const SIZE: usize = 8;
/// Shorter values, and longer parts of them, are looked for as a whole alone.
const SHORTEST: usize = 16;
const LONGEST: usize = 64 << 10;

/// Pieces of secrets that no word of a report looks like.
#[derive(Clone, Debug, Default)]
pub struct Pieces(FxHashSet<[u8; SIZE]>);

impl Pieces {
    /// Remembers the pieces of a secret, also in small and capital letters and in Base64.
    pub fn add(&mut self, value: &str) {
        if value.len() < SHORTEST || !value.is_ascii() || value.contains(' ') {
            return;
        }
        let value = &value[..value.len().min(LONGEST)];
        self.remember(value);
        self.remember(&value.to_ascii_lowercase());
        self.remember(&value.to_ascii_uppercase());
        based(value).iter().for_each(|text| self.remember(text));
    }

    /// With those of others.
    pub fn and(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    fn remember(&mut self, text: &str) {
        let mut window = TextWindow::default();
        for byte in text.bytes() {
            window.slide(byte);
            if window.is_random() {
                self.0.insert(window.piece);
            }
        }
    }

    /// A text without them; nothing where it holds none.
    pub fn hidden(&self, text: &str) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let mut made = String::new();
        let (mut copied, mut end) = (0, 0);
        for (at, piece) in text.as_bytes().windows(SIZE).enumerate() {
            if !<[u8; SIZE]>::try_from(piece).is_ok_and(|piece| self.0.contains(&piece)) {
                continue;
            }
            // What overlaps or nearly touches is one; between pieces that are like words some are missing.
            if at > end || end == 0 {
                made.push_str(&text[copied..at]);
                made.push_str(MASK);
            }
            end = at + SIZE;
            copied = end;
        }
        if copied == 0 {
            return None;
        }
        made.push_str(&text[copied..]);
        Some(made)
    }
}

/// The last eight letters that were read, and how many there are of each kind, so that a long secret is gone through once.
#[derive(Default)]
struct TextWindow {
    piece: [u8; SIZE],
    digits: usize,
    capitals: usize,
    small: usize,
    /// Marks that a secret may have.
    marks: usize,
}

impl TextWindow {
    /// One letter further.
    fn slide(&mut self, byte: u8) {
        let [first, rest @ ..] = self.piece;
        if let Some(count) = self.count(first) {
            *count -= 1;
        }
        if let Some(count) = self.count(byte) {
            *count += 1;
        }
        self.piece[..SIZE - 1].copy_from_slice(&rest);
        self.piece[SIZE - 1] = byte;
    }

    fn count(&mut self, byte: u8) -> Option<&mut usize> {
        match byte {
            b'0'..=b'9' => Some(&mut self.digits),
            b'A'..=b'Z' => Some(&mut self.capitals),
            b'a'..=b'z' => Some(&mut self.small),
            b'-' | b'_' | b'+' | b'/' | b'=' | b'.' => Some(&mut self.marks),
            _ => None,
        }
    }

    /// Whether the piece has digits among letters, or capital letters inside: words of a report have not.
    fn is_random(&self) -> bool {
        let is_whole = self.digits + self.capitals + self.small + self.marks == SIZE;
        let capitals = self.capitals - usize::from(self.piece[0].is_ascii_uppercase());
        // A date or a number alone is no piece either.
        is_whole && self.small + capitals > 0 && (self.digits > 1 || capitals > 1 && self.small > 1)
    }
}

/// The value in Base64, without the letters that what stands before or after it has a part in.
fn based(value: &str) -> Vec<String> {
    let mut made = Vec::new();
    for (before, cut) in [(0_usize, 0_usize), (1, 2), (2, 3)] {
        let bytes = [vec![0; before], value.as_bytes().to_vec()].concat();
        let mut whole = STANDARD_NO_PAD.encode(&bytes);
        whole.truncate(whole.len() - usize::from(bytes.len() % 3 != 0));
        let part = whole.split_off(cut.min(whole.len()));
        // In a URL two letters are others.
        if part.contains(['+', '/']) {
            made.push(part.replace('+', "-").replace('/', "_"));
        }
        made.push(part);
    }
    made
}

/// As a text of JSON, without its quotation marks.
fn quoted(text: &str) -> String {
    let whole = serde_json::to_string(text).unwrap_or_default();
    whole.get(1..whole.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

/// As `$util.escapeJavaScript` writes it.
fn scripted(text: &str) -> String {
    let mut out = String::new();
    for unit in text.encode_utf16() {
        match char::from_u32(unit.into()) {
            Some(letter @ ('\'' | '"' | '\\' | '/')) => out.extend(['\\', letter]),
            Some(letter) if (' '..='\u{7f}').contains(&letter) => out.push(letter),
            _ => {
                let _ = write!(out, "\\u{unit:04X}");
            }
        }
    }
    out
}

/// As a page writes it, in its text and in an attribute.
fn marked_up(text: &str) -> [String; 2] {
    let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let marks = html.replace('"', "&quot;").replace('\'', "&#39;");
    [html, marks]
}

/// How a template or a report may write a value: in Base64, in a URL, in JSON, in HTML.
pub fn encoded(value: &str) -> Vec<String> {
    if value.len() > LONGEST {
        return Vec::new();
    }
    let mut made = if value.len() < SHORTEST / 2 { Vec::new() } else { based(value) };
    if value.len() >= SHORTEST / 2 {
        // Twice in Base64, in hexadecimal, and each byte of a URL by its number.
        made.extend(based(&STANDARD.encode(value)));
        for (capital, percent) in [(false, ""), (true, ""), (false, "%"), (true, "%")] {
            let mut text = String::with_capacity(value.len() * 3);
            for byte in value.bytes() {
                text.push_str(percent);
                text.extend([byte >> 4, byte & 15].into_iter().filter_map(|half| char::from_digit(half.into(), 16)));
            }
            made.push(if capital { text.to_ascii_uppercase() } else { text });
        }
    }
    let (mut url, mut form, mut java) = (String::new(), String::new(), String::new());
    for byte in value.bytes() {
        let kept = byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        for (text, blank, also) in [(&mut url, "%20", &b"~"[..]), (&mut form, "+", b"~"), (&mut java, "+", b"*")] {
            match byte {
                b' ' => text.push_str(blank),
                _ if kept || also.contains(&byte) => text.push(byte.into()),
                _ => {
                    let _ = write!(text, "%{byte:02X}");
                }
            }
        }
    }
    // A template's own ways to write a text, and a report's around them.
    let (json, script) = (quoted(value), scripted(value));
    let thrice = quoted(&quoted(&json));
    let twice = [quoted(&json), quoted(&script), form.replace('%', "%25").replace('+', "%2B"), quoted(&thrice), thrice];
    made.extend([url, form, java, json, script, value.to_lowercase(), value.to_uppercase()]);
    made.extend(twice);
    let is_marked_up = |text: &&str| text.contains(['&', '<', '>', '"', '\'']);
    let page: Vec<String> = made.iter().map(String::as_str).chain([value]).filter(is_marked_up).flat_map(marked_up).collect();
    made.extend(page);
    made.sort();
    made.dedup();
    made.retain(|text| text != value && text.len() >= super::SHORTEST);
    made
}
