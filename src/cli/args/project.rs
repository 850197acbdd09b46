//! Where a project is, and what is asked of its fields.

use super::run::ContextArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

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
    #[arg(long = "from", alias = "project", value_name = "PATH", help_heading = "Project")]
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
    /// The fields' names alone, one a line: what shells propose
    #[arg(long, hide = true)]
    pub names: bool,
    /// Everything of every field
    #[arg(long, help_heading = "Report")]
    pub verbose: bool,
    /// When to colour the list
    #[arg(long, value_enum, default_value_t = clap::ColorChoice::Auto, value_name = "WHEN", help_heading = "Report", hide_short_help = true)]
    pub color: clap::ColorChoice,
    /// The form of the list, and where it goes.
    #[command(flatten)]
    pub list: ListArgs,
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
    /// The form of the list, and where it goes.
    #[command(flatten)]
    pub list: ListArgs,
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
    /// The form of the list, and where it goes.
    #[command(flatten)]
    pub list: ListArgs,
}

/// The form of a list, and where it goes.
#[derive(Args, Debug)]
pub struct ListArgs {
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
    /// A cell that passed an unverified point, an unknown function or a missing method, or stands on output or a token that
    /// AppSync would refuse, exits with 3
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
