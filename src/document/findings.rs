//! Findings in words: their kinds, how heavy they weigh, and one sentence each that says no more than the evidence allows.

use crate::analysis::control::RunRule;
use crate::analysis::findings::{ControlEvidence, ImportanceSource};
use crate::analysis::{Baseline, Finding, FindingKind, Severity};
use crate::diagnostics::{Lang, LocalizedTexts, lang_texts};
use crate::document::format;
use crate::document::material::Material;
use crate::metrics::Better;

/// Name of a kind of finding.
pub fn kind_name(kind: FindingKind, lang: Lang) -> &'static str {
    let (zh, en) = match kind {
        FindingKind::BelowTarget => ("未达目标", "target missed"),
        FindingKind::JustShort => ("略逊于目标", "just short of target"),
        FindingKind::Worsened => ("较上期变差", "worse than before"),
        FindingKind::BehindBenchmark => ("落后标杆", "behind benchmark"),
        FindingKind::BehindRival => ("落后对手", "behind a rival"),
        FindingKind::Fix => ("重要而薄弱", "important and weak"),
        FindingKind::WeakGroup => ("某组薄弱", "weak group"),
        FindingKind::ConflictingGroups => ("意见两极", "split opinions"),
        FindingKind::SatisfiedLeave => ("满意而不回头", "satisfied but leaving"),
        FindingKind::ComplaintLeak => ("投诉处理断点", "complaints lost"),
        FindingKind::Integrity => ("答卷可疑", "doubtful answers"),
        FindingKind::Control => ("控制图信号", "control signal"),
        FindingKind::ControlImproved => ("控制图信号，向好", "control signal, better"),
        FindingKind::Keep => ("重要而出色", "important and strong"),
    };
    if lang.is_chinese() { zh } else { en }
}

/// How heavy a finding weighs, in a word.
pub fn severity_name(severity: Severity, lang: Lang) -> &'static str {
    match (severity, lang) {
        (Severity::High, Lang::ZhCn | Lang::ZhTw) => "重",
        (Severity::Medium, Lang::ZhCn | Lang::ZhTw) => "中",
        (Severity::Low, Lang::ZhCn | Lang::ZhTw) => "轻",
        (Severity::High, Lang::En) => "high",
        (Severity::Medium, Lang::En) => "medium",
        (Severity::Low, Lang::En) => "low",
    }
}

/// Where the importance of a finding comes from, in words.
pub fn importance_source(material: &Material<'_>, source: &ImportanceSource) -> String {
    let lang = material.lang;
    match source {
        ImportanceSource::Model(id) => {
            material.inputs.models.info(id).map_or_else(|| id.clone(), |info| info.title.get(lang).to_owned())
        }
        ImportanceSource::Composite(id) => {
            let title = material.summary(id).map_or_else(|| id.clone(), |held| material.title(held.info));
            match lang {
                Lang::ZhCn | Lang::ZhTw => format!("{title}中的权重"),
                Lang::En => format!("weight in {}", material.inline_name(&title)),
            }
        }
        ImportanceSource::Unknown => match lang {
            Lang::ZhCn | Lang::ZhTw => "未知，取中间值".to_owned(),
            Lang::En => "not known, the middle is taken".to_owned(),
        },
    }
}

