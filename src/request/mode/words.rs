//! What the mode layer says of directives: the cause with both values, and a cure that shuts nobody out.

use super::cure::{self, Cure};
use super::provider::PoolAsOidc;
use super::directives::{Gate, DirectiveSource, DirectiveVerdict, names};
use super::walk::{self, Closed, SchemaPlace};
use crate::appsync::AuthType;
use crate::code::{Certainty, Code};
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, any_of, quoted_list};
use crate::request::evidence::Evidence;
use crate::request::schema::{Field, Object, DirectiveRule, Schema, Slip};
use serde_json::Value as Json;

/// Places in a sentence end after this many.
const LISTED: usize = 12;

/// What is said of one refusal by mode.
pub struct Refused<'a> {
    /// The mode that the request came as.
    pub mode: AuthType,
    /// The place that refuses.
    pub first: &'a Closed,
    /// Other places that would refuse next.
    pub others: &'a [Closed],
    /// The field of the operation, by its name.
    pub root: &'a str,
    /// A mutation that it hears, whose callers are kept out below it.
    pub heard: Option<&'a HeardMutation>,
    /// The change that lets it in.
    pub cure: Option<&'a Cure>,
}

/// A mutation that a subscription hears.
pub struct HeardMutation {
    /// Its name.
    pub name: String,
    /// The mode of callers who may call it, and not select what subscribers ask for.
    pub mode: AuthType,
    /// What lets them: directives and places.
    pub cure: Message,
}

pub(super) fn places(list: &[&Closed]) -> String {
    let shown: Vec<String> = list.iter().take(LISTED).map(|one| one.place.words()).collect();
    let more = if list.len() > LISTED { format!(" and {} more", list.len() - LISTED) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// Why the place lets in what it lets in.
fn because(gate: &Gate<'_>, schema: &Schema, one: &Closed, modes: &[AuthType]) -> Message {
    let (parent, field) = (&one.field.0, &one.field.1);
    let subject = format!("{parent}.{field}");
    let slips = slips(schema, parent, field);
    match one.source {
        DirectiveSource::Default => {
            let lead = match slips.first() {
                Some(slip) => misspelt(slip, &slipped_at(schema, parent, field)),
                None => match ignored(gate, schema, parent, field) {
                    Some(words) => words,
                    None => format!(
                        "{subject} carries no authorization directive that counts, and its type {parent} none either"
                    ),
                },
            };
            let default = gate.api.default.map_or("", AuthType::api_name);
            Message::of(
                "{}, so only the API's default mode {} may call it,",
                [Part::Text(lead), Part::Code(default.to_owned())],
            )
        }
        source => {
            let object = &schema.types[parent];
            let rules = if source == DirectiveSource::Field { &object.fields[field].rules } else { &object.rules };
            let whose = if source == DirectiveSource::Field { "its own directive" } else { "the directive of its type" };
            let written: Vec<String> = rules.iter().map(cure::written).collect();
            let slip = slips.first().map_or(String::new(), |slip| format!(" ({})", misspelt(slip, &slipped_at(schema, parent, field))));
            Message::of(
                "{} lets in {} only, by {} {}{},",
                [
                    Part::Name(subject),
                    Part::Code(names(modes)),
                    Part::Text(whose.to_owned()),
                    Part::Code(written.join(" ")),
                    Part::Text(slip),
                ],
            )
        }
    }
}

/// An `@aws_auth` of the field that AppSync ignores: whoever wrote it takes it for what decides.
pub(super) fn ignored(gate: &Gate<'_>, schema: &Schema, parent: &str, name: &str) -> Option<String> {
    let (object, is_root) = (schema.types.get(parent)?, schema.is_root(parent));
    let (rule, on_type) = inert(gate, schema, parent, object, object.fields.get(name)?).into_iter().next()?;
    let groups = rule.groups.as_ref().map_or_else(String::new, |groups| format!("(cognito_groups: {})", quoted_list(groups)));
    let place = if on_type { format!("type {parent}") } else { format!("{parent}.{name}") };
    let why = match (on_type, is_root) {
        (true, _) => "on a type",
        (false, true) => "on an API with more than one mode",
        (false, false) => "below the root types",
    };
    Some(format!("{place} has @aws_auth{groups}, which AppSync ignores {why}, and {parent}.{name} no other directive that counts"))
}

fn slips<'a>(schema: &'a Schema, parent: &str, field: &str) -> Vec<&'a Slip> {
    let Some(object) = schema.types.get(parent) else { return Vec::new() };
    let own = object.fields.get(field).into_iter().flat_map(|field| &field.slips);
    own.chain(&object.slips).collect()
}

