//! What each rule says to one caller and one operation, in a sentence a rule.

use super::granted::{RuleCaller, groups, is_about};
use super::model::{Model, ModelType};
use super::purpose::Purpose;
use super::rule::{Allow, Operation, Provider, Rule};
use super::tie::Ties;
use crate::appsync::AuthType;
use crate::message::quoted;
use crate::value::Value;
use serde::Serialize;

/// Who asks, and about which row.
#[derive(Clone, Debug)]
pub struct Situation {
    /// Who asks.
    pub caller: RuleCaller,
    /// `$ctx.args`
    pub args: Value,
    /// `$ctx.args.input`
    pub input: Value,
    /// What the data source answered; null where nobody gave it.
    pub result: Value,
    /// The parent object of a field; null where nobody gave one.
    pub source: Value,
}

impl Situation {
    /// The row that a rule of a field, or of an operation, compares the caller with.
    fn row(&self, of_field: bool) -> &Value {
        match of_field {
            true => [&self.source, &self.result],
            false => [&self.result, &self.source],
        }
        .into_iter()
        .find(|row| !row.is_null())
        .unwrap_or(&self.result)
    }
}

/// What a rule does for a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleSays {
    /// It let the caller in.
    LetsIn,
    /// It would let rows through that are the caller's.
    TheirRows,
    /// It lets the caller write some fields.
    SomeFields,
    /// It does not cover the operation.
    NotCovered,
    /// It is for callers of another mode.
    OtherMode,
    /// It is not about this caller.
    NotThis,
    /// It compares the caller with a row that nobody gave.
    NeedsRow,
    /// The transformer makes nothing of it.
    Dropped,
}

/// A rule and what it says.
#[derive(Clone, Debug)]
pub struct JudgedRule {
    /// The rule, as a place in the model's.
    pub rule: usize,
    /// What it does for the caller.
    pub outcome: RuleSays,
    /// In a few words, to the caller.
    pub says: String,
}

/// What the rules say of a field and a caller.
#[derive(Clone, Debug)]
pub struct Saying {
    /// The model or field that the rules stand on: `Post`, `Query.count`.
    pub of: String,
    /// The operation, in a word: `delete`, `read`.
    pub word: String,
    /// The rules in order.
    pub rules: Vec<JudgedRule>,
}

impl Ties {
    /// What the rules behind a field say to a caller; `granted` let the caller in.
    pub fn say(&self, field: &str, situation: &Situation, granted: &[usize]) -> Option<Saying> {
        let model = &self.model;
        let (of, own, operation) = match self.purposes.get(field)? {
            Purpose::Operation { model: name, operation } => {
                let of = model.types.get(name)?;
                (name.clone(), self.of_operation(of, *operation, situation), Some(*operation))
            }
            Purpose::Relation { parent, field: name, model: other } => {
                let of = model.types.get(other)?;
                let field = model.types.get(parent).and_then(|parent| parent.fields.get(name));
                let mut rules: Vec<usize> = field.into_iter().flat_map(|field| &field.rules).copied().collect();
                rules.extend(self.of_operation(of, Operation::List, situation));
                (other.clone(), rules, Some(Operation::List))
            }
            Purpose::Field { parent, field: name } => {
                let of = model.types.get(parent)?;
                let own = of.fields.get(name).map_or(of.rules.as_slice(), |field| model.rules_for(of, field));
                (format!("{parent}.{name}"), own.to_vec(), of.is_model.then_some(Operation::Get))
            }
            Purpose::Custom { parent, field: name } => {
                let own = model.types.get(parent)?.fields.get(name)?;
                (format!("{parent}.{name}"), own.rules.clone(), None)
            }
        };
        let judged = own.iter().filter_map(|at| {
            let rule = model.rules.get(*at)?;
            let (outcome, says) = match granted.contains(at) {
                true => (RuleSays::LetsIn, "lets you in".to_owned()),
                false => self.says(field, *at, rule, operation, situation),
            };
            Some(JudgedRule { rule: *at, outcome, says })
        });
        let word = match operation {
            Some(operation) if operation.reads() => "read",
            Some(operation) => operation.as_str(),
            None if matches!(self.purposes.get(field), Some(Purpose::Field { .. })) => "read",
            None => "call it",
        };
        let rules: Vec<JudgedRule> = judged.collect();
        // A relation's own rules come first: where none of them is about the caller, those of the other model have no say.
        let own = |judged: &&JudgedRule| model.rules.get(judged.rule).is_some_and(|rule| of_place(rule, field));
        let no = [RuleSays::NotCovered, RuleSays::OtherMode, RuleSays::NotThis, RuleSays::Dropped];
        let stopped = rules.iter().any(|one| own(&one)) && rules.iter().filter(own).all(|one| no.contains(&one.outcome));
        let of = if stopped { field.to_owned() } else { of };
        Some(Saying { of, word: word.to_owned(), rules })
    }

