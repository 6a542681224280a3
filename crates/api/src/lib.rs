//! The wire types of noout's own API, `/api/v1/…`, and the one list of its endpoints.
//!
//! The server routes by this list, the OpenAPI document is made of it, and a test compares the document with the one that
//! is checked in (`openapi.json`), so that a change of the API is seen in review. Renew it with
//! `UPDATE_OPENAPI=1 cargo test -p noout-api`.

mod endpoint;
mod intake;
mod meeting;
mod openapi;
mod requests;
mod responses;
mod roster;

pub use endpoint::{ENDPOINTS, Endpoint, Method};
pub use intake::*;
pub use meeting::*;
pub use openapi::openapi_json;
pub use requests::*;
pub use responses::*;
pub use roster::*;

/// Most things in one list, whatever the caller asks for: a page stays readable and a read short.
pub const MAX_LIST: usize = 1000;

/// Things in one list if the caller does not say.
pub const DEFAULT_LIST: usize = 100;
