//! Typst, the only place that knows it: documents become PDF, charts become SVG or PNG.
//! In: a document as data and the sources of its theme; out: bytes, and problems as diagnostics.

mod data;
mod fonts;
mod pages;
mod pdf;
mod png;
mod sources;
mod svg;
mod world;

pub use fonts::{Fonts, UsedFont};
pub use pages::{HeadingPages, heading_pages};
pub use pdf::{RenderedPdf, render_pdf};
pub use png::{ChartPng, render_chart_png, render_logo_png};
pub use sources::TypstSources;
pub use svg::{ChartPicture, render_chart_svg};
pub use world::forget_unused;

#[cfg(test)]
mod chart_tests;
#[cfg(test)]
mod tests;
