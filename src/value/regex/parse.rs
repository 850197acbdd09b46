//! Java's patterns as a tree. What JDKs read in different ways, or what no other engine means the same by, is not read.

use super::class::{self, LINE_ENDS, CodePoints};
use super::tree::{GroupKind, RegexNode, RegexTree};
use super::{MOST_REPEATED, RegexError};

/// Groups in groups.
pub(super) const DEEPEST: usize = 100;

#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) no_case: bool,
    pub(super) all: bool,
}

pub(super) struct Parser<'p> {
    pub(super) rest: std::iter::Peekable<std::str::Chars<'p>>,
    pub(super) flags: Flags,
    /// Groups that are open or closed; the closed ones.
    pub(super) groups: usize,
    pub(super) closed: Vec<usize>,
    pub(super) names: Vec<String>,
    pub(super) ascii: bool,
    pub(super) depth: usize,
}

pub(super) type Parsed<T> = Result<T, RegexError>;

pub(super) fn syntax<T>(message: &str) -> Parsed<T> {
    Err(RegexError::Syntax(message.to_owned()))
}

pub(super) fn unsupported<T>(what: impl Into<String>) -> Parsed<T> {
    Err(RegexError::Unsupported(what.into()))
}

/// Reads a pattern.
pub(super) fn parse(pattern: &str) -> Parsed<RegexTree> {
    let mut parser = Parser {
        rest: pattern.chars().peekable(),
        flags: Flags::default(),
        groups: 0,
        closed: Vec::new(),
        names: Vec::new(),
        ascii: false,
        depth: 0,
    };
    let root = parser.alternatives()?;
    if parser.rest.peek().is_some() {
        return syntax("Unmatched closing ')'");
    }
    Ok(RegexTree { root, ascii: parser.ascii })
}

