//! From numbers to published documents: for each report its pack, for each language the blocks, for each format the bytes,
//! then the whole folder at once with its manifest.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::analysis::voices::{Voices, voices};
use crate::analysis::{BannerTable, compute_banners};
use crate::config::Project;
use crate::config::raw::{RawForEach, RawReport, ReportFormat, default_formats, default_pack};
use crate::config::validate::is_safe_file_name;
use crate::data::TableSource;
use crate::diagnostics::messages::{output as messages, packs as pack_messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Level, io_problem};
use crate::document::Document;
use crate::document::length::document_words;
use crate::document::material::{DocumentInputs, Subject};
use crate::document::pack::{Pack, PackFiles, description_of};
use crate::metrics::{Distribution, MetricResults, Within};
use crate::output::manifest::{FileRecord, FontRecord, Manifest, PluginRecord, Program};
use crate::output::{OutputFile, publish, publish_file};
use crate::pipeline::Measured;
use crate::pipeline::batch::{self, Listed};
use crate::pipeline::planning::{document_date, plan_of, plan_with, strategy_library};
use crate::pipeline::word::{WordHost, WordJob, word_file};
use crate::plan::{Library, Planned};
use crate::render::html::{narrow_charts, render_html};
use crate::render::templates::{files_of, lineage, typst_sources};
use crate::render::tera::build_document;
use crate::render::typst::{ChartPicture, Fonts, TypstSources, UsedFont, forget_unused, render_chart_svg, render_pdf};
use crate::render::xlsx::{WorkbookInput, render_workbook};

/// What to build.
#[derive(Debug, Clone, Default)]
pub struct BuildRequest {
    /// Language of all documents, instead of the reports' own.
    pub lang: Option<Lang>,
    /// Folder for the results; default `out` inside the project.
    pub out: Option<PathBuf>,
    /// Reports to build; all if empty.
    pub reports: Vec<String>,
    /// Groups to build of reports for each group; all if empty.
    pub only: Vec<String>,
    /// Documents made at once; default one a core.
    pub jobs: Option<usize>,
}

/// A report that is in place.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Published {
    /// Report id.
    pub report: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Names of its documents, without figures and manifest.
    pub documents: Vec<String>,
}

/// Width of charts in HTML, in points; they scale with the page.
const HTML_CHART_WIDTH: f64 = 480.0;

/// Builds and publishes the reports of a project. A report with a problem is left out, the others are built.
pub fn build(measured: &Measured, request: &BuildRequest, diagnostics: &mut Diagnostics) -> Vec<Published> {
    let project = &measured.project;
    let reports = chosen_reports(project, request, diagnostics);
    let Some(date) = document_date(project, &measured.tables, diagnostics) else { return Vec::new() };
    let planned = plan_of(measured, Some(&date), diagnostics);
    if diagnostics.has_errors() {
        return Vec::new();
    }
    let out = request.out.clone().unwrap_or_else(|| project.path("out"));
    let banners = compute_banners(project, &measured.tables, Some(&measured.indicators), diagnostics);
    let context = BuildContext::new(measured, planned, banners, &date);
    let mut published = Vec::new();
    for report in &reports {
        let folder = out.join(&context.period).join(&report.id);
        match &report.for_each {
            None => published.extend(context.publish_report(report, request.lang, folder, diagnostics)),
            Some(each) => published.extend(publish_each(&context, report, each, request, &folder, diagnostics)),
        }
    }
    published
}

/// Publishes a report for each group of a column, side by side on the machine's cores, and the page that lists them. One that
/// fails is named; the others are finished.
fn publish_each(
    context: &BuildContext<'_>,
    report: &RawReport,
    each: &RawForEach,
    request: &BuildRequest,
    folder: &Path,
    diagnostics: &mut Diagnostics,
) -> Vec<Published> {
    let measured = context.measured;
    let subjects = batch::subjects(measured, each, &request.only, diagnostics);
    let library = strategy_library(&measured.project, &measured.plugins, diagnostics);
    let next = AtomicUsize::new(0);
    let made: Mutex<Vec<Made>> = Mutex::new(Vec::new());
    let work = || {
        while let Some((index, subject)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            subjects.get(index).map(|subject| (index, subject))
        } {
            let mut found = Diagnostics::new();
            let done = context.publish_subject(report, subject, &library, request.lang, folder, &mut found);
            if done.is_none() && found.has_errors() {
                let title = subject.title.get(measured.project.lang());
                found.push(Diagnostic::error(&messages::DOCUMENT_FAILED).arg("value", title).arg("report", &report.id));
            }
            let mut made = made.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            made.push(Made { index, done, found });
        }
    };
    let workers = request.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1);
    std::thread::scope(|scope| {
        for _ in 0..workers.min(subjects.len()) {
            scope.spawn(work);
        }
    });
    let mut made = made.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    made.sort_by_key(|held| held.index);
    let mut published = Vec::new();
    let mut listed: BTreeMap<Lang, Vec<Listed>> = BTreeMap::new();
    for held in made {
        held.found.iter().for_each(|problem| diagnostics.push_once(problem.clone()));
        let Some((done, lines)) = held.done else { continue };
        lines.into_iter().for_each(|(lang, line)| listed.entry(lang).or_default().push(line));
        published.push(done);
    }
    // A choice of groups leaves the list of all as it is.
    if request.only.is_empty() {
        for (index, (lang, lines)) in listed.iter().enumerate() {
            let page = batch::index_page(measured, lines, &context.date, *lang);
            let html = render_html(&page, None, &|_, _| None);
            let name = if index == 0 { "index.html".to_owned() } else { format!("index.{lang}.html") };
            publish_file(&folder.join(name), html.as_bytes(), diagnostics);
        }
    }
    published
}

