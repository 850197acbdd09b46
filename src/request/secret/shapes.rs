//! What looks like a credential, wherever it stands.

use fancy_regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Tokens (JWT, JWE, cut ones, and in Base64), the session tokens of AWS, signatures, and keys of AppSync. ASCII classes:
/// those of Unicode take thirty times as long to compile.
static SHAPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let shapes = [
        // Its points also as a URL, JSON and HTML may write them.
        r"eyJ[A-Za-z0-9_-]{8,}(?:(?:\.|%(?:25)?2[eE]|\\{1,4}u002[eE]|&(?:amp;)?#(?:46|x2[eE]);)[A-Za-z0-9_-]*){1,4}",
        r"eyJ[A-Za-z0-9_-]{40,}",
        r"ZXlK[A-Za-z0-9+/_-]{40,}=*",
        r"da2-[a-z0-9]{20,}",
        r"(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/_-]{80,}=*",
        r#"AWS4-HMAC-SHA256 Credential=[^\n"<]*"#,
        r"Signature=[0-9a-f]{64}",
        r#"(?:AWS_)?(?:SECRET_ACCESS_KEY|secret_access_key|[sS]ecretAccessKey|SESSION_TOKEN|session_token|[sS]essionToken)\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?[A-Za-z0-9/+=_-]{12,}"#,
        r"(?i:bearer) [A-Za-z0-9_.~+/-]{10,}=*",
    ];
    Regex::new(&shapes.join("|")).ok()
});

/// The password of a URL, `https://user:password@host`.
static IN_URL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"://([^\s:/@"'<>]{1,128}):[^\s/@"'<>]{1,256}@"#).ok());

/// What one of them holds: without it, none need be looked for.
const MARKS: [&str; 16] = [
    "SECRET_ACCESS_KEY",
    "secret_access_key",
    "ecretAccessKey",
    "SESSION_TOKEN",
    "session_token",
    "essionToken",
    "eyJ", "ZXlK", "da2-", "IQoJ", "FwoG", "FQoG", "AWS4-HMAC", "Signature=", "earer ", "EARER "];

/// Whether one of them can be in a text.
pub fn may_hold(text: &str) -> bool {
    has_sign(text) && has_mark(text)
}

/// Whether a text has one of the letters of which each mark has at least one: most names and words have none.
fn has_sign(text: &str) -> bool {
    let mut before = 0;
    text.bytes().any(|byte| {
        let ends_word = byte == b' ' && matches!(before, b'r' | b'R');
        before = byte;
        ends_word || matches!(byte, b'_' | b'K' | b'T' | b'J' | b'-' | b'G' | b'=' | b'/')
    })
}

/// A text is gone through once for all marks: of most places three letters tell that none begins there.
fn has_mark(text: &str) -> bool {
    let at = |table: &[u16; 256], byte: u8| table.get(usize::from(byte)).copied().unwrap_or_default();
    let begins = |rest: &[u8]| MARKS.iter().any(|mark| rest.starts_with(mark.as_bytes()));
    let bytes = text.as_bytes();
    let may_begin = |letters: &[u8]| match letters {
        [first, second, third] => at(&FIRST, *first) & at(&SECOND, *second) & at(&THIRD, *third) != 0,
        _ => false,
    };
    bytes.windows(3).enumerate().any(|(place, letters)| may_begin(letters) && bytes.get(place..).is_some_and(begins))
        || may_be_url(text)
}

/// The marks that have a letter as their first, second and third: a bit for each mark.
const FIRST: [u16; 256] = with_letter(0);
const SECOND: [u16; 256] = with_letter(1);
const THIRD: [u16; 256] = with_letter(2);

#[expect(clippy::indexing_slicing, reason = "a byte is less than 256, and the compiler would refuse a shorter mark")]
const fn with_letter(place: usize) -> [u16; 256] {
    let (mut marks, mut at) = ([0; 256], 0);
    while at < MARKS.len() {
        marks[MARKS[at].as_bytes()[place] as usize] |= 1 << at;
        at += 1;
    }
    marks
}

/// Whether a URL with a name before its host can be in a text.
fn may_be_url(text: &str) -> bool {
    let has_name = |rest: &str| rest.bytes().take(400).take_while(|byte| !b" /\"'<>\\\n".contains(byte)).any(|byte| byte == b'@');
    text.match_indices("://").any(|(at, mark)| text.get(at.saturating_add(mark.len())..).is_some_and(has_name))
}

/// A text without them.
pub fn hidden(text: &str) -> Cow<'_, str> {
    if !may_hold(text) {
        return Cow::Borrowed(text);
    }
    let hidden = SHAPES.as_ref().map_or(Cow::Borrowed(text), |shapes| shapes.replace_all(text, super::MASK));
    let Some(url) = IN_URL.as_ref().filter(|_| may_be_url(&hidden)) else { return hidden };
    let without = match url.replace_all(&hidden, "://$1:[secret]@") {
        Cow::Borrowed(_) => None,
        Cow::Owned(without) => Some(without),
    };
    without.map_or(hidden, Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_however_its_points_are_written() {
        for point in [".", "%2E", "%252e", "\\u002e", "\\\\u002E", "&#46;", "&amp;#x2e;"] {
            let token = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJhIn0", "c2lnbmVk"].join(point);
            assert_eq!(hidden(&format!("<{token}>")), "<[secret]>", "{point}");
        }
    }

    #[test]
    fn every_mark_has_a_sign() {
        assert!(MARKS.iter().chain(&["://"]).all(|mark| has_sign(mark)));
        assert!(!has_sign("the field was not asked for"));
    }

    #[test]
    fn every_mark_is_found_wherever_it_stands() {
        for mark in MARKS {
            assert!(has_mark(mark) && has_mark(&format!("se{mark}")) && has_mark(&format!("é {mark}x")), "{mark}");
            assert!(!has_mark(&mark[1..]) || MARKS.contains(&&mark[1..]), "{mark}");
        }
        assert!(!has_mark("ey") && !has_mark("") && !has_mark("the users' second session is ready"));
    }
}
