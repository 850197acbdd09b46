//! The parser's pairs to the tree: one function for each grammar rule that has a node.

use super::ast::*;
use super::{Grammar, Rule, error};
use crate::appsync::util;
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use crate::value::method::Method;
use ecow::{EcoString, eco_format};
use indexmap::IndexSet;
use pest::Parser as _;
use pest::iterators::{Pair, Pairs};
use pest::pratt_parser::{Assoc, Op, PrattParser};
use std::sync::LazyLock;

/// Characters of an integer literal.
const MOST_DIGITS: usize = 1_000;

/// Trees of expressions are walked by recursion.
const MAX_TERMS: usize = 2_000;

type Converted<T> = Result<T, Box<Diagnostic>>;

/// Weakest first.
static OPERATORS: LazyLock<PrattParser<Rule>> = LazyLock::new(|| {
    let left = |rule| Op::infix(rule, Assoc::Left);
    PrattParser::new()
        .op(left(Rule::or))
        .op(left(Rule::and))
        .op(left(Rule::equal) | left(Rule::not_equal))
        .op(left(Rule::less) | left(Rule::less_equal) | left(Rule::greater) | left(Rule::greater_equal))
        .op(left(Rule::add) | left(Rule::subtract))
        .op(left(Rule::multiply) | left(Rule::divide) | left(Rule::modulo))
        .op(Op::prefix(Rule::not))
});

/// Converts a whole template.
pub(super) fn program(source: &Source, mut pairs: Pairs<'_, Rule>) -> Converted<Program> {
    let mut converter = Converter {
        source,
        names: Slot::FIXED.iter().map(|name| EcoString::from(*name)).collect(),
        spans: Vec::new(),
        segments: vec![(0, 0)],
        in_call: false,
        terms: 0,
    };
    let template = pairs.next().map(Pair::into_inner);
    let body = template.map_or_else(|| Ok(Vec::new()), |statements| converter.statements(statements))?;
    Ok(Program { source: source.clone(), body, names: converter.names.into_iter().collect(), spans: converter.spans })
}

