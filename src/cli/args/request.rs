//! A refused request: its reports, its logs, its token.

use super::project::FromArgs;
use super::run::{ClockArgs, PageArgs, TokenUseArg};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `vtl-eval diagnose`
#[derive(Args, Clone, Debug)]
pub struct DiagnoseArgs {
    /// What the refusal left: a HAR, a response, a request as cURL or fetch(), a log, an error text, or a refusal report (file, `-`
    /// for standard input, or the thing itself)
    #[arg(value_name = "FILE|JSON")]
    pub file: Option<String>,
    /// The project, and what is added to it.
    #[command(flatten)]
    pub from: FromArgs,
    /// The Lambda authorizer's answer
    #[arg(long, value_name = "FILE|JSON", help_heading = "Project")]
    pub authorizer: Option<String>,
    /// The caller instead of the report's, from whatever holds it
    #[arg(long, value_name = "FILE|JSON", visible_aliases = ["token", "identity"], alias = "jwt", help_heading = "Caller")]
    pub claims: Option<String>,
    /// A second caller: a token, claims, an identity object, another refusal report or HAR; says what differs first
    #[arg(long, value_name = "FILE|JSON", help_heading = "Caller", hide_short_help = true)]
    pub compare: Option<String>,
    /// Which token, where --claims holds both
    #[arg(long, value_name = "USE", requires = "claims", help_heading = "Caller", hide_short_help = true)]
    pub token_use: Option<TokenUseArg>,
    /// The mode of the request
    #[arg(long, value_name = "MODE", aliases = ["authType", "auth-mode", "authMode", "mode"], value_parser = super::values::MODES, hide_possible_values = true, help_heading = "Caller")]
    pub auth_type: Option<String>,
    /// The seed of ids and random numbers
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// The request's own time: RFC 3339, or seconds since 1970
    #[arg(long, value_name = "TIME", help_heading = "Run", hide_short_help = true)]
    pub now: Option<String>,
    /// AppSync's log of the same requests: joined with a HAR by x-amzn-requestid; may be repeated
    #[arg(long, value_name = "LOGS", num_args = 1.., help_heading = "Project")]
    pub logs: Vec<PathBuf>,
    /// The report of every request of a HAR, not only of those that were refused
    #[arg(long)]
    pub all: bool,
    /// Everything
    #[arg(long, help_heading = "Report")]
    pub verbose: bool,
    /// A verdict that passed an unverified point, an unknown function or a missing method, or stands on output that AppSync
    /// would refuse, exits with 3
    #[arg(long)]
    pub strict: bool,
    /// The form of the report, and where it goes.
    #[command(flatten)]
    pub page: PageArgs,
}

/// `vtl-eval replay`
#[derive(Args, Debug)]
pub struct ReplayArgs {
    /// Logs: answers of filter-log-events, Logs Insights results (JSON, CSV), exports (gzip, folders), lines; `-`
    #[arg(required = true)]
    pub logs: Vec<PathBuf>,
    /// The clock and the seed.
    #[command(flatten)]
    pub clock: ClockArgs,
    /// The project, and what is added to it.
    #[command(flatten)]
    pub from: FromArgs,
    /// The caller of every request
    #[arg(long, value_name = "FILE|JSON", visible_aliases = ["token", "identity"], alias = "jwt", help_heading = "Caller")]
    pub claims: Option<String>,
    /// Callers: {request id or username: claims}
    #[arg(long, value_name = "FILE", help_heading = "Caller")]
    pub identities: Option<PathBuf>,
    /// Only requests of this field
    #[arg(long, value_name = "T.f")]
    pub field: Option<String>,
    /// Only this request
    #[arg(long, value_name = "ID")]
    pub request: Option<String>,
    /// Follow a log that is still written (a file, or `aws logs tail --follow` in a pipe): each request once it ended
    #[arg(long, conflicts_with_all = ["format", "output"])]
    pub follow: bool,
    /// One JSON object a request
    #[arg(long, conflicts_with_all = ["format", "output"])]
    pub ndjson: bool,
    /// Hide callers and what their claims hold
    #[arg(long)]
    pub redact: bool,
    /// When to colour the text report
    #[arg(long, value_enum, default_value_t = clap::ColorChoice::Auto, value_name = "WHEN", help_heading = "Report", hide_short_help = true)]
    pub color: clap::ColorChoice,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = ReplayFormat::Text, help_heading = "Report")]
    pub format: ReplayFormat,
    /// Write the report to a file
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub output: Option<PathBuf>,
}

/// The form of a replay's report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReplayFormat {
    /// For a person
    Text,
    /// For a program
    Json,
    /// For a spreadsheet
    Csv,
    /// One self-contained page
    Html,
}

/// `vtl-eval token`
#[derive(Args, Debug)]
pub struct TokenArgs {
    /// Whatever holds a token or its claims: a file, `-` for standard input, or the token itself
    pub file: PathBuf,
    /// Which token, where there are both; the access token is taken without it, as Amplify sends it
    #[arg(long, value_name = "USE")]
    pub token_use: Option<TokenUseArg>,
    /// The issuer that the API takes
    #[arg(long, value_name = "URL")]
    pub issuer: Option<String>,
    /// The client id that the API takes
    #[arg(long, value_name = "ID")]
    pub audience: Option<String>,
    /// The issuer's keys (JWKS): verifies the signature
    #[arg(long, value_name = "F")]
    pub jwks: Option<PathBuf>,
    /// The clock: RFC 3339, or seconds since 1970
    #[arg(long, value_name = "TIME", help_heading = "Run", hide_short_help = true)]
    pub now: Option<String>,
    /// A token that is not refused, and of which something is not certain, exits with 3
    #[arg(long)]
    pub strict: bool,
    /// The form of the report, and where it goes.
    #[command(flatten)]
    pub page: PageArgs,
}
