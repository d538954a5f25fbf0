//! The foreword and its theme: found, short enough, one sentence, naming what the plan is about and what for.

use crate::document::length::count_words;
use crate::grade::evidence::sections::{Section, place, sentences, text_of};
use crate::grade::evidence::{Mark, Reason};
use crate::grade::rubric::Rubric;
use crate::grade::submissions::document::{PieceKind, PlanText};
use crate::grade::submissions::gate::is_han;

/// Words that say what a plan is for.
const PURPOSES: [&str; 24] = [
    "提升", "提高", "改善", "改进", "优化", "增强", "减少", "降低", "缩短", "解决", "满意", "忠诚", "回头", "赢得",
    "留住", "吸引", "打造", "重建", "重塑", "挽回", "让", "improve", "raise", "reduce",
];
/// Things that plans of satisfaction are usually about, besides what the title names.
const SUBJECTS: [&str; 26] = [
    "食堂",
    "超市",
    "图书馆",
    "宿舍",
    "快递",
    "奶茶",
    "咖啡",
    "餐厅",
    "书店",
    "打印店",
    "健身房",
    "校车",
    "校医院",
    "理发店",
    "驿站",
    "水果店",
    "面包店",
    "网店",
    "酒店",
    "银行",
    "电影院",
    "药店",
    "浴室",
    "洗衣",
    "外卖",
    "便利店",
];

/// Share of the points, and why.
pub(super) fn judge(plan: &PlanText, rubric: &Rubric) -> (f64, Vec<Reason>) {
    let placed = place(plan);
    let foreword = text_of(&placed, Section::Foreword);
    let labelled = !foreword.trim().is_empty();
    let foreword = match labelled {
        // Without another heading everything would be foreword: what stands behind the word itself is meant.
        true if placed.iter().all(|piece| matches!(piece.section, None | Some(Section::Foreword))) => {
            let first = placed.iter().find(|piece| piece.section == Some(Section::Foreword));
            first.map(|piece| piece.text.to_owned()).unwrap_or_default()
        }
        true => foreword,
        false => first_paragraph(plan),
    };
    let mut reasons = Vec::new();
    let mut share = 0.0;
    if labelled {
        share += 0.2;
        reasons.push(Reason::new(Mark::Found, "有前言", "there is a foreword").quoting(&foreword));
    } else {
        reasons.push(
            Reason::new(
                Mark::Missing,
                "没有标明前言；以下按第一段判断",
                "no foreword is marked; the first paragraph is judged",
            )
            .quoting(&foreword),
        );
    }
    let (words, most) = (count_words(&foreword), rubric.theme.most as usize);
    if labelled && words <= most {
        share += 0.2;
        reasons.push(Reason::new(
            Mark::Found,
            format!("前言 {words} 字，不超过 {most} 字"),
            format!("it has {words} words, at most {most}"),
        ));
    } else if labelled {
        reasons.push(Reason::new(
            Mark::Missing,
            format!("前言 {words} 字，超过 {most} 字"),
            format!("it has {words} words, more than {most}"),
        ));
    }
    let Some(theme) = theme_sentence(&foreword) else {
        reasons.push(Reason::new(Mark::Missing, "没有找到主题句", "no theme sentence was found"));
        return (share, reasons);
    };
    let subject = subjects(plan, rubric).into_iter().find(|word| theme.contains(word.as_str()));
    let purpose = PURPOSES.iter().find(|word| theme.contains(**word));
    share += 0.2;
    reasons.push(Reason::new(Mark::Found, "主题句", "theme sentence").quoting(theme));
    match subject {
        Some(subject) => {
            share += 0.2;
            reasons.push(Reason::new(
                Mark::Found,
                format!("写明对象：{subject}"),
                format!("names its subject: {subject}"),
            ));
        }
        None => reasons.push(Reason::new(Mark::Missing, "主题句没有写明对象", "the theme does not name its subject")),
    }
    match purpose {
        Some(purpose) => {
            share += 0.2;
            reasons.push(Reason::new(
                Mark::Found,
                format!("写明目的：{purpose}"),
                format!("names its purpose: {purpose}"),
            ));
        }
        None => reasons.push(Reason::new(Mark::Missing, "主题句没有写明目的", "the theme does not name its purpose")),
    }
    let long = theme.chars().count();
    if long > 60 {
        share -= 0.1;
        reasons.push(Reason::new(
            Mark::Note,
            format!("主题句 {long} 字，偏长"),
            format!("the theme takes {long} characters, which is long"),
        ));
    }
    (share, reasons)
}

fn first_paragraph(plan: &PlanText) -> String {
    let long = plan.pieces.iter().find(|piece| piece.kind == PieceKind::Paragraph && piece.text.chars().count() >= 20);
    long.map(|piece| piece.text.clone()).unwrap_or_default()
}

/// The sentence that says it is the theme, else one in quotation marks that names a purpose, else the first that does.
fn theme_sentence(foreword: &str) -> Option<&str> {
    let sentences = sentences(foreword);
    let has_purpose = |sentence: &&&str| PURPOSES.iter().any(|word| sentence.contains(word));
    let named =
        sentences.iter().find(|sentence| sentence.contains("主题") || sentence.to_lowercase().contains("theme"));
    let quoted =
        || sentences.iter().filter(has_purpose).find(|sentence| sentence.contains('“') || sentence.contains('《'));
    named.or_else(quoted).or_else(|| sentences.iter().find(has_purpose)).copied()
}

/// Words that name what the plan is about: the rubric's, else the usual ones and the beginning of the title.
fn subjects(plan: &PlanText, rubric: &Rubric) -> Vec<String> {
    if !rubric.theme.subjects.is_empty() {
        return rubric.theme.subjects.clone();
    }
    let mut words: Vec<String> = SUBJECTS.iter().map(|word| (*word).to_owned()).collect();
    if let Some(title) = plan.pieces.first() {
        let end = ["满意", "提升", "顾客", "策划", "服务"].iter().filter_map(|word| title.text.find(word)).min();
        let name: String = title.text[..end.unwrap_or(0)].chars().filter(|letter| is_han(*letter)).collect();
        if (2..=12).contains(&name.chars().count()) {
            words.push(name.chars().rev().take(2).collect::<Vec<_>>().into_iter().rev().collect());
        }
    }
    words
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::grade::rubric::{BUILT_IN, parse_rubric};
    use crate::grade::submissions::text::read_text;

    fn share(text: &str) -> f64 {
        let rubric = parse_rubric(BUILT_IN, &mut Diagnostics::new()).unwrap();
        judge(&read_text(text.as_bytes()).unwrap(), &rubric).0
    }

    #[test]
    fn a_clear_theme_earns_all_and_none_earns_little() {
        let title = "第二食堂满意度提升策划书\n";
        let good = "前言：本策划的主题是“少排一分钟，多一分满意”，缩短第二食堂的排队时间。\n一、问题\n略";
        assert!((share(&format!("{title}{good}")) - 1.0).abs() < 1e-9);
        let long = format!("{title}前言：{}\n一、问题\n略", "本策划为提升食堂满意度而写，内容很多。".repeat(9));
        assert!((share(&long) - 0.8).abs() < 1e-9);
        // A foreword without any other heading is what stands behind its word.
        let alone = format!(
            "{title}前言：本策划的主题是缩短第二食堂的排队时间，提升满意度。\n{}",
            "晚餐要排很久。\n".repeat(40)
        );
        assert!((share(&alone) - 1.0).abs() < 1e-9);
        assert!(share("今天天气很好，我们去了公园，看到了很多花，也看到很多人在放风筝。\n一、问题\n略") < 0.3);
    }
}
