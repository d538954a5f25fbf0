//! The project as the other stages see it: the checked YAML with its folder and the places of its keys.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::config::load::{PROJECT_FILE, PROJECT_VERSION};
use crate::config::period::Period;
use crate::config::positions::KeyPositions;
use crate::config::raw::{
    DuplicatePolicy, RawAbout, RawData, RawDelivery, RawLimits, RawPlan, RawProject, RawSettings, RawSource,
};
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Location};

/// A project that was read and whose shape is right.
#[derive(Debug, Clone)]
pub struct Project {
    /// The project folder.
    pub root: PathBuf,
    /// The checked content of `manyi.yaml`.
    pub raw: RawProject,
    /// Where its keys stand.
    pub positions: KeyPositions,
    /// Operational table that this is the view of; empty for the survey.
    pub table: String,
    /// Periods that answers are read of; all if none. Their names are those of the waves.
    pub window: Option<Vec<Period>>,
}

/// Name of the survey among the tables.
pub const SURVEY: &str = "responses";

impl Project {
    /// A project that only names files, for looking into them before there is a `manyi.yaml`.
    pub fn draft(root: &Path, sources: Vec<RawSource>) -> Self {
        let raw = RawProject {
            manyi: PROJECT_VERSION,
            project: RawAbout {
                title: "".into(),
                subtitle: None,
                client: None,
                planner: None,
                date: None,
                period: None,
                trade: None,
                lang: None,
                survey: None,
            },
            data: RawData {
                sources,
                id: None,
                duplicates: DuplicatePolicy::default(),
                wave: None,
                weight: None,
                weighting: None,
                design: None,
                stack: None,
                filters: Vec::new(),
            },
            columns: IndexMap::new(),
            segments: Vec::new(),
            tables: IndexMap::new(),
            plugins: IndexMap::new(),
            targets: IndexMap::new(),
            benchmarks: IndexMap::new(),
            rivals: None,
            banners: Vec::new(),
            settings: RawSettings::default(),
            plan: RawPlan::default(),
            reports: Vec::new(),
            limits: RawLimits::default(),
            runs: None,
            delivery: RawDelivery::default(),
        };
        Self {
            root: root.to_path_buf(),
            raw,
            positions: KeyPositions::new(PROJECT_FILE),
            table: String::new(),
            window: None,
        }
    }

    /// The project as one of its operational tables sees it: with the files, columns and segments of the table.
    pub fn of_table(&self, name: &str) -> Option<Self> {
        let table = self.raw.tables.get(name)?.clone();
        let mut view = self.clone();
        (view.raw.data, view.raw.columns, view.raw.segments) = (table.data, table.columns, table.segments);
        name.clone_into(&mut view.table);
        Some(view)
    }

    /// Place of a key path such as `columns.praise.range`.
    pub fn at(&self, key_path: &str) -> Location {
        self.positions.locate(&self.key_path(key_path))
    }

    /// A key path as it stands in the file: what belongs to an operational table is found under its name.
    pub fn key_path(&self, key_path: &str) -> String {
        let first = key_path.split(['.', '[']).next();
        if self.table.is_empty() || !matches!(first, Some("data" | "columns" | "segments")) {
            return key_path.to_owned();
        }
        format!("tables.{}.{key_path}", self.table)
    }

    /// Problems of this view with their key paths as they stand in the file.
    pub fn placed(&self, problems: &Diagnostics) -> Vec<Diagnostic> {
        let place = |mut problem: Diagnostic| {
            problem.key_path = problem.key_path.map(|path| self.key_path(&path));
            problem
        };
        problems.iter().cloned().map(place).collect()
    }

    /// A path of the project file made absolute against the project folder.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A path as the user knows it: relative to the project folder where it lies inside, with `/` separators.
    pub fn display_path(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }

    /// The language of documents: the project's, else Chinese.
    pub fn lang(&self) -> Lang {
        self.raw.project.lang.unwrap_or_default()
    }
}