    /// The type's rules, and those of its fields that have a say or that the input names.
    fn of_operation(&self, of: &ModelType, operation: Operation, situation: &Situation) -> Vec<usize> {
        let writes = matches!(operation, Operation::Create | Operation::Update);
        let input = situation.input.as_map().filter(|_| writes && !self.model.old);
        let named = |at: &usize| {
            let field = self.model.rules.get(*at).and_then(|rule| rule.field.as_ref());
            field.zip(input).is_some_and(|(field, input)| input.get_str(field).is_some())
        };
        let has_say = |at: &usize| of.rules.contains(at) || self.model.has_say(of, *at, operation) || named(at);
        self.model.all_rules(of).into_iter().filter(has_say).collect()
    }

    fn says(&self, field: &str, at: usize, rule: &Rule, operation: Option<Operation>, situation: &Situation) -> (RuleSays, String) {
        if let Some(operation) = operation
            && let Some(says) = self.not_covered(field, at, rule, operation)
        {
            return (RuleSays::NotCovered, says);
        }
        if operation.is_none() && rule.is_dynamic() {
            return (RuleSays::Dropped, "has no row to compare with here, so nothing was made of it".to_owned());
        }
        let mode = situation.caller.mode;
        if mode.is_some_and(|mode| mode != rule.provider.mode()) {
            return (RuleSays::OtherMode, format!("is for {}", callers(rule)));
        }
        let of_field = matches!(self.purposes.get(field), Some(Purpose::Field { .. })) || of_place(rule, field);
        let fields = self.some_fields(field, at, operation);
        if rule.is_dynamic() && (of_field || fields.is_some()) && is_theirs(rule, operation, situation, of_field) {
            let says = fields.map(|fields| format!("is about you, and covers {fields} alone"));
            return says.map_or((RuleSays::LetsIn, "is about you".to_owned()), |says| (RuleSays::SomeFields, says));
        }
        let (outcome, says) = about(rule, operation, situation, of_field);
        match fields {
            Some(fields) if outcome == RuleSays::LetsIn => (RuleSays::SomeFields, format!("is about you, and covers {fields} alone")),
            _ => (outcome, says),
        }
    }

    /// The fields that a rule covers, where a write takes more. Of several groups in a rule, some may delete what others may
    /// not: that is told of each.
    fn some_fields(&self, field: &str, at: usize, operation: Option<Operation>) -> Option<String> {
        let Some(Purpose::Operation { model, .. }) = self.purposes.get(field) else { return None };
        let of = self.model.types.get(model).filter(|of| !self.model.old && !of.fields.is_empty())?;
        let operation = operation.filter(|operation| !operation.reads())?;
        let fields = self.model.fields_of(of, at, operation);
        (fields.len() < of.fields.len()).then(|| fields.join(", "))
    }

    fn not_covered(&self, field: &str, at: usize, rule: &Rule, operation: Operation) -> Option<String> {
        let word = operation.as_str();
        if !rule.covers(operation) {
            let reads = operation.reads() && rule.operations.iter().any(|own| own.reads());
            let related = matches!(self.purposes.get(field), Some(Purpose::Relation { .. } | Purpose::Field { .. }));
            return (!(reads && related)).then(|| format!("does not cover {word}"));
        }
        let Some(Purpose::Operation { model, .. }) = self.purposes.get(field) else { return None };
        let of = self.model.types.get(model)?;
        let why = match operation {
            Operation::Delete => "does not cover delete on every field, which a whole row takes",
            _ => "covers no field: each has rules of its own",
        };
        (!self.model.has_say(of, at, operation)).then(|| why.to_owned())
    }
}

