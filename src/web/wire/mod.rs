//! Wire types: what answers are made of. Neither domain nor stored types: their fields are promises to clients, and v1
//! answers only gain fields.
//!
//! Invariant: what a type holds, its audience may see; there is one way to make each, and it takes the audience.

mod author;
mod comment;
mod moment;
mod thread;
mod tree;
mod visitor;

pub use author::{Author, AuthorKind, PublicIds, Role};
pub use comment::{Audience, Comment, CommentContext, PendingReason, RemovedBy, State};
pub use moment::Moment;
pub use thread::{Conversation, Counts, More, OneComment, Order, Page, Replies, SignIn, Site, Thread};
pub use tree::{Tree, schemas as tree_schemas};
pub use visitor::{Via, Visitor};
