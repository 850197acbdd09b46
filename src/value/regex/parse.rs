//! Java's patterns as a tree. What JDKs read in different ways, or what no other engine means the same by, is not read.

use super::class::{self, LINE_ENDS, Set};
use super::{MOST_REPEATED, RegexError};

/// Groups in groups.
const DEEPEST: usize = 100;

/// A part of a pattern.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// One character of a set.
    Class(Set),
    Begin,
    /// `$` and `\Z`: the end, or before the line terminator that is the last of the text.
    LastLine,
    End,
    Boundary(bool),
    /// `\R`
    LineBreak,
    Back(usize),
    Sequence(Vec<Node>),
    Either(Vec<Node>),
    /// A group with its number, and its name.
    Capture(Option<String>, Box<Node>),
    Look {
        behind: bool,
        negative: bool,
        inner: Box<Node>,
    },
    Atomic(Box<Node>),
    Repeat {
        inner: Box<Node>,
        least: u32,
        most: Option<u32>,
        kind: Kind,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Greedy,
    Lazy,
    Possessive,
}

/// A pattern that was read.
#[derive(Debug)]
pub(super) struct Tree {
    pub root: Node,
    /// Whether only texts of ASCII can be judged.
    pub ascii: bool,
}

#[derive(Clone, Copy, Default)]
struct Flags {
    no_case: bool,
    all: bool,
}

struct Parser<'p> {
    rest: std::iter::Peekable<std::str::Chars<'p>>,
    flags: Flags,
    /// Groups that are open or closed; the closed ones.
    groups: usize,
    closed: Vec<usize>,
    names: Vec<String>,
    ascii: bool,
    depth: usize,
}

type Parsed<T> = Result<T, RegexError>;

fn syntax<T>(message: &str) -> Parsed<T> {
    Err(RegexError::Syntax(message.to_owned()))
}

fn unsupported<T>(what: impl Into<String>) -> Parsed<T> {
    Err(RegexError::Unsupported(what.into()))
}

/// Reads a pattern.
pub(super) fn parse(pattern: &str) -> Parsed<Tree> {
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
    Ok(Tree { root, ascii: parser.ascii })
}

