//! The words for terms, rows and the values that met on them.

use super::Finished;
use super::bound::{self, BoundSource};
use crate::appsync::AuthType;
use crate::code::Code;
use crate::explain::hint::allow::OWNERS;
use crate::explain::hint::claim_name;
use crate::explain::hint::owner::{explain, is_principal};
use crate::explain::hint::text::show;
use crate::explain::hint::whence::{PLACEHOLDER, absent_claim, held_by, slip};
use crate::message::{Message, Part, capital, quoted};
use crate::records::judged::Deciding;
use crate::records::{Bound, Carried, CarriedForm, Comparator, Judgement, Row, SideValue, TermTest};
use crate::syntax::SlipHelp;
use crate::value::Value;

/// A term as it was judged on a row, with what the template put into it.
pub struct JudgedTerm<'j> {
    /// The term.
    pub judgement: &'j Judgement,
    /// Its line in the template.
    pub line: Option<u32>,
    /// What it read from the row, with the path: null for an attribute that is absent.
    pub row: Option<(String, Option<Value>)>,
    /// The values that it was held against, with their names.
    pub values: Vec<(Bound, BoundSource)>,
    /// Whether a NOT turns it round, so that it fails by holding.
    pub negated: bool,
    /// Whose language it is.
    pub form: CarriedForm,
}

/// A term that decided, with the NOT that may stand over it.
pub fn deciding_term<'j>(run: &Finished<'_>, carried: &Carried, deciding: &Deciding<'j>) -> JudgedTerm<'j> {
    JudgedTerm { negated: deciding.negated, ..judged_term(run, carried, deciding.judgement) }
}

/// What there is to tell of a term.
pub fn judged_term<'j>(run: &Finished<'_>, carried: &Carried, judgement: &'j Judgement) -> JudgedTerm<'j> {
    let term = &judgement.term;
    let side = judgement.sides.iter().find(|side| side.from_row);
    let row = side.and_then(|side| match &side.found {
        SideValue::Value(value) => Some((side.text.to_string(), Some(value.to_value()))),
        SideValue::Absent => Some((side.text.to_string(), None)),
        SideValue::Unknown(_) => None,
    });
    let values = term.values().into_iter().map(|bound| {
        let source = bound::source(run, term, &bound);
        (bound, source)
    });
    JudgedTerm { judgement, line: bound::term_line(run, carried, term), row, values: values.collect(), negated: false, form: carried.form }
}

