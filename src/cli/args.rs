//! What may be typed.

use super::commands::Late;
use super::examples;
use crate::paste::TokenUse;
use crate::paste::template::TemplateHalf;
use crate::project::CheckLevel;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Runs AppSync VTL resolver templates offline and tells why a request was refused.
///
/// Exit codes: 0 allowed, filtered or completed; 1 the tool could not do its work; 2 denied; 3 another error.
#[derive(Debug, Parser)]
#[command(name = "vtl-eval", version, after_long_help = examples::TEMPLATE, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Cli {
    /// The subcommand; without one, TEMPLATE is run.
    #[command(subcommand)]
    pub command: Option<Late>,
    /// Most bytes of texts, lists and maps that one run may hold, such as 64M, 256M (the default) or 1G
    #[arg(long, value_name = "SIZE", global = true, value_parser = super::input::size, help_heading = "Run", hide_short_help = true)]
    pub memory: Option<usize>,
    /// Print credentials as they are: without it they are shown as [secret]
    #[arg(long, global = true, hide_short_help = true)]
    pub show_secrets: bool,
    /// Most steps of one run
    #[arg(long, value_name = "N", global = true, hide = true, help_heading = "Run")]
    pub steps: Option<u64>,
    /// The main job.
    #[command(flatten)]
    pub main: MainArgs,
}

/// Subcommands; `commands.rs` says what each is for.
#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "each has its arguments' documentation")]
pub enum Command {
    Resolver(Box<ResolverArgs>),
    Fields(Box<FieldsArgs>),
    Init(Box<InitArgs>),
    Config(Box<ConfigArgs>),
    Rules(Box<RulesArgs>),
    Matrix(Box<MatrixArgs>),
    Test(Box<TestArgs>),
    Check(Box<CheckArgs>),
    Diagnose(Box<DiagnoseArgs>),
    Replay(Box<ReplayArgs>),
    Token(TokenArgs),
    Batch(BatchArgs),
    Explain(ExplainArgs),
    Util(UtilArgs),
    Completions(CompletionsArgs),
}

/// `vtl-eval explain`
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// A code such as group-case-mismatch, or the text of an error
    #[arg(required = true)]
    pub words: Vec<String>,
}

/// `vtl-eval util`
#[derive(Args, Debug)]
pub struct UtilArgs {
    /// A name such as isNull or time.nowISO8601
    pub name: Option<String>,
}

/// `vtl-eval completions`
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// `vtl-eval TEMPLATE`
#[derive(Args, Debug)]
pub struct MainArgs {
    /// The template: a file, or `-` for standard input; also the answer of `aws appsync get-resolver` or `get-function`
    pub template: Option<PathBuf>,
    /// Which half, where TEMPLATE is a saved resolver with both
    #[arg(long, value_name = "HALF")]
    pub half: Option<HalfArg>,
    /// What it is run with, and how the report looks.
    #[command(flatten)]
    pub context: ContextArgs,
}

/// `vtl-eval resolver`
#[derive(Args, Debug)]
pub struct ResolverArgs {
    /// The field, such as Query.listTodos
    pub field: String,
    /// Where the resolvers are.
    #[command(flatten)]
    pub from: FromArgs,
    /// What data sources answer, by function name
    #[arg(long, value_name = "FILE|JSON")]
    pub results: Option<String>,
    /// What it is run with, and how the report looks.
    #[command(flatten)]
    pub context: ContextArgs,
}

