//! `manyi metrics`: the indicators as a table, JSON or CSV.

use std::io;

use indexmap::IndexMap;
use serde_json::json;

use crate::analysis::rounding::{printed_decimals, round_half_away};
use crate::cli::args::MetricsOptions;
use crate::cli::console::{Console, TextTable};
use crate::cli::models::models_text;
use crate::cli::{Outcome, print_json};
use crate::data::weighting::WaveWeights;
use crate::diagnostics::messages::metrics as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Level};
use crate::metrics::explain::unit_suffix;
use crate::metrics::{Estimate, MetricResults, Unit};
use crate::models::{ModelResult, ModelResults};
use crate::pipeline;

pub(crate) fn run(options: &MetricsOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let measured = {
        let _progress = console.progress("正在计算指标…", "computing the indicators …");
        pipeline::measure(&options.project, diagnostics)
    };
    let tests = measured.as_ref().filter(|_| console.json).map(|measured| measured.indicators.distribution_tests());
    let weighting: Vec<WaveWeights> =
        measured.iter().flat_map(|measured| measured.tables.weighting()).cloned().collect();
    let nothing = measured.is_none();
    let before = diagnostics.count(Level::Error);
    let (results, models) = measured.map(|measured| (measured.indicators.results, measured.models)).unwrap_or_default();
    if !nothing {
        check_choice(options, &results, &models, diagnostics);
    }
    let chosen = |estimate: &&Estimate| {
        (options.metric.is_empty() || options.metric.contains(&estimate.metric))
            && options.wave.as_ref().is_none_or(|wave| estimate.wave.as_ref() == Some(wave))
    };
    let estimates: Vec<&Estimate> = results.estimates.iter().filter(chosen).collect();
    let chosen_models: Vec<&ModelResult> = models
        .results
        .iter()
        .filter(|result| options.metric.is_empty() || options.metric.contains(&result.model))
        .filter(|result| options.wave.as_ref().is_none_or(|wave| result.wave.as_ref() == Some(wave)))
        .collect();
    if console.json {
        let data = json!({
            "schema": 1,
            "estimates": estimates,
            "models": chosen_models,
            "wave_differences": results.wave_differences,
            "distribution_tests": tests.unwrap_or_default(),
            "weighting": weighting,
        });
        return print_json(console, data, diagnostics);
    }
    // What could be computed is printed, even if a module failed.
    if nothing || diagnostics.count(Level::Error) > before {
        return Ok(());
    }
    if options.csv {
        return print_csv(console, &estimates);
    }
    let wave = options.wave.as_deref().or(results.current_wave());
    let shown: Vec<&Estimate> = estimates.into_iter().filter(|estimate| estimate.wave.as_deref() == wave).collect();
    let shown_models: Vec<&ModelResult> =
        chosen_models.into_iter().filter(|result| result.wave.as_deref() == wave).collect();
    let text = if shown.is_empty() && !shown_models.is_empty() {
        wave_line(console, wave)
    } else {
        table(console, &results, wave, &shown)
    };
    console.data(&(text + &models_text(console, &models, &results, &shown_models)))
}

fn check_choice(
    options: &MetricsOptions,
    results: &MetricResults,
    models: &ModelResults,
    diagnostics: &mut Diagnostics,
) {
    for metric in &options.metric {
        if results.info(metric).is_none() && models.info(metric).is_none() {
            let known = results.metrics.iter().map(|info| info.id.as_str());
            let known: Vec<&str> = known.chain(models.models.iter().map(|info| info.id.as_str())).collect();
            diagnostics.push(
                Diagnostic::error(&messages::UNKNOWN_METRIC)
                    .arg("metric", metric)
                    .arg("known", known.join(", "))
                    .suggest(metric, known),
            );
        }
    }
    if let Some(wave) = options.wave.as_ref().filter(|wave| !results.waves.contains(wave)) {
        diagnostics.push(unknown_wave(wave, results));
    }
}

/// The problem of a wave that the project does not have.
pub(super) fn unknown_wave(wave: &str, results: &MetricResults) -> Diagnostic {
    if results.waves.is_empty() {
        return Diagnostic::error(&messages::NO_WAVES).arg("wave", wave);
    }
    Diagnostic::error(&messages::UNKNOWN_WAVE)
        .arg("wave", wave)
        .arg("known", results.waves.join(", "))
        .suggest(wave, results.waves.iter().map(String::as_str))
}

