//! Values of another kind than a test takes: a list where a text is meant, a text where `<` wants a number, a text that is
//! compared with nothing.

use crate::value::method::Method;
use super::allow::{condition, in_milliseconds, is_time, line, one_line, state, time_units, operand_name};
use super::test::{Test, call, order};
use super::text::show;
use super::{Failed, Finished, claim_of, json};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, quoted};
use crate::syntax::{ComparisonOperator, ExpressionKind as Kind, Reference, negates};
use crate::trace::Verdict;
use crate::trace::condition::{Operand, Shape};
use crate::trace::index::{Node, references};
use crate::value::Value;

/// All of these rules.
pub fn odd(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict == Verdict::Allowed {
        return;
    }
    let all = run.failed();
    for failed in all {
        let finding = length(run, failed)
            .or_else(|| list_as_text(run, failed))
            .or_else(|| unordered(run, failed))
            .or_else(|| time_units(run, failed.condition))
            .or_else(|| bare_text(run, failed, all))
            .or_else(|| token_kind(run, failed))
            .or_else(|| preferred_role(run, failed))
            .or_else(|| mode_name(run, failed))
            .or_else(|| session(run, failed));
        if let Some(finding) = finding
            && !found.iter().any(|known| known.code == finding.code && known.path == finding.path)
        {
            found.push(finding);
        }
    }
}

/// `a != x || !b.contains(x)` refuses whoever fails one of the two, where one was meant to be enough.
pub fn either_negated(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return;
    }
    for guard in run.why.guards.iter().filter(|guard| guard.value && guard.condition.shape == Shape::Any) {
        let parts = &guard.condition.parts;
        if let Some(finding) = always_true(run, guard.condition.node, parts) {
            found.push(finding);
            continue;
        }
        let negative = |part: &&crate::trace::condition::Condition| {
            run.expression(part).is_some_and(negates)
        };
        // Whether something is there at all is asked beside any rule.
        let asks_presence = |part: &crate::trace::condition::Condition| {
            let mut leaves = Vec::new();
            part.leaves(&mut leaves);
            leaves.iter().any(|leaf| matches!(Test::of(run, leaf), Test::Missing { .. } | Test::Truth(_))) && !is_flag_of_caller(run, part)
        };
        // Which mode or which token it is, is asked beside any rule; and another hint may have told why the rest failed.
        let special = found.iter().any(|hint| matches!(hint.code, Code::IamSessionArn | Code::SeparatorIsPattern | Code::ItemByPlace));
        if special || !parts.iter().all(|part| is_standing(run, part)) {
            continue;
        }
        let passed = parts.iter().find(|part| part.holds == Some(false) || part.holds.is_none() && is_flag_of_caller(run, part));
        let failed = parts.iter().find(|part| part.holds == Some(true));
        let (Some(passed), Some(failed), true) = (passed, failed, parts.iter().all(|part| negative(&part) && !asks_presence(part))) else { continue };
        let texts: Vec<String> = parts.iter().map(|part| one_line(run.text(part))).collect();
        let values = |part| match super::allow::values(run, part) {
            // It was not come to: the flag's value is the last that it got.
            all if all.is_empty() => flag(run, part).map_or_else(String::new, |(name, value)| format!("${name} is {}", show(&value))),
            all => all.join(", "),
        };
        let message = Message::of(
            "{} joins negations with `||`, so it refuses whoever fails one of them: the caller passes {} ({}), and not {} ({}). » If one is enough, write `&&`: {}.",
            [
                Part::Code(condition(run, &guard.condition)),
                Part::Code(format!("`{}`", one_line(run.text(passed)))),
                Part::Value(values(passed)),
                Part::Code(format!("`{}`", one_line(run.text(failed)))),
                Part::Value(values(failed)),
                Part::Code(format!("`#if( {} )`", texts.join(" && "))),
            ],
        );
        found.push(Finding::new(Code::EitherNegated, message));
    }
}