/// Where the first misspelt directive of a field stands: on the field, else on its type.
fn slipped_at(schema: &Schema, parent: &str, field: &str) -> String {
    let own = schema.types.get(parent).and_then(|object| object.fields.get(field)).is_some_and(|field| !field.slips.is_empty());
    if own { format!("{parent}.{field}") } else { format!("type {parent} (so for {parent}.{field} too)") }
}

/// Misspelt directives of the places on the way: they count as none there, too.
fn slipped(schema: &Schema, places: &[&Closed]) -> Message {
    let of = |one: &&Closed| {
        let slip = *slips(schema, &one.field.0, &one.field.1).first()?;
        Some(format!("{}.", misspelt(slip, &one.place.words())).replacen("the ", "The ", 1))
    };
    let mut each: Vec<String> = places.iter().filter_map(of).collect();
    each.dedup();
    each.truncate(3);
    each.join(" ").into()
}

fn misspelt(slip: &Slip, subject: &str) -> String {
    let near = slip.near.map_or(String::new(), |near| format!(" (did you mean `{near}`?)"));
    format!(
        "the directive on {subject} is spelt `{}`, which AppSync does not know{near}, and counts as none",
        slip.written
    )
}

/// Another mode is let in than the request came as.
pub fn other_modes(
    evidence: &Evidence,
    gate: &Gate<'_>,
    schema: &Schema,
    refused: &Refused<'_>,
    modes: &[AuthType],
) -> Finding {
    let Refused { mode, first, others, root, .. } = refused;
    let mut message = because(gate, schema, first, modes);
    message.and(Message::of(
        "and the request came as {}{}: AppSync refuses it before any resolver runs.",
        [Part::Name(mode.api_name().to_string()), Part::Name(key_won(evidence, *mode).to_string())],
    ));
    message.and(nobody(gate, first, modes));
    message.and(on_the_way(schema, *mode, others, "in either and would refuse next."));
    message.and(by_groups(others));
    if let Some(replaced) = replaced(gate, schema, first, *mode) {
        message.and(replaced);
    }
    if let Some(subscription) = subscribers(schema, root) {
        message.and(subscription);
    }
    // The token that was sent as well is let in: nothing is to be opened to the key.
    let by_token = !key_won(evidence, *mode).is_empty() && modes.iter().any(|mode| matches!(mode, AuthType::UserPool | AuthType::Oidc));
    let rules = deciding(gate, schema, first).map(|(_, rules)| rules).unwrap_or_default();
    let pool = PoolAsOidc::of(evidence, *mode, first, &rules);
    let cure = match &pool {
        _ if by_token => Message::from("» Send the token alone, without x-api-key, once somebody is signed in."),
        // Whoever is of that pool has no other credential.
        Some(pool) => advice(gate, schema, refused, &[]).with(pool.way_out.clone()),
        None => advice(gate, schema, refused, modes),
    };
    if let Some(pool) = pool {
        message = pool.fact.with(message);
    }
    Finding::new(Code::DirectiveExcludesMode, message.cured(cure))
        .at(format!("schema.{}", first.field.0.clone() + "." + &first.field.1))
        .actual(mode.as_str())
        .wanted(Json::from(modes.iter().map(|mode| mode.as_str()).collect::<Vec<_>>()))
}

/// The other places that do not let the mode in.
pub(super) fn on_the_way(schema: &Schema, mode: AuthType, others: &[Closed], end: &'static str) -> Message {
    let closed = others.iter().filter(|one| matches!(one.verdict, DirectiveVerdict::OtherModes(_)));
    let (sure, perhaps): (Vec<&Closed>, Vec<&Closed>) = closed.partition(|one| one.is_selected);
    let mut message = Message::default();
    if !sure.is_empty() {
        message.and(Message::of(
            "On the way, {} {} {} {}",
            [
                Part::Place(places(&sure)),
                Part::Text((if sure.len() == 1 { "does not let" } else { "do not let" }).to_owned()),
                Part::Name(mode.api_name().to_owned()),
                Part::Text(end.to_owned()),
            ],
        ));
    }
    message.and(slipped(schema, &sure));
    if !perhaps.is_empty() {
        message.and(Message::of(
            "If they are selected, {} {} it too.",
            [
                Part::Place(places(&perhaps)),
                Part::Text((if perhaps.len() == 1 { "refuses" } else { "refuse" }).to_owned()),
            ],
        ));
    }
    message
}

