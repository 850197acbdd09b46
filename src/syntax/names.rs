//! What a template's code names and what it writes, asked of the tree: a comment names nothing.

use super::visit::{References, Visit, walk_expression, walk_reference, walk_statement, walk_step};
use super::{
    ComparisonOperator, Expression, ExpressionKind as Kind, Program, Reference, Slot, Statement, Step, StepKind,
};
use crate::value::method::Method;

impl Reference {
    /// Whether a link of its chain leads to a member of this name: `.name`, `.get("name")`, `["name"]`.
    pub fn passes(&self, member: &str) -> bool {
        let is_name = |part: &Expression| matches!(&part.kind, Kind::String(text) if text == member);
        self.steps.iter().any(|step| match &step.kind {
            StepKind::Property(name) => name == member,
            StepKind::Method { method: Some(Method::Get), args, .. } => args.first().is_some_and(is_name),
            StepKind::Index(index) => is_name(index),
            StepKind::Method { .. } => false,
        })
    }

    /// Whether it looks at who calls: the identity, the mode, or what `$util.authRules` makes of both.
    pub fn asks_for_caller(&self) -> bool {
        let asks = [Method::AuthType, Method::MutationAuth, Method::QueryAuth, Method::SubscriptionAuth];
        self.passes("identity") || self.called().is_some_and(|called| asks.contains(&called))
    }

    /// Whether its chain begins with these members, written with dots.
    pub fn begins_with(&self, members: &[&str]) -> bool {
        self.steps.get(..members.len()).is_some_and(|steps| are_members(steps, members))
    }

    /// Whether its chain ends with these members, written with dots.
    pub fn ends_with(&self, members: &[&str]) -> bool {
        let from = self.steps.len().checked_sub(members.len());
        from.is_some_and(|from| are_members(&self.steps[from..], members))
    }

    /// Whether it is `$ctx` as a whole.
    pub fn is_whole_context(&self) -> bool {
        self.steps.is_empty() && matches!(self.root, Slot::CTX | Slot::CONTEXT)
    }
}

fn are_members(steps: &[Step], members: &[&str]) -> bool {
    steps.iter().zip(members).all(|(step, member)| matches!(&step.kind, StepKind::Property(name) if name == member))
}

/// Whether an expression says no somewhere: `!`, or `!=`.
pub fn negates(expression: &Expression) -> bool {
    struct NegationSearch(bool);
    impl<'p> Visit<'p> for NegationSearch {
        fn expression(&mut self, expression: &'p Expression) {
            self.0 |= matches!(expression.kind, Kind::Not(_) | Kind::Compare(ComparisonOperator::NotEqual, _));
            walk_expression(self, expression);
        }
    }
    let mut search = NegationSearch(false);
    search.expression(expression);
    search.0
}

/// Whether a reference in this expression passes a member of this name.
pub fn reads_member(expression: &Expression, member: &str) -> bool {
    let mut found = false;
    References(|reference: &Reference| found |= reference.passes(member)).expression(expression);
    found
}

impl Program {
    /// Whether one of the texts that it prints, or a string of its code, holds these words.
    pub fn writes(&self, words: &str) -> bool {
        let mut found = false;
        Texts(|text: &str| found |= text.contains(words)).program(self);
        found
    }

    /// Whether it writes this as a text of JSON: in quotation marks in what it prints, or as a string of its code.
    pub fn writes_json(&self, word: &str) -> bool {
        let quoted = format!("\"{word}\"");
        let mut found = false;
        Texts(|text: &str| found |= text == word || text.contains(&quoted)).program(self);
        found
    }

    /// Whether a string or a name in this part of it says one of these words, in whatever case; they are in lower case.
    pub fn says_in<'p>(&'p self, look: impl FnOnce(&mut dyn Visit<'p>), words: &[&str]) -> bool {
        let mut search = WordSearch { program: self, words, strings: 0, found: false };
        look(&mut search);
        search.found
    }

