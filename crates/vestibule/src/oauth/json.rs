//! A JSON document that an application sends. Its media type forces a preflight on pages of other origins: that is what
//! keeps them from asking by somebody's cookie.

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::Response;
use serde::de::DeserializeOwned;
use vestibule_ledger::changes::Browser;

use crate::web::{Site, Visit, body};

use super::problem::ApiError;

/// A document of this shape, and the visit that sent it.
pub struct ClientJson<T> {
    pub(super) visit: Visit,
    pub(super) body: T,
}

impl<T> ClientJson<T> {
    /// Where it comes from.
    pub(super) fn browser(&self) -> Browser {
        self.visit.browser()
    }
}

impl<T: DeserializeOwned> FromRequest<Site> for ClientJson<T> {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Response> {
        let (mut parts, content) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, site).await?;
        let refused = |message| Response::from(ApiError::bad_request(message));
        let bytes = body::json(&parts.headers, content).await.map_err(|_| refused("the body is not JSON"))?;
        let body =
            serde_json::from_slice(&bytes).map_err(|_| refused("the document is not the one that was expected"))?;
        Ok(Self { visit, body })
    }
}
