//! Why a request was decided as it was: decisions, causes, hints, suggestions, and how they read.

#[path = "../support/mod.rs"]
mod support;

mod alike;
mod callers;
mod compare;
mod contradiction;
mod decided;
mod diagnose;
mod directives;
mod face;
mod findings;
mod findings_npm;
mod flags;
mod front;
mod hints;
mod iam;
mod nearness;
mod operands;
mod records;
mod reports;
mod scores;
mod tracing;
mod unknown;
