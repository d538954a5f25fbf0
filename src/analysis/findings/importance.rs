//! How much each indicator matters: from drivers, stated importance, or its share in a composite; the largest of a source is 1.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::analysis::findings::FindingInputs;
use crate::metrics::MetricInfo;
use crate::models::{ModelInfo, ModelResult};

/// Taken where nothing says how much an indicator matters.
const UNKNOWN: f64 = 0.5;

/// Where the importance of an indicator comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "from", content = "name")]
pub enum ImportanceSource {
    /// A model of drivers or of importance and performance, by id.
    Model(String),
    /// The weight in a composite, by metric id.
    Composite(String),
    /// Nothing says; the middle is taken.
    Unknown,
}

/// How much an indicator matters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Importance {
    /// 0 to 1; the most important of its source is 1.
    pub value: f64,
    /// Where it comes from.
    pub source: ImportanceSource,
}

impl Default for Importance {
    fn default() -> Self {
        Self { value: UNKNOWN, source: ImportanceSource::Unknown }
    }
}

/// The importance of every metric of which something is known; a model counts before a composite.
pub(super) fn importances(inputs: FindingInputs<'_>) -> BTreeMap<String, Importance> {
    let mut known = of_composites(inputs);
    for info in &inputs.models.models {
        let Some(result) = newest(inputs, info) else { continue };
        for (item, value) in item_importance(result) {
            if let Some(metric) = metric_of_item(inputs, info, &item) {
                known.insert(metric, Importance { value, source: ImportanceSource::Model(info.id.clone()) });
            }
        }
    }
    known
}

/// The result of a model for the total of the newest wave.
pub(super) fn newest<'a>(inputs: FindingInputs<'a>, info: &ModelInfo) -> Option<&'a ModelResult> {
    inputs.models.find(&info.id, inputs.results.current_wave(), None).filter(|result| result.reason.is_none())
}

/// Importance by item as a share of the largest, where the model has a table of items with `importance` or `share`.
pub(super) fn item_importance(result: &ModelResult) -> Vec<(String, f64)> {
    let measures = ["importance", "rescaled", "share"];
    let found: Vec<(String, f64)> = result
        .tables
        .iter()
        .filter_map(|table| {
            let measure = measures.iter().find(|id| table.measures.iter().any(|held| held.id == **id))?;
            let rows = table.rows.iter();
            Some(rows.filter_map(|row| Some((row.id.clone(), row.number(measure)?.0))).collect::<Vec<_>>())
        })
        .next()
        .unwrap_or_default();
    let largest = found.iter().map(|(_, value)| *value).fold(0.0, f64::max);
    if largest <= 0.0 {
        return Vec::new();
    }
    found.into_iter().map(|(item, value)| (item, (value / largest).clamp(0.0, 1.0))).collect()
}

/// The headline metric that is computed from the same question as an item of a model, and from nothing else.
pub(super) fn metric_of_item(inputs: FindingInputs<'_>, info: &ModelInfo, item: &str) -> Option<String> {
    let item = info.items.iter().find(|held| held.id == item)?;
    let asked = names(item.expressions.first()?);
    let columns = columns_of(inputs, &info.module, &asked);
    let same = |held: &&MetricInfo| {
        let own = columns_of(inputs, &held.module, &names(&held.of));
        held.variant_of.is_none() && !own.is_empty() && own == columns
    };
    inputs.results.metrics.iter().find(same).map(|held| held.id.clone())
}

/// The columns that feed the inputs named in an expression of a plugin.
pub(super) fn columns_of(inputs: FindingInputs<'_>, module: &str, names: &BTreeSet<&str>) -> BTreeSet<String> {
    let Some(usage) = inputs.project.raw.plugins.get(module) else { return BTreeSet::new() };
    names.iter().filter_map(|name| usage.inputs.get(*name)).cloned().collect()
}

/// The words of an expression that may be names.
pub(super) fn names(expression: &str) -> BTreeSet<&str> {
    let inside = |letter: char| letter.is_alphanumeric() || letter == '_';
    expression.split(|letter: char| !inside(letter)).filter(|word| !word.is_empty()).collect()
}

/// The weight of every component over the largest of its composite.
fn of_composites(inputs: FindingInputs<'_>) -> BTreeMap<String, Importance> {
    let mut known: BTreeMap<String, Importance> = BTreeMap::new();
    for info in &inputs.results.metrics {
        let largest = info.parts.iter().map(|part| part.share).fold(0.0, f64::max);
        for part in &info.parts {
            let source = ImportanceSource::Composite(info.id.clone());
            known.entry(part.metric.clone()).or_insert(Importance { value: part.share / largest, source });
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_an_expression_are_found() {
        assert_eq!(names("queue >= 4").into_iter().collect::<Vec<_>>(), ["4", "queue"]);
        assert_eq!(names("(排队 - 1) * 25").into_iter().collect::<Vec<_>>(), ["1", "25", "排队"]);
    }
}
