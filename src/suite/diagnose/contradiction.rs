//! Why what was seen may differ from what was computed: reasons, the likeliest first.

use crate::message::{Message, Part, quoted};
use crate::code::Code;
use crate::explain::Explanation;
use crate::finding::Finding;
use crate::explain::hint::text::show;
use crate::request::layer::{Layer, LayerName, State};
use crate::request::observed::is_failed_condition;
use crate::request::{Evidence, Member, Request, har, token};
use serde_json::{Value as Json, json};

/// What is known where the two differ.
pub struct Contradiction<'a> {
    /// What was given.
    pub evidence: &'a Evidence,
    /// What became of each layer.
    pub layers: &'a [Layer],
    /// The layer that was computed to refuse, if one was.
    pub layer: Option<LayerName>,
    /// The template and its run.
    pub resolver: Option<&'a Explanation>,
    /// The request, each member with its origin.
    pub request: &'a Request,
}

/// How likely a reason is: what is known to be so, what the message or missing input speaks for, what can always be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Always,
    Likely,
    Telling,
    Known,
}

type Reasons = Vec<(Weight, Finding)>;

impl Contradiction<'_> {
    /// The reasons, ranked; `refused` is what was seen.
    pub fn reasons(&self, refused: bool) -> Vec<Finding> {
        let mut found = Reasons::new();
        if refused {
            // A layer that nobody could judge refuses more often than claims by hand are wrong.
            self.refused(&mut found);
            self.identity(&mut found);
        } else {
            self.identity(&mut found);
            self.let_through(&mut found);
        }
        found.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        found.into_iter().map(|(_, reason)| reason).collect()
    }

    /// A refusal was seen, and the layers let the request through.
    fn refused(&self, found: &mut Reasons) {
        let evidence = self.evidence;
        found.extend(other_field(evidence).map(|finding| (Weight::Known, finding)));
        let open: Vec<&str> = self.layers.iter().filter(|one| one.state == State::Unknown).filter_map(|one| needs(one, evidence)).collect();
        if matches!(evidence.status(), Some(401 | 403)) {
            let give = if open.is_empty() { "the headers and --api" } else { &open.join(", ") };
            found.push((
                Weight::Known,
                Finding::new(Code::RefusedEarlier, Message::of(
                    "HTTP {} comes before any template: the credentials, a policy or the Lambda authorizer refused. » Give {}.",
                    [
                        Part::Text(evidence.status().unwrap_or_default().to_string()),
                        Part::Text(give.to_string()),
                    ],
                ))
                    .at("observed.httpStatus")
                    .actual(evidence.status()),
            ));
            return;
        }
        self.not_given(found);
        let message = evidence.error_message();
        let own_words = message.is_empty() || message.contains("Not Authorized to access");
        let writes = self.resolver.is_some_and(|explained| explained.program.writes(beginning(message)));
        if !open.is_empty() {
            // No layer before a template says what that template writes.
            let weight = if !own_words && writes { Weight::Always } else { Weight::Likely };
            found.push((
                weight,
                Finding::new(
                    Code::RefusedEarlier,
                    Message::of(
                        "a layer before the templates may have refused it, and its input is missing: » give {}.",
                        [
                            Part::Text(open.join(", ")),
                        ],
                    ),
                )
                .actual(json!(open)),
            ));
        }
        let Some(Explanation { program, .. }) = self.resolver else { return };
        if own_words || writes {
            found.push((Weight::Always, deployed("it refuses what these files let through")));
        } else {
            found.push((Weight::Telling, no_statement(&program.source.name, message)));
        }
    }

    /// No refusal was seen, and a layer refuses.
    fn let_through(&self, found: &mut Reasons) {
        let (code, what) = match self.layer {
            Some(LayerName::Mode) => (
                Code::SchemaDiffers,
                "the deployed schema or the API's modes are not those that were given: » fetch them anew (aws appsync get-introspection-schema, get-graphql-api).",
            ),
            Some(LayerName::Iam) => (
                Code::PolicyDiffers,
                "the caller has other policies than those that were given, or they have changed since: list what is attached to the role, its groups and its boundary.",
            ),
            Some(LayerName::Authorizer) => (
                Code::AuthorizerDiffers,
                "the Lambda authorizer answered something else: an earlier answer from the cache, or another version of the function. » Read its log for this request.",
            ),
            Some(LayerName::Request) => (
                Code::OtherToken,
                "other credentials were sent than those that were given, or at another time: AppSync took them.",
            ),
            _ => {
                found.extend(self.data_source_answered().map(|finding| (Weight::Telling, finding)));
                self.not_given(found);
                found.push((Weight::Likely, deployed("it lets through what these files refuse")));
                return;
            }
        };
        found.push((Weight::Likely, Finding::new(code, what)));
    }

    /// DynamoDB asked the write's condition, so the template that renders it had let the caller through: it ran with something
    /// else than what was given.
    fn data_source_answered(&self) -> Option<Finding> {
        let seen = self.evidence.error_type();
        let explained = self.resolver.filter(|explained| is_failed_condition(seen) && explained.pipeline.is_none() && !explained.program.source.is_response())?;
        let change = explained.why.as_ref().and_then(|why| why.suggestions.first()).and_then(|suggestion| match suggestion.changes.as_slice() {
            [one] => Some(format!("{} = {}", one.path.replace("args.", "arguments."), show(&one.value))),
            _ => None,
        });
        let with = change.map_or_else(String::new, |change| format!(" (with {change} it does)"));
        let message = Message::of(
            "{} is DynamoDB's answer, so the request reached the table: the template let the caller through then{}, and the condition of the write failed on the row. What was sent is not what was given here, most likely other arguments. » Give the arguments as they were sent, and the row (`records`).",
            [Part::Name(seen.to_owned()), Part::Value(with)],
        );
        Some(Finding::new(Code::InputDiffers, message).at("observed.errorType").actual(seen))
    }

    /// Whether the identity is that of the token which was sent.
    fn identity(&self, found: &mut Reasons) {
        let evidence = self.evidence;
        let Some(identity) = &evidence.identity else { return };
        let token = evidence.authorization().and_then(|(value, _)| token::read(value).ok());
        let sent = token.and_then(|_| har::identity(&evidence.headers));
        let claims = |identity: &Json| identity.get("claims").cloned().unwrap_or_default();
        match sent {
            Some(sent) if claims(&sent) == claims(identity) => {}
            Some(sent) => {
                let differs = first_difference(&claims(&sent), &claims(identity));
                let (path, was, given) = differs.unwrap_or_default();
                found.push((
                    Weight::Known,
                    Finding::new(Code::OtherToken, Message::of(
                        "the identity that was given is not that of the token that was sent: {} is {} in the token, and {} was judged. » Leave the identity out, or give the token with --claims.",
                        [
                            Part::Place(path.to_string()),
                            Part::Text(was.to_string()),
                            Part::Text(given.to_string()),
                        ],
                    ))
                        .at(format!("identity.claims[{path}]", path = quoted(&path)))
                        .actual(given)
                        .wanted(was),
                ));
            }
            None if evidence.authorization().is_none() && identity.get("claims").is_some() => found.push((
                Weight::Likely,
                Finding::new(Code::OtherToken, "the claims were given by hand, and the token that was sent is not known: it may be older than a change of groups or attributes, another kind of token, or another user's. » Give a HAR with the token.")
                    .at("request.headers.authorization"),
            )),
            None => {}
        }
    }

    /// Parts of the context that the decision read and nobody gave, and those that may have been others.
    fn not_given(&self, found: &mut Reasons) {
        let Some(explained) = self.resolver else { return };
        let missing: Vec<Message> = explained
            .outcome
            .notes
            .iter()
            .filter(|note| note.code == Code::NotGiven)
            .map(|note| note.message.clone())
            .collect();
        if !missing.is_empty() {
            found.push((
                Weight::Telling,
                Finding::new(
                    Code::InputDiffers,
                    Message::joined("the templates read what was not given: {}.", [Message::list(missing, "; ")]),
                )
                .at("context"),
            ));
        } else if self.request.json(Member::Result).is_some_and(|result| !result.is_null()) {
            found.push((
                Weight::Always,
                Finding::new(Code::InputDiffers, "the row that was given (`result`) may not be the one that was read then: » compare its owner and groups.").at("result"),
            ));
        }
    }
}

