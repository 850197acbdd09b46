//! What looks like a credential, wherever it stands.

use fancy_regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Tokens (JWT, JWE, cut ones, and in Base64), the session tokens of AWS, signatures, and keys of AppSync. ASCII classes:
/// those of Unicode take thirty times as long to compile.
static SHAPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let shapes = [
        r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}",
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

/// What one of them holds: without it, none need be looked for.
const MARKS: [&str; 15] = [
    "SECRET_ACCESS_KEY",
    "secret_access_key",
    "ecretAccessKey",
    "SESSION_TOKEN",
    "session_token",
    "essionToken",
    "eyJ", "ZXlK", "da2-", "IQoJ", "FwoG", "FQoG", "AWS4-HMAC", "Signature=", "earer "];

/// Whether one of them can be in a text.
pub fn may_hold(text: &str) -> bool {
    MARKS.iter().any(|mark| text.contains(mark)) || text.contains("EARER ")
}

/// A text without them.
pub fn hidden(text: &str) -> Cow<'_, str> {
    if !may_hold(text) {
        return Cow::Borrowed(text);
    }
    SHAPES.as_ref().map_or(Cow::Borrowed(text), |shapes| shapes.replace_all(text, super::MASK))
}
