//! From the situation of a run to the conditions that alarms are about: pure functions of the rules in the project file.

use std::collections::BTreeSet;

use crate::config::raw::{AlarmAudience, AlarmKind, OWN_ALARMS, RawAlarm, RawDelivery};
use crate::diagnostics::{Lang, Localized, LocalizedTexts, lang_texts};
use crate::document::format;
use crate::metrics::Unit;

use super::alarms::Signal;

/// What is known after a run, or when a look finds none. What is left empty was not looked at and changes no alarm.
#[derive(Debug, Clone, Default)]
pub struct Situation {
    /// The indicators of the period.
    pub indicators: Vec<Indicator>,
    /// The control charts, also those without a signal.
    pub controls: Vec<Control>,
    /// The gates that were tried.
    pub gates: Vec<Gate>,
    /// The runs that ended.
    pub runs: Vec<RunEnd>,
    /// The periods whose releases were looked for.
    pub expected: Vec<Expected>,
}

/// An indicator in a group.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// Metric id.
    pub metric: String,
    /// Its name.
    pub title: LocalizedTexts,
    /// The segment column and its group; `None` for the total.
    pub segment: Option<(String, String)>,
    /// What the group is called.
    pub group: Option<Localized>,
    /// The number; `None` where it is withheld or impossible.
    pub estimate: Option<f64>,
    /// Its unit, which is that of the limits too.
    pub unit: Unit,
}

/// The control chart of a metric.
#[derive(Debug, Clone)]
pub struct Control {
    /// Metric id.
    pub metric: String,
    /// Its name, with the value and the limits of the period where there are any.
    pub title: LocalizedTexts,
    /// What the rules found in this period; empty where none fired.
    pub signals: Vec<LocalizedTexts>,
}

/// A gate of the release of a period.
#[derive(Debug, Clone)]
pub struct Gate {
    /// The period.
    pub period: String,
    /// The gate.
    pub gate: String,
    /// True if it holds the release back or fails the run.
    pub holds: bool,
    /// What it found.
    pub text: LocalizedTexts,
}

/// How the run of a period ended.
#[derive(Debug, Clone)]
pub struct RunEnd {
    /// The period.
    pub period: String,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
}

/// Why a run failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What happened and what is to be done.
    pub text: LocalizedTexts,
    /// The codes of its errors.
    pub codes: BTreeSet<String>,
}

/// Why a release is not there, as the alarm about its run has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// True if a gate holds it, false if its run failed.
    pub held: bool,
    /// What that alarm says now.
    pub text: LocalizedTexts,
}

/// What is wrong with the release of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// There is none.
    Absent,
    /// The run that made it was cut off before its end: nobody may know of it.
    CutOff,
    /// It was published, and its folder or the link to it is gone.
    Gone,
    /// It was published, and what it says of itself cannot be read.
    Damaged,
}

/// A period whose release was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The period.
    pub period: String,
    /// What is wrong with its release, if it is due and not there or not whole.
    pub lack: Option<Lack>,
    /// Why, if the alarm stands that its run failed or is held.
    pub stopped: Option<Stopped>,
    /// Audiences that know it by that alarm, to whom nothing is said.
    pub heard: Vec<AlarmAudience>,
}

/// The rules of a project: those of its file, and for failures, held gates and missing runs rules of our own where the file has none.
pub fn rules(delivery: &RawDelivery) -> Vec<RawAlarm> {
    let mut rules = delivery.alarms.clone();
    for (on, id) in OWN_ALARMS {
        if !rules.iter().any(|rule| rule.on == on) {
            rules.push(RawAlarm {
                id: id.to_owned(),
                on,
                metric: None,
                below: None,
                above: None,
                segment: None,
                tell: None,
                title: None,
            });
        }
    }
    rules
}

/// The conditions that the rules find in a situation.
pub fn signals(rules: &[RawAlarm], situation: &Situation) -> Vec<Signal> {
    rules.iter().flat_map(|rule| of_rule(rule, situation)).collect()
}