/// Whether a term asks who the caller is: one of his groups, or the owner of something. Tenants, modes, kinds of token and the
/// like are asked for beside that, and then each must fit.
fn is_standing(run: &Finished<'_>, part: &crate::trace::condition::Condition) -> bool {
    if is_flag_of_caller(run, part) {
        return true;
    }
    let mut leaves = Vec::new();
    part.leaves(&mut leaves);
    leaves.iter().any(|leaf| {
        leaf.operands.iter().any(|operand| match claim_of(&operand.origins) {
            Some((claim, ..)) => {
                matches!(&*claim, "sub" | "username" | "cognito:username" | "email") || super::is_group_like(run, &claim)
            }
            None => operand.origins.iter().any(|origin| ["identity.sub", "identity.username", "identity.groups", "identity.cognitoIdentityId"].iter().any(|path| origin.is_in(path))),
        })
    })
}

/// `!$isAdmin`, of a flag that is true and was made of the caller's identity.
fn is_flag_of_caller(run: &Finished<'_>, part: &crate::trace::condition::Condition) -> bool {
    flag(run, part).is_some_and(|(_, value)| matches!(value, Value::Boolean(true)))
}

/// The variable that a negation asks, with the value that it had at the end, if a `#set` made it of the caller's identity.
fn flag<'p>(run: &Finished<'p>, part: &crate::trace::condition::Condition) -> Option<(&'p str, Value)> {
    let Kind::Not(inner) = &run.expression(part)?.kind else { return None };
    let Kind::Reference(reference) = &inner.kind else { return None };
    let slot = reference.variable().filter(|_| reference.steps.is_empty())?;
    let value = run.outcome.variable(slot).cloned()?;
    made_of_caller(run, slot, 0).then(|| (run.program.name(slot), value))
}

/// Whether a `#set` of this variable reads the identity, by itself or by other variables.
fn made_of_caller(run: &Finished<'_>, slot: crate::syntax::Slot, depth: usize) -> bool {
    depth < 4
        && run.recorder.index.sets_of(slot).any(|set| {
            let mut found = false;
            references(&set.value, &mut |reference| {
                found |= reference.passes("identity") || reference.variable().is_some_and(|other| other != slot && made_of_caller(run, other, depth + 1));
            });
            found
        })
}

/// `$x != "a" || $x != "b"`: whatever the value, it differs from one of the two, so the condition holds for everybody.
fn always_true(run: &Finished<'_>, whole: crate::syntax::NodeId, parts: &[crate::trace::condition::Condition]) -> Option<Finding> {
    let mut read: Vec<String> = Vec::new();
    let mut wanted: Vec<String> = Vec::new();
    for part in parts {
        // The later terms were not come to: what they ask stands in the text.
        let Kind::Compare(ComparisonOperator::NotEqual, sides) = &run.expression(part)?.kind else { return None };
        let (own, literal) = match (&sides.0.kind, &sides.1.kind) {
            (Kind::Reference(_), Kind::String(text)) => (&sides.0, text),
            (Kind::String(text), Kind::Reference(_)) => (&sides.1, text),
            _ => return None,
        };
        read.push(run.program.one_line(own.node));
        wanted.push(crate::message::quoted(literal.as_str()).to_string());
    }
    let first = read.first()?;
    wanted.dedup();
    if wanted.len() < 2 || read.iter().any(|other| other != first) {
        return None;
    }
    let own = parts.iter().flat_map(|part| &part.operands).find(|operand| !operand.literal)?;
    let texts: Vec<String> = parts.iter().map(|part| one_line(run.text(part))).collect();
    let message = Message::of(
        "`{}` (line {}) is always true: no value is {} at once, so every caller is refused, whatever {} is ({} here). » Write `&&` in the place of `||`: {}.",
        [
            Part::Code(texts.join(" || ")),
            Part::Place(line(run, whole).to_string()),
            Part::Value(all_of(&wanted)),
            Part::Code(first.clone()),
            Part::Value(state(own)),
            Part::Code(format!("`#if( {} )`", texts.join(" && "))),
        ],
    );
    Some(Finding::new(Code::EitherNegated, message))
}

