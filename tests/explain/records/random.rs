//! Random expressions on random rows: what is judged agrees with a second evaluator that knows only true and false.

use super::row;
use proptest::prelude::*;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use vtl_eval::records::expression::parse;
use vtl_eval::records::{Attribute, RowSubject, Truth};

/// A value, as plainly as can be.
#[derive(Clone, Debug, PartialEq)]
enum Plain {
    S(String),
    N(i32),
    Bool(bool),
    Null,
    Ss(BTreeSet<String>),
    L(Vec<Plain>),
    M(BTreeMap<String, Plain>),
}

impl Plain {
    fn json(&self) -> String {
        let list = |items: Vec<String>| items.join(",");
        match self {
            Self::S(text) => format!(r#"{{"S":"{text}"}}"#),
            // Halves, in one of three spellings.
            Self::N(n) => match n.rem_euclid(3) {
                0 => format!(r#"{{"N":"{}"}}"#, f64::from(*n) / 2.0),
                1 => format!(r#"{{"N":{:?}}}"#, f64::from(*n) / 2.0),
                _ => format!(r#"{{"N":"{}e-1"}}"#, n * 5),
            },
            Self::Bool(value) => format!(r#"{{"BOOL":{value}}}"#),
            Self::Null => r#"{"NULL":true}"#.to_owned(),
            Self::Ss(items) => {
                format!(r#"{{"SS":[{}]}}"#, list(items.iter().map(|item| format!("{item:?}")).collect()))
            }
            Self::L(items) => format!(r#"{{"L":[{}]}}"#, list(items.iter().map(Self::json).collect())),
            Self::M(items) => {
                let items = items.iter().map(|(key, value)| format!("{key:?}:{}", value.json())).collect();
                format!(r#"{{"M":{{{}}}}}"#, list(items))
            }
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::S(_) => "S",
            Self::N(_) => "N",
            Self::Bool(_) => "BOOL",
            Self::Null => "NULL",
            Self::Ss(_) => "SS",
            Self::L(_) => "L",
            Self::M(_) => "M",
        }
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::S(a), Self::S(b)) => Some(a.cmp(b)),
            (Self::N(a), Self::N(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    /// Numbers are halves, so a count is twice as many.
    fn size(&self) -> Option<Self> {
        let count = match self {
            Self::S(text) => text.len(),
            Self::Ss(items) => items.len(),
            Self::L(items) => items.len(),
            Self::M(items) => items.len(),
            _ => return None,
        };
        Some(Self::N(2 * count as i32))
    }
}

#[derive(Clone, Debug)]
enum Side {
    Path(Vec<&'static str>),
    Value(Plain),
    Size(Vec<&'static str>),
}

#[derive(Clone, Debug)]
enum Expr {
    Compare(Side, &'static str, Side),
    Between(Side, Side, Side),
    In(Side, Vec<Side>),
    Exists(Vec<&'static str>, bool),
    Type(Vec<&'static str>, &'static str),
    Begins(Side, Side),
    Contains(Side, Side),
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
}

type Item = BTreeMap<String, Plain>;

fn find(path: &[&str], item: &Item) -> Option<Plain> {
    let mut at = Plain::M(item.clone());
    for step in path {
        at = match (at, step.strip_prefix('[')) {
            (Plain::L(items), Some(index)) => items.get(index.trim_end_matches(']').parse::<usize>().ok()?)?.clone(),
            (Plain::M(items), None) => items.get(*step)?.clone(),
            _ => return None,
        };
    }
    Some(at)
}

fn value(side: &Side, item: &Item) -> Option<Plain> {
    match side {
        Side::Path(path) => find(path, item),
        Side::Value(value) => Some(value.clone()),
        Side::Size(path) => find(path, item)?.size(),
    }
}

fn compare(left: Option<Plain>, sign: &str, right: Option<Plain>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return sign == "<>" };
    match sign {
        "=" => left == right,
        "<>" => left != right,
        "<" => left.order(&right) == Some(Ordering::Less),
        ">" => left.order(&right) == Some(Ordering::Greater),
        "<=" => matches!(left.order(&right), Some(Ordering::Less | Ordering::Equal)),
        _ => matches!(left.order(&right), Some(Ordering::Greater | Ordering::Equal)),
    }
}

fn evaluate(expr: &Expr, item: &Item) -> bool {
    match expr {
        Expr::Compare(left, sign, right) => compare(value(left, item), sign, value(right, item)),
        Expr::Between(side, low, high) => {
            compare(value(side, item), ">=", value(low, item)) && compare(value(side, item), "<=", value(high, item))
        }
        Expr::In(side, list) => list.iter().any(|each| compare(value(side, item), "=", value(each, item))),
        Expr::Exists(path, wanted) => find(path, item).is_some() == *wanted,
        Expr::Type(path, name) => find(path, item).is_some_and(|value| value.kind() == *name),
        Expr::Begins(side, head) => match (value(side, item), value(head, item)) {
            (Some(Plain::S(text)), Some(Plain::S(head))) => text.starts_with(&head),
            _ => false,
        },
        Expr::Contains(side, part) => match (value(side, item), value(part, item)) {
            (Some(Plain::S(text)), Some(Plain::S(part))) => text.contains(&part),
            (Some(Plain::Ss(items)), Some(Plain::S(part))) => items.contains(&part),
            (Some(Plain::L(items)), Some(part)) => items.contains(&part),
            _ => false,
        },
        Expr::Not(inner) => !evaluate(inner, item),
        Expr::And(parts) => parts.iter().all(|part| evaluate(part, item)),
        Expr::Or(parts) => parts.iter().any(|part| evaluate(part, item)),
    }
}

/// Writes an expression, and gathers its values.
#[derive(Default)]
struct Writer {
    text: String,
    values: Vec<Plain>,
    loose: bool,
}

impl Writer {
    fn path(&mut self, path: &[&str]) {
        for (at, step) in path.iter().enumerate() {
            let dot = if at == 0 || step.starts_with('[') { "" } else { "." };
            write!(self.text, "{dot}{step}").unwrap();
        }
    }

    fn side(&mut self, side: &Side) {
        match side {
            Side::Path(path) => self.path(path),
            Side::Value(value) => {
                write!(self.text, ":v{}", self.values.len()).unwrap();
                self.values.push(value.clone());
            }
            Side::Size(path) => {
                self.text.push_str(if self.loose { "size ( " } else { "size(" });
                self.path(path);
                self.text.push(')');
            }
        }
    }

    fn call(&mut self, name: &str, sides: &[&Side]) {
        write!(self.text, "{name}(").unwrap();
        for (at, side) in sides.iter().enumerate() {
            self.text.push_str(if at > 0 { ", " } else { "" });
            self.side(side);
        }
        self.text.push(')');
    }

    fn expr(&mut self, expr: &Expr, inside: u8) {
        let word = |upper: &'static str, lower: &'static str, loose: bool| if loose { lower } else { upper };
        match expr {
            Expr::Compare(left, sign, right) => {
                self.side(left);
                self.text.push_str(if self.loose { "" } else { " " });
                self.text.push_str(sign);
                self.text.push_str(if self.loose { "\n" } else { " " });
                self.side(right);
            }
            Expr::Between(side, low, high) => {
                self.side(side);
                self.text.push_str(word(" BETWEEN ", " between\t", self.loose));
                self.side(low);
                self.text.push_str(word(" AND ", " and ", self.loose));
                self.side(high);
            }
            Expr::In(side, list) => {
                self.side(side);
                self.text.push_str(word(" IN ", " in", self.loose));
                self.call("", &list.iter().collect::<Vec<_>>());
            }
            Expr::Exists(path, wanted) => {
                let name = if *wanted { "attribute_exists" } else { "attribute_not_exists" };
                self.call(name, &[&Side::Path(path.clone())]);
            }
            Expr::Type(path, name) => {
                self.call("attribute_type", &[&Side::Path(path.clone()), &Side::Value(Plain::S((*name).to_owned()))]);
            }
            Expr::Begins(side, head) => self.call("begins_with", &[side, head]),
            Expr::Contains(side, part) => self.call("contains", &[side, part]),
            Expr::Not(inner) => {
                self.text.push_str(word("NOT ", "not ", self.loose));
                self.expr(inner, 3);
            }
            Expr::And(parts) => self.joined(parts, word(" AND ", " and ", self.loose), 2, inside),
            Expr::Or(parts) => self.joined(parts, word(" OR ", " or ", self.loose), 1, inside),
        }
    }

    fn joined(&mut self, parts: &[Expr], word: &str, level: u8, inside: u8) {
        self.text.push_str(if inside >= level { "(" } else { "" });
        for (at, part) in parts.iter().enumerate() {
            self.text.push_str(if at > 0 { word } else { "" });
            self.expr(part, level);
        }
        self.text.push_str(if inside >= level { ")" } else { "" });
    }
}

fn text() -> impl Strategy<Value = String> {
    "[ab]{0,3}"
}

fn plain() -> impl Strategy<Value = Plain> {
    let leaf = prop_oneof![
        4 => text().prop_map(Plain::S),
        4 => (-4..5).prop_map(Plain::N),
        1 => any::<bool>().prop_map(Plain::Bool),
        1 => Just(Plain::Null),
        2 => prop::collection::btree_set(text(), 1..3).prop_map(Plain::Ss),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Plain::L),
            prop::collection::btree_map("[pq]", inner, 0..3).prop_map(Plain::M),
        ]
    })
}

fn path() -> impl Strategy<Value = Vec<&'static str>> {
    let name = || prop::sample::select(vec!["p", "q", "r"]);
    let step = prop_oneof![name(), prop::sample::select(vec!["[0]", "[1]"])];
    (name(), prop::collection::vec(step, 0..2)).prop_map(|(first, rest)| [vec![first], rest].concat())
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![4 => path().prop_map(Side::Path), 4 => plain().prop_map(Side::Value), 1 => path().prop_map(Side::Size)]
}

fn expr() -> impl Strategy<Value = Expr> {
    let sign = prop::sample::select(vec!["=", "<>", "<", "<=", ">", ">="]);
    let kind = prop::sample::select(vec!["S", "N", "BOOL", "NULL", "SS", "L", "M"]);
    let leaf = prop_oneof![
        4 => (side(), sign, side()).prop_map(|(left, sign, right)| Expr::Compare(left, sign, right)),
        1 => (side(), side(), side()).prop_map(|(side, low, high)| Expr::Between(side, low, high)),
        1 => (side(), prop::collection::vec(side(), 1..4)).prop_map(|(side, list)| Expr::In(side, list)),
        1 => (path(), any::<bool>()).prop_map(|(path, wanted)| Expr::Exists(path, wanted)),
        1 => (path(), kind).prop_map(|(path, kind)| Expr::Type(path, kind)),
        1 => (side(), side()).prop_map(|(side, head)| Expr::Begins(side, head)),
        1 => (side(), side()).prop_map(|(side, part)| Expr::Contains(side, part)),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Expr::Not(Box::new(inner))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner, 2..4).prop_map(Expr::Or),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_a_plain_evaluator(
        expr in expr(),
        item in prop::collection::btree_map("[pqr]", plain(), 0..4),
        loose in any::<bool>(),
    ) {
        let mut writer = Writer { loose, ..Writer::default() };
        writer.expr(&expr, 0);
        let parsed = parse(&writer.text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let values = writer.values.iter().enumerate().map(|(at, value)| {
            (format!(":v{at}").into(), Attribute::from_typed(&super::json(&value.json())))
        });
        let condition = parsed.bind(&Default::default(), &values.collect());
        let text = item.iter().map(|(key, value)| format!("{key:?}:{}", value.json())).collect::<Vec<_>>().join(",");
        let record = row(&format!("{{{text}}}"));
        let judged = condition.judge(RowSubject::Row(&record));
        let expected = if evaluate(&expr, &item) { Truth::True } else { Truth::False };
        prop_assert_eq!(judged.truth(), expected, "{} on {{{}}}", writer.text, text);
        // What decides is never empty, and agrees with the whole, unless a NOT stands over it.
        let deciding = judged.deciding();
        prop_assert!(!deciding.is_empty());
        for term in deciding {
            prop_assert_eq!(term.judgement.truth == expected, !term.negated);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in r"([()#:a-c.,=<>\[\]0-9 ü$]|AND|or|not|in|between|size|contains\()*") {
        if let Err(error) = parse(&text) {
            prop_assert!(error.span.start <= error.span.end && error.span.end as usize <= text.len());
            prop_assert!(text.is_char_boundary(error.span.start as usize), "{}", text);
        }
    }
}
