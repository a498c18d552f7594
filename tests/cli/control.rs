//! The socket through which commands reach the running server.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;

use rustix::process::Signal;

use super::home::{Home, PATIENCE};

fn connect(home: &Home) -> (UnixStream, impl FnMut() -> String) {
    let stream = UnixStream::connect(home.data().join("control.sock")).expect("the server runs");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let mut lines = BufReader::new(stream.try_clone().expect("one more handle")).lines();
    (stream, move || lines.next().expect("a line").expect("UTF-8"))
}

#[test]
fn the_socket_is_the_owners_alone() {
    let home = Home::new();
    let _server = home.serve();
    let mode = std::fs::metadata(home.data().join("control.sock")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn an_order_of_another_version_is_answered_and_the_server_goes_on() {
    let home = Home::new();
    let _server = home.serve();
    for strange in [r#"{"paint_it":"blue"}"#, r#"{"show_site":{"colour":"blue"}}"#, "hello", ""] {
        let (mut stream, mut next) = connect(&home);
        assert!(next().contains(env!("CARGO_PKG_VERSION")), "it says who it is");
        writeln!(stream, "{strange}").expect("sent");
        let answer = next();
        assert!(answer.contains("does not understand this command"), "{strange}: {answer}");
    }
    home.run(&["site", "list"]).ok();
}

#[test]
fn a_command_that_says_nothing_holds_up_neither_others_nor_the_end() {
    let home = Home::new();
    let server = home.serve();
    let (_silent, mut next) = connect(&home);
    next();
    home.run(&["site", "list"]).ok();
    server.signal(Signal::TERM);
    assert_eq!(server.ended().0, Some(0));
}