/// The client sent a key with null, and the template refuses just that: Amplify's check of required fields asks for null and for
/// the key (`keySet().contains`), since an update may leave a field out.
pub fn null_argument(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if !matches!(run.verdict, Verdict::Denied | Verdict::Error) {
        return;
    }
    for failed in run.failed() {
        let Test::Missing { what, missing: true } = failed.test else { continue };
        let Some((path, _, false)) = what.origins.context() else { continue };
        let guard = run.why.guards.iter().find(|guard| {
            guard.value && run.recorder.index.calls_in(guard.condition.node, &[Method::KeySet, Method::ContainsKey])
        });
        let (Some(guard), Some(place)) = (guard, path.strip_prefix("args.")) else { continue };
        let name = place.rsplit('.').next().unwrap_or(place);
        let message = Message::of(
            "arguments.{} is null: the client sent the key {} without a value, and {} refuses that; nothing of the caller's rights was asked. » Leave the key out of the input where the field is not to change, or send a value ([] for an empty list).",
            [Part::Place(place.to_owned()), Part::Name(name.to_owned()), Part::Code(condition(run, &guard.condition))],
        );
        found.push(Finding::new(Code::NullArgument, message).at(path));
    }
}

/// A token has one preferred role, that of the group with the lowest precedence number
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html>).
fn preferred_role(run: &Finished<'_>, failed: &Failed<'_>) -> Option<Finding> {
    let Test::Equal { left, right, equal: false } = failed.test else { return None };
    let of = |side: &Operand| claim_of(&side.origins).is_some_and(|(claim, ..)| claim == "cognito:preferred_role");
    let (mine, wanted) = if of(left) { (left, right) } else { (right, left) };
    if !of(mine) || mine.value.is_null() {
        return None;
    }
    let (roles, groups) = (run.claim("cognito:roles"), run.claim("cognito:groups"));
    let has = roles.members().is_some_and(|all| all.iter().any(|one| one.loosely_equals(&wanted.value)));
    let whose = if has { "the caller has the wanted role too (cognito:roles), but " } else { "" };
    Some(about(run, failed, Code::PreferredRole, mine, Message::from(format!("wants {}, and the claim cognito:preferred_role is {}: {whose}a token has only one preferred role, that of the group with the lowest precedence number. The caller's groups are {}.", show(&wanted.value), show(&mine.value), show(&groups))).cured("Ask for the group instead (`$ctx.identity.claims.get(\"cognito:groups\").contains(…)`), or give that group the lowest precedence number and sign in again.")))
}

/// `$util.authType()` compared with the name of a setting: of several, that of the caller's own mode is told.
fn mode_name(run: &Finished<'_>, failed: &Failed<'_>) -> Option<Finding> {
    let (mode, written, meant) = misnamed_mode(failed)?;
    let own = |(mode, _, meant): (&Operand, &str, AuthType)| mode.value.as_str() == Some(meant.as_str());
    if mode.value.as_str() != Some(meant.as_str()) && run.failed().iter().filter_map(misnamed_mode).any(own) {
        return None;
    }
    let words = Message::of(
        "never holds: $util.authType() is {} here, and {} is another name of a mode, that of the API's setting say, which it never answers, so no caller comes into that block. » Write {}.",
        [Part::Value(show(&mode.value)), Part::Value(quoted(written).to_string()), Part::Value(quoted(meant.as_str()).to_string())],
    );
    Some(about(run, failed, Code::ModeName, mode, words))
}

