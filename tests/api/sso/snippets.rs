//! The examples of `docs/single-sign-on.md` sign people in: each is taken from the document, and run if what it needs is on
//! this machine.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use afterword::actions::sso::Change;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::Algorithm;

use super::now;
use crate::support::TestApp;
use crate::support::sso::pair;

#[allow(clippy::disallowed_methods, reason = "a site's own code, which has its own clock and chance")]
#[path = "site_in_rust.rs"]
mod site_in_rust;

const DOCUMENT: &str = include_str!("../../../docs/single-sign-on.md");

/// The document's examples in a language.
fn examples(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    DOCUMENT.split(fence.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// The example that defines something, and no other.
fn example(language: &str, defines: &str) -> &'static str {
    let found: Vec<_> = examples(language).into_iter().filter(|code| code.contains(defines)).collect();
    assert_eq!(found.len(), 1, "one example in {language} with {defines}");
    found[0]
}

/// A server whose clock shows what the examples see.
async fn start() -> TestApp {
    let app = TestApp::start().await;
    #[allow(clippy::disallowed_methods, reason = "the examples ask the machine")]
    let machine = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let ours = u64::try_from(now(&app).as_millis()).unwrap();
    app.clock.forward(machine.saturating_sub(std::time::Duration::from_millis(ours)));
    app
}

/// Runs what was written to `directory`; its last line, or `None` if the program is not here.
fn run(directory: &Path, program: &str, arguments: &[&str]) -> Option<String> {
    let ran = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .env("GOCACHE", directory.join("cache"))
        .env("GOFLAGS", "-mod=mod")
        .output();
    match ran {
        Ok(ran) => {
            let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
            assert!(ran.status.success(), "{program} {arguments:?}: {err}");
            Some(out.lines().last().expect("a token").trim().to_owned())
        }
        Err(missing) if missing.kind() == ErrorKind::NotFound => None,
        Err(fault) => panic!("{program}: {fault}"),
    }
}

async fn signs_in(app: &TestApp, token: &str, what: &str) {
    let answer = app.present(token).await;
    assert_eq!(answer.status, 200, "{what}: {}", answer.text());
    let visitor = &answer.json()["visitor"];
    assert_eq!((&visitor["name"], &visitor["via"]["kind"]), (&"Zoë".into(), &"sso".into()), "{what}");
    let identity = afterword::domain::Identity::of_site(app.site.id, "42".to_owned());
    assert!(app.app.store.account_of(&identity).await.unwrap().is_some(), "{what}: by their id");
}

#[tokio::test]
async fn the_examples_in_scripting_languages_and_go_sign_people_in() {
    let app = start().await;
    let secret = app.sso_secret().await;
    let mut ran = Vec::new();
    for (language, defines, file, command, call) in [
        (
            "js",
            "createHmac",
            "token.mjs",
            &["node", "token.mjs"][..],
            "console.log(afterwordToken(SECRET, { id: 42, name: \"Zoë\" }));",
        ),
        (
            "php",
            "function afterword_token",
            "token.php",
            &["php", "token.php"],
            "echo afterword_token(SECRET, ['id' => 42, 'name' => 'Zoë']);",
        ),
        (
            "python",
            "def afterword_token",
            "token.py",
            &["python3", "token.py"],
            "print(afterword_token(SECRET, {\"id\": 42, \"name\": \"Zoë\"}))",
        ),
        (
            "ruby",
            "def afterword_token",
            "token.rb",
            &["ruby", "token.rb"],
            "puts afterword_token(SECRET, { id: 42, name: \"Zoë\" })",
        ),
        (
            "go",
            "func AfterwordToken",
            "token.go",
            &["go", "run", "token.go"],
            "func main() {\n\ttoken, err := AfterwordToken(SECRET, \"42\", \"Zoë\")\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tprint_(token)\n}",
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let mut code =
            format!("{}\n{}\n", example(language, defines), call.replace("SECRET", &format!("\"{secret}\"")));
        if language == "go" {
            code = code
                .replace("\t\"time\"\n", "\t\"os\"\n\t\"time\"\n")
                .replace("print_(token)", "os.Stdout.WriteString(token)");
        }
        std::fs::write(directory.path().join(file), code).unwrap();
        let Some(token) = run(directory.path(), command[0], &command[1..]) else { continue };
        signs_in(&app, &token, language).await;
        ran.push(language);
    }
    // The tests of this project need these two anyway.
    assert!(ran.contains(&"js") && ran.contains(&"python"), "{ran:?}");
}

#[tokio::test]
async fn the_example_with_a_key_pair_signs_people_in() {
    let app = start().await;
    let (_, public) = pair(Algorithm::EdDSA, 9);
    app.change_sso(Change::PublicKey(public)).await;
    let der = [&b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20"[..], &[9; 32]].concat();
    let frame = "PRIVATE KEY";
    let pem = format!("-----BEGIN {frame}-----\\n{}\\n-----END {frame}-----\\n", STANDARD.encode(der));
    let directory = tempfile::tempdir().unwrap();
    let call = format!("console.log(afterwordToken(\"{pem}\", {{ id: 42, name: \"Zoë\" }}));");
    let code = format!("{}\n{call}\n", example("js", "createPrivateKey"));
    std::fs::write(directory.path().join("token.mjs"), code).unwrap();
    let token = run(directory.path(), "node", &["token.mjs"]).expect("node is here");
    signs_in(&app, &token, "a key pair").await;
}

#[tokio::test]
async fn the_example_in_rust_is_the_code_that_runs_here_and_signs_people_in() {
    assert_eq!(examples("rust"), [include_str!("site_in_rust.rs")]);
    let app = start().await;
    let secret = app.sso_secret().await;
    signs_in(&app, &site_in_rust::afterword_token(&secret, "42", "Zoë"), "rust").await;
}
