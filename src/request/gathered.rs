//! A request with all that is known of it. A HAR's entry, a log's request, a refusal report and the options of a command all
//! become this one type, each member with its origin; everything after works on it.

use super::answer::{Answer, LogSays, Unjoined};
use super::api;
use super::history::Past;
use super::member::{Member, MemberOrigin, MemberValue};
use super::observed::{Observed, Preflight};
use super::sent::HowSent;
use super::socket::Socket;
use crate::appsync::AuthType;
use crate::message::{Message, Part, quoted};
use crate::value::{Map, Value};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map as JsonMap, Value as Json};
use std::collections::BTreeMap;

crate::message::sentence_error! {
    /// What a refusal report has in another form than it should.
    ReportError
}

/// A request. What nobody told is absent, which is not empty.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The template that decided, if it is known.
    pub template: Option<String>,
    /// Its name, such as `Query.listTodos.auth.1.req.vtl`.
    pub template_name: Option<String>,
    /// The mode, if it is known.
    pub auth_type: Option<AuthType>,
    /// What a list of requests shows of it.
    pub about: RequestAbout,
    /// What the client saw.
    pub observed: Option<Observed>,
    /// The answer itself, as far as it was kept.
    pub answer: Answer,
    /// A WebSocket's handshake and frames, if it is one.
    pub socket: Option<Socket>,
    /// The other requests of the same file.
    pub others: Vec<Past>,
    /// What the log of the same request says.
    pub log: Option<LogSays>,
    /// Why a log that was given says nothing of it.
    pub unjoined: Option<Unjoined>,
    /// What the browser asked before the request.
    pub preflight: Option<Preflight>,
    /// How it was sent.
    pub sent: HowSent,
    /// Where the project that adds to it was found, if nobody named that.
    pub found: Option<String>,
    /// A second caller, as he was given.
    pub compare: Option<Json>,
    /// Header names in lower case.
    headers: JsonMap<String, Json>,
    members: BTreeMap<Member, MemberValue>,
    /// What one source said, and another took its place: the member, whose value it was, whose it is.
    replaced: Vec<(Member, MemberOrigin, MemberOrigin)>,
    /// Names in a refusal report that are no member of one.
    unread: Vec<String>,
}

/// What a list of requests shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestAbout {
    /// Where it was sent, without its query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When, as the source writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u64>,
    /// Whether it is a WebSocket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_socket: Option<bool>,
}

impl Request {
    /// Whether nothing is known of it.
    pub fn says_nothing(&self) -> bool {
        let parts = self.template.is_some() || self.template_name.is_some() || self.auth_type.is_some() || self.compare.is_some();
        let seen = self.observed.is_some() || self.socket.is_some() || self.log.is_some() || self.preflight.is_some();
        let rest = self.others.is_empty() && self.headers.is_empty() && self.members.is_empty();
        !parts && !seen && rest && self.answer == Answer::default()
    }

    /// A member.
    pub fn get(&self, member: Member) -> Option<&MemberValue> {
        self.members.get(&member)
    }

    /// A member's value, longest integers rounded.
    pub fn json(&self, member: Member) -> Option<&Json> {
        self.get(member).map(MemberValue::json)
    }

    /// A member's value where it is no null.
    pub fn given(&self, member: Member) -> Option<&Json> {
        self.json(member).filter(|json| !json.is_null())
    }

    /// A text of `$ctx.info`.
    pub fn info(&self, name: &str) -> &str {
        self.given(Member::Info).and_then(|info| info.get(name)?.as_str()).unwrap_or_default()
    }

    /// The same request with what the client saw.
    #[must_use]
    pub fn with_observed(self, observed: Option<Observed>) -> Self {
        Self { observed, ..self }
    }

    /// Sets a member. What another source said of it before is told.
    pub fn set(&mut self, member: Member, known: MemberValue) {
        let (origin, differs) = (known.origin(), self.given(member).is_some_and(|before| before != known.json()));
        if let Some(before) = self.members.insert(member, known)
            && differs
            && before.origin() != origin
        {
            self.replaced.push((member, before.origin(), origin));
        }
    }