fn of_rule(rule: &RawAlarm, situation: &Situation) -> Vec<Signal> {
    let signal = |subject: String, holds: Option<bool>, text: LocalizedTexts| Signal {
        rule: rule.id.clone(),
        subject,
        holds,
        audience: audience(rule),
        kind: Some(rule.on),
        codes: BTreeSet::new(),
        text: titled(rule.title.as_ref(), holds != Some(false), text),
    };
    match rule.on {
        AlarmKind::Threshold => {
            let watched = situation.indicators.iter().filter(|indicator| is_watched(rule, indicator));
            watched
                .map(|indicator| {
                    let subject = match &indicator.segment {
                        Some((column, group)) => format!("{}/{column}={group}", indicator.metric),
                        None => indicator.metric.clone(),
                    };
                    let holds = crossed(rule, indicator.estimate);
                    signal(subject, holds, threshold_text(rule, indicator, holds != Some(false)))
                })
                .collect()
        }
        AlarmKind::Control => {
            let watched = situation.controls.iter();
            let watched = watched.filter(|control| rule.metric.as_ref().is_none_or(|metric| *metric == control.metric));
            watched
                .map(|control| {
                    let text = joined(&control.title, &control.signals);
                    signal(control.metric.clone(), Some(!control.signals.is_empty()), text)
                })
                .collect()
        }
        AlarmKind::Gate => {
            // It may have been approved all the same, or withdrawn.
            let passed = lang_texts("已无关卡扣住发布", "no gate holds the release back any more");
            let text = |gate: &Gate| prefixed(&gate.period, if gate.holds { &gate.text } else { &passed });
            let gates = situation.gates.iter();
            gates.map(|gate| signal(format!("{}/{}", gate.period, gate.gate), Some(gate.holds), text(gate))).collect()
        }
        AlarmKind::Failed => {
            let text = |run: &RunEnd| match &run.failure {
                Some(failure) => prefixed(&run.period, &failure.text),
                None => lang_texts(format!("{}：运行成功", run.period), format!("{}: the run succeeded", run.period)),
            };
            situation
                .runs
                .iter()
                .map(|run| Signal {
                    codes: run.failure.as_ref().map(|failure| failure.codes.clone()).unwrap_or_default(),
                    ..signal(run.period.clone(), Some(run.failure.is_some()), text(run))
                })
                .collect()
        }
        // What became of messages is known after they were sent.
        AlarmKind::Delivery => Vec::new(),
        AlarmKind::Missing => {
            // Who knows it already is told nothing, and what was told before stays so.
            let holds = |one: &Expected| match one.lack.is_some() && one.heard.contains(&audience(rule)) {
                true => None,
                false => Some(one.lack.is_some()),
            };
            let expected = situation.expected.iter();
            expected.map(|one| signal(one.period.clone(), holds(one), missing_text(one, audience(rule)))).collect()
        }
    }
}

/// Who is told by a rule.
pub fn audience(rule: &RawAlarm) -> AlarmAudience {
    rule.tell.unwrap_or(match rule.on {
        AlarmKind::Threshold | AlarmKind::Control => AlarmAudience::Readers,
        AlarmKind::Gate | AlarmKind::Failed | AlarmKind::Missing | AlarmKind::Delivery => AlarmAudience::Errors,
    })
}

fn missing_text(expected: &Expected, audience: AlarmAudience) -> LocalizedTexts {
    let period = &expected.period;
    let (zh, en) = match (expected.lack, &expected.stopped) {
        (None, _) => ("不再缺少版本", ": no release is missing any more"),
        (Some(Lack::CutOff), _) => (
            "已发布，但其运行中途中断：可能尚未通知任何人",
            " is published, but its run was cut off: nobody may have been told",
        ),
        (Some(Lack::Gone), _) => {
            ("已发布，但其文件夹或链接已不存在", " was published, but its folder or the link to it is gone")
        }
        (Some(Lack::Damaged), _) => (
            "已发布，但其 release.json 无法读取，无法察觉后来的更正",
            " is published, but its release.json cannot be read: corrections go unnoticed",
        ),
        (Some(Lack::Absent), None) => ("已到期，尚未发布", " is due and not published"),
        // What gates found are numbers, and what errors say is for those who mend them.
        (Some(Lack::Absent), Some(stopped)) if audience == AlarmAudience::Errors => {
            return still_missing(period, &stopped.text);
        }
        (Some(Lack::Absent), Some(Stopped { held: true, .. })) => {
            ("仍未发布：被关卡扣住，等待审核", " is still not published: it is held and waits for approval")
        }
        (Some(Lack::Absent), Some(_)) => ("仍未发布：其运行失败", " is still not published: its run failed"),
    };
    lang_texts(format!("{period} {zh}"), format!("{period}{en}"))
}

