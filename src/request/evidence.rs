//! What is known of a refused request: a refusal report, or an entry of a HAR.

use super::iam;
use super::operation::{self, Selected};
use super::schema::Schema;
use super::witness;
use crate::appsync::AuthType;
use serde_json::{Map, Value as Json};

/// Everything that may speak for a cause. Absent parts are unknown, not empty.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Header names in lower case.
    pub headers: Map<String, Json>,
    /// Whether headers may have been taken out before they got here (HAR exports).
    pub sanitized: bool,
    /// `$ctx.identity`; `None` when it was not given.
    pub identity: Option<Json>,
    /// The mode, if it is known.
    pub auth_type: Option<AuthType>,
    /// The request's own time, in seconds since 1970.
    pub now: Option<i64>,
    /// `Query`, or the type of the refused field.
    pub parent_type: String,
    /// The field.
    pub field: String,
    /// The schema, or why it cannot be read.
    pub schema: Option<Result<Schema, String>>,
    /// What was selected of what the field returns; empty when that is not known.
    pub selection: Vec<Selected>,
    /// The API's modes.
    pub api: ApiConfig,
    /// IAM policies, and what limits them.
    pub iam: iam::Policies,
    /// Where the API is.
    pub place: iam::Place,
    /// What other entries of the same archive tell.
    pub others: witness::Others,
    /// What the Lambda authorizer answered; `Some(Null)` is an answer.
    pub authorizer: Option<Json>,
    /// What the client saw.
    pub observed: Option<Observed>,
    /// `authRole` and `unauthRole`, the ARNs of Amplify's roles, as far as the stash has them.
    pub roles: std::collections::HashMap<&'static str, String>,
}

/// The API's modes.
#[derive(Clone, Debug, Default)]
pub struct ApiConfig {
    /// The default mode.
    pub default: Option<AuthType>,
    /// The additional ones.
    pub additional: Vec<AuthType>,
    /// The issuers of its user pools and OIDC providers.
    pub issuers: Vec<String>,
    /// The client ids (or patterns) that it lets in.
    pub audiences: Vec<String>,
    /// Keys: text, or objects with `id` or `key` and `expires`.
    pub keys: Option<Vec<Json>>,
    /// `ALLOW` or `DENY`, for a default of user pools.
    pub default_action: Option<String>,
    /// What a Lambda authorizer's token must match before the function is asked.
    pub token_pattern: Option<String>,
}

/// What the client saw.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// The HTTP status.
    pub status: Option<u64>,
    /// `UnauthorizedException`, `Unauthorized` …
    pub error_type: Option<String>,
    /// The message.
    pub message: Option<String>,
    /// What came back empty without an error: `null`, or `items`.
    pub empty: Option<String>,
}

impl Observed {
    /// Whether this is a refusal rather than another error or a success.
    pub fn is_refusal(&self) -> bool {
        let refused = |text: &String| {
            let text = text.to_lowercase();
            [
                "unauthorized",
                "not authorized",
                "permission denied",
                "forbidden",
                "expired",
                "not authorised",
                "parse jwt",
                "authorization header",
                "accessdenied",
                "unrecognizedclient",
                "invalidsignature",
                "security token",
            ]
            .iter()
            .any(|word| text.contains(word))
        };
        matches!(self.status, Some(401 | 403))
            || self.error_type.as_ref().is_some_and(refused)
            || self.message.as_ref().is_some_and(|text| refused(text) || super::messages::find(text).is_some())
    }
}

impl ApiConfig {
    /// The modes, the default first.
    pub fn modes(&self) -> Vec<AuthType> {
        self.default.into_iter().chain(self.additional.iter().copied()).collect()
    }

    /// Whether the modes are known.
    pub fn is_known(&self) -> bool {
        self.default.is_some()
    }

    fn read(json: &Json) -> Self {
        let text = |name: &str| json.get(name).and_then(Json::as_str);
        let list = |names: &[&str]| -> Vec<String> {
            let found = names.iter().find_map(|name| json.get(*name));
            match found {
                Some(Json::String(one)) => vec![one.clone()],
                Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
                _ => Vec::new(),
            }
        };
        Self {
            default: text("default").and_then(mode),
            additional: list(&["additional"]).iter().filter_map(|name| mode(name)).collect(),
            issuers: list(&["issuer", "issuers"]),
            audiences: list(&["audience", "audiences", "clientId", "appIdClientRegex"]),
            keys: json.get("apiKeys").and_then(Json::as_array).cloned(),
            default_action: text("defaultAction").map(str::to_owned),
            token_pattern: text("identityValidationExpression").map(str::to_owned),
        }
    }
}

