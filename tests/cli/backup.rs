//! Backing up and restoring, exporting and importing, compacting: as the owner does it.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use super::home::{Home, Ran};

/// A home with a site and an owner.
fn lived_in() -> Home {
    let home = Home::new();
    home.run(&["site", "add", "blog", "--origin", "https://blog.example"]).ok();
    home.run(&["owner", "add", "--name", "Ada", "--email", "ada@example.org"]).ok();
    home
}

fn digest(home: &Home) -> String {
    home.run(&["export", "--digest"]).ok().trim().to_owned()
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).expect("there").permissions().mode() & 0o777
}

fn names_in(directory: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(directory) else { return vec![] };
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect()
}

fn with_input(home: &Home, arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = home
        .command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    // It may have refused before it read everything.
    let _ = child.stdin.take().expect("piped").write_all(input);
    let ended = child.wait_with_output().expect("it ends");
    Ran {
        code: ended.status.code(),
        stdout: String::from_utf8(ended.stdout).expect("UTF-8"),
        stderr: String::from_utf8(ended.stderr).expect("UTF-8"),
    }
}

#[test]
fn a_backup_is_its_owners_alone_and_restores_to_the_same_digest_with_and_without_a_server() {
    for serving in [false, true] {
        let home = lived_in();
        let server = serving.then(|| home.serve());
        let made = home.run(&["backup", "b.backup"]);
        assert_eq!((made.code, made.stdout.as_str()), (Some(0), ""), "{made:?}");
        assert!(made.stderr.contains("1 site, 0 threads, 0 comments, 1 account"), "{made:?}");
        let file = home.path().join("b.backup");
        assert_eq!(mode(&file), 0o600);
        let before = digest(&home);
        let checked = home.run(&["restore", "--check", "b.backup"]).ok();
        assert!(checked.contains("whole") && checked.contains(&before), "{checked}");
        let piped = home.command(&["backup", "-"]).output().expect("the binary runs").stdout;
        fs::write(home.path().join("piped.backup"), piped).expect("written");
        home.run(&["restore", "--check", "piped.backup"]).ok();
        drop(server);

        let elsewhere = Home::new();
        let told = elsewhere.run(&["restore", file.to_str().expect("UTF-8")]).ok();
        assert!(told.contains("everybody signs in anew"), "{told}");
        assert_eq!(digest(&elsewhere), before);
        assert_eq!(mode(&elsewhere.data_file()), 0o600);
        assert_eq!(names_in(&elsewhere.data()), ["afterword.redb"]);
        assert!(elsewhere.run(&["doctor"]).ok().contains("counters and indexes agree"));
        assert!(elsewhere.run(&["owner", "link"]).ok().contains("signs Ada in"));
    }
}

#[test]
fn what_is_there_is_not_overwritten_unless_asked() {
    let home = lived_in();
    for command in ["backup", "export"] {
        fs::write(home.path().join("taken"), "precious").expect("written");
        let complaint = home.run(&[command, "taken"]).refused();
        assert!(
            complaint.contains("taken is there already") && complaint.contains("--replace"),
            "{complaint}"
        );
        assert_eq!(fs::read_to_string(home.path().join("taken")).expect("there"), "precious");
        assert_eq!(home.run(&[command, "taken", "--replace"]).code, Some(0));
        assert_ne!(fs::read(home.path().join("taken")).expect("there"), b"precious");
        assert_eq!(mode(&home.path().join("taken")), 0o600);
    }
    home.run(&["backup", "b"]);
    for command in [&["restore", "b"][..], &["import", "taken"]] {
        let complaint = home.run(command).refused();
        assert!(complaint.contains("there is a data file at"), "{complaint}");
    }
    let mut names = names_in(home.path());
    names.sort();
    assert_eq!(names, ["afterword-data", "b", "taken"], "no half-written file is left");
}

