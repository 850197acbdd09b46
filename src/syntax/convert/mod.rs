//! The parser's pairs to the tree: one function for each grammar rule that has a node.

mod expression;
mod reference;
mod slips;
mod text;

use super::ast::*;
use super::{Rule, error};
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use ecow::{EcoString, eco_format};
use indexmap::IndexSet;
use pest::iterators::{Pair, Pairs};
use rustc_hash::FxBuildHasher;
use text::push_text;

type Converted<T> = Result<T, Box<Diagnostic>>;

/// Converts a whole template.
pub(super) fn program(source: &Source, mut pairs: Pairs<'_, Rule>) -> Converted<Program> {
    let mut converter = Converter {
        source,
        names: Slot::FIXED.iter().map(|name| EcoString::from(*name)).collect(),
        spans: Vec::new(),
        segments: vec![(0, 0)],
        in_call: false,
        terms: 0,
        bare_nulls: Vec::new(),
        more: Vec::new(),
        slips: Vec::new(),
    };
    let template = pairs.next().map(Pair::into_inner);
    let body = template.map_or_else(|| Ok(Vec::new()), |statements| converter.statements(statements))?;
    let Converter { names, spans, bare_nulls, slips, .. } = converter;
    Ok(Program { source: source.clone(), body, names: names.into_iter().collect(), spans, bare_nulls, slips, traits: Default::default() })
}

struct Converter<'s> {
    source: &'s Source,
    names: IndexSet<EcoString, FxBuildHasher>,
    spans: Vec<Span>,
    /// Where the text at hand stands in the source: (offset in it, offset in the source), ascending. A string's text
    /// has one segment for each doubled quote or `\u` escape in it.
    segments: Vec<(usize, usize)>,
    /// Inside a call's arguments any bare word is null; elsewhere only `null` is.
    in_call: bool,
    /// Operands and operators of the expressions around the place at hand, which bound how deep their tree may become.
    terms: usize,
    bare_nulls: Vec<NodeId>,
    /// Further `$` before references in the statement at hand: offsets in its text, ascending.
    more: Vec<std::ops::Range<usize>>,
    slips: Vec<TemplateSlip>,
}

