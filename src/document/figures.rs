//! Charts from material: bars by group, lines over waves, diverging attitude bars, indicator radars. Sorting, axes, emphasis,
//! labels and the alternative text are settled here; the drawing is not.

use crate::analysis::IndicatorSummary;
use crate::charts::{Axis, Bar, Chart, ChartKind, Emphasis, LikertRow, Mark, Point, RadarGroup, Series};
use crate::data::expressions::quote_name;
use crate::document::axes;
use crate::document::blocks::Inline;
use crate::document::findings::control_limits;
use crate::document::format;
use crate::document::material::Material;
use crate::document::tables::{SMALL_BASE_MARK, note, small_base_note};
use crate::metrics::{Better, Distribution, DistributionRow, Estimate, Unit};

/// A chart with the small print it needs.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// The chart.
    pub chart: Chart,
    /// Bases, intervals and marks.
    pub notes: Vec<Vec<Inline>>,
}

/// In which order bars stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Highest first.
    #[default]
    Value,
    /// As the codebook lists the groups.
    Codebook,
}

/// One indicator by the groups of a segment, the total last. None with fewer than two values.
pub fn bar(material: &Material<'_>, summary: &IndicatorSummary<'_>, segment: usize, order: Order) -> Option<Drawn> {
    let info = summary.info;
    let compared = summary.segments.get(segment)?;
    let mut groups: Vec<(usize, &Estimate)> =
        compared.groups.iter().enumerate().filter_map(|(group, held)| held.map(|estimate| (group, estimate))).collect();
    if groups.iter().filter(|(_, estimate)| estimate.estimate.is_some()).count() < 2 {
        return None;
    }
    if order == Order::Value {
        groups.sort_by(|a, b| {
            let key = |estimate: &Estimate| estimate.estimate.unwrap_or(f64::NEG_INFINITY);
            key(b.1).total_cmp(&key(a.1)).then(a.0.cmp(&b.0))
        });
    }
    let mut bars: Vec<Bar> = groups
        .iter()
        .map(|&(group, estimate)| {
            if compared.own == Some(group) {
                return one_bar(material, material.group_title(segment, group), estimate, Emphasis::Accent);
            }
            // The group that captions and findings speak of; others may be beaten too, and the table says by whom.
            let bad = compared.own.is_none() && info.better != Better::Neutral && compared.named_group() == Some(group);
            let emphasis = if bad { Emphasis::Bad } else { Emphasis::Plain };
            one_bar(material, material.group_title(segment, group), estimate, emphasis)
        })
        .collect();
    if let Some(total) = summary.current.filter(|held| held.estimate.is_some() && compared.own.is_none()) {
        bars.push(one_bar(material, material.word("total"), total, Emphasis::Accent));
    }
    // The unit that the title of a plain number names.
    let suffix = material.spoken(info).1;
    for bar in bars.iter_mut().filter(|bar| bar.value.is_some()) {
        bar.label.push_str(&suffix);
    }
    let goal = material.target(info);
    let values = bars.iter().flat_map(|bar| bar.interval.map(|held| held.1).into_iter().chain(bar.value));
    let lows = bars.iter().flat_map(|bar| bar.interval.map(|held| held.0).into_iter().chain(bar.value));
    let axis = named(axes::from_zero(lows.chain(values).chain(goal), info.unit, material.lang), &suffix);
    let target = target_mark(material, summary);
    let mut notes = vec![bases_note(
        material,
        groups.iter().filter_map(|&(group, held)| Some((material.group_title(segment, group), held.printed_n()?))),
    )];
    notes.push(note(material.words.fill("note_whiskers", &[("level", &material.confidence())])));
    if bars.iter().any(|bar| bar.emphasis == Emphasis::Bad) {
        notes.push(note(material.group_test_note("note_bar_bad")));
    }
    if bars.iter().any(|bar| bar.small_base) {
        let limit = format::short_number(material.inputs.project.raw.settings.flag_below, 0);
        notes.push(note(material.words.fill("note_hollow", &[("limit", &limit)])));
    }
    let items: Vec<String> = bars.iter().map(|bar| format!("{} {}", bar.name, bar.label)).collect();
    let alt = alt_text(material, "alt_bar", &material.title(info), &items, target.as_ref());
    Some(Drawn { chart: Chart { kind: ChartKind::Bar { bars, axis, target }, alt }, notes })
}

