//! Output that is JSON on no way through the template, or on none through one of its branches. Every way is written down, with a stand-in for each value; a finding is
//! told only where all of them were walked, and nothing that is printed could hold a piece of JSON of its own.

use crate::value::method::Method;
use super::super::Spot;
use super::super::path;
use super::super::placeholder;
use super::super::subject::CheckSubject;
use super::missing::asked_present;
use crate::code::Code;
use crate::explain::hint::rendered::{Rendered, read};
use crate::syntax::visit::Visit;
use crate::syntax::{Block, Expression, ExpressionKind as Kind, Foreach, If, NodeId, Reference, Set, Slot, StepKind};

/// Ways looked at: more are not decided.
const WAYS: usize = 256;

/// Bytes of one way: more are not decided.
const LONGEST: usize = 1 << 16;

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    let program = subject.program;
    // What a slip prints is the slip's fault.
    let slipped = found.iter().any(|spot| spot.code == Code::Slip);
    if subject.generated || slipped || placeholder::stands_in(&program.source.text) || !is_appsync(subject) {
        return;
    }
    let mut walk = JsonWalk { ways: vec![Way::default()], undecided: false };
    walk.program(program);
    let ways = walk.ways;
    if walk.undecided {
        return;
    }
    let judged: Vec<(&Way, Option<usize>)> = ways
        .iter()
        .filter(|way| !way.refused)
        .map(|way| match read(&lenient(&way.text)) {
            Rendered::Not(at, _) => (way, Some(at)),
            _ => (way, None),
        })
        .collect();
    // Where no way prints JSON and one prints nothing, the template may be meant for something else. What a slip prints is the
    // slip's fault.
    let some = ways.iter().any(|way| !way.refused && !way.text.trim().is_empty() && !matches!(read(&lenient(&way.text)), Rendered::Not(..)));
    let Some((way, at, taken)) = broken(&judged).filter(|(.., taken)| taken.is_none() || some && program.slips.is_empty()) else { return };
    if let Some((_, node)) = way.bare.iter().find(|(start, _)| *start == at) {
        let text = program.one_line(*node);
        let message = format!("`{text}` is a text and stands without quotes, so what is printed is no JSON: write `{}`", in_json(&text));
        found.push(Spot::at(program, *node, Code::NeverJson, message));
        return;
    }
    if let Some(line) = second_half(&program.source.text).filter(|_| taken.is_none()) {
        let message = format!("the template of a request and that of a response stand here in one (the second from line {line} on), so what is printed is no JSON: give each a file of its own");
        found.push(Spot::at_start(program, Code::NeverJson, message));
        return;
    }
    let around = way.around(at);
    let message = match taken {
        None => format!("what this prints is JSON on no way through the template: it breaks at `{around}`"),
        Some(TakenBranch { node, rows: Some(_) }) => format!(
            "with more than one row this loop prints no JSON (it breaks at `{around}`): write `#if( $foreach.hasNext ),#end` behind each row{}",
            in_line(program.place(node).line)
        ),
        Some(_) => format!("with this branch what the template prints is never JSON: it breaks at `{around}`"),
    };
    let node = taken.map(|taken| taken.node).or_else(|| way.place(at));
    let spot = match node {
        Some(node) => Spot::at(program, node, Code::NeverJson, message),
        None => Spot::at_start(program, Code::NeverJson, message),
    };
    let exact = way.source(at, &program.source.text).filter(|_| taken.is_none());
    found.push(match exact.map(|at| program.source.place(at as u32)) {
        Some(place) => Spot { line: Some(place.line), column: Some(place.column), ..spot },
        None => spot,
    });
}

/// A way that is no JSON: the first where all are so, else the first through a branch of which no way is JSON.
fn broken<'w>(judged: &[(&'w Way, Option<usize>)]) -> Option<(&'w Way, usize, Option<TakenBranch>)> {
    let (way, at) = judged.iter().find_map(|(way, at)| Some((*way, (*at)?)))?;
    if judged.iter().all(|(_, at)| at.is_some()) {
        return Some((way, at, None));
    }
    let mut all: Vec<TakenBranch> = judged.iter().filter(|(_, at)| at.is_some()).flat_map(|(way, _)| way.taken.clone()).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().find_map(|taken| {
        let mut through = judged.iter().filter(|(way, _)| way.taken.contains(&taken));
        let (way, at) = through.next()?;
        let at = (*at)?;
        through.all(|(_, at)| at.is_some()).then_some((*way, at, Some(taken)))
    })
}

