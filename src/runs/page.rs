//! The page of a release about itself: control charts of the indicators over the periods, what the revision changed, and gates that
//! did not hold. One HTML file a language, made of the release alone.

use std::collections::BTreeMap;

use indexmap::{IndexMap, IndexSet};

use crate::analysis::{ChartPoint, IndicatorChart};
use crate::charts::{Chart, ChartKind, Point, Series};
use crate::config::Project;
use crate::config::raw::{ControlChart, RuleSet};
use crate::diagnostics::{Diagnostics, Lang};
use crate::document::blocks::{
    Align, Block, Document, Figure, Inline, Meta, Table, TableCell, TableColumn, TableRow, Tone,
};
use crate::document::findings::{baseline_text, rule_title};
use crate::document::taiwan::in_its_language;
use crate::document::{axes, format};
use crate::metrics::Unit;
use crate::render::html::render_html;
use crate::render::templates::{files_of, typst_sources};
use crate::render::typst::{ChartPicture, Fonts, TypstSources, forget_unused, render_chart_svg};
use crate::runs::cause;
use crate::runs::record::Release;
use crate::runs::titles::group_names;

/// Changed numbers that are listed; the file of the release has all of them.
const MOST_CHANGES: usize = 40;

/// Periods in which a rule fired that a note under a chart names; the table has all of them.
const MOST_SIGNALS: usize = 6;

/// Width of a chart in points.
const CHART_WIDTH: f64 = 480.0;

/// The pages of a release, name and bytes, one in each language of its reports.
pub fn pages(project: &Project, release: &Release) -> Vec<(String, Vec<u8>)> {
    let declared = project.raw.reports.iter().flat_map(|report| report.langs.iter().copied());
    let langs: IndexSet<Lang> = std::iter::once(project.lang()).chain(declared).collect();
    // The look is that of the built-in pack; a chart that cannot be drawn is left out, its numbers stand in the table.
    let mut unsaid = Diagnostics::new();
    let typst = typst_sources("satisfaction-plan", None, &mut unsaid);
    let css = files_of("base", None, &mut unsaid).remove("theme.css").map(|file| file.text);
    let fonts = Fonts::system();
    let named = langs
        .iter()
        .enumerate()
        .map(|(index, lang)| (if index == 0 { "index.html".to_owned() } else { format!("index.{lang}.html") }, *lang));
    let named: Vec<(String, Lang)> = named.collect();
    let page = |(name, lang): &(String, Lang)| {
        let document = page(project, release, *lang, &named);
        let html = draw(&document, css.as_deref(), &typst, &fonts);
        (name.clone(), html.into_bytes())
    };
    let made = named.iter().map(page).collect();
    forget_unused();
    made
}

fn draw(document: &Document, css: Option<&str>, typst: &TypstSources, fonts: &Fonts) -> String {
    let picture = |chart: &Chart, index: usize| {
        let picture = ChartPicture {
            id: &format!("figure-{}", index + 1),
            lang: document.meta.lang,
            width_pt: CHART_WIDTH,
            words: &document.meta.words,
            brand: None,
        };
        render_chart_svg(chart, &picture, typst, fonts, &mut Diagnostics::new())
    };
    render_html(document, css, &picture)
}

