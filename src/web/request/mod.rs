//! A request as handlers see it. They take what they need from it as `Result`s, when they need it: the visitor before
//! the body, the body under its route's cap.

mod arrival;
mod json;
mod peer;
mod query;

pub use arrival::{Arrival, RequestId};
pub use peer::client_ip;

use std::net::IpAddr;
use std::sync::Arc;

use http::{HeaderMap, Method, header};
use serde::de::DeserializeOwned;

use super::Shared;
use super::problem::{Problem, kinds};
use super::route::{FORM, RouteRow};
use crate::actions::{self, comments::Sender};
use crate::app::App;
use crate::domain::{Origin, Refusal, Site, SiteKey, Visitor};

/// An arrival that a route answers.
pub struct Request(Arc<Arrival>);

impl Request {
    pub(super) fn new(arrival: Arc<Arrival>, row: Arc<RouteRow>) -> Request {
        arrival.matched(row);
        Request(arrival)
    }

    pub fn app(&self) -> &App {
        &self.0.shared().app
    }

    pub fn method(&self) -> &Method {
        &self.0.method
    }

    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// A header's value, if it is there once, and text.
    pub fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        let mut values = self.0.headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    }

    /// The path as it came, without the path of `base_url`.
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// The query string as it came.
    pub fn raw_query(&self) -> &str {
        self.0.query()
    }

    /// The pattern of the route that answers.
    pub fn pattern(&self) -> &'static str {
        self.row().pattern.as_str()
    }

    pub fn row(&self) -> &Arc<RouteRow> {
        self.0.row().expect("a route answers")
    }

    pub fn id(&self) -> RequestId {
        self.0.id
    }

    /// Whether it came after the signal to stop.
    pub fn is_too_late(&self) -> bool {
        self.0.too_late
    }

    /// Who sent it: the peer, or whom a trusted proxy names. An IPv6 address is whole.
    pub fn ip(&self) -> Option<IpAddr> {
        let proxies = &self.app().config.server.trusted_proxies;
        self.0.peer.map(|peer| client_ip(peer, &self.0.headers, proxies))
    }

    /// What the browser calls itself, cut short.
    pub fn user_agent(&self) -> &str {
        const MAX_BYTES: usize = 300;
        let agent = self.header(header::USER_AGENT).unwrap_or_default();
        // `to_str` lets only ASCII pass, so that every byte is a boundary.
        &agent[..agent.len().min(MAX_BYTES)]
    }

    /// Address and user agent, as actions take them.
    pub fn sender(&self) -> Sender {
        Sender { ip: self.ip(), user_agent: self.user_agent().to_owned() }
    }

    /// The query's parameters. Unknown ones are tolerated: proxies and analytics add some.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        query::parse(self.raw_query())
    }

    /// Every value of a parameter that may come more than once, in order.
    pub fn query_all(&self, name: &str) -> Vec<String> {
        query::all(self.raw_query(), name)
    }

    /// The JSON body, read now, under the route's cap and the server's body deadline. It can be read once.
    pub async fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        json::read(&self.0, self.row().cap).await
    }

    /// A form's fields, as an HTML page posts them: only other servers' pages send us any.
    pub async fn form<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let media = self.header(header::CONTENT_TYPE).and_then(|media| media.split(';').next());
        if !media.is_some_and(|media| media.trim().eq_ignore_ascii_case(FORM)) {
            return Err(Problem::new(&kinds::WRONG_CONTENT_TYPE, "expected a form"));
        }
        let bytes = json::bytes(&self.0, self.row().cap).await?;
        let text =
            std::str::from_utf8(&bytes).map_err(|_| Problem::new(&kinds::BAD_QUERY, "expected text"))?;
        query::parse(text)
    }

    pub fn site(&self, key: &SiteKey) -> Result<Arc<Site>, Problem> {
        Ok(actions::sites::find(self.app(), key)?)
    }

    /// The origin of the page that asks. Browsers leave the header out of same-origin reads: then it is our own.
    pub fn origin(&self) -> Option<Origin> {
        if self.0.headers.contains_key(header::ORIGIN) {
            // Browsers send the serialised form. Whatever else means the same is not from one.
            let sent = self.header(header::ORIGIN)?;
            return Origin::parse(sent).filter(|origin| origin.as_str() == sent);
        }
        let reads = matches!(*self.method(), Method::GET | Method::HEAD);
        let from_elsewhere = self.header("sec-fetch-site").is_some_and(|site| site != "same-origin");
        (reads && !from_elsewhere).then(|| Origin::parse(&self.app().config.server.base_url.origin)).flatten()
    }

    /// The origin of the page that asks, which must be one of the site's. Either way the owner sees that it asked.
    pub fn site_origin(&self, site: &Site) -> Result<Origin, Problem> {
        let now = self.app().clock.now();
        let Some(origin) = self.origin() else {
            let named = self.header(header::ORIGIN).unwrap_or("a page that does not say where it is");
            return Err(Refusal::OriginNotAllowed { origin: named.to_owned() }.into());
        };
        let allowed = site.allows(&origin, now);
        self.app().sightings.note(site.id, &origin, allowed, now);
        if allowed {
            Ok(origin)
        } else {
            Err(Refusal::OriginNotAllowed { origin: origin.to_string() }.into())
        }
    }

    /// The token of `Authorization: Bearer`.
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header(header::AUTHORIZATION)?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// The first cookie of this name.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let lines = self.0.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        lines
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    /// Who asks, by their bearer token; the page they ask from must be one of the site's.
    pub async fn visitor(&self, site: &Site) -> Result<Visitor, Problem> {
        let origin = self.site_origin(site)?;
        Ok(actions::visitors::identify(self.app(), site, self.bearer(), Some(&origin)).await?)
    }

    pub(super) fn arrival(&self) -> &Arc<Arrival> {
        &self.0
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        self.0.shared()
    }
}
