//! The passwords that everybody knows: the whole list that comes with the program. (Statement 49.)

use std::process::Command;

use serde_json::json;

use super::*;
use afterword::actions::passwords::NewPassword;
use afterword::domain::Refusal;

/// The list as it was compiled in: from the source of the version that `Cargo.lock` names.
fn bundled() -> Vec<String> {
    let asked = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    let metadata: Value = serde_json::from_slice(&asked.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let found = packages.iter().find(|package| package["name"] == "zxcvbn").expect("the dependency");
    let manifest = std::path::Path::new(found["manifest_path"].as_str().unwrap());
    let source = std::fs::read_to_string(manifest.with_file_name("src/frequency_lists.rs")).unwrap();
    let list = source.split("const PASSWORDS: &str = \"").nth(1).and_then(|rest| rest.split('"').next());
    list.expect("the list of passwords").split(',').map(str::to_owned).collect()
}

/// Long enough by being said again.
fn said_again(word: &str) -> String {
    word.repeat(15_usize.div_ceil(word.chars().count().max(1)))
}

#[test]
fn none_of_the_passwords_that_everybody_knows_is_taken() {
    let list = bundled();
    assert!(list.len() >= 3_000, "{} passwords are known", list.len());
    // Alone, as one of two factors, where eight characters are enough; the best known ones at full length, too, by being
    // said over and over.
    let tried = list.iter().map(|password| (password.clone(), true));
    let tried = tried.chain(list.iter().take(3_000).map(|password| (said_again(password), false)));
    let (mut guessable, mut taken) = (0, Vec::new());
    for (password, two) in tried {
        match NewPassword::parse(&password, &[], two) {
            Ok(_) => taken.push(password),
            Err(Refusal::PasswordGuessable { .. }) => guessable += 1,
            Err(_) => {}
        }
    }
    assert_eq!(taken, [""; 0], "of {}", list.len());
    assert!(guessable > 6_000, "{guessable} were refused for being known, not for being short");
}

#[tokio::test]
async fn a_password_that_everybody_knows_is_refused_on_the_account_page() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let mut browser = signed_in(&app, "Ada").await;
    let list = bundled();
    for password in list.iter().step_by(list.len() / 20).map(|word| said_again(word)) {
        let sent = json!({ "old": PASSWORD, "new": password });
        let answer = browser.send("PUT", "/account/api/password", sent).await;
        answer.refused_as(422, "/problems/password-guessable");
    }
}