/// The other places that want a group, with the groups of each.
pub(super) fn by_groups(others: &[Closed]) -> Message {
    let mut message = Message::default();
    for (wanted, places_of) in grouped(others) {
        let each = if places_of.len() == 1 { "wants" } else { "want" };
        let lead = if places_of.iter().all(|one| one.is_selected) { "" } else { "If selected, " };
        message.and(Message::of(
            "{}{} {} one of the groups {} (cognito_groups), and the caller is in none of them.",
            [
                Part::Text(lead.to_owned()),
                Part::Place(places(&places_of)),
                Part::Text(each.to_owned()),
                Part::Value(wanted.join(", ")),
            ],
        ));
    }
    message
}

/// The places that want groups, by the groups that they want.
pub(super) fn grouped(places: &[Closed]) -> Vec<(&[String], Vec<&Closed>)> {
    let mut found: Vec<(&[String], Vec<&Closed>)> = Vec::new();
    for one in places {
        let (DirectiveVerdict::Groups(wanted) | DirectiveVerdict::GroupsOpen(wanted)) = &one.verdict else { continue };
        match found.iter_mut().find(|(known, _)| known == wanted) {
            Some((_, places)) => places.push(one),
            None => found.push((wanted, vec![one])),
        }
    }
    found
}

/// That the directives name only modes that the API does not have: then nobody gets in.
fn nobody(gate: &Gate<'_>, first: &Closed, modes: &[AuthType]) -> Message {
    if !gate.api.is_known() || modes.is_empty() || modes.iter().any(|mode| gate.api.modes().contains(mode)) {
        return Message::default();
    }
    Message::of(
        "The API has no {} (it has {}), so nobody may call {}.",
        [
            Part::Code(any_of(&modes.iter().map(|mode| mode.api_name()).collect::<Vec<_>>())),
            Part::Code(AuthType::api_names(&gate.api.modes())),
            Part::Name(format!("{}.{}", first.field.0, first.field.1)),
        ],
    )
}

/// What to write, or which credential to send instead.
fn advice(gate: &Gate<'_>, schema: &Schema, refused: &Refused<'_>, modes: &[AuthType]) -> Message {
    let Refused { mode, first, cure, .. } = refused;
    let heard = heard(refused);
    // A mode that the API does not have calls nothing.
    let own: Vec<AuthType> = modes.iter().copied().filter(|mode| !gate.api.is_known() || gate.api.modes().contains(mode)).collect();
    let instead = match own.as_slice() {
        [] => String::new(),
        some => format!(" Or call it with a credential of {}.", callers(gate, schema, first, some)),
    };
    let Some(cure) = cure else {
        let place = first.place.words();
        if *mode == AuthType::ApiKey && !own.is_empty() {
            return call_instead(gate, schema, first, &own).with(kept_from_the_key(&format!("{} beside those of {place}", mode.directive())));
        }
        return Message::default().cured(format!(
            "If {} callers are to have it, write {} on {place} beside the directives of those who have it now.{instead}",
            mode.api_name(),
            mode.directive(),
        ));
    };
    let keeps: Vec<&str> = cure.keeps.iter().map(|mode| mode.directive()).collect();
    let keeps = match keeps.as_slice() {
        [] => String::new(),
        // What the ignored @aws_auth was meant to keep out is in by the default mode: whether it stays is the owner's to say.
        some if !cure.groups.is_empty() => format!(
            " {} beside it keeps the field open to every caller of {}, as it is today; leave it out if nobody but these groups is to have it.",
            all_of(some),
            names(&cure.keeps)
        ),
        some => format!(
            " {} must stand beside it, or the callers of {} are shut out.",
            all_of(some),
            names(&cure.keeps)
        ),
    };
    const OUTSIDE: &str = " The caller is in none of these groups: add the user to one of them, and let them sign in again.";
    let outside = if cure.is_outside { OUTSIDE } else { "" };
    let further = match cure.further() {
        some if some.is_empty() => some,
        some => format!(" What is selected further down needs it too: {some}."),
    };
    let member = match grouped(refused.others).first() {
        Some((wanted, places_of)) => format!(" For {} the user must be in {} besides.", places(places_of), any_of(wanted)),
        None => String::new(),
    };
    let open = format!("{}.{keeps}{further}{outside}{member}{heard}", cure.words());
    if *mode == AuthType::ApiKey && !own.is_empty() {
        let call = call_instead(gate, schema, first, &own);
        // Whoever wrote directives on the field that is called said who is to have it; a type below may have been forgotten.
        let is_meant = first.source != DirectiveSource::Default && schema.is_root(&first.field.0);
        return call.with(if is_meant {
            kept_from_the_key(&open)
        } else {
            format!("Or, if everybody who has the key is to have it, put {open}")
        });
    }
    Message::default().cured(format!("If {} callers are to have it, put {open}{instead}", mode.api_name()))
}

