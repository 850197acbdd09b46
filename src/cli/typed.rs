//! What was typed, before the options are read: slips that no list of options knows, and short forms.

use super::commands::Cli;
use super::exit::CommandError;
use super::input;
use super::say;
use crate::nearest::nearest;
use crate::paste::shell_word;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory as _};
use std::cell::LazyCell;
use std::ffi::OsString;
use std::path::Path;

/// Names that people give to commands that have others.
const OTHER_NAMES: [(&str, &str); 21] = [
    ("explain-token", "token"),
    ("decode", "token"),
    ("jwt", "token"),
    ("whoami", "token"),
    ("claims", "token"),
    ("lint", "check"),
    ("validate", "check"),
    ("analyze", "diagnose"),
    ("analyse", "diagnose"),
    ("debug", "diagnose"),
    ("har", "diagnose"),
    ("why", "diagnose"),
    ("logs", "replay"),
    ("cloudwatch", "replay"),
    ("list", "fields"),
    ("ls", "fields"),
    ("field", "resolver"),
    ("pipeline", "resolver"),
    ("run-tests", "test"),
    ("personas", "matrix"),
    ("functions", "util"),
];

/// The arguments as they are read: with the command that was left out, and `--json` and the ending of `-o` spelt out.
///
/// # Errors
/// Nothing was typed, an option is empty, or a command is mistyped.
pub fn prepared(args: Vec<OsString>, cli: &LazyCell<Command>) -> Result<Vec<OsString>, CommandError> {
    if args.len() < 2 {
        return Err(CommandError::Usage);
    }
    let mut args = args;
    if let Some(rest) = main_command(&args) {
        args.remove(1);
        say::say(format!("note: run as `vtl-eval {rest}`: a template is run without a command"));
    }
    let texts: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    no_empty(&texts)?;
    two_words(&texts)?;
    help(&texts)?;
    let known = |text: &String| text == "help" || is_command(text);
    if !known(&texts[1]) {
        // A field stands alone, or after the option that names its project.
        let from = texts[1].starts_with('-') && texts.iter().any(|text| text == "--from") && !texts.iter().any(known);
        let may_be = if from { &texts[1..] } else { &texts[1..2] };
        if let Some(field) = may_be.iter().find(|text| is_field(text) && !Path::new(text).exists()) {
            say::say(format!("note: run as `vtl-eval resolver {field}`, the command for a field"));
            args.insert(1, "resolver".into());
        } else {
            first(&texts)?;
            second(&texts, cli)?;
        }
    }
    Ok(with_form(args, cli))
}

fn is_command(text: &str) -> bool {
    super::commands::names().any(|name| name == text)
}

/// Names that people give to the command that has none.
const MAIN_NAMES: [&str; 7] = ["run", "eval", "evaluate", "render", "template", "--template", "execute"];

/// The rest of a line that begins with one of them, where a template follows.
fn main_command(args: &[OsString]) -> Option<String> {
    let name = args.get(1)?.to_str()?;
    let template = Path::new(args.get(2)?);
    if !MAIN_NAMES.contains(&name) || Path::new(name).exists() || !template.is_file() {
        return None;
    }
    let rest: Vec<String> = args[2..].iter().map(|arg| shown(&arg.to_string_lossy())).collect();
    Some(rest.join(" "))
}

/// `resolver Query listTodos`
fn two_words(texts: &[String]) -> Result<(), CommandError> {
    let [_, command, parent, field, rest @ ..] = texts else { return Ok(()) };
    let named =
        |text: &String| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if command != "resolver" || !named(parent) || !named(field) {
        return Ok(());
    }
    let rest: String = rest.iter().map(|text| format!(" {}", shown(text))).collect();
    Err(CommandError::new(format!(
        "a field is written with its type and a dot: `vtl-eval resolver {parent}.{field}{rest}`"
    )))
}

/// `help tokn`
fn help(texts: &[String]) -> Result<(), CommandError> {
    let [_, help, name] = texts else { return Ok(()) };
    if help != "help" || is_command(name) || name == "help" {
        return Ok(());
    }
    let near = command_near(name).map_or_else(String::new, |near| format!("; did you mean `vtl-eval {near} --help`?"));
    Err(CommandError::new(format!(
        "there is no command {}{near} (`vtl-eval --help` lists them)",
        crate::message::quoted(name)
    )))
}

/// `--claims ""`, and `--claims=`.
fn no_empty(texts: &[String]) -> Result<(), CommandError> {
    for (at, text) in texts.iter().enumerate().skip(1) {
        let before = &texts[at - 1];
        let name = match text.strip_prefix("--").and_then(|text| text.strip_suffix('=')) {
            Some(name) if !name.contains('=') => Some(name),
            _ if text.trim().is_empty() => before.strip_prefix("--").filter(|name| !name.contains('=')),
            _ => None,
        };
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            return Err(input::empty(name));
        }
    }
    Ok(())
}

/// `Query.listTodos`: a type and a field, and no file's name.
fn is_field(text: &str) -> bool {
    let Some((parent, field)) = text.split_once('.') else { return false };
    let named =
        |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let ending =
        ["vtl", "json", "har", "txt", "yaml", "yml", "js", "ts", "graphql", "csv", "gz", "log"].contains(&field);
    parent.starts_with(|first: char| first.is_ascii_uppercase()) && named(parent) && named(field) && !ending
}

