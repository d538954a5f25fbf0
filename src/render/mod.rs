//! From templates and blocks to files: one third-party interface a module.

pub mod docx;
pub mod html;
mod mistakes;
pub mod templates;
pub mod tera;
pub mod typst;
pub mod watch;
pub mod xlsx;
