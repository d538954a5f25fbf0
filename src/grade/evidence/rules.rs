//! A course's own criteria: points for patterns that are found in the text and for conditions that its facts fulfil.

use std::sync::LazyLock;

use crate::diagnostics::Lang;
use crate::grade::evidence::facts::{FACTS, holds, values};
use crate::grade::evidence::{Mark, Reason};
use crate::grade::rubric::{Criterion, Rubric, Test};
use crate::grade::submissions::document::PlanText;

/// Points, and why. `plan` is counted, `folded` is searched for words.
pub(super) fn judge(plan: &PlanText, folded: &PlanText, rubric: &Rubric, criterion: &Criterion) -> (f64, Vec<Reason>) {
    let text = folded.text();
    let facts = LazyLock::new(|| values(plan, folded, rubric));
    let mut score: f64 = 0.0;
    let mut reasons = Vec::new();
    for rule in &criterion.rules {
        let (zh, en) = (rule.title.get(Lang::ZhCn), rule.title.get(Lang::En));
        // The rubric was checked when it was loaded.
        let Some(test) = &rule.test else { continue };
        let (met, told, passage) = match test {
            Test::Pattern(pattern) => {
                let found: Vec<&str> = pattern.find_iter(&text).map(|found| found.as_str()).collect();
                let (count, least) = (found.len(), rule.least);
                let told = (
                    format!("{zh}：找到 {count} 处，需要 {least} 处"),
                    format!("{en}: found {count} times, {least} wanted"),
                );
                (Some(count >= least as usize), told, found.first().copied().unwrap_or_default())
            }
            Test::Condition(condition) => {
                let shown = |name: &String| {
                    let at = FACTS.iter().position(|fact| fact.name == name.as_str())?;
                    let value = facts.get(at).copied().flatten();
                    Some(format!("{name} = {}", value.map_or_else(|| "–".to_owned(), |value| value.to_string())))
                };
                let known = condition.columns().iter().filter_map(shown).collect::<Vec<_>>().join(", ");
                let written = condition.text();
                let told = (format!("{zh}：{written}（{known}）"), format!("{en}: {written} ({known})"));
                (holds(condition, &facts), told, "")
            }
        };
        let mark = match met {
            Some(true) => {
                score += rule.points;
                Mark::Found
            }
            Some(false) => Mark::Missing,
            None => Mark::Note,
        };
        let (zh_points, en_points) = match met {
            Some(true) => (format!("，{:+} 分", rule.points), format!(", {:+} points", rule.points)),
            Some(false) => (String::new(), String::new()),
            None => ("，无法判断".to_owned(), ", which cannot be said".to_owned()),
        };
        let (told_zh, told_en) = told;
        reasons.push(Reason::new(mark, told_zh + &zh_points, told_en + &en_points).quoting(passage));
    }
    (score.clamp(0.0, criterion.points), reasons)
}
