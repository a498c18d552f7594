//! What a popup still waits for: the proof that an account is theirs, and its second factor.

use http::{Method, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::credentials::{attempt, known_device};
use super::page::{failed, show};
use super::popup::popup;
use super::transactions::{Done, START_AGAIN, hand_over, transaction};
use super::views::{Popup, Step};
use crate::actions::proofs::{self, Waiting};
use crate::actions::providers;
use crate::web::openapi::Media;
use crate::web::route::{Class, KIB, RateClass, Route, route};
use crate::web::{Problem, Request, Response, response};

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
        route(Method::GET, "/auth/popup/step")
            .class(Class::FirstParty)
            .doc("The popup, where it stands", "Uses nothing up: it can be loaded again.")
            .query("tx", true, "The transaction")
            .refuses_with_page()
            .gives_media(StatusCode::OK, Media::HTML)
            .to(step),
        route(Method::POST, "/auth/popup/finish")
            .class(Class::FirstParty)
            .rate(RateClass::Address)
            .cap(4 * KIB)
            .doc(
                "Go on once an account was proven",
                "By a mailed link that was used, or by a provider. Accepted, without a body, as long as it was not.",
            )
            .takes::<Finish>()
            .gives::<Done>(StatusCode::OK)
            .gives_nothing(StatusCode::ACCEPTED)
            .to(finish),
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

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PopupFinish)]
struct Finish {
    tx: String,
    /// Of an authenticator, or a recovery code: for accounts that ask for one.
    code: Option<String>,
}

#[derive(Deserialize)]
struct Where {
    tx: String,
}

async fn step(request: Request) -> Result<Response, Problem> {
    match drawn(&request).await {
        Ok(response) => Ok(response),
        Err(problem) => failed(&request, problem, START_AGAIN),
    }
}

async fn drawn(request: &Request) -> Result<Response, Problem> {
    let app = request.app();
    let transaction = transaction(request, &request.query::<Where>()?.tx)?;
    let step = match proofs::waiting(app, &transaction).await? {
        Some(Waiting::Proof { provider, ways }) => Step::Prove {
            provider: providers::name(app, &provider).unwrap_or_default().to_owned(),
            address: ways.email.as_str().to_owned(),
            by_password: ways.by_password,
            by_mail: ways.by_mail,
        },
        Some(Waiting::SecondFactor) => Step::SecondFactor,
        Some(Waiting::Nothing) => Step::GoingOn,
        None => Step::SignIn,
    };
    show(&Popup { step, ..popup(app, &transaction) })
}

async fn by_password(request: Request) -> Result<Response, Problem> {
    let sent: ByPassword = request.json().await?;
    let transaction = transaction(&request, &sent.tx)?;
    let attempt = attempt(&request, "", &sent.password, sent.code.as_deref());
    let (finished, proved) =
        proofs::by_password(request.app(), &transaction, attempt, request.user_agent()).await?;
    known_device(&request, hand_over(&request, &transaction, finished)?, &proved)
}

async fn finish(request: Request) -> Result<Response, Problem> {
    let sent: Finish = request.json().await?;
    let transaction = transaction(&request, &sent.tx)?;
    let code = sent.code.as_deref();
    match proofs::finish(request.app(), &transaction, code, request.user_agent()).await? {
        Some(finished) => hand_over(&request, &transaction, finished),
        None => Ok(response::accepted()),
    }
}
