//! What an option is called in documents: the data say it in one language, `titles` of its column say it in others.

use crate::config::raw::{RawColumn, RawLabel};
use crate::diagnostics::{Lang, Localized, LocalizedTexts, Verbatim};

impl RawColumn {
    /// The name of an option, if the project gives it one; in a language that is left out it is the option as it stands in the data.
    pub fn option_title(&self, option: &str) -> Option<Localized> {
        let own = self.titles.get(option).map(|title| match title {
            Localized::PerLang(texts) => {
                // What stands in the data is not converted for Taiwan, what the project says in Chinese is.
                let typed = || texts.zh_cn.is_none().then(|| Verbatim::new(option));
                Localized::PerLang(LocalizedTexts {
                    zh_cn: Some(texts.zh_cn.clone().unwrap_or_else(|| option.to_owned())),
                    en: Some(texts.en.clone().unwrap_or_else(|| option.to_owned())),
                    zh_tw: texts.zh_tw.clone().or_else(typed),
                })
            }
            other => other.clone(),
        });
        let of_label = |label: &RawLabel| match label {
            RawLabel::Text(text @ Localized::PerLang(_)) if text.get(Lang::ZhCn) == option => Some(text.clone()),
            _ => None,
        };
        own.or_else(|| self.labels.iter().flatten().find_map(|(_, label)| of_label(label)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::diagnostics::taiwan::to_taiwan;

    #[test]
    fn an_option_is_called_as_typed_where_nothing_else_is_said() {
        let column: RawColumn = serde_json::from_value(serde_json::json!({
            "type": "single",
            "titles": { "软件店": { "en": "Software" }, "S2": { "zh-CN": "质量店", "en": "Quality" }, "S3": "Third" },
            "labels": { "4": { "zh-CN": "四店", "en": "Fourth" }, "5": "五店" },
        }))
        .unwrap();
        let said = |option: &str| {
            let title = column.option_title(option)?;
            let [zh_cn, en, zh_tw] = [Lang::ZhCn, Lang::En, Lang::ZhTw].map(|lang| title.get(lang).to_owned());
            Some([zh_cn, en, to_taiwan(&zh_tw)])
        };
        for (option, wanted) in [
            ("软件店", Some(["软件店", "Software", "软件店"])),
            ("S2", Some(["质量店", "Quality", "品質店"])),
            ("S3", Some(["Third"; 3])),
            ("四店", Some(["四店", "Fourth", "四店"])),
            ("五店", None),
            ("六店", None),
        ] {
            assert_eq!(said(option), wanted.map(|texts| texts.map(str::to_owned)), "{option}");
        }
    }
}