/// That a release is still missing, with what was last said of its run, which names the period too.
fn still_missing(period: &str, last: &LocalizedTexts) -> LocalizedTexts {
    let (zh, en) = (last.get(Lang::ZhCn), last.get(Lang::En));
    let zh = zh.strip_prefix(&format!("{period}：")).unwrap_or(zh);
    let en = en.strip_prefix(&format!("{period}: ")).unwrap_or(en);
    lang_texts(format!("{period} 仍未发布：{zh}"), format!("{period} is still not published: {en}"))
}

fn is_watched(rule: &RawAlarm, indicator: &Indicator) -> bool {
    let column = indicator.segment.as_ref().map(|(column, _)| column);
    rule.metric.as_ref() == Some(&indicator.metric) && rule.segment.as_ref() == column
}

fn crossed(rule: &RawAlarm, estimate: Option<f64>) -> Option<bool> {
    let estimate = estimate.filter(|number| number.is_finite())?;
    Some(rule.below.is_some_and(|limit| estimate < limit) || rule.above.is_some_and(|limit| estimate > limit))
}

fn threshold_text(rule: &RawAlarm, indicator: &Indicator, holds: bool) -> LocalizedTexts {
    let group = |lang: Lang, open: &str, close: &str| {
        let typed = indicator.segment.as_ref().map(|(_, group)| group.as_str());
        let name = indicator.group.as_ref().map(|name| name.get(lang)).or(typed);
        name.map(|name| format!("{open}{name}{close}")).unwrap_or_default()
    };
    // A limit has the decimals that it was written with.
    let limit =
        |limit: f64, lang| format!("{}{}", format::short_number(limit, 6), format::unit_suffix(indicator.unit, lang));
    let mut zh = Vec::new();
    let mut en = Vec::new();
    if let Some(below) = rule.below {
        zh.push(format!("下限 {}", limit(below, Lang::ZhCn)));
        en.push(format!("lower limit {}", limit(below, Lang::En)));
    }
    if let Some(above) = rule.above {
        zh.push(format!("上限 {}", limit(above, Lang::ZhCn)));
        en.push(format!("upper limit {}", limit(above, Lang::En)));
    }
    let title = |lang: Lang| indicator.title.get(lang).to_owned();
    let shown = |lang: Lang| {
        indicator.estimate.map_or_else(String::new, |value| format::value_with_unit(value, indicator.unit, lang))
    };
    let (is_zh, is_en) = if holds { ("为", "is") } else { ("现为", "is now") };
    // The title of what is over has the limit in it, or says what it is about.
    let limits = |text: String| if holds || rule.title.is_none() { text } else { String::new() };
    let (zh, en) = (limits(format!("（{}）", zh.join("，"))), limits(format!(" ({})", en.join(", "))));
    lang_texts(
        format!("{}{}{is_zh} {}{zh}", title(Lang::ZhCn), group(Lang::ZhCn, "（", "）"), shown(Lang::ZhCn)),
        format!("{}{} {is_en} {}{en}", title(Lang::En), group(Lang::En, " (", ")"), shown(Lang::En)),
    )
}

fn joined(title: &LocalizedTexts, signals: &[LocalizedTexts]) -> LocalizedTexts {
    let all = |lang: Lang, between: &str| signals.iter().map(|text| text.get(lang)).collect::<Vec<_>>().join(between);
    if signals.is_empty() {
        return lang_texts(
            format!("{}：控制图正常", title.get(Lang::ZhCn)),
            format!("{}: the control chart shows nothing unusual", title.get(Lang::En)),
        );
    }
    lang_texts(
        format!("{}：{}", title.get(Lang::ZhCn), all(Lang::ZhCn, "；")),
        format!("{}: {}", title.get(Lang::En), all(Lang::En, "; ")),
    )
}

fn prefixed(period: &str, text: &LocalizedTexts) -> LocalizedTexts {
    lang_texts(format!("{period}：{}", text.get(Lang::ZhCn)), format!("{period}: {}", text.get(Lang::En)))
}