/// What a field that was given to others would become with the key's directive.
fn kept_from_the_key(open: &str) -> String {
    format!("Leave the directives as they are, unless this is meant for everybody: every client carries the key, and whoever has it would be let in by {open}")
}

/// To come with a credential that the place lets in: a key is in everybody's hands, and what is open to it is public.
fn call_instead(gate: &Gate<'_>, schema: &Schema, first: &Closed, own: &[AuthType]) -> Message {
    let by = if own.contains(&AuthType::UserPool) { " (in Amplify authMode \"userPool\", once somebody is signed in)" } else { "" };
    Message::default().cured(format!("Call it with a credential of {}{by}.", callers(gate, schema, first, own)))
}

/// What a subscription that hears a mutation of other callers wants besides: they select what subscribers get
/// (<https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html>).
fn heard(refused: &Refused<'_>) -> String {
    refused.heard.map_or_else(String::new, |HeardMutation { name, mode, cure }| {
        format!(
            " Besides, put {cure}: Mutation.{name}, which {} hears, may be called by {}, and what is closed to its caller reaches subscribers as null.",
            refused.root,
            mode.api_name()
        )
    })
}

/// The modes that get in, each with the groups that it is let in for.
fn callers(gate: &Gate<'_>, schema: &Schema, one: &Closed, modes: &[AuthType]) -> String {
    let rules = deciding(gate, schema, one).map(|(_, rules)| rules).unwrap_or_default();
    let named = |mode: &AuthType| {
        let own: Vec<&&DirectiveRule> = rules.iter().filter(|rule| rule.mode == *mode).collect();
        let groups: Vec<&str> = own.iter().flat_map(|rule| rule.groups.iter().flatten()).map(String::as_str).collect();
        if groups.is_empty() || own.iter().any(|rule| rule.groups.is_none()) {
            mode.api_name().to_owned()
        } else {
            format!("{}, of a user in {}", mode.api_name(), any_of(&groups))
        }
    };
    // Two credentials at once are refused.
    any_of(&modes.iter().map(named).collect::<Vec<_>>())
}

fn deciding<'s>(gate: &Gate<'_>, schema: &'s Schema, one: &Closed) -> Option<(DirectiveSource, Vec<&'s DirectiveRule>)> {
    let object = schema.types.get(&one.field.0)?;
    let field = object.fields.get(&one.field.1)?;
    Some(gate.deciding(&field.rules, &object.rules, schema.is_root(&one.field.0)))
}

/// That a directive put out of force what let the caller in before: a field's replace its type's, and any replaces the default
/// mode (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#using-additional-authorization-modes>).
fn replaced(gate: &Gate<'_>, schema: &Schema, one: &Closed, mode: AuthType) -> Option<String> {
    let (parent, name) = (&one.field.0, &one.field.1);
    let object = schema.types.get(parent)?;
    let of_type = object.rules.iter().find(|rule| !rule.is_aws_auth && rule.mode == mode);
    match (one.source, of_type) {
        (DirectiveSource::Field, Some(rule)) => Some(format!(
            "A field's directives replace those of its type: the {} of type {parent} does not count for {name}.",
            rule.name
        )),
        (DirectiveSource::Field | DirectiveSource::Object, _) if gate.api.default == Some(mode) => {
            Some("A directive replaces the API's default mode, it does not stand beside it.".to_owned())
        }
        _ => None,
    }
}

