//! Language: flags only. What reads well is for the teacher to say.

use std::collections::BTreeMap;

use crate::grade::copying::normalise::simplified;
use crate::grade::evidence::sections::sentences;
use crate::grade::evidence::{Mark, Reason};
use crate::grade::submissions::document::PlanText;
use crate::grade::submissions::gate::is_han;

/// Usual slips with what was meant.
const SLIPS: [(&str, &str); 40] = [
    ("帐单", "账单"),
    ("帐号", "账号"),
    ("在次", "再次"),
    ("既使", "即使"),
    ("按装", "安装"),
    ("做为", "作为"),
    ("布署", "部署"),
    ("渡假", "度假"),
    ("松驰", "松弛"),
    ("幅射", "辐射"),
    ("针贬", "针砭"),
    ("必竟", "毕竟"),
    ("竟争", "竞争"),
    ("竟赛", "竞赛"),
    ("就绪后在", "就绪后再"),
    ("反应给", "反映给"),
    ("反应问题", "反映问题"),
    ("其间有", "期间有"),
    ("象这样", "像这样"),
    ("好象", "好像"),
    ("以经", "已经"),
    ("己经", "已经"),
    ("自已", "自己"),
    ("因该", "应该"),
    ("那怕", "哪怕"),
    ("座位不够座", "座位不够坐"),
    ("坐位", "座位"),
    ("份内", "分内"),
    ("过份", "过分"),
    ("充份", "充分"),
    ("水份", "水分"),
    ("成份", "成分"),
    ("复盖", "覆盖"),
    ("题高", "提高"),
    ("提生", "提升"),
    ("服物", "服务"),
    ("满义", "满意"),
    ("顾客致上", "顾客至上"),
    ("投拆", "投诉"),
    ("篮图", "蓝图"),
];

const LONGEST_SENTENCE: usize = 90;

/// What is to be looked at.
pub(super) fn judge(plan: &PlanText) -> Vec<Reason> {
    let text = plan.text();
    let mut reasons = Vec::new();
    for (slip, meant) in SLIPS {
        if let Some(at) = text.find(slip) {
            reasons.push(
                Reason::new(
                    Mark::Note,
                    format!("疑似错别字：{slip}→{meant}"),
                    format!("perhaps a slip: {slip} for {meant}"),
                )
                .quoting(&around(&text, at)),
            );
        }
    }
    for (at, word) in repeated(&text) {
        reasons.push(
            Reason::new(Mark::Note, format!("词语重复：{word}"), format!("a word stands twice: {word}"))
                .quoting(&around(&text, at)),
        );
    }
    for sentence in sentences(&text).iter().filter(|sentence| sentence.chars().count() > LONGEST_SENTENCE).take(3) {
        let long = sentence.chars().count();
        reasons.push(
            Reason::new(Mark::Note, format!("句子长达 {long} 字"), format!("a sentence of {long} characters"))
                .quoting(sentence),
        );
    }
    let half = half_width_marks(&text);
    if half > 2 {
        reasons.push(Reason::new(
            Mark::Note,
            format!("汉字之间有 {half} 处半角标点"),
            format!("{half} half-width marks stand between Han characters"),
        ));
    }
    let traditional: String = text.chars().filter(|letter| simplified(*letter) != *letter).take(12).collect();
    let han = text.chars().filter(|letter| is_han(*letter)).count().max(1);
    let share = text.chars().filter(|letter| simplified(*letter) != *letter).count() as f64 / han as f64;
    if share > 0.0 && share < 0.1 {
        reasons.push(
            Reason::new(Mark::Note, "简体中夹有繁体字", "traditional characters among simplified ones")
                .quoting(&traditional),
        );
    }
    if reasons.is_empty() {
        reasons.push(Reason::new(Mark::Note, "没有发现明显的文字问题", "nothing stood out"));
    }
    reasons
}

/// A passage around a place.
fn around(text: &str, at: usize) -> String {
    let start = text[..at].char_indices().rev().nth(8).map_or(0, |(start, _)| start);
    text[start..].chars().take(24).collect::<String>().replace('\n', " ")
}

/// Words of two to four Han characters that stand twice in a row, and function words that do.
fn repeated(text: &str) -> Vec<(usize, String)> {
    const FINE: &str =
        "天年月日人处时次家个件种步渐刚常往慢好多点星妈爸哥姐弟妹爷奶谢看试想问说走聊研究商量讨论高兴干净清楚";
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let mut found = Vec::new();
    let mut index = 0;
    while index < letters.len() {
        let twice = |width: usize| {
            let (first, second) = (letters.get(index..index + width)?, letters.get(index + width..index + 2 * width)?);
            let same = first.iter().zip(second).all(|(left, right)| left.1 == right.1 && is_han(left.1));
            same.then(|| first.iter().map(|held| held.1).collect::<String>())
        };
        let single = twice(1).filter(|word| "的了是在和与对把被就也都为".contains(word.as_str()));
        let word =
            single.or_else(|| (2..=4).find_map(twice).filter(|word| !word.chars().any(|letter| FINE.contains(letter))));
        match word {
            Some(word) => {
                found.push((letters[index].0, word.clone()));
                index += 2 * word.chars().count();
            }
            None => index += 1,
        }
    }
    found.truncate(5);
    found
}

fn half_width_marks(text: &str) -> usize {
    let letters: Vec<char> = text.chars().collect();
    letters
        .windows(3)
        .filter(|held| is_han(held[0]) && matches!(held[1], ',' | '.' | ';' | ':' | '?' | '!') && is_han(held[2]))
        .count()
}

/// Paragraphs that stand more than once, with how often.
pub fn repeated_paragraphs(plan: &PlanText) -> Vec<(String, usize)> {
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for sentence in plan.pieces.iter().flat_map(|piece| sentences(&piece.text)) {
        if sentence.chars().count() >= 12 {
            *counted.entry(sentence).or_default() += 1;
        }
    }
    counted.into_iter().filter(|(_, count)| *count > 1).map(|(text, count)| (text.to_owned(), count)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::grade::submissions::text::read_text;

    #[test]
    fn slips_are_shown_and_good_language_is_left_alone() {
        let flagged = |text: &str| {
            let reasons = judge(&read_text(text.as_bytes()).unwrap());
            reasons.into_iter().map(|reason| reason.text.zh_cn.unwrap()).collect::<Vec<_>>()
        };
        let good = flagged("每天晚餐时慢慢排队，大家常常抱怨。天天如此，我们讨论讨论。");
        assert_eq!(good, ["没有发现明显的文字问题"]);
        let bad = flagged(
            "同学同学们的的投拆很多，坐位不够,没人管,没人问,没人擦。顧客不滿，食堂必须改进服务态度和卫生状况。",
        );
        assert!(bad.iter().any(|text| text.contains("投拆")) && bad.iter().any(|text| text.contains("坐位")));
        assert!(bad.iter().any(|text| text == "词语重复：同学") && bad.iter().any(|text| text == "词语重复：的"));
        assert!(bad.iter().any(|text| text.contains("半角标点")) && bad.iter().any(|text| text.contains("繁体")));
    }
}
