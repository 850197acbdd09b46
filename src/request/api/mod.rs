//! What is known of the API: its modes with their settings, its keys, limits and place, from whichever file people have.

mod events;
mod forms;
mod known;
mod script;
mod terraform;
mod written;

pub use events::{Events, Namespace, EventOperation};
pub use forms::pool_issuer;
pub use known::ApiError;
pub use script::{object_of_script, to_json};

use crate::message::{Message, Part};
use crate::appsync::AuthType;
use serde_json::Value as Json;

/// The API, as far as a file tells. Absent members are unknown, not empty.
#[derive(Clone, Debug, Default)]
pub struct ApiConfig {
    /// The default mode.
    pub default: Option<AuthType>,
    /// The additional ones.
    pub additional: Vec<AuthType>,
    /// The issuers of its user pools and OIDC providers.
    pub issuers: Vec<String>,
    /// The client ids (or patterns) that it lets in, whatever the mode.
    pub audiences: Vec<String>,
    /// What each user pool or OIDC provider demands.
    pub providers: Vec<ApiProvider>,
    /// Keys: text, or objects with `id` or `key` and `expires`.
    pub keys: Option<Vec<Json>>,
    /// `ALLOW` or `DENY`, for a default of user pools.
    pub default_action: Option<String>,
    /// Whether that stands there as an expression, which a deployment alone knows.
    pub open_action: bool,
    /// What a Lambda authorizer's token must match before the function is asked.
    pub token_pattern: Option<String>,
    /// The Lambda authorizer's ARN.
    pub authorizer: Option<String>,
    /// Seconds that its answers are kept.
    pub authorizer_ttl: Option<i64>,
    /// AppSync's id of the API, its region and account.
    pub id: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// Hosts of its endpoints.
    pub hosts: Vec<String>,
    /// Whether it answers through a VPC endpoint only (`visibility` PRIVATE); `None` is not known.
    pub private: Option<bool>,
    /// Whether introspection is switched off.
    pub introspection_off: bool,
    /// `queryDepthLimit`, where there is one.
    pub depth_limit: Option<u64>,
    /// `resolverCountLimit`, where there is one.
    pub resolver_limit: Option<u64>,
    /// The web ACL that stands before it.
    pub web_acl: Option<String>,
    /// A merged API's own role and sources.
    pub merged: Option<Merged>,
    /// An Event API's modes and channel namespaces.
    pub events: Option<Events>,
    /// What it was read from.
    pub form: Form,
    /// Where it was found, if nobody named it.
    pub found: Option<String>,
    /// The modes that it had, where an answer proved that it is another API's.
    pub disproved: Vec<AuthType>,
    /// Members that speak of authorization and were not understood.
    pub ignored: Vec<String>,
    /// The names of the APIs of a template that has several.
    pub several: Vec<String>,
    /// Members that name modes in an expression, or in words that name none.
    pub open: Vec<&'static str>,
}

/// A merged API.
#[derive(Clone, Debug, Default)]
pub struct Merged {
    /// The role with which it calls its sources.
    pub role: Option<String>,
    /// The ARNs of the source APIs.
    pub sources: Vec<String>,
}

/// A user pool or OIDC provider of the API
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_OpenIDConnectConfig.html>, `…/API_UserPoolConfig.html`).
#[derive(Clone, Debug, Default)]
pub struct ApiProvider {
    /// User pools or OIDC; `None` where the file does not say.
    pub mode: Option<AuthType>,
    /// Its issuer.
    pub issuer: Option<String>,
    /// The pattern on the client: `appIdClientRegex` (`aud` or `client_id`), or OIDC's `clientId` (`aud` or `azp`).
    pub client: Option<String>,
    /// Milliseconds after `iat`.
    pub iat_ttl: Option<i64>,
    /// Milliseconds after `auth_time`.
    pub auth_ttl: Option<i64>,
    /// Whether these are all of its settings, as AWS's own forms have them: what is left out there is not set.
    pub is_whole: bool,
}

