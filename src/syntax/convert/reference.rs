//! References and their chains.

use super::text::push_text;
use super::{Converted, Converter, take};
use crate::appsync::util;
use crate::source::Span;
use crate::syntax::{Block, Reference, Rule, Slot, Statement, Step, StepKind};
use crate::value::method::Method;
use ecow::EcoString;
use pest::iterators::{Pair, Pairs};
use std::ops::Range;

impl Converter<'_> {
    pub(super) fn print(&mut self, pair: Pair<'_, Rule>, block: &mut Block) -> Converted<()> {
        let (mut more, mut after) = (EcoString::new(), EcoString::new());
        for part in pair.clone().into_inner() {
            match part.as_rule() {
                Rule::more => more.push_str(part.as_str()),
                Rule::slash_bang => {
                    push_text(block, &slash_bang(part));
                    return Ok(());
                }
                Rule::hashes => after.push_str(part.as_str()),
                // Velocity takes `{word}` after a reference for a reference without `$` and prints its first token.
                Rule::runt => part.into_inner().take(1).for_each(|braces| after.push_str(braces.as_str())),
                Rule::word_runt | Rule::dotted => {
                    part.into_inner().take(1).for_each(|name| after.push_str(name.as_str()))
                }
                _ => {}
            }
        }
        let rest = &pair.get_input()[pair.as_span().end()..];
        let mut reference = self.reference(pair)?;
        if rest.starts_with(':') {
            self.claim_slip(reference.node, self.spans[reference.node.0 as usize], rest);
        }
        if reference.backslashes % 2 == 0 {
            reference.more = more;
        }
        block.push(Statement::Print(reference));
        push_text(block, &after);
        Ok(())
    }

    pub(super) fn reference(&mut self, pair: Pair<'_, Rule>) -> Converted<Reference> {
        let (mut start, mut end) = (pair.as_span().start(), pair.as_span().end());
        let text_start = start;
        let text = pair.as_str();
        let (mut backslashes, mut quiet, mut is_formal) = (0, false, false);
        let mut root = Slot(0);
        let mut steps = Vec::new();
        // The node comes before those of its steps, so that its number is the smaller one.
        let node = self.node(Span::default());
        let mut parts = pair.into_inner();
        while let Some(part) = parts.peek() {
            match part.as_rule() {
                Rule::backslashes => backslashes = part.as_str().len() as u32,
                Rule::more => self.more.push(part.as_span().start()..part.as_span().end()),
                Rule::mark => {
                    start = part.as_span().start();
                    quiet = part.as_str().ends_with('!');
                }
                Rule::formal => {
                    is_formal = true;
                    end = part.as_span().end();
                    let mut inner = part.into_inner();
                    let nameless = inner.peek().is_some_and(|first| first.as_rule() == Rule::inner_dollars);
                    inner.by_ref().take(usize::from(nameless)).for_each(drop);
                    self.chain(inner, &mut root, &mut steps)?;
                    if nameless {
                        root = self.slot("");
                    }
                }
                // `$\!name` computes nothing: a variable that no one can set.
                Rule::slash_bang => root = self.slot(""),
                Rule::name => {
                    end = self.chain(parts, &mut root, &mut steps)?;
                    break;
                }
                _ => {}
            }
            parts.next();
        }
        let span = self.span(start, end);
        self.spans[node.0 as usize] = span;
        // A link is shown with the chain that leads to it: `$util.unauthorized()`, not `.unauthorized()`.
        for step in &steps {
            self.spans[step.node.0 as usize].start = span.start;
        }
        let hidden = quiet && backslashes.is_multiple_of(2);
        let literal = if hidden { EcoString::new() } else { self.without_more(text, text_start, start..end) };
        let function = self.function(root, &steps);
        Ok(Reference {
            node,
            root,
            steps,
            quiet,
            formal: is_formal,
            literal,
            backslashes,
            more: EcoString::new(),
            function,
        })
    }

    /// The text of a reference that begins at `start`, where 1.7 has lost the further `$` before its arguments.
    fn without_more(&self, text: &str, start: usize, range: Range<usize>) -> EcoString {
        let mut literal = EcoString::new();
        let mut at = range.start;
        let first = self.more.partition_point(|more| more.start < range.start);
        for more in self.more[first..].iter().filter(|more| more.end <= range.end) {
            literal.push_str(&text[at - start..more.start - start]);
            at = more.end;
        }
        literal.push_str(&text[at - start..range.end - start]);
        literal
    }

    /// The links of a reference, and where the last one ends.
    fn chain(&mut self, mut parts: Pairs<'_, Rule>, root: &mut Slot, steps: &mut Vec<Step>) -> Converted<usize> {
        let mut end = 0;
        while let Some(part) = parts.next() {
            let kind = match part.as_rule() {
                Rule::name => {
                    *root = self.slot(part.as_str());
                    end = part.as_span().end();
                    continue;
                }
                Rule::member => match parts.peek().filter(|next| next.as_rule() == Rule::call) {
                    Some(call) => {
                        parts.next();
                        self.call(part.as_str(), call, &mut end)?
                    }
                    None => {
                        end = part.as_span().end();
                        StepKind::Property(part.as_str().into())
                    }
                },
                Rule::index => {
                    end = part.as_span().end();
                    let [value] = take(part.clone().into_inner());
                    StepKind::Index(self.value(value)?)
                }
                _ => break,
            };
            let node = self.node(self.span(part.as_span().start(), end));
            steps.push(Step { node, kind });
        }
        Ok(end)
    }

    fn call(&mut self, name: &str, call: Pair<'_, Rule>, end: &mut usize) -> Converted<StepKind> {
        *end = call.as_span().end();
        let outside = std::mem::replace(&mut self.in_call, true);
        let args = call.into_inner().map(|argument| self.value(argument)).collect::<Converted<_>>();
        self.in_call = outside;
        Ok(StepKind::Method { method: Method::parse(name), name: name.into(), args: args? })
    }

    /// `$util.name( … )`, `$util.time.name( … )`, `$extensions.name( … )`, resolved here and now.
    fn function(&self, root: Slot, steps: &[Step]) -> Option<&'static util::Function> {
        let base = match root {
            Slot::UTIL | Slot::UTILS => "util",
            Slot::EXTENSIONS => "extensions",
            _ => return None,
        };
        match steps {
            [Step { kind: StepKind::Method { name, .. }, .. }, ..] => util::find(base, name),
            [Step { kind: StepKind::Property(space), .. }, Step { kind: StepKind::Method { name, .. }, .. }, ..] => {
                util::find(&format!("{base}.{space}"), name)
            }
            _ => None,
        }
    }
}

/// `$\!name` prints with one backslash less and without its chain.
fn slash_bang(pair: Pair<'_, Rule>) -> String {
    let mut out = String::from("$");
    let braced = pair.as_str().contains("!{");
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::slashes => out.push_str(&part.as_str()[1..]),
            Rule::name => {
                out.push('!');
                out.push_str(if braced { "{" } else { part.as_str() });
                break;
            }
            _ => {}
        }
    }
    out
}