fn table(console: &Console, results: &MetricResults, wave: Option<&str>, estimates: &[&Estimate]) -> String {
    let head = [
        console.say("指标", "metric"),
        console.say("分组", "group"),
        console.say("估计值", "estimate"),
        console.say("区间", "interval"),
        console.say("标准误", "se"),
        "n",
        console.say("有效 n", "n eff"),
    ];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), vec![false, false, true, true, true, true, true]);
    let mut last = "";
    for estimate in estimates {
        let info = results.info(&estimate.metric);
        // What was not asked was asked of nobody: one line says it for all groups.
        if !estimate.segment.is_empty() && info.is_some_and(|info| info.unavailable.is_some()) {
            continue;
        }
        let title = info.map_or(estimate.metric.as_str(), |info| info.title.get(console.lang));
        let name = if last == estimate.metric { String::new() } else { format!("{title} ({})", estimate.metric) };
        last = &estimate.metric;
        table.row(vec![
            name,
            group_text(console, results, &estimate.segment),
            value_text(console, estimate),
            estimate.ci.map_or_else(String::new, |ci| ci.map(|end| printed(end, estimate.unit)).join("–")),
            estimate.se.map_or_else(String::new, |se| format!("{se:.2}")),
            estimate.printed_n().map_or_else(|| "–".to_owned(), |n| n.to_string()),
            estimate.printed_weights().map_or_else(|| "–".to_owned(), |[_, n_eff]| format!("{n_eff:.0}")),
        ]);
    }
    wave_line(console, wave) + &table.render()
}

fn wave_line(console: &Console, wave: Option<&str>) -> String {
    wave.map_or_else(String::new, |wave| format!("{} {wave}\n", console.say("期：", "wave")))
}

/// A group in words; the total where no segment is named.
pub(super) fn group_text(console: &Console, results: &MetricResults, segment: &IndexMap<String, String>) -> String {
    if segment.is_empty() {
        return console.say("总体", "total").to_owned();
    }
    let titles = segment.iter().map(|(column, value)| group_title(console, results, column, value));
    titles.collect::<Vec<_>>().join(", ")
}

fn group_title(console: &Console, results: &MetricResults, column: &str, value: &str) -> String {
    let segment = results.segments.iter().find(|segment| segment.column == column);
    let Some(segment) = segment else { return format!("{column}={value}") };
    let group = segment.groups.iter().find(|(known, _)| known == value);
    let group = group.map_or(value, |(_, title)| title.get(console.lang));
    format!("{}: {group}", segment.title.get(console.lang))
}

fn value_text(console: &Console, estimate: &Estimate) -> String {
    match (estimate.estimate, estimate.reason) {
        (Some(value), _) => {
            let mark = if estimate.flagged { " †" } else { "" };
            format!("{}{}{mark}", printed(value, estimate.unit), unit_suffix(estimate.unit))
        }
        (None, Some(reason)) => format!("– ({})", console.reason(reason)),
        (None, None) => "–".to_owned(),
    }
}

/// A number with the decimals that documents print it with.
fn printed(value: f64, unit: Unit) -> String {
    let decimals = printed_decimals(unit);
    format!("{:.*}", decimals as usize, round_half_away(value, decimals))
}

/// CSV in UTF-8 with a byte order mark, which Excel needs to read Chinese right.
fn print_csv(console: &Console, estimates: &[&Estimate]) -> Outcome {
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    let head = [
        "metric",
        "module",
        "wave",
        "segment",
        "value",
        "n",
        "n_weighted",
        "n_eff",
        "estimate",
        "se",
        "df",
        "ci_low",
        "ci_high",
        "unit",
        "base",
        "suppressed",
        "reason",
    ];
    writer.write_record(head).map_err(io::Error::other)?;
    for estimate in estimates {
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let (column, value) = estimate.segment.iter().next().map_or(("", ""), |(c, v)| (c.as_str(), v.as_str()));
        let named = |value: serde_json::Result<serde_json::Value>| {
            value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
        };
        let record = [
            estimate.metric.clone(),
            estimate.module.clone(),
            estimate.wave.clone().unwrap_or_default(),
            column.to_owned(),
            plain_cell(value),
            estimate.printed_n().map_or_else(String::new, |n| n.to_string()),
            number(estimate.printed_weights().map(|held| held[0])),
            number(estimate.printed_weights().map(|held| held[1])),
            number(estimate.estimate),
            number(estimate.se),
            number(estimate.df),
            number(estimate.ci.map(|ci| ci[0])),
            number(estimate.ci.map(|ci| ci[1])),
            named(serde_json::to_value(estimate.unit)),
            plain_cell(&estimate.base),
            estimate.suppressed.to_string(),
            named(serde_json::to_value(estimate.reason)),
        ];
        writer.write_record(record).map_err(io::Error::other)?;
    }
    let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    console.data(&String::from_utf8_lossy(&bytes))
}

/// Text that a spreadsheet program must not take for a formula.
pub(super) fn plain_cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
