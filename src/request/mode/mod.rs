//! The mode layer: which mode the credential selects, and whether the schema's directives let it in (APPSYNC-VTL 7.1, 7.3).

mod cure;
mod directives;
mod groups;
mod opened;
mod other_claim;
mod other_token;
mod provider;
mod root;
mod walk;
mod words;

pub use directives::{Gate, DirectiveVerdict};
pub use provider::{may_be_oidc, of_token};
pub use walk::{Closed, SchemaPlace, closed};

pub use opened::by_json;
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use crate::message::{Message, Part, quoted_list};
use crate::request::evidence::Evidence;
use crate::request::layer::{Layer, LayerName, State};
use crate::request::operation::Selected;
use crate::request::schema::{DirectiveRule, Schema};
use crate::request::token;
use root::{RootCall, fields};
use serde_json::Value as Json;

/// The mode that a request's credentials select; `None` when that is not known.
pub fn selected(evidence: &Evidence) -> Option<AuthType> {
    let modes = evidence.api.modes();
    let has = |mode| modes.is_empty() || modes.contains(&mode) || !evidence.api.open.is_empty();
    if evidence.header("x-api-key").is_some() && has(AuthType::ApiKey) {
        return Some(AuthType::ApiKey);
    }
    if let Some((value, _)) = evidence.authorization() {
        if value.starts_with("AWS4-HMAC-SHA256") {
            return Some(AuthType::Iam);
        }
        if let Some(mode) = token::read(value).ok().and_then(|token| of_token(&evidence.api, &token)) {
            return Some(mode);
        }
        if modes.contains(&AuthType::Lambda) {
            return Some(AuthType::Lambda);
        }
    }
    if let Some(mode) = masked(evidence, &modes) {
        return Some(mode);
    }
    if modes.len() == 1 && evidence.auth_type.is_none() && evidence.authorizer.is_some() {
        return modes.first().copied();
    }
    evidence.auth_type.or_else(|| of_identity(evidence))
}

/// The mode of an identity by the members that only its kind has, where no credential tells more (APPSYNC-VTL 2.3).
fn of_identity(evidence: &Evidence) -> Option<AuthType> {
    let identity = evidence.identity.as_ref().filter(|identity| identity.is_object())?;
    AuthType::guess(&crate::value::Value::from(identity))
}

/// The mode of a masked credential: a key by its header, a signature by its date, a token where only one mode takes tokens.
fn masked(evidence: &Evidence, modes: &[AuthType]) -> Option<AuthType> {
    if evidence.masked.contains_key("x-api-key") {
        return Some(AuthType::ApiKey);
    }
    evidence.masked.get("authorization")?;
    if evidence.header("x-amz-date").is_some() {
        return Some(AuthType::Iam);
    }
    let mut tokens = modes.iter().filter(|mode| !matches!(mode, AuthType::ApiKey | AuthType::Iam));
    match (tokens.next(), tokens.next()) {
        (Some(only), None) => Some(*only),
        _ => None,
    }
}

/// Judges the mode of a request.
pub fn judge(evidence: &Evidence) -> Layer {
    let mut layer = Layer::new(LayerName::Mode, State::Unknown);
    let mode = selected(evidence);
    lambda_token(evidence, mode, &mut layer);
    let Some(mode) = mode else {
        layer.findings.push(Finding::new(
            Code::ModeUnknown,
            "which mode the request used is not known: » give its headers, or --auth-type.",
        ));
        return layer;
    };
    if evidence.api.is_known() && !evidence.api.modes().contains(&mode) {
        layer.refuse(not_configured(evidence, mode));
        return layer;
    }
    if layer.state == State::Refused {
        return layer;
    }
    let Some(schema) = &evidence.schema else {
        let default = evidence.api.default.filter(|default| *default != mode);
        layer.findings.extend(default.map(|default| needs_directive(mode, default)));
        layer.findings.push(Finding::new(
            Code::SchemaMissing,
            "the schema's directives are not known: » give the schema (--schema) to see whether the field lets this mode in.",
        ));
        return layer;
    };
    match schema {
        Err(message) => layer.findings.push(Finding::new(Code::SchemaUnreadable, message.to_string())),
        Ok(schema) => directives(evidence, schema, mode, &mut layer),
    }
    // A field for the Lambda authorizer refused another mode: that the token was taken as a JWT comes first.
    let for_lambda = layer.findings.first().is_some_and(|first| {
        let wanted = first.wanted.as_array().map_or(&[][..], Vec::as_slice);
        first.code == Code::DirectiveExcludesMode && wanted.iter().any(|mode| mode == AuthType::Lambda.as_str())
    });
    if for_lambda {
        layer.blame(Code::JwtNotForLambda);
    }
    layer
}

