//! The attacks of tests/hostile/templates.txt, each run by the command as a process under the limits of the system: no more
//! than two seconds of processor time and 512 MB of memory. A build that is not optimised is some twenty times as slow: it
//! gets every fifth attack, few steps, little memory, more time, and texts and lists of a thirtieth of the length, with which
//! some attacks meet another limit than they were made for, or none. `VTL_EVAL_BINARY` names an optimised one, which gets all
//! of them as they are.

use crate::support::command::{attacked, limited};

const TABLE: &str = include_str!("../hostile/templates.txt");

struct Attack {
    name: String,
    wanted: String,
    template: String,
}

fn attacks() -> Vec<Attack> {
    let mut all: Vec<Attack> = Vec::new();
    for line in TABLE.lines() {
        if let Some(head) = line.strip_prefix("== ") {
            let (name, wanted) = head.split_once(" -> ").unwrap_or_else(|| panic!("no answer wanted: {head}"));
            all.push(Attack { name: name.to_owned(), wanted: wanted.to_owned(), template: String::new() });
        } else if let Some(attack) = all.last_mut()
            && !line.starts_with("# ")
        {
            attack.template.push_str(line);
        }
    }
    all
}

fn doubled(name: &str, first: &str, times: u32) -> String {
    format!("#set(${name} = \"{first}\")#foreach($i in [1..{times}])#set(${name} = \"${name}${name}\")#end")
}

/// Writes out what stands between ⟦ and ⟧; `small` makes the long ones shorter.
fn expanded(template: &str, small: bool) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('⟦') {
        out.push_str(before);
        let (word, after) = after.split_once('⟧').expect("a closing bracket");
        rest = after;
        out += &match word.split_once(' ') {
            _ if word == "BIG" => doubled("s", "x", if small { 18 } else { 23 }),
            _ if word == "WIDE" => doubled("s", "é", if small { 17 } else { 22 }),
            _ if word == "MILLION" => format!("#set($l = [1..{}])", if small { 30_000 } else { 1_000_000 }),
            _ if word == "LOOP" => "#foreach($a in [1..1000])#foreach($b in [1..1000])".to_owned(),
            _ if word == "END" => "#end#end ".to_owned(),
            Some(("DEEP", x)) => {
                format!("#set(${x} = [1])#foreach($i in [1..60])#set(${x} = [${x}, ${x}])#end")
            }
            Some(("RING", x)) => {
                format!("#set(${x} = [1])#foreach($i in [1..100])#set($ok = ${x}.add(${x}))#end")
            }
            _ => {
                let (count, text) = word.split_once('×').expect("a count");
                text.repeat(count.parse().expect("a number"))
            }
        };
    }
    out + rest
}

/// Runs the command under the system's limits: exit code, and all that it wrote.
fn run(template: &str, slow: bool) -> (Option<i32>, String) {
    let mut arguments = vec!["-", "--format", "json", "--args", r#"{"n": 5}"#, "--claims", r#"{"sub": "a"}"#];
    if slow {
        arguments.extend(["--steps", "5000", "--memory", "2M"]);
    }
    let seconds = if slow { 20 } else { 2 };
    let mut command = limited(&[&format!("-t {seconds}"), "-v 524288"]);
    attacked(command.args(arguments), template)
}

/// Whether what came is what was wanted. With few steps and little memory their limits may come first; what was made shorter
/// has another answer, or one in the place of a limit.
fn holds(wanted: &str, code: Option<i32>, text: &str, slow: bool, shorter: bool) -> bool {
    if shorter && matches!(code, Some(0 | 3)) {
        return !wanted.starts_with("error");
    }
    let early = slow && code == Some(3) && (text.contains("limit `steps`") || text.contains("limit `memory`"));
    match wanted.split_once(' ').unwrap_or((wanted, "")) {
        ("answer", answer) => early || code == Some(0) && text.contains(answer),
        ("limit", name) => early || code == Some(3) && text.contains("limit `") && text.contains(name),
        _ => matches!(code, Some(1 | 3)) && text.contains("error"),
    }
}

#[test]
#[cfg(target_os = "linux")]
fn every_attack_ends_with_an_answer_or_a_limit() {
    let slow = cfg!(debug_assertions) && std::env::var_os("VTL_EVAL_BINARY").is_none();
    let attacks = attacks();
    assert!(attacks.len() > 100, "{} attacks", attacks.len());
    let mut wrong = Vec::new();
    for attack in attacks.iter().step_by(if slow { 5 } else { 1 }) {
        let template = expanded(&attack.template, slow);
        let shorter = slow && ["⟦BIG⟧", "⟦WIDE⟧", "⟦MILLION⟧"].iter().any(|word| attack.template.contains(word));
        assert!(template.len() <= 64 << 10, "{} has {} bytes", attack.name, template.len());
        let (code, text) = run(&template, slow);
        if !holds(&attack.wanted, code, &text, slow, shorter) {
            let told: String = text.chars().take(200).collect();
            wrong.push(format!("{}: wanted {}, exit {code:?}\n  {told}", attack.name, attack.wanted));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), attacks.len(), wrong.join("\n"));
}