/// Whether a rule of the caller's mode that covers the operation is about the caller.
fn about(rule: &Rule, operation: Option<Operation>, situation: &Situation, of_field: bool) -> (RuleSays, String) {
    let caller = &situation.caller;
    let fits = is_about(rule, caller);
    match rule.allow {
        Allow::Groups if rule.groups_field.is_none() => {
            let own = groups(&caller.identity, &rule.group_claim);
            let says = if own.is_empty() { "you are in no group".to_owned() } else { format!("you are in {}", list(&own)) };
            (if fits { RuleSays::LetsIn } else { RuleSays::NotThis }, says)
        }
        Allow::Groups if !fits => (RuleSays::NotThis, "you are in no group".to_owned()),
        Allow::Owner | Allow::Groups => with_row(rule, operation, situation, of_field),
        Allow::Private if rule.provider == Provider::IdentityPool && !fits => {
            (RuleSays::NotThis, "is for who is signed in; you are a guest".to_owned())
        }
        Allow::Public if rule.provider == Provider::IdentityPool && !fits => {
            (RuleSays::NotThis, "is for guests; you are signed in".to_owned())
        }
        _ if rule.provider == Provider::IdentityPool => {
            (RuleSays::NotThis, "asks for the identity pool's own role".to_owned())
        }
        _ => (RuleSays::LetsIn, "is about you".to_owned()),
    }
}

/// Whether a rule stands on a field of the API itself: `Farm.plots`.
fn of_place(rule: &Rule, field: &str) -> bool {
    let (parent, name) = field.split_once('.').unwrap_or_default();
    rule.type_name == parent && rule.field.as_deref() == Some(name)
}

/// Whether what a rule compares the caller with names the caller. Who creates a row without an owner becomes it.
fn is_theirs(rule: &Rule, operation: Option<Operation>, situation: &Situation, of_field: bool) -> bool {
    let row = if operation == Some(Operation::Create) { &situation.input } else { situation.row(of_field) };
    let Some(map) = row.as_map() else { return false };
    let fills = operation == Some(Operation::Create) && rule.allow == Allow::Owner;
    let absent = rule.row_field().is_some_and(|field| map.get_str(field).is_none());
    fills && absent || names(rule, &situation.caller, row)
}

fn with_row(rule: &Rule, operation: Option<Operation>, situation: &Situation, of_field: bool) -> (RuleSays, String) {
    let field = rule.row_field().unwrap_or_default();
    let row = situation.row(of_field);
    let key = situation.args.as_map().and_then(|args| args.get_str(field)).filter(|value| !value.is_null());
    let (place, from) = match (operation, key) {
        (Some(Operation::Create), _) => ("the input", &situation.input),
        (Some(Operation::Update | Operation::Delete) | None, _) => ("the row", row),
        // A key of the query is compared as it was asked for.
        (Some(_), Some(asked)) if !names(rule, &situation.caller, &situation.args) => {
            return (RuleSays::NotThis, format!("{field} asked for is {}", asked.to_json().unwrap_or_default()));
        }
        (Some(operation), _) if !of_field && operation != Operation::Get || row.is_null() => {
            return (RuleSays::TheirRows, format!("lets through rows whose {field} has you"));
        }
        (Some(_), _) => ("the row", row),
    };
    let Some(map) = from.as_map() else {
        return (RuleSays::NeedsRow, format!("compares you with {field} of {place}, which was not given"));
    };
    let value = map.get_str(field).unwrap_or_default();
    let shown = value.to_json().unwrap_or_default();
    match value.is_null() {
        _ if is_theirs(rule, operation, situation, of_field) => (RuleSays::LetsIn, format!("{place} is yours by {field}")),
        true => (RuleSays::NotThis, format!("{place} has no {field}")),
        false => (RuleSays::NotThis, format!("{field} of {place} is {shown}")),
    }
}

/// Whom a rule is for, by its provider.
fn callers(rule: &Rule) -> &'static str {
    match rule.provider {
        Provider::ApiKey => "callers with the API key",
        Provider::IdentityPool if rule.allow == Allow::Public => "guests of the identity pool (IAM)",
        Provider::IdentityPool => "who is signed in by the identity pool (IAM)",
        Provider::Oidc => "callers by OpenID Connect",
        Provider::UserPools => "users of the user pool",
        Provider::Function => "callers whom the Lambda authorizer lets in",
    }
}

