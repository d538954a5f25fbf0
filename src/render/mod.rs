//! From blocks to bytes: PDF and chart pictures through Typst, and the template files these read.

pub mod templates;
pub mod typst;
