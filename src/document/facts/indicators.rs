//! Facts about indicators: value, interval, change, target and groups, each with the flags that choose cautious words.

use serde_json::{Map, Value, json};

use crate::analysis::{BenchmarkComparison, IndicatorSummary, SegmentComparison, Standing};
use crate::document::benchmarks::{source_text, way_title};
use crate::document::material::Material;
use crate::document::{figures, format};
use crate::metrics::{Better, Distribution, DistributionRow, Estimate};

/// Indicators that have a value, in order.
pub(super) fn list(material: &Material<'_>, chosen: &[&IndicatorSummary<'_>]) -> Vec<Value> {
    chosen.iter().filter(|held| held.has_value()).map(|held| indicator(material, held)).collect()
}

/// Every metric by id.
pub(super) fn by_id(material: &Material<'_>) -> Map<String, Value> {
    material.summaries.iter().map(|held| (held.info.id.clone(), indicator(material, held))).collect()
}

/// One indicator.
pub(super) fn indicator(material: &Material<'_>, held: &IndicatorSummary<'_>) -> Value {
    let info = held.info;
    let lang = material.lang;
    let estimate = held.current;
    let value = estimate.and_then(|estimate| estimate.estimate);
    let variants: Vec<&str> = material
        .results()
        .metrics
        .iter()
        .filter(|other| other.variant_of.as_deref() == Some(info.id.as_str()))
        .map(|other| other.id.as_str())
        .collect();
    json!({
        "id": info.id,
        "title": material.title(info),
        "name": material.inline_name(&material.title(info)),
        "definition": info.definition.get(lang).trim().trim_end_matches(['。', '.']),
        "base": info.base_title.get(lang),
        "available": value.is_some(),
        "reason": if value.is_some() { Value::Null } else { Value::from(material.reason_text(estimate)) },
        "value": material.value_text(estimate),
        "number": value.map(|held| format::value(held, info.unit)),
        "unit": format::unit_suffix(info.unit, lang).trim(),
        "interval": estimate.and_then(|estimate| material.interval_text(estimate)),
        "n": estimate.and_then(Estimate::printed_n).map(format::count),
        "flagged": estimate.is_some_and(|estimate| estimate.flagged),
        "better": match info.better { Better::Higher => "higher", Better::Lower => "lower", Better::Neutral => "neutral" },
        "composite": info.estimator == "composite",
        "variants": variants,
        "target": target(material, held),
        "change": change(material, held),
        "benchmarks": benchmarks(material, held),
        "whole": whole(material, held),
        "segments": segment_list(material, held),
        "flat_segments": flat_segments(material, held),
    })
}

fn target(material: &Material<'_>, held: &IndicatorSummary<'_>) -> Value {
    match (held.target, material.target_text(held.info)) {
        (Some(target), Some(text)) => json!({
            "text": text,
            "met": target.met,
            "significant": target.significant,
            "gap": format::difference(target.gap, held.info.unit, material.lang),
        }),
        _ => Value::Null,
    }
}

fn benchmarks(material: &Material<'_>, held: &IndicatorSummary<'_>) -> Vec<Value> {
    let unit = held.info.unit;
    let one = |comparison: &BenchmarkComparison<'_>| {
        json!({
            "way": way_title(material, comparison.benchmark.way),
            "kind": comparison.benchmark.way,
            "source": source_text(material, comparison),
            "value": format::value_with_unit(comparison.benchmark.value, unit, material.lang),
            "constant": comparison.benchmark.se.is_none(),
            "standing": standing_word(comparison.standing),
            "above": comparison.gap > 0.0,
            "gap": format::difference(comparison.gap, unit, material.lang),
        })
    };
    held.benchmarks.iter().map(one).collect()
}

/// Against all answers, where the document is about a group.
fn whole(material: &Material<'_>, held: &IndicatorSummary<'_>) -> Value {
    let unit = held.info.unit;
    material.against_whole(held).map_or(Value::Null, |found| {
        json!({
            "value": format::value_with_unit(found.value, unit, material.lang),
            "standing": standing_word(found.standing),
            "above": found.gap > 0.0,
            "gap": format::difference(found.gap, unit, material.lang),
        })
    })
}

fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Ahead => "ahead",
        Standing::Behind => "behind",
        Standing::Different => "different",
        Standing::Level => "level",
    }
}

