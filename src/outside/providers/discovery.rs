//! OpenID Connect Discovery: what an issuer says of itself.
//!
//! Invariant: a document counts only if it names as issuer whom we asked, so that no other can speak for it.

use serde::Deserialize;
use url::Url;

use super::ProviderError;
use super::client::{get, read};
use crate::outside::http::Http;

const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// What is used of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    pub issuer: String,
    pub authorization_endpoint: Url,
    pub token_endpoint: Url,
    pub jwks_uri: Url,
    pub userinfo_endpoint: Option<Url>,
    /// RFC 9207: the browser brings `iss` back.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    #[serde(default)]
    pub code_challenge_methods_supported: Vec<String>,
    #[serde(default)]
    pub token_endpoint_auth_methods_supported: Vec<String>,
}

/// Asks `issuer`. `is_them` compares the issuer that was asked, without a slash at its end, with the one that answers.
pub async fn discover(
    http: &Http,
    issuer: &Url,
    is_them: fn(asked: &str, stated: &str) -> bool,
) -> Result<Metadata, ProviderError> {
    let asked = issuer.as_str().trim_end_matches('/');
    let url = Url::parse(&format!("{asked}{WELL_KNOWN}"))
        .map_err(|_| ProviderError::Refused("the issuer is not an address".into()))?;
    let metadata: Metadata = read(http, get(&url)).await?;
    if !is_them(asked, &metadata.issuer) {
        let host = issuer.host_str().unwrap_or_default();
        return Err(ProviderError::Refused(format!("{host} says that it is another issuer")));
    }
    // The browser goes there: no `javascript:`, and no plain http but where the operator said so.
    http.allows(&metadata.authorization_endpoint)?;
    Ok(metadata)
}

/// The same issuer, but for a slash at the end: both lead to one document.
pub fn same(asked: &str, stated: &str) -> bool {
    stated.trim_end_matches('/') == asked
}