impl Parser<'_> {
    fn next_is(&mut self, wanted: char) -> bool {
        self.rest.next_if_eq(&wanted).is_some()
    }

    /// Up to the end or to the bracket that closes the group; flags set inside end with it.
    fn alternatives(&mut self) -> Parsed<Node> {
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
        Ok(if all.len() == 1 { all.remove(0) } else { Node::Either(all) })
    }

    fn sequence(&mut self) -> Parsed<Node> {
        let mut parts = Vec::new();
        loop {
            let atom = match self.rest.peek() {
                None | Some('|' | ')') => return Ok(Node::Sequence(parts)),
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
                    Some(Node::Class(self.class()?))
                }
                Some(_) => self.rest.next().map(|letter| self.plain(letter)),
            };
            if let Some(atom) = atom {
                let atom = self.quantified(atom)?;
                parts.push(atom);
            }
        }
    }

    fn plain(&mut self, letter: char) -> Node {
        match letter {
            '^' => Node::Begin,
            '$' => Node::LastLine,
            '.' if self.flags.all => Node::Class(Set::of(&[]).negated()),
            '.' => Node::Class(Set::of(LINE_ENDS).negated()),
            letter => self.literal(letter),
        }
    }

    fn literal(&self, letter: char) -> Node {
        Node::Class(self.cased(Set::one(letter)))
    }

    /// A set under `(?i)`, which is of ASCII in Java.
    fn cased(&self, set: Set) -> Set {
        if self.flags.no_case { set.without_case() } else { set }
    }

    /// What a group's `(` begins; `None` for flags alone.
    fn group(&mut self) -> Parsed<Option<Node>> {
        if !self.next_is('?') {
            return self.capture(None).map(Some);
        }
        let node = match self.rest.next() {
            Some(':') => self.alternatives()?,
            Some('>') => Node::Atomic(Box::new(self.alternatives()?)),
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

    fn close(&mut self) -> Parsed<()> {
        if self.next_is(')') { Ok(()) } else { syntax("Unclosed group") }
    }

    fn capture(&mut self, name: Option<String>) -> Parsed<Node> {
        self.groups += 1;
        let number = self.groups;
        let inner = self.alternatives()?;
        self.close()?;
        self.closed.push(number);
        Ok(Node::Capture(name, Box::new(inner)))
    }

    fn look(&mut self, behind: bool, negative: bool) -> Parsed<Node> {
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
        Ok(Node::Look { behind, negative, inner: Box::new(inner) })
    }

    /// `(?i)`, `(?s-i:…)`
    fn set_flags(&mut self, first: char) -> Parsed<Option<Node>> {
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

    fn name(&mut self, end: char) -> Parsed<String> {
        let mut name = String::new();
        while let Some(letter) = self.rest.next_if(|letter| letter.is_ascii_alphanumeric()) {
            name.push(letter);
        }
        if name.is_empty() || name.starts_with(|letter: char| letter.is_ascii_digit()) {
            return syntax("capturing group name does not start with a Latin letter");
        }
        if self.next_is(end) { Ok(name) } else { syntax("named capturing group is missing trailing '>'") }
    }

    fn quantified(&mut self, inner: Node) -> Parsed<Node> {
        let (least, most) = match self.rest.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => self.counted()?,
            _ => return Ok(inner),
        };
        self.rest.next();
        let kind = match self.rest.peek() {
            Some('?') => Kind::Lazy,
            Some('+') => Kind::Possessive,
            _ => Kind::Greedy,
        };
        if kind != Kind::Greedy {
            self.rest.next();
        }
        match &inner {
            Node::Begin | Node::LastLine | Node::End | Node::Boundary(_) | Node::Look { .. } => {
                return unsupported("a repetition of what has no width");
            }
            Node::LineBreak => return unsupported("a repetition of \\R"),
            _ => {}
        }
        if inner.width().0 == 0 && most != Some(1) {
            return unsupported("a repetition of what may be empty");
        }
        if most == Some(0) {
            return unsupported("a repetition of no times");
        }
        Ok(Node::Repeat { inner: Box::new(inner), least, most, kind })
    }

    /// `{n}`, `{n,}`, `{n,m}`, up to the bracket that closes it.
    fn counted(&mut self) -> Parsed<(u32, Option<u32>)> {
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

    fn digits(&mut self) -> Parsed<Option<u32>> {
        let mut number = None;
        while let Some(digit) = self.rest.peek().and_then(|letter| letter.to_digit(10)) {
            self.rest.next();
            number = Some(number.unwrap_or(0_u32).saturating_mul(10).saturating_add(digit));
        }
        Ok(number)
    }

    /// What follows a backslash. All but the last letter of a quotation goes to `parts`.
    fn escape(&mut self, parts: &mut Vec<Node>) -> Parsed<Option<Node>> {
        let Some(letter) = self.rest.next() else { return syntax("Unexpected internal error") };
        Ok(Some(match letter {
            'Q' => {
                let mut quoted: Vec<Node> = Vec::new();
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
                Node::Boundary(true)
            }
            'B' => {
                self.ascii = true;
                Node::Boundary(false)
            }
            'A' => Node::Begin,
            'z' => Node::End,
            'Z' => Node::LastLine,
            'R' => Node::LineBreak,
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
            letter => Node::Class(self.one_of(letter)?),
        }))
    }

    fn back(&mut self, first: char) -> Parsed<Node> {
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
        Ok(Node::Back(number))
    }

    /// An escape that stands for one character of some, in and out of a class.
    fn one_of(&mut self, letter: char) -> Parsed<Set> {
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
            Some(letter) => Ok(self.cased(Set::one(letter))),
            None => unsupported("half of a surrogate pair"),
        }
    }

    fn octal(&mut self) -> Parsed<u32> {
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

    fn hexadecimal(&mut self, length: usize) -> Parsed<u32> {
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

    fn property(&mut self, negated: bool) -> Parsed<Set> {
        let mut name = String::new();
        if self.next_is('{') {
            loop {
                match self.rest.next() {
                    None => return syntax("Unclosed character family"),
                    Some('}') => break,
                    Some(letter) => name.push(letter),
                }
            }
        } else {
            name.extend(self.rest.next());
        }
        if name.is_empty() {
            return syntax("Empty character family");
        }
        let Some((set, ascii)) = class::property(&name) else {
            return unsupported(format!("\\p{{{name}}}"));
        };
        if self.flags.no_case && (name.contains("Low") || name.contains("Up") || name.contains('L')) {
            return unsupported(format!("\\p{{{name}}} without case"));
        }
        self.ascii |= ascii;
        Ok(if negated { set.negated() } else { set })
    }

    /// A class, after its `[`.
    fn class(&mut self) -> Parsed<Set> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return unsupported(format!("classes nest deeper than {DEEPEST} levels (limit `regex nesting`)"));
        }
        let negated = self.next_is('^');
        let (mut set, mut any) = (Set::of(&[]), false);
        loop {
            match self.rest.peek() {
                None => return syntax("Unclosed character class"),
                Some(']') if any => {
                    self.rest.next();
                    break;
                }
                Some('&') => {
                    self.rest.next();
                    if self.next_is('&') {
                        if !any {
                            return unsupported("&& without a left side");
                        }
                        set = set.intersection(&self.right_side()?);
                        break;
                    }
                    set = set.union(&self.range('&')?);
                }
                Some('[') => {
                    if negated {
                        return unsupported("a class inside of one that is negated");
                    }
                    self.rest.next();
                    set = set.union(&self.class()?);
                }
                Some(_) => {
                    let Some(letter) = self.rest.next() else { continue };
                    set = set.union(&self.range(letter)?);
                }
            }
            any = true;
        }
        self.depth -= 1;
        Ok(if negated { set.negated() } else { set })
    }

    /// What stands after `&&`, up to the end of the class: one class, or letters.
    fn right_side(&mut self) -> Parsed<Set> {
        if self.next_is('[') {
            let inner = self.class()?;
            return if self.next_is(']') { Ok(inner) } else { unsupported("more after && than one class") };
        }
        let (mut set, mut any) = (Set::of(&[]), false);
        loop {
            match self.rest.next() {
                None => return syntax("Unclosed character class"),
                Some(']') if any => return Ok(set),
                Some(']' | '&' | '[' | '^') => return unsupported("&& beside &, ^, another class or nothing"),
                Some(letter) => set = set.union(&self.range(letter)?),
            }
            any = true;
        }
    }

    /// A letter of a class, or a range that begins with it.
    fn range(&mut self, letter: char) -> Parsed<Set> {
        let from = if letter == '\\' {
            let Some(letter) = self.rest.next() else { return syntax("Unclosed character class") };
            match letter {
                'Q' => return unsupported("a quotation inside of a class"),
                'b' | 'B' | 'A' | 'G' | 'Z' | 'z' | 'R' | 'X' | 'k' | 'N' | '1'..='9' => {
                    return syntax("Illegal/unsupported escape sequence");
                }
                'v' if self.rest.peek() == Some(&'-') => return unsupported("a range that begins with \\v"),
                letter if "dDwWsShHvVpP".contains(letter) => return self.one_of(letter),
                letter => self.single(letter)?,
            }
        } else {
            letter
        };
        if self.rest.peek() != Some(&'-') {
            return Ok(self.cased(Set::one(from)));
        }
        let mut ahead = self.rest.clone();
        ahead.next();
        if matches!(ahead.peek(), None | Some(']' | '[')) {
            return Ok(self.cased(Set::one(from)));
        }
        self.rest.next();
        let to = match self.rest.next() {
            Some('\\') => match self.rest.next() {
                Some(letter) if "tnrfae0xuc".contains(letter) || !letter.is_ascii_alphanumeric() => {
                    self.single(letter)?
                }
                _ => return unsupported("a range that ends in a class"),
            },
            Some(letter) => letter,
            None => return syntax("Unclosed character class"),
        };
        if to < from {
            return syntax("Illegal character range");
        }
        Ok(self.cased(Set::of(&[(from as u32, to as u32)])))
    }

    /// The one character of an escape.
    fn single(&mut self, letter: char) -> Parsed<char> {
        let flags = std::mem::take(&mut self.flags);
        let set = self.one_of(letter);
        self.flags = flags;
        set?.single().map_or_else(|| unsupported("a range of a class"), Ok)
    }
}

impl Node {
    /// The least and the most characters that it takes; `None` is without end.
    pub fn width(&self) -> (u64, Option<u64>) {
        let sum = |parts: &[Self]| {
            parts.iter().map(Self::width).fold((0_u64, Some(0_u64)), |(least, most), (more, bound)| {
                (least.saturating_add(more), most.zip(bound).map(|(most, bound)| most.saturating_add(bound)))
            })
        };
        match self {
            Self::Class(_) => (1, Some(1)),
            Self::LineBreak => (1, Some(2)),
            Self::Back(_) => (0, None),
            Self::Begin | Self::LastLine | Self::End | Self::Boundary(_) | Self::Look { .. } => (0, Some(0)),
            Self::Sequence(parts) => sum(parts),
            Self::Either(parts) => {
                let all = parts.iter().map(Self::width);
                all.reduce(|(least, most), (other, bound)| {
                    (least.min(other), most.zip(bound).map(|(most, bound)| most.max(bound)))
                })
                .unwrap_or_default()
            }
            Self::Capture(_, inner) | Self::Atomic(inner) => inner.width(),
            Self::Repeat { inner, least, most, .. } => {
                let (one, bound) = inner.width();
                let most = most.zip(bound).map(|(most, bound)| bound.saturating_mul(u64::from(most)));
                (one.saturating_mul(u64::from(*least)), most)
            }
        }
    }

    /// How large an automaton of it is, roughly.
    pub fn weight(&self) -> u64 {
        match self {
            Self::Class(set) => set.weight(),
            Self::Sequence(parts) | Self::Either(parts) => parts.iter().map(Self::weight).fold(1, u64::saturating_add),
            Self::Capture(_, inner) | Self::Atomic(inner) | Self::Look { inner, .. } => {
                inner.weight().saturating_add(2)
            }
            Self::Repeat { inner, least, most, .. } => {
                let times = u64::from(most.unwrap_or(*least).max(1));
                inner.weight().saturating_add(1).saturating_mul(times)
            }
            _ => 2,
        }
    }

    /// Whether some part of it is such.
    pub fn any(&self, is: &impl Fn(&Self) -> bool) -> bool {
        is(self)
            || match self {
                Self::Sequence(parts) | Self::Either(parts) => parts.iter().any(|part| part.any(is)),
                Self::Capture(_, inner)
                | Self::Atomic(inner)
                | Self::Look { inner, .. }
                | Self::Repeat { inner, .. } => inner.any(is),
                _ => false,
            }
    }
}
