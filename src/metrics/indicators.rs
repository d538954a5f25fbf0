//! All indicators of a project: the plugins in use bound to the survey or to the operational table they need, one scan a
//! table, and the estimates of all tables in one result.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::config::Project;
use crate::config::project::SURVEY;
use crate::config::raw::RawPluginUse;
use crate::data::tables::Tables;
use crate::diagnostics::messages::plugins as messages;
use crate::diagnostics::messages::runs::NO_SUCH_METRIC;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Level, Localized, lang_texts};
use crate::metrics::bind::{Binding, Bound, BoundMetric};
use crate::metrics::compute::{Computation, Group, Prepared, Statistics, Within, segment_infos};
use crate::metrics::estimates::{Estimate, MetricResults, SegmentInfo};
use crate::metrics::inputs::{
    report_benchmarks, report_left_out, report_nothing_asked, report_unavailable, resolve_inputs,
};
use crate::metrics::questions::publications;
use crate::plugins::expressions::parse_expressions;
use crate::plugins::{Plugin, is_broken};

/// The numbers of every table of a project.
#[derive(Debug, Clone)]
pub struct Indicators {
    /// The estimates of all tables, in the order of the plugins. The waves are those of the survey.
    pub results: MetricResults,
    /// What was computed from each table, by its name; the survey first.
    tables: IndexMap<String, Computation>,
}

/// A metric with the table that it was computed from.
#[derive(Debug, Clone, Copy)]
pub struct Located<'a> {
    /// Name of the table.
    pub table: &'a str,
    /// Everything computed from it.
    pub computation: &'a Computation,
    /// The metric.
    pub metric: &'a BoundMetric,
}

/// The metrics of a project bound to its tables, ready to be computed for all answers or for one group after the other.
#[derive(Debug, Clone)]
pub struct BoundTables<'a> {
    project: &'a Project,
    tables: IndexMap<String, (Project, Prepared<'a>)>,
}

/// Computes every metric that the project uses. `None` after an error.
pub fn compute(
    project: &Project,
    plugins: &BTreeMap<String, Plugin>,
    tables: &Tables,
    diagnostics: &mut Diagnostics,
) -> Option<Indicators> {
    compute_within(project, plugins, tables, None, diagnostics)
}

/// Computes every metric, for the answers of one group of a column if `within` names one, with the numbers of the whole, which may
/// hide groups within this one.
pub fn compute_within(
    project: &Project,
    plugins: &BTreeMap<String, Plugin>,
    tables: &Tables,
    within: Option<(&Within, &Indicators)>,
    diagnostics: &mut Diagnostics,
) -> Option<Indicators> {
    BoundTables::bind(project, plugins, tables, diagnostics)?.compute(within, diagnostics)
}

impl<'a> BoundTables<'a> {
    /// Binds the metrics of every plugin in use. `None` after an error.
    pub fn bind(
        project: &'a Project,
        plugins: &BTreeMap<String, Plugin>,
        tables: &'a Tables,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let before = diagnostics.count(Level::Error);
        if project.raw.plugins.is_empty() {
            diagnostics.push(Diagnostic::error(&messages::NO_PLUGINS).at(project.at("plugins")).key("plugins"));
        }
        let mut broken = false;
        let mut bindings = IndexMap::from([(SURVEY.to_owned(), Binding::default())]);
        for (id, usage) in &project.raw.plugins {
            let Some(plugin) = plugins.get(id) else {
                broken |= is_broken(id, diagnostics);
                report_unknown_plugin(project, id, plugins, diagnostics);
                continue;
            };
            let Some(table) = table_of(project, plugin, usage, diagnostics) else { continue };
            let Some(responses) = tables.get(table) else { continue };
            let expressions = parse_expressions(plugin, diagnostics);
            let inputs = resolve_inputs(project, plugin, usage, responses, diagnostics);
            let binding = bindings.entry(table.to_owned()).or_default();
            let first = binding.metrics.len();
            binding.add_plugin(plugin, &expressions, usage, &inputs);
            if let Some(currency) = &project.raw.plan.finance.currency {
                binding.metrics[first..].iter_mut().for_each(|metric| name_currency(metric, plugin, currency));
            }
        }
        let metrics: Vec<&BoundMetric> = bindings.values().flat_map(|binding| &binding.metrics).collect();
        report_metric_ids(project, &metrics, diagnostics);
        report_unavailable(project, &metrics, diagnostics);
        report_nothing_asked(project, &metrics, diagnostics);
        report_left_out(project, &metrics, diagnostics);
        if !broken {
            report_targets(project, &metrics, diagnostics);
            report_watched(project, &metrics, diagnostics);
            report_benchmarks(project, &metrics, diagnostics);
        }
        if broken || diagnostics.count(Level::Error) > before {
            return None;
        }
        let mut prepared = IndexMap::new();
        for (table, mut binding) in bindings {
            let view = if table == SURVEY { project.clone() } else { project.of_table(&table)? };
            let responses = tables.get(&table)?;
            let statistics = Statistics { published: publications(&view, responses), ..Statistics::of(&view) };
            if table != SURVEY {
                binding.metrics.iter_mut().for_each(|metric| metric.info.table = Some(table.clone()));
            }
            let segments = segment_infos(&view, responses);
            prepared.insert(table, (view, Prepared::new(binding, responses, segments, statistics)));
        }
        Some(Self { project, tables: prepared })
    }

