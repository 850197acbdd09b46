//! What one run is given, and how its report looks.

use crate::paste::TokenUse;
use crate::paste::template::TemplateHalf;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What templates are run with, and how the report looks.
#[derive(Args, Debug)]
pub struct ContextArgs {
    /// The caller, from whatever holds it: a token, claims, an identity, a session, an answer of Cognito or STS (file, `-`,
    /// or the thing itself)
    #[arg(long, value_name = "FILE|JSON", visible_aliases = ["token", "identity"], alias = "jwt", help_heading = "Caller")]
    pub claims: Option<String>,
    /// A second caller, in any form that --claims takes: says what decided differently for the two, first difference first
    #[arg(long, value_name = "FILE|JSON", help_heading = "Caller", hide_short_help = true)]
    pub compare: Option<String>,
    /// Which token, where --claims holds both; the access token is taken without it, as Amplify sends it
    #[arg(long, value_name = "USE", requires = "claims", help_heading = "Caller", hide_short_help = true)]
    pub token_use: Option<TokenUseArg>,
    /// Try a caller without a token: groups, with commas between
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        alias = "group",
        conflicts_with = "claims",
        help_heading = "Caller"
    )]
    pub groups: Vec<String>,
    /// Try a caller without a token: the user's id
    #[arg(long, value_name = "ID", conflicts_with = "claims", help_heading = "Caller", hide_short_help = true)]
    pub sub: Option<String>,
    /// Try a caller without a token: the user's name
    #[arg(long, value_name = "NAME", alias = "user", conflicts_with = "claims", help_heading = "Caller")]
    pub username: Option<String>,
    /// The issuer's keys (JWKS): verifies the signature of --claims
    #[arg(long, value_name = "F", help_heading = "Caller", hide_short_help = true)]
    pub jwks: Option<PathBuf>,
    /// The context object of AWS's EvaluateMappingTemplate
    #[arg(long, value_name = "FILE|JSON", alias = "ctx", help_heading = "Context")]
    pub context: Option<String>,
    /// $ctx.arguments; also one by one: --args id=1 --args tags:='["a"]' (after := stands JSON)
    #[arg(long, value_name = "FILE|JSON|NAME=VALUE", aliases = ["arg", "arguments", "variables"], help_heading = "Context")]
    pub args: Vec<String>,
    /// $ctx.source
    #[arg(long, value_name = "FILE|JSON|NAME=VALUE", help_heading = "Context", hide_short_help = true)]
    pub source: Vec<String>,
    /// $ctx.result
    #[arg(long, value_name = "FILE|JSON|NAME=VALUE", help_heading = "Context")]
    pub result: Vec<String>,
    /// $ctx.stash
    #[arg(long, value_name = "FILE|JSON|NAME=VALUE", help_heading = "Context", hide_short_help = true)]
    pub stash: Vec<String>,
    /// $ctx.prev
    #[arg(long, value_name = "FILE|JSON|NAME=VALUE", help_heading = "Context", hide_short_help = true)]
    pub prev: Vec<String>,
    /// $ctx.error
    #[arg(long, value_name = "FILE|JSON|NAME=VALUE", help_heading = "Context", hide_short_help = true)]
    pub error: Vec<String>,
    /// $ctx.info
    #[arg(long, value_name = "FILE|JSON|NAME=VALUE", help_heading = "Context", hide_short_help = true)]
    pub info: Vec<String>,
    /// $ctx.request.headers
    #[arg(long, value_name = "FILE|JSON|NAME=VALUE", help_heading = "Context", hide_short_help = true)]
    pub headers: Vec<String>,
    /// The authorization mode: user-pool, iam, api-key, oidc, lambda, in any spelling of AWS and Amplify; derived from the
    /// identity when not given
    #[arg(long, value_name = "MODE", aliases = ["authType", "auth-mode", "authMode", "mode"], value_parser = super::values::MODES, hide_possible_values = true, help_heading = "Caller")]
    pub auth_type: Option<String>,
    /// The variable whose writes are shown
    #[arg(long, value_name = "NAME", default_value = "isAuthorized", help_heading = "Report", hide_short_help = true)]
    pub watch: String,
    /// Say which single facts an allow rests on
    #[arg(long, help_heading = "Report", hide_short_help = true)]
    pub why_allowed: bool,
    /// The clock: RFC 3339, or seconds since 1970
    #[arg(long, value_name = "TIME", help_heading = "Run", hide_short_help = true)]
    pub now: Option<String>,
    /// The seed of ids and random numbers
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Run", hide_short_help = true)]
    pub seed: u64,
    /// Everything: all candidates, all loop items, every write
    #[arg(long, help_heading = "Report")]
    pub verbose: bool,
    /// When to colour the text report
    #[arg(long, value_enum, default_value_t = clap::ColorChoice::Auto, value_name = "WHEN", help_heading = "Report", hide_short_help = true)]
    pub color: clap::ColorChoice,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Report")]
    pub format: Format,
    /// Write the report to a file
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub output: Option<PathBuf>,
    /// A verdict that passed an unverified point, an unknown function or a missing method, or stands on output that AppSync
    /// would refuse, exits with 3
    #[arg(long, help_heading = "Report", hide_short_help = true)]
    pub strict: bool,
}

/// Which of a user's two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TokenUseArg {
    /// The access token, as Amplify sends it
    Access,
    /// The ID token
    Id,
}

impl From<TokenUseArg> for TokenUse {
    fn from(given: TokenUseArg) -> Self {
        match given {
            TokenUseArg::Access => Self::Access,
            TokenUseArg::Id => Self::Id,
        }
    }
}

/// Which half of a resolver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HalfArg {
    /// Before the data source
    Request,
    /// After it
    Response,
}

impl From<HalfArg> for TemplateHalf {
    fn from(given: HalfArg) -> Self {
        match given {
            HalfArg::Request => Self::Request,
            HalfArg::Response => Self::Response,
        }
    }
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person
    Text,
    /// For a program
    Json,
    /// One self-contained page
    Html,
    /// The members of AWS's EvaluateMappingTemplate
    Aws,
}

/// How a report that AWS has no counterpart of looks, and where it goes.
#[derive(Args, Clone, Debug)]
pub struct PageArgs {
    /// When to colour the text report
    #[arg(long, value_enum, default_value_t = clap::ColorChoice::Auto, value_name = "WHEN", help_heading = "Report", hide_short_help = true)]
    pub color: clap::ColorChoice,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = PageFormat::Text, help_heading = "Report")]
    pub format: PageFormat,
    /// Write the report to a file
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub output: Option<PathBuf>,
}

/// The form of a report that AWS has no counterpart of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    /// For a person
    Text,
    /// For a program
    Json,
    /// One self-contained page
    Html,
}

/// What time it is, and what is random.
#[derive(Args, Debug)]
pub struct ClockArgs {
    /// The clock: RFC 3339, or seconds since 1970
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
    /// The seed of ids and random numbers
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
}