/// The mode that was asked for, the other name of one, and which is meant by it.
fn misnamed_mode<'p>(failed: &Failed<'p>) -> Option<(&'p Operand, &'p str, AuthType)> {
    let Test::Equal { left, right, equal: false } = failed.test else { return None };
    let is_mode = |side: &Operand| side.origins.iter().any(|origin| matches!(origin, crate::trace::origin::Origin::AuthType(_)));
    let (mode, name) = if is_mode(left) { (left, right) } else { (right, left) };
    let written = name.value.as_str().filter(|_| is_mode(mode))?;
    let meant = AuthType::parse(written).filter(|meant| meant.as_str() != written)?;
    Some((mode, written, meant))
}

/// A finding about a condition, with the value that it read.
fn about(run: &Finished<'_>, failed: &Failed<'_>, code: Code, operand: &Operand, words: Message) -> Finding {
    let mut message = Message::of("{}", [Part::Code(condition(run, failed.condition))]);
    message.and(words);
    let finding = Finding::new(code, message).actual(json(&operand.value));
    match operand.origins.context() {
        Some((path, ..)) => finding.at(path),
        None => finding,
    }
}

/// `==` between a list and a text compares the list's own text (Velocity 1.7), which is another.
fn list_as_text(run: &Finished<'_>, failed: &Failed<'_>) -> Option<Finding> {
    let Test::Equal { left, right, equal: false } = failed.test else { return None };
    let (list, text) = match (&left.value, &right.value) {
        (Value::List(_), Value::String(_)) => (left, right),
        (Value::String(_), Value::List(_)) => (right, left),
        _ => return None,
    };
    let holds = list.value.members()?.iter().any(|member| member.loosely_equals(&text.value));
    // Of a claim that holds the value, the rules on claims tell.
    if holds && claim_of(&list.origins).is_some() {
        return None;
    }
    let inside = if holds { format!(", though {} is in it", show(&text.value)) } else { String::new() };
    let code = one_line(run.program.source.slice(list.span));
    let item = one_line(run.program.source.slice(text.span));
    // Who asks for a member as well, as Amplify does, has said it.
    let asks = |reference: &Reference| match reference.last_call() {
        Some((Some(Method::Contains), [asked])) => run.program.one_line(asked.node) == item,
        _ => false,
    };
    if run.recorder.index.references.iter().any(|reference| asks(reference)) {
        return None;
    }
    // In a list without items a look for one finds nothing either.
    let empty = list.value.members().is_none_or(|all| all.is_empty());
    let (kind, cure) = match empty {
        true => ("an empty list", format!("See that {} gets that value; and ask a list with `{code}.contains({item})`.", operand_name(run, list))),
        false => ("a list", format!("Write `{code}.contains({item})`.")),
    };
    Some(about(run, failed, Code::ListComparedWithString, list, Message::from(format!("compares {} {}, {kind}, with the text {}, and a list never equals a text{inside}.", operand_name(run, list), show(&list.value), show(&text.value))).cured(cure)).wanted(json(&text.value)))
}

/// A length that was asked as a member.
fn length(run: &Finished<'_>, failed: &Failed<'_>) -> Option<Finding> {
    failed.condition.operands.iter().find_map(|operand| {
        let words = super::sized::asked_as_member(run, operand)?;
        Some(about(run, failed, Code::MemberNameNear, operand, words))
    })
}

/// `<` and the like are false with a text or nothing on one side.
fn unordered(run: &Finished<'_>, failed: &Failed<'_>) -> Option<Finding> {
    let odd = order(run, failed.condition)?;
    let code = one_line(run.program.source.slice(odd.span));
    let (what, cure) = match &odd.value {
        Value::String(_) if claim_of(&odd.origins).is_some() => (
            format!("the text {} (a custom attribute is always text in a token)", show(&odd.value)),
            format!("Make a number of it before it is compared: `#set($number = $util.parseJson({code}))`, and refuse first where the claim is absent."),
        ),
        Value::String(_) if is_time(&odd.value) => (
            format!("the text {}", show(&odd.value)),
            format!("{}, and refuse first where it is absent.", in_milliseconds(&code)),
        ),
        Value::String(_) => (
            format!("the text {}", show(&odd.value)),
            format!("Make it a number first, `#set($number = $util.parseJson({code}))`, or store it as one."),
        ),
        _ => (state(odd), "Give it a number.".to_owned()),
    };
    Some(about(run, failed, Code::OrderOfText, odd, Message::from(format!("is false whatever the value: {} is {what}, and Velocity orders numbers only.", operand_name(run, odd))).cured(cure)))
}

