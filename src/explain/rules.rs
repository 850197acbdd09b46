//! The rules behind a decision: what each says to the caller, which let them in, and which stand behind each statement that a
//! report names.

use super::change::Suggestion;
use super::{Depth, Question};
use crate::appsync::Given;
use crate::finding::Finding;
use crate::message::{Message, Part, any_of, quoted};
use crate::resolver::{Answers, PipelineStep, ResolverRun};
use crate::rules::{
    Allow, RuleCaller, Granted, Operation, RuleSays, Purpose, RanTemplate, Rule, RuleChange, RuleRef, Saying, Situation, Ties,
    caller_word, changes,
};
use crate::syntax::{NodeId, Program};
use crate::trace::Verdict;
use crate::value::Value;
use std::sync::Arc;

/// The rules behind a decision.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The rules of the project, tied to its templates.
    pub ties: Arc<Ties>,
    /// `Type.field`
    pub field: String,
    /// What let the caller in; empty where nothing did.
    pub granted: Granted,
    /// What each rule says to the caller; none where no rule has anything to do with the field.
    pub saying: Option<Saying>,
    /// In a sentence, what the rules come to.
    pub sentence: Message,
    /// Changes of rules that would let the caller in.
    pub changes: Vec<RuleChange>,
}

impl Rules {
    /// The rules behind a statement.
    pub fn at(&self, program: &Arc<Program>, node: NodeId) -> Vec<RuleRef> {
        self.ties.rule_refs(&self.ties.rules_at(&self.field, program, node), &self.field)
    }

    /// The rules that let the caller in.
    pub fn granted(&self) -> Vec<RuleRef> {
        self.ties.rule_refs(&self.granted.rules, &self.field)
    }

    /// The rules that a hint is about: those whose claim or field it names, with the group that it wants.
    pub fn of_hint(&self, hint: &Finding) -> Vec<RuleRef> {
        let path = hint.path.as_deref().unwrap_or_default();
        let wanted: Vec<&str> = match &hint.wanted {
            serde_json::Value::String(text) => vec![text],
            serde_json::Value::Array(items) => items.iter().filter_map(serde_json::Value::as_str).collect(),
            _ => Vec::new(),
        };
        self.ties.rule_refs(&self.named(path, &wanted), &self.field)
    }

    /// The rules that a suggestion is about: those behind the statement that it would bring about.
    pub fn of_suggestion(&self, program: &Arc<Program>, suggestion: &Suggestion) -> Vec<RuleRef> {
        suggestion.node.map_or_else(Vec::new, |node| self.at(program, node))
    }

    fn named(&self, path: &str, wanted: &[&str]) -> Vec<usize> {
        let has = |name: &str| path.ends_with(&format!(".{name}")) || path.contains(&format!("[{}]", quoted(name)));
        let is = |rule: &Rule| match (&rule.groups_field, rule.allow) {
            (None, Allow::Groups) => {
                has(&rule.group_claim) && wanted.iter().any(|name| rule.groups.iter().any(|group| group == name))
            }
            (Some(field), Allow::Groups) => has(field),
            (_, Allow::Owner) => has(&rule.owner_field),
            _ => false,
        };
        let said = self.saying.iter().flat_map(|saying| &saying.rules).map(|judged| judged.rule);
        said.filter(|at| self.ties.model.rules.get(*at).is_some_and(is)).collect()
    }
}

/// The rules behind a pipeline that ran.
pub(super) fn behind_pipeline(
    field: &str,
    given: &Given,
    answers: &Answers,
    question: &Question,
    (done, as_null): (&ResolverRun<'_>, Verdict),
) -> Option<Rules> {
    let ran: Vec<RanTemplate<'_>> = done.steps.iter().filter_map(of_step).collect();
    let verdict = if question.depth == Depth::Refusals { as_null } else { done.verdict };
    behind(field, given, question, &Decided { verdict, ran: &ran, result: answers.result.clone() })
}

fn of_step<'r>(step: &'r PipelineStep<'_>) -> Option<RanTemplate<'r>> {
    let recorder = step.recorder.as_ref()?;
    Some(RanTemplate { program: step.program, reached: &recorder.reached, judged: &step.outcome.env.auth_rules })
}

/// What was decided, and by what.
pub(super) struct Decided<'r> {
    pub verdict: Verdict,
    /// The templates that ran.
    pub ran: &'r [RanTemplate<'r>],
    /// What the data source answered.
    pub result: Option<Value>,
}

