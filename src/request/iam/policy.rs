//! Policy documents judged for one request (IAM user guide: "Policy evaluation logic").

use super::condition::holds;
use super::known::Key;
use crate::request::grants::PolicyKind;
use super::pattern::{Piece, Unresolved, can_be, fits_units, matches, resolve};
use crate::request::grants::{IamCall, TemplateText, Unit};
use crate::request::grants::{Clause, Effect, Policy, PolicyStatement, ConditionTest};

/// A statement that is about the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The statement.
    pub statement: String,
    /// What its policy limits or grants.
    pub kind: PolicyKind,
    /// The policy.
    pub policy: String,
    /// Whether its version has variables.
    pub is_modern: bool,
    /// `Action` or `NotAction`, and the patterns that count.
    pub action: Clause,
    /// `Resource` or `NotResource`, and the patterns that count.
    pub resource: Clause,
    /// The conditions under which it counts, with what the request has.
    pub met: Vec<(ConditionTest, Key)>,
}

/// A statement that depends on what is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The statement.
    pub hit: Hit,
    /// Whether it would deny.
    pub denies: bool,
    /// What it depends on.
    pub doubts: Vec<StatementDoubt>,
}

/// What a statement depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementDoubt {
    /// A condition on a key whose value is not known.
    Condition(ConditionTest),
    /// A variable of a pattern.
    Variable(String),
    /// Parts of the request's ARN.
    Place,
    /// A value that a template makes.
    Template(String),
}

/// An allow that a condition kept from counting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// The statement.
    pub hit: Hit,
    /// The condition.
    pub test: ConditionTest,
    /// What the request has.
    pub actual: Key,
}

/// What policies of one kind say.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// The first statement that allows it.
    pub allowed: Option<Hit>,
    /// The first that denies it.
    pub denied: Option<Hit>,
    /// The other ones that deny it.
    pub denied_too: Vec<Hit>,
    /// Those that depend on what is not known.
    pub open: Vec<Open>,
    /// Allows that a condition kept from counting.
    pub unmet: Vec<Unmet>,
}

impl Judged {
    /// Whether an open statement may deny it.
    pub fn may_deny(&self) -> bool {
        self.open.iter().any(|open| open.denies)
    }

    /// Whether an open statement may allow it.
    pub fn may_allow(&self) -> bool {
        self.open.iter().any(|open| !open.denies)
    }
}

/// Whether a statement is about something.
enum Cover {
    No,
    Yes,
    Open(Vec<StatementDoubt>),
}

fn about_action(clause: &Clause, action: &str) -> Cover {
    let fits = clause.patterns.iter().any(|pattern| matches(&pattern.to_lowercase(), &action.to_lowercase()));
    let can = |one: &&TemplateText| matches(&one.pattern.to_lowercase(), &action.to_lowercase());
    let open: Vec<StatementDoubt> =
        clause.open.iter().filter(can).map(|one| StatementDoubt::Template(one.shown.clone())).collect();
    match fits {
        false if !open.is_empty() => Cover::Open(open),
        _ if fits != clause.not => Cover::Yes,
        _ => Cover::No,
    }
}

fn about_resource(clause: &Clause, arn: &[Unit], modern: bool, keys: &dyn Fn(&str) -> Key) -> Cover {
    // What stands literally in a template's text may already keep it from being the request's.
    let can = |one: &&TemplateText| match resolve(&one.pattern, modern, keys) {
        Ok(pieces) | Err(Unresolved::Unknown(pieces, _)) => can_be(&pieces, arn),
        Err(Unresolved::Absent) => false,
    };
    let mut doubts: Vec<StatementDoubt> =
        clause.open.iter().filter(can).map(|one| StatementDoubt::Template(one.shown.clone())).collect();
    for pattern in clause.patterns.iter().flat_map(|pattern| completed(pattern)) {
        match resolve(&pattern, modern, keys) {
            Ok(pieces) => match fits_units(&pieces, arn) {
                Some(true) if clause.not => return Cover::No,
                Some(true) => return Cover::Yes,
                Some(false) => {}
                None => doubts.push(StatementDoubt::Place),
            },
            Err(Unresolved::Unknown(pieces, name)) if can_be(&pieces, arn) => doubts.push(StatementDoubt::Variable(name)),
            Err(_) => {}
        }
    }
    doubts.dedup();
    match (doubts.is_empty(), clause.not) {
        (false, _) => Cover::Open(doubts),
        (true, true) => Cover::Yes,
        (true, false) => Cover::No,
    }
}