    /// Sets a member where nothing but null is known of it.
    pub fn add(&mut self, member: Member, json: Json, origin: MemberOrigin) {
        if self.given(member).is_none() {
            self.members.insert(member, MemberValue::new(json, origin));
        }
    }

    /// Takes a member away.
    pub fn remove(&mut self, member: Member) {
        self.members.remove(&member);
    }

    /// The headers, names in lower case.
    pub const fn headers(&self) -> &JsonMap<String, Json> {
        &self.headers
    }

    /// Adds headers, in whatever case their names are. A credential that stands twice among them, with two values, arrives as
    /// one text (RFC 9110, 5.3).
    pub fn send(&mut self, headers: impl IntoIterator<Item = (String, Json)>) {
        let headers: Vec<(String, Json)> = headers.into_iter().collect();
        self.sent.twice.extend(HowSent::named_twice(headers.iter().map(|(name, _)| name.as_str())));
        let mut sent: JsonMap<String, Json> = JsonMap::new();
        for (name, value) in headers {
            let name = name.to_lowercase();
            let first = sent.get(&name).and_then(Json::as_str).filter(|_| matches!(name.as_str(), "authorization" | "x-api-key"));
            let both = first.zip(value.as_str()).filter(|(first, second)| first != second);
            let both = both.map(|(first, second)| Json::from(format!("{first}, {second}")));
            sent.insert(name, both.unwrap_or(value));
        }
        self.headers.extend(sent);
    }

    /// All that is known of it as JSON, under the names of a report's context: in what is named as a credential one is looked for.
    /// The other requests of its file are left out, as each of them is one itself.
    pub fn to_json(&self) -> Json {
        let mut all: JsonMap<String, Json> =
            self.members.iter().map(|(member, known)| (member.name().to_owned(), known.json().clone())).collect();
        all.insert("headers".to_owned(), Json::Object(self.headers.clone()));
        let parts = [
            ("answer", serde_json::to_value(&self.answer)),
            ("socket", serde_json::to_value(&self.socket)),
            ("log", serde_json::to_value(&self.log)),
            ("compare", serde_json::to_value(&self.compare)),
        ];
        for (name, part) in parts {
            all.insert(name.to_owned(), part.unwrap_or_default());
        }
        Json::Object(all)
    }

    /// Takes the credentials away: another caller has others.
    pub fn without_credentials(&mut self) {
        for name in ["authorization", "x-api-key", "x-amz-security-token", "x-amz-date"] {
            self.headers.remove(name);
        }
    }

    /// Whether it has a credential.
    pub fn has_credential(&self) -> bool {
        ["authorization", "x-api-key"].iter().any(|name| self.headers.contains_key(*name))
    }

    /// Puts what another request has in its place.
    pub fn overlay(&mut self, other: Self) {
        let more = other.members.get(&Member::Request).and_then(|known| known.json().as_object()).cloned();
        let before = self.json(Member::Request).and_then(Json::as_object).cloned();
        self.members.extend(other.members);
        if let (Some(mut before), Some(more)) = (before, more) {
            before.extend(more);
            self.members.insert(Member::Request, MemberValue::new(before.into(), MemberOrigin::Compared));
        }
        self.headers.extend(other.headers);
        self.observed = other.observed.or(self.observed.take());
        self.socket = other.socket.or(self.socket.take());
        self.log = other.log.or(self.log.take());
        self.preflight = other.preflight.or(self.preflight.take());
        if !other.others.is_empty() {
            self.others = other.others;
        }
        self.answer = other.answer;
    }

