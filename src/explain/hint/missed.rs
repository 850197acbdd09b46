//! A caller whose groups, or other names in a claim, are none of those that a rule wants.

use super::group::{Lookup, WantedPlace, is_slip, lookup, names};
use super::text::show;
use super::{Finished, is_group_like, json, names_groups};
use crate::appsync::{ProviderGroup, provider_of};
use crate::code::{Code, Kind};
use crate::finding::Finding;
use crate::message::{Message, Part, any_of, quoted};
use crate::trace::Verdict;
use crate::trace::condition::Operand;
use crate::value::Value;

/// A claim with names, none of which is wanted.
struct Missed {
    claim: String,
    path: String,
    has: Value,
    /// What the template wants, each name once.
    wants: Vec<Value>,
    /// The place of the row that names them, if a row does.
    row: Option<WantedPlace>,
    /// The variable and the line of the template that do.
    written: Option<(String, u32)>,
}

/// The list is there and has other names.
pub fn not_member(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let mut all: Vec<Missed> = Vec::new();
    for failed in run.failed() {
        let Some(Lookup { claim, path, has, mine, other }) = lookup(run, &failed.test) else { continue };
        let row = WantedPlace::of(other);
        // An owner on the row that is another's is a matter of ownership.
        let several = is_group_like(run, &claim) || mine.value.members().is_some();
        let owners = row.is_some() && !is_group_like(run, &claim);
        let empty = names(&has).is_empty() || has.is_null();
        // Of one value that was sent against another, the comparison tells more.
        let sent = !names_groups(&claim) && mine.value.members().is_none() && row.as_ref().is_some_and(WantedPlace::was_sent);
        // A text that Velocity made of a reference without a value is no group's name.
        let garbled = found.iter().any(|hint| matches!(hint.code, Code::UnsetReferenceInText | Code::SingleQuotes) && hint.actual == json(&other.value));
        if !several || owners || sent || empty || garbled {
            continue;
        }
        let wants = json(&other.value);
        let is_known = |hint: &Finding| {
            let of_wanted = hint.wanted == wants || wants.as_array().is_some_and(|wants| wants.contains(&hint.wanted));
            of_wanted && (is_slip(hint.code))
        };
        // Who is in the list is not to be told that he is not.
        let holds = names(&other.value).iter().any(|wanted| super::one_item::has(&has, wanted));
        if holds || found.iter().any(is_known) {
            continue;
        }
        match all.iter_mut().find(|known| known.path == path && known.row.is_none() && row.is_none()) {
            Some(known) => known.add(&other.value),
            None => all.push(Missed { claim, path, has, wants: names(&other.value), row, written: written_out(run, other) }),
        }
    }
    // Where a name differs by a slip, another membership is no cure.
    // Nor where another rule of the template tells more than that.
    let special = |hint: &Finding| hint.code.entry().kind == Kind::Cause && !super::order::is_plain(hint.code);
    let slipped = run.verdict == Verdict::Filtered || found.iter().any(special) || found.iter().any(|hint| is_slip(hint.code) || matches!(hint.code, Code::ClaimNameNear | Code::ListComparedWithString));
    for missed in all {
        let other = missed.wants.iter().filter(|_| !slipped).find_map(|wanted| in_other_claim(run, &missed, wanted));
        found.push(other.unwrap_or_else(|| missed.finding(run, slipped)));
    }
}

/// The name that is wanted stands in another claim, by itself or in its list: the rule looks in the wrong place.
fn in_other_claim(run: &Finished<'_>, missed: &Missed, wanted: &Value) -> Option<Finding> {
    let text = wanted.as_str().filter(|text| text.len() > 1)?;
    let claims = run.context(&["identity", "claims"]);
    let (key, has) = claims.as_map()?.snapshot().into_iter().find_map(|(key, has)| {
        let key = key.as_str().filter(|key| *key != missed.claim && !["aud", "client_id", "iss", "token_use"].contains(key))?.to_owned();
        // A letter or two stand in many a text by chance.
        let in_text = |own: &str| text.len() > 2 && (own == text || super::claim::lists(own, text) || is_json_list(own, wanted));
        let there = has.as_str().is_some_and(in_text) || has.members().is_some_and(|all| all.iter().any(|one| one.loosely_equals(wanted)));
        (there && is_group_like(run, &key) && (names_groups(&key) || key.to_lowercase().contains("team") || has.as_str().is_none())).then_some((key, has))
    })?;
    if has.as_str().is_some_and(|own| is_json_list(own, wanted)) {
        return Some(in_json_text(missed, wanted, (&key, &has)));
    }
    if missed.claim == "cognito:groups" && has.as_str().is_some_and(|own| super::claim::lists(own, text)) {
        return Some(in_attribute(missed, wanted, (&key, &has)));
    }
    let message = Message::of(
        "claim {} is {}, and the rule wants {}, which the token has in another claim: {} is {}. » Look there, `$ctx.identity.claims.get({})`{}, if that claim is the one that says it; only an administrator should be able to write it.",
        [
            Part::Name(missed.claim.clone()),
            Part::Value(show(&missed.has)),
            Part::Value(show(wanted)),
            Part::Name(key.clone()),
            Part::Value(show(&has)),
            Part::Value(quoted(&key).to_string()),
            Part::Text(if run.is_of_amplify() { format!(" (`groupClaim: \"{key}\"` in the rule)") } else { String::new() }),
        ],
    );
    Some(Finding::new(Code::ValueElsewhere, message).at(missed.path.as_str()).actual(json(&missed.has)).wanted(json(wanted)))
}