/// The line of a comment such as `## Response mapping template`, behind a request.
fn second_half(text: &str) -> Option<usize> {
    let mut asked = false;
    text.lines().enumerate().find_map(|(at, line)| {
        asked |= line.contains("\"version\"");
        let comment = line.trim_start().strip_prefix("##")?.to_ascii_lowercase();
        (asked && comment.contains("response") && (comment.contains("mapping") || comment.contains("template"))).then_some(at + 1)
    })
}

fn in_json(text: &str) -> String {
    if text.contains('"') { format!("$util.toJson( {text} )") } else { format!("$util.toJson({text})") }
}

fn in_line(line: u32) -> String {
    format!(" (line {line})")
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
    /// Where texts stand without quotes, and what prints them.
    bare: Vec<(usize, NodeId)>,
    /// The branches that it took.
    taken: Vec<TakenBranch>,
    /// A branch said that the data source refused, so that `$ctx.error` is there.
    failed: bool,
}

/// A branch, or a loop with so many rows where that is more than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TakenBranch {
    node: NodeId,
    rows: Option<u8>,
}

impl Way {
    /// Whether the value of a member of this name comes next.
    fn awaits(&self, name: &str) -> bool {
        let before = self.text.trim_end().strip_suffix(':').map(str::trim_end);
        before.is_some_and(|before| before.strip_suffix('"').is_some_and(|before| before.ends_with(&format!("\"{name}"))))
    }

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

struct JsonWalk {
    /// The ways that lead to the place that was reached.
    ways: Vec<Way>,
    undecided: bool,
}

impl<'p> Visit<'p> for JsonWalk {
    fn block(&mut self, block: &'p Block) {
        for statement in block {
            if self.undecided {
                break;
            }
            self.statement(statement);
            self.undecided |= self.ways.len() > WAYS || self.ways.iter().any(|way| way.text.len() > LONGEST);
        }
    }

    fn printed_text(&mut self, text: &'p str) {
        self.ways.iter_mut().filter(|way| !way.refused).for_each(|way| way.text += text);
    }

    /// One that is printed: none in an expression is come to.
    fn reference(&mut self, reference: &'p Reference) {
        let mut ways = std::mem::take(&mut self.ways);
        ways.iter_mut().filter(|way| !way.refused).for_each(|way| self.print(reference, way));
        self.ways = ways;
    }

    fn set(&mut self, _set: &'p Set) {}

    fn choice(&mut self, parts: &'p If) {
        let mut before = std::mem::take(&mut self.ways);
        let mut out = Vec::new();
        for branch in &parts.branches {
            let mut ways = mark(&before, branch.condition.node);
            if asks_reasons(&branch.condition) {
                ways.iter_mut().for_each(|way| way.failed = true);
            }
            out.extend(self.through(&branch.body, ways));
            if asks_error(&branch.condition) {
                before.retain(|way| !way.failed || way.refused);
            }
        }
        out.extend(match &parts.otherwise {
            Some((node, body)) => self.through(body, mark(&before, *node)),
            None => before,
        });
        self.ways = same(out);
    }

    /// None, one and two rows: what stands between them shows with two.
    fn foreach(&mut self, each: &'p Foreach) {
        let mut out = std::mem::take(&mut self.ways);
        let one = self.through(&each.body, mark(&out, each.node));
        let mut again = one.clone();
        let rows = TakenBranch { node: each.node, rows: Some(2) };
        again.iter_mut().filter(|way| !way.taken.contains(&rows)).for_each(|way| way.taken.push(rows));
        let two = self.through(&each.body, again);
        out.extend(one);
        out.extend(two);
        self.ways = same(out);
    }

    /// What `#return` hands out, and what stands in front of it, is not judged here.
    fn leaves(&mut self, _node: NodeId, _value: Option<&'p Expression>) {
        self.undecided = true;
    }
}

impl JsonWalk {
    /// The ways behind a block that is come to on these.
    fn through(&mut self, block: &Block, ways: Vec<Way>) -> Vec<Way> {
        self.ways = ways;
        self.block(block);
        std::mem::take(&mut self.ways)
    }