    /// What took the place of what another source said.
    pub fn replaced(&self) -> Vec<Message> {
        let one = |(member, was, is): &(Member, MemberOrigin, MemberOrigin)| {
            Message::of(
                "{} replaces what {} says of {}: it counts in what follows.",
                [Part::Value(is.to_string()), Part::Value(was.to_string()), Part::Name(member.name().to_owned())],
            )
        };
        self.replaced.iter().map(one).collect()
    }

    /// What a report says under names that are not read, each with the member that may be meant.
    pub fn unread(&self) -> Vec<Message> {
        let one = |name: &String| match Member::nearest(name) {
            Some(near) if near == name.as_str() => Message::of(
                "the report has {} in its context and beside it: what stands in the context counts.",
                [Part::Name(near.to_string())],
            ),
            Some(near) => Message::of(
                "the report's member {} is not read: is {} meant?",
                [Part::Name(quoted(name).to_string()), Part::Name(near.to_string())],
            ),
            None => Message::of("the report's member {} is not read.", [Part::Name(quoted(name).to_string())]),
        };
        self.unread.iter().map(one).collect()
    }

    /// What templates read of it.
    pub fn context(&self) -> Map {
        let context = Map::new();
        for member in Member::TEMPLATES {
            if let Some(known) = self.get(member) {
                context.put_str(member.name(), known.value());
            }
        }
        let more = self.json(Member::Request).and_then(Json::as_object);
        if more.is_some() || !self.headers.is_empty() {
            let request = more.cloned().unwrap_or_default();
            let request: Map =
                request.iter().map(|(name, value)| (name.as_str().into(), Value::from(value))).collect();
            request.put_str("headers", Value::from(&Json::Object(self.headers.clone())));
            context.put_str("request", request);
        }
        context
    }
}

