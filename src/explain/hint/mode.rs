//! Modes: no rule for the caller's mode, no rules at all, a Lambda authorizer without context.

use crate::value::method::Method;
use super::Finished;
use super::text::show;
use crate::explain::why::guards;
use crate::trace::origin::Origin;
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, all_of, quoted};
use crate::explain::flags::is_plain;
use crate::syntax::{ComparisonOperator, ExpressionKind as Kind, Slot, StepKind};
use crate::trace::candidate::is_call;
use crate::trace::index::{Index, NodePart};
use crate::trace::mentions;
use crate::trace::recorder::Change;
use crate::trace::{DecisionKind, Verdict};
use crate::value::Value;

/// The mode that a block is for: `#if( $util.authType() == "…" )`.
fn mode_of(part: &NodePart<'_>) -> Option<String> {
    let NodePart::Branch { parts, at } = part else { return None };
    mode_in(&parts.branches[*at].condition)
}

fn mode_in(condition: &crate::syntax::Expression) -> Option<String> {
    match &condition.kind {
        Kind::Compare(ComparisonOperator::Equal, sides) => {
            let is_mode = |side: &crate::syntax::Expression| match &side.kind {
                Kind::Reference(reference) => {
                    is_call(reference, Method::AuthType)
                        || reference
                            .steps
                            .iter()
                            .any(|step| matches!(&step.kind, StepKind::Property(name) if name == "authType"))
                }
                _ => false,
            };
            match (&sides.0.kind, &sides.1.kind) {
                (_, Kind::String(mode)) if is_mode(&sides.0) => Some(mode.to_string()),
                (Kind::String(mode), _) if is_mode(&sides.1) => Some(mode.to_string()),
                _ => None,
            }
        }
        Kind::And(sides) => mode_in(&sides.0).or_else(|| mode_in(&sides.1)),
        _ => None,
    }
}

fn modes(index: &Index<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for mode in index.parts().filter_map(mode_of) {
        if !found.contains(&mode) {
            found.push(mode);
        }
    }
    found
}

/// A rule that lets callers of a mode in, in the words of `@auth`.
fn rule_for(mode: &str) -> &'static str {
    match AuthType::parse(mode) {
        Some(AuthType::ApiKey) => "`{ allow: public, provider: apiKey }`, which is for everybody",
        Some(AuthType::Iam) => "`{ allow: private, provider: iam }`, or public for guests",
        Some(AuthType::Oidc) => "`{ allow: private, provider: oidc }`, or an owner or group rule",
        Some(AuthType::Lambda) => "`{ allow: custom }`",
        _ => "`{ allow: private }`, or an owner or group rule",
    }
}

/// How a caller comes by a mode.
fn call_by(mode: &str) -> &'static str {
    match AuthType::parse(mode) {
        Some(AuthType::ApiKey) => "with the API key (authMode apiKey)",
        Some(AuthType::Iam) => "with credentials of IAM (authMode iam)",
        Some(AuthType::Oidc) => "with the provider's token (authMode oidc)",
        Some(AuthType::Lambda) => "with the authorizer's token (authMode lambda)",
        _ => "with a user-pool token (authMode userPool)",
    }
}

