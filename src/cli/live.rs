//! What only a project knows in a shell's completions: its fields, asked of `vtl-eval fields --names` while one types.

use clap::{Arg, Command};
use clap_complete::Shell;

const BASH: &str = r#"
_vtl_eval_fields() {
    local i from=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ "${COMP_WORDS[i]}" == --from ]] && from=(--from "${COMP_WORDS[i+1]}")
    done
    "${COMP_WORDS[0]}" fields --names "${from[@]}" 2>/dev/null
}

_vtl_eval_live() {
    local cur="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" i field=""
    for ((i = 2; i < COMP_CWORD; i++)); do
        [[ "${COMP_WORDS[i]}" =~ ^[A-Z][A-Za-z0-9_]*\.[A-Za-z0-9_]+$ ]] && field=there
    done
    case "${COMP_WORDS[1]}" in
        resolver|fields) [[ "$before" == -* ]] && field=other ;;
        replay) [[ "$before" != --field ]] && field=other ;;
        *) field=other ;;
    esac
    if [[ -z "$field" && "$cur" != -* ]]; then
        COMPREPLY=( $(compgen -W "$(_vtl_eval_fields)" -- "$cur") )
        return 0
    fi
    _vtl__eval "$@"
}

complete -F _vtl_eval_live -o bashdefault -o default vtl-eval
"#;

const FISH: &str = r#"
function __vtl_eval_fields
    set -l words (commandline -opc)
    set -l at (contains -i -- --from $words)
    if test -n "$at"
        $words[1] fields --names --from $words[(math $at + 1)] 2>/dev/null
    else
        $words[1] fields --names 2>/dev/null
    end
end
complete -c vtl-eval -n "__fish_seen_subcommand_from resolver fields" -f -a "(__vtl_eval_fields)"
complete -c vtl-eval -n "__fish_seen_subcommand_from replay" -l field -x -a "(__vtl_eval_fields)"
"#;

const ZSH: &str = r#"
(( $+functions[_vtl_eval_fields] )) ||
_vtl_eval_fields() {
    local -a names from
    local at=${words[(I)--from]}
    (( at )) && from=(--from "${words[at+1]}")
    names=(${(f)"$(vtl-eval fields --names "${from[@]}" 2>/dev/null)"})
    compadd -a names
}

(( $+functions[_vtl_eval_first] )) ||
_vtl_eval_first() {
    _alternative 'commands:command:_vtl-eval_commands' 'templates:template:_files'
}
"#;

/// What clap's script for fish lacks: a command that stands behind a template or an option's value, and values without an option.
fn fish(program: &Command) -> String {
    let names = program.get_subcommands().map(Command::get_name).collect::<Vec<_>>().join(" ");
    let mut out = format!(
        r"
function __fish_vtl_eval_needs_command
    for word in (commandline -opc)[2..]
        if contains -- $word {names}
            echo $word
            return 1
        end
    end
end
"
    );
    for command in program.get_subcommands() {
        let values = command.get_positionals().flat_map(Arg::get_possible_values);
        let values = values.map(|value| value.get_name().to_owned()).collect::<Vec<_>>().join(" ");
        if !values.is_empty() {
            let name = command.get_name();
            out += &format!("complete -c vtl-eval -n \"__fish_vtl_eval_using_subcommand {name}\" -f -a \"{values}\"\n");
        }
    }
    out + FISH
}

/// Clap's script for zsh asks for a template and then for a command, so that it finds no command: one of the two stands first.
fn zsh(script: &str) -> String {
    let is_field =
        |line: &str| ["':field -- ", "'::field -- ", "'--field=["].iter().any(|begin| line.starts_with(begin));
    let lines = script.lines().filter(|line| !line.starts_with("'::template -- ")).map(|line| {
        match line.strip_suffix(":_default' \\") {
            Some(begin) if is_field(line) => format!("{begin}:_vtl_eval_fields' \\\n"),
            _ if line == "\":: :_vtl-eval_commands\" \\" => "\": :_vtl_eval_first\" \\\n".to_owned(),
            _ => format!("{line}\n"),
        }
    });
    let script = lines.collect::<String>().replace("$line[2]", "$line[1]");
    // The functions stand before their first use, below the line that zsh wants first.
    match script.split_once('\n') {
        Some((first, rest)) => format!("{first}\n{ZSH}{rest}"),
        None => script,
    }
}

/// The script of a shell with the fields of the project.
pub fn with_fields(shell: Shell, program: &Command, script: &str) -> String {
    match shell {
        // clap_complete 4.6 names the parts of a program with a hyphen in two ways, so that no option of a command is found.
        Shell::Bash => format!("{}{BASH}", script.replace("vtl__subcmd__eval", "vtl__eval")),
        Shell::Fish => format!("{script}{}", fish(program)),
        Shell::Zsh => zsh(script),
        _ => script.to_owned(),
    }
}
