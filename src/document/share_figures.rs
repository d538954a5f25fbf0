//! Charts of how a whole falls into parts, and of values against their targets: reasons by frequency, how far profit rests on few,
//! gauge cards. Sorting, running shares, axes and labels are settled here; the drawing is not.

use crate::analysis::IndicatorSummary;
use crate::analysis::banner::{BannerQuestion, RowKind};
use crate::charts::{Chart, ChartKind, Emphasis, Gauge, GaugeCard, Lorenz, LorenzMark, Mark, Pareto, ParetoRow};
use crate::config::raw::ColumnType;
use crate::document::blocks::Tone;
use crate::document::figures::{Drawn, alt_text};
use crate::document::format;
use crate::document::material::Material;
use crate::document::tables::target_tone;
use crate::document::{axes, banner_tables, cards, tables::note};
use crate::metrics::Unit;
use crate::models::concentration::CURVE;

/// The reasons that make up so much of all are told apart from the rest.
const VITAL: f64 = 80.0;
/// Options that gather what is not listed; they stand last, however many name them.
const OTHERS: [&str; 6] = ["其他", "其它", "other", "others", "other reason", "其他原因"];
/// Shares of the customers that are named on the curve of a concentration.
const NAMED: [f64; 2] = [20.0, 50.0];

/// One part of a whole.
struct Part {
    name: String,
    /// In percent of those who answered; none where hidden.
    share: Option<f64>,
    small_base: bool,
    last: bool,
}

/// Questions with options that a chart of reasons can be made of, by column: those of a banner, or of all.
pub fn questions<'a>(material: &Material<'a>, banner: Option<&str>) -> Vec<&'a BannerQuestion> {
    let tables = banner_tables::newest(material).into_iter().filter(|table| banner.is_none_or(|id| table.id == id));
    tables.flat_map(|table| &table.questions).filter(|question| banner_tables::is_choice(question)).collect()
}

/// The options of a question of a banner by how many chose them. None where the banner hides the answers.
pub fn pareto_of_question(material: &Material<'_>, question: &BannerQuestion) -> Option<Drawn> {
    let lang = material.lang;
    let base = question.bases.first()?;
    let parts = question.rows.iter().filter(|row| row.kind == RowKind::Answer).map(|row| {
        let stored = row.value.as_deref().unwrap_or_default().trim().to_lowercase();
        Part {
            name: row.title.get(lang).to_owned(),
            share: row.cells.first().and_then(|cell| cell.estimate),
            small_base: base.flagged,
            last: OTHERS.contains(&stored.as_str()),
        }
    });
    let several = question.kind == ColumnType::Multi;
    let title = question.title.get(lang).to_owned();
    pareto(material, parts.collect(), &title, base.n?, several)
}

/// Indicators that are shares of one base, such as the reasons for leaving. None without two values.
pub fn pareto_of_metrics(material: &Material<'_>, chosen: &[&IndicatorSummary<'_>]) -> Option<Drawn> {
    let shares = || chosen.iter().filter(|held| held.info.unit == Unit::Percent);
    let parts: Vec<Part> = shares()
        .map(|held| Part {
            name: material.title(held.info),
            share: held.current.and_then(|estimate| estimate.estimate),
            small_base: held.current.is_some_and(|estimate| estimate.flagged),
            last: false,
        })
        .collect();
    let (first, n) = shares().find_map(|held| {
        let shown = held.current.filter(|estimate| estimate.estimate.is_some())?;
        Some((held, shown.printed_n()?))
    })?;
    let title = first.info.base_title.get(material.lang).to_owned();
    pareto(material, parts, &title, n, false)
}