/// One page; `named` are the pages of all languages with their names.
fn page(project: &Project, release: &Release, lang: Lang, named: &[(String, Lang)]) -> Document {
    let say = |zh: &str, en: &str| if lang == Lang::En { en.to_owned() } else { zh.to_owned() };
    let period = format::wave(&release.period.to_string(), lang);
    let title = project.raw.project.title.get(lang).to_owned();
    let heading = |level, id: &str, text: String| Block::Heading {
        level,
        small: false,
        id: id.to_owned(),
        number: None,
        content: vec![Inline::text(text)],
    };
    let paragraph = |text: String| Block::Paragraph { content: vec![Inline::text(text)] };
    let mut blocks = vec![heading(1, "release", period.clone())];
    blocks.push(paragraph(match lang {
        Lang::En => format!("Revision {}; answers: {}.", release.revision, format::count(release.numbers.answers)),
        _ => format!("第 {} 版，答卷 {} 份。", release.revision, format::count(release.numbers.answers)),
    }));
    if let Some(cause) = &release.cause {
        let same = if release.changes.is_empty() { cause::same_numbers(lang) } else { "" };
        let space = if lang == Lang::En && !same.is_empty() { " " } else { "" };
        blocks.push(paragraph(cause.text(lang) + space + same));
    }
    let others = named.iter().filter(|(_, other)| *other != lang);
    let others: Vec<Inline> = others.map(|(name, other)| link(name, language_name(*other).to_owned())).collect();
    if !others.is_empty() {
        let between = |(index, other): (usize, Inline)| [Inline::text(if index == 0 { "" } else { " · " }), other];
        blocks.push(Block::Paragraph { content: others.into_iter().enumerate().flat_map(between).collect() });
    }
    let links = file_links(project, release, lang);
    let items: Vec<Vec<Block>> =
        links.into_iter().map(|(url, label)| vec![Block::Paragraph { content: vec![link(&url, label)] }]).collect();
    if !items.is_empty() {
        blocks.push(Block::List { ordered: false, start: 1, items });
    }
    if !release.changes.is_empty() {
        blocks.push(heading(2, "changes", say("本次修订改动的数值", "Numbers changed by this revision")));
        blocks.push(changes_table(project, release, lang));
    }
    if !release.gates.is_empty() {
        blocks.push(heading(2, "gates", say("未满足的关卡", "Gates that did not hold")));
        let key = if lang == Lang::En { "en" } else { "zh-CN" };
        let texts = release.gates.iter().filter_map(|gate| gate["text"][key].as_str());
        let items = texts.map(|text| vec![Block::Paragraph { content: with_code(text) }]).collect();
        blocks.push(Block::List { ordered: false, start: 1, items });
        if release.approved {
            blocks.push(paragraph(say("发布前已获批准。", "The release was approved.")));
        }
    }
    let charts = &release.numbers.charts;
    if !charts.is_empty() {
        blocks.push(heading(2, "control", say("控制图", "Control charts")));
        blocks.push(paragraph(limits_text(project, charts, lang)));
        for (index, chart) in charts.iter().enumerate() {
            blocks.extend(figure(chart, index, lang));
            blocks.push(points_table(chart, index, lang));
        }
    }
    let date = release.period.last_day();
    in_its_language(Document {
        meta: Meta {
            title,
            subtitle: None,
            client: None,
            planner: None,
            lang,
            date: date.to_string(),
            date_text: format::date(date, lang),
            period,
            words: BTreeMap::new(),
            brand: None,
        },
        blocks,
    })
}

fn link(url: &str, label: String) -> Inline {
    let url = url.replace('%', "%25").replace(' ', "%20").replace('#', "%23").replace('?', "%3F");
    Inline::Link { url, content: vec![Inline::text(label)] }
}

/// A language as it calls itself.
fn language_name(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "English",
        Lang::ZhCn => "简体中文",
        Lang::ZhTw => "繁體中文",
    }
}

/// The documents of a release, address and label, those in a language of their own first where a report has several.
fn file_links(project: &Project, release: &Release, lang: Lang) -> Vec<(String, String)> {
    let mut links = Vec::new();
    for report in &release.reports {
        let declared = project.raw.reports.iter().find(|held| held.id == report.id);
        let langs = declared.map_or(&[][..], |held| &held.langs);
        let tagged = |file: &str, lang: Lang| file.contains(&format!("_{lang}."));
        let foreign = |file: &str| langs.iter().any(|other| *other != lang && tagged(file, *other));
        let shown = report.files.iter().map(|file| file.file.as_str());
        let mut shown: Vec<&str> = shown.filter(|file| !file.contains('/') && *file != "manifest.json").collect();
        shown.sort_by_key(|file| foreign(file));
        links.extend(shown.iter().map(|file| (format!("{}/{file}", report.id), format!("{} · {file}", report.id))));
    }
    links
}

