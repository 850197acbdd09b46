//! The API itself: its modes with their settings, its environment, its cache.

use crate::appsync::AuthType;
use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

/// An API, as far as the source says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Api {
    /// Its name.
    pub name: Option<String>,
    /// AppSync's id of it.
    pub id: Option<String>,
    /// Its ARN.
    pub arn: Option<String>,
    /// Its region, where only that is known.
    pub region: Option<String>,
    /// Its account, where only that is known.
    pub account: Option<String>,
    /// The default mode.
    pub default: Option<Mode>,
    /// The additional ones, in the order of the source.
    pub additional: Vec<Mode>,
    /// Whether it may have more, which the source names by an expression that only a deployment knows.
    pub has_open_modes: bool,
    /// `$ctx.env`.
    pub environment: IndexMap<String, String>,
    /// `FULL_REQUEST_CACHING`, `PER_RESOLVER_CACHING`; none without a cache.
    pub cache: Option<String>,
}

/// A mode of an API.
#[derive(Clone, Debug, PartialEq)]
pub struct Mode {
    /// Which one.
    pub auth_type: AuthType,
    /// What the API demands of its callers.
    pub settings: ModeSettings,
}

/// The settings of a mode
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_GraphqlApi.html>).
#[derive(Clone, Debug, PartialEq)]
pub enum ModeSettings {
    /// The mode has none.
    None,
    /// A user pool.
    UserPool {
        /// Its id.
        pool: Option<String>,
        /// Its region.
        region: Option<String>,
        /// Which clients are let in: a pattern on `aud` or `client_id`.
        client_pattern: Option<String>,
        /// `ALLOW` or `DENY`: what happens to fields without a directive; only where it is the default mode.
        default_action: Option<String>,
    },
    /// An OpenID Connect provider.
    Oidc {
        /// Its issuer.
        issuer: Option<String>,
        /// Which clients are let in.
        client: Option<String>,
        /// Milliseconds after `iat`.
        iat_ttl: Option<u64>,
        /// Milliseconds after `auth_time`.
        auth_ttl: Option<u64>,
    },
    /// A Lambda authorizer.
    Lambda {
        /// The function.
        function: Option<String>,
        /// What a token must match before the function is asked.
        token_pattern: Option<String>,
        /// Seconds that an answer is kept.
        ttl: Option<u64>,
    },
}

impl ModeSettings {
    /// The member that holds a mode's settings.
    const fn member(mode: AuthType) -> Option<&'static str> {
        match mode {
            AuthType::UserPool => Some("userPoolConfig"),
            AuthType::Oidc => Some("openIDConnectConfig"),
            AuthType::Lambda => Some("lambdaAuthorizerConfig"),
            AuthType::ApiKey | AuthType::Iam => None,
        }
    }

    /// Those that an object has by AWS's names (in small letters), whichever mode it names: the one reader of them.
    pub fn all(json: &Json) -> Vec<Self> {
        let given = |mode: &AuthType| Self::member(*mode).and_then(|name| json.get(name)).is_some_and(Json::is_object);
        let modes = [AuthType::UserPool, AuthType::Oidc, AuthType::Lambda];
        modes.into_iter().filter(given).map(|mode| Self::read(mode, json)).collect()
    }

    fn read(mode: AuthType, json: &Json) -> Self {
        let config = Self::member(mode).and_then(|name| json.get(name));
        let text = |name: &str| config?.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let number = |name: &str| {
            let value = config?.get(name)?;
            let whole = |number: f64| (number >= 0.0).then_some(number as u64);
            value.as_u64().or_else(|| value.as_f64().and_then(whole)).or_else(|| value.as_str()?.parse().ok())
        };
        match mode {
            AuthType::UserPool => Self::UserPool {
                pool: text("userPoolId"),
                region: text("awsRegion"),
                client_pattern: text("appIdClientRegex"),
                default_action: text("defaultAction"),
            },
            AuthType::Oidc => Self::Oidc {
                issuer: text("issuer"),
                client: text("clientId"),
                iat_ttl: number("iatTTL").or_else(|| number("iatTtl")),
                auth_ttl: number("authTTL").or_else(|| number("authTtl")),
            },
            AuthType::Lambda => Self::Lambda {
                function: text("authorizerUri"),
                token_pattern: text("identityValidationExpression"),
                ttl: number("authorizerResultTtlInSeconds"),
            },
            AuthType::ApiKey | AuthType::Iam => Self::None,
        }
    }
}

impl Api {
    /// The modes, the default first.
    pub fn modes(&self) -> impl Iterator<Item = &Mode> {
        self.default.iter().chain(&self.additional)
    }

