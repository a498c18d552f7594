//! To a provider and back: what the popup's buttons ask, and the addresses to which providers send browsers.

use http::header::{self, HeaderValue};
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::page::{failed, show};
use super::popup::popup;
use super::transactions::{START_AGAIN, account_page, finish, held, known, transaction};
use super::views::{Popup, Step};
use crate::actions::departures::{self, Outcome, Return};
use crate::actions::popup::{Purpose, Transaction};
use crate::actions::providers;
use crate::domain::departures::Back;
use crate::domain::{ProviderId, Refusal};
use crate::web::openapi::Media;
use crate::web::problem::kinds;
use crate::web::route::{Class, KIB, RateClass, Route, route};
use crate::web::{Problem, Request, Response, response};

pub fn routes() -> Vec<Route> {
    vec![
        route(Method::POST, "/auth/popup/provider")
            .class(Class::FirstParty)
            .rate(RateClass::SignIn)
            .cap(4 * KIB)
            .doc("Go to a provider", "Remembers the sign-in for ten minutes, and says where to go.")
            .takes::<Go>()
            .gives::<Gone>(StatusCode::OK)
            .to(leave),
        route(Method::GET, "/auth/cb/{provider}")
            .class(Class::Machine)
            .doc("Where a provider sends the browser back to", "Each has its own path. Once per sign-in.")
            .query("state", true, "As it was sent")
            .query("code", false, "What the provider gives for a profile")
            .query("error", false, "Why it gives none")
            .query("iss", false, "Who answers (RFC 9207)")
            .gives_media(StatusCode::OK, Media::HTML)
            .gives_nothing(StatusCode::SEE_OTHER)
            .refuses_with_page()
            .to(come_back),
        route(Method::POST, "/auth/cb/{provider}")
            .class(Class::Machine)
            .cap(16 * KIB)
            .doc(
                "Where a provider has the browser post to",
                "`response_mode=form_post`. It comes without our cookie: kept by its `state`, and looked at by the GET that follows.",
            )
            .takes_form::<Came>()
            .gives_nothing(StatusCode::SEE_OTHER)
            .refuses_with_page()
            .to(keep_back),
    ]
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PopupProvider)]
struct Go {
    /// The transaction that the page was shown for.
    tx: String,
    provider: String,
    /// For a provider that asks for it: the server one has an account on.
    server: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PopupGone)]
struct Gone {
    location: String,
}

/// What a provider says when the browser comes back.
#[derive(Deserialize, ToSchema)]
#[schema(as = CameBack)]
struct Came {
    /// As it was sent.
    state: Option<String>,
    /// What the provider gives for a profile.
    code: Option<String>,
    /// Why it gives none.
    error: Option<String>,
    /// Who answers (RFC 9207).
    iss: Option<String>,
    /// The person's name, as Apple tells it the first time.
    user: Option<String>,
}

impl Came {
    fn into_parts(self) -> Result<(String, Back), Problem> {
        let state = self.state.ok_or(Refusal::CodeGone)?;
        Ok((state, Back { code: self.code, error: self.error, iss: self.iss, user: self.user }))
    }
}

async fn leave(request: Request) -> Result<Response, Problem> {
    let sent: Go = request.json().await?;
    let transaction = transaction(&request, &sent.tx)?;
    let provider = sent.provider.parse::<ProviderId>().map_err(|_| Refusal::UnknownProvider)?;
    let location =
        departures::leave(request.app(), &transaction, &provider, sent.server, request.ip()).await?;
    Ok(response::ok(&Gone { location }))
}

async fn keep_back(provider: ProviderId, request: Request) -> Result<Response, Problem> {
    let kept = async {
        let (state, back) = request.form::<Came>().await?.into_parts()?;
        departures::keep_back(request.app(), &provider, &state, back).await?;
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("state", &state).finish();
        let path = &request.app().config.server.base_url.path;
        see_other(&format!("{path}/auth/cb/{provider}?{query}"))
    };
    match kept.await {
        Ok(response) => Ok(response),
        Err(problem) => failed(&request, problem, START_AGAIN),
    }
}

