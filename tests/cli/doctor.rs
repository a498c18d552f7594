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

#[test]
fn visitors_who_cannot_be_told_apart_are_wrong_in_production() {
    let home = Home::new()
        .with("AFTERWORD_SERVER__BASE_URL", "https://comments.rust-lang.org")
        .with("AFTERWORD_LIMITS__WRITE__BURST", "1000");
    home.run(&["site", "add", "blog", "--origin", "https://blog.example"]).ok();
    home.run(&["site", "set", "blog", "--guest-proof", "off"]).ok();
    let server = home.serve();
    assert!(!home.run(&["doctor"]).stdout.contains("cannot be told apart"));
    for turn in 0..20 {
        let token = format!("gt_{}{}", "A".repeat(41), ["AA", "BA"][turn % 2]);
        let body = format!(
            r#"{{"page":{{"url":"https://blog.example/a","title":"A"}},"body":"number {turn}","guest":{{"name":"Bob"}}}}"#
        );
        let answer = server.post_as(&token, "/api/v1/sites/blog/comments", "https://blog.example", &body);
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    let ran = home.run(&["doctor"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("came from 127.0.0.1: visitors cannot be told apart"), "{}", ran.stdout);
    server.signal(rustix::process::Signal::TERM);
    let (_, log) = server.ended();
    assert_eq!(log.matches("all comments come from one private address").count(), 1, "told once: {log}");
}

/// Forgets which account has which address, as no transaction of ours would.
fn damage(home: &Home) {
    let by_email: redb::TableDefinition<&[u8], &[u8; 16]> = redb::TableDefinition::new("account-by-email-1");
    let database = redb::Database::open(home.data_file()).expect("a data file");
    let transaction = database.begin_write().expect("begun");
    transaction.open_table(by_email).expect("the index").retain(|_, _| false).expect("emptied");
    transaction.commit().expect("committed");
}

#[test]
fn a_damaged_index_is_found_left_alone_and_repaired_when_asked() {
    let home = Home::new();
    home.run(&["owner", "add", "--name", "Ada", "--email", "ada@example.org"]).ok();
    damage(&home);
    for _ in 0..2 {
        let ran = home.run(&["doctor"]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.stdout.contains("→ afterword doctor --repair"), "{}", ran.stdout);
    }
    // Repairing through the running server is the same.
    let _server = home.serve();
    let repaired = home.run(&["doctor", "--repair"]).ok();
    assert!(repaired.contains("! repaired: "), "{repaired}");
    assert!(home.run(&["doctor"]).ok().contains("✓ counters and indexes agree"));
    home.run(&["owner", "link", "--email", "ada@example.org"]).ok();
}