impl Converter<'_> {
    fn offset(&self, inner: usize) -> usize {
        let at = self.segments.partition_point(|segment| segment.0 <= inner).max(1) - 1;
        (self.segments[at].1 + inner - self.segments[at].0).min(self.source.text.len())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.offset(start), self.offset(end))
    }

    fn pair_span(&self, pair: &Pair<'_, Rule>) -> Span {
        let span = pair.as_span();
        let end = span.start() + span.as_str().trim_end().len();
        self.span(span.start(), end.max(span.start()))
    }

    fn node(&mut self, span: Span) -> NodeId {
        self.spans.push(span);
        NodeId(self.spans.len() as u32 - 1)
    }

    fn slot(&mut self, name: &str) -> Slot {
        Slot(match self.names.get_index_of(name) {
            Some(at) => at,
            None => self.names.insert_full(name.into()).0,
        } as u32)
    }

    fn error(&self, pair: &Pair<'_, Rule>, message: impl Into<String>) -> Box<Diagnostic> {
        Box::new(Diagnostic::error(self.source, "parse", message, self.pair_span(pair)))
    }

    fn statements(&mut self, pairs: Pairs<'_, Rule>) -> Converted<Block> {
        let mut block = Vec::new();
        for pair in pairs {
            self.more.clear();
            self.statement(pair, &mut block)?;
        }
        Ok(block)
    }

    fn statement(&mut self, pair: Pair<'_, Rule>, block: &mut Block) -> Converted<()> {
        match pair.as_rule() {
            Rule::text | Rule::hash | Rule::brace => push_text(block, pair.as_str()),
            Rule::plain_directive => {
                self.plain_slip(&pair);
                push_text(block, pair.as_str());
            }
            Rule::comment | Rule::EOI => {}
            Rule::raw => {
                if let Some(text) = pair.into_inner().next() {
                    push_text(block, text.as_str());
                }
            }
            Rule::dollar => text::dollar(pair, block),
            Rule::slashed_hash => pair.into_inner().for_each(|text| push_text(block, text.as_str())),
            Rule::escaped_directive => push_text(block, &text::escaped_directive(pair.as_str())),
            Rule::escape => text::escape(&pair, block),
            Rule::reference => self.print(pair, block)?,
            Rule::set => block.push(self.set(pair)?),
            Rule::if_block => block.push(self.if_block(pair)?),
            Rule::foreach_block => block.extend(self.foreach_block(pair)?),
            Rule::literal_block => {
                let [args, body] = take(pair.into_inner().take(2));
                let args: Vec<_> = args.into_inner().collect();
                self.no_words(&args)?;
                // Velocity prints the directive's first part, which an argument is.
                push_text(block, args.first().map_or(body.as_str(), Pair::as_str));
            }
            Rule::break_directive | Rule::stop_directive | Rule::return_directive => block.push(self.exit(pair)?),
            Rule::unsupported => return Err(Box::new(error::unsupported(self.source, self.pair_span(&pair)))),
            _ => return Err(self.error(&pair, format!("did not expect `{}` here", pair.as_str()))),
        }
        Ok(())
    }

    fn set(&mut self, pair: Pair<'_, Rule>) -> Converted<Statement> {
        let leading = pair.as_str().len() - pair.as_str().trim_start().len();
        let whole = self.pair_span(&pair);
        let node = self.node(Span { start: self.offset(pair.as_span().start() + leading) as u32, ..whole });
        let [target, value] = take(pair.into_inner());
        let mut target = self.reference(target)?;
        if target.steps.is_empty() && (target.quiet || target.formal) {
            // In 1.7 `#set($!x = …)` and `#set(${x} = …)` set a variable that no reference can name.
            let lost = match (target.quiet, target.formal) {
                (true, true) => "!{".into(),
                (false, _) => "{".into(),
                (true, false) => eco_format!("!{}", self.names[target.root.0 as usize]),
            };
            target.root = self.slot(&lost);
        }
        Ok(Statement::Set(Set { node, target, value: self.expression(value)? }))
    }

    fn if_block(&mut self, pair: Pair<'_, Rule>) -> Converted<Statement> {
        let node = self.node(self.pair_span(&pair));
        let start = pair.as_span().start();
        let mut parts = pair.into_inner();
        let [condition, body] = take(parts.by_ref().take(2));
        let mut branches = vec![self.branch(start, condition, body)?];
        let mut otherwise = None;
        for part in parts {
            let start = part.as_span().start();
            if part.as_rule() == Rule::elseif_part {
                let [condition, body] = take(part.into_inner());
                branches.push(self.branch(start, condition, body)?);
            } else if part.as_rule() == Rule::else_part {
                let node = self.node(self.pair_span(&part));
                self.else_slip(&part, node);
                let [body] = take(part.into_inner());
                otherwise = Some((node, self.statements(body.into_inner())?));
            }
        }
        Ok(Statement::If(If { node, branches, otherwise }))
    }

    fn branch(&mut self, start: usize, condition: Pair<'_, Rule>, body: Pair<'_, Rule>) -> Converted<Branch> {
        let node = self.node(self.span(start, condition.as_span().end() + 1));
        Ok(Branch { node, condition: self.expression(condition)?, body: self.statements(body.into_inner())? })
    }

    /// Velocity takes a bare word as the second argument of `#foreach` only.
    fn no_words(&self, args: &[Pair<'_, Rule>]) -> Converted<()> {
        match args.iter().find(|argument| argument.as_rule() == Rule::argument_word) {
            Some(word) if word.as_str() == "null" => {
                Err(self.error(word, "AppSync takes no bare `null` here").help_boxed(
                    "`#return` alone returns null; elsewhere name a variable that nothing sets, such as $null",
                ))
            }
            Some(word) => Err(self.error(word, format!("the bare word `{}` is not a value", word.as_str()))),
            None => Ok(()),
        }
    }

    fn foreach_block(&mut self, pair: Pair<'_, Rule>) -> Converted<Option<Statement>> {
        let head = pair.clone();
        let [args, body, _] = take(pair.into_inner());
        let node =
            self.node(self.span(head.as_span().start(), args.as_span().start() + args.as_str().trim_end().len()));
        let args: Vec<_> = args.into_inner().collect();
        if args.len() < 2 {
            let error = self.error(&head, "#foreach needs `( $item in $list )`");
            return Err(error.help_boxed("three words, the last a list"));
        }
        self.no_words(&args[..1])?;
        self.no_words(&args[2..])?;
        let mut body = self.statements(body.into_inner())?;
        self.more.clear();
        let mut args = args.into_iter();
        let (Some(item), Some(_), Some(list)) = (args.next(), args.next(), args.next()) else {
            // Without a list Velocity walks the body's value, which is none.
            return Ok(None);
        };
        // A fourth argument stands where Velocity looks for the body.
        if let Some(extra) = args.next() {
            body = Vec::new();
            if extra.as_rule() == Rule::reference {
                self.print(extra, &mut body)?;
            }
        }
        let item = match item.as_rule() {
            Rule::reference => self.reference(item)?.root,
            // Velocity takes anything here; a variable without a name that can be written is never seen again.
            _ => self.slot(item.as_str().get(1..).unwrap_or("")),
        };
        let list = self.value(list)?;
        Ok(Some(Statement::Foreach(Foreach { node, item, list, body })))
    }

    fn exit(&mut self, pair: Pair<'_, Rule>) -> Converted<Statement> {
        let node = self.node(self.pair_span(&pair));
        let rule = pair.as_rule();
        let whole = pair.clone();
        let args: Vec<_> = pair.into_inner().flat_map(Pair::into_inner).collect();
        self.no_words(&args)?;
        if args.is_empty() && rule == Rule::return_directive {
            self.return_slip(&whole, node);
        }
        let mut args = args.into_iter();
        let argument = args.next().map(|argument| self.value(argument)).transpose()?;
        if args.next().is_some() && rule != Rule::return_directive {
            return Err(self.error(&whole, "this directive takes one value at most"));
        }
        Ok(match rule {
            Rule::break_directive => Statement::Break { node, scope: argument },
            Rule::stop_directive => Statement::Stop { node },
            _ => Statement::Return { node, value: argument },
        })
    }

    // ---- References ----
}

trait HelpBoxed {
    fn help_boxed(self, help: &str) -> Self;
}

impl HelpBoxed for Box<Diagnostic> {
    fn help_boxed(self, help: &str) -> Self {
        Box::new((*self).help(help))
    }
}

/// The pairs of a rule with a fixed shape. The grammar guarantees it; a mismatch is a mistake in this crate.
fn take<'i, const N: usize>(pairs: impl Iterator<Item = Pair<'i, Rule>>) -> [Pair<'i, Rule>; N] {
    let pairs: Vec<_> = pairs.collect();
    pairs.try_into().unwrap_or_else(|_| unreachable!("the grammar gives this rule {N} parts"))
}
