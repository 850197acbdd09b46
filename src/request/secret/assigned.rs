//! Secrets by the name that stands before them, in a text of any kind (`password=…`, `client_secret: "…"`), and private keys in
//! PEM. A report is gone through by hand: an expression with so many names would be compiled at every cold run.

use super::{MASK, learned, names};
use std::ops::Range;

/// Blanks between a name and its value; a report may have folded the text there.
const BLANKS: usize = 40;
/// Letters of a value in quotation marks that has blanks, and of one that has none.
const SENTENCE: usize = 128;
const LONGEST: usize = 8192;
/// Shorter values of a name that other things have as well are shown.
const SHORTEST: usize = 8;
/// Before and behind the letters of a private key (RFC 7468).
const PEM: &str = "KEY-----";
/// What stands before it, in one line or, where a report has folded it, in two.
const PRIVATE: &str = "PRIVATE";
/// Between the first letters of a key's first line and its last word.
const FIRST_LINE: usize = 80;
const DASHES: &str = "-----";

const QUOTES: [&str; 8] = ["\\\\\\\"", "\\\"", "\"", "'", "&quot;", "&#39;", "\\'", "`"];

/// Whether one of them can be in a text.
pub fn may_hold(text: &str) -> bool {
    signs(text).any(|at| name_at(text, at).is_some()) || may_hold_key(text)
}

/// Takes them out of a text; whether any was there.
pub fn take_out(text: &mut String) -> bool {
    let mut places: Vec<Range<usize>> = Vec::new();
    let mut signs: Vec<usize> = signs(text).collect();
    signs.sort_unstable();
    for at in signs {
        if places.last().is_some_and(|last| at < last.end) {
            continue;
        }
        places.extend(name_at(text, at).and_then(|name| value_at(text, at, name)));
    }
    places.iter().rev().for_each(|place| text.replace_range(place.clone(), MASK));
    let keys = if may_hold_key(text) { private_keys(text) } else { Vec::new() };
    keys.iter().rev().for_each(|place| text.replace_range(place.clone(), MASK));
    !(places.is_empty() && keys.is_empty())
}

/// What stands between names and values, where the two letters before it end the name of a secret: most do not. (The standard
/// library's search for a letter takes many at once.)
fn signs(text: &str) -> impl Iterator<Item = usize> {
    let marks = text.match_indices(':').chain(text.match_indices('='));
    marks.map(|(at, _)| at).filter(|at| may_be_name(text.as_bytes().get(..*at).unwrap_or_default()))
}

/// Whether a text ends as the name of a secret may, or as a page's `&quot;`, behind which the name is.
fn may_be_name(before: &[u8]) -> bool {
    let mut letters = before.iter().rev().take(BLANKS).skip_while(|byte| !byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase);
    let (last, other) = (letters.next(), letters.next());
    let Some((other, last)) = other.zip(last) else { return false };
    matches!((other, last), (b'r' | b'w', b'd') | (b's', b'e' | b'h') | (b'd', b'e') | (b'e', b't' | b'n' | b'y') | (b'o', b't') | (b'3', b'9'))
}

/// The name of a secret that stands before a place.
fn name_at(text: &str, at: usize) -> Option<&str> {
    let before = text.get(..at)?.trim_end_matches([' ', '\t']);
    let bare = ["&quot;", "&#39;"].iter().find_map(|quote| before.strip_suffix(quote)).unwrap_or(before).trim_end_matches(['"', '\'', '\\']);
    let name = learned::name_before(bare)?;
    // Of an ARN it is a part: `arn:aws:secretsmanager:eu-west-1:111122223333:secret:name`.
    let stands_alone = !bare.strip_suffix(name).is_some_and(|rest| rest.ends_with([':', '$', '.', '#']));
    (stands_alone && names::names_secret(name)).then_some(name)
}

/// Where its value stands.
fn value_at(text: &str, at: usize, name: &str) -> Option<Range<usize>> {
    let own = names::is_always_secret(name);
    let behind = text.get(at.checked_add(1)?..)?;
    let blanks: usize = behind.chars().take(BLANKS).take_while(|letter| letter.is_whitespace() || *letter == '│').map(char::len_utf8).sum();
    let rest = behind.get(blanks..)?;
    let begin = text.len().checked_sub(rest.len())?;
    // `password = word` and `password: word` may be code, a type or a sentence; `password=word` is a form's or a log's.
    let is_tight = text.as_bytes().get(at) == Some(&b'=') && blanks == 0 && !text.get(..at)?.ends_with(' ');
    let (skipped, value, is_quoted) = match quoted(rest) {
        Some((quote, value)) => (quote.len(), value, true),
        None => (0, bare(rest), false),
    };
    let is_random = value.bytes().any(|byte| !byte.is_ascii_alphabetic() && !b".!()_-".contains(&byte));
    let is_one = if own { is_quoted || is_tight || is_random && value.len() >= 4 } else { is_tight && is_random && value.len() >= SHORTEST };
    let start = begin.checked_add(skipped)?;
    (is_one && !is_no_value(value)).then(|| start..start.saturating_add(value.len()))
}

/// What is no secret behind the name of one: a reference, a place for one, a word of a language, or what was taken out already.
fn is_no_value(value: &str) -> bool {
    const WORDS: [&str; 8] = ["true", "false", "null", "none", "undefined", "String", "String!", "ID"];
    value.is_empty() || value.starts_with(['$', '{', '[', '<', '=', ':', '%', '…', '*', '#']) || value.starts_with("arn:") || WORDS.contains(&value)
}