/// A text of the catalogue, in which names stand between backticks.
fn with_code(text: &str) -> Vec<Inline> {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return vec![Inline::text(text)];
    }
    let part = |(index, part): (usize, &&str)| match index % 2 {
        0 => Inline::text(*part),
        _ => Inline::Code { text: (*part).to_owned() },
    };
    parts.iter().enumerate().filter(|(_, part)| !part.is_empty()).map(part).collect()
}

/// A group in words, empty for the total: `门店：东街店`.
fn group_text(project: &Project, segment: &IndexMap<String, String>, lang: Lang) -> String {
    let part = |(column, value): (&String, &String)| {
        let (title, value) = group_names(project, column, value);
        let (title, value) = (title.get(lang), value.get(lang));
        if lang == Lang::En { format!("{title}: {value}") } else { format!("{title}：{value}") }
    };
    segment.iter().map(part).collect::<Vec<_>>().join(if lang == Lang::En { "; " } else { "；" })
}

/// Where the limits of the charts come from, and which rules are looked at.
fn limits_text(project: &Project, charts: &[IndicatorChart], lang: Lang) -> String {
    let mut sentences = Vec::new();
    let mut baselines: IndexMap<String, Vec<String>> = IndexMap::new();
    for chart in charts {
        let held = chart.baseline.as_ref().map_or_else(String::new, |baseline| baseline_text(baseline, lang));
        baselines.entry(held).or_default().push(chart.title.get(lang).to_owned());
    }
    let several = baselines.len() > 1;
    for (baseline, titles) in &baselines {
        let of = if several { format::list(titles, lang) } else { String::new() };
        sentences.push(match (lang, baseline.is_empty(), several) {
            (Lang::En, true, false) => "There are too few periods for limits yet.".to_owned(),
            (Lang::En, true, true) => format!("There are too few periods yet for limits of {of}."),
            (Lang::En, false, false) => format!("Limits lie 3σ from the centre; both come from {baseline}."),
            (Lang::En, false, true) => format!("Limits of {of} lie 3σ from the centre; both come from {baseline}."),
            (_, true, false) => "期数尚少，未算控制限。".to_owned(),
            (_, true, true) => format!("{of}期数尚少，未算控制限。"),
            (_, false, false) => format!("控制限距中心线3σ，两者由{baseline}算得。"),
            (_, false, true) => format!("{of}的控制限距中心线3σ，两者由{baseline}算得。"),
        });
    }
    if charts.iter().any(|chart| chart.baseline.is_some()) {
        for (kind, zh, en) in [
            (
                ControlChart::Xmr,
                "σ 取自相邻两期之差的平均（单值—移动极差图）。",
                "σ is taken from the mean difference of neighbouring periods (individuals and moving range).",
            ),
            (
                ControlChart::P,
                "比例的 σ 取自各期的有效样本量（p 图）。",
                "σ of shares is taken from the effective number of answers of each period (p chart).",
            ),
        ] {
            if charts.iter().any(|chart| chart.chart == kind) {
                sentences.push(if lang == Lang::En { en } else { zh }.to_owned());
            }
        }
        let rules = project.raw.runs.as_ref().map(|runs| runs.control.rules).unwrap_or_default();
        let name = match rules {
            RuleSet::WesternElectric => "Western Electric",
            RuleSet::Nelson => "Nelson",
        };
        sentences.push(if lang == Lang::En { format!("Rules: {name}.") } else { format!("判异规则：{name}。") });
    }
    sentences.join(if lang == Lang::En { " " } else { "" })
}

fn cell(text: impl Into<String>) -> TableCell {
    TableCell { content: vec![Inline::text(text)], ..TableCell::default() }
}

fn columns(titles: &[(&str, Align)]) -> Vec<TableColumn> {
    let column =
        |(title, align): &(&str, Align)| TableColumn { title: vec![Inline::text(*title)], align: *align, parts: 0.0 };
    titles.iter().map(column).collect()
}

