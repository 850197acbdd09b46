//! Hints: what a person who knows AppSync would say at the sight of this trace (docs/hints.md). Each rule looks at the
//! run and adds what it finds; the order of the rules is that of the hints, among
//! equals (`order.rs`).

mod absent;
pub mod allow;
mod asked;
mod auth_rules;
mod branch_slip;
mod call;
pub mod carried;
mod contents;
pub mod corrected;
mod claim;
mod cognito;
mod commas;
mod dead_term;
pub mod decided;
mod deciding;
mod differ;
mod effects;
pub(super) mod else_if;
mod emptied;
mod failure;
mod events_limit;
mod fields;
mod group;
pub mod iam;
pub mod inside;
mod kept;
mod keys;
mod late;
mod list_as_text;
pub mod long;
mod loop_item;
pub mod member;
mod misspelt;
mod missed;
pub mod mistyped;
mod mode;
mod near;
pub mod not_a_list;
pub mod nothing;
mod null_set;
mod one_item;
pub mod order;
mod output;
mod overwritten;
pub mod page_loop;
pub mod owner;
mod parent;
mod parent_rows;
mod printed;
mod redirected;
mod relation;
pub mod quiet;
pub mod rendered;
mod reset;
mod returned;
mod role_arn;
mod rows;
mod separator;
mod shape;
mod sized;
pub mod steps;
mod supposed;
mod template;
pub mod test;
pub mod text;
mod twin;
mod uncounted;
mod unparsed;
mod unset_branch;
pub mod whence;

pub use deciding::reads_error;
pub use group::slip_in as group_slip;

use super::flags;
use super::why::Why;
use crate::appsync::{AuthType, ContextPath};
use crate::eval::Outcome;
use crate::code::Code;
use crate::finding::Finding;
use crate::project::generated::has_generated_part;
use crate::project::PipelineSlot;
use crate::syntax::{Expression, Program};
use crate::trace::candidate::{Blocker, Candidate, looked_at};
use crate::trace::condition::Condition;
use crate::trace::index::Node;
use crate::trace::origin::Origin;
use crate::trace::recorder::{Recorder, Turns};
use crate::trace::{Conclusion, Decision, Verdict};
use crate::value::Value;
use deciding::Passed;
use rendered::Rendered;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
use test::Test;

/// What the rules look at.
#[derive(Debug)]
pub struct Finished<'a> {
    /// The template.
    pub program: &'a Program,
    /// What became of it.
    pub outcome: &'a Outcome,
    /// What was recorded.
    pub recorder: &'a Recorder<'a>,
    /// The verdict.
    pub verdict: Verdict,
    /// What decided.
    pub decision: Decision,
    /// The watched variable.
    pub watched: &'a str,
    /// Rows that were given.
    pub records: &'a [Value],
    /// Whether it was given that there are none.
    pub table_is_empty: bool,
    /// Guards, candidates and rows found so far.
    pub why: &'a Why,
    /// What [`Finished::failed`] found: a dozen rules ask.
    failed: OnceCell<Vec<Failed<'a>>>,
    /// What [`Finished::passed`] found.
    passed: OnceCell<Vec<Passed>>,
    /// What [`Finished::read_output`] read.
    rendered: OnceCell<Rendered>,
    /// What [`Finished::callers_values`] found.
    callers: OnceCell<FxHashMap<String, String>>,
}

/// What is looked at in a run.
#[derive(Clone, Copy, Debug)]
pub struct Watched<'a> {
    /// The variable that decides.
    pub variable: &'a str,
    /// The rows that a filter is judged on, if they were given.
    pub records: Option<&'a [Value]>,
}

/// A condition that went against the caller.
#[derive(Debug)]
pub struct Failed<'a> {
    /// The condition.
    pub condition: &'a Condition,
    /// What it tests.
    pub test: Test<'a>,
    /// The candidate that it blocked; `None` when it let a refusal happen.
    pub candidate: Option<&'a Candidate>,
    /// The turn of the loops in which it set the flag that refused.
    pub turns: Option<&'a Turns>,
}