struct Converter<'s> {
    source: &'s Source,
    names: IndexSet<EcoString>,
    spans: Vec<Span>,
    /// Where the text at hand stands in the source: (offset in it, offset in the source), ascending. A string's text
    /// has one segment for each doubled quote or `\u` escape in it.
    segments: Vec<(usize, usize)>,
    /// Inside a call's arguments any bare word is null; elsewhere only `null` is.
    in_call: bool,
    /// Operands and operators of the expressions around the place at hand, which bound how deep their tree may become.
    terms: usize,
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
            self.statement(pair, &mut block)?;
        }
        Ok(block)
    }

    fn statement(&mut self, pair: Pair<'_, Rule>, block: &mut Block) -> Converted<()> {
        match pair.as_rule() {
            Rule::text | Rule::hash | Rule::brace | Rule::plain_directive => push_text(block, pair.as_str()),
            Rule::comment | Rule::EOI => {}
            Rule::raw => {
                if let Some(text) = pair.into_inner().next() {
                    push_text(block, text.as_str());
                }
            }
            Rule::dollar => dollar(pair, block),
            Rule::slashed_hash => pair.into_inner().for_each(|text| push_text(block, text.as_str())),
            Rule::escaped_directive => push_text(block, &escaped_directive(pair.as_str())),
            Rule::escape => escape(&pair, block),
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
            Some(word) => Err(self.error(word, format!("the bare word `{}` is no value", word.as_str()))),
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

    fn print(&mut self, pair: Pair<'_, Rule>, block: &mut Block) -> Converted<()> {
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
        let mut reference = self.reference(pair)?;
        if reference.backslashes % 2 == 0 {
            reference.more = more;
        }
        block.push(Statement::Print(reference));
        push_text(block, &after);
        Ok(())
    }

    fn reference(&mut self, pair: Pair<'_, Rule>) -> Converted<Reference> {
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
        let literal = if quiet { EcoString::new() } else { text[start - text_start..end - text_start].into() };
        let literal =
            if quiet && backslashes % 2 == 1 { text[start - text_start..end - text_start].into() } else { literal };
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

    // ---- Expressions and values ----

    fn expression(&mut self, pair: Pair<'_, Rule>) -> Converted<Expression> {
        let whole = self.pair_span(&pair);
        let parts = pair.into_inner();
        let terms = parts.len();
        self.terms += terms;
        if self.terms > MAX_TERMS {
            let message =
                format!("more than {MAX_TERMS} operators and operands in one expression (limit `expression`)");
            return Err(Box::new(
                Diagnostic::error(self.source, "limit", message, whole).help("#set a part of it first"),
            ));
        }
        let this = std::cell::RefCell::new(&mut *self);
        // Beside each operand stands its span with the parentheses around it, so that the text of what is made of it is
        // whole: `(a) || (b)`, not `a) || (b`.
        let parsed = OPERATORS
            .map_primary(|pair| {
                let mut this = this.borrow_mut();
                let whole = this.pair_span(&pair);
                let group = pair.as_rule() == Rule::group;
                let value = this.value(pair)?;
                let span = if group { whole } else { this.spans[value.node.0 as usize] };
                Ok((value, span))
            })
            .map_prefix(|operator, operand: Converted<(Expression, Span)>| {
                let (mut this, (operand, inner)) = (this.borrow_mut(), operand?);
                let span = Span { start: this.pair_span(&operator).start, end: inner.end };
                Ok((Expression { node: this.node(span), kind: ExpressionKind::Not(Box::new(operand)) }, span))
            })
            .map_infix(|left, operator, right| {
                let ((left, start), (right, end)) = (left?, right?);
                let mut this = this.borrow_mut();
                let span = Span { start: start.start, end: end.end };
                let kind = infix(operator.as_rule(), Box::new((left, right)));
                Ok((Expression { node: this.node(span), kind }, span))
            })
            .parse(parts);
        self.terms -= terms;
        parsed.map(|(expression, _)| expression)
    }

    fn value(&mut self, pair: Pair<'_, Rule>) -> Converted<Expression> {
        if pair.as_rule() == Rule::reference {
            let reference = self.reference(pair)?;
            return Ok(Expression { node: reference.node, kind: ExpressionKind::Reference(reference) });
        }
        if pair.as_rule() == Rule::group {
            let [inner] = take(pair.into_inner());
            return self.expression(inner);
        }
        let node = self.node(self.pair_span(&pair));
        let kind = match pair.as_rule() {
            Rule::string => self.string(pair)?,
            Rule::integer if pair.as_str().len() > MOST_DIGITS => {
                return Err(
                    self.error(&pair, format!("a number of more than {MOST_DIGITS} digits (limit `number length`)"))
                );
            }
            Rule::integer => ExpressionKind::Number(integer(pair.as_str())),
            Rule::float => ExpressionKind::Number(NumberLiteral::Double(pair.as_str().parse().unwrap_or(f64::NAN))),
            Rule::boolean | Rule::dollar_boolean => ExpressionKind::Boolean(pair.as_str().ends_with("true")),
            Rule::list => self.list(pair)?,
            Rule::map => {
                let mut entries = Vec::new();
                for entry in pair.into_inner() {
                    let [key, value] = take(entry.into_inner());
                    entries.push((self.value(key)?, self.value(value)?));
                }
                ExpressionKind::Map(entries)
            }
            Rule::word | Rule::argument_word if pair.as_str() == "null" => ExpressionKind::Null,
            Rule::word
                if self.in_call
                    && pair.as_str().starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_') =>
            {
                ExpressionKind::Null
            }
            _ => {
                return Err(self
                    .error(&pair, format!("did not expect `{}` here", pair.as_str()))
                    .help_boxed("a variable begins with $, a text stands in quotes"));
            }
        };
        Ok(Expression { node, kind })
    }

    fn list(&mut self, pair: Pair<'_, Rule>) -> Converted<ExpressionKind> {
        let mut items: Vec<_> = pair.into_inner().collect();
        match items.pop_if(|item| item.as_rule() == Rule::range_tail) {
            Some(tail) => {
                let [to] = take(tail.into_inner());
                let from = items.swap_remove(0);
                for bound in [&from, &to] {
                    if !matches!(bound.as_rule(), Rule::reference | Rule::integer) {
                        return Err(self.error(bound, "a range runs from one integer or reference to another"));
                    }
                }
                Ok(ExpressionKind::Range(Box::new((self.value(from)?, self.value(to)?))))
            }
            None => Ok(ExpressionKind::List(items.into_iter().map(|item| self.value(item)).collect::<Converted<_>>()?)),
        }
    }

    fn string(&mut self, pair: Pair<'_, Rule>) -> Converted<ExpressionKind> {
        let whole = pair.clone();
        let [text] = take(pair.into_inner());
        let raw = text.as_str();
        if text.as_rule() == Rule::single_text {
            return Ok(ExpressionKind::String(raw.replace("''", "'").into()));
        }
        let (content, segments) =
            unescape(raw).ok_or_else(|| self.error(&whole, "`\\u` needs four hexadecimal digits after it"))?;
        if !raw.contains(['$', '#']) {
            return Ok(ExpressionKind::String(content.into()));
        }
        // Velocity parses the text with a blank after it, so that it may end in `$` or `#`, and cuts that blank off again.
        let commented = content.contains("##");
        let template = if commented { content } else { content + " " };
        let source = Source::new(self.source.name.clone(), template.as_str());
        super::nesting::outline(&source)
            .map_err(|_| self.error(&whole, "nested deeper than 200 levels (limit `nesting`)"))?;
        let mut pairs = Grammar::parse(Rule::template, &template).map_err(|_| {
            self.error(&whole, "what stands in this string is no template")
                .help_boxed("double quotes interpolate references and directives; in single quotes text stays text")
        })?;
        let start = text.as_span().start();
        let segments = segments.iter().map(|(inner, outer)| (*inner, self.offset(start + outer))).collect();
        let outer = std::mem::replace(&mut self.segments, segments);
        let outside = std::mem::replace(&mut self.in_call, false);
        let body = pairs.next().map_or_else(|| Ok(Vec::new()), |template| self.statements(template.into_inner()));
        (self.segments, self.in_call) = (outer, outside);
        let mut body = body?;
        let mut trim = !commented;
        if let (true, Some(Statement::Text(last))) = (trim, body.last_mut())
            && last.ends_with(' ')
        {
            last.pop();
            trim = false;
        }
        Ok(ExpressionKind::Interpolated { body, trim })
    }
}

trait HelpBoxed {
    fn help_boxed(self, help: &str) -> Self;
}

impl HelpBoxed for Box<Diagnostic> {
    fn help_boxed(self, help: &str) -> Self {
        Box::new((*self).help(help))
    }
}

fn infix(rule: Rule, sides: Box<(Expression, Expression)>) -> ExpressionKind {
    use Comparison as C;
    use Operator as O;
    match rule {
        Rule::or => ExpressionKind::Or(sides),
        Rule::and => ExpressionKind::And(sides),
        Rule::equal => ExpressionKind::Compare(C::Equal, sides),
        Rule::not_equal => ExpressionKind::Compare(C::NotEqual, sides),
        Rule::less => ExpressionKind::Compare(C::Less, sides),
        Rule::less_equal => ExpressionKind::Compare(C::LessEqual, sides),
        Rule::greater => ExpressionKind::Compare(C::Greater, sides),
        Rule::greater_equal => ExpressionKind::Compare(C::GreaterEqual, sides),
        Rule::add => ExpressionKind::Arithmetic(O::Add, sides),
        Rule::subtract => ExpressionKind::Arithmetic(O::Subtract, sides),
        Rule::multiply => ExpressionKind::Arithmetic(O::Multiply, sides),
        Rule::divide => ExpressionKind::Arithmetic(O::Divide, sides),
        _ => ExpressionKind::Arithmetic(O::Modulo, sides),
    }
}

fn integer(digits: &str) -> NumberLiteral {
    digits.parse().map_or_else(|_| NumberLiteral::Large(digits.into()), NumberLiteral::Integer)
}

fn push_text(block: &mut Block, text: &str) {
    if text.is_empty() {
        return;
    }
    match block.last_mut() {
        Some(Statement::Text(last)) => last.push_str(text),
        _ => block.push(Statement::Text(text.into())),
    }
}

fn dollar(pair: Pair<'_, Rule>, block: &mut Block) {
    for part in pair.into_inner() {
        match part.as_rule() {
            Rule::brace_dollar | Rule::kept_dollar => push_text(block, part.as_str()),
            Rule::run_of_dollars => push_text(block, &part.as_str().replace('!', "")),
            Rule::brace_runt => {
                let [mark, runt] = take(part.into_inner());
                push_text(block, mark.as_str());
                runt.into_inner().take(1).for_each(|braces| push_text(block, braces.as_str()));
            }
            Rule::brace_dotted => part.into_inner().take(1).for_each(|mark| push_text(block, mark.as_str())),
            Rule::lone_dollar | Rule::lost_bang => part.into_inner().for_each(|mark| push_text(block, mark.as_str())),
            // Velocity 1.7 loses this `$`.
            _ => {}
        }
    }
}

/// `\#if` prints `#if`, `\\\#if` prints `\#if`; before a name that is no directive everything prints as written.
fn escaped_directive(image: &str) -> String {
    let slashes = image.len() - image.trim_start_matches('\\').len();
    let directive = &image[slashes..];
    if is_directive(directive.trim_start_matches(['#', '{']).trim_end_matches('}')) || is_block_word(directive) {
        format!("{}{directive}", "\\".repeat((slashes - 1) / 2))
    } else {
        image.to_owned()
    }
}

fn escape(pair: &Pair<'_, Rule>, block: &mut Block) {
    let image = pair.as_str();
    let rest = &pair.get_input()[pair.as_span().end()..];
    let word = rest.strip_prefix('#').map(|rest| {
        let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || "_@{}".contains(letter)));
        &rest[..end.unwrap_or(rest.len())]
    });
    // Before a directive a pair of backslashes is one; `#set` is not among those that 1.7 looks for here.
    let control = word.is_some_and(|word| {
        word != "set" && (is_directive(word) || is_block_word(&format!("#{word}"))) && word != "{set}"
    });
    push_text(block, if control && image.len() > 1 { &image[..image.len() / 2] } else { image });
}

