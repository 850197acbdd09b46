//! Generated patterns of `$util.time`, written and read by `java.time.format.DateTimeFormatter` too (APPSYNC-VTL 1.9): both
//! must agree.

use crate::support::command::{decoded, encoded, fed};
use crate::support::generator::Generator;
use serde_json::json;
use std::process::Command;
use vtl_eval::appsync::{Context, Env};
use vtl_eval::eval::{End, evaluate};
use vtl_eval::source::Source;
use vtl_eval::syntax::{Program, parse};
use vtl_eval::value::from_json_str;

/// What `java.time` makes of the jobs.
fn java(jobs: &[[String; 4]]) -> Vec<Option<String>> {
    let mut input = String::new();
    for [kind, fields @ ..] in jobs {
        input += kind;
        for field in fields {
            input += " ";
            input += &encoded(field);
        }
        input += "\n";
    }
    let output = fed(Command::new("java").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/Times.java")), input);
    let answers: Vec<_> = output.lines().map(|line| line.strip_prefix('=').map(decoded)).collect();
    assert_eq!(answers.len(), jobs.len());
    answers
}

/// The same by `$util.time`; null stands for Java's exception.
fn ours(programs: &[Program; 3], job: &[String; 4]) -> Option<String> {
    let [kind, what, pattern, zone] = job;
    let program = match (kind.as_str(), zone.as_str()) {
        ("write", _) => &programs[0],
        (_, "") => &programs[1],
        _ => &programs[2],
    };
    let what = if kind == "write" { json!(what.parse::<i64>().unwrap()) } else { json!(what) };
    let context = json!({"arguments": {"what": what, "pattern": pattern, "zone": zone}});
    let members = from_json_str(&context.to_string()).unwrap();
    let context = Context::from_members(members.as_map().unwrap()).unwrap();
    match evaluate(program, context, &Env::default(), &mut ()).end {
        End::Returned { value, .. } if value.is_null() => None,
        End::Returned { value, .. } => Some(value.to_string()),
        other => panic!("{job:?}: {other:?}"),
    }
}

fn pattern(generator: &mut Generator, nested: bool) -> String {
    let mut out = String::new();
    for _ in 0..1 + generator.next(6) {
        out += &match generator.next(12) {
            0 if nested => format!("[{}]", pattern(generator, false)),
            1 => generator.pick(&["'T'", "''", "'at '", "'o''clock'"]).to_owned(),
            2..=4 => generator.pick(&["-", ":", " ", ".", "/", ", "]).to_owned(),
            _ => {
                let letter = generator.pick(&[
                    "G", "y", "u", "M", "L", "d", "D", "Q", "q", "Y", "w", "W", "E", "e", "c", "a", "H", "k", "h", "K",
                    "m", "s", "S", "n", "A", "N", "V", "z", "O", "X", "x", "Z", "F", "g",
                ]);
                letter.repeat(1 + generator.next(if letter == "S" { 9 } else { 5 }))
            }
        };
    }
    out
}

/// Patterns of which a whole time can be read.
fn whole(generator: &mut Generator) -> String {
    let date = generator.pick(&[
        "yyyy-MM-dd",
        "uuuu/M/d",
        "dd MMM yyyy",
        "EEE, d MMMM yyyy",
        "yyyyMMdd",
        "yyyy-DDD",
        "d.M.yy",
        "EEEE dd MMM uuuu",
    ]);
    let between = generator.pick(&[" ", "'T'", ", "]);
    let time = generator.pick(&[
        "HH:mm:ss",
        "H:m:s",
        "HHmmss",
        "hh:mm:ss a",
        "HH:mm:ss.SSS",
        "HH:mm",
        "K:mm a",
        "kk:mm:ss",
        "HH:mm:ss[.SSS]",
        "HHmmssSSS",
    ]);
    let zone =
        generator.pick(&["XXX", "X", "xx", "Z", "ZZZZZ", "[XXXXX]", "'Z'", "", " VV", " O", "ZZZZ", " OOOO", "XXXXX"]);
    format!("{date}{between}{time}{zone}")
}

#[test]
fn patterns_agree_with_java() {
    let programs = [
        "#return($util.time.epochMilliSecondsToFormatted($ctx.args.what, $ctx.args.pattern, $ctx.args.zone))",
        "#return($util.time.parseFormattedToEpochMilliSeconds($ctx.args.what, $ctx.args.pattern))",
        "#return($util.time.parseFormattedToEpochMilliSeconds($ctx.args.what, $ctx.args.pattern, $ctx.args.zone))",
    ]
    .map(|text| parse(&Source::new("time", text)).unwrap());
    let seed = std::env::var("VTL_EVAL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(9);
    let mut generator = Generator::new(seed);
    let moments = [
        0_i64,
        1_517_943_695_750,
        951_782_400_000,
        1_735_603_199_999,
        -1,
        -2_208_988_800_001,
        1_720_000_000_123,
        253_370_764_800_000,
        -62_135_596_800_001,
    ];
    let zones = ["Z", "+08:00", "-07:00:30", "Australia/Perth", "America/New_York", "Europe/Berlin", "UTC", "+05:30"];
    let (mut jobs, mut wholes) = (Vec::new(), Vec::new());
    for at in 0..420 {
        let pattern = if at < 300 { pattern(&mut generator, true) } else { whole(&mut generator) };
        if at >= 300 {
            wholes.push(pattern.clone());
        }
        for moment in moments {
            // Java's full names of zones are not in this crate.
            let zone = if pattern.contains("zzzz") { "+08:00" } else { generator.pick(&zones) };
            jobs.push(["write".to_owned(), moment.to_string(), pattern.clone(), zone.to_owned()]);
        }
    }
    let theirs = java(&jobs);
    // What Java wrote is read again, in the pattern that it was written in, with and without a zone.
    let mut reads = Vec::new();
    for ([_, _, pattern, zone], text) in jobs.iter().zip(&theirs) {
        if let Some(text) = text.as_ref().filter(|_| wholes.contains(pattern)) {
            for zone in [zone.as_str(), ""] {
                reads.push(["read".to_owned(), text.clone(), pattern.clone(), zone.to_owned()]);
            }
            // And slightly wrong.
            let mut letters: Vec<char> = text.chars().collect();
            let at = generator.next(letters.len());
            match generator.next(3) {
                0 => drop(letters.remove(at)),
                1 => letters.insert(at, ['0', '9', '-', 'x'][generator.next(4)]),
                _ => letters[at] = ['0', '3', '9', ' '][generator.next(4)],
            }
            reads.push(["read".to_owned(), letters.into_iter().collect(), pattern.clone(), zone.clone()]);
        }
    }
    let read = java(&reads);
    let (mut wrong, mut written) = (Vec::new(), 0);
    for (job, theirs) in jobs.iter().zip(theirs).chain(reads.iter().zip(read)) {
        written += usize::from(theirs.is_some());
        let ours = ours(&programs, job);
        if ours != theirs {
            wrong.push(format!("{job:?}: ours {ours:?}, Java's {theirs:?}"));
        }
    }
    assert!(written > 2_000, "only {written} of {} agree to an answer", jobs.len() + reads.len());
    wrong.sort_by_key(String::len);
    wrong.dedup();
    let shown = wrong.iter().take(60).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {} differ:\n{shown}", wrong.len(), jobs.len() + reads.len());
}