/// Where resolvers come from.
#[derive(Args, Clone, Debug)]
pub struct FromArgs {
    /// A project: what its tool built, CloudFormation, Serverless, Terraform or Pulumi, saved `aws appsync` answers, or a
    /// folder of templates; without it, vtl-eval.toml or what is found from here upward
    #[arg(long = "from", value_name = "PATH", help_heading = "Project")]
    pub path: Option<PathBuf>,
    /// Which API, where there are several
    #[arg(long, value_name = "NAME", help_heading = "Project", hide_short_help = true)]
    pub api_name: Option<String>,
    /// The project's own resolvers/, which replace generated files
    #[arg(long, value_name = "DIR", help_heading = "Project", hide_short_help = true)]
    pub overrides: Option<PathBuf>,
    /// Values that the project leaves open: by logical id, path (Stack/Nested/Param), or the name in a report
    #[arg(long, value_name = "FILE|JSON", help_heading = "Project")]
    pub parameters: Option<String>,
    /// The API's schema (SDL), in place of the project's
    #[arg(long, value_name = "F", help_heading = "Project")]
    pub schema: Option<PathBuf>,
    /// The schema with @model and @auth, in place of the project's
    #[arg(long, value_name = "F", help_heading = "Project", hide_short_help = true)]
    pub model: Option<PathBuf>,
    /// The API's modes in any form (`aws appsync get-graphql-api`, amplify_outputs.json, …), in place of the project's
    #[arg(long, value_name = "FILE|JSON", help_heading = "Project")]
    pub api: Option<String>,
    /// IAM policies of the caller; may be repeated
    #[arg(long, value_name = "FILE|JSON", help_heading = "Project", num_args = 1..)]
    pub policy: Vec<String>,
    /// Follow references to files outside of the project's root
    #[arg(long, help_heading = "Project", hide_short_help = true)]
    pub allow_outside: bool,
}

/// `vtl-eval fields`
#[derive(Args, Debug)]
pub struct FieldsArgs {
    /// A type such as Query, or a field such as Query.listTodos
    #[arg(value_name = "TYPE[.FIELD]")]
    pub field: Option<String>,
    /// Where the project is.
    #[command(flatten)]
    pub from: FromArgs,
    /// Another source of the same API, such as what is deployed (saved AWS answers): shows what differs
    #[arg(long, value_name = "PATH")]
    pub against: Option<PathBuf>,
    /// Everything of every field
    #[arg(long, help_heading = "Report")]
    pub verbose: bool,
    /// When to colour the list
    #[arg(long, value_enum, default_value_t = clap::ColorChoice::Auto, value_name = "WHEN", help_heading = "Report", hide_short_help = true)]
    pub color: clap::ColorChoice,
    /// The form of the list
    #[arg(long, value_enum, default_value_t = ListFormat::Text, help_heading = "Report")]
    pub format: ListFormat,
    /// For a program: short for --format json
    #[arg(long, conflicts_with = "format", help_heading = "Report", hide_short_help = true)]
    pub json: bool,
    /// Write it to a file
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub output: Option<PathBuf>,
}