/// Refusal reports.
impl Request {
    /// Reads a refusal report by its text; integers beyond 64 bits stay whole.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, ReportError> {
        let json = crate::json::read(text).map_err(|error| error.to_string())?;
        let mut request = Self::of_report(&json)?;
        if crate::value::has_long_integer(text.as_bytes()) {
            request.keep_whole(text);
        }
        Ok(request)
    }

    /// Puts the members' own texts in the place of trees whose longest integers are rounded.
    fn keep_whole(&mut self, text: &str) {
        type Raw<'t> = BTreeMap<String, &'t RawValue>;
        let Ok(report) = serde_json::from_str::<Raw<'_>>(text) else { return };
        let inner = report.get("context").and_then(|context| serde_json::from_str::<Raw<'_>>(context.get()).ok());
        // What stands in the context counts, also where it stands beside it too.
        for (name, raw) in report.into_iter().chain(inner.into_iter().flatten()) {
            if let Some(member) = Member::named(&name).filter(|member| member.is_read_whole())
                && let Ok(known) = MemberValue::read(raw.get(), MemberOrigin::Report)
            {
                self.members.insert(member, known);
            }
        }
    }

    /// Reads a refusal report; a bare context is taken as one, and `compare` in it is a second caller.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn of_report(report: &Json) -> Result<Self, ReportError> {
        if !report.is_object() {
            return Err("a refusal report is a JSON object".into());
        }
        let context = report.get("context").unwrap_or(report);
        let context = context.as_object().ok_or("`context` must be a JSON object")?;
        let text = |name: &str| report.get(name).and_then(Json::as_str).map(str::to_owned);
        let auth_type = match text("authType") {
            None => None,
            Some(name) => Some(api::mode(&name).ok_or_else(|| format!("unknown authType {}", quoted(&name)))?),
        };
        let mut request = Self {
            template: text("template"),
            template_name: text("templateName"),
            auth_type,
            compare: report.get("compare").cloned(),
            ..Self::default()
        };
        request.members_of(context, MemberOrigin::Report);
        if let Some(beside) = report.as_object().filter(|_| report.get("context").is_some()) {
            request.beside_context(beside);
        }
        if let Some(field) = text("field") {
            request.named_field(&field);
        }
        [context, report.as_object().unwrap_or(context)].into_iter().for_each(|all| request.operation_of(all));
        Ok(request)
    }

    /// What stands beside `context` in a report is taken where the context has it not, for that is where people put it.
    fn beside_context(&mut self, report: &JsonMap<String, Json>) {
        let known = |name: &str| Member::named(name);
        let (taken, left): (JsonMap<_, _>, JsonMap<_, _>) =
            report.clone().into_iter().partition(|(name, _)| known(name).is_some_and(|member| self.get(member).is_none()));
        self.members_of(&taken, MemberOrigin::Report);
        self.unread.extend(left.into_iter().map(|(name, _)| name).filter(|name| !Member::is_about(name)));
    }

    /// `"query": "query { getNote(id: 1) { id } }"` with its variables, as a body has them.
    fn operation_of(&mut self, all: &JsonMap<String, Json>) {
        const PARTS: [&str; 3] = ["query", "variables", "operationName"];
        let is_operation = all.get("query").and_then(Json::as_str).is_some_and(|text| text.contains('{'));
        if !is_operation || self.given(Member::Body).is_some() {
            return;
        }
        let parts = PARTS.iter().filter_map(|name| Some(((*name).to_owned(), all.get(*name)?.clone())));
        let body = Json::Object(parts.collect()).to_string();
        self.members.insert(Member::Body, MemberValue::new(body.into(), MemberOrigin::Report));
        self.unread.retain(|name| !PARTS.contains(&name.as_str()));
    }

    /// `"field": "Query.getNote"`, which says the same as `info`.
    fn named_field(&mut self, field: &str) {
        let Some((parent, name)) = field.split_once('.').filter(|_| self.get(Member::Info).is_none()) else { return };
        let info = serde_json::json!({"parentTypeName": parent, "fieldName": name});
        self.members.insert(Member::Info, MemberValue::new(info, MemberOrigin::Report));
    }

    /// Reads the context of a refusal report alone.
    pub fn of_context(context: &Json, auth_type: Option<AuthType>) -> Self {
        let mut request = Self { auth_type, ..Self::default() };
        if let Some(members) = context.as_object() {
            request.members_of(members, MemberOrigin::Report);
        }
        request
    }

    /// Takes the members of a report's context.
    fn members_of(&mut self, context: &JsonMap<String, Json>, origin: MemberOrigin) {
        // A template's name tells its field, `User.phone.res.vtl`, where no `info` does.
        let named = self.template_name.as_deref().and_then(|name| name.split('.').nth(1)).unwrap_or_default().to_owned();
        let field = context.get("info").and_then(|info| info.get("fieldName")?.as_str()).unwrap_or(&named);
        for (name, value) in context {
            let Some(member) = Member::named(name) else {
                match value.as_object() {
                    Some(headers) if name == "headers" => self.send(headers.clone()),
                    _ if Member::is_about(name) => {}
                    _ => self.unread.push(name.clone()),
                }
                continue;
            };
            match member {
                // The request's own time, `request.now`, comes first.
                Member::Now => self.add(Member::Now, value.clone(), origin),
                Member::Request => self.request_of(value, origin),
                Member::Observed => self.observed = Observed::read(value, field),
                Member::Answer => self.answer = Answer::read(value),
                Member::Socket => self.socket = (!value.is_null()).then(|| Socket::read(value)),
                Member::Others => self.others = Past::list(value),
                Member::Log => self.log = (!value.is_null()).then(|| LogSays::read(value)),
                Member::Preflight => {
                    self.preflight = (!value.is_null()).then(|| serde_json::from_value(value.clone()).unwrap_or_default());
                }
                // Each of several names for policies of a kind counts.
                Member::Boundary | Member::Session | Member::Control => {
                    let all = match self.members.remove(&member).map(|known| known.json().clone()) {
                        Some(before) => Json::from(vec![before, value.clone()]),
                        None => value.clone(),
                    };
                    self.members.insert(member, MemberValue::new(all, origin));
                }
                _ => drop(self.members.insert(member, MemberValue::new(value.clone(), origin))),
            }
        }
    }

    /// `request`: its headers, and what a report says beside them.
    fn request_of(&mut self, value: &Json, origin: MemberOrigin) {
        let Some(map) = value.as_object() else { return };
        let mut more = map.clone();
        if let Some(Json::Object(headers)) = more.remove("headers") {
            self.send(headers);
        }
        for (name, member) in [("now", Member::Now), ("sanitized", Member::Sanitized)] {
            if let Some(value) = more.remove(name) {
                self.members.insert(member, MemberValue::new(value, origin));
            }
        }
        self.sent_to(&mut more, origin);
        self.members.insert(Member::Request, MemberValue::new(more.into(), origin));
    }

    /// Where it went and with what body, as people write it beside the headers: `url`, or `path` under the host; the body as text
    /// or as JSON.
    fn sent_to(&mut self, more: &mut JsonMap<String, Json>, origin: MemberOrigin) {
        let host = self.headers().get("host").and_then(Json::as_str).map(str::to_owned);
        let path = more.get("path").and_then(Json::as_str).filter(|path| path.starts_with('/'));
        let built = host.zip(path).map(|(host, path)| Json::from(format!("https://{host}{path}")));
        let body = more.remove("body").map(|body| match body {
            Json::String(_) | Json::Null => body,
            other => Json::from(other.to_string()),
        });
        for (member, value) in [(Member::Url, more.remove("url").or(built)), (Member::Body, body)] {
            if let Some(value) = value.filter(|value| !value.is_null() && !self.members.contains_key(&member)) {
                self.members.insert(member, MemberValue::new(value, origin));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_member_keeps_its_origin_and_what_replaces_it_is_told() {
        let report = json!({"context": {
            "identity": {"sub": "ann"},
            "apiConfig": {"default": "API_KEY"},
            "request": {"headers": {"X-Api-Key": "da2-x"}, "now": 7, "domainName": "d"},
        }});
        let mut request = Request::of_report(&report).unwrap();
        assert_eq!(request.get(Member::Identity).map(MemberValue::origin), Some(MemberOrigin::Report));
        assert_eq!(request.headers().get("x-api-key"), Some(&json!("da2-x")));
        assert_eq!(request.json(Member::Now), Some(&json!(7)));
        request.set(Member::Api, MemberValue::new(json!({"default": "AWS_IAM"}), MemberOrigin::Option("api")));
        request.add(Member::Schema, json!("type Query { a: ID }"), MemberOrigin::Project);
        assert_eq!(request.get(Member::Schema).map(MemberValue::origin), Some(MemberOrigin::Project));
        assert_eq!(
            request.replaced().iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["--api replaces what the refusal report says of apiConfig: it counts in what follows."]
        );
        // `$ctx.request` has the headers and the domain's name, and nothing of ours.
        let context = request.context().get_str("request").unwrap().to_json().unwrap();
        assert_eq!(context, r#"{"domainName":"d","headers":{"x-api-key":"da2-x"}}"#);
    }

    // 2^63 and beyond are integers in Java (BigInteger), not doubles.
    #[test]
    fn integers_beyond_64_bits_stay_whole_in_reports() {
        let report = r#"{"context": {"arguments": {"n": 123456789012345678901234567890}}}"#;
        let request = Request::read(report).unwrap();
        let arguments = request.get(Member::Arguments).unwrap().value();
        assert_eq!(arguments.to_json().unwrap(), r#"{"n":123456789012345678901234567890}"#);
    }

    #[test]
    fn a_member_has_one_name_of_its_own() {
        for (name, member) in NAMES {
            assert_eq!(Member::named(name), Some(member));
            assert_eq!(Member::named(member.name()), Some(member));
        }
    }

    const NAMES: [(&str, Member); 3] =
        [("identity", Member::Identity), ("scps", Member::Control), ("apiConfig", Member::Api)];
}
