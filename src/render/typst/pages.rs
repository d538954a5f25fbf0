//! On which page each heading of a document stands: the layout of the PDF, asked for by formats that cannot lay pages out themselves.

use std::collections::BTreeMap;

use typst::foundations::NativeElement;
use typst::introspection::Introspector;
use typst::model::HeadingElem;
use typst_layout::PagedDocument;

use crate::diagnostics::Diagnostics;
use crate::document::Document;
use crate::render::typst::data;
use crate::render::typst::fonts::Fonts;
use crate::render::typst::sources::TypstSources;
use crate::render::typst::world::DocumentWorld;

/// Pages of a document, its cover counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeadingPages {
    /// Page of every heading by its anchor.
    pub pages: BTreeMap<String, u32>,
    /// Number of pages.
    pub total: u32,
}

/// Lays `document` out and finds its headings. None if that failed; the diagnostics then say why.
pub fn heading_pages(
    document: &Document,
    templates: &TypstSources,
    fonts: &Fonts,
    diagnostics: &mut Diagnostics,
) -> Option<HeadingPages> {
    let data = data::to_json(document, diagnostics)?;
    let world = DocumentWorld::new("main.typ", data, &document.meta.date, templates, fonts, diagnostics)?;
    let paged: PagedDocument = world.compile(diagnostics)?;
    let count = |pages: usize| u32::try_from(pages).unwrap_or(u32::MAX);
    let introspector = paged.introspector();
    let mut found = HeadingPages { pages: BTreeMap::new(), total: count(paged.pages().len()) };
    for heading in introspector.query(&HeadingElem::ELEM.select()) {
        let page = heading.location().and_then(|location| introspector.page(location));
        if let (Some(label), Some(page)) = (heading.label(), page) {
            found.pages.insert(label.resolve().as_str().to_owned(), count(page.get()));
        }
    }
    Some(found)
}