impl JudgedTerm<'_> {
    /// `` `owner = :me` (line 4) ``
    pub fn term(&self) -> Message {
        match self.negated {
            true => self.within(&format!("NOT {}", self.judgement.term.text)),
            false => self.within(&self.judgement.term.text),
        }
    }

    /// Whether it fails because the row agrees with the value: a rule that keeps out whom the row names.
    pub fn forbids(&self) -> bool {
        let negative = matches!(self.judgement.term.test, TermTest::Compare { comparator: Comparator::NotEqual, .. });
        self.existence().is_none() && self.negated != negative
    }

    /// The expression that the term is one of several of, with its line.
    pub fn within(&self, expression: &str) -> Message {
        let text = Part::Code(format!("`{expression}`"));
        match self.line {
            Some(line) => Message::of("{} ({})", [text, Part::Place(format!("line {line}"))]),
            None => Message::of("{}", [text]),
        }
    }

    /// `owner is "ann"`, or `owner is absent`.
    pub fn row_words(&self) -> String {
        match &self.row {
            Some((path, Some(value))) => format!("{path} is {}", show(value)),
            Some((path, None)) => format!("{path} is absent"),
            None => String::new(),
        }
    }

    /// `:me is "bob" ($ctx.identity.username, line 3)`
    pub fn value_words(&self) -> String {
        let each = |(bound, source): &(Bound, BoundSource)| {
            let line = source.line.filter(|line| Some(*line) != self.line).map(|line| format!("line {line}"));
            let own = source.value.as_str().is_some_and(|text| text.contains('$'));
            let whence = (!source.whence.words.is_empty() && !own).then(|| source.whence.words.clone());
            let over = source.overwritten.as_ref().map(|member| format!("which line {} had written over {}", member.line, show(&member.old)));
            let about: Vec<_> = whence.into_iter().chain(line).chain(over).collect();
            let about = if about.is_empty() { String::new() } else { format!(" ({})", about.join(", ")) };
            let name = if bound.name.starts_with(':') {
                format!("{} is ", bound.name)
            } else {
                "the wanted value is ".to_owned()
            };
            format!("{name}{}{about}", show(&source.value))
        };
        self.values.iter().map(each).collect::<Vec<_>>().join(", ")
    }

    /// Whether the caller's identity has a part in the term.
    pub fn identity(&self) -> bool {
        self.values.iter().any(|(_, source)| source.whence.identity)
    }

    /// The attribute as the expression has it, by the name that stands for it there (`#o`): its own may be a reserved word.
    pub fn written(&self, path: &str) -> String {
        self.judgement.term.paths().into_iter().find(|one| one.to_string() == path).map_or_else(|| path.to_owned(), |one| one.as_written().to_string())
    }

    /// Of an existence test: whether the attribute must be there.
    pub fn existence(&self) -> Option<bool> {
        self.judgement.term.existence().map(|(_, wanted)| wanted)
    }

    /// What explains the difference, and what to do about it; the most telling alone.
    pub fn cure(&self, run: &Finished<'_>) -> Option<Message> {
        self.replaced()
            .or_else(|| self.overwritten())
            .or_else(|| self.printed(run))
            .or_else(|| self.by_place())
            .or_else(|| self.doubled_dollar())
            .or_else(|| self.other_account())
            .or_else(|| self.kinds())
            .or_else(|| self.one_list())
            .or_else(|| self.several_in_text())
            .or_else(|| self.nested())
            .or_else(|| self.joined())
            .or_else(|| self.stored(run))
            .or_else(|| self.role(run))
            .or_else(|| self.absent(run))
            .or_else(|| self.values.iter().find_map(|(_, source)| self.slip(source)))
    }

    fn replaced(&self) -> Option<Message> {
        let (bound, source) = self.values.iter().find(|(_, source)| source.replaced.is_some())?;
        let (line, old) = source.replaced.as_ref()?;
        let name = &bound.name;
        let by = source.line.map_or(String::new(), |line| format!(" on line {line}"));
        Some(Message::from(format!("Line {line} had put {} into {name}, and the later put of the same name{by} replaced it:", show(old))).cured(format!("put {name} last, or refuse a name that is in use, since whoever fills it chooses what is compared.")))
    }

    /// The row has what stood in the member before the template wrote the caller's value over it.
    fn overwritten(&self) -> Option<Message> {
        let (_, Some(stored)) = self.row.as_ref()? else { return None };
        let member = self.values.iter().find_map(|(_, source)| source.overwritten.as_ref())?;
        let path = member.path.replace("args.", "arguments.");
        stored.loosely_equals(&member.old).then(|| {
            Message::from(format!("The rows have {}, as {path} did before line {} wrote over it:", show(stored), member.line))
                .cured(format!("ask for `$ctx.{}` as it is. If the caller's value is to decide who may read, compare the two before that line and refuse.", member.path))
        })
    }

    /// The value is a reference's own text: Velocity prints a reference without a value as it is written.
    pub fn printed(&self, run: &Finished<'_>) -> Option<Message> {
        let quoted = self.values.iter().find_map(|(bound, source)| {
            let words = crate::explain::hint::template::set_in_single_quotes(run, source.value.as_str()?)?;
            Some(Message::of("{} is that text itself:", [Part::Name(bound.name.to_string())]).with(words))
        });
        if quoted.is_some() {
            return quoted;
        }
        let (bound, source) = self.values.iter().find(|(_, source)| own_text(run, source))?;
        let line = source.line.map_or_else(String::new, |line| format!(" on line {line}"));
        let slip = run.program.slips.iter().find(|slip| source.line.is_none_or(|line| run.program.line(slip.node) == line));
        let run_on = || source.value.as_str().and_then(|text| crate::explain::hint::template::name_run_on(run, text));
        if let Some(words) = slip.is_none().then(run_on).flatten() {
            return Some(words);
        }
        let asks = |member: &str| source.value.as_str().is_some_and(|text| text.trim_end_matches('}').ends_with(member));
        if slip.is_none() && source.value.as_str().is_some_and(|text| text.contains("identity.")) && run.auth_type() == Some(AuthType::ApiKey) && run.context(&["identity"]).is_null() {
            return Some(Message::from(format!("{} is that text itself{line}, taken literally: this call came with an API key, which names nobody, so `$ctx.identity` is null, and a reference without a value is printed as it is written.", bound.name)).cured("Send the signed-in user's token with this call (authMode userPool or oidc) in place of the API key, and let the template refuse first where the identity is null."));
        }
        let no_username = asks("identity.username") && run.context(&["identity", "username"]).is_null();
        if slip.is_none() && no_username && matches!(run.auth_type(), Some(AuthType::Oidc | AuthType::Lambda | AuthType::ApiKey)) {
            let mode = run.auth_type().map_or("", AuthType::as_str);
            let has = if run.auth_type() == Some(AuthType::Oidc) { "Take `$ctx.identity.sub` there, which every OIDC token has, and refuse first where it is absent. Print the whole text by `$util.toJson(…)` without the quotes around it, for it prints its own." } else { "Compare something that such a caller has." };
            return Some(Message::from(format!("{} is that text itself{line}: a caller with {mode} has no identity.username, and a reference without a value is printed as it is written.", bound.name)).cured(has));
        }
        if let Some(words) = slip.is_none().then(|| absent_and_printed(run, source, &format!("{} is that text itself{line}", bound.name))).flatten() {
            return Some(words);
        }
        let why = slip.map_or_else(
            || "a reference without a value is printed as it is written. » Take the value by `$util.dynamodb.toDynamoDBJson(…)` (in SQL `$util.toJson(…)`), and refuse first where it is absent.".into(),
            |slip| {
                let cure = match &slip.help {
                    SlipHelp::Write(code) => format!("Write `$util.dynamodb.toDynamoDBJson({code})`, and refuse first where it is absent."),
                    SlipHelp::Know(_) => String::new(),
                };
                Message::from(format!("{}.", slip.what)).cured(cure)
            },
        );
        Some(Message::joined("{} {}", [format!("{} is that text itself{line}, and no value of the caller:", bound.name).into(), why]))
    }

    /// `$${…}`: Velocity 1.7 prints the first dollar as text, and then the value.
    fn doubled_dollar(&self) -> Option<Message> {
        let (path, Some(stored)) = self.row.as_ref()? else { return None };
        let stored = stored.as_str()?;
        let (bound, source) = self.values.iter().find(|(_, source)| source.value.as_str().and_then(|text| text.strip_prefix('$')) == Some(stored))?;
        let line = source.line.map_or_else(String::new, |line| format!(" on line {line}"));
        let words = format!("{} is the value of {path} behind a `$`: that{line} is text of the template, for of `$${{…}}` Velocity prints the first dollar and then the value (Terraform's heredocs escape `${{` so; in a plain file nothing takes the dollar away). So it fails on every row.", bound.name);
        Some(Message::from(words).cured("Write one dollar, or take the value by `$util.dynamodb.toDynamoDBJson(…)`; and look for rows that were written with the dollar."))
    }

    /// A key that is joined of several parts.
    fn joined(&self) -> Option<Message> {
        let (path, Some(stored)) = self.row.as_ref()? else { return None };
        let (bound, source) = self.values.first()?;
        super::joined::apart(&self.judgement.term.test, (path, stored), (bound, source), self.line)
    }

    /// The row is another account's of the same name, or this one's under another.
    fn other_account(&self) -> Option<Message> {
        let (_, Some(stored)) = self.row.as_ref()? else { return None };
        let stored = stored.as_str()?;
        let both = |mine: &&str| stored.contains("::") && mine.contains("::");
        let explained = self.values.iter().find_map(|(_, source)| explain(stored, source.value.as_str().filter(both)?));
        let (_, words) = explained.filter(|(code, _)| matches!(code, Code::OwnerOtherSub | Code::OwnerFormatMismatch))?;
        Some(Message::from(capital(&words.cause().to_string())).cured(words.cure()))
    }

    /// `editors[0] = :me`, where the value is another member of that list: its order decides.
    fn by_place(&self) -> Option<Message> {
        let TermTest::Compare { comparator: Comparator::Equal, .. } = self.judgement.term.test else { return None };
        let (written, list) = self.judgement.sides.iter().find_map(|side| side.holder.as_ref())?;
        let (members, (path, _)) = (list.members()?, self.row.as_ref()?);
        let holder = path.rsplit_once('[').map_or(path.as_str(), |(holder, _)| holder);
        self.values.iter().find_map(|(bound, source)| {
            let at = members.iter().position(|member| member.to_value().loosely_equals(&source.value))?;
            Some(
                Message::from(format!("{} is {holder}[{at}] of {list}: the place in the list decides here, and not whether somebody is in it.", show(&source.value)))
                    .cured(format!("Ask the whole list: `contains({written}, {})`.", bound.name)),
            )
        })
    }

    /// A number and a text: DynamoDB never takes them for equal.
    fn kinds(&self) -> Option<Message> {
        let (TermTest::Compare { .. } | TermTest::Between { .. }) = self.judgement.term.test else { return None };
        let (path, Some(stored)) = self.row.as_ref()? else { return None };
        let (bound, source) = self.values.first()?;
        if let Some(words) = units(path, stored, bound, &source.value) {
            return Some(words);
        }
        let kind = |value: &Value| match value {
            Value::Number(_) => Some(("a number", "N")),
            Value::String(_) => Some(("a text", "S")),
            Value::Boolean(_) => Some(("a boolean", "BOOL")),
            _ => None,
        };
        if let (Value::List(list), Value::String(_)) = (stored, &source.value) {
            let holds = list.snapshot().iter().any(|one| one.loosely_equals(&source.value));
            let there = if holds { ", which has it as a member" } else { "" };
            return Some(Message::from(format!("On the row {path} is a list{there}, and {} is a text: `=` never holds between the two.", bound.name)).cured(format!("Write `contains({path}, {})` for an attribute that is a list (an override, or a version of Amplify that does).", bound.name)));
        }
        let ((here, letter), (sent, _)) = (kind(stored)?, kind(&source.value)?);
        let ordered = !matches!(self.judgement.term.test, TermTest::Compare { comparator: Comparator::Equal | Comparator::NotEqual, .. });
        let rule = if ordered { "DynamoDB orders only values of one type, so the term is false whatever they are" } else { "DynamoDB never takes values of two types for equal" };
        (here != sent && (ordered || stored.to_string() == source.value.to_string())).then(|| {
            Message::from(format!("On the row {path} is {here}, and {} is {sent}: {rule}.", bound.name)).cured(format!("Send {} as {{\"{letter}\": …}}, or store {sent}.", bound.name))
        })
    }

    /// `IN` compares with each of its operands as a whole, and one of them is a list
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>).
    fn one_list(&self) -> Option<Message> {
        let TermTest::In { .. } = self.judgement.term.test else { return None };
        let (path, Some(stored)) = self.row.as_ref()? else { return None };
        let (bound, source) = self.values.iter().find(|(_, source)| source.value.members().is_some())?;
        stored.members().is_none().then_some(())?;
        let members = source.value.members()?;
        let has = if members.iter().any(|member| member.loosely_equals(stored)) { format!(", although {} is in it", show(stored)) } else { String::new() };
        Some(Message::from(format!("IN compares {path} with {} as a whole, which is one list, and never with its members, so it holds on no row{has}.", bound.name)).cured(format!("Write `contains({}, {path})`, or give IN a placeholder of its own for each of them.", bound.name)))
    }

    /// A text of several names between commas is compared as a whole, and one of the names is what is wanted.
    fn several_in_text(&self) -> Option<Message> {
        let (TermTest::In { .. } | TermTest::Compare { comparator: Comparator::Equal, .. }) = self.judgement.term.test else { return None };
        let (path, stored) = self.row.as_ref()?;
        let stored = stored.as_ref()?.as_str()?.to_owned();
        let parts: Vec<&str> = stored.split([',', ';']).map(str::trim).filter(|_| stored.contains([',', ';'])).collect();
        let wanted = self.values.iter().find_map(|(_, source)| source.value.as_str().filter(|wanted| parts.contains(wanted)))?;
        Some(
            Message::from(format!("{path} is one text with several names in it, {}, and no list: it is compared as a whole, so {} in it is not found.", quoted(&stored), quoted(wanted)))
                .cured(format!("Store a list in {path} (in Amplify's schema a `[String]`, for which the rule asks `contains`), one member for each name, and rewrite the rows that hold such a text.")),
        )
    }

    /// `contains` looks for whole members, and the value stands inside one.
    fn nested(&self) -> Option<Message> {
        let TermTest::Contains { .. } = self.judgement.term.test else { return None };
        let (path, Some(list)) = self.row.as_ref()? else { return None };
        let (bound, source) = self.values.first()?;
        list.members()?.iter().any(|member| member.as_map().is_some()).then_some(())?;
        let place = crate::explain::hint::inside::place_in(list, &source.value, 0)?;
        Some(
            Message::from(format!(
                "contains wants a member that equals {} as a whole, and the members of {path} are maps: the value stands inside one, as {path}{place}.",
                bound.name
            ))
            .cured(format!(
                "Keep those values beside it as plain strings, in an attribute of their own (a string set), test `contains(…, {})` on that, and fill it on the rows that are there.",
                bound.name
            )),
        )
    }

    /// What stands on the row is no user's name, or is the caller's under another claim.
    fn stored(&self, run: &Finished<'_>) -> Option<Message> {
        let (path, Some(stored)) = self.row.as_ref()? else { return None };
        // What is tested there is a type, and no value.
        if let TermTest::Type { .. } = self.judgement.term.test {
            return None;
        }
        if let Some(text) = stored
            .as_str()
            .filter(|text| text.starts_with("$ctx.") || text.starts_with("$context.") || text.starts_with("${"))
        {
            let words = format!(
                "{path} holds the literal text {}: an unresolved reference printed its own text when the row was written, by a request that had no such value (an API key, say). Neither this template nor this caller is at fault:", quoted(&text)
            );
            return Some(Message::from(words).cured("repair the row, and make the writing template refuse when that value is null."));
        }
        if stored.as_str() == Some(PLACEHOLDER) {
            return Some(Message::from(format!("{path} is not a user but the placeholder that a generated template stores when the request has no such claim, for example one with an API key:")).cured("repair the row, and close create to callers without a name."));
        }
        if let Some(id) = stored.as_str().filter(|id| self.identity() && run.auth_type() != Some(AuthType::Iam) && is_principal(id)) {
            return Some(Message::from(format!("{path} is no user: {} is what identity.username holds under IAM, the id of a role with its session's name, so a function or a server wrote this row by IAM:", quoted(id))).cured("Write the real owner on the row, and let whoever writes rows by IAM send the owner along."));
        }
        if let Some(words) = self.composed(run, path, stored) {
            return Some(words);
        }
        let members = stored.members().unwrap_or_else(|| vec![stored.clone()]);
        let Some((mine, place)) = members.iter().find_map(|value| Some((value, held_by(run, value)?))) else {
            return self.address(run, path, stored);
        };
        if self.values.iter().any(|(_, source)| source.value.loosely_equals(mine)) {
            return None;
        }
        Some(Message::from(format!("The caller's {place} is {}, which {path} has:", show(mine))).cured("compare with that, or store on the row what is compared now."))
    }

    /// Both are made of a name of the caller behind the same prefix, `USER#…`, and of another one each.
    fn composed(&self, run: &Finished<'_>, path: &str, stored: &Value) -> Option<Message> {
        let stored = stored.as_str()?;
        self.values.iter().find_map(|(_, source)| {
            let wanted = source.value.as_str()?;
            ['#', ':', '/', '|'].into_iter().find_map(|mark| {
                let (head, theirs) = stored.rsplit_once(mark)?;
                let (same, mine) = wanted.rsplit_once(mark)?;
                let of = |text: &str| held_by(run, &text.into());
                let (theirs, mine) = (of(theirs)?, of(mine)?);
                (head == same && theirs != mine).then(|| {
                    Message::from(format!("Both are the caller's: {path} was stored with {theirs} behind \"{head}{mark}\", and the template puts {mine} there.")).cured(format!("Make the key of the same one on both sides ({theirs}, as the rows have it)."))
                })
            })
        })
    }

    /// The row holds an e-mail address, and the rule compares it with a value of another kind.
    fn address(&self, run: &Finished<'_>, path: &str, stored: &Value) -> Option<Message> {
        let is_address = |text: &str| text.contains('@') && !text.contains("::");
        let stored = stored.as_str().filter(|text| is_address(text))?;
        let (_, source) = self.values.iter().find(|(_, source)| source.whence.identity)?;
        let mine = source.value.as_str().filter(|text| !is_address(text) && *text != PLACEHOLDER)?;
        let cure = match run.is_generated() {
            true => format!("compare the claim email (`identityClaim: \"email\"` in the rule) and send the ID token, which has it, or store in {path} what is compared now."),
            // An address can change, and then be another's.
            false => format!("store in {path} what is compared now: correct the rows that hold an address, and whatever writes them. The claim email in its place wants the ID token, and an address may change."),
        };
        Some(Message::from(format!("{path} holds an e-mail address ({}), and the rule compares it with {} ({}), so it holds for nobody:", quoted(stored), source.whence.words, quoted(mine))).cured(cure))
    }

    /// Under IAM the username is the role's session, which no row has as its owner.
    fn role(&self, run: &Finished<'_>) -> Option<Message> {
        let of_session = |source: &BoundSource| source.whence.path.as_deref() == Some("identity.username");
        self.values.iter().find(|(_, source)| run.auth_type() == Some(AuthType::Iam) && of_session(source))?;
        Some("Under IAM identity.username names the role and its session, and no person: » call with the user-pool token, or store and compare what tells people apart there (cognitoIdentityId, or the sub at the end of cognitoIdentityAuthProvider).".into())
    }

    fn absent(&self, run: &Finished<'_>) -> Option<Message> {
        let absent = self.values.iter().find_map(|(_, source)| source.whence.absent.as_ref())?;
        Some(absent_claim(run, absent)).filter(|words| !words.is_empty())
    }

    fn slip(&self, source: &BoundSource) -> Option<Message> {
        let (path, Some(stored)) = self.row.as_ref()? else { return None };
        let wanted = source.value.as_str()?;
        // `sub::username` of another account, and a half of the caller's own.
        if stored.as_str().is_some_and(|stored| stored.contains("::")) && !wanted.contains("::") {
            return None;
        }
        let words = match stored.members() {
            Some(elements) => self.part_of_element(source, &elements),
            None => self.part_in_other_case(source, stored),
        };
        if words.is_some() {
            return words;
        }
        let stored = stored.members().unwrap_or_else(|| vec![stored.clone()]);
        let head = matches!(self.judgement.term.test, TermTest::BeginsWith { .. });
        let (words, theirs) = stored.iter().filter_map(Value::as_str).find_map(|stored| {
            let whole: String =
                if head { stored.chars().take(wanted.chars().count()).collect() } else { stored.to_owned() };
            let words = slip(&whole, wanted).filter(|_| !head || whole.to_lowercase() == wanted.to_lowercase())?;
            Some((words, quoted(stored)))
        })?;
        let claim = source.whence.words.strip_prefix("the claim ").filter(|name| name.starts_with("custom:") && !name.contains(' '));
        let at = source.line.map_or_else(String::new, |line| format!(" (line {line})"));
        let cure = match claim {
            Some(claim) => format!("Give the user's {claim} the value as the row has it (then a new token), or correct {path} on the row."),
            // What is the caller's own is not written by the template.
            None if source.whence.identity => format!("Correct {path} on the row."),
            None if source.whence.client => format!("Send the value as the row has it, or correct {path} on the row."),
            None => format!("Write {} as the row has it{at}, or correct the row.", show(&source.value)),
        };
        let who = if self.form == CarriedForm::Search { "a term of OpenSearch's" } else { "DynamoDB" };
        Some(Message::from(format!("{} and {path} {theirs}: {words}, and {who} compares them exactly.", show(&source.value))).cured(cure))
    }
}

