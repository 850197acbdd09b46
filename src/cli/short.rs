//! `-h`: what is used most, a line each, on a screen of 80 by 24. `--help` has the rest.

use super::output;
use clap::{Arg, Command};
use std::cell::LazyCell;
use std::ffi::OsString;
use std::fmt::Write as _;
use textwrap::core::display_width;

/// Commands that are listed without their own line.
const RARE: [&str; 7] = ["init", "config", "rules", "batch", "util", "completions", "man"];

/// The options of the main command that are shown beside the commands.
const OF_MAIN: [&str; 7] = ["claims", "groups", "username", "auth_type", "context", "args", "result"];

/// Options and their values take no more than this.
const LEFT: usize = 26;

/// The help that was asked for with `-h`; `None` where it was not.
pub fn help(args: &[OsString], cli: &LazyCell<Command>) -> Option<String> {
    let texts: Vec<&str> = args.iter().skip(1).map_while(|arg| arg.to_str()).take_while(|text| *text != "--").collect();
    if !texts.contains(&"-h") || texts.contains(&"--help") {
        return None;
    }
    let name = texts.iter().find(|text| !text.starts_with('-'));
    let width = output::layout(false).width.min(100);
    Some(match name.and_then(|name| cli.find_subcommand(name)) {
        Some(command) => of_command(command.clone(), width),
        None => of_main(Command::clone(cli), width),
    })
}

fn of_main(mut cli: Command, width: usize) -> String {
    cli.build();
    let mut out = about(&cli, width);
    out += "Usage: vtl-eval TEMPLATE [OPTIONS]   or   vtl-eval COMMAND [OPTIONS]\n\n";
    let listed = |command: &&Command| command.get_name() != "help" && !RARE.contains(&command.get_name());
    for command in cli.get_subcommands().filter(listed) {
        row(&mut out, command.get_name(), &command.get_about().map(ToString::to_string).unwrap_or_default(), 10, width);
    }
    let _ = writeln!(out, "  {:<10}  {}\n", "also", RARE.join(", "));
    for name in OF_MAIN {
        cli.get_arguments().filter(|arg| arg.get_id() == name).for_each(|arg| option(&mut out, arg, LEFT, width));
    }
    out + "\nAll options and examples: `vtl-eval --help`, `vtl-eval COMMAND --help`\n"
}

fn of_command(command: Command, width: usize) -> String {
    let name = command.get_name().to_owned();
    let mut command = command.bin_name(format!("vtl-eval {name}"));
    command.build();
    let mut out = about(&command, width);
    let _ = writeln!(out, "{}\n", command.render_usage());
    let shown: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| {
            !arg.is_hide_set() && !arg.is_hide_short_help_set() && !matches!(arg.get_id().as_str(), "help" | "version")
        })
        .collect();
    let left = shown.iter().map(|arg| display_width(&written(arg))).max().unwrap_or_default().min(LEFT);
    shown.iter().for_each(|arg| option(&mut out, arg, left, width));
    let _ = writeln!(out, "\nAll options and examples: `vtl-eval {name} --help`");
    out
}

fn about(command: &Command, width: usize) -> String {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    format!("{}\n", textwrap::fill(about.lines().next().unwrap_or_default(), width))
}

/// `--claims FILE|JSON`, `<FIELD>`
fn written(arg: &Arg) -> String {
    let value = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default();
    let Some(long) = arg.get_long() else { return format!("<{value}>") };
    let takes = arg.get_action().takes_values();
    let whole = if takes { format!("--{long} {value}") } else { format!("--{long}") };
    let short = match arg.get_short() {
        Some(short) => format!("-{short}, {whole}"),
        None => whole,
    };
    if display_width(&short) <= LEFT {
        return short;
    }
    format!("--{long} {}", value.rsplit('|').next().unwrap_or_default())
}

fn option(out: &mut String, arg: &Arg, left: usize, width: usize) {
    let mut text = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|_| arg.get_action().takes_values() && !arg.is_hide_possible_values_set())
        .map(|value| value.get_name().to_owned())
        .collect();
    if !values.is_empty() {
        text = format!("{text}: {}", values.join(", "));
    }
    row(out, &written(arg), &text, left, width);
}

/// One line: as much of the text as fits, to the end of a clause where one is near.
fn row(out: &mut String, name: &str, text: &str, left: usize, width: usize) {
    let room = width.saturating_sub(left + 4).max(20);
    let _ = writeln!(out, "  {name:<left$}  {}", fitting(&text.replace('\n', " "), room));
}

fn fitting(text: &str, room: usize) -> String {
    if display_width(text) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    for letter in text.chars() {
        if display_width(&short) + 2 > room {
            break;
        }
        short.push(letter);
    }
    let last = |ends: &[&str]| ends.iter().filter_map(|end| short.rfind(end)).max().filter(|at| at * 5 >= room * 2);
    // A list that is cut says so; a sentence or clause is whole.
    match (last(&[". ", "; ", " ("]), last(&[": ", ", "]), short.rfind(' ')) {
        (Some(whole), cut, _) if cut.is_none_or(|cut| cut < whole) => short[..whole].to_owned(),
        (_, Some(at), _) | (_, _, Some(at)) => format!("{}…", short[..at].trim_end_matches([',', ':'])),
        _ => short,
    }
}
