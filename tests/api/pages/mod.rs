//! Pages on the comments host: popup, set-up, sign-in links, dashboard.

mod dashboard;
mod popup;
mod set_up;

use afterword::actions::setup;
use afterword::storage::accounts::LinkPurpose;
use serde_json::json;

pub use crate::support::passwords::PASSWORD;
use crate::support::{Answer, Request, TestApp};

const OURS: &str = "http://localhost:8080";

impl TestApp {
    /// What a script on a page of ours sends.
    pub fn own_page(&self, method: &str, path: &str) -> Request<'_> {
        let origin = &self.app.config.server.base_url.origin;
        self.request(method, path).origin(origin).header("sec-fetch-site", "same-origin")
    }

    /// Sets up the owner `ada@example.org`: their dashboard cookie.
    pub async fn set_up(&self) -> String {
        let token = setup::mint_link(&self.app, LinkPurpose::SetUp).await.expect("a link");
        let owner =
            json!({ "token": token, "name": "Ada", "email": "ada@example.org", "password": PASSWORD });
        let answer = self.own_page("POST", "/setup/owner").json(owner).send().await;
        assert_eq!(answer.status, 204, "{}", answer.text());
        cookie(&answer)
    }
}

/// `name=value` of the first cookie that an answer sets.
pub fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie").expect("a cookie is set");
    set.split(';').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn every_page_lets_nothing_in_but_this_servers_own_files() {
    let app = TestApp::start().await;
    let cookie = app.set_up().await;
    let popup = popup::address(&app, "https://blog.example");
    for (path, cookie) in [
        (popup.as_str(), ""),
        ("/auth/popup?site=nobody", ""),
        ("/setup", ""),
        ("/auth/link", ""),
        ("/dashboard", ""),
        ("/dashboard", cookie.as_str()),
    ] {
        let page = app.request("GET", path).header("cookie", cookie).send().await;
        let policy = page.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'")
                && policy.contains("frame-ancestors 'none'")
                && policy.contains("require-trusted-types-for 'script'"),
            "{path}: {policy}"
        );
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(page.header("cross-origin-opener-policy"), None, "{path}: a popup must keep its opener");
        assert_eq!(page.header("access-control-allow-origin"), None, "{path}");

        let html = page.text();
        assert!(
            !html.contains("<style") && !html.contains(" style=") && !html.contains("<script>"),
            "{path}"
        );
        for attribute in ["src=\"", "rel=\"stylesheet\" href=\""] {
            for rest in html.split(attribute).skip(1) {
                let file = rest.split('"').next().unwrap();
                let answer = app.request("GET", file).send().await;
                assert_eq!(answer.status, 200, "{path} loads {file}");
                assert!(answer.header("cache-control").unwrap().contains("immutable"), "{file}");
            }
        }
    }
}

#[tokio::test]
async fn under_a_path_pages_and_their_files_are_under_it_too() {
    let app = TestApp::with(|config| config.server.base_url.path = "/comments".to_owned()).await;
    let page = app.request("GET", "/comments/setup").send().await;
    let html = page.text();
    assert!(
        html.contains("data-base=\"/comments\"") && html.contains("src=\"/comments/widget/setup-"),
        "{html}"
    );
}
