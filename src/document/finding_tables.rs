//! Tables of what the plan rests on: findings with the working of their priority, whether objectives can be reached and
//! proved, what each person has on, how sensitive the result is, and the SWOT analysis. None where there is nothing to show.

use crate::analysis::{Finding, FindingKind, Severity};
use crate::config::raw::RawPlan;
use crate::diagnostics::Lang;
use crate::document::blocks::{Inline, Table, TableCell, TableRow, Tone};
use crate::document::findings::{importance_source, kind_name, sentence, severity_name};
use crate::document::format;
use crate::document::material::Material;
use crate::document::plan_tables::currency_note;
use crate::document::tables::{cell, note, number_column, row, text_column};
use crate::metrics::Better;
use crate::plan::finance::Assumption;
use crate::plan::reach::Ambition;
use crate::plan::swot::SwotItem;

/// Findings shown unless the directive says otherwise.
pub const FINDINGS_SHOWN: usize = 12;
/// Findings in the table of the others.
pub const OTHERS_SHOWN: usize = 60;

/// The most urgent findings with evidence and priority: one row an indicator, the most urgent finding on it. How many there are
/// besides stands under the table.
pub fn findings(material: &Material<'_>, limit: usize) -> Option<Table> {
    let chosen = leading(material, limit);
    let more = material.inputs.planned.findings.len() - chosen.len();
    let mut table = table_of(material, &chosen)?;
    if more > 0 {
        let signals = material.word_or(
            "note_signals_besides",
            "，控制图的信号另列一条",
            ", and beside it what its control chart says",
        );
        table.notes.push(note(material.fill_or(
            "note_more_findings",
            &[
                ("count", &more.to_string()),
                ("are", if more == 1 { "is" } else { "are" }),
                ("signals", if chosen.iter().any(|held| held.kind.is_control()) { &signals } else { "" }),
            ],
            "每项指标只列一条{signals}：全体未达目标或变差的在先，其次取最紧要的一组；另有{count}条未列入本表。",
            "One finding of each indicator{signals}: a target missed or a loss of the whole comes before what is said of a group; {count} more {are} not in this table.",
        )));
    }
    Some(table)
}

/// The findings that [`findings`] leaves out, the strong points last.
pub fn other_findings(material: &Material<'_>, limit: usize) -> Option<Table> {
    let all = others(material);
    let mut table = table_of(material, &all[..limit.min(all.len())])?;
    if all.len() > limit {
        table.notes.push(note(material.fill_or(
            "note_rest_of_findings",
            &[("count", &(all.len() - limit).to_string())],
            "优先度更低的{count}条从略，`manyi plan` 列出全部发现。",
            "The {count} of lowest priority are left out; `manyi plan` lists all findings.",
        )));
    }
    Some(table)
}

fn table_of(material: &Material<'_>, chosen: &[&Finding]) -> Option<Table> {
    let lang = material.lang;
    let rows: Vec<TableRow> = chosen
        .iter()
        .map(|finding| {
            let tone = if finding.severity == Severity::High { Tone::Bad } else { Tone::Neutral };
            row(vec![
                cell(kind_name(finding.kind, lang)),
                cell(sentence(material, finding)),
                cell(format::count(finding.evidence.n)),
                TableCell { tone, ..cell(severity_name(finding.severity, lang)) },
                cell(format::number(finding.priority.value, 1)),
            ])
        })
        .collect();
    let columns = vec![
        text_column(&material.word_or("col_finding_kind", "类别", "Kind"), 0.0),
        text_column(&material.word_or("col_evidence", "发现与依据", "Finding and evidence"), 3.0),
        number_column(&material.word_or("col_n", "基数", "Base")),
        text_column(&material.word_or("col_severity", "轻重", "Weight"), 0.0),
        number_column(&material.word_or("col_priority", "优先度", "Priority")),
    ];
    let notes = vec![note(priority_note(material))];
    (!rows.is_empty()).then(|| Table { columns, rows, notes, ..Table::default() })
}

/// The working of the priorities: importance with its source, gap and reach.
pub fn priorities(material: &Material<'_>, limit: usize) -> Option<Table> {
    let lang = material.lang;
    let rows: Vec<TableRow> = leading(material, limit)
        .iter()
        .map(|finding| {
            let held = &finding.priority;
            let share = |value: f64| format::number(value, 2);
            row(vec![
                cell(title_of(finding, material)),
                cell(kind_name(finding.kind, lang)),
                cell(share(held.importance.value)),
                cell(importance_source(material, &held.importance.source)),
                cell(share(held.gap)),
                cell(share(held.reach)),
                cell(format::number(held.value, 1)),
            ])
        })
        .collect();
    let columns = vec![
        text_column(&material.word("col_indicator"), 1.4),
        text_column(&material.word_or("col_finding_kind", "类别", "Kind"), 0.0),
        number_column(&material.word_or("col_importance", "重要性", "Importance")),
        text_column(&material.word_or("col_importance_source", "来源", "From"), 1.2),
        number_column(&material.word_or("col_gap_share", "差距", "Gap")),
        number_column(&material.word_or("col_reach", "范围", "Reach")),
        number_column(&material.word_or("col_priority", "优先度", "Priority")),
    ];
    let notes = vec![note(priority_note(material))];
    (!rows.is_empty()).then(|| Table { columns, rows, notes, ..Table::default() })
}