/// The first word, where it is neither an option nor a file: a mistyped command, or a pasted error.
fn first(texts: &[String]) -> Result<(), CommandError> {
    let word = &texts[1];
    if word.starts_with('-') || Path::new(word).exists() || input::is_token(word) {
        return Ok(());
    }
    if word.contains(' ') && !word.contains(['/', '\\']) {
        return Err(CommandError::new(format!(
            "there is no file of this name. Is it an error text? `vtl-eval explain {}` tells what it means",
            shell_word(word)
        )));
    }
    let Some(near) = command_near(word) else { return Ok(()) };
    if texts.len() == 2 {
        return Ok(());
    }
    let rest: Vec<String> = texts[2..].iter().map(|text| shown(text)).collect();
    Err(CommandError::new(format!("there is no command `{word}`; did you mean `vtl-eval {near} {}`?", rest.join(" "))))
}

/// A template and a token, without the option between them.
fn second(texts: &[String], cli: &LazyCell<Command>) -> Result<(), CommandError> {
    let [_, template, token, rest @ ..] = texts else { return Ok(()) };
    if let Some((name, value)) = token.split_once('=').filter(|_| Path::new(template).is_file())
        && cli
            .get_arguments()
            .any(|option| option.get_long_and_visible_aliases().is_some_and(|names| names.contains(&name)))
    {
        return Err(CommandError::new(format!(
            "an option has two hyphens before it: `vtl-eval {} --{name} {}`",
            shown(template),
            shown(value)
        )));
    }
    let claims = texts.iter().any(|text| text.starts_with("--claims"));
    let other = input::is_token(token) || Path::new(token).is_file();
    if template.starts_with('-') || claims || !other {
        return Ok(());
    }
    let rest: String = rest.iter().map(|text| format!(" {}", shown(text))).collect();
    let advice = if token.ends_with(".vtl") {
        "one template is run at a time; a field's whole pipeline is `vtl-eval resolver TYPE.FIELD --from FOLDER`"
            .to_owned()
    } else {
        format!(
            "a token or claims are given with --claims: `vtl-eval {} --claims {}{rest}`",
            shown(template),
            shown(token)
        )
    };
    Err(CommandError::new(format!("the second argument {} is one too many: {advice}", shown(token))))
}

/// An argument as it may be repeated.
fn shown(text: &str) -> String {
    if input::is_token(text) { "TOKEN".to_owned() } else { shell_word(text) }
}

/// The command that a mistyped name stands for.
pub fn command_near(name: &str) -> Option<&'static str> {
    if let Some((_, command)) = OTHER_NAMES.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)) {
        return Some(command);
    }
    let known = super::commands::names();
    nearest(name, known)
}

/// The command line of a command, with what it needs.
pub fn as_command(name: &str) -> String {
    let needs = match name {
        "resolver" => " TYPE.FIELD --from PATH",
        "matrix" => " --from PATH --personas FILE",
        "test" | "check" => " PATH",
        "diagnose" | "token" => " FILE",
        "replay" => " LOGS",
        "explain" => " CODE",
        _ => "",
    };
    format!("vtl-eval {name}{needs}")
}

/// `--json` is `--format json`; a known ending of `-o` is that form, unless another was given.
fn with_form(mut args: Vec<OsString>, cli: &LazyCell<Command>) -> Vec<OsString> {
    let short = |arg: &OsString| {
        arg.to_str().is_some_and(|text| matches!(text, "--json" | "-o" | "--output") || text.starts_with("--output="))
    };
    if !args.iter().any(short) {
        return args;
    }
    // Its options are made when they are asked for.
    let mut command = args[1].to_str().and_then(|name| cli.find_subcommand(name)).unwrap_or(cli).clone();
    command.build();
    let find = |id: &str| command.get_arguments().find(|arg| arg.get_id() == id);
    let Some(format) = find("format") else { return args };
    let forms: Vec<String> = format.get_possible_values().iter().map(|form| form.get_name().to_owned()).collect();
    let texts: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let given = texts.iter().any(|text| text == "--format" || text.starts_with("--format=") || text == "--coverage");
    if find("json").is_none()
        && !given
        && let Some(at) = texts.iter().position(|text| text == "--json")
    {
        args.splice(at..=at, ["--format".into(), "json".into()]);
        return args;
    }
    let file = texts.iter().enumerate().find_map(|(at, text)| match text.as_str() {
        "-o" | "--output" => texts.get(at + 1).cloned(),
        text => text.strip_prefix("--output=").map(str::to_owned),
    });
    let ending = file.and_then(|file| Path::new(&file).extension()?.to_str().map(str::to_lowercase));
    let machine = texts.iter().any(|text| matches!(text.as_str(), "--json" | "--ndjson")) || given;
    if let Some(form) = ending.filter(|ending| !machine && forms.contains(ending)) {
        args.extend(["--format".into(), form.into()]);
    }
    args
}

/// Letters that people try.
const SHORT: [(&str, &str); 9] = [
    ("-c", "--claims"),
    ("-t", "--claims"),
    ("-f", "--from"),
    ("-g", "--groups"),
    ("-u", "--username"),
    ("-a", "--args"),
    ("-m", "--auth-type"),
    ("-p", "--personas"),
    ("-v", "--verbose"),
];

/// What is said beside clap's own words: which command has an option that this one lacks.
pub fn advice(error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else { return None };
    if let Some((_, long)) = SHORT.iter().find(|(short, _)| option == short) {
        return Some(format!("{option} is not an option here: did you mean {long}? (only -o and -h have one letter)"));
    }
    let long = option.strip_prefix("--")?.split('=').next()?;
    let mut cli = Cli::command();
    cli.build();
    let has = |command: &&Command| command.get_arguments().any(|arg| arg.get_long() == Some(long));
    let mut names: Vec<String> =
        cli.get_subcommands().filter(has).map(|command| format!("`vtl-eval {}`", command.get_name())).collect();
    if has(&&cli) {
        names.insert(0, "`vtl-eval TEMPLATE`".to_owned());
    }
    (!names.is_empty()).then(|| format!("--{long} is an option of {}", names.join(", ")))
}
