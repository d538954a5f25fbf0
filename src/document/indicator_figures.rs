//! Charts over several indicators: what changed a composite, groups against indicators, the complaint funnel, many small
//! trends, and perception against expectation.

use crate::analysis::IndicatorSummary;
use crate::charts::{
    Chart, ChartKind, Emphasis, Funnel, FunnelStage, Gap, GapRow, Heatmap, HeatmapCell, HeatmapKey, HeatmapRow, Panel,
    PanelStyle, Point, SmallMultiples, Waterfall, WaterfallChange, WaterfallTotal,
};
use crate::document::figures::{Drawn, alt_text, point_ends};
use crate::document::format;
use crate::document::material::Material;
use crate::document::{axes, tables::note};
use crate::metrics::{Better, Reason, Unit};

fn drawn(material: &Material<'_>, title: &str, items: &[String], kind: ChartKind) -> Drawn {
    let alt = alt_text(material, "alt_bar", title, items, None);
    Drawn { chart: Chart { kind, alt }, notes: Vec::new() }
}

/// A change with its sign: `+1.2`, `−0.4`.
fn signed(value: f64, unit: Unit) -> String {
    let text = format::value(value, unit);
    if format::round_half_away(value, format::printed_decimals(unit)) > 0.0 { format!("+{text}") } else { text }
}

/// What each component added to the change of a composite since the last wave: `share × (now − before)`, turned for reversed
/// ones. None for other metrics and without an earlier wave.
pub fn waterfall(material: &Material<'_>, summary: &IndicatorSummary<'_>) -> Option<Drawn> {
    let lang = material.lang;
    let unit = summary.info.unit;
    let (now, before) = (summary.current?.estimate?, summary.previous?.estimate?);
    let mut changes: Vec<WaterfallChange> = Vec::new();
    let mut explained = 0.0;
    for part in &summary.info.parts {
        let held = material.summaries.iter().find(|held| held.info.id == part.metric)?;
        let delta = held.current?.estimate? - held.previous?.estimate?;
        let change = part.share * if part.reverse { -delta } else { delta };
        explained += change;
        let mark = match held.change {
            Some(change) if change.significant => "*",
            _ => "",
        };
        changes.push(WaterfallChange {
            name: material.title(held.info),
            change: Some(change),
            interval: None,
            label: format!("{}{mark}", signed(change, unit)),
            remainder: false,
            small_base: false,
        });
    }
    if changes.is_empty() {
        return None;
    }
    changes.sort_by(|a, b| b.change.unwrap_or(0.0).total_cmp(&a.change.unwrap_or(0.0)));
    let rest = now - before - explained;
    if rest.abs() > 0.005 {
        changes.push(WaterfallChange {
            name: material.word_or("waterfall_rest", "其他", "other"),
            change: Some(rest),
            interval: None,
            label: signed(rest, unit),
            remainder: true,
            small_base: false,
        });
    }
    // As a reader adds up what is printed.
    let printed = |value: f64| format::round_half_away(value, format::printed_decimals(unit));
    let added: f64 = changes.iter().filter_map(|change| change.change).map(printed).sum();
    let adds_up = (printed(before) + added - printed(now)).abs() < 0.005;
    let mut level = before;
    let mut levels = vec![before, now];
    for change in &changes {
        level += change.change.unwrap_or(0.0);
        levels.push(level);
    }
    let results = material.results();
    let total = |wave: Option<&str>, value: f64| WaterfallTotal {
        name: wave.map(|wave| format::wave(wave, lang)).unwrap_or_default(),
        value: Some(value),
        label: format::value_with_unit(value, unit, lang),
    };
    let title = material.title(summary.info);
    let items: Vec<String> = changes.iter().map(|change| format!("{} {}", change.name, change.label)).collect();
    let kind = ChartKind::Waterfall(Waterfall {
        start: total(results.previous_wave(), before),
        end: total(results.current_wave(), now),
        changes,
        axis: axes::around(levels.into_iter(), unit, lang),
    });
    let mut made = drawn(material, &title, &items, kind);
    made.notes.push(note(material.word_or(
        "note_waterfall",
        "各项贡献 = 权重 × 本期与上期之差（抱怨类指标取反）；* 为该项变化显著。",
        "Contribution = weight × (now − before), turned round for complaints; * the component itself changed significantly.",
    )));
    if !adds_up {
        made.notes.push(note(material.word_or(
            "note_waterfall_rounding",
            "各项分别四舍五入，相加与总变化略有出入。",
            "Each part is rounded by itself, so the parts may not add up to the whole change.",
        )));
    }
    Some(made)
}

