//! One report: its pack and files are read once; then every document of it gets its blocks in each language, the bytes of each
//! format, and a manifest.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::analysis::BannerTable;
use crate::analysis::voices::{Voices, voices};
use crate::charts::Chart;
use crate::config::Project;
use crate::config::raw::{RawLimits, RawReport, ReportFormat};
use crate::data::TableSource;
use crate::diagnostics::messages::{output as messages, packs as pack_messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Level};
use crate::document::length::document_words;
use crate::document::material::{DocumentInputs, Material, Subject};
use crate::document::pack::{Pack, PackFiles, description_of};
use crate::document::{Document, facts};
use crate::metrics::hidden::Hidden;
use crate::metrics::{Distribution, MetricResults, Within};
use crate::output::manifest::{FileRecord, FontRecord, GroupRecord, Manifest, PluginRecord, Program, sha256_hex};
use crate::output::{OutputFile, publish};
use crate::pipeline::Measured;
use crate::pipeline::brand::ReportBrand;
use crate::pipeline::build::Published;
use crate::pipeline::files::{keep_typst_source, safe_name};
use crate::pipeline::word::{WordHost, WordJob, word_file};
use crate::plan::Planned;
use crate::render::html::{narrow_charts, render_html};
use crate::render::templates::{files_of, lineage, typst_sources};
use crate::render::tera::PackTemplates;
use crate::render::typst::{ChartPicture, Fonts, TypstSources, UsedFont, forget_unused, render_chart_svg, render_pdf};
use crate::render::watch::{self, AtWork};
use crate::render::xlsx::{WorkbookInput, render_workbook};

/// Width of charts in HTML, in points; they scale with the page.
const HTML_CHART_WIDTH: f64 = 480.0;

const MANIFEST: &str = "manifest.json";

/// What all documents of a build share.
pub(super) struct Release {
    /// Date on the documents, `2026-11-20`.
    pub(super) date: String,
    /// Period in names of folders and files.
    pub(super) period: String,
    /// The project file.
    pub(super) project_file: FileRecord,
    /// Fonts of the system.
    pub(super) fonts: Fonts,
}

/// A report with everything read that its documents share.
pub(super) struct Report<'a> {
    /// As the project declares it.
    pub(super) declared: &'a RawReport,
    /// Languages that it is built in.
    pub(super) langs: Vec<Lang>,
    pack: Pack,
    templates: BTreeMap<Lang, PackTemplates>,
    typst: TypstSources,
    brand: Option<ReportBrand>,
    css: Option<String>,
    host: Option<WordHost>,
    records: Vec<FileRecord>,
    limits: RawLimits,
    key: String,
}

/// What one document is made of.
pub(super) struct Content<'a> {
    measured: &'a Measured,
    distributions: Vec<Distribution>,
    wave_answers: Vec<(String, u64)>,
    tables: Vec<TableSource>,
    voices: Vec<Voices>,
    planned: &'a Planned,
    banners: &'a [BannerTable],
    about: Option<(&'a Subject, &'a MetricResults)>,
}

impl<'a> Report<'a> {
    /// Reads the files of a report. `lang` replaces its own languages. None after an error.
    pub(super) fn prepare(
        declared: &'a RawReport,
        project: &Project,
        lang: Option<Lang>,
        fonts: &Fonts,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let before = diagnostics.count(Level::Error);
        let id = &declared.pack;
        let own_templates = project.path("templates");
        let files = pack_files(id, Some(&own_templates), diagnostics);
        if files.is_empty() {
            let known: Vec<String> = crate::pipeline::packs(diagnostics).into_iter().map(|pack| pack.id).collect();
            diagnostics.push(
                Diagnostic::error(&messages::UNKNOWN_PACK)
                    .arg("pack", id)
                    .arg("known", known.join(", "))
                    .suggest(id, known.iter().map(String::as_str))
                    .at(project.at("reports")),
            );
            return None;
        }
        let mut records: Vec<FileRecord> =
            files.iter().map(|(path, file)| FileRecord::of(format!("{id}/{path}"), file.text.as_bytes())).collect();
        let pack = Pack::load(id, files, diagnostics)?;
        let mut typst = typst_sources(id, Some(&own_templates), diagnostics);
        let brand = ReportBrand::load(project, id, &mut typst, fonts, diagnostics).ok()?;
        records.extend(brand.iter().flat_map(|brand| brand.records.iter().cloned()));
        records.extend(typst.iter().map(|(path, _, text)| FileRecord::of(format!("typst/{path}"), text.as_bytes())));
        let host = WordHost::read(project, declared, diagnostics)?;
        records.extend(host.iter().map(|host| FileRecord::of(&host.file, &host.bytes)));
        records.sort();
        records.dedup();
        let css = stylesheet(id, &own_templates, diagnostics);
        let langs = match lang {
            Some(lang) => vec![lang],
            None if declared.langs.is_empty() => vec![project.lang()],
            None => declared.langs.clone(),
        };
        let mut templates = BTreeMap::new();
        for &lang in &langs {
            templates.insert(lang, PackTemplates::parse(&pack, lang, diagnostics)?);
        }
        let sound = diagnostics.count(Level::Error) == before;
        let (limits, key) = (project.raw.limits, String::new());
        sound.then_some(Self { declared, langs, pack, templates, typst, brand, css, host, records, limits, key })
    }

