//! A start that cannot succeed says why in one sentence, ends with exit code 1, and changes nothing.

use std::fs;
use std::net::TcpListener;

use super::home::Home;

#[test]
fn a_configuration_with_several_mistakes_names_them_all_and_touches_nothing() {
    let home = Home::new();
    fs::write(home.path().join("afterword.toml"), "[server]\nlisten = \"nowhere\"\nbase_urll = \"x\"\n")
        .expect("written");
    let complaint = home.run(&["serve"]).refused();
    assert!(complaint.contains("afterword.toml:3"), "{complaint}");
    assert!(complaint.contains("base_urll"), "{complaint}");
    assert!(!home.data().exists());
}

#[test]
fn every_mistake_comes_at_once() {
    let home = Home::new().with("AFTERWORD_SERVER__LISTEN", "nowhere").with("AFTERWORD_LOG__FORMAT", "prose");
    let complaint = home.run(&["serve"]).refused();
    assert!(complaint.contains("AFTERWORD_SERVER__LISTEN"), "{complaint}");
    assert!(complaint.contains("AFTERWORD_LOG__FORMAT"), "{complaint}");
}

#[test]
fn a_log_filter_that_cannot_be_read_is_a_mistake_like_any_other() {
    let complaint = Home::new().with("AFTERWORD_LOG__FILTER", "afterword=loud").run(&["serve"]).refused();
    assert!(complaint.contains("log.filter"), "{complaint}");
}

#[test]
fn a_configuration_file_that_is_not_there_is_named() {
    let complaint = Home::new().run(&["serve", "--config", "elsewhere.toml"]).refused();
    assert!(complaint.contains("elsewhere.toml"), "{complaint}");
}

#[test]
fn a_data_directory_that_cannot_be_made_is_named() {
    let home = Home::new().with("AFTERWORD_STORAGE__DIRECTORY", "a-file/data");
    fs::write(home.path().join("a-file"), "").expect("written");
    let complaint = home.run(&["serve"]).refused();
    assert!(complaint.contains("a-file/data"), "{complaint}");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
}

#[test]
fn a_data_directory_that_cannot_be_written_is_named() {
    // A directory in which nobody can make anything, root included.
    let complaint =
        Home::new().with("AFTERWORD_STORAGE__DIRECTORY", "/proc/self/fdinfo").run(&["serve"]).refused();
    assert!(complaint.contains("/proc/self/fdinfo"), "{complaint}");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
}

#[test]
fn a_port_in_use_is_named_before_anything_is_written() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let home = Home::new().with("AFTERWORD_SERVER__LISTEN", &address);
    let complaint = home.run(&["serve"]).refused();
    assert!(complaint.contains(&format!("{address} is in use")), "{complaint}");
    assert!(!home.data().exists());
}

#[test]
fn an_address_of_another_machine_is_refused() {
    let complaint = Home::new().with("AFTERWORD_SERVER__LISTEN", "192.0.2.1:0").run(&["serve"]).refused();
    assert!(complaint.contains("192.0.2.1 is no address of this machine"), "{complaint}");
}

#[test]
fn a_data_file_of_a_newer_version_is_refused_and_left_as_it_is() {
    let home = Home::new();
    home.run(&["site", "add", "blog"]).ok();
    let database = redb::Database::open(home.data_file()).expect("a data file");
    let meta: redb::TableDefinition<&[u8], u64> = redb::TableDefinition::new("meta-1");
    let transaction = database.begin_write().expect("begun");
    transaction
        .open_table(meta)
        .expect("the table of every version")
        .insert(&b"schema_version"[..], 9_999)
        .expect("set");
    transaction.commit().expect("committed");
    drop(database);
    let before = fs::read(home.data_file()).expect("read");

    for command in [&["serve"][..], &["site", "list"], &["doctor"]] {
        let ran = home.run(command);
        assert_eq!(ran.code, Some(1), "{command:?}: {ran:?}");
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains("newer"), "{command:?}: {said}");
    }
    assert!(fs::read(home.data_file()).expect("read") == before, "the data file changed");
}

#[test]
fn a_file_that_is_no_data_file_is_refused_and_left_as_it_is() {
    let home = Home::new();
    fs::create_dir(home.data()).expect("made");
    fs::write(home.data_file(), "a letter, not a database").expect("written");
    let complaint = home.run(&["serve"]).refused();
    assert!(complaint.contains("afterword.redb"), "{complaint}");
    assert_eq!(fs::read_to_string(home.data_file()).expect("read"), "a letter, not a database");
}

#[test]
fn a_second_server_on_the_same_data_is_refused_and_the_first_goes_on() {
    let home = Home::new();
    let first = home.serve();
    let complaint = home.run(&["serve"]).refused();
    assert!(complaint.contains("in use"), "{complaint}");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    assert_eq!(first.get("/healthz").status, 200);
    // The first one's socket is still the first one's.
    home.run(&["site", "list"]).ok();
}

#[test]
fn without_a_command_the_server_starts() {
    let home = Home::new().with("AFTERWORD_SERVER__LISTEN", "nowhere");
    assert!(home.run(&[]).refused().contains("AFTERWORD_SERVER__LISTEN"));
}

#[test]
fn a_data_directory_too_long_for_a_socket_serves_and_says_what_it_cannot() {
    let home = Home::new().with("AFTERWORD_STORAGE__DIRECTORY", &"d".repeat(150));
    home.run(&["site", "add", "blog"]).ok();
    let server = home.serve();
    assert!(home.run(&["site", "list"]).refused().contains("in use"));
    server.signal(rustix::process::Signal::TERM);
    let (code, log) = server.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("commands cannot reach this server"), "{log}");
}
