//! What is wrong with the rules themselves (Amplify documentation, "Customize your auth rules": field-level rules, owner
//! fields, subscriptions, global rule).

use crate::message::{Message, Part};
use super::RuleFinding;
use super::build::{named, place};
use crate::code::Code;
use crate::rules::access::ignored;
use crate::rules::model::{ModelFault, ModelField, Model, ModelType};
use crate::rules::purpose::{Purpose, purposes};
use crate::rules::rule::{Allow, Operation, Provider, Rule};
use crate::rules::tie::Ties;

pub(super) fn findings(ties: &Ties) -> Vec<RuleFinding> {
    let model = &ties.model;
    let mut found: Vec<RuleFinding> = model.faults.iter().map(fault).collect();
    for of in model.types.values().filter(|of| !of.made) {
        if of.is_model {
            without_rules(model, of, &mut found);
            open(model, of, &mut found);
            taken_away(model, of, &mut found);
            owners(model, of, &mut found);
            subscriptions(model, of, &mut found);
            covered(model, of, &mut found);
        } else {
            dropped(model, of, &mut found);
        }
        repeated(model, of, &mut found);
    }
    relations(model, &mut found);
    found
}

fn finding(code: Code, rule: &Rule, message: Message) -> RuleFinding {
    RuleFinding { code, line: rule.line, about: place(rule), message }
}

fn number(rule: &Rule) -> Part {
    Part::Text(rule.number.to_string())
}

/// A type or a field.
fn name(name: &str) -> Part {
    Part::Name(name.to_owned())
}

fn fault(fault: &ModelFault) -> RuleFinding {
    let (place, line, what) = match fault {
        ModelFault::NoRules { place, line } => (place, line, "an @auth without `rules`"),
        ModelFault::NotRead { place, line, what } => (place, line, what.as_str()),
    };
    let message = Message::of("{}: {}: this rule was not read", [name(place), Part::Text(what.to_owned())]);
    RuleFinding { code: Code::RuleNotRead, line: *line, about: place.clone(), message }
}

fn without_rules(model: &Model, of: &ModelType, found: &mut Vec<RuleFinding>) {
    if of.has_auth || of.fields.values().any(|field| field.has_auth) {
        return;
    }
    let who = match model.global_rule {
        true => "the global rule opens it to everybody with the API key",
        false => "nobody may use it but the sandbox's API key, admin roles and, in Gen 2, IAM principals of the account",
    };
    let message = Message::of("{} has no rules: {}. » Give it rules.", [name(&of.name), Part::Text(who.to_owned())]);
    found.push(RuleFinding { code: Code::ModelWithoutRules, line: of.line, about: of.name.clone(), message });
}

/// Rules for everybody.
fn open(model: &Model, of: &ModelType, found: &mut Vec<RuleFinding>) {
    for rule in model.rules_of(&of.rules).filter(|rule| rule.allow == Allow::Public) {
        let writes = [Operation::Create, Operation::Update, Operation::Delete];
        let writes: Vec<&str> = writes.into_iter().filter(|own| rule.covers(*own)).map(Operation::as_str).collect();
        if writes.is_empty() {
            continue;
        }
        let who = if rule.provider == Provider::ApiKey { "whoever has the API key" } else { "guests" };
        let message = Message::of(
            "{} may {} rows of {}: the key stands in every client. » Name the operations, such as [read].",
            [Part::Text(who.to_owned()), Part::Text(writes.join(", ")), name(&of.name)],
        );
        found.push(finding(Code::ModelOpen, rule, message));
    }
}