fn priority_note(material: &Material<'_>) -> String {
    material.word_or(
        "note_priority",
        "优先度 = 100 × 重要性 × 差距 × 范围。重要性取自驱动模型或综合指数的权重（最高者为1，未知者取0.5）；差距：百分比、指数与净值为占100的比例，得分与其他数值为占对比值的比例（其中可正可负者为占四倍标准差的比例）；范围为该指标与该组所涉受访者（加权）的比例。",
        "Priority = 100 × importance × gap × reach. Importance comes from driver models or the weights of a composite (largest = 1, unknown = 0.5); the gap is a share of 100 for percentages, indices and net scores, and of the value it is set against for mean scores and other numbers (of four standard deviations where these may be negative); the reach is the weighted share of respondents the indicator and group speak of.",
    )
}

/// One finding of each indicator, by priority, the strong points and what is short of a target by chance alone left out: where the
/// whole clearly misses its target or got worse, that goes before what is said of a group; else the most urgent one. What its
/// control chart says stands beside it.
pub fn leading<'m>(material: &'m Material<'_>, limit: usize) -> Vec<&'m Finding> {
    let name =
        |finding: &'m Finding| (finding.metric.as_deref().unwrap_or(finding.id.as_str()), finding.kind.is_control());
    let all = || {
        material
            .inputs
            .planned
            .findings
            .iter()
            .filter(|held| !matches!(held.kind, FindingKind::Keep | FindingKind::JustShort))
    };
    let of_whole = |finding: &&Finding| {
        let asked = matches!(finding.kind, FindingKind::BelowTarget | FindingKind::Worsened);
        asked && finding.group.is_none() && finding.severity != Severity::Low
    };
    let mut chosen: Vec<&'m Finding> = Vec::new();
    for finding in all().filter(of_whole).chain(all()) {
        if !chosen.iter().any(|held| name(held) == name(finding)) {
            chosen.push(finding);
        }
    }
    chosen.sort_by(|a, b| b.priority.value.total_cmp(&a.priority.value));
    chosen.truncate(limit);
    chosen
}

/// What [`leading`] leaves out where it shows [`FINDINGS_SHOWN`].
pub fn others<'m>(material: &'m Material<'_>) -> Vec<&'m Finding> {
    let shown = leading(material, FINDINGS_SHOWN);
    let all = material.inputs.planned.findings.iter();
    all.filter(|finding| !shown.iter().any(|held| held.id == finding.id)).collect()
}

fn title_of(finding: &Finding, material: &Material<'_>) -> String {
    let title = finding.title.get(material.lang);
    match &finding.group {
        Some(group) => format!("{title} · {}", group.title.get(material.lang)),
        None => title.to_owned(),
    }
}

