//! Output that is JSON on no way through the template. Every way is written down, with a stand-in for each value; a finding is
//! told only where all of them were walked, and nothing that is printed could hold a piece of JSON of its own.

use crate::value::method::Method;
use super::super::Spot;
use super::super::placeholder;
use super::super::subject::CheckSubject;
use crate::code::Code;
use crate::explain::hint::rendered::{Rendered, read};
use crate::syntax::{Block, NodeId, Reference, Slot, Statement, StepKind};

/// Ways looked at: more are not decided.
const WAYS: usize = 256;

/// Bytes of one way: more are not decided.
const LONGEST: usize = 1 << 16;

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    let program = subject.program;
    if subject.generated || placeholder::stands_in(&program.source.text) || !is_appsync(subject) {
        return;
    }
    let mut walk = JsonWalk::default();
    let ways = walk.block(&program.body, vec![Way::default()]);
    if walk.undecided {
        return;
    }
    let mut first: Option<(Option<NodeId>, String, Option<usize>)> = None;
    for way in ways.iter().filter(|way| !way.refused) {
        match read(&lenient(&way.text)) {
            Rendered::Not(at, _) => {
                if first.is_none() {
                    first = Some((way.place(at), way.around(at), way.source(at, &program.source.text)));
                }
            }
            _ => return,
        }
    }
    if let Some((node, around, exact)) = first {
        let message = format!("what this prints is JSON on no way through the template: it breaks at `{around}`");
        let spot = match node {
            Some(node) => Spot::at(program, node, Code::NeverJson, message),
            None => Spot::at_start(program, Code::NeverJson, message),
        };
        let place = exact.map(|at| program.source.place(at as u32));
        found.push(match place {
            Some(place) => Spot { line: Some(place.line), column: Some(place.column), ..spot },
            None => spot,
        });
    }
}

/// With blanks for what nobody knows AppSync to refuse: lines of comment in front, and line ends inside of strings.
fn lenient(text: &str) -> String {
    let (mut out, mut inside, mut escaped, mut begun) = (String::with_capacity(text.len()), false, false, false);
    for line in text.split_inclusive('\n') {
        let comment = !begun && ["# ", "//", "--"].iter().any(|mark| line.trim_start().starts_with(mark));
        begun |= !comment && !line.trim().is_empty();
        for letter in line.chars() {
            match letter {
                _ if comment => {}
                _ if escaped => escaped = false,
                '\\' if inside => escaped = true,
                '"' => inside = !inside,
                _ => {}
            }
            let blank = comment || inside && letter.is_control();
            // As many bytes as before: places stay what they are.
            if blank { (0..letter.len_utf8()).for_each(|_| out.push(' ')) } else { out.push(letter) }
        }
    }
    out
}

fn is_appsync(subject: &CheckSubject<'_>) -> bool {
    let own = |reference: &&Reference| reference.root.0 < Slot::FOREACH.0;
    let writes = |words: &str| subject.program.writes(words);
    subject.program.references().iter().any(own) || subject.program.writes_json("version") || writes("version:") || writes("'version'")
}

/// What one way through the template prints.
#[derive(Clone, Default)]
struct Way {
    text: String,
    /// Where in the text a statement of the template begins.
    nodes: Vec<(usize, NodeId)>,
    /// It ended in an error, so that nobody reads what was printed.
    refused: bool,
}

impl Way {
    fn inside_quotes(&self) -> bool {
        let (mut inside, mut escaped) = (false, false);
        for byte in self.text.bytes() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if inside => escaped = true,
                b'"' => inside = !inside,
                _ => {}
            }
        }
        inside
    }

    /// The statement at or before a byte of the text.
    fn place(&self, at: usize) -> Option<NodeId> {
        let before = self.nodes.iter().rev().find(|(start, _)| *start <= at);
        before.or_else(|| self.nodes.first()).map(|(_, node)| *node)
    }

    /// Where in the template the text around a byte stands, if it stands there once. A comma that is missing is missing
    /// behind what stands before it.
    fn source(&self, at: usize, source: &str) -> Option<usize> {
        let before = self.text.get(..at)?.trim_end();
        let comma = self.text.get(at..)?.starts_with('"') && !before.ends_with([',', '{', '[', ':']);
        let at = if comma { before.len().checked_sub(1)? } else { at };
        let behind = if comma { at + 1 } else { self.text.len() };
        let line = self.text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
        [16, 8].into_iter().find_map(|wide| {
            let from = (at.saturating_sub(wide).max(line)..=at).find(|from| self.text.is_char_boundary(*from))?;
            let to = (at..=(at + wide).min(behind)).rev().find(|to| self.text.is_char_boundary(*to))?;
            let to = self.text.get(at..to)?.find('\n').map_or(to, |end| at + end);
            let around = self.text.get(from..to).filter(|around| around.len() > 4)?;
            let mut found = source.match_indices(around);
            let (start, _) = found.next()?;
            found.next().is_none().then_some(start + at - from)
        })
    }

    /// What stands before a byte of the text, in a line.
    fn around(&self, at: usize) -> String {
        let mut end = (at + 12).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let line = crate::source::one_line(&self.text[..end]);
        let start = line.char_indices().rev().nth(39).map_or(0, |(at, _)| at);
        line[start..].to_owned()
    }
}