/// Field rules replace the type's for their field: who may delete or create a row must be let by each.
fn taken_away(model: &Model, of: &ModelType, found: &mut Vec<RuleFinding>) {
    if model.old {
        return;
    }
    for at in &of.rules {
        let Some(rule) = model.rules.get(*at) else { continue };
        let lacks = |operation: Operation, field: &&ModelField| {
            field.has_auth && !model.rules_of(&field.rules).any(|own| own.covers(operation) && shares(own, rule))
        };
        let fields = |operation: Operation, required: bool| -> Vec<&str> {
            let fields = of.fields.values().filter(|field| !required || field.is_required && !field.is_key);
            fields.filter(|field| lacks(operation, field)).map(|field| field.name.as_str()).collect()
        };
        for (operation, required) in [(Operation::Delete, false), (Operation::Create, true)] {
            let fields = if rule.covers(operation) { fields(operation, required) } else { Vec::new() };
            if !fields.is_empty() {
                let word = || Part::Name(operation.as_str().to_owned());
                let message = Message::of(
                    "the rules of {} take {} away from rule {} ({}): a row takes the right to {} each field. Repeat the rule on the field, or take {} out of it.",
                    [name(&fields.join(", ")), word(), number(rule), Part::Code(rule.text()), word(), word()],
                );
                found.push(finding(Code::FieldRuleTakesAway, rule, message));
            }
        }
    }
}

/// Whether two rules make one role at least.
fn shares(left: &Rule, right: &Rule) -> bool {
    let roles = right.roles();
    right.roles().iter().all(|role| left.roles().contains(role)) && !roles.is_empty()
}

/// Owners who may hand a row to somebody else.
fn owners(model: &Model, of: &ModelType, found: &mut Vec<RuleFinding>) {
    for rule in model.rules_of(&of.rules).filter(|rule| rule.allow == Allow::Owner && rule.covers(Operation::Update)) {
        let field = of.fields.get(&rule.owner_field);
        let kept = field.is_some_and(|field| {
            field.has_auth && !model.rules_of(&field.rules).any(|own| own.covers(Operation::Update) && shares(own, rule))
        });
        // A list of owners is there to be written by them.
        if kept || field.is_some_and(|field| field.is_list) {
            continue;
        }
        let message = Message::of(
            "an owner of {} may write {} and so give the row to somebody else. » Give the field rules of its own without update.",
            [name(&of.name), name(&rule.owner_field)],
        );
        found.push(finding(Code::OwnerReassignable, rule, message));
    }
}

/// Subscriptions that show more than queries do.
fn subscriptions(model: &Model, of: &ModelType, found: &mut Vec<RuleFinding>) {
    if of.names.subscriptions_off {
        return;
    }
    if of.names.subscriptions_public && of.has_auth {
        let message = Message::of(
            "subscriptions of {} are public: whoever may connect sees every event, whatever the rules say of reading",
            [name(&of.name)],
        );
        found.push(RuleFinding { code: Code::SubscriptionWider, line: of.line, about: of.name.clone(), message });
        return;
    }
    for rule in model.rules_of(&of.rules) {
        let reads = rule.covers(Operation::Get) || rule.covers(Operation::List);
        if rule.covers(Operation::Listen) && !reads {
            let message = Message::of(
                "rule {} of {} lets its callers listen to rows that they may not get or list",
                [number(rule), name(&of.name)],
            );
            found.push(finding(Code::SubscriptionWider, rule, message));
        }
    }
    let listens = model.rules_of(&of.rules).filter(|rule| rule.covers(Operation::Listen));
    let listens: Vec<&Rule> = listens.collect();
    if model.old && !listens.is_empty() && listens.iter().all(|rule| rule.groups_field.is_some()) {
        let message = Message::of(
            "subscriptions of {} are not protected: this transformer does not compare the groups in a row with who listens",
            [name(&of.name)],
        );
        found.push(finding(Code::SubscriptionWider, listens[0], message));
    }
}