fn change(material: &Material<'_>, held: &IndicatorSummary<'_>) -> Value {
    let Some(change) = held.change else { return Value::Null };
    let info = held.info;
    let rises = change.delta > 0.0;
    let kind = match (change.significant, rises) {
        (false, _) => "flat",
        (true, true) => "up",
        (true, false) => "down",
    };
    json!({
        "kind": kind,
        "good": change.significant && (rises == (info.better == Better::Higher)) && info.better != Better::Neutral,
        "bad": change.significant && (rises == (info.better == Better::Lower)) && info.better != Better::Neutral,
        "size": format::difference(change.delta, info.unit, material.lang),
        "mark": material.change_mark(change.delta, info),
        "previous": material.value_text(held.previous),
    })
}

/// Titles of the segments whose groups do not differ significantly, as a list.
fn flat_segments(material: &Material<'_>, held: &IndicatorSummary<'_>) -> String {
    let flat: Vec<String> = held
        .segments
        .iter()
        .enumerate()
        .filter(|(_, compared)| {
            compared.compared.tests > 0 && compared.compared.better_than.iter().all(|worse| worse.is_empty())
        })
        .filter_map(|(index, _)| material.results().segments.get(index))
        .map(|segment| material.inline_name(segment.title.get(material.lang)))
        .collect();
    format::list(&flat, material.lang)
}

/// The segments of an indicator in which at least two groups have a value.
fn segment_list(material: &Material<'_>, held: &IndicatorSummary<'_>) -> Vec<Value> {
    held.segments
        .iter()
        .enumerate()
        .filter_map(|(index, compared)| {
            let (best, worst) = (compared.best?, compared.worst?);
            let info = material.results().segments.get(index)?;
            Some(json!({
                "column": info.column,
                "title": info.title.get(material.lang),
                "name": material.inline_name(info.title.get(material.lang)),
                "best": group(material, index, compared, best),
                "worst": group(material, index, compared, worst),
                "weak": compared.weak_group().is_some(),
                "tested": compared.compared.tests > 0,
                "differs": compared.compared.better_than.iter().any(|worse| !worse.is_empty()),
            }))
        })
        .collect()
}

fn group(material: &Material<'_>, segment: usize, compared: &SegmentComparison<'_>, index: usize) -> Value {
    let estimate = compared.groups.get(index).copied().flatten();
    let better: Vec<String> = (0..compared.groups.len())
        .filter(|&other| compared.compared.better_than.get(other).is_some_and(|worse| worse.contains(&index)))
        .map(|other| material.group_title(segment, other))
        .collect();
    let with_value = compared.groups.iter().flatten().filter(|estimate| estimate.estimate.is_some()).count();
    json!({
        "title": material.group_title(segment, index),
        "value": material.value_text(estimate),
        "n": estimate.and_then(Estimate::printed_n).map(format::count),
        "flagged": estimate.is_some_and(|held| held.flagged),
        "beaten_by": format::list(&better, material.lang),
        "beaten_by_all": !better.is_empty() && better.len() + 1 == with_value,
    })
}

/// The indicator to talk about first: missed and worsened, else clearly missed, worsened, missed, or with a weak group.
pub(super) fn problem(material: &Material<'_>) -> Value {
    let findings = &material.findings;
    let overall = material.overall().map(|held| held.info.id.as_str());
    let summary = |&index: &usize| material.summaries.get(index).filter(|held| Some(held.info.id.as_str()) != overall);
    let both = findings.missed.iter().filter(|index| findings.worsened.contains(index)).filter_map(summary).next();
    let clearly =
        findings.missed.iter().filter_map(summary).find(|held| held.target.is_some_and(|target| target.significant));
    let worsened = findings.worsened.iter().filter_map(summary).next();
    let missed = findings.missed.iter().filter_map(summary).next();
    let weak = findings.weak_groups.iter().map(|weak| weak.indicator).collect::<Vec<_>>();
    let weak = weak.iter().filter_map(summary).next();
    both.or(clearly).or(worsened).or(missed).or(weak).map_or(Value::Null, |held| indicator(material, held))
}

/// Titles of what stands out, ready to be listed, with their numbers.
pub(super) fn findings(material: &Material<'_>) -> Value {
    let titles = |indices: &[usize]| -> Vec<String> {
        indices
            .iter()
            .filter_map(|&index| material.summaries.get(index))
            .map(|held| material.inline_name(&material.title(held.info)))
            .collect()
    };
    let group = |indices: &[usize]| {
        let names = titles(indices);
        json!({ "count": names.len(), "titles": format::list(&names, material.lang) })
    };
    let found = &material.findings;
    let weak: Vec<Value> = found
        .weak_groups
        .iter()
        .filter_map(|weak| {
            let held = material.summaries.get(weak.indicator)?;
            let compared = held.segments.get(weak.segment)?;
            Some(json!({
                "indicator": material.title(held.info),
                "id": held.info.id,
                "better": if held.info.better == Better::Lower { "lower" } else { "higher" },
                "segment": material.results().segments.get(weak.segment)?.title.get(material.lang),
                "total": material.value_text(held.current),
                "group": self::group(material, weak.segment, compared, weak.group),
            }))
        })
        .collect();
    json!({
        "met": group(&found.met),
        "missed": group(&found.missed),
        "improved": group(&found.improved),
        "worsened": group(&found.worsened),
        "targets": found.met.len() + found.missed.len(),
        "weak_groups": weak,
    })
}

