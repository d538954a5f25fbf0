//! Typst, the only place that knows it: documents become PDF, charts become SVG.
//! In: a document as data and the sources of its theme; out: bytes, and problems as diagnostics.

mod data;
mod fonts;
mod pdf;
mod sources;
mod svg;
mod world;

pub use fonts::{Fonts, UsedFont};
pub use pdf::{RenderedPdf, render_pdf};
pub use sources::TypstSources;
pub use svg::{ChartPicture, render_chart_svg};
pub use world::forget_unused;

#[cfg(test)]
mod chart_tests;
#[cfg(test)]
mod tests;
