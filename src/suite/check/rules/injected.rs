//! A text of the caller's that ends the text around it with a quote: in the JSON of a request, in SQL, in GraphQL.

use crate::value::method::Method;
use super::super::Spot;
use super::super::sent::SentKind;
use super::super::subject::CheckSubject;
use super::sql::{begins_sql, carried, is_sql};
use super::tainted::{TaintedSlots, is_placeholder};
use super::typed::is_typed;
use super::written::{WrittenRequest, printed};
use crate::code::{Code, Severity};
use crate::syntax::visit::{Visit, walk_expression, walk_reference};
use crate::syntax::{
    Block, ComparisonOperator, Expression, ExpressionKind as Kind, NodeId, Operator, Reference, Statement, StepKind,
};
use std::collections::HashSet;

/// Arguments that are numbers by custom, which hold no quote.
const NUMBERS: [&str; 9] = ["limit", "first", "last", "count", "size", "page", "offset", "skip", "take"];

/// Arguments that go through a list of pages: their texts were made by AppSync, and documentation writes them so. A client may
/// send others.
const TOKENS: [&str; 4] = ["nextToken", "after", "before", "cursor"];

/// What a request has and no answer.
const REQUEST: [&str; 5] = ["operation", "payload", "statements", "resourcePath", "version"];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    let mut search = InjectionSearch { subject, held: Held::of(subject), sql: Vec::new(), bare: Vec::new(), graphql: Vec::new(), expression: Vec::new() };
    search.program(subject.program);
    let held = Held::of(subject).paths;
    let free = |names: &[&str]| names.last().is_some_and(|name| !NUMBERS.contains(name)) && !held.iter().any(|path| path == names) && subject.sent(names) != SentKind::Plain;
    let tainted = TaintedSlots::of(subject, free);
    let texts = TaintedSlots::of_texts(subject, |names: &[&str]| free(names) && !names.last().is_some_and(|name| TOKENS.contains(name)));
    let mut carried = carried(subject, &tainted);
    let (mut quoted, mut tokens) = (Vec::new(), Vec::new());
    if REQUEST.iter().any(|member| subject.program.writes_json(member)) {
        printed(&subject.program.body, &mut |reference, at| {
            let sql = at.inside() && in_statement(at);
            if sql && tainted.carries(reference) {
                carried.push(reference.node);
            }
            if !search.is_callers(reference) {
                // What a loop or a `#set` has put together.
                if at.inside() && at.member() == Some("expression") && !is_placeholder(at.text()) && tainted.carries(reference) {
                    search.expression.push(reference.node);
                } else if at.inside() && at.member() != Some("expression") && !sql && !is_typed(subject, at) && texts.carries(reference) {
                    quoted.push(QuotedText::of(reference, at, false));
                }
                return;
            }
            if sql {
                search.in_sql(reference, at.in_sql_text());
            } else if at.inside() && at.member() == Some("expression") {
                if !is_placeholder(at.text()) {
                    search.expression.push(reference.node);
                }
            } else if at.inside() && !is_typed(subject, at) {
                let places = if is_token(subject, reference) { &mut tokens } else { &mut quoted };
                places.push(QuotedText::of(reference, at, true));
            }
        });
    }
    let InjectionSearch { mut sql, mut bare, graphql, expression, .. } = search;
    if !sql.is_empty() {
        sql.append(&mut bare);
    }
    carried.retain(|_| sql.is_empty());
    tell(subject, found, Code::ExpressionInjected, &expression, "stands in an expression of DynamoDB as the caller sent it, so that a caller can choose the attribute or add terms. Write a placeholder such as `#name` or `:value`, and give it in expressionNames or expressionValues");
    tell(subject, found, Code::SqlInjected, &sql, "stands in the SQL statement as the caller sent it, so that a caller can write SQL of his own. Write a placeholder such as `:value`, and give the value in variableMap");
    carried.retain(|_| bare.is_empty());
    let before = found.len();
    tell(subject, found, Code::SqlInjected, &bare, "stands in the SQL statement without quotes, as the caller sent it: unless the schema has it as a number, a caller can write SQL of his own. Write a placeholder such as `:value`, and give the value in variableMap");
    found[before..].iter_mut().for_each(|spot| spot.severity = Severity::Warning);
    tell(subject, found, Code::SqlInjected, &carried, "brings a text of the caller's into the SQL statement as he sent it, so that he can write SQL of his own. Write a placeholder such as `:value` for each value, and give the values in variableMap");
    tell(subject, found, Code::TextInQuotes, &graphql, "stands in the GraphQL operation as the caller sent it: a quote in it ends the text, and what follows is read as GraphQL. Write a variable (`$name`) and send the value in `variables`");
    quotes(subject, found, &quoted);
    if quoted.is_empty() {
        let before = found.len();
        quotes(subject, found, &tokens);
        found[before..].iter_mut().for_each(|spot| spot.severity = Severity::Note);
    }
}