/// Rules that can never matter: each field has its own, or everybody who is signed in may do all of it anyway.
fn covered(model: &Model, of: &ModelType, found: &mut Vec<RuleFinding>) {
    for at in &of.rules {
        let Some(rule) = model.rules.get(*at) else { continue };
        let nowhere = !model.old && !of.fields.is_empty() && of.fields.values().all(|field| field.has_auth);
        let wider = model.rules_of(&of.rules).find(|other| {
            other.allow == Allow::Private
                && other.id != rule.id
                && other.provider == rule.provider
                && rule.provider != Provider::IdentityPool
                && rule.operations.iter().all(|operation| other.covers(*operation))
        });
        // Who creates a row is filled in as its owner by this rule alone.
        let fills_in = rule.allow == Allow::Owner && rule.covers(Operation::Create);
        let why = match wider {
            _ if nowhere => "every field has rules of its own".into(),
            Some(other) if !fills_in => {
                Message::of("rule {} lets everybody who is signed in do all of it", [number(other)])
            }
            _ if rule.operations.is_empty() => "it covers no operation".into(),
            _ => continue,
        };
        found.push(finding(Code::RuleNeverMatters, rule, Message::joined("{} never matters: {}", [named(rule), why])));
    }
}

/// Rules of queries and mutations that compare with a row, where there is none.
fn dropped(model: &Model, of: &ModelType, found: &mut Vec<RuleFinding>) {
    for field in of.fields.values() {
        for rule in model.rules_of(&field.rules).filter(|rule| ignored(of, field, rule)) {
            let message = Message::joined("{} never matters: there is no row here to compare the caller with", [named(rule)]);
            found.push(finding(Code::RuleNeverMatters, rule, message));
        }
    }
}

/// Of several rules for the same callers on one field, the last one counts alone.
fn repeated(model: &Model, of: &ModelType, found: &mut Vec<RuleFinding>) {
    for field in of.fields.values().filter(|_| of.is_model && !model.old) {
        for (place_of, at) in field.rules.iter().enumerate() {
            let Some(rule) = model.rules.get(*at) else { continue };
            let later = field.rules[place_of + 1..].iter().filter_map(|at| model.rules.get(*at));
            if let Some(later) = later.into_iter().find(|later| shares(later, rule)) {
                let message = Message::joined(
                    "{} never matters: {} is for the same callers and replaces it. » Write one rule with all operations.",
                    [named(rule), Message::of("rule {}", [number(later)])],
                );
                found.push(finding(Code::RuleNeverMatters, rule, message));
            }
        }
    }
}

/// Relations whose other model lets fewer callers read: by the model alone, whatever is built of it.
fn relations(model: &Model, found: &mut Vec<RuleFinding>) {
    for purpose in purposes(model, None).values() {
        let Purpose::Relation { parent, field, model: other } = purpose else { continue };
        let (Some(of), Some(to)) = (model.types.get(parent), model.types.get(other)) else { continue };
        let Some(own) = of.fields.get(field).filter(|_| !of.made && !to.made) else { continue };
        let reads = |rule: &&Rule| rule.operations.iter().any(|operation| operation.reads());
        let readers: Vec<&Rule> = model.rules_of(&to.rules).filter(reads).collect();
        let passes = |rule: &Rule| readers.iter().any(|reader| lets(reader, rule));
        let shut: Vec<Message> = model
            .rules_of(model.rules_for(of, own))
            .filter(reads)
            .filter(|rule| !passes(rule))
            .map(|rule| Message::of("rule {} ({})", [number(rule), Part::Code(rule.text())]))
            .collect();
        if !shut.is_empty() {
            let about = format!("{parent}.{field}");
            let leads = Message::of(
                "{} leads to {}, which is stricter: who reads {} by",
                [name(&about), name(other), name(parent)],
            );
            let message = Message::joined("{} {} is refused there, or sees less", [leads, Message::list(shut, ", ")]);
            found.push(RuleFinding { code: Code::RelationStricter, line: own.line, about, message });
        }
    }
}

/// Whether whoever a rule lets in is let in by another.
fn lets(reader: &Rule, rule: &Rule) -> bool {
    let all = reader.allow == Allow::Private && reader.provider == rule.provider && rule.allow != Allow::Public;
    all || shares(reader, rule)
}
