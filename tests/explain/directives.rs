//! Directives of the schema: what `diagnose` makes of random schemas, selections and modes, against a second implementation in
//! the plainest words, with groups, `@aws_auth`, the default action, and the cures that are offered
//! (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#using-additional-authorization-modes>: a field's
//! directives replace its type's; without either only the default mode gets in; the type that a field returns is asked too).

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use vtl_eval::report::DiagnosisJson;
use vtl_eval::suite::{Refusal, diagnose};

/// AppSync's name, the directive, and what a report calls the mode.
const MODES: [(&str, &str, &str); 5] = [
    ("API_KEY", "@aws_api_key", "API Key Authorization"),
    ("AWS_IAM", "@aws_iam", "IAM Authorization"),
    ("AMAZON_COGNITO_USER_POOLS", "@aws_cognito_user_pools", "User Pool Authorization"),
    ("OPENID_CONNECT", "@aws_oidc", "Open ID Connect Authorization"),
    ("AWS_LAMBDA", "@aws_lambda", "Lambda Authorization"),
];

/// How many random schemas are judged: 300, or as many as `SCHEMA_CASES` says.
fn cases() -> u32 {
    std::env::var("SCHEMA_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(300)
}

/// A directive: the mode that it lets in, for which groups, and whether it is `@aws_auth`, which is for user pools alone.
#[derive(Clone, Debug, PartialEq)]
struct Rule {
    mode: usize,
    groups: Option<Vec<&'static str>>,
    is_aws_auth: bool,
}

/// User pools among [`MODES`].
const POOLS: usize = 2;
const GROUPS: [&str; 3] = ["a", "b", "c"];

/// A field: its directives, and the type that it returns (none: a text).
#[derive(Clone, Debug)]
struct Field {
    rules: Vec<Rule>,
    returns: Option<usize>,
}

/// A type: its directives and its fields, `f10` and `f11` of `T1`; the first is `Query`.
#[derive(Clone, Debug)]
struct Type {
    rules: Vec<Rule>,
    fields: Vec<Field>,
}

/// The API and who calls it.
#[derive(Clone, Debug)]
struct World {
    schema: Vec<Type>,
    default: usize,
    /// All modes, the default first.
    modes: Vec<usize>,
    denies: bool,
    /// The groups of a user pool's caller.
    groups: Vec<&'static str>,
}

/// What is asked for: a field, and what of the type that it returns.
#[derive(Clone, Debug)]
struct Asked {
    field: usize,
    below: Vec<Asked>,
}

fn groups() -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(GROUPS.to_vec(), 1..3)
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let plain = |mode| Rule { mode, groups: None, is_aws_auth: false };
    let modes = prop::collection::btree_set(0..MODES.len(), 1..4);
    // A directive stands once at a place.
    let some = (modes, prop::option::of(groups())).prop_map(move |(modes, groups)| {
        modes
            .into_iter()
            .map(|mode| Rule { groups: groups.clone().filter(|_| mode == POOLS), ..plain(mode) })
            .collect::<Vec<_>>()
    });
    let auth = groups().prop_map(|groups| vec![Rule { mode: POOLS, groups: Some(groups), is_aws_auth: true }]);
    prop_oneof![4 => Just(Vec::new()), 6 => some, 1 => auth]
}

fn schema() -> impl Strategy<Value = Vec<Type>> {
    let field = (rules(), prop::option::of(1..4_usize)).prop_map(|(rules, returns)| Field { rules, returns });
    let one = (rules(), prop::collection::vec(field, 1..4)).prop_map(|(rules, fields)| Type { rules, fields });
    prop::collection::vec(one, 4)
}

fn world() -> impl Strategy<Value = World> {
    let modes = (0..5_usize, prop::collection::vec(0..5_usize, 0..3));
    let own = prop::sample::subsequence(GROUPS.to_vec(), 0..3);
    (schema(), modes, any::<bool>(), own).prop_map(|(schema, (default, more), denies, groups)| {
        let mut modes = vec![default];
        more.into_iter().for_each(|mode| {
            if !modes.contains(&mode) {
                modes.push(mode)
            }
        });
        World { schema, default, modes, denies, groups }
    })
}

fn asked() -> impl Strategy<Value = Asked> {
    let leaf = (0..4_usize).prop_map(|field| Asked { field, below: Vec::new() });
    leaf.prop_recursive(3, 12, 3, |inner| {
        (0..4_usize, prop::collection::vec(inner, 0..3)).prop_map(|(field, below)| Asked { field, below })
    })
}

