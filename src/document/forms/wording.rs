//! The words of a question: the project's own, the header of the survey where it is in the language, else those of the plugin, those
//! that its part in a model asks for, else the column's title; and its answers with what they mean.

use crate::config::raw::{ColumnType, RawColumn, RawLabel};
use crate::diagnostics::{Lang, has_han};
use crate::document::blocks::{Answer, AnswerScale};
use crate::document::format;
use crate::document::forms::roles::Role;
use crate::document::material::Material;

/// A question ready to be printed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    /// The question; in a matrix what stands in its row.
    pub text: String,
    /// What is asked of all rows, where the survey's own wording has it: `您对食堂的满意程度` of `您对食堂的满意程度(口味)`.
    pub stem: String,
    /// How it is answered.
    pub answer: Answer,
    /// The text is the name of a column, not a question.
    pub bare: bool,
}

/// Most points of a scale that stand as boxes in a row.
const MOST_POINTS: f64 = 11.0;

/// The question behind a column. `ask` is the plugin's wording, `role` what the question is for in a model.
pub(super) fn asked(
    material: &Material<'_>,
    name: &str,
    column: &RawColumn,
    ask: Option<&str>,
    role: Option<Role>,
) -> Asked {
    let lang = material.lang;
    let own = question(column, lang).or_else(|| own_header(column, lang));
    let title = column.title.as_ref().map(|title| title.get(lang)).filter(|title| !title.is_empty());
    let bare = own.is_none() && ask.is_none();
    let (wording, meaning) = split_meaning(own.or(ask).or(title).unwrap_or(name));
    let meaning = if meaning.is_empty() { ask.map(split_meaning).unwrap_or_default().1 } else { meaning };
    if let Some(role) = role {
        let meaning = if meaning.is_empty() { &role.meaning } else { &meaning };
        let answer = answer(material, name, column, meaning);
        if bare && matches!(answer, Answer::Scale(_)) {
            return Asked { text: role.row, stem: role.stem, answer, bare: false };
        }
        return worded(own.is_some(), wording, answer, bare);
    }
    let answer = answer(material, name, column, &meaning);
    worded(own.is_some(), wording, answer, bare)
}

/// A question in words of its own (`own` if they are the survey's), with the stem of its matrix apart.
fn worded(own: bool, wording: String, answer: Answer, bare: bool) -> Asked {
    let stem = own.then(|| split_stem(&wording)).flatten();
    let (stem, text) = stem.unwrap_or((String::new(), wording.clone()));
    match (&answer, stem.is_empty()) {
        // Only scales stand in a matrix.
        (Answer::Scale(_), _) | (_, true) => Asked { text, stem, answer, bare },
        _ => Asked { text: wording, stem: String::new(), answer, bare },
    }
}

/// The wording of a column's question: that of the survey where it is one in the language, else the project's, else the column's
/// title.
pub(super) fn of_column(column: &RawColumn, lang: Lang) -> String {
    let title = || column.title.as_ref().map(|title| title.get(lang));
    own_header(column, lang).or_else(|| question(column, lang)).or_else(title).unwrap_or_default().to_owned()
}

/// The project's wording, where it is in the language.
fn question(column: &RawColumn, lang: Lang) -> Option<&str> {
    column.question.as_ref().map(|text| text.get(lang).trim()).filter(|text| is_in(text, lang))
}

/// The header of the survey without its number, where it is a question in the language.
fn own_header(column: &RawColumn, lang: Lang) -> Option<&str> {
    let header = column.from.as_ref()?.as_slice().first()?;
    Some(without_number(header)).filter(|text| is_wording(text, lang))
}

fn answer(material: &Material<'_>, name: &str, column: &RawColumn, meaning: &[(f64, String)]) -> Answer {
    let yes_no = || vec![material.word_or("form_yes", "是", "Yes"), material.word_or("form_no", "否", "No")];
    match column.kind {
        ColumnType::Boolean => Answer::Options { options: yes_no(), several: false, ranked: false },
        ColumnType::Single | ColumnType::Multi | ColumnType::Ranking => Answer::Options {
            options: options(material, name, column),
            several: column.kind == ColumnType::Multi,
            ranked: column.kind == ColumnType::Ranking,
        },
        ColumnType::Scale | ColumnType::Number => match points(column.range) {
            Some(points) => Answer::Scale(scale(material, column, &points, meaning)),
            None => Answer::Blank {
                unit: column.unit.as_ref().map_or_else(String::new, |unit| unit.get(material.lang).to_owned()),
            },
        },
        ColumnType::Date => Answer::Date,
        ColumnType::Text => Answer::Lines { count: 3 },
    }
}