async fn come_back(provider: ProviderId, request: Request) -> Result<Response, Problem> {
    // Looking at an address uses nothing up.
    if *request.method() == Method::HEAD {
        return Ok(response::no_content());
    }
    match came_back(&provider, &request).await {
        Ok(response) => Ok(response),
        Err(problem) => failed(&request, problem, START_AGAIN),
    }
}

async fn came_back(provider: &ProviderId, request: &Request) -> Result<Response, Problem> {
    let app = request.app();
    let (state, back) = request.query::<Came>()?.into_parts()?;
    let id = departures::transaction_of(app, &state).await?.ok_or(Refusal::CodeGone)?;
    // Another browser has nothing to do with it, and uses nothing up.
    let transaction = held(request, &id).ok_or(Refusal::CodeGone)?;
    let came = Return {
        provider,
        state: &state,
        back,
        signed_in: known(request).await?.map(|(account, _)| account.id),
        device: request.user_agent(),
    };
    match departures::come_back(app, &transaction, &came).await {
        Ok(outcome) => answer(request, &transaction, provider, outcome),
        Err(error) => go_on(request, &transaction, provider, error.into()),
    }
}

fn answer(
    request: &Request,
    transaction: &Transaction,
    provider: &ProviderId,
    outcome: Outcome,
) -> Result<Response, Problem> {
    if matches!((&transaction.purpose, &outcome), (Purpose::Link(_), Outcome::Cancelled)) {
        return back_to_account(request, transaction, "cancelled");
    }
    let page = |step| Popup { step, ..popup(request.app(), transaction) };
    let name = providers::name(request.app(), provider).unwrap_or_default();
    match outcome {
        Outcome::Finished(done) => {
            let answer = match done.handed {
                Some(handed) => show(&page(Step::Finishing(handed.into())))?,
                None => see_other(&account_page(request))?,
            };
            finish(request, transaction, done.cookie.as_deref(), answer)
        }
        Outcome::Linked => finish(request, transaction, None, see_other(&account_page(request))?),
        // Looked at again as often as it is loaded: a phone drops the page while its owner looks for a code.
        Outcome::Waiting => {
            let path = &request.app().config.server.base_url.path;
            see_other(&format!("{path}/auth/popup/step?tx={}", transaction.id))
        }
        Outcome::Cancelled => show(&page(Step::Failed {
            title: format!("{name} did not sign you in"),
            detail: "You said no there, or closed its page too early. Nothing has happened.".to_owned(),
            provider: Some(provider.to_string()),
        })),
    }
}

/// Nobody was signed in, but the transaction lives: what went wrong, and the other ways.
fn go_on(
    request: &Request,
    transaction: &Transaction,
    provider: &ProviderId,
    problem: Problem,
) -> Result<Response, Problem> {
    let status = problem.kind().status(true);
    // A provider's failure is none of this server: that one is logged where all are.
    if status.is_server_error() && *problem.kind() != kinds::PROVIDER_UNREACHABLE {
        return Err(problem);
    }
    if matches!(transaction.purpose, Purpose::Link(_)) {
        return back_to_account(request, transaction, problem.kind().slug);
    }
    let step = Step::Failed {
        title: problem.kind().title.to_owned(),
        detail: super::page::sentence(problem.detail()),
        provider: Some(provider.to_string()),
    };
    let mut response = show(&Popup { step, ..popup(request.app(), transaction) })?;
    *response.status_mut() = status;
    Ok(response)
}

/// To the account page, which says why nothing was linked.
fn back_to_account(request: &Request, transaction: &Transaction, why: &str) -> Result<Response, Problem> {
    let page = format!("{}#not-linked={why}", account_page(request));
    finish(request, transaction, None, see_other(&page)?)
}

/// On to a page of ours.
fn see_other(path: &str) -> Result<Response, Problem> {
    let mut response = response::no_content();
    *response.status_mut() = StatusCode::SEE_OTHER;
    let path = HeaderValue::from_str(path).map_err(Problem::internal)?;
    response.headers_mut().insert(header::LOCATION, path);
    Ok(response::without_referrer(response))
}
