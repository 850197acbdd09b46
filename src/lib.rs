//! Runs AWS AppSync VTL resolver templates offline and tells why a request was refused.
//!
//! A template, and why it decided as it did:
//!
//! ```
//! use vtl_eval::{Context, Template, explain};
//!
//! let template = Template::parse("hello.vtl", "Hello $ctx.args.name!")?;
//! let context = Context::from_json(r#"{"arguments": {"name": "Ann"}}"#)?;
//! assert_eq!(explain(&template, &context)?.output(), "Hello Ann!");
//! # Ok::<(), vtl_eval::Error>(())
//! ```
//!
//! A field of a whole project is explained by [`Project::explain`]; [`check`], [`diagnose`], [`token`] and
//! [`Project::matrix`] are what the commands of these names do.
//!
//! Features: `cli`, the default, is the command; `verify` checks signatures of tokens against a JWKS. Without them
//! (`default-features = false`) the library needs no terminal and no threads, and builds for `wasm32-unknown-unknown`.
//! `internals` opens the modules to fuzz targets, benches and tests; it is outside of semantic versioning.
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
