//! What stands in `Authorization` around a token, or in its place, and is none.

use super::super::evidence::Evidence;
use super::super::history::Credential;
use super::super::sent::HowSent;
use super::accident::is_placeholder;
use super::super::token::{self, Token};
use crate::paste::jwt;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part};

/// Where a token is sent.
pub(super) const PATH: &str = "request.headers.authorization";

/// What stands before a token, the token, and what stands behind it.
fn taken_apart(value: &str) -> Option<[&str; 3]> {
    let start = value.find("eyJ")?;
    let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '=');
    let length = value[start..].find(|one| !letter(one)).unwrap_or(value.len() - start);
    let (before, rest) = value.split_at(start);
    let (inner, after) = rest.split_at(length);
    Some([before, inner, after])
}

/// The token behind a word.
pub(super) fn inner(value: &str) -> Option<&str> {
    taken_apart(value).filter(|[before, ..]| !before.is_empty()).map(|[_, inner, _]| inner)
}

/// A whole token with something around it: what was put there, by its form. Quotes, doubled prefixes and blanks inside are
/// told as extras.
pub(super) fn wrapped(value: &str) -> Option<(Finding, Token)> {
    let [before, inner, after] = taken_apart(value)?;
    let token = token::read(inner).ok()?;
    let plain = before.trim().trim_matches(['"', '\'', '`']).is_empty();
    let again = before.split_whitespace().all(|word| word.eq_ignore_ascii_case("bearer"));
    if plain || again && !before.trim().is_empty() || before.len() > 60 || after.contains("eyJ") || after.contains('.') {
        return None;
    }
    let shown = |text: &str| format!("`{}`", text.chars().take(24).collect::<String>());
    let around = match (before.is_empty(), after.trim().is_empty()) {
        (_, true) => format!("{} before it", shown(before)),
        _ => format!("{} before it and {} behind it", shown(before), shown(after)),
    };
    let why = around_what(before);
    let finding = Finding::new(
        Code::TokenMalformed,
        Message::of(
            "the token in the Authorization header has {}, so what AppSync gets is no JWT: {}. » Send the token alone, bare, with nothing around it.",
            [Part::Value(around), Part::Text(why.to_owned())],
        ),
    )
    .at(PATH)
    .actual(shown(before))
    .wanted("a JWT, as it was issued");
    Some((finding, token))
}

/// Two tokens in one header: a header that was set twice arrives as a list with commas (RFC 9110, 5.3).
pub(super) fn twice(value: &str, sent: &HowSent) -> Option<Finding> {
    let parts: Vec<&str> = value.split(',').map(str::trim).collect();
    if let Some(finding) = beside_nothing(&parts, sent) {
        return Some(finding);
    }
    if parts.len() < 2 || !parts.iter().all(|part| token::read(jwt::bare(part).0).is_ok()) {
        return None;
    }
    let same = parts.windows(2).all(|two| two.first() == two.last());
    let what = if same { "the same token" } else { "another token" };
    Some(
        Finding::new(
            Code::TokenMalformed,
            Message::of(
                "the Authorization header holds {} tokens with a comma between ({} each time), so what AppSync gets is no JWT: the header was set {} times{}, and they were joined. » Set it once{}.",
                [
                    Part::Value(parts.len().to_string()),
                    Part::Text(what.to_owned()),
                    Part::Value(parts.len().to_string()),
                    Part::Text(sent.names("authorization")),
                    Part::Text(sent.look("authorization").to_owned()),
                ],
            ),
        )
        .at(PATH)
        .actual(format!("{} tokens", parts.len()))
        .wanted("a JWT, as it was issued"),
    )
}

/// A token, and beside it what a variable without a value leaves: two places set the header, and one had none.
fn beside_nothing(parts: &[&str], sent: &HowSent) -> Option<Finding> {
    let is_token = |part: &&str| token::read(jwt::bare(part).0).is_ok();
    let empty = parts.iter().copied().find(|part| is_placeholder(jwt::bare(part).0))?;
    if parts.iter().any(|part| !is_token(part) && !is_placeholder(jwt::bare(part).0)) || !parts.iter().any(is_token) {
        return None;
    }
    let at = parts.iter().position(|part| *part == empty).map_or(0, |at| at + 1);
    Some(
        Finding::new(
            Code::TokenMalformed,
            Message::of(
                "the Authorization header holds {} values with a comma between: a token, and {} (number {}), what a variable without a value leaves. The header was set {} times{}, the values were joined, and the whole is no JWT. » Take out the place that sets it to {}{}; the token itself is whole.",
                [
                    Part::Value(parts.len().to_string()),
                    Part::Value(format!("`{empty}`")),
                    Part::Value(at.to_string()),
                    Part::Value(parts.len().to_string()),
                    Part::Text(sent.names("authorization")),
                    Part::Value(format!("`{empty}`")),
                    Part::Text(sent.look("authorization").to_owned()),
                ],
            ),
        )
        .at(PATH)
        .actual(format!("a token, and {empty}"))
        .wanted("a JWT, as it was issued"),
    )
}

