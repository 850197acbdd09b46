//! What a statement of a generated template rests on: the mode of its block, claims, fields of the row, groups, roles. It is
//! found by following the statement's own values and the conditions around it back to where they come from.

use crate::value::method::Method;
use super::link::last_call;
use crate::appsync::AuthType;
use crate::syntax::visit::{References, Visit, walk_foreach};
use crate::syntax::{
    Expression, ExpressionKind as Kind, Foreach, NodeId, Program, Reference, Set, Slot, Statement, StepKind,
    reads_member,
};
use crate::trace::index::{Index, Node, NodePart};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// What a statement rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementEvidence {
    /// The modes of the blocks around it.
    pub modes: Vec<AuthType>,
    /// Claims of the token.
    pub claims: BTreeSet<String>,
    /// Fields of the row, the input, the source or the arguments.
    pub fields: BTreeSet<String>,
    /// Claim and group of the static groups.
    pub groups: BTreeSet<(String, String)>,
    /// Whether everybody who is signed in stands among the static groups, as a role without claim and group: `{}`.
    pub signed_in: bool,
    /// Texts of lists: the groups of the old transformer.
    pub names: BTreeSet<String>,
    /// Compared with the role of the signed in.
    pub auth_role: bool,
    /// Compared with the role of guests.
    pub unauth_role: bool,
    /// Compared with the admin roles.
    pub admin_roles: bool,
    /// Compared with no identity of an identity pool: any IAM principal.
    pub iam_access: bool,
    /// The rules of a SQL model, as the template writes them.
    pub written: Vec<Written>,
    /// Whether it rests on a list that nothing is added to, or on a flag that nothing sets: it never runs.
    pub never: bool,
    /// Fields of the input that the block around it is about, in the old transformer's mutations.
    pub regions: BTreeSet<String>,
}

/// A rule as the template of a SQL model writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// `type`
    pub kind: String,
    /// `provider`
    pub provider: String,
    /// `ownerFieldName` or `groupsFieldName`
    pub field: Option<String>,
    /// `identityClaim` or `groupClaim`
    pub claim: Option<String>,
    /// `allowedGroups`
    pub groups: Vec<String>,
}

impl StatementEvidence {
    /// Whether nothing of the caller but the mode is looked at.
    pub fn is_bare(&self) -> bool {
        let looked = self.claims.is_empty() && self.groups.is_empty();
        looked && !self.auth_role && !self.unauth_role && !self.admin_roles && !self.iam_access && self.written.is_empty()
    }
}

/// Finds the evidence of statements of one template.
#[derive(Debug)]
pub struct Finder<'p> {
    program: &'p Program,
    index: &'p Index<'p>,
    /// Where each variable is set or added to, in the order of the text.
    sites: Vec<Site<'p>>,
}

#[derive(Debug)]
struct Site<'p> {
    slot: Slot,
    start: u32,
    what: VariableChange<'p>,
}