    /// The report for the answers of a period. None, with a diagnostic, where making it of the same took too much before.
    pub(super) fn of(mut self, measured: &Measured, period: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let made_of = serde_json::json!([
            self.declared.id,
            period,
            self.limits,
            self.records,
            measured.tables.survey.inputs,
            measured.tables.operational_sources(&measured.project),
        ]);
        self.key = sha256_hex(made_of.to_string().as_bytes());
        let stopped = watch::stopped(&self.key);
        diagnostics.extend(stopped.map(watch::Excess::diagnostic));
        stopped.is_none().then_some(self)
    }

    /// A document of it begins to be made.
    fn begin(&self, content: &Content<'_>, lang: Lang) -> AtWork {
        let group = content.about.map(|(subject, _)| format!(" / {}", subject.value)).unwrap_or_default();
        let document = format!("{}{group} ({lang})", self.declared.id);
        watch::begin(watch::Subject { key: self.key.clone(), document, limits: self.limits })
    }

    /// True if its documents may show banner tables: the tab book does, and so do templates that name them.
    pub(super) fn may_show_banners(&self) -> bool {
        self.declared.formats.contains(&ReportFormat::Xlsx)
            || self.host.as_ref().is_some_and(WordHost::is_template)
            || self.pack.files.iter().any(|(_, file)| file.text.contains("banner"))
    }

    /// A document with the brand of the report.
    pub(super) fn branded(&self, mut document: Document) -> Document {
        document.meta.brand = self.brand.as_ref().map(|brand| brand.of(&document.meta));
        document
    }

    /// The style sheet of its pages; none for the built-in one.
    pub(super) fn css(&self) -> Option<&str> {
        self.css.as_deref()
    }

    /// What its templates see, in its first language.
    pub(super) fn facts(&self, content: &Content<'_>, date: &str) -> serde_json::Value {
        let inputs = content.inputs(self, date);
        facts(&Material::new(inputs, &self.pack, self.langs.first().copied().unwrap_or_default()))
    }

    /// Makes the blocks of a document in every language, for what is wrong with them.
    pub(super) fn rehearse(&self, content: &Content<'_>, date: &str, diagnostics: &mut Diagnostics) {
        let inputs = content.inputs(self, date);
        for (lang, templates) in &self.templates {
            let _at_work = self.begin(content, *lang);
            templates.document(&inputs, &self.pack, diagnostics);
        }
    }

    /// Makes a document in every language and format and puts it in place.
    pub(super) fn publish(
        &self,
        content: &Content<'_>,
        release: &Release,
        folder: PathBuf,
        diagnostics: &mut Diagnostics,
    ) -> Option<Published> {
        let before = diagnostics.count(Level::Error);
        let files = self.render(content, release, diagnostics)?;
        if diagnostics.count(Level::Error) > before {
            return None;
        }
        let documents =
            files.iter().map(|file| file.name.clone()).filter(|name| !name.contains('/') && name != MANIFEST).collect();
        let done = publish(&folder, &files, diagnostics);
        done.then(|| Published { report: self.declared.id.clone(), folder, documents })
    }

