//! A page as an answer: its headers, where its files are, and the page that says why there is none.

use askama::Template;
use http::HeaderValue;
use http::header::{self, HeaderName};

use super::views::{Failure, Frame};
use crate::app::App;
use crate::web::{Problem, Request, Response, response, widget_files};

/// Scripts, styles and requests from this server only; no string ever becomes a script.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'",
);

/// What stands around a page, with the script named `script` under `widget/src/first-party`.
pub fn frame(app: &App, script: Option<&str>) -> Frame {
    let base = &app.config.server.base_url.path;
    // A build without its widget fails; what is named here and not there is found by the tests of these pages.
    let address = |stem| widget_files::address(stem).map(|path| format!("{base}{path}"));
    Frame {
        base: base.clone(),
        style: address("pages").unwrap_or_default(),
        script: script.and_then(address),
    }
}

/// The page. Deliberately without `Cross-Origin-Opener-Policy`: it would cut the popup off from the page that opened it.
pub fn show(page: &impl Template) -> Result<Response, Problem> {
    let html = page.render().map_err(Problem::internal)?;
    let mut response = response::respond(http::StatusCode::OK, HTML, html);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    Ok(response)
}

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// A problem for a person to read. Failures of the server stay problems, so that they are logged where all are.
pub fn failed(request: &Request, problem: Problem, hints: &[&str]) -> Result<Response, Problem> {
    let status = problem.kind().status(true);
    if status.is_server_error() {
        return Err(problem);
    }
    let mut response = show(&Failure {
        frame: frame(request.app(), None),
        title: problem.kind().title.to_owned(),
        detail: sentence(problem.detail()),
        hints: hints.iter().map(|hint| (*hint).to_owned()).collect(),
    })?;
    *response.status_mut() = status;
    Ok(response)
}

/// A refusal's words as a sentence.
pub fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let mut sentence: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_becomes_a_sentence() {
        assert_eq!(sentence("this link has expired"), "This link has expired.");
        assert_eq!(sentence("Tell us your name first!"), "Tell us your name first!");
        assert_eq!(sentence(""), ".");
    }
}
