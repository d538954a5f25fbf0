//! Models for documents about one group each: the answers are read and cut into waves once, then every group is fitted by itself.
//! The other answers stay in the sample, as they do for groups of segments.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::config::Project;
use crate::config::project::SURVEY;
use crate::data::{Responses, Tables};
use crate::diagnostics::messages::metrics as metric_messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::metrics::columns::{Columns, columns};
use crate::metrics::compute::{Statistics, Within, groups_of};
use crate::metrics::design::{Design, resolve_design};
use crate::metrics::estimates::SegmentInfo;
use crate::metrics::suppression::{Base, complement, is_below};
use crate::models::bind::{BoundModel, ModelBinding, bind_project};
use crate::models::compute::{Group, Run};
use crate::models::info::ModelResults;
use crate::models::problem::ModelReason;
use crate::models::sampling::WaveAnswers;
use crate::plugins::Plugin;

/// The models of a project, ready to be fitted to one group of a column after the other.
pub struct GroupModels<'a> {
    project: &'a Project,
    newest: Option<String>,
    tables: Vec<TableModels<'a>>,
}

/// The models of one table.
struct TableModels<'a> {
    responses: &'a Responses,
    binding: ModelBinding,
    columns: Columns,
    design: Design,
    segment: SegmentInfo,
    statistics: Statistics,
    answers: Vec<WaveAnswers>,
    /// For each model the group that is hidden besides the only one whose base is too small.
    complements: Vec<Option<usize>>,
}

impl<'a> GroupModels<'a> {
    /// Binds the models and reads the answers of the tables that have the column. `newest` is the newest wave of the survey.
    /// `None` after an error. Mistakes of models were reported when those of all answers were bound.
    pub fn bind(
        project: &'a Project,
        plugins: &BTreeMap<String, Plugin>,
        tables: &'a Tables,
        column: &str,
        newest: Option<&str>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let bindings: IndexMap<String, ModelBinding> = bind_project(project, plugins, tables, &mut Diagnostics::new());
        let mut found = Vec::new();
        for (table, binding) in bindings {
            let view = if table == SURVEY { project.clone() } else { project.of_table(&table)? };
            let responses = tables.get(&table)?;
            let Some(held) = responses.column(column).filter(|_| !binding.models.is_empty()) else { continue };
            let segment = SegmentInfo { column: column.to_owned(), title: held.title.clone(), groups: groups_of(held) };
            let statistics = Statistics::of(&view);
            let (design, unit_codes) = resolve_design(statistics.design.as_ref(), responses);
            let segments = std::slice::from_ref(&segment);
            let columns = match columns(responses, &binding.values.items, segments, unit_codes) {
                Ok(columns) => columns,
                Err(error) => {
                    diagnostics.push(Diagnostic::error(&metric_messages::SCAN_FAILED).quote("problem", error));
                    return None;
                }
            };
            let answers = (0..responses.waves.len().max(1))
                .map(|wave| WaveAnswers::new(&columns, &design, u32::try_from(wave).unwrap_or(u32::MAX)))
                .collect();
            let mut table = TableModels {
                responses,
                binding,
                columns,
                design,
                segment,
                statistics,
                answers,
                complements: Vec::new(),
            };
            table.complements = table.find_complements();
            found.push(table);
        }
        Some(Self { project, newest: newest.map(str::to_owned), tables: found })
    }

    /// Every model fitted to the answers of one group in the newest wave, named as those of all answers are. Bases that are too
    /// small give a reason in place of numbers.
    pub fn of_group(&self, within: &Within, diagnostics: &mut Diagnostics) -> ModelResults {
        let place = |plugin: &str| self.project.at(&format!("plugins.{plugin}"));
        let mut all = ModelResults::default();
        for table in &self.tables {
            let level = table.segment.groups.iter().position(|(value, _)| *value == within.value);
            let Some((level, answers)) = level.zip(table.answers.last()) else { continue };
            let run = Run {
                responses: table.responses,
                columns: &table.columns,
                design: &table.design,
                segments: std::slice::from_ref(&table.segment),
                statistics: &table.statistics,
                place: &place,
            };
            let group = Group { wave: table.answers.len() - 1, segment: Some((0, level)) };
            for (bound, complement) in table.binding.models.iter().zip(&table.complements) {
                let mut result = run.result(bound, answers, group, diagnostics);
                if *complement == Some(level) && !result.suppressed {
                    result.hide(ModelReason::Complement);
                }
                result.segment.clear();
                if table.responses.waves.is_empty() {
                    result.wave.clone_from(&self.newest);
                }
                all.models.push(bound.info.clone());
                all.results.push(result);
            }
        }
        let order = |module: &String| self.project.raw.plugins.get_index_of(module);
        all.models.sort_by_key(|info| order(&info.module));
        all.results.sort_by_key(|result| order(&result.module));
        all
    }
}

impl TableModels<'_> {
    /// By model, the group that would give away the only one with too small a base in the newest wave.
    fn find_complements(&self) -> Vec<Option<usize>> {
        let limit = self.statistics.settings.suppress_below;
        let Some(answers) = self.answers.last() else { return vec![None; self.binding.models.len()] };
        let base = |bound: &BoundModel, level: usize| {
            let level = u32::try_from(level).unwrap_or(u32::MAX);
            let (frame, _) = answers.frame(bound, &self.columns, Some((0, level)));
            let frame = match &bound.model {
                Some(model) => frame.keep(&model.cases(&frame)),
                None => frame,
            };
            let base = frame.base();
            let (some, small) = (base.n > 0, is_below((base.n, base.n_eff), limit));
            Base { n: base.n, hidden: some && small, shown: some && !small }
        };
        let of_model = |bound: &BoundModel| {
            let bases: Vec<Base> = (0..self.segment.groups.len()).map(|level| base(bound, level)).collect();
            complement(&bases)
        };
        self.binding.models.iter().map(of_model).collect()
    }
}
