//! What the binary tells about itself: help, version, the configuration in effect, its own tools.

use super::home::Home;

#[test]
fn help_names_every_command_in_plain_words() {
    let help = Home::new().run(&["--help"]).ok();
    for command in ["serve", "site", "owner", "config", "doctor", "migrate", "health", "demo"] {
        let line = help.lines().find(|line| line.trim_start().starts_with(&format!("{command} ")));
        assert!(line.is_some_and(|line| line.trim().len() > command.len() + 10), "{command} in:\n{help}");
    }
    assert!(!help.contains("one-commit"), "what only benchmarks need is hidden");
}

#[test]
fn each_command_has_its_own_help_and_nonsense_has_none() {
    let home = Home::new();
    for command in [
        &["site", "add", "--help"][..],
        &["site", "set", "--help"],
        &["owner", "link", "--help"],
        &["doctor", "--help"],
    ] {
        assert!(home.run(command).ok().contains("Usage: afterword"), "{command:?}");
    }
    assert_eq!(home.run(&["frobnicate"]).code, Some(2));
    assert_eq!(home.run(&["site", "set", "blog", "--likes", "perhaps"]).code, Some(2));
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(
        Home::new().run(&["--version"]).ok().trim(),
        format!("afterword {}", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn config_prints_what_is_in_effect_and_masks_secrets() {
    let home = Home::new()
        .with("AFTERWORD_MAIL__HOST", "mail.example.org")
        .with("AFTERWORD_MAIL__FROM", "comments@example.org")
        .with("AFTERWORD_MAIL__USERNAME", "afterword")
        .with("AFTERWORD_MAIL__PASSWORD", "a-password-nobody-may-see");
    let shown = home.run(&["config"]).ok();
    assert!(shown.contains("mail.example.org"), "{shown}");
    assert!(shown.contains("AFTERWORD_MAIL__HOST"), "it says where a value comes from: {shown}");
    assert!(!shown.contains("a-password-nobody-may-see"), "{shown}");
    assert!(!home.data().exists(), "asking changes nothing");
}

#[test]
fn migrate_check_tells_what_would_run_and_runs_nothing() {
    let home = Home::new();
    let complaint = home.run(&["migrate", "--check"]).refused();
    assert!(complaint.contains("there is no data file"), "{complaint}");
    assert!(!home.data().exists());

    home.run(&["site", "add", "blog"]).ok();
    let told = home.run(&["migrate", "--check"]).ok();
    assert!(told.contains("nothing to do"), "{told}");
    let server = home.serve();
    let told = home.run(&["migrate", "--check"]).ok();
    assert!(told.contains("nothing to do"), "while the server runs: {told}");
    drop(server);
}
