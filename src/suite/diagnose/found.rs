//! The API of a project that nobody named: the tool found it beside the report, so it may be another API's. It is told where it
//! was found, weighs less than what was given, and is left out where AppSync's answer disproves it.

use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::message::{Message, Part};
use crate::request::layer::{Layer, State};
use crate::request::{ApiConfig, Evidence, messages, mode};

/// What rests on the API's configuration alone.
const OF_CONFIGURATION: [Code; 9] = [
    Code::ModeNotConfigured,
    Code::IssuerMismatch,
    Code::ClientMismatch,
    Code::TokenTtl,
    Code::Sigv4WithoutIam,
    Code::KeyUnknown,
    Code::KeyExpired,
    Code::DefaultActionDeny,
    Code::PrivateApi,
];

/// Leaves the modes of such an API out where the answer cannot have come from it, and says so.
pub(super) fn without_disproved(evidence: &mut Evidence) {
    let Some(found) = evidence.api.found.clone().filter(|_| evidence.api.is_known()) else { return };
    let modes = evidence.api.modes();
    let by_message = messages::find(evidence.error_message()).is_some_and(|known| known.outside(&modes).is_some());
    // A field was refused in an answer of 200: the credential had been let in.
    let came = evidence.auth_type.or_else(|| mode::selected(evidence)).filter(|came| !modes.contains(came));
    let by_answer = evidence.status() == Some(200) && evidence.refused_subject().is_some() && came.is_some();
    if by_message || by_answer {
        evidence.api = ApiConfig { found: Some(found), disproved: modes, ..ApiConfig::default() };
    }
}

/// That a configuration was found and left out.
pub(super) fn note(evidence: &Evidence) -> Option<Message> {
    let modes = &evidence.api.disproved;
    let found = evidence.api.found.clone().filter(|_| !modes.is_empty())?;
    Some(Message::of(
        "{} has an API with {} only; that project was found from the working directory and not given, and AppSync's answer cannot be that API's, so its modes are left out. Give the API's own configuration (--api), or name its project (--from).",
        [Part::Place(found), Part::Code(AuthType::api_names(modes))],
    ))
}

/// What rests on it is likely at most.
pub(super) fn weigh(evidence: &Evidence, layers: &mut [Layer]) {
    let Some(found) = evidence.api.found.clone().filter(|_| evidence.api.is_known()) else { return };
    for layer in layers.iter_mut().filter(|layer| layer.state == State::Refused) {
        let Some(first) = layer.findings.first_mut().filter(|first| OF_CONFIGURATION.contains(&first.code)) else { continue };
        first.certainty = first.certainty.max(Certainty::Likely);
        first.message.and(Message::of(
            "All this is by {}, a project that was found from the working directory and not given: if it is of another API or an older state, give this one's (--api, or --from).",
            [Part::Place(found.clone())],
        ));
    }
}