#[derive(Default)]
struct JsonWalk {
    undecided: bool,
}

impl JsonWalk {
    fn block(&mut self, block: &Block, mut ways: Vec<Way>) -> Vec<Way> {
        for statement in block {
            if self.undecided {
                break;
            }
            ways = self.statement(statement, ways);
            self.undecided |= ways.len() > WAYS || ways.iter().any(|way| way.text.len() > LONGEST);
        }
        ways
    }

    fn statement(&mut self, statement: &Statement, mut ways: Vec<Way>) -> Vec<Way> {
        match statement {
            Statement::Text(text) => ways.iter_mut().filter(|way| !way.refused).for_each(|way| way.text += text),
            Statement::Print(reference) => {
                for way in ways.iter_mut().filter(|way| !way.refused) {
                    self.print(reference, way);
                }
            }
            Statement::Set(_) => {}
            Statement::If(parts) => {
                let mut out = Vec::new();
                for branch in &parts.branches {
                    out.extend(self.block(&branch.body, mark(&ways, branch.condition.node)));
                }
                out.extend(match &parts.otherwise {
                    Some((_, body)) => self.block(body, ways),
                    None => ways,
                });
                return same(out);
            }
            // None, one and two rows: what stands between them shows with two.
            Statement::Foreach(each) => {
                let one = self.block(&each.body, mark(&ways, each.node));
                let two = self.block(&each.body, one.clone());
                ways.extend(one);
                ways.extend(two);
                return same(ways);
            }
            // What `#return` hands out, and what stands in front of it, is not judged here.
            Statement::Break { .. } | Statement::Stop { .. } | Statement::Return { .. } => self.undecided = true,
        }
        ways
    }

    fn print(&mut self, reference: &Reference, way: &mut Way) {
        way.nodes.push((way.text.len(), reference.node));
        if matches!(reference.called(), Some(Method::Error | Method::Unauthorized)) {
            way.refused = true;
            return;
        }
        let inside = way.inside_quotes();
        match reference.function {
            Some(_) if reference.called() == Some(Method::ToJson) => way.text.push('0'),
            Some(function) if function.gives_text_of_json() => {
                way.text += if function.name.starts_with("toMap") || function.name.starts_with("toDynamo") { "{}" } else { "0" };
            }
            Some(function) if function.is_void() => {}
            _ if inside => way.text.push('x'),
            // `$list.add(…)` prints `true`, `$map.put(…)` its own text: nobody means that.
            None if prints_call(reference) => way.text += "true",
            // A value that a text of the caller's may be: it stands where a value stands.
            None if matches!(reference.root, Slot::CTX | Slot::CONTEXT) && !reference.quiet => way.text.push('0'),
            // A piece of JSON, built before: anything.
            _ => self.undecided = true,
        }
    }
}

fn prints_call(reference: &Reference) -> bool {
    !reference.quiet
        && matches!(reference.steps.last().map(|step| &step.kind),
            Some(StepKind::Method { method: Some(Method::Add), args, .. }) if args.len() == 1)
}

fn mark(ways: &[Way], node: NodeId) -> Vec<Way> {
    let mut ways = ways.to_vec();
    ways.iter_mut().for_each(|way| way.nodes.push((way.text.len(), node)));
    ways
}

/// Ways that print the same are one.
fn same(mut ways: Vec<Way>) -> Vec<Way> {
    let mut seen = rustc_hash::FxHashSet::default();
    ways.retain(|way| seen.insert((way.text.clone(), way.refused)));
    ways
}
