//! `afterword doctor`: one line for everything it looked at, and exit code 1 if something is wrong.

use super::home::Home;
use super::mail_server::MailServer;

fn with_mail(server: &MailServer) -> Home {
    Home::new()
        .with("AFTERWORD_MAIL__HOST", &server.address.ip().to_string())
        .with("AFTERWORD_MAIL__PORT", &server.address.port().to_string())
        .with("AFTERWORD_MAIL__ENCRYPTION", "none")
        .with("AFTERWORD_MAIL__FROM", "comments@blog.test")
}

#[test]
fn a_sound_installation_is_found_so_with_the_server_and_without() {
    let home = Home::new();
    home.run(&["owner", "add", "--name", "Ada", "--email", "ada@example.org"]).ok();
    home.run(&["site", "add", "blog", "--origin", "https://blog.example"]).ok();
    let found = home.run(&["doctor"]).ok();
    for line in [
        "✓ the configuration is complete",
        "✓ data file: 1 site, 0 threads, 0 comments, 1 account",
        "✓ counters and indexes agree",
        "! mail is off",
        "only browsers on this machine reach it",
    ] {
        assert!(found.contains(line), "{line} in:\n{found}");
    }
    let _server = home.serve();
    let asked = home.run(&["doctor"]).ok();
    assert!(asked.contains("✓ data file: 1 site,"), "{asked}");
}

#[test]
fn what_is_missing_comes_with_what_to_do() {
    let home = Home::new();
    let server = home.serve();
    let found = home.run(&["doctor"]).ok();
    assert!(found.contains("→ afterword owner link"), "{found}");
    drop(server);
}

#[test]
fn before_the_first_start_nothing_is_wrong_and_nothing_is_made() {
    let home = Home::new();
    let found = home.run(&["doctor"]).ok();
    assert!(found.contains("! there is no data file"), "{found}");
    assert!(!home.data().exists());
}

#[test]
fn a_broken_configuration_is_wrong_and_said_line_by_line() {
    let ran = Home::new().with("AFTERWORD_LOG__FORMAT", "prose").run(&["doctor"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.starts_with("✗ the configuration is not right"), "{ran:?}");
    assert!(ran.stdout.contains("AFTERWORD_LOG__FORMAT"), "{ran:?}");
}

#[test]
fn a_disk_with_less_than_the_reserve_is_wrong() {
    let home = Home::new();
    home.run(&["site", "add", "blog"]).ok();
    let ran = home.with("AFTERWORD_STORAGE__RESERVE", "900000 GiB").run(&["doctor"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("less than the reserve"), "{ran:?}");
}

#[test]
fn the_mail_servers_own_answer_is_shown() {
    let server = MailServer::start("250 2.0.0 queued as 4XyZ", None);
    let home = with_mail(&server);
    home.run(&["site", "add", "blog"]).ok();
    let found = home.run(&["doctor", "--send-test-mail", "ada@example.org"]).ok();
    assert!(found.contains("2.0.0 queued as 4XyZ"), "{found}");
    let mails = server.mails.lock().expect("not poisoned");
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("To: ada@example.org"), "{}", mails[0]);
}

#[test]
fn a_mail_server_that_refuses_is_wrong_and_quoted() {
    let server = MailServer::start("250 fine", Some("550 5.7.1 relaying denied"));
    let home = with_mail(&server);
    home.run(&["site", "add", "blog"]).ok();
    let ran = home.run(&["doctor", "--send-test-mail", "ada@example.org"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("relaying denied"), "{ran:?}");
}

#[test]
fn a_mail_server_that_is_not_there_is_wrong() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port");
    let home = with_mail(&MailServer { address: gone, mails: Default::default() });
    home.run(&["site", "add", "blog"]).ok();
    let ran = home.run(&["doctor"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("✗ the mail server"), "{ran:?}");
}

#[test]
fn a_test_mail_without_a_mail_server_is_wrong() {
    let home = Home::new();
    home.run(&["site", "add", "blog"]).ok();
    let ran = home.run(&["doctor", "--send-test-mail", "ada@example.org"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("mail is off"), "{ran:?}");
}
