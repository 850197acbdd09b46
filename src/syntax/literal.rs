//! The text that Velocity 1.7 joins to a string in place of a null operand of `+`.

use super::{Expression, ExpressionKind, Program};

impl Program {
    /// An operand's source text as Velocity has it (VELOCITY-SEMANTICS, "String concatenation"): that of an operand in
    /// parentheses is what stands in them, that of an operation its right side only; both with the blanks around.
    pub fn literal(&self, operand: &Expression) -> &str {
        let text = &*self.source.text;
        let at = |node| {
            let span = self.span(node);
            (span.start as usize, span.end as usize)
        };
        let (mut start, mut end) = at(operand.node);
        let mut inner = None;
        while text[..start].trim_end().ends_with('(') && text[end..].trim_start().starts_with(')') {
            (start, end) = (text[..start].trim_end().len(), skip_blanks(text, end));
            inner = Some(&text[start..end]);
            (start, end) = (start - 1, end + 1);
        }
        match (inner, &operand.kind) {
            (Some(inner), _) => inner,
            (None, ExpressionKind::Arithmetic(_, sides)) => {
                let ((_, left_end), (right_start, _)) = (at(sides.0.node), at(sides.1.node));
                let between = &text[left_end..right_start];
                let operator = between.find(['+', '-', '*', '/', '%']).unwrap_or(0);
                &text[left_end + operator + 1..skip_blanks(text, end)]
            }
            _ => &text[start..end],
        }
    }
}

fn skip_blanks(text: &str, at: usize) -> usize {
    text.len() - text[at..].trim_start().len()
}
