//! Likes over HTTP.

use http::{Method, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actions;
use crate::domain::{CommentId, SiteKey};
use crate::web::problem::Problem;
use crate::web::route::{Access, Class, RateClass, Route, route};
use crate::web::{Request, Response, response};

pub fn routes() -> Vec<Route> {
    let like = |method| {
        route(method, "/api/v1/sites/{site}/comments/{comment}/like")
            .class(Class::Api)
            .access(Access::Member)
            .rate(RateClass::Vote)
            .gives::<Tally>(StatusCode::OK)
    };
    vec![
        like(Method::PUT).doc("Like a comment", "Liking it again changes nothing.").to(like_comment),
        like(Method::DELETE).doc("Take a like back", "Without one, changes nothing.").to(unlike_comment),
    ]
}

#[derive(Serialize, ToSchema)]
struct Tally {
    /// Likes here and in the system it was imported from.
    likes: u32,
    /// Whether the one who asked likes it now.
    liked: bool,
}

async fn like_comment(site: SiteKey, comment: CommentId, req: Request) -> Result<Response, Problem> {
    set_like(site, comment, req, true).await
}

async fn unlike_comment(site: SiteKey, comment: CommentId, req: Request) -> Result<Response, Problem> {
    set_like(site, comment, req, false).await
}

async fn set_like(site: SiteKey, comment: CommentId, req: Request, liked: bool) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    let visitor = req.visitor(&site).await?;
    let tally = actions::votes::set_like(req.app(), &site, &visitor, comment, liked).await?;
    let likes = tally.likes.saturating_add(tally.imported_likes);
    Ok(response::ok(&Tally { likes, liked: tally.liked }))
}