type HintRule = fn(&Finished<'_>, &mut Vec<Finding>);

const RULES: [HintRule; 97] = [
    output::refused,
    failure::failed,
    output::subscription_filter,
    output::subscription_filter_not_read,
    template::not_given,
    misspelt::directive_as_text,
    else_if::tested_nothing,
    template::revoked,
    template::data_source_error,
    template::error_not_raised,
    quiet::redacted,
    returned::silently,
    quiet::events_filtered,
    auth_rules::rules,
    role_arn::by_username,
    role_arn::of_session,
    member::of_mode,
    member::no_person,
    late::refused_in_loop,
    loop_item::left_early,
    loop_item::is_null,
    page_loop::over_page,
    differ::near_variable,
    near::member,
    long::cut_off,
    separator::is_pattern,
    separator::leaves_blanks,
    one_item::by_place,
    unparsed::refused,
    shape::null_argument,
    shape::either_negated,
    nothing::never_set_loop,
    shape::odd,
    late::lookup_empty,
    fields::denied_fields,
    fields::denied_argument,
    differ::nearly,
    differ::default_of_empty,
    group::near_miss,
    group::near_name,
    branch_slip::chose,
    inside::deeper,
    claim::json_string,
    claim::nested_list,
    claim::type_mismatch,
    owner::reference_on_row,
    template::unset_reference,
    template::single_quotes,
    template::negated_side,
    owner::composite,
    owner::typed_twice,
    template::failed_source,
    template::refused_behind,
    template::success_refused,
    owner::row_missing,
    owner::null_key,
    owner::null_or_absent,
    owner::subscription_argument,
    reset::in_loop,
    reset::between_rules,
    reset::by_next_rule,
    effects::removed,
    effects::overwritten,
    effects::stash_lacks,
    redirected::redirected,
    effects::both_required,
    emptied::by_rule,
    kept::rows,
    parent::alone,
    allow::wide,
    rows::carried,
    parent_rows::not_asked,
    rows::filtered_out,
    not_a_list::terms,
    rows::analysed,
    rows::filter_misses,
    uncounted::owner_rule,
    group::none_at_all,
    nothing::no_turn,
    absent::absent,
    iam::session_name,
    iam::other_cognito_role,
    iam::other_role,
    mode::early_refusal,
    decided::under_no_condition,
    mode::no_rules,
    mode::no_block,
    mode::lambda_context,
    missed::not_member,
    owner::other_owner,
    differ::other_value,
    late::already_written,
    rows::left_out,
    claim::substring,
    template::kept_value,
    call::unknown,
    decided::refused,
];

/// All hints of a run, each code once a path and wish.
pub fn all(run: &Finished<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in RULES {
        rule(run, &mut found);
    }
    owner::without_its_form(&mut found);
    owner::without_single_rows(&mut found);
    owner::without_written(&mut found);
    let mut kept: Vec<Finding> = Vec::new();
    for finding in found {
        let known = |other: &Finding| {
            let same = other.wanted == finding.wanted || other.message == finding.message;
            other.code == finding.code && other.path == finding.path && same
        };
        if !kept.iter().any(known) {
            kept.push(finding);
        }
    }
    order::order(&mut kept);
    order::without_plain(&mut kept);
    of_subscription(run, &mut kept);
    // Of several rules that let nobody in, none is the one to be met: who belongs to none of them is refused rightly.
    if kept.first().is_some_and(|first| !matches!(first.code, Code::NotInList | Code::NoGroups)) {
        for finding in kept.iter_mut().filter(|finding| missed::advises_membership(finding)) {
            finding.message = finding.message.cause();
        }
    }
    kept
}

/// A subscription's resolver runs when it is made: a row that it reads then is no event's.
fn of_subscription(run: &Finished<'_>, kept: &mut [Finding]) {
    let of_row = |failed: &Failed<'_>| {
        failed.condition.operands.iter().any(|operand| operand.origins.iter().any(|origin| origin.is_in("result")))
    };
    let plain = |hint: &&mut Finding| order::is_plain(hint.code);
    if run.verdict == Verdict::Denied && run.is_subscription() && run.failed().iter().any(of_row)
        && let Some(first) = kept.first_mut().filter(plain)
    {
        let list = !run.context(&["result", "items"]).is_null();
        let row = if list { "which rows a list begins with" } else { "the row that it reads" };
        first.message.and(format!(
            "A subscription's resolver runs once, when it is made, so {row} then decides for all events by chance. Filter the events instead (`$extensions.setSubscriptionFilter` on that field), or take an argument and compare it with the caller."
        ));
    }
}

