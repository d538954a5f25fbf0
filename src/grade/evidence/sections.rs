//! The sections of a plan, found by their headings, and its sentences.

use std::sync::LazyLock;

use regex::Regex;

use crate::grade::submissions::document::{Piece, PieceKind, PlanText};
use crate::grade::submissions::gate::is_han;

/// A section that a plan has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// 前言.
    Foreword,
    /// 界定问题.
    Problem,
    /// 环境分析, optional.
    Environment,
    /// 营销目标.
    Objectives,
    /// 策略方案.
    Strategies,
    /// 行动方案.
    Actions,
    /// 财务分析.
    Finance,
    /// 应急预案.
    Contingency,
}

impl Section {
    /// All, in the usual order.
    pub const ALL: [Self; 8] = [
        Self::Foreword,
        Self::Problem,
        Self::Environment,
        Self::Objectives,
        Self::Strategies,
        Self::Actions,
        Self::Finance,
        Self::Contingency,
    ];

    /// Words of its heading, in the order in which headings are tried.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Foreword => &["前言", "引言", "序言", "导言", "摘要", "foreword", "preface", "introduction"],
            Self::Contingency => {
                &["应急", "预案", "危机", "风险", "突发", "意外", "岔子", "可能出现", "contingency", "risk"]
            }
            Self::Finance => &[
                "财务",
                "预算",
                "费用",
                "成本",
                "经费",
                "投入",
                "效益",
                "开支",
                "花费",
                "花多少",
                "的账",
                "finance",
                "budget",
                "cost",
            ],
            Self::Environment => &["环境分析", "swot", "市场分析", "竞争", "优势与劣势", "环境", "environment"],
            Self::Objectives => &["目标", "指标", "想达到", "想做到", "效果", "objective", "target", "goal"],
            Self::Actions => &[
                "行动",
                "实施",
                "执行",
                "进度",
                "安排",
                "计划表",
                "分工",
                "落实",
                "步骤",
                "谁来",
                "action",
                "schedule",
            ],
            Self::Strategies => &["策略", "方案", "措施", "对策", "办法", "做法", "怎么改", "strateg", "measure"],
            Self::Problem => {
                &["问题", "现状", "调查结果", "背景", "不满", "原因", "诊断", "为什么", "problem", "finding"]
            }
        }
    }

    /// Its name.
    pub fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Foreword => ("前言", "foreword"),
            Self::Problem => ("界定问题", "problem"),
            Self::Environment => ("环境分析（可选）", "environment (optional)"),
            Self::Objectives => ("营销目标", "objectives"),
            Self::Strategies => ("策略方案", "strategies"),
            Self::Actions => ("行动方案", "actions"),
            Self::Finance => ("财务分析", "finance"),
            Self::Contingency => ("应急预案", "contingency plans"),
        }
    }
}

/// The order in which a heading's words are tried: 应急方案 is a contingency plan, not a strategy.
const TRIED: [Section; 8] = [
    Section::Foreword,
    Section::Contingency,
    Section::Finance,
    Section::Objectives,
    Section::Environment,
    Section::Problem,
    Section::Actions,
    Section::Strategies,
];

/// A piece of a plan with the section it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<'p> {
    /// The section; `None` before the first heading that names one.
    pub section: Option<Section>,
    /// The text without the heading.
    pub text: &'p str,
    /// Its kind.
    pub kind: PieceKind,
}

static NUMBERED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:第?[一二三四五六七八九十]+[、.．章节部分\s]+|[（(][一二三四五六七八九十\d]+[)）]\s*|\d+(?:[.．]\d+)*[、.．\s]\s*|[【\[《])").ok()
});

/// The pieces of a plan by section.
pub fn place(plan: &PlanText) -> Vec<Placed<'_>> {
    let mut placed = Vec::new();
    let mut section = None;
    for piece in &plan.pieces {
        if piece.kind == PieceKind::Title {
            continue;
        }
        match heading_of(piece) {
            Some((found, rest)) => {
                section = found.or(section);
                if !rest.trim().is_empty() {
                    placed.push(Placed { section, text: rest, kind: piece.kind });
                }
            }
            None => placed.push(Placed { section, text: &piece.text, kind: piece.kind }),
        }
    }
    placed
}

