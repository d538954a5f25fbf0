//! What Typst sees while it sets one document: the theme's files, the document's data, the fonts and the document's date.
//! Nothing else is reachable, neither disk nor network nor clock.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use chrono::{Datelike, NaiveDate};
use typst::diag::{FileError, FileResult, Severity, SourceDiagnostic, SourceResult};
use typst::foundations::{Bytes, Datetime, Duration, Output};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};

use crate::diagnostics::messages::render as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};
use crate::render::templates::{is_own, suspect};
use crate::render::typst::data::has_chinese;
use crate::render::typst::fonts::Fonts;
use crate::render::typst::sources::{TypstSources, file_id};
use crate::render::watch::{self, Making};

/// How many documents ago a remembered result may have been used last.
const MEMORY: usize = 1;

/// Forgets what the last documents had no use for. To be called once a document, after all its languages and formats, also after
/// a failed one: going through the memory costs more than drawing a chart, and what one format has set serves the next.
pub fn forget_unused() {
    comemo::evict(MEMORY);
}

/// The world of one document.
pub(super) struct DocumentWorld<'a> {
    main: FileId,
    data_id: FileId,
    data: Bytes,
    sources: &'a TypstSources,
    fonts: &'a Fonts,
    date: Option<Datetime>,
    making: Option<Arc<Making>>,
    /// True from the first glyph of a compilation on.
    laid_out: AtomicBool,
}

impl<'a> DocumentWorld<'a> {
    /// A world whose entry is the file `main` and whose `/data.json` is `data`. None, with a diagnostic, where fonts lack.
    pub(super) fn new(
        main: &str,
        data: String,
        date: &str,
        sources: &'a TypstSources,
        fonts: &'a Fonts,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        if fonts.is_empty() {
            diagnostics.push(Diagnostic::error(&messages::NO_FONT));
            return None;
        }
        if has_chinese(&data) && !fonts.has_chinese() {
            diagnostics.push(Diagnostic::error(&messages::NO_CHINESE_FONT));
            return None;
        }
        let date = parse_date(date);
        let making = watch::own();
        if let Some(making) = &making {
            let entry = sources.origin(main).unwrap_or(main);
            making.setting(suspect(entry, sources.iter().map(|(_, origin, _)| origin)));
        }
        Some(Self {
            main: file_id(main)?,
            data_id: file_id("data.json")?,
            data: Bytes::from_string(data),
            sources,
            fonts,
            date,
            making,
            laid_out: AtomicBool::new(false),
        })
    }

    /// The document's date.
    pub(super) fn date(&self) -> Option<Datetime> {
        self.date
    }

    /// Sets the document; problems become diagnostics.
    pub(super) fn compile<T: Output>(&self, diagnostics: &mut Diagnostics) -> Option<T> {
        if let Some(making) = &self.making {
            self.laid_out.store(false, Ordering::Relaxed);
            making.evaluating();
        }
        let compiled = typst::compile::<T>(self);
        if let Some(making) = &self.making {
            making.laying_out();
        }
        for warning in &compiled.warnings {
            self.report(warning, diagnostics);
        }
        self.accept(compiled.output, diagnostics)
    }

    /// The value, or its errors as diagnostics.
    pub(super) fn accept<T>(&self, result: SourceResult<T>, diagnostics: &mut Diagnostics) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(errors) => {
                for error in &errors {
                    self.report(error, diagnostics);
                }
                None
            }
        }
    }

    fn report(&self, found: &SourceDiagnostic, diagnostics: &mut Diagnostics) {
        // Themes list families of several systems; those of the others are always absent.
        if found.severity == Severity::Warning && found.message.starts_with("unknown font family") {
            return;
        }
        let hints: Vec<&str> = found.hints.iter().map(|hint| hint.v.as_str()).collect();
        let problem = if hints.is_empty() {
            found.message.to_string()
        } else {
            format!("{} ({})", found.message, hints.join("; "))
        };
        let diagnostic = match found.severity {
            Severity::Error => Diagnostic::error(&messages::TYPST_ERROR),
            Severity::Warning => Diagnostic::warning(&messages::TYPST_WARNING),
        };
        let location = found.span.id().map(|id| {
            let origin = self.sources.origin_of(id);
            let position = self.sources.source(id).zip(self.range(found.span));
            match position.and_then(|(source, range)| source.lines().byte_to_line_column(range.start)) {
                Some((line, column)) => Location::text(origin, line + 1, column + 1),
                None => Location::file(origin),
            }
        });
        let diagnostic = diagnostic.arg("problem", problem);
        diagnostics.push(match location {
            Some(location) => diagnostic.at(location),
            None => diagnostic,
        });
    }
}

impl World for DocumentWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        // The standard library is the same for every document and takes long to build.
        static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if let Some(making) = &self.making {
            let origin = self.sources.origin_of(id);
            if is_own(origin) {
                making.setting(origin);
            }
        }
        self.sources.source(id).cloned().ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data_id {
            return Ok(self.data.clone());
        }
        if let Some(picture) = self.sources.picture(id) {
            return Ok(picture);
        }
        self.sources.source(id).map(|source| Bytes::from_string(source.text().to_owned())).ok_or_else(|| not_found(id))
    }

    /// Evaluation asks for no font, so that the first one asked for tells that pages are being laid out.
    fn font(&self, index: usize) -> Option<Font> {
        if let Some(making) = &self.making
            && !self.laid_out.load(Ordering::Relaxed)
        {
            self.laid_out.store(true, Ordering::Relaxed);
            making.laying_out();
        }
        self.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        self.date
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_with_slash().into())
}

fn parse_date(text: &str) -> Option<Datetime> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Datetime::from_ymd_hms(date.year(), u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?, 0, 0, 0)
}
