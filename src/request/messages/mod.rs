//! The exact messages of AppSync's authorization layer and of those around it, who can say each, and what it means
//! (APPSYNC-VTL 4.7, FIELD-FACTS; each row names its source).

mod table;

use super::layer::LayerName;
use crate::appsync::AuthType;
use crate::code::Code;
use crate::message::{Message, Part, quoted};
pub use table::MESSAGES;

/// A message and its meaning.
#[derive(Debug)]
pub struct KnownMessage {
    /// A part of the message that no other has.
    pub text: &'static str,
    /// The finding's code.
    pub code: Code,
    /// The layers of AppSync that can say it; none where it is not AppSync's own.
    pub layers: &'static [LayerName],
    /// The modes under which it is said; none where that does not matter.
    pub modes: &'static [AuthType],
    /// What it means, and behind `»` what to do.
    pub meaning: &'static str,
    /// The page where it was seen: each was read.
    pub source: &'static str,
}

impl KnownMessage {
    /// The layer that it comes from, if that is certain.
    pub fn layer(&self) -> Option<LayerName> {
        match self.layers {
            [] => Some(LayerName::Request),
            [only] => Some(*only),
            // A credential that nothing takes is the request's own matter; one that was refused may be the function's.
            [LayerName::Request, ..] if self.code != Code::KeyOrAuthorizerRefused => Some(LayerName::Request),
            _ => None,
        }
    }

    /// That an API with these modes cannot have said it; `None` where it can.
    pub fn outside(&self, modes: &[AuthType]) -> Option<Message> {
        if self.modes.is_empty() || self.modes.iter().any(|mode| modes.contains(mode)) {
            return None;
        }
        Some(Message::of(
            "AppSync says {} only under {}, and the API that was given has {}: it is another API's configuration or an older one, or the message belongs to another request. » Fetch the configuration anew (aws appsync get-graphql-api), and give status, message and headers of one request.",
            [Part::Value(quoted(self.text).to_string()), Part::Code(AuthType::api_names(self.modes)), Part::Code(AuthType::api_names(modes))],
        ))
    }

    /// That a request of this mode cannot have got it; `None` where it can.
    pub fn unlike(&self, mode: AuthType) -> Option<Message> {
        (!self.modes.is_empty() && !self.modes.contains(&mode)).then(|| {
            if self.code == Code::SignatureMissing {
                return self.of_gateway(mode);
            }
            Message::of(
                "AppSync says {} only of requests that come as {}, and this one came as {}: another credential was sent than the one that was given, or the message belongs to another request. » Give the headers and the answer of one and the same request (a HAR has both).",
                [
                    Part::Value(quoted(self.text).to_string()),
                    Part::Code(AuthType::api_names(self.modes)),
                    Part::Code(mode.api_name().to_owned()),
                ],
            )
        })
    }

    /// What AppSync says of a request without a signature alone, API Gateway says of what it has not
    /// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html>: MISSING_AUTHENTICATION_TOKEN).
    fn of_gateway(&self, mode: AuthType) -> Message {
        Message::of(
            "AppSync says {} only of requests without a signature to an API with AWS_IAM, and this one came as {}. API Gateway says the same of a path, a method or a stage that it has not, whatever token is sent; so most likely the request went to API Gateway, and AppSync judged nothing. » Compare the URL that was called, its stage and path too, with the API's own (aws appsync get-graphql-api, uris).",
            [Part::Value(quoted(self.text).to_string()), Part::Code(mode.api_name().to_owned())],
        )
    }

    /// Whether a layer can never be what said it.
    pub fn excludes(&self, layer: LayerName) -> bool {
        // A row that was refused is told by the template behind it.
        let layer = if layer == LayerName::Records { LayerName::Resolver } else { layer };
        !self.layers.is_empty() && !self.layers.contains(&layer)
    }
}

/// Texts that AppSync never sends: whatever the request looked like, they are the answer.
pub fn is_foreign(code: Code) -> bool {
    matches!(code, Code::LocalMock | Code::ApiGateway | Code::ClientSide | Code::EndpointMissing | Code::IdentityPool | Code::Waf)
}

/// Whether a text of this code says that a request was refused.
pub fn is_refusal(code: Code) -> bool {
    !matches!(code, Code::ClientSide | Code::EndpointMissing)
}