    /// Computes every metric for all answers, or for those of one group, with the numbers of all groups, which may hide groups within
    /// this one. Then tables without the column are left out; so are segment columns of which the group has one value only. `None` after
    /// an error.
    pub fn compute(&self, within: Option<(&Within, &Indicators)>, diagnostics: &mut Diagnostics) -> Option<Indicators> {
        let mut computed = IndexMap::new();
        for (table, (view, prepared)) in &self.tables {
            if within.is_some_and(|(within, _)| prepared.responses().column(&within.column).is_none()) {
                continue;
            }
            let mut problems = Diagnostics::new();
            let group =
                within.map(|(within, whole)| Group { within, whole: whole.tables.get(table).map(Computation::hidden) });
            let computation = prepared.compute(group, &mut problems);
            diagnostics.extend(view.placed(&problems));
            computed.insert(table.clone(), computation?);
        }
        check_waves(self.project, &computed, diagnostics);
        let order: Vec<&str> = self.project.raw.plugins.keys().map(String::as_str).collect();
        let mut results = merged(&computed, &order)?;
        if within.is_some() {
            drop_empty_groups(&mut results);
        }
        results.own = self.project.raw.rivals.as_ref().map(|rivals| (rivals.column.clone(), rivals.own.clone()));
        Some(Indicators { results, tables: computed })
    }
}

/// Drops the groups without any answer, and segment columns of which fewer than two groups are left.
fn drop_empty_groups(results: &mut MetricResults) {
    let answered: BTreeSet<(String, String)> = results
        .estimates
        .iter()
        .filter(|estimate| estimate.n > 0)
        .flat_map(|estimate| estimate.segment.iter().map(|(column, value)| (column.clone(), value.clone())))
        .collect();
    for segment in &mut results.segments {
        segment.groups.retain(|(value, _)| answered.contains(&(segment.column.clone(), value.clone())));
    }
    results.segments.retain(|segment| segment.groups.len() > 1);
    let kept: BTreeSet<(String, String)> = results
        .segments
        .iter()
        .flat_map(|segment| segment.groups.iter().map(|(value, _)| (segment.column.clone(), value.clone())))
        .collect();
    results.estimates.retain(|estimate| {
        estimate.segment.iter().all(|(column, value)| kept.contains(&(column.clone(), value.clone())))
    });
}

impl Indicators {
    /// What was computed from the survey.
    pub fn survey(&self) -> &Computation {
        &self.tables[SURVEY]
    }

    /// What was computed from each table in use, by its name; the survey first.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &Computation)> {
        self.tables.iter().map(|(name, computation)| (name.as_str(), computation))
    }

    /// Changes the estimates of the metrics that publish a value of a model: `change` gets each with the ids of model and value.
    pub fn change_model_estimates(&mut self, change: impl Fn(&mut Estimate, &str, &str)) {
        let metrics = self.tables.values().flat_map(|computation| &computation.metrics);
        let published: IndexMap<String, (String, String)> = metrics
            .filter_map(|metric| match &metric.bound {
                Bound::Model { model, value } => Some((metric.info.id.clone(), (model.clone(), value.clone()))),
                _ => None,
            })
            .collect();
        let own = self.tables.values_mut().flat_map(|computation| &mut computation.results.estimates);
        for estimate in self.results.estimates.iter_mut().chain(own) {
            if let Some((model, value)) = published.get(&estimate.metric) {
                change(estimate, model, value);
            }
        }
    }

    /// A metric by its id.
    pub fn find_metric(&self, id: &str) -> Option<Located<'_>> {
        self.tables().find_map(|(table, computation)| {
            let metric = computation.metrics.iter().find(|metric| metric.info.id == id)?;
            Some(Located { table, computation, metric })
        })
    }
}

