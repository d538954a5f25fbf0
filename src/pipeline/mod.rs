//! Wires the stages: the only place that knows their order.

pub mod batch;
pub mod brand;
pub mod build;
mod files;
mod listing;
pub mod planning;
pub mod recipients;
mod report;
mod subjects;
mod template_facts;
pub mod view;
mod word;
pub mod wording;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

pub use report::pack_files;
pub use template_facts::template_facts;
pub use view::{GroupSeries, PeriodView};

use crate::analysis::{BannerTable, IndicatorChart, compute_banners, control_charts};
use crate::config::raw::RawSource;
use crate::config::{Project, load_project};
use crate::data::guess::{Draft, guess, said, write_manyi_yaml};
use crate::data::sources::{LoadedSource, load_raw};
use crate::data::{Tables, load_tables};
use crate::diagnostics::messages::plugins::METRICS_WITHOUT_INPUT;
use crate::diagnostics::taiwan::to_taiwan;
use crate::diagnostics::{Diagnostics, Lang, has_han};
use crate::document::pack::Pack;
use crate::metrics::{Indicators, compute};
use crate::models::{ModelResults, compute_models, publish};
use crate::plugins::manifest::RawInput;
use crate::plugins::{Plugin, discover};
use crate::render::templates::embedded;

/// A project with its plugins, before any data is read.
#[derive(Debug, Clone)]
pub struct OpenProject {
    /// The project.
    pub project: Project,
    /// All plugins by id.
    pub plugins: BTreeMap<String, Plugin>,
}

/// A project with its answers and numbers.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The project.
    pub project: Project,
    /// All plugins by id; shared by the documents of groups.
    pub plugins: Arc<BTreeMap<String, Plugin>>,
    /// The answers and the operational tables; shared as well.
    pub tables: Arc<Tables>,
    /// The numbers.
    pub indicators: Indicators,
    /// What the models say.
    pub models: ModelResults,
    /// Control charts of the indicators that the project names: of the whole, or of the group in a document of its own.
    pub controls: Vec<IndicatorChart>,
    /// What was published of groups in periods that are not read any more, for control charts of their own.
    pub charted_groups: Arc<GroupSeries>,
}

/// A project with its banner tables.
#[derive(Debug, Clone)]
pub struct Tabulated {
    /// The project.
    pub project: Project,
    /// The banners, each wave of one a table of its own.
    pub tables: Vec<BannerTable>,
}

/// Reads the project and its data and makes its banner tables, stopping after the first stage with errors. The indicators are
/// computed for what small bases hide in both; a project whose plugins cannot be used has its banners alone.
pub fn tabulate(root: &Path, diagnostics: &mut Diagnostics) -> Option<Tabulated> {
    let project = load_project(root, diagnostics)?;
    if diagnostics.has_errors() {
        return None;
    }
    let data = load_tables(&project, diagnostics)?;
    if diagnostics.has_errors() {
        return None;
    }
    let mut unsaid = Diagnostics::new();
    let plugins = discover(Some(root), &mut unsaid);
    let indicators =
        if project.raw.plugins.is_empty() { None } else { compute(&project, &plugins, &data, &mut unsaid) };
    let tables = compute_banners(&project, &data, indicators.as_ref(), diagnostics);
    Some(Tabulated { project, tables })
}

/// Reads the project file and the plugins. `None` if the project file cannot be used at all.
pub fn open(root: &Path, diagnostics: &mut Diagnostics) -> Option<OpenProject> {
    let project = load_project(root, diagnostics)?;
    let plugins = discover(Some(root), diagnostics);
    Some(OpenProject { project, plugins })
}

/// Reads the project, its plugins and its data and computes every metric and model, stopping after the first stage with errors.
pub fn measure(root: &Path, diagnostics: &mut Diagnostics) -> Option<Measured> {
    measure_view(root, &PeriodView::default(), diagnostics)
}

/// The same as one period sees it; an empty view sees everything.
pub fn measure_view(root: &Path, view: &PeriodView, diagnostics: &mut Diagnostics) -> Option<Measured> {
    let OpenProject { mut project, plugins } = open(root, diagnostics)?;
    view.narrow(&mut project);
    if diagnostics.has_errors() {
        return None;
    }
    let tables = load_tables(&project, diagnostics)?;
    if diagnostics.has_errors() {
        return None;
    }
    let mut indicators = compute(&project, &plugins, &tables, diagnostics)?;
    // What the survey did not ask is said by `manyi check` and stands in the documents: no news to every other command.
    diagnostics.soften(&METRICS_WITHOUT_INPUT);
    let models = compute_models(&project, &plugins, &tables, &indicators, diagnostics)?;
    publish(&mut indicators, &models);
    view.join(&mut indicators);
    let controls = control_charts(&project, &indicators.results, &view.charted, diagnostics);
    let (plugins, tables, charted_groups) = (Arc::new(plugins), Arc::new(tables), Arc::clone(&view.charted_groups));
    Some(Measured { project, plugins, tables, indicators, models, controls, charted_groups })
}

