//! The language and its values: every construct, method and `$util` function, by examples and recordings.

#[path = "../support/mod.rs"]
mod support;

mod conformance;
mod constructs;
mod errors;
mod methods;
mod properties;
mod regex;
mod slips;
mod tree;
mod util;
mod util_auth_rules;
mod walker;
