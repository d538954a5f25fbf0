//! What the stage hands on: what each model is, and its result for every group with standard errors and intervals.

use indexmap::IndexMap;
use serde::Serialize;

use crate::diagnostics::Localized;
use crate::models::bootstrap::Spread;
use crate::models::problem::ModelReason;
use crate::models::{Cell, Fit, Measure};
use crate::plugins::Unit;

/// Everything the stage computed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ModelResults {
    /// The models in plugin and declaration order.
    pub models: Vec<ModelInfo>,
    /// Model by model, wave by wave: the total, then in the newest wave the groups, where the model asks for them.
    pub results: Vec<ModelResult>,
}

/// What a model is, as documents and `explain` print it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelInfo {
    /// Model id.
    pub id: String,
    /// Plugin id.
    pub module: String,
    /// Plugin version.
    pub module_version: String,
    /// Name.
    pub title: Localized,
    /// What it says, in words.
    pub definition: Localized,
    /// Name of the method.
    pub method: String,
    /// The method in words, with its formula.
    pub formula: Localized,
    /// Outcome as written in the plugin.
    pub of: Option<String>,
    /// Name of the outcome.
    pub of_title: Localized,
    /// What an answer belongs to as written in the plugin, where the method compares groups and the project feeds them.
    pub group: Option<String>,
    /// The items in use.
    pub items: Vec<ItemUse>,
    /// Ids of items that are left out because the project does not feed their inputs.
    pub left_out: Vec<String>,
    /// Options as written.
    pub options: IndexMap<String, serde_json::Value>,
    /// Operational table that the answers come from; none for the survey.
    pub table: Option<String>,
    /// Base condition as written; empty for all answers.
    pub base: String,
    /// The base in words.
    pub base_title: Localized,
    /// Bootstrap replicates; 0 for none.
    pub replicates: u32,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// The inputs that are read, with the columns or expressions that feed them.
    pub inputs: Vec<(String, String)>,
    /// Inputs that are not fed, where the model cannot be computed for want of them: (input id, question text).
    pub missing_inputs: Vec<(String, Localized)>,
}

/// An item of a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemUse {
    /// Id.
    pub id: String,
    /// Name.
    pub title: Localized,
    /// Its expressions as written.
    pub expressions: Vec<String>,
}

/// One model for one group in one wave.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ModelResult {
    /// Model id.
    pub model: String,
    /// Plugin id.
    pub module: String,
    /// Wave; `None` in a project without waves.
    pub wave: Option<String>,
    /// Segment column to its value; empty for the total.
    pub segment: IndexMap<String, String>,
    /// Unweighted number of answers that the model uses.
    pub n: u64,
    /// Sum of their weights.
    pub n_weighted: f64,
    /// Kish effective number of answers.
    pub n_eff: f64,
    /// Degrees of freedom of the standard errors: sampling units with an answer used, less their strata.
    pub df: Option<f64>,
    /// Not shown because of its own base or, with `complement`, because of another group's.
    pub suppressed: bool,
    /// Few answers: shown with a mark.
    pub flagged: bool,
    /// Why there are no numbers.
    pub reason: Option<ModelReason>,
    /// Single numbers by id.
    pub values: IndexMap<String, NumberResult>,
    /// Tables.
    pub tables: Vec<TableResult>,
    /// What a reader must know about this result.
    pub notes: Vec<Localized>,
    /// How the answers of the wave came down to those that the model uses.
    pub counts: CaseCounts,
    /// Replicates behind standard errors and intervals; `None` where none were drawn.
    pub bootstrap: Option<BootstrapRecord>,
}

/// A number with its standard error and interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NumberResult {
    /// Name.
    pub title: Localized,
    /// The number; `None` where it does not exist.
    pub estimate: Option<f64>,
    /// Standard error, from the bootstrap.
    pub se: Option<f64>,
    /// Interval, from the bootstrap.
    pub ci: Option<[f64; 2]>,
    /// Unit.
    pub unit: Unit,
    /// Decimals that are printed.
    pub decimals: u32,
}

/// A table of a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableResult {
    /// Id.
    pub id: String,
    /// Caption.
    pub title: Localized,
    /// Heading over the names of the rows.
    pub row_title: Localized,
    /// The measures, in the order of the columns.
    pub measures: Vec<MeasureInfo>,
    /// The rows.
    pub rows: Vec<RowResult>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasureInfo {
    /// Id.
    pub id: String,
    /// Name.
    pub title: Localized,
    /// Unit.
    pub unit: Unit,
    /// Decimals that are printed.
    pub decimals: u32,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowResult {
    /// Id.
    pub id: String,
    /// Name.
    pub title: Localized,
    /// Cells by the id of their measure; `None` where there is nothing.
    pub cells: IndexMap<String, Option<CellResult>>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum CellResult {
    /// A number.
    Number {
        /// The number.
        estimate: f64,
        /// Standard error, from the bootstrap.
        se: Option<f64>,
        /// Interval, from the bootstrap.
        ci: Option<[f64; 2]>,
    },
    /// Words.
    Text {
        /// The words.
        text: Localized,
    },
}

/// How many answers are left at each step.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CaseCounts {
    /// Answers of the wave.
    pub wave: u64,
    /// Answers of the group.
    pub group: u64,
    /// Of these, answers in the base.
    pub base: u64,
    /// Of these, answers that know the outcome and each item: (id, answers).
    pub known: Vec<(String, u64)>,
    /// Answers that the model uses.
    pub used: u64,
}

/// What was drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BootstrapRecord {
    /// Replicates drawn.
    pub replicates: usize,
    /// Replicates without a result.
    pub failed: usize,
    /// Seed.
    pub seed: u64,
    /// Confidence level of the intervals.
    pub confidence: f64,
}

