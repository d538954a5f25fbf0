//! Wires the stages: the only place that knows their order.

pub mod build;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::raw::RawSource;
use crate::config::{Project, load_project};
use crate::data::guess::{guess, write_manyi_yaml};
use crate::data::sources::load_raw;
use crate::data::{Responses, load::load};
use crate::diagnostics::{Diagnostics, Lang};
use crate::document::pack::Pack;
use crate::metrics::{Computation, compute};
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
    /// All plugins by id.
    pub plugins: BTreeMap<String, Plugin>,
    /// The answers.
    pub responses: Responses,
    /// The numbers.
    pub computation: Computation,
}

/// Reads the project file and the plugins. `None` if the project file cannot be used at all.
pub fn open(root: &Path, diagnostics: &mut Diagnostics) -> Option<OpenProject> {
    let project = load_project(root, diagnostics)?;
    let plugins = discover(Some(root), diagnostics);
    Some(OpenProject { project, plugins })
}

/// Reads the project, its plugins and its data and computes every metric, stopping after the first stage with errors.
pub fn measure(root: &Path, diagnostics: &mut Diagnostics) -> Option<Measured> {
    let OpenProject { project, plugins } = open(root, diagnostics)?;
    if diagnostics.has_errors() {
        return None;
    }
    let responses = load(&project, diagnostics)?;
    if diagnostics.has_errors() {
        return None;
    }
    let computation = compute(&project, &plugins, &responses, diagnostics)?;
    Some(Measured { project, plugins, responses, computation })
}

/// The text of a first `manyi.yaml` for a folder, guessed from survey exports. Paths are written relative to the folder.
/// `None` if a file cannot be read.
pub fn draft_project(folder: &Path, files: &[PathBuf], lang: Lang, diagnostics: &mut Diagnostics) -> Option<String> {
    let sources: Vec<RawSource> = files.iter().map(|file| source_of(folder, file)).collect();
    let draft = Project::draft(folder, sources);
    let loaded = if files.is_empty() { Vec::new() } else { load_raw(&draft, None, diagnostics) };
    if diagnostics.has_errors() {
        return None;
    }
    let title = match lang {
        Lang::ZhCn => "满意度提升策划书",
        Lang::En => "Satisfaction plan",
    };
    Some(write_manyi_yaml(&guess(&loaded), lang, title))
}

fn source_of(folder: &Path, file: &Path) -> RawSource {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let (folder, file) = (absolute(folder), absolute(file));
    let relative = file.strip_prefix(&folder).map_or_else(|_| file.clone(), Path::to_path_buf);
    RawSource::of_file(relative.to_string_lossy().replace('\\', "/"))
}

/// The built-in template packs by id.
pub fn packs(diagnostics: &mut Diagnostics) -> Vec<Pack> {
    let mut packs: Vec<Pack> = embedded()
        .dirs()
        .filter(|dir| dir.get_file(dir.path().join("template.yaml")).is_some())
        .filter_map(|dir| {
            let id = dir.path().file_name()?.to_str()?;
            Pack::load(id, build::pack_files(id, None, diagnostics), diagnostics)
        })
        .collect();
    packs.sort_by(|a, b| a.id.cmp(&b.id));
    packs
}
