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
use commands::Cli;
use exit::CommandError;
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
    let mut command = Cli::command();
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(help) = short::help(&args, &command) {
        let written = output::write(&output::drawn(help), crate::report::WrittenForm::Text, None);
        return written.map_or_else(CommandError::report, |()| 0);
    }
    let args = match typed::prepared(args, &command) {
        Ok(args) => args,
        Err(error) => return error.report(),
    };
    let matches = command.try_get_matches_from_mut(args);
    let parsed = matches.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches));
    let cli = match parsed.map_err(|error| error.format(&mut command)) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            // What looks like a token and was typed in another's place is not repeated.
            let advice = typed::advice(&error).map_or_else(String::new, |advice| format!("{advice}\n"));
            say::say(format!("{}{advice}", error.render()));
            return 1;
        }
        Err(help) => {
            let _ = help.print();
            return 0;
        }
    };
    crate::files::remember();
    crate::project::tell_filled_in(project::learn);
    secrets::show(cli.show_secrets);
    rows::tell_of_panics();
    Limits::set_defaults(cli.memory, cli.steps);
    let result = rows::guarded(|| match cli.command.map(|typed| typed.0) {
        None => template::run(&cli.main),
        Some(Command::Resolver(args)) => resolver::run(&args),
        Some(Command::Fields(args)) => fields::run(&args),
        Some(Command::Init(args)) => init::run(&args),
        Some(Command::Config(args)) => config::run(&args),
        Some(Command::Rules(args)) => rules::run(&args),
        Some(Command::Matrix(args)) => matrix::run(&args),
        Some(Command::Diagnose(args)) => diagnose::run(&args),
        Some(Command::Token(args)) => token::run(&args),
        Some(Command::Test(args)) => test::run(&args),
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::Replay(args)) => replay::run(&args),
        Some(Command::Batch(args)) => batch::run(&args),
        Some(Command::Explain(args)) => explain::run(&args.words),
        Some(Command::Util(args)) => util::run(args.name.as_deref()),
        Some(Command::Completions(args)) => util::completions(args.shell),
        Some(Command::Man(args)) => util::man(args.command.as_deref()),
    })
    .unwrap_or_else(|why| Err(CommandError::new(why)));
    match result {
        Ok(exit) => exit.code(),
        Err(error) => error.report(),
    }
}
