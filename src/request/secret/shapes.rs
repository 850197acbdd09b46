//! What looks like a credential, wherever it stands.

use fancy_regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Tokens (JWT, JWE, cut ones, and in Base64), keys of AppSync and the session tokens of AWS: what is one by itself. The
/// points of a JWT also as a URL, JSON and HTML may write them. ASCII classes: those of Unicode take thirty times as long to
/// compile.
const TOKENS: &str = concat!(
    r"eyJ[A-Za-z0-9_-]{8,}(?:(?:\.|%(?:25)?2[eE]|\\{1,4}u002[eE]|&(?:amp;)?#(?:46|x2[eE]);)[A-Za-z0-9_-]*){1,4}",
    r"|eyJ[A-Za-z0-9_-]{40,}",
    r"|ZXlK[A-Za-z0-9+/_-]{40,}=*",
    r"|da2-[a-z0-9]{20,}",
    r"|(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/_-]{80,}=*",
);

static WHOLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(TOKENS).ok());

/// These, and signatures and keys by what stands before them.
static SHAPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let shapes = [
        TOKENS,
        // A report may have folded it there.
        r#"AWS4-HMAC-SHA256[ \t\r\n]{1,80}Credential=[^\n"<]*(?:[ \t\r\n]+[0-9a-f]{16,64})?"#,
        r"Signature[ \t\r\n]{0,4}[:=][ \t\r\n]{0,20}[0-9a-f](?:[ \t\r\n]*[0-9a-f]){63}",
        r#"(?:AWS_)?(?:SECRET_ACCESS_KEY|secret_access_key|[sS]ecretAccessKey|SESSION_TOKEN|session_token|[sS]essionToken)\\?["']?\s{0,80}[:=]\s{0,80}\\?["']?[A-Za-z0-9/+=_-]{12,}"#,
        r"(?i:bearer)[ \t\r\n]{1,80}[A-Za-z0-9_.~+/-]{10,}=*",
    ];
    Regex::new(&shapes.join("|")).ok()
});

/// The password of a URL, `https://user:password@host`.
static IN_URL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"://([^\s:/@"'<>]{1,128}):[^\s/@"'<>]{1,256}@"#).ok());

/// What one of them holds, and the place of its rarest letter: without any of these, none need be looked for. The last is a
/// URL's, which may hold a password.
const MARKS: [(&str, usize); 17] = [
    ("SECRET_ACCESS_KEY", 6),
    ("secret_access_key", 6),
    ("ecretAccessKey", 11),
    ("SESSION_TOKEN", 7),
    ("session_token", 7),
    ("essionToken", 6),
    ("eyJ", 2),
    ("ZXlK", 3),
    ("da2-", 3),
    ("IQoJ", 3),
    ("FwoG", 3),
    ("FQoG", 3),
    ("AWS4-HMAC", 4),
    ("Signature", 2),
    ("earer", 4),
    ("EARER", 4),
    (URL, 1),
];
const URL: &str = "://";

/// The marks whose rarest letter it is, and those that have it just before that: a bit for each mark.
const RAREST: [u32; 256] = with_letter(0);
const BEFORE: [u32; 256] = with_letter(1);

#[expect(clippy::indexing_slicing, reason = "a byte is less than 256, and the compiler would refuse a place beyond a mark")]
const fn with_letter(back: usize) -> [u32; 256] {
    let (mut marks, mut at) = ([0; 256], 0);
    while at < MARKS.len() {
        let (mark, rarest) = MARKS[at];
        marks[mark.as_bytes()[rarest - back] as usize] |= 1 << at;
        at += 1;
    }
    marks
}

/// Letters that are looked at together.
const TOGETHER: usize = 16;

/// Whether one of them can be in a text, which is gone through once for all marks: nearly no letter is one's rarest and stands
/// behind the one that the mark has there, so that many are asked at once.
pub fn may_hold(text: &str) -> bool {
    let mut before = 0;
    text.as_bytes().chunks(TOGETHER).enumerate().any(|(nth, bytes)| {
        let (first, mut some) = (before, 0);
        for byte in bytes {
            some |= of(&RAREST, *byte) & before;
            before = of(&BEFORE, *byte);
        }
        some != 0 && any_of(text, nth * TOGETHER, bytes, first)
    })
}

fn of(table: &[u32; 256], byte: u8) -> u32 {
    table.get(usize::from(byte)).copied().unwrap_or_default()
}

/// The same of these letters of a text, one by one; `before` are the marks that may go on with the first.
fn any_of(text: &str, start: usize, bytes: &[u8], mut before: u32) -> bool {
    bytes.iter().enumerate().any(|(at, byte)| {
        let marks = of(&RAREST, *byte) & std::mem::replace(&mut before, of(&BEFORE, *byte));
        marks != 0 && stands_around(text, start + at, marks)
    })
}