    /// All files of a document, the manifest last.
    fn render(
        &self,
        content: &Content<'_>,
        release: &Release,
        diagnostics: &mut Diagnostics,
    ) -> Option<Vec<OutputFile>> {
        let mut output = ReportFiles::default();
        let made = self.render_languages(content, release);
        forget_unused();
        for (files, found) in made {
            diagnostics.extend(found);
            let files = files?;
            output.files.extend(files.files);
            output.fonts.extend(files.fonts);
        }
        let manifest = content.manifest(self, release, &output);
        let mut bytes = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
        bytes.push(b'\n');
        output.files.push(OutputFile { name: MANIFEST.to_owned(), content: bytes });
        Some(output.files)
    }

    /// The files of every language with the problems found, side by side on the machine's cores, in the given order.
    fn render_languages(&self, content: &Content<'_>, release: &Release) -> Vec<(Option<ReportFiles>, Diagnostics)> {
        let render = |lang: Lang| {
            let mut found = Diagnostics::new();
            let _at_work = self.begin(content, lang);
            let rendering = Rendering { report: self, content, release, lang };
            let done = rendering.files(&mut found);
            (done, found)
        };
        if let [lang] = self.langs[..] {
            return vec![render(lang)];
        }
        std::thread::scope(|scope| {
            let workers: Vec<_> = self.langs.iter().map(|&lang| scope.spawn(move || render(lang))).collect();
            workers
                .into_iter()
                .map(|worker| {
                    worker.join().unwrap_or_else(|_| {
                        let mut found = Diagnostics::new();
                        found.push(Diagnostic::error(&messages::RENDERING_STOPPED));
                        (None, found)
                    })
                })
                .collect()
        })
    }
}

impl<'a> Content<'a> {
    /// A document of all answers.
    pub(super) fn of_all(measured: &'a Measured, planned: &'a Planned, banners: &'a [BannerTable]) -> Self {
        let voices = voices_of(measured, measured.indicators.survey().hidden(), None);
        Self { banners, ..Self::new(measured, planned, voices) }
    }

    /// A document of one group, whose numbers `measured` holds, beside those of the whole. `hidden` is what the groups beside each
    /// other hide.
    pub(super) fn of_group(
        measured: &'a Measured,
        planned: &'a Planned,
        subject: &'a Subject,
        (whole, hidden): (&'a MetricResults, &Hidden),
    ) -> Self {
        let voices = voices_of(measured, hidden, Some(subject));
        let mut content = Self { about: Some((subject, whole)), ..Self::new(measured, planned, voices) };
        // Tables without the group say nothing about it.
        content.tables.retain_mut(|table| {
            let own = measured.indicators.tables().find(|(name, _)| *name == table.table);
            table.rows_of_group = own.map(|(_, computation)| computation.wave_answers().iter().sum());
            own.is_some()
        });
        content
    }

    fn new(measured: &'a Measured, planned: &'a Planned, voices: Vec<Voices>) -> Self {
        let survey = measured.indicators.survey();
        let waves = survey.results.waves.iter().cloned();
        Self {
            measured,
            distributions: survey.distributions(&measured.tables.survey.columns),
            wave_answers: waves.zip(survey.wave_answers()).collect(),
            tables: measured.tables.operational_sources(&measured.project),
            voices,
            planned,
            banners: &[],
            about: None,
        }
    }

    /// Answers that the numbers are of.
    fn answers(&self) -> u64 {
        match &self.about {
            Some(_) => self.measured.indicators.survey().wave_answers().iter().sum(),
            None => self.measured.tables.survey.row_count() as u64,
        }
    }

    fn inputs<'b>(&'b self, report: &Report<'_>, date: &'b str) -> DocumentInputs<'b> {
        let measured = self.measured;
        let survey = &measured.tables.survey;
        DocumentInputs {
            project: &measured.project,
            results: &measured.indicators.results,
            distributions: &self.distributions,
            steps: &survey.steps,
            files: &survey.inputs,
            columns: &survey.columns,
            answers: self.answers(),
            answers_of_all: survey.row_count() as u64,
            wave_answers: &self.wave_answers,
            weighted: survey.weighted,
            models: &measured.models,
            tables: &self.tables,
            subject: self.about.map(|(subject, _)| subject),
            whole: self.about.map(|(_, whole)| whole),
            planned: self.planned,
            weighting: &survey.weighting,
            voices: &self.voices,
            banners: self.banners,
            plugins: &measured.plugins,
            date,
            tones: report.brand.as_ref().map(ReportBrand::tones).unwrap_or_default(),
        }
    }

    fn manifest(&self, report: &Report<'_>, release: &Release, output: &ReportFiles) -> Manifest {
        let measured = self.measured;
        let mut fonts: Vec<FontRecord> = output
            .fonts
            .iter()
            .map(|font| FontRecord {
                file: font.file.clone(),
                family: font.family.clone(),
                sha256: font.sha256.clone(),
            })
            .collect();
        fonts.sort();
        fonts.dedup();
        let used = |id: &String| {
            let plugin = measured.plugins.get(id)?;
            let version = plugin.manifest.version.to_string();
            Some(PluginRecord { id: id.clone(), version, sha256: plugin.sha256.clone() })
        };
        Manifest {
            schema: 1,
            program: Program::default(),
            report: report.declared.id.clone(),
            group: self
                .about
                .map(|(subject, _)| GroupRecord { column: subject.column.clone(), value: subject.value.clone() }),
            period: release.period.clone(),
            date: release.date.clone(),
            project: release.project_file.clone(),
            inputs: measured.tables.survey.inputs.clone(),
            steps: measured.tables.survey.steps.clone(),
            tables: self.tables.clone(),
            plugins: measured.project.raw.plugins.keys().filter_map(used).collect(),
            templates: report.records.clone(),
            fonts,
            weighting: measured.tables.weighting().cloned().collect(),
            settings: measured.indicators.survey().settings().clone(),
            outputs: output.files.iter().map(|file| FileRecord::of(&file.name, &file.content)).collect(),
        }
    }
}