/// Subscribers get what the mutation selected.
fn subscribers(schema: &Schema, mutation: &str) -> Option<String> {
    let mut found: Vec<&str> = schema
        .types
        .values()
        .flat_map(|object| &object.fields)
        .filter(|(_, one)| one.subscribes.iter().any(|known| known == mutation))
        .map(|(name, _)| name.as_str())
        .collect();
    found.sort_unstable();
    let first = found.first()?;
    Some(format!("Subscribers of {first} get what the mutation selected: fields that are refused reach them as null."))
}

/// That a key was sent beside a token, and counted.
fn key_won(evidence: &Evidence, mode: AuthType) -> &'static str {
    let sent = |name: &str| evidence.header(name).is_some() || evidence.masked.contains_key(name);
    if mode == AuthType::ApiKey && sent("x-api-key") && sent("authorization") {
        " (two credentials were sent: an x-api-key beside the token in Authorization, and the key counted)"
    } else {
        ""
    }
}

/// The user pool's default action closes what has no directive.
pub fn default_deny(evidence: &Evidence, gate: &Gate<'_>, schema: &Schema, refused: &Refused<'_>) -> Finding {
    let Refused { mode, first, others, root, cure, .. } = refused;
    let subject = format!("{}.{}", first.field.0, first.field.1);
    let is_below = !schema.is_root(&first.field.0);
    let mine = match gate.groups.as_deref() {
        None => "whatever groups the caller is in".to_owned(),
        Some([]) => "the caller is in no group".to_owned(),
        Some(groups) => format!("the caller's groups are {}", Json::from(groups.to_vec())),
    };
    let mut message = if is_below {
        Message::of(
            "{} has no authorization directive, nor has its type {}, and the default action of the user pool (defaultAction) is DENY: most likely that is what refused it, as AppSync names this type and what was called, {}, let the caller in.",
            [Part::Name(subject.clone()), Part::Name(first.field.0.clone()), Part::Name((*root).to_owned())],
        )
    } else {
        Message::of(
            "{} has no authorization directive, and the default action of the user pool (defaultAction, in identities defaultAuthStrategy) is DENY: AppSync refuses it to every signed-in caller before any resolver runs ({}).",
            [Part::Name(subject.clone()), Part::Text(mine)],
        )
    };
    message.and(on_the_way(schema, *mode, others, "in either and would refuse next."));
    message.and(by_groups(others));
    let mut way_out = deny_cure(evidence, gate, schema, first);
    if let Some(cure) = cure {
        let steps = [cure.words(), cure.further()].into_iter().filter(|some| !some.is_empty()).collect::<Vec<_>>().join("; ");
        way_out.and(format!("In either case put {steps}."));
    }
    let certainty = if is_below { Certainty::Likely } else { Certainty::Certain };
    Finding::new(Code::DefaultActionDeny, message.with(way_out))
        .certainty(certainty)
        .at(format!("schema.{subject}"))
        .actual("DENY")
        .wanted("a directive, or ALLOW")
}

/// What opens a field that DENY closes: on root fields a directive lifts it for certain, and of types below them AWS's
/// documentation does not say whether DENY closes them (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html>;
/// serverless-appsync-plugin#510: DENY wants a directive "on all Queries/Mutations"), so they are named too.
fn deny_cure(evidence: &Evidence, gate: &Gate<'_>, schema: &Schema, first: &Closed) -> Message {
    let groups = gate.groups.as_deref().unwrap_or_default();
    let directive = if groups.is_empty() || !schema.is_root(&first.field.0) {
        "@aws_cognito_user_pools".to_owned()
    } else {
        let name = if gate.is_mixed() { "@aws_cognito_user_pools" } else { "@aws_auth" };
        format!("{name}(cognito_groups: [\"GROUP\"])")
    };
    let with = if groups.is_empty() || !schema.is_root(&first.field.0) { "" } else { ", with a group that is to have it and the caller is in" };
    let bare = walk::undirected(schema, (&first.field.0, &first.field.1), &evidence.selection);
    let below = match bare.as_slice() {
        [] => String::new(),
        types => format!(", and @aws_cognito_user_pools on {}, which {} no directive either", types.join(", "), if types.len() == 1 { "has" } else { "have" }),
    };
    let place = first.place.words();
    Message::of(
        "» Set defaultAction to ALLOW if any pool user may call it, and keep group directives on what is restricted; or keep DENY and write `{}` on {}{}{}.",
        [Part::Code(directive), Part::Name(place), Part::Text(with.to_owned()), Part::Text(below)],
    )
}

