//! `afterword site …`, with the server running and without: the same answers either way.

use super::home::Home;

fn with_and_without_a_server(test: impl Fn(&Home)) {
    test(&Home::new());
    let home = Home::new();
    let _server = home.serve();
    test(&home);
}

#[test]
fn a_site_is_added_and_shown_with_the_tag_to_embed() {
    with_and_without_a_server(|home| {
        let added = home
            .run(&[
                "site",
                "add",
                "blog",
                "--name",
                "The Blog",
                "--origin",
                "https://Blog.example/",
                "--development",
            ])
            .ok();
        assert!(added.contains("blog: The Blog"), "{added}");
        assert!(added.contains("https://blog.example"), "origins are normalised: {added}");
        assert!(added.contains("http://localhost:* until 20"), "{added}");
        assert!(
            added.contains("/embed.js\" data-site=\"blog\"></script>\n<div id=\"afterword\"></div>"),
            "{added}"
        );
        assert_eq!(home.run(&["site", "show", "blog"]).ok(), added);
        assert_eq!(home.run(&["site", "list"]).ok(), "blog  The Blog  https://blog.example\n");
    });
}

#[test]
fn a_site_is_changed_and_what_is_not_named_stays() {
    with_and_without_a_server(|home| {
        home.run(&["site", "add", "blog", "--origin", "https://a.example", "--origin", "https://b.example"])
            .ok();
        let changed = home
            .run(&[
                "site",
                "set",
                "blog",
                "--guests",
                "off",
                "--edit-minutes",
                "5",
                "--keep-query",
                "p,id",
                "--add-origin",
                "https://c.example",
                "--remove-origin",
                "https://a.example",
            ])
            .ok();
        for line in [
            "origins         https://b.example https://c.example",
            "guests          off",
            "likes           on",
            "edit-minutes    5",
            "keep-query      p,id",
        ] {
            assert!(changed.contains(line), "{line} in:\n{changed}");
        }
        let renamed = home.run(&["site", "set", "blog", "--name", "Another", "--keep-query", ""]).ok();
        assert!(renamed.contains("blog: Another") && renamed.contains("guests          off"), "{renamed}");
        assert!(renamed.contains("keep-query      none"), "{renamed}");
    });
}

#[test]
fn what_a_site_cannot_be_is_said_in_a_sentence() {
    with_and_without_a_server(|home| {
        home.run(&["site", "add", "blog"]).ok();
        for (command, says) in [
            (&["site", "add", "blog"][..], "a site with this key exists already"),
            (&["site", "add", "Blog"], "a site key is 1 to 40"),
            (
                &["site", "add", "x", "--origin", "https://a.example/path"],
                "https://a.example/path: expected an origin",
            ),
            (
                &["site", "add", "x", "--owner", "nobody@example.org"],
                "no owner has the address nobody@example.org",
            ),
            (&["site", "show", "shop"], "there is no site shop; there is blog"),
            (&["site", "set", "shop", "--likes", "off"], "there is no site shop"),
            (
                &["site", "set", "blog", "--remove-origin", "https://a.example"],
                "https://a.example is not an origin of blog",
            ),
        ] {
            let complaint = home.run(command).refused();
            assert!(complaint.contains(says), "{command:?}: {complaint}");
        }
        assert_eq!(home.run(&["site", "list"]).ok(), "blog  blog\n", "nothing was changed");
    });
}

#[test]
fn reading_in_the_wrong_directory_begins_no_data_file() {
    let home = Home::new();
    for command in [&["site", "list"][..], &["site", "show", "blog"], &["owner", "link"]] {
        let complaint = home.run(command).refused();
        assert!(complaint.contains("there is no data file at"), "{complaint}");
    }
    assert!(!home.data().exists());
}

#[test]
fn a_running_server_serves_a_new_site_at_once() {
    let home = Home::new();
    let server = home.serve();
    let page = "/api/v1/sites/blog/thread?page=/a";
    assert_eq!(server.get(page).status, 404);
    home.run(&["site", "add", "blog", "--origin", "https://blog.example"]).ok();
    assert_eq!(server.get(page).status, 200);
}

#[test]
fn single_sign_on_is_switched_on_with_a_secret_that_is_shown_once() {
    with_and_without_a_server(|home| {
        home.run(&["site", "add", "blog"]).ok();
        assert!(home.run(&["site", "sso", "blog"]).ok().contains("single sign-on is off"));
        let complaint = home.run(&["site", "sso", "blog", "--roles", "on"]).refused();
        assert!(complaint.contains("single sign-on is off for this site"), "{complaint}");
        let on = home.run(&["site", "sso", "blog", "--new-secret"]).ok();
        let secret =
            on.lines().find(|line| line.starts_with("sso_")).unwrap_or_else(|| panic!("{on}")).to_owned();
        let shown = home.run(&["site", "sso", "blog", "--roles", "on"]).ok();
        assert!(
            shown.contains("HS256") && shown.contains("roles  on") && !shown.contains(&secret),
            "{shown}"
        );
        let second = home.run(&["site", "sso", "blog", "--new-secret"]).ok();
        assert!(second.contains("HS256, the one before, until 20") && !second.contains(&secret), "{second}");
        let file = home.path().join("site.pub");
        std::fs::write(&file, "no key").unwrap();
        let complaint = home.run(&["site", "sso", "blog", "--public-key", file.to_str().unwrap()]).refused();
        assert!(complaint.contains("expected a public key in PEM"), "{complaint}");
        let key = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
        std::fs::write(&file, key).unwrap();
        let pair = home.run(&["site", "sso", "blog", "--public-key", file.to_str().unwrap()]).ok();
        assert!(pair.contains("EdDSA\n") && pair.contains("HS256, the one before"), "{pair}");
        let ended = home.run(&["site", "sso", "blog", "--end-previous"]).ok();
        assert!(!ended.contains("HS256"), "{ended}");
        assert!(home.run(&["site", "sso", "blog", "--off"]).ok().contains("single sign-on is off"));
    });
}