/// What a configuration was read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Our own short form.
    #[default]
    Short,
    /// `aws appsync get-graphql-api`, or its inner object.
    GraphqlApi,
    /// `aws appsync get-api` of an Event API.
    EventApi,
    /// `amplify_outputs.json`.
    Outputs,
    /// `aws-exports.js` or `amplifyconfiguration.json`.
    Exports,
    /// Gen 1's `cli-inputs.json`.
    CliInputs,
    /// The `authConfig` of Gen 1's `backend-config.json` or `amplify-meta.json`.
    BackendConfig,
    /// A CloudFormation template.
    CloudFormation,
    /// A resource of Terraform's state, the state itself, or a configuration.
    Terraform,
    /// `serverless.yml` with the AppSync plugin, or its API alone.
    Serverless,
    /// Pulumi's state.
    Pulumi,
    /// `cdk.out/tree.json`.
    Cdk,
    /// A project, whatever it was read from.
    Project,
}

impl Form {
    /// Its name in a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Short => "the API's configuration",
            Self::GraphqlApi => "get-graphql-api's answer",
            Self::EventApi => "get-api's answer",
            Self::Outputs => "amplify_outputs.json",
            Self::Exports => "aws-exports.js",
            Self::CliInputs => "cli-inputs.json",
            Self::BackendConfig => "Amplify's authConfig",
            Self::CloudFormation => "the CloudFormation template",
            Self::Terraform => "Terraform's file",
            Self::Serverless => "the Serverless configuration",
            Self::Pulumi => "Pulumi's state",
            Self::Cdk => "the CDK's tree",
            Self::Project => "the project",
        }
    }
}

/// How long AppSync keeps an authorizer's answer where the API does not say, in seconds
/// (<https://docs.aws.amazon.com/appsync/latest/APIReference/API_LambdaAuthorizerConfig.html>).
const KEPT: i64 = 300;

impl ApiConfig {
    /// How long an authorizer's answer is kept that does not say it itself, in seconds.
    pub fn answers_kept(&self) -> i64 {
        self.authorizer_ttl.unwrap_or(KEPT)
    }

    /// What it was read from, in a sentence.
    pub fn whence(&self) -> String {
        match &self.found {
            Some(path) => format!("the project found at {path} (nobody named it)"),
            None => self.form.name().to_owned(),
        }
    }

    /// The modes, the default first.
    pub fn modes(&self) -> Vec<AuthType> {
        self.default.into_iter().chain(self.additional.iter().copied()).collect()
    }

    /// Whether the modes are known, all of them.
    pub fn is_known(&self) -> bool {
        // A client's configuration names the mode that it uses, not all of the API's.
        self.default.is_some() && self.form != Form::Exports && self.open.is_empty()
    }

    /// Whether a configuration was given and its modes could not be read: what they are is then not "none were named".
    pub fn is_unread(&self) -> bool {
        let of_tools = [Form::CloudFormation, Form::Terraform, Form::Serverless, Form::Pulumi, Form::Cdk].contains(&self.form);
        let missing = self.default.is_none() && (of_tools || !self.ignored.is_empty());
        !self.several.is_empty() || !self.open.is_empty() || missing
    }

    /// Whether this is the API's only mode.
    pub fn has_only(&self, mode: AuthType) -> bool {
        self.default == Some(mode) && self.additional.is_empty() && self.open.is_empty()
    }

    /// Why the modes of a configuration that was given are not known.
    pub fn unread(&self) -> Option<Message> {
        if !self.several.is_empty() {
            return Some(Message::of(
                "{} has {} APIs ({}), and which of them was called it does not tell.",
                [
                    Part::Text(self.whence()),
                    Part::Text(self.several.len().to_string()),
                    Part::Name(self.several.join(", ")),
                ],
            ));
        }
        let ignored: Vec<&str> = self.ignored.iter().map(String::as_str).collect();
        let what = match (self.open.is_empty(), ignored.is_empty()) {
            (false, _) => format!("{} as an expression, which a deployment alone knows", self.open.join(" and ")),
            (true, false) => format!("{}, which is not read here", ignored.join(", ")),
            (true, true) => "no authenticationType of an API that can be read".to_owned(),
        };
        self.is_unread().then(|| {
            Message::of(
                "the API's modes are not known: {} has {}.",
                [Part::Text(self.whence()), Part::Name(what)],
            )
        })
    }

    /// What to give in place of a configuration whose modes are not known.
    pub fn what_to_give(&self) -> Message {
        if self.several.is_empty() {
            "Give the API as it is deployed (aws appsync get-graphql-api --api-id ID).".into()
        } else {
            "Give the one that was called (its resource alone, or the answer of aws appsync get-graphql-api --api-id ID).".into()
        }
    }

