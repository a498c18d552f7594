//! A mail as it goes over the wire.
//!
//! Invariant: no text can add a header or a recipient. Line breaks and other controls become spaces, addresses are
//! parsed again.

use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

use super::Stamp;
use crate::domain::Email;
use crate::outside::{Mail, OutsideError};

pub(super) fn message(
    mail: &Mail,
    sender: &Mailbox,
    our_host: &str,
    stamp: Stamp,
) -> Result<Message, OutsideError> {
    let to = mailbox(&mail.to, None)
        .ok_or_else(|| OutsideError::Permanent("not an address that mail servers take".to_owned()))?;
    let id: String = stamp.id.iter().map(|byte| format!("{byte:02x}")).collect();
    let sent_at = Duration::from_millis(u64::try_from(stamp.at.as_millis()).unwrap_or(0));
    Message::builder()
        .from(sender.clone())
        .to(to)
        .subject(without_controls(&mail.subject))
        .date(SystemTime::UNIX_EPOCH + sent_at)
        .message_id(Some(format!("<{id}@{our_host}>")))
        // So that nobody's holiday notice answers us.
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
        .map_err(|error| OutsideError::Permanent(format!("not a mail that can be sent: {error}")))
}

pub(super) fn mailbox(email: &Email, name: Option<&str>) -> Option<Mailbox> {
    let address: Address = email.as_str().parse().ok()?;
    Some(Mailbox::new(name.map(without_controls).filter(|name| !name.is_empty()), address))
}

fn without_controls(text: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let spaced: String = text.chars().map(|c| if is_break(c) { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Timestamp;

    fn sent(subject: &str, text: &str) -> String {
        let mail = Mail {
            to: Email::parse("ada@example.org").unwrap(),
            subject: subject.to_owned(),
            text: text.to_owned(),
            html: "<p>Hello</p>".to_owned(),
        };
        let sender =
            mailbox(&Email::parse("us@example.org").unwrap(), Some("Our \"Blog\"\r\nBcc: x@y.org")).unwrap();
        let stamp = Stamp { at: Timestamp::from_millis(1_732_400_000_000), id: [0xab; 16] };
        let message = message(&mail, &sender, "comments.example.org", stamp).unwrap();
        assert_eq!(message.envelope().to().len(), 1);
        String::from_utf8(message.formatted()).unwrap()
    }

    pub fn header_names(wire: &str) -> Vec<&str> {
        let head = wire.split("\r\n\r\n").next().unwrap();
        head.split("\r\n")
            .filter(|line| !line.starts_with(' '))
            .map(|line| line.split(':').next().unwrap())
            .collect()
    }

    const HEADERS: [&str; 8] =
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"];

    #[test]
    fn a_mail_carries_what_mail_needs() {
        let wire = sent("482 913 is your code", "Hello");
        assert!(wire.contains("\r\nSubject: 482 913 is your code\r\n"), "{wire}");
        assert!(wire.contains("\r\nDate: Sat, 23 Nov 2024 22:13:20 +0000\r\n"), "{wire}");
        assert!(
            wire.contains("\r\nMessage-ID: <abababababababababababababababab@comments.example.org>\r\n"),
            "{wire}"
        );
        assert!(wire.contains("\r\nAuto-Submitted: auto-generated\r\n"), "{wire}");
        assert!(wire.contains("multipart/alternative"), "{wire}");
        assert!(
            wire.find("text/plain").unwrap() < wire.find("text/html").unwrap(),
            "the best part comes last"
        );
    }

    proptest! {
        #[test]
        fn no_subject_adds_a_header(subject in "[\\PC\r\n\u{0}\u{85}\u{2028}]{0,40}(\r\nBcc: x@y.org)?(\r\n\r\nbody)?") {
            let wire = sent(&subject, "Hello");
            let mut names = header_names(&wire);
            names.sort();
            let mut expected = HEADERS.to_vec();
            expected.sort();
            prop_assert_eq!(names, expected);
        }
    }

    #[test]
    fn an_address_that_slipped_past_parsing_is_refused_here() {
        for bad in
            ["ada@example.org\r\nBcc: x@y.org", "ada@example.org, x@y.org", "ada", "<ada@example.org>", ""]
        {
            assert!(mailbox(&Email::from_stored(bad.to_owned()), None).is_none(), "{bad:?}");
        }
    }
}

#[cfg(test)]
#[path = "../../../tests/fuzz/addresses.rs"]
mod fuzz;