/// In which language a first project file may be written.
#[derive(Debug, Clone, Copy)]
pub struct DraftLangs {
    /// The one asked for.
    pub wished: Option<Lang>,
    /// That of the console, where nothing says otherwise.
    pub usual: Lang,
}

impl DraftLangs {
    /// The language asked for; else Chinese for a survey in Chinese characters, whatever the locale of the machine.
    fn of(self, loaded: &[LoadedSource]) -> Lang {
        let headers = loaded.iter().flat_map(|source| &source.table.headers);
        let words = headers.flat_map(|header| [Some(&header.name), header.label.as_ref()]).flatten();
        let chinese = || words.map(String::as_str).any(has_han);
        self.wished.unwrap_or_else(|| if chinese() && !self.usual.is_chinese() { Lang::ZhCn } else { self.usual })
    }
}

/// The text of a first `manyi.yaml` for a folder, guessed from survey exports, or an example to fill in without any. Paths are
/// written relative to the folder. `None` if a file cannot be read.
pub fn draft_project(
    folder: &Path,
    files: &[PathBuf],
    langs: DraftLangs,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let folder = resolved(folder);
    let place = |file: &PathBuf| resolved_beside(file).to_string_lossy().into_owned();
    let sources = files.iter().map(|file| RawSource::of_file(place(file))).collect();
    let draft = Project::draft(&folder, sources);
    let loaded = if files.is_empty() { Vec::new() } else { load_raw(&draft, None, diagnostics) };
    if diagnostics.has_errors() {
        return None;
    }
    let lang = langs.of(&loaded);
    let title = said(lang, "Satisfaction plan", "满意度提升策划书");
    let mut guessed = guess(&loaded);
    for (file, _) in &mut guessed.files {
        *file = relative_path(&folder, &folder.join(&*file));
    }
    let inputs = questions("enterprise-csi", lang);
    let date = chrono::Local::now().date_naive().to_string();
    Some(write_manyi_yaml(&guessed, &Draft { lang, title: &title, date: &date, inputs: &inputs }))
}

/// The inputs of a built-in plugin with their questions.
fn questions(plugin: &str, lang: Lang) -> Vec<(String, String)> {
    let plugins = discover(None, &mut Diagnostics::new());
    let inputs = plugins.get(plugin).into_iter().flat_map(|plugin| &plugin.manifest.inputs);
    let question = |(name, input): (&String, &RawInput)| {
        let asked = input.ask.as_ref().or(input.title.as_ref()).map_or(name.as_str(), |asked| asked.get(lang));
        (name.clone(), if lang == Lang::ZhTw { to_taiwan(asked) } else { asked.to_owned() })
    };
    inputs.map(question).collect()
}

/// The path from the root, without `..`; what does not exist yet is taken as written.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let existing = absolute.ancestors().find_map(|known| Some((known, known.canonicalize().ok()?)));
    let Some((known, canonical)) = existing else { return absolute };
    match absolute.strip_prefix(known) {
        Ok(rest) if !rest.as_os_str().is_empty() => canonical.join(rest),
        _ => canonical,
    }
}

/// The same for a file, which keeps its own name where that is a link.
fn resolved_beside(file: &Path) -> PathBuf {
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
    match (absolute.parent(), absolute.file_name()) {
        (Some(folder), Some(name)) => resolved(folder).join(name),
        _ => absolute,
    }
}

/// `file` as seen from `folder`, with `../` where it lies beside; as it is where there is no way, as between two drives.
fn relative_path(folder: &Path, file: &Path) -> String {
    let shared = folder.components().zip(file.components()).take_while(|(one, other)| one == other).count();
    let beyond = folder.components().skip(shared);
    let relative: PathBuf = beyond.map(|_| Component::ParentDir).chain(file.components().skip(shared)).collect();
    let way = if shared == 0 { file } else { &relative };
    way.to_string_lossy().replace('\\', "/")
}

/// The built-in template packs by id.
pub fn packs(diagnostics: &mut Diagnostics) -> Vec<Pack> {
    let mut packs: Vec<Pack> = embedded()
        .dirs()
        .filter(|dir| dir.get_file(dir.path().join("template.yaml")).is_some())
        .filter_map(|dir| {
            let id = dir.path().file_name()?.to_str()?;
            Pack::load(id, report::pack_files(id, None, diagnostics), diagnostics)
        })
        .collect();
    packs.sort_by(|a, b| a.id.cmp(&b.id));
    packs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_from_the_project_to_the_file() {
        let path = |file: &str| relative_path(Path::new("/home/li/plan"), Path::new(file));
        assert_eq!(path("/home/li/plan/data/a.csv"), "data/a.csv");
        assert_eq!(path("/home/li/a.csv"), "../a.csv");
        assert_eq!(path("/home/wang/a.csv"), "../../wang/a.csv");
    }
}
