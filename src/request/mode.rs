//! The mode layer: which mode the credential selects, and whether the schema's directives let it in (APPSYNC-VTL 7.1, 7.3).

use super::evidence::Evidence;
use super::layer::{Layer, LayerName, State};
use super::operation::Selected;
use super::schema::{Rule, Schema};
use super::token;
use crate::appsync::AuthType;
use crate::code::Code;
use crate::finding::Finding;
use serde_json::Value as Json;

/// The mode that a request's credentials select; `None` when that is not known.
pub fn selected(evidence: &Evidence) -> Option<AuthType> {
    let modes = evidence.api.modes();
    let has = |mode| modes.is_empty() || modes.contains(&mode);
    if evidence.header("x-api-key").is_some() && has(AuthType::ApiKey) {
        return Some(AuthType::ApiKey);
    }
    if let Some((value, _)) = evidence.authorization() {
        if value.starts_with("AWS4-HMAC-SHA256") {
            return Some(AuthType::Iam);
        }
        if let Ok(token) = token::read(value) {
            if token.is_cognito() && has(AuthType::UserPool) {
                return Some(AuthType::UserPool);
            }
            if has(AuthType::Oidc) && (!modes.is_empty() || !token.is_cognito()) {
                return Some(AuthType::Oidc);
            }
        }
        if modes.contains(&AuthType::Lambda) {
            return Some(AuthType::Lambda);
        }
    }
    if modes.len() == 1 && evidence.auth_type.is_none() && evidence.authorizer.is_some() {
        return modes.first().copied();
    }
    evidence.auth_type
}

