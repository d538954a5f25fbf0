//! The samples of every kind in `tests/fixtures/charts` are exactly what the data structures write: the drawings in
//! `templates/charts` are made and tested with the same files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

/// Name of the kind in JSON. A new variant does not compile until it stands here; `every_kind_has_a_sample…` then asks for
/// its samples.
fn name(kind: &ChartKind) -> &'static str {
    match kind {
        ChartKind::Bar { .. } => "bar",
        ChartKind::Trend { .. } => "trend",
        ChartKind::Likert { .. } => "likert",
        ChartKind::Radar { .. } => "radar",
        ChartKind::Ipa(_) => "ipa",
        ChartKind::KanoMap(_) => "kano_map",
        ChartKind::Gap(_) => "gap",
        ChartKind::Drivers(_) => "drivers",
        ChartKind::Waterfall(_) => "waterfall",
        ChartKind::Pareto(_) => "pareto",
        ChartKind::Funnel(_) => "funnel",
        ChartKind::Gantt(_) => "gantt",
        ChartKind::Tornado(_) => "tornado",
        ChartKind::Lorenz(_) => "lorenz",
        ChartKind::Heatmap(_) => "heatmap",
        ChartKind::SmallMultiples(_) => "small_multiples",
        ChartKind::Gauge(_) => "gauge",
    }
}

/// The samples by file name.
fn samples() -> Vec<(String, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/charts");
    let mut found: Vec<(String, Value)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            (path.file_name().unwrap().to_string_lossy().into_owned(), serde_json::from_str(&text).unwrap())
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// Every number as a float: `75` and `75.0` are the same to a drawing.
fn floats(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64().unwrap()),
        Value::Array(items) => items.into_iter().map(floats).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, floats(value))).collect(),
        other => other,
    }
}

#[test]
fn samples_are_written_as_they_are_read() {
    for (file, json) in samples() {
        let chart: Chart = serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(floats(serde_json::to_value(&chart).unwrap()), floats(json), "{file}");
        assert!(!chart.alt.is_empty(), "{file} has no alternative text");
        assert!(file.starts_with(&format!("{}.", name(&chart.kind))), "{file} holds a {}", name(&chart.kind));
    }
}

#[test]
fn every_kind_has_a_sample_in_both_languages_and_a_drawing() {
    let library = include_str!("../../templates/charts/lib.typ");
    let (_, drawings) = library.split_once("#let drawings = (\n").unwrap();
    let drawn: BTreeSet<&str> = drawings
        .lines()
        .take_while(|line| *line != ")")
        .filter_map(|line| Some(line.trim().split_once(':')?.0))
        .collect();
    let samples = samples();
    for lang in ["zh", "en"] {
        let suffix = format!(".{lang}.json");
        let shown: BTreeSet<&str> = samples.iter().filter_map(|(file, _)| file.strip_suffix(&suffix)).collect();
        assert_eq!(shown, drawn, "{lang}");
    }
    assert_eq!(drawn.len(), 17);
}

#[test]
fn numbers_that_are_none_arrive_as_null() {
    let row =
        GapRow { perception: Some(f64::NAN), perception_interval: Some((1.0, f64::INFINITY)), ..GapRow::default() };
    let json = serde_json::to_value(&row).unwrap();
    assert_eq!(json["perception"], Value::Null);
    assert_eq!(json["perception_interval"], serde_json::json!([1.0, null]));
    assert_eq!(json["expectation"], Value::Null);
    assert_eq!(json["emphasis"], "plain");
}
