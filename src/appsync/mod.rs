//! What AppSync adds to Velocity: the context, the caller's identity, errors, and `$util`.

pub(crate) mod address;
pub mod context;
mod env;
mod error;
mod given;
mod path;
pub mod identity;
mod provider_group;
pub mod util;

pub use context::Context;
pub use env::{Env, ExtensionCall, RaisedNote};
pub use crate::paste::jwt;
pub use error::ThrownError;
pub use util::extensions as filter_limits;
pub use given::Given;
pub use path::{ContextPath, NotAPath};
pub use provider_group::{ProviderGroup, provider_of};
pub use identity::AuthType;
