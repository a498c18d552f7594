//! What our mails say. Quiet, no images, and no link but this server's own address.
//!
//! Invariant: text and HTML say the same; whatever people chose (names, origins) is escaped in the one and stands on
//! one line in the other.

use askama::Template;

use super::Mail;
use crate::config::BaseUrl;
use crate::domain::departures::DEPARTURE_TTL;
use crate::domain::notices::{Notice, NoticeKind};
use crate::domain::sessions::{ADDRESS_LINK_TTL, EMAIL_CODE_TTL};

/// The mail that tells somebody what a notice is about.
pub fn render(notice: &Notice, base_url: &BaseUrl) -> Mail {
    let (subject, text, html) = match &notice.kind {
        NoticeKind::SignInCode { code, site, origin } => {
            let facts = CodeFacts {
                code: &spaced(code),
                site: site.as_str(),
                origin,
                minutes: EMAIL_CODE_TTL.as_secs() / 60,
                frame: Frame::of(base_url),
            };
            let subject = format!("{} is your code for {site}", facts.code);
            (subject, written(CodeText { facts: &facts }), written(CodeHtml { facts: &facts }))
        }
        NoticeKind::Test => {
            let frame = Frame::of(base_url);
            let subject = format!("A test mail from {}", frame.host);
            (subject, written(TestText { frame: &frame }), written(TestHtml { frame: &frame }))
        }
        NoticeKind::ConfirmAddress { token } => {
            let (frame, minutes) = (Frame::of(base_url), ADDRESS_LINK_TTL.as_secs() / 60);
            let link = base_url.join(&format!("/account#confirm={token}"));
            let subject = format!("Confirm your new address at {}", frame.host);
            let (frame, link) = (&frame, link.as_str());
            (
                subject,
                written(ConfirmText { frame, link, minutes }),
                written(ConfirmHtml { frame, link, minutes }),
            )
        }
        NoticeKind::SignInLink { token, asker } => {
            let host = Frame::of(base_url).host;
            let (subject, what) = match asker {
                Some((site, origin)) => (
                    format!("Sign in to {site}"),
                    format!(
                        "Somebody wants to sign in to the comments of {site} on {origin} with this address."
                    ),
                ),
                None => (
                    format!("Sign in at {host}"),
                    format!("Somebody wants to sign in to the account page at {host} with this address."),
                ),
            };
            linked(base_url, subject, &what, "Sign in", token)
        }
        NoticeKind::ProveLink { token, provider } => {
            let host = Frame::of(base_url).host;
            let what = format!(
                "Somebody who has this address at {provider} signed in at {host}, where you have an account already. \
                 If the link below is used, {provider} leads to that account from now on."
            );
            linked(base_url, format!("Is it you, by way of {provider}?"), &what, "Yes, it is me", token)
        }
        NoticeKind::AddressChanged => changed(base_url, &ADDRESS_CHANGED),
        NoticeKind::PasswordChanged => changed(base_url, &PASSWORD_CHANGED),
        NoticeKind::SecondFactorOn => changed(base_url, &SECOND_FACTOR_ON),
        NoticeKind::SecondFactorOff => changed(base_url, &SECOND_FACTOR_OFF),
        NoticeKind::IdentityLinked { provider } => {
            let subject = format!("{provider} leads to your account now");
            let what = format!(
                "Somebody who signs in with an account at {provider} gets into your account from now on."
            );
            changed(base_url, &Change { subject: &subject, what: &what, remedy: UNLINK_IT })
        }
        NoticeKind::IdentityUnlinked { provider } => {
            let subject = format!("{provider} no longer leads to your account");
            let what = format!(
                "An account at {provider} was unlinked from yours. What had signed in with it was signed out."
            );
            changed(base_url, &Change { subject: &subject, what: &what, remedy: SIGN_OUT_EVERYWHERE })
        }
    };
    Mail { to: notice.to.clone(), subject, text, html }
}

/// A mail whose link completes something in the browser that asked.
fn linked(
    base_url: &BaseUrl,
    subject: String,
    what: &str,
    label: &str,
    token: &str,
) -> (String, String, String) {
    let frame = &Frame::of(base_url);
    let (link, minutes) = (&base_url.join(&format!("/auth/mail#{token}")), DEPARTURE_TTL.as_secs() / 60);
    let text = written(LinkText { frame, what: &wrapped(what), link, minutes });
    let html = written(LinkHtml { frame, subject: &subject, what, label, link, minutes });
    (subject, text, html)
}

