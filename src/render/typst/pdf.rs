//! Documents as PDF: tagged, dated from the document alone, the same bytes for the same document.

use std::collections::BTreeSet;

use typst::foundations::Smart;
use typst::layout::{Frame, FrameItem};
use typst::text::Font;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandards, Timestamp};

use crate::config::raw::PdfStandard;
use crate::diagnostics::messages::render as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::document::Document;
use crate::document::blocks::Meta;
use crate::render::typst::data;
use crate::render::typst::fonts::{Fonts, UsedFont};
use crate::render::typst::sources::TypstSources;
use crate::render::typst::world::DocumentWorld;

/// A PDF file and what it was made of.
#[derive(Debug, Clone)]
pub struct RenderedPdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// Number of pages, cover included.
    pub pages: usize,
    /// The fonts in it.
    pub fonts: Vec<UsedFont>,
}

/// Sets `document` with the files of `templates`. None if that failed; the diagnostics then say why.
pub fn render_pdf(
    document: &Document,
    templates: &TypstSources,
    fonts: &Fonts,
    standards: &[PdfStandard],
    diagnostics: &mut Diagnostics,
) -> Option<RenderedPdf> {
    let data = data::to_json(document, diagnostics)?;
    set_pdf(data, &document.meta, templates, fonts, standards, diagnostics)
}

/// The standards as the typesetter names them. Those that contradict each other are reported.
fn demanded(standards: &[PdfStandard], diagnostics: &mut Diagnostics) -> Option<PdfStandards> {
    let names = standards.iter().map(|standard| match standard {
        PdfStandard::Ua1 => typst_pdf::PdfStandard::Ua_1,
        PdfStandard::A2a => typst_pdf::PdfStandard::A_2a,
        PdfStandard::A2u => typst_pdf::PdfStandard::A_2u,
        PdfStandard::A2b => typst_pdf::PdfStandard::A_2b,
    });
    match PdfStandards::new(&names.collect::<Vec<_>>()) {
        Ok(standards) => Some(standards),
        Err(error) => {
            diagnostics.push(Diagnostic::error(&messages::PDF_STANDARDS).arg("problem", error.message()));
            None
        }
    }
}

/// Sets a document given as JSON.
pub(super) fn set_pdf(
    data: String,
    meta: &Meta,
    templates: &TypstSources,
    fonts: &Fonts,
    standards: &[PdfStandard],
    diagnostics: &mut Diagnostics,
) -> Option<RenderedPdf> {
    let standards = demanded(standards, diagnostics)?;
    let world = DocumentWorld::new("main.typ", data, &meta.date, templates, fonts, diagnostics)?;
    let paged: PagedDocument = world.compile(diagnostics)?;
    let content = Letters::of(&paged);
    if !content.missing.is_empty() {
        diagnostics.push(Diagnostic::warning(&messages::MISSING_GLYPHS).arg("characters", content.missing_list()));
    }
    let options = PdfOptions {
        ident: Smart::Custom(format!("manyi/{}/{}/{}", meta.title, meta.period, meta.lang)),
        creator: Smart::Custom(Some(format!("manyi {}", env!("CARGO_PKG_VERSION")))),
        timestamp: world.date().map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    let bytes = world.accept(typst_pdf::pdf(&paged, &options), diagnostics)?;
    Some(RenderedPdf { bytes, pages: paged.pages().len(), fonts: fonts.used_fonts(&content.fonts) })
}

/// The fonts of a document and the characters that none of them has.
#[derive(Default)]
pub(super) struct Letters {
    fonts: Vec<Font>,
    missing: BTreeSet<char>,
}

impl Letters {
    pub(super) fn of(document: &PagedDocument) -> Self {
        let mut letters = Self::default();
        for page in document.pages() {
            letters.read(&page.frame);
        }
        letters
    }

    fn read(&mut self, frame: &Frame) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => self.read(&group.frame),
                FrameItem::Text(text) => {
                    if !self.fonts.contains(text.font.font()) {
                        self.fonts.push(text.font.font().clone());
                    }
                    for glyph in text.glyphs.iter().filter(|glyph| glyph.id == 0) {
                        self.missing.extend(text.text.get(glyph.range()).unwrap_or_default().chars());
                    }
                }
                _ => {}
            }
        }
    }

    fn missing_list(&self) -> String {
        let listed = self.missing.iter().map(|character| format!("{character} (U+{:04X})", u32::from(*character)));
        listed.take(20).collect::<Vec<_>>().join(", ")
    }
}