/// The groups of a segment column against indicators; colours only where a group differs significantly.
pub fn heatmap(material: &Material<'_>, metrics: &[&IndicatorSummary<'_>], segment: usize) -> Option<Drawn> {
    let lang = material.lang;
    let shown: Vec<_> = metrics.iter().filter(|held| held.has_value() && held.info.better != Better::Neutral).collect();
    let groups = &material.results().segments.get(segment)?.groups;
    if shown.is_empty() {
        return None;
    }
    let mut rows: Vec<HeatmapRow> = (0..groups.len())
        .map(|group| {
            let cells = shown.iter().map(|held| {
                let compared = &held.segments[segment];
                let estimate = compared.groups.get(group).copied().flatten();
                let value = estimate.and_then(|estimate| estimate.estimate);
                let better = compared.compared.better_than.get(group).is_some_and(|worse| !worse.is_empty());
                let level = match (compared.compared.is_beaten(group), better) {
                    (true, false) => -1.0,
                    (false, true) => 1.0,
                    _ => 0.0,
                };
                HeatmapCell {
                    level: value.map(|_| level),
                    label: value.map_or(format::NO_VALUE.to_owned(), |value| format::value(value, held.info.unit)),
                    small_base: estimate.is_some_and(|estimate| estimate.flagged),
                }
            });
            HeatmapRow {
                name: material.group_title(segment, group),
                base: String::new(),
                cells: cells.collect(),
                strong: false,
            }
        })
        .collect();
    rows.push(HeatmapRow {
        name: material.word("total"),
        base: String::new(),
        cells: shown
            .iter()
            .map(|held| HeatmapCell {
                level: Some(0.0),
                label: held
                    .current
                    .and_then(|estimate| estimate.estimate)
                    .map_or(format::NO_VALUE.to_owned(), |value| format::value(value, held.info.unit)),
                small_base: false,
            })
            .collect(),
        strong: true,
    });
    let cells = || rows.iter().flat_map(|row| &row.cells);
    let key = |level: f64, name: &str, zh: &str, en: &str| HeatmapKey { level, label: material.word_or(name, zh, en) };
    let keys = [
        key(-1.0, "heatmap_worse", "显著逊于他组", "significantly worse than another"),
        key(1.0, "heatmap_better", "显著优于他组", "significantly better than another"),
    ];
    let compared = || shown.iter().map(|held| &held.segments[segment].compared);
    let (tested, differs) =
        (compared().any(|of| of.tests > 0), compared().any(|of| of.better_than.iter().any(|worse| !worse.is_empty())));
    let small = cells().any(|cell| cell.small_base);
    let reasons: Vec<Reason> = shown
        .iter()
        .flat_map(|held| held.segments[segment].groups.iter().flatten())
        .filter(|estimate| estimate.estimate.is_none())
        .filter_map(|estimate| estimate.reason)
        .collect();
    let limit = format::short_number(material.inputs.project.raw.settings.flag_below, 0);
    let items: Vec<String> = rows
        .iter()
        .map(|row| {
            format!("{} {}", row.name, row.cells.iter().map(|cell| cell.label.as_str()).collect::<Vec<_>>().join(" / "))
        })
        .collect();
    let columns: Vec<String> = shown
        .iter()
        .map(|held| {
            let suffix = format::unit_suffix(held.info.unit, lang).trim();
            let arrow = if held.info.better == Better::Lower { "↓" } else { "" };
            if suffix.is_empty() || held.info.unit == Unit::Points {
                format!("{}{arrow}", material.title(held.info))
            } else {
                format!("{}{arrow} {suffix}", material.title(held.info))
            }
        })
        .collect();
    let title = columns.join(&material.word("comma"));
    let kind = ChartKind::Heatmap(Heatmap {
        columns,
        rows: rows.clone(),
        // Only colours that occur.
        key: keys
            .into_iter()
            .filter(|held| cells().any(|cell| cell.level.is_some_and(|level| level * held.level > 0.0)))
            .collect(),
        small_base_title: if small {
            material.fill_or(
                "heatmap_small",
                &[("limit", &limit)],
                "n 或有效 n 不足{limit}",
                "n or effective n below {limit}",
            )
        } else {
            String::new()
        },
        suppressed_title: hidden_title(material, &reasons),
    });
    let mut made = drawn(material, &title, &items, kind);
    if differs {
        made.notes.push(note(material.fill_or(
            "note_heatmap",
            &[("level", &material.confidence()), ("correction", &material.correction())],
            "颜色表示在{level}水平上显著（t 检验，{correction}）。",
            "Coloured where significant at the {level} level (t tests, {correction}).",
        )));
    } else if tested {
        made.notes.push(note(material.group_test_note("note_no_letters")));
    }
    Some(made)
}

