//! Documents: templates to Markdown to blocks, the one shape that every format is written from.

pub mod blocks;

pub use blocks::{Block, Document, Inline};