/// Whether a text is a list of JSON that has this name.
fn is_json_list(text: &str, wanted: &Value) -> bool {
    let list = || crate::value::from_json_str(text).ok()?.members();
    text.starts_with('[') && list().is_some_and(|all| all.iter().any(|one| one.loosely_equals(wanted)))
}

/// The name stands in another claim, in a list that is written as a text of JSON.
fn in_json_text(missed: &Missed, wanted: &Value, (key, has): (&str, &Value)) -> Finding {
    let read = format!("`$util.parseJson($util.defaultIfNull($ctx.identity.claims.get({}), \"[]\")).contains(…)`", quoted(key));
    let message = Message::of(
        "claim {} is {}, and the rule wants {}, which the token has in another claim: {} is {}, a list written as a text of JSON. » If {} is what should count, ask that ({}; only an administrator should be able to write it); if the group {} is meant, put the user into it and sign in again.",
        [
            Part::Name(missed.claim.clone()),
            Part::Value(show(&missed.has)),
            Part::Value(show(wanted)),
            Part::Name(key.to_owned()),
            Part::Value(show(has)),
            Part::Name(key.to_owned()),
            Part::Code(read),
            Part::Value(show(wanted)),
        ],
    );
    Finding::new(Code::ValueElsewhere, message).at(missed.path.as_str()).actual(json(&missed.has)).wanted(json(wanted))
}

/// The names of a provider's directory stand in an attribute, as one text, and those of the pool in `cognito:groups`.
fn in_attribute(missed: &Missed, wanted: &Value, (key, has): (&str, &Value)) -> Finding {
    let message = Message::of(
        "claim cognito:groups is {}, and the rule wants {}, which stands in another claim of the token: {} is {}, one text in which the provider's own groups are written, and no group of the user pool. » Bring them into cognito:groups (a pre-token-generation trigger that sets groupsToOverride from {}), or put the user into the pool's group {}, and sign in again. Whoever reads {} in the template has to cut the text apart: a `.contains` on it finds parts of other names too.",
        [
            Part::Value(show(&missed.has)),
            Part::Value(show(wanted)),
            Part::Name(key.to_owned()),
            Part::Value(show(has)),
            Part::Name(key.to_owned()),
            Part::Value(show(wanted)),
            Part::Name(key.to_owned()),
        ],
    );
    Finding::new(Code::ValueElsewhere, message).at(missed.path.as_str()).actual(json(&missed.has)).wanted(json(wanted))
}

/// Where a template writes out the names that it takes: the variable and its line.
fn written_out(run: &Finished<'_>, other: &Operand) -> Option<(String, u32)> {
    let slot = other.slot.filter(|slot| crate::explain::flags::is_plain(run.program, other, run.program.name(*slot)))?;
    let set = run.recorder.index.sets_of(slot).find(|set| matches!(set.value.kind, crate::syntax::ExpressionKind::List(_)))?;
    Some((run.program.name(slot).to_owned(), run.program.line(set.node)))
}

/// What an attribute of the user would have to be: what stands in it already, in a list, stays there.
fn in_attribute_of_user(claim: &str, has: &Value, names: &[String]) -> String {
    let several = has.as_str().is_some_and(|text| text.contains([',', ';', '|', ' ']));
    match several {
        true => format!("If this caller should pass, add {} to the user's {claim}, beside what stands there (the attribute, then a new token).", any_of(names)),
        false => format!("If this caller should pass, set the user's {claim} to {} (the attribute, then a new token).", any_of(names)),
    }
}

impl Missed {
    /// What would make a rule of it for the caller's own groups: in `@auth`, in the list that the template has, or on the row.
    fn widened(&self, run: &Finished<'_>) -> Option<String> {
        let mut own = self.has.members().unwrap_or_default();
        // Everybody who comes through an identity provider is in its group.
        own.retain(|name| name.as_str().and_then(provider_of).is_none());
        let first = show(own.first()?);
        Some(match (&self.row, &self.written) {
            (Some(WantedPlace { place, made_of: Some(_) }), _) => format!("look at what stands in {place}"),
            (Some(row), _) if row.was_sent() => "send one of the user's groups".to_owned(),
            (Some(row), _) => format!("write one of the user's groups to {}", row.place),
            (None, _) if run.is_of_amplify() => {
                let operations = super::mode::operation(run).map_or_else(String::new, |operation| format!(", operations: [{operation}]"));
                format!("give one of the user's groups a rule, if all who are in it should, such as `{{ allow: groups, groups: [{first}]{operations} }}`")
            }
            (None, Some((name, line))) => format!("add {first} to `${name}` on line {line}, if that whole group should"),
            // That the caller is in a group is no reason to let all who are in it pass.
            (None, None) => return None,
        })
    }