/// What people wrote, in all or in the group that a document is about.
fn voices_of(measured: &Measured, hidden: &Hidden, subject: Option<&Subject>) -> Vec<Voices> {
    let within = subject.map(|held| Within { column: held.column.clone(), value: held.value.clone() });
    let segments = &measured.indicators.survey().results.segments;
    voices(&measured.project, &measured.tables.survey, segments, hidden, within.as_ref())
}

/// One language of one document.
struct Rendering<'a> {
    report: &'a Report<'a>,
    content: &'a Content<'a>,
    release: &'a Release,
    lang: Lang,
}

impl Rendering<'_> {
    fn files(&self, diagnostics: &mut Diagnostics) -> Option<ReportFiles> {
        let Self { report, content, release, lang } = self;
        let mut output = ReportFiles::default();
        let inputs = content.inputs(report, &release.date);
        let mut built = report.templates.get(lang)?.document(&inputs, &report.pack, diagnostics)?;
        watch::written();
        built.document = report.branded(built.document);
        self.say_length(&built.document, diagnostics);
        let stem = self.file_stem(&built.document);
        for format in &report.declared.formats {
            match format {
                ReportFormat::Pdf => {
                    let standards = &report.declared.pdf;
                    let pdf = render_pdf(&built.document, &report.typst, &release.fonts, standards, diagnostics)?;
                    self.say_pages(pdf.pages, diagnostics);
                    output.fonts.extend(pdf.fonts);
                    output.add(format!("{stem}.pdf"), pdf.bytes);
                }
                ReportFormat::Html => {
                    let html = self.html(&built.document, &mut output, diagnostics);
                    output.add(format!("{stem}.html"), html.into_bytes());
                }
                ReportFormat::Docx => {
                    let job = WordJob {
                        document: &built.document,
                        inputs: &inputs,
                        pack: &report.pack,
                        typst: &report.typst,
                        fonts: &release.fonts,
                        host: report.host.as_ref(),
                    };
                    output.add(format!("{stem}.docx"), word_file(&job, diagnostics)?);
                }
                ReportFormat::Markdown => output.add(format!("{stem}.md"), built.markdown.clone().into_bytes()),
                ReportFormat::Xlsx => {
                    let brand = built.document.meta.brand.as_deref();
                    let input = WorkbookInput { inputs, pack: &report.pack, banners: content.banners, brand };
                    output.add(format!("{stem}.xlsx"), render_workbook(&input, *lang, diagnostics)?);
                }
            }
        }
        if report.declared.formats.contains(&ReportFormat::Pdf) {
            let group = content.about.map(|(subject, _)| safe_name(&subject.value));
            let place: Vec<String> =
                std::iter::once(report.declared.id.clone()).chain(group).chain([lang.tag().to_owned()]).collect();
            keep_typst_source(&built.document, &report.typst, &place, diagnostics);
        }
        Some(output)
    }

    fn html(&self, document: &Document, output: &mut ReportFiles, diagnostics: &mut Diagnostics) -> String {
        let problems = RefCell::new(Diagnostics::new());
        let figures = RefCell::new(Vec::new());
        let narrow = narrow_charts(&document.blocks);
        let draw = |chart: &Chart, index: usize| {
            let picture = ChartPicture {
                id: &format!("figure-{}", index + 1),
                lang: self.lang,
                width_pt: HTML_CHART_WIDTH * if narrow.get(index) == Some(&true) { 0.5 } else { 1.0 },
                words: &document.meta.words,
                brand: document.meta.brand.as_deref(),
            };
            let (typst, fonts) = (&self.report.typst, &self.release.fonts);
            let svg = render_chart_svg(chart, &picture, typst, fonts, &mut problems.borrow_mut())?;
            figures.borrow_mut().push((index + 1, svg.clone()));
            Some(svg)
        };
        let html = render_html(document, self.report.css(), &draw);
        diagnostics.extend(problems.into_inner());
        for (number, svg) in figures.into_inner() {
            let tag = if self.several() { format!("{}-", self.lang) } else { String::new() };
            output.add(format!("figures/{tag}{number:02}.svg"), svg.into_bytes());
        }
        html
    }

    /// Title, client and period: a name that a client can read, safe on every system. A colon may stand in none of them.
    fn file_stem(&self, document: &Document) -> String {
        let mut parts = vec![document.meta.title.clone()];
        parts.extend(document.meta.client.clone());
        parts.push(self.release.period.clone());
        if self.several() {
            parts.push(self.lang.tag().to_owned());
        }
        parts.iter().map(|part| safe_name(&part.replace(": ", " - "))).collect::<Vec<_>>().join("_")
    }

    fn several(&self) -> bool {
        self.report.langs.len() > 1
    }

    /// Reports a text that is shorter or longer than its pack asks for; one within its limits gets a note.
    fn say_length(&self, document: &Document, diagnostics: &mut Diagnostics) {
        let Some(length) = self.report.pack.length(self.lang).filter(|length| !length.aim) else { return };
        let count = document_words(document);
        let found = if count < length.min {
            Diagnostic::warning(&pack_messages::TOO_SHORT)
        } else if count > length.max {
            Diagnostic::warning(&pack_messages::TOO_LONG)
        } else {
            Diagnostic::note(&pack_messages::LENGTH)
        };
        let report = &self.report.declared.id;
        diagnostics.push(found.arg("report", report).arg("count", count).arg("min", length.min).arg("max", length.max));
    }

    /// Reports a document with more pages than its pack allows.
    fn say_pages(&self, pages: usize, diagnostics: &mut Diagnostics) {
        let Some(limit) = self.report.pack.pages.filter(|limit| pages > *limit) else { return };
        let found = Diagnostic::warning(&pack_messages::TOO_MANY_PAGES).arg("report", &self.report.declared.id);
        diagnostics.push(found.arg("pages", pages).arg("limit", limit));
    }
}

