//! Whether mail goes out, and what the mail server says.

use super::finding::Finding;
use crate::cli::wiring;
use crate::config::{BaseUrl, Config};
use crate::domain::Email;
use crate::domain::notices::{Notice, NoticeKind};
use crate::outside::Mailer;
use crate::outside::mails;

pub async fn look(config: &Config, test_to: Option<&str>) -> Vec<Finding> {
    match wiring::mailer(config) {
        Ok(None) if test_to.is_some() => {
            vec![
                Finding::wrong("mail is off: no test mail can be sent")
                    .do_this("set mail.host and mail.from"),
            ]
        }
        Ok(None) => vec![
            Finding::note("mail is off: people cannot sign in by e-mail, and nobody is notified")
                .do_this("set mail.host and mail.from"),
        ],
        Err(fault) => vec![Finding::wrong(format!("mail: {fault:#}"))],
        Ok(Some(mailer)) => {
            let mut found = vec![match mailer.check().await {
                Ok(()) => Finding::fine(format!("the mail server answers ({})", mailer.describe())),
                Err(fault) => {
                    Finding::wrong(format!("the mail server cannot be used ({}): {fault}", mailer.describe()))
                        .do_this("check [mail] in the configuration")
                }
            }];
            if let Some(to) = test_to {
                found.push(send_test(&mailer, to, &config.server.base_url).await);
            }
            found
        }
    }
}

async fn send_test(mailer: &dyn Mailer, to: &str, base_url: &BaseUrl) -> Finding {
    let to = match Email::parse(to) {
        Ok(to) => to,
        Err(refusal) => return Finding::wrong(format!("{to}: {refusal}")),
    };
    let mail = mails::render(&Notice { to, kind: NoticeKind::Test, expires_at: None }, base_url);
    match mailer.send(&mail).await {
        Ok(answer) => {
            Finding::fine(format!("the mail server took a test mail for {}: {answer}", mail.to.as_str()))
        }
        Err(fault) => Finding::wrong(format!(
            "the mail server did not take a test mail for {}: {fault}",
            mail.to.as_str()
        )),
    }
}