fn one_bar(material: &Material<'_>, name: String, estimate: &Estimate, emphasis: Emphasis) -> Bar {
    match estimate.estimate {
        Some(value) => Bar {
            name,
            value: Some(value),
            interval: estimate.ci.map(|[low, high]| (low, high)),
            label: format::value_with_unit(value, estimate.unit, material.lang),
            emphasis,
            small_base: estimate.flagged,
        },
        None => Bar {
            name,
            value: None,
            interval: None,
            label: material.reason_text(Some(estimate)),
            emphasis: Emphasis::Plain,
            small_base: false,
        },
    }
}

/// The axis with the unit of a plain number, if one is known.
fn named(mut axis: Axis, suffix: &str) -> Axis {
    if !suffix.is_empty() {
        axis.unit = suffix.trim().to_owned();
    }
    axis
}

fn target_mark(material: &Material<'_>, summary: &IndicatorSummary<'_>) -> Option<Mark> {
    let value = material.target(summary.info)?;
    let text = format!("{}{}", material.target_text(summary.info)?, material.spoken(summary.info).1);
    Some(Mark { value, label: material.words.fill("card_target", &[("target", &text)]) })
}

fn bases_note(material: &Material<'_>, groups: impl Iterator<Item = (String, u64)>) -> Vec<Inline> {
    let items: Vec<String> = groups.map(|(name, n)| format!("{name} {}", format::count(n))).collect();
    note(material.words.fill("note_bases", &[("bases", &items.join(&material.word("comma")))]))
}

pub(super) fn alt_text(
    material: &Material<'_>,
    key: &str,
    title: &str,
    items: &[String],
    target: Option<&Mark>,
) -> String {
    let mut items = items.to_vec();
    items.extend(target.map(|mark| mark.label.clone()));
    material.words.fill(key, &[("title", title), ("items", &items.join(&material.word("comma")))])
}

/// The value and the ends of its interval.
pub fn point_ends(point: &Point) -> Vec<f64> {
    let interval = point.interval.map(|(low, high)| [low, high]);
    interval.into_iter().flatten().chain([point.value]).collect()
}

/// One or more indicators of one unit over the last `limit` waves. None with fewer than two waves or values.
pub fn trend(material: &Material<'_>, chosen: &[&IndicatorSummary<'_>], limit: usize) -> Option<Drawn> {
    let results = material.results();
    let waves = &results.waves[results.waves.len().saturating_sub(limit.max(2))..];
    let first = chosen.first()?;
    let unit = first.info.unit;
    let series: Vec<Series> = chosen
        .iter()
        .filter(|held| held.info.unit == unit)
        .map(|held| Series {
            name: material.title(held.info),
            points: waves
                .iter()
                .map(|wave| {
                    let estimate = results.published(&held.info.id, Some(wave))?;
                    let value = estimate.estimate?;
                    Some(Point {
                        value,
                        interval: estimate.ci.map(|[low, high]| (low, high)),
                        label: format::value(value, unit),
                        small_base: estimate.flagged,
                    })
                })
                .collect(),
        })
        .filter(|line| line.points.iter().flatten().count() > 1)
        .collect();
    if series.is_empty() || waves.len() < 2 {
        return None;
    }
    let target = if series.len() == 1 { target_mark(material, first) } else { None };
    let values = series.iter().flat_map(|line| line.points.iter().flatten()).flat_map(point_ends);
    let axis = axes::around(values.chain(target.as_ref().map(|mark| mark.value)), unit, material.lang);
    let axis = if series.len() == 1 { named(axis, &material.spoken(first.info).1) } else { axis };
    let names = format::wave_labels(waves, material.lang);
    let bases = waves
        .iter()
        .zip(&names)
        .filter_map(|(wave, name)| Some((name.clone(), results.published(&first.info.id, Some(wave))?.printed_n()?)));
    let mut notes = vec![bases_note(material, bases)];
    notes.push(note(material.words.fill("note_band", &[("level", &material.confidence())])));
    if series.len() == 1 {
        notes.extend(control_limits(material, &first.info.id).map(note));
    }
    let items: Vec<String> = series
        .iter()
        .flat_map(|line| {
            let many = series.len() > 1;
            line.points.iter().zip(&names).filter_map(move |(point, wave)| {
                let label = &point.as_ref()?.label;
                Some(if many { format!("{} {wave} {label}", line.name) } else { format!("{wave} {label}") })
            })
        })
        .collect();
    let title = format::list(&series.iter().map(|line| line.name.clone()).collect::<Vec<_>>(), material.lang);
    let alt = alt_text(material, "alt_trend", &title, &items, target.as_ref());
    Some(Drawn { chart: Chart { kind: ChartKind::Trend { series, waves: names, axis, target }, alt }, notes })
}