/// A finding as a sentence without a full stop. A difference that is not significant is never called one.
pub fn sentence(material: &Material<'_>, finding: &Finding) -> String {
    let lang = material.lang;
    let held = &finding.evidence;
    if let Some(control) = &held.control {
        return control_sentence(material, finding, control);
    }
    let (title, suffix) = format::spoken_title(finding.title.get(lang), held.unit, lang);
    let number = |value: f64| format!("{}{suffix}", format::value_with_unit(value, held.unit, lang));
    let (value, against) = (number(held.value), number(held.against));
    let gap = format!("{}{suffix}", format::difference(held.gap, held.unit, lang));
    let title = title.to_owned();
    let name = held.against_name.as_ref().map(|name| format::wave(name.get(lang), lang)).unwrap_or_default();
    let group = finding.group.as_ref().map(|group| group.title.get(lang).to_owned()).unwrap_or_default();
    let lower = finding
        .metric
        .as_ref()
        .and_then(|metric| material.summary(metric))
        .is_some_and(|summary| summary.info.better == Better::Lower);
    let inline = material.inline_name(&title);
    match lang {
        Lang::ZhCn | Lang::ZhTw => {
            let (short, above) = if lower { ("高", "高于") } else { ("低", "低于") };
            match finding.kind {
                FindingKind::BelowTarget if held.significant => {
                    format!("{title}为{value}，未达到目标{against}，相差{gap}")
                }
                FindingKind::BelowTarget => format!("{title}为{value}，未达到目标{against}，差距未经检验"),
                FindingKind::JustShort => format!("{title}为{value}，略逊于目标{against}，差距尚在误差范围之内"),
                FindingKind::Worsened => format!("{title}为{value}，较{name}的{against}变差{gap}"),
                FindingKind::BehindBenchmark => format!("{title}为{value}，比标杆（{name}）的{against}{short}{gap}"),
                FindingKind::BehindRival => format!("{title}：{group}为{value}，显著{above}{name}的{against}"),
                FindingKind::Fix => format!("“{title}”重要而表现偏低：{value}，低于各项平均的{against}"),
                FindingKind::WeakGroup => format!("{title}：{group}为{value}，显著{above}{name}的{against}"),
                FindingKind::ConflictingGroups => {
                    format!("对{title}的评价两极：负面回答占{value}，正面回答占{against}，居中者少")
                }
                FindingKind::SatisfiedLeave if name.is_empty() => format!("{title}仅{value}，不足一半"),
                FindingKind::SatisfiedLeave => format!("{title}为{value}，明显低于{name}的{against}（两者基数不同）"),
                FindingKind::ComplaintLeak => format!("投诉处理在“{title}”一步流失最多：由{against}降到{value}"),
                FindingKind::Integrity => format!("{title}为{value}，高于可以接受的{against}"),
                // A signal has a sentence of its own.
                FindingKind::Control | FindingKind::ControlImproved => format!("{title}为{value}，控制图出现信号"),
                FindingKind::Keep => format!("“{title}”重要且表现好：{value}，高于各项平均的{against}"),
            }
        }
        Lang::En => {
            let above = if lower { "above" } else { "below" };
            match finding.kind {
                FindingKind::BelowTarget if held.significant => {
                    format!("{title} is {value} and misses the target of {against} by {gap}")
                }
                FindingKind::BelowTarget => {
                    format!("{title} is {value}, short of the target of {against}; the gap is not tested")
                }
                FindingKind::JustShort => {
                    format!(
                        "{title} is {value}, a little short of the target of {against} but within the margin of error"
                    )
                }
                FindingKind::Worsened => format!("{title} is {value}, worse by {gap} than the {against} of {name}"),
                FindingKind::BehindBenchmark => {
                    format!("{title} is {value}, behind the benchmark of {against} ({name}) by {gap}")
                }
                FindingKind::BehindRival => {
                    format!("{title}: {group} at {value} is significantly {above} {name} at {against}")
                }
                FindingKind::Fix => {
                    format!("{title} matters but does less well: {value} against {against} over all items")
                }
                FindingKind::WeakGroup => {
                    format!("{title}: {group} at {value} is significantly {above} {name} at {against}")
                }
                FindingKind::ConflictingGroups => {
                    format!(
                        "opinions on {inline} are split: {value} at the bad end, {against} at the good end, few between"
                    )
                }
                FindingKind::SatisfiedLeave if name.is_empty() => format!("{title} is only {value}, less than half"),
                FindingKind::SatisfiedLeave => {
                    format!("{title} is {value}, clearly below {name} at {against} (the bases differ)")
                }
                FindingKind::ComplaintLeak => {
                    format!("Most complaints are lost at “{title}”: from {against} down to {value}")
                }
                FindingKind::Integrity => {
                    format!("{title} is {value}, more than the {against} that can be put up with")
                }
                FindingKind::Control | FindingKind::ControlImproved => {
                    format!("{title} is {value}; its control chart signals")
                }
                FindingKind::Keep => format!("{title} matters and does well: {value} against {against} over all items"),
            }
        }
    }
}

/// A finding as a sentence that goes on with what the control chart of the same indicator says, so that its value stands once.
pub fn sentence_with_signal(material: &Material<'_>, finding: &Finding, signal: &Finding) -> String {
    let first = sentence(material, finding);
    let Some(control) = &signal.evidence.control else { return first };
    let evidence = control_evidence(material, signal, control);
    match material.lang {
        Lang::ZhCn | Lang::ZhTw => format!("{first}；控制图上{evidence}"),
        Lang::En => format!("{first}; on its control chart, {evidence}"),
    }
}

/// A signal of a control chart: what happened, not why.
fn control_sentence(material: &Material<'_>, finding: &Finding, control: &ControlEvidence) -> String {
    let lang = material.lang;
    let value = format::value_with_unit(finding.evidence.value, finding.evidence.unit, lang);
    let title = finding.title.get(lang);
    let evidence = control_evidence(material, finding, control);
    let clause = matches!(
        control.rule,
        RunRule::TwoOfThree | RunRule::FourOfFive | RunRule::EightOnOneSide | RunRule::NineOnOneSide
    );
    match lang {
        Lang::ZhCn | Lang::ZhTw => format!("{title}为{value}，{evidence}"),
        Lang::En if clause => format!("{title} is {value}; {evidence}"),
        Lang::En => format!("{title} is {value}, {evidence}"),
    }
}

