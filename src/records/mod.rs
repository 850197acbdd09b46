//! What a rendered request carries to its data source, judged against given rows, term by term.
//!
//! A resolver that passes its templates may still be refused, or filtered, by the data source: a DynamoDB condition,
//! filter or key condition, an OpenSearch query, a statement of SQL. [`request::read`] finds what a request carries, as
//! [`Carried`]; its [`Condition`] is one tree for every form that it may be written in; [`Condition::judge`] says of each
//! term whether it holds on a row, with both values; [`verdict`] says what AppSync makes of that.
//!
//! Nothing is guessed: a term whose row, attribute or value is not given, or whose rule is not public, is
//! [`Truth::Unknown`] with a [`Unjudged`].

pub mod attribute;
pub mod condition;
pub mod expression;
mod judge;
pub mod judged;
mod object;
mod opensearch;
mod refusal;
pub mod request;
mod reserved;
mod role;
pub mod row;
mod sql;
mod unjudged;
mod unread;
pub mod verdict;

pub use attribute::Attribute;
pub use condition::{Bound, Comparator, Condition, Given, Operand, Path, Step, Term, Test};
pub use judged::{Deciding, Found, Judged, Judgement, Side, Truth};
pub use object::read as read_filter;
pub use refusal::Refusal;
pub use request::{Carried, Form, Operation, read};
pub use role::CarriedRole;
pub use row::{Row, Subject};
pub use unjudged::Unjudged;