/// The message names another field than the one that was judged.
fn other_field(evidence: &Evidence) -> Option<Finding> {
    let own = (evidence.parent_type.clone(), evidence.field.clone());
    let (parent, field) = evidence.refused_subject().filter(|subject| *subject != own)?;
    let (named, judged) = (format!("{parent}.{field}"), format!("{}.{}", own.0, own.1));
    let message = Message::of(
        "the message is about {}, and {} was judged: » give that field's templates and directives.",
        [Part::Name(named.clone()), Part::Name(judged.clone())],
    );
    Some(Finding::new(Code::OtherField, message).at("observed.message").actual(named).wanted(judged))
}

/// What of a message is looked for in templates: its end may be made of values.
pub(super) fn beginning(message: &str) -> &str {
    message.char_indices().nth(12).and_then(|(end, _)| message.get(..end)).unwrap_or(message)
}

/// No statement of this template writes the message that was seen.
pub(super) fn no_statement(template: &str, message: &str) -> Finding {
    deployed(&format!("no statement of {template} writes {}", quoted(&message))).at("observed.message").actual(message)
}

fn deployed(because: &str) -> Finding {
    Finding::new(
        Code::DeployedDiffers,
        Message::of(
            "the deployed resolver is not what these files are, most often older: {}. » Compare with aws appsync get-resolver and get-function, or deploy.",
            [
                Part::Text(because.to_string()),
            ],
        ),
    )
}

/// The option that would settle a layer which is unknown.
fn needs(layer: &Layer, evidence: &Evidence) -> Option<&'static str> {
    match layer.layer {
        LayerName::Request => Some("the headers (a HAR with sensitive data)"),
        LayerName::Mode => Some("--schema and --api"),
        LayerName::Iam => Some("--policy"),
        // What was given is not asked for.
        LayerName::Authorizer => evidence.authorizer.is_none().then_some("--authorizer"),
        LayerName::Resolver | LayerName::Records => None,
    }
}

/// The first claim in which two sets differ: its name, the one value, the other. Times differ in every token.
fn first_difference(one: &Json, other: &Json) -> Option<(String, Json, Json)> {
    let (one, other) = (one.as_object()?, other.as_object()?);
    let telling = |name: &&String| !matches!(name.as_str(), "exp" | "iat" | "auth_time" | "jti" | "nbf");
    let differs = |name: &&String| one.get(*name) != other.get(*name);
    let names: Vec<&String> = one.keys().chain(other.keys()).collect();
    let name = names.iter().copied().filter(telling).find(differs).or_else(|| names.into_iter().find(differs))?;
    let value = |map: &serde_json::Map<String, Json>| map.get(name).cloned().unwrap_or_default();
    Some((name.clone(), value(one), value(other)))
}
