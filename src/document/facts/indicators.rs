//! Facts about indicators: value, interval, change, target and groups, each with the flags that choose cautious words.

use serde_json::{Map, Value, json};

use crate::analysis::{BenchmarkComparison, Finding, IndicatorSummary, SegmentComparison, Standing, TargetComparison};
use crate::document::benchmarks::{source_text, way_title};
use crate::document::finding_tables::leading;
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
    let (title, named_unit) = material.spoken(info);
    json!({
        "id": info.id,
        "title": title,
        "name": material.inline_name(&title),
        "definition": info.definition.get(lang).trim().trim_end_matches(['。', '.']),
        "base": info.base_title.get(lang),
        "available": value.is_some(),
        "reason": if value.is_some() { Value::Null } else { Value::from(material.reason_text(estimate)) },
        "value": spoken_value(material, held, estimate),
        "number": value.map(|held| format::value(held, info.unit)),
        "unit": format!("{}{named_unit}", format::unit_suffix(info.unit, lang)).trim(),
        "interval": estimate.and_then(|estimate| material.interval_text(estimate)),
        "n": estimate.and_then(Estimate::printed_n).map(format::count),
        "flagged": estimate.is_some_and(|estimate| estimate.flagged),
        "better": match info.better { Better::Higher => "higher", Better::Lower => "lower", Better::Neutral => "neutral" },
        "composite": info.estimator == "composite",
        "variants": variants,
        "detailed": is_detailed(material, held),
        "target": target(material, held),
        "focus": Value::Null,
        "change": change(material, held),
        "benchmarks": benchmarks(material, held),
        "whole": whole(material, held),
        "segments": segment_list(material, held),
        "rivals": rivals(material, held),
        "flat_segments": flat_segments(material, held),
    })
}

/// Indicators that all get a section of their own.
const FEW: usize = 12;

/// True if a document gives the indicator a section of its own: where there are few, all do; else those on the summary page, those
/// that missed a target or worsened, those with a weak group, and those that a rival is compared with.
fn is_detailed(material: &Material<'_>, held: &IndicatorSummary<'_>) -> bool {
    let headline = material.headline();
    if headline.iter().filter(|other| other.has_value()).count() <= FEW {
        return true;
    }
    let found = &material.findings;
    let index = material.summaries.iter().position(|other| other.info.id == held.info.id);
    let named = index.is_some_and(|index| {
        found.missed.contains(&index)
            || found.worsened.contains(&index)
            || found.weak_groups.iter().any(|weak| weak.indicator == index)
    });
    named || held.own_group().is_some() || material.lead().iter().any(|other| other.info.id == held.info.id)
}

/// The indicators without a section of their own.
pub(super) fn rest(material: &Material<'_>) -> Value {
    let headline = material.headline();
    let left = headline.iter().filter(|held| held.has_value() && held.info.estimator != "composite");
    let left = left.filter(|held| !is_detailed(material, held));
    let names: Vec<String> = left.map(|held| material.inline_name(&material.title(held.info))).collect();
    json!({ "count": names.len(), "titles": format::list(&names, material.lang) })
}

/// A value as a sentence says it: with the unit that the title names.
fn spoken_value(material: &Material<'_>, held: &IndicatorSummary<'_>, estimate: Option<&Estimate>) -> String {
    let unit =
        if estimate.is_some_and(|held| held.estimate.is_some()) { material.spoken(held.info).1 } else { String::new() };
    format!("{}{unit}", material.value_text(estimate))
}

/// The size of a difference as a sentence says it.
fn spoken_difference(material: &Material<'_>, held: &IndicatorSummary<'_>, delta: f64) -> String {
    format!("{}{}", format::difference(delta, held.info.unit, material.lang), material.spoken(held.info).1)
}

