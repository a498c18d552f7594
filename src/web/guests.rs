//! What a guest's browser has to do before it posts.

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::comments::PostPage;
use super::problem::Problem;
use super::route::{Class, Route, route};
use super::{Request, Response, response};
use crate::actions;
use crate::domain::SiteKey;

pub fn routes() -> Vec<Route> {
    // Not counted: it costs less than counting it would, and what it gives has still to be worked for.
    vec![
        route(Method::POST, "/api/v1/sites/{site}/guests/proof")
            .class(Class::Api)
            .doc(
                "What a guest's browser has to do first",
                "Find a decimal number for which SHA-256 of `challenge`, a colon and that number begins with `bits` zero bits, and post it with the comment. Good for one comment on this page, for ten minutes. `bits` is 0 where nothing is asked for.",
            )
            .takes::<About>()
            .gives::<Task>(StatusCode::OK)
            .to(proof),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GuestProofAbout)]
struct About {
    page: PostPage,
}

#[derive(Serialize, ToSchema)]
#[schema(as = GuestTask)]
struct Task {
    challenge: String,
    bits: u8,
}

async fn proof(site: SiteKey, req: Request) -> Result<Response, Problem> {
    let site = req.site(&site)?;
    req.site_origin(&site)?;
    let sent: About = req.json().await?;
    let task = actions::guests::task(req.app(), &site, &sent.page.into())?;
    Ok(response::ok(&Task { challenge: task.challenge, bits: task.bits }))
}