/// Whether one of these marks stands in a text with its rarest letter at this place.
fn stands_around(text: &str, at: usize, mut marks: u32) -> bool {
    while let Some((mark, rarest)) = MARKS.get(marks.trailing_zeros() as usize) {
        let rest = at.checked_sub(*rarest).and_then(|begin| text.get(begin..)?.strip_prefix(mark));
        if rest.is_some_and(|rest| goes_on(mark, rest)) {
            return true;
        }
        marks &= marks.wrapping_sub(1);
    }
    false
}

/// Whether what follows a mark may be what the mark is of: of tokens and keys as many letters as their expressions want.
fn goes_on(mark: &str, rest: &str) -> bool {
    let letters = match mark {
        URL => return has_name(rest),
        // A report may have folded it there.
        "earer" | "EARER" => {
            let behind = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            return behind.len() < rest.len() && behind.bytes().take(10).filter(|byte| byte.is_ascii_alphanumeric() || b"_.~+/-".contains(byte)).count() == 10;
        }
        "eyJ" => 8,
        "da2-" => 20,
        "ZXlK" => 40,
        "IQoJ" | "FwoG" | "FQoG" => 80,
        _ => 0,
    };
    let own = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/_-".contains(byte);
    rest.bytes().take(letters).take_while(own).count() == letters
}

/// Whether a URL with a name before its host can be in a text.
fn may_be_url(text: &str) -> bool {
    text.match_indices(URL).any(|(at, mark)| text.get(at.saturating_add(mark.len())..).is_some_and(has_name))
}

/// Whether what follows a URL's scheme has a name before the host.
fn has_name(rest: &str) -> bool {
    rest.bytes().take(400).take_while(|byte| !b" /\"'<>\\\n".contains(byte)).any(|byte| byte == b'@')
}

/// Takes whole tokens out of a text, but those that are known, which what is known takes out with what stands around them;
/// whether any was there.
pub fn take_out_tokens(text: &mut String, is_known: impl Fn(&str) -> bool) -> bool {
    // Asked first: the expression is compiled when it is first looked at.
    if !may_hold(text) {
        return false;
    }
    let Some(tokens) = WHOLE.as_ref() else { return false };
    let places: Vec<_> = tokens
        .find_iter(text)
        .filter_map(|token| {
            let token = token.ok()?;
            // The point that ends a sentence is none of its own.
            let bare = token.as_str().trim_end_matches('.');
            (!is_known(bare)).then(|| token.start()..token.start().saturating_add(bare.len()))
        })
        .collect();
    places.iter().rev().for_each(|place| text.replace_range(place.clone(), super::MASK));
    !places.is_empty()
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
    fn a_signature_may_be_folded() {
        let hex = "0a1b2c3d4e5f6071".repeat(4);
        let (begin, end) = hex.split_at(30);
        for text in [
            format!("Signature={hex}"),
            format!("Signature=\n{hex}"),
            format!("Signature = {hex}"),
            format!("Signature: {hex}"),
            format!("Signature={begin}\r\n           {end}"),
            format!("AWS4-HMAC-SHA256\tCredential=A/b, Signature={begin}\n{end}"),
        ] {
            assert_eq!(hidden(&format!("<{text}>")), "<[secret]>", "{text}");
        }
        assert_eq!(hidden("Signature: a word"), "Signature: a word");
        assert_eq!(hidden("this call. Bearer\n       Zq7xVerySecretVal1"), "this call. [secret]");
        assert_eq!(hidden("a bearer token is wanted"), "a bearer token is wanted");
    }

    #[test]
    fn every_mark_is_found_wherever_it_stands() {
        for (mark, _) in MARKS.into_iter().filter(|(mark, _)| *mark != URL) {
            let gap = if mark.eq_ignore_ascii_case("earer") { " " } else { "" };
            let whole = format!("{mark}{gap}{}", "a1".repeat(40));
            assert!(may_hold(&whole) && may_hold(&format!("se{whole}")) && may_hold(&format!("é {whole}x")), "{mark}");
            assert!(!may_hold(&mark[1..]), "{mark}");
            assert!(!may_hold(&mark[..mark.len() - 1]), "{mark}");
        }
        assert!(!may_hold("ey") && !may_hold("") && !may_hold("the users' second session-2- is_ready"));
    }

    #[test]
    fn a_mark_is_looked_at_where_as_many_letters_follow_as_its_expression_wants() {
        for (mark, least) in [("eyJ", 8), ("da2-", 20), ("ZXlK", 40), ("IQoJ", 80), ("FwoG", 80), ("FQoG", 80)] {
            let of = |letters: usize| format!("see {mark}{} there", "a".repeat(letters));
            assert!(may_hold(&of(least)) && !may_hold(&of(least - 1)), "{mark}");
            assert_eq!(hidden(&of(least - 1)), of(least - 1), "{mark}");
        }
    }

    #[test]
    fn a_url_is_looked_at_where_it_has_a_name() {
        assert!(may_hold("see https://ann:secret@db.test/x") && may_hold("://a@"));
        assert!(!may_hold("see https://db.test/x and ann@db.test") && !may_hold("://") && !may_hold("//a@"));
    }
}