/// The section that a piece opens, and what follows in the same line. `None` if it is no heading.
fn heading_of(piece: &Piece) -> Option<(Option<Section>, &str)> {
    if matches!(piece.kind, PieceKind::Cell { .. } | PieceKind::Note) {
        return None;
    }
    let text = piece.text.trim();
    let numbered = NUMBERED.as_ref().and_then(|pattern| pattern.find(text)).map_or(0, |found| found.end());
    let bare = &text[numbered..];
    let (head, rest) = split_heading(bare, numbered > 0);
    let short = head.chars().count() <= 16 && !head.contains(['。', '，', ',', '；', '！']);
    let marked = matches!(piece.kind, PieceKind::Heading(_)) || numbered > 0 || !rest.is_empty();
    let alone = rest.is_empty() && head.chars().count() <= 10 && !head.ends_with(['.', '？', '?']);
    if !short || !(marked || alone) {
        return None;
    }
    let found = section_of(head);
    match piece.kind {
        PieceKind::Heading(_) => Some((found, rest)),
        _ if found.is_some() => Some((found, rest)),
        _ => None,
    }
}

/// A heading and what follows in its line: behind a colon or bracket, else behind a blank between Han characters where the line is
/// numbered or opens with the one word of the foreword (二、目标 明年五一之前…).
fn split_heading(line: &str, numbered: bool) -> (&str, &str) {
    let marked = line.find(['：', ':', '】', ']', '\n']);
    let spaced = line.find([' ', '\u{3000}']).filter(|at| {
        let (head, rest) = line.split_at(*at);
        let han = head.chars().next_back().is_some_and(is_han)
            && rest.trim_start().chars().next().is_some_and(|letter| is_han(letter) || letter.is_ascii_digit());
        let opens = if numbered { section_of(head).is_some() } else { Section::Foreword.words().contains(&head) };
        han && opens && head.chars().count() <= 10
    });
    match marked.into_iter().chain(spaced).min() {
        Some(at) => {
            let width = line[at..].chars().next().map_or(1, char::len_utf8);
            (&line[..at], &line[at + width..])
        }
        None => (line, ""),
    }
}

fn section_of(head: &str) -> Option<Section> {
    let head = head.to_lowercase();
    TRIED.into_iter().find(|section| section.words().iter().any(|word| head.contains(word)))
}

/// The text of a section, a piece a line.
pub fn text_of(placed: &[Placed<'_>], section: Section) -> String {
    let held = placed.iter().filter(|piece| piece.section == Some(section));
    held.map(|piece| piece.text).collect::<Vec<_>>().join("\n")
}

/// The sentences of a text, with their marks.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let ends = matches!(letter, '。' | '！' | '？' | '!' | '?' | '；' | ';' | '\n');
        if !ends {
            continue;
        }
        let mut end = at + letter.len_utf8();
        while let Some((next, closing)) = letters.peek().copied() {
            if !matches!(closing, '”' | '’' | '」' | '）' | ')' | '"') {
                break;
            }
            end = next + closing.len_utf8();
            letters.next();
        }
        found.push(text[start..end].trim());
        start = end;
    }
    found.push(text[start..].trim());
    found.retain(|sentence| sentence.chars().any(char::is_alphanumeric));
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::grade::submissions::text::read_text;

    #[test]
    fn headings_of_all_kinds_open_sections() {
        let text = "第二食堂满意度提升策划书\n前言：让同学吃好。\n一、界定问题\n排队太长。\n（二）SWOT分析\n略。\n3. 营销目标\n提升到80%。\n四、策略方案：加开窗口。\n五、行动方案\n王经理负责。\n六、财务分析\n共300元。\n七、应急预案\n若停电，启用备用电源。";
        let plan = read_text(text.as_bytes()).unwrap();
        let placed = place(&plan);
        for (section, expected) in [
            (Section::Foreword, "让同学吃好。"),
            (Section::Problem, "排队太长。"),
            (Section::Environment, "略。"),
            (Section::Objectives, "提升到80%。"),
            (Section::Strategies, "加开窗口。"),
            (Section::Actions, "王经理负责。"),
            (Section::Finance, "共300元。"),
            (Section::Contingency, "若停电，启用备用电源。"),
        ] {
            assert_eq!(text_of(&placed, section), expected, "{section:?}");
        }
    }

    #[test]
    fn sentences_keep_their_marks() {
        assert_eq!(sentences("他说：“好！”走了。\n还有；没了"), ["他说：“好！”", "走了。", "还有；", "没了"]);
    }
}
