//! Commands that read everything while the server is told to stop: it does not wait for them, and they say why they have
//! nothing.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat, open};
use rustix::process::Signal;

use crate::client::Connection;
use crate::posting::{Posting, texts_in};
use crate::process::{Server, assert_clean};
use crate::{scale, seeds};

const BOUND: Duration = Duration::from_secs(10);
const CLIENTS: usize = 8;
const CUT_SHORT: &str = "the server was told to stop before this was done";

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
    command.args(arguments).env_clear().env("AFTERWORD_STORAGE__DIRECTORY", directory);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A server that says in a file what it is asked.
fn serve(directory: &Path, log: &Path) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_afterword"));
    command.stderr(File::create(log).unwrap());
    Server::with(
        command,
        directory,
        &[
            ("AFTERWORD_LOG__FILTER", "info"),
            ("AFTERWORD_LOG__ACCESS", "false"),
            ("AFTERWORD_SERVER__DRAIN_TIMEOUT", "1s"),
        ],
    )
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::yield_now();
    }
}

/// Whether a thread of this name runs in the server. The kernel keeps the first fifteen bytes of it.
fn has_thread(server: u32, name: &str) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{server}/task")).unwrap();
    let names = threads.flatten().map(|thread| std::fs::read_to_string(thread.path().join("comm")));
    names.flatten().any(|comm| comm.trim_end() == &name[..15])
}

fn assert_told_why(output: &Output) {
    let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(CUT_SHORT), "{said}");
}

/// Clients that post meanwhile.
async fn posting(address: SocketAddr, seeded: &seeds::Seeded) -> Posting {
    let tokens = seeds::access_tokens(address, seeded).await.unwrap();
    let posting = Posting::begin(address, tokens, "meanwhile", 20);
    posting.is_under_way().await;
    posting
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_under_way_at_sigterm_says_so_and_leaves_nothing_half() {
    let directory = tempfile::tempdir().unwrap();
    let seeded = seeds::plant(directory.path(), scale::of(3_000, 8_000), CLIENTS).await.unwrap();
    let (mut slowest, rounds) = (Duration::ZERO, scale::of(1, 5));
    let mut acknowledged = 0;
    for _ in 0..rounds {
        let out = tempfile::tempdir().unwrap();
        let server = serve(directory.path(), &out.path().join("log"));
        let posting = posting(server.address, &seeded).await;
        let file = out.path().join("a.backup");
        let backup = command(directory.path(), &["backup", file.to_str().unwrap()]).spawn().unwrap();
        until("the backup runs", || has_thread(server.id(), "afterword-export"));
        let began = Instant::now();
        server.signal(Signal::TERM);
        let output = tokio::task::spawn_blocking(|| backup.wait_with_output().unwrap()).await.unwrap();
        let code = tokio::task::spawn_blocking(move || server.ended()).await.unwrap();
        let took = began.elapsed();
        slowest = slowest.max(took);
        assert_eq!(code, Some(0));
        assert!(took < BOUND, "took {took:?}");
        assert_told_why(&output);
        for folder in [out.path(), directory.path()] {
            let names = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name());
            let left: Vec<_> = names.filter(|it| it != "log" && it != "afterword.redb").collect();
            assert_eq!(left, Vec::<std::ffi::OsString>::new(), "in {}", folder.display());
        }
        let told = posting.ended().await;
        let stored = texts_in(directory.path()).await;
        let lost: Vec<_> = told.acknowledged.iter().filter(|text| !stored.contains(text)).collect();
        assert_eq!(lost, Vec::<&String>::new());
        acknowledged += told.acknowledged.len();
        assert_clean(directory.path());
    }
    scale::tell(&format!(
        "SIGTERM while a backup runs, {rounds} times: gone after {slowest:?} at most, {acknowledged} acknowledged \
         meanwhile, 0 lost"
    ));
}

/// Many more than the machine has cores, so that they take long.
const DOCTORS: usize = 60;

