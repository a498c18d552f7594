//! Reads that are not kept: one comment, counts, a permanent link. Their ETag is that of their bytes.

use bytes::Bytes;

use super::render::written;
use super::{answer, page_ref};
use crate::actions;
use crate::domain::{CommentId, PageKey, Refusal, SiteKey};
use crate::web::encoding::Encoding;
use crate::web::etag::ETag;
use crate::web::prepared::Variant;
use crate::web::problem::{Problem, kinds};
use crate::web::wire::{self, CommentContext};
use crate::web::{Request, Response, response};

/// One comment with what a permalink needs. There is none unless everybody may see it.
pub async fn comment(key: SiteKey, id: CommentId, request: Request) -> Result<Response, Problem> {
    let site = request.site(&key)?;
    let around = actions::threads::around(request.app(), site.id, id).await?;
    // A tombstone is shown where it holds a conversation together; it has no address of its own.
    if !around.conversation.comments.iter().any(|comment| comment.id == id && comment.is_public()) {
        return Err(Refusal::UnknownComment.into());
    }
    let (bytes, encoding) = written(&request, Encoding::accepted(request.headers()), move || {
        let context = CommentContext::new(&site, &around.names);
        let conversation = wire::Conversation::of(&around.conversation, &context);
        let thread = wire::Thread::of(&around.thread);
        serde_json::to_vec(&conversation.map(|conversation| wire::OneComment { thread, conversation }))
    })
    .await?;
    Ok(answer(&request, &Variant { encoding, etag: ETag::of_bytes(&bytes), bytes }))
}

pub async fn counts(key: SiteKey, request: Request) -> Result<Response, Problem> {
    let site = request.site(&key)?;
    let asked = request.query_all("page");
    let max = actions::threads::MAX_COUNTS;
    if asked.is_empty() || asked.len() > max {
        return Err(Problem::new(&kinds::BAD_QUERY, format!("page: expected it 1 to {max} times")));
    }
    let now = request.app().clock.now();
    let pages = asked.iter().map(|page| page_ref(page, None).key(&site, now));
    let pages: Vec<PageKey> = pages.collect::<Result<_, Refusal>>()?;
    let counts = actions::threads::counts(request.app(), site.id, &pages).await?;
    let bytes = Bytes::from(serde_json::to_vec(&wire::Counts { counts }).map_err(Problem::internal)?);
    Ok(answer(&request, &Variant { encoding: Encoding::Identity, etag: ETag::of_bytes(&bytes), bytes }))
}

/// Leads to the comment on its page; the widget there finds it by the fragment.
pub async fn permalink(id: CommentId, request: Request) -> Result<Response, Problem> {
    let page = actions::threads::page_of(request.app(), id).await?;
    response::redirect(&format!("{page}#afterword-{id}"))
}