impl JudgedTerm<'_> {
    /// `contains(name, "harbour")` of "Harbour Mill".
    fn part_in_other_case(&self, source: &BoundSource, stored: &Value) -> Option<Message> {
        let TermTest::Contains { .. } = self.judgement.term.test else { return None };
        let (path, wanted) = (&self.row.as_ref()?.0, source.value.as_str()?);
        let holder = stored.as_str().filter(|text| !text.contains(wanted) && text.to_lowercase().contains(&wanted.to_lowercase()))?;
        Some(
            Message::from(format!("{} is in {} but for upper and lower case, and contains compares letter by letter.", show(&source.value), quoted(holder)))
                .cured(format!("Store a lower-case copy of {path} beside it, and look for the lower-cased value in that (or search by OpenSearch).")),
        )
    }

    /// `contains(members, "mira")` of ["mira@example.org"]: in a text contains looks for a part, in a list or a set for a whole element
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html#Expressions.OperatorsAndFunctions.Functions>).
    fn part_of_element(&self, source: &BoundSource, elements: &[Value]) -> Option<Message> {
        let TermTest::Contains { .. } = self.judgement.term.test else { return None };
        let (path, wanted) = (&self.row.as_ref()?.0, source.value.as_str().filter(|text| !text.is_empty())?);
        let part = |text: &&str| text.to_lowercase() != wanted.to_lowercase() && text.contains(wanted);
        let holder = elements.iter().filter_map(Value::as_str).find(part)?;
        let is_address = holder.contains('@') && !wanted.contains('@');
        let cure = match source.whence.identity {
            true if is_address => format!("Compare the claim email (send the ID token, which has it), or store in {path} what is compared now ({}).", source.whence.words),
            true => format!("Compare a value of the caller that {path} holds whole, or store in {path} what is compared now ({}).", source.whence.words),
            false => format!("Look for a whole element of {path}, or store in {path} what is looked for."),
        };
        Some(Message::from(format!("{} is only a part of the element {}, and contains on a list or a set wants a whole element (a part counts only where the attribute is a text).", show(&source.value), quoted(holder))).cured(cure))
    }
}

