//! What a template prints, read from left to right as the JSON of a request: where in it a value stands.

use crate::syntax::{Block, Reference, Statement};

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

    /// The object around, by the member that it is the value of, and the member whose whole value stands here.
    pub fn whole_value(&self) -> Option<(&str, &str)> {
        let begins = if self.inside { self.text.is_empty() } else { self.awaited };
        let around = self.open.last().map_or("", String::as_str);
        begins.then(|| Some((around, self.member.as_deref()?))).flatten()
    }

    fn feed(&mut self, text: &str) {
        for letter in text.chars() {
            if self.inside { self.feed_text(letter) } else { self.feed_mark(letter) }
        }
    }

    fn feed_text(&mut self, letter: char) {
        match letter {
            _ if self.escaped => self.escaped = false,
            '\\' => self.escaped = true,
            '"' => {
                self.inside = false;
                let whole = std::mem::take(&mut self.awaited);
                if whole
                    && let Some(member) = self.members.as_mut().and_then(|all| all.last_mut())
                {
                    member.text = Some(self.text.clone());
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
                self.text.clear();
                return;
            }
            ':' => {
                if let Some(all) = self.members.as_mut().filter(|all| all.len() < MOST) {
                    all.push(WrittenMember { around: self.open.clone(), name: self.text.clone(), text: None });
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
        self.awaited = false;
    }
}

/// Tells of each reference that a template prints itself, and of its place; of the branches of an `#if`, the first one says
/// where the text goes on.
pub fn printed<'p>(block: &'p Block, tell: &mut dyn FnMut(&'p Reference, &WrittenRequest)) {
    walk(block, WrittenRequest::default(), tell);
}

/// Every member that a template writes out itself.
pub fn members(block: &Block) -> Vec<WrittenMember> {
    let begun = WrittenRequest { members: Some(Vec::new()), ..WrittenRequest::default() };
    walk(block, begun, &mut |_, _| {}).members.unwrap_or_default()
}

fn walk<'p>(block: &'p Block, mut at: WrittenRequest, tell: &mut dyn FnMut(&'p Reference, &WrittenRequest)) -> WrittenRequest {
    for statement in block {
        match statement {
            Statement::Text(text) => at.feed(text),
            Statement::Print(reference) => {
                tell(reference, &at);
                at.value();
            }
            Statement::If(parts) => {
                let bodies = parts.branches.iter().map(|branch| &branch.body);
                let bodies = bodies.chain(parts.otherwise.iter().map(|(_, body)| body));
                let before = at.members.as_ref().map_or(0, Vec::len);
                let mut ends: Vec<WrittenRequest> = bodies.map(|body| walk(body, at.clone(), tell)).collect();
                at = ends.remove(0);
                for end in ends {
                    let more = end.members.unwrap_or_default().into_iter().skip(before);
                    at.members.iter_mut().for_each(|all| all.extend(more.clone()));
                }
            }
            Statement::Foreach(each) => at = walk(&each.body, at, tell),
            Statement::Set(_) | Statement::Break { .. } | Statement::Stop { .. } | Statement::Return { .. } => {}
        }
    }
    at
}
