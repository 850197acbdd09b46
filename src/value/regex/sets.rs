//! Classes of characters in a pattern: `[a-z&&[^x]]`, `\\p{Lower}`.

use super::class::{self, CodePoints};
use super::parse::{DEEPEST, Parsed, Parser, syntax, unsupported};

impl Parser<'_> {
    pub(super) fn property(&mut self, negated: bool) -> Parsed<CodePoints> {
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
    pub(super) fn class(&mut self) -> Parsed<CodePoints> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return unsupported(format!("classes nest deeper than {DEEPEST} levels (limit `regex nesting`)"));
        }
        let negated = self.next_is('^');
        let (mut set, mut any) = (CodePoints::of(&[]), false);
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
    fn right_side(&mut self) -> Parsed<CodePoints> {
        if self.next_is('[') {
            let inner = self.class()?;
            return if self.next_is(']') { Ok(inner) } else { unsupported("more after && than one class") };
        }
        let (mut set, mut any) = (CodePoints::of(&[]), false);
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
    fn range(&mut self, letter: char) -> Parsed<CodePoints> {
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
            return Ok(self.cased(CodePoints::one(from)));
        }
        let mut ahead = self.rest.clone();
        ahead.next();
        if matches!(ahead.peek(), None | Some(']' | '[')) {
            return Ok(self.cased(CodePoints::one(from)));
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
        Ok(self.cased(CodePoints::of(&[(from as u32, to as u32)])))
    }

    /// The one character of an escape.
    pub(super) fn single(&mut self, letter: char) -> Parsed<char> {
        let flags = std::mem::take(&mut self.flags);
        let set = self.one_of(letter);
        self.flags = flags;
        set?.single().map_or_else(|| unsupported("a range of a class"), Ok)
    }
}