/// What the field does, in the words of a rule's `operations`.
pub(super) fn operation(run: &Finished<'_>) -> Option<&'static str> {
    let env = &run.outcome.env;
    let named = run.program.source.name.split_once('.');
    let (parent, field) = match (env.parent_type.is_empty(), named) {
        (true, Some((parent, rest))) => (parent, rest.split('.').next().unwrap_or(rest)),
        _ => (env.parent_type.as_str(), env.field_name.as_str()),
    };
    let begins = |words: &[&str]| words.iter().any(|word| field.starts_with(word));
    match parent {
        "Mutation" if begins(&["create"]) => Some("create"),
        "Mutation" if begins(&["update"]) => Some("update"),
        "Mutation" if begins(&["delete"]) => Some("delete"),
        "Query" if begins(&["get"]) => Some("get"),
        "Query" if begins(&["list"]) => Some("list"),
        "Query" if begins(&["sync"]) => Some("sync"),
        "Query" if begins(&["search"]) => Some("search"),
        "Subscription" if begins(&["on"]) => Some("listen"),
        _ => None,
    }
}

/// The other modes whose blocks have a statement that can authorize.
fn able(run: &Finished<'_>, mode: &str) -> Vec<String> {
    let can = |other: &String| {
        other != mode
            && run.why.candidates.iter().any(|candidate| {
                let chain = run.recorder.index.chain(candidate.node);
                chain.iter().find_map(mode_of).as_ref() == Some(other)
            })
    };
    modes(&run.recorder.index).into_iter().filter(can).collect()
}

/// What to do where no rule is for the caller's mode: only what is possible.
fn remedy(run: &Finished<'_>, mode: &str) -> String {
    let other = able(run, mode).into_iter().next();
    let call = other.map_or(String::new(), |other| format!("Call {}, whose block has a rule; or ", call_by(&other)));
    let capital = |text: &str| if call.is_empty() { format!("A{}", &text[1..]) } else { text.to_owned() };
    if !run.is_of_amplify() {
        return format!("{call}{}", capital(&branch_for(run, mode)));
    }
    let what = match operation(run) {
        Some("delete") => {
            "add delete to the `operations` of a rule for this mode, on the model and on every field that has rules of its own: a row is deleted with all its fields.".to_owned()
        }
        Some("listen") => {
            "add a rule for this mode that covers subscriptions (static group, owner or private, with read or listen): of a dynamic group rule (groupsField) Amplify makes no code for them, unless it is a version with subscription filters.".to_owned()
        }
        Some(operation) => {
            format!("add {operation} to the `operations` of a rule for this mode, such as {}.", rule_for(mode))
        }
        None => format!("add a rule for this mode, such as {}.", rule_for(mode)),
    };
    format!("{call}{}", capital(&what))
}

/// The branch that a template by hand lacks, with the flag that its refusal asks for.
fn branch_for(run: &Finished<'_>, mode: &str) -> String {
    let inside = if AuthType::parse(mode) == Some(AuthType::ApiKey) { "" } else { ", and put what such a caller must meet into it" };
    let everybody = if inside.is_empty() { " (who has the key is everybody)" } else { "" };
    match flag(run) {
        Some((slot, line)) => format!("add `#if($util.authType() == \"{mode}\")#set(${} = true)#end` before line {line}{inside}{everybody}.", run.program.name(slot)),
        None => format!("add a branch for \"{mode}\" to the template that sets ${}.", run.watched),
    }
}

/// The variable that the refusal asks for, and the line on which it does.
fn flag(run: &Finished<'_>) -> Option<(Slot, u32)> {
    let guard = run.why.guards.first()?;
    let mut leaves = Vec::new();
    guard.condition.leaves(&mut leaves);
    let [leaf] = leaves.as_slice() else { return None };
    let operand = leaf.operands.first().filter(|operand| !operand.value.is_true())?;
    let slot = operand.slot.filter(|slot| is_plain(run.program, operand, run.program.name(*slot)))?;
    Some((slot, super::allow::line(run, guard.node)))
}

/// The block for this mode sets a variable that the refusal does not ask for.
fn sets_another(run: &Finished<'_>, mode: &str) -> Option<Finding> {
    let (asked, line) = flag(run)?;
    let of_mode = |change: &&Change| run.recorder.index.chain(change.node).iter().find_map(mode_of).as_deref() == Some(mode);
    let grants = |change: &&Change| change.container.is_none() && change.slot.is_some_and(|slot| slot != asked) && change.values.first().is_some_and(Value::is_true);
    let change = run.recorder.changes.iter().filter(of_mode).find(grants)?;
    let set = run.program.name(change.slot?).to_owned();
    let asked = run.program.name(asked).to_owned();
    let message = Message::of(
        "the block for \"{}\" sets ${} (line {}), and the refusal asks ${} (line {}), which nothing sets for this mode: no caller of it gets through. » Set ${} there.",
        [
            Part::Text(mode.to_owned()),
            Part::Name(set),
            Part::Place(super::allow::line(run, change.node).to_string()),
            Part::Name(asked.clone()),
            Part::Place(line.to_string()),
            Part::Name(asked.clone()),
        ],
    );
    Some(Finding::new(Code::NeverSet, message).at(format!("${asked}")))
}

/// The refusal is the `#else` of a test for the mode: it is for all others, whoever calls.
fn otherwise(run: &Finished<'_>, mode: &str, known: &[String]) -> Option<Finding> {
    let node = run.decision.node?;
    let guard = guards(run.recorder, node, false).into_iter().next().filter(|guard| !guard.value)?;
    mode_in(run.expression(&guard.condition)?)?;
    let others: Vec<&String> = known.iter().filter(|other| *other != mode).collect();
    let first = others.first().filter(|_| others.len() == known.len())?;
    let message = Message::of(
        "line {} goes on for {} alone ({}), and this caller came by \"{}\": line {}, in the `#else`, refuses every other mode, whoever calls. » Call {}; or add `#elseif($util.authType() == \"{}\")` before the `#else`, with what such a caller must meet.",
        [
            Part::Place(super::allow::line(run, guard.node).to_string()),
            Part::Value(others.iter().map(|other| quoted(other).to_string()).collect::<Vec<_>>().join(", ")),
            Part::Code(format!("`{}`", run.text(&guard.condition))),
            Part::Text(mode.to_owned()),
            Part::Place(super::allow::line(run, node).to_string()),
            Part::Text(call_by(first).to_owned()),
            Part::Text(mode.to_owned()),
        ],
    );
    Some(Finding::new(Code::NoBlockForMode, message).at("authType").actual(mode).wanted(serde_json::Value::from(known.to_vec())))
}

/// The refusal stands inside the block of the caller's mode, or under no condition at all.
pub fn early_refusal(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let (DecisionKind::Unauthorized, Some(node)) = (run.decision.kind, run.decision.node) else { return };
    let chain = run.recorder.index.chain(node);
    // `$util.validate` carries its condition with it.
    if crate::explain::why::validated(run.recorder, node).is_some() {
        return;
    }
    if chain.is_empty() && run.is_by_hand() {
        // Whoever wrote it is told so elsewhere.
        return;
    }
    if chain.is_empty() {
        found.push(
            Finding::new(
                Code::UnconditionalRefusal,
                "this statement refuses everyone, under no condition: the (related) model has no @auth rule, and neither sandbox mode nor IAM access is on. » Add rules to it.",
            )
            .actual("unconditional")
            .wanted("an authorization rule"),
        );
        return;
    }
    let [part] = chain.as_slice() else { return };
    if let Some(mode) = mode_of(part) {
        found.push(
            Finding::new(
                Code::ModeHasNoRule,
                Message::of(
                    "the block for \"{}\" ends in a refusal: no rule of this type or field is for that mode{}, and what comes after it never ran. A field's own rules replace those of its model.", [Part::Text(mode.to_string()), Part::Text(others(run, &mode).to_string())]).cured(remedy(run, &mode)),
            )
            .at("authType")
            .actual(mode)
            .wanted(serde_json::Value::from(modes(&run.recorder.index))),
        );
    }
}

fn others(run: &Finished<'_>, mode: &str) -> String {
    let (others, able): (Vec<_>, _) = (modes(&run.recorder.index).into_iter().filter(|other| other != mode).collect(), able(run, mode));
    match (others.is_empty(), able.is_empty()) {
        (true, _) => String::new(),
        (false, true) => format!(" (the {} for {} {} no rule either)", if others.len() == 1 { "block" } else { "blocks" }, all_of(&others), if others.len() == 1 { "has" } else { "have" }),
        (false, false) => format!(" (there are blocks for {})", able.join(", ")),
    }
}

/// The template asks for a mode, and what was given of the caller tells none.
fn not_known(known: &[String]) -> Finding {
    let names: Vec<String> = known.iter().map(|mode| quoted(mode).to_string()).collect();
    let message = Message::of(
        "the caller's mode is not known, and the template asks for it ({}): which of its rules refuses depends on that. » Give --auth-type (user-pool, oidc, iam, api-key or lambda).",
        [Part::Value(names.join(", "))],
    );
    Finding::new(Code::NotGiven, message).at("authType").wanted(serde_json::Value::from(known.to_vec()))
}

/// No block for the caller's mode, or one without a statement that can authorize.
pub fn no_block(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied {
        return;
    }
    if run.why.revoked.is_some() {
        return;
    }
    let known = modes(&run.recorder.index);
    let Some(mode) = run.auth_type().map(|mode| mode.as_str()) else {
        found.extend((!known.is_empty()).then(|| not_known(&known)));
        return;
    };
    if known.is_empty() {
        nobody(run, found);
        return;
    }
    let for_caller = |node| {
        let chain = run.recorder.index.chain(node);
        let of = chain.iter().find_map(mode_of);
        of.is_none_or(|of| of == mode)
    };
    let can = run.why.candidates.iter().any(|candidate| for_caller(candidate.node));
    // A block that granted a list of fields has a rule for the mode.
    let known_better = |hint: &Finding| {
        matches!(hint.code, Code::ModeHasNoRule | Code::NoAuthRules | Code::FieldNotAllowed | Code::NullNeedsDelete | Code::ResetInLoop | Code::BothRequired | Code::ModeName)
    };
    if can || found.iter().any(known_better) || has_own_condition(run) {
        return;
    }
    let by_hand = || otherwise(run, mode, &known).or_else(|| sets_another(run, mode));
    let own = if run.is_by_hand() { by_hand() } else { None };
    found.push(own.unwrap_or_else(|| without_rule(run, mode, &known)));
}

/// Whether the refusal stands under a condition of its own on the caller, what he sent or the row: where that comes out the other
/// way, such a caller gets through.
fn has_own_condition(run: &Finished<'_>) -> bool {
    let Some(node) = run.decision.node else { return false };
    let own = guards(run.recorder, node, false).into_iter().next();
    own.is_some_and(|guard| {
        let mut leaves = Vec::new();
        guard.condition.leaves(&mut leaves);
        let operands: Vec<_> = leaves.iter().flat_map(|leaf| &leaf.operands).collect();
        let of_caller = |origin: &Origin| ["identity", "args", "result", "source", "request"].iter().any(|root| origin.is_in(root));
        operands.iter().all(|operand| operand.slot.is_none()) && operands.iter().flat_map(|operand| operand.origins.iter()).any(of_caller)
    })
}

/// The block for a mode cannot authorize, or there is none.
fn without_rule(run: &Finished<'_>, mode: &str, known: &[String]) -> Finding {
    let (code, words) = if mentions(run.program, mode) {
        (
            Code::EmptyBlock,
            format!(
                "the block for \"{mode}\" has no statement that can authorize, so no caller of that mode gets through, whatever the token or the row: no rule for it gives {}",
                operation(run).map_or("this field".to_owned(), |operation| format!("the operation {operation} here"))
            ),
        )
    } else {
        (
            Code::NoBlockForMode,
            format!("no block is for \"{mode}\": no statement in this template can authorize such a caller"),
        )
    };
    let message =
        Message::of("{}{}.", [Part::Text(words), Part::Text(others(run, mode))]).cured(remedy(run, mode));
    Finding::new(code, message).at("authType").actual(mode).wanted(serde_json::Value::from(known.to_vec()))
}

/// No statement can authorize anyone.
fn nobody(run: &Finished<'_>, found: &mut Vec<Finding>) {
    let refusal = run.decision.kind == DecisionKind::Unauthorized;
    let watches = run.program.slot(run.watched).is_some();
    if refusal && watches && run.why.candidates.is_empty() && found.is_empty() {
        if let Some(finding) = other_spelling(run) {
            found.push(finding);
            return;
        }
        found.push(
            Finding::new(
                Code::NoRuleForOperation,
                Message::of(
                    "no statement in this template can set ${}, so nobody gets through, whatever the token: no rule gives anyone {}.", [Part::Text(run.watched.to_string()), Part::Text(operation(run).map_or("this operation".to_owned(), |operation| format!("the operation {operation}")).to_string())]).cured(remedy(run, run.auth_type().map_or("User Pool Authorization", |mode| mode.as_str()))),
            )
            .wanted("a rule for this operation"),
        );
    }
}

/// A rule sets a variable whose name is nearly that of the one which is tested.
fn other_spelling(run: &Finished<'_>) -> Option<Finding> {
    let set = |change: &&Change| {
        let near = change.slot.is_some_and(|slot| {
            let name = run.program.name(slot);
            name != run.watched && crate::nearest::nearest(name, [run.watched]).is_some()
        });
        near && change.container.is_none() && change.values.first().is_some_and(Value::is_true)
    };
    let change = run.recorder.changes.iter().find(set)?;
    let name = run.program.name(change.slot?);
    let guard = crate::explain::why::guards(run.recorder, change.node, false).into_iter().next();
    let why = guard.map_or_else(String::new, |guard| format!(" ({})", super::allow::values(run, &guard.condition).join(", ")));
    let message = Message::of(
        "line {} sets ${}{}, and the refusal tests ${}, which is spelled differently and stays false: the caller passed the rule, and nothing reads it. Spell both the same.",
        [
            Part::Place(super::allow::line(run, change.node).to_string()),
            Part::Name(name.to_owned()),
            Part::Value(why),
            Part::Name(run.watched.to_owned()),
        ],
    );
    Some(Finding::new(Code::NeverSet, message).at(format!("${}", run.watched)))
}

/// `$ctx.stash.hasAuth` is not set: the model has no rules.
pub fn no_rules(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.verdict != Verdict::Denied {
        return;
    }
    let reads = run.why.guards.iter().any(|guard| {
        crate::trace::candidate::looked_at(&guard.condition).iter().any(|operand| {
            operand.value.is_null() && operand.origins.context().is_some_and(|(path, ..)| path == "stash.hasAuth")
        })
    });
    if reads && let Some(finding) = auth_ran_without_it(run) {
        found.push(finding);
        return;
    }
    if reads {
        let sandbox = modes(&run.recorder.index).iter().any(|mode| mode == AuthType::ApiKey.as_str());
        let who = if sandbox {
            "Without rules only sandbox mode is left, which lets an API key through and nobody else."
        } else {
            "Without rules everyone is refused."
        };
        found.push(
            Finding::new(
                Code::NoAuthRules,
                Message::of(
                    "stash.hasAuth is not set: no auth template ran before this one, so the model has no @auth rule (or its auth template was left out of this run). {} » Give the model a rule, such as `@auth(rules: [{ allow: private }])` for every signed-in user, and push.",
                    [Part::Text(who.to_owned())],
                ),
            )
            .at("stash.hasAuth")
            .wanted(true),
        );
    }
}

/// What an auth template leaves in the stash is there, and not the mark that each of Amplify's begins with
/// (`$util.qr($ctx.stash.put("hasAuth", true))`): it ran, and is one that somebody wrote or changed.
fn auth_ran_without_it(run: &Finished<'_>) -> Option<Finding> {
    let filter = run.context(&["stash", "authFilter"]);
    let field = Some(run.outcome.env.field_name.as_str()).filter(|field| !field.is_empty());
    let file = field.map_or_else(|| "*.auth.1.req.vtl".to_owned(), |field| format!("{}.{field}.auth.1.req.vtl", run.outcome.env.parent_type));
    let message = Message::of(
        "stash.hasAuth is absent, although an auth step did run before this one: it left stash.authFilter ({}). So it is not the caller that is refused: the auth template in use never puts hasAuth, with which each of Amplify's own begins, most likely because it is an override. » Put {} at the top of {} in the API's resolvers folder, and push.",
        [Part::Value(super::text::show(&filter)), Part::Code("`$util.qr($ctx.stash.put(\"hasAuth\", true))`".to_owned()), Part::Place(file)],
    );
    (!filter.is_null()).then(|| Finding::new(Code::StashLacks, message).at("stash.hasAuth").wanted(true))
}

/// Rules that need an owner or groups, under a Lambda authorizer that gives no such thing.
pub fn lambda_context(run: &Finished<'_>, found: &mut Vec<Finding>) {
    if run.auth_type() != Some(AuthType::Lambda) || run.verdict == Verdict::Allowed {
        return;
    }
    let missing = run.failed().iter().flat_map(|failed| &failed.condition.operands).find_map(|operand| {
        let (path, value, _) = operand.origins.context()?;
        (path.starts_with("identity") && value.is_null()).then(|| path.to_owned())
    });
    // What such an identity never has was told with what it has in its place.
    let known = |path: &crate::appsync::ContextPath| found.iter().any(|hint| hint.code == Code::MemberNotInMode && hint.path.as_deref() == Some(&**path));
    if let Some(path) = missing.filter(|path| !known(path)) {
        let context = run.context(&["identity", "resolverContext"]);
        let last = path.rsplit('.').next().unwrap_or_default().to_owned();
        let near = super::whence::near_in_context(run, &path);
        let cure = match &near {
            Some((name, _)) => format!("Read `$ctx.identity.resolverContext.{name}`, or let the authorizer return {last}."),
            None => format!("Let the authorizer return {last} in its resolverContext."),
        };
        let words = match near {
            _ if context.is_null() => "the authorizer's answer had no resolverContext".to_owned(),
            Some((name, value)) => format!("resolverContext has {name} ({}) instead: the names differ", show(&value)),
            None => {
                let names: Vec<String> = context.as_map().map_or_else(Vec::new, |map| map.keys().iter().filter_map(|key| key.as_str().map(str::to_owned)).collect());
                format!("resolverContext has {} and not that (its values reach templates as strings)", names.join(", "))
            }
        };
        found.push(
            Finding::new(
                Code::LambdaWithoutContext,
                Message::of(
                    "{} is absent: under a Lambda authorizer the identity is only what resolverContext carries, and {}.",
                    [Part::Place(path.to_string()), Part::Text(words.to_string())],
                )
                .cured(cure),
            )
            .at("identity.resolverContext")
            .actual(super::json(&context))
            .wanted(path.to_string()),
        );
    }
}
