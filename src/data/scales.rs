//! Wordings of answer scales (非常满意 … 非常不满意) in simplified and traditional Chinese and English, and of "does not apply".
//! An answer text and the number of points come in; the position on the scale goes out, 1 for the worst.

use crate::data::numbers::fold_width;

/// The levels of one worded scale, best first; each level with its synonyms, the usual one first.
type Levels = &'static [&'static [&'static str]];

/// Worded scales in simplified characters and lower case. The same words on the same number of points mean the same level.
const SCALES: &[Levels] = &[
    &[
        &["非常满意", "很满意", "十分满意", "极其满意", "完全满意"],
        &["满意", "比较满意", "较满意", "基本满意"],
        &["一般", "普通", "中立", "尚可", "还可以", "感觉一般"],
        &["不满意", "不太满意", "较不满意", "比较不满意"],
        &["非常不满意", "很不满意", "十分不满意", "极不满意", "完全不满意"],
    ],
    &[
        &["非常同意", "完全同意", "很同意", "十分同意"],
        &["同意", "比较同意", "较同意", "基本同意"],
        &["一般", "不确定", "中立", "说不准"],
        &["不同意", "不太同意", "比较不同意", "较不同意"],
        &["非常不同意", "完全不同意", "很不同意", "十分不同意"],
    ],
    &[
        &["一定会", "肯定会", "绝对会"],
        &["可能会", "也许会", "大概会"],
        &["不确定", "不一定", "说不准"],
        &["可能不会", "也许不会", "大概不会"],
        &["一定不会", "肯定不会", "绝对不会"],
    ],
    &[
        &["非常愿意", "很愿意", "十分愿意"],
        &["愿意", "比较愿意", "较愿意"],
        &["一般", "不确定", "无所谓"],
        &["不愿意", "不太愿意", "比较不愿意"],
        &["非常不愿意", "很不愿意", "十分不愿意"],
    ],
    &[
        &["很好", "非常好", "十分好", "优秀"],
        &["好", "较好", "比较好", "良好"],
        &["一般", "中等", "普通"],
        &["差", "较差", "比较差", "不好"],
        &["很差", "非常差", "十分差"],
    ],
    &[
        &["非常重要", "很重要", "十分重要"],
        &["重要", "比较重要", "较重要"],
        &["一般"],
        &["不重要", "不太重要", "比较不重要"],
        &["非常不重要", "很不重要", "完全不重要"],
    ],
    &[
        &["非常符合", "完全符合"],
        &["符合", "比较符合"],
        &["一般", "不确定"],
        &["不符合", "不太符合"],
        &["非常不符合", "完全不符合"],
    ],
    &[&["总是"], &["经常"], &["有时", "偶尔"], &["很少"], &["从不", "从来不"]],
    &[
        &["very satisfied", "extremely satisfied", "completely satisfied"],
        &["satisfied", "somewhat satisfied", "fairly satisfied"],
        &["neutral", "neither satisfied nor dissatisfied", "neither"],
        &["dissatisfied", "somewhat dissatisfied", "unsatisfied", "not satisfied"],
        &["very dissatisfied", "extremely dissatisfied", "very unsatisfied", "completely dissatisfied"],
    ],
    &[
        &["strongly agree", "completely agree"],
        &["agree", "somewhat agree"],
        &["neutral", "neither agree nor disagree", "undecided"],
        &["disagree", "somewhat disagree"],
        &["strongly disagree", "completely disagree"],
    ],
    &[
        &["very likely", "extremely likely", "definitely", "definitely will", "certainly"],
        &["likely", "probably", "somewhat likely", "probably will"],
        &["neutral", "not sure", "unsure", "neither likely nor unlikely", "might or might not"],
        &["unlikely", "probably not", "somewhat unlikely", "probably will not"],
        &["very unlikely", "definitely not", "extremely unlikely", "definitely will not", "certainly not"],
    ],
    &[
        &["very good", "excellent", "outstanding"],
        &["good"],
        &["fair", "average", "ok", "okay", "acceptable"],
        &["poor", "bad"],
        &["very poor", "very bad", "terrible", "unacceptable"],
    ],
    &[
        &["very important", "extremely important"],
        &["important", "somewhat important"],
        &["neutral", "neither important nor unimportant"],
        &["unimportant", "not important", "not very important"],
        &["very unimportant", "not at all important"],
    ],
    &[&["always"], &["often", "usually"], &["sometimes"], &["rarely", "seldom"], &["never"]],
    &[
        &["非常满意", "很满意"],
        &["满意"],
        &["比较满意", "较满意", "有点满意"],
        &["一般", "中立", "普通"],
        &["比较不满意", "较不满意", "有点不满意", "不太满意"],
        &["不满意"],
        &["非常不满意", "很不满意"],
    ],
    &[
        &["非常同意", "完全同意"],
        &["同意"],
        &["比较同意", "有点同意"],
        &["一般", "中立", "不确定"],
        &["比较不同意", "有点不同意", "不太同意"],
        &["不同意"],
        &["非常不同意", "完全不同意"],
    ],
    &[
        &["strongly agree"],
        &["agree"],
        &["somewhat agree", "slightly agree"],
        &["neutral", "neither agree nor disagree"],
        &["somewhat disagree", "slightly disagree"],
        &["disagree"],
        &["strongly disagree"],
    ],
    &[
        &["非常满意", "很满意"],
        &["满意", "比较满意", "较满意"],
        &["不满意", "不太满意", "比较不满意"],
        &["非常不满意", "很不满意"],
    ],
    &[&["非常同意"], &["同意", "比较同意"], &["不同意", "不太同意"], &["非常不同意"]],
    &[&["very satisfied"], &["satisfied"], &["dissatisfied"], &["very dissatisfied"]],
    &[&["strongly agree"], &["agree"], &["disagree"], &["strongly disagree"]],
    &[&["满意"], &["一般", "普通", "中立"], &["不满意"]],
    &[&["同意"], &["一般", "中立", "不确定"], &["不同意"]],
    &[&["好"], &["一般", "中"], &["差", "不好"]],
    &[&["satisfied"], &["neutral"], &["dissatisfied"]],
];

const NOT_APPLICABLE: &[&str] = &[
    "不适用",
    "不清楚",
    "没用过",
    "说不清",
    "未使用",
    "没有使用过",
    "未使用过",
    "不了解",
    "无法评价",
    "没去过",
    "不便评价",
    "n/a",
    "na",
    "not applicable",
    "don't know",
    "dont know",
    "never used",
    "does not apply",
    "no comment",
    "no comments",
];

/// Position of an answer text on a scale with so many points, from 1 for the worst; `None` if the words are not known.
///
/// Option marks (`A.`, `5、`) and bracketed remarks around the words are ignored; the words themselves must fit whole.
pub fn wording_position(text: &str, points: usize) -> Option<usize> {
    candidates(text).iter().find_map(|words| {
        SCALES.iter().filter(|levels| levels.len() == points).find_map(|levels| {
            let from_best = levels.iter().position(|synonyms| synonyms.contains(&words.as_str()))?;
            Some(points - from_best)
        })
    })
}

/// The number of points of the worded scale that all these answers belong to: five if possible.
pub fn worded_points<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Option<usize> {
    [5, 7, 4, 3].into_iter().find(|&points| texts.clone().all(|text| wording_position(text, points).is_some()))
}

/// True for 不适用, N/A and the like.
pub fn is_not_applicable(text: &str) -> bool {
    candidates(text).iter().any(|words| NOT_APPLICABLE.contains(&words.as_str()))
}

/// What the words may be, from the longest: the whole text, without option mark and brackets, up to the first comma.
fn candidates(text: &str) -> Vec<String> {
    let folded = simplified(&fold_width(text)).to_lowercase();
    let mut found = vec![folded.trim().to_owned()];
    let bare = without_brackets(without_mark(&folded)).trim().to_owned();
    if let Some((words, _)) = bare.split_once([',', '。', ';', ':', '、']) {
        found.push(bare.clone());
        found.push(words.trim().to_owned());
    } else {
        found.push(bare);
    }
    found
}

/// Cuts `A.`, `5、`, `5分-`, `(5)` from the front.
fn without_mark(text: &str) -> &str {
    let is_mark = |character: char| character.is_ascii_digit() || "()[].、:：-=—_ 分".contains(character);
    let rest = text.trim_start_matches(is_mark);
    let mut characters = rest.chars();
    match (characters.next(), characters.next()) {
        (Some('a'..='j'), Some('.' | '、' | ':' | ')')) => characters.as_str().trim_start_matches(is_mark),
        _ if rest.is_empty() => text,
        _ => rest,
    }
}

/// Cuts `(5分)` and `5分` from the end.
fn without_brackets(text: &str) -> &str {
    let text = text.trim_end();
    let text = match text.find(['(', '[', '【']) {
        Some(open) if open > 0 => &text[..open],
        _ => text,
    };
    text.trim_end_matches(|character: char| character.is_ascii_digit() || "分.-= ".contains(character))
}

/// Simplifies the traditional characters that occur in the wordings.
fn simplified(text: &str) -> String {
    const PAIRS: &str =
        "滿满會会較较極极無无適适說说沒没過过絕绝認认為为願愿從从來来優优價价瞭了總总經经時时確确準准還还覺觉對对評评";
    let pairs: Vec<char> = PAIRS.chars().collect();
    text.chars()
        .map(|character| {
            let found = pairs.chunks_exact(2).find(|pair| pair[0] == character);
            found.map_or(character, |pair| pair[1])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_wording_reads_back_at_its_level() {
        for levels in SCALES {
            for (from_best, synonyms) in levels.iter().enumerate() {
                for words in *synonyms {
                    let position = levels.len() - from_best;
                    for shown in
                        [(*words).to_owned(), format!("A.{words}"), format!("{position}、{words}（{position}分）")]
                    {
                        assert_eq!(wording_position(&shown, levels.len()), Some(position), "{shown}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_same_words_never_mean_two_levels() {
        let mut seen: HashMap<(usize, &str), usize> = HashMap::new();
        for levels in SCALES {
            for (level, synonyms) in levels.iter().enumerate() {
                for words in *synonyms {
                    let first = *seen.entry((levels.len(), words)).or_insert(level);
                    assert_eq!(first, level, "{words} on {} points", levels.len());
                }
            }
        }
    }

    #[test]
    fn negations_and_unknown_words_are_not_guessed() {
        let cases = [
            ("非常滿意", 5, Some(5)),
            ("非常不满意", 5, Some(1)),
            ("不太满意", 5, Some(2)),
            ("满意，值得推荐", 5, Some(4)),
            ("谈不上满意", 5, None),
            ("Very Satisfied", 5, Some(5)),
            ("满意", 7, Some(6)),
            ("满意", 3, Some(3)),
            ("满意", 10, None),
            ("5", 5, None),
            ("", 5, None),
            ("a、", 5, None),
        ];
        for (text, points, expected) in cases {
            assert_eq!(wording_position(text, points), expected, "{text} on {points}");
        }
        assert!(is_not_applicable("不適用") && is_not_applicable("N/A") && !is_not_applicable("一般"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,12}", marked in "[a-k0-9.、()分 满意不]{0,10}") {
            for text in [text, marked] {
                let _ = wording_position(&text, 5);
                let _ = is_not_applicable(&text);
            }
        }
    }
}
