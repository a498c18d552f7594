//! Rendering what the cache keeps: read from one snapshot, written as JSON and compressed on a thread that renders.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;

use super::answer;
use crate::actions;
use crate::app::App;
use crate::domain::{CommentId, Origin, PageKey, Site, ThreadId, Version};
use crate::web::encoding::Encoding;
use crate::web::etag::ETag;
use crate::web::prepared::Variant;
use crate::web::problem::Problem;
use crate::web::thread_cache::{Fresh, Part, Versions};
use crate::web::wire::{self, CommentContext, Order, SignIn};
use crate::web::{Request, Response};

/// Something that can be rendered once for all who wait.
pub trait Render: Send {
    fn render(
        self,
        request: &Request,
        thread: ThreadId,
        part: Part,
        encoding: Encoding,
    ) -> impl Future<Output = Result<Option<Fresh>, Problem>> + Send;
}

/// What else the bytes depend on, beside versions and build.
pub fn variety(app: &App) -> u8 {
    let SignIn { email, providers } = sign_in(app);
    u8::from(email) | u8::from(providers) << 1
}

fn sign_in(app: &App) -> SignIn {
    SignIn { email: app.mailer.is_some(), providers: actions::providers::offered(app).next().is_some() }
}

pub struct Page<'a> {
    pub site: &'a Arc<Site>,
    pub order: Order,
}

impl Render for Page<'_> {
    async fn render(
        self,
        request: &Request,
        thread: ThreadId,
        part: Part,
        encoding: Encoding,
    ) -> Result<Option<Fresh>, Problem> {
        let Part::Page { order, after } = part else { return Ok(None) };
        let Some(page) = actions::threads::page(request.app(), thread, order, after).await? else {
            return Ok(None);
        };
        let (site, order, sign_in) = (self.site.clone(), self.order, sign_in(request.app()));
        let versions = Versions { site: site.version, thread: page.thread.version };
        let (bytes, encoding) = written(request, encoding, move || {
            let context = CommentContext::new(&site, &page.names);
            serde_json::to_vec(&wire::Page::of(wire::Site::of(&site, sign_in), &page, order, &context))
        })
        .await?;
        Ok(Some(Fresh { bytes, encoding, versions }))
    }
}

pub struct Replies<'a> {
    pub site: &'a Arc<Site>,
    pub root: CommentId,
    /// The thread's, read before the replies: they are at least as new.
    pub version: Version,
}

impl Render for Replies<'_> {
    async fn render(
        self,
        request: &Request,
        thread: ThreadId,
        part: Part,
        encoding: Encoding,
    ) -> Result<Option<Fresh>, Problem> {
        let Part::Replies { root: place, after } = part else { return Ok(None) };
        let Some((conversation, names)) =
            actions::threads::replies(request.app(), thread, place, after).await?
        else {
            return Ok(None);
        };
        let (site, root) = (self.site.clone(), self.root);
        let versions = Versions { site: site.version, thread: self.version };
        let (bytes, encoding) = written(request, encoding, move || {
            let context = CommentContext::new(&site, &names);
            serde_json::to_vec(&wire::Replies::of(&conversation, root, &context))
        })
        .await?;
        Ok(Some(Fresh { bytes, encoding, versions }))
    }
}

/// Writes and compresses on a thread that renders: a long page takes milliseconds of both.
pub async fn written(
    request: &Request,
    encoding: Encoding,
    write: impl FnOnce() -> Result<Vec<u8>, serde_json::Error> + Send + 'static,
) -> Result<(Bytes, Encoding), Problem> {
    let work = move || {
        let plain = write()?;
        let (bytes, encoding) = match encoding.encode(&plain) {
            Some(encoded) => (encoded, encoding),
            None => (plain, Encoding::Identity),
        };
        // They are kept, and what was reserved for more would be kept with them.
        Ok::<_, serde_json::Error>((Bytes::copy_from_slice(&bytes), encoding))
    };
    request.shared().renderers.run(work).await.map_err(Problem::internal)?.map_err(Problem::internal)
}

/// A page that nobody has commented on. Small, and made up by whoever asks: never kept.
pub fn empty(request: &Request, site: &Site, page: &PageKey, order: Order) -> Result<Response, Problem> {
    let url = address(site, page);
    let empty = wire::Page::empty(wire::Site::of(site, sign_in(request.app())), &url, order);
    let bytes = Bytes::from(serde_json::to_vec(&empty).map_err(Problem::internal)?);
    Ok(answer(request, &Variant { encoding: Encoding::Identity, etag: ETag::of_bytes(&bytes), bytes }))
}

/// Where a page is, as far as its key tells.
fn address(site: &Site, page: &PageKey) -> String {
    let origin = site.origins.first().map_or("", Origin::as_str);
    let key = page.as_str();
    match (key.strip_prefix("path:"), key.strip_prefix("url:")) {
        (Some(path), _) => format!("{origin}{path}"),
        (_, Some(url)) => url.to_owned(),
        _ => origin.to_owned(),
    }
}
