//! Charts as SVG for HTML pages, drawn by the same Typst files as in the PDF, with names of their own so that many fit
//! into one page.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use typst_layout::PagedDocument;
use typst_svg::SvgOptions;

use crate::charts::Chart;
use crate::diagnostics::{Diagnostics, Lang};
use crate::document::brand::DocumentBrand;
use crate::render::typst::data;
use crate::render::typst::fonts::Fonts;
use crate::render::typst::sources::TypstSources;
use crate::render::typst::world::DocumentWorld;

/// How a chart is drawn as a picture.
#[derive(Debug, Clone, Copy)]
pub struct ChartPicture<'a> {
    /// Anchor of the figure; every id inside the picture begins with it. Must be unique in the page.
    pub id: &'a str,
    /// Language of the document.
    pub lang: Lang,
    /// Width in points; the height follows.
    pub width_pt: f64,
    /// Words a chart prints itself, such as `net`; those of the document.
    pub words: &'a BTreeMap<String, String>,
    /// The brand of the document.
    pub brand: Option<&'a DocumentBrand>,
}

/// What `figure.typ` reads.
#[derive(Serialize)]
struct PictureData<'a> {
    chart: &'a Chart,
    width: f64,
    lang: Lang,
    words: &'a BTreeMap<String, String>,
    brand: Option<&'a DocumentBrand>,
}

/// Draws `chart`. Letters are outlines, so that the picture looks the same without any font; the chart's alt text is its
/// name for screen readers. None if the drawing failed; the diagnostics then say why.
pub fn render_chart_svg(
    chart: &Chart,
    picture: &ChartPicture<'_>,
    templates: &TypstSources,
    fonts: &Fonts,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let paged = compile_chart(chart, picture, templates, fonts, diagnostics)?;
    let svg = typst_svg::svg(paged.pages().first()?, &SvgOptions::default());
    Some(name_parts(&svg, &name_prefix(picture.id), &chart.alt))
}

/// Sets the page that is exactly the chart.
pub(super) fn compile_chart(
    chart: &Chart,
    picture: &ChartPicture<'_>,
    templates: &TypstSources,
    fonts: &Fonts,
    diagnostics: &mut Diagnostics,
) -> Option<PagedDocument> {
    let ChartPicture { lang, width_pt: width, words, brand, .. } = *picture;
    let content = PictureData { chart, width, lang, words, brand };
    let data = data::to_json(&content, diagnostics)?;
    DocumentWorld::new("figure.typ", data, "", templates, fonts, diagnostics)?.compile(diagnostics)
}

/// An id that HTML, CSS and `url(#…)` take without quoting: other characters become their number.
fn name_prefix(id: &str) -> String {
    id.chars().fold(String::from("c-"), |mut prefix, character| {
        if character.is_ascii_alphanumeric() || character == '-' {
            prefix.push(character);
        } else {
            let _ = write!(prefix, "_{:x}", u32::from(character));
        }
        prefix
    })
}

/// Gives the picture its role and title, and its inner names the prefix. The picture holds no text of the data besides
/// these: letters are outlines.
fn name_parts(svg: &str, prefix: &str, alt: &str) -> String {
    let named = svg
        .replace(" id=\"", &format!(" id=\"{prefix}-"))
        .replace("href=\"#", &format!("href=\"#{prefix}-"))
        .replace("url(#", &format!("url(#{prefix}-"));
    let Some((head, body)) = named.split_once('>') else { return named };
    let head = head.strip_prefix("<svg").unwrap_or(head);
    let alt = escape(alt);
    format!(
        "<svg class=\"chart\" role=\"img\" aria-labelledby=\"{prefix}-title\"{head}><title id=\"{prefix}-title\">{alt}</title>{body}"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
