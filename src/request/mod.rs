//! Before any template runs: the token, the mode, the policies and the Lambda authorizer that a request passes.

pub mod answer;
pub mod api;
pub mod archive;
pub mod authorizer;
pub mod behind;
pub mod complaint;
pub mod credentials;
mod digest;
mod entry;
pub mod event;
pub mod evidence;
mod exchange;
pub mod foreign;
pub mod front;
pub mod gathered;
pub mod grants;
pub mod har;
pub mod history;
pub mod iam;
pub mod invocation;
#[cfg(feature = "verify")]
pub mod jwks;
pub mod layer;
pub mod limits;
pub mod member;
mod loose;
pub mod messages;
pub mod mode;
pub mod null_climb;
pub mod observed;
pub mod operation;
pub mod page;
pub mod response;
pub mod schema;
pub mod scope;
pub mod snippet;
pub mod secret;
pub mod socket;
pub mod socket_judge;
pub mod token;
pub mod whole;

pub use api::ApiConfig;
pub use evidence::{Evidence, Observed};
pub use gathered::{Request, RequestAbout};
pub use layer::{Layer, LayerName, State};
pub use member::{Member, MemberOrigin, MemberValue};
