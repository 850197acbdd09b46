//! What was given of a caller's permissions, and where the API is: read before anything is judged (iam/).

mod account;
mod function;
mod given;
mod kind;
pub mod operator;
mod place;
mod statement;
mod template;

pub use account::of_caller;
pub use function::is_of_function;
pub use given::{NoDocument, Policies, Unread};
pub use kind::PolicyKind;
pub use place::{Mistaken, PolicyPlace, IamCall, Unit, partition};
pub use template::TemplateText;
pub use statement::{PolicyFlaw, Clause, ConditionTest, Effect, Policy, PolicyStatement};