/// The entry for a message that a client saw.
pub fn find(message: &str) -> Option<&'static KnownMessage> {
    let message = message.to_lowercase();
    // API Gateway's "The incoming token has expired" holds AppSync's "Token has expired": the longest is meant.
    MESSAGES.iter().filter(|known| message.contains(&known.text.to_lowercase())).max_by_key(|known| known.text.len())
}

/// AppSync's message that there was no Authorization header, if this is it: unlike its other words for a credential that did not
/// do, it leaves nothing open (aws-amplify/amplify-js#4270).
pub fn missing_header(message: &str) -> Option<&'static str> {
    find(message).map(|known| known.text).filter(|text| *text == table::MISSING_HEADER)
}

/// The table of docs/unauthorized.md: each text, who can say it and who cannot, under which modes, its code, what it means,
/// and where it was seen.
pub fn table() -> String {
    let mut out = String::from(
        "| Text | Layers that can say it | Layers that cannot | Modes | Code | Meaning | Seen at |\n|---|---|---|---|---|---|---|\n",
    );
    let names = |wanted: &dyn Fn(LayerName) -> bool| -> String {
        let some = table::ALL.into_iter().filter(|layer| wanted(*layer));
        some.map(|layer| layer.to_string()).collect::<Vec<_>>().join(", ")
    };
    for one in &MESSAGES {
        let (can, cannot) = match one.layers {
            [] => (format!("none: {}", speaker(one.code)), "all".to_owned()),
            layers => (names(&|layer| layers.contains(&layer)), names(&|layer| !layers.contains(&layer))),
        };
        let modes = match one.modes {
            [] => "any".to_owned(),
            modes => AuthType::api_names(modes),
        };
        out += &format!(
            "| `{}` | {can} | {cannot} | {modes} | `{}` | {} | <{}> |\n",
            one.text, one.code, Message::from(one.meaning), one.source
        );
    }
    out
}

/// Who says what AppSync never says.
fn speaker(code: Code) -> &'static str {
    match code {
        Code::Waf => "AWS WAF",
        Code::LocalMock => "Amplify's local mock",
        Code::ApiGateway => "API Gateway",
        Code::IdentityPool => "Amazon Cognito",
        _ => "the client library",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_has_a_source_and_is_found_by_its_own_text() {
        for one in &MESSAGES {
            let source = one.source.starts_with("https://") && one.source.len() > 30;
            assert!(source && !one.meaning.is_empty(), "{}", one.text);
            assert_eq!(find(one.text).map(|found| found.text), Some(one.text));
            assert_eq!(one.layers.is_empty(), is_foreign(one.code), "{}", one.text);
        }
    }

    // FIELD-FACTS: "Permission denied" is IAM's; any mode can lack a credential.
    #[test]
    fn a_message_of_a_mode_that_the_api_lacks_is_told() {
        let denied = find("Permission denied").unwrap();
        let note = denied.outside(&[AuthType::ApiKey]).unwrap();
        assert!(note.contains("AWS_IAM") && note.contains("API_KEY"), "{note}");
        assert_eq!(denied.outside(&[AuthType::ApiKey, AuthType::Iam]), None);
        let note = denied.unlike(AuthType::ApiKey).unwrap();
        assert!(note.contains("AWS_IAM") && note.contains("came as API_KEY"), "{note}");
        assert_eq!(denied.unlike(AuthType::Iam), None);
        assert_eq!(find("Not Authorized to access x on type Y").unwrap().unlike(AuthType::ApiKey), None);
        assert_eq!(find("Valid authorization header not provided").unwrap().outside(&[AuthType::ApiKey]), None);
    }

    // FIELD-FACTS: "Permission denied" is IAM; issue of AppSync's 401 and of a field's refusal.
    #[test]
    fn what_each_layer_can_and_cannot_say() {
        let excludes = |text: &str, layer| find(text).unwrap().excludes(layer);
        assert!(excludes("Permission denied", LayerName::Request));
        assert!(!excludes("Permission denied", LayerName::Iam));
        assert!(excludes("You are not authorized to make this call.", LayerName::Resolver));
        assert!(excludes("Not Authorized to access x on type Y", LayerName::Request));
        assert!(!excludes("Not Authorized to access x on type Y", LayerName::Resolver));
    }
}
