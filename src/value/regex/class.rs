//! Sets of characters, computed here, so that no other engine's notion of a class is asked.

/// The last code point.
const LAST: u32 = 0x0010_ffff;

/// A set of code points: ranges in order, apart from each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CodePoints(Vec<(u32, u32)>);

impl CodePoints {
    /// Of these ranges.
    pub fn of(ranges: &[(u32, u32)]) -> Self {
        let mut ranges = ranges.to_vec();
        ranges.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (from, to) in ranges {
            match joined.last_mut() {
                Some((_, last)) if from <= last.saturating_add(1) => *last = (*last).max(to),
                _ => joined.push((from, to)),
            }
        }
        Self(joined)
    }

    /// Of one character.
    pub fn one(letter: char) -> Self {
        Self(vec![(letter as u32, letter as u32)])
    }

    /// Of the characters that a text names one by one and in ranges: `a-zA-Z0-9_`.
    pub fn named(text: &str) -> Self {
        let letters: Vec<u32> = text.chars().map(u32::from).collect();
        let (mut ranges, mut at) = (Vec::new(), 0);
        while let Some(from) = letters.get(at) {
            match (letters.get(at + 1), letters.get(at + 2)) {
                (Some(0x2d), Some(to)) => {
                    ranges.push((*from, *to));
                    at += 3;
                }
                _ => {
                    ranges.push((*from, *from));
                    at += 1;
                }
            }
        }
        Self::of(&ranges)
    }

    pub fn union(&self, other: &Self) -> Self {
        Self::of(&[self.0.as_slice(), other.0.as_slice()].concat())
    }

