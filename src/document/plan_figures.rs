//! Charts of the plan: the calendar of actions, and how far each assumption moves the net benefit.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::charts::{Chart, ChartKind, Emphasis, Gantt, GanttTask, Mark, Tornado, TornadoRow};
use crate::diagnostics::Lang;
use crate::document::figures::{Drawn, alt_text};
use crate::document::finding_tables::assumption_name;
use crate::document::format;
use crate::document::material::Material;
use crate::document::{axes, tables::note};
use crate::metrics::Unit;
use crate::plan::Action;

/// Days since 1970-01-01.
fn day(date: NaiveDate) -> f64 {
    NaiveDate::from_ymd_opt(1970, 1, 1).map_or(0.0, |epoch| (date - epoch).num_days() as f64)
}

/// The actions on a calendar, the earliest first. None without an action that has both its days.
pub fn gantt(material: &Material<'_>) -> Option<Drawn> {
    let lang = material.lang;
    let plan = &material.plan;
    let mut order: Vec<(usize, &Action, NaiveDate, NaiveDate)> = plan
        .actions
        .iter()
        .enumerate()
        .filter_map(|(index, action)| Some((index, action, action.start?, action.end?)))
        .collect();
    order.sort_by_key(|(index, _, start, end)| (*start, *end, *index));
    let first = order.iter().map(|held| held.2).min()?;
    let last = order.iter().map(|held| held.3).max()?;
    let place = |wanted: usize| order.iter().position(|held| held.0 == wanted);
    let leading = plan.actions.iter().filter_map(|action| action.raw.priority).min();
    let tasks: Vec<GanttTask> = order
        .iter()
        .map(|(_, action, start, end)| GanttTask {
            name: action.raw.what.get(lang).trim_end_matches(['。', '.']).to_owned(),
            responsible: action.raw.who.get(lang).to_owned(),
            start: Some(day(*start)),
            end: Some(day(*end) + 1.0),
            label: format::day_span(*start, *end, lang),
            done: None,
            after: action.after.iter().filter_map(|&before| place(before)).collect(),
            emphasis: if leading.is_some() && action.raw.priority == leading {
                Emphasis::Accent
            } else {
                Emphasis::Plain
            },
        })
        .collect();
    let items: Vec<String> = tasks.iter().map(|task| format!("{} {}", task.name, task.label)).collect();
    let title = material.word_or("gantt_title", "行动日程", "calendar of actions");
    let alt = alt_text(material, "alt_bar", &title, &items, None);
    let kind = ChartKind::Gantt(Gantt {
        tasks,
        first: day(first),
        last: day(last) + 1.0,
        months: months(first, last, lang),
        weeks: weeks(first, last),
        today: None,
        responsible_title: material.word("col_who"),
        dates_title: material.word("col_when"),
    });
    Some(Drawn { chart: Chart { kind, alt }, notes: Vec::new() })
}

/// The first day of every month from that of `first` on; the year stands above the first one and above January.
fn months(first: NaiveDate, last: NaiveDate, lang: Lang) -> Vec<Mark> {
    let mut marks = Vec::new();
    let (mut year, mut month) = (first.year(), first.month());
    while let Some(begin) = NaiveDate::from_ymd_opt(year, month, 1).filter(|begin| *begin <= last) {
        let short = match lang {
            Lang::ZhCn | Lang::ZhTw => format!("{month}月"),
            Lang::En => begin.format("%b").to_string(),
        };
        let label = if marks.is_empty() || month == 1 {
            match lang {
                Lang::ZhCn | Lang::ZhTw => format!("{year}年\n{short}"),
                Lang::En => format!("{year}\n{short}"),
            }
        } else {
            short
        };
        marks.push(Mark { value: day(begin).max(day(first)), label });
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    marks
}

/// Every Monday.
fn weeks(first: NaiveDate, last: NaiveDate) -> Vec<Mark> {
    let ahead = (7 - first.weekday().days_since(Weekday::Mon)) % 7;
    let mut found = Vec::new();
    let mut monday = first.checked_add_days(Days::new(u64::from(ahead)));
    while let Some(date) = monday.filter(|date| *date <= last) {
        found.push(Mark { value: day(date), label: String::new() });
        monday = date.checked_add_days(Days::new(7));
    }
    found
}

/// Each uncertain assumption at its ends. None where nothing is uncertain.
pub fn tornado(material: &Material<'_>) -> Option<Drawn> {
    let finance = &material.inputs.planned.finance;
    let lang = material.lang;
    if finance.swings.is_empty() {
        return None;
    }
    let money = |value: f64| material.money.plain(value);
    let rows: Vec<TornadoRow> = finance
        .swings
        .iter()
        .map(|swing| {
            let name = assumption_name(material, &material.plan.raw, swing.assumption);
            let [low, _, high] = swing.limits.map(|value| format::short_number(value, 2));
            let range = format::range(&low, &high, lang);
            TornadoRow {
                name: if lang.is_chinese() { format!("{name}（{range}）") } else { format!("{name} ({range})") },
                low: Some(swing.net_low),
                low_label: money(swing.net_low),
                high: Some(swing.net_high),
                high_label: money(swing.net_high),
                emphasis: Emphasis::Plain,
            }
        })
        .collect();
    let ends = finance.swings.iter().flat_map(|swing| [swing.net_low, swing.net_high]);
    let axis = axes::around(ends.chain([finance.net]), Unit::Number, lang);
    let base = Mark {
        value: finance.net,
        label: format!("{} {}", material.word_or("tornado_base", "最可能", "likeliest"), money(finance.net)),
    };
    let reference = (axis.min < 0.0 && axis.max > 0.0)
        .then(|| Mark { value: 0.0, label: material.word_or("tornado_zero", "盈亏平衡", "break-even") });
    let items: Vec<String> =
        rows.iter().map(|row| format!("{} {} / {}", row.name, row.low_label, row.high_label)).collect();
    let title = material.word_or("tornado_title", "净收益对各项前提的敏感程度", "net benefit by assumption");
    let alt = alt_text(material, "alt_bar", &title, &items, None);
    let kind = ChartKind::Tornado(Tornado {
        rows,
        base,
        reference,
        axis,
        low_title: material.word_or("tornado_low", "前提取最低值", "assumption at its lowest"),
        high_title: material.word_or("tornado_high", "前提取最高值", "assumption at its highest"),
    });
    let unit = material.words.fill("note_currency", &[("currency", material.money.currency())]);
    Some(Drawn { chart: Chart { kind, alt }, notes: vec![note(unit)] })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::plan::calendar::parse_date;

    /// 1 December 2026 is a Tuesday; the Mondays up to the end of January are the 7th, 14th, 21st, 28th and so on.
    #[test]
    fn months_and_weeks_are_marked() {
        let (first, last) = (parse_date("2026-12-01").unwrap(), parse_date("2027-01-31").unwrap());
        let names: Vec<String> = months(first, last, Lang::ZhCn).into_iter().map(|mark| mark.label).collect();
        assert_eq!(names, ["2026年\n12月", "2027年\n1月"], "the year stands above its first month");
        let mondays = weeks(first, last);
        assert_eq!(mondays.len(), 8);
        assert_eq!(mondays[0].value, day(parse_date("2026-12-07").unwrap()));
        // `date -d 2026-12-07 +%s` / 86400
        assert_eq!(mondays[0].value, 20_794.0);
    }
}