/// A caller of a mode, in a sentence.
pub fn caller_word(mode: Option<AuthType>) -> &'static str {
    match mode {
        Some(AuthType::ApiKey) => "a caller with the API key",
        Some(AuthType::Iam) => "a caller by IAM",
        Some(AuthType::UserPool) => "a signed-in user",
        Some(AuthType::Oidc) => "a caller by OpenID Connect",
        Some(AuthType::Lambda) => "a caller of the Lambda authorizer",
        None => "this caller",
    }
}

fn list(items: &[String]) -> String {
    let quoted: Vec<_> = items.iter().map(|item| quoted(item).to_string()).collect();
    format!("[{}]", quoted.join(", "))
}

/// A change of rules that would cover an operation: proved by nothing, since only a build makes templates of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleChange {
    /// The rule.
    pub rule: String,
    /// What to do, in a sentence.
    pub says: String,
    /// The rule as Gen 1 writes it.
    pub sdl: String,
    /// The rule as Gen 2 writes it.
    pub typescript: String,
    /// That it is no proof.
    pub proof: &'static str,
}

/// The changes of rules that would let a refused caller in: only rules that are about the caller already, and only by the
/// operation that they leave out. A rule for others, or for everybody, is for its author to think of.
pub fn changes(model: &Model, saying: &Saying, situation: &Situation, operation: Operation) -> Vec<RuleChange> {
    let mut found = Vec::new();
    for judged in saying.rules.iter().filter(|judged| judged.outcome == RuleSays::NotCovered) {
        let Some(rule) = model.rules.get(judged.rule) else { continue };
        let row = if operation == Operation::Create { &situation.input } else { situation.row(false) };
        if rule.is_dynamic() && !row.is_null() && !names(rule, &situation.caller, row) {
            continue;
        }
        let named = rule.groups_field.is_some() || rule.allow == Allow::Owner || !rule.groups.is_empty();
        if rule.covers(operation) || !named || !is_about(rule, &situation.caller) {
            continue;
        }
        let mut wider = rule.clone();
        let mut words = rule.operations_written.clone().unwrap_or_default();
        words.push(operation.as_str().to_owned());
        wider.operations_written = Some(words);
        let list = model.types.get(&rule.type_name).and_then(|of| rule.row_field().and_then(|field| of.fields.get(field)));
        found.push(RuleChange {
            rule: rule.id.clone(),
            says: format!("let rule {} of {} cover {} too", rule.number, rule.place(), operation.as_str()),
            sdl: wider.sdl(),
            typescript: wider.typescript(list.is_some_and(|field| field.is_list)),
            proof: "rebuild and check",
        });
    }
    found
}

/// Whether a row names the caller, as a rule compares them.
fn names(rule: &Rule, caller: &RuleCaller, row: &Value) -> bool {
    let claim = |name: &str| {
        let claims = caller.identity.as_map().and_then(|identity| identity.get_str("claims"))?;
        claims.as_map()?.get_str(name)?.as_str().map(str::to_owned)
    };
    let own = match rule.allow {
        Allow::Groups => groups(&caller.identity, &rule.group_claim),
        _ => {
            // Either name of the user name is the other where that is absent.
            let one = |name: &str| match name {
                "username" | "cognito:username" => claim("username").or_else(|| claim("cognito:username")),
                name => claim(name),
            };
            let written = rule.identity_claim.as_deref().unwrap_or("sub::username");
            let parts: Vec<Option<String>> = written.split("::").map(one).collect();
            let whole: Option<Vec<&str>> = parts.iter().map(Option::as_deref).collect();
            let whole = whole.map(|parts| parts.join("::"));
            parts.iter().flatten().cloned().chain(whole).collect()
        }
    };
    let value = row.as_map().and_then(|row| row.get_str(rule.row_field()?)).unwrap_or_default();
    let values = value.members().unwrap_or_else(|| vec![value.clone()]);
    values.iter().filter_map(Value::as_str).any(|value| own.iter().any(|own| own == value))
}
