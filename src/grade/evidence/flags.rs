//! What may be meant to deceive, and where the form is not kept: shown to the teacher, never scored.

use std::collections::BTreeSet;

use crate::grade::evidence::language::repeated_paragraphs;
use crate::grade::evidence::sections::{Section, place};
use crate::grade::evidence::{Mark, Reason};
use crate::grade::rubric::Rubric;
use crate::grade::submissions::document::{HiddenBy, PlanText};
use crate::grade::submissions::gate::is_han;

/// Invisible characters that belong in no plan.
pub(super) fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{ad}' | '\u{feff}' | '\u{180e}')
}

/// Characters that look like Han ones and are not: radicals and compatibility forms, Cyrillic and Greek among Latin.
fn is_look_alike(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}' | '\u{0400}'..='\u{04ff}' | '\u{0391}'..='\u{03c9}')
}

/// Everything that the teacher should look at.
pub fn flags(plan: &PlanText, rubric: &Rubric) -> Vec<Reason> {
    let mut flags = Vec::new();
    hidden(plan, &mut flags);
    characters(plan, &mut flags);
    padding(plan, &mut flags);
    keyword_lists(plan, &mut flags);
    order(plan, &mut flags);
    form(plan, rubric, &mut flags);
    if plan.revisions.inserted + plan.revisions.deleted > 0 {
        let held = plan.revisions;
        flags.push(Reason::new(
            Mark::Note,
            format!("有未接受的修订：插入 {} 字（计入），删除 {} 字（不计）", held.inserted, held.deleted),
            format!(
                "tracked changes: {} characters inserted (counted), {} deleted (not counted)",
                held.inserted, held.deleted
            ),
        ));
    }
    flags
}

fn hidden(plan: &PlanText, flags: &mut Vec<Reason>) {
    for held in plan.hidden.iter().take(10) {
        let letters = held.text.chars().filter(|letter| !letter.is_whitespace()).count();
        let (zh, en) = match held.by {
            HiddenBy::Attribute => ("隐藏文字", "hidden text"),
            HiddenBy::White => ("白色文字", "white text"),
            HiddenBy::Tiny => ("极小文字", "tiny text"),
        };
        flags.push(
            Reason::new(
                Mark::Missing,
                format!("{zh} {letters} 字，不计入字数与评分"),
                format!("{en} of {letters} characters, neither counted nor judged"),
            )
            .quoting(&held.text),
        );
    }
}

fn characters(plan: &PlanText, flags: &mut Vec<Reason>) {
    let text = plan.text();
    let invisible = text.chars().filter(|letter| is_invisible(*letter)).count();
    if invisible > 0 {
        flags.push(Reason::new(
            Mark::Missing,
            format!("有 {invisible} 个不可见字符（如零宽空格）"),
            format!("{invisible} invisible characters such as zero-width spaces"),
        ));
    }
    let alike: Vec<char> = text.chars().filter(|letter| is_look_alike(*letter)).collect();
    if !alike.is_empty() {
        let shown: String = alike.iter().take(20).collect();
        flags.push(
            Reason::new(
                Mark::Missing,
                format!("有 {} 个形似汉字或字母的异体字符", alike.len()),
                format!("{} characters that only look like Han characters or letters", alike.len()),
            )
            .quoting(&shown),
        );
    }
}

fn padding(plan: &PlanText, flags: &mut Vec<Reason>) {
    for (sentence, count) in repeated_paragraphs(plan).into_iter().take(5) {
        flags.push(
            Reason::new(
                Mark::Missing,
                format!("同一句话出现 {count} 次"),
                format!("the same sentence stands {count} times"),
            )
            .quoting(&sentence),
        );
    }
    let text: Vec<char> = plan.text().chars().filter(|letter| is_han(*letter)).collect();
    if text.len() >= 200 {
        let pairs: BTreeSet<&[char]> = text.windows(2).collect();
        let variety = pairs.len() as f64 / (text.len() - 1) as f64;
        if variety < 0.45 {
            let percent = (variety * 100.0).round();
            flags.push(Reason::new(
                Mark::Missing,
                format!("用词变化少（不同的双字组合占 {percent}%），可能是凑字数"),
                format!("little variety ({percent}% of its character pairs differ): perhaps padding"),
            ));
        }
    }
}

/// Lists of words of the rubric without sentences around them.
fn keyword_lists(plan: &PlanText, flags: &mut Vec<Reason>) {
    const WORDS: [&str; 24] = [
        "满意度",
        "忠诚度",
        "回头率",
        "美誉度",
        "指名度",
        "抱怨率",
        "销售力",
        "SWOT",
        "优势",
        "劣势",
        "机会",
        "威胁",
        "5W1H",
        "目标",
        "策略",
        "产品",
        "价格",
        "渠道",
        "促销",
        "预算",
        "应急",
        "预案",
        "负责人",
        "时间",
    ];
    for piece in &plan.pieces {
        let long = piece.text.chars().count();
        let found = WORDS.iter().filter(|word| piece.text.contains(**word)).count();
        let covered: usize = WORDS.iter().map(|word| piece.text.matches(word).count() * word.chars().count()).sum();
        if found >= 8 && covered * 2 >= long {
            flags.push(
                Reason::new(Mark::Missing, "只罗列关键词，没有成句", "a list of keywords without sentences")
                    .quoting(&piece.text),
            );
        }
    }
}

