//! Objectives: each sentence with its number, unit, starting point, target, date and measure.

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use crate::grade::evidence::sections::{Section, place, sentences, text_of};
use crate::grade::evidence::{Mark, Reason};
use crate::grade::submissions::document::PlanText;

/// Objectives that a plan is expected to have for full points.
const EXPECTED: usize = 2;

fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:百分之[零一二三四五六七八九十百点]+|[一二三四五六七八九十两]+成|\d+(?:[.,]\d+)*\s*(?:%|％|个百分点|百分点|分钟|小时|秒|分|元|万元|人次|人|次|条|家|天|件|份|名|倍|颗星|星|个|杯|单|本|台|米|公斤|折|percent|points?|minutes?)|\d+(?:\.\d+)?\s*(?:提升|提高|上升|升|增加|增|下降|降低|降|减少|减|缩短)(?:到|至)\s*\d+(?:\.\d+)?)",
    )
});
static BASELINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:由|从|自|目前|现在|现有|现状|原来|当前|调查时|from)[^，。；]{0,14}?(?:\d|百分之|[一二三四五六七八九]成)",
    )
});
static TARGET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:减半|翻番|翻一番|翻倍|归零|清零|降为零|提升到|提升至|提高到|提高至|上升到|升至|升到|增至|增加到|达到|达|降到|降至|下降到|减少到|减至|压到|缩短到|缩短至|控制在|不低于|不少于|不高于|不超过|低于|以上|以内|以下|至|到|\bto\b)",
    )
});
static CHANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:提升|提高|增加|增长|上升|升到|升至|降低|下降|降到|降至|减少|减半|缩短|翻番|翻一番|翻倍|归零|清零|raise|reduce|cut)",
    )
});
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:\d{2,4}\s*年|\d{1,2}\s*月(?:底|末|初|中旬|\d{1,2}\s*日)?|(?:本|下|这|新|上)?个?学期(?:末|结束|内|初)?|学年|(?:一|二|三|四|五|六|八|十|两|半|\d+)\s*(?:个)?(?:月|周|年|季度|学期)(?:内|之内|后|以内)?|明年|今年|五一|国庆|元旦|春节|年底|月底|期末|期中|寒假|暑假|季度|by the end|\b20\d\d\b)",
    )
});
static MEASURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?:问卷|调查|回访|统计|抽查|测评|后台|记录|台账|打分|评分|神秘顾客|回收|复测|数据为准|survey|measured|audit)",
    )
});

/// What an objective says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Objective {
    /// The sentence.
    pub sentence: String,
    /// A number with its unit.
    pub number: Option<String>,
    /// Where it starts from.
    pub baseline: bool,
    /// What it is to come to.
    pub target: bool,
    /// Until when.
    pub date: bool,
    /// How it is measured.
    pub measure: bool,
}

impl Objective {
    /// Share of what makes an objective concrete, 0 to 1: number and target count twice.
    pub fn concreteness(&self) -> f64 {
        let part = |held: bool, weight: f64| if held { weight } else { 0.0 };
        part(self.number.is_some(), 0.3)
            + part(self.target, 0.25)
            + part(self.date, 0.2)
            + part(self.baseline, 0.15)
            + part(self.measure, 0.1)
    }
}

