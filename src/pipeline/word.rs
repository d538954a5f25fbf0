//! A report as a Word file: in our own look, in the styles of a client's file, or by filling the placeholders of one.
//! Takes the finished document and the facts it was made of, and hands the drawing of charts to the writer.

use std::cell::{Cell, RefCell};

use crate::charts::Chart;
use crate::config::Project;
use crate::config::raw::{RawDocx, RawReport};
use crate::diagnostics::messages::render as messages;
use crate::diagnostics::taiwan::to_taiwan;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Level, io_problem, lang_texts};
use crate::document::Document;
use crate::document::blocks::Block;
use crate::document::builder::document_from_markdown;
use crate::document::facts::facts;
use crate::document::markdown::DIRECTIVES;
use crate::document::material::{DocumentInputs, Material};
use crate::document::pack::Pack;
use crate::render::docx::{DocxLook, DocxOptions, Fill, FillOptions, NotFilled, Picture, fill_docx, render_docx};
use crate::render::html::narrow_charts;
use crate::render::tera::evaluate;
use crate::render::typst::{ChartPicture, Fonts, TypstSources, render_chart_png};
use crate::render::watch;

/// Width of the text of a page in points, and that of half a page beside something else.
const WIDTHS: (f64, f64) = (453.0, 205.0);
/// Between what stands side by side, points.
const BETWEEN: f64 = 20.0;
/// Pixels a point: 288 dots an inch.
const SCALE: f64 = 4.0;
/// The largest Word file of a client that is read.
const MOST_BYTES: u64 = 64 << 20;

/// A client's own Word file.
#[derive(Debug, Clone)]
pub(super) struct WordHost {
    /// As the project names it.
    pub(super) file: String,
    /// Its content.
    pub(super) bytes: Vec<u8>,
    is_template: bool,
}

impl WordHost {
    /// True if its placeholders are filled.
    pub(super) fn is_template(&self) -> bool {
        self.is_template
    }

    /// The file that a report names, if it is built as a Word file. None, with a diagnostic, where it cannot be read.
    pub(super) fn read(project: &Project, report: &RawReport, diagnostics: &mut Diagnostics) -> Option<Option<Self>> {
        use crate::config::raw::ReportFormat;
        let Some(named) = report.docx.as_ref().filter(|_| report.formats.contains(&ReportFormat::Docx)) else {
            return Some(None);
        };
        let path = project.path(named.file());
        let large = std::fs::metadata(&path).is_ok_and(|held| held.len() > MOST_BYTES);
        let read = if large {
            Err(lang_texts("文件超过 64 MB", "it is larger than 64 MB"))
        } else {
            std::fs::read(&path).map_err(|error| io_problem(&error))
        };
        match read {
            Ok(bytes) => {
                let is_template = matches!(named, RawDocx::Template(_));
                Some(Some(Self { file: named.file().to_owned(), bytes, is_template }))
            }
            Err(problem) => {
                let error = Diagnostic::error(&messages::UNREADABLE_WORD_FILE).arg("file", named.file());
                diagnostics.push(error.words("problem", problem).at(project.at("reports")));
                None
            }
        }
    }
}

/// What a Word file is made of.
pub(super) struct WordJob<'a> {
    pub(super) document: &'a Document,
    pub(super) inputs: &'a DocumentInputs<'a>,
    pub(super) pack: &'a Pack,
    pub(super) typst: &'a TypstSources,
    pub(super) fonts: &'a Fonts,
    pub(super) host: Option<&'a WordHost>,
}