fn options(material: &Material<'_>, name: &str, column: &RawColumn) -> Vec<String> {
    let mut titles: Vec<String> = Vec::new();
    let mut add = |title: &str| {
        if !title.is_empty() && !titles.iter().any(|held| held == title) {
            titles.push(title.to_owned());
        }
    };
    for label in column.labels.iter().flat_map(|labels| labels.values()) {
        if let RawLabel::Text(text) = label {
            add(text.get(material.lang));
        }
    }
    if let Some(held) =
        material.inputs.columns.iter().find(|held| held.name == name).filter(|_| column.labels.is_none())
    {
        for category in &held.categories {
            add(held.category_titles.get(category).map_or(category.as_str(), |title| title.get(material.lang)));
        }
    }
    titles
}

/// The whole numbers of a range, if they fit a row of boxes.
pub(super) fn points(range: Option<[f64; 2]>) -> Option<Vec<f64>> {
    let [low, high] = range?;
    let whole = low.fract() == 0.0 && high.fract() == 0.0 && high > low && high - low < MOST_POINTS;
    whole.then(|| (0..=(high - low) as u8).map(|step| low + f64::from(step)).collect())
}

/// The scale of a column: its points with what the project says of them, else the plugin (`meaning`).
pub(super) fn scale(
    material: &Material<'_>,
    column: &RawColumn,
    points: &[f64],
    meaning: &[(f64, String)],
) -> AnswerScale {
    let label = |point: f64| {
        column.labels.iter().flatten().find_map(|(key, label)| match label {
            RawLabel::Text(text) if key.parse() == Ok(point) => Some(text.get(material.lang).to_owned()),
            RawLabel::Number(number) if *number == point && key.parse::<f64>().is_err() => Some(key.clone()),
            _ => None,
        })
    };
    let own: Vec<(f64, String)> = points.iter().filter_map(|&point| Some((point, label(point)?))).collect();
    let held = if own.len() == points.len() { labelled(points, &own) } else { labelled(points, meaning) };
    let other = if column.not_applicable.is_empty() {
        String::new()
    } else {
        material.word_or("form_not_applicable", "不适用", "Does not apply")
    };
    let unnamed = held.labels.is_empty() && held.low.is_empty() && column.kind == ColumnType::Scale;
    let end = |text: String, zh_cn: &str, en: &str, key: &str| {
        if unnamed { material.word_or(key, zh_cn, en) } else { text }
    };
    AnswerScale {
        low: end(held.low, "低", "low", "form_low"),
        high: end(held.high, "高", "high", "form_high"),
        other,
        points: held.points,
        labels: held.labels,
        scored: false,
    }
}

/// Points with their meaning: all of them, or those of the ends.
pub(super) fn labelled(points: &[f64], meaning: &[(f64, String)]) -> AnswerScale {
    let of = |point: Option<&f64>| {
        let held = meaning.iter().find(|(held, _)| Some(held) == point);
        held.map_or_else(String::new, |(_, text)| text.clone())
    };
    let labels: Vec<String> = points.iter().map(|point| of(Some(point))).filter(|text| !text.is_empty()).collect();
    let complete = labels.len() == points.len();
    AnswerScale {
        points: points.iter().map(|&point| format::short_number(point, 0)).collect(),
        low: if complete { String::new() } else { of(points.first()) },
        high: if complete { String::new() } else { of(points.last()) },
        labels: if complete { labels } else { Vec::new() },
        other: String::new(),
        scored: false,
    }
}

/// A question without the meaning of its points behind it, and these: `…满意吗？（1 很不满意 … 5 很满意）`, `(1 worse, 2 as expected, 3 better)`.
pub(super) fn split_meaning(text: &str) -> (String, Vec<(f64, String)>) {
    let whole = (text.trim().to_owned(), Vec::new());
    let Some((question, rest)) = text.rsplit_once(['（', '(']) else { return whole };
    let rest = rest.trim_end_matches(['）', ')']);
    if !rest.starts_with(|letter: char| letter.is_ascii_digit()) {
        return whole;
    }
    let mut found: Vec<(f64, String)> = Vec::new();
    for word in rest.split([' ', '，', ',', '、', '；', ';']).filter(|word| !word.is_empty() && *word != "…") {
        if let Ok(point) = word.parse::<f64>() {
            found.push((point, String::new()));
        } else if let Some((_, meaning)) = found.last_mut() {
            if !meaning.is_empty() {
                meaning.push(' ');
            }
            meaning.push_str(word);
        }
    }
    let sound = found.len() > 1
        && found.iter().all(|(_, meaning)| !meaning.is_empty())
        && found.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if sound { (question.trim().to_owned(), found) } else { whole }
}

