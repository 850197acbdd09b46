//! `vtl-eval util [NAME]` and `vtl-eval completions SHELL`.

use super::args::Cli;
use super::exit::{CommandError, Exit};
use crate::appsync::util::{self, Function};
use clap::CommandFactory as _;
use std::io::{self, Write};

/// Prints the reference of one function, or the list of all.
pub fn run(name: Option<&str>) -> Result<Exit, CommandError> {
    let mut out = io::stdout().lock();
    let Some(name) = name else {
        for function in util::all() {
            writeln!(out, "${}.{:<32} {}", function.namespace, function.name, function.summary)?;
        }
        return Ok(Exit::Good);
    };
    let bare = name.trim_start_matches('$').trim_start_matches("utils.").trim_start_matches("util.");
    let matches = |function: &&Function| {
        let full = format!("{}.{}", function.namespace, function.name);
        function.name == bare || full.strip_prefix("util.") == Some(bare) || full == bare
    };
    let found: Vec<_> = util::all().filter(matches).collect();
    if found.is_empty() {
        let near = util::nearest("util", bare).map_or(String::new(), |near| format!("; did you mean ${near}?"));
        return Err(CommandError::new(format!("$util has no {name}{near}")));
    }
    for function in found {
        for overload in function.overloads {
            writeln!(out, "${}.{}{}", function.namespace, function.name, overload.signature)?;
        }
        writeln!(out, "  {}", function.summary)?;
        writeln!(out, "  example  {}", function.example)?;
        writeln!(out, "  status   {}, APPSYNC-VTL {}", function.status, function.source)?;
    }
    Ok(Exit::Good)
}

/// Prints the completions of a shell.
pub fn completions(shell: clap_complete::Shell) -> Result<Exit, CommandError> {
    clap_complete::generate(shell, &mut Cli::command(), "vtl-eval", &mut io::stdout());
    Ok(Exit::Good)
}
