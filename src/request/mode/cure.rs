//! What to write into the schema: the directive on the field and on every type on the way, and beside it those that keep the
//! others in. It is evaluated again for all modes before it is shown.

use crate::message::quoted_list;
use super::directives::{Gate, DirectiveSource, DirectiveVerdict};
use super::walk::{Closed, SchemaPlace, closed};
use crate::appsync::AuthType;
use crate::request::operation::Selected;
use crate::request::schema::{DirectiveRule, Schema};

/// Places of one step end after this many.
const LISTED: usize = 40;

/// A change of the schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cure {
    /// The directives to write, and where: what has the same is put together.
    pub steps: Vec<(String, Vec<SchemaPlace>)>,
    /// The same for places further down, of which nobody told whether they were selected.
    pub perhaps: Vec<(String, Vec<SchemaPlace>)>,
    /// The modes that are written for the sake of others.
    pub keeps: Vec<AuthType>,
    /// The groups that an `@aws_auth` without effect names: the new directive keeps them.
    pub groups: Vec<String>,
    /// Whether the caller is in none of these.
    pub is_outside: bool,
}

impl Cure {
    /// `put @a @b on Query.x and on type T; add @a to type U beside its @c`
    pub fn words(&self) -> String {
        in_words(&self.steps)
    }

    /// The same for what nobody told to be selected; empty where there is none.
    pub fn further(&self) -> String {
        in_words(&self.perhaps)
    }
}

fn in_words(steps: &[(String, Vec<SchemaPlace>)]) -> String {
    let step = |(what, places): &(String, Vec<SchemaPlace>)| {
        let shown: Vec<String> = places.iter().take(LISTED).map(SchemaPlace::words).collect();
        let more = if places.len() > LISTED { format!(", and on {} more", places.len() - LISTED) } else { String::new() };
        format!("{what} on {}{more}", shown.join(", on "))
    };
    steps.iter().map(step).collect::<Vec<_>>().join("; ")
}

fn add(steps: &mut Vec<(String, Vec<SchemaPlace>)>, what: String, place: &SchemaPlace) {
    match steps.iter_mut().find(|(known, _)| *known == what) {
        Some((_, places)) => places.push(place.clone()),
        None => steps.push((what, vec![place.clone()])),
    }
}

fn rule(mode: AuthType) -> DirectiveRule {
    DirectiveRule { name: mode.directive().to_owned(), mode, groups: None, is_aws_auth: false }
}

/// The rule that lets a mode in: with the groups of an `@aws_auth` that stands there without effect, or the field would be
/// opened to more callers than it was meant for.
fn added(mode: AuthType, field: &[DirectiveRule], object: &[DirectiveRule]) -> DirectiveRule {
    let meant = || field.iter().chain(object).find(|rule| rule.is_aws_auth && rule.groups.is_some());
    let groups = (mode == AuthType::UserPool).then(meant).flatten().and_then(|rule| rule.groups.clone());
    DirectiveRule { groups, ..rule(mode) }
}

/// The change that lets a mode in at all of these places; `None` where it would not, or would shut another mode out.
pub fn find(
    gate: &Gate<'_>,
    schema: &Schema,
    mode: AuthType,
    subject: (&str, &str),
    selection: &[Selected],
    places: &[Closed],
) -> Option<Cure> {
    let mut changed = schema.clone();
    let mut cure = Cure::default();
    for one in places {
        // Where a group is wanted the mode has its directive: it is for the caller to be in one.
        if matches!(one.verdict, DirectiveVerdict::Groups(_) | DirectiveVerdict::GroupsOpen(_)) {
            continue;
        }
        if !matches!(one.verdict, DirectiveVerdict::OtherModes(_)) {
            return None;
        }
        change(gate, schema, &mut changed, mode, one, &mut cure)?;
    }
    if cure.steps.is_empty() && cure.perhaps.is_empty() {
        return None;
    }
    cure.keeps.dedup();
    let own = gate.groups.clone().unwrap_or_default();
    cure.is_outside = gate.groups.is_some() && !cure.groups.is_empty() && !cure.groups.iter().any(|group| own.contains(group));
    // Judged for a caller who is in the groups that the directive names.
    let wanted = places.iter().flat_map(|one| match &one.verdict {
        DirectiveVerdict::Groups(wanted) | DirectiveVerdict::GroupsOpen(wanted) => wanted.as_slice(),
        _ => &[],
    });
    let groups = own.into_iter().chain(cure.groups.iter().chain(wanted).cloned()).collect();
    let gate = &Gate { groups: Some(groups), ..gate.clone() };
    let opened = places.iter().all(|one| {
        let object = changed.types.get(&one.field.0);
        let field = object.and_then(|object| object.fields.get(&one.field.1));
        let (Some(object), Some(field)) = (object, field) else { return false };
        gate.allows(&changed, &one.field.0, object, field, mode) == DirectiveVerdict::Allowed
    });
    (opened && holds(gate, schema, &changed, mode, subject, selection)).then_some(cure)
}

