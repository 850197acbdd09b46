//! The condition of a statement, read into terms as far as PostgreSQL and MySQL read it alike. What is not read (a function, a
//! subquery) is a term that is shown and not judged.
//!
//! <https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-PRECEDENCE>,
//! <https://dev.mysql.com/doc/refman/8.0/en/operator-precedence.html>: NOT binds before AND, and AND before OR.

use super::super::attribute::Attribute;
use super::super::condition::{Bound, BoundValue, Comparator, Path, RowCondition, RowOperand, SqlHow, TermTest};
use super::super::unjudged::Unjudged;
use super::words::{SqlToken, SqlTokenKind, tokens};
use ecow::EcoString;
use indexmap::IndexMap;

/// Brackets in brackets that are read.
const DEEPEST: usize = 64;

/// Reads what stands after WHERE.
pub(super) fn condition(text: &str, variables: &IndexMap<EcoString, Attribute>) -> RowCondition {
    let all = tokens(text);
    let mut reader = SqlReader { text, all: &all, at: 0, variables };
    let read = reader.either(true, 0);
    // What is left over was not understood, and the whole is not either.
    match read {
        Some(condition) if reader.at == all.len() => condition,
        _ => unread(text),
    }
}

/// A part that is shown and not judged.
fn unread(text: &str) -> RowCondition {
    RowCondition::term(text.trim(), None, TermTest::NotRead(Unjudged::Sql))
}

struct SqlReader<'t> {
    text: &'t str,
    all: &'t [SqlToken],
    at: usize,
    variables: &'t IndexMap<EcoString, Attribute>,
}