/// What an alarm says, after its title if it has one; the title of one that ended is said to be over, since it says the contrary.
pub fn titled(title: Option<&Localized>, holds: bool, text: LocalizedTexts) -> LocalizedTexts {
    let Some(title) = title else { return text };
    let (zh, en) = (title.get(Lang::ZhCn), title.get(Lang::En));
    let (zh, en) = match holds {
        true => (zh.to_owned(), en.to_owned()),
        false => (format!("「{zh}」已解除"), format!("“{en}” is over")),
    };
    lang_texts(format!("{zh}：{}", text.get(Lang::ZhCn)), format!("{en}: {}", text.get(Lang::En)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn rule(on: AlarmKind) -> RawAlarm {
        let none = RawDelivery::default();
        let mut rule = rules(&none).remove(0);
        rule.id = "r".into();
        rule.on = on;
        rule
    }

    fn indicator(group: Option<&str>, estimate: Option<f64>) -> Indicator {
        Indicator {
            metric: "csi".into(),
            title: lang_texts("满意度", "Satisfaction"),
            segment: group.map(|group| ("branch".into(), group.into())),
            group: None,
            estimate,
            unit: Unit::Points,
        }
    }

    #[test]
    fn thresholds_are_crossed_and_not_touched() {
        let mut low = rule(AlarmKind::Threshold);
        (low.metric, low.below) = (Some("csi".into()), Some(80.0));
        for (estimate, holds) in [
            (Some(79.9), Some(true)),
            (Some(80.0), Some(false)),
            (Some(95.0), Some(false)),
            (None, None),
            (Some(f64::NAN), None),
        ] {
            let situation = Situation {
                indicators: vec![indicator(None, estimate), indicator(Some("A"), Some(1.0))],
                ..Situation::default()
            };
            let found = signals(std::slice::from_ref(&low), &situation);
            assert_eq!(
                (found.len(), found[0].holds, found[0].audience),
                (1, holds, AlarmAudience::Readers),
                "{estimate:?}"
            );
        }
        (low.above, low.segment) = (Some(99.0), Some("branch".into()));
        let situation = Situation {
            indicators: vec![indicator(None, Some(1.0)), indicator(Some("朝阳"), Some(99.5))],
            ..Situation::default()
        };
        let found = signals(std::slice::from_ref(&low), &situation);
        assert_eq!((found.len(), found[0].holds, found[0].subject.as_str()), (1, Some(true), "csi/branch=朝阳"));
        assert_eq!(found[0].text.get(Lang::ZhCn), "满意度（朝阳）为 99.5分（下限 80分，上限 99分）");
        assert_eq!(
            found[0].text.get(Lang::En),
            "Satisfaction (朝阳) is 99.5 points (lower limit 80 points, upper limit 99 points)"
        );
        let named = Indicator { group: Some("Morning Sun".into()), ..situation.indicators[1].clone() };
        assert!(threshold_text(&low, &named, true).get(Lang::En).starts_with("Satisfaction (Morning Sun) is"));
    }

    /// The title says the contrary of what is the case when it is over.
    #[test]
    fn the_title_of_what_is_over_is_quoted() {
        let mut low = rule(AlarmKind::Threshold);
        (low.metric, low.below) = (Some("csi".into()), Some(62.0));
        let said = |low: &RawAlarm, estimate: f64| {
            let indicators = vec![indicator(None, Some(estimate))];
            let found = signals(std::slice::from_ref(low), &Situation { indicators, ..Situation::default() });
            (found[0].text.get(Lang::ZhCn).to_owned(), found[0].text.get(Lang::En).to_owned())
        };
        let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
        assert_eq!(
            said(&low, 82.0),
            both("满意度现为 82.0分（下限 62分）", "Satisfaction is now 82.0 points (lower limit 62 points)")
        );
        low.title = Some(Localized::Plain("满意度过低".into()));
        assert_eq!(
            said(&low, 60.0),
            both(
                "满意度过低：满意度为 60.0分（下限 62分）",
                "满意度过低: Satisfaction is 60.0 points (lower limit 62 points)"
            )
        );
        assert_eq!(
            said(&low, 82.0),
            both("「满意度过低」已解除：满意度现为 82.0分", "“满意度过低” is over: Satisfaction is now 82.0 points")
        );
    }

    #[test]
    fn failures_are_watched_without_a_rule() {
        let rules = rules(&RawDelivery::default());
        let period = || "2026-11".to_owned();
        let mut situation = Situation {
            gates: vec![Gate {
                period: period(),
                gate: "freshness".into(),
                holds: true,
                text: lang_texts("旧", "old"),
            }],
            runs: vec![RunEnd {
                period: period(),
                failure: Some(Failure { text: lang_texts("坏", "bad"), codes: ["M0200".to_owned()].into() }),
            }],
            expected: vec![expected(true, None, &[])],
            ..Situation::default()
        };
        let found = signals(&rules, &situation);
        assert!(
            found.len() == 3
                && found.iter().all(|signal| signal.holds == Some(true) && signal.audience == AlarmAudience::Errors)
        );
        assert_eq!(found[2].text.get(Lang::ZhCn), "2026-10 已到期，尚未发布");
        assert_eq!((found[1].kind, found[1].codes.len()), (Some(AlarmKind::Failed), 1));
        situation.gates[0].holds = false;
        situation.runs[0].failure = None;
        situation.expected[0].lack = None;
        let over = signals(&rules, &situation);
        assert!(over.iter().all(|signal| signal.holds == Some(false)));
        // What ended is said in words, too.
        let said: Vec<&str> = over.iter().map(|signal| signal.text.get(Lang::En)).collect();
        assert_eq!(
            said,
            [
                "2026-11: no gate holds the release back any more",
                "2026-11: the run succeeded",
                "2026-10: no release is missing any more"
            ]
        );
        assert!(signals(&rules, &Situation::default()).is_empty());
    }

    fn expected(missing: bool, held: Option<bool>, heard: &[AlarmAudience]) -> Expected {
        let lack = missing.then_some(Lack::Absent);
        let stopped = held.map(|held| Stopped { held, text: lang_texts("2026-10：坏", "2026-10: bad") });
        Expected { period: "2026-10".into(), lack, stopped, heard: heard.to_vec() }
    }

    #[test]
    fn who_heard_of_the_failure_hears_nothing_of_the_missing_release() {
        let cases: [(Expected, Option<bool>, &str); 4] = [
            (expected(true, None, &[]), Some(true), "2026-10 is due and not published"),
            (expected(true, Some(false), &[]), Some(true), "2026-10 is still not published: bad"),
            (expected(true, Some(true), &[AlarmAudience::Readers]), Some(true), "2026-10 is still not published: bad"),
            (expected(true, Some(false), &[AlarmAudience::Errors]), None, ""),
        ];
        let rule = rule(AlarmKind::Missing);
        for (expected, holds, text) in cases {
            let situation = Situation { expected: vec![expected], ..Situation::default() };
            let found = signals(std::slice::from_ref(&rule), &situation);
            assert_eq!((found[0].holds, found[0].subject.as_str()), (holds, "2026-10"));
            assert!(found[0].text.get(Lang::En).starts_with(text), "{:?}", found[0].text);
        }
    }

    /// What a gate found are numbers that are not published.
    #[test]
    fn readers_hear_which_and_not_why() {
        let rule = RawAlarm { tell: Some(AlarmAudience::All), ..rule(AlarmKind::Missing) };
        let said = |held: bool| {
            let situation = Situation { expected: vec![expected(true, Some(held), &[])], ..Situation::default() };
            signals(std::slice::from_ref(&rule), &situation)[0].text.get(Lang::ZhCn).to_owned()
        };
        assert_eq!(said(true), "2026-10 仍未发布：被关卡扣住，等待审核");
        assert_eq!(said(false), "2026-10 仍未发布：其运行失败");
    }

    #[test]
    fn what_is_wrong_with_a_release_is_said() {
        let said = [Lack::Absent, Lack::CutOff, Lack::Gone, Lack::Damaged].map(|lack| {
            let one = Expected { lack: Some(lack), ..expected(true, None, &[]) };
            missing_text(&one, AlarmAudience::Errors).get(Lang::En).to_owned()
        });
        let parts = ["is due and not published", "cut off", "the link to it is gone", "release.json cannot be read"];
        assert!(said.iter().zip(parts).all(|(text, part)| text.contains(part)), "{said:?}");
    }

    #[test]
    fn control_charts_can_be_watched_one_by_one() {
        let control = |metric: &str, signals: Vec<LocalizedTexts>| Control {
            metric: metric.into(),
            title: lang_texts("满意度", "CSI"),
            signals,
        };
        let fired = vec![lang_texts("连续 8 点在中线一侧", "8 points on one side")];
        let situation =
            Situation { controls: vec![control("csi", fired), control("nps", vec![])], ..Situation::default() };
        let mut all = rule(AlarmKind::Control);
        assert_eq!(
            signals(std::slice::from_ref(&all), &situation).iter().map(|signal| signal.holds).collect::<Vec<_>>(),
            [Some(true), Some(false)]
        );
        all.metric = Some("nps".into());
        all.title = Some(Localized::Plain("注意".into()));
        let found = signals(&[all], &situation);
        assert_eq!((found.len(), found[0].text.get(Lang::ZhCn)), (1, "「注意」已解除：满意度：控制图正常"));
    }
}
