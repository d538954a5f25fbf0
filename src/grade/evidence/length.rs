//! 字数: as Word counts it, with the deduction worked out.

use crate::document::length::count_words;
use crate::grade::evidence::{Mark, Reason};
use crate::grade::rubric::{Count, Partial, Rubric};
use crate::grade::submissions::document::PlanText;
use crate::grade::submissions::gate::is_han;

/// The counts of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// As Word counts: all text that is seen.
    pub word: usize,
    /// The same of paragraphs only.
    pub body: usize,
    /// Han characters.
    pub han: usize,
}

/// Counts a plan; `notes` says whether footnotes count.
pub fn count(plan: &PlanText, notes: bool) -> Counts {
    let text = if notes { plan.text() } else { plan.without_notes() };
    Counts {
        word: count_words(&text),
        body: count_words(&plan.body()),
        han: text.chars().filter(|letter| is_han(*letter)).count(),
    }
}

/// Points lost for a number of words that is `missing`.
pub fn deduction(missing: usize, rubric: &Rubric) -> f64 {
    let rule = rubric.length;
    let steps = missing as f64 / f64::from(rule.step.max(1));
    rule.deduction
        * match rule.partial {
            Partial::Full => steps.ceil(),
            Partial::Proportional => steps,
            Partial::None => steps.floor(),
        }
}

/// Points lost, and why.
pub(super) fn judge(plan: &PlanText, rubric: &Rubric) -> (f64, Vec<Reason>) {
    let rule = rubric.length;
    let counts = count(plan, rule.notes);
    let counted = match rule.count {
        Count::Word => counts.word,
        Count::Body => counts.body,
        Count::Han => counts.han,
    };
    let mut reasons = vec![Reason::new(
        Mark::Note,
        format!("全文 {} 字（按 Word 字数统计），其中正文段落 {} 字，汉字 {} 个", counts.word, counts.body, counts.han),
        format!(
            "{} words as Word counts, {} of them in paragraphs, {} Han characters",
            counts.word, counts.body, counts.han
        ),
    )];
    let least = rule.least as usize;
    let mut lost = 0.0;
    if counted < least {
        let missing = least - counted;
        lost = deduction(missing, rubric);
        let (step, points) = (rule.step, rule.deduction);
        let part = match rule.partial {
            Partial::Full => {
                (format!("（不足 {step} 字按 {step} 字计）"), format!(", each {step} begun counting whole"))
            }
            Partial::Proportional => ("（按比例）".to_owned(), " in proportion".to_owned()),
            Partial::None => (format!("（不足 {step} 字不计）"), format!(", whole {step} only")),
        };
        reasons.push(Reason::new(
            Mark::Missing,
            format!("计 {counted} 字，比要求的 {least} 字少 {missing} 字；每少 {step} 字扣 {points} 分{}，共扣 {lost} 分", part.0),
            format!("{counted} words count, {missing} fewer than {least}; {points} points for every {step} missing{}: {lost} points off", part.1),
        ));
    } else {
        reasons.push(Reason::new(
            Mark::Found,
            format!("计 {counted} 字，达到 {least} 字"),
            format!("{counted} words count, at least {least} are wanted"),
        ));
    }
    if rule.most > 0 && counted > rule.most as usize {
        let over = counted - rule.most as usize;
        let off = rule.over_deduction * (over as f64 / f64::from(rule.step.max(1))).ceil();
        lost += off;
        reasons.push(Reason::new(
            Mark::Note,
            format!("超出上限 {} 字共 {over} 字，扣 {off} 分", rule.most),
            format!("{over} words above the limit of {}: {off} points off", rule.most),
        ));
    }
    (lost, reasons)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::grade::rubric::parse_rubric;
    use crate::grade::submissions::text::read_text;

    /// Worked by hand from the sheet: 600 wanted, 5 points for every 100 missing.
    #[test]
    fn missing_hundreds_cost_points() {
        for (partial, words, lost) in [
            ("full", 600, 0.0),
            ("full", 599, 5.0),
            ("full", 500, 5.0),
            ("full", 499, 10.0),
            ("full", 0, 30.0),
            ("none", 501, 0.0),
            ("none", 500, 5.0),
            ("proportional", 550, 2.5),
        ] {
            let text = format!("rubric: 1\nlength: {{ partial: {partial} }}");
            let rubric = parse_rubric(&text, &mut Diagnostics::new()).unwrap();
            assert!(
                (judge(&read_text("字".repeat(words).as_bytes()).unwrap(), &rubric).0 - lost).abs() < 1e-9,
                "{partial} {words}"
            );
        }
    }
}
