//! Markdown.
use crate::domain::Document;
pub fn parse(_: &str) -> Document {
    Document::default()
}
