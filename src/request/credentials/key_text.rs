//! What stands in `x-api-key` around a key, or instead of one key, by the text alone.

use super::super::sent::HowSent;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};
use serde_json::Value as Json;

/// Where a key is sent.
pub(super) const PATH: &str = "request.headers.x-api-key";

/// The JSON of a secret, with the key inside.
pub(super) fn whole_secret(sent: &str) -> Option<Finding> {
    let json: Json = serde_json::from_str(sent.trim()).ok().filter(Json::is_object)?;
    let (name, _) = json.as_object()?.iter().find(|(_, value)| value.as_str().is_some_and(|value| value.starts_with("da2-")))?;
    let message = Message::of(
        "the x-api-key header holds a whole JSON object with the key inside (its member {}), as Secrets Manager gives a secret (SecretString) or a parameter store a parameter, so AppSync knows no such key. » Parse it, and send the value of {} alone (da2-…).",
        [Part::Name(name.clone()), Part::Name(name.clone())],
    );
    Some(Finding::new(Code::KeyForm, message).at(PATH).actual("a JSON object").wanted("da2-…"))
}

/// A key with something around it: AppSync compares the whole value of the header.
pub(super) fn dressed(sent: &str) -> Option<Finding> {
    let quotes = ['"', '\'', '`'];
    let inner = sent.trim();
    let (inner, prefixed) = match inner.get(..7) {
        Some(word) if word.eq_ignore_ascii_case("bearer ") => (inner[7..].trim(), true),
        _ => (inner, false),
    };
    // A key has letters, digits and hyphens alone.
    let (inner, escaped) = unescaped(inner);
    let bare = inner.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
    let sign = inner.chars().find(|letter| !letter.is_ascii_alphanumeric() && *letter != '-');
    if bare == sent || !bare.starts_with("da2-") {
        return None;
    }
    let what = if prefixed {
        "`Bearer ` before the key".to_owned()
    } else if let Some(escape) = escaped {
        format!("`{escape}` behind the key, a line break that was written out as text (a secret or variable that was stored by echo or JSON.stringify, with its escape)")
    } else if inner.starts_with(quotes) || inner.ends_with(quotes) {
        "quotes around the key".to_owned()
    } else if let Some(sign) = sign {
        format!("a `{sign}` at the key's end or beginning")
    } else {
        "blanks or line breaks around the key".to_owned()
    };
    Some(
        Finding::new(
            Code::KeyForm,
            Message::of(
                "the x-api-key header has {}, which AppSync takes for a part of it, so it knows no such key: » send the bare key (da2-…), without them.",
                [
                    Part::Text(what.clone()),
                ],
            ),
        )
        .at(PATH)
        .actual(what)
        .wanted("da2-…"),
    )
}

/// What stands before an escape at the end that stands for a line break or a tab, as JSON, shells and URLs write them; and the
/// escape.
fn unescaped(text: &str) -> (&str, Option<&str>) {
    const ESCAPES: [&str; 8] = ["\\r\\n", "\\n", "\\r", "\\t", "%0D%0A", "%0d%0a", "%0A", "%0a"];
    let bare = text.trim_end_matches(['"', '\'', '`']);
    let found = ESCAPES.into_iter().find_map(|escape| Some((bare.strip_suffix(escape)?, escape)));
    found.map_or((text, None), |(rest, escape)| (rest, Some(escape)))
}

/// Two keys in one header: a header that was set twice arrives as a list with commas (RFC 9110, 5.3).
pub(super) fn joined(sent: &str, how: &HowSent) -> Option<Finding> {
    let parts: Vec<&str> = sent.split(',').map(str::trim).collect();
    if parts.len() < 2 || !parts.iter().all(|part| part.starts_with("da2-")) {
        return None;
    }
    let same = parts.windows(2).all(|two| two.first() == two.last());
    let which = if same { "the same key each time".to_owned() } else { "different ones".to_owned() };
    let cure = if same { "Set it once" } else { "Send the API's own key alone, and take the other out where it is set" };
    let message = Message::of(
        "the x-api-key header holds {} keys with a comma between ({}), and AppSync takes the whole for one key, which it does not know: the header was set {} times{}, and they were joined. » {}{}.",
        [
            Part::Value(parts.len().to_string()),
            Part::Text(which),
            Part::Value(parts.len().to_string()),
            Part::Text(how.names("x-api-key")),
            Part::Text(cure.to_owned()),
            Part::Text(how.look("x-api-key").to_owned()),
        ],
    );
    Some(Finding::new(Code::KeyForm, message).at(PATH).actual(format!("{} keys", parts.len())).wanted("da2-…"))
}