/// A line break before or behind the value of the header: it came with the text of a file or of a shell's command.
pub(super) fn line_break(evidence: &Evidence) -> Option<Finding> {
    let whole = evidence.headers.get("authorization")?.as_str()?;
    let breaks = |text: &str| text.contains(['\n', '\r']);
    let before = breaks(&whole[..whole.len() - whole.trim_start().len()]);
    let behind = breaks(&whole[whole.trim_end().len()..]);
    let place = match (before, behind) {
        (true, true) => "before and after",
        (true, false) => "before",
        (false, true) => "after",
        (false, false) => return None,
    };
    Some(
        Finding::new(
            Code::TokenHasExtras,
            Message::of(
                "the token has a line break {} it, as of a text that was read from a file or a shell: a header cannot hold one. » Trim it before it is sent.",
                [Part::Text(place.to_owned())],
            ),
        )
        .certainty(Certainty::Likely)
        .at(PATH)
        .wanted("bare token"),
    )
}

/// What put something before a token, by its form.
fn around_what(before: &str) -> &'static str {
    let start = before.trim_start();
    if start.starts_with("Optional") || start.starts_with("Some(") {
        "it is how an optional is printed (Swift, Java, Rust); unwrap it before it is put into the header"
    } else if start.starts_with("b'") || start.starts_with("b\"") {
        "it is how Python prints bytes; decode them (.decode()) before they are put into the header"
    } else if before.contains('%') {
        "it is percent-encoded as for a URL, and a header is not decoded"
    } else if before.ends_with(char::is_whitespace) && before.trim().chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') {
        "it is a scheme that AppSync does not know"
    } else if before.trim_end().ends_with([':', '=']) {
        "it is a name with the value behind it, as of a configuration or another header"
    } else {
        "it is no part of the token"
    }
}

/// An encrypted token: Cognito's refresh token by what the same file shows, or by its form, or another provider's
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html>;
/// <https://auth0.com/docs/secure/tokens/access-tokens>: an access token without an audience is opaque or encrypted).
pub(super) fn encrypted(evidence: &Evidence, value: &str) -> Option<Message> {
    let header = jwt::encrypted(value)?;
    let text = |name: &str| header.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    let (alg, enc) = (text("alg"), text("enc"));
    let form = format!("five parts with dots between, encrypted (alg {alg}, enc {enc})");
    let own = Credential::of_token(value);
    let given = evidence.others.iter().find(|past| !past.later && past.refresh.as_ref().is_some_and(|one| one.is(&own)));
    let cure = "Send the access token of the same sign-in (or its ID token, where rules read email or custom: claims; Amplify 6: session.tokens.accessToken.toString()), and use the refresh token only to fetch new ones (InitiateAuth with REFRESH_TOKEN_AUTH). Revoke this one (RevokeToken) if others may have seen where it was sent.";
    Some(if let Some(past) = given {
        Message::of(
            "the Authorization header holds the refresh token that {} gave out at {}, not an access or ID token: it is a text for Cognito alone, {}, so AppSync finds no claims in it.",
            [Part::Name(past.host.clone()), Part::Value(past.clock()), Part::Text(form)],
        )
        .cured(cure)
    } else if (alg, enc) == ("RSA-OAEP", "A256GCM") && text("cty").eq_ignore_ascii_case("JWT") {
        Message::of(
            "the Authorization header holds what by its form is Cognito's refresh token, not an access or ID token: {}, which only Cognito can read, so AppSync finds no claims in it.",
            [Part::Text(form)],
        )
        .cured(cure)
    } else {
        Message::of(
            "the Authorization header is not a JWT that AppSync can read: {}, so only its issuer knows what stands in it. It is a refresh token, or an access token of a provider that was asked for no audience. » Ask the provider for an access token for this API's audience, which is signed, or send the ID token.",
            [Part::Text(form)],
        )
    })
}

/// Something else that people have at hand, in the place of a token, by its form.
pub(super) fn other_thing(value: &str) -> Option<Message> {
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let uuid = |text: &str| {
        let parts: Vec<&str> = text.split('-').collect();
        parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(|part| hex(part))
    };
    let upper = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit();
    let what = match value.split_once(':') {
        Some((region, id)) if region.contains('-') && uuid(id) => {
            "the id of an identity of an identity pool, which names a caller and proves nothing: » let the client sign with that identity's credentials (AWS_IAM), or send the token with which the user signed in"
        }
        _ if uuid(value) => {
            "a UUID, such as a user's sub, which names a user and proves nothing: » send the token with which the user signed in"
        }
        _ if value.len() == 20 && (value.starts_with("AKIA") || value.starts_with("ASIA")) && value.chars().all(upper) => {
            "an IAM access key id, which is not sent by itself: » give it with its secret to a signer (SigV4, service appsync)"
        }
        _ if value.contains('@') && value.rsplit('@').next().is_some_and(|host| host.contains('.')) && !value.contains(char::is_whitespace) => {
            "an e-mail address, which names a user and proves nothing: » send the token with which the user signed in"
        }
        _ => return None,
    };
    Some(Message::joined("the Authorization header is not a token but {}.", [what.into()]))
}