    /// That a file of AWS's has members which speak of authorization and are not read here.
    pub fn ignored_note(&self) -> Option<Message> {
        if let Some(unread) = self.unread() {
            return Some(unread.cured(self.what_to_give()));
        }
        let names = self.ignored.join(", ");
        (!self.ignored.is_empty()).then(|| {
            Message::of(
                "{} has {}, which by the name bears on authorization and is not read here: what follows is without it.",
                [Part::Text(self.whence()), Part::Name(names)],
            )
        })
    }

    /// The host of this API's own endpoint, where the request went to another API's; `None` where that is not so, or not known
    /// (a custom domain).
    pub fn other_host(&self, called: &str) -> Option<&str> {
        let plain = |host: &str| host.replace(".appsync-realtime-api.", ".appsync-api.").to_lowercase();
        let own = |host: &str| host.contains(".appsync-api.") || host.contains(".appsync-realtime-api.");
        let mut hosts = self.hosts.iter().filter(|host| own(host)).peekable();
        let first = *hosts.peek()?;
        (own(called) && hosts.all(|host| plain(host) != plain(called))).then_some(first.as_str())
    }

    /// The host of this API's realtime endpoint: as configured, else by its own name.
    pub fn realtime_host(&self) -> Option<String> {
        let own = |part: &str| self.hosts.iter().find(|host| host.contains(part));
        own(".appsync-realtime-api.").cloned().or_else(|| Some(own(".appsync-api.")?.replace(".appsync-api.", ".appsync-realtime-api.")))
    }

    /// Reads a configuration in whichever form it has.
    pub fn read(json: &Json) -> Self {
        forms::read(json, "")
    }

    /// The same, of several APIs the one at the host that was called.
    pub fn read_at(json: &Json, host: &str) -> Self {
        forms::read(json, host)
    }

    /// An unknown member of our own short form is an error; in AWS's forms it is left out.
    ///
    /// # Errors
    /// The member, and the known one that is nearest.
    pub fn check(json: &Json) -> Result<(), ApiError> {
        if !json.is_object() && forms::form(json) == Form::Short {
            return Err("the API's configuration must be a JSON object (the answer of aws appsync get-graphql-api, or a list of such)".into());
        }
        if forms::form(json) != Form::Short {
            return Ok(());
        }
        known::check(json)
    }

    /// The mode of the provider that has this issuer; a user pool's where it is both.
    pub fn mode_of_issuer(&self, issuer: &str) -> Option<AuthType> {
        let same = |one: &&ApiProvider| one.issuer.as_deref().is_some_and(|own| own.trim_end_matches('/') == issuer.trim_end_matches('/'));
        let modes: Vec<AuthType> = self.providers.iter().filter(same).filter_map(|one| one.mode).collect();
        modes.iter().find(|mode| **mode == AuthType::UserPool).or(modes.first()).copied()
    }

    /// The issuers of the providers of a mode, as far as each is known.
    pub fn issuers_of(&self, mode: AuthType) -> impl Iterator<Item = Option<&str>> {
        self.providers.iter().filter(move |one| one.mode == Some(mode)).map(|one| one.issuer.as_deref())
    }

    /// Whether the API has this mode and it is not known which issuers that takes: a file names the mode alone, or the pool by
    /// a reference. Our own form has the issuers of all modes in one list.
    pub fn has_open_issuer(&self, mode: AuthType) -> bool {
        let own: Vec<Option<&str>> = self.issuers_of(mode).collect();
        self.form != Form::Short && self.modes().contains(&mode) && (own.is_empty() || own.contains(&None))
    }

    /// The provider that a token of this issuer belongs to: by its issuer, else the only one of the mode.
    pub fn provider(&self, mode: AuthType, issuer: Option<&str>) -> Option<&ApiProvider> {
        let trimmed = |text: &str| text.trim_end_matches('/').to_owned();
        let of_mode = |provider: &&ApiProvider| provider.mode.is_none_or(|own| own == mode);
        let same = |provider: &&ApiProvider| match (&provider.issuer, issuer) {
            (Some(own), Some(issuer)) => trimmed(own) == trimmed(issuer),
            _ => false,
        };
        let mut all = self.providers.iter().filter(of_mode);
        self.providers.iter().filter(of_mode).find(same).or_else(|| match (all.next(), all.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        })
    }
}

/// AppSync's own names (`AMAZON_COGNITO_USER_POOLS`), `$util.authType()`'s and the command line's.
pub fn mode(name: &str) -> Option<AuthType> {
    AuthType::parse(name)
}

