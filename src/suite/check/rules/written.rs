//! What a template prints, read from left to right as the JSON of a request: where in it a value stands.

use crate::syntax::visit::Visit;
use crate::syntax::{Block, Expression, Foreach, If, NodeId, Reference, Set};

/// Characters kept of an open text: more say nothing new.
const LONGEST: usize = 4096;

/// Members that are remembered.
const MOST: usize = 1000;

/// The place that was reached.
#[derive(Clone, Debug, Default)]
pub struct WrittenRequest {
    inside: bool,
    escaped: bool,
    text: String,
    /// The member that each open object or list is the value of, the outermost first.
    open: Vec<String>,
    /// The member whose value comes next.
    member: Option<String>,
    /// Nothing of that value has come yet.
    awaited: bool,
    /// A value was put into the open text, or it goes on in blocks.
    holed: bool,
    /// Quotes stand in the open text: it is JSON itself.
    nested: bool,
    /// All members that came, where somebody asked for them.
    members: Option<Vec<WrittenMember>>,
}

/// A member of a request as it is written.
#[derive(Clone, Debug, Default)]
pub struct WrittenMember {
    /// The members that the objects around it are the values of, the outermost first.
    pub around: Vec<String>,
    /// Its name.
    pub name: String,
    /// Its value, where that is a text that stands there.
    pub text: Option<String>,
    /// Whether that text stands there whole, with nothing put into it.
    pub constant: bool,
}

impl WrittenRequest {
    /// Whether a text is open, which a quote would end.
    pub fn inside(&self) -> bool {
        self.inside
    }

    /// The text that is open, so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the text that is open holds quotes of its own, as JSON in JSON has them.
    pub fn is_nested(&self) -> bool {
        self.nested
    }

    /// Whether a text of SQL is open in the text: `… where name = '`.
    pub fn in_sql_text(&self) -> bool {
        self.text.bytes().filter(|byte| *byte == b'\'').count() % 2 == 1
    }

    /// The member whose value is open or comes next.
    pub fn member(&self) -> Option<&str> {
        self.member.as_deref()
    }

    /// The members that the objects around are the values of, the outermost first.
    pub fn around(&self) -> &[String] {
        &self.open
    }

    /// The object around, by the member that it is the value of, and the member whose whole value stands here.
    pub fn whole_value(&self) -> Option<(&str, &str)> {
        let begins = if self.inside { self.text.is_empty() } else { self.awaited };
        let around = self.open.last().map_or("", String::as_str);
        begins.then(|| Some((around, self.member.as_deref()?))).flatten()
    }

    /// The member that the object around is the value of, where a member's name stands here: alone, or inside of a text.
    pub fn names_member_of(&self) -> Option<&str> {
        self.open.last().filter(|_| self.member.is_none()).map(String::as_str)
    }

    fn feed(&mut self, text: &str) {
        for letter in text.chars() {
            if self.inside { self.feed_text(letter) } else { self.feed_mark(letter) }
        }
    }

    fn feed_text(&mut self, letter: char) {
        match letter {
            _ if self.escaped => {
                self.escaped = false;
                self.nested |= letter == '"';
            }
            '\\' => self.escaped = true,
            '"' => {
                self.inside = false;
                let whole = std::mem::take(&mut self.awaited);
                if whole
                    && let Some(member) = self.members.as_mut().and_then(|all| all.last_mut())
                {
                    member.text = Some(self.text.clone());
                    member.constant = !self.holed;
                }
                return;
            }
            _ => {}
        }
        if self.text.len() < LONGEST {
            self.text.push(letter);
        }
    }

    fn feed_mark(&mut self, letter: char) {
        match letter {
            '"' => {
                self.inside = true;
                (self.holed, self.nested) = (false, false);
                self.text.clear();
                return;
            }
            ':' => {
                if let Some(all) = self.members.as_mut().filter(|all| all.len() < MOST) {
                    all.push(WrittenMember {
                        around: self.open.clone(),
                        name: self.text.clone(),
                        ..WrittenMember::default()
                    });
                }
                self.member = Some(self.text.clone());
                self.awaited = true;
                return;
            }
            '{' | '[' => self.open.push(self.member.take().unwrap_or_default()),
            '}' | ']' => {
                self.open.pop();
                self.member = None;
            }
            ',' => self.member = None,
            blank if blank.is_whitespace() => return,
            _ => {}
        }
        self.awaited = false;
    }

    fn value(&mut self) {
        if self.inside && self.text.len() < LONGEST {
            self.text.push('x');
        }
        self.holed = true;
        self.awaited = false;
    }
}

/// Tells of each reference that a template prints itself, and of its place; of the branches of an `#if`, the first one says
/// where the text goes on.
pub fn printed<'p>(block: &'p Block, tell: &mut dyn FnMut(&'p Reference, &WrittenRequest)) {
    WrittenWalk { at: WrittenRequest::default(), tell }.block(block);
}

/// Every member that a template writes out itself.
pub fn members(block: &Block) -> Vec<WrittenMember> {
    let at = WrittenRequest { members: Some(Vec::new()), ..WrittenRequest::default() };
    let mut walk = WrittenWalk { at, tell: &mut |_, _| {} };
    walk.block(block);
    walk.at.members.unwrap_or_default()
}

struct WrittenWalk<'p, 't> {
    at: WrittenRequest,
    tell: &'t mut dyn FnMut(&'p Reference, &WrittenRequest),
}

impl<'p> Visit<'p> for WrittenWalk<'p, '_> {
    fn printed_text(&mut self, text: &'p str) {
        self.at.feed(text);
    }

    /// One that is printed: none in an expression is come to.
    fn reference(&mut self, reference: &'p Reference) {
        (self.tell)(reference, &self.at);
        self.at.value();
    }

    fn set(&mut self, _set: &'p Set) {}

    fn choice(&mut self, parts: &'p If) {
        self.at.holed = true;
        let before = self.at.clone();
        let known = before.members.as_ref().map_or(0, Vec::len);
        let mut ends = Vec::new();
        let bodies = parts.branches.iter().map(|branch| &branch.body);
        for body in bodies.chain(parts.otherwise.iter().map(|(_, body)| body)) {
            self.at = before.clone();
            self.block(body);
            ends.push(std::mem::take(&mut self.at));
        }
        let mut ends = ends.into_iter();
        self.at = ends.next().unwrap_or(before);
        for end in ends {
            let more = end.members.unwrap_or_default().into_iter().skip(known);
            self.at.members.iter_mut().for_each(|all| all.extend(more.clone()));
        }
    }

    fn foreach(&mut self, each: &'p Foreach) {
        self.at.holed = true;
        self.block(&each.body);
    }

    fn leaves(&mut self, _node: NodeId, _value: Option<&'p Expression>) {}
}