/// Sections that come and go: the sign of shuffled sentences.
fn order(plan: &PlanText, flags: &mut Vec<Reason>) {
    let placed = place(plan);
    let mut seen: Vec<Section> = Vec::new();
    let mut returns = 0;
    for section in placed.iter().filter_map(|piece| piece.section) {
        match seen.last() {
            Some(last) if *last == section => {}
            _ => {
                returns += usize::from(seen.contains(&section));
                seen.push(section);
            }
        }
    }
    if returns >= 3 {
        flags.push(Reason::new(
            Mark::Note,
            "各部分的内容交错出现，可能打乱了顺序",
            "sections come and go: sentences may be shuffled",
        ));
    }
}

fn form(plan: &PlanText, rubric: &Rubric, flags: &mut Vec<Reason>) {
    let wanted = rubric.page;
    let close = |left: f64, right: f64| (left - right).abs() <= 2.0;
    let other = plan.layout.pages_mm.iter().find(|(width, height)| {
        let upright = close(*width, wanted.width_mm) && close(*height, wanted.height_mm);
        !(upright || close(*height, wanted.width_mm) && close(*width, wanted.height_mm))
    });
    if let Some((width, height)) = other {
        flags.push(Reason::new(
            Mark::Note,
            format!("纸张为 {width}×{height} mm，要求 {}×{} mm", wanted.width_mm, wanted.height_mm),
            format!("the page is {width} by {height} mm, wanted {} by {}", wanted.width_mm, wanted.height_mm),
        ));
    }
    let held = |shares: &[(f64, f64)], value: f64, about: f64| {
        shares.iter().filter(|(found, _)| (found - value).abs() <= about).map(|(_, share)| share).sum::<f64>()
    };
    if let Some((size, _)) = plan.layout.font_sizes.first()
        && held(&plan.layout.font_sizes, wanted.font_size, 0.26) < wanted.share
    {
        flags.push(Reason::new(
            Mark::Note,
            format!("正文多为 {size} 磅，要求 {} 磅", wanted.font_size),
            format!("most of the text is {size} pt, wanted {} pt", wanted.font_size),
        ));
    }
    if let Some((spacing, _)) = plan.layout.line_spacings.first()
        && held(&plan.layout.line_spacings, wanted.line_spacing, 0.2) < wanted.share
    {
        flags.push(Reason::new(
            Mark::Note,
            format!("行距多为 {spacing:.2} 倍，要求 {} 倍", wanted.line_spacing),
            format!("most lines are {spacing:.2} apart, wanted {}", wanted.line_spacing),
        ));
    }
    if let Some(pages) = plan.layout.page_count.filter(|pages| *pages > wanted.most_pages) {
        flags.push(Reason::new(
            Mark::Note,
            format!("共 {pages} 页，要求不超过 {} 页", wanted.most_pages),
            format!("{pages} pages, at most {} are wanted", wanted.most_pages),
        ));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::grade::rubric::{BUILT_IN, parse_rubric};
    use crate::grade::submissions::document::Hidden;
    use crate::grade::submissions::text::read_text;

    #[test]
    fn tricks_are_shown_and_honest_plans_are_not() {
        let rubric = parse_rubric(BUILT_IN, &mut Diagnostics::new()).unwrap();
        let found =
            |plan: &PlanText| flags(plan, &rubric).into_iter().map(|flag| flag.text.zh_cn.unwrap()).collect::<Vec<_>>();
        let honest = read_text("前言：让同学少排队。\n一、问题\n晚餐排队二十分钟，目标不清。".as_bytes()).unwrap();
        assert!(found(&honest).is_empty(), "{:?}", found(&honest));
        let mut tricky = read_text("满意度、忠诚度、回头率、美誉度、指名度、抱怨率、销售力、SWOT、预算、应急\n本店将努力提高服务水平让顾客满意。\n本店将努力提高服务水平让顾客满意。\n⽤⼼\u{200b}服务".as_bytes()).unwrap();
        tricky.hidden.push(Hidden { by: HiddenBy::White, text: "凑数文字".into() });
        let found = found(&tricky);
        for wanted in ["白色文字 4 字", "不可见字符", "异体字符", "出现 2 次", "只罗列关键词"] {
            assert!(found.iter().any(|flag| flag.contains(wanted)), "{wanted}: {found:?}");
        }
    }
}