/// A resource, and, of an ARN with fewer than six parts, all that begin so.
fn completed(pattern: &str) -> Vec<String> {
    let parts = pattern.split(':').count();
    if pattern.starts_with("arn:") && parts < 6 {
        vec![pattern.to_owned(), pattern.to_owned() + &":*".repeat(6 - parts)]
    } else {
        vec![pattern.to_owned()]
    }
}

/// What a statement says of a request.
enum Says {
    Nothing,
    Unmet(ConditionTest, Key),
    Open(Vec<StatementDoubt>),
    Counts(Vec<(ConditionTest, Key)>),
}

fn says(statement: &PolicyStatement, arn: &[Unit], action: &str, modern: bool, keys: &dyn Fn(&str) -> Key) -> Says {
    let covers = [about_action(&statement.action, action), about_resource(&statement.resource, arn, modern, keys)];
    if covers.iter().any(|cover| matches!(cover, Cover::No)) {
        return Says::Nothing;
    }
    let mut doubts: Vec<StatementDoubt> = covers
        .into_iter()
        .flat_map(|cover| if let Cover::Open(doubts) = cover { doubts } else { Vec::new() })
        .collect();
    let mut met = Vec::new();
    for test in &statement.conditions {
        let actual = keys(&test.key);
        match one_condition(test, &actual, modern, keys) {
            Some(true) => met.push((test.clone(), actual)),
            Some(false) => return Says::Unmet(test.clone(), actual),
            None => doubts.push(StatementDoubt::Condition(test.clone())),
        }
    }
    if doubts.is_empty() { Says::Counts(met) } else { Says::Open(doubts) }
}

fn one_condition(test: &ConditionTest, actual: &Key, modern: bool, keys: &dyn Fn(&str) -> Key) -> Option<bool> {
    let (mut patterns, mut unknown): (Vec<Vec<Piece>>, bool) = (Vec::new(), false);
    for text in &test.wanted {
        match resolve(text, modern, keys) {
            Ok(pattern) => patterns.push(pattern),
            // A value that cannot be made equals nothing.
            Err(Unresolved::Absent) => {}
            Err(Unresolved::Unknown(..)) => unknown = true,
        }
    }
    let result = holds(&test.operator, actual, &patterns);
    // Of a role's session the path (`role/path/name`) is not known.
    let with_path = |text: &String| text.split_once(":role/").is_some_and(|(_, name)| name.contains('/'));
    let role = |values: &[String]| values.iter().any(|value| value.contains(":role/"));
    let path = test.key.eq_ignore_ascii_case("aws:PrincipalArn")
        && matches!(actual, Key::Known(values) if role(values))
        && test.wanted.iter().any(with_path);
    // A value that is not known might be the one that fits.
    let nothing_fits = Some(test.operator.contains("Not"));
    if (unknown || path) && result == nothing_fits { None } else { result }
}

/// Judges policies of one kind together. What cannot be judged counts for neither side and is named.
pub fn judge_policies<'a>(
    policies: impl IntoIterator<Item = &'a Policy>,
    request: &IamCall,
    keys: &dyn Fn(&str) -> Key,
) -> Judged {
    let mut judged = Judged::default();
    let arn = request.units();
    for policy in policies {
        for statement in &policy.statements {
            let denies = statement.effect == Effect::Deny;
            let hit = |met| Hit {
                statement: statement.name.clone(),
                kind: policy.kind,
                policy: policy.label(),
                is_modern: policy.is_modern,
                action: statement.action.clone(),
                resource: statement.resource.clone(),
                met,
            };
            match says(statement, &arn, &request.action, policy.is_modern, keys) {
                Says::Nothing => {}
                Says::Unmet(test, actual) if !denies => judged.unmet.push(Unmet { hit: hit(Vec::new()), test, actual }),
                Says::Unmet(..) => {}
                Says::Open(doubts) => judged.open.push(Open { hit: hit(Vec::new()), denies, doubts }),
                Says::Counts(met) if denies && judged.denied.is_some() => judged.denied_too.push(hit(met)),
                Says::Counts(met) if denies => judged.denied = Some(hit(met)),
                Says::Counts(met) => judged.allowed = judged.allowed.or_else(|| Some(hit(met))),
            }
        }
    }
    judged
}