/// The selection as the schema has it: no field that it does not have, and something of every object, if it has a text.
fn fitted(schema: &[Type], of: usize, asked: &Asked, depth: usize) -> Asked {
    let field = asked.field % schema[of].fields.len();
    let below = match schema[of].fields[field].returns {
        None => Vec::new(),
        Some(next) if asked.below.is_empty() || depth == 0 => {
            // The first text of the type, if it has one.
            let text = schema[next].fields.iter().position(|one| one.returns.is_none());
            text.map(|field| Asked { field, below: Vec::new() }).into_iter().collect()
        }
        Some(next) => asked.below.iter().map(|one| fitted(schema, next, one, depth - 1)).collect(),
    };
    Asked { field, below }
}

fn name(of: usize) -> String {
    if of == 0 { "Query".to_owned() } else { format!("T{of}") }
}

/// Whether something is selected of every object, as GraphQL wants it.
fn is_whole(schema: &[Type], of: usize, asked: &Asked) -> bool {
    match schema[of].fields[asked.field].returns {
        None => true,
        Some(next) => !asked.below.is_empty() && asked.below.iter().all(|one| is_whole(schema, next, one)),
    }
}

/// The selection of a type's fields.
fn query(schema: &[Type], of: usize, asked: &[Asked]) -> String {
    let one = |asked: &Asked| {
        let below = match schema[of].fields[asked.field].returns {
            Some(next) => format!(" {}", query(schema, next, &asked.below)),
            None => String::new(),
        };
        format!("f{of}{}{below}", asked.field)
    };
    format!("{{ {} }}", asked.iter().map(one).collect::<Vec<_>>().join(" "))
}

/// A rule as it is written.
fn written(rule: &Rule) -> String {
    let name = if rule.is_aws_auth { "@aws_auth" } else { MODES[rule.mode].1 };
    match &rule.groups {
        Some(groups) => format!("{name}(cognito_groups: {})", json!(groups)),
        None => name.to_owned(),
    }
}

fn words(rules: &[Rule]) -> String {
    rules.iter().map(|rule| format!(" {}", written(rule))).collect()
}

fn sdl(schema: &[Type]) -> String {
    let mut text = String::new();
    for (of, one) in schema.iter().enumerate() {
        text += &format!("type {}{} {{\n", name(of), words(&one.rules));
        for (at, field) in one.fields.iter().enumerate() {
            let returns = field.returns.map_or_else(|| "String".to_owned(), |next| format!("[{}!]", name(next)));
            text += &format!("  f{of}{at}: {returns}{}\n", words(&field.rules));
        }
        text += "}\n";
    }
    text
}

/// Whether a mode gets one field: the field's directives, else its type's, else the default mode. `@aws_auth` counts on root
/// fields of an API of user pools alone; a default action of DENY closes root fields without a directive to them.
fn naive_field(world: &World, mode: usize, of: usize, field: usize) -> bool {
    let only_pools = world.modes == [POOLS];
    let own: Vec<&Rule> =
        world.schema[of].fields[field].rules.iter().filter(|rule| !rule.is_aws_auth || only_pools && of == 0).collect();
    let types: Vec<&Rule> = world.schema[of].rules.iter().filter(|rule| !rule.is_aws_auth).collect();
    let rules = if own.is_empty() { types } else { own };
    if rules.is_empty() {
        return mode == world.default && !(mode == POOLS && world.denies && of == 0);
    }
    let in_groups =
        |rule: &Rule| rule.groups.as_ref().is_none_or(|some| some.iter().any(|group| world.groups.contains(group)));
    rules.into_iter().any(|rule| rule.mode == mode && in_groups(rule))
}

/// Whether a mode gets all that was asked for.
fn naive(world: &World, mode: usize, of: usize, asked: &Asked) -> bool {
    let next = world.schema[of].fields[asked.field].returns;
    naive_field(world, mode, of, asked.field) && asked.below.iter().all(|one| naive(world, mode, next.unwrap(), one))
}

