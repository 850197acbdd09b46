//! A caller who is in none of the groups that a directive asks for.

use super::directives::{DirectiveSource, Gate, username};
use super::words::{Refused, by_groups, grouped, on_the_way, places};
use super::{other_claim, other_token};
use crate::appsync::{AuthType, ProviderGroup, provider_of};
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, any_of, quoted, quoted_list};
use crate::request::evidence::Evidence;
use crate::request::schema::Schema;
use serde_json::Value as Json;

/// A group is wanted that the caller is not in.
pub fn refused(evidence: &Evidence, gate: &Gate<'_>, schema: &Schema, refused: &Refused<'_>, wanted: &[String]) -> Finding {
    let Refused { mode, first, others, .. } = refused;
    let mine = gate.groups.clone().unwrap_or_default();
    let whose = if first.source == DirectiveSource::Field { "its own directive" } else { "the directive of its type" };
    let subject = format!("{}.{}", first.field.0, first.field.1);
    let held = if gate.is_machine && mine.is_empty() {
        "are absent, as in every token that a machine got by client credentials (sub is the client's id, and there is no username)".to_owned()
    } else if mine.is_empty() {
        "are absent".to_owned()
    } else { format!("are {}", Json::from(mine.clone())) };
    let mut message = Message::of(
        "{} wants one of the groups {} by {} (cognito_groups), and the token's cognito:groups {}.",
        [
            Part::Name(subject.clone()),
            Part::Value(wanted.join(", ")),
            Part::Text(whose.to_owned()),
            Part::Value(held),
        ],
    );
    if let Some(joined) = wanted.iter().find(|one| one.split(',').count() > 1 && one.split(',').any(|part| mine.iter().any(|mine| mine == part.trim()))) {
        let apart: Vec<String> = joined.split(',').map(|part| part.trim().to_owned()).collect();
        message.and(Message::of("{} is one text, the name of a single group: names between commas in it are not told apart.", [Part::Value(quoted(joined).to_string())]));
        let cure = Message::of("Write them apart, cognito_groups: {}; user, group and token are right.", [Part::Value(quoted_list(&apart))]);
        return Finding::new(Code::DirectiveExcludesGroups, message.cured(cure)).at(format!("schema.{subject}")).actual(Json::from(mine)).wanted(Json::from(wanted.to_vec()));
    }
    let provider = ProviderGroup::of(mine.iter().map(String::as_str), username(evidence).as_deref());
    message.and(provider.as_ref().map(ProviderGroup::fact).unwrap_or_default());
    let other = other_token::judge(evidence, wanted);
    message.and(other.as_ref().map(|other| other.fact.clone()).unwrap_or_default());
    let mut cure = other.and_then(|other| other.cure);
    if let Some((fact, way_out)) = other_claim::judge(evidence, wanted).filter(|_| cure.is_none()) {
        message.and(fact);
        cure = Some(way_out);
    }
    message.and(by_groups(others));
    message.and(on_the_way(schema, *mode, others, "in at all."));
    let cure = groups_cure(gate, refused, (wanted, provider.as_ref()), cure);
    Finding::new(Code::DirectiveExcludesGroups, message.with(cure))
        .at(format!("schema.{subject}"))
        .actual(if mine.is_empty() { Json::Null } else { Json::from(mine) })
        .wanted(Json::from(wanted.to_vec()))
}

