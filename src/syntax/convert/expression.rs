//! Expressions and values.

use super::{Converted, Converter, HelpBoxed, take};
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use crate::syntax::{
    ComparisonOperator, Expression, ExpressionKind, Grammar, NumberLiteral, Operator, Rule, Statement, nesting,
};
use pest::Parser as _;
use pest::iterators::Pair;
use pest::pratt_parser::{Assoc, Op, PrattParser};
use std::sync::LazyLock;

/// Characters of an integer literal.
const MOST_DIGITS: usize = 1_000;

/// Trees of expressions are walked by recursion.
const MAX_TERMS: usize = 2_000;

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

impl Converter<'_> {
    pub(super) fn expression(&mut self, pair: Pair<'_, Rule>) -> Converted<Expression> {
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
        // Most conditions are one operand.
        if let (1, Some(only)) = (terms, parts.peek()) {
            let value = self.value(only);
            self.terms -= terms;
            return value;
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

    pub(super) fn value(&mut self, pair: Pair<'_, Rule>) -> Converted<Expression> {
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
            Rule::word | Rule::argument_word if pair.as_str() == "null" => {
                if !self.in_call {
                    self.bare_nulls.push(node);
                }
                ExpressionKind::Null
            }
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
        // Nothing to be replaced, and no code.
        if !raw.bytes().any(|byte| matches!(byte, b'$' | b'#' | b'\\' | b'"' | b'\'')) {
            return Ok(ExpressionKind::String(raw.into()));
        }
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
        nesting::outline(&source).map_err(|_| self.error(&whole, "nested deeper than 200 levels (limit `nesting`)"))?;
        let mut pairs = Grammar::parse(Rule::template, &template).map_err(|_| {
            self.error(&whole, "what stands in this string is not a template")
                .help_boxed("double quotes interpolate references and directives; in single quotes text stays text")
        })?;
        let start = text.as_span().start();
        let segments = segments.iter().map(|(inner, outer)| (*inner, self.offset(start + outer))).collect();
        let outer = std::mem::replace(&mut self.segments, segments);
        let outside = std::mem::replace(&mut self.in_call, false);
        let more = std::mem::take(&mut self.more);
        let body = pairs.next().map_or_else(|| Ok(Vec::new()), |template| self.statements(template.into_inner()));
        (self.segments, self.in_call, self.more) = (outer, outside, more);
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

fn infix(rule: Rule, sides: Box<(Expression, Expression)>) -> ExpressionKind {
    use ComparisonOperator as C;
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