/// True if some headline indicator has values for at least two groups of a segment.
pub(super) fn has_group_values(material: &Material<'_>) -> bool {
    material.headline().iter().any(|held| held.segments.iter().any(|compared| compared.best.is_some()))
}

/// Segment columns in which some headline indicator has values for at least two groups.
pub(super) fn segments(material: &Material<'_>) -> Vec<Value> {
    let headline = material.headline();
    material
        .results()
        .segments
        .iter()
        .enumerate()
        .filter(|(index, _)| {
            headline.iter().any(|held| held.segments.get(*index).is_some_and(|compared| compared.best.is_some()))
        })
        .map(|(index, segment)| {
            let weak: Vec<String> = material
                .findings
                .weak_groups
                .iter()
                .filter(|weak| weak.segment == index)
                .map(|weak| material.group_title(index, weak.group))
                .fold(Vec::new(), |mut names, name| {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                    names
                });
            let columns = headline.iter().filter(|held| held.has_value()).count();
            let radar =
                headline.iter().filter(|held| held.has_value() && held.info.unit != crate::metrics::Unit::Score);
            json!({
                "column": segment.column,
                "title": segment.title.get(material.lang),
                "name": material.inline_name(segment.title.get(material.lang)),
                "weak_groups": format::list(&weak, material.lang),
                "weak_count": weak.len(),
                "indicators": columns,
                "radar": radar.count() >= 3,
            })
        })
        .collect()
}

/// Questions that share their answers, as sets: a set is shown in one chart.
pub(super) fn distribution_sets(material: &Material<'_>) -> Vec<Value> {
    let wave = material.results().current_wave();
    let mut sets: Vec<Vec<(&Distribution, &DistributionRow)>> = Vec::new();
    for held in material.inputs.distributions {
        let total = held.rows.iter().find(|row| row.segment.is_none() && row.wave.as_deref() == wave);
        let complete = |row: &&DistributionRow| row.shares.len() == held.levels.len() && row.shares.len() > 1;
        let Some(total) = total.filter(complete) else { continue };
        let alike = |first: &Distribution| {
            first.levels == held.levels && figures::sides(material, first) == figures::sides(material, held)
        };
        match sets.iter_mut().find(|set| set.first().is_some_and(|(first, _)| alike(first))) {
            Some(set) => set.push((held, total)),
            None => sets.push(vec![(held, total)]),
        }
    }
    sets.iter().map(|set| distribution_set(material, set)).collect()
}

fn distribution_set(material: &Material<'_>, set: &[(&Distribution, &DistributionRow)]) -> Value {
    let sides = set.first().map_or([0, 0], |(first, _)| figures::sides(material, first));
    let [low, high] = sides;
    let mut ranked: Vec<_> =
        set.iter().map(|(held, total)| (figures::net_score(&total.shares, sides), *held, *total)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let question = |(net, held, total): &(f64, &Distribution, &DistributionRow)| {
        let shares = &total.shares;
        let percent = |part: &[f64]| format!("{}%", format::number(part.iter().sum(), 1));
        json!({
            "column": held.column,
            "title": figures::question_title(material, held),
            "n": format::count(total.n),
            "net": figures::net_text(*net),
            "top": percent(&shares[shares.len() - high..]),
            "bottom": percent(&shares[..low]),
            "middle": percent(&shares[low..shares.len() - high]),
            "odd": low + high < shares.len(),
        })
    };
    json!({
        "count": set.len(),
        "columns": set.iter().map(|(held, _)| held.column.as_str()).collect::<Vec<_>>(),
        "best": ranked.first().map(question),
        "worst": ranked.last().map(question),
    })
}

/// Metrics that the survey does not support.
pub(super) fn missing(material: &Material<'_>) -> Value {
    let names: Vec<String> = material
        .results()
        .metrics
        .iter()
        .filter(|info| info.unavailable.is_some())
        .map(|info| material.inline_name(&material.title(info)))
        .collect();
    json!({ "count": names.len(), "titles": format::list(&names, material.lang) })
}
