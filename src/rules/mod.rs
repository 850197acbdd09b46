//! The rules from which Amplify made an API's templates: read from the model schema, and tied to the statements that they
//! became. People write `@auth` and `allow.owner()`; nobody writes these templates.

mod access;
mod evidence;
mod findings;
mod granted;
mod judge;
mod link;
mod model;
mod purpose;
mod rule;
mod sdl;
mod statement;
mod tie;
mod rule_ref;
mod write;

pub use access::{Access, AccessGrant, access};
pub use evidence::StatementEvidence;
pub use findings::{RuleFinding, findings};
pub use granted::{RuleCaller, Granted, RanTemplate};
pub use judge::{JudgedRule, RuleSays, RuleChange, Saying, Situation, caller_word, changes};
pub use model::{ModelFault, ModelField, Model, ModelType, Relation};
pub use purpose::{Purpose, Purposes, purposes};
pub use rule::{Allow, Operation, Provider, Rule};
pub use statement::StatementEffect;
pub use rule_ref::{RulePlace, RuleRef};
pub use tie::{NotFromRule, TemplateOf, Tied, TiedTemplate, Ties};
