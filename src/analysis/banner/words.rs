//! The few fixed words of banner tables in both languages: names of rows and the notes under a table.

use crate::analysis::banner::{BannerTable, RowKind};
use crate::config::raw::BannerCorrection;
use crate::diagnostics::{Localized, lang_texts};

fn both(zh_cn: &str, en: &str) -> Localized {
    Localized::PerLang(lang_texts(zh_cn, en))
}

/// Name of a row that is not an answer.
pub(super) fn row_title(kind: RowKind) -> Localized {
    match kind {
        RowKind::TopTwo => both("前两项合计", "Top 2"),
        RowKind::BottomTwo => both("后两项合计", "Bottom 2"),
        RowKind::Mean => both("均值", "Mean"),
        RowKind::StandardDeviation => both("标准差", "Standard deviation"),
        RowKind::Answer => both("", ""),
    }
}

/// Name of the first column.
pub(super) fn total_title() -> Localized {
    both("总体", "Total")
}

/// Names of the three rows of bases: answers, their weights, effective answers.
pub fn base_labels() -> [Localized; 3] {
    [both("作答人数 n", "Answers n"), both("加权 n", "Weighted n"), both("有效 n", "Effective n")]
}

/// What stands under a banner table: what the shares are, the test behind the letters, and the marks of small bases.
pub fn notes(table: &BannerTable, suppress_below: f64, flag_below: f64) -> Vec<Localized> {
    let shares = if table.weighted {
        both(
            "百分比与均值为加权值，基数为回答该题者。",
            "Percentages and means are weighted; the base is those who answered the question.",
        )
    } else {
        both(
            "百分比与均值的基数为回答该题者。",
            "The base of percentages and means is those who answered the question.",
        )
    };
    let (zh_correction, en_correction) = match table.correction {
        BannerCorrection::None => ("未作多重比较校正", "no correction for multiple comparisons"),
        BannerCorrection::Holm => {
            ("对同一行、同一分组的各对比较作 Holm 校正", "Holm's correction over all pairs of one segment in a row")
        }
    };
    let test = Localized::PerLang(lang_texts(
        format!(
            "字母：该列显著高于同一分组中带此字母的列，大写为 99% 水平，小写为 95% 水平。检验：差值的双侧 t 检验，按抽样设计计入两列的协方差；{zh_correction}。"
        ),
        format!(
            "Letters: the column is significantly higher than the columns of the same segment with these letters, capital at 99 %, small at 95 %. Test: two-sided t test of the difference with the covariance of both columns under the sampling design; {en_correction}."
        ),
    ));
    let bases = Localized::PerLang(lang_texts(
        format!("†：n 或有效 n 小于 {flag_below}。–：n 或有效 n 小于 {suppress_below}，或一经列出即可推算出这样的列。"),
        format!(
            "†: n or effective n below {flag_below}. –: n or effective n below {suppress_below}, or a column that would give such a one away."
        ),
    ));
    vec![shares, test, bases]
}