fn pareto(material: &Material<'_>, mut parts: Vec<Part>, title: &str, n: u64, several: bool) -> Option<Drawn> {
    parts.retain(|part| part.share.is_none_or(|share| share > 0.0));
    if parts.iter().filter(|part| part.share.is_some()).count() < 2 {
        return None;
    }
    parts.sort_by(|a, b| {
        let share = |part: &Part| part.share.unwrap_or(f64::NEG_INFINITY);
        a.last.cmp(&b.last).then(share(b).total_cmp(&share(a)))
    });
    let all: f64 = parts.iter().filter_map(|part| part.share).sum();
    let mut running = 0.0;
    let mut vital = 0;
    let rows: Vec<ParetoRow> = parts
        .iter()
        .map(|part| {
            let before = running;
            running += part.share.unwrap_or(0.0) / all * 100.0;
            let is_vital = before < VITAL && !part.last && part.share.is_some();
            vital += usize::from(is_vital);
            ParetoRow {
                name: part.name.clone(),
                value: part.share,
                label: part.share.map_or_else(
                    || format::NO_VALUE.to_owned(),
                    |share| format::value_with_unit(share, Unit::Percent, material.lang),
                ),
                cumulative: part.share.map(|_| running.min(100.0)),
                cumulative_label: part.share.map_or_else(String::new, |_| format!("{}%", format::number(running, 1))),
                emphasis: if is_vital { Emphasis::Accent } else { Emphasis::Plain },
                small_base: part.small_base,
            }
        })
        .collect();
    let reached: f64 = rows.iter().take(vital).filter_map(|row| row.cumulative).next_back()?;
    let count = format::count(vital as u64);
    let share = format!("{}%", format::number(reached, 1));
    let values = [("count", count.as_str()), ("share", share.as_str())];
    let threshold_note =
        material.fill_or("pareto_note", &values, "前 {count} 项占 {share}", "the first {count} make {share}");
    let cumulative_title = if several {
        material.word_or("pareto_mentions", "占全部提及的累计比例", "running share of all mentions")
    } else {
        material.word_or("pareto_running", "累计占比", "running share")
    };
    let items: Vec<String> =
        rows.iter().map(|row| format!("{} {}", row.name, row.label)).chain([threshold_note.clone()]).collect();
    let alt = alt_text(material, "alt_bar", title, &items, None);
    let kind = ChartKind::Pareto(Pareto {
        axis: axes::from_zero(rows.iter().filter_map(|row| row.value), Unit::Percent, material.lang),
        rows,
        value_title: material.word_or("pareto_share", "占比", "share"),
        cumulative_title,
        threshold: Some(Mark { value: VITAL, label: format!("{VITAL:.0}%") }),
        threshold_note,
    });
    let n = format::count(n);
    let mut notes = vec![note(material.fill_or("note_pareto_base", &[("n", &n)], "基数：{n}。", "Base: {n}."))];
    if several {
        let own = material.word_or(
            "note_pareto_several",
            "可选多项，各项占比之和可超过100%。",
            "Several answers were possible; shares add up to more than 100%.",
        );
        notes.push(note(own));
    }
    Some(Drawn { chart: Chart { kind, alt }, notes })
}