fn target(material: &Material<'_>, held: &IndicatorSummary<'_>) -> Value {
    match (held.target, material.target_text(held.info)) {
        (Some(target), Some(text)) => json!({
            "text": format!("{text}{}", material.spoken(held.info).1),
            "goal": format!("{}{}", text.trim_start_matches(['≥', '≤', ' ']), material.spoken(held.info).1),
            "met": target.met,
            "significant": target.significant,
            "narrow": is_within_error(target) && target.met,
            "short": is_within_error(target) && !target.met,
            "gap": spoken_difference(material, held, target.gap),
        }),
        _ => Value::Null,
    }
}

/// True if value and target do not differ beyond chance, as far as that was tested.
fn is_within_error(target: TargetComparison) -> bool {
    target.tested && !target.significant
}

fn benchmarks(material: &Material<'_>, held: &IndicatorSummary<'_>) -> Vec<Value> {
    let (unit, named_unit) = (held.info.unit, material.spoken(held.info).1);
    let one = |comparison: &BenchmarkComparison<'_>| {
        json!({
            "way": way_title(material, comparison.benchmark.way),
            "kind": comparison.benchmark.way,
            "source": source_text(material, comparison),
            "value": format!("{}{named_unit}", format::value_with_unit(comparison.benchmark.value, unit, material.lang)),
            "constant": comparison.benchmark.se.is_none(),
            "standing": standing_word(comparison.standing),
            "above": comparison.gap > 0.0,
            "gap": spoken_difference(material, held, comparison.gap),
        })
    };
    held.benchmarks.iter().map(one).collect()
}

