//! Charts as PNG for Word files, drawn by the same Typst files as in the PDF.

use typst::utils::Scalar;
use typst_layout::PagedDocument;
use typst_render::RenderOptions;

use crate::charts::Chart;
use crate::diagnostics::messages::render as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::render::typst::fonts::Fonts;
use crate::render::typst::sources::TypstSources;
use crate::render::typst::svg::{ChartPicture, compile_chart};

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
    let page = paged.pages().first()?;
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
