//! Running text as HTML.

use super::escape;
use crate::document::blocks::Inline;
use crate::document::markdown::allowed_link;

/// Running text; links and references included.
pub(super) fn html(content: &[Inline]) -> String {
    let mut text = String::new();
    for inline in content {
        match inline {
            Inline::Text { text: held } => text.push_str(&escape(held)),
            Inline::Strong { content } => text.push_str(&format!("<strong>{}</strong>", html(content))),
            Inline::Emphasis { content } => text.push_str(&format!("<em>{}</em>", html(content))),
            Inline::Code { text: held } => text.push_str(&format!("<code>{}</code>", escape(held))),
            Inline::Link { url, content } if allowed_link(url) || is_local(url) => {
                text.push_str(&format!(
                    "<a href=\"{}\" rel=\"noopener noreferrer\">{}</a>",
                    escape(url.trim()),
                    html(content)
                ));
            }
            Inline::Link { content, .. } => text.push_str(&html(content)),
            Inline::Reference { id, text: held } => {
                text.push_str(&format!("<a href=\"#{}\">{}</a>", escape(id), escape(held)));
            }
            Inline::Superscript { text: held } => text.push_str(&format!("<sup>{}</sup>", escape(held))),
            Inline::LineBreak => text.push_str("<br>"),
        }
    }
    text
}
/// A page beside this one: a relative path that stays below its folder. Only the program itself makes such links.
fn is_local(url: &str) -> bool {
    !url.is_empty()
        && !url.starts_with(['/', '\\', '#'])
        && !url.contains(':')
        && !url.split('/').any(|part| part == "..")
}