/// Why cells of a heatmap are empty.
fn hidden_title(material: &Material<'_>, reasons: &[Reason]) -> String {
    let complement = reasons.contains(&Reason::Complement);
    let few = reasons.contains(&Reason::SmallBase);
    match (few, complement) {
        (true, true) => material.word_or(
            "heatmap_hidden_both",
            "样本过少，或为保护样本过少的另一组，不列出",
            "too few answers, or hidden to protect a group with too few",
        ),
        (false, true) => material.word_or(
            "heatmap_hidden_complement",
            "为保护样本过少的另一组，不列出",
            "hidden to protect another group with too few answers",
        ),
        (true, false) => material.word_or("heatmap_hidden", "样本过少，不列出", "too few answers, not shown"),
        (false, false) if reasons.is_empty() => String::new(),
        (false, false) => material.word_or("heatmap_none", "无数据", "no value"),
    }
}

/// Stages of complaint handling, each metric a share of all complaints received.
const FUNNEL: [&str; 3] = ["complaints_settled", "complaints_satisfied_of_received", "complaints_returned_of_received"];

/// The complaint funnel. None with fewer than two stages.
pub fn funnel(material: &Material<'_>) -> Option<Drawn> {
    let known: Vec<(&IndicatorSummary<'_>, f64, u64)> = FUNNEL
        .iter()
        .filter_map(|id| {
            let held = material.summary(id)?;
            Some((held, held.current?.estimate?, held.current?.n))
        })
        .collect();
    let received = known.first()?.2;
    // Stages on another base than the first cannot be drawn on one scale.
    let known: Vec<_> = known.into_iter().filter(|held| held.2 == received).collect();
    if known.len() < 2 {
        return None;
    }
    let mut stages = vec![FunnelStage {
        name: material.word_or("funnel_received", "收到投诉", "complaints received"),
        value: Some(received as f64),
        label: format::count(received),
        ..FunnelStage::default()
    }];
    let mut before = received as f64;
    let mut worst: Option<(usize, f64)> = None;
    for (held, share, _) in &known {
        let count = (share / 100.0 * received as f64).round();
        let lost = before - count;
        let of_before = if before > 0.0 { count / before * 100.0 } else { 0.0 };
        if worst.is_none_or(|(_, most)| lost > most) {
            worst = Some((stages.len(), lost));
        }
        stages.push(FunnelStage {
            name: material.title(held.info),
            value: Some(count),
            label: format::number(count, 0),
            share: material.fill_or(
                "funnel_share",
                &[("share", &format!("{}%", format::number(of_before, 1)))],
                "占上一步 {share}",
                "{share} of the step before",
            ),
            loss: material.fill_or("funnel_loss", &[("n", &format::number(lost, 0))], "流失 {n}", "{n} lost"),
            leak: false,
            small_base: false,
        });
        before = count;
    }
    if let Some((place, lost)) = worst
        && lost > 0.0
    {
        stages[place].leak = true;
    }
    let items: Vec<String> =
        stages.iter().map(|stage| format!("{} {} {}", stage.name, stage.label, stage.share)).collect();
    let title = material.word_or("funnel_title", "投诉处理各步", "steps of complaint handling");
    Some(drawn(material, &title, &items, ChartKind::Funnel(Funnel { stages })))
}

/// Small trends side by side: percentages on one axis, small ones and other units each on its own. None with fewer than two waves.
pub fn small_multiples(material: &Material<'_>, metrics: &[&IndicatorSummary<'_>], limit: usize) -> Option<Drawn> {
    let lang = material.lang;
    let results = material.results();
    let waves = &results.waves[results.waves.len().saturating_sub(limit.max(2))..];
    let shown: Vec<_> = metrics.iter().filter(|held| held.has_value()).collect();
    if waves.len() < 2 || shown.is_empty() {
        return None;
    }
    let panels: Vec<Panel> = shown
        .iter()
        .map(|held| {
            let values: Vec<Option<Point>> = waves
                .iter()
                .map(|wave| {
                    let estimate = results.published(&held.info.id, Some(wave))?;
                    let value = estimate.estimate?;
                    Some(Point {
                        value,
                        interval: estimate.ci.map(|[low, high]| (low, high)),
                        label: format::value_with_unit(value, estimate.unit, lang),
                        small_base: estimate.flagged,
                    })
                })
                .collect();
            let sure = held.change.filter(|change| change.significant && held.info.better != Better::Neutral);
            let emphasis = match sure.map(|change| (change.delta > 0.0) == (held.info.better == Better::Higher)) {
                Some(true) => Emphasis::Accent,
                Some(false) => Emphasis::Bad,
                None => Emphasis::Plain,
            };
            // Small shares would lie flat on the axis of the others.
            let ends = || values.iter().flatten().flat_map(point_ends);
            let axis = match held.info.unit {
                Unit::Percent if ends().fold(0.0, f64::max) > OWN_AXIS => None,
                Unit::Percent => Some(axes::from_zero(ends(), Unit::Percent, lang)),
                unit => Some(axes::around(ends(), unit, lang)),
            };
            let change = held.change.map(|change| material.change_mark(change.delta, held.info)).unwrap_or_default();
            let star = if held.change.is_some_and(|change| change.significant) { "*" } else { "" };
            Panel {
                name: material.title(held.info),
                note: format!("{} {change}{star}", material.value_text(held.current)).trim().to_owned(),
                emphasis,
                axis,
                values,
            }
        })
        .collect();
    let common = panels.iter().filter(|panel| panel.axis.is_none());
    let axis =
        axes::around(common.flat_map(|panel| panel.values.iter().flatten()).flat_map(point_ends), Unit::Percent, lang);
    let own_axis = panels.iter().any(|panel| panel.axis.is_some()) && panels.len() > 1;
    let small = panels.iter().flat_map(|panel| panel.values.iter().flatten()).any(|point| point.small_base);
    let items: Vec<String> = panels.iter().map(|panel| format!("{} {}", panel.name, panel.note)).collect();
    let kind = ChartKind::SmallMultiples(SmallMultiples {
        panels,
        points: format::wave_labels(waves, lang),
        style: PanelStyle::Line,
        axis,
        reference: None,
    });
    let mut made = drawn(material, &material.word_or("multiples_title", "逐期走势", "trends"), &items, kind);
    made.notes.push(note(material.words.fill("note_band", &[("level", &material.confidence())])));
    if own_axis {
        made.notes.push(note(material.word_or(
            "note_own_axis",
            "数值较小或单位不同的指标用自己的刻度。",
            "Indicators of small values or other units have an axis of their own.",
        )));
    }
    if small {
        let limit = format::short_number(material.inputs.project.raw.settings.flag_below, 0);
        made.notes.push(note(material.fill_or(
            "note_hollow_points",
            &[("limit", &limit)],
            "空心点的 n 或有效 n 不足 {limit}，仅供参考。",
            "Hollow points have an n or effective n below {limit}; indicative only.",
        )));
    }
    Some(made)
}