#[derive(Debug)]
enum VariableChange<'p> {
    Set(&'p Expression),
    Add(&'p Reference),
    Item(&'p Expression),
    Flag(NodeId),
    Reset(NodeId),
}

/// A look that is going on.
struct Look {
    evidence: StatementEvidence,
    seen: FxHashSet<(Slot, u32)>,
    depth: usize,
}

/// Deeper than any generated template follows its values.
const DEEPEST: usize = 60;

impl<'p> Finder<'p> {
    /// Of a template.
    pub fn new(program: &'p Program, index: &'p Index<'p>) -> Self {
        let mut sites = Vec::new();
        for (node, what) in &index.statements {
            let start = program.span(*node).start;
            match what {
                Node::Set(set) => sites.extend(site_of(set, start)),
                Node::Reference(reference) => added(reference, &mut |inner| {
                    let slot = inner.variable();
                    sites.extend(slot.map(|slot| Site { slot, start, what: VariableChange::Add(inner) }));
                }),
                _ => {}
            }
        }
        let item = |each: &'p Foreach| Site {
            slot: each.item,
            start: program.span(each.node).start,
            what: VariableChange::Item(&each.list),
        };
        LoopSearch(|each| sites.push(item(each))).program(program);
        sites.sort_by_key(|site| site.start);
        Self { program, index, sites }
    }

    /// What a statement rests on; with `used`, and it only lists something for another, what that rests on.
    pub fn of(&self, node: NodeId, used: bool) -> StatementEvidence {
        let own = self.own(node);
        let user = match self.index.node(node) {
            // `$ownerAllowedFields0`, which another statement adds to `$allowedFields`.
            Some(Node::Set(set)) if used => set.target.variable().and_then(|slot| self.user(slot, self.start(node))),
            _ => None,
        };
        user.map_or(own, |user| self.own(user))
    }

    /// The next statement that adds what a variable holds to another.
    fn user(&self, slot: Slot, start: u32) -> Option<NodeId> {
        let reads = |node: &NodeId, what: &Node<'p>| {
            let mut found = false;
            what.reads(&mut |reference| found |= reference.root == slot);
            found && self.start(*node) > start
        };
        let later = self.index.statements.iter().filter(|(node, what)| reads(node, what));
        later.map(|(node, _)| *node).find(|node| self.index.node(*node).is_some())
    }

    fn own(&self, node: NodeId) -> StatementEvidence {
        let mut look = Look { evidence: StatementEvidence::default(), seen: FxHashSet::default(), depth: 0 };
        self.around(node, &mut look, true);
        let start = self.start(node);
        match self.index.node(node) {
            Some(Node::Set(set)) => self.expression(&set.value, start, &mut look),
            Some(Node::Return(_)) | None => {}
            Some(Node::Reference(reference)) => self.call(reference, start, &mut look),
            Some(_) => {}
        }
        look.evidence
    }

    fn start(&self, node: NodeId) -> u32 {
        self.program.span(node).start
    }

    /// The conditions and loops around a statement.
    fn around(&self, node: NodeId, look: &mut Look, modes: bool) {
        for part in self.index.chain(node) {
            match part {
                NodePart::Branch { parts, at } => {
                    let branch = &parts.branches[at];
                    let start = self.start(branch.node);
                    let asked = asked_modes(self.program, &branch.condition);
                    if !asked.is_empty() {
                        if modes {
                            look.evidence.modes.extend(asked);
                        }
                        self.generic_iam(&branch.condition, look);
                        continue;
                    }
                    look.evidence.regions.extend(region(&branch.condition));
                    self.condition(&branch.condition, start, look);
                }
                NodePart::Loop(each) => self.expression(&each.list, self.start(each.node), look),
                NodePart::Else { .. } => {}
            }
        }
    }

    /// `authType == "IAM Authorization" && isNull(cognitoIdentityPoolId) && …`: any IAM principal.
    fn generic_iam(&self, condition: &Expression, look: &mut Look) {
        let mut asks_null = false;
        References(|reference: &Reference| asks_null |= reference.called().is_some_and(Method::asks_null)).expression(condition);
        look.evidence.iam_access |= asks_null && reads_member(condition, "cognitoIdentityPoolId");
    }

    /// A condition: what is only a flag of what was decided before says nothing of this rule, and neither does what must
    /// not be.
    fn condition(&self, condition: &Expression, start: u32, look: &mut Look) {
        match &condition.kind {
            Kind::And(sides) | Kind::Or(sides) => {
                self.condition(&sides.0, start, look);
                self.condition(&sides.1, start, look);
            }
            Kind::Not(inner) if self.is_flag(inner) => {}
            Kind::Not(inner) => self.condition(inner, start, look),
            Kind::Reference(reference) if self.is_decided(reference) => {}
            _ => self.expression(condition, start, look),
        }
    }

    fn is_flag(&self, expression: &Expression) -> bool {
        match &expression.kind {
            Kind::Reference(reference) => {
                reference.steps.is_empty() && self.program.name(reference.root).contains("uthorized")
            }
            _ => false,
        }
    }

    /// `$isAuthorized`: whoever was let in before.
    fn is_decided(&self, reference: &Reference) -> bool {
        reference.steps.is_empty() && self.program.name(reference.root) == "isAuthorized"
    }

    fn expression(&self, expression: &Expression, start: u32, look: &mut Look) {
        match &expression.kind {
            Kind::Null | Kind::Boolean(_) | Kind::Number(_) => {}
            Kind::String(text) => self.aliases(text, look),
            Kind::Interpolated { body, .. } => {
                self.aliases(self.program.text(expression.node), look);
                for statement in body {
                    if let Statement::Print(reference) = statement {
                        self.reference(reference, start, look);
                    }
                }
            }
            Kind::Reference(reference) => self.reference(reference, start, look),
            Kind::List(list) => self.list(list, start, look),
            Kind::Map(entries) => self.map(entries, start, look),
            Kind::Not(inner) => self.expression(inner, start, look),
            Kind::Range(sides)
            | Kind::And(sides)
            | Kind::Or(sides)
            | Kind::Compare(_, sides)
            | Kind::Arithmetic(_, sides) => {
                self.expression(&sides.0, start, look);
                self.expression(&sides.1, start, look);
            }
        }
    }

    /// A list: the texts in it, or the maps of static groups.
    fn list(&self, list: &[Expression], start: u32, look: &mut Look) {
        for item in list {
            match &item.kind {
                Kind::String(text) => {
                    look.evidence.names.insert(text.to_string());
                }
                Kind::Map(entries) if entries.is_empty() => look.evidence.signed_in = true,
                Kind::Map(entries) => match (member(entries, "claim"), member(entries, "entity")) {
                    (Some(claim), Some(entity)) => {
                        look.evidence.groups.insert((claim.to_owned(), entity.to_owned()));
                    }
                    _ => self.map(entries, start, look),
                },
                _ => self.expression(item, start, look),
            }
        }
    }

    fn map(&self, entries: &[(Expression, Expression)], start: u32, look: &mut Look) {
        if let (Some(kind), Some(provider)) = (member(entries, "type"), member(entries, "provider")) {
            look.evidence.written.push(Written {
                kind: kind.to_owned(),
                provider: provider.to_owned(),
                field: member(entries, "ownerFieldName").or_else(|| member(entries, "groupsFieldName")).map(str::to_owned),
                claim: member(entries, "identityClaim").or_else(|| member(entries, "groupClaim")).map(str::to_owned),
                groups: texts(entries, "allowedGroups"),
            });
            return;
        }
        for (key, value) in entries {
            if let Some(key) = text(key) {
                look.evidence.fields.insert(key.strip_suffix(".keyword").unwrap_or(key).to_owned());
            }
            self.expression(value, start, look);
        }
    }

    /// `#owner0` and `:identity0` in an expression of DynamoDB's: what stands for them is put into other maps.
    fn aliases(&self, text: &str, look: &mut Look) {
        let words = text.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '#' | ':' | '_'));
        for word in words.filter(|word| word.len() > 1 && word.starts_with(['#', ':'])) {
            for site in &self.sites {
                let VariableChange::Add(reference) = site.what else { continue };
                let Some((name, args)) = last_call(reference) else { continue };
                let [key, value] = args else { continue };
                if name != Some(Method::Put) || self.word(key) != Some(word) {
                    continue;
                }
                match self.word(value) {
                    Some(field) => {
                        look.evidence.fields.insert(field.to_owned());
                    }
                    None => self.expression(value, site.start, look),
                }
            }
        }
    }

    /// A text, also one whose `#` Velocity looks at.
    fn word<'e>(&'e self, expression: &'e Expression) -> Option<&'e str> {
        match &expression.kind {
            Kind::Interpolated { .. } => {
                let text = self.program.text(expression.node).trim_matches(['"', '\'']);
                (!text.contains('$')).then_some(text)
            }
            _ => text(expression),
        }
    }

    /// A statement that is a call: what is added, not what it is added to.
    fn call(&self, reference: &Reference, start: u32, look: &mut Look) {
        let Some((_, args)) = last_call(reference) else { return };
        for arg in args {
            match &arg.kind {
                Kind::Reference(inner) if reference.function.is_some() && last_call(inner).is_some() => {
                    self.inner_call(inner, start, look);
                }
                _ => self.expression(arg, start, look),
            }
        }
    }

    /// `$authFilter.add( … )` inside `$util.qr( … )`
    fn inner_call(&self, reference: &Reference, start: u32, look: &mut Look) {
        let Some((name, args)) = last_call(reference) else { return };
        if name.is_some_and(Method::fills) {
            if let (Some(key), [_, _]) = (args.first().and_then(text), args) {
                look.evidence.fields.insert(key.to_owned());
            }
            args.iter().skip(usize::from(name == Some(Method::Put))).for_each(|arg| self.expression(arg, start, look));
            // `$ctx.args.put($entry.key, …)`: the key is a value of its own.
            if name == Some(Method::Put) && args.first().is_some_and(|key| text(key).is_none()) {
                args.first().into_iter().for_each(|key| self.expression(key, start, look));
            }
        } else {
            self.reference(reference, start, look);
        }
    }

    fn reference(&self, reference: &Reference, start: u32, look: &mut Look) {
        self.path(reference, look);
        for step in &reference.steps {
            match &step.kind {
                StepKind::Property(_) => {}
                StepKind::Method { args, method, .. } => {
                    let looks_up = matches!(method, Some(Method::Get | Method::ContainsKey));
                    args.iter().filter(|arg| !looks_up || text(arg).is_none()).for_each(|arg| self.expression(arg, start, look));
                }
                StepKind::Index(index) => self.expression(index, start, look),
            }
        }
        if let Some(slot) = reference.variable() {
            self.variable(slot, start, look);
        }
    }

    /// What a path into the context names.
    fn path(&self, reference: &Reference, look: &mut Look) {
        let names: Vec<&str> = reference.steps.iter().filter_map(step_name).collect();
        if !matches!(reference.root, Slot::CTX | Slot::CONTEXT) {
            // `$item.owner` of a loop over rows.
            let own = self.program.name(reference.root);
            if reference.variable().is_some() && matches!(own, "item" | "resultValue") {
                look.evidence.fields.extend(names.first().map(|name| (*name).to_owned()));
            }
            return;
        }
        let evidence = &mut look.evidence;
        match names.as_slice() {
            ["identity", "claims", claim, ..] => {
                evidence.claims.insert((*claim).to_owned());
            }
            ["identity", claim @ ("sub" | "username"), ..] => {
                evidence.claims.insert((*claim).to_owned());
            }
            ["stash", "authRole", ..] => evidence.auth_role = true,
            ["stash", "unauthRole", ..] => evidence.unauth_role = true,
            ["stash", "adminRoles", ..] => evidence.admin_roles = true,
            ["args" | "arguments", "input", field, ..] | ["args" | "arguments" | "result" | "source", field, ..] => {
                evidence.fields.insert((*field).to_owned());
            }
            _ => {}
        }
    }

    /// What a variable holds here: what it was last set to, and what was added since.
    fn variable(&self, slot: Slot, start: u32, look: &mut Look) {
        if !look.seen.insert((slot, start)) || look.depth > DEEPEST {
            return;
        }
        look.depth += 1;
        let before = self.sites.iter().filter(|site| site.slot == slot && site.start < start);
        let before: Vec<_> = before.collect();
        let set = before.iter().rposition(|site| matches!(site.what, VariableChange::Set(_) | VariableChange::Item(_)));
        let reset = before.iter().rposition(|site| matches!(site.what, VariableChange::Reset(node) if self.holds_at(node, start)));
        let flags = before[reset.map_or(0, |at| at + 1)..].iter().filter_map(|site| match site.what {
            VariableChange::Flag(node) => Some(node),
            _ => None,
        });
        if self.program.name(slot) != "isAuthorized" {
            flags.for_each(|node| self.around(node, look, false));
        }
        if let Some(at) = set {
            match before[at].what {
                VariableChange::Set(value) | VariableChange::Item(value) => self.expression(value, before[at].start, look),
                VariableChange::Add(_) | VariableChange::Flag(_) | VariableChange::Reset(_) => {}
            }
        }
        let mut added = false;
        for site in &before[set.map_or(0, |at| at + 1)..] {
            if let VariableChange::Add(reference) = site.what {
                added = true;
                self.inner_call(reference, site.start, look);
            }
        }
        let empty = set.is_some_and(|at| matches!(&before[at].what, VariableChange::Set(value) if is_empty_list(value)));
        let unset = before.iter().all(|site| matches!(site.what, VariableChange::Reset(_))) && super::statement::is_flag(self.program.name(slot));
        look.evidence.never |= unset || empty && !added;
        look.depth -= 1;
    }

    /// Whether a statement before a place has run wherever the place is reached: nothing around it ends between them.
    fn holds_at(&self, node: NodeId, start: u32) -> bool {
        self.index.chain(node).iter().all(|part| {
            let end = match part {
                NodePart::Branch { parts, at } => {
                    let next = parts.branches.get(at + 1).map(|branch| branch.node);
                    let next = next.or_else(|| parts.otherwise.as_ref().map(|(node, _)| *node));
                    next.map_or_else(|| self.program.span(parts.node).end, |node| self.start(node))
                }
                NodePart::Else { parts, .. } => self.program.span(parts.node).end,
                NodePart::Loop(each) => self.program.span(each.node).end,
            };
            start < end
        })
    }
}

