//! The attacks of tests/hostile/commands.txt, more.txt and further.txt: scripts of the shell around the command.

use crate::support::files::temporary;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

const TABLES: [&str; 3] = [
    include_str!("../hostile/commands.txt"),
    include_str!("../hostile/more.txt"),
    include_str!("../hostile/further.txt"),
];
const TEMPLATE: &str = "#set($isAuthorized = false)\n#if($ctx.identity.username == \"ann\")#set($isAuthorized = true)#end\n#if(!$isAuthorized)$util.unauthorized()#end\n";
const PRELUDE: &str = r#"
vtl() { "$VTL" "$@"; VTL_CODE=$?; [ $VTL_CODE -le 3 ] || echo "Killed: exit $VTL_CODE" >&2; return $VTL_CODE; }
rep() { yes "$1" | head -n "$2" | tr -d '\n'; }
jstr() { printf '"'; sed 's/\\/\\\\/g; s/"/\\"/g' "$1" | tr -d '\n'; printf '"'; }
"#;

struct Attack {
    name: &'static str,
    codes: Vec<i32>,
    must: Vec<String>,
    must_not: Vec<String>,
    script: String,
}

/// `\xNN` and `\n`.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let hex = rest.strip_prefix("\\x").and_then(|hex| u8::from_str_radix(hex.get(..2)?, 16).ok());
        let length = match (hex, rest.starts_with("\\n")) {
            (Some(byte), _) => {
                bytes.push(byte);
                4
            }
            (None, true) => {
                bytes.push(b'\n');
                2
            }
            (None, false) => {
                bytes.extend(letter.encode_utf8(&mut [0; 4]).as_bytes());
                letter.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    // A byte alone stands for the letter of that number.
    String::from_utf8(bytes).unwrap_or_else(|error| error.into_bytes().iter().map(|byte| *byte as char).collect())
}

fn attacks(table: &'static str) -> Vec<Attack> {
    let mut all: Vec<Attack> = Vec::new();
    for line in table.lines().skip_while(|line| !line.starts_with("# ")) {
        if let Some((name, wanted)) = line.strip_prefix("== ").and_then(|head| head.split_once(" -> ")) {
            let mut words = wanted.replace(" + ", "\u{1}+").replace(" - ", "\u{1}-");
            words.push('\u{1}');
            let mut parts = words.split('\u{1}').filter(|part| !part.is_empty());
            let codes =
                parts.next().expect("exit codes").split('|').map(|code| code.parse().expect("a code")).collect();
            let (must, must_not): (Vec<&str>, Vec<&str>) = parts.partition(|part| part.starts_with('+'));
            let texts = |parts: Vec<&str>| parts.iter().map(|part| unescaped(&part[1..])).collect();
            all.push(Attack { name, codes, must: texts(must), must_not: texts(must_not), script: String::new() });
        } else if let Some(attack) = all.last_mut()
            && !line.starts_with("# ")
        {
            attack.script.push_str(line);
            attack.script.push('\n');
        }
    }
    all
}

/// Runs a script: exit code (128 and the signal where it was killed), and all that was written.
fn run(attack: &Attack, folder: &Path, slow: bool) -> (i32, Vec<u8>) {
    let seconds = if slow { 60 } else { 10 };
    let inner = folder.join("in");
    fs::create_dir_all(&inner).unwrap();
    fs::write(folder.join("secret"), "OUTSIDE secret text").unwrap();
    fs::write(inner.join("t.vtl"), TEMPLATE).unwrap();
    let program = std::env::var_os("VTL_EVAL_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_vtl-eval").into());
    // Only what waits for ever meets the second limit.
    let script = format!("ulimit -v 600000; ulimit -t {seconds}{PRELUDE}{}", attack.script);
    let output = Command::new("timeout")
        .args(["-k", "5", "600", "sh", "-c", &script])
        .env("VTL", program)
        // The limit counts addresses, and glibc reserves 64 MB of them for each thread whether it uses them or not.
        .env("MALLOC_ARENA_MAX", "1")
        // Where it is the limit that counts, and not how far away it is.
        .env("FEW", if slow { "--steps 10000 --memory 1M" } else { "" })
        // How many of what is many, and every which of several alike.
        .env("MANY", if slow { "5000" } else { "100000" })
        .env("EVERY", if slow { "5" } else { "1" })
        .env("HERE", env!("CARGO_MANIFEST_DIR"))
        .current_dir(&inner)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let code = output.status.code().unwrap_or_else(|| 128 + output.status.signal().unwrap_or(0));
    (code, [output.stdout, output.stderr].concat())
}

/// What no script may make the command write.
fn odd(told: &str, coloured: bool) -> Option<String> {
    let words = ["panicked", "error: internal", "stack overflow", "memory allocation", "Killed"];
    if let Some(word) = words.iter().find(|word| told.contains(**word)) {
        return Some((*word).to_owned());
    }
    let bare = told.replace("\r\n", "\n");
    let hidden = |letter: &char| {
        letter.is_control() && !matches!(letter, '\n' | '\t') && !(coloured && *letter == '\u{1b}')
            || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    bare.chars().find(hidden).map(|letter| format!("the letter {:x}", letter as u32))
}

#[test]
#[cfg(target_os = "linux")]
fn every_command_holds_what_is_promised() {
    let slow = cfg!(debug_assertions) && std::env::var_os("VTL_EVAL_BINARY").is_none();
    let attacks: Vec<Attack> = TABLES.into_iter().flat_map(attacks).collect();
    assert!(attacks.len() > 150, "{} attacks", attacks.len());
    let only = std::env::var("HOSTILE").unwrap_or_default();
    let top = temporary("commands");
    let mut wrong = Vec::new();
    for (at, attack) in attacks.iter().enumerate().filter(|(_, attack)| attack.name.contains(&only)) {
        if slow && attack.name.starts_with("(long)") {
            continue;
        }
        let folder = top.join(at.to_string());
        let (code, told) = run(attack, &folder, slow);
        let told = String::from_utf8_lossy(&told);
        let missing = attack.must.iter().filter(|text| !told.contains(text.as_str()));
        let there = attack.must_not.iter().filter(|text| told.contains(text.as_str()));
        let mut faults: Vec<String> = missing.map(|text| format!("misses {text:?}")).collect();
        faults.extend(there.map(|text| format!("has {text:?}")));
        faults.extend(odd(&told, attack.script.contains("--color always")).map(|odd| format!("has {odd}")));
        if !attack.codes.contains(&code) {
            faults.push(format!("exit {code}"));
        }
        if !faults.is_empty() {
            let end: String = told.chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect();
            wrong.push(format!("{}: {}\n    {end:?}", attack.name, faults.join(", ")));
        }
        let _ = fs::remove_dir_all(&folder);
    }
    let _ = fs::remove_dir_all(&top);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), attacks.len(), wrong.join("\n"));
}