#[test]
fn an_altered_or_truncated_backup_is_refused_and_nothing_is_put_in_place() {
    let home = lived_in();
    home.run(&["backup", "b"]);
    let whole = fs::read(home.path().join("b")).expect("there");
    let elsewhere = Home::new();
    let bad = elsewhere.path().join("bad");
    let mut cases: Vec<Vec<u8>> = (0..8).map(|part| whole[..whole.len() * part / 8].to_vec()).collect();
    cases.extend((0..8).map(|part| {
        let mut altered = whole.clone();
        altered[whole.len() * part / 8] ^= 0x10;
        altered
    }));
    for case in cases {
        fs::write(&bad, case).expect("written");
        let complaint = elsewhere.run(&["restore", "bad"]).refused();
        assert!(
            complaint.contains("cut short or altered") || complaint.contains("no backup of Afterword"),
            "{complaint}"
        );
        elsewhere.run(&["restore", "--check", "bad"]).refused();
        assert!(names_in(&elsewhere.data()).is_empty());
    }
}

#[test]
fn an_export_imports_to_the_same_digest_and_the_same_export() {
    let home = lived_in();
    let lines = home.run(&["export"]).ok();
    assert_eq!(
        home.run(&["export", "-"]).ok().lines().skip(1).collect::<Vec<_>>(),
        lines.lines().skip(1).collect::<Vec<_>>()
    );
    assert!(lines.lines().last().expect("a line").contains(&digest(&home)), "{lines}");
    let server = home.serve();
    let served = home.run(&["export"]).ok();
    assert!(served.contains("\"key\":\"blog\""));
    drop(server);

    let elsewhere = Home::new();
    let told = with_input(&elsewhere, &["import", "-"], served.as_bytes()).ok();
    assert!(told.contains("imported 1 site"), "{told}");
    assert_eq!(
        elsewhere.run(&["export"]).ok().lines().skip(1).collect::<Vec<_>>(),
        served.lines().skip(1).collect::<Vec<_>>()
    );
}

#[test]
fn an_import_that_is_not_whole_and_true_changes_nothing() {
    let home = lived_in();
    let lines = home.run(&["export"]).ok();
    home.run(&["backup", "b"]);
    let cut = &lines[..lines.trim_end().rfind('\n').expect("lines") + 1];
    for (input, expected) in [
        (cut.to_owned(), "cut short"),
        (lines.replace("\"Ada\"", "\"Eve\""), "the file was altered"),
        (lines.replace("\"version\":1,\"schema\"", "\"version\":9,\"schema\""), "use a newer Afterword"),
        (lines.replace("\"account\":{\"id\"", "\"akkount\":{\"id\""), "expected one of `counter`"),
        ("hello\n".to_owned(), "no export of Afterword"),
    ] {
        let elsewhere = Home::new();
        let complaint = with_input(&elsewhere, &["import", "-"], input.as_bytes()).refused();
        assert!(complaint.contains(expected), "{complaint}");
        assert!(names_in(&elsewhere.data()).is_empty(), "{expected}");
    }
    let packed = fs::read(home.path().join("b")).expect("there");
    let complaint = with_input(&Home::new(), &["import", "-"], &packed).refused();
    assert!(complaint.contains("afterword restore"), "{complaint}");
}