/// The API has other modes than the one that the request came by.
fn not_configured(evidence: &Evidence, mode: AuthType) -> Finding {
    let modes: Vec<&str> = evidence.api.modes().into_iter().map(AuthType::as_str).collect();
    Finding::new(
        Code::ModeNotConfigured,
        Message::of(
            "the request came as {}, which this API does not have: it has {}. » Send a credential for one of these, or add the mode.",
            [Part::Text(mode.to_string()), Part::Text(modes.join(", "))],
        ),
    )
    .at("authType")
    .actual(mode.as_str())
    .wanted(Json::from(modes))
}

/// An additional mode is let in by directives only.
fn needs_directive(mode: AuthType, default: AuthType) -> Finding {
    Finding::new(
        Code::ModeNeedsDirective,
        Message::of(
            "the request came as {}, an additional mode of this API (default: {}): every field, and every type that it returns, must name it: » write {} on them, and {} beside it, or the callers of the default mode are shut out.",
            [
                Part::Name(mode.api_name().to_string()),
                Part::Name(default.api_name().to_string()),
                Part::Code(mode.directive().to_string()),
                Part::Code(default.directive().to_string()),
            ],
        ),
    )
    .at("authType")
    .actual(mode.as_str())
    .wanted(mode.directive())
}

/// `Bearer ` before an opaque token, on an API with a Lambda authorizer and user pools or OIDC: the function is not asked (7.1).
pub fn bearer_is_reserved(evidence: &Evidence) -> bool {
    let modes = evidence.api.modes();
    modes.contains(&AuthType::Lambda)
        && (modes.contains(&AuthType::Oidc) || modes.contains(&AuthType::UserPool))
        && evidence.authorization().is_some_and(|(value, bearer)| bearer && token::read(value).is_err())
}

/// A JWT cannot be the Lambda authorizer's token on an API that has user pools or OIDC too.
fn lambda_token(evidence: &Evidence, mode: Option<AuthType>, layer: &mut Layer) {
    let has_lambda = evidence.api.modes().contains(&AuthType::Lambda);
    let Some((value, bearer)) = evidence.authorization().filter(|_| has_lambda) else { return };
    if let (Some(taken @ (AuthType::UserPool | AuthType::Oidc)), Ok(token)) = (mode, token::read(value)) {
        let issuer = token.text("iss").unwrap_or_default();
        layer.findings.push(
            Finding::new(
                Code::JwtNotForLambda,
                Message::of(
                    "the token issuer (iss) is {}: the Authorization header is a JWT, so AppSync took it as {}: the Lambda authorizer was not called. A token meant for it must not look like a JWT of this API: » put a prefix before it, and take it off in the function.",
                    [
                        Part::Value(issuer.to_string()),
                        Part::Text(taken.to_string()),
                    ],
                ),
            )
            .at("request.headers.authorization")
            .actual(issuer)
            .wanted("a token that is not a JWT of the API's own issuer (for example with a prefix)"),
        );
    } else if bearer && bearer_is_reserved(evidence) {
        let finding = Finding::new(
            Code::BearerReserved,
            "`Bearer ` is reserved for JWTs on an API that has OIDC or user pools: the Lambda authorizer is not called for it. » Send the token without the prefix, or with one of your own.",
        )
        .at("request.headers.authorization")
        .actual("Bearer ")
        .wanted("a token without `Bearer `");
        if evidence.status() == Some(401) {
            layer.refuse(finding);
        } else {
            layer.findings.push(finding);
        }
    }
}

