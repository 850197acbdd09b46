//! Runs AWS AppSync VTL resolver templates offline and tells why a request was refused.
//!
//! The modules, each importing only from those below it: [`report`] draws; [`suite`] runs many cases; [`resolver`] runs
//! whole pipelines and [`request`] judges what comes before them; [`trace`] gives events their meaning;
//! [`eval`] runs a [`syntax::Program`] in an [`appsync::Context`]; [`value`] is what Java would have; [`source`] and
//! [`diagnostic`] are texts, places and messages.
//!
//! ```
//! use vtl_eval::{appsync::{Context, Env}, eval::evaluate, source::Source, syntax::parse};
//!
//! let program = parse(&Source::new("hello.vtl", "Hello $ctx.args.name!"))?;
//! let members = vtl_eval::value::from_json_str(r#"{"arguments": {"name": "Ann"}}"#)?;
//! let context = Context::from_members(members.as_map().expect("an object"))?;
//! assert_eq!(evaluate(&program, context, &Env::default(), &mut ()).output, "Hello Ann!");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod appsync;
pub mod diagnostic;
pub mod eval;
pub mod finding;
pub mod nearest;
pub mod report;
pub mod request;
pub mod resolver;
pub mod source;
pub mod suite;
pub mod syntax;
pub mod trace;
pub mod value;

#[doc(hidden)]
pub mod cli;
