//! The first owner, and the links that the command line hands out.

use super::home::{Home, Server};

fn url_in(text: &str) -> String {
    let at = text.find("http").unwrap_or_else(|| panic!("no link in: {text}"));
    text[at..].split_whitespace().next().expect("a link").to_owned()
}

/// Where the link of the greeting leads.
fn set_up_link(server: &mut Server) -> String {
    url_in(server.greeting_until(|line| line.contains("/setup#")).lines().last().expect("a line"))
}

fn set_up(server: &Server, link: &str) -> u16 {
    let (page, token) = link.split_once('#').expect("a token in the fragment");
    let origin = page.strip_suffix("/setup").expect("the set-up page");
    let body = format!(
        r#"{{"token":"{token}","name":"Ada","email":"ada@example.org","password":"a long walk by the grey sea"}}"#
    );
    server.post("/setup/owner", origin, &body).status
}

#[test]
fn the_first_start_prints_a_set_up_link_that_works_once() {
    let home = Home::new();
    let mut server = home.serve();
    let link = set_up_link(&mut server);
    assert!(link.starts_with(&format!("http://localhost:{}/setup#ln_", server.address.port())), "{link}");
    assert!((200..300).contains(&set_up(&server, &link)));
    assert_eq!(set_up(&server, &link), 410, "a link works once");

    let link = home.run(&["owner", "link"]).ok();
    assert!(link.contains("signs Ada in") && link.contains("/auth/link#ln_"), "{link}");
}

#[test]
fn a_new_set_up_link_ends_the_one_before() {
    let home = Home::new();
    let mut server = home.serve();
    let first = set_up_link(&mut server);
    let second = url_in(&home.run(&["owner", "link"]).ok());
    assert_ne!(first, second);
    assert_eq!(set_up(&server, &first), 410);
    assert!((200..300).contains(&set_up(&server, &second)));
}

#[test]
fn with_an_owner_the_start_prints_no_set_up_link() {
    let home = Home::new();
    home.run(&["owner", "add", "--name", "Ada", "--email", "ada@example.org"]).ok();
    let mut server = home.serve();
    let greeting = server.greeting_until(|line| line.contains("sites"));
    server.signal(rustix::process::Signal::TERM);
    assert!(!greeting.contains("/setup#"), "{greeting}");
}

#[test]
fn a_sign_in_link_opens_the_dashboard_once() {
    let home = Home::new();
    let link = url_in(&home.run(&["owner", "add", "--name", "Ada", "--email", "ada@example.org"]).ok());
    let (_, token) = link.split_once('#').expect("a token in the fragment");
    let server = home.serve();
    let origin = format!("http://localhost:{}", server.address.port());
    let body = format!(r#"{{"token":"{token}"}}"#);
    let answer = server.post("/auth/link", &origin, &body);
    assert!((200..300).contains(&answer.status), "{answer:?}");
    assert!(answer.head.to_lowercase().contains("set-cookie:"), "{answer:?}");
    assert_eq!(server.post("/auth/link", &origin, &body).status, 410, "a link works once");
}

#[test]
fn who_runs_the_machine_sees_where_somebody_is_signed_in_and_signs_them_out() {
    let home = Home::new();
    let link = url_in(&home.run(&["owner", "add", "--name", "Ada", "--email", "ada@example.org"]).ok());
    let (_, token) = link.split_once('#').expect("a token in the fragment");
    let server = home.serve();
    let sessions = || home.run(&["account", "sessions", "ADA@example.org"]).ok();
    assert!(sessions().contains("Ada is signed in nowhere"), "{}", sessions());
    let origin = format!("http://localhost:{}", server.address.port());
    let answer = server.post("/auth/link", &origin, &format!(r#"{{"token":"{token}"}}"#));
    let cookie = answer.head.lines().find_map(|line| line.split_once("et-cookie: ")).expect("a cookie").1;
    let cookie = cookie.split(';').next().expect("a pair");
    let sites = || {
        server.send(
            "GET",
            "/dashboard/api/state",
            &[&format!("cookie: {cookie}"), &format!("origin: {origin}")],
            "",
        )
    };
    assert_eq!(sites().status, 200, "{:?}", sites());
    assert!(sessions().contains("dashboard, by a link"), "{}", sessions());

    let other = home.run(&["account", "sign-out", "ada@example.org", "--session", "nonsense"]).refused();
    assert!(other.contains("no session"), "{other}");
    let ended = home.run(&["account", "sign-out", "ada@example.org"]).ok();
    assert!(ended.contains("signed out in one browser") && ended.contains("signed in nowhere"), "{ended}");
    assert_eq!(sites().status, 401);
    let unknown = home.run(&["account", "sessions", "eve@example.org"]).refused();
    assert!(unknown.contains("nobody has the address or the id eve@example.org"), "{unknown}");
}

#[test]
fn several_owners_are_told_apart_by_address() {
    let home = Home::new();
    home.run(&["owner", "add", "--name", "Ada", "--email", "ada@example.org"]).ok();
    home.run(&["owner", "add", "--name", "Bob", "--email", "bob@example.org"]).ok();
    let complaint = home.run(&["owner", "link"]).refused();
    assert!(complaint.contains("--email") && complaint.contains("Bob"), "{complaint}");
    assert!(home.run(&["owner", "link", "--email", "bob@example.org"]).ok().contains("signs Bob in"));
    let complaint = home.run(&["owner", "link", "--email", "eve@example.org"]).refused();
    assert!(complaint.contains("no owner has the address"), "{complaint}");
}

#[test]
fn an_owner_without_a_proper_name_or_address_is_refused() {
    let home = Home::new();
    for (name, email) in [("", "ada@example.org"), ("Ada", "ada")] {
        home.run(&["owner", "add", "--name", name, "--email", email]).refused();
    }
}