/// Judges the directives on the way of a request.
fn directives(evidence: &Evidence, schema: &Schema, mode: AuthType, layer: &mut Layer) {
    if evidence.field.is_empty() {
        layer.findings.push(Finding::new(
            Code::FieldUnknown,
            "which field was refused is not known: » give info.parentTypeName and info.fieldName.",
        ));
        return;
    }
    let (parent, name) = (evidence.parent_type.as_str(), evidence.field.as_str());
    let subject = format!("{parent}.{name}");
    let Some(object) = schema.types.get(parent) else {
        let words = Message::of(
            "the schema has no type {}: » give the API's own schema, as it is deployed.",
            [Part::Text(parent.to_string())],
        );
        return layer.findings.push(Finding::new(Code::TypeNotInSchema, words).at(subject));
    };
    let Some(field) = object.fields.get(name) else {
        let words = Message::of(
            "type {} has no field {} in the schema that was given, so its directives, which decide, are not known. » Give the schema as it is deployed, whole (aws appsync get-introspection-schema --format SDL --include-directives).",
            [Part::Text(parent.to_string()), Part::Name(name.to_string())],
        );
        return layer.findings.push(Finding::new(Code::FieldNotInSchema, words).at(subject));
    };
    layer.state = State::Passed;
    let gate = Gate::of(evidence);
    let root = RootCall::of(evidence, schema);
    let found = root.closed(&gate, schema, mode);
    refuse(evidence, &gate, schema, mode, (&root, found), layer);
    for (parent, object, name, field) in fields(schema, (parent, object, name, field), &evidence.selection) {
        for (rule, on_type) in words::inert(&gate, schema, parent, object, field) {
            let finding = words::aws_auth_ignored(&gate, schema, parent, name, rule, on_type);
            if !layer.findings.contains(&finding) {
                layer.findings.push(finding);
            }
        }
        if layer.state == State::Passed {
            layer.findings.extend(opened::judge(&gate, mode, (parent, object, name, field)));
            let slips = field.slips.iter().chain(&object.slips);
            layer.findings.extend(slips.map(|slip| words::unknown_directive(parent, name, slip)));
        }
    }
}

/// The directives for a mode that decide for the refused field, with its name and whose they are; none where the
/// default mode alone lets it in.
fn letting_in(evidence: &Evidence, mode: AuthType) -> Option<(String, directives::DirectiveSource, Vec<&DirectiveRule>)> {
    let Some(Ok(schema)) = &evidence.schema else { return None };
    let (parent, name) = evidence.refused_subject().unwrap_or_else(|| (evidence.parent_type.clone(), evidence.field.clone()));
    let (parent, object) = schema.types.get_key_value(schema.type_name(&parent))?;
    let field = object.fields.get(&name)?;
    let (source, rules) = Gate::of(evidence).deciding(&field.rules, &object.rules, schema.is_root(parent));
    Some((format!("{parent}.{name}"), source, rules.into_iter().filter(|rule| rule.mode == mode).collect()))
}

/// Whether a directive of the schema that was given lets the request in, rather than the API's default mode: such directives
/// are known to refuse callers whom they name (aws/aws-appsync-community#349: `@aws_cognito_user_pools` with the caller's
/// group refused, and `@aws_auth` in its place did not), so what is left is not the resolver alone.
pub fn is_let_in_by_directive(evidence: &Evidence) -> bool {
    selected(evidence).is_some_and(|mode| opens_to(evidence, mode))
}

/// Whether a directive of the field, or of its type, opens it to this mode.
pub fn opens_to(evidence: &Evidence, mode: AuthType) -> bool {
    letting_in(evidence, mode).is_some_and(|(_, _, rules)| !rules.is_empty())
}

