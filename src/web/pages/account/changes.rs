//! What people change about their account: name, address, password.

use http::{Method, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::credentials::old_password;
use super::{here, signed_in};
use crate::actions::account::{self, addresses, passwords};
use crate::web::route::{Access, Class, Draft, KIB, RateClass, Route, route};
use crate::web::{Problem, Request, Response, response};

pub fn routes() -> Vec<Route> {
    let change = |method, pattern: &'static str, rate| -> Draft {
        route(method, pattern).class(Class::FirstParty).access(Access::Member).rate(rate).cap(4 * KIB)
    };
    vec![
        change(Method::PUT, "/account/api/name", RateClass::Write)
            .doc(
                "Change one's name",
                "On every site. Not to one that could be taken for the staff of a site they are on.",
            )
            .takes::<NewName>()
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(set_name),
        change(Method::POST, "/account/api/email", RateClass::SignInMail)
            .doc("Ask for a new address", "Mails a link to it. Needs a fresh sign-in.")
            .takes::<NewAddress>()
            .gives_nothing(StatusCode::ACCEPTED)
            .to(ask_address),
        change(Method::POST, "/account/api/email/confirm", RateClass::Address)
            .doc(
                "Use the link that was mailed to a new address",
                "Where the same account is signed in. Ends all other sessions, and tells the old address.",
            )
            .takes::<UseLink>()
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(confirm_address),
        change(Method::PUT, "/account/api/password", RateClass::SignIn)
            .doc(
                "Set or change one's password",
                "With the old one, or shortly after signing in without it. Ends all other sessions.",
            )
            .takes::<NewPassword>()
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(set_password),
        change(Method::DELETE, "/account/api/password", RateClass::SignIn)
            .doc("Take one's password away", "If it is not the last way in. Needs a fresh sign-in.")
            .gives_nothing(StatusCode::NO_CONTENT)
            .to(remove_password),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountName)]
struct NewName {
    name: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountAddress)]
struct NewAddress {
    email: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountLink)]
struct UseLink {
    token: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountPassword)]
struct NewPassword {
    /// `null` if the account has none yet, or if it was forgotten and they have just signed in another way.
    old: Option<String>,
    new: String,
}

async fn set_name(request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let sent: NewName = request.json().await?;
    account::set_name(request.app(), &here, &sent.name).await?;
    Ok(response::no_content())
}

async fn ask_address(request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let sent: NewAddress = request.json().await?;
    addresses::ask(request.app(), &here, &sent.email).await?;
    Ok(response::accepted())
}

async fn confirm_address(request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let sent: UseLink = request.json().await?;
    let (_, session) = addresses::confirm(request.app(), &here, &sent.token, request.user_agent()).await?;
    signed_in(&request, &session, response::no_content())
}

async fn set_password(request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let sent: NewPassword = request.json().await?;
    let old = old_password(&request, sent.old.as_deref());
    let session = passwords::set(request.app(), &here, old, &sent.new, request.user_agent()).await?;
    signed_in(&request, &session, response::no_content())
}

async fn remove_password(request: Request) -> Result<Response, Problem> {
    let here = here(&request).await?;
    let session = passwords::remove(request.app(), &here, request.user_agent()).await?;
    signed_in(&request, &session, response::no_content())
}