/// Whether each objective can be reached and proved.
pub fn reach(material: &Material<'_>) -> Option<Table> {
    let lang = material.lang;
    let mut rows = Vec::new();
    for objective in &material.plan.objectives {
        let (Some(reach), Some(summary)) = (objective.reach, material.summary(&objective.raw.metric)) else { continue };
        let unit = summary.info.unit;
        let size = |value: Option<f64>| {
            value.map_or_else(|| format::NO_VALUE.to_owned(), |value| format::value(value.abs(), unit))
        };
        let baseline = match summary.current.and_then(|estimate| material.interval_text(estimate)) {
            Some(interval) => format!("{} ({interval})", format::value_with_unit(reach.value, unit, lang)),
            None => format::value_with_unit(reach.value, unit, lang),
        };
        let ambition = match reach.ambition {
            Ambition::Reached => material.word_or("ambition_reached", "已达到", "reached already"),
            Ambition::Usual => material.word_or("ambition_usual", "在以往变动之内", "within past changes"),
            Ambition::Beyond => material.word_or("ambition_beyond", "超出以往变动", "beyond past changes"),
            Ambition::NeverImproved => {
                material.word_or("ambition_never_improved", "以往从未改善", "never improved so far")
            }
            Ambition::NoHistory => material.word_or("ambition_no_history", "无往期可比", "no history"),
        };
        let needed = match reach.answers_needed {
            Some(answers) => format::count(answers),
            None if reach.change <= 0.0 => format::NO_VALUE.to_owned(),
            None => material.word_or("answers_never", "无法证明", "cannot be proved"),
        };
        rows.push(row(vec![
            cell(material.title(summary.info)),
            cell(baseline),
            cell(format::goal(
                objective.target.unwrap_or(reach.value),
                summary.info.better != Better::Lower,
                unit,
                lang,
            )),
            cell(size(Some(reach.change.max(0.0)))),
            cell(size(reach.largest_step)),
            cell(ambition),
            cell(format::count(reach.answers)),
            cell(needed),
        ]));
    }
    let columns = vec![
        text_column(&material.word("col_indicator"), 1.2),
        number_column(&material.word_or("col_baseline", "现状（区间）", "Now (interval)")),
        number_column(&material.word("col_goal")),
        number_column(&material.word_or("col_change_asked", "所需变化", "Change asked")),
        number_column(&material.word_or("col_largest_step", "以往最大改善", "Best past step")),
        text_column(&material.word_or("col_ambition", "判断", "Judgement"), 0.9),
        number_column(&material.word_or("col_n", "基数", "Base")),
        number_column(&material.word_or("col_answers_needed", "下期需要答卷", "Answers needed next")),
    ];
    let notes = vec![note(material.fill_or(
        "note_reach",
        &[("level", &material.confidence())],
        "所需变化与以往最大改善：百分比以百分点计，其余与现状同单位。下期需要答卷：以80%的把握、在{level}水平上证明所需变化，下期该指标的基数至少要有多少（两期独立，每份答卷的方差同本期，抽样设计计入）。“无法证明”指本期自身的误差已经太大，或所需答卷超过本期基数的10倍。",
        "Change asked and best past step are in percentage points for percentages, else in the unit of the value. Answers needed next: base of the next wave with which the change asked is proved at the {level} level with a chance of 80% (independent waves, variance an answer as now, design included). “Cannot be proved”: the error of the value now alone is too large, or more than ten times the base of now would be needed.",
    ))];
    (!rows.is_empty()).then(|| Table { columns, rows, notes, ..Table::default() })
}

/// What each person answers for.
pub fn load(material: &Material<'_>) -> Option<Table> {
    let lang = material.lang;
    let people = &material.inputs.planned.calendar.people;
    let with_effort = people.iter().any(|held| held.effort.is_some());
    let rows: Vec<TableRow> = people
        .iter()
        .map(|held| {
            let names: Vec<String> = held
                .actions
                .iter()
                .filter_map(|&index| material.plan.actions.get(index))
                .map(|action| action.raw.what.get(lang).trim_end_matches(['。', '.']).to_owned())
                .collect();
            let mut cells = vec![
                cell(held.who.get(lang)),
                cell(names.join(if lang.is_chinese() { "；" } else { "; " })),
                cell(held.actions.len().to_string()),
                cell(held.at_once.to_string()),
            ];
            if with_effort {
                cells.push(cell(held.effort.map_or(format::NO_VALUE.to_owned(), |days| format::short_number(days, 1))));
            }
            row(cells)
        })
        .collect();
    let mut columns = vec![
        text_column(&material.word("col_who"), 1.0),
        text_column(&material.word_or("col_their_actions", "所负责的行动", "Actions"), 3.0),
        number_column(&material.word_or("col_action_count", "项数", "Number")),
        number_column(&material.word_or("col_at_once", "最多同时", "Most at once")),
    ];
    if with_effort {
        columns.push(number_column(&material.word_or("col_effort", "人日", "Days of work")));
    }
    (!rows.is_empty()).then(|| Table { columns, rows, ..Table::default() })
}

/// Name of an assumption.
pub fn assumption_name(material: &Material<'_>, plan: &RawPlan, assumption: Assumption) -> String {
    let item = |index: usize| plan.finance.benefits.get(index).map_or("", |held| held.item.get(material.lang));
    let (customers, value) = (
        material.word_or("assumption_customers", "顾客数", "customers"),
        material.word_or("assumption_value", "单位价值", "value of one"),
    );
    let join = |item: &str, what: &str| match material.lang {
        Lang::ZhCn | Lang::ZhTw => format!("{item}：{what}"),
        Lang::En => format!("{item}: {what}"),
    };
    match assumption {
        Assumption::Attainment => {
            material.word_or("assumption_attainment", "目标达成比例", "share of the change attained")
        }
        Assumption::Customers(index) => join(item(index), &customers),
        Assumption::Value(index) => join(item(index), &value),
    }
}