impl<'t> SqlReader<'t> {
    fn peek(&self) -> Option<&'t SqlToken> {
        self.all.get(self.at)
    }

    fn slice(&self, token: &SqlToken) -> &'t str {
        self.text.get(token.from..token.to).unwrap_or_default()
    }

    /// Takes the next token if it is this word or sign.
    fn take(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.kind.is_plain() && self.slice(token).eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    /// `a OR b`. Under a NOT that was not taken (`wanted` false) it is read as `NOT a AND NOT b`: then null makes every term false,
    /// as it keeps a row from being found.
    fn either(&mut self, wanted: bool, depth: usize) -> Option<RowCondition> {
        let mut parts = vec![self.both(wanted, depth)?];
        while self.take("or") {
            parts.push(self.both(wanted, depth)?);
        }
        Some(joined(parts, !wanted))
    }

    fn both(&mut self, wanted: bool, depth: usize) -> Option<RowCondition> {
        let mut parts = vec![self.negated(wanted, depth)?];
        while self.take("and") {
            parts.push(self.negated(wanted, depth)?);
        }
        Some(joined(parts, wanted))
    }

    fn negated(&mut self, wanted: bool, depth: usize) -> Option<RowCondition> {
        if depth > DEEPEST {
            return None;
        }
        if self.take("not") {
            return self.negated(!wanted, depth + 1);
        }
        let start = self.at;
        if self.take("(") {
            // `(a, b) = (c, d)` and `(SELECT …)` are no conditions.
            if let Some(inner) = self.either(wanted, depth + 1)
                && self.take(")")
                && self.ends()
            {
                return Some(inner);
            }
            self.at = start;
        } else if let Some(term) = self.predicate(wanted)
            && self.ends()
        {
            return Some(term);
        } else {
            self.at = start;
        }
        self.skip()
    }

    /// Whether a term may end here.
    fn ends(&self) -> bool {
        self.peek().is_none_or(|token| {
            let text = self.slice(token);
            token.kind.is_plain() && (text == ")" || ["and", "or"].iter().any(|word| text.eq_ignore_ascii_case(word)))
        })
    }

    /// Passes over what is not understood, to the next AND or OR of the same brackets.
    fn skip(&mut self) -> Option<RowCondition> {
        let start = self.at;
        let (mut open, mut between) = (0_usize, false);
        while let Some(token) = self.peek() {
            let text = self.slice(token);
            let is = |word: &str| token.kind.is_plain() && text.eq_ignore_ascii_case(word);
            if open == 0 && (is(")") || is("or") || is("and") && !between) {
                break;
            }
            if is("(") {
                open += 1;
            } else if is(")") {
                open -= 1;
            } else if open == 0 && is("between") {
                between = true;
            } else if open == 0 && is("and") {
                between = false;
            }
            self.at += 1;
        }
        let (first, last) = (self.all.get(start)?, self.all.get(self.at.checked_sub(1)?)?);
        (self.at > start).then(|| unread(self.text.get(first.from..last.to).unwrap_or_default()))
    }

    /// One comparison.
    fn predicate(&mut self, wanted: bool) -> Option<RowCondition> {
        let from = self.peek()?.from;
        let left = self.operand()?;
        let (how, rest, wanted) = self.test(wanted)?;
        let to = self.all.get(self.at.checked_sub(1)?)?.to;
        let operands: Vec<RowOperand> = std::iter::once(left).chain(rest).collect();
        // Without a column it is no matter of the row.
        operands.iter().any(|operand| operand.path().is_some()).then_some(())?;
        let text = self.text.get(from..to)?;
        Some(RowCondition::term(text, None, TermTest::Sql { how, operands, wanted }))
    }

    /// What stands behind the first operand: how it is tested, with what, and whether it must hold.
    fn test(&mut self, wanted: bool) -> Option<(SqlHow, Vec<RowOperand>, bool)> {
        if self.take("is") {
            let wanted = wanted != self.take("not");
            return self.take("null").then_some((SqlHow::Null, Vec::new(), wanted));
        }
        let comparator = self.peek().filter(|token| token.kind == SqlTokenKind::Sign).and_then(|token| comparator(self.slice(token)));
        if let Some(comparator) = comparator {
            self.at += 1;
            return Some((SqlHow::Compare(comparator), vec![self.operand()?], wanted));
        }
        let wanted = wanted != self.take("not");
        for (word, any_case) in [("like", false), ("ilike", true)] {
            if self.take(word) {
                return Some((SqlHow::Like { any_case }, vec![self.operand()?], wanted));
            }
        }
        if self.take("between") {
            let low = self.operand()?;
            let high = self.take("and").then(|| self.operand())??;
            return Some((SqlHow::Between, vec![low, high], wanted));
        }
        if self.take("in") && self.take("(") {
            let mut list = vec![self.operand()?];
            while self.take(",") {
                list.push(self.operand()?);
            }
            return self.take(")").then_some((SqlHow::In, list, wanted));
        }
        // A column by itself is a boolean.
        self.ends().then_some((SqlHow::Truth, Vec::new(), wanted))
    }

    /// A column, a variable or a literal, with a cast that changes nothing of it.
    fn operand(&mut self) -> Option<RowOperand> {
        let token = self.peek()?;
        let text = self.slice(token);
        self.at += 1;
        let operand = match token.kind {
            SqlTokenKind::Variable => {
                let given = self.variables.get(text).cloned().map_or(BoundValue::Undefined, BoundValue::Value);
                RowOperand::Value(Bound { name: text.into(), given })
            }
            SqlTokenKind::Text => literal(text, Attribute::String(inner(text, '\'').into())),
            SqlTokenKind::Number => literal(text, Attribute::from_typed(&number(text))),
            SqlTokenKind::Quoted => self.column(inner(text, '`')),
            SqlTokenKind::Word if text.eq_ignore_ascii_case("null") => literal(text, Attribute::Null),
            SqlTokenKind::Word if text.eq_ignore_ascii_case("true") => literal(text, Attribute::Boolean(true)),
            SqlTokenKind::Word if text.eq_ignore_ascii_case("false") => literal(text, Attribute::Boolean(false)),
            SqlTokenKind::Word if is_reserved(text) => return None,
            SqlTokenKind::Word => self.column(text.to_owned()),
            SqlTokenKind::Sign => return None,
        };
        if self.take("::") {
            let kind = self.peek().filter(|token| token.kind == SqlTokenKind::Word)?;
            let harmless = ["uuid", "text", "varchar", "int", "integer", "bigint"];
            harmless.iter().any(|name| self.slice(kind).eq_ignore_ascii_case(name)).then_some(())?;
            self.at += 1;
        }
        Some(operand)
    }

    /// `t.owner_id` is the column `owner_id`, of whichever table.
    fn column(&mut self, first: String) -> RowOperand {
        let mut name = first;
        while self.take(".") {
            let Some(token) = self.peek() else { break };
            name = inner(self.slice(token), '`');
            self.at += 1;
        }
        RowOperand::Path(Path::of(&name))
    }
}

/// Terms of which all, or one, must hold.
fn joined(mut parts: Vec<RowCondition>, all: bool) -> RowCondition {
    match (parts.len(), all) {
        (1, _) => parts.remove(0),
        (_, true) => RowCondition::All(parts),
        (_, false) => RowCondition::Any(parts),
    }
}

fn literal(text: &str, value: Attribute) -> RowOperand {
    RowOperand::Value(Bound { name: text.into(), given: BoundValue::Value(value) })
}

/// What stands between quotes, where a doubled one is one.
fn inner(text: &str, quote: char) -> String {
    let bare = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).unwrap_or(text);
    bare.replace(&format!("{quote}{quote}"), &quote.to_string())
}

fn number(text: &str) -> crate::value::Value {
    let map = crate::value::Map::new();
    map.put_str("N", crate::value::Value::string(text));
    crate::value::Value::Map(map)
}

fn comparator(sign: &str) -> Option<Comparator> {
    if sign == "!=" { Some(Comparator::NotEqual) } else { Comparator::from_sign(sign) }
}

/// Words that begin or join parts of a statement, and are no columns.
fn is_reserved(word: &str) -> bool {
    const WORDS: [&str; 14] =
        ["select", "exists", "case", "any", "all", "and", "or", "not", "in", "like", "between", "is", "interval", "cast"];
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}