/// `$x == "a" || "b"`: the second text is compared with nothing, and a text by itself is false (Velocity 1.7).
fn bare_text(run: &Finished<'_>, failed: &Failed<'_>, all: &[Failed<'_>]) -> Option<Finding> {
    let Some(Node::Expression(expression)) = run.recorder.index.node(failed.condition.node) else { return None };
    let Kind::String(text) = &expression.kind else { return None };
    let compared = all.iter().find_map(|other| match other.test {
        Test::Equal { left, right, .. } if right.literal => Some(left),
        Test::Equal { left, right, .. } if left.literal => Some(right),
        _ => None,
    })?;
    let code = one_line(run.program.source.slice(compared.span));
    let text = crate::message::quoted(text.as_str());
    let message = Message::of(
        "line {}: {} stands alone in the condition: it is compared with nothing, and a text by itself counts as false, so only the comparison beside it decides ({} is {}). » Write `{} == {}` in its place.",
        [
            Part::Place(line(run, failed.condition.node).to_string()),
            Part::Text(text.to_string()),
            Part::Name(operand_name(run, compared).to_string()),
            Part::Text(state(compared).to_string()),
            Part::Code(code.to_string()),
            Part::Text(text.to_string()),
        ],
    );
    Some(Finding::new(Code::BareText, message))
}

/// The template asks which of Cognito's tokens was sent.
fn token_kind(run: &Finished<'_>, failed: &Failed<'_>) -> Option<Finding> {
    let Test::Equal { left, right, equal: false } = failed.test else { return None };
    let of_use = |side: &Operand| claim_of(&side.origins).is_some_and(|(claim, ..)| claim == "token_use");
    let (mine, wanted) = if of_use(left) { (left, right) } else { (right, left) };
    if !of_use(mine) {
        return None;
    }
    let (kind, member) = match wanted.value.as_str()? {
        "id" => ("ID token", "idToken"),
        "access" => ("access token", "accessToken"),
        _ => return None,
    };
    let sent = match mine.value.as_str() {
        Some("access") => "the access token",
        Some("id") => "the ID token",
        _ => "a token that says neither",
    };
    Some(about(run, failed, Code::TokenKind, mine, Message::from(format!("wants the {kind}: the claim token_use must be {}, and it is {}, for {sent} was sent.", show(&wanted.value), state(mine))).cured(format!("Send the {kind} to this API (in Amplify `fetchAuthSession().tokens.{member}`)."))).wanted(json(&wanted.value)))
}

/// The ARN of an assumed role ends with the name of the session, not of the role.
fn session(run: &Finished<'_>, failed: &Failed<'_>) -> Option<Finding> {
    let (Method::EndsWith | Method::Equals | Method::Matches, arn, wanted) = call(run, failed.condition)? else { return None };
    let is_arn = arn.origins.iter().any(|origin| origin.is_at("identity.userArn"));
    let text = arn.value.as_str().filter(|_| is_arn && failed.condition.holds == Some(false))?;
    let (role, session) = super::iam::assumed_role(text)?;
    let name = wanted.value.as_str()?;
    if !name.contains(role) {
        return None;
    }
    Some(about(run, failed, Code::IamSessionName, arn, Message::from(format!("is false: identity.userArn is {}, which has the role {role} and ends with the name of the session, {}.", show(&arn.value), crate::message::quoted(session))).cured(format!("Ask for the role with what stands around it: `.contains(\":assumed-role/{role}/\")`."))).wanted(name))
}
