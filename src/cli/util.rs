//! `vtl-eval util [NAME]` and `vtl-eval completions SHELL`.

use super::commands::Cli;
use super::exit::{CommandError, Exit};
use super::output;
use crate::appsync::util::{self, Function};
use crate::message::quoted;
use crate::report::WrittenForm;
use clap::CommandFactory as _;
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// Prints the reference of one function, or the list of all.
pub fn run(name: Option<&str>) -> Result<Exit, CommandError> {
    let mut out = String::new();
    let Some(name) = name else {
        for function in util::all() {
            let _ = writeln!(out, "${}.{:<32} {}", function.namespace, function.name, function.summary);
        }
        output::write(&out, WrittenForm::Text, None)?;
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
            let _ = writeln!(out, "${}.{}{}", function.namespace, function.name, overload.signature);
        }
        let _ = writeln!(out, "  {}", function.summary);
        let _ = writeln!(out, "  example  {}", function.example);
        let _ = writeln!(out, "  status   {}, APPSYNC-VTL {}", function.status, function.source);
    }
    output::write(&out, WrittenForm::Text, None)?;
    Ok(Exit::Good)
}

/// Prints the manual page of a command, or of all.
pub fn man(name: Option<&str>) -> Result<Exit, CommandError> {
    let mut all = Cli::command();
    all.build();
    let command = match name {
        None => all,
        Some(name) => all.find_subcommand(name).cloned().ok_or_else(|| {
            CommandError::new(format!("there is no command {}: `vtl-eval --help` lists them", quoted(name)))
        })?,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    let mut out = io::stdout().lock();
    out.write_all(&page)?;
    out.flush()?;
    Ok(Exit::Good)
}

/// Prints the completions of a shell.
pub fn completions(shell: clap_complete::Shell) -> Result<Exit, CommandError> {
    let (mut script, mut program) = (Vec::new(), Cli::command());
    clap_complete::generate(shell, &mut program, "vtl-eval", &mut script);
    let script = super::live::with_fields(shell, &program, &String::from_utf8_lossy(&script));
    // A shell reads it: it holds no text from outside.
    let mut out = io::stdout().lock();
    out.write_all(script.as_bytes())?;
    out.flush()?;
    Ok(Exit::Good)
}
