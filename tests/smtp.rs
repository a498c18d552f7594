//! Mail through a real SMTP server (aiosmtpd), with and without encryption and login, and with everything that a
//! server can refuse.

#[path = "smtp/server.rs"]
mod server;

use std::time::Duration;

use afterword::domain::{Email, Timestamp};
use afterword::outside::smtp::{Relay, Security, SmtpMailer, Stamp};
use afterword::outside::{Mail, Mailer, OutsideError};

use server::Server;

fn relay(server: &Server) -> Relay {
    Relay {
        host: "localhost".to_owned(),
        port: server.port,
        security: Security::Plain,
        login: None,
        from: Email::parse("us@example.org").expect("an address"),
        from_name: "Our Blog".to_owned(),
        extra_certificates: server.certificates(),
        our_host: "comments.example.org".to_owned(),
        timeout: Duration::from_secs(20),
    }
}

fn mailer(relay: Relay) -> SmtpMailer {
    let stamp = || Stamp { at: Timestamp::from_millis(1_732_400_000_000), id: [7; 16] };
    SmtpMailer::new(relay, stamp).expect("a usable relay")
}

fn mail(to: &str) -> Mail {
    Mail {
        to: Email::parse(to).expect("an address"),
        subject: "482 913 is your code for Ünser Blog".to_owned(),
        text: "Your code is\n\n482 913\n\n.\n..\nfrom us\n".to_owned(),
        html: "<p>Your code is <b>482 913</b> — grüße</p>".to_owned(),
    }
}

fn assert_temporary(result: Result<String, OutsideError>, says: &str) {
    match result {
        Err(OutsideError::Temporary(words)) => assert!(words.contains(says), "{words}"),
        other => panic!("expected a temporary error that says {says:?}, found {other:?}"),
    }
}

#[tokio::test]
async fn a_mail_arrives_whole_and_the_servers_answer_comes_back() {
    let server = Server::start(&[]);
    let mailer = mailer(relay(&server));
    assert_eq!(mailer.send(&mail("ada@example.org")).await.unwrap(), "250 2.0.0 taken as number 42");

    let received = server.next();
    assert_eq!(received.to, ["ada@example.org"]);
    assert_eq!(received.sender, "us@example.org");
    assert_eq!(received.hello, "comments.example.org");
    assert!(!received.encrypted);
    assert_eq!(received.header("From"), "Our Blog <us@example.org>");
    assert_eq!(received.header("To"), "ada@example.org");
    assert_eq!(received.header("Subject"), "482 913 is your code for Ünser Blog");
    assert_eq!(received.header("Message-ID"), "<07070707070707070707070707070707@comments.example.org>");
    assert_eq!(received.header("Date"), "Sat, 23 Nov 2024 22:13:20 +0000");
    assert_eq!(received.header("Auto-Submitted"), "auto-generated");
    assert_eq!(received.text, "Your code is\n\n482 913\n\n.\n..\nfrom us\n");
    assert_eq!(received.html, "<p>Your code is <b>482 913</b> — grüße</p>");
}

