//! The demo's web site: a small magazine on an origin of its own, which embeds Afterword as any owner would.
//!
//! Invariant: nothing here knows Afterword from the inside. The pages hold the public script tag and no more.

pub mod articles;
pub mod service;

use askama::Template;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use articles::{ARTICLES, Article};

pub struct Magazine {
    /// Where Afterword is: the base URL that the script tag points to.
    server: String,
}

impl Magazine {
    pub fn new(server: String) -> Magazine {
        Magazine { server }
    }

    /// The answer to a GET of `path`.
    pub fn page(&self, path: &str) -> Response<Bytes> {
        let frame = Frame::plain(&self.server);
        match path.trim_end_matches('/') {
            "" => html(&Index { frame, articles: &ARTICLES }),
            "/about" => html(&About { frame }),
            "/mailbox" => html(&MailboxPage { frame }),
            path => {
                if let Some(article) = path.strip_prefix('/').and_then(articles::by_slug) {
                    self.essay(article)
                } else if let Some((kind, body)) = file(path) {
                    answer(StatusCode::OK, kind, Bytes::from_static(body))
                } else {
                    let mut answer = html(&NotFound { frame });
                    *answer.status_mut() = StatusCode::NOT_FOUND;
                    answer
                }
            }
        }
    }

    fn essay(&self, article: &'static Article) -> Response<Bytes> {
        let others = ARTICLES.iter().filter(|other| other.slug != article.slug).take(4).collect();
        let Article { lang, dir, night, strict, .. } = *article;
        let frame = Frame { lang, dir, night, icon: !strict, server: &self.server };
        let body = article.body.replace("{{ server }}", &self.server);
        let mut answer = html(&Essay { frame, article, body, others });
        if article.strict {
            let policy = HeaderValue::try_from(strict_policy(&self.server));
            // A base URL is a URL, and every URL is a legal header value.
            if let Ok(policy) = policy {
                answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            }
        }
        answer
    }
}

/// What a careful owner sends: nothing but the page's own style and the comments' server, and no string ever becomes
/// a script.
fn strict_policy(server: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self'; script-src {server}; connect-src {server}; img-src {server}; \
         require-trusted-types-for 'script'"
    )
}

#[derive(Clone, Copy)]
struct Frame<'a> {
    lang: &'static str,
    dir: &'static str,
    night: bool,
    /// The strict page has none: its policy lets no picture in, not even this one.
    icon: bool,
    server: &'a str,
}

impl Frame<'_> {
    fn plain(server: &str) -> Frame<'_> {
        Frame { lang: "en", dir: "ltr", night: false, icon: true, server }
    }
}

#[derive(Template)]
#[template(path = "demo/index.html")]
struct Index<'a> {
    frame: Frame<'a>,
    articles: &'static [Article],
}

#[derive(Template)]
#[template(path = "demo/article.html")]
struct Essay<'a> {
    frame: Frame<'a>,
    article: &'static Article,
    body: String,
    others: Vec<&'static Article>,
}

#[derive(Template)]
#[template(path = "demo/about.html")]
struct About<'a> {
    frame: Frame<'a>,
}

#[derive(Template)]
#[template(path = "demo/mailbox.html")]
struct MailboxPage<'a> {
    frame: Frame<'a>,
}

#[derive(Template)]
#[template(path = "demo/not-found.html")]
struct NotFound<'a> {
    frame: Frame<'a>,
}

fn html(page: &impl Template) -> Response<Bytes> {
    match page.render() {
        Ok(text) => answer(StatusCode::OK, "text/html; charset=utf-8", text.into()),
        Err(error) => answer(
            StatusCode::INTERNAL_SERVER_ERROR,
            "text/plain; charset=utf-8",
            format!("This page could not be put together: {error}\n").into(),
        ),
    }
}

pub(in crate::cli::demo) fn answer(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Bytes> {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

fn file(path: &str) -> Option<(&'static str, &'static [u8])> {
    macro_rules! picture {
        ($name:literal) => {
            ("image/svg+xml", include_bytes!(concat!("files/art/", $name, ".svg")).as_slice())
        };
    }
    Some(match path {
        "/style.css" => ("text/css; charset=utf-8", include_bytes!("files/style.css").as_slice()),
        "/mailbox.js" => ("text/javascript; charset=utf-8", include_bytes!("files/mailbox.js").as_slice()),
        "/art/icon.svg" => picture!("icon"),
        "/art/how-to-predict-the-sea.svg" => picture!("how-to-predict-the-sea"),
        "/art/what-the-dark-is-for.svg" => picture!("what-the-dark-is-for"),
        "/art/the-harbour-coffee-house.svg" => picture!("the-harbour-coffee-house"),
        "/art/the-footbridge-one-year-on.svg" => picture!("the-footbridge-one-year-on"),
        "/art/soup-for-the-week-of-the-big-winds.svg" => picture!("soup-for-the-week-of-the-big-winds"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &str) -> String {
        let page = Magazine::new("http://localhost:8080".to_owned()).page(path);
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        String::from_utf8(page.body().to_vec()).unwrap()
    }

    #[test]
    fn every_essay_embeds_the_public_script_tag_and_nothing_else_from_elsewhere() {
        for article in &ARTICLES {
            let page = text(&format!("/{}", article.slug));
            assert!(page.contains(
                "<script async src=\"http://localhost:8080/embed.js\" data-site=\"demo\"></script>\n<div id=\"afterword\"></div>"
            ));
            assert_eq!(page.matches("<script").count(), 1, "{}", article.slug);
            assert!(!page.contains("https://"), "{} asks nothing of anybody else", article.slug);
        }
    }

    #[test]
    fn every_picture_and_every_link_within_the_magazine_leads_somewhere() {
        for path in ["/", "/about", "/mailbox"]
            .into_iter()
            .map(str::to_owned)
            .chain(ARTICLES.iter().map(|a| format!("/{}", a.slug)))
        {
            let page = text(&path);
            for attribute in ["href=\"/", "src=\"/"] {
                for rest in page.split(attribute).skip(1) {
                    let target = rest.split(['"', '#', '?']).next().unwrap();
                    text(&format!("/{target}"));
                }
            }
        }
    }

    #[test]
    fn the_strict_page_says_so_and_shows_the_policy_it_is_served_with() {
        let page = Magazine::new("http://localhost:8080".to_owned()).page("/a-page-is-a-small-boat");
        let policy = page.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        let body = String::from_utf8(page.body().to_vec()).unwrap();
        for directive in policy.split("; ") {
            let (name, value) = directive.split_once(' ').unwrap();
            assert!(
                body.lines().any(|line| line.contains(name) && line.contains(value)),
                "{directive} stands in the essay"
            );
        }
    }

    #[test]
    fn an_unknown_address_is_not_found() {
        let page = Magazine::new("http://localhost:8080".to_owned()).page("/nothing");
        assert_eq!(page.status(), StatusCode::NOT_FOUND);
    }
}
