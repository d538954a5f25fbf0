//! What can be measured of a plan, with the passages that show it, and the score that follows from it as a proposal. The teacher
//! decides; where a machine cannot judge, there are flags and no score.

pub mod facts;
pub mod flags;
pub mod language;
pub mod length;
pub mod objectives;
pub mod plan;
pub mod rules;
pub mod sections;
pub mod theme;
pub mod topic;

use std::borrow::Cow;

use serde::Serialize;

use crate::diagnostics::{LocalizedTexts, lang_texts};
use crate::grade::copying::normalise::{plain, simplified};
use crate::grade::evidence::flags::is_invisible;
use crate::grade::rubric::{By, Criterion, Rubric};
use crate::grade::submissions::document::PlanText;
use crate::grade::submissions::gate::is_han;

/// What the program has to say about one criterion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proposal {
    /// Id of the criterion.
    pub criterion: String,
    /// Most points.
    pub points: f64,
    /// The proposed score; `None` where only the teacher can judge.
    pub score: Option<f64>,
    /// The range in which a teacher may well decide otherwise.
    pub range: Option<(f64, f64)>,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// One thing found or missing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// Found, missing or merely worth knowing.
    pub mark: Mark,
    /// In words.
    pub text: LocalizedTexts,
    /// The passage that shows it, as written.
    pub quote: Option<String>,
}

/// How a reason counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It is there.
    Found,
    /// It is not.
    Missing,
    /// Worth knowing.
    Note,
}

impl Reason {
    /// A reason without a passage.
    pub fn new(mark: Mark, zh_cn: impl Into<String>, en: impl Into<String>) -> Self {
        Self { mark, text: lang_texts(zh_cn.into(), en.into()), quote: None }
    }

    /// With the passage that shows it.
    #[must_use]
    pub fn quoting(mut self, passage: &str) -> Self {
        self.quote = Some(shorten(passage.trim(), 120)).filter(|passage| !passage.is_empty());
        self
    }
}

/// A passage of at most so many characters.
pub fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// All proposals for a plan, in the order of the rubric.
///
/// The words that are looked for are simplified ones of plain characters, so a plan in traditional characters, or with radicals and
/// full-width digits in place of what they look like, is judged, and quoted, without them. `plan` is one that is [visible] alone.
pub fn propose(plan: &PlanText, rubric: &Rubric) -> Vec<Proposal> {
    let traditional = is_traditional(plan);
    let turned = |letter| {
        let plain = plain(letter);
        Some(if traditional { simplified(plain) } else { plain })
    };
    let disguised =
        traditional || plan.pieces.iter().any(|piece| piece.text.chars().any(|letter| plain(letter) != letter));
    let folded = disguised.then(|| with_letters(plan, turned));
    let folded = folded.as_ref().unwrap_or(plan);
    rubric.criteria.iter().map(|criterion| propose_one(plan, folded, rubric, criterion)).collect()
}

/// A plan without its invisible characters, which nobody reads: what is counted and judged.
pub fn visible(plan: &PlanText) -> Cow<'_, PlanText> {
    if plan.pieces.iter().any(|piece| piece.text.contains(is_invisible)) {
        Cow::Owned(with_letters(plan, |letter| (!is_invisible(letter)).then_some(letter)))
    } else {
        Cow::Borrowed(plan)
    }
}

/// Share of traditional characters from which a plan is judged in simplified ones.
const TRADITIONAL: f64 = 0.1;

fn is_traditional(plan: &PlanText) -> bool {
    let text = plan.text();
    let han = text.chars().filter(|letter| is_han(*letter)).count();
    let other = text.chars().filter(|letter| simplified(*letter) != *letter).count();
    other as f64 > TRADITIONAL * han as f64
}

fn with_letters(plan: &PlanText, turned: impl Fn(char) -> Option<char>) -> PlanText {
    let mut plan = plan.clone();
    plan.pieces.iter_mut().for_each(|piece| piece.text = piece.text.chars().filter_map(&turned).collect());
    plan
}

/// `plan` is counted, `folded` is searched for words.
fn propose_one(plan: &PlanText, folded: &PlanText, rubric: &Rubric, criterion: &Criterion) -> Proposal {
    let (share, spread, reasons) = match criterion.by {
        By::Length => {
            let (lost, reasons) = length::judge(plan, rubric);
            return Proposal::of(criterion, Some((criterion.points - lost).max(0.0)), 0.0, reasons);
        }
        By::Theme => with_spread(theme::judge(folded, rubric), 0.2),
        By::Objectives => with_spread(objectives::judge(folded), 0.2),
        By::Plan => with_spread(plan::judge(folded), 0.15),
        By::Language => (None, 0.0, language::judge(folded)),
        By::Rules => {
            let (score, reasons) = rules::judge(plan, folded, rubric, criterion);
            return Proposal::of(criterion, Some(score), 0.0, reasons);
        }
        By::Manual => (None, 0.0, Vec::new()),
    };
    Proposal::of(criterion, share.map(|share| share * criterion.points), spread * criterion.points, reasons)
}

fn with_spread((share, reasons): (f64, Vec<Reason>), spread: f64) -> (Option<f64>, f64, Vec<Reason>) {
    (Some(share), spread, reasons)
}

impl Proposal {
    fn of(criterion: &Criterion, score: Option<f64>, spread: f64, reasons: Vec<Reason>) -> Self {
        let most = criterion.points;
        let half = |value: f64| ((value * 2.0).round() / 2.0).clamp(0.0, most);
        Self {
            criterion: criterion.id.clone(),
            points: most,
            score: score.map(half),
            range: score.map(|score| (half(score - spread), half(score + spread))),
            reasons,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::grade::rubric::{BUILT_IN, parse_rubric};
    use crate::grade::submissions::text::read_text;

    #[test]
    fn plans_in_traditional_characters_are_judged_alike() {
        let rubric = parse_rubric(BUILT_IN, &mut Diagnostics::new()).unwrap();
        let scores = |text: &str| {
            let found = propose(&read_text(text.as_bytes()).unwrap(), &rubric);
            found.into_iter().map(|held| held.score).collect::<Vec<_>>()
        };
        let simplified = "前言：本策划的主题是缩短食堂排队时间，提升满意度。\n一、问题\n晚餐窗口排队超过二十分钟。\n二、营销目标\n到2027年1月，满意度由62%提高到75%，以问卷复测。";
        let traditional = "前言：本策劃的主題是縮短食堂排隊時間，提升滿意度。\n一、問題\n晚餐窗口排隊超過二十分鐘。\n二、營銷目標\n到2027年1月，滿意度由62%提高到75%，以問卷復測。";
        assert_eq!(scores(simplified), scores(traditional));
        let strewn: String = simplified.chars().flat_map(|letter| [letter, '\u{200b}']).collect();
        let without = visible(&read_text(strewn.as_bytes()).unwrap()).into_owned();
        assert_eq!(without.text(), read_text(simplified.as_bytes()).unwrap().text());
        // 目 as a radical, 2027 in full-width digits.
        let alike = simplified.replace('目', "⽬").replace("2027", "２０２７").replace('生', "⽣");
        assert_eq!(scores(simplified), scores(&alike));
    }
}
