//! What the first-party pages show. Everything is escaped by its template; scripts and styles are files of ours.

use askama::Template;

use super::transactions::Code;

/// What every page has around it.
pub struct Frame {
    /// The path of `base_url`: empty, or `/comments`.
    pub base: String,
    /// Addresses of the style sheet and of the page's script.
    pub style: String,
    pub script: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/popup.html")]
pub struct Popup {
    pub frame: Frame,
    pub transaction: String,
    pub site: String,
    /// Of the page that asked; `None` for the account page.
    pub origin: Option<String>,
    /// The origin as people say it: without its scheme.
    pub host: String,
    /// Who is signed in on this host already.
    pub known: Option<Known>,
    /// Whether the widget offers a code by e-mail, so that the popup can point there.
    pub email_sign_in: bool,
    pub providers: Vec<Button>,
    /// The provider to go to at once.
    pub straight_to: Option<String>,
    pub step: Step,
}

/// A provider to go to.
pub struct Button {
    pub id: String,
    pub name: String,
    pub view_box: u16,
    pub path: String,
    pub asks_for_server: bool,
}

/// Where the popup is.
pub enum Step {
    SignIn,
    /// Somebody came back from a provider: this goes to the opener.
    Finishing(Code),
    /// An account has the address of who came back.
    Prove {
        provider: String,
        address: String,
        by_password: bool,
        by_mail: bool,
    },
    /// The account asks for a code of its authenticator, too.
    SecondFactor,
    /// Nothing is wanted any more: the page goes on by itself.
    GoingOn,
    /// Nobody was signed in; the way to the provider can be tried again.
    Failed {
        title: String,
        detail: String,
        provider: Option<String>,
    },
}

pub struct Known {
    pub name: String,
    pub initial: String,
}

#[derive(Template)]
#[template(path = "pages/setup.html")]
pub struct SetUp {
    pub frame: Frame,
}

#[derive(Template)]
#[template(path = "pages/mail.html")]
pub struct MailLink {
    pub frame: Frame,
}

#[derive(Template)]
#[template(path = "pages/link.html")]
pub struct Link {
    pub frame: Frame,
}

#[derive(Template)]
#[template(path = "pages/sign-in.html")]
pub struct SignIn {
    pub frame: Frame,
    /// Came by a link on another site, so that a session there may be was not sent along.
    pub from_elsewhere: bool,
}

#[derive(Template)]
#[template(path = "pages/dashboard.html")]
pub struct Dashboard {
    pub frame: Frame,
    pub name: String,
}

#[derive(Template)]
#[template(path = "pages/account.html")]
pub struct Account {
    pub frame: Frame,
    pub name: String,
}

#[derive(Template)]
#[template(path = "pages/deletion.html")]
pub struct Deleted {
    pub frame: Frame,
    /// As people know it.
    pub provider: String,
    /// Whether the code that was shown stands for a deletion; `None` if none was.
    pub done: Option<bool>,
}

#[derive(Template)]
#[template(path = "pages/error.html")]
pub struct Failure {
    pub frame: Frame,
    pub title: String,
    pub detail: String,
    /// What can be done about it.
    pub hints: Vec<String>,
}
