//! Texts of sentences. In YAML a long one goes over several lines, which are joined with blanks; between Chinese letters and marks
//! there are none.

use serde::{Deserialize, Deserializer};

use crate::diagnostics::{Lang, Localized, LocalizedTexts, Verbatim};

/// Reads a text of sentences, for `#[serde(deserialize_with = "prose")]`.
///
/// # Errors
/// Those of the text itself.
pub fn prose<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Prose,
{
    T::deserialize(deserializer).map(Prose::closed_up)
}

/// A text that may have been folded.
pub trait Prose {
    /// The text without the blanks of folded lines.
    #[must_use]
    fn closed_up(self) -> Self;
}

impl<T: Prose> Prose for Option<T> {
    fn closed_up(self) -> Self {
        self.map(Prose::closed_up)
    }
}

impl<T: Prose> Prose for Vec<T> {
    fn closed_up(self) -> Self {
        self.into_iter().map(Prose::closed_up).collect()
    }
}

impl Prose for Localized {
    fn closed_up(self) -> Self {
        match self {
            Self::Plain(text) => Self::Plain(closed_up(&text)),
            Self::PerLang(texts) => Self::PerLang(LocalizedTexts {
                zh_cn: texts.zh_cn.map(|text| closed_up(&text)),
                en: texts.en.map(|text| closed_up(&text)),
                zh_tw: texts.zh_tw.map(|text| Verbatim::new(&closed_up(text.get(Lang::ZhCn)))),
            }),
            Self::Verbatim(text) => Self::Verbatim(text),
        }
    }
}

/// A text without blanks between Chinese letters and marks.
fn closed_up(text: &str) -> String {
    let wide = |letter: Option<char>| {
        letter.is_some_and(|letter| matches!(letter, '\u{3001}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff5e}' | '“' | '”'))
    };
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != ' ' || !(wide(out.chars().next_back()) && wide(letters.peek().copied())) {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::raw_plan::RawContingency;

    #[test]
    fn blanks_of_folded_lines_close_up_between_chinese_letters() {
        assert_eq!(closed_up("扫码填写问卷； 每人评价 一家食堂，2026 年"), "扫码填写问卷；每人评价一家食堂，2026 年");
        assert_eq!(closed_up("about 400 students  and staff"), "about 400 students  and staff");
    }

    #[test]
    fn folded_texts_of_a_plan_are_read_without_blanks() {
        let written = "trigger: 排队超过\n  十五分钟\nresponse: { zh-CN: \"加开\n  窗口\", en: \"open a\n  counter\" }\nwho: 值班经理\nremedy: >\n  送一份\n  饮料\n";
        let held: RawContingency = serde_yaml::from_str(written).unwrap();
        assert_eq!(held.trigger.get(Lang::ZhCn), "排队超过十五分钟");
        assert_eq!((held.response.get(Lang::ZhCn), held.response.get(Lang::En)), ("加开窗口", "open a counter"));
        assert_eq!(held.remedy.unwrap().get(Lang::ZhCn).trim(), "送一份饮料");
        assert!(held.follow_up.is_none());
    }
}
