//! Which rules let a caller in: those behind the statements that ran, as far as they are about this caller.

use super::access::{access, AccessGrant};
use super::evidence::{StatementEvidence, Written};
use super::rule::{Allow, Provider, Rule};
use super::statement::StatementEffect;
use super::tie::{NotFromRule, Tied, Ties, is_written};
use crate::appsync::AuthType;
use crate::appsync::util::AuthRulesCall;
use crate::syntax::Program;
use crate::trace::reached::Reached;
use crate::value::{Value, from_json_str};
use std::sync::Arc;

/// Who asks.
#[derive(Clone, Debug)]
pub struct RuleCaller {
    /// By which mode.
    pub mode: Option<AuthType>,
    /// `$ctx.identity`
    pub identity: Value,
}

/// A template that ran.
#[derive(Debug)]
pub struct RanTemplate<'a> {
    /// The template.
    pub program: &'a Arc<Program>,
    /// What its run reached.
    pub reached: &'a Reached,
    /// What `$util.authRules` found out.
    pub judged: &'a [AuthRulesCall],
}

/// What let a caller in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Granted {
    /// Places in the model's rules.
    pub rules: Vec<usize>,
    /// What else it was, where no rule did.
    pub not_from_rule: Option<NotFromRule>,
}

impl Ties {
    /// What let a caller through the templates of a field.
    pub fn granted(&self, field: &str, caller: &RuleCaller, ran: &[RanTemplate<'_>]) -> Granted {
        let mut granted = Granted::default();
        let mut others = Vec::new();
        for step in ran {
            let statements = self.of(field, step.program);
            let began = |tied: &&Tied| step.reached.began(tied.node) > 0;
            // What lists, and what fills in an owner for whoever was let in, lets nobody in.
            let idle = |tied: &&Tied| matches!(tied.effect, StatementEffect::Groups | StatementEffect::Lists | StatementEffect::Owner);
            let own = statements.iter().filter(began).filter(|tied| !idle(tied));
            let (gathered, own): (Vec<_>, Vec<_>) = own.partition(|tied| tied.effect == StatementEffect::Gather);
            let mut found = Vec::new();
            for tied in own {
                match tied.effect {
                    StatementEffect::Rule => self.judged(tied, step.judged, caller, &mut found, &mut granted),
                    _ => found.extend(self.about(tied, caller)),
                }
                others.extend(tied.not_from_rule.filter(|_| tied.effect != StatementEffect::Rule));
            }
            if found.is_empty() {
                found.extend(gathered.iter().flat_map(|tied| self.about(tied, caller)));
            }
            found.into_iter().for_each(|rule| {
                if !granted.rules.contains(&rule) {
                    granted.rules.push(rule);
                }
            });
        }
        if granted.rules.is_empty() && granted.not_from_rule.is_none() {
            granted.not_from_rule = others.first().copied();
            if others.is_empty() {
                granted.rules = self.by_filter(field, caller, ran);
            }
            if others.is_empty() && granted.rules.is_empty() {
                granted.rules = self.by_directive(field, caller);
            }
            // The old transformer leaves IAM to the policies of the roles.
            let by_policy = self.model.old && caller.mode == Some(AuthType::Iam);
            if others.is_empty() && granted.rules.is_empty() && by_policy {
                granted.not_from_rule = Some(NotFromRule::IamAccess);
            }
            if granted == Granted::default() && self.is_overridden(field, ran) {
                granted.not_from_rule = Some(NotFromRule::Override);
            }
        } else if !granted.rules.is_empty() {
            granted.not_from_rule = None;
        }
        granted.rules.sort_unstable();
        granted
    }

    /// Whether a field's templates authorize, and no statement of theirs comes from a rule: who passes them, passes an
    /// override.
    fn is_overridden(&self, field: &str, ran: &[RanTemplate<'_>]) -> bool {
        let mut all = ran.iter().flat_map(|step| self.of(field, step.program)).peekable();
        all.peek().is_some() && all.all(|tied| tied.not_from_rule == Some(NotFromRule::Override))
    }

    /// Those rules that are about a caller.
    fn about<'a>(&'a self, tied: &'a Tied, caller: &'a RuleCaller) -> impl Iterator<Item = usize> + 'a {
        // The old transformer has one block for user pools and OpenID Connect, whichever of them a rule is for.
        let users = |mode: AuthType| matches!(mode, AuthType::UserPool | AuthType::Oidc);
        let shared = caller.mode.is_some_and(|mode| {
            let modes = &tied.evidence.modes;
            modes.contains(&mode) || self.model.old && users(mode) && modes.iter().any(|own| users(*own))
        });
        let caller = if shared { RuleCaller { mode: None, ..caller.clone() } } else { caller.clone() };
        let about = move |at: &usize| self.model.rules.get(*at).is_some_and(|rule| is_about(rule, &caller));
        tied.rules.iter().copied().filter(about)
    }