fn changes_table(project: &Project, release: &Release, lang: Lang) -> Block {
    let metric = |id: &str| release.numbers.metrics.iter().find(|held| held.id == id);
    let value = |value: Option<f64>, unit| {
        value.map_or_else(|| format::NO_VALUE.to_owned(), |held| format::value_with_unit(held, unit, lang))
    };
    let count = |n: Option<u64>| n.map_or_else(|| format::NO_VALUE.to_owned(), format::count);
    let rows = release.changes.iter().take(MOST_CHANGES).map(|change| {
        let known = metric(&change.metric);
        let unit = known.map_or(Unit::Number, |held| held.unit);
        let group = group_text(project, &change.segment, lang);
        let title = known.map_or_else(|| change.metric.clone(), |held| held.title.get(lang).to_owned());
        let cells = vec![
            cell(title),
            cell(group),
            cell(value(change.before, unit)),
            cell(value(change.after, unit)),
            cell(count(change.n_before)),
            cell(count(change.n_after)),
        ];
        TableRow { cells, strong: change.segment.is_empty() }
    });
    let (left, right) = (Align::Left, Align::Right);
    let titles = match lang {
        Lang::En => {
            [("Indicator", left), ("Group", left), ("Before", right), ("Now", right), ("n before", right), ("n", right)]
        }
        _ => [("指标", left), ("分组", left), ("此前", right), ("现在", right), ("原 n", right), ("n", right)],
    };
    let rows: Vec<TableRow> = rows.collect();
    let more = release.changes.len().saturating_sub(MOST_CHANGES);
    let note = match lang {
        Lang::En => format!("More changes in release.json: {more}."),
        _ => format!("另有 {more} 处变动，见 release.json。"),
    };
    let notes = if more > 0 { vec![vec![Inline::text(note)]] } else { Vec::new() };
    Block::Table(Table { id: "changed-numbers".into(), columns: columns(&titles), rows, notes, ..Table::default() })
}

/// A value with its interval.
type Drawn = (f64, Option<(f64, f64)>);

fn figure(chart: &IndicatorChart, index: usize, lang: Lang) -> Option<Block> {
    if chart.points.len() < 2 {
        return None;
    }
    let say = |zh: &str, en: &str| if lang == Lang::En { en.to_owned() } else { zh.to_owned() };
    let line = |name: String, value: &dyn Fn(&ChartPoint) -> Option<Drawn>| Series {
        name,
        points: chart
            .points
            .iter()
            .map(|point| {
                let (value, interval) = value(point)?;
                let label = format::value(value, chart.unit);
                Some(Point { value, interval, label, small_base: false })
            })
            .collect(),
    };
    let title = chart.title.get(lang).to_owned();
    let mut series = vec![line(title.clone(), &|point| Some((point.value, point.ci.map(|[low, high]| (low, high)))))];
    if chart.points.iter().any(|point| point.limits.is_some()) {
        series.push(line(say("上控制限", "upper limit"), &|point| Some((point.limits?.upper, None))));
        series.push(line(say("中心线", "centre"), &|point| Some((point.limits?.centre, None))));
        series.push(line(say("下控制限", "lower limit"), &|point| Some((point.limits?.lower, None))));
    }
    let values = series.iter().flat_map(|line| line.points.iter().flatten()).flat_map(|point| {
        let ends = point.interval.map_or([None, None], |(low, high)| [Some(low), Some(high)]);
        ends.into_iter().flatten().chain([point.value])
    });
    let axis = axes::around(values, chart.unit, lang);
    let names: Vec<String> = chart.points.iter().map(|point| point.period.to_string()).collect();
    let waves = format::wave_labels(&names, lang);
    let items: Vec<String> = chart
        .points
        .iter()
        .zip(&waves)
        .map(|(point, wave)| format!("{wave} {}", format::value(point.value, chart.unit)))
        .collect();
    let alt = format!("{title}: {}", items.join(", "));
    let id = format!("control-{}", index + 1);
    let drawn = Box::new(Chart { kind: ChartKind::Trend { series, waves, axis, target: None }, alt });
    Some(Block::Figure(Figure {
        id,
        number: String::new(),
        caption: vec![Inline::text(title)],
        chart: drawn,
        notes: figure_notes(chart, lang).into_iter().map(|note| vec![Inline::text(note)]).collect(),
    }))
}

