//! What the settings of a rubric are called where people read them.

use crate::diagnostics::Lang;

/// Settings by key path in `rubric.yaml`: Chinese and English.
const TITLES: [(&str, &str, &str); 35] = [
    ("lang", "报告的语言", "language of the reports"),
    ("deadline", "截止时间", "deadline"),
    ("late.per_day", "迟交每满或不满一天扣分", "points off for each day begun after the deadline"),
    ("late.most", "迟交最多扣分", "most points off for lateness"),
    ("late.grace_minutes", "宽限分钟数", "minutes of grace"),
    ("length.least", "最少字数", "fewest words"),
    ("length.most", "最多字数", "most words"),
    ("length.deduction", "每档扣分", "points off a step"),
    ("length.step", "每档字数", "words a step"),
    ("length.partial", "不足一档的字数如何计", "how a step that is missing in part counts"),
    ("length.over_deduction", "超出上限每档扣分", "points off a step above the limit"),
    ("length.count", "按什么计字数", "what is counted"),
    ("length.notes", "脚注计入字数", "notes count"),
    ("page.width_mm", "纸宽（毫米）", "width of the paper, mm"),
    ("page.height_mm", "纸高（毫米）", "height of the paper, mm"),
    ("page.font_size", "字号（磅）", "size of letters, pt"),
    ("page.line_spacing", "行距（倍）", "line spacing, lines"),
    ("page.most_pages", "最多页数", "most pages"),
    ("page.share", "须符合字号和行距的正文比例", "share of the text that must be set so"),
    ("theme.most", "前言最多字数", "most words of the foreword"),
    (
        "theme.subjects",
        "写明对象的词（空：题目中的对象和常见对象）",
        "words that name the subject (empty: the title's and usual ones)",
    ),
    (
        "copying.full",
        "自有文字见于较早作业达此比例，为全部雷同",
        "share in earlier work from which it is copied in full",
    ),
    ("copying.half", "达此比例，为部分雷同", "share from which it is copied in part"),
    ("copying.full_keeps", "全部雷同保留%", "percent kept where copied in full"),
    ("copying.ladder", "部分雷同按提交先后保留%", "percent kept by the first, second, … copier in part"),
    ("copying.ladder_step", "此后每人再少%", "percent less for each further one"),
    ("copying.floor", "部分雷同至少保留%", "percent that a copier in part keeps at least"),
    ("copying.show", "列出的最低相似比例", "share from which pairs are listed"),
    ("copying.shortest", "最短的相同段落（字）", "shortest passage, characters"),
    (
        "copying.common",
        "全班超过此比例共有的文字不计",
        "passages that more than this share of the class has count for nobody",
    ),
    ("copying.common_least", "且至少多于此人数", "and more than so many plans"),
    ("copying.archive", "往年作业的文件夹", "folder with plans of prior years"),
    ("copying.tie_minutes", "相隔不超过此分钟数视为先后不明", "minutes within which the order is undetermined"),
    ("reusable", "可以引用的文件", "files that may be reused"),
    ("least_han", "可批改的最低汉字比例", "least share of Han characters that can be graded"),
];

/// The title of a setting; its key where there is none.
pub fn setting_title(key: &str, lang: Lang) -> String {
    let held = TITLES.iter().find(|held| held.0 == key);
    held.map_or(key, |held| if lang == Lang::En { held.2 } else { held.1 }).to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::grade::rubric::{BUILT_IN, parse_rubric};

    /// A setting without a title, or a title without a setting, is a slip.
    #[test]
    fn every_setting_has_a_title() {
        let rubric = parse_rubric(BUILT_IN, &mut Diagnostics::new()).unwrap();
        let mut keys: Vec<String> = rubric.settings().into_iter().map(|held| held.0).collect();
        let mut titled: Vec<String> = TITLES.iter().map(|held| held.0.to_owned()).collect();
        keys.sort();
        titled.sort();
        assert_eq!(keys, titled);
    }
}