/// Something of an account was changed: what, and what to do if that was somebody else.
struct Change<'a> {
    subject: &'a str,
    what: &'a str,
    remedy: &'a str,
}

const ADDRESS_CHANGED: Change<'_> = Change {
    subject: "Your address was changed",
    what: "Your account has another e-mail address now, and this one no longer signs in.",
    remedy: "That was not you? Then somebody else can use your account. Tell the people who run the site at once.",
};
const PASSWORD_CHANGED: Change<'_> = Change {
    subject: "Your password was changed",
    what: "The password of your account was set, changed or taken away. All other browsers were signed out.",
    remedy: "That was not you? Sign in by e-mail, set a new password on your account page, and sign out everywhere.",
};

const SECOND_FACTOR_ON: Change<'_> = Change {
    subject: "Your second step is on",
    what: "Your account asks for a code of an authenticator from now on, whichever way it is signed in to. All other \
           browsers were signed out.",
    remedy: "That was not you? Then somebody else can use your account. Tell the people who run the site at once.",
};
const SECOND_FACTOR_OFF: Change<'_> = Change {
    subject: "Your second step is off",
    what: "Your account no longer asks for a code of an authenticator.",
    remedy: SIGN_OUT_EVERYWHERE,
};
const UNLINK_IT: &str = "That was not you? Sign in the way you did before, unlink it on your account page, and sign out everywhere.";
const SIGN_OUT_EVERYWHERE: &str =
    "That was not you? Sign in, set a new password on your account page, and sign out everywhere.";

fn changed(base_url: &BaseUrl, change: &Change<'_>) -> (String, String, String) {
    let frame = &Frame::of(base_url);
    let subject = format!("{} at {}", change.subject, frame.host);
    let Change { what, remedy, .. } = change;
    let account = &base_url.join("/account");
    let text = ChangedText { frame, what: &wrapped(what), remedy: &wrapped(remedy), account };
    (subject, written(text), written(ChangedHtml { frame, subject: change.subject, what, remedy, account }))
}

/// In lines of at most 72 characters.
fn wrapped(sentence: &str) -> String {
    let mut lines = String::new();
    let mut length = 0;
    for word in sentence.split(' ') {
        let width = word.chars().count();
        if length > 0 && length + 1 + width > 72 {
            lines.push('\n');
            length = 0;
        } else if length > 0 {
            lines.push(' ');
            length += 1;
        }
        lines.push_str(word);
        length += width;
    }
    lines
}

/// Who sends this.
struct Frame {
    url: String,
    /// The address as people say it: without scheme and port.
    host: String,
}

impl Frame {
    fn of(base_url: &BaseUrl) -> Frame {
        let host = base_url.origin.split_once("://").map_or(base_url.origin.as_str(), |(_, host)| host);
        Frame { url: base_url.join("/"), host: format!("{host}{}", base_url.path) }
    }
}

struct CodeFacts<'a> {
    /// In two groups, as people read digits out.
    code: &'a str,
    site: &'a str,
    origin: &'a str,
    minutes: u64,
    frame: Frame,
}

#[derive(Template)]
#[template(path = "mail/sign_in_code.txt")]
struct CodeText<'a> {
    facts: &'a CodeFacts<'a>,
}

#[derive(Template)]
#[template(path = "mail/sign_in_code.html")]
struct CodeHtml<'a> {
    facts: &'a CodeFacts<'a>,
}

#[derive(Template)]
#[template(path = "mail/link.txt")]
struct LinkText<'a> {
    frame: &'a Frame,
    what: &'a str,
    link: &'a str,
    minutes: u64,
}

#[derive(Template)]
#[template(path = "mail/link.html")]
struct LinkHtml<'a> {
    frame: &'a Frame,
    subject: &'a str,
    what: &'a str,
    label: &'a str,
    link: &'a str,
    minutes: u64,
}

#[derive(Template)]
#[template(path = "mail/test.txt")]
struct TestText<'a> {
    frame: &'a Frame,
}