/// Hints at texts that the template garbled, alone.
pub fn garbled(run: &Finished<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    template::unset_reference(run, &mut found);
    found
}

/// Whether what blocked a candidate looks like a slip rather than a difference.
pub fn is_near_miss(run: &Finished<'_>, blocker: &Blocker) -> bool {
    let mut found = Vec::new();
    let test = Test::of(run, &blocker.condition);
    group::slip(run, &test, &mut found);
    claim::encoded(run, &test, &mut found);
    owner::formats(run, &test, &mut found);
    !found.is_empty()
}

impl<'a> Finished<'a> {
    /// A run of this program, as far as it is explained.
    pub fn new(
        program: &'a Program,
        outcome: &'a Outcome,
        recorder: &'a Recorder<'a>,
        Conclusion { verdict, decision }: Conclusion,
        Watched { variable: watched, records }: Watched<'a>,
        why: &'a Why,
    ) -> Self {
        let table_is_empty = records.is_some_and(<[Value]>::is_empty);
        let records = records.unwrap_or_default();
        Self { program, outcome, recorder, verdict, decision, watched, records, table_is_empty, why, failed: OnceCell::new(), passed: OnceCell::new(), rendered: OnceCell::new(), callers: OnceCell::new() }
    }

    /// What was read of the output, for another look at the same run.
    pub fn into_rendered(self) -> OnceCell<Rendered> {
        self.rendered
    }

    /// With the output as it was read before.
    #[must_use]
    pub fn with_rendered(self, rendered: OnceCell<Rendered>) -> Self {
        Self { rendered, ..self }
    }

    /// Whether Amplify wrote the template, or the part of one that was pasted.
    fn is_generated(&self) -> bool {
        has_generated_part(self.program)
    }

    /// Whether it has its place among Amplify's, by what it says or by its file's name: its rules are those of `@auth`.
    fn is_of_amplify(&self) -> bool {
        self.is_generated() || PipelineSlot::of_file(&self.program.source.name).is_some()
    }

    /// Whether the field is one of `Subscription`, by the request or else by the name of Amplify's file.
    pub fn is_subscription(&self) -> bool {
        self.outcome.env.parent_type == "Subscription" || self.program.source.name.contains("Subscription.")
    }

    /// Whether somebody wrote it by hand: neither its text nor its slot is one of Amplify's.
    fn is_by_hand(&self) -> bool {
        !self.is_generated() && !self.program.source.name.to_lowercase().contains("auth")
    }

    /// Every condition that went against the caller: what blocked the candidates, nearest first, then the guards.
    pub fn failed(&self) -> &[Failed<'a>] {
        self.failed.get_or_init(|| self.failed_conditions())
    }

    /// The conditions that let the caller through, the deciding ones first.
    pub fn passed(&self) -> &[Passed] {
        self.passed.get_or_init(|| deciding::passed(self))
    }

    /// The values of the caller's identity, each with its place.
    pub fn callers_values(&self) -> &FxHashMap<String, String> {
        self.callers.get_or_init(|| whence::callers_values(self))
    }

    /// The output as AppSync reads it, if it takes it.
    pub fn rendered(&self) -> Option<Value> {
        self.read_output().value()
    }

    /// The output as AppSync reads it, or why it does not.
    pub fn read_output(&self) -> &Rendered {
        self.rendered.get_or_init(|| rendered::read(&self.outcome.output))
    }

