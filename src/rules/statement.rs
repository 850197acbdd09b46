//! Which statements of a template authorize, and how.

use crate::value::method::Method;
use super::link::last_call;
use crate::syntax::visit::{References, Visit as _};
use crate::syntax::{Expression, ExpressionKind as Kind, NodeId, Program, Reference, Set, Slot};
use crate::trace::stash::{stash_key, stash_put};
use crate::trace::index::{Index, Node};
use serde::Serialize;

/// How a statement authorizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatementEffect {
    /// It lets the caller in.
    Allow,
    /// A term of a filter.
    Filter,
    /// It puts together what others gave.
    Gather,
    /// Fields that may be written, or counted.
    Fields,
    /// It lists fields for a statement further down, which adds them where a rule holds.
    Lists,
    /// A term of a condition on the write.
    Condition,
    /// It fills in the caller as owner.
    Owner,
    /// It lists groups.
    Groups,
    /// It hands a rule to `$util.authRules`.
    Rule,
    /// It leaves the template before the refusal.
    Return,
}

/// The authorizing statements of a template, in the order of the text.
pub(super) fn statements(program: &Program, index: &Index<'_>) -> Vec<(NodeId, StatementEffect)> {
    if !authorizes(program) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (node, what) in &index.statements {
        let effect = match what {
            Node::Set(set) => of_set(program, index, set),
            Node::Return(_) => is_pass(index, *node).then_some(StatementEffect::Return),
            Node::Reference(reference) => of_call(program, index, reference),
            _ => None,
        };
        found.extend(effect.map(|effect| (*node, effect)));
    }
    found
}

/// Whether a template decides about authorization at all.
fn authorizes(program: &Program) -> bool {
    let flag = program.names.iter().any(|name| is_flag(name) || name == "authRules");
    let mut reads = false;
    References(|reference| reads |= stash_key(reference) == Some("hasAuth")).program(program);
    flag || reads
}

/// `isAuthorized`, and the old transformer's `isOwnerAuthorized`, `isLocalOwnerAuthorized`, `salary_isStaticGroupAuthorized` …
pub(super) fn is_flag(name: &str) -> bool {
    let own = name.rfind("is").map_or(name, |at| &name[at..]);
    name == "isAuthorized" || own.ends_with("GroupAuthorized") || own.ends_with("OwnerAuthorized")
}

fn of_set(program: &Program, index: &Index<'_>, set: &Set) -> Option<StatementEffect> {
    let name = program.name(set.target.root);
    if !set.target.steps.is_empty() {
        let filters = stash_key(&set.target) == Some("authFilter") || set.target.ends_with(&["args", "filter"]);
        return (filters || set.target.ends_with(&["args", "input"])).then_some(StatementEffect::Gather);
    }
    let truth = matches!(set.value.kind, Kind::Boolean(true));
    let full = matches!(&set.value.kind, Kind::List(items) if !items.is_empty());
    // A list of fields that every caller has, made before the blocks of the modes, is nobody's rule.
    let inside = !index.chain(set.node).is_empty();
    match name {
        _ if truth && is_flag(name) => Some(StatementEffect::Allow),
        _ if name.starts_with("staticGroupRoles") => Some(StatementEffect::Groups),
        _ if is_fields(name) && inside && (full || matches!(set.value.kind, Kind::Reference(_))) => {
            Some(if name.starts_with("allowed") || name.starts_with("null") { StatementEffect::Fields } else { StatementEffect::Lists })
        }
        _ => None,
    }
}

fn is_fields(name: &str) -> bool {
    let stem = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    matches!(stem, "allowedFields" | "nullAllowedFields" | "allowedAggFields") || stem.ends_with("AllowedFields")
}

fn of_call(program: &Program, index: &Index<'_>, reference: &Reference) -> Option<StatementEffect> {
    let (_, args) = last_call(reference)?;
    reference.function?;
    args.iter().find_map(|arg| match &arg.kind {
        Kind::Reference(inner) => of_change(program, index, inner, reference.node),
        _ => None,
    })
}

/// `$authFilter.add( … )` and the like.
fn of_change(program: &Program, index: &Index<'_>, reference: &Reference, at: NodeId) -> Option<StatementEffect> {
    let (call, args) = last_call(reference)?;
    let call = call?;
    if let Some(key) = stash_put(reference) {
        let value = args.get(1)?;
        let nothing = matches!(value.kind, Kind::Null);
        return match key {
            "authFilter" | "modelQueryExpression" | "aggFieldsFilterMap" if !nothing => Some(StatementEffect::Gather),
            _ => None,
        };
    }
    if !matches!(call, Method::Add | Method::AddAll | Method::Put) {
        return None;
    }
    let name = program.name(reference.root);
    if matches!(reference.root, Slot::CTX | Slot::CONTEXT) {
        let into = reference.begins_with(&["args"]) || reference.begins_with(&["stash", "connectionAttributes"]);
        let by_caller = args.get(1).is_some_and(own_variable) && !index.chain(at).is_empty();
        return (into && by_caller).then_some(if reference.passes("input") { StatementEffect::Owner } else { StatementEffect::Gather });
    }
    reference.variable().filter(|_| reference.steps.len() == 1)?;
    match name {
        "filterMap" => None,
        "authRules" => Some(StatementEffect::Rule),
        "primaryFieldMap" | "authFilterConditions" => Some(StatementEffect::Filter),
        _ if name.ends_with("RuntimeFilter") && call == Method::AddAll => Some(StatementEffect::Gather),
        _ if name.ends_with("RuntimeFilter") || name == "authFilter" => {
            let gathered = args.first().is_some_and(|arg| matches!(&arg.kind, Kind::Reference(_)));
            Some(if gathered { StatementEffect::Gather } else { StatementEffect::Filter })
        }
        _ if is_fields(name) => Some(StatementEffect::Fields),
        _ if name.ends_with("AuthExpressions") => Some(StatementEffect::Condition),
        "items" if is_row_filter(program, index, at) => Some(StatementEffect::Filter),
        _ => None,
    }
}

fn own_variable(value: &Expression) -> bool {
    match &value.kind {
        Kind::Reference(reference) => reference.variable().is_some(),
        Kind::Map(entries) => entries.iter().any(|(_, value)| own_variable(value)),
        _ => false,
    }
}

/// `$items.add($item)` behind a flag: the old transformer's filter on rows.
fn is_row_filter(program: &Program, index: &Index<'_>, node: NodeId) -> bool {
    index.chain(node).last().is_some_and(|part| match part {
        crate::trace::index::NodePart::Branch { parts, at } => {
            let mut found = false;
            References(|reference: &Reference| found |= is_flag(program.name(reference.root)))
                .expression(&parts.branches[*at].condition);
            found
        }
        _ => false,
    })
}

/// A `#return` that lets a caller pass: behind a look at the mode or at the admin roles.
fn is_pass(index: &Index<'_>, node: NodeId) -> bool {
    index.chain(node).iter().any(|part| match part {
        crate::trace::index::NodePart::Branch { parts, at } => {
            let mut asks = false;
            References(|reference: &Reference| {
                asks |= reference.called() == Some(Method::AuthType) || reference.passes("userArn");
            })
            .expression(&parts.branches[*at].condition);
            asks
        }
        _ => false,
    })
}