/// What became of one of many documents.
struct Made {
    index: usize,
    done: Option<(Published, Vec<(Lang, Listed)>)>,
    found: Diagnostics,
}

const MANIFEST: &str = "manifest.json";

/// The reports to build: those of the project, or one plan if it names none.
fn chosen_reports(project: &Project, request: &BuildRequest, diagnostics: &mut Diagnostics) -> Vec<RawReport> {
    let mut reports = project.raw.reports.clone();
    if reports.is_empty() {
        reports.push(RawReport {
            id: "plan".to_owned(),
            pack: default_pack(),
            for_each: None,
            langs: Vec::new(),
            formats: default_formats(),
            pdf: Vec::new(),
            docx: None,
        });
    }
    let known: Vec<String> = reports.iter().map(|report| report.id.clone()).collect();
    for wanted in request.reports.iter().filter(|wanted| !known.contains(wanted)) {
        diagnostics.push(
            Diagnostic::error(&messages::UNKNOWN_REPORT)
                .arg("report", wanted)
                .arg("known", known.join(", "))
                .suggest(wanted, known.iter().map(String::as_str)),
        );
    }
    reports.retain(|report| request.reports.is_empty() || request.reports.contains(&report.id));
    reports
}

/// Name of the period: the project's, else the newest wave, else `all`.
fn period_of(measured: &Measured) -> String {
    let own = measured.project.raw.project.period.clone();
    let name = own
        .or_else(|| measured.indicators.results.current_wave().map(str::to_owned))
        .unwrap_or_else(|| "all".to_owned());
    safe_name(&name)
}

/// What people wrote, in all or in the group that a document is about.
fn voices_of(measured: &Measured, subject: Option<&Subject>) -> Vec<Voices> {
    let within = subject.map(|held| Within { column: held.column.clone(), value: held.value.clone() });
    let segments = &measured.indicators.survey().results.segments;
    voices(&measured.project, &measured.tables.survey, segments, within.as_ref())
}

fn wave_answers(measured: &Measured) -> Vec<(String, u64)> {
    let waves = measured.indicators.results.waves.iter().cloned();
    waves.zip(measured.indicators.survey().wave_answers()).collect()
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

/// What all reports of a build share.
struct BuildContext<'a> {
    measured: &'a Measured,
    distributions: Vec<Distribution>,
    wave_answers: Vec<(String, u64)>,
    tables: Vec<TableSource>,
    voices: Vec<Voices>,
    banners: Vec<BannerTable>,
    planned: Planned,
    date: String,
    period: String,
    fonts: Fonts,
    subject: Option<Subject>,
    whole: Option<&'a MetricResults>,
}

impl<'a> BuildContext<'a> {
    fn new(measured: &'a Measured, planned: Planned, banners: Vec<BannerTable>, date: &str) -> Self {
        Self {
            measured,
            distributions: measured.indicators.survey().distributions(&measured.tables.survey.columns),
            wave_answers: wave_answers(measured),
            tables: measured.tables.operational_sources(&measured.project),
            voices: voices_of(measured, None),
            banners,
            planned,
            date: date.to_owned(),
            period: period_of(measured),
            fonts: Fonts::system(),
            subject: None,
            whole: None,
        }
    }

