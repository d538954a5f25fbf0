//! Interviewers (or branches) beside the limits of chance, as a model: who brings in scores that lie too far from those of all.

use std::sync::Arc;

use crate::diagnostics::{Localized, lang_texts};
use crate::models::funnel::{Funnel, FunnelLevels, FunnelSignal, FunnelUnit, mean_funnel, share_funnel};
use crate::models::registry::{ItemInfo, Method, Need};
use crate::models::{Cell, Fit, Frame, Measure, Model, ModelProblem, Row, Table, options::Options};

/// The method in the registry: one item, the score or a yes and no; the groups are the interviewers. Its limits are its intervals.
pub const METHOD: Method = Method {
    name: "interviewer_funnel",
    outcome: |_| false,
    group: |_| Need::Yes,
    fewest_items: 1,
    most_items: 1,
    keys: &["of"],
    optional_keys: &[],
    replicates: 0,
    build,
};

#[derive(Debug)]
struct Plot {
    of_shares: bool,
    levels: FunnelLevels,
    least: usize,
}

fn build(options: &mut Options<'_>, _items: &[ItemInfo]) -> Option<Arc<dyn Model>> {
    let of_shares = options.choice("value", &["mean", "share"], "mean") == "share";
    let usual = FunnelLevels::default();
    let mut level = |key, default| options.number(key, [0.5, 0.999_999], default);
    let levels = FunnelLevels { warning: level("warning", usual.warning), alarm: level("alarm", usual.alarm) };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 10000")]
    let least = options.number("least", [1.0, 10_000.0], 10.0) as usize;
    Some(Arc::new(Plot { of_shares, levels, least }))
}

impl Model for Plot {
    /// Answers with a value and an interviewer.
    fn cases(&self, frame: &Frame) -> Vec<bool> {
        let known = |row: usize| frame.groups.as_ref().is_some_and(|groups| groups.of_answers[row].is_some());
        frame.complete_cases().into_iter().enumerate().map(|(row, complete)| complete && known(row)).collect()
    }

    fn fit(&self, frame: &Frame, _weights: &[f64]) -> Result<Fit, ModelProblem> {
        let nothing = || ModelProblem::Other {
            problem: lang_texts(
                "访问员之内没有差异，无法判断",
                "answers do not differ within interviewers, so nothing can be judged",
            ),
        };
        let groups = frame.groups.as_ref().ok_or_else(nothing)?;
        let interviewers: Vec<usize> = groups.of_answers.iter().map(|group| group.unwrap_or_default()).collect();
        let scores = frame.items[0].values();
        let found = if self.of_shares {
            let yes: Vec<bool> = scores.iter().map(|score| *score > 0.0).collect();
            share_funnel(&yes, &interviewers, self.levels)
        } else {
            mean_funnel(scores, &interviewers, self.levels)
        };
        let found = found.ok_or_else(nothing)?;
        let shown: Vec<&FunnelUnit> = found.units.iter().filter(|unit| unit.answers >= self.least).collect();
        let mut notes = vec![Localized::PerLang(lang_texts(
            "不加权；超出界限只提示复查，不是证据；二十名访问员中平均有一名因偶然超出 95% 界限",
            "unweighted; beyond a limit is a reason to look, no proof: of twenty interviewers one lies outside the 95% limits by chance",
        ))];
        let few = found.units.len() - shown.len();
        if few > 0 {
            notes.push(Localized::PerLang(lang_texts(
                format!("另有 {few} 名访问员的答卷少于 {} 份，不列出", self.least),
                format!("{few} interviewers with fewer than {} answers are not listed", self.least),
            )));
        }
        Ok(Fit { values: self.values(&found, &shown), tables: vec![self.table(&shown, frame)], notes })
    }

