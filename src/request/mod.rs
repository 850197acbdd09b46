//! Before any template runs: the token, the mode, the policies and the Lambda authorizer that a request passes.

pub mod archive;
pub mod authorizer;
pub mod credentials;
pub mod evidence;
pub mod har;
pub mod iam;
#[cfg(feature = "verify")]
pub mod jwks;
pub mod layer;
pub mod messages;
pub mod mode;
pub mod operation;
pub mod schema;
pub mod secret;
pub mod token;
pub mod witness;

pub use evidence::{ApiConfig, Evidence, Observed};
pub use layer::{Layer, LayerName, State};