    fn add(&mut self, wanted: &Value) {
        for name in names(wanted) {
            if self.wants.iter().all(|known| show(known) != show(&name)) {
                self.wants.push(name);
            }
        }
    }

    /// How the claim and what the row names go apart: only a claim of groups says who is in which.
    fn beside_row(&self, row: &WantedPlace) -> &'static str {
        match (names_groups(&self.claim), self.has.members().is_some(), row.was_sent()) {
            (true, _, false) => "the caller is in none of the groups that the row names",
            (true, _, true) => "the caller is in none of the groups that were sent",
            (false, true, _) => "the claim does not hold it",
            (false, false, _) => "the two differ",
        }
    }

    fn finding(self, run: &Finished<'_>, slipped: bool) -> Finding {
        let (has, claim) = (&self.has, &self.claim);
        let shown: Vec<String> = self.wants.iter().take(12).map(show).collect();
        let wanted = match self.wants.as_slice() {
            [one] => one.clone(),
            more => crate::value::List::new(more.to_vec()).into(),
        };
        let in_pool = claim == "cognito:groups";
        let of_user = claim.starts_with("custom:") && has.as_str().is_some() && !slipped && self.row.is_none();
        let cure = match (in_pool && !slipped, shown.as_slice()) {
            // An attribute of the user pool's, which a token has as a claim.
            (false, names) if of_user => in_attribute_of_user(claim, has, names),
            // The list is the row's: who stands in it is said there.
            (false, [_, ..]) if has.as_str().is_some() && !slipped && self.row.as_ref().is_some_and(|row| !row.was_sent()) => {
                let place = self.row.as_ref().map_or("", |row| row.place.as_str());
                format!("If this caller should pass, put {} into {place} on the row; else nothing is wrong.", show(has))
            }
            (false, _) => String::new(),
            (true, names) => {
                let whither = if let [one] = names { format!("the group {one}") } else { "one of these groups".to_owned() };
                let or = self.widened(run).map_or_else(String::new, |widened| format!(", or {widened}"));
                format!("If this caller should pass, put the user into {whither} and sign in again{or}.")
            }
        };
        let mut message = match &self.row {
            Some(WantedPlace { place, made_of: Some(whole) }) => Message::of(
                "claim {} is {}, and the rule wants {}, which the template makes of {} ({}): the claim does not hold it.",
                [Part::Name(claim.to_string()), Part::Value(show(has)), Part::Value(show(&wanted)), Part::Place(place.clone()), Part::Value(show(whole))],
            )
            .cured(cure),
            Some(row) => Message::of(
                "claim {} is {}, and {} is {}: {}.", [Part::Name(claim.to_string()), Part::Value(show(has)), Part::Text(row.place.clone()), Part::Value(show(&wanted)), Part::Text(self.beside_row(row).to_owned())]).cured(cure),
            None => Message::of(
                "claim {} is {}, and the rule wants {}{}{}.",
                [
                    Part::Name(claim.to_string()),
                    Part::Value(show(has)),
                    Part::Value((if shown.len() > 1 { "one of " } else { "" }).to_string()),
                    Part::Value(shown.join(", ")),
                    Part::Value((match (has.members().is_some(), ids(has, &wanted)) {
                    (true, true) => ": the claim holds ids of groups, not names",
                    (true, false) if shown.len() > 1 => ": the caller is in none of them",
                    (true, false) => ": the caller is not a member",
                    (false, _) => "",
                }).to_string()),
                ],
            )
            .cured(if ids(has, &wanted) { "Compare with the group's id, or let the token carry names.".to_owned() } else { cure }),
        };
        if in_pool && let Some(provider) = self.provider(run) {
            let rule = if self.row.is_some() { "the row" } else { "the rule" };
            let cure = if slipped { message.cure() } else { provider.cure(&any_of(&shown), rule) };
            message = message.cause().with(provider.fact()).with(cure);
        }
        Finding::new(Code::NotInList, message).at(self.path).actual(json(has)).wanted(json(&wanted))
    }

    /// The group of an identity provider among the caller's.
    fn provider(&self, run: &Finished<'_>) -> Option<ProviderGroup> {
        let own = self.has.members()?;
        let username = run.context(&["identity", "username"]);
        ProviderGroup::of(own.iter().filter_map(Value::as_str), username.as_str())
    }
}

/// Whether what a hint advises is a membership.
pub fn advises_membership(hint: &Finding) -> bool {
    match hint.code {
        Code::NoGroups => true,
        Code::NotInList => !ids(&Value::from(&hint.actual), &Value::from(&hint.wanted)),
        _ => false,
    }
}

/// Whether a claim holds identifiers only (UUIDs, as Entra's groups are), where the rule wants a name.
fn ids(has: &Value, wanted: &Value) -> bool {
    let is_id = |value: &Value| {
        value.as_str().is_some_and(|text| {
            text.len() == 36 && text.bytes().enumerate().all(|(at, byte)| if [8, 13, 18, 23].contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() })
        })
    };
    let all = names(has);
    !all.is_empty() && all.iter().all(is_id) && !names(wanted).iter().any(is_id)
}