fn is_empty_list(expression: &Expression) -> bool {
    matches!(&expression.kind, Kind::List(items) if items.is_empty())
}

fn site_of<'p>(set: &'p Set, start: u32) -> Option<Site<'p>> {
    let slot = set.target.variable().filter(|_| set.target.steps.is_empty())?;
    let what = match &set.value.kind {
        Kind::Boolean(true) => VariableChange::Flag(set.node),
        Kind::Boolean(false) => VariableChange::Reset(set.node),
        _ => VariableChange::Set(&set.value),
    };
    Some(Site { slot, start, what })
}

/// The calls that add to a variable or a member of one, in a statement.
fn added<'p>(reference: &'p Reference, found: &mut dyn FnMut(&'p Reference)) {
    if let Some((name, args)) = last_call(reference) {
        if name.is_some_and(Method::fills) {
            found(reference);
        }
        for arg in args {
            if let Kind::Reference(inner) = &arg.kind {
                added(inner, found);
            }
        }
    }
}

/// Tells of each loop.
struct LoopSearch<F>(F);

impl<'p, F: FnMut(&'p Foreach)> Visit<'p> for LoopSearch<F> {
    fn foreach(&mut self, each: &'p Foreach) {
        (self.0)(each);
        walk_foreach(self, each);
    }
}