/// Seconds since 1970 beside milliseconds.
fn units(path: &str, stored: &Value, bound: &Bound, sent: &Value) -> Option<Message> {
    let number = |value: &Value| match value {
        Value::Number(_) => value.to_string().parse::<f64>().ok(),
        _ => None,
    };
    let (stored, sent) = (number(stored)?, number(sent)?);
    let seconds = |value: f64| (1e9..1e10).contains(&value);
    let milliseconds = |value: f64| (1e12..1e13).contains(&value);
    let (row, value, call) = match () {
        () if seconds(stored) && milliseconds(sent) => ("seconds", "milliseconds", "nowEpochSeconds"),
        () if milliseconds(stored) && seconds(sent) => ("milliseconds", "seconds", "nowEpochMilliSeconds"),
        () => return None,
    };
    Some(
        Message::from(format!("On the row {path} is in {row} since 1970, and {} in {value}, so the two are a thousandfold apart.", bound.name))
            .cured(format!("Compare with the same unit: `$util.time.{call}()`.")),
    )
}

/// Whether a value is the text of a reference that stands in the template.
fn own_text(run: &Finished<'_>, source: &BoundSource) -> bool {
    let text = source.value.as_str().unwrap_or_default();
    // At its beginning or further in, as behind a key's prefix: `BOOKING#$club-2026`.
    let printed = |reference: &&crate::syntax::Reference| {
        let own = run.program.text(reference.node);
        own.len() > 2 && (text.starts_with(own) || text.contains(own) && run.recorder.values.latest(reference).is_null())
    };
    text.contains('$') && run.recorder.index.references.iter().any(printed)
}