fn quotes(subject: &CheckSubject<'_>, found: &mut Vec<Spot>, places: &[QuotedText]) {
    let Some(first) = places.first() else { return };
    let nodes: Vec<NodeId> = places.iter().map(|place| place.node).collect();
    tell(subject, found, Code::TextInQuotes, &nodes, &first.message());
}

/// A text of the caller's between the quotes of a request.
struct QuotedText {
    node: NodeId,
    /// It is the argument itself, not what it was put into.
    itself: bool,
    place: QuotedPlace,
}

/// What the text is for, by which it is made harmless in another way.
#[derive(Clone, Copy)]
enum QuotedPlace {
    /// The whole value of a member.
    Whole,
    /// Behind other letters: `"USER#$ctx.args.id"`.
    Piece,
    /// In a path of a URL, which has an encoding of its own.
    Path,
    /// In JSON that is a text of the request itself: `"Detail": "{ \"id\": \"$ctx.args.id\" }"`.
    Nested,
}

impl QuotedText {
    fn of(reference: &Reference, at: &WrittenRequest, itself: bool) -> Self {
        let place = match at.member() {
            Some("resourcePath" | "path") => QuotedPlace::Path,
            _ if at.is_nested() => QuotedPlace::Nested,
            _ if at.text().is_empty() => QuotedPlace::Whole,
            _ => QuotedPlace::Piece,
        };
        Self { node: reference.node, itself, place }
    }

    fn message(&self) -> String {
        let stands = match self.itself {
            true => "stands between quotes as the caller sent it",
            false => "brings a text of the caller's between quotes as he sent it",
        };
        let cure = match self.place {
            QuotedPlace::Whole => "Write `$util.toJson( … )` around it, without the quotes",
            QuotedPlace::Piece => "Write `$util.toJson( … )` around the whole text and its quotes",
            QuotedPlace::Path => "Write `$util.urlEncode( … )` around it",
            QuotedPlace::Nested => "Put the values into a map, and write `$util.toJson($util.toJson($map))` in place of the text and its quotes",
        };
        format!("{stands}: a quote in it ends the text, so that the request breaks or gets members that the caller wrote. {cure}")
    }
}

/// One finding for all places in a template.
fn tell(subject: &CheckSubject<'_>, found: &mut Vec<Spot>, code: Code, places: &[NodeId], what: &str) {
    let Some(first) = places.first() else { return };
    let name = subject.program.one_line(*first);
    let more = match places.len() - 1 {
        0 => String::new(),
        1 => " (there is 1 more such place in this template)".to_owned(),
        more => format!(" (there are {more} more such places in this template)"),
    };
    found.push(Spot::at(subject.program, *first, code, format!("`{name}` {what}{more}")));
}

struct InjectionSearch<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    held: Held<'s, 'p>,
    sql: Vec<NodeId>,
    /// In SQL outside of its quotes, of types that no schema tells.
    bare: Vec<NodeId>,
    graphql: Vec<NodeId>,
    expression: Vec<NodeId>,
}

impl<'p> Visit<'p> for InjectionSearch<'_, 'p> {
    fn expression(&mut self, expression: &'p Expression) {
        match &expression.kind {
            Kind::Interpolated { body, .. } => self.text(body),
            Kind::Arithmetic(Operator::Add, _) => self.joined(expression),
            _ => {}
        }
        walk_expression(self, expression);
    }
}