/// The Word file of a report in one language.
pub(super) fn word_file(job: &WordJob<'_>, diagnostics: &mut Diagnostics) -> Option<Vec<u8>> {
    let meta = &job.document.meta;
    let narrow = narrow_charts(&job.document.blocks);
    let problems = RefCell::new(Diagnostics::new());
    let look = DocxLook::of(meta, job.pack.word);
    // A page of our own that lies on its long side is wider; that of a client is not known here.
    let wide = look.text_width();
    let (page, half_page) =
        if job.host.is_none() && wide > WIDTHS.0 + 1.0 { (wide, (wide - BETWEEN) / 2.0) } else { WIDTHS };
    let draw = |chart: &Chart, index: usize| {
        let half = job.host.is_none_or(|host| !host.is_template) && narrow.get(index) == Some(&true);
        let picture = ChartPicture {
            id: "figure",
            lang: meta.lang,
            width_pt: if half { half_page } else { page },
            words: &meta.words,
            brand: meta.brand.as_deref(),
        };
        let drawn = render_chart_png(chart, &picture, job.typst, job.fonts, SCALE, &mut problems.borrow_mut())?;
        Some(Picture { png: drawn.bytes, width_pt: drawn.width_pt, height_pt: drawn.height_pt })
    };
    let written = match job.host {
        Some(host) if host.is_template => {
            let values = Values::new(job);
            let options = FillOptions { file: &host.file, meta, look: &look };
            fill_docx(&host.bytes, options, &draw, &|expression| values.value(expression), diagnostics)
        }
        host => {
            let reference = host.map(|host| (host.file.as_str(), host.bytes.as_slice()));
            render_docx(job.document, &DocxOptions { reference, look, ..DocxOptions::default() }, &draw, diagnostics)
        }
    };
    diagnostics.extend(problems.into_inner());
    written
}

/// The values of placeholders.
struct Values<'a> {
    job: &'a WordJob<'a>,
    material: Material<'a>,
    facts: serde_json::Value,
    tables: Cell<u32>,
    figures: Cell<u32>,
}

impl<'a> Values<'a> {
    fn new(job: &'a WordJob<'a>) -> Self {
        let material = Material::new(*job.inputs, job.pack, job.document.meta.lang);
        let facts = facts(&material);
        Self { job, material, facts, tables: Cell::new(0), figures: Cell::new(0) }
    }

    fn value(&self, expression: &str) -> Result<Fill, NotFilled> {
        if expression == "document" {
            let blocks = self.job.document.blocks.iter();
            let inner = blocks.filter(|block| !matches!(block, Block::Cover { .. } | Block::Contents)).cloned();
            let inner: Vec<Block> = inner.skip_while(|block| matches!(block, Block::PageBreak)).collect();
            return Ok(Fill::Blocks(inner));
        }
        let (name, body) = expression.split_once(':').unwrap_or((expression, ""));
        if DIRECTIVES.contains(&name.trim()) {
            return self.directive(name.trim(), body.trim());
        }
        let lang = self.job.document.meta.lang;
        if let Some(host) = self.job.host {
            watch::writing(&host.file);
        }
        let shown = |text: String| Fill::Text(if lang == Lang::ZhTw { to_taiwan(&text) } else { text });
        let value = evaluate(expression, lang, &self.facts);
        watch::written();
        value.map(shown).map_err(|problem| {
            let mut known = DIRECTIVES.map(str::to_owned).to_vec();
            known.push("document".to_owned());
            paths(&self.facts, "", &mut known);
            let nearest =
                Diagnostic::error(&messages::NOT_FILLED).suggest(expression, known.iter().map(String::as_str));
            NotFilled { problem: lang_texts(&problem, &problem), suggestions: nearest.suggestions }
        })
    }

    /// A directive of the templates, with its arguments on one line.
    fn directive(&self, name: &str, body: &str) -> Result<Fill, NotFilled> {
        let mut found = Diagnostics::new();
        let markdown = format!("```{name}\n{body}\n```\n");
        let file = self.job.host.map_or("", |host| host.file.as_str());
        let mut blocks = document_from_markdown(&self.material, &markdown, file, &mut found).blocks;
        if let Some(error) = found.iter().find(|found| found.level == Level::Error) {
            let problem = lang_texts(error.text(Lang::ZhCn), error.text(Lang::En));
            return Err(NotFilled { problem, suggestions: error.suggestions.clone() });
        }
        // Numbers run through the file, whatever was filled before.
        for block in &mut blocks {
            let (number, counter) = match block {
                Block::Table(table) => (&mut table.number, &self.tables),
                Block::Figure(figure) => (&mut figure.number, &self.figures),
                _ => continue,
            };
            if !number.is_empty() {
                counter.set(counter.get() + 1);
                *number = counter.get().to_string();
            }
        }
        Ok(Fill::Blocks(blocks))
    }
}

/// The names of all facts, `project.title`; lists are named without their items.
fn paths(facts: &serde_json::Value, prefix: &str, found: &mut Vec<String>) {
    let Some(entries) = facts.as_object() else { return };
    for (name, value) in entries {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        paths(value, &path, found);
        found.push(path);
    }
}