/// The text is that of a claim which the token lacks, and why it does.
fn absent_and_printed(run: &Finished<'_>, source: &BoundSource, what: &str) -> Option<Message> {
    let text = source.value.as_str()?;
    let reference = run.recorder.index.references.iter().find(|reference| run.program.text(reference.node) == text)?;
    let origins = run.recorder.values.reference(reference);
    let (path, ..) = origins.context()?;
    let why = absent_claim(run, path);
    let claim = claim_name(path).filter(|_| !why.is_empty())?;
    let cause = Message::of("{}: the claim {} is absent, and a reference without a value is printed as it is written.", [Part::Text(what.to_owned()), Part::Name(claim)]);
    let cure = Message::joined("{} Refuse first where it is absent, and print it by `$util.toJson(…)` without the quotes around it, for it prints its own.", [why.cure()]);
    Some(cause.with(why.cause()).cured(cure))
}

/// A row by its place and what names it: `records[0] (id "r1")`; with all that are called ids, where none of them is its key: one
/// may be the parent's, the same for all rows.
pub fn row_name(at: usize, row: &Row, carried: &Carried) -> String {
    let Some((name, value)) = row_id(row, carried) else { return format!("records[{at}]") };
    let mut ids = vec![format!("{name} {}", show(&value))];
    if carried.key.is_none() && !name.eq_ignore_ascii_case("id") {
        let more = row.attributes().filter(|(other, _)| *other != name && is_id(other) && !OWNERS.contains(other));
        ids.extend(more.take(2).map(|(name, value)| format!("{name} {}", show(&value.to_value()))));
    }
    format!("records[{at}] ({})", ids.join(", "))
}

fn is_id(name: &str) -> bool {
    name.eq_ignore_ascii_case("id") || ["Id", "ID", "_id", "Key", "key"].iter().any(|end| name.ends_with(end))
}

/// What names a row: its key, else the first attribute that is called an id.
pub fn row_id(row: &Row, carried: &Carried) -> Option<(String, Value)> {
    let key = carried.key.as_ref().and_then(|key| key.attributes().next().map(|(name, _)| name.to_owned()));
    let names = || row.attributes().map(|(name, _)| name).filter(|name| is_id(name));
    let called = || names().find(|name| name.eq_ignore_ascii_case("id")).or_else(|| names().find(|name| !OWNERS.contains(name))).or_else(|| names().next());
    let name = key.or_else(|| called().map(str::to_owned))?;
    Some((name.clone(), row.get(&name)?.to_value()))
}