#[test]
fn a_line_that_comes_twice_is_refused_even_if_the_file_adds_up() {
    let home = lived_in();
    let lines = home.run(&["export"]).ok();
    let mut lines: Vec<&str> = lines.lines().collect();
    let account = *lines.iter().find(|line| line.starts_with("{\"account\"")).expect("an account");
    lines.insert(3, account);
    let body: String = lines[1..lines.len() - 1].iter().map(|line| format!("{line}\n")).collect();
    let digest: String = {
        use sha2::{Digest, Sha256};
        Sha256::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let mut end: serde_json::Value = serde_json::from_str(lines[lines.len() - 1]).expect("JSON");
    end["end"]["entities"] = (lines.len() - 2).into();
    end["end"]["counts"]["account"] = 2.into();
    end["end"]["sha256"] = digest.into();
    let file = format!("{}\n{body}{end}\n", lines[0]);
    let elsewhere = Home::new();
    let complaint = with_input(&elsewhere, &["import", "-"], file.as_bytes()).refused();
    assert!(complaint.contains("something is in it twice"), "{complaint}");
    assert!(names_in(&elsewhere.data()).is_empty());
}

#[test]
fn an_import_that_is_killed_leaves_no_data_file_and_the_next_one_succeeds() {
    let home = lived_in();
    let lines = home.run(&["export"]).ok();
    let elsewhere = Home::new();
    let mut child = elsewhere
        .command(&["import", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let mut input = child.stdin.take().expect("piped");
    input.write_all(&lines.as_bytes()[..lines.len() / 2]).expect("sent");
    // In the middle: its draft is there, and it waits for more.
    while names_in(&elsewhere.data()).is_empty() {
        std::thread::yield_now();
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    drop(input);
    assert!(!elsewhere.data_file().exists());
    with_input(&elsewhere, &["import", "-"], lines.as_bytes()).ok();
    assert_eq!(names_in(&elsewhere.data()), ["afterword.redb"], "what was left behind is gone");
    assert_eq!(digest(&elsewhere), digest(&home));
}

#[test]
fn a_stopped_installation_is_compacted_at_once() {
    let home = lived_in();
    let before = digest(&home);
    let told = home.run(&["compact"]).ok();
    assert!(told.contains("MiB before") && told.contains("MiB after"), "{told}");
    assert_eq!(digest(&home), before);
    assert_eq!(names_in(&home.data()), ["afterword.redb"]);
    assert!(Home::new().run(&["compact"]).refused().contains("there is no data file"));
}

#[test]
fn a_running_server_compacts_at_its_next_start_and_loses_nothing_written_in_between() {
    let home = lived_in();
    let server = home.serve();
    let told = home.run(&["compact"]).ok();
    assert!(told.contains("at its next start"), "{told}");
    assert!(home.run(&["doctor"]).ok().contains("is compacted at the next start"));
    home.run(&["site", "add", "later"]).ok();
    let before = digest(&home);
    drop(server.stopped());

    let server = home.serve();
    assert_eq!(digest(&home), before);
    assert!(home.run(&["site", "list"]).ok().contains("later"));
    let log = server.stopped();
    assert!(log.contains("compacted the data file"), "{log}");
    assert_eq!(names_in(&home.data()), ["afterword.redb"]);
    let log = home.serve().stopped();
    assert!(!log.contains("compacted"), "once: {log}");
}

#[test]
fn a_compaction_that_is_killed_at_any_moment_leaves_everything() {
    let home = lived_in();
    let before = digest(&home);
    let new = home.data().join("afterword.redb.compacting");
    for bytes in [0, 1, 4_096, 60_000, u64::MAX] {
        let mut child = home.command(&["compact"]).stdout(Stdio::null()).spawn().expect("the binary runs");
        // Killed as soon as its copy is so long; the last one is left to end.
        while child.try_wait().expect("asked").is_none() {
            if fs::metadata(&new).is_ok_and(|file| file.len() >= bytes) {
                let _ = child.kill();
            }
            std::thread::yield_now();
        }
        child.wait().expect("it ended");
        assert_eq!(digest(&home), before, "killed at {bytes} bytes");
    }
    assert_eq!(names_in(&home.data()), ["afterword.redb"]);
}

#[test]
fn the_help_tells_what_each_command_is_for() {
    let help = Home::new().run(&["--help"]).ok();
    for command in ["backup", "restore", "export", "import", "compact"] {
        assert!(help.lines().any(|line| line.trim_start().starts_with(command)), "{help}");
        let own = Home::new().run(&[command, "--help"]).ok();
        assert!(own.contains(&format!("Usage: afterword {command}")), "{own}");
    }
}
