//! Whether a template's code names something; its comments, and the text that it prints, name nothing.

use crate::syntax::visit::{Visit, walk_expression, walk_statement, walk_step};
use crate::syntax::{Expression, ExpressionKind as Kind, Program, Reference, Statement, StepKind};

/// Whether this text stands in a string of the template's code, or is the name of a member or a function in it.
pub fn mentions(program: &Program, text: &str) -> bool {
    let mut search = MentionSearch { text, strings: 0, found: false };
    search.program(program);
    search.found
}

struct MentionSearch<'t> {
    text: &'t str,
    /// Interpolated strings around the place.
    strings: usize,
    found: bool,
}

impl<'p> Visit<'p> for MentionSearch<'_> {
    fn statement(&mut self, statement: &'p Statement) {
        if let Statement::Text(text) = statement {
            self.found |= self.strings > 0 && text.contains(self.text);
        }
        walk_statement(self, statement);
    }

    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::String(text) = &expression.kind {
            self.found |= text.contains(self.text);
        }
        let string = usize::from(matches!(expression.kind, Kind::Interpolated { .. }));
        self.strings += string;
        walk_expression(self, expression);
        self.strings -= string;
    }

    fn step(&mut self, reference: &'p Reference, at: usize) {
        let step = &reference.steps[at];
        if let StepKind::Property(name) | StepKind::Method { name, .. } = &step.kind {
            self.found |= name == self.text;
        }
        walk_step(self, step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::syntax::parse;

    #[test]
    fn code_names_and_comments_do_not() {
        let mode = "IAM Authorization";
        for (template, wanted) in [
            ("#if($util.authType() == \"IAM Authorization\")x#end", true),
            ("#set($modes = ['IAM Authorization'])", true),
            ("#set($words = \"$x: IAM Authorization\")", true),
            ("#set($x = {\"a\": [\"$m.get('IAM Authorization')\"]})", true),
            ("## IAM Authorization", false),
            ("#* IAM Authorization *#", false),
            ("IAM Authorization", false),
            ("#[[IAM Authorization]]#", false),
        ] {
            let program = parse(&Source::new("t", template)).unwrap();
            assert_eq!(mentions(&program, mode), wanted, "{template}");
        }
        for (template, wanted) in [
            ("#if($util.authType() == 'x')#end", true),
            ("$ctx.stash.authType", true),
            ("$ctx.stash.get(\"authType\")", true),
            ("authType", false),
        ] {
            let program = parse(&Source::new("t", template)).unwrap();
            assert_eq!(mentions(&program, "authType"), wanted, "{template}");
        }
    }
}
