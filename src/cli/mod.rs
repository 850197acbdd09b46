//! The command line: one file a subcommand.

mod args;
mod assign;
mod batch;
mod check;
mod commands;
mod config;
mod context;
mod diagnose;
mod examples;
mod exit;
mod explain;
mod fields;
mod follow;
mod form;
mod gathered;
mod init;
mod input;
mod interrupt;
mod lines;
mod live;
mod matrix;
mod meaning;

mod output;
mod progress;
mod project;
mod replay;
mod resolver;
mod rows;
mod rules;
mod say;
mod secrets;
mod short;
mod sniffed;
mod template;
mod test;
mod token;
mod typed;
mod util;
mod whole;

pub use batch::Engine as Rows;

use crate::eval::Limits;
use args::Command;
use clap::{CommandFactory as _, FromArgMatches as _};
use commands::{Cli, TypedJob, TypedLine};
use exit::CommandError;
use std::cell::LazyCell;
use std::ffi::OsString;
use std::process::ExitCode;

/// Bytes of the stack that everything runs on: what the first thread has is the system's choice (1 MB on Windows) and the
/// user's (`ulimit -s`), and the limits of nesting hold for this.
const STACK: usize = 8 << 20;

/// Parses the arguments of the process, runs, and gives the exit code.
pub fn run() -> ExitCode {
    let whole = || run_with(std::env::args_os());
    let code = match std::thread::Builder::new().stack_size(STACK).spawn(whole) {
        Ok(thread) => thread.join().unwrap_or(1),
        // Where no thread is to be had, as in WebAssembly.
        Err(_) => whole(),
    };
    ExitCode::from(code)
}

/// Runs the command with these arguments, the first of which is its name, and gives the exit code: a host without processes
/// (the npm package) calls it.
pub fn run_with(args: impl IntoIterator<Item = OsString>) -> u8 {
    typed_line(args.into_iter().collect()).map_or_else(|code| code, done)
}

/// What was typed; the exit code where that was help, or wrong, and is told.
fn typed_line(args: Vec<OsString>) -> Result<TypedLine, u8> {
    let described = LazyCell::new(Cli::command as fn() -> clap::Command);
    if let Some(help) = short::help(&args, &described) {
        let written = output::write(&output::drawn(help), crate::report::WrittenForm::Text, None);
        return Err(written.map_or_else(CommandError::report, |()| 0));
    }
    let args = typed::prepared(args, &described).map_err(CommandError::report)?;
    if let Some(line) = commands::at_once(&args) {
        return Ok(line);
    }
    let mut command = Cli::command();
    let matches = command.try_get_matches_from_mut(args);
    let parsed = matches.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches));
    parsed.map(TypedLine::from).map_err(|error| {
        let error = error.format(&mut command);
        if !error.use_stderr() {
            let _ = error.print();
            return 0;
        }
        // What looks like a token and was typed in another's place is not repeated.
        let advice = typed::advice(&error).map_or_else(String::new, |advice| format!("{advice}\n"));
        say::say(format!("{}{advice}", error.render()));
        1
    })
}

/// Does what was typed, and gives the exit code.
fn done(line: TypedLine) -> u8 {
    crate::files::remember();
    crate::project::tell_filled_in(project::learn);
    secrets::show(line.every.show_secrets);
    rows::tell_of_panics();
    Limits::set_defaults(line.every.memory, line.every.steps);
    let result = rows::guarded(|| match line.job {
        TypedJob::Main(args) => template::run(&args),
        TypedJob::Named(Command::Resolver(args)) => resolver::run(&args),
        TypedJob::Named(Command::Fields(args)) => fields::run(&args),
        TypedJob::Named(Command::Init(args)) => init::run(&args),
        TypedJob::Named(Command::Config(args)) => config::run(&args),
        TypedJob::Named(Command::Rules(args)) => rules::run(&args),
        TypedJob::Named(Command::Matrix(args)) => matrix::run(&args),
        TypedJob::Named(Command::Diagnose(args)) => diagnose::run(&args),
        TypedJob::Named(Command::Token(args)) => token::run(&args),
        TypedJob::Named(Command::Test(args)) => test::run(&args),
        TypedJob::Named(Command::Check(args)) => check::run(&args),
        TypedJob::Named(Command::Replay(args)) => replay::run(&args),
        TypedJob::Named(Command::Batch(args)) => batch::run(&args),
        TypedJob::Named(Command::Explain(args)) => explain::run(&args.words),
        TypedJob::Named(Command::Util(args)) => util::run(args.name.as_deref()),
        TypedJob::Named(Command::Completions(args)) => util::completions(args.shell),
        TypedJob::Named(Command::Man(args)) => util::man(args.command.as_deref()),
    })
    .unwrap_or_else(|why| Err(CommandError::new(why)));
    match result {
        Ok(exit) => exit.code(),
        Err(error) => error.report(),
    }
}