#[derive(Template)]
#[template(path = "mail/test.html")]
struct TestHtml<'a> {
    frame: &'a Frame,
}

#[derive(Template)]
#[template(path = "mail/confirm_address.txt")]
struct ConfirmText<'a> {
    frame: &'a Frame,
    link: &'a str,
    minutes: u64,
}

#[derive(Template)]
#[template(path = "mail/confirm_address.html")]
struct ConfirmHtml<'a> {
    frame: &'a Frame,
    link: &'a str,
    minutes: u64,
}

#[derive(Template)]
#[template(path = "mail/account_changed.txt")]
struct ChangedText<'a> {
    frame: &'a Frame,
    what: &'a str,
    remedy: &'a str,
    account: &'a str,
}

#[derive(Template)]
#[template(path = "mail/account_changed.html")]
struct ChangedHtml<'a> {
    frame: &'a Frame,
    subject: &'a str,
    what: &'a str,
    remedy: &'a str,
    account: &'a str,
}

fn written(template: impl Template) -> String {
    template.render().expect("writing to a string does not fail")
}

/// `482913` as `482 913`.
fn spaced(code: &str) -> String {
    match code.split_at_checked(code.len() / 2) {
        Some((first, last)) => format!("{first} {last}"),
        None => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Email, Name};

    fn base_url() -> BaseUrl {
        BaseUrl { origin: "https://example.org".to_owned(), path: "/comments".to_owned() }
    }

    fn code_mail(site: &str) -> Mail {
        let kind = NoticeKind::SignInCode {
            code: "482913".to_owned(),
            site: Name::from_stored(site.to_owned()),
            origin: "https://blog.example".to_owned(),
        };
        render(&Notice { to: Email::parse("ada@example.org").unwrap(), kind, expires_at: None }, &base_url())
    }

    fn test_mail() -> Mail {
        let to = Email::parse("ada@example.org").unwrap();
        render(&Notice { to, kind: NoticeKind::Test, expires_at: None }, &base_url())
    }

    #[test]
    fn the_code_is_the_first_thing_one_sees() {
        let mail = code_mail("The Blog");
        assert_eq!(mail.subject, "482 913 is your code for The Blog");
        for part in [&mail.text, &mail.html] {
            assert!(part.contains("482 913"), "{part}");
            assert!(part.contains("The Blog"), "{part}");
            assert!(part.contains("https://blog.example"), "{part}");
            assert!(part.contains("10 minutes"), "{part}");
            assert!(part.contains("https://example.org/comments/"), "{part}");
        }
    }

    #[test]
    fn a_mail_loads_nothing_and_links_only_to_this_server() {
        for mail in [code_mail("The Blog"), test_mail()] {
            let html = mail.html.to_lowercase();
            for forbidden in
                ["<img", "<script", "<link", "<iframe", "<form", "url(", "src=", "@import", "@font-face"]
            {
                assert!(!html.contains(forbidden), "{forbidden} in {html}");
            }
            let targets: Vec<&str> =
                html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            assert_eq!(targets, ["https://example.org/comments/"]);
        }
    }

    #[test]
    fn a_mail_follows_the_readers_colours() {
        for mail in [code_mail("The Blog"), test_mail()] {
            assert!(
                mail.html.contains("<meta name=\"color-scheme\" content=\"light dark\">"),
                "{}",
                mail.html
            );
            assert!(mail.html.contains("prefers-color-scheme: dark"), "{}", mail.html);
        }
    }

    #[test]
    fn a_name_cannot_write_html() {
        let mail = code_mail("<script>alert(1)</script>\"'&");
        assert!(!mail.html.contains("<script"), "{}", mail.html);
        assert!(!mail.html.contains("alert(1)<"), "{}", mail.html);
        assert!(mail.text.contains("<script>alert(1)</script>\"'&"), "text is text: {}", mail.text);
    }

    #[test]
    fn lines_of_the_text_part_are_short_enough_for_every_server() {
        for mail in [code_mail(&"x".repeat(60)), test_mail()] {
            assert!(mail.text.lines().all(|line| line.chars().count() <= 78), "{}", mail.text);
        }
    }
}