impl<'p> InjectionSearch<'_, 'p> {
    /// `"SELECT … '$ctx.args.id'"`
    fn text(&mut self, body: &'p Block) {
        let mut before = String::new();
        for statement in body {
            match statement {
                Statement::Text(text) => before.push_str(text),
                Statement::Print(reference) if self.is_callers(reference) => {
                    if is_sql(&before) {
                        self.in_sql(reference, is_quoted(&before));
                    } else if is_graphql(&before) && before.ends_with('"') {
                        self.graphql.push(reference.node);
                    } else if is_expression(body) && !is_placeholder(&before) {
                        self.expression.push(reference.node);
                    }
                    before.push('x');
                }
                _ => before.push('x'),
            }
        }
    }

    /// A text stands in quotes in SQL: what does not is a number where everything is well.
    fn in_sql(&mut self, reference: &'p Reference, quoted: bool) {
        let unknown = self.subject.path_of(reference).is_none_or(|path| self.subject.sent(&path) == SentKind::Unknown);
        let places = if quoted || !unknown { &mut self.sql } else { &mut self.bare };
        if !places.contains(&reference.node) {
            places.push(reference.node);
        }
    }

    /// `"SELECT … '" + $ctx.args.id + "'"`
    fn joined(&mut self, expression: &'p Expression) {
        let mut parts = Vec::new();
        summands(expression, &mut parts);
        let Some((Expression { kind: Kind::String(first), .. }, rest)) = parts.split_first() else { return };
        if !is_sql(first) {
            return;
        }
        let mut before = first.to_string();
        for part in rest {
            match &part.kind {
                Kind::Reference(reference) if self.is_callers(reference) => self.in_sql(reference, is_quoted(&before)),
                Kind::String(text) => before.push_str(text),
                _ => {}
            }
        }
    }

    /// An argument as it was sent, which nothing held against a pattern.
    fn is_callers(&self, reference: &'p Reference) -> bool {
        if reference.function.is_some() || reference.backslashes > 0 {
            return false;
        }
        let Some(path) = self.subject.path_of(reference) else { return false };
        let text = path.len() > 1 && path[0] == "arguments" && !path.last().is_some_and(|name| NUMBERS.contains(name));
        text && !self.held.paths.contains(&path) && self.subject.sent(&path) != SentKind::Plain
    }
}

/// What a template holds against something before it prints it: a pattern, or the identity, so that it is what the token says.
struct Held<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    paths: HashSet<Vec<&'p str>>,
}

impl<'s, 'p> Held<'s, 'p> {
    fn of(subject: &'s CheckSubject<'p>) -> Self {
        let mut held = Self { subject, paths: HashSet::new() };
        held.program(subject.program);
        held
    }
}

impl<'p> Visit<'p> for Held<'_, 'p> {
    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::Compare(ComparisonOperator::Equal | ComparisonOperator::NotEqual, sides) = &expression.kind {
            let of = |side: &'p Expression| self.subject.path(side);
            let own = |path: &Option<Vec<&str>>| path.as_ref().is_some_and(|path| path.first() == Some(&"identity"));
            let (left, right) = (of(&sides.0), of(&sides.1));
            let (of_caller, of_other) = (own(&left), own(&right));
            self.paths.extend(left.filter(|_| of_other));
            self.paths.extend(right.filter(|_| of_caller));
        }
        walk_expression(self, expression);
    }

    fn reference(&mut self, reference: &'p Reference) {
        if let Some(StepKind::Method { args, .. }) = reference.steps.last().map(|step| &step.kind)
            && reference.ends_in(Method::Matches)
        {
            self.paths.extend(args.iter().filter_map(|arg| self.subject.path(arg)).collect::<Vec<_>>());
            self.paths.extend(reference.function.is_none().then(|| super::super::path::prefix(reference)));
        }
        walk_reference(self, reference);
    }
}

/// Whether a statement of SQL is open: by its words, or in the list of a request to a relational database.
fn in_statement(at: &WrittenRequest) -> bool {
    is_sql(at.text()) || at.around().last().is_some_and(|around| around == "statements") && begins_sql(at.text())
}

/// Whether a text of SQL ends inside of its quotes.
fn is_quoted(sql: &str) -> bool {
    sql.matches('\'').count() % 2 == 1
}

fn is_token<'p>(subject: &CheckSubject<'p>, reference: &'p Reference) -> bool {
    subject.path_of(reference).is_some_and(|path| path.last().is_some_and(|name| TOKENS.contains(name)))
}

fn summands<'p>(expression: &'p Expression, parts: &mut Vec<&'p Expression>) {
    match &expression.kind {
        Kind::Arithmetic(Operator::Add, sides) => {
            summands(&sides.0, parts);
            summands(&sides.1, parts);
        }
        _ => parts.push(expression),
    }
}

/// An update, or terms with placeholders: what DynamoDB reads as an expression.
fn is_expression(body: &Block) -> bool {
    let texts = body.iter().filter_map(|statement| match statement {
        Statement::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let whole: String = texts.collect::<Vec<_>>().join("x");
    let begins = ["SET ", "REMOVE ", "ADD "].iter().any(|verb| whole.trim_start().starts_with(verb));
    let terms = ["= :", "> :", "< :", "<> :", "begins_with(", "attribute_exists(", "attribute_not_exists("];
    begins || terms.iter().any(|term| whole.contains(term))
}

/// The beginning of an operation of GraphQL.
fn is_graphql(text: &str) -> bool {
    let text = text.trim_start();
    ["query", "mutation", "subscription", "{"].iter().any(|word| text.starts_with(word)) && text.contains('{')
}