/// What doctors ask the server, all at once.
fn doctors(directory: &Path, repair: bool) -> Vec<BufReader<UnixStream>> {
    let ask = |_| {
        let mut doctor = BufReader::new(UnixStream::connect(directory.join("control.sock")).unwrap());
        writeln!(doctor.get_mut(), r#"{{"audit":{{"repair":{repair}}}}}"#).unwrap();
        doctor
    };
    (0..DOCTORS).map(ask).collect()
}

/// What they are answered, after the server said who it is.
fn answers(doctors: Vec<BufReader<UnixStream>>) -> Vec<String> {
    doctors.into_iter().map(|doctor| doctor.lines().nth(1).expect("an answer").unwrap()).collect()
}

/// Doctors that are told to stop, with repairs that have the writer to themselves or without.
async fn stopped_under_doctors(repair: bool) {
    let directory = tempfile::tempdir().unwrap();
    seeds::plant(directory.path(), scale::of(3_000, 8_000), 1).await.unwrap();
    let log = directory.path().join("log");
    let server = serve(directory.path(), &log);
    let what = if repair { "repairs" } else { "doctors" };
    // How long they take if nobody stops them.
    let began = Instant::now();
    for answer in answers(doctors(directory.path(), repair)) {
        assert!(answer.contains("differences"), "{answer}");
    }
    let whole = began.elapsed();

    let asked = || std::fs::read_to_string(&log).unwrap().matches("a command asks: doctor").count();
    let under_way = doctors(directory.path(), repair);
    until("the doctors run", || asked() == 2 * DOCTORS);
    let began = Instant::now();
    server.signal(Signal::TERM);
    let code = tokio::task::spawn_blocking(move || server.ended()).await.unwrap();
    let took = began.elapsed();
    let (told, done): (Vec<_>, Vec<_>) =
        answers(under_way).into_iter().partition(|it| it.contains(CUT_SHORT));
    assert!(!told.is_empty());
    assert!(done.is_empty() || repair, "{done:?}");
    assert_eq!(code, Some(0));
    assert!(took < BOUND.min(whole / 2), "took {took:?}, and the {what} {whole:?} when they were let");
    assert_clean(directory.path());
    scale::tell(&format!("SIGTERM while {DOCTORS} {what} run that take {whole:?}: gone after {took:?}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn doctors_that_are_under_way_at_sigterm_are_not_waited_for() {
    stopped_under_doctors(false).await;
}

/// What is queued for the writer would be done before the data file is closed.
#[tokio::test(flavor = "multi_thread")]
async fn repairs_that_are_queued_at_sigterm_have_the_drain_limit_and_no_more() {
    stopped_under_doctors(true).await;
}

/// A mail server whose name takes for ever to look up: the list of whom to ask is a pipe into which nobody writes.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_being_looked_up_is_not_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    seeds::plant(directory.path(), 1, 1).await.unwrap();
    let servers = directory.path().join("resolv.conf");
    mknodat(CWD, &servers, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let mut command = Command::new("unshare");
    let script = r#"mount --bind "$0" /etc/resolv.conf && exec "$@""#;
    command.args(["--map-root-user", "--mount", "sh", "-c", script]).arg(&servers);
    command.arg(env!("CARGO_BIN_EXE_afterword"));
    let server = Server::with(
        command,
        directory.path(),
        &[
            ("AFTERWORD_MAIL__HOST", "mail.example.org"),
            ("AFTERWORD_MAIL__FROM", "comments@example.org"),
            ("AFTERWORD_SERVER__DRAIN_TIMEOUT", "1s"),
        ],
    );
    let body = format!(r#"{{"email":"ada@example.org","challenge":"{}"}}"#, "A".repeat(43));
    let request = format!(
        "POST /api/v1/sites/bench/auth/email HTTP/1.1\r\nHost: x\r\nOrigin: {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        seeds::ORIGIN,
        body.len()
    );
    let answer = Connection::open(server.address).await.unwrap().ask(request.as_bytes(), true).await.unwrap();
    assert_eq!(answer.status, 202, "{}", answer.head);
    // A pipe can be opened for writing at once only while somebody opens it to read; held open, it says nothing.
    let mut pipe = None;
    until("the name is looked up", || {
        pipe = open(&servers, OFlags::WRONLY | OFlags::NONBLOCK, Mode::empty()).ok();
        pipe.is_some()
    });
    let began = Instant::now();
    server.signal(Signal::TERM);
    let ended = tokio::task::spawn_blocking(move || server.ended_within(BOUND)).await.unwrap();
    let took = began.elapsed();
    assert_eq!(ended, Some(Some(0)), "not gone after {took:?}");
    assert!(took > Duration::from_millis(900), "the mail was under way, and had its time: {took:?}");
    scale::tell(&format!("SIGTERM while a name is looked up for ever: gone after {took:?}"));
    drop(pipe);
    assert_clean(directory.path());
}