/// Against all answers, where the document is about a group.
fn whole(material: &Material<'_>, held: &IndicatorSummary<'_>) -> Value {
    let (unit, named_unit) = (held.info.unit, material.spoken(held.info).1);
    material.against_whole(held).map_or(Value::Null, |found| {
        json!({
            "value": format!("{}{named_unit}", format::value_with_unit(found.value, unit, material.lang)),
            "standing": standing_word(found.standing),
            "above": found.gap > 0.0,
            "gap": spoken_difference(material, held, found.gap),
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
        "size": spoken_difference(material, held, change.delta),
        "mark": material.change_mark(change.delta, info),
        "previous": spoken_value(material, held, held.previous),
    })
}

/// Titles of the segments whose groups do not differ significantly, as a list.
fn flat_segments(material: &Material<'_>, held: &IndicatorSummary<'_>) -> String {
    let flat: Vec<String> = held
        .segments
        .iter()
        .enumerate()
        .filter(|(_, compared)| {
            compared.own.is_none()
                && compared.compared.tests > 0
                && compared.compared.better_than.iter().all(|worse| worse.is_empty())
        })
        .filter_map(|(index, _)| material.results().segments.get(index))
        .map(|segment| material.inline_name(segment.title.get(material.lang)))
        .collect();
    format::list(&flat, material.lang)
}

/// Our own group against its rivals: `ahead` of all of them beyond chance, `behind` some and ahead of none, `mixed`, or `level`; null
/// where there are none.
fn rivals(material: &Material<'_>, held: &IndicatorSummary<'_>) -> Value {
    let Some((segment, own)) = held.own_group() else { return Value::Null };
    let Some((compared, info)) = held.segments.get(segment).zip(material.results().segments.get(segment)) else {
        return Value::Null;
    };
    let others: Vec<usize> = (0..compared.groups.len())
        .filter(|&group| group != own && compared.groups[group].is_some_and(|held| held.estimate.is_some()))
        .collect();
    let beats = |winner: usize, loser: usize| {
        compared.compared.better_than.get(winner).is_some_and(|worse| worse.contains(&loser))
    };
    let count = |wanted: &dyn Fn(usize) -> bool| others.iter().filter(|&&group| wanted(group)).count();
    let (ahead, behind) = (count(&|group| beats(own, group)), count(&|group| beats(group, own)));
    if others.is_empty() || held.info.better == Better::Neutral {
        return Value::Null;
    }
    let standing = match (ahead, behind) {
        (ahead, 0) if ahead == others.len() => "ahead",
        (0, 0) => "level",
        (0, _) => "behind",
        (_, 0) => "partly",
        _ => "mixed",
    };
    let named = |group: &usize| {
        let value = material.value_text(compared.groups.get(*group).copied().flatten());
        format!("{} {value}", material.group_title(segment, *group))
    };
    json!({
        "column": info.column,
        "name": material.inline_name(info.title.get(material.lang)),
        "own": material.group_title(segment, own),
        "count": others.len(),
        "ahead": ahead,
        "standing": standing,
        "values": format::list(&others.iter().map(named).collect::<Vec<_>>(), material.lang),
    })
}

/// The segments of an indicator in which at least two groups have a value, rivals left out.
fn segment_list(material: &Material<'_>, held: &IndicatorSummary<'_>) -> Vec<Value> {
    held.segments
        .iter()
        .enumerate()
        .filter_map(|(index, compared)| {
            let (best, worst) = (compared.best?, compared.worst?);
            let info = material.results().segments.get(index).filter(|_| compared.own.is_none())?;
            Some(json!({
                "column": info.column,
                "title": info.title.get(material.lang),
                "name": material.inline_name(info.title.get(material.lang)),
                "best": group(material, held, index, compared, best),
                "worst": group(material, held, index, compared, worst),
                "pair": pair(material, held, index, compared),
                "weak": compared.weak_group().is_some(),
                "tested": compared.compared.tests > 0,
                "differs": compared.compared.better_than.iter().any(|worse| !worse.is_empty()),
            }))
        })
        .collect()
}

/// The two groups that lie furthest apart of those that differ significantly; null where none do.
fn pair(
    material: &Material<'_>,
    held: &IndicatorSummary<'_>,
    segment: usize,
    compared: &SegmentComparison<'_>,
) -> Value {
    compared.furthest_pair().map_or(Value::Null, |(better, worse)| {
        json!({
            "better": group(material, held, segment, compared, better),
            "worse": group(material, held, segment, compared, worse),
        })
    })
}

fn group(
    material: &Material<'_>,
    held: &IndicatorSummary<'_>,
    segment: usize,
    compared: &SegmentComparison<'_>,
    index: usize,
) -> Value {
    let estimate = compared.groups.get(index).copied().flatten();
    let better: Vec<String> = (0..compared.groups.len())
        .filter(|&other| compared.compared.better_than.get(other).is_some_and(|worse| worse.contains(&index)))
        .map(|other| material.group_title(segment, other))
        .collect();
    let answering = || compared.groups.iter().flatten().filter(|estimate| estimate.n > 0);
    let all_shown = answering().all(|estimate| estimate.estimate.is_some());
    json!({
        "title": material.group_title(segment, index),
        "value": spoken_value(material, held, estimate),
        "n": estimate.and_then(Estimate::printed_n).map(format::count),
        "flagged": estimate.is_some_and(|held| held.flagged),
        "beaten_by": format::list(&better, material.lang),
        // "All others" is said of three groups and more, and only where none is kept back.
        "beaten_by_all": better.len() > 1 && all_shown && better.len() + 1 == answering().count(),
    })
}

/// The indicator to talk about first: that of the first finding, or of the first that is not on the composite of all; with the
/// group in `focus` where the finding is about one. What rests on few answers, or is accepted by the planner, comes after all
/// others. Without findings the first target that is missed.
pub(super) fn problem(material: &Material<'_>) -> Value {
    let overall = material.overall().map(|held| held.info.id.as_str());
    let summary = |finding: &&Finding| {
        let metric = finding.metric.as_deref().filter(|metric| Some(*metric) != overall)?;
        material.summary(metric).filter(|held| held.has_value())
    };
    let urgent = leading(material, usize::MAX).into_iter().filter(|finding| finding.kind.calls_for_plan());
    #[allow(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
    let is_firm = |finding: &Finding| {
        let few = (finding.evidence.n as f64) < material.inputs.project.raw.settings.flag_below;
        let accepted = |metric: &String| material.inputs.project.raw.plan.accept.contains(metric);
        !few && !finding.metric.as_ref().is_some_and(accepted)
    };
    let (firm, other): (Vec<_>, Vec<_>) = urgent.partition(|finding| is_firm(finding));
    let urgent = firm.into_iter().chain(other);
    if let Some((finding, held)) = urgent.into_iter().find_map(|finding| Some((finding, summary(&finding)?))) {
        let mut found = indicator(material, held);
        if let (Some(group), Some(fields)) = (&finding.group, found.as_object_mut()) {
            let value = format::value_with_unit(finding.evidence.value, held.info.unit, material.lang);
            let value = format!("{value}{}", material.spoken(held.info).1);
            fields.insert("focus".into(), json!({ "group": group.title.get(material.lang), "value": value }));
        }
        return found;
    }
    let missed = material.findings.missed.iter().filter_map(|&index| material.summaries.get(index));
    let mut missed = missed.filter(|held| Some(held.info.id.as_str()) != overall);
    missed.next().map_or(Value::Null, |held| indicator(material, held))
}

/// Titles of what stands out, ready to be listed, with their numbers.
pub(super) fn findings(material: &Material<'_>) -> Value {
    let titles = |indices: &[usize]| -> Vec<String> {
        indices
            .iter()
            .filter_map(|&index| material.summaries.get(index))
            .map(|held| material.inline_name(&material.spoken(held.info).0))
            .collect()
    };
    let group = |indices: &[usize]| {
        let names = titles(indices);
        json!({ "count": names.len(), "titles": format::list(&names, material.lang) })
    };
    let found = &material.findings;
    // Those that reach their target by less than the error of the survey.
    let is_narrow =
        |index: usize| material.summaries.get(index).and_then(|held| held.target).is_some_and(is_within_error);
    let narrow: Vec<usize> = found.met.iter().copied().filter(|&index| is_narrow(index)).collect();
    // In the order of the document.
    let with_target = || found.met.iter().chain(&found.short).chain(&found.missed);
    let indexed = material.summaries.iter().enumerate();
    let targeted = indexed.filter(|(index, _)| with_target().any(|held| held == index));
    let targeted: Vec<&str> = targeted.map(|(_, held)| held.info.id.as_str()).collect();
    let only = match targeted.as_slice() {
        [id] => material.summary(id).map(|held| indicator(material, held)),
        _ => None,
    };
    let weak: Vec<Value> = found
        .weak_groups
        .iter()
        .filter_map(|weak| {
            let held = material.summaries.get(weak.indicator)?;
            let compared = held.segments.get(weak.segment)?;
            Some(json!({
                "indicator": material.spoken(held.info).0,
                "id": held.info.id,
                "better": if held.info.better == Better::Lower { "lower" } else { "higher" },
                "segment": material.results().segments.get(weak.segment)?.title.get(material.lang),
                "total": spoken_value(material, held, held.current),
                "group": self::group(material, held, weak.segment, compared, weak.group),
            }))
        })
        .collect();
    json!({
        "met": group(&found.met),
        "narrow": group(&narrow),
        "short": group(&found.short),
        "missed": group(&found.missed),
        "improved": group(&found.improved),
        "worsened": group(&found.worsened),
        "targets": found.met.len() + found.short.len() + found.missed.len(),
        "targeted": targeted,
        "only": only,
        "weak_groups": weak,
    })
}

/// True if some headline indicator has values for at least two groups of a segment.
pub(super) fn has_group_values(material: &Material<'_>) -> bool {
    material.headline().iter().any(|held| held.segments.iter().any(|compared| compared.best.is_some()))
}

/// Segment columns in which some headline indicator has values for at least two groups.
pub(super) fn segments(material: &Material<'_>) -> Vec<Value> {
    let (headline, lead) = (material.headline(), material.lead());
    material
        .results()
        .segments
        .iter()
        .enumerate()
        .filter(|(index, _)| {
            headline.iter().any(|held| held.segments.get(*index).is_some_and(|compared| compared.best.is_some()))
        })
        .map(|(index, segment)| {
            let weak = losses(material, index, &headline);
            let lead_weak = losses(material, index, &lead);
            let names: Vec<String> = weak.iter().map(|(group, _)| material.group_title(index, *group)).collect();
            let columns = headline.iter().filter(|held| held.has_value()).count();
            let radar =
                headline.iter().filter(|held| held.has_value() && held.info.unit != crate::metrics::Unit::Score);
            json!({
                "column": segment.column,
                "title": segment.title.get(material.lang),
                "name": material.inline_name(segment.title.get(material.lang)),
                "weak_groups": format::list(&names, material.lang),
                "weak_count": names.len(),
                "weak": weak.iter().map(|held| loss(material, index, held)).collect::<Vec<_>>(),
                "lead_weak": lead_weak.iter().map(|held| loss(material, index, held)).collect::<Vec<_>>(),
                "indicators": columns,
                "radar": radar.count() >= 3,
            })
        })
        .collect()
}

/// The groups of a segment that are significantly worse than another, with the indicators on which they are: those with the most
/// first, of equals those that lose on a composite.
fn losses<'m, 'a>(
    material: &'m Material<'a>,
    segment: usize,
    chosen: &[&'m IndicatorSummary<'a>],
) -> Vec<(usize, Vec<&'m IndicatorSummary<'a>>)> {
    let groups = material.results().segments.get(segment).map_or(0, |held| held.groups.len());
    let lost = |group: usize| -> Vec<&'m IndicatorSummary<'a>> {
        let judged = chosen.iter().filter(|held| held.info.better != Better::Neutral);
        let beaten =
            judged.filter(|held| held.segments.get(segment).is_some_and(|compared| compared.compared.is_beaten(group)));
        beaten.copied().collect()
    };
    let mut found: Vec<_> =
        (0..groups).map(|group| (group, lost(group))).filter(|(_, lost)| !lost.is_empty()).collect();
    let composites =
        |lost: &[&IndicatorSummary<'_>]| lost.iter().filter(|held| held.info.estimator == "composite").count();
    found.sort_by_key(|(_, lost)| std::cmp::Reverse((lost.len(), composites(lost))));
    found
}

fn loss(material: &Material<'_>, segment: usize, (group, lost): &(usize, Vec<&IndicatorSummary<'_>>)) -> Value {
    let titles: Vec<String> = lost.iter().map(|held| material.inline_name(&material.spoken(held.info).0)).collect();
    json!({
        "title": material.group_title(segment, *group),
        "count": titles.len(),
        "titles": format::list(&titles, material.lang),
    })
}

/// Questions that share their answers, as sets: a set is shown in one chart.
pub(super) fn distribution_sets(material: &Material<'_>) -> Vec<Value> {
    answer_sets(material).iter().map(|set| distribution_set(material, set)).collect()
}

/// The question with the lowest net score of all sets; null without any.
pub(super) fn lowest_answer(material: &Material<'_>) -> Value {
    let scored = answer_sets(material).into_iter().flat_map(|set| {
        let sides = set.first().map_or([0, 0], |(first, _)| figures::sides(material, first));
        set.into_iter().map(move |(held, total)| (figures::net_score(&total.shares, sides), held))
    });
    scored.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(
        Value::Null,
        |(net, held)| json!({ "title": figures::question_title(material, held), "net": figures::net_text(net) }),
    )
}

/// Scale questions with their totals of the current wave, those with the same answers together.
fn answer_sets<'m>(material: &'m Material<'_>) -> Vec<Vec<(&'m Distribution, &'m DistributionRow)>> {
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
    sets
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::raw::RawTarget;
    use crate::diagnostics::Lang;
    use crate::document::fixtures::{self, Canteen};

    fn canteens(material: &Material<'_>, metric: &str) -> Value {
        let held = material.summary(metric).unwrap();
        indicator(material, held)["segments"][0].clone()
    }

    /// Canteen 2 has 23.6% complaints against 8.9%, 10.4% and 9.8%; with the staff restaurant kept back nobody may be told that
    /// it is worse than all.
    #[test]
    fn all_others_is_said_only_where_all_are_shown() {
        fixtures::with_material(Lang::ZhCn, |material| {
            let worst = &canteens(material, "complaint_rate")["worst"];
            assert_eq!((worst["title"].as_str(), worst["value"].as_str()), (Some("第二食堂"), Some("23.6%")));
        });
        let canteen = Canteen::new().with_suppression();
        let pack = fixtures::pack();
        let material = Material::new(canteen.inputs(), &pack, Lang::ZhCn);
        let found = canteens(&material, "complaint_rate");
        assert_eq!(found["worst"]["beaten_by_all"], false);
        assert_eq!(found["worst"]["beaten_by"], "第一食堂和清真餐厅");
        assert_eq!(found["pair"]["better"]["title"], "第一食堂");
    }

    /// The group that loses most comes first, whatever the order of the groups.
    #[test]
    fn groups_are_named_by_the_number_of_their_losses() {
        fixtures::with_material(Lang::ZhCn, |material| {
            let found = segments(material);
            let weak = found[0]["lead_weak"].as_array().unwrap();
            assert_eq!(weak[0]["title"], "第二食堂");
            assert!(weak[0]["titles"].as_str().unwrap().contains("抱怨率"));
            let counts: Vec<u64> = weak.iter().map(|held| held["count"].as_u64().unwrap()).collect();
            assert!(counts.is_sorted_by(|a, b| a >= b), "{counts:?}");
        });
    }

    /// The only target is that of complaints, missed by 14.2 − 8 = 6.2 points; one of 16% lies within 12.2 to 16.4, so that the
    /// caution goes with it wherever it is said to be reached.
    #[test]
    fn a_target_that_is_reached_within_the_margin_of_error_is_told_apart() {
        let told = |target: f64| {
            let mut canteen = Canteen::new();
            canteen.project.raw.targets.retain(|metric, _| metric == "complaint_rate");
            for held in canteen.project.raw.targets.values_mut() {
                *held = RawTarget::Value(target);
            }
            let pack = fixtures::pack();
            findings(&Material::new(canteen.inputs(), &pack, Lang::ZhCn))
        };
        let missed = told(8.0);
        assert_eq!((missed["narrow"]["count"].as_u64(), missed["missed"]["count"].as_u64()), (Some(0), Some(1)));
        let only = &missed["only"];
        assert_eq!((only["value"].as_str(), only["target"]["goal"].as_str()), (Some("14.2%"), Some("8%")));
        assert_eq!(only["target"]["gap"], "6.2个百分点");
        let narrow = told(16.0);
        assert_eq!((narrow["met"]["count"].as_u64(), narrow["narrow"]["count"].as_u64()), (Some(1), Some(1)));
        assert_eq!(narrow["narrow"]["titles"], "抱怨率");
        let clear = told(20.0);
        assert_eq!((clear["met"]["count"].as_u64(), clear["narrow"]["count"].as_u64()), (Some(1), Some(0)));
    }

    /// Complaints rose to 14.2% against a target of 8%: the finding on all answers goes before that on Canteen 2, and the
    /// indicator of the first finding is the problem.
    #[test]
    fn the_problem_is_that_of_the_first_finding() {
        fixtures::with_material(Lang::ZhCn, |material| {
            // The composite follows from its parts.
            let urgent = leading(material, usize::MAX);
            let first = urgent.iter().find(|held| held.metric.as_deref() != Some("csi")).unwrap();
            let problem = problem(material);
            assert_eq!(problem["id"].as_str(), first.metric.as_deref());
            let complaints = leading(material, usize::MAX);
            let complaints = complaints.iter().find(|held| held.metric.as_deref() == Some("complaint_rate")).unwrap();
            assert!(complaints.group.is_none());
        });
    }
}