/// The table that feeds a plugin: the project's choice, else the plugin's, else the survey.
pub fn table_of<'a>(
    project: &Project,
    plugin: &'a Plugin,
    usage: &'a RawPluginUse,
    diagnostics: &mut Diagnostics,
) -> Option<&'a str> {
    let Some(table) = usage.table.as_deref().or(plugin.manifest.table.as_deref()) else { return Some(SURVEY) };
    if table == SURVEY || project.raw.tables.contains_key(table) {
        return Some(table);
    }
    let path = format!("plugins.{}", plugin.manifest.id);
    let path = if usage.table.is_some() { format!("{path}.table") } else { path };
    diagnostics.push(
        Diagnostic::error(&messages::UNKNOWN_TABLE)
            .arg("plugin", &plugin.manifest.id)
            .arg("table", table)
            .suggest(table, project.raw.tables.keys().map(String::as_str))
            .at(project.at(&path))
            .key(path),
    );
    None
}

fn report_unknown_plugin(
    project: &Project,
    id: &str,
    plugins: &BTreeMap<String, Plugin>,
    diagnostics: &mut Diagnostics,
) {
    if is_broken(id, diagnostics) {
        return;
    }
    let path = format!("plugins.{id}");
    diagnostics.push(
        Diagnostic::error(&messages::UNKNOWN_PLUGIN)
            .arg("id", id)
            .suggest(id, plugins.keys().map(String::as_str))
            .at(project.at(&path))
            .key(&path),
    );
}

fn report_metric_ids(project: &Project, metrics: &[&BoundMetric], diagnostics: &mut Diagnostics) {
    let mut seen: IndexMap<&str, &str> = IndexMap::new();
    for metric in metrics {
        let (id, module) = (metric.info.id.as_str(), metric.info.module.as_str());
        if let Some(first) = seen.insert(id, module) {
            let path = format!("plugins.{module}");
            diagnostics.push(
                Diagnostic::error(&messages::METRIC_IN_TWO_PLUGINS)
                    .arg("metric", id)
                    .arg("first", first)
                    .arg("second", module)
                    .at(project.at(&path))
                    .key(&path),
            );
        }
    }
}

fn report_targets(project: &Project, metrics: &[&BoundMetric], diagnostics: &mut Diagnostics) {
    for metric in project.raw.targets.keys() {
        if !metrics.iter().any(|bound| bound.info.id == *metric) {
            let path = format!("targets.{metric}");
            diagnostics.push(
                Diagnostic::error(&messages::UNKNOWN_TARGET)
                    .arg("metric", metric)
                    .suggest(metric, metrics.iter().map(|bound| bound.info.id.as_str()))
                    .at(project.at(&path))
                    .key(&path),
            );
        }
    }
}

/// Gates, control charts and alarms of a metric that there is not would never say anything.
fn report_watched(project: &Project, metrics: &[&BoundMetric], diagnostics: &mut Diagnostics) {
    let mut named: Vec<(&str, String, &str)> = Vec::new();
    if let Some(runs) = &project.raw.runs {
        let jumps = runs.gates.jump.iter().flat_map(|gate| gate.limits.keys());
        let limits = runs.gates.limits.keys().map(|metric| ("runs.gates.limits", metric));
        let jumps = jumps.map(|metric| ("runs.gates.jump.limits", metric));
        let charts = runs.control.metrics.keys().map(|metric| ("runs.control.metrics", metric));
        let places = limits.chain(jumps).chain(charts);
        named.extend(places.map(|(place, metric)| (place, format!("{place}.{metric}"), metric.as_str())));
    }
    for (index, alarm) in project.raw.delivery.alarms.iter().enumerate() {
        let path = format!("delivery.alarms[{index}].metric");
        named.extend(alarm.metric.iter().map(|metric| ("delivery.alarms", path.clone(), metric.as_str())));
    }
    for (place, path, metric) in named {
        if !metrics.iter().any(|bound| bound.info.id == metric) {
            let unknown = Diagnostic::error(&NO_SUCH_METRIC).arg("metric", metric).arg("place", place);
            let unknown = unknown.suggest(metric, metrics.iter().map(|bound| bound.info.id.as_str()));
            diagnostics.push(unknown.at(project.at(&path)).key(&path));
        }
    }
}

