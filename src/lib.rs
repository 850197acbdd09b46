//! Runs AWS AppSync VTL resolver templates offline and tells why a request was refused.
//!
//! The modules, each importing only from those below it: [`explain`] and its types are the library in three lines; [`report`] draws; [`suite`] runs many cases; [`resolver`] runs
//! whole pipelines and [`request`] judges what comes before them; [`trace`] gives events their meaning;
//! [`records`] judges what a rendered request carries to its data source;
//! [`eval`] runs a [`syntax::Program`] in an [`appsync::Context`]; [`value`] is what Java would have; [`source`] and
//! [`diagnostic`] are texts, places and messages.
//!
//! Features: `cli`, the default, is the command; `verify` checks signatures of tokens against a JWKS. Without them
//! (`default-features = false`) the library needs no terminal and no threads, and builds for `wasm32-unknown-unknown`.
//!
//! ```
//! use vtl_eval::{Context, Template, explain};
//!
//! let template = Template::parse("hello.vtl", "Hello $ctx.args.name!")?;
//! let context = Context::from_json(r#"{"arguments": {"name": "Ann"}}"#)?;
//! assert_eq!(explain(&template, &context)?.output(), "Hello Ann!");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod appsync;
pub mod code;
pub mod diagnostic;
pub mod eval;
pub mod explain;
mod explanation;
pub mod files;
pub mod finding;
pub mod message;
pub mod nearest;
pub mod open;
pub mod project;
pub mod records;
pub mod report;
pub mod request;
pub mod resolver;
pub mod source;
pub mod suite;
pub mod syntax;
pub mod trace;
pub mod value;

pub use explain::Explanation;
pub use explanation::{Context, Template, explain};

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;

#[cfg(doctest)]
#[doc = include_str!("../docs/testing.md")]
mod testing {}
