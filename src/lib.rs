//! Runs AWS AppSync VTL resolver templates offline and tells why a request was refused.
//!
//! A template that is compiled once: run for its output, and asked why it refused.
//!
//! ```
//! use vtl_eval::{Context, Template, Verdict, evaluate, explain};
//!
//! let template = Template::parse("auth.vtl", r#"#if(!$ctx.identity.claims.get("cognito:groups").contains("Admin"))
//! $util.unauthorized()
//! #end{"id": $util.toJson($ctx.args.id)}"#)?;
//! let admin = Context::with_claims(r#"{"cognito:groups": ["Admin"]}"#)?.member("arguments", r#"{"id": 7}"#)?;
//! assert_eq!(evaluate(&template, &admin)?.output().trim(), r#"{"id": 7}"#);
//! let why = explain(&template, &Context::with_claims(r#"{"cognito:groups": ["admin"]}"#)?)?;
//! assert_eq!((why.verdict(), why.line()), (Verdict::Denied, Some(2)));
//! assert_eq!(why.hints()[0].code.as_str(), "group-case-mismatch");
//! # Ok::<(), vtl_eval::Error>(())
//! ```
//!
//! A field of a whole project is explained by [`Project::explain`]; [`check`], [`diagnose`], [`token`] and
//! [`Project::matrix`] are what the commands of these names do.
//!
//! # Features
//!
//! `cli`, the default, is the command; `verify` checks signatures of tokens against a JWKS; `projects` finds a project from its
//! root and reads Terraform. Without them (`default-features = false`) the library needs no terminal and no threads, has at
//! most 65 crates below it, and builds for `wasm32-unknown-unknown`. `internals` opens the modules to fuzz targets, benches and
//! tests.
//!
//! # Versions
//!
//! Semantic versioning. The promise: the names at the root of this crate and what they do, the members of the JSON forms
//! (`"schema": 1`; new ones may come), and the codes of [`Code`]. Outside of it: `internals`, `cli`, the words of messages, and how
//! a text report looks. The oldest Rust that builds it (`rust-version`) moves only with a minor version.
//!
//! The modules are in docs/architecture.md, from the bottom up.

// Nothing panics on bad input: what cannot fail says why (`expect`, `unreachable!`).
#![cfg_attr(not(test), warn(clippy::unwrap_used))]
// What only tests, fuzz targets and benches use is dead in a plain build.
#![cfg_attr(not(feature = "internals"), allow(dead_code, unused_imports, unreachable_pub))]

/// Private modules, open to fuzz targets, benches and tests by the feature `internals`.
macro_rules! internals {
    ($($module:ident)*) => {
        $(
            #[cfg(feature = "internals")]
            pub mod $module;
            #[cfg(not(feature = "internals"))]
            mod $module;
        )*
    };
}

internals! {
    appsync code diagnostic eval explain files finding json message nearest open paste project records report request resolver
    rules source suite syntax trace value
}

mod library;

pub use appsync::AuthType;
pub use code::{Certainty, Code, Kind, Severity, Stage};
pub use finding::Finding as Hint;
pub use library::{
    Candidate, Context, Decision, Diagnosis, Error, ErrorKind, Explanation, Matrix, Note, Problem, Project, Suggestion,
    Template, Token, check, diagnose, evaluate, explain, token,
};
pub use message::{Message, Part};
pub use trace::{DecisionKind, Verdict};

#[cfg(feature = "cli")]
pub mod cli;

#[cfg(doctest)]
#[doc = include_str!("../docs/testing.md")]
mod testing {}