/// Documents follow the waves of the survey: says where a table has others, or lacks the newest.
fn check_waves(project: &Project, computed: &IndexMap<String, Computation>, diagnostics: &mut Diagnostics) {
    let survey = &computed[SURVEY].results.waves;
    for (table, computation) in computed.iter().filter(|(table, _)| *table != SURVEY) {
        let waves = &computation.results.waves;
        let path = format!("tables.{table}.data");
        let report = |problem: Diagnostic| problem.arg("table", table).at(project.at(&path)).key(&path);
        if waves.is_empty() {
            continue;
        }
        if survey.is_empty() {
            diagnostics.push(report(Diagnostic::warning(&messages::TABLE_WAVES_ALONE)));
            continue;
        }
        let others: Vec<&str> = waves.iter().filter(|wave| !survey.contains(wave)).map(String::as_str).collect();
        if !others.is_empty() {
            diagnostics.push(report(Diagnostic::note(&messages::TABLE_WAVES_DIFFER)).arg("waves", others.join(", ")));
        }
        if let Some(newest) = survey.last().filter(|newest| !waves.contains(newest)) {
            diagnostics.push(report(Diagnostic::warning(&messages::TABLE_WITHOUT_NEWEST)).arg("wave", newest));
        }
    }
}

/// The results of all tables in one, metrics and estimates in the order of the plugins.
fn merged(computed: &IndexMap<String, Computation>, plugins: &[&str]) -> Option<MetricResults> {
    let place = |module: &str| plugins.iter().position(|plugin| *plugin == module).unwrap_or(plugins.len());
    let mut results = computed.get(SURVEY)?.results.clone();
    let newest = results.waves.last().cloned();
    for (_, computation) in computed.iter().filter(|(table, _)| *table != SURVEY) {
        let mut own = computation.results.clone();
        if own.waves.is_empty() {
            own.estimates.iter_mut().for_each(|estimate| estimate.wave.clone_from(&newest));
            own.group_differences.iter_mut().for_each(|difference| difference.wave.clone_from(&newest));
        }
        results.metrics.extend(own.metrics);
        results.estimates.extend(own.estimates);
        results.group_differences.extend(own.group_differences);
        results.wave_differences.extend(own.wave_differences);
        own.segments.into_iter().for_each(|segment| add_segment(&mut results.segments, segment));
    }
    results.metrics.sort_by_key(|info| place(&info.module));
    results.estimates.sort_by_key(|estimate| place(&estimate.module));
    let order: Vec<String> = results.metrics.iter().map(|info| info.id.clone()).collect();
    results.group_differences.sort_by_key(|difference| order.iter().position(|id| *id == difference.metric));
    Some(results)
}

/// Adds a segment column, or the groups that the column of this name lacks.
fn add_segment(segments: &mut Vec<SegmentInfo>, added: SegmentInfo) {
    match segments.iter_mut().find(|known| known.column == added.column) {
        None => segments.push(added),
        Some(known) => {
            for group in added.groups {
                if !known.groups.iter().any(|(value, _)| *value == group.0) {
                    known.groups.push(group);
                }
            }
        }
    }
}
/// Puts the currency of the project behind the name of an amount of money: `客单价（元）`, `Amount per purchase (yuan)`.
fn name_currency(metric: &mut BoundMetric, plugin: &Plugin, currency: &Localized) {
    let info = &mut metric.info;
    if plugin.manifest.metrics.iter().any(|spec| spec.id == info.id && spec.money) {
        let named = |lang: Lang, open: &str, close: &str| {
            format!("{}{open}{}{close}", info.title.get(lang), currency.get(lang))
        };
        info.title = Localized::PerLang(lang_texts(named(Lang::ZhCn, "（", "）"), named(Lang::En, " (", ")")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::fixtures;
    use crate::plugins::discover;

    #[test]
    fn amounts_of_money_bear_the_currency_of_the_project() {
        let plugins = discover(None, &mut Diagnostics::new());
        let currency = Localized::PerLang(lang_texts("元", "yuan"));
        let mut info = fixtures::results().metrics[0].clone();
        for (id, zh, en) in [
            ("purchases_amount", "客单价（元）", "Amount per purchase (yuan)"),
            ("purchases_repeat", "客单价", "Amount per purchase"),
        ] {
            info.id = id.into();
            info.title = Localized::PerLang(lang_texts("客单价", "Amount per purchase"));
            let mut metric = BoundMetric { info: info.clone(), bound: Bound::Unavailable, inputs: Vec::new() };
            name_currency(&mut metric, &plugins["purchases"], &currency);
            assert_eq!((metric.info.title.get(Lang::ZhCn), metric.info.title.get(Lang::En)), (zh, en));
        }
    }
}