/// The rule of a signal in numbers, and the limits that make it one.
fn control_evidence(material: &Material<'_>, finding: &Finding, control: &ControlEvidence) -> String {
    let lang = material.lang;
    let held = &finding.evidence;
    let number = |value: f64| format::value_with_unit(value, held.unit, lang);
    let plain = |value: f64| format::value(value, held.unit);
    let (centre, lower, upper) = (plain(control.centre), plain(control.lower), plain(control.upper));
    let up = held.value > held.against;
    let baseline = baseline_text(&control.baseline, lang);
    if lang == Lang::En {
        let side = if up { "above" } else { "below" };
        let evidence = match control.rule {
            RunRule::BeyondLimits if up => format!("above the upper control limit of {}", number(control.upper)),
            RunRule::BeyondLimits => format!("below the lower control limit of {}", number(control.lower)),
            RunRule::TwoOfThree => format!("2 of the last 3 periods lie more than 2σ {side} the centre"),
            RunRule::FourOfFive => format!("4 of the last 5 periods lie more than 1σ {side} the centre"),
            RunRule::EightOnOneSide => format!("the last 8 periods all lie {side} the centre"),
            RunRule::NineOnOneSide => format!("the last 9 periods all lie {side} the centre"),
            RunRule::SixTrending => {
                let way = if up { "rising" } else { "falling" };
                let start = held.against_name.as_ref().map(|name| format::wave(name.get(lang), lang));
                format!("{way} in each of 6 periods from {} in {}", number(held.against), start.unwrap_or_default())
            }
            RunRule::FourteenAlternating => "up and down in turn for 14 periods".to_owned(),
        };
        return format!("{evidence} (centre {centre}, limits {lower} to {upper}, from {baseline})");
    }
    let side = if up { "高于" } else { "低于" };
    let evidence = match control.rule {
        RunRule::BeyondLimits if up => format!("高于控制上限{}", number(control.upper)),
        RunRule::BeyondLimits => format!("低于控制下限{}", number(control.lower)),
        RunRule::TwoOfThree => format!("最近3期中有2期{side}中心线2σ以上"),
        RunRule::FourOfFive => format!("最近5期中有4期{side}中心线1σ以上"),
        RunRule::EightOnOneSide => format!("连续8期{side}中心线"),
        RunRule::NineOnOneSide => format!("连续9期{side}中心线"),
        RunRule::SixTrending => {
            let way = if up { "上升" } else { "下降" };
            let start = held.against_name.as_ref().map(|name| format::wave(name.get(lang), lang));
            format!("自{}的{}起连续6期逐期{way}", start.unwrap_or_default(), number(held.against))
        }
        RunRule::FourteenAlternating => "连续14期一升一降".to_owned(),
    };
    format!("{evidence}（中心线{centre}，控制限{lower}至{upper}，由{baseline}算得）")
}

/// The limits of an indicator's control chart, where one of its rules fires: what a chart of its course has under it.
pub fn control_limits(material: &Material<'_>, metric: &str) -> Option<String> {
    let signals = material.inputs.planned.findings.iter();
    let mut signals = signals.filter(|held| held.metric.as_deref() == Some(metric) && held.group.is_none());
    let (held, control) = signals.find_map(|held| Some((&held.evidence, held.evidence.control.as_ref()?)))?;
    let plain = |value: f64| format::value(value, held.unit);
    let (centre, lower, upper) = (plain(control.centre), plain(control.lower), plain(control.upper));
    let baseline = baseline_text(&control.baseline, material.lang);
    Some(match material.lang {
        Lang::ZhCn | Lang::ZhTw => format!("控制图：中心线{centre}，控制限{lower}至{upper}，由{baseline}算得。"),
        Lang::En => format!("Control chart: centre {centre}, limits {lower} to {upper}, from {baseline}."),
    })
}

/// The periods that control limits come from, `the 8 periods January to August 2026`.
pub fn baseline_text(baseline: &Baseline, lang: Lang) -> String {
    let span = format::wave_span(&baseline.first.to_string(), &baseline.last.to_string(), lang);
    let periods = format::count(baseline.periods as u64);
    if lang == Lang::En { format!("the {periods} periods {span}") } else { format!("{span}的{periods}期") }
}

/// A run rule in a few words.
pub fn rule_title(rule: RunRule) -> LocalizedTexts {
    match rule {
        RunRule::BeyondLimits => lang_texts("超出 3σ", "beyond 3σ"),
        RunRule::TwoOfThree => lang_texts("3 点中 2 点超出同侧 2σ", "2 of 3 beyond 2σ"),
        RunRule::FourOfFive => lang_texts("5 点中 4 点超出同侧 1σ", "4 of 5 beyond 1σ"),
        RunRule::EightOnOneSide => lang_texts("连续 8 点同侧", "8 on one side"),
        RunRule::NineOnOneSide => lang_texts("连续 9 点同侧", "9 on one side"),
        RunRule::SixTrending => lang_texts("连续 6 点上升或下降", "6 rising or falling"),
        RunRule::FourteenAlternating => lang_texts("连续 14 点交替升降", "14 alternating"),
    }
}
