//! An address is one address, and no text that comes into a mail adds a header or a recipient.

use super::tests::header_names;
use super::{mailbox, message};
use crate::domain::{Email, Timestamp};
use crate::fuzz::{Target, outline, shape};
use crate::outside::Mail;
use crate::outside::smtp::Stamp;

const ADDRESSES: Target = Target {
    name: "addresses",
    test: "--lib fuzz_addresses",
    words: &[
        "@",
        ".",
        "..",
        "ada",
        "ada@example.org",
        "example.org",
        "\r\n",
        "\n",
        "\r",
        "\r\nBcc: eve@evil.example",
        "\nTo: ",
        ",",
        ";",
        "<",
        ">",
        "\"",
        "(",
        ")",
        "\\",
        " ",
        "\t",
        "\0",
        "[127.0.0.1]",
        "[::1]",
        "xn--bcher-kva",
        "bücher.example",
        "%0d%0a",
        "=?utf-8?q?=0ABcc:?=",
        "\u{2028}",
        "\u{85}",
        "\u{3000}",
        "a.b.c.d.e",
        "-",
        "+tag",
        "ＡＤＡ",
        "。",
    ],
    max_bytes: 600,
};

#[test]
fn fuzz_addresses_are_one_address_and_no_text_adds_a_header() {
    ADDRESSES.run(|input| {
        let text = String::from_utf8_lossy(input);
        let mut lines = text.splitn(2, '|');
        let (address, subject) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        let Ok(email) = Email::parse(address) else { return shape(outline(address)) };
        let kept = email.as_str();
        assert_eq!(Email::parse(kept).as_ref().map(Email::as_str), Ok(kept), "parsed twice");
        assert!(kept.len() <= 254 && kept.matches('@').count() == 1, "{kept:?}");
        let forbidden = |c: char| c.is_control() || c.is_whitespace() || "<>()[],;:\\\"".contains(c);
        assert!(!kept.contains(forbidden), "{kept:?}");
        // Lower case of a letter can be another that no address has; where it is one, it stays.
        if let Ok(again) = Email::parse(&email.lookup()) {
            assert_eq!(again.lookup(), email.lookup());
        }

        // Whoever is told that a mail is on its way gets one: what we take, mail servers take.
        let sender =
            mailbox(&email, Some(subject)).unwrap_or_else(|| panic!("{kept:?} is no address to send to"));
        let mail = Mail {
            to: email.clone(),
            subject: subject.to_owned(),
            text: subject.to_owned(),
            html: "<p>Hello</p>".to_owned(),
        };
        let stamp = Stamp { at: Timestamp::from_millis(1_732_400_000_000), id: [7; 16] };
        let message =
            message(&mail, &sender, "comments.example.org", stamp).expect("a mail that can be sent");
        assert_eq!(message.envelope().to().len(), 1);
        assert_eq!(message.envelope().to()[0].to_string(), kept);
        let wire = String::from_utf8_lossy(&message.formatted()).into_owned();
        let expected =
            ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"];
        let names = header_names(&wire);
        let mut sorted: Vec<_> = names.clone();
        sorted.sort();
        let mut all = expected.to_vec();
        all.sort();
        assert_eq!(sorted, all);
        shape(("sent", outline(kept), outline(subject)))
    });
}
