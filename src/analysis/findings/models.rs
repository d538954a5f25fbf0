//! Findings from importance-performance analyses: weak and important items to be mended, strong and important ones to be held.

use crate::analysis::findings::importance::{item_importance, metric_of_item, newest};
use crate::analysis::findings::{
    Context, Evidence, Finding, FindingKind, Importance, ImportanceSource, Priority, priority,
};
use crate::metrics::Unit;
use crate::models::{ModelInfo, ModelResult};

/// Method whose items fall into quadrants.
const METHOD: &str = "importance_performance";

/// The findings.
pub(super) fn findings(context: &Context<'_>) -> Vec<Finding> {
    let maps = context.inputs.models.models.iter().filter(|info| info.method == METHOD);
    maps.filter_map(|info| Some(of_map(context, info, newest(context.inputs, info)?))).flatten().collect()
}

fn of_map(context: &Context<'_>, info: &ModelInfo, result: &ModelResult) -> Vec<Finding> {
    let cut = |id: &str| result.values.get(id).and_then(|value| value.estimate);
    let (Some(importance_cut), Some(performance_cut)) = (cut("importance_cut"), cut("performance_cut")) else {
        return Vec::new();
    };
    let shares = item_importance(result);
    let share = |item: &str| shares.iter().find(|(id, _)| id == item).map(|(_, value)| *value);
    let rows = result.tables.iter().flat_map(|table| &table.rows);
    rows.filter_map(|row| {
        let (importance, _) = row.number("importance")?;
        let (performance, interval) = row.number("performance")?;
        if importance < importance_cut {
            return None;
        }
        let kind = if performance < performance_cut { FindingKind::Fix } else { FindingKind::Keep };
        let significant = interval.is_some_and(|[low, high]| high < performance_cut || low > performance_cut);
        let evidence = Evidence {
            value: performance,
            interval,
            against: performance_cut,
            against_name: None,
            gap: (performance - performance_cut).abs(),
            unit: Unit::Score,
            p_value: None,
            significant,
            n: result.n,
            control: None,
        };
        let source = ImportanceSource::Model(info.id.clone());
        let importance = Importance { value: share(&row.id).unwrap_or_default(), source };
        let metric = metric_of_item(context.inputs, info, &row.id);
        let topics = metric.as_ref().and_then(|metric| context.summary(metric)).map(|held| held.info.topics.clone());
        Some(Finding {
            id: format!("{}:{}.{}", kind.word(), info.id, row.id),
            kind,
            metric,
            item: Some((info.id.clone(), row.id.clone())),
            title: row.title.clone(),
            group: None,
            severity: priority::severity(&evidence, None),
            priority: Priority::new(importance, &evidence, None, 1.0),
            evidence,
            topics: topics.unwrap_or_default(),
        })
    })
    .collect()
}