fn is_block_word(directive: &str) -> bool {
    matches!(directive.trim_start_matches(['#', '{']).trim_end_matches('}'), "if" | "end" | "set" | "else" | "elseif")
}

fn is_directive(name: &str) -> bool {
    matches!(
        name,
        "foreach" | "break" | "stop" | "return" | "literal" | "macro" | "parse" | "include" | "define" | "evaluate"
    )
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

/// Replaces `\uXXXX` and doubled quotes; tells which part of the result stands where in the raw text.
fn unescape(raw: &str) -> Option<(String, Vec<(usize, usize)>)> {
    let mut text = String::with_capacity(raw.len());
    let mut segments = vec![(0, 0)];
    let mut at = 0;
    while at < raw.len() {
        let rest = &raw[at..];
        if rest.starts_with("\\u") {
            let mut units = Vec::new();
            while let Some(escape) = raw[at..].strip_prefix("\\u") {
                units.push(u16::from_str_radix(escape.get(..4)?, 16).ok()?);
                at += 6;
            }
            text.push_str(&String::from_utf16_lossy(&units));
            segments.push((text.len(), at));
        } else if rest.starts_with("\"\"") {
            text.push('"');
            at += 2;
            segments.push((text.len(), at));
        } else {
            let letter = rest.chars().next()?;
            text.push(letter);
            at += letter.len_utf8();
        }
    }
    Some((text, segments))
}

/// The pairs of a rule with a fixed shape. The grammar guarantees it; a mismatch is a mistake in this crate.
fn take<'i, const N: usize>(pairs: impl Iterator<Item = Pair<'i, Rule>>) -> [Pair<'i, Rule>; N] {
    let pairs: Vec<_> = pairs.collect();
    pairs.try_into().unwrap_or_else(|_| unreachable!("the grammar gives this rule {N} parts"))
}