/// How far the whole rests on few: the curve of a concentration for all answers of the newest wave. None without one.
pub fn lorenz(material: &Material<'_>, id: &str) -> Option<Drawn> {
    let lang = material.lang;
    let info = material.inputs.models.info(id)?;
    let result = material.inputs.models.find(id, material.results().current_wave(), None)?;
    let table = result.tables.iter().find(|table| table.id == CURVE)?;
    let point = |row: &crate::models::info::RowResult| Some((row.number("customers")?.0, row.number("share")?.0));
    let points: Vec<(f64, f64)> = table.rows.iter().filter_map(point).collect();
    if points.len() < 2 {
        return None;
    }
    let percent = |value: f64| format!("{}%", format::number(value, 1));
    let marks: Vec<LorenzMark> = points
        .iter()
        .filter(|(x, _)| NAMED.contains(x))
        .map(|&(x, y)| LorenzMark {
            x: Some(x),
            y: Some(y),
            label: material.fill_or(
                "lorenz_mark",
                &[("customers", &format!("{x:.0}%")), ("share", &percent(y))],
                "前 {customers} 的顾客带来 {share}",
                "the best {customers} of customers bring {share}",
            ),
            emphasis: if x == NAMED[0] { Emphasis::Accent } else { Emphasis::Plain },
        })
        .collect();
    let gini = ["gini", "gini_normalised"]
        .iter()
        .find_map(|id| result.values.get(*id).filter(|value| value.estimate.is_some()))
        .and_then(|value| {
            let interval = value.ci.map(|[low, high]| {
                format!(" [{}]", format::range(&format::number(low, 3), &format::number(high, 3), lang))
            });
            Some(format!(
                "{} {}{}",
                value.title.get(lang),
                format::number(value.estimate?, 3),
                interval.unwrap_or_default()
            ))
        });
    let items: Vec<String> = marks.iter().map(|mark| mark.label.clone()).chain(gini.clone()).collect();
    let alt = alt_text(material, "alt_bar", info.title.get(lang), &items, None);
    let hundred = || axes::from_zero([0.0, 100.0].into_iter(), Unit::Percent, lang);
    let kind = ChartKind::Lorenz(Lorenz {
        y_axis: axes::from_zero(points.iter().map(|point| point.1).chain([100.0]), Unit::Percent, lang),
        points,
        x_axis: hundred(),
        x_title: material.word_or("lorenz_x", "顾客累计占比（由高到低）", "customers, the best first"),
        y_title: material.word_or("lorenz_y", "累计占总额", "share of the whole"),
        curve_title: material.word_or("lorenz_curve", "实际分布", "as it is"),
        equality_title: material.word_or("lorenz_equal", "完全平均", "if all were equal"),
        marks,
        summary: gini.unwrap_or_default(),
    });
    let n = format::count(result.n);
    let base = note(material.fill_or("note_lorenz_base", &[("n", &n)], "基数：{n} 位顾客。", "Base: {n} customers."));
    Some(Drawn { chart: Chart { kind, alt }, notes: vec![base] })
}

/// Indicators against their targets and the wave before. None without one that has a value.
pub fn gauge(material: &Material<'_>, chosen: &[&IndicatorSummary<'_>]) -> Option<Drawn> {
    let cards: Vec<GaugeCard> =
        chosen.iter().filter(|held| held.has_value()).filter_map(|held| gauge_card(material, held)).collect();
    if cards.is_empty() {
        return None;
    }
    let item = |card: &GaugeCard| {
        let target = card.target.iter().map(|mark| format!(" · {}", mark.label));
        format!("{} {}{}", card.name, card.label, target.collect::<String>())
    };
    let items: Vec<String> = cards.iter().map(item).collect();
    let title = material.word_or("gauge_title", "指标与目标", "indicators against their targets");
    let alt = alt_text(material, "alt_bar", &title, &items, None);
    let mut notes = vec![note(material.words.fill("note_whiskers", &[("level", &material.confidence())]))];
    if cards.iter().any(|card| card.small_base) {
        let limit = format::short_number(material.inputs.project.raw.settings.flag_below, 0);
        notes.push(note(material.words.fill("note_hollow", &[("limit", &limit)])));
    }
    Some(Drawn { chart: Chart { kind: ChartKind::Gauge(Gauge { cards }), alt }, notes })
}

/// The colour of a chart for the tone that cards and tables give the same value.
fn emphasis_of(tone: Tone) -> Emphasis {
    match tone {
        Tone::Good => Emphasis::Accent,
        Tone::Bad => Emphasis::Bad,
        Tone::Neutral | Tone::Info | Tone::Warning => Emphasis::Plain,
    }
}