    /// Renders a report and puts it in place.
    fn publish_report(
        &self,
        report: &RawReport,
        lang: Option<Lang>,
        folder: PathBuf,
        diagnostics: &mut Diagnostics,
    ) -> Option<Published> {
        let before = diagnostics.count(Level::Error);
        let files = self.render_report(report, lang, diagnostics)?;
        if diagnostics.count(Level::Error) > before {
            return None;
        }
        let documents =
            files.iter().map(|file| file.name.clone()).filter(|name| !name.contains('/') && name != MANIFEST).collect();
        let done = publish(&folder, &files, diagnostics);
        done.then(|| Published { report: report.id.clone(), folder, documents })
    }

    /// The document of one group, in a folder of its own, with its line in the list in every language.
    fn publish_subject(
        &self,
        report: &RawReport,
        subject: &Subject,
        library: &Library,
        lang: Option<Lang>,
        folder: &Path,
        diagnostics: &mut Diagnostics,
    ) -> Option<(Published, Vec<(Lang, Listed)>)> {
        let own = batch::measure_subject(self.measured, subject, diagnostics)?;
        let planned = plan_with(&own, library, Some(&self.date), diagnostics);
        let context = BuildContext {
            subject: Some(subject.clone()),
            whole: Some(&self.measured.indicators.results),
            voices: voices_of(&own, Some(subject)),
            ..BuildContext::new(&own, planned, Vec::new(), &self.date)
        };
        let name = safe_name(&subject.value);
        let published = context.publish_report(report, lang, folder.join(&name), diagnostics)?;
        let langs = self.langs(report, lang);
        let lines = langs.iter().map(|&lang| {
            let own_lang = |document: &&String| langs.len() == 1 || document.contains(&format!("_{lang}."));
            let link = |document: &String| {
                let kind = document.rsplit('.').next().unwrap_or_default().to_uppercase();
                (kind, format!("{}/{}", encoded(&name), encoded(document)))
            };
            let line = Listed {
                title: subject.title.clone(),
                links: published.documents.iter().filter(own_lang).map(link).collect(),
                values: batch::listed_values(&own, lang),
            };
            (lang, line)
        });
        let lines = lines.collect();
        Some((published, lines))
    }

    /// The languages that a report is built in.
    fn langs(&self, report: &RawReport, lang: Option<Lang>) -> Vec<Lang> {
        match lang {
            Some(lang) => vec![lang],
            None if report.langs.is_empty() => vec![self.measured.project.lang()],
            None => report.langs.clone(),
        }
    }

    /// Answers that the numbers are of.
    fn answers(&self) -> u64 {
        match &self.subject {
            Some(_) => self.measured.indicators.survey().wave_answers().iter().sum(),
            None => self.measured.tables.survey.row_count() as u64,
        }
    }

