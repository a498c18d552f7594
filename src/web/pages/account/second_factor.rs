//! A second factor: offered, confirmed, renewed, taken away.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{here, signed_in};
use crate::actions::account::second_factor;
use crate::web::route::{Access, Class, Draft, KIB, RateClass, Route, route};
use crate::web::{Problem, Request, Response, response};

pub fn routes() -> Vec<Route> {
    let change = |pattern: &'static str| -> Draft {
        route(Method::POST, pattern)
            .class(Class::FirstParty)
            .access(Access::Member)
            .rate(RateClass::SignIn)
            .cap(4 * KIB)
    };
    vec![
        change("/account/api/second-factor/offer")
            .doc(
                "Ask for a second factor",
                "Counts for nothing until a code of it is sent back. Needs a fresh sign-in.",
            )
            .gives::<Offer>(StatusCode::OK)
            .to(offer),
        change("/account/api/second-factor")
            .doc(
                "Turn the second factor on",
                "By a code of it. Ends all other sessions. The recovery codes are told this once.",
            )
            .takes::<Code>()
            .gives::<Recovery>(StatusCode::OK)
            .to(turn_on),
        change("/account/api/second-factor/recovery")
            .doc("New recovery codes", "The old ones are worth nothing from then on. By a code.")
            .takes::<Code>()
            .gives::<Recovery>(StatusCode::OK)
            .to(renew),
        change("/account/api/second-factor/off")
            .doc("Turn the second factor off", "By a code.")
            .takes::<Code>()
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(turn_off),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SecondFactorCode)]
struct Code {
    code: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SecondFactorOffer)]
struct Offer {
    /// In base32, to type.
    secret: String,
    /// The same as an `otpauth://` address.
    address: String,
    /// The same to scan: an SVG picture as a `data:` address.
    picture: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RecoveryCodes)]
struct Recovery {
    codes: Vec<String>,
}

async fn offer(request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let offer = second_factor::offer(request.app(), &here).await?;
    let picture = format!("data:image/svg+xml;base64,{}", STANDARD.encode(&offer.picture));
    Ok(response::ok(&Offer { secret: offer.secret, address: offer.address, picture }))
}

async fn turn_on(request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let sent: Code = request.json().await?;
    let (codes, session) =
        second_factor::turn_on(request.app(), &here, &sent.code, request.user_agent()).await?;
    signed_in(&request, &session, response::ok(&Recovery { codes }))
}

async fn renew(request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let sent: Code = request.json().await?;
    let codes = second_factor::renew(request.app(), &here, &sent.code).await?;
    Ok(response::ok(&Recovery { codes }))
}

async fn turn_off(request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let sent: Code = request.json().await?;
    second_factor::turn_off(request.app(), &here, &sent.code).await?;
    Ok(response::no_content())
}