/// What the band is, and the newest periods in which a rule fired with what it was about.
fn figure_notes(chart: &IndicatorChart, lang: Lang) -> Vec<String> {
    let mut notes = Vec::new();
    if chart.points.iter().any(|point| point.ci.is_some()) {
        notes.push(
            if lang == Lang::En { "The band is the confidence interval." } else { "色带为置信区间。" }.to_owned(),
        );
    }
    let fired: Vec<&ChartPoint> = chart.points.iter().filter(|point| !point.rules.is_empty()).collect();
    let earlier = fired.len().saturating_sub(MOST_SIGNALS);
    for point in fired.iter().skip(earlier) {
        let rules: Vec<String> = point.rules.iter().map(|rule| rule_title(*rule).get(lang).to_owned()).collect();
        let (period, value) =
            (format::wave(&point.period.to_string(), lang), format::value_with_unit(point.value, chart.unit, lang));
        let limits = point.limits.map(|held| [held.lower, held.upper].map(|limit| format::value(limit, chart.unit)));
        notes.push(match (lang, limits) {
            (Lang::En, Some([lower, upper])) => {
                format!("{period}: {value}, {} (limits {lower} to {upper}).", rules.join("; "))
            }
            (Lang::En, None) => format!("{period}: {value}, {}.", rules.join("; ")),
            (_, Some([lower, upper])) => {
                format!("{period}：{value}，{}（控制限 {lower} 至 {upper}）。", rules.join("；"))
            }
            (_, None) => format!("{period}：{value}，{}。", rules.join("；")),
        });
    }
    if earlier > 0 {
        notes.push(if lang == Lang::En { "Earlier ones are in the table." } else { "更早的见下表。" }.to_owned());
    }
    notes
}

fn points_table(chart: &IndicatorChart, index: usize, lang: Lang) -> Block {
    let value = |held: f64| format::value(held, chart.unit);
    let rows = chart.points.iter().map(|point| {
        let limits = |pick: &dyn Fn(crate::analysis::control::Limits) -> f64| {
            point.limits.map_or_else(|| format::NO_VALUE.to_owned(), |held| value(pick(held)))
        };
        let rules: Vec<String> = point.rules.iter().map(|rule| rule_title(*rule).get(lang).to_owned()).collect();
        let interval = point.ci.map_or_else(String::new, |[low, high]| format::range(&value(low), &value(high), lang));
        let mut cells = vec![
            cell(format::wave(&point.period.to_string(), lang)),
            cell(value(point.value)),
            cell(interval),
            cell(limits(&|held| held.lower)),
            cell(limits(&|held| held.centre)),
            cell(limits(&|held| held.upper)),
            cell(rules.join(if lang == Lang::En { "; " } else { "；" })),
        ];
        if !rules.is_empty() {
            cells[6].tone = Tone::Warning;
        }
        TableRow { cells, strong: false }
    });
    let (left, right) = (Align::Left, Align::Right);
    let titles = match lang {
        Lang::En => [
            ("Period", left),
            ("Value", right),
            ("Interval", right),
            ("Lower limit", right),
            ("Centre", right),
            ("Upper limit", right),
            ("Rule", left),
        ],
        _ => [
            ("期次", left),
            ("数值", right),
            ("区间", right),
            ("下控制限", right),
            ("中心线", right),
            ("上控制限", right),
            ("触发规则", left),
        ],
    };
    let (title, unit) = (chart.title.get(lang), format::unit_suffix(chart.unit, lang));
    let caption = match (lang, unit.trim()) {
        (_, "") => title.to_owned(),
        (Lang::En, unit) => format!("{title} ({unit})"),
        (_, unit) => format!("{title}（{unit}）"),
    };
    let caption = vec![Inline::text(caption)];
    let id = format!("control-points-{}", index + 1);
    Block::Table(Table { id, caption, columns: columns(&titles), rows: rows.collect(), ..Table::default() })
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