/// How the answers of a scale fall, by the groups of a segment (or for the total alone), best net score first.
pub fn likert(material: &Material<'_>, distribution: &Distribution, segment: Option<usize>) -> Option<Drawn> {
    let wave = material.results().current_wave();
    let levels: Vec<String> = distribution.levels.iter().map(|level| level.get(material.lang).to_owned()).collect();
    let held: Vec<&DistributionRow> = distribution
        .rows
        .iter()
        .filter(|row| {
            row.wave.as_deref() == wave && row.shares.len() == levels.len() && row.shares.iter().sum::<f64>() > 0.0
        })
        .collect();
    let sides = sides(material, distribution);
    let by = segment.and_then(|index| Some((index, material.results().segments.get(index)?)));
    let mut rows: Vec<(f64, LikertRow)> = Vec::new();
    let mut omitted = Vec::new();
    if let Some((index, info)) = by {
        for (group, (value, _)) in info.groups.iter().enumerate() {
            let of_group = held
                .iter()
                .find(|row| row.segment.as_ref().is_some_and(|(column, name)| *column == info.column && name == value));
            match of_group {
                Some(row) => rows.push(likert_row(material, material.group_title(index, group), row, sides)),
                None => omitted.push(material.group_title(index, group)),
            }
        }
        rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    }
    let total = held.iter().find(|row| row.segment.is_none());
    rows.extend(total.map(|row| likert_row(material, material.word("total"), row, sides)));
    if rows.is_empty() || levels.len() < 2 {
        return None;
    }
    let rows: Vec<LikertRow> = rows.into_iter().map(|(_, row)| row).collect();
    let items: Vec<String> = rows.iter().map(|row| format!("{} {}", row.name, row.net)).collect();
    let question = question_title(material, distribution);
    let alt = alt_text(material, "alt_likert", &question, &items, None);
    let mut notes = vec![note(material.words.fill("note_likert", &[("question", &question)]))];
    let shown: Vec<(&Distribution, &DistributionRow)> = held
        .iter()
        .filter(|row| row.segment.as_ref().is_none_or(|(column, _)| by.is_some_and(|(_, info)| *column == info.column)))
        .map(|&row| (distribution, row))
        .collect();
    notes.extend(likert_notes(material, &shown, sides));
    if !omitted.is_empty() {
        let groups = format::list(&omitted, material.lang);
        notes.push(note(material.words.fill("note_omitted", &[("groups", &groups)])));
    }
    Some(Drawn { chart: Chart { kind: ChartKind::Likert { levels, sides, rows }, alt }, notes })
}

