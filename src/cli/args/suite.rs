//! Many cases: tests, checks, rows.

use super::project::FromArgs;
use super::run::ClockArgs;
use crate::project::CheckLevel;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

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
    /// A case that passed an unverified point, an unknown function or a missing method, or stands on output or a token that
    /// AppSync would refuse, exits with 3
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
    #[arg(long, value_name = "MODE", value_delimiter = ',', value_parser = super::values::MODES, hide_possible_values = true)]
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
