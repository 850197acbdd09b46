//! The exact messages of AppSync's authorization layer, and what each means (APPSYNC-VTL 4.7).

use super::layer::LayerName;
use crate::code::Code;

/// A message and its meaning.
#[derive(Debug)]
pub struct Message {
    /// A part of the message that no other has.
    pub text: &'static str,
    /// The finding's code.
    pub code: Code,
    /// The layer that it comes from, if that is certain.
    pub layer: Option<LayerName>,
    /// What it means, and what to do.
    pub meaning: &'static str,
}

/// All that are known.
pub const MESSAGES: [Message; 29] = [
    Message {
        text: "Valid authorization header not provided",
        code: Code::NoValidCredential,
        layer: Some(LayerName::Request),
        meaning: "no credential was sent, or one that fits none of the API's modes: a missing header, a malformed token, a token of another issuer, a key sent to an API without key mode. Compare what was sent with the API's modes (--api).",
    },
    Message {
        text: "Missing authorization header",
        code: Code::NoValidCredential,
        layer: Some(LayerName::Request),
        meaning: "AppSync found no Authorization header (Amplify's local mock says nearly the same): send the token in it.",
    },
    Message {
        text: "Signature not yet current",
        code: Code::ClockSkew,
        layer: Some(LayerName::Request),
        meaning: "the request was signed more than five minutes ahead of AppSync's time: set the clock.",
    },
    Message {
        text: "UnrecognizedClientException",
        code: Code::IamCredentialsInvalid,
        layer: Some(LayerName::Request),
        meaning: "the access key or session token is unknown: a session token left out, or a key that is deleted, inactive or of another partition. Fetch the credentials anew.",
    },
    Message {
        text: "NoProtocolError",
        code: Code::SocketProtocol,
        layer: Some(LayerName::Request),
        meaning: "the WebSocket's handshake named no sub-protocol: send Sec-WebSocket-Protocol: graphql-ws.",
    },
    Message {
        text: "SubProtocolNotSupported",
        code: Code::SocketProtocol,
        layer: Some(LayerName::Request),
        meaning: "the WebSocket's handshake asked for a sub-protocol that AppSync does not speak: send graphql-ws.",
    },
    Message {
        text: "Unable to parse JWT token",
        code: Code::TokenMalformed,
        layer: Some(LayerName::Request),
        meaning: "what was sent is no JWT: a SigV4 signature sent to an API without IAM, a `Bearer ` prefix (older behaviour), or no token. Send the bare token.",
    },
    Message {
        text: "Token has expired",
        code: Code::TokenExpired,
        layer: Some(LayerName::Request),
        meaning: "the token's exp lies before the request: refresh it before the call, and do not keep it in headers.",
    },
    Message {
        text: "You are not authorized to make this call",
        code: Code::KeyOrAuthorizerRefused,
        layer: None,
        meaning: "the API key is unknown or has expired, or the Lambda authorizer refused: list the API's keys, or read the function's log.",
    },
    Message {
        text: "Permission denied",
        code: Code::IamPermissionDenied,
        layer: Some(LayerName::Iam),
        meaning: "the signature is valid, but no IAM policy of the caller allows appsync:GraphQL on the field: add it.",
    },
    Message {
        text: "The security token included in the request is invalid",
        code: Code::IamCredentialsInvalid,
        layer: Some(LayerName::Request),
        meaning: "the access key or session token is unknown: wrong account or partition, or a session token left out. Fetch the credentials anew.",
    },
    Message {
        text: "The security token included in the request is expired",
        code: Code::IamCredentialsExpired,
        layer: Some(LayerName::Request),
        meaning: "the temporary credentials have expired: fetch new ones.",
    },
    Message {
        text: "The request signature we calculated does not match",
        code: Code::SignatureMismatch,
        layer: Some(LayerName::Request),
        meaning: "the signature is not that of this request: a wrong secret key, a body changed after signing, a wrong region or service in the scope. Look at the key, and at what changes the request on its way.",
    },
    Message {
        text: "Signature expired",
        code: Code::SignatureMismatch,
        layer: Some(LayerName::Request),
        meaning: "the request was signed more than five minutes before it arrived: the clock is wrong: set it.",
    },
    Message {
        text: "Missing Authentication Token",
        code: Code::SignatureMissing,
        layer: Some(LayerName::Request),
        meaning: "the API wants IAM, and the request carries no signature: sign it (SigV4, service appsync).",
    },
    Message {
        text: "403 Forbidden",
        code: Code::Waf,
        layer: Some(LayerName::Request),
        meaning: "a WAF rule refused the request before any other check: look at the sampled requests of the web ACL.",
    },
    Message {
        text: "WAFForbidden",
        code: Code::Waf,
        layer: Some(LayerName::Request),
        meaning: "a WAF rule refused the request before any other check: look at the sampled requests of the web ACL.",
    },
    Message {
        text: "Credential should be scoped",
        code: Code::SignatureScope,
        layer: Some(LayerName::Request),
        meaning: "the signature's scope names another service or region: sign it for the API's region and \"appsync\".",
    },
    Message {
        text: "Invalid JWT token",
        code: Code::LocalMock,
        layer: Some(LayerName::Request),
        meaning: "this is the text of Amplify's local mock, not of AppSync: the endpoint is local. Point the client at the API.",
    },
    Message {
        text: "Invalid login token",
        code: Code::IdentityPool,
        layer: Some(LayerName::Request),
        meaning: "this is the text of a Cognito identity pool: the exchange of the token for IAM credentials failed, and AppSync was never asked. Look at the pool's providers and the token.",
    },
    Message {
        text: "Token is not from a supported provider of this identity pool",
        code: Code::IdentityPool,
        layer: Some(LayerName::Request),
        meaning: "this is the text of a Cognito identity pool: it does not know the token's issuer or client, and AppSync was never asked. Look at the pool's providers and the token.",
    },
    Message {
        text: "Invalid API key",
        code: Code::LocalMock,
        layer: Some(LayerName::Request),
        meaning: "this is the text of Amplify's local mock, not of AppSync: the endpoint is local. Point the client at the API.",
    },
    Message {
        text: "Missing authorization",
        code: Code::LocalMock,
        layer: Some(LayerName::Request),
        meaning: "this is the text of Amplify's local mock, not of AppSync: the endpoint is local. Point the client at the API.",
    },
    Message {
        text: "The incoming token has expired",
        code: Code::ApiGateway,
        layer: Some(LayerName::Request),
        meaning: "this is the text of API Gateway, not of AppSync: the request went to another endpoint. Look at the client's configuration.",
    },
    Message {
        text: "No current user",
        code: Code::ClientSide,
        layer: Some(LayerName::Request),
        meaning: "the client library found nobody signed in and sent no request: sign in first, or set the call's mode.",
    },
    Message {
        text: "NoApiKey",
        code: Code::ClientSide,
        layer: Some(LayerName::Request),
        meaning: "the client library has no API key configured and sent no request: configure one, or set the call's mode.",
    },
    Message {
        text: "NoSignedUser",
        code: Code::ClientSide,
        layer: Some(LayerName::Request),
        meaning: "the client library found nobody signed in and sent no request: sign in first, or set the call's mode.",
    },
    Message {
        text: "NoValidAuthTokens",
        code: Code::ClientSide,
        layer: Some(LayerName::Request),
        meaning: "the client library had no token for this mode and sent no request: sign in with that provider, or set the call's mode.",
    },
    Message {
        text: "No federated jwt",
        code: Code::ClientSide,
        layer: Some(LayerName::Request),
        meaning: "the client library had no token for this mode and sent no request: sign in with that provider, or set the call's mode.",
    },
];

/// Texts that AppSync never sends: whatever the request looked like, they are the answer.
pub fn is_foreign(code: Code) -> bool {
    matches!(code, Code::LocalMock | Code::ApiGateway | Code::ClientSide | Code::IdentityPool | Code::Waf)
}

/// The entry for a message that a client saw.
pub fn find(message: &str) -> Option<&'static Message> {
    let message = message.to_lowercase();
    // API Gateway's "The incoming token has expired" holds AppSync's "Token has expired": the longest is meant.
    MESSAGES.iter().filter(|known| message.contains(&known.text.to_lowercase())).max_by_key(|known| known.text.len())
}

/// The table of docs/unauthorized.md: each text, who says it, its code and what it means.
pub fn table() -> String {
    let mut out = String::from("| Text | From | Code | Meaning |\n|---|---|---|---|\n");
    for one in &MESSAGES {
        let from = match (is_foreign(one.code), one.layer) {
            (true, _) => "not AppSync's layers",
            (false, Some(LayerName::Iam)) => "layer iam",
            (false, Some(_)) => "layer request",
            (false, None) => "layer request (key) or authorizer",
        };
        out += &format!("| `{}` | {from} | `{}` | {} |\n", one.text, one.code, one.meaning);
    }
    out
}