/// Several questions with the same answers, one row a question, for all respondents; best net score first.
pub fn likert_questions(material: &Material<'_>, questions: &[&Distribution]) -> Option<Drawn> {
    let wave = material.results().current_wave();
    let first = questions.first()?;
    let levels: Vec<String> = first.levels.iter().map(|level| level.get(material.lang).to_owned()).collect();
    let sides = sides(material, first);
    let mut shown: Vec<(&Distribution, &DistributionRow)> = Vec::new();
    let mut rows: Vec<(f64, LikertRow)> = questions
        .iter()
        .filter_map(|&held| {
            let total = held.rows.iter().find(|row| row.segment.is_none() && row.wave.as_deref() == wave)?;
            let complete = total.shares.len() == levels.len() && total.shares.iter().sum::<f64>() > 0.0;
            complete.then(|| {
                shown.push((held, total));
                likert_row(material, question_title(material, held), total, sides)
            })
        })
        .collect();
    if rows.is_empty() || levels.len() < 2 {
        return None;
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let rows: Vec<LikertRow> = rows.into_iter().map(|(_, row)| row).collect();
    let items: Vec<String> = rows.iter().map(|row| format!("{} {}", row.name, row.net)).collect();
    let alt = alt_text(material, "alt_likert", &material.word("questions"), &items, None);
    let mut notes = vec![note(material.word("note_likert_questions"))];
    notes.extend(likert_notes(material, &shown, sides));
    Some(Drawn { chart: Chart { kind: ChartKind::Likert { levels, sides, rows }, alt }, notes })
}

/// The question of a distribution, or its column's name.
pub fn question_title(material: &Material<'_>, held: &Distribution) -> String {
    held.title.as_ref().map_or(held.column.as_str(), |title| title.get(material.lang)).to_owned()
}

/// How many of the lowest answers are negative and of the highest positive: half of them each without the middle one, but seven
/// and two of eleven (detractors and promoters) where the question feeds the Net Promoter Score.
pub fn sides(material: &Material<'_>, held: &Distribution) -> [usize; 2] {
    let column = quote_name(&held.column);
    let usage = material.inputs.project.raw.plugins.get("nps");
    let recommends =
        usage.is_some_and(|usage| usage.inputs.values().any(|input| *input == held.column || *input == column));
    if recommends && held.levels.len() == 11 { [7, 2] } else { [held.levels.len() / 2; 2] }
}

/// Net score of a row of shares: positive ones less negative ones, rounded once at the end, as an indicator over the same
/// answers is.
pub fn net_score(shares: &[f64], [low, high]: [usize; 2]) -> f64 {
    let bottom: f64 = shares[..low].iter().sum();
    let top: f64 = shares[shares.len() - high..].iter().sum();
    format::round_half_away(top - bottom, 1)
}

/// What a reader who adds up or compares has to know: parts do not always make the whole, indicators may have other bases, and
/// which rows rest on few answers.
fn likert_notes(
    material: &Material<'_>,
    shown: &[(&Distribution, &DistributionRow)],
    sides: [usize; 2],
) -> Vec<Vec<Inline>> {
    let mut notes = Vec::new();
    if shown.iter().any(|(_, row)| parts_differ(&row.shares, sides)) {
        notes.push(note(material.word_or(
            "note_parts",
            "各项分别四舍五入，分项相加与合计、净值因此略有出入。",
            "Each part is rounded by itself, so parts may not add up to the whole or to the net score.",
        )));
    }
    let totals = shown.iter().filter(|(_, row)| row.segment.is_none());
    if totals.clone().any(|(held, row)| has_other_base(material, &held.column, row.n)) {
        notes.push(other_base_note(material));
    }
    if shown.iter().any(|(_, row)| is_small(material, row)) {
        notes.push(small_base_note(material));
    }
    notes
}

/// True where the printed parts make another sum than the printed whole or net score.
fn parts_differ(shares: &[f64], [low, high]: [usize; 2]) -> bool {
    let printed: Vec<f64> = shares.iter().map(|&share| format::round_half_away(share, 1)).collect();
    let sum = |part: &[f64]| part.iter().sum::<f64>();
    let net = sum(&printed[printed.len() - high..]) - sum(&printed[..low]);
    (sum(&printed) - 100.0).abs() > 0.05 || (net - net_score(shares, [low, high])).abs() > 0.05
}

/// Why a share here is not the value of the indicator.
pub(super) fn other_base_note(material: &Material<'_>) -> Vec<Inline> {
    note(material.word_or(
        "note_other_base",
        "此处以全部答过该题者为基数；指标只计其基数内的人（如知晓者、顾客），同一题的数值因此略有不同。",
        "Shares here are of all who answered the question; indicators count only their own base (the aware, customers), so their values differ slightly.",
    ))
}

/// True where an indicator over the question counts another number of people.
pub(super) fn has_other_base(material: &Material<'_>, column: &str, n: u64) -> bool {
    material.inputs.project.raw.plugins.iter().any(|(plugin, used)| {
        let Some(manifest) = material.inputs.plugins.get(plugin).map(|held| &held.manifest) else { return false };
        used.inputs.iter().filter(|(_, expression)| *expression == column).any(|(input, _)| {
            manifest.metrics.iter().filter(|metric| metric.estimator.reads(input)).any(|metric| {
                let current = material.summary(&metric.id).and_then(|held| held.current);
                current.and_then(Estimate::printed_n).is_some_and(|held| held != n)
            })
        })
    })
}

/// True for a row that rests on few answers.
fn is_small(material: &Material<'_>, row: &DistributionRow) -> bool {
    (row.n as f64) < material.inputs.project.raw.settings.flag_below
}

/// A net score with its sign, `+45.2`.
pub fn net_text(net: f64) -> String {
    format!("{}{}", if net > 0.0 { "+" } else { "" }, format::number(net, 1))
}

fn likert_row(material: &Material<'_>, name: String, row: &DistributionRow, sides: [usize; 2]) -> (f64, LikertRow) {
    let net = net_score(&row.shares, sides);
    let labels = row.shares.iter().map(|&share| format::number(share, 1)).collect();
    let name = if is_small(material, row) { format!("{name}{SMALL_BASE_MARK}") } else { name };
    (
        net,
        LikertRow {
            name,
            shares: row.shares.clone(),
            labels,
            net: net_text(net),
            base: format!("n = {}", format::count(row.n)),
        },
    )
}

/// Most groups of a radar that can be told apart.
const RADAR_GROUPS: usize = 3;

/// Indicators from 0 to 100 on spokes, for the total and the best and worst group of a segment. Complaint-like indicators are
/// turned around, so that outside is good everywhere. None with fewer than three spokes.
pub fn radar(material: &Material<'_>, chosen: &[&IndicatorSummary<'_>], segment: usize) -> Option<Drawn> {
    let fits = |held: &&&IndicatorSummary<'_>| {
        let estimate = held.current.and_then(|estimate| estimate.estimate);
        matches!(held.info.unit, Unit::Percent | Unit::Points)
            && estimate.is_some_and(|value| (0.0..=100.0).contains(&value))
    };
    let shown: Vec<&&IndicatorSummary<'_>> = chosen.iter().filter(fits).collect();
    let info = material.results().segments.get(segment)?;
    if shown.len() < 3 {
        return None;
    }
    let spokes = shown
        .iter()
        .map(|held| match held.info.better {
            Better::Lower => material.words.fill("reversed", &[("title", &material.title(held.info))]),
            _ => material.title(held.info),
        })
        .collect();
    let mut by_size: Vec<(usize, u64)> = (0..info.groups.len())
        .map(|group| {
            let n = shown.iter().filter_map(|held| held.segments.get(segment)?.groups.get(group).copied().flatten());
            (group, n.filter(|estimate| estimate.estimate.is_some()).map(|estimate| estimate.n).max().unwrap_or(0))
        })
        .filter(|&(_, n)| n > 0)
        .collect();
    // A group with a value hidden would be loose marks without an outline.
    let complete = |group: usize| {
        shown.iter().all(|held| {
            let estimate = held.segments.get(segment).and_then(|held| held.groups.get(group).copied().flatten());
            estimate.is_some_and(|estimate| estimate.estimate.is_some())
        })
    };
    by_size.retain(|&(group, _)| complete(group));
    by_size.sort_by_key(|&(group, n)| (std::cmp::Reverse(n), group));
    by_size.truncate(RADAR_GROUPS);
    by_size.sort_unstable();
    let left_out: Vec<String> = (0..info.groups.len())
        .filter(|group| by_size.iter().all(|(held, _)| held != group))
        .map(|group| material.group_title(segment, group))
        .collect();
    let groups: Vec<RadarGroup> = by_size
        .iter()
        .map(|&(group, _)| {
            let values: Vec<Option<f64>> = shown
                .iter()
                .map(|held| {
                    let estimate = held.segments.get(segment)?.groups.get(group).copied().flatten()?;
                    let value = estimate.estimate?.clamp(0.0, 100.0);
                    Some(if held.info.better == Better::Lower { 100.0 - value } else { value })
                })
                .collect();
            let labels =
                values.iter().map(|value| value.map_or(format::NO_VALUE.into(), |held| format::number(held, 1)));
            RadarGroup { name: material.group_title(segment, group), labels: labels.collect(), values }
        })
        .collect();
    // A profile is read against another.
    if groups.len() < 2 {
        return None;
    }
    let items: Vec<String> =
        groups.iter().map(|group| format!("{} {}", group.name, group.labels.join(" / "))).collect();
    let alt = alt_text(material, "alt_radar", info.title.get(material.lang), &items, None);
    let mut notes =
        vec![bases_note(material, by_size.iter().map(|&(group, n)| (material.group_title(segment, group), n)))];
    if !left_out.is_empty() {
        let groups = format::list(&left_out, material.lang);
        notes.push(note(material.fill_or(
            "note_radar_left_out",
            &[("groups", &groups)],
            "只画各项都有数值的组，至多三组；未画：{groups}。",
            "Drawn: groups with a value for every indicator, three at most; not drawn: {groups}.",
        )));
    }
    Some(Drawn { chart: Chart { kind: ChartKind::Radar { spokes, groups }, alt }, notes })
}