/// The rules behind what was decided on a field.
pub(super) fn behind(field: &str, given: &Given, question: &Question, done: &Decided<'_>) -> Option<Rules> {
    let ties = question.rules.as_ref()?;
    if question.depth == Depth::Verdict {
        return None;
    }
    let member = |name: &str| given.members.get_str(name).unwrap_or_default();
    let caller = RuleCaller { mode: given.auth_type, identity: member("identity") };
    let lets_in = matches!(done.verdict, Verdict::Allowed | Verdict::Filtered);
    let granted = if lets_in { ties.granted(field, &caller, done.ran) } else { Granted::default() };
    if question.depth == Depth::Refusals {
        let (saying, sentence, changes) = (None, Message::default(), Vec::new());
        return Some(Rules { ties: Arc::clone(ties), field: field.to_owned(), granted, saying, sentence, changes });
    }
    let input = member("arguments").as_map().and_then(|args| args.get_str("input")).unwrap_or_default();
    let (args, result, source) = (member("arguments"), done.result.clone().unwrap_or_default(), member("source"));
    let situation = Situation { caller, args, input, result, source };
    let saying = ties.say(field, &situation, &granted.rules);
    let sentence = saying.as_ref().map_or_else(Message::default, |saying| sentence(ties, saying, &situation, &granted, done.verdict));
    let changes = match (&saying, ties.purposes.get(field), done.verdict) {
        (Some(saying), Some(Purpose::Operation { operation, .. }), Verdict::Denied) => {
            changes(&ties.model, saying, &situation, *operation)
        }
        (Some(saying), Some(Purpose::Relation { .. }), Verdict::Denied) => {
            changes(&ties.model, saying, &situation, Operation::List)
        }
        _ => Vec::new(),
    };
    Some(Rules { ties: Arc::clone(ties), field: field.to_owned(), granted, saying, sentence, changes })
}

/// What the rules come to for this caller.
fn sentence(ties: &Ties, saying: &Saying, situation: &Situation, granted: &Granted, verdict: Verdict) -> Message {
    let (of, word) = (Part::Name(saying.of.clone()), Part::Text(saying.word.clone()));
    let who = Part::Text(caller_word(situation.caller.mode).to_owned());
    let numbers: Vec<String> = granted.rules.iter().filter_map(|at| ties.model.rules.get(*at)).map(named).collect();
    let rules = Part::Name(any_of(&numbers));
    match verdict {
        Verdict::Filtered if !numbers.is_empty() => {
            Message::of("{} lets {} {} rows of {} that are theirs", [rules, who, word, of])
        }
        Verdict::Allowed if !numbers.is_empty() => Message::of("{} lets {} {}", [rules, who, word]),
        Verdict::Allowed | Verdict::Filtered => match granted.not_from_rule {
            Some(which) => {
                let other = Part::Text(which.meaning().to_string());
                Message::of("no rule of {} lets this caller {}: {} did", [of, word, other])
            }
            None => Message::of("no rule of {} is behind it", [of]),
        },
        _ if saying.rules.is_empty() => Message::of("{} has no rules, so nobody may {}", [of, word]),
        _ => {
            let covers = |outcome| !matches!(outcome, RuleSays::NotCovered | RuleSays::OtherMode | RuleSays::Dropped);
            let some = saying.rules.iter().any(|judged| covers(judged.outcome));
            let has = |wanted| saying.rules.iter().any(|judged| judged.outcome == wanted);
            match (some, has(RuleSays::LetsIn)) {
                _ if has(RuleSays::SomeFields) && !has(RuleSays::LetsIn) => {
                    Message::of(
                        "no rule of {} lets {} {} every field: those that are about the caller cover some",
                        [of, who, word],
                    )
                }
                (_, true) => {
                    Message::of("a rule of {} is about this caller, and the templates refuse all the same", [of])
                },
                (true, false) if saying.word == "call it" => Message::of("no rule of {} is about this caller", [of]),
                (true, false) => Message::of("no rule of {} that covers {} is about this caller", [of, word]),
                (false, false) => Message::of("no rule of {} lets {} {}", [of, who, word]),
            }
        }
    }
}

/// `rule 2 of Post`
fn named(rule: &Rule) -> String {
    format!("rule {} of {}", rule.number, rule.place())
}