/// Writes the mode's directive into one place of the changed schema, and into the cure.
fn change(gate: &Gate<'_>, schema: &Schema, changed: &mut Schema, mode: AuthType, one: &Closed, cure: &mut Cure) -> Option<()> {
    let (parent, name) = (&one.field.0, &one.field.1);
    let object = schema.types.get(parent)?;
    let field = object.fields.get(name)?;
    let (source, deciding) = gate.deciding(&field.rules, &object.rules, schema.is_root(parent));
    // What decides today is kept. A field that follows the default needs that mode's directive beside the new one.
    let mut rules: Vec<DirectiveRule> = deciding.into_iter().cloned().collect();
    let kept: Vec<AuthType> = match (source, gate.api.default) {
        (DirectiveSource::Default, Some(default)) => vec![default],
        _ => Vec::new(),
    };
    rules.extend(kept.iter().map(|mode| rule(*mode)));
    let new = added(mode, &field.rules, &object.rules);
    cure.groups.extend(new.groups.clone().unwrap_or_default());
    rules.push(new);
    let what = words(source, &one.place, &rules, &kept);
    let target = changed.types.get_mut(parent)?;
    match &one.place {
        SchemaPlace::Type(_) => target.rules = rules,
        SchemaPlace::Field(..) => target.fields.get_mut(name)?.rules = rules,
    }
    cure.keeps.extend(kept);
    add(if one.is_selected { &mut cure.steps } else { &mut cure.perhaps }, what, &one.place);
    Some(())
}

/// The step in words: all of the directives, or the one that is added to those that stand there.
fn words(source: DirectiveSource, place: &SchemaPlace, rules: &[DirectiveRule], kept: &[AuthType]) -> String {
    let Some((new, before)) = rules.split_last() else { return String::new() };
    let stands = match (source, place) {
        (DirectiveSource::Field, SchemaPlace::Field(..)) | (DirectiveSource::Object, SchemaPlace::Type(_)) => before,
        _ => &[],
    };
    if !stands.is_empty() {
        let names: Vec<&str> = stands.iter().map(|rule| rule.name.as_str()).collect();
        return format!("{} beside {}", written(new), names.join(" "));
    }
    let mut all = vec![written(new)];
    all.extend(kept.iter().map(|mode| mode.directive().to_owned()));
    // A field that had its type's directives must repeat them.
    let repeated = before.iter().filter(|rule| !kept.contains(&rule.mode));
    all.extend(repeated.map(written));
    all.join(" ")
}

/// A rule as it is written.
pub(super) fn written(rule: &DirectiveRule) -> String {
    match &rule.groups {
        Some(groups) => format!("{}(cognito_groups: {groups})", rule.name, groups = quoted_list(groups)),
        None => rule.name.clone(),
    }
}

/// Whether the change lets the mode in all the way, and every other mode as far as before.
fn holds(
    gate: &Gate<'_>,
    before: &Schema,
    after: &Schema,
    mode: AuthType,
    subject: (&str, &str),
    selection: &[Selected],
) -> bool {
    let keeps_out = |schema: &Schema, mode| closed(gate, schema, mode, subject, selection);
    let all = [AuthType::ApiKey, AuthType::Iam, AuthType::UserPool, AuthType::Oidc, AuthType::Lambda];
    let others = all.into_iter().filter(|other| *other != mode && gate.api.modes().contains(other));
    // What the default action closes has a cure of its own.
    let open = |one: &Closed| !one.verdict.is_closed() || one.verdict == DirectiveVerdict::DefaultDeny;
    keeps_out(after, mode).iter().all(|one| !one.is_selected || open(one))
        && others.into_iter().all(|other| {
            let known = keeps_out(before, other);
            keeps_out(after, other).iter().all(|one| known.iter().any(|known| known.place == one.place))
        })
}