/// A quotation mark that a text begins with, and what stands in it.
fn quoted(text: &str) -> Option<(&'static str, &str)> {
    let quote = QUOTES.into_iter().find(|quote| text.starts_with(quote))?;
    let behind = text.get(quote.len()..)?;
    let value = behind.get(..behind.find(quote).filter(|end| *end <= LONGEST)?)?;
    (value.len() <= SENTENCE || !value.contains(char::is_whitespace)).then_some((quote, value))
}

/// What stands there up to the next blank or mark.
fn bare(text: &str) -> &str {
    let whole = text.split(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '&' | '<' | '>' | '\\' | '│' | '`')).next().unwrap_or_default();
    // Another name with its value: `{password=a,user=b}`.
    let next = whole.match_indices([',', ';']).find(|(at, _)| whole.get(at + 1..).is_some_and(|rest| rest.contains(['=', ':'])));
    let value = next.and_then(|(at, _)| whole.get(..at)).unwrap_or(whole);
    value.trim_end_matches(['.', ',', ';', ':', ')', '}', ']'])
}

/// Whether a private key can be in a text: its first line alone is longer.
fn may_hold_key(text: &str) -> bool {
    text.len() > 2 * PEM.len() && text.contains(PRIVATE) && text.contains(PEM)
}

/// Where private keys stand: what is between their two lines, or all that has their letters where the second is missing.
fn private_keys(text: &str) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices(PEM) {
        if places.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let Some(start) = text.get(..at).and_then(|before| before.rfind("-----BEGIN").filter(|start| at - start <= FIRST_LINE && before.get(*start..).is_some_and(|line| line.contains(PRIVATE)))) else { continue };
        let rest = text.get(at + PEM.len()..).unwrap_or_default();
        let end = rest.find("-----END").and_then(|end| Some(end + 8 + rest.get(end + 8..)?.find(DASHES)? + DASHES.len()));
        let letters = || rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !letter.is_whitespace() && !"+/=-\\│".contains(letter)).unwrap_or(rest.len());
        places.push(start..at + PEM.len() + end.unwrap_or_else(letters));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::{may_hold, take_out};

    fn taken(text: &str) -> String {
        let mut text = text.to_owned();
        let (may, found) = (may_hold(&text), take_out(&mut text));
        assert!(may || !found, "{text}");
        text
    }

    #[test]
    fn what_stands_behind_the_name_of_a_secret_is_one() {
        for (text, wanted) in [
            ("grant_type=password&client_secret=quay&username=ann&refresh_token=r.1-x", "grant_type=password&client_secret=[secret]&username=ann&refresh_token=[secret]"),
            ("bad password=Tiger! for ann.", "bad password=[secret] for ann."),
            ("{user=ann, password=tiger, room=7}", "{user=ann, password=[secret], room=7}"),
            ("{password=tiger,user=ann}", "{password=[secret],user=ann}"),
            (r#"{"password":"a b","user":"ann"}"#, r#"{"password":"[secret]","user":"ann"}"#),
            (r#""{\"newPassword\" : \"tiger\"}""#, r#""{\"newPassword\" : \"[secret]\"}""#),
            ("&quot;clientSecret&quot;: &quot;quay&quot;", "&quot;clientSecret&quot;: &quot;[secret]&quot;"),
            ("SecretHash=q7w8e9r0t1==&next=2", "SecretHash=[secret]&next=2"),
            ("client_secret: 'quay'", "client_secret: '[secret]'"),
            ("access_token:\n      │ At-88ue.", "access_token:\n      │ [secret]."),
            ("PASSWORD: t1ger, Pwd=tiger;Server=db", "PASSWORD: [secret], Pwd=[secret];Server=db"),
            ("https://a.example/x?token=q7w8e9r0t1&next=2", "https://a.example/x?token=[secret]&next=2"),
        ] {
            assert_eq!(taken(text), wanted);
        }
    }

    #[test]
    fn a_private_key_is_one_where_a_report_has_folded_its_first_line() {
        let key = "-----BEGIN RSA PRIVATE\n       KEY-----\n       MIIEowIBAAKCAQEA\n       -----END RSA PRIVATE KEY-----";
        assert_eq!(taken(&format!("<{key}>")), "<[secret]>");
        let public = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----";
        assert_eq!(taken(public), public);
    }

    #[test]
    fn types_references_and_sentences_are_shown() {
        for text in [
            "type User { password: String! secret: ID }",
            "signIn(name: $n, password: $password)",
            r#"{"password": "$ctx.args.password"}"#,
            r##""expression": "SET #password = :password""##,
            "#if($ctx.args.password == $ctx.source.password)",
            "#set($password = $ctx.args.password)",
            "the password: it must have 8 letters",
            "with its secret: take it out of this client",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:quay-a1B2c3",
            "secret: arn:aws:secretsmanager:eu-west-1:111122223333:secret:quay-a1B2c3",
            "x-api-key=[****q0d5ne], nextToken=page-2-of-20000",
            "password=[secret]",
            r#"{"token": "access", "tokens": 3}"#,
            "password: true, hasSecret=false",
            "password = args.password",
        ] {
            assert_eq!(taken(text), text);
        }
    }

    #[test]
    fn private_keys_are_taken_out_to_their_end() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n  │ abcDEF==\n-----END RSA PRIVATE KEY-----";
        assert_eq!(taken(&format!("a {key} b")), "a [secret] b");
        assert_eq!(taken(&format!("{key} {}", key.replace('\n', "\\n"))), "[secret] [secret]");
        assert_eq!(taken("-----BEGIN PRIVATE KEY-----\nMIIEow\n"), "[secret]");
        for shown in ["a PRIVATE KEY is missing", "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----"] {
            assert_eq!(taken(shown), shown);
        }
    }
}