/// Files made so far, with the fonts in them.
#[derive(Default)]
struct ReportFiles {
    files: Vec<OutputFile>,
    fonts: Vec<UsedFont>,
}

impl ReportFiles {
    fn add(&mut self, name: String, content: Vec<u8>) {
        self.files.push(OutputFile { name, content });
    }
}

/// The files of a pack, the project's own in front, and behind them those of the packs that it builds on. Descriptions of
/// the latter stand under [`description_of`] their names.
pub fn pack_files(id: &str, project_templates: Option<&Path>, diagnostics: &mut Diagnostics) -> PackFiles {
    let mut files = PackFiles::new();
    for base in lineage(id, project_templates, diagnostics) {
        for (path, file) in files_of(&base, project_templates, diagnostics) {
            let path = if base != id && path == "template.yaml" { description_of(&base) } else { path };
            files.insert(path, file.origin, file.text);
        }
    }
    files
}

/// The style sheet that replaces the built-in one: `theme.css` of the pack or one that it builds on, else of the project's
/// `templates/base`.
fn stylesheet(pack: &str, own_templates: &Path, diagnostics: &mut Diagnostics) -> Option<String> {
    let mut folders = lineage(pack, Some(own_templates), diagnostics);
    folders.reverse();
    folders.push("base".to_owned());
    folders
        .iter()
        .find_map(|folder| files_of(folder, Some(own_templates), diagnostics).remove("theme.css").map(|file| file.text))
}