/// Nobody gave the default mode.
pub fn default_unknown(schema: &Schema, refused: &Refused<'_>) -> Finding {
    let Refused { mode, first, others, .. } = refused;
    let subject = format!("{}.{}", first.field.0, first.field.1);
    let alike: Vec<&Closed> = others.iter().filter(|one| one.verdict == DirectiveVerdict::Unknown).collect();
    let below = if alike.is_empty() { "the types that it returns".to_owned() } else { places(&alike) };
    let mut message = Message::default();
    message.and(on_the_way(schema, *mode, others, "in, whatever the default is."));
    message.and(by_groups(others));
    Finding::new(
        Code::DefaultModeUnknown,
        Message::of(
            "{} has no directive, nor has its type: only the API's default mode gets in, and which that is was not given (--api). The request came as {}; if that is an additional mode, put {} on {} and {}, beside the directive of the default mode, which would be shut out otherwise.",
            [
                Part::Text(subject.to_string()),
                Part::Name(mode.api_name().to_string()),
                Part::Text(mode.directive().to_string()),
                Part::Text(subject.to_string()),
                Part::Place(below),
            ],
        )
        .with(message),
    )
    .at(format!("schema.{subject}"))
    .actual(mode.as_str())
    .wanted(mode.directive())
}

/// The user pool's default action decides, and stands there as an expression.
pub fn action_unknown(evidence: &Evidence, refused: &Refused<'_>) -> Finding {
    let subject = format!("{}.{}", refused.first.field.0, refused.first.field.1);
    Finding::new(
        Code::DefaultModeUnknown,
        Message::of(
            "{} has no directive, nor has its type, so the user pool's defaultAction decides, and {} has that as an expression, which a deployment alone knows: with ALLOW every caller of the pool gets in, with DENY none. » Give the API as it is deployed (aws appsync get-graphql-api --api-id ID); with DENY the field needs @aws_auth or @aws_cognito_user_pools for those who are to have it.",
            [Part::Name(subject.clone()), Part::Text(evidence.api.whence())],
        ),
    )
    .at(format!("schema.{subject}"))
    .wanted("ALLOW")
}

/// `@aws_auth` where AppSync ignores it.
pub fn aws_auth_ignored(
    gate: &Gate<'_>,
    schema: &Schema,
    parent: &str,
    name_of: &str,
    rule: &DirectiveRule,
    on_type: bool,
) -> Finding {
    let place =
        if on_type { SchemaPlace::Type(parent.to_owned()) } else { SchemaPlace::Field(parent.to_owned(), name_of.to_owned()) };
    let wanted = rule.groups.clone().unwrap_or_default();
    let why = if on_type || !schema.is_root(parent) {
        "it binds only on fields of the root types Query, Mutation and Subscription".to_owned()
    } else {
        let others: Vec<AuthType> = gate.api.modes().into_iter().filter(|mode| *mode != AuthType::UserPool).collect();
        format!("it counts only while user pools are the API's only mode, and this API has {} too", names(&others))
    };
    let mine = match gate.groups.as_deref() {
        Some(groups) if !groups.iter().any(|group| wanted.contains(group)) => {
            format!(
                " So it protects nothing: a caller with the groups {} is not kept out by it.",
                Json::from(groups.to_vec())
            )
        }
        _ => " So it protects nothing.".to_owned(),
    };
    let (open, alone) = left_open(gate, schema, parent, name_of);
    Finding::new(
        Code::AwsAuthIgnored,
        Message::of(
            "`@aws_auth(cognito_groups: {})` on {} is ignored without a word: {}.{}{} » Write `@aws_cognito_user_pools(cognito_groups: {})` there instead{}, and look for every other @aws_auth of the schema.",
            [
                Part::Value(quoted_list(&wanted)),
                Part::Name(place.words()),
                Part::Text(why),
                Part::Text(mine),
                Part::Text(open),
                Part::Value(quoted_list(&wanted)),
                Part::Text(alone),
            ],
        ),
    )
    .at(place.path())
    .actual(rule.name.as_str())
}