/// `vtl-eval rules`
#[derive(Args, Debug)]
pub struct RulesArgs {
    /// A model such as Post, or a field such as Post.secret or Query.listPosts
    #[arg(value_name = "MODEL[.FIELD]")]
    pub field: Option<String>,
    /// Where the project is.
    #[command(flatten)]
    pub from: FromArgs,
    /// Every statement
    #[arg(long)]
    pub verbose: bool,
    /// When to colour the report
    #[arg(long, value_enum, default_value_t = clap::ColorChoice::Auto, value_name = "WHEN")]
    pub color: clap::ColorChoice,
    /// The form of the list
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
    /// For a program: short for --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Write it to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `vtl-eval init`
#[derive(Args, Debug)]
pub struct InitArgs {
    /// Where to write; the working directory without it
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// The project, if it is not found from there.
    #[command(flatten)]
    pub from: FromArgs,
}

/// `vtl-eval config`
#[derive(Args, Debug)]
pub struct ConfigArgs {
    /// The project, and what is added to it.
    #[command(flatten)]
    pub from: FromArgs,
    /// The form of the list
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
    /// For a program: short for --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Write it to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// The form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For a person
    Text,
    /// For a program
    Json,
}

/// `vtl-eval matrix`
#[derive(Args, Debug)]
pub struct MatrixArgs {
    /// Where the resolvers are.
    #[command(flatten)]
    pub from: FromArgs,
    /// Callers, rows and cases (JSON or YAML); without them, those of vtl-eval.toml, else one for each mode, role and group
    #[arg(long, value_name = "FILE")]
    pub personas: Option<PathBuf>,
    /// Another source of the same API, such as what is deployed (saved AWS answers): shows what it decides otherwise
    #[arg(long, value_name = "PATH")]
    pub against: Option<PathBuf>,
    /// An older matrix: shows what opened and closed, and exits with 2 if anything opened
    #[arg(long, value_name = "OLD.json")]
    pub diff: Option<PathBuf>,
    /// The seed of ids and random numbers
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// The clock: RFC 3339, or seconds since 1970
    #[arg(long, value_name = "TIME", help_heading = "Run", hide_short_help = true)]
    pub now: Option<String>,
    /// The reason of every cell, not only of those without an answer
    #[arg(long, help_heading = "Report")]
    pub verbose: bool,
    /// A cell that passed an unverified point, an unknown function or a missing method, or stands on output that AppSync
    /// would refuse, exits with 3
    #[arg(long)]
    pub strict: bool,
    /// When to colour the table
    #[arg(long, value_enum, default_value_t = clap::ColorChoice::Auto, value_name = "WHEN", help_heading = "Report", hide_short_help = true)]
    pub color: clap::ColorChoice,
    /// The form of the matrix
    #[arg(long, value_enum, default_value_t = MatrixFormat::Text, help_heading = "Report")]
    pub format: MatrixFormat,
    /// Write it to a file
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub output: Option<PathBuf>,
}

/// The form of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MatrixFormat {
    /// A table for a terminal
    Text,
    /// For a program
    Json,
    /// For a spreadsheet
    Csv,
    /// One self-contained page
    Html,
}

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
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with = "claims", help_heading = "Caller")]
    pub groups: Vec<String>,
    /// Try a caller without a token: the user's id
    #[arg(long, value_name = "ID", conflicts_with = "claims", help_heading = "Caller", hide_short_help = true)]
    pub sub: Option<String>,
    /// Try a caller without a token: the user's name
    #[arg(long, value_name = "NAME", conflicts_with = "claims", help_heading = "Caller")]
    pub username: Option<String>,
    /// The issuer's keys (JWKS): verifies the signature of --claims
    #[arg(long, value_name = "F", help_heading = "Caller", hide_short_help = true)]
    pub jwks: Option<PathBuf>,
    /// The context object of AWS's EvaluateMappingTemplate
    #[arg(long, value_name = "FILE|JSON", help_heading = "Context")]
    pub context: Option<String>,
    /// $ctx.arguments; also one by one: --args id=1 --args tags:='["a"]' (after := stands JSON)
    #[arg(long, value_name = "FILE|JSON|NAME=VALUE", help_heading = "Context")]
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
    #[arg(long, value_name = "MODE", help_heading = "Caller")]
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

/// `vtl-eval test`
#[derive(Args, Debug)]
pub struct TestArgs {
    /// Case files (*.vtltest.yaml, *.vtltest.json) or folders of them
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// The clock and the seed.
    #[command(flatten)]
    pub clock: ClockArgs,
    /// The project of cases that name a resolver without `from`.
    #[command(flatten)]
    pub from: FromArgs,
    /// Write a JUnit file
    #[arg(long, value_name = "F")]
    pub junit: Option<PathBuf>,
    /// Coverage of the templates: lines, conditions both ways, deciding statements
    #[arg(long, value_enum, value_name = "FORM")]
    pub coverage: Option<CoverageFormat>,
    /// Only cases whose name holds this
    #[arg(long, value_name = "S")]
    pub filter: Option<String>,
    /// Write what was decided into the case files' `expect`
    #[arg(long)]
    pub update: bool,
    /// A case that passed an unverified point, an unknown function or a missing method, or stands on output that AppSync
    /// would refuse, exits with 3
    #[arg(long)]
    pub strict: bool,
    /// When to colour the text report
    #[arg(long, value_enum, default_value_t = clap::ColorChoice::Auto, value_name = "WHEN", help_heading = "Report", hide_short_help = true)]
    pub color: clap::ColorChoice,
    /// Everything that explains a failure
    #[arg(long, help_heading = "Report")]
    pub verbose: bool,
    /// The form of the result
    #[arg(long, value_enum, default_value_t = TestFormat::Text, help_heading = "Report")]
    pub format: TestFormat,
    /// Write the result to a file; with --coverage, the coverage
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub output: Option<PathBuf>,
}

