//! Publishing: files are staged beside their destination and appear all at once, with a manifest that says what they were
//! made of.

pub mod manifest;
pub mod publish;

pub use manifest::{FileRecord, FontRecord, Manifest};
pub use publish::{OutputFile, publish, publish_file};