/// The layer of the mode, as `diagnose` tells it.
fn judged(world: &World, mode: usize, asked: &Asked) -> Json {
    let schema = &world.schema;
    let additional: Vec<&str> = world.modes[1..].iter().map(|one| MODES[*one].0).collect();
    let field = &schema[0].fields[asked.field];
    let selection = field.returns.map_or_else(String::new, |next| query(schema, next, &asked.below));
    let mut report = json!({"authType": MODES[mode].2, "context": {
        "info": {"parentTypeName": "Query", "fieldName": format!("f0{}", asked.field), "selectionSetGraphQL": selection},
        "apiConfig": {"default": MODES[world.default].0, "additional": additional, "defaultAction": if world.denies { "DENY" } else { "ALLOW" }},
        "schema": sdl(schema),
    }});
    if mode == POOLS {
        report["context"]["identity"] = json!({"sub": "s", "claims": {"sub": "s", "cognito:groups": world.groups}});
    }
    let refusal = Refusal::read(&report).unwrap();
    let diagnosis = diagnose(&refusal, None).unwrap();
    serde_json::to_value(DiagnosisJson::new(&diagnosis, &refusal)).unwrap()["layers"][1].clone()
}

/// One directive of a cure.
fn read_rule(text: &str) -> Rule {
    let (name, rest) = text.split_once('(').unwrap_or((text, ""));
    let mode =
        MODES.iter().position(|(_, directive, _)| *directive == name).unwrap_or_else(|| panic!("directive {text}"));
    let groups = GROUPS.into_iter().filter(|group| rest.contains(&format!("\"{group}\""))).collect::<Vec<_>>();
    Rule { mode, groups: (!rest.is_empty()).then_some(groups), is_aws_auth: false }
}

/// The directives of a list: blanks stand inside of parentheses too.
fn read_rules(text: &str) -> Vec<Rule> {
    text.split('@').skip(1).map(|one| read_rule(&format!("@{}", one.trim()))).collect()
}

/// The cure of a finding, written into the schema; `None` where none is offered that names all places.
fn cured(world: &World, message: &str) -> Option<World> {
    let (_, steps) = message.split_once(" callers are to have it, put ")?;
    let steps = steps.split(". ").next()?.trim_end_matches('.');
    let mut world = world.clone();
    for step in steps.split("; ") {
        let mut parts = step.split(" on ");
        let what = parts.next()?;
        for place in parts {
            let place = place.trim_end_matches(',');
            let (added, beside) = what.split_once(" beside ").unzip();
            let mut rules = read_rules(added.unwrap_or(what));
            let digits = |text: &str| text.trim_start_matches(|letter: char| !letter.is_ascii_digit()).to_owned();
            let of = |name: &str| if name == "Query" { 0 } else { digits(name).parse::<usize>().unwrap() };
            let target = match place.strip_prefix("type ") {
                Some(name) => &mut world.schema[of(name)].rules,
                None => {
                    let (parent, field) = place.split_once('.').unwrap();
                    &mut world.schema[of(parent)].fields[digits(field)[1..].parse::<usize>().unwrap()].rules
                }
            };
            if beside.is_some() {
                rules.extend(target.clone());
            }
            *target = rules;
        }
    }
    Some(world)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn directives_decide_as_in_a_naive_reading(world in world(), asked in asked()) {
        let asked = fitted(&world.schema, 0, &asked, 3);
        if !is_whole(&world.schema, 0, &asked) {
            return Ok(());
        }
        for mode in world.modes.iter().copied() {
            let expected = if naive(&world, mode, 0, &asked) { "passed" } else { "refused" };
            let layer = judged(&world, mode, &asked);
            let shown = || format!("{} {:?} {}\n{}\n{}", MODES[mode].0, world, query(&world.schema, 0, std::slice::from_ref(&asked)), sdl(&world.schema), layer);
            prop_assert_eq!(layer["state"].as_str().unwrap(), expected, "{}", shown());
            // A cure lets the mode in, and every other mode as far as before.
            let message = layer["findings"][0]["message"].as_str().unwrap_or_default();
            let Some(after) = cured(&world, message).filter(|_| expected == "refused") else { continue };
            let inside = World { groups: GROUPS.to_vec(), ..after.clone() };
            prop_assert!(naive(&inside, mode, 0, &asked), "the cure does not let it in: {}", shown());
            for other in world.modes.iter().copied().filter(|other| *other != mode) {
                prop_assert!(!naive(&world, other, 0, &asked) || naive(&after, other, 0, &asked), "the cure shuts {} out: {}", MODES[other].0, shown());
            }
        }
    }
}