/// Judges the mode of a request.
pub fn judge(evidence: &Evidence) -> Layer {
    let mut layer = Layer::new(LayerName::Mode, State::Unknown);
    let mode = selected(evidence);
    lambda_token(evidence, mode, &mut layer);
    let Some(mode) = mode else {
        layer.findings.push(Finding::new(
            Code::ModeUnknown,
            "which mode the request used is not known: give its headers, or --auth-type.",
        ));
        return layer;
    };
    if evidence.api.is_known() && !evidence.api.modes().contains(&mode) {
        let modes: Vec<&str> = evidence.api.modes().into_iter().map(AuthType::as_str).collect();
        layer.refuse(
            Finding::new(
                Code::ModeNotConfigured,
                format!("the request came as {mode}, which this API does not have: it has {}. Send a credential for one of these, or add the mode.", modes.join(", ")),
            )
            .at("authType")
            .actual(mode.as_str())
            .wanted(Json::from(modes)),
        );
        return layer;
    }
    if layer.state == State::Refused {
        return layer;
    }
    let Some(schema) = &evidence.schema else {
        if let Some(default) = evidence.api.default.filter(|default| *default != mode) {
            layer.findings.push(
                Finding::new(
                    Code::ModeNeedsDirective,
                    format!("the request came as {mode}, an additional mode of this API (default: {default}): every field, and every type that it returns, must name it: add {} to them.", directive(mode)),
                )
                .at("authType")
                .actual(mode.as_str())
                .wanted(directive(mode)),
            );
        }
        layer.findings.push(Finding::new(
            Code::SchemaMissing,
            "the schema's directives are not known: give the schema (--schema) to see whether the field lets this mode in.",
        ));
        return layer;
    };
    match schema {
        Err(message) => layer.findings.push(Finding::new(Code::SchemaUnreadable, message.as_str())),
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
                format!(
                    "the token issuer (iss) is {issuer}: the Authorization header is a JWT, so AppSync took it as {taken}: the Lambda authorizer was not called. A token meant for it must not look like a JWT of this API: put a prefix before it, and take it off in the function."
                ),
            )
            .at("request.headers.authorization")
            .actual(issuer)
            .wanted("a token that is no JWT of the API's own issuer (for example with a prefix)"),
        );
    } else if bearer && bearer_is_reserved(evidence) {
        let finding = Finding::new(
            Code::BearerReserved,
            "`Bearer ` is reserved for JWTs on an API that has OIDC or user pools: the Lambda authorizer is not called for it. Send the token without the prefix, or with one of your own.",
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

fn directives(evidence: &Evidence, schema: &Schema, mode: AuthType, layer: &mut Layer) {
    if evidence.field.is_empty() {
        layer.findings.push(Finding::new(
            Code::FieldUnknown,
            "which field was refused is not known: give info.parentTypeName and info.fieldName.",
        ));
        return;
    }
    let subject = format!("{}.{}", evidence.parent_type, evidence.field);
    let Some(object) = schema.types.get(&evidence.parent_type) else {
        layer.findings.push(
            Finding::new(
                Code::TypeNotInSchema,
                format!(
                    "the schema has no type {}: give the API's own schema, as it is deployed.",
                    evidence.parent_type
                ),
            )
            .at(subject),
        );
        return;
    };
    let Some(field) = object.fields.get(&evidence.field) else {
        layer.findings.push(
            Finding::new(
                Code::FieldNotInSchema,
                format!(
                    "type {} has no field {}: give the schema as it is deployed.",
                    evidence.parent_type, evidence.field
                ),
            )
            .at(subject),
        );
        return;
    };
    layer.state = State::Passed;
    for rule in field.rules.iter().chain(&object.rules).filter(|rule| rule.is_aws_auth && several(evidence)) {
        layer.findings.push(
            Finding::new(
                Code::AwsAuthIgnored,
                format!("{} works only where user pools are the API's only mode: on this API it is ignored without a word, and protects nothing. Use @aws_cognito_user_pools(cognito_groups: …).", rule.name),
            )
            .at(subject.clone())
            .actual(rule.name.as_str()),
        );
    }
    if settle(evidence, &field.rules, &object.rules, mode, ("field", &subject), layer) {
        return;
    }
    // The fields of the returned object are judged one by one: the one that the message names, or, when none of them lets
    // the caller in, all.
    if let Some((parent, name)) =
        evidence.refused_subject().filter(|named| *named != (evidence.parent_type.clone(), evidence.field.clone()))
        && let Some(object) = schema.types.get(schema.type_name(&parent))
        && let Some(inner) = object.fields.get(&name)
        && settle(evidence, &inner.rules, &object.rules, mode, ("field", &format!("{parent}.{name}")), layer)
    {
        return;
    }
    let excluded = excluded_fields(evidence, schema, mode, &field.returns);
    // A message that names another field has another cause; an answer without an error has none.
    let explains =
        evidence.refused_subject().is_none() && evidence.observed.as_ref().is_none_or(super::Observed::is_refusal);
    for finding in excluded {
        if explains {
            layer.refuse(finding);
        } else {
            layer.findings.push(finding);
        }
    }
    if layer.state == State::Refused {
        return;
    }
    if let Some(returned) = schema.types.get(&field.returns) {
        let open = returned.fields.values().any(|inner| {
            matches!(allows(evidence, &inner.rules, &returned.rules, mode), Verdict::Allowed | Verdict::Unknown)
        });
        if !open && !returned.fields.is_empty() {
            settle(evidence, &[], &returned.rules, mode, ("returned type", &field.returns), layer);
        }
    }
}

/// The selected fields below the refused one that do not let the caller in: each is null, with an error of its own (7.3).
fn excluded_fields(evidence: &Evidence, schema: &Schema, mode: AuthType, returned: &str) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let mut open: Vec<(&str, &[Selected])> = vec![(returned, &evidence.selection)];
    while let Some((parent, selection)) = open.pop() {
        for one in selection {
            let parent = one.on.as_deref().unwrap_or(parent);
            let Some(object) = schema.types.get(parent) else { continue };
            let Some(field) = object.fields.get(&one.name) else { continue };
            let verdict = allows(evidence, &field.rules, &object.rules, mode);
            let subject = format!("{parent}.{}", one.name);
            let because = because(evidence, &field.rules, &object.rules, "field");
            match refusal(evidence, &verdict, mode, &subject, "field", because).filter(|_| verdict != Verdict::Unknown)
            {
                None => open.push((&field.returns, &one.fields)),
                Some(mut finding) => {
                    finding
                        .message
                        .and("It was selected, and is null for this caller; the rest of the selection is not touched.");
                    if found.len() < 20 && !found.contains(&finding) {
                        found.push(finding);
                    }
                }
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Puts what the directives say into the layer; true when that is no pass.
fn settle(
    evidence: &Evidence,
    field: &[Rule],
    object: &[Rule],
    mode: AuthType,
    (what, subject): (&str, &str),
    layer: &mut Layer,
) -> bool {
    let verdict = allows(evidence, field, object, mode);
    let because = because(evidence, field, object, what);
    let Some(finding) = refusal(evidence, &verdict, mode, subject, what, because) else { return false };
    if verdict == Verdict::Unknown {
        layer.state = State::Unknown;
        layer.findings.push(finding);
    } else {
        layer.refuse(finding);
    }
    true
}

/// Which directives decided.
fn because(evidence: &Evidence, field: &[Rule], object: &[Rule], what: &str) -> &'static str {
    let counts = |rules: &[Rule]| rules.iter().any(|rule| !(rule.is_aws_auth && several(evidence)));
    match (counts(field), counts(object)) {
        (true, _) => "by its own directives",
        (false, true) if what == "field" => "by its type's directives",
        (false, true) => "by its directives",
        (false, false) => "by the API's default mode, as neither it nor its type has a directive that counts",
    }
}

/// Whether `@aws_auth` is inert.
fn several(evidence: &Evidence) -> bool {
    evidence.api.is_known() && (evidence.api.modes().len() > 1 || evidence.api.default != Some(AuthType::UserPool))
}

/// What the directives say of a mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may pass.
    Allowed,
    /// The modes that may pass instead.
    OtherModes(Vec<AuthType>),
    /// The groups of which the caller needs one.
    Groups(Vec<String>),
    /// The default action is DENY.
    DefaultDeny,
    /// The default mode is not known.
    Unknown,
}

/// The field's directives replace the type's, which replace the API's default (7.3).
pub fn allows(evidence: &Evidence, field: &[Rule], object: &[Rule], mode: AuthType) -> Verdict {
    let counts = |rule: &&Rule| !(rule.is_aws_auth && several(evidence));
    let of_field: Vec<&Rule> = field.iter().filter(counts).collect();
    let rules = if of_field.is_empty() { object.iter().filter(counts).collect() } else { of_field };
    if rules.is_empty() {
        return match evidence.api.default {
            None => Verdict::Unknown,
            Some(default) if default != mode => Verdict::OtherModes(vec![default]),
            Some(AuthType::UserPool) if evidence.api.default_action.as_deref() == Some("DENY") => Verdict::DefaultDeny,
            Some(_) => Verdict::Allowed,
        };
    }
    let own: Vec<&&Rule> = rules.iter().filter(|rule| rule.mode == mode).collect();
    if own.is_empty() {
        let mut modes: Vec<AuthType> = rules.iter().map(|rule| rule.mode).collect();
        modes.dedup();
        return Verdict::OtherModes(modes);
    }
    if own.iter().any(|rule| rule.groups.is_none()) {
        return Verdict::Allowed;
    }
    let wanted: Vec<String> = own.iter().flat_map(|rule| rule.groups.iter().flatten().cloned()).collect();
    match groups(evidence) {
        Some(groups) if groups.iter().any(|group| wanted.contains(group)) => Verdict::Allowed,
        _ => Verdict::Groups(wanted),
    }
}

/// `cognito:groups` of the caller; `None` when no identity is known.
fn groups(evidence: &Evidence) -> Option<Vec<String>> {
    let claims = match &evidence.identity {
        Some(identity) => identity.get("claims").cloned().unwrap_or_else(|| identity.clone()),
        None => Json::Object(token::read(evidence.authorization()?.0).ok()?.claims),
    };
    let list = claims.get("cognito:groups").and_then(Json::as_array).cloned().unwrap_or_default();
    Some(list.iter().filter_map(Json::as_str).map(str::to_owned).collect())
}

fn refusal(
    evidence: &Evidence,
    verdict: &Verdict,
    mode: AuthType,
    subject: &str,
    what: &str,
    because: &str,
) -> Option<Finding> {
    let finding = match verdict {
        Verdict::Allowed => return None,
        Verdict::OtherModes(modes) => {
            let names: Vec<&str> = modes.iter().map(|mode| mode.as_str()).collect();
            Finding::new(
                Code::DirectiveExcludesMode,
                format!(
                    "the {what} {subject} lets in {} ({because}), the request came as {mode}{}: AppSync refuses it before any resolver runs. Add {} to it, or call with another credential.",
                    names.join(" and "),
                    key_won(evidence, mode),
                    directive(mode)
                ),
            )
            .actual(mode.as_str())
            .wanted(Json::from(names))
        }
        Verdict::Groups(wanted) => {
            let mine = groups(evidence).unwrap_or_default();
            let absent = mine.is_empty();
            let near = mine.iter().find(|mine| wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(mine)));
            let words = near.map_or(String::new(), |near| format!(" {near:?} differs in case only."));
            Finding::new(
                Code::DirectiveExcludesGroups,
                format!("the {what} {subject} wants one of the groups {} ({because}), the token's cognito:groups {}.{words} Add the user to one and let them sign in anew, or change the directive.", wanted.join(", "), held(&mine)),
            )
            .actual(if absent { Json::Null } else { Json::from(mine) })
            .wanted(Json::from(wanted.clone()))
        }
        Verdict::DefaultDeny => Finding::new(
            Code::DefaultActionDeny,
            format!("the API's default action for user pools is DENY, and {subject} has no directive that lets the caller in: add @aws_cognito_user_pools, or set the default action to ALLOW."),
        )
        .actual("DENY")
        .wanted("a directive, or ALLOW"),
        Verdict::Unknown => Finding::new(
            Code::DefaultModeUnknown,
            format!("the {what} {subject} has no directive, nor has its type: only the API's default mode gets in, and which that is is not known (--api). The request came as {mode}; if that is an additional mode, add {}.", directive(mode)),
        )
        .actual(mode.as_str())
        .wanted(directive(mode)),
    };
    Some(finding.at(format!("schema.{subject}")))
}

/// Groups as a sentence ends with them.
fn held(groups: &[String]) -> String {
    if groups.is_empty() { "are absent".to_owned() } else { format!("are {}", Json::from(groups.to_vec())) }
}

/// That a key was sent beside a token, and counted.
fn key_won(evidence: &Evidence, mode: AuthType) -> &'static str {
    if mode == AuthType::ApiKey && evidence.header("x-api-key").is_some() && evidence.header("authorization").is_some()
    {
        " (an x-api-key was sent beside the token, and counted)"
    } else {
        ""
    }
}

/// The directive that lets a mode in.
fn directive(mode: AuthType) -> &'static str {
    match mode {
        AuthType::ApiKey => "@aws_api_key",
        AuthType::Iam => "@aws_iam",
        AuthType::UserPool => "@aws_cognito_user_pools",
        AuthType::Oidc => "@aws_oidc",
        AuthType::Lambda => "@aws_lambda",
    }
}