    fn print(&mut self, reference: &Reference, way: &mut Way) {
        way.nodes.push((way.text.len(), reference.node));
        if matches!(reference.util(), Some(Method::Error | Method::Unauthorized)) {
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
            _ if is_text(reference) && (!is_page(reference) || way.awaits("nextToken")) => {
                way.bare.push((way.text.len(), reference.node));
                way.text.push('x');
            }
            Some(function) if function.name.starts_with("nowEpoch") || gives_number(reference) => way.text.push('0'),
            // `$list.add(…)` prints `true`, `$map.put(…)` its own text: nobody means that.
            None if prints_call(reference) => way.text += "true",
            // A value that a text of the caller's may be: it stands where a value stands.
            None if matches!(reference.root, Slot::CTX | Slot::CONTEXT) && !reference.quiet => way.text.push('0'),
            // A piece of JSON, built before: anything.
            _ => self.undecided = true,
        }
    }
}

/// A text whatever the request: an id or a time that is made here, who the caller is, where the next page begins.
fn is_text(reference: &Reference) -> bool {
    let Some(function) = reference.function else {
        let own = matches!(reference.root, Slot::CTX | Slot::CONTEXT) && !reference.quiet && reference.backslashes == 0;
        return own && (is_page(reference) || path::whole(reference).is_some_and(|names| matches!(names.as_slice(), ["identity", "sub" | "username"])));
    };
    let made = matches!(function.name, "autoId" | "autoUlid" | "autoKsuid" | "nowISO8601");
    let itself = matches!(reference.steps.last().map(|step| &step.kind), Some(StepKind::Method { name, .. }) if name == function.name);
    made && itself || is_page(reference)
}

/// Where the next page begins, as it was sent, or `$util.defaultIfNullOrEmpty($ctx.args.nextToken, "")`, whose default is no
/// JSON either.
fn is_page(reference: &Reference) -> bool {
    let Some(default) = default_of(reference) else {
        let own = reference.function.is_none() && matches!(reference.root, Slot::CTX | Slot::CONTEXT);
        let names = path::whole(reference).filter(|_| own).unwrap_or_default();
        return matches!(names.as_slice(), ["arguments", .., "nextToken"] | ["result", "nextToken"]);
    };
    let no_json = match &default.1.kind {
        Kind::Null => true,
        Kind::String(text) => serde_json::from_str::<serde::de::IgnoredAny>(text).is_err(),
        _ => false,
    };
    no_json && is_page(default.0)
}

/// `$util.defaultIfNull($ctx.args.limit, 25)`: a value where a value stands.
fn gives_number(reference: &Reference) -> bool {
    default_of(reference).is_some_and(|(value, default)| {
        matches!(default.kind, Kind::Number(_)) && value.function.is_none() && matches!(value.root, Slot::CTX | Slot::CONTEXT)
    })
}

/// The value, and what stands for it where it is missing.
fn default_of(reference: &Reference) -> Option<(&Reference, &Expression)> {
    let (Some(called), [Expression { kind: Kind::Reference(value), .. }, default]) = reference.last_call()? else { return None };
    called.gives_default().then_some((value, default))
}

/// `#if( !$util.isNull($ctx.result.cancellationReasons) )`: DynamoDB cancelled a transaction, and then AppSync sets `$ctx.error` too
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/tutorial-dynamodb-transact.html>).
fn asks_reasons(condition: &Expression) -> bool {
    asked_names(condition).is_some_and(|names| names == ["result", "cancellationReasons"])
}

/// `#if( $ctx.error )`
fn asks_error(condition: &Expression) -> bool {
    asked_names(condition).is_some_and(|names| names == ["error"])
}

fn asked_names(condition: &Expression) -> Option<Vec<&str>> {
    let asked = asked_present(condition).filter(|asked| matches!(asked.root, Slot::CTX | Slot::CONTEXT))?;
    path::whole(asked)
}

fn prints_call(reference: &Reference) -> bool {
    !reference.quiet
        && matches!(reference.steps.last().map(|step| &step.kind),
            Some(StepKind::Method { method: Some(Method::Add), args, .. }) if args.len() == 1)
}

fn mark(ways: &[Way], node: NodeId) -> Vec<Way> {
    let mut ways = ways.to_vec();
    let taken = TakenBranch { node, rows: None };
    for way in ways.iter_mut().filter(|way| !way.refused) {
        way.nodes.push((way.text.len(), node));
        if !way.taken.contains(&taken) {
            way.taken.push(taken);
        }
    }
    ways
}

/// Ways that print the same are one, which took the branches of all of them.
fn same(ways: Vec<Way>) -> Vec<Way> {
    let mut seen: indexmap::IndexMap<(String, bool, bool), Way> = indexmap::IndexMap::new();
    for way in ways {
        match seen.entry((way.text.clone(), way.refused, way.failed)) {
            indexmap::map::Entry::Vacant(free) => {
                free.insert(way);
            }
            indexmap::map::Entry::Occupied(mut known) => {
                let known = &mut known.get_mut().taken;
                let more: Vec<TakenBranch> = way.taken.into_iter().filter(|taken| !known.contains(taken)).collect();
                known.extend(more);
            }
        }
    }
    seen.into_values().collect()
}