/// `您对食堂的满意程度(口味)` as stem and row, the way survey tools write the questions of a matrix.
fn split_stem(text: &str) -> Option<(String, String)> {
    let inner = text.strip_suffix(')').or_else(|| text.strip_suffix('）'))?;
    let (stem, row) = inner.rsplit_once(['(', '（'])?;
    (!stem.trim().is_empty() && !row.trim().is_empty()).then(|| (stem.trim().to_owned(), row.trim().to_owned()))
}

/// The number of a question in the survey's own header, `21` of `21、最近一次晚餐排队几分钟`.
pub(super) fn number_of(column: &RawColumn) -> Option<u32> {
    let header = column.from.as_ref()?.as_slice().first()?;
    let (number, _) = split_number(header)?;
    number.parse().ok()
}

/// A header without the number of its question: `21、`, `Q3.`.
fn without_number(text: &str) -> &str {
    split_number(text).map_or(text.trim(), |(_, question)| question)
}

fn split_number(text: &str) -> Option<(&str, &str)> {
    let text = text.trim().trim_start_matches(['Q', 'q']);
    let end = text.find(|letter: char| !letter.is_ascii_digit()).filter(|end| *end > 0)?;
    let (number, rest) = text.split_at(end);
    Some((number, rest.strip_prefix(['、', '.', '．', ':', '：', ')'])?.trim()))
}

/// True for a header that is a question in the language, not the name of a column.
fn is_wording(text: &str, lang: Lang) -> bool {
    let spoken_to = text.starts_with(['您', '你']);
    is_in(text, lang) && if lang.is_chinese() { text.chars().count() > 4 || spoken_to } else { text.contains(' ') }
}

/// True for a text in the script of the language.
fn is_in(text: &str, lang: Lang) -> bool {
    !text.is_empty() && has_han(text) == lang.is_chinese()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_meaning_of_points_stands_behind_the_question() {
        let all = |entries: &[(f64, &str)]| entries.iter().map(|(point, text)| (*point, (*text).to_owned())).collect();
        for (text, question, meaning) in [
            ("满意吗？（1 很不满意 … 5 很满意）", "满意吗？", all(&[(1.0, "很不满意"), (5.0, "很满意")])),
            ("How likely? (0 not at all … 10 very)", "How likely?", all(&[(0.0, "not at all"), (10.0, "very")])),
            (
                "Well? (1 worse, 2 as expected, 3 better)",
                "Well?",
                all(&[(1.0, "worse"), (2.0, "as expected"), (3.0, "better")]),
            ),
            ("抱怨过（亲友、网络……）吗？", "抱怨过（亲友、网络……）吗？", Vec::new()),
            ("提到过吗？（提到记“是”）", "提到过吗？（提到记“是”）", Vec::new()),
        ] {
            assert_eq!(split_meaning(text), (question.to_owned(), meaning));
        }
    }

    #[test]
    fn headers_lose_their_numbers_and_give_stem_and_row() {
        assert_eq!(without_number("21、最近一次晚餐排队几分钟"), "最近一次晚餐排队几分钟");
        assert_eq!(without_number("Q3. How long?"), "How long?");
        assert_eq!(without_number("2026 figures"), "2026 figures");
        assert_eq!(split_stem("您的满意程度(口味)"), Some(("您的满意程度".to_owned(), "口味".to_owned())));
        assert_eq!(split_stem("您的满意程度"), None);
        assert!(is_wording("最近一次晚餐排队几分钟", Lang::ZhCn) && !is_wording("最近一次晚餐排队几分钟", Lang::En));
        assert!(!is_wording("dinner_wait", Lang::En) && !is_wording("年级", Lang::ZhCn));
    }

    #[test]
    fn a_range_becomes_boxes_where_they_fit() {
        assert_eq!(points(Some([1.0, 5.0])).map(|points| points.len()), Some(5));
        assert_eq!(points(Some([0.0, 10.0])).map(|points| points.len()), Some(11));
        assert_eq!(points(Some([0.0, 120.0])), None);
        assert_eq!(points(Some([0.5, 5.0])), None);
    }
}