fn found(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// The objectives of a plan: the sentences of that section with a number or a change, else such sentences that speak of a goal.
pub fn objectives(plan: &PlanText) -> Vec<Objective> {
    let placed = place(plan);
    let section = text_of(&placed, Section::Objectives);
    let everything = plan.text();
    let (text, anywhere) = if section.trim().is_empty() { (&everything, true) } else { (&section, false) };
    // What holds for the whole section, such as "by the end of term" in its first line or "measured by the same survey" in its last.
    let whole_date = !anywhere && found(&DATE, text);
    let whole_measure = !anywhere && found(&MEASURE, text);
    let mut objectives = Vec::new();
    for sentence in sentences(text) {
        let wanted = !anywhere || sentence.contains("目标") || sentence.contains("力争") || sentence.contains("争取");
        let number = NUMBER.as_ref().and_then(|pattern| pattern.find(sentence)).map(|held| held.as_str().to_owned());
        let directed = found(&TARGET, sentence) || found(&CHANGE, sentence);
        if !wanted || (number.is_none() && !found(&CHANGE, sentence)) || !directed {
            continue;
        }
        objectives.push(Objective {
            sentence: sentence.to_owned(),
            baseline: number.is_some() && found(&BASELINE, sentence),
            target: number.is_some() && found(&TARGET, sentence),
            date: whole_date || found(&DATE, sentence),
            measure: whole_measure || found(&MEASURE, sentence),
            number,
        });
    }
    objectives
}

/// Share of the points, and why.
pub(super) fn judge(plan: &PlanText) -> (f64, Vec<Reason>) {
    let mut held = objectives(plan);
    if held.is_empty() {
        return (0.0, vec![Reason::new(Mark::Missing, "没有找到具体的目标", "no concrete objective was found")]);
    }
    held.sort_by(|left, right| right.concreteness().total_cmp(&left.concreteness()));
    let best = held.iter().take(EXPECTED).map(Objective::concreteness).sum::<f64>() / EXPECTED as f64;
    let mut reasons = Vec::new();
    for objective in held.iter().take(5) {
        let parts = [
            (objective.number.is_some(), "数字", "number"),
            (objective.baseline, "现状", "starting point"),
            (objective.target, "目标值", "target"),
            (objective.date, "期限", "date"),
            (objective.measure, "衡量方法", "measure"),
        ];
        let list = |wanted: bool, zh: bool| {
            let names = parts.iter().filter(|part| part.0 == wanted).map(|part| if zh { part.1 } else { part.2 });
            names.collect::<Vec<_>>().join(if zh { "、" } else { ", " })
        };
        let missing = parts.iter().any(|part| !part.0);
        let mark = if missing { Mark::Missing } else { Mark::Found };
        let (zh, en) = match missing {
            true => {
                (format!("目标缺少：{}", list(false, true)), format!("the objective lacks: {}", list(false, false)))
            }
            false => ("目标完整".to_owned(), "the objective is complete".to_owned()),
        };
        reasons.push(Reason::new(mark, zh, en).quoting(&objective.sentence));
    }
    if held.len() < EXPECTED {
        reasons.push(Reason::new(Mark::Missing, "只有一个目标", "there is only one objective"));
    }
    (best, reasons)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::grade::submissions::text::read_text;

    fn of(text: &str) -> Vec<Objective> {
        objectives(&read_text(text.as_bytes()).unwrap())
    }

    #[test]
    fn what_an_objective_says_is_found() {
        let held = of(
            "三、营销目标\n1. 到2027年1月，总体满意度由62%提高到75%，以同一问卷复测。\n2. 排队时间缩短到8分钟以内。\n3. 让同学们更满意。\n四、策略\n提高10%。",
        );
        assert_eq!(held.len(), 2);
        assert!((held[0].concreteness() - 1.0).abs() < 1e-9);
        assert_eq!(held[0].number.as_deref(), Some("62%"));
        assert!(held[1].target && !held[1].baseline && held[1].date, "{:?}", held[1]);
    }

    /// A heading with its text behind a blank; a score has no unit.
    #[test]
    fn a_score_that_rises_is_a_number() {
        let held = of("二、目标 明年五一之前，评分从4.5升到4.7，以平台后台为准；隔音差评减半。\n三、策略 加装隔音条。");
        assert_eq!(held.len(), 2, "{held:?}");
        assert!((held[0].concreteness() - 1.0).abs() < 1e-9, "{:?}", held[0]);
        assert!(held[1].number.is_none() && held[1].date);
    }

    #[test]
    fn words_alone_are_no_objective() {
        assert!(of("三、目标\n我们要做得更好，让大家开心。").is_empty());
        assert!(of("今天食堂的菜卖了30元，来了20人。").is_empty());
    }
}