/// `@aws_auth` at an API of which it is not known whether user pools are its only mode.
pub fn aws_auth_open(gate: &Gate<'_>, schema: &Schema, first: &Closed) -> Finding {
    let (parent, name) = &first.field;
    let rules = schema.types.get(parent).and_then(|object| Some(object.fields.get(name)?.rules.as_slice())).unwrap_or_default();
    let wanted: Vec<String> = rules.iter().filter(|rule| rule.is_aws_auth).flat_map(|rule| rule.groups.clone().unwrap_or_default()).collect();
    let groups = gate.groups.as_ref().map_or_else(String::new, |groups| format!(" (the caller's are {})", Json::from(groups.clone())));
    Finding::new(
        Code::AwsAuthIgnored,
        Message::of(
            "`@aws_auth(cognito_groups: {})` on {}.{} counts only while user pools are the API's only mode, and whether they are is not known: if so, it keeps all other groups out{}, and beside a second mode it protects nothing.",
            [
                Part::Value(quoted_list(&wanted)),
                Part::Name(parent.clone()),
                Part::Name(name.clone()),
                Part::Value(groups),
            ],
        )
        .cured(Message::of(
            "Write `@aws_cognito_user_pools(cognito_groups: {})` there instead, which binds either way.",
            [Part::Value(quoted_list(&wanted))],
        )),
    )
    .certainty(Certainty::Possible)
    .at(format!("schema.{parent}.{name}"))
    .wanted("@aws_cognito_user_pools")
}

/// Whom the default mode lets in where an `@aws_auth` has no effect and nothing else decides, and what the new directive does
/// to them (<https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#using-additional-authorization-modes>).
fn left_open(gate: &Gate<'_>, schema: &Schema, parent: &str, name: &str) -> (String, String) {
    let found = schema.types.get(parent).and_then(|object| Some((object, object.fields.get(name)?)));
    let by_default = found.is_some_and(|(object, field)| {
        gate.deciding(&field.rules, &object.rules, schema.is_root(parent)).0 == DirectiveSource::Default
    });
    match gate.api.default.filter(|mode| by_default && *mode != AuthType::UserPool) {
        Some(mode) => (
            format!(" Today every caller of {}, the API's default mode, may call it.", mode.api_name()),
            format!(" (alone if only these groups are to have it; with {} beside it the callers of {} keep it)", mode.directive(), mode.api_name()),
        ),
        None => (String::new(), String::new()),
    }
}

/// A directive that AppSync does not know, on a place that lets the caller in all the same.
pub fn unknown_directive(parent: &str, field: &str, slip: &Slip) -> Finding {
    let near = slip.near.map_or_else(|| "remove it".to_owned(), |near| format!("write `{near}`"));
    Finding::new(
        Code::DirectiveUnknown,
        Message::of(
            "`{}` on {}.{} or its type is not a directive of AppSync, and counts as none: {}.",
            [
                Part::Code(slip.written.to_string()),
                Part::Text(parent.to_string()),
                Part::Name(field.to_string()),
                Part::Text(near.to_string()),
            ],
        ),
    )
    .at(format!("schema.{parent}.{field}"))
    .actual(slip.written.as_str())
    .wanted(slip.near)
}

/// The inert directives of a field and its type.
pub fn inert<'a>(
    gate: &Gate<'_>,
    schema: &Schema,
    parent: &str,
    object: &'a Object,
    field: &'a Field,
) -> Vec<(&'a DirectiveRule, bool)> {
    let is_root = schema.is_root(parent);
    let of_field =
        field.rules.iter().filter(|rule| rule.is_aws_auth && (!is_root || gate.is_mixed())).map(|rule| (rule, false));
    let of_type = object.rules.iter().filter(|rule| rule.is_aws_auth).map(|rule| (rule, true));
    of_field.chain(of_type).collect()
}
