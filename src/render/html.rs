//! Blocks to one self-contained HTML file: semantic, readable on a phone and with a screen reader, printable, without scripts.
//! The style is inline; charts come in as SVG from the caller.

mod blocks;
mod brand;
mod forms;
mod inline;

use std::fmt::Write as _;

use crate::charts::Chart;
use crate::document::blocks::{Block, Document};

/// The built-in style sheet.
pub const DEFAULT_CSS: &str = include_str!("../../templates/base/theme.css");

/// Draws the chart with the given running number as SVG; none where it cannot be drawn.
pub type DrawChart<'d> = &'d dyn Fn(&Chart, usize) -> Option<String>;

/// Renders a document. `css` replaces the built-in style sheet.
pub fn render_html(document: &Document, css: Option<&str>, draw: DrawChart<'_>) -> String {
    let meta = &document.meta;
    let word = |key: &str| meta.words.get(key).map_or("", String::as_str);
    let mut page =
        Page { html: String::with_capacity(64 * 1024), document, draw, charts: 0, description_ids: 0, fields: 0 };
    let lang = meta.lang.tag();
    let _ = write!(page.html, "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.html.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    // Nothing is fetched and nothing runs, whatever a text may hold.
    page.html.push_str(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n",
    );
    let _ = writeln!(page.html, "<title>{}</title>", escape(&meta.title));
    if let Some(planner) = &meta.planner {
        let _ = writeln!(page.html, "<meta name=\"author\" content=\"{}\">", escape(planner));
    }
    let _ = writeln!(page.html, "<meta name=\"date\" content=\"{}\">", escape(&meta.date));
    // A style element ends at the first closing tag, even inside a CSS string.
    let own = meta.brand.as_deref().map(|brand| brand::variables(brand, meta.lang)).unwrap_or_default();
    let style = format!("{}{own}", css.unwrap_or(DEFAULT_CSS)).replace("</", "<\\/");
    let _ = write!(page.html, "<style>\n{style}\n</style>\n</head>\n<body>\n");
    let _ = writeln!(page.html, "<a class=\"skip\" href=\"#main\">{}</a>", escape(word("skip")));
    let has_cover = document.blocks.iter().any(|block| matches!(block, Block::Cover { .. }));
    if !has_cover {
        page.html.push_str("<header class=\"cover\">\n");
        page.logo();
        page.title_lines();
        page.html.push_str("</header>\n");
    }
    let (front, rest) = page.split_front(&document.blocks);
    for block in front {
        page.block(block);
    }
    page.html.push_str("<main id=\"main\">\n");
    page.sections(rest);
    page.html.push_str("</main>\n<footer class=\"colophon\">");
    let brand = meta.brand.as_deref();
    let (footer, company) = (brand.map(|brand| brand.footer.as_str()), brand.map(|brand| brand.company.as_str()));
    // The brand's own foot usually says who and when.
    let footer = footer.filter(|text| !text.is_empty());
    let (client, date) = match footer {
        Some(_) => (None, None),
        None => (meta.client.as_deref(), Some(meta.date_text.as_str())),
    };
    let parts: Vec<String> = [footer, client, Some(&meta.title), date, company]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .map(|part| format!("<span>{}</span>", escape(part)))
        .collect();
    page.html.push_str(&parts.join(" "));
    page.html.push_str("</footer>\n</body>\n</html>\n");
    page.html
}

/// For every chart in drawing order: does it stand beside something else, at about half the width of the page?
pub fn narrow_charts(blocks: &[Block]) -> Vec<bool> {
    fn walk(blocks: &[Block], narrow: bool, found: &mut Vec<bool>) {
        for block in blocks {
            match block {
                Block::Figure(_) => found.push(narrow),
                Block::Columns { columns } => columns.iter().for_each(|column| walk(column, columns.len() > 1, found)),
                Block::List { items, .. } => items.iter().for_each(|item| walk(item, narrow, found)),
                Block::Quote { blocks } | Block::Callout { blocks, .. } => walk(blocks, narrow, found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    walk(blocks, false, &mut found);
    found
}

struct Page<'d> {
    html: String,
    document: &'d Document,
    draw: DrawChart<'d>,
    charts: usize,
    description_ids: usize,
    fields: usize,
}

impl<'d> Page<'d> {
    /// Cover and contents stand before the main landmark.
    fn split_front(&self, blocks: &'d [Block]) -> (&'d [Block], &'d [Block]) {
        let front = blocks
            .iter()
            .position(|block| !matches!(block, Block::Cover { .. } | Block::Contents | Block::PageBreak))
            .unwrap_or(blocks.len());
        blocks.split_at(front)
    }

    /// Chapters become sections named by their headings.
    fn sections(&mut self, blocks: &[Block]) {
        let mut open = false;
        for block in blocks {
            if let Block::Heading { level: 1, small: false, id, .. } = block {
                if open {
                    self.html.push_str("</section>\n");
                }
                let _ = writeln!(self.html, "<section class=\"chapter\" aria-labelledby=\"{}\">", escape(id));
                open = true;
            }
            self.block(block);
        }
        if open {
            self.html.push_str("</section>\n");
        }
    }

    fn title_lines(&mut self) {
        let meta = &self.document.meta;
        let _ = writeln!(self.html, "<h1>{}</h1>", escape(&meta.title));
        if let Some(subtitle) = &meta.subtitle {
            let _ = writeln!(self.html, "<p class=\"subtitle\">{}</p>", escape(subtitle));
        }
    }

    fn word(&self, key: &str) -> &'d str {
        self.document.meta.words.get(key).map_or("", String::as_str)
    }
}

/// Text as HTML: nothing in it is markup any more, in content and in attributes alike.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            control if control.is_control() && control != '\n' && control != '\t' => {}
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