    /// The rule that a template of a SQL model hands over: whether `$util.authRules` granted by it.
    fn judged(
        &self,
        tied: &Tied,
        judged: &[AuthRulesCall],
        caller: &RuleCaller,
        found: &mut Vec<usize>,
        granted: &mut Granted,
    ) {
        let admin = tied.not_from_rule == Some(NotFromRule::AdminRole);
        let Some(call) = judged.last() else {
            found.extend(self.about(tied, caller));
            return;
        };
        for outcome in call.rules.iter().filter(|outcome| outcome.granted) {
            let written = written(&outcome.rule);
            if admin && written.kind == "admin" {
                granted.not_from_rule = Some(NotFromRule::AdminRole);
            }
            let same = |rule: &usize| self.model.rules.get(*rule).is_some_and(|rule| is_written(rule, &written));
            let here = tied.evidence.written.contains(&written) || same_rule(&tied.evidence, &written);
            if here {
                found.extend(tied.rules.iter().copied().filter(same));
            }
        }
    }

    /// A loop that kept no row: the rules that it would have kept rows by.
    fn by_filter(&self, field: &str, caller: &RuleCaller, ran: &[RanTemplate<'_>]) -> Vec<usize> {
        let statements = ran.iter().flat_map(|step| self.of(field, step.program));
        let filters = statements.filter(|tied| tied.effect == StatementEffect::Filter);
        let mode = |tied: &&Tied| caller.mode.is_none_or(|mode| tied.evidence.modes.contains(&mode));
        let mut rules: Vec<usize> = filters.filter(mode).flat_map(|tied| self.about(tied, caller)).collect();
        rules.dedup();
        rules
    }

    /// The old transformer leaves API keys, IAM and so on to the schema's directives, which it makes of the rules.
    fn by_directive(&self, field: &str, caller: &RuleCaller) -> Vec<usize> {
        if !self.model.old {
            return Vec::new();
        }
        let rows = access(&self.model, &self.purposes);
        let rules = rows.into_iter().filter(|row| row.field == field && row.grant == AccessGrant::Allow).map(|row| row.rule);
        let rules: Vec<usize> = rules.collect();
        rules.into_iter().filter(|at| self.model.rules.get(*at).is_some_and(|rule| is_about(rule, caller))).collect()
    }
}

fn same_rule(evidence: &StatementEvidence, written: &Written) -> bool {
    evidence.written.iter().any(|own| {
        own.kind == written.kind
            && own.provider == written.provider
            && own.field == written.field
            && own.groups == written.groups
    })
}

/// A rule as `$util.authRules` was given it.
fn written(rule: &Value) -> Written {
    let text = |key: &str| {
        let value = rule.as_map().and_then(|map| map.get_str(key))?;
        value.as_str().map(str::to_owned)
    };
    let groups = rule.as_map().and_then(|map| map.get_str("allowedGroups")).and_then(|list| list.members());
    Written {
        kind: text("type").unwrap_or_default(),
        provider: text("provider").unwrap_or_default(),
        field: text("ownerFieldName").or_else(|| text("groupsFieldName")),
        claim: text("identityClaim").or_else(|| text("groupClaim")),
        groups: groups.unwrap_or_default().iter().filter_map(|group| group.as_str().map(str::to_owned)).collect(),
    }
}

/// Whether a rule is about a caller, as far as the caller alone says.
pub(super) fn is_about(rule: &Rule, caller: &RuleCaller) -> bool {
    if caller.mode.is_some_and(|mode| mode != rule.provider.mode()) {
        return false;
    }
    match rule.allow {
        Allow::Groups if rule.groups_field.is_none() => {
            let own = groups(&caller.identity, &rule.group_claim);
            rule.groups.iter().any(|group| own.contains(group))
        }
        Allow::Groups => !groups(&caller.identity, &rule.group_claim).is_empty(),
        Allow::Private | Allow::Public if rule.provider == Provider::IdentityPool => {
            let kind = member(&caller.identity, "cognitoIdentityAuthType");
            match kind.as_ref().and_then(Value::as_str) {
                Some("authenticated") => rule.allow == Allow::Private,
                Some("unauthenticated") => rule.allow == Allow::Public,
                _ => true,
            }
        }
        _ => true,
    }
}

fn member(value: &Value, key: &str) -> Option<Value> {
    value.as_map().and_then(|map| map.get_str(key)).filter(|value| !value.is_null())
}

/// The caller's groups in a claim: a list, a text, or a text that holds a list.
pub(super) fn groups(identity: &Value, claim: &str) -> Vec<String> {
    let Some(value) = member(identity, "claims").and_then(|claims| member(&claims, claim)) else { return Vec::new() };
    let texts = |value: &Value| -> Option<Vec<String>> {
        Some(value.members()?.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
    };
    match value.as_str() {
        None => texts(&value).unwrap_or_default(),
        Some(text) => {
            let parsed = from_json_str(text).ok().and_then(|value| texts(&value));
            parsed.unwrap_or_else(|| vec![text.to_owned()])
        }
    }
}
