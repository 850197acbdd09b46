//! A thousand random patterns on random texts, as `scripts/regex/differential.py` recorded them from a JDK 17: `matches`,
//! `replaceAll(pattern, "<$0>")` and `split`. A line is a pattern, a text, and the three answers, or `syntax` for a
//! `PatternSyntaxException`; `%` stands before the four digits of a UTF-16 unit.

use vtl_eval::value::regex::{RegexError, compile};

const ANSWERS: &str = include_str!("../inputs/regex.tsv");

fn read(word: &str) -> String {
    let mut units = Vec::new();
    let mut rest = word;
    while let Some(letter) = rest.chars().next() {
        if letter == '%' {
            units.push(u16::from_str_radix(&rest[1..5], 16).unwrap());
            rest = &rest[5..];
        } else {
            units.push(u16::try_from(letter as u32).unwrap());
            rest = &rest[1..];
        }
    }
    String::from_utf16(&units).unwrap()
}

#[test]
fn answers_as_a_jdk_does() {
    let (mut wrong, mut left) = (Vec::new(), 0);
    for line in ANSWERS.lines() {
        let words: Vec<&str> = line.split('\t').collect();
        let (pattern, text) = (read(words[0]), read(words[1]));
        let answers = compile(&pattern).and_then(|regex| {
            Ok((regex.matches_whole(&text)?, regex.replace_all(&text, "<$0>")?, regex.split(&text, 0)?))
        });
        let same = match (&answers, words[2]) {
            (Err(RegexError::Syntax(_)), "syntax") => true,
            // Java looks at halves of such a letter in a lookaround and in some classes: that is not evaluated, and said.
            (Err(RegexError::Unsupported(why)), _) if why.contains("U+FFFF") => {
                left += 1;
                true
            }
            (Ok((matched, replaced, parts)), wanted) if wanted != "syntax" => {
                let known: Vec<String> =
                    words[4].split(' ').filter_map(|part| part.strip_prefix('=')).map(read).collect();
                matched.to_string() == wanted && *replaced == read(words[3]) && *parts == known
            }
            _ => false,
        };
        if !same {
            wrong.push(format!("{pattern:?} on {text:?}: {answers:?}, wanted {:?}", &words[2..]));
        }
    }
    assert_eq!(ANSWERS.lines().count(), 1000);
    assert!(left <= 3, "{left} are not evaluated");
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_is_not_known_to_mean_the_same_is_not_evaluated() {
    // JDK 17 takes letters of every script for `\\b`, JDK 19 those of ASCII.
    let boundary = compile(r"\bx").unwrap();
    assert!(boundary.find("a x").unwrap());
    assert_eq!(boundary.find("éx"), Err(RegexError::NotAscii));
    // What belongs to a category depends on the version of Unicode.
    let letters = compile(r"\p{L}+").unwrap();
    assert!(letters.matches_whole("abc").unwrap());
    assert_eq!(letters.matches_whole("é"), Err(RegexError::NotAscii));
    for pattern in
        [r"\G", r"\X", "(?m)^a", "(?x) a", "(?u)a", "(?<=a|bc)d", r"(?<n>a)\k<n>", "(a*)*", "a{2}{3}", r"\b{g}"]
    {
        assert!(matches!(compile(pattern), Err(RegexError::Unsupported(_))), "{pattern}");
    }
    // Java refuses them, and so is it here.
    for pattern in [r"[\b]", "a{", "(", "[a", "*a", r"\q", "[b-a]", "a{2,1}"] {
        assert!(matches!(compile(pattern), Err(RegexError::Syntax(_))), "{pattern}: {:?}", compile(pattern));
    }
}
