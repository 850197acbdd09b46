//! The seeds of the fuzz targets (fuzz/README.md) hold what the targets demand; so do mutations of them, made from a number.
//! `FUZZ_ROUNDS=100000 FUZZ_SEED=7 cargo test --test safety mutations` makes more, and others.

use crate::check;
use crate::formats::FORMATS;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn seeds(target: &str) -> Vec<String> {
    let folder = format!("{}/fuzz/seeds/{target}", env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect()
}

fn each(target: &str, check: fn(&str)) {
    let seeds = seeds(target);
    assert!(seeds.len() > 100, "{} seeds of {target}", seeds.len());
    seeds.iter().for_each(|text| check(text));
}

#[test]
fn seeds_parse_or_say_why_not() {
    each("parse", check::parse);
}

#[test]
fn seeds_evaluate_alike_watched_and_unwatched() {
    each("evaluate", check::evaluate);
}

#[test]
fn seeds_of_every_format_come_to_an_end() {
    for (format, check) in FORMATS {
        let seeds = seeds(format);
        assert!(seeds.len() >= 2, "{} seeds of {format}", seeds.len());
        seeds.iter().for_each(|text| check(text));
    }
}

/// Numbers that only look random (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize
    }

    fn below(&mut self, most: usize) -> usize {
        self.next() % most.max(1)
    }
}

/// What inputs are broken with.
const PIECES: [&str; 40] = [
    "\0",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{9b}",
    "\u{feff}",
    "\"",
    "'",
    "\\",
    "\\ud800",
    "\\u0000",
    "{",
    "}",
    "[",
    "]",
    "[[",
    "null",
    "true",
    "-1",
    "1e400",
    "9223372036854775808",
    "0x",
    "\n",
    "\r\n",
    "\t",
    "---\n",
    "&a ",
    "*a",
    "!Sub ",
    "${",
    "${a}",
    "%{",
    "<<EOT\n",
    "@",
    "eyJ",
    ".",
    "Bearer ",
    ",",
    ":",
    "#",
    "é\u{10ffff}",
];

/// A text cut, doubled, broken or mixed with another, in one to five places.
fn mutated(text: &str, other: &str, numbers: &mut Numbers) -> String {
    let place = |text: &str, numbers: &mut Numbers| {
        let mut at = numbers.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let mut text = text.to_owned();
    for _ in 0..=numbers.below(5) {
        let (one, two) = (place(&text, numbers), place(&text, numbers));
        let (from, to) = (one.min(two), one.max(two));
        match numbers.below(6) {
            0 => text.replace_range(from..to, ""),
            1 => {
                let part = text[from..to].repeat(1 + numbers.below(3));
                text.insert_str(one, &part);
            }
            2 => {
                let (begin, end) = (place(other, numbers), place(other, numbers));
                text.insert_str(one, &other[begin.min(end)..begin.max(end)]);
            }
            3 => {
                let piece = PIECES[numbers.below(PIECES.len())];
                text.insert_str(one, &piece.repeat(1 + numbers.below(2) * numbers.below(400)));
            }
            _ => text.insert_str(one, PIECES[numbers.below(PIECES.len())]),
        }
        if text.len() > 20_000 {
            let end = (0..=20_000).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
            text.truncate(place(&text[..end], numbers));
        }
    }
    text
}

#[test]
fn mutations_of_every_format_come_to_an_end() {
    let set = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let (rounds, seed) = (set("FUZZ_ROUNDS").unwrap_or(100), set("FUZZ_SEED").unwrap_or(1));
    let only = std::env::var("FUZZ_FORMAT").unwrap_or_default();
    let mut failed = Vec::new();
    for (at, (format, check)) in FORMATS.iter().enumerate().filter(|(_, (format, _))| format.contains(&only)) {
        let seeds = seeds(format);
        let mut numbers = Numbers((seed << 8 | at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for round in 0..rounds {
            let (one, other) = (&seeds[numbers.below(seeds.len())], &seeds[numbers.below(seeds.len())]);
            let text = mutated(one, other, &mut numbers);
            if catch_unwind(AssertUnwindSafe(|| check(&text))).is_err() {
                failed.push(format!("{format}, round {round} of seed {seed}: {text:?}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
}
