//! The claims that Amplify's lists of roles name: `[{"claim": "cognito:groups", "entity": "Admins"}]`.

use crate::syntax::visit::{Visit, walk_expression};
use crate::syntax::{Expression, ExpressionKind as Kind, Program};

/// Each of them once.
pub(super) fn of(program: &Program) -> Vec<String> {
    let mut roles = RoleClaims::default();
    roles.program(program);
    roles.0
}

#[derive(Default)]
struct RoleClaims(Vec<String>);

impl<'p> Visit<'p> for RoleClaims {
    fn expression(&mut self, expression: &'p Expression) {
        if let Kind::Map(entries) = &expression.kind {
            for (key, value) in entries {
                if let (Kind::String(key), Kind::String(claim)) = (&key.kind, &value.kind)
                    && key == "claim"
                    && !self.0.iter().any(|known| known == claim.as_str())
                {
                    self.0.push(claim.to_string());
                }
            }
        }
        walk_expression(self, expression);
    }
}