fn gauge_card(material: &Material<'_>, held: &IndicatorSummary<'_>) -> Option<GaugeCard> {
    let (info, lang) = (held.info, material.lang);
    let estimate = held.current?;
    let value = estimate.estimate?;
    let goal = material.target(info);
    let before = held.previous.and_then(|estimate| estimate.estimate);
    let named = cards::card(material, held);
    let interval = estimate.ci.map(|[low, high]| (low, high));
    let ends = interval.map_or([value, value], |(low, high)| [low, high]);
    let seen = ends.into_iter().chain(goal).chain(before);
    // A bar begins at zero; that of a share is read against all of it.
    let axis = match info.unit {
        Unit::Percent if value > 25.0 => axes::from_zero(seen.chain([100.0]), info.unit, lang),
        _ => axes::from_zero(seen, info.unit, lang),
    };
    let previous = before.zip(material.results().previous_wave()).map(|(value, wave)| Mark {
        value,
        label: format!("{} {}", format::wave(wave, lang), format::value(value, info.unit)),
    });
    Some(GaugeCard {
        name: named.title,
        value: Some(value),
        interval,
        label: format::value_with_unit(value, info.unit, lang),
        note: named.change,
        axis,
        target: goal.map(|value| Mark { value, label: named.target }),
        previous,
        emphasis: emphasis_of(target_tone(held)),
        small_base: estimate.flagged,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::diagnostics::Lang;
    use crate::document::fixtures;

    fn parts(shares: &[(&str, Option<f64>)]) -> Vec<Part> {
        let part = |(name, share): &(&str, Option<f64>)| Part {
            name: (*name).to_owned(),
            share: *share,
            small_base: false,
            last: *name == "other",
        };
        shares.iter().map(part).collect()
    }

    fn made(drawn: Drawn) -> Pareto {
        match drawn.chart.kind {
            ChartKind::Pareto(made) => made,
            other => panic!("{other:?}"),
        }
    }

    /// 50, 30, 12, 8 of 100: the first two reach 80 exactly; what is left over stands last though it is larger than the least.
    #[test]
    fn reasons_run_from_the_most_frequent_to_the_rest() {
        fixtures::with_material(Lang::En, |material| {
            let held =
                parts(&[("taste", Some(30.0)), ("other", Some(12.0)), ("queue", Some(50.0)), ("price", Some(8.0))]);
            let chart = made(pareto(material, held, "why", 200, false).unwrap());
            let rows: Vec<(&str, f64, Emphasis)> =
                chart.rows.iter().map(|row| (row.name.as_str(), row.cumulative.unwrap(), row.emphasis)).collect();
            let (vital, rest) = (Emphasis::Accent, Emphasis::Plain);
            assert_eq!(
                rows,
                [("queue", 50.0, vital), ("taste", 80.0, vital), ("price", 88.0, rest), ("other", 100.0, rest)]
            );
            assert_eq!(chart.threshold_note, "the first 2 make 80.0%");
        });
    }

    /// Where several answers may be given, the line runs over all mentions: 60 and 40 are 60 % and 40 % of 100 mentions of 80 people.
    #[test]
    fn mentions_of_several_answers_add_up_to_all() {
        fixtures::with_material(Lang::ZhCn, |material| {
            let held = parts(&[("价格", Some(75.0)), ("口味", Some(50.0)), ("没人选", Some(0.0))]);
            let chart = made(pareto(material, held, "原因", 80, true).unwrap());
            let running: Vec<&str> = chart.rows.iter().map(|row| row.cumulative_label.as_str()).collect();
            assert_eq!(running, ["60.0%", "100.0%"]);
            assert_eq!(chart.rows[0].label, "75.0%");
        });
    }

    #[test]
    fn one_answer_or_hidden_ones_are_no_chart() {
        fixtures::with_material(Lang::En, |material| {
            assert!(pareto(material, parts(&[("only", Some(100.0))]), "why", 9, false).is_none());
            assert!(pareto(material, parts(&[("a", None), ("b", None)]), "why", 9, false).is_none());
        });
    }

    #[test]
    fn a_card_says_whether_the_target_is_met() {
        fixtures::with_material(Lang::En, |material| {
            let drawn = gauge(material, &material.lead()).unwrap();
            let ChartKind::Gauge(Gauge { cards }) = &drawn.chart.kind else { panic!("{drawn:?}") };
            assert_eq!(cards.len(), material.lead().iter().filter(|held| held.has_value()).count());
            for card in cards {
                let (value, axis) = (card.value.unwrap(), &card.axis);
                assert!(axis.min <= 0.0 && value <= axis.max, "a bar begins at zero: {card:?}");
                let held = material.lead().into_iter().find(|held| material.title(held.info) == card.name).unwrap();
                let met = held.target.is_some_and(|target| target.met);
                assert_eq!(card.emphasis == Emphasis::Accent, met, "blue is for what is met: {card:?}");
                if let Some(target) = &card.target {
                    assert!(axis.min <= target.value && target.value <= axis.max, "{card:?}");
                }
            }
            assert!(cards.iter().any(|card| card.target.is_some()));
        });
    }
}