    pub fn negated(&self) -> Self {
        let (mut ranges, mut next) = (Vec::new(), 0);
        for (from, to) in &self.0 {
            if next < *from {
                ranges.push((next, from - 1));
            }
            next = to + 1;
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        Self(ranges)
    }

    pub fn intersection(&self, other: &Self) -> Self {
        self.negated().union(&other.negated()).negated()
    }

    /// With the other case of every ASCII letter in it.
    pub fn without_case(&self) -> Self {
        let shifted = |from: u32, to: u32, by: i32| {
            let inside = self.intersection(&Self(vec![(from, to)]));
            inside.0.iter().map(|(from, to)| (from.wrapping_add_signed(by), to.wrapping_add_signed(by))).collect()
        };
        let (upper, lower): (Vec<_>, Vec<_>) = (shifted(0x61, 0x7a, -32), shifted(0x41, 0x5a, 32));
        self.union(&Self::of(&upper)).union(&Self::of(&lower))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a letter is in it.
    pub fn has(&self, letter: char) -> bool {
        let code = u32::from(letter);
        self.0.iter().any(|(from, to)| (*from..=*to).contains(&code))
    }

    /// Whether second halves of surrogate pairs are in it.
    pub fn has_halves(&self) -> bool {
        self.0.iter().any(|(from, to)| *from < 0xe000 && *to >= 0xdc00)
    }

    /// How large an automaton becomes by it, roughly.
    pub fn weight(&self) -> u64 {
        if self.0.iter().all(|(_, to)| *to < 0x80) { 1 } else { 12 }
    }

    /// As the engine writes it.
    pub fn write(&self, out: &mut String) {
        use std::fmt::Write as _;
        out.push('[');
        for (from, to) in &self.0 {
            // Halves of surrogate pairs are no characters.
            let from = if (0xd800..0xe000).contains(from) { 0xe000 } else { *from };
            let to = if (0xd800..0xe000).contains(to) { 0xd7ff } else { *to };
            if from <= to {
                let _ = write!(out, "\\x{{{from:x}}}-\\x{{{to:x}}}");
            }
        }
        out.push(']');
    }
}

/// Line terminators of `.` and `$`.
pub(super) const LINE_ENDS: &[(u32, u32)] = &[(0xa, 0xa), (0xd, 0xd), (0x85, 0x85), (0x2028, 0x2029)];

/// The set of a letter escape such as `\d`, in lower case. Java's are ASCII.
pub(super) fn escaped(letter: char) -> Option<CodePoints> {
    Some(match letter {
        'd' => CodePoints::named("0-9"),
        'w' => CodePoints::named("a-zA-Z0-9_"),
        's' => CodePoints::of(&[(9, 13), (32, 32)]),
        'h' => CodePoints::of(&[
            (0x9, 0x9),
            (0x20, 0x20),
            (0xa0, 0xa0),
            (0x1680, 0x1680),
            (0x180e, 0x180e),
            (0x2000, 0x200a),
            (0x202f, 0x202f),
            (0x205f, 0x205f),
            (0x3000, 0x3000),
        ]),
        'v' => CodePoints::of(&[(0xa, 0xd), (0x85, 0x85), (0x2028, 0x2029)]),
        _ => return None,
    })
}

/// The set of `\p{name}`, and whether that is only its ASCII part: what else is in it depends on the version of Unicode, and
/// with it on the JDK.
pub(super) fn property(name: &str) -> Option<(CodePoints, bool)> {
    let whole = |set: CodePoints| Some((set, false));
    match name {
        "Lower" => return whole(CodePoints::named("a-z")),
        "Upper" => return whole(CodePoints::named("A-Z")),
        "ASCII" | "InBasicLatin" | "InBASIC_LATIN" => return whole(CodePoints::of(&[(0, 0x7f)])),
        "Alpha" => return whole(CodePoints::named("a-zA-Z")),
        "Digit" => return whole(CodePoints::named("0-9")),
        "Alnum" => return whole(CodePoints::named("a-zA-Z0-9")),
        "Punct" => return whole(CodePoints::of(&[(0x21, 0x2f), (0x3a, 0x40), (0x5b, 0x60), (0x7b, 0x7e)])),
        "Graph" => return whole(CodePoints::of(&[(0x21, 0x7e)])),
        "Print" => return whole(CodePoints::of(&[(0x20, 0x7e)])),
        "Blank" => return whole(CodePoints::named("\t ")),
        "Cntrl" => return whole(CodePoints::of(&[(0, 0x1f), (0x7f, 0x7f)])),
        "XDigit" => return whole(CodePoints::named("0-9a-fA-F")),
        "Space" => return whole(CodePoints::of(&[(9, 13), (32, 32)])),
        _ => {}
    }
    let ascii = match name.strip_prefix("Is").unwrap_or(name) {
        "L" | "Alphabetic" | "Letter" | "Latin" | "LATIN" | "javaLetter" => CodePoints::named("a-zA-Z"),
        "Lu" | "Uppercase" | "javaUpperCase" => CodePoints::named("A-Z"),
        "Ll" | "Lowercase" | "javaLowerCase" => CodePoints::named("a-z"),
        "N" | "Nd" | "Digit" | "javaDigit" => CodePoints::named("0-9"),
        "LD" | "javaLetterOrDigit" => CodePoints::named("a-zA-Z0-9"),
        "P" | "Punctuation" => CodePoints::named("!\"#%&'()*,./:;?@[\\]_{}").union(&CodePoints::one('-')),
        "S" => CodePoints::named("$+<=>^`|~"),
        "Z" | "Zs" => CodePoints::one(' '),
        "White_Space" | "WhiteSpace" => CodePoints::of(&[(9, 13), (32, 32)]),
        _ => return None,
    };
    // Without `Is` the long names are no categories in Java, and `java…` has none with it.
    let long = name.len() > 4 || matches!(name, "Digit" | "LD");
    let fits = name.starts_with("java") || name.starts_with("Is") && !name.contains("java") || !long;
    fits.then_some((ascii, true))
}

impl CodePoints {
    /// The character, if there is one alone.
    pub fn single(&self) -> Option<char> {
        match self.0.as_slice() {
            [(from, to)] if from == to => char::from_u32(*from),
            _ => None,
        }
    }
}