/// Highest percentage of a panel that is drawn on an axis of its own.
const OWN_AXIS: f64 = 25.0;

/// Pairs of indicators named `…_perception` and `…_expectation`, the largest shortfall first. None without a pair.
pub fn gap(material: &Material<'_>) -> Option<Drawn> {
    let lang = material.lang;
    let mut rows: Vec<(f64, GapRow)> = material
        .summaries
        .iter()
        .filter_map(|perceived| {
            let stem = perceived.info.id.strip_suffix("_perception")?;
            let expected = material.summary(&format!("{stem}_expectation"))?;
            let difference = material.summary(stem);
            let (low, high) = (perceived.current?, expected.current?);
            let (value, level) = (low.estimate?, high.estimate?);
            let interval = |held: Option<[f64; 2]>| held.map(|[low, high]| (low, high));
            let title = difference.map_or_else(|| material.title(perceived.info), |held| material.title(held.info));
            let sure = difference.and_then(|held| held.current?.ci).is_some_and(|[low, high]| low > 0.0 || high < 0.0);
            let mark = if sure { "*" } else { "" };
            Some((
                value - level,
                GapRow {
                    name: title,
                    perception: Some(value),
                    perception_interval: interval(low.ci),
                    perception_label: format::value(value, low.unit),
                    expectation: Some(level),
                    expectation_interval: interval(high.ci),
                    expectation_label: format::value(level, high.unit),
                    gap_label: format!("{}{mark}", signed(value - level, low.unit)),
                    emphasis: if sure && value < level { Emphasis::Bad } else { Emphasis::Plain },
                    small_base: low.flagged,
                },
            ))
        })
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let rows: Vec<GapRow> = rows.into_iter().map(|(_, row)| row).collect();
    let ends = rows.iter().flat_map(|row| {
        let held = [row.perception_interval, row.expectation_interval].into_iter().flatten();
        held.flat_map(|(low, high)| [low, high]).chain(row.perception).chain(row.expectation).collect::<Vec<_>>()
    });
    if rows.is_empty() {
        return None;
    }
    let axis = axes::around(ends, Unit::Score, lang);
    let items: Vec<String> = rows.iter().map(|row| format!("{} {}", row.name, row.gap_label)).collect();
    let kind = ChartKind::Gap(Gap {
        rows,
        axis,
        perception_title: material.word_or("gap_perception", "感知", "perceived"),
        expectation_title: material.word_or("gap_expectation", "期望", "expected"),
        gap_title: material.word_or("gap_gap", "差距", "gap"),
    });
    Some(drawn(
        material,
        &material.word_or("gap_title", "感知与期望之差", "perception against expectation"),
        &items,
        kind,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Lang;
    use crate::document::fixtures::{self, Canteen};
    use crate::document::markdown;

    fn notes(canteen: &Canteen) -> Vec<String> {
        let pack = fixtures::pack();
        let material = Material::new(canteen.inputs(), &pack, Lang::En);
        let drawn = small_multiples(&material, &material.lead(), 12);
        drawn.iter().flat_map(|held| &held.notes).map(|note| markdown::plain_text(note)).collect()
    }

    #[test]
    fn hollow_points_are_explained_where_there_are_some() {
        let mut canteen = Canteen::new();
        let hollow =
            |notes: &[String]| notes.iter().any(|note| note.starts_with("Hollow points") && note.contains("50"));
        assert!(!hollow(&notes(&canteen)), "{:?}", notes(&canteen));
        let whole =
            canteen.results.estimates.iter_mut().find(|held| held.metric == "reputation" && held.segment.is_empty());
        whole.into_iter().for_each(|held| held.flagged = true);
        assert!(hollow(&notes(&canteen)), "{:?}", notes(&canteen));
    }
}