    /// Reads an API by AWS's own names, whether they begin with a capital (CloudFormation) or not (the CLI).
    pub(crate) fn read(json: &Json) -> Self {
        let json = &camel(json);
        let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
        let additional = json.get("additionalAuthenticationProviders").and_then(Json::as_array);
        Self {
            name: text("name"),
            id: text("apiId"),
            arn: text("arn"),
            region: text("region"),
            account: text("owner"),
            default: Mode::read(json),
            additional: additional.into_iter().flatten().filter_map(Mode::read).collect(),
            has_open_modes: has_open_modes(json.get("additionalAuthenticationProviders")),
            environment: environment(json.get("environmentVariables")),
            cache: None,
        }
    }

    /// The same by the names of AWS's answer to `get-graphql-api`, which the layers before the resolver read.
    pub fn to_json(&self) -> Json {
        let mut json = self.default.as_ref().map(Mode::to_json).unwrap_or_default();
        let own = [
            ("name", &self.name),
            ("apiId", &self.id),
            ("arn", &self.arn),
            ("region", &self.region),
            ("owner", &self.account),
        ];
        for (name, value) in own {
            if let Some(value) = value {
                json.insert(name.to_owned(), Json::from(value.as_str()));
            }
        }
        if !self.additional.is_empty() || self.has_open_modes {
            let open = self.has_open_modes.then(|| serde_json::json!({"authenticationType": "⟦expression⟧"}));
            let modes = self.additional.iter().map(|mode| Json::from(mode.to_json())).chain(open).collect();
            json.insert("additionalAuthenticationProviders".to_owned(), modes);
        }
        json.into()
    }
}

/// Whether additional modes, or one of them, stand there as something that names none.
fn has_open_modes(json: Option<&Json>) -> bool {
    let is_nothing = |one: &Json| one.is_null() || one.get("ref").and_then(Json::as_str) == Some("AWS::NoValue");
    match json {
        None | Some(Json::Null) => false,
        Some(Json::Array(list)) => list.iter().any(|one| !is_nothing(one) && Mode::read(one).is_none()),
        Some(other) => !is_nothing(other),
    }
}

/// The values of `$ctx.env`.
pub(crate) fn environment(json: Option<&Json>) -> IndexMap<String, String> {
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let entries = json.and_then(Json::as_object).into_iter().flatten();
    entries.map(|(name, value)| (name.clone(), text(value))).collect()
}

impl Mode {
    fn read(json: &Json) -> Option<Self> {
        let auth_type = AuthType::parse(json.get("authenticationType")?.as_str()?)?;
        Some(Self { auth_type, settings: ModeSettings::read(auth_type, json) })
    }

    fn to_json(&self) -> Map<String, Json> {
        let mut json = Map::new();
        json.insert("authenticationType".to_owned(), Json::from(self.auth_type.api_name()));
        let texts = |pairs: &[(&str, &Option<String>)]| -> Map<String, Json> {
            let given =
                pairs.iter().filter_map(|(name, value)| Some(((*name).to_owned(), Json::from((*value).clone()?))));
            given.collect()
        };
        let (name, config) = match &self.settings {
            ModeSettings::None => return json,
            ModeSettings::UserPool { pool, region, client_pattern, default_action } => {
                let names = ["userPoolId", "awsRegion", "appIdClientRegex", "defaultAction"];
                let values = [pool, region, client_pattern, default_action];
                ("userPoolConfig", texts(&std::array::from_fn::<_, 4, _>(|at| (names[at], values[at]))))
            }
            ModeSettings::Oidc { issuer, client, iat_ttl, auth_ttl } => {
                let mut config = texts(&[("issuer", issuer), ("clientId", client)]);
                let times = [("iatTTL", iat_ttl), ("authTTL", auth_ttl)];
                config
                    .extend(times.into_iter().filter_map(|(name, time)| Some((name.to_owned(), Json::from((*time)?)))));
                ("openIDConnectConfig", config)
            }
            ModeSettings::Lambda { function, token_pattern, ttl } => {
                let mut config = texts(&[("authorizerUri", function), ("identityValidationExpression", token_pattern)]);
                config.extend(ttl.map(|ttl| ("authorizerResultTtlInSeconds".to_owned(), Json::from(ttl))));
                ("lambdaAuthorizerConfig", config)
            }
        };
        json.insert(name.to_owned(), config.into());
        json
    }
}

/// The members with a small first letter: CloudFormation's names are the CLI's with a capital.
pub(crate) fn camel(json: &Json) -> Json {
    match json {
        Json::Array(items) => items.iter().map(camel).collect(),
        Json::Object(map) => {
            let small = |name: &String| {
                let mut letters = name.chars();
                letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
            };
            // The names of environment variables are the user's own.
            let member = |(name, value): (&String, &Json)| {
                let name: String = small(name);
                let value = if name == "environmentVariables" { value.clone() } else { camel(value) };
                (name, value)
            };
            Json::Object(map.iter().map(member).collect())
        }
        other => other.clone(),
    }
}
