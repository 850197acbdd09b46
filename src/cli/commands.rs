//! The commands: their names, what each is for, and its options, which are made for the one that was typed. To make those of
//! all takes half of a short run.

use super::args::*;
use super::examples;
use clap::builder::Resettable;
use clap::{ArgMatches, Args, Error, FromArgMatches, Parser, Subcommand};
use std::ffi::OsString;

/// Runs AppSync VTL resolver templates offline and tells why a request was refused.
///
/// Exit codes: 0 allowed, filtered or completed; 1 the tool could not do its work; 2 denied; 3 another error.
#[derive(Debug, Parser)]
#[command(name = "vtl-eval", version, after_long_help = examples::TEMPLATE, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Cli {
    /// The subcommand; without one, TEMPLATE is run.
    #[command(subcommand)]
    pub command: Option<Late>,
    /// What every command takes.
    #[command(flatten)]
    pub every: EveryArgs,
    /// The main job.
    #[command(flatten)]
    pub main: MainArgs,
}

/// What was typed, whichever way it was read.
pub struct TypedLine {
    /// What every command takes.
    pub every: EveryArgs,
    /// What is to be done.
    pub job: TypedJob,
}

/// What is to be done.
pub enum TypedJob {
    /// A template is run.
    Main(Box<MainArgs>),
    /// A command.
    Named(Command),
}

impl From<Cli> for TypedLine {
    fn from(cli: Cli) -> Self {
        let job = cli.command.map_or(TypedJob::Main(Box::new(cli.main)), |typed| TypedJob::Named(typed.0));
        Self { every: cli.every, job }
    }
}

/// Reads what was typed with the options of that command alone: those of the main one, and all the others' names, take a tenth of
/// a short run. `None` where that is not enough, such as for help and for what is wrong: the whole description says it then.
pub fn at_once(args: &[OsString]) -> Option<TypedLine> {
    let program = EveryArgs::augment_args(clap::Command::new("vtl-eval")).disable_help_subcommand(true);
    let named = |arg: &OsString| ALL.iter().find(|entry| *arg == *entry.name);
    if let Some(entry) = named(args.get(1)?) {
        let mut matches = program.subcommand(entry.command()).try_get_matches_from(args).ok()?;
        let every = EveryArgs::from_arg_matches_mut(&mut matches).ok()?;
        return Some(TypedLine { every, job: TypedJob::Named(Command::from_arg_matches_mut(&mut matches).ok()?) });
    }
    if args.iter().any(|arg| arg == "help" || named(arg).is_some()) {
        return None;
    }
    let mut matches = MainArgs::augment_args(program).try_get_matches_from(args).ok()?;
    let every = EveryArgs::from_arg_matches_mut(&mut matches).ok()?;
    Some(TypedLine { every, job: TypedJob::Main(Box::new(MainArgs::from_arg_matches_mut(&mut matches).ok()?)) })
}

/// A command in the list of all.
struct CommandEntry {
    name: &'static str,
    about: &'static str,
    examples: Option<&'static str>,
    options: fn(clap::Command) -> clap::Command,
}

impl CommandEntry {
    /// Its description, whose options are made when they are asked for.
    fn command(&self) -> clap::Command {
        let command = clap::Command::new(self.name).about(self.about).defer(self.options);
        match self.examples {
            Some(examples) => command.after_long_help(examples),
            None => command,
        }
    }
}

const fn entry<A: Args>(name: &'static str, about: &'static str, examples: Option<&'static str>) -> CommandEntry {
    CommandEntry { name, about, examples, options: options::<A> }
}

/// Those of a command, whose own words stay.
fn options<A: Args>(command: clap::Command) -> clap::Command {
    let about = command.get_about().cloned().unwrap_or_default();
    A::augment_args(command).about(about).long_about(Resettable::Reset)
}

/// In the order of the help.
const ALL: [CommandEntry; 16] = [
    entry::<ResolverArgs>("resolver", "A whole pipeline for one field", Some(examples::RESOLVER)),
    entry::<FieldsArgs>(
        "fields",
        "What a project holds: fields, modes, data sources, templates and their files",
        Some(examples::FIELDS),
    ),
    entry::<InitArgs>(
        "init",
        "Personas, a case file, a CI recipe and vtl-eval.toml for a project; nothing that is there is overwritten",
        Some(examples::INIT),
    ),
    entry::<ConfigArgs>("config", "What a project is read with, and what says so", Some(examples::CONFIG)),
    entry::<RulesArgs>(
        "rules",
        "The @auth rules: who may do what, and the statements that they became",
        Some(examples::RULES),
    ),
    entry::<MatrixArgs>("matrix", "Every field by every persona", Some(examples::MATRIX)),
    entry::<TestArgs>("test", "Case files, like a unit-test runner", Some(examples::TEST)),
    entry::<CheckArgs>("check", "Static findings of templates", Some(examples::CHECK)),
    entry::<DiagnoseArgs>(
        "diagnose",
        "A refused request, layer by layer: a browser's HAR, or a refusal report",
        Some(examples::DIAGNOSE),
    ),
    entry::<ReplayArgs>("replay", "CloudWatch logs against local templates", Some(examples::REPLAY)),
    entry::<TokenArgs>("token", "What a token says and what AppSync makes of it", Some(examples::TOKEN)),
    entry::<BatchArgs>(
        "batch",
        "Evaluate NDJSON: one {\"id\",\"template\"|\"templateFile\",\"context\",\"authType\"} a line",
        Some(examples::BATCH),
    ),
    entry::<ExplainArgs>(
        "explain",
        "What a code of a report means, or an error text of AppSync",
        Some(examples::EXPLAIN),
    ),
    entry::<UtilArgs>("util", "The reference of $util and $extensions", Some(examples::UTIL)),
    entry::<CompletionsArgs>("completions", "Shell completions", Some(examples::COMPLETIONS)),
    entry::<ManArgs>("man", "The manual page of a command, as man reads it", Some(examples::MAN)),
];

/// Their names.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|entry| entry.name)
}

/// The command that was typed.
#[derive(Debug)]
pub struct Late(pub Command);

impl Subcommand for Late {
    fn augment_subcommands(all: clap::Command) -> clap::Command {
        all.subcommands(ALL.iter().map(CommandEntry::command))
    }

    fn augment_subcommands_for_update(all: clap::Command) -> clap::Command {
        Self::augment_subcommands(all)
    }

    fn has_subcommand(name: &str) -> bool {
        Command::has_subcommand(name)
    }
}

impl FromArgMatches for Late {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Command::from_arg_matches(matches).map(Self)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, Error> {
        Command::from_arg_matches_mut(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}
