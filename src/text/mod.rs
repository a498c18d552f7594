//! What a comment says, in its several forms: [`markdown`] is what people type, the document tree is what is kept,
//! [`html`] is for mails, feeds and pages of our own, [`plain`] for everything that shows bare text.

pub mod html;
pub mod markdown;
pub mod plain;
