//! Terms on the caller in a condition or filter that hold less back than they seem to: rows without an owner, a value that the
//! client may choose, an expression that another one takes the place of. The codes are those of the reports.

use super::super::Spot;
use super::super::subject::CheckSubject;
use super::carried::{BoundTo, WrittenExpression, expressions, of_map, printed_as};
use crate::code::Code;
use crate::records::{CarriedRole, Comparator, RowCondition, Term, TermTest};
use crate::syntax::visit::{References, Visit, walk_expression};
use crate::syntax::{Block, Expression, ExpressionKind as Kind, NodeId, Reference, Slot, Statement};
use rustc_hash::FxHashMap;

/// Parts of the context that a condition about the client's wishes alone does not read.
const OTHERS: [&str; 6] = ["identity", "stash", "result", "prev", "source", "info"];

pub fn find(subject: &CheckSubject<'_>, found: &mut Vec<Spot>) {
    if subject.generated {
        return;
    }
    // A step before, or a refusal here, may have compared the two.
    let guarded = subject.refuses(&subject.program.body) || subject.mentions("stash") || subject.mentions("prev");
    let mut objects = OrObjects { subject, found: Vec::new() };
    objects.program(subject.program);
    found.extend(objects.found);
    for one in expressions(subject) {
        match one.role {
            CarriedRole::Filter => found.extend(without_owner(subject, &one)),
            CarriedRole::Condition if !guarded => found.extend(chosen_by_client(subject, &one)),
            _ => {}
        }
    }
    for (part, role) in [("condition", CarriedRole::Condition), ("filter", CarriedRole::Filter)] {
        let slots = printed_as(subject, part);
        let mut walk = ReplacedWalk { subject, role, slots, found: Vec::new() };
        walk.block(&subject.program.body, &FxHashMap::default(), true);
        found.extend(walk.found);
    }
}

/// `attribute_not_exists(owner) OR owner = :me`: a row on which no owner stands is everybody's.
fn without_owner<'p>(subject: &CheckSubject<'p>, one: &WrittenExpression<'p>) -> Option<Spot> {
    let carried = one.read()?;
    let RowCondition::Any(parts) = &carried.condition else { return None };
    let terms: Vec<&Term> = parts.iter().filter_map(|part| match part {
        RowCondition::Term(term) => Some(&**term),
        _ => None,
    }).collect();
    let of_caller = |term: &Term| {
        matches!(term.test, TermTest::Compare { comparator: Comparator::Equal, .. } | TermTest::Contains { .. })
            && term.values().iter().any(|bound| one.values.iter().any(|(name, value)| *name == bound.name.as_str() && value.reads(subject, "identity")))
    };
    let (absent, own) = terms.iter().find_map(|absent| {
        let (path, false) = absent.existence()? else { return None };
        let own = terms.iter().find(|own| own.paths().contains(path) && of_caller(own))?;
        Some((absent, own))
    })?;
    let path = absent.existence()?.0.to_string();
    let message = format!(
        "`{}` keeps every row that has no {path}, for every caller, and not only what `{}` finds: if that is not meant, take `{} OR` out and give those rows their {path}",
        absent.text, own.text, absent.text
    );
    Some(Spot::at_text(subject.program, &one.text, Code::FilterKeepsAll, message))
}

/// The same as a filter object: `{"or": [{"owner": {"attributeExists": false}}, {"owner": {"eq": …}}]}`.
struct OrObjects<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    found: Vec<Spot>,
}

impl<'p> Visit<'p> for OrObjects<'_, 'p> {
    fn expression(&mut self, expression: &'p Expression) {
        if let Some(Kind::List(items)) = member(expression, "or").map(|list| &list.kind) {
            let terms: Vec<_> = items.iter().filter_map(term).collect();
            let absent = terms.iter().find(|(name, operator, value)| {
                let none = *operator == "attributeExists" && matches!(value.kind, Kind::Boolean(false));
                let own = |other: &&(&str, &str, &'p Expression)| other.0 == *name && !matches!(other.1, "attributeExists" | "ne" | "notContains") && self.subject.reads(other.2, "identity");
                none && terms.iter().any(|other| own(&other))
            });
            if let Some((name, ..)) = absent {
                let message = format!("this filter keeps every row that has no {name}, for every caller: if that is not meant, take the entry with `attributeExists` out and give those rows their {name}");
                self.found.push(Spot::at(self.subject.program, expression.node, Code::FilterKeepsAll, message));
            }
        }
        walk_expression(self, expression);
    }
}

/// The field, the operator and the value of `{field: {operator: value}}`.
fn term(item: &Expression) -> Option<(&str, &str, &Expression)> {
    let (field, test) = single(item)?;
    let (operator, value) = single(test)?;
    Some((field, operator, value))
}

fn single(map: &Expression) -> Option<(&str, &Expression)> {
    match &map.kind {
        Kind::Map(entries) => match entries.as_slice() {
            [(Expression { kind: Kind::String(name), .. }, value)] => Some((name, value)),
            _ => None,
        },
        _ => None,
    }
}

fn member<'p>(map: &'p Expression, wanted: &str) -> Option<&'p Expression> {
    let Kind::Map(entries) = &map.kind else { return None };
    entries.iter().find(|(key, _)| matches!(&key.kind, Kind::String(name) if name == wanted)).map(|(_, value)| value)
}