/// The mode that a condition asks for: `$util.authType() == "…"`, or the old transformer's `$authMode == "userPools"`.
fn asked_modes(program: &Program, condition: &Expression) -> Vec<AuthType> {
    match &condition.kind {
        Kind::And(sides) | Kind::Or(sides) => {
            let mut both = asked_modes(program, &sides.0);
            both.extend(asked_modes(program, &sides.1));
            both
        }
        _ => mode(program, condition).into_iter().collect(),
    }
}

fn mode(program: &Program, condition: &Expression) -> Option<AuthType> {
    match &condition.kind {
        Kind::Compare(crate::syntax::ComparisonOperator::Equal, sides) => {
            let is_mode = |side: &Expression| match &side.kind {
                Kind::Reference(reference) => {
                    reference.called() == Some(Method::AuthType)
                        || reference.passes("authMode")
                        || program.name(reference.root) == "authMode"
                }
                _ => false,
            };
            let (mode, other) = if is_mode(&sides.0) { (&sides.0, &sides.1) } else { (&sides.1, &sides.0) };
            let word = text(other).filter(|_| is_mode(mode))?;
            AuthType::parse(word).or_else(|| super::rule::Provider::parse(word).map(super::rule::Provider::mode))
        }
        _ => None,
    }
}

/// `$ctx.args.input.containsKey("salary")`
fn region(condition: &Expression) -> Option<String> {
    match &condition.kind {
        Kind::And(sides) => region(&sides.0).or_else(|| region(&sides.1)),
        Kind::Reference(reference) => match last_call(reference)? {
            (Some(Method::ContainsKey), [key]) => text(key).map(str::to_owned),
            _ => None,
        },
        _ => None,
    }
}

/// The name that a link stands for: `.name`, `.get("name")`, `.containsKey("name")`, `["name"]`.
fn step_name(step: &crate::syntax::Step) -> Option<&str> {
    match &step.kind {
        StepKind::Property(name) => Some(name),
        StepKind::Method { method: Some(Method::Get | Method::ContainsKey), args, .. } => text(args.first()?),
        StepKind::Method { .. } => None,
        StepKind::Index(index) => text(index),
    }
}

/// A literal text.
pub(super) fn text(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}

fn member<'e>(entries: &'e [(Expression, Expression)], key: &str) -> Option<&'e str> {
    entries.iter().find(|(name, _)| text(name) == Some(key)).and_then(|(_, value)| text(value))
}

fn texts(entries: &[(Expression, Expression)], key: &str) -> Vec<String> {
    let value = entries.iter().find(|(name, _)| text(name) == Some(key)).map(|(_, value)| &value.kind);
    match value {
        Some(Kind::List(items)) => items.iter().filter_map(text).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