/// The form of a test's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TestFormat {
    /// For a person
    Text,
    /// For a program
    Json,
}

/// The form of a coverage report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CoverageFormat {
    /// A table
    Text,
    /// For a program
    Json,
    /// For tools that draw coverage
    Lcov,
    /// One self-contained page
    Html,
}

/// `vtl-eval check`
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Templates, sources of resolvers (a CloudFormation template, a manifest, saved answers), or folders of them; without
    /// any, the project that is found
    pub paths: Vec<PathBuf>,
    /// The project, and what is added to it.
    #[command(flatten)]
    pub from: FromArgs,
    /// The API's modes: user-pool, iam, api-key, oidc, lambda
    #[arg(long, value_name = "MODE", value_delimiter = ',')]
    pub modes: Vec<String>,
    /// Findings that are known and not told: see --update-baseline
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write what is found as known (to --baseline, or vtl-eval-baseline.json)
    #[arg(long)]
    pub update_baseline: bool,
    /// The least severity that ends with exit code 2 [default: error]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// Mend what is certain in the files: misspelt functions, `=` for `==`
    #[arg(long)]
    pub fix: bool,
    /// Each finding, also where many are the same
    #[arg(long)]
    pub verbose: bool,
    /// When to colour the text report
    #[arg(long, value_enum, default_value_t = clap::ColorChoice::Auto, value_name = "WHEN", help_heading = "Report", hide_short_help = true)]
    pub color: clap::ColorChoice,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = CheckFormat::Text, help_heading = "Report")]
    pub format: CheckFormat,
    /// For a program: short for --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Write the report to a file
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub output: Option<PathBuf>,
}

impl CheckArgs {
    /// The form: `--json` is short for one.
    pub fn format(&self) -> CheckFormat {
        if self.json { CheckFormat::Json } else { self.format }
    }
}

/// What ends with exit code 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Warnings, and errors
    Warning,
    /// Any finding
    Note,
    /// Nothing that is found
    Never,
}

impl From<CheckLevel> for FailOn {
    fn from(level: CheckLevel) -> Self {
        match level {
            CheckLevel::Error => Self::Error,
            CheckLevel::Warning => Self::Warning,
            CheckLevel::Note => Self::Note,
            CheckLevel::Off => Self::Never,
        }
    }
}

/// The form of static findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// One line a finding
    Text,
    /// For a program
    Json,
    /// For code hosts
    Sarif,
    /// Annotations of GitHub's workflows
    Github,
}

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
    #[arg(long, value_name = "MODE", help_heading = "Caller")]
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

/// `vtl-eval batch`
#[derive(Args, Debug)]
pub struct BatchArgs {
    /// Also write decision, writes, candidates, hints and suggestions
    #[arg(long)]
    pub trace: bool,
    /// Threads; the number of cores when not given
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Read files of templates outside of the working directory's root
    #[arg(long, hide_short_help = true)]
    pub allow_outside: bool,
    /// The clock and the seed.
    #[command(flatten)]
    pub clock: ClockArgs,
    /// NDJSON; `-` or nothing for standard input
    pub file: Option<PathBuf>,
}
