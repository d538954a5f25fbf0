//! The tables of a project: the survey and, beside it, the operational tables under their names.

use indexmap::IndexMap;

use crate::config::Project;
use crate::config::project::SURVEY;
use crate::data::load::load;
use crate::data::personal::drop_unneeded;
use crate::data::table::{InputFile, Responses, Step};
use crate::data::weighting::WaveWeights;
use crate::diagnostics::{Diagnostics, Localized};

/// Every table of a project.
#[derive(Debug, Clone)]
pub struct Tables {
    /// The survey's answers.
    pub survey: Responses,
    /// Operational tables in the order of the project.
    pub operational: IndexMap<String, Responses>,
}

/// What one table was made of, for documents and manifests.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct TableSource {
    /// Name in the project; `responses` for the survey.
    pub table: String,
    /// Name for documents, where the project gives one.
    pub title: Option<Localized>,
    /// Files read.
    pub files: Vec<InputFile>,
    /// Row counts from file to analysis.
    pub steps: Vec<Step>,
    /// Rows analysed.
    pub rows: u64,
    /// How many of them are of the group that a document is about.
    #[serde(skip)]
    pub rows_of_group: Option<u64>,
}

/// Reads every table, the survey last because its columns may be looked up in the others; `None` if an error was reported.
pub fn load_tables(project: &Project, diagnostics: &mut Diagnostics) -> Option<Tables> {
    let mut operational = IndexMap::new();
    let mut complete = true;
    for name in project.raw.tables.keys() {
        let Some(view) = project.of_table(name) else { continue };
        let mut own = Diagnostics::new();
        let loaded = load(&view, &operational, &mut own);
        diagnostics.extend(view.placed(&own));
        complete &= loaded.is_some();
        operational.extend(loaded.map(|rows| (name.clone(), rows)));
    }
    let survey = if complete { load(project, &operational, diagnostics) } else { None };
    let mut tables = Tables { survey: survey?, operational };
    drop_unneeded(project, &mut tables);
    Some(tables)
}

impl Tables {
    /// The table with this name; `responses` is the survey.
    pub fn get(&self, name: &str) -> Option<&Responses> {
        if name == SURVEY { Some(&self.survey) } else { self.operational.get(name) }
    }

    /// What the weighting of each table came to, the survey's first.
    pub fn weighting(&self) -> impl Iterator<Item = &WaveWeights> {
        std::iter::once(&self.survey).chain(self.operational.values()).flat_map(|table| &table.weighting)
    }

    /// What the operational tables were made of.
    pub fn operational_sources(&self, project: &Project) -> Vec<TableSource> {
        let source = |(name, rows): (&String, &Responses)| TableSource {
            table: name.clone(),
            title: project.raw.tables.get(name).and_then(|table| table.title.clone()),
            files: rows.inputs.clone(),
            steps: rows.steps.clone(),
            rows: rows.row_count() as u64,
            rows_of_group: None,
        };
        self.operational.iter().map(source).collect()
    }
}