impl Parser<'_> {
    pub(super) fn next_is(&mut self, wanted: char) -> bool {
        self.rest.next_if_eq(&wanted).is_some()
    }

    /// Up to the end or to the bracket that closes the group; flags set inside end with it.
    pub(super) fn alternatives(&mut self) -> Parsed<RegexNode> {
        let flags = self.flags;
        self.depth += 1;
        if self.depth > DEEPEST {
            return unsupported(format!("groups nest deeper than {DEEPEST} levels (limit `regex nesting`)"));
        }
        let mut all = vec![self.sequence()?];
        while self.next_is('|') {
            all.push(self.sequence()?);
        }
        self.depth -= 1;
        self.flags = flags;
        Ok(if all.len() == 1 { all.remove(0) } else { RegexNode::Either(all) })
    }

    pub(super) fn sequence(&mut self) -> Parsed<RegexNode> {
        let mut parts = Vec::new();
        loop {
            let atom = match self.rest.peek() {
                None | Some('|' | ')') => return Ok(RegexNode::Sequence(parts)),
                Some(letter @ ('*' | '+' | '?')) => {
                    return syntax(&format!("Dangling meta character '{letter}'"));
                }
                Some('{') => return unsupported("a repetition of nothing"),
                Some('\\') => {
                    self.rest.next();
                    self.escape(&mut parts)?
                }
                Some('(') => {
                    self.rest.next();
                    self.group()?
                }
                Some('[') => {
                    self.rest.next();
                    Some(RegexNode::Class(self.class()?))
                }
                Some(_) => self.rest.next().map(|letter| self.plain(letter)),
            };
            if let Some(atom) = atom {
                let atom = self.quantified(atom)?;
                parts.push(atom);
            }
        }
    }

    pub(super) fn plain(&mut self, letter: char) -> RegexNode {
        match letter {
            '^' => RegexNode::Begin,
            '$' => RegexNode::LastLine,
            '.' if self.flags.all => RegexNode::Class(CodePoints::of(&[]).negated()),
            '.' => RegexNode::Class(CodePoints::of(LINE_ENDS).negated()),
            letter => self.literal(letter),
        }
    }

    pub(super) fn literal(&self, letter: char) -> RegexNode {
        RegexNode::Class(self.cased(CodePoints::one(letter)))
    }

    /// A set under `(?i)`, which is of ASCII in Java.
    pub(super) fn cased(&self, set: CodePoints) -> CodePoints {
        if self.flags.no_case { set.without_case() } else { set }
    }

    /// What a group's `(` begins; `None` for flags alone.
    pub(super) fn group(&mut self) -> Parsed<Option<RegexNode>> {
        if !self.next_is('?') {
            return self.capture(None).map(Some);
        }
        let node = match self.rest.next() {
            Some(':') => self.alternatives()?,
            Some('>') => RegexNode::Atomic(Box::new(self.alternatives()?)),
            Some('=') => self.look(false, false)?,
            Some('!') => self.look(false, true)?,
            Some('<') => match self.rest.peek() {
                Some('=') => self.rest.next().map_or_else(|| syntax("Unclosed group"), |_| self.look(true, false))?,
                Some('!') => self.rest.next().map_or_else(|| syntax("Unclosed group"), |_| self.look(true, true))?,
                _ => {
                    let name = self.name('>')?;
                    if self.names.contains(&name) {
                        return syntax(&format!("Named capturing group <{name}> is already defined"));
                    }
                    self.names.push(name.clone());
                    return self.capture(Some(name)).map(Some);
                }
            },
            Some(letter) => return self.set_flags(letter),
            None => return syntax("Unknown inline modifier"),
        };
        self.close()?;
        Ok(Some(node))
    }

    pub(super) fn close(&mut self) -> Parsed<()> {
        if self.next_is(')') { Ok(()) } else { syntax("Unclosed group") }
    }

    pub(super) fn capture(&mut self, name: Option<String>) -> Parsed<RegexNode> {
        self.groups += 1;
        let number = self.groups;
        let inner = self.alternatives()?;
        self.close()?;
        self.closed.push(number);
        Ok(RegexNode::Capture(name, Box::new(inner)))
    }

    pub(super) fn look(&mut self, behind: bool, negative: bool) -> Parsed<RegexNode> {
        let groups = self.groups;
        let inner = self.alternatives()?;
        if self.groups > groups {
            return unsupported("a group inside of a lookaround");
        }
        if behind {
            let (least, most) = inner.width();
            // Which of the others have an "obvious maximum length" is a matter of how the JDK is written.
            if most != Some(least) {
                return unsupported("a look-behind group of several lengths");
            }
        }
        Ok(RegexNode::Look { behind, negative, inner: Box::new(inner) })
    }

    /// `(?i)`, `(?s-i:…)`
    pub(super) fn set_flags(&mut self, first: char) -> Parsed<Option<RegexNode>> {
        let (outside, mut on, mut letter) = (self.flags, true, Some(first));
        loop {
            match letter {
                Some('i') => self.flags.no_case = on,
                Some('s') => self.flags.all = on,
                Some('-') if on => on = false,
                Some(flag @ ('m' | 'x' | 'u' | 'd' | 'U')) => return unsupported(format!("the flag {flag}")),
                // The rest of the group around it.
                Some(')') => return Ok(None),
                Some(':') => {
                    let inner = self.alternatives()?;
                    self.flags = outside;
                    self.close()?;
                    return Ok(Some(inner));
                }
                _ => return syntax("Unknown inline modifier"),
            }
            letter = self.rest.next();
        }
    }

    pub(super) fn name(&mut self, end: char) -> Parsed<String> {
        let mut name = String::new();
        while let Some(letter) = self.rest.next_if(|letter| letter.is_ascii_alphanumeric()) {
            name.push(letter);
        }
        if name.is_empty() || name.starts_with(|letter: char| letter.is_ascii_digit()) {
            return syntax("capturing group name does not start with a Latin letter");
        }
        if self.next_is(end) { Ok(name) } else { syntax("named capturing group is missing trailing '>'") }
    }

    pub(super) fn quantified(&mut self, inner: RegexNode) -> Parsed<RegexNode> {
        let (least, most) = match self.rest.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => self.counted()?,
            _ => return Ok(inner),
        };
        self.rest.next();
        let kind = match self.rest.peek() {
            Some('?') => GroupKind::Lazy,
            Some('+') => GroupKind::Possessive,
            _ => GroupKind::Greedy,
        };
        if kind != GroupKind::Greedy {
            self.rest.next();
        }
        match &inner {
            RegexNode::Begin | RegexNode::LastLine | RegexNode::End | RegexNode::Boundary(_) | RegexNode::Look { .. } => {
                return unsupported("a repetition of what has no width");
            }
            RegexNode::LineBreak => return unsupported("a repetition of \\R"),
            _ => {}
        }
        if inner.width().0 == 0 && most != Some(1) {
            return unsupported("a repetition of what may be empty");
        }
        if most == Some(0) {
            return unsupported("a repetition of no times");
        }
        Ok(RegexNode::Repeat { inner: Box::new(inner), least, most, kind })
    }

    /// `{n}`, `{n,}`, `{n,m}`, up to the bracket that closes it.
    pub(super) fn counted(&mut self) -> Parsed<(u32, Option<u32>)> {
        self.rest.next();
        let Some(least) = self.digits()? else { return syntax("Illegal repetition") };
        let most = match self.next_is(',') {
            false => Some(least),
            true => self.digits()?,
        };
        if self.rest.peek() != Some(&'}') {
            return syntax("Unclosed counted closure");
        }
        if most.is_some_and(|most| most < least) {
            return syntax("Illegal repetition range");
        }
        if least.max(most.unwrap_or_default()) > MOST_REPEATED {
            return unsupported(format!("more than {MOST_REPEATED} repetitions (limit `regex size`)"));
        }
        Ok((least, most))
    }

    pub(super) fn digits(&mut self) -> Parsed<Option<u32>> {
        let mut number = None;
        while let Some(digit) = self.rest.peek().and_then(|letter| letter.to_digit(10)) {
            self.rest.next();
            number = Some(number.unwrap_or(0_u32).saturating_mul(10).saturating_add(digit));
        }
        Ok(number)
    }

    /// What follows a backslash. All but the last letter of a quotation goes to `parts`.
    pub(super) fn escape(&mut self, parts: &mut Vec<RegexNode>) -> Parsed<Option<RegexNode>> {
        let Some(letter) = self.rest.next() else { return syntax("Unexpected internal error") };
        Ok(Some(match letter {
            'Q' => {
                let mut quoted: Vec<RegexNode> = Vec::new();
                loop {
                    match self.rest.next() {
                        None => break,
                        Some('\\') if self.next_is('E') => break,
                        Some(letter) => quoted.push(self.literal(letter)),
                    }
                }
                let last = quoted.pop();
                parts.append(&mut quoted);
                if last.is_none() && matches!(self.rest.peek(), Some('*' | '+' | '?' | '{')) {
                    return unsupported("a repetition of an empty quotation");
                }
                return Ok(last);
            }
            'b' => {
                self.ascii = true;
                if self.rest.peek() == Some(&'{') {
                    return unsupported("\\b{g}");
                }
                RegexNode::Boundary(true)
            }
            'B' => {
                self.ascii = true;
                RegexNode::Boundary(false)
            }
            'A' => RegexNode::Begin,
            'z' => RegexNode::End,
            'Z' => RegexNode::LastLine,
            'R' => RegexNode::LineBreak,
            'G' | 'X' | 'N' => return unsupported(format!("\\{letter}")),
            'k' => {
                if !self.next_is('<') {
                    return syntax("\\k is not followed by '<' for named capturing group");
                }
                let name = self.name('>')?;
                match self.names.iter().position(|known| *known == name) {
                    None => return syntax(&format!("named capturing group <{name}> does not exist")),
                    Some(_) => return unsupported("\\k: write the group's number"),
                }
            }
            '1'..='9' => self.back(letter)?,
            letter => RegexNode::Class(self.one_of(letter)?),
        }))
    }

    pub(super) fn back(&mut self, first: char) -> Parsed<RegexNode> {
        let mut number = first as usize - '0' as usize;
        while let Some(digit) = self.rest.peek().and_then(|letter| letter.to_digit(10)) {
            let longer = number * 10 + digit as usize;
            if longer > self.groups {
                break;
            }
            number = longer;
            self.rest.next();
        }
        if self.flags.no_case || !self.closed.contains(&number) {
            return unsupported(format!("\\{number}: a reference to a group that is not closed, or without case"));
        }
        Ok(RegexNode::Back(number))
    }

    /// An escape that stands for one character of some, in and out of a class.
    pub(super) fn one_of(&mut self, letter: char) -> Parsed<CodePoints> {
        if let Some(set) = class::escaped(letter.to_ascii_lowercase()) {
            return Ok(if letter.is_ascii_uppercase() { set.negated() } else { set });
        }
        let code = match letter {
            'p' | 'P' => return self.property(letter == 'P'),
            't' => 9,
            'n' => 10,
            'r' => 13,
            'f' => 12,
            'a' => 7,
            'e' => 27,
            '0' => self.octal()?,
            'x' => self.hexadecimal(2)?,
            'u' => self.hexadecimal(4)?,
            'c' => match self.rest.next() {
                Some(letter) if letter.is_ascii() => letter as u32 ^ 64,
                Some(_) => return unsupported("\\c before a letter that is not ASCII"),
                None => return syntax("Illegal control escape sequence"),
            },
            letter if letter.is_ascii_alphabetic() => return syntax("Illegal/unsupported escape sequence"),
            letter => letter as u32,
        };
        match char::from_u32(code) {
            Some(letter) => Ok(self.cased(CodePoints::one(letter))),
            None => unsupported("half of a surrogate pair"),
        }
    }

    pub(super) fn octal(&mut self) -> Parsed<u32> {
        let digit = |letter: &char| letter.to_digit(8);
        let Some(mut code) = self.rest.peek().and_then(digit) else {
            return syntax("Illegal octal escape sequence");
        };
        self.rest.next();
        let most = if code <= 3 { 2 } else { 1 };
        for _ in 0..most {
            let Some(next) = self.rest.peek().and_then(digit) else { break };
            self.rest.next();
            code = code * 8 + next;
        }
        Ok(code)
    }

    pub(super) fn hexadecimal(&mut self, length: usize) -> Parsed<u32> {
        if length == 2 && self.next_is('{') {
            let (mut code, mut count) = (0_u32, 0);
            while let Some(digit) = self.rest.peek().and_then(|letter| letter.to_digit(16)) {
                self.rest.next();
                code = code.saturating_mul(16).saturating_add(digit);
                count += 1;
            }
            if count == 0 || code > 0x0010_ffff || !self.next_is('}') {
                return syntax("Illegal hexadecimal escape sequence");
            }
            return Ok(code);
        }
        let mut code = 0;
        for _ in 0..length {
            let Some(digit) = self.rest.peek().and_then(|letter| letter.to_digit(16)) else {
                return syntax("Illegal hexadecimal or Unicode escape sequence");
            };
            self.rest.next();
            code = code * 16 + digit;
        }
        if length == 4 && (0xd800..0xdc00).contains(&code) {
            return unsupported("half of a surrogate pair");
        }
        Ok(code)
    }
}