impl ModelResults {
    /// What a model is.
    pub fn info(&self, model: &str) -> Option<&ModelInfo> {
        self.models.iter().find(|info| info.id == model)
    }

    /// The result of a model for the total (`segment` none) or one group, in a wave.
    pub fn find(&self, model: &str, wave: Option<&str>, segment: Option<(&str, &str)>) -> Option<&ModelResult> {
        self.results.iter().find(|result| {
            result.model == model
                && result.wave.as_deref() == wave
                && match segment {
                    None => result.segment.is_empty(),
                    Some((column, value)) => result.segment.get(column).is_some_and(|held| held == value),
                }
        })
    }
}

impl RowResult {
    /// The number of a measure with its interval; `None` where there is none.
    pub fn number(&self, measure: &str) -> Option<(f64, Option<[f64; 2]>)> {
        match self.cells.get(measure) {
            Some(Some(CellResult::Number { estimate, ci, .. })) => Some((*estimate, *ci)),
            _ => None,
        }
    }
}

impl ModelResult {
    /// Takes over the numbers of a fit, each with what the replicates say about it.
    pub(super) fn publish(&mut self, fit: &Fit, spread: &Spread) {
        let mut drawn = spread.numbers.iter().copied();
        let mut kept = spread.kept.iter().copied();
        let mut next = |measure: &Measure| if measure.interval { drawn.next().flatten() } else { None };
        for value in &fit.values {
            let measure = &value.measure;
            let interval = next(measure).filter(|_| value.number.is_some());
            let number = NumberResult {
                title: measure.title.clone(),
                estimate: value.number,
                se: interval.map(|interval| interval.se).or(value.se),
                ci: interval.map(|interval| interval.ci).or(value.ci),
                unit: measure.unit,
                decimals: measure.decimals,
            };
            self.values.insert(measure.id.clone(), number);
        }
        for table in &fit.tables {
            let mut rows = Vec::with_capacity(table.rows.len());
            for row in &table.rows {
                let mut cells = IndexMap::new();
                for (cell, measure) in row.cells.iter().zip(&table.measures) {
                    let interval = next(measure);
                    let share = if measure.stability { kept.next().flatten() } else { None };
                    let cell = match cell {
                        Cell::Empty if measure.stability => {
                            share.map(|share| CellResult::Number { estimate: 100.0 * share, se: None, ci: None })
                        }
                        Cell::Number(estimate) => Some(CellResult::Number {
                            estimate: *estimate,
                            se: interval.map(|interval| interval.se),
                            ci: interval.map(|interval| interval.ci),
                        }),
                        Cell::Estimate { number, ci } => {
                            Some(CellResult::Number { estimate: *number, se: None, ci: Some(*ci) })
                        }
                        Cell::Text(text) => Some(CellResult::Text { text: text.clone() }),
                        Cell::Empty => None,
                    };
                    cells.insert(measure.id.clone(), cell);
                }
                rows.push(RowResult { id: row.id.clone(), title: row.title.clone(), cells });
            }
            let measures = table.measures.iter().map(|measure| MeasureInfo {
                id: measure.id.clone(),
                title: measure.title.clone(),
                unit: measure.unit,
                decimals: measure.decimals,
            });
            self.tables.push(TableResult {
                id: table.id.clone(),
                title: table.title.clone(),
                row_title: table.row_title.clone(),
                measures: measures.collect(),
                rows,
            });
        }
    }

    /// Takes the numbers away; the bases stay.
    pub fn hide(&mut self, reason: ModelReason) {
        (self.suppressed, self.flagged, self.reason) = (true, false, Some(reason));
        self.df = None;
        self.values.clear();
        self.tables.clear();
        self.notes.clear();
        self.bootstrap = None;
        self.counts.known.clear();
    }

    /// The number in a cell: `row.measure`, or `table.row.measure` where two tables have that row.
    pub fn cell(&self, address: &str) -> Option<f64> {
        let parts: Vec<&str> = address.split('.').collect();
        let (table, row, measure) = match parts.as_slice() {
            [table, row, measure] => (Some(*table), *row, *measure),
            [row, measure] => (None, *row, *measure),
            _ => return None,
        };
        let tables = self.tables.iter().filter(|known| table.is_none_or(|table| known.id == table));
        let rows = tables.flat_map(|known| &known.rows).filter(|known| known.id == row);
        rows.filter_map(|known| known.cells.get(measure)).find_map(|cell| match cell {
            Some(CellResult::Number { estimate, .. }) => Some(*estimate),
            _ => None,
        })
    }
}
