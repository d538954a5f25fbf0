//! From templates and blocks to files: Markdown through Tera, web pages, PDF and chart pictures through Typst.

pub mod html;
pub mod templates;
pub mod tera;
pub mod typst;
