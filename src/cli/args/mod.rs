//! What may be typed.

mod project;
mod request;
mod run;
mod suite;
mod values;

pub use project::{
    ConfigArgs, FieldsArgs, FromArgs, InitArgs, ListArgs, ListFormat, MatrixArgs, MatrixFormat, ResolverArgs, RulesArgs,
};
pub use request::{DiagnoseArgs, ReplayArgs, ReplayFormat, TokenArgs};
pub use run::{ContextArgs, Format, HalfArg, PageFormat};
pub use suite::{BatchArgs, CheckArgs, CheckFormat, CoverageFormat, FailOn, TestArgs, TestFormat};

use clap::{Args, Subcommand};
use std::path::PathBuf;

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
    Man(ManArgs),
}

/// `vtl-eval explain`
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// A code such as group-case-mismatch, or the text of an error
    #[arg(required = true, value_parser = values::CODES, hide_possible_values = true)]
    pub words: Vec<String>,
}

/// `vtl-eval util`
#[derive(Args, Debug)]
pub struct UtilArgs {
    /// A name such as isNull or time.nowISO8601
    #[arg(value_parser = values::FUNCTIONS, hide_possible_values = true)]
    pub name: Option<String>,
}

/// `vtl-eval completions`
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// `vtl-eval man`
#[derive(Args, Debug)]
pub struct ManArgs {
    /// The command; without one, the page of `vtl-eval` itself
    pub command: Option<String>,
}

/// What every command takes.
#[derive(Args, Debug)]
pub struct EveryArgs {
    /// Most bytes of texts, lists and maps that one run may hold, such as 64M, 256M (the default) or 1G
    #[arg(long, value_name = "SIZE", global = true, value_parser = super::input::size, help_heading = "Run", hide_short_help = true)]
    pub memory: Option<usize>,
    /// Print credentials as they are: without it they are shown as [secret]
    #[arg(long, global = true, hide_short_help = true)]
    pub show_secrets: bool,
    /// Most steps of one run
    #[arg(long, value_name = "N", global = true, hide = true, help_heading = "Run")]
    pub steps: Option<u64>,
}

/// `vtl-eval TEMPLATE`
#[derive(Args, Debug)]
pub struct MainArgs {
    /// The template: a file, or `-` for standard input; also the answer of `aws appsync get-resolver` or `get-function`
    pub template: Option<PathBuf>,
    /// Which half, where TEMPLATE is a saved resolver with both
    #[arg(long, value_name = "HALF", hide_short_help = true)]
    pub half: Option<HalfArg>,
    /// The schema with @model and @auth that Amplify made the template from: the report speaks of its rules
    #[arg(long, value_name = "F", hide_short_help = true)]
    pub model: Option<PathBuf>,
    /// What it is run with, and how the report looks.
    #[command(flatten)]
    pub context: ContextArgs,
}
