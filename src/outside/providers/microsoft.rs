//! Microsoft: work, school and personal accounts.
//!
//! One endpoint serves all tenants, so its issuer is a template that each token fills with its own tenant. A tenant's
//! administrator can write any address into an account: none is ever taken for verified (nOAuth).

use super::ProviderError;
use super::claims::Claims;
use super::openid::{Dialect, known};

pub const NAME: &str = "Microsoft";
pub const HOST: &str = "https://login.microsoftonline.com";
/// Every account there is.
pub const TENANT: &str = "common";
/// The tenant of all personal accounts.
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
const PLACEHOLDER: &str = "{tenantid}";

/// Four panes.
pub const ICON: &str = "M3 3h8.5v8.5H3zM12.5 3H21v8.5h-8.5zM3 12.5h8.5V21H3zM12.5 12.5H21V21h-8.5z";

/// Whatever the configuration says.
pub const TRUSTED: bool = false;

pub fn dialect() -> Dialect {
    Dialect {
        is_them,
        is_issuer,
        // The token's own issuer, which names the tenant, not the template.
        key: |_, claims| known(claims.text("iss").unwrap_or_default(), claims, "oid"),
        email: |claims| claims.email("email", false),
        labels: &["preferred_username", "email"],
        ..Dialect::STANDARD
    }
}

/// `…/common/v2.0` answers with `…/{tenantid}/v2.0`, `…/consumers/v2.0` and `…/example.org/v2.0` with the tenant's id.
fn is_them(asked: &str, stated: &str) -> bool {
    let Some((host, tenant)) = tenant_of(asked) else { return false };
    tenant_of(stated).is_some_and(|(stated_host, stated_tenant)| {
        host == stated_host
            && (tenant == stated_tenant
                || match tenant {
                    "common" | "organizations" => stated_tenant == PLACEHOLDER,
                    "consumers" => stated_tenant == PERSONAL,
                    // A tenant's domain: its document gives the id.
                    name => name.contains('.') && is_tenant_id(stated_tenant),
                })
    })
}

/// `https://host/TENANT/v2.0`
fn tenant_of(issuer: &str) -> Option<(&str, &str)> {
    issuer.strip_suffix("/v2.0")?.rsplit_once('/')
}

fn is_issuer(stated: &str, claims: &Claims) -> bool {
    let Some(tenant) = claims.text("tid").filter(|tid| is_tenant_id(tid)) else { return false };
    claims.text("iss") == Some(stated.replace(PLACEHOLDER, tenant).as_str())
}

fn is_tenant_id(raw: &str) -> bool {
    raw.len() == 36 && uuid::Uuid::try_parse(raw).is_ok()
}

/// The issuer to ask, of a tenant: a name, a domain or an id.
pub fn issuer(host: &str, tenant: &str) -> Result<String, ProviderError> {
    let fits = !tenant.is_empty()
        && tenant.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
        && !tenant.starts_with('.');
    if fits {
        Ok(format!("{}/{tenant}/v2.0", host.trim_end_matches('/')))
    } else {
        Err(ProviderError::Refused("a tenant is common, organizations, consumers, a domain or an id".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT_ID: &str = "11111111-2222-3333-4444-555555555555";

    #[test]
    fn only_the_template_or_the_tenant_that_was_asked_is_microsoft() {
        let stated = |tenant: &str| format!("{HOST}/{tenant}/v2.0");
        for (asked, answer, fits) in [
            ("common", PLACEHOLDER, true),
            ("organizations", PLACEHOLDER, true),
            ("consumers", PERSONAL, true),
            ("consumers", PLACEHOLDER, false),
            ("common", TENANT_ID, false),
            (TENANT_ID, TENANT_ID, true),
            (TENANT_ID, PERSONAL, false),
            (TENANT_ID, PLACEHOLDER, false),
            ("contoso.example", TENANT_ID, true),
            ("contoso.example", PLACEHOLDER, false),
        ] {
            assert_eq!(is_them(&issuer(HOST, asked).unwrap(), &stated(answer)), fits, "{asked} {answer}");
        }
        assert!(!is_them(&stated("common"), "https://login.evil.example/{tenantid}/v2.0"));
        assert!(!is_them(&stated("common"), &format!("{HOST}/{PLACEHOLDER}")));
    }

    #[test]
    fn a_tenant_cannot_lead_to_another_path() {
        for bad in ["", "a/b", "..", "a?b", "a#b", "ü"] {
            assert!(issuer(HOST, bad).is_err(), "{bad}");
        }
    }
}