/// Why the schema that was given lets this request in: the directive that decides for the field, and the caller's groups.
pub fn why_let_in(evidence: &Evidence) -> Option<Message> {
    let mode = selected(evidence)?;
    let (subject, source, own) = letting_in(evidence, mode)?;
    let Some(rule) = own.iter().find(|rule| rule.groups.is_none()).or(own.first()) else {
        // Only the default mode gets in without a directive.
        if evidence.api.default.is_some_and(|default| default != mode) {
            return None;
        }
        let ignored = || {
            let Some(Ok(schema)) = &evidence.schema else { return None };
            let (parent, name) = subject.split_once('.')?;
            words::ignored(&Gate::of(evidence), schema, parent, name)
        };
        let lead = ignored().unwrap_or_else(|| format!("neither {subject} nor its type has a directive that counts"));
        return Some(Message::of(
            "{}, so the API's default mode {} gets in, and the request came by it",
            [Part::Text(lead), Part::Name(mode.api_name().to_owned())],
        ));
    };
    let whose = if source == directives::DirectiveSource::Field { "has" } else { "has of its type" };
    let subject = Part::Name(subject);
    Some(match &rule.groups {
        None => Message::of(
            "{} {} {}, which lets {} in",
            [subject, Part::Text(whose.to_owned()), Part::Code(rule.name.clone()), Part::Name(mode.api_name().to_owned())],
        ),
        Some(groups) => Message::of(
            "{} {} {}, which asks for {}, and the caller's cognito:groups {}",
            [
                subject,
                Part::Text(whose.to_owned()),
                Part::Code(rule.name.clone()),
                Part::Value(quoted_list(groups)),
                Part::Value(match Gate::of(evidence).groups {
                    Some(own) => format!("are {}", quoted_list(&own)),
                    None => "were not given".to_owned(),
                }),
            ],
        ),
    })
}

/// The place that AppSync's message names, else the first one on the way.
fn refuse(
    evidence: &Evidence,
    gate: &Gate<'_>,
    schema: &Schema,
    mode: AuthType,
    (root, found): (&RootCall, Vec<Closed>),
    layer: &mut Layer,
) {
    let called = (evidence.parent_type.clone(), evidence.field.clone());
    let named = evidence.refused_subject().map(|(parent, name)| (schema.type_name(&parent).to_owned(), name));
    let named = named.or_else(|| root.is_above.then(|| called.clone()));
    // Some messages name the returned type beside the field that was called.
    let of_returned = |named: &(String, String)| {
        let has = schema.types.get(&named.0).is_some_and(|object| object.fields.contains_key(&named.1));
        named.1 == called.1 && !has
    };
    let is_named = |one: &Closed| {
        named.as_ref().is_none_or(|named| match &one.place {
            SchemaPlace::Field(..) => one.field == *named || of_returned(named) && one.field == called,
            SchemaPlace::Type(name) => *name == named.0,
        })
    };
    let mut found = found;
    // A message that names a field outside of what was selected: it is judged by itself.
    if let Some(named) = named.as_ref().filter(|named| **named != called && !found.iter().any(is_named)) {
        found.extend(walk::only(gate, schema, mode, named));
    }
    if let Some(named) = named.as_ref().filter(|named| !found.iter().any(is_named) && gate.may_deny_below(schema, mode, named)) {
        found.push(Closed::by_default_action(named));
    }
    // A message that names another field has another cause; an answer without an error has none.
    let seen = evidence.observed.as_ref().is_none_or(crate::request::Observed::is_refusal);
    // What the message names was asked for, whether or not the selection was given.
    if named.is_some() {
        found.iter_mut().filter(|one| is_named(one)).for_each(|one| one.is_selected = true);
    }
    let fits = |one: &Closed| one.is_selected && is_named(one) && (seen || one.field == called);
    let Some(at) = surest(&found, fits) else {
        layer.findings.extend(
            found
                .first()
                .filter(|one| one.is_selected && one.field != called)
                .map(|one| finding(evidence, gate, schema, mode, root, (one, &[]))),
        );
        return;
    };
    let mut first = found.remove(at);
    if let Some(named) = named.filter(|_| matches!(first.place, SchemaPlace::Type(_))) {
        first.field = named;
    }
    let refusal = finding(evidence, gate, schema, mode, root, (&first, &found));
    if matches!(first.verdict, DirectiveVerdict::Unknown | DirectiveVerdict::GroupsOpen(_)) {
        layer.state = State::Unknown;
        layer.findings.push(refusal);
    } else {
        layer.refuse(refusal);
    }
}

/// The first of these places: what is certain comes before what rests on groups that nobody gave.
fn surest(found: &[Closed], fits: impl Fn(&Closed) -> bool) -> Option<usize> {
    let is_open = |one: &Closed| matches!(one.verdict, DirectiveVerdict::GroupsOpen(_));
    found.iter().position(|one| fits(one) && !is_open(one)).or_else(|| found.iter().position(fits))
}

