//! Routes: each is declared once, and everything that must agree about it comes from that declaration: the warp filter,
//! the OpenAPI document, the metrics label, the CORS headers, the permission matrix.
//!
//! ```ignore
//! route(Method::POST, "/api/v1/sites/{site}/comments")
//!     .class(Class::Api)
//!     .access(Access::Visitor)
//!     .rate(RateClass::Write)
//!     .cap(64 * KIB)
//!     .doc("Post a comment", "Its thread is made by the first one.")
//!     .takes::<PostComment>()
//!     .gives::<Posted>(StatusCode::CREATED)
//!     .to(post_comment)
//! ```
//!
//! Invariant: a path and a method decide *whether* a route answers, nothing else does.

mod class;
mod handler;
mod pattern;
mod table;
mod tree;

pub use class::{Access, Class, RateClass};
pub use handler::{Answer, Erased, Handler, PathParam};
pub use pattern::{MAX_PARAMS, Pattern, Segment};
pub use table::Table;
pub use tree::{admit, one_of};

use std::sync::Arc;

use http::{Method, StatusCode};
use utoipa::ToSchema;

use crate::web::openapi::Shape;

pub const KIB: usize = 1024;
/// How HTML pages post.
pub const FORM: &str = "application/x-www-form-urlencoded";
/// The largest body a route takes unless it says otherwise.
const DEFAULT_CAP: usize = 16 * KIB;

/// A route: what it is, and what it does.
#[derive(Clone)]
pub struct Route {
    pub row: Arc<RouteRow>,
    pub handler: Erased,
}

/// What a route is.
#[derive(Clone, Debug)]
pub struct RouteRow {
    pub method: Method,
    pub pattern: Pattern,
    pub class: Class,
    pub access: Access,
    pub rate: RateClass,
    /// The largest body it takes, in bytes.
    pub cap: usize,
    pub facts: Facts,
}

/// What the OpenAPI document says of a route.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub summary: &'static str,
    pub description: &'static str,
    pub query: Vec<QueryFact>,
    /// The body it takes, by its media type.
    pub takes: Option<(&'static str, Shape)>,
    pub gives: Vec<(StatusCode, Gives)>,
    /// Whether a person reads what is wrong: then a refusal may be a page.
    pub refuses_with_page: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct QueryFact {
    pub name: &'static str,
    pub required: bool,
    /// Whether it may come more than once.
    pub many: bool,
    pub description: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub enum Gives {
    Nothing,
    Json(Shape),
    /// Something else: its media type.
    Media(&'static str),
}

/// Begins a route's declaration; [`Draft::to`] ends it.
pub fn route(method: Method, pattern: &'static str) -> Draft {
    let cap = if method == Method::GET { 0 } else { DEFAULT_CAP };
    Draft(RouteRow {
        method,
        pattern: Pattern::new(pattern),
        class: Class::Public,
        access: Access::Anyone,
        rate: RateClass::Free,
        cap,
        facts: Facts::default(),
    })
}

#[must_use]
pub struct Draft(RouteRow);

impl Draft {
    pub fn class(mut self, class: Class) -> Draft {
        self.0.class = class;
        self
    }

    pub fn access(mut self, access: Access) -> Draft {
        self.0.access = access;
        self
    }

    pub fn rate(mut self, rate: RateClass) -> Draft {
        self.0.rate = rate;
        self
    }

    /// The largest body it takes, in bytes.
    pub fn cap(mut self, bytes: usize) -> Draft {
        self.0.cap = bytes;
        self
    }

    /// What the document says: a summary of a few words, and what is not obvious from it.
    pub fn doc(mut self, summary: &'static str, description: &'static str) -> Draft {
        self.0.facts.summary = summary;
        self.0.facts.description = description;
        self
    }

    /// A query parameter.
    pub fn query(mut self, name: &'static str, required: bool, description: &'static str) -> Draft {
        self.0.facts.query.push(QueryFact { name, required, many: false, description });
        self
    }

    /// A query parameter that comes once or more.
    pub fn query_many(mut self, name: &'static str, description: &'static str) -> Draft {
        self.0.facts.query.push(QueryFact { name, required: true, many: true, description });
        self
    }

    /// The JSON it takes.
    pub fn takes<T: ToSchema>(mut self) -> Draft {
        self.0.facts.takes = Some(("application/json", Shape::of::<T>()));
        self
    }

    /// The form it takes: what other servers' pages post.
    pub fn takes_form<T: ToSchema>(mut self) -> Draft {
        self.0.facts.takes = Some((FORM, Shape::of::<T>()));
        self
    }

    /// The JSON it answers with.
    pub fn gives<T: ToSchema>(mut self, status: StatusCode) -> Draft {
        self.0.facts.gives.push((status, Gives::Json(Shape::of::<T>())));
        self
    }

    /// An answer without a body.
    pub fn gives_nothing(mut self, status: StatusCode) -> Draft {
        self.0.facts.gives.push((status, Gives::Nothing));
        self
    }

    /// An answer that is not JSON.
    pub fn gives_media(mut self, status: StatusCode, media: &'static str) -> Draft {
        self.0.facts.gives.push((status, Gives::Media(media)));
        self
    }

    /// Its refusals may be pages.
    pub fn refuses_with_page(mut self) -> Draft {
        self.0.facts.refuses_with_page = true;
        self
    }

    /// Panics if the handler takes another number of parameters than the pattern has: every start would.
    pub fn to<Params, H: Handler<Params>>(self, handler: H) -> Route {
        let declared = self.0.pattern.params().count();
        assert!(
            H::PARAMS == declared,
            "{}: its handler takes {} parameters",
            self.0.pattern.as_str(),
            H::PARAMS
        );
        Route { row: Arc::new(self.0), handler: handler.erase() }
    }
}