#[tokio::test]
async fn one_connection_serves_many_mails() {
    let server = Server::start(&[]);
    let mailer = mailer(relay(&server));
    for _ in 0..3 {
        mailer.send(&mail("ada@example.org")).await.unwrap();
    }
    let peers: std::collections::HashSet<u16> = (0..3).map(|_| server.next().peer).collect();
    assert_eq!(peers.len(), 1, "one connection");
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_replaced() {
    let server = Server::start(&["--one-mail"]);
    let mailer = mailer(relay(&server));
    for _ in 0..3 {
        mailer.send(&mail("ada@example.org")).await.unwrap();
        server.next();
    }
}

#[tokio::test]
async fn starttls_encrypts_before_anything_is_said() {
    let server = Server::start(&["--tls", "starttls"]);
    let mailer = mailer(Relay { security: Security::StartTls, ..relay(&server) });
    mailer.send(&mail("ada@example.org")).await.unwrap();
    assert!(server.next().encrypted);
}

#[tokio::test]
async fn tls_from_the_first_byte_works() {
    let server = Server::start(&["--tls", "tls"]);
    let mailer = mailer(Relay { security: Security::Tls, ..relay(&server) });
    mailer.send(&mail("ada@example.org")).await.unwrap();
    assert!(server.next().encrypted);
}

#[tokio::test]
async fn a_server_without_starttls_gets_no_mail() {
    let server = Server::start(&[]);
    let mailer = mailer(Relay { security: Security::StartTls, ..relay(&server) });
    assert_temporary(mailer.send(&mail("ada@example.org")).await, "STARTTLS is not supported on this server");
    assert_eq!(server.stop(), []);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    for (security, tls) in [(Security::StartTls, "starttls"), (Security::Tls, "tls")] {
        let server = Server::start(&["--tls", tls]);
        let mailer = mailer(Relay { security, extra_certificates: None, ..relay(&server) });
        assert_temporary(mailer.send(&mail("ada@example.org")).await, "certificate");
        assert_eq!(server.stop(), []);
    }
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let server = Server::start(&["--tls", "starttls", "--name", "elsewhere.example"]);
    let mailer = mailer(Relay { security: Security::StartTls, ..relay(&server) });
    assert_temporary(mailer.send(&mail("ada@example.org")).await, "certificate");
    assert_eq!(server.stop(), []);
}

#[tokio::test]
async fn we_log_in_where_the_server_asks_for_it() {
    let server = Server::start(&["--tls", "starttls", "--login", "us:hush, hush"]);
    let login = Some(("us".to_owned(), "hush, hush".to_owned()));
    let mailer = mailer(Relay { security: Security::StartTls, login, ..relay(&server) });
    mailer.send(&mail("ada@example.org")).await.unwrap();
    assert_eq!(server.next().login.as_deref(), Some("us"));
}

#[tokio::test]
async fn a_wrong_password_is_the_operators_to_mend_and_loses_no_mail() {
    let server = Server::start(&["--tls", "starttls", "--login", "us:hush"]);
    for login in [Some(("us".to_owned(), "wrong".to_owned())), None] {
        let mailer = mailer(Relay { security: Security::StartTls, login, ..relay(&server) });
        assert_temporary(mailer.send(&mail("ada@example.org")).await, "53");
    }
    assert_eq!(server.stop(), []);
}

#[tokio::test]
async fn a_check_logs_in_and_sends_nothing() {
    let server = Server::start(&["--tls", "starttls", "--login", "us:hush"]);
    let with = |password: &str| {
        let login = Some(("us".to_owned(), password.to_owned()));
        mailer(Relay { security: Security::StartTls, login, ..relay(&server) })
    };
    assert_eq!(with("hush").check().await, Ok(()));
    let refused = with("wrong").check().await.expect_err("a wrong password");
    assert!(refused.to_string().contains("could not log in to localhost"), "{refused}");
    assert!(!refused.to_string().contains("wrong"), "a password in an error");
    assert_eq!(server.stop(), []);
}

#[tokio::test]
async fn a_recipient_refused_for_good_is_permanent_and_the_next_mail_goes_out() {
    let server = Server::start(&[]);
    let mailer = mailer(relay(&server));
    let refused = mailer.send(&mail("refused@example.org")).await;
    let words = "550 5.1.1 <refused@example.org> no such person here".to_owned();
    assert_eq!(refused, Err(OutsideError::Permanent(words)));
    mailer.send(&mail("ada@example.org")).await.unwrap();
    assert_eq!(server.next().to, ["ada@example.org"]);
}

#[tokio::test]
async fn a_temporary_refusal_is_worth_another_try() {
    let server = Server::start(&[]);
    assert_temporary(
        mailer(relay(&server)).send(&mail("later@example.org")).await,
        "451 4.7.1 come back later",
    );
}

#[tokio::test]
async fn an_address_in_letters_the_server_does_not_know_is_permanent() {
    let server = Server::start(&[]);
    let result = mailer(relay(&server)).send(&mail("ü@example.org")).await;
    assert!(
        matches!(&result, Err(OutsideError::Permanent(words)) if words.contains("SMTPUTF8")),
        "{result:?}"
    );
}

#[tokio::test]
async fn a_server_that_is_gone_is_temporary_also_between_two_mails() {
    let server = Server::start(&[]);
    let mailer = mailer(relay(&server));
    mailer.send(&mail("ada@example.org")).await.unwrap();
    let port = server.port;
    server.stop();
    assert_temporary(
        mailer.send(&mail("ada@example.org")).await,
        &format!("could not connect to localhost:{port}"),
    );
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_and_its_connection_not_used_again() {
    let server = Server::start(&[]);
    let mailer = mailer(Relay { timeout: Duration::from_millis(500), ..relay(&server) });
    assert_temporary(mailer.send(&mail("silent@example.org")).await, "sending: no answer from localhost");
    let patient = SmtpMailer::send(&mailer, &mail("ada@example.org")).await;
    assert_eq!(patient.unwrap(), "250 2.0.0 taken as number 42");
}

#[tokio::test]
async fn line_breaks_add_no_header_and_no_recipient() {
    let server = Server::start(&[]);
    let from_name = "Us\r\nBcc: eve@example.org".to_owned();
    let mailer = mailer(Relay { from_name, ..relay(&server) });
    let subject = "Hello\r\nBcc: eve@example.org\r\n\r\nAll new body\u{0}";
    mailer.send(&Mail { subject: subject.to_owned(), ..mail("ada@example.org") }).await.unwrap();
    let received = server.next();
    assert_eq!(received.to, ["ada@example.org"]);
    assert_eq!(received.header("Subject"), "Hello Bcc: eve@example.org All new body");
    assert!(received.headers.iter().all(|(name, _)| name != "Bcc"), "{:?}", received.headers);
    assert_eq!(received.text, mail("ada@example.org").text);

    for forged in ["ada@example.org\r\nRCPT TO:<eve@example.org>", "ada@example.org>\r\nDATA"] {
        let to = Email::from_stored(forged.to_owned());
        let result = mailer.send(&Mail { to, ..mail("ada@example.org") }).await;
        assert!(matches!(result, Err(OutsideError::Permanent(_))), "{result:?}");
    }
}

#[test]
fn the_operator_is_told_where_mails_go() {
    let server = Server::start(&[]);
    let described = mailer(Relay { security: Security::StartTls, ..relay(&server) }).describe();
    assert_eq!(described, format!("localhost:{}, STARTTLS", server.port));
}
