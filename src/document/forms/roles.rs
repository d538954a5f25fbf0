//! What a question is for in a model, where neither survey nor plugin words it: whether a feature would please if it were there or
//! missing (Kano), how important something is, how well it is done. From this follow the question and the answers' words.

use crate::diagnostics::Lang;
use crate::document::material::Material;
use crate::plugins::manifest::Manifest;

/// The words of a question by its part in a model.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Role {
    /// What is asked of all questions of the kind.
    pub stem: String,
    /// What this one is about.
    pub row: String,
    /// What the points mean: all of them or the ends.
    pub meaning: Vec<(f64, String)>,
}

/// The five answers of Kano's questions, in the order of their codes 1 to 5 (see `models/kano.rs`).
const KANO_ZH: [&str; 5] = ["我很喜欢", "理应如此", "无所谓", "可以忍受", "我不喜欢"];
const KANO_EN: [&str; 5] = ["I like it", "I expect it", "I am neutral", "I can live with it", "I dislike it"];

/// The part that an input has in a model of its plugin; `range` is that of its column. None for an input of no such model.
pub(super) fn role(material: &Material<'_>, manifest: &Manifest, input: &str, range: Option<[f64; 2]>) -> Option<Role> {
    let lang = material.lang;
    for item in manifest.models.iter().flat_map(|model| &model.items) {
        let Some(key) = item.expressions.iter().find_map(|(key, held)| (held == input).then_some(*key)) else {
            continue;
        };
        let stem = |name: &str, zh: &str, en: &str| material.word_or(name, zh, en);
        let ends = |low: &str, high: &str| {
            let points = range.unwrap_or([1.0, 5.0]);
            points.into_iter().zip([low, high].map(ToOwned::to_owned)).collect::<Vec<_>>()
        };
        let is_english = lang == Lang::En;
        let (stem, meaning) = match key {
            "functional" => (
                stem(
                    "form_kano_with",
                    "如果提供下列各项，您会觉得怎样？",
                    "How would you feel if each of these were offered?",
                ),
                kano(lang, range),
            ),
            "dysfunctional" => (
                stem(
                    "form_kano_without",
                    "如果不提供下列各项，您会觉得怎样？",
                    "How would you feel if each of these were not offered?",
                ),
                kano(lang, range),
            ),
            "importance" => (
                stem("form_importance", "下列各项对您有多重要？", "How important is each of these to you?"),
                if is_english { ends("not important", "very important") } else { ends("不重要", "非常重要") },
            ),
            "of" if item.expressions.contains_key("importance") => (
                stem("form_performance", "您对下列各项的评价如何？", "How do you rate each of these?"),
                if is_english { ends("very poor", "very good") } else { ends("很差", "很好") },
            ),
            _ => continue,
        };
        return Some(Role { stem, row: item.title.get(lang).to_owned(), meaning });
    }
    None
}

/// Kano's answers where the codes are his.
fn kano(lang: Lang, range: Option<[f64; 2]>) -> Vec<(f64, String)> {
    if range != Some([1.0, 5.0]) {
        return Vec::new();
    }
    let words = if lang == Lang::En { KANO_EN } else { KANO_ZH };
    (1..=5).map(f64::from).zip(words.map(ToOwned::to_owned)).collect()
}