    /// All files of a report, the manifest last.
    fn render_report(
        &self,
        report: &RawReport,
        lang: Option<Lang>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Vec<OutputFile>> {
        let project = &self.measured.project;
        let own_templates = project.path("templates");
        let files = pack_files(&report.pack, Some(&own_templates), diagnostics);
        if files.is_empty() {
            let known: Vec<String> = crate::pipeline::packs(diagnostics).into_iter().map(|pack| pack.id).collect();
            diagnostics.push(
                Diagnostic::error(&messages::UNKNOWN_PACK)
                    .arg("pack", &report.pack)
                    .arg("known", known.join(", "))
                    .suggest(&report.pack, known.iter().map(String::as_str))
                    .at(project.at("reports")),
            );
            return None;
        }
        let mut templates: Vec<FileRecord> = files
            .iter()
            .map(|(path, file)| FileRecord::of(format!("{}/{path}", report.pack), file.text.as_bytes()))
            .collect();
        let pack = Pack::load(&report.pack, files, diagnostics)?;
        let typst = typst_sources(&report.pack, Some(&own_templates), diagnostics);
        templates.extend(typst.iter().map(|(path, _, text)| FileRecord::of(format!("typst/{path}"), text.as_bytes())));
        let host = WordHost::read(project, report, diagnostics)?;
        templates.extend(host.iter().map(|host| FileRecord::of(&host.file, &host.bytes)));
        templates.sort();
        templates.dedup();
        let css = stylesheet(&report.pack, &own_templates, diagnostics);
        let langs = self.langs(report, lang);
        let renderings: Vec<Rendering<'_>> = langs
            .iter()
            .map(|lang| Rendering {
                report,
                pack: &pack,
                typst: &typst,
                css: css.as_deref(),
                host: host.clone(),
                lang: *lang,
                several: langs.len() > 1,
            })
            .collect();
        let mut output = ReportFiles::default();
        for (files, found) in self.render_languages(&renderings) {
            diagnostics.extend(found);
            let files = files?;
            output.files.extend(files.files);
            output.fonts.extend(files.fonts);
        }
        let manifest = self.manifest(report, templates, &output);
        let mut content = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
        content.push(b'\n');
        output.files.push(OutputFile { name: MANIFEST.to_owned(), content });
        Some(output.files)
    }

    /// The files of every language with the problems found, side by side on the machine's cores, in the given order.
    fn render_languages(&self, renderings: &[Rendering<'_>]) -> Vec<(Option<ReportFiles>, Diagnostics)> {
        let render = |rendering: &Rendering<'_>| {
            let mut found = Diagnostics::new();
            let mut output = ReportFiles::default();
            let done = self.render_language(rendering, &mut output, &mut found);
            (done.map(|()| output), found)
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = renderings.iter().map(|rendering| scope.spawn(|| render(rendering))).collect();
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

    fn render_language(
        &self,
        rendering: &Rendering<'_>,
        output: &mut ReportFiles,
        diagnostics: &mut Diagnostics,
    ) -> Option<()> {
        let measured = self.measured;
        let inputs = DocumentInputs {
            project: &measured.project,
            results: &measured.indicators.results,
            distributions: &self.distributions,
            steps: &measured.tables.survey.steps,
            files: &measured.tables.survey.inputs,
            columns: &measured.tables.survey.columns,
            answers: self.answers(),
            wave_answers: &self.wave_answers,
            weighted: measured.tables.survey.weighted,
            models: &measured.models,
            tables: &self.tables,
            subject: self.subject.as_ref(),
            whole: self.whole,
            planned: &self.planned,
            weighting: &measured.tables.survey.weighting,
            voices: &self.voices,
            banners: &self.banners,
            plugins: &measured.plugins,
            date: &self.date,
        };
        let built = build_document(&inputs, rendering.pack, rendering.lang, diagnostics)?;
        say_length(&built.document, rendering, diagnostics);
        let stem = self.file_stem(&built.document, rendering);
        for format in &rendering.report.formats {
            match format {
                ReportFormat::Pdf => {
                    let standards = &rendering.report.pdf;
                    let pdf = render_pdf(&built.document, rendering.typst, &self.fonts, standards, diagnostics)?;
                    say_pages(pdf.pages, rendering, diagnostics);
                    output.fonts.extend(pdf.fonts);
                    output.add(format!("{stem}.pdf"), pdf.bytes);
                }
                ReportFormat::Html => {
                    let html = self.render_html(&built.document, rendering, output, diagnostics);
                    output.add(format!("{stem}.html"), html.into_bytes());
                }
                ReportFormat::Docx => {
                    let job = WordJob {
                        document: &built.document,
                        inputs: &inputs,
                        pack: rendering.pack,
                        typst: rendering.typst,
                        fonts: &self.fonts,
                        host: rendering.host.as_ref(),
                    };
                    output.add(format!("{stem}.docx"), word_file(&job, diagnostics)?);
                }
                ReportFormat::Markdown => output.add(format!("{stem}.md"), built.markdown.clone().into_bytes()),
                ReportFormat::Xlsx => {
                    let input = WorkbookInput { inputs, pack: rendering.pack, banners: &self.banners };
                    output.add(format!("{stem}.xlsx"), render_workbook(&input, rendering.lang, diagnostics)?);
                }
            }
        }
        keep_typst_source(&built.document, rendering, diagnostics);
        Some(())
    }

    fn render_html(
        &self,
        document: &Document,
        rendering: &Rendering<'_>,
        output: &mut ReportFiles,
        diagnostics: &mut Diagnostics,
    ) -> String {
        let problems = std::cell::RefCell::new(Diagnostics::new());
        let figures = std::cell::RefCell::new(Vec::new());
        let narrow = narrow_charts(&document.blocks);
        let draw = |chart: &crate::charts::Chart, index: usize| {
            let picture = ChartPicture {
                id: &format!("figure-{}", index + 1),
                lang: rendering.lang,
                width_pt: HTML_CHART_WIDTH * if narrow.get(index) == Some(&true) { 0.5 } else { 1.0 },
                words: &document.meta.words,
            };
            let svg = render_chart_svg(chart, &picture, rendering.typst, &self.fonts, &mut problems.borrow_mut())?;
            figures.borrow_mut().push((index + 1, svg.clone()));
            Some(svg)
        };
        let html = render_html(document, rendering.css, &draw);
        forget_unused();
        diagnostics.extend(problems.into_inner());
        for (number, svg) in figures.into_inner() {
            let tag = if rendering.several { format!("{}-", rendering.lang) } else { String::new() };
            output.add(format!("figures/{tag}{number:02}.svg"), svg.into_bytes());
        }
        html
    }

    /// Title, client and period: a name that a client can read, safe on every system.
    fn file_stem(&self, document: &Document, rendering: &Rendering<'_>) -> String {
        let mut parts = vec![document.meta.title.clone()];
        parts.extend(document.meta.client.clone());
        parts.push(self.period.clone());
        if rendering.several {
            parts.push(rendering.lang.tag().to_owned());
        }
        parts.iter().map(|part| safe_name(part)).collect::<Vec<_>>().join("_")
    }

    fn manifest(&self, report: &RawReport, templates: Vec<FileRecord>, output: &ReportFiles) -> Manifest {
        let measured = self.measured;
        let project = &measured.project;
        let own_file = std::fs::read(project.path(crate::config::PROJECT_FILE)).unwrap_or_default();
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
            report: report.id.clone(),
            period: self.period.clone(),
            date: self.date.clone(),
            project: FileRecord::of(crate::config::PROJECT_FILE, &own_file),
            inputs: measured.tables.survey.inputs.clone(),
            steps: measured.tables.survey.steps.clone(),
            tables: self.tables.clone(),
            plugins: project.raw.plugins.keys().filter_map(used).collect(),
            templates,
            fonts,
            weighting: measured.tables.weighting().cloned().collect(),
            settings: measured.indicators.survey().settings().clone(),
            outputs: output.files.iter().map(|file| FileRecord::of(&file.name, &file.content)).collect(),
        }
    }
}

/// One language of one report.
struct Rendering<'a> {
    report: &'a RawReport,
    pack: &'a Pack,
    typst: &'a TypstSources,
    css: Option<&'a str>,
    host: Option<WordHost>,
    lang: Lang,
    several: bool,
}

/// Reports a text that is shorter or longer than its pack asks for; one within its limits gets a note.
fn say_length(document: &Document, rendering: &Rendering<'_>, diagnostics: &mut Diagnostics) {
    let Some(length) = rendering.pack.length.get(&rendering.lang).filter(|length| !length.aim) else { return };
    let count = document_words(document);
    let found = if count < length.min {
        Diagnostic::warning(&pack_messages::TOO_SHORT)
    } else if count > length.max {
        Diagnostic::warning(&pack_messages::TOO_LONG)
    } else {
        Diagnostic::note(&pack_messages::LENGTH)
    };
    let report = &rendering.report.id;
    diagnostics.push(found.arg("report", report).arg("count", count).arg("min", length.min).arg("max", length.max));
}

/// Reports a document with more pages than its pack allows.
fn say_pages(pages: usize, rendering: &Rendering<'_>, diagnostics: &mut Diagnostics) {
    let Some(limit) = rendering.pack.pages.filter(|limit| pages > *limit) else { return };
    let found = Diagnostic::warning(&pack_messages::TOO_MANY_PAGES).arg("report", &rendering.report.id);
    diagnostics.push(found.arg("pages", pages).arg("limit", limit));
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

/// A path inside an address.
fn encoded(path: &str) -> String {
    path.replace('%', "%25").replace(' ', "%20").replace('#', "%23").replace('?', "%3F")
}

/// A file name part: characters that some system refuses become `-`, and the length is bounded.
fn safe_name(text: &str) -> String {
    let clean =
        |character: char| if character.is_control() || "/\\:*?\"<>|".contains(character) { '-' } else { character };
    let mut name: String = text.trim().chars().map(clean).take(40).collect();
    name = name.trim_matches(['.', ' ']).to_owned();
    if is_safe_file_name(&name) { name } else { format!("{name}-") }
}

/// Writes the finished Typst project to the folder named by `MANYI_KEEP_TYPST`, for comparing with other compilers.
fn keep_typst_source(document: &Document, rendering: &Rendering<'_>, diagnostics: &mut Diagnostics) {
    let Some(folder) = std::env::var_os("MANYI_KEEP_TYPST").map(PathBuf::from) else { return };
    let folder = folder.join(rendering.lang.tag());
    let mut files: Vec<(String, Vec<u8>)> =
        rendering.typst.iter().map(|(path, _, text)| (path.to_owned(), text.as_bytes().to_vec())).collect();
    files.push(("data.json".to_owned(), serde_json::to_vec(document).unwrap_or_default()));
    for (path, content) in files {
        let target = folder.join(&path);
        let written =
            target.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&target, content));
        if let Err(error) = written {
            let warning = Diagnostic::warning(&messages::NOT_WRITTEN).arg("file", target.display());
            diagnostics.push(warning.words("problem", io_problem(&error)));
        }
    }
}