/// How far each uncertain assumption moves the net benefit.
pub fn sensitivity(material: &Material<'_>) -> Option<Table> {
    let finance = &material.inputs.planned.finance;
    let rows: Vec<TableRow> = finance
        .swings
        .iter()
        .map(|swing| {
            let [low, likely, high] = swing.limits.map(|value| format::short_number(value, 2));
            row(vec![
                cell(assumption_name(material, &material.plan.raw, swing.assumption)),
                cell(low),
                cell(likely),
                cell(high),
                cell(material.money.plain(swing.net_low)),
                cell(material.money.plain(swing.net_high)),
            ])
        })
        .collect();
    let columns = vec![
        text_column(&material.word("col_assumption"), 2.0),
        number_column(&material.word_or("col_low", "最低", "Low")),
        number_column(&material.word_or("col_likely", "最可能", "Likely")),
        number_column(&material.word_or("col_high", "最高", "High")),
        number_column(&material.word_or("col_net_low", "最低时净收益", "Net at low")),
        number_column(&material.word_or("col_net_high", "最高时净收益", "Net at high")),
    ];
    (!rows.is_empty()).then(|| Table { columns, rows, notes: vec![currency_note(material)], ..Table::default() })
}

/// The SWOT analysis, a row a field.
pub fn swot(material: &Material<'_>) -> Option<Table> {
    let lang = material.lang;
    let swot = material.inputs.planned.swot.as_ref()?;
    let text = |item: &SwotItem| match item {
        SwotItem::Written(text) => text.get(lang).trim_end_matches(['。', '.']).to_owned(),
        SwotItem::Finding(index) => {
            material.inputs.planned.findings.get(*index).map(|held| sentence(material, held)).unwrap_or_default()
        }
        SwotItem::Ahead(metric, benchmark) => ahead(material, metric, *benchmark),
        SwotItem::Met(metric) => met(material, metric),
        SwotItem::Improved(metric) => improved(material, metric),
    };
    let fields = [
        ("swot_strengths", "优势 S", "Strengths", &swot.strengths),
        ("swot_weaknesses", "劣势 W", "Weaknesses", &swot.weaknesses),
        ("swot_opportunities", "机会 O", "Opportunities", &swot.opportunities),
        ("swot_threats", "威胁 T", "Threats", &swot.threats),
    ];
    let rows: Vec<TableRow> = fields
        .into_iter()
        .filter(|(.., items)| !items.is_empty())
        .map(|(key, zh, en, items)| {
            let mut content = Vec::new();
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    content.push(Inline::LineBreak);
                }
                content.push(Inline::text(format!("{}. {}", index + 1, text(item))));
            }
            row(vec![cell(material.word_or(key, zh, en)), TableCell { content, tone: Tone::Neutral }])
        })
        .collect();
    let columns = vec![
        text_column(&material.word_or("col_swot", "方面", "Field"), 0.0),
        text_column(&material.word_or("col_swot_items", "要点", "Points"), 4.0),
    ];
    (!rows.is_empty()).then(|| Table { columns, rows, ..Table::default() })
}

fn ahead(material: &Material<'_>, metric: &str, index: usize) -> String {
    let lang = material.lang;
    let Some(summary) = material.summary(metric) else { return String::new() };
    let Some(held) = summary.benchmarks.get(index) else { return String::new() };
    let (title, value) = (material.title(summary.info), material.value_text(summary.current));
    let against = format::value_with_unit(held.benchmark.value, summary.info.unit, lang);
    let source = held.benchmark.source.get(lang);
    match lang {
        Lang::ZhCn | Lang::ZhTw => format!("{title}为{value}，优于标杆（{source}）的{against}"),
        Lang::En => format!("{title} is {value}, ahead of the benchmark of {against} ({source})"),
    }
}

fn met(material: &Material<'_>, metric: &str) -> String {
    let Some(summary) = material.summary(metric) else { return String::new() };
    let (title, suffix) = material.spoken(summary.info);
    let (value, goal) = (material.value_text(summary.current), material.target_text(summary.info).unwrap_or_default());
    match material.lang {
        Lang::ZhCn | Lang::ZhTw => format!("{title}为{value}{suffix}，稳定达到目标（{goal}{suffix}）"),
        Lang::En => format!("{title}: {value}{suffix}, clearly within the target ({goal}{suffix})"),
    }
}

fn improved(material: &Material<'_>, metric: &str) -> String {
    let Some((summary, change)) = material.summary(metric).and_then(|held| Some((held, held.change?))) else {
        return String::new();
    };
    let (title, suffix) = material.spoken(summary.info);
    let (before, now) = (material.value_text(summary.previous), material.value_text(summary.current));
    let rises = change.delta > 0.0;
    match material.lang {
        Lang::ZhCn | Lang::ZhTw => {
            format!("{title}由上期的{before}{suffix}显著{}到{now}{suffix}", if rises { "上升" } else { "下降" })
        }
        Lang::En => {
            format!(
                "{title} {} significantly from {before}{suffix} to {now}{suffix}",
                if rises { "rose" } else { "fell" }
            )
        }
    }
}