/// What lets a caller of other groups in, at every place that wants groups or another mode.
fn groups_cure(
    gate: &Gate<'_>,
    refused: &Refused<'_>,
    (wanted, provider): (&[String], Option<&ProviderGroup>),
    other: Option<Message>,
) -> Message {
    let mut mine = gate.groups.clone().unwrap_or_default();
    // Everybody who comes through the provider is in its group: that is never let in.
    mine.retain(|group| provider_of(group).is_none());
    let near = mine.iter().find_map(|mine| Some((mine, wanted.iter().find(|wanted| wanted.eq_ignore_ascii_case(mine))?)));
    let mut all = vec![refused.first.clone()];
    all.extend(refused.others.iter().cloned());
    let places_of = grouped(&all);
    let each: Vec<String> = places_of
        .iter()
        .map(|(wanted, places_of)| {
            let mut both = wanted.to_vec();
            both.extend(mine.iter().cloned());
            format!("cognito_groups: {} on {}", quoted_list(&both), places(places_of))
        })
        .collect();
    let them = if places_of.len() > 1 { "a group of each" } else { "one of these groups" };
    let needed = if places_of.len() > 1 { "a group of each".to_owned() } else { any_of(wanted) };
    let mut cure = match near {
        _ if other.is_some() => other.unwrap_or_default(),
        // A group of a user pool cannot be renamed.
        Some((near, meant)) => Message::from(format!("{} differs in case only, and names are compared exactly:", quoted(near)))
            .cured(format!("write {} into the directive (beside the others, if such groups exist too), or put the user into the group {} (add it if the pool has none) and let them sign in again.", quoted(near), quoted(meant))),
        None if gate.is_machine && mine.is_empty() => "» An app client can be in no group: let it come by IAM (@aws_iam beside this directive, with a policy for its role), give it a field of its own with @aws_cognito_user_pools and a resolver that looks at scope or client_id, or send the token of a user who is in the group.".into(),
        None if provider.is_some() => provider.map(|provider| provider.cure(&needed, "the directive")).unwrap_or_default(),
        None if mine.is_empty() => Message::default().cured(format!("Add the user to {} and let them sign in again (groups are fixed in the token when it is issued), or leave the field out.", if places_of.len() > 1 { them } else { "one of them" })),
        None => Message::default().cured(format!("Add the user to {them} and let them sign in again, as groups are fixed in the token when it is issued. Only if everybody in {} is to have the field, write {} instead.", all_of(&mine), each.join(", and "))),
    };
    if let Some(change) = refused.cure {
        let steps = [change.words(), change.further()].into_iter().filter(|some| !some.is_empty()).collect::<Vec<_>>().join("; ");
        cure.and(format!("In either case put {steps}."));
    }
    cure
}

/// A group is wanted, and the caller's were not given.
pub fn not_given(evidence: &Evidence, schema: &Schema, refused: &Refused<'_>, wanted: &[String]) -> Finding {
    let Refused { mode, first, others, .. } = refused;
    let (parent, name) = &first.field;
    let subject = format!("{parent}.{name}");
    let whose = if first.source == DirectiveSource::Field { "its own directive" } else { "the directive of its type" };
    let caller = username(evidence);
    let shown = if evidence.identity.is_some() { "what was given of the caller has neither cognito:groups nor the rest of a token's claims" } else { "no token and no identity was given" };
    let mut message = Message::of(
        "{} wants one of the groups {} by {} (cognito_groups). Whether the caller{} is in one depends on the token's cognito:groups, which were not given: {}.",
        [
            Part::Name(subject.clone()),
            Part::Value(wanted.join(", ")),
            Part::Text(whose.to_owned()),
            Part::Name(caller.as_ref().map_or_else(String::new, |caller| format!(" {caller}"))),
            Part::Text(shown.to_owned()),
        ],
    );
    let is_seen = evidence.refused_subject().is_some();
    if is_seen {
        message.and("AppSync's refusal of just this field fits a token that has none of them (what a resolver refuses reads the same).");
    }
    message.and(by_groups(others));
    message.and(on_the_way(schema, *mode, others, "in at all."));
    let listed = Part::Code(format!(
        "aws cognito-idp admin-list-groups-for-user --user-pool-id {} --username {}",
        pool(evidence).unwrap_or_else(|| "POOL".to_owned()),
        caller.unwrap_or_else(|| "NAME".to_owned())
    ));
    let cure = if is_seen {
        Message::of(
            "» Look at the token's cognito:groups (--claims), and at {}: is the user in none of these groups, add them to one; is the user in one by now, the token was issued before. Let them sign in again either way, as groups are fixed in the token when it is issued.",
            [listed],
        )
    } else {
        Message::of(
            "» Run {}, or give a token (--claims): with {} in it the directive lets the caller in, and without AppSync refuses with \"Not Authorized to access {} on type {}\".",
            [listed, Part::Value(any_of(wanted)), Part::Name(name.clone()), Part::Name(parent.clone())],
        )
    };
    Finding::new(Code::GroupsNotGiven, message.with(cure)).at(format!("schema.{subject}")).wanted(Json::from(wanted.to_vec()))
}

/// The pool of the API, by its configuration or the identity's issuer.
fn pool(evidence: &Evidence) -> Option<String> {
    let of_identity = || evidence.identity.as_ref()?.get("issuer")?.as_str().map(str::to_owned);
    let of_mode = || evidence.api.issuers_of(AuthType::UserPool).flatten().next().map(str::to_owned);
    let only = || if let [only] = evidence.api.issuers.as_slice() { Some(only.clone()) } else { None };
    let issuer = of_identity().or_else(of_mode).or_else(only)?;
    let pool = issuer.trim_end_matches('/').rsplit('/').next()?;
    pool.contains('_').then(|| pool.to_owned())
}