/// AppSync's own names (`AMAZON_COGNITO_USER_POOLS`), `$util.authType()`'s and the command line's.
pub fn mode(name: &str) -> Option<AuthType> {
    match name {
        "AMAZON_COGNITO_USER_POOLS" | "userPools" => Some(AuthType::UserPool),
        "AWS_IAM" => Some(AuthType::Iam),
        "API_KEY" | "apiKey" => Some(AuthType::ApiKey),
        "OPENID_CONNECT" => Some(AuthType::Oidc),
        "AWS_LAMBDA" => Some(AuthType::Lambda),
        other => AuthType::parse(other),
    }
}

impl Evidence {
    /// Reads the context of a refusal report.
    pub fn read(context: &Json, auth_type: Option<AuthType>) -> Self {
        let member = |name: &str| context.get(name).filter(|value| !value.is_null()).cloned();
        let headers = context.pointer("/request/headers").and_then(Json::as_object).cloned().unwrap_or_default();
        let info = |name: &str| {
            context.pointer(&format!("/info/{name}")).and_then(Json::as_str).unwrap_or_default().to_owned()
        };
        let observed = member("observed").map(|observed| Observed {
            status: observed.get("httpStatus").and_then(Json::as_u64),
            error_type: observed.get("errorType").and_then(Json::as_str).map(str::to_owned),
            message: observed.get("message").and_then(Json::as_str).map(str::to_owned),
            empty: observed.get("empty").and_then(Json::as_str).map(str::to_owned),
        });
        let headers: Map<String, Json> =
            headers.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
        let now = context.pointer("/request/now");
        let mut evidence = Self {
            place: iam::Place::of(context, &headers),
            headers,
            sanitized: context.pointer("/request/sanitized").and_then(Json::as_bool).unwrap_or(false),
            identity: member("identity"),
            auth_type,
            now: now.and_then(time),
            parent_type: info("parentTypeName"),
            field: info("fieldName"),
            schema: member("schema").and_then(|schema| schema.as_str().map(Schema::read)),
            selection: Vec::new(),
            api: member("apiConfig").map_or_else(ApiConfig::default, |config| ApiConfig::read(&config)),
            iam: iam::Policies::of(context),
            others: witness::Others::of(context),
            authorizer: context.get("authorizerResponse").cloned(),
            observed,
            roles: ["authRole", "unauthRole"]
                .into_iter()
                .filter_map(|name| Some((name, context.pointer(&format!("/stash/{name}"))?.as_str()?.to_owned())))
                .collect(),
        };
        evidence.subject_from_message();
        if let Some(info) = context.get("info") {
            evidence.selection = operation::selection(info, &evidence.field);
        }
        if let Some(Ok(schema)) = &evidence.schema {
            evidence.parent_type = schema.type_name(&evidence.parent_type).to_owned();
        }
        evidence
    }

    /// `Not Authorized to access F on type T` names the refused field, when nothing else does.
    pub fn subject_from_message(&mut self) {
        if self.field.is_empty()
            && let Some(subject) = self.refused_subject()
        {
            (self.parent_type, self.field) = subject;
        }
    }

    /// The message that the client saw, or no text.
    pub fn told(&self) -> &str {
        self.observed.as_ref().and_then(|observed| observed.message.as_deref()).unwrap_or_default()
    }

    /// The HTTP status that the client saw.
    pub fn status(&self) -> Option<u64> {
        self.observed.as_ref().and_then(|observed| observed.status)
    }

    /// Type and field that the message names: of a nested field, not those of the operation.
    pub fn refused_subject(&self) -> Option<(String, String)> {
        let (_, rest) = self.told().split_once("Not Authorized to access ")?;
        let (field, parent) = rest.split_once(" on type ")?;
        let word =
            |text: &str| text.trim_matches(|letter: char| !(letter.is_alphanumeric() || letter == '_')).to_owned();
        Some((word(parent), word(field)))
    }

    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(Json::as_str).filter(|value| !value.is_empty())
    }

    /// The `Authorization` header without a `Bearer ` prefix, and whether it had one.
    pub fn authorization(&self) -> Option<(&str, bool)> {
        let value = self.header("authorization")?;
        match value.get(..7) {
            Some(prefix) if prefix.eq_ignore_ascii_case("bearer ") => Some((value[7..].trim(), true)),
            _ => Some((value.trim(), false)),
        }
    }
}

/// Seconds since 1970, or RFC 3339.
pub fn time(json: &Json) -> Option<i64> {
    let seconds = |value: i64| if value > 100_000_000_000 { value / 1000 } else { value };
    match json {
        Json::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|value| value as i64)).map(seconds),
        Json::String(text) => match text.parse::<i64>() {
            Ok(value) => Some(seconds(value)),
            Err(_) => text.parse::<jiff::Timestamp>().ok().map(|time| time.as_second()),
        },
        _ => None,
    }
}
