//! A token before an API whose configuration was given and names no mode that could be read: which form a token must have, the
//! mode says (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html>).

use super::super::evidence::Evidence;
use super::super::layer::{Layer, State};
use super::super::messages;
use super::around::PATH;
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part};

/// Modes that take nothing but a JWT.
const OF_JWT: [AuthType; 2] = [AuthType::UserPool, AuthType::Oidc];

/// Whether a token was sent, and only the modes, which are not known, say what becomes of it.
pub fn is_open(evidence: &Evidence) -> bool {
    let is_token = evidence.authorization().is_some_and(|(value, _)| !value.starts_with("AWS4-HMAC-SHA256") && !value.starts_with("da2-"));
    // AppSync's words, and what the caller is known to have come by, are no matter of the configuration.
    let said = messages::find(evidence.error_message()).is_some_and(|known| !known.modes.is_empty() && known.modes.iter().all(|mode| OF_JWT.contains(mode)));
    evidence.api.is_unread() && is_token && evidence.header("x-api-key").is_none() && !said && evidence.auth_type.is_none_or(|mode| mode == AuthType::Lambda)
}

/// Takes back what was judged of a token as if user pools or OIDC were to read it.
pub(super) fn unsettle(evidence: &Evidence, layer: &mut Layer) {
    let by_mode = |finding: &Finding| finding.path.as_deref() == Some(PATH) && finding.code != Code::CredentialPlaceholder;
    if !is_open(evidence) || layer.state == State::Refused && !layer.findings.first().is_some_and(by_mode) {
        return;
    }
    let judged = layer.findings.iter().any(by_mode);
    layer.findings.retain(|finding| !by_mode(finding));
    layer.state = State::Unknown;
    let form = if judged {
        "User pools and OIDC, which read a JWT of their own issuer alone, would refuse what stands in Authorization as it is"
    } else {
        "User pools and OIDC read a JWT of their own issuer alone"
    };
    let words = Message::of(
        "So whether the token is a credential here is not known. {}; AWS_LAMBDA hands any text to its function, which decides.",
        [Part::Text(form.to_owned())],
    );
    let message = evidence.api.unread().unwrap_or_default().with(words).cured(evidence.api.what_to_give());
    layer.findings.insert(0, Finding::new(Code::ModeUnknown, message).at(PATH));
}