    /// Whether a string or a name of its code says this word, in whatever case; it is in lower case.
    pub fn says(&self, word: &str) -> bool {
        self.says_in(|visit| visit.program(self), &[word])
    }
}

/// Tells of each text that is printed and of each string.
struct Texts<F>(F);

impl<'p, F: FnMut(&'p str)> Visit<'p> for Texts<F> {
    fn statement(&mut self, statement: &'p Statement) {
        if let Statement::Text(text) = statement {
            (self.0)(text);
        }
        walk_statement(self, statement);
    }

    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::String(text) = &expression.kind {
            (self.0)(text);
        }
        walk_expression(self, expression);
    }
}

struct WordSearch<'p, 'w> {
    program: &'p Program,
    words: &'w [&'w str],
    /// Interpolated strings around the place.
    strings: usize,
    found: bool,
}

impl WordSearch<'_, '_> {
    fn look(&mut self, text: &str) {
        let text = text.to_lowercase();
        self.found |= self.words.iter().any(|word| text.contains(word));
    }
}

impl<'p> Visit<'p> for WordSearch<'p, '_> {
    fn statement(&mut self, statement: &'p Statement) {
        if let Statement::Text(text) = statement
            && self.strings > 0
        {
            self.look(text);
        }
        walk_statement(self, statement);
    }

    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::String(text) = &expression.kind {
            self.look(text);
        }
        let string = usize::from(matches!(expression.kind, Kind::Interpolated { .. }));
        self.strings += string;
        walk_expression(self, expression);
        self.strings -= string;
    }

    fn reference(&mut self, reference: &'p Reference) {
        self.look(self.program.name(reference.root));
        walk_reference(self, reference);
    }

    fn step(&mut self, reference: &'p Reference, at: usize) {
        let step = &reference.steps[at];
        if let StepKind::Property(name) | StepKind::Method { name, .. } = &step.kind {
            self.look(name);
        }
        walk_step(self, step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::syntax::parse;

    fn program(text: &str) -> Program {
        parse(&Source::new("t", text)).unwrap()
    }

    #[test]
    fn a_member_is_passed_however_it_is_written() {
        for (template, wanted) in [
            ("$ctx.identity.sub", true),
            ("$x.get('identity')", true),
            ("$ctx[\"identity\"]", true),
            ("$ctx.identityPool", false),
            ("$ctx.args.get(\"the identity\")", false),
            ("$identity.sub", false),
        ] {
            let program = program(template);
            assert_eq!(program.references()[0].passes("identity"), wanted, "{template}");
        }
        let items = program("$ctx.result.items");
        let items = items.references()[0];
        assert!(items.ends_with(&["result", "items"]) && items.begins_with(&["result"]));
        assert!(!items.ends_with(&["a", "result", "items"]) && !items.begins_with(&["items"]));
        assert!(program("$util.toJson($ctx)").references().iter().any(|reference| reference.is_whole_context()));
    }

    #[test]
    fn comments_write_and_say_nothing() {
        for (template, wanted) in [
            ("{\"operation\": \"PutItem\"}", true),
            ("#set($request = {'operation': 'PutItem'})", true),
            ("#set($text = \"{ \"\"operation\"\": \"\"PutItem\"\"}$x\")", true),
            ("## \"PutItem\"", false),
            ("#* \"PutItem\" *#", false),
            ("#set($PutItem = 1)", false),
        ] {
            assert_eq!(program(template).writes_json("PutItem"), wanted, "{template}");
        }
        assert!(program("a SELECT 1").writes("SELECT "));
        for (template, wanted) in [
            ("$util.error('Not Authorized')", true),
            ("$messages.unauthorized", true),
            ("$notAuthorized", true),
            ("#set($x = \"$y is not authorized\")", true),
            ("not authorized", false),
            ("## authorized", false),
        ] {
            assert_eq!(program(template).says("authorized"), wanted, "{template}");
        }
    }
}