    fn failed_conditions(&self) -> Vec<Failed<'a>> {
        let mut found = Vec::new();
        // Nothing went against a caller who was let through.
        if self.verdict == Verdict::Allowed {
            return found;
        }
        for candidate in &self.why.candidates {
            // Of a loop's items those count that came as far as the nearest.
            let near = candidate.items.iter().filter(|item| item.passed == candidate.nearest());
            for blocker in candidate.blocker.iter().chain(near) {
                self.leaves(&blocker.condition, !blocker.wanted, Some(candidate), &mut found);
            }
        }
        for guard in &self.why.guards {
            self.leaves(&guard.condition, guard.value, None, &mut found);
            // What set a flag went against the caller, where the refusal only looks at the flag.
            for cause in guard.causes.iter().filter(|cause| cause.change.container.is_none()) {
                let before = found.len();
                for inner in &cause.guards {
                    self.leaves(&inner.condition, inner.value, None, &mut found);
                    let operands = looked_at(&inner.condition);
                    for missed in operands.into_iter().flat_map(|operand| flags::missed(self.recorder, operand, &cause.change.turns)) {
                        self.leaves(&missed.condition, false, None, &mut found);
                    }
                }
                found.iter_mut().skip(before).for_each(|failed| failed.turns = Some(&cause.change.turns));
            }
        }
        found
    }

    fn leaves(&self, condition: &'a Condition, held: bool, candidate: Option<&'a Candidate>, found: &mut Vec<Failed<'a>>) {
        // A term that had no part in it says nothing of the decision.
        let mut leaves = Vec::new();
        condition.decisive(held, &mut leaves);
        // What nobody gave says nothing for or against the caller.
        let open = |leaf: &Condition| leaf.operands.iter().any(|operand| operand.origins.is_open());
        // What rests on a call that AppSync does not have compares nothing.
        let judged = |leaf: &&Condition| leaf.holds.is_some() && !open(leaf) && !dead_term::broken(self, leaf);
        for leaf in leaves.into_iter().filter(judged) {
            found.push(Failed { condition: leaf, test: Test::of(self, leaf), candidate, turns: None });
        }
    }

    /// A place in the context: `identity.claims.token_use`.
    pub fn context(&self, path: &[&str]) -> Value {
        let mut value = Value::Map(self.outcome.context.clone());
        for name in path {
            value = value.as_map().and_then(|map| map.get_str(name)).unwrap_or_default();
        }
        value
    }

    /// A claim of the token.
    pub fn claim(&self, name: &str) -> Value {
        self.context(&["identity", "claims", name])
    }

    /// The caller's mode.
    pub fn auth_type(&self) -> Option<AuthType> {
        self.outcome.env.auth_type
    }

    /// The text of a condition.
    pub fn text(&self, condition: &Condition) -> &str {
        self.program.text(condition.node)
    }

    /// What a condition consists of.
    pub fn expression(&self, condition: &Condition) -> Option<&'a Expression> {
        match self.recorder.index.node(condition.node)? {
            Node::Expression(expression) => Some(expression),
            _ => None,
        }
    }
}

/// The name of the claim that a path leads to, if it leads to one.
pub fn claim_name(path: &str) -> Option<String> {
    path.strip_prefix("identity.claims")?;
    path.parse::<ContextPath>().ok()?.claim_name()
}

/// The claim that an operand's value came from.
pub fn claim_of(origins: &crate::trace::origin::Origins) -> Option<(String, String, Value)> {
    origins.iter().find_map(|origin| match origin {
        Origin::Context { path, value, .. } => {
            // The groups of a user pool's token stand in the identity as well.
            let groups = path.is_in("identity.groups").then(|| "cognito:groups".to_owned());
            Some((groups.or_else(|| path.claim_name())?, path.to_string(), value.clone()))
        }
        _ => None,
    })
}

/// Whether a claim names groups, roles or the like, of which a caller has several.
pub fn is_group_like(run: &Finished<'_>, claim: &str) -> bool {
    let name = claim.to_lowercase();
    ["group", "role", "team"].iter().any(|part| name.contains(part)) || matches!(run.claim(claim), Value::List(_))
}

/// Whether a claim's name says that it lists groups or roles.
pub fn names_groups(claim: &str) -> bool {
    let name = claim.to_lowercase();
    // Those who are shut out are members of nothing.
    let shut_out = ["denied", "deny", "blocked", "banned", "exclud", "revoked"];
    ["group", "role"].iter().any(|part| name.contains(part)) && !shut_out.iter().any(|part| name.contains(part))
}

/// The path of a claim itself, where a path leads to one of its items.
pub fn claim_path(path: &str) -> String {
    if path.starts_with("identity.groups[") {
        return "identity.groups".to_owned();
    }
    path.parse::<ContextPath>().map_or_else(|_| path.to_owned(), |path| path.whole_claim().to_string())
}

/// A value as JSON for a finding.
pub fn json(value: &Value) -> serde_json::Value {
    value.to_json().ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}
