//! What the popup's pages share: the transaction that a browser holds the cookie of, and what is handed over at its end.

use serde::Serialize;
use utoipa::ToSchema;

use super::cookies::{Cookie, is_transaction_id};
use crate::actions::popup::{Finished, Handed, Transaction};
use crate::actions::sessions;
use crate::domain::sessions::{ABSOLUTE_TTL, Scope};
use crate::domain::{Account, Origin, Via};
use crate::web::problem::kinds;
use crate::web::{Problem, Request, Response, response};

/// Where the account page is.
const ACCOUNT_PAGE: &str = "/account";

/// Where a person goes on when nothing of their sign-in is left.
pub const START_AGAIN: &[&str] = &["Go back to where you began, and sign in once more."];

/// What a transaction ends with.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = PopupDone)]
pub enum Done {
    Widget(Code),
    Account {
        /// Where to go now, on this host.
        location: String,
    },
}

/// What the page hands to its opener.
#[derive(Serialize, ToSchema)]
#[schema(as = PopupCode)]
pub struct Code {
    /// Posted to the opener; good for 60 seconds, once.
    pub code: String,
    /// Shown if there is no opener to post to; good for two minutes.
    pub pasted: String,
    pub origin: String,
    pub st: String,
    /// Where to go, with the code in the fragment, if there is no opener.
    pub return_to: Option<String>,
}

impl From<Handed> for Code {
    fn from(handed: Handed) -> Code {
        Code {
            code: handed.code,
            pasted: handed.pasted,
            origin: handed.widget.asker.origin.to_string(),
            st: handed.widget.state,
            return_to: handed.widget.return_to,
        }
    }
}

/// The transaction whose cookie this browser holds.
pub fn transaction(request: &Request, id: &str) -> Result<Transaction, Problem> {
    held(request, id).ok_or_else(|| {
        Problem::new(
            &kinds::CODE_GONE,
            "this window was open for too long: go back to where you began, and sign in once more",
        )
    })
}

/// The same; `None` if this is another browser, or too late.
pub fn held(request: &Request, id: &str) -> Option<Transaction> {
    let app = request.app();
    let name = is_transaction_id(id).then(|| Cookie::Transaction(id).name(&app.config.server.base_url))?;
    app.sealer.open(id, request.cookie(&name)?, app.clock.now())
}

/// Who this browser is signed in as on this host, and how they did that.
pub async fn known(request: &Request) -> Result<Option<(Account, Via)>, Problem> {
    let app = request.app();
    let Some(cookie) = request.cookie(&Cookie::Session.name(&app.config.server.base_url)) else {
        return Ok(None);
    };
    let session = sessions::first_party(app, cookie, &Scope::FirstParty).await?;
    Ok(session.map(|(account, session)| (account, session.via)))
}

/// The transaction's end, as its page's script gets it.
pub fn hand_over(request: &Request, transaction: &Transaction, done: Finished) -> Result<Response, Problem> {
    let answer = match done.handed {
        Some(handed) => Done::Widget(handed.into()),
        None => Done::Account { location: account_page(request) },
    };
    finish(request, transaction, done.cookie.as_deref(), response::ok(&answer))
}

/// Ends the transaction in this browser, with the answer that says so.
pub fn finish(
    request: &Request,
    transaction: &Transaction,
    session: Option<&str>,
    mut answer: Response,
) -> Result<Response, Problem> {
    let base = &request.app().config.server.base_url;
    if let Some(session) = session {
        answer = response::set_cookie(answer, &Cookie::Session.set(base, session, ABSOLUTE_TTL))?;
    }
    response::set_cookie(answer, &Cookie::Transaction(&transaction.id).clear(base))
}

pub fn account_page(request: &Request) -> String {
    format!("{}{ACCOUNT_PAGE}", request.app().config.server.base_url.path)
}

/// An origin as people say it.
pub fn host(origin: &Origin) -> &str {
    origin.as_str().split_once("://").map_or(origin.as_str(), |(_, host)| host)
}