/// What is said of the first place and of the others on the way.
fn finding(
    evidence: &Evidence,
    gate: &Gate<'_>,
    schema: &Schema,
    mode: AuthType,
    root: &RootCall,
    (first, others): (&Closed, &[Closed]),
) -> Finding {
    let cure = cured(gate, schema, mode, root, std::iter::once(first).chain(others));
    let heard = heard(evidence, schema, root, mode);
    let refused = words::Refused { mode, first, others, root: &root.field, heard: heard.as_ref(), cure: cure.as_ref() };
    match &first.verdict {
        DirectiveVerdict::OtherModes(modes) => words::other_modes(evidence, gate, schema, &refused, modes),
        DirectiveVerdict::Groups(wanted) => groups::refused(evidence, gate, schema, &refused, wanted),
        DirectiveVerdict::GroupsOpen(wanted) => groups::not_given(evidence, schema, &refused, wanted),
        DirectiveVerdict::DefaultDeny => words::default_deny(evidence, gate, schema, &refused),
        DirectiveVerdict::Unknown if first.source == directives::DirectiveSource::Field => words::aws_auth_open(gate, schema, first),
        DirectiveVerdict::Unknown if gate.may_deny() => words::action_unknown(evidence, &refused),
        DirectiveVerdict::Unknown | DirectiveVerdict::Allowed => words::default_unknown(schema, &refused),
    }
}

/// A mutation that a refused subscription hears, whose callers come by another mode that what was selected keeps out as well.
fn heard(evidence: &Evidence, schema: &Schema, root: &RootCall, mode: AuthType) -> Option<words::HeardMutation> {
    let field = schema.types.get(&root.parent)?.fields.get(&root.field)?;
    let closed = |name: &String| {
        let (other, places, cure) = cannot_select(evidence, schema, name, &root.selection)?;
        let cure = cure.unwrap_or_else(|| {
            let places: Vec<String> = places.iter().map(|one| one.place.words()).collect();
            format!("{} on {}", other.directive(), places.join(", on "))
        });
        (other != mode).then(|| words::HeardMutation { name: name.clone(), mode: other, cure: cure.into() })
    };
    field.subscribes.iter().find_map(closed)
}

/// A mode that may call this mutation, and that the types of what was selected keep out: the places, and what to write there.
pub fn cannot_select(
    evidence: &Evidence,
    schema: &Schema,
    mutation: &str,
    selection: &[Selected],
) -> Option<(AuthType, Vec<Closed>, Option<String>)> {
    // Whoever calls the mutation is somebody else: nothing is known of their groups.
    let gate = &Gate { groups: None, ..Gate::of(evidence) };
    let parent = schema.type_name("Mutation");
    let object = schema.types.get(parent)?;
    let field = object.fields.get(mutation)?;
    let lets_in = |mode: &AuthType| gate.allows(schema, parent, object, field, *mode) == DirectiveVerdict::Allowed;
    evidence.api.modes().into_iter().filter(lets_in).find_map(|mode| {
        let mut found = walk::closed(gate, schema, mode, (parent, mutation), selection);
        found.retain(|one| one.is_selected && matches!(one.verdict, DirectiveVerdict::OtherModes(_)));
        let cure = cure::find(gate, schema, mode, (parent, mutation), selection, &found);
        (!found.is_empty()).then(|| (mode, found, cure.map(|cure| cure.words())))
    })
}

/// What to write at the places that a mode or a group is kept out of.
fn cured<'c>(
    gate: &Gate<'_>,
    schema: &Schema,
    mode: AuthType,
    root: &RootCall,
    places: impl Iterator<Item = &'c Closed>,
) -> Option<cure::Cure> {
    let by_directive = |one: &&Closed| matches!(one.verdict, DirectiveVerdict::OtherModes(_) | DirectiveVerdict::Groups(_) | DirectiveVerdict::GroupsOpen(_));
    let places: Vec<Closed> = places.filter(by_directive).cloned().collect();
    cure::find(gate, schema, mode, (root.parent.as_str(), root.field.as_str()), &root.selection, &places)
}
