//! Told to stop, the server finishes what is under way and ends well; killed, it leaves nothing in the way.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use rustix::process::Signal;

use super::home::{Home, PATIENCE};

#[test]
fn a_signal_ends_the_server_well() {
    for signal in [Signal::TERM, Signal::INT] {
        let home = Home::new();
        let server = home.serve();
        assert_eq!(server.get("/healthz").status, 200);
        server.signal(signal);
        let (code, log) = server.ended();
        assert_eq!(code, Some(0), "{log}");
        assert!(log.contains("stopped"), "{log}");
        assert!(!home.data().join("control.sock").exists(), "the socket is gone");
    }
}

#[test]
fn clients_that_are_slow_do_not_hold_up_the_end_for_longer_than_the_drain_timeout() {
    let home = Home::new().with("AFTERWORD_SERVER__DRAIN_TIMEOUT", "1s");
    let server = home.serve();
    let mut idle = TcpStream::connect(server.address).expect("a connection");
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").expect("sent");
    let mut first = [0; 12];
    idle.read_exact(&mut first).expect("an answer");
    let mut half = TcpStream::connect(server.address).expect("a connection");
    half.write_all(b"POST /setup/owner HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf").expect("sent");

    let began = Instant::now();
    server.signal(Signal::TERM);
    let (code, log) = server.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(began.elapsed() < PATIENCE / 4, "took {:?}", began.elapsed());
}

#[test]
fn a_killed_server_leaves_nothing_that_a_command_or_the_next_start_stumbles_over() {
    let home = Home::new();
    let server = home.serve();
    home.run(&["site", "add", "blog"]).ok();
    server.signal(Signal::KILL);
    server.ended();
    assert!(home.data().join("control.sock").exists(), "a dead server's socket stays behind");
    assert!(home.run(&["site", "list"]).ok().contains("blog"), "nobody answers there: the file is opened");
    let server = home.serve();
    assert!(home.run(&["site", "list"]).ok().contains("blog"));
    drop(server);
}

#[test]
fn health_tells_a_running_server_from_none() {
    // A health check has to know the port.
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port();
    let home = Home::new().with("AFTERWORD_SERVER__LISTEN", &format!("0.0.0.0:{port}"));
    home.run(&["health"]).refused();
    let _server = home.serve();
    home.run(&["health"]).ok();
}

#[test]
fn a_reader_of_the_output_may_go_away() {
    let home = Home::new();
    let mut child = home.command(&["config"]).stdout(std::process::Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    let code = child.wait().expect("it ends").code();
    assert_eq!(code, Some(0));
}
