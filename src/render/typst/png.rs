//! Charts as PNG for Word files, drawn by the same Typst files as in the PDF.

use typst::foundations::Smart;
use typst::utils::Scalar;
use typst::visualize::Color;
use typst_layout::PagedDocument;
use typst_render::RenderOptions;

use crate::charts::Chart;
use crate::diagnostics::messages::render as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, LocalizedTexts, lang_texts};
use crate::document::brand::LogoDots;
use crate::render::typst::fonts::Fonts;
use crate::render::typst::sources::TypstSources;
use crate::render::typst::svg::{ChartPicture, compile_chart};
use crate::render::typst::world::DocumentWorld;

/// Pixels a point of a logo, which programs scale up.
const LOGO_SCALE: f64 = 6.0;

/// A chart as PNG.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartPng {
    /// The file.
    pub bytes: Vec<u8>,
    /// Width in points.
    pub width_pt: f64,
    /// Height in points.
    pub height_pt: f64,
}

/// Draws the logo that lies under `path` among the files of `templates`, as it stands on a cover.
///
/// # Errors
/// Why that is impossible, to fill a diagnostic.
pub fn render_logo_png(path: &str, templates: &TypstSources, fonts: &Fonts) -> Result<LogoDots, LocalizedTexts> {
    let mut found = Diagnostics::new();
    let families: Vec<String> =
        [true, false].iter().filter_map(|chinese| fonts.usual_family(*chinese, false)).collect();
    let brand = serde_json::json!({ "company": "", "logo": { "path": path }, "families": families }).to_string();
    let world = DocumentWorld::new("logo.typ", brand, "", templates, fonts, &mut found);
    let paged: Option<PagedDocument> = world.and_then(|world| world.compile(&mut found));
    let Some(page) = paged.as_ref().and_then(|paged| paged.pages().first()) else {
        let problem = |lang| found.iter().next().map_or_else(String::new, |problem| problem.text(lang));
        return Err(lang_texts(problem(Lang::ZhCn), problem(Lang::En)));
    };
    let size = page.frame.size();
    let options = RenderOptions { pixel_per_pt: Scalar::new(LOGO_SCALE), render_bleed: false };
    let drawn = typst_render::render(page, &options).encode_png();
    let png = drawn.map_err(|error| lang_texts(error.to_string(), error.to_string()))?;
    Ok(LogoDots { png: png.into(), width_pt: size.x.to_pt(), height_pt: size.y.to_pt() })
}

/// Draws `chart` with `scale` pixels a point (4 prints well). None if the drawing failed; the diagnostics then say why.
pub fn render_chart_png(
    chart: &Chart,
    picture: &ChartPicture<'_>,
    templates: &TypstSources,
    fonts: &Fonts,
    scale: f64,
    diagnostics: &mut Diagnostics,
) -> Option<ChartPng> {
    let paged: PagedDocument = compile_chart(chart, picture, templates, fonts, diagnostics)?;
    // On white: programs that draw half transparent edges darkly put boxes around the grounds of labels.
    let mut page = paged.pages().first()?.clone();
    page.fill = Smart::Custom(Some(Color::WHITE.into()));
    let page = &page;
    let options = RenderOptions { pixel_per_pt: Scalar::new(scale.clamp(0.5, 10.0)), render_bleed: false };
    let size = page.frame.size();
    match typst_render::render(page, &options).encode_png() {
        Ok(bytes) => Some(ChartPng { bytes, width_pt: size.x.to_pt(), height_pt: size.y.to_pt() }),
        Err(error) => {
            diagnostics.push(Diagnostic::error(&messages::NO_CHART_PICTURE).arg("problem", error));
            None
        }
    }
}
