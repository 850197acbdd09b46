//! What a rendered request carries to its data source, judged against given rows, term by term.
//!
//! A resolver that passes its templates may still be refused, or filtered, by the data source: a DynamoDB condition,
//! filter or key condition, an OpenSearch query, a statement of SQL. [`request::read`] finds what a request carries, as
//! [`Carried`]; its [`RowCondition`] is one tree for every form that it may be written in; [`Condition::judge`] says of each
//! term whether it holds on a row, with both values; [`verdict`] says what AppSync makes of that.
//!
//! Nothing is guessed: a term whose row, attribute or value is not given, or whose rule is not public, is
//! [`Truth::Unknown`] with a [`Unjudged`].

#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

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
mod update;
pub mod verdict;

pub use attribute::Attribute;
pub use condition::{Bound, Comparator, RowCondition, BoundValue, RowOperand, Path, PathStep, SqlHow, Term, TermTest};
pub use judged::{Deciding, SideValue, JudgedCondition, Judgement, Side, Truth};
pub use object::read as read_filter;
pub use refusal::{DataRefusal, of_text};
pub use reserved::is_reserved;
pub use request::{Carried, CarriedForm, DataOperation, read};
pub use role::CarriedRole;
pub use row::{Row, RowSubject};
pub use unjudged::Unjudged;
pub use update::{of_update, set_by};