/// `":me": $util.defaultIfNull($ctx.args.owner, $ctx.identity.username)` in the condition of a write.
fn chosen_by_client<'p>(subject: &CheckSubject<'p>, one: &WrittenExpression<'p>) -> Option<Spot> {
    let carried = one.read()?;
    let used: Vec<String> = carried.condition.terms().iter().flat_map(|term| term.values()).map(|bound| bound.name.to_string()).collect();
    let (name, bound) = one.values.iter().find(|(name, bound)| used.contains(name) && client_first(subject, *bound))?;
    let text = subject.program.one_line(bound.node());
    let message = format!(
        "`{text}` is {name} of the condition `{}`: what the client sends is taken before what the identity says, so whoever sends a name passes as that one. Take it from the identity alone",
        one.text
    );
    Some(Spot::at(subject.program, bound.node(), Code::ClientDecides, message))
}

/// Whether a value is what the client sent, and the identity's only where nothing was sent.
fn client_first<'p>(subject: &CheckSubject<'p>, bound: BoundTo<'p>) -> bool {
    let call = bound.reference().and_then(|reference| defaulted(reference).or_else(|| {
        let slot = reference.variable().filter(|_| reference.steps.is_empty())?;
        match subject.sets.get(&slot)?.as_slice() {
            [set] => match &set.value.kind {
                Kind::Reference(inner) => defaulted(inner),
                _ => None,
            },
            _ => None,
        }
    }));
    let Some((sent, default)) = call else { return false };
    let client = subject.path(sent).is_some_and(|path| path.len() > 1 && matches!(path.first(), Some(&"arguments" | &"request")));
    client && subject.reads(default, "identity")
}

/// The two arguments of `$util.defaultIfNull( … )`.
fn defaulted(reference: &Reference) -> Option<(&Expression, &Expression)> {
    match reference.last_call() {
        Some((Some(called), [sent, default])) if called.gives_default() => Some((sent, default)),
        _ => None,
    }
}

/// A condition that asks for the caller, and a later `#set` of the same variable that puts another one in its place, always or
/// where the client wishes it.
struct ReplacedWalk<'s, 'p> {
    subject: &'s CheckSubject<'p>,
    role: CarriedRole,
    /// What the request prints as that part.
    slots: Vec<Slot>,
    found: Vec<Spot>,
}

impl<'p> ReplacedWalk<'_, 'p> {
    fn block(&mut self, block: &'p Block, known: &FxHashMap<Slot, NodeId>, reached: bool) {
        let mut known = known.clone();
        for statement in block {
            match statement {
                Statement::Set(set) if set.target.steps.is_empty() => self.set(set.target.root, &set.value, set.node, &mut known, reached),
                Statement::If(parts) => {
                    let mut reached = reached;
                    for branch in &parts.branches {
                        reached &= self.of_client(&branch.condition);
                        self.block(&branch.body, &known, reached);
                    }
                    if let Some((_, body)) = &parts.otherwise {
                        self.block(body, &known, reached);
                    }
                }
                Statement::Foreach(each) => self.block(&each.body, &known, false),
                _ => {}
            }
        }
    }

    fn set(&mut self, slot: Slot, value: &'p Expression, node: NodeId, known: &mut FxHashMap<Slot, NodeId>, reached: bool) {
        if !self.slots.contains(&slot) {
            return;
        }
        let own = of_map(value, self.role);
        let asks = own.as_ref().is_some_and(|own| own.values.iter().any(|(_, bound)| bound.reads(self.subject, "identity")));
        let before = known.remove(&slot);
        if asks {
            known.insert(slot, node);
        } else if let (Some(before), Some(own)) = (before.filter(|_| reached && !names(value, slot)), own) {
            let name = self.subject.program.name(slot);
            let line = self.subject.program.line(before);
            let message = format!(
                "`{}` takes the place of the {} by the caller that line {line} put into ${name}, so nothing asks for the caller any more: join the two with AND in one expression",
                own.text, self.role
            );
            self.found.push(Spot::at(self.subject.program, node, Code::FilterLost, message));
        }
    }

    fn of_client(&self, condition: &'p Expression) -> bool {
        self.subject.reads(condition, "arguments") && !OTHERS.iter().any(|part| self.subject.reads(condition, part))
    }
}

/// Whether a value names a variable: what was there goes on in it.
fn names(value: &Expression, slot: Slot) -> bool {
    let mut found = false;
    References(|reference: &Reference| found |= reference.root == slot).expression(value);
    found
}
