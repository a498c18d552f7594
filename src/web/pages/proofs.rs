//! Proving the account that has the address of somebody who came from a provider.

use http::{Method, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::credentials::{attempt, known_device};
use super::transactions::{Done, hand_over, transaction};
use crate::actions::proofs;
use crate::web::route::{Class, KIB, RateClass, Route, route};
use crate::web::{Problem, Request, Response};

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::POST, "/auth/popup/prove/password")
            .class(Class::FirstParty)
            .rate(RateClass::SignIn)
            .cap(4 * KIB)
            .doc("Prove an account by its password", "Links the identity that waits, and signs in.")
            .takes::<ByPassword>()
            .gives::<Done>(StatusCode::OK)
            .to(by_password),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProofPassword)]
struct ByPassword {
    tx: String,
    password: String,
    /// Of an authenticator, or a recovery code: for accounts that ask for one.
    code: Option<String>,
}

async fn by_password(request: Request) -> Result<Response, Problem> {
    let sent: ByPassword = request.json().await?;
    let transaction = transaction(&request, &sent.tx)?;
    let attempt = attempt(&request, "", &sent.password, sent.code.as_deref());
    let (finished, proved) =
        proofs::by_password(&request.app, &transaction, attempt, request.user_agent()).await?;
    known_device(&request, hand_over(&request, &transaction, finished)?, &proved)
}