    fn method(&self) -> Localized {
        Localized::PerLang(if self.of_shares {
            lang_texts(
                "漏斗图（Spiegelhalter 2005）：各访问员的比例与按答卷数的二项分布界限比较，界限在计数之间插值；不加权",
                "funnel plot (Spiegelhalter 2005): the share of each interviewer against binomial limits for its number of answers, interpolated between counts; unweighted",
            )
        } else {
            lang_texts(
                "漏斗图（Spiegelhalter 2005）：各访问员的均值与 总体均值 ± z·s/√n 比较，s 为访问员之内的合并标准差；不加权",
                "funnel plot (Spiegelhalter 2005): the mean of each interviewer against mean of all ± z s / √n, s the deviation pooled within interviewers; unweighted",
            )
        })
    }
}

impl Plot {
    fn shown(&self, value: f64) -> f64 {
        if self.of_shares { 100.0 * value } else { value }
    }

    fn measure(&self, id: &str, zh_cn: &str, en: &str) -> Measure {
        let measure = Measure::new(id, zh_cn, en);
        if self.of_shares { measure.percent() } else { measure.decimals(2) }
    }

    #[allow(clippy::cast_precision_loss, reason = "numbers of interviewers are small")]
    fn values(&self, found: &Funnel, shown: &[&FunnelUnit]) -> Vec<crate::models::Value> {
        let beyond = |signal: FunnelSignal| shown.iter().filter(|unit| unit.signal >= signal).count() as f64;
        vec![
            self.measure("target", "全部答卷", "all answers").value(self.shown(found.target)),
            Measure::new("interviewers", "列出的访问员数", "interviewers listed").decimals(0).value(shown.len() as f64),
            Measure::new("warnings", "超出内界限的访问员数", "interviewers beyond the inner limits")
                .decimals(0)
                .value(beyond(FunnelSignal::Warning)),
            Measure::new("alarms", "超出外界限的访问员数", "interviewers beyond the outer limits")
                .decimals(0)
                .value(beyond(FunnelSignal::Alarm)),
            Measure::new(
                "dispersion",
                "z² 的均值（远大于 1 表示访问员整体有差异）",
                "mean of z² (well above 1: interviewers differ as a whole)",
            )
            .decimals(2)
            .value(found.dispersion),
        ]
    }

    #[allow(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
    fn table(&self, shown: &[&FunnelUnit], frame: &Frame) -> Table {
        let name = |unit: usize| frame.groups.as_ref().map_or("", |groups| groups.names[unit].as_str());
        let row = |unit: &&FunnelUnit| {
            let verdict = match unit.signal {
                FunnelSignal::Inside => lang_texts("界限内", "inside"),
                FunnelSignal::Warning => lang_texts("注意", "warning"),
                FunnelSignal::Alarm => lang_texts("警报", "alarm"),
            };
            Row {
                id: name(unit.unit).to_owned(),
                title: Localized::from(name(unit.unit)),
                cells: vec![
                    Cell::from(unit.answers as f64),
                    Cell::from(self.shown(unit.value)),
                    Cell::from(unit.z),
                    Cell::from(self.shown(unit.warning.lower)),
                    Cell::from(self.shown(unit.warning.upper)),
                    Cell::from(self.shown(unit.alarm.lower)),
                    Cell::from(self.shown(unit.alarm.upper)),
                    Cell::Text(Localized::PerLang(verdict)),
                ],
            }
        };
        let level = |level: f64| format!("{}%", (1e4 * level).round() / 100.0);
        let (inner, outer) = (level(self.levels.warning), level(self.levels.alarm));
        Table {
            id: "interviewers".to_owned(),
            title: Localized::PerLang(lang_texts("访问员", "Interviewers")),
            row_title: Localized::PerLang(lang_texts("访问员", "interviewer")),
            measures: vec![
                Measure::new("answers", "答卷数", "answers").decimals(0),
                self.measure("value", "结果", "result"),
                Measure::new("z", "z", "z").decimals(2),
                self.measure("warning_low", &format!("{inner} 下限"), &format!("{inner} from")),
                self.measure("warning_high", &format!("{inner} 上限"), &format!("{inner} to")),
                self.measure("alarm_low", &format!("{outer} 下限"), &format!("{outer} from")),
                self.measure("alarm_high", &format!("{outer} 上限"), &format!("{outer} to")),
                Measure::new("verdict", "结论", "verdict"),
            ],
            rows: shown.iter().map(row).collect(),
        }
    }
}
