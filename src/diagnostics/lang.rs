//! The two languages the product speaks, and texts that exist in one or both.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language of messages and documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Lang {
    /// Every language, in the order documents are built.
    pub const ALL: [Self; 2] = [Self::ZhCn, Self::En];

    /// The tag used in YAML, file names and HTML: `zh-CN` or `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// The language of a POSIX or BCP 47 locale name: Chinese for `zh…`, English for everything else.
    pub fn from_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("zh") { Self::ZhCn } else { Self::En }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Lang {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "zh-cn" | "zh" | "zh_cn" | "zh-hans" => Ok(Self::ZhCn),
            "en" | "en-us" | "en-gb" | "en_us" => Ok(Self::En),
            other => Err(format!("`{other}` is not a language of manyi; use `zh-CN` or `en`")),
        }
    }
}

/// A text in one language for all, or one per language (`{ zh-CN: 美誉度, en: Reputation }`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Localized {
    /// The same text whatever the language.
    Plain(String),
    /// One text per language.
    PerLang(LocalizedTexts),
}

/// The texts of a [`Localized::PerLang`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalizedTexts {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN", default, skip_serializing_if = "Option::is_none")]
    pub zh_cn: Option<String>,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

impl LocalizedTexts {
    /// The text in `lang`, else in the other language, else empty.
    pub fn get(&self, lang: Lang) -> &str {
        let (first, second) = match lang {
            Lang::ZhCn => (&self.zh_cn, &self.en),
            Lang::En => (&self.en, &self.zh_cn),
        };
        first.as_deref().or(second.as_deref()).unwrap_or_default()
    }
}

impl Localized {
    /// The text in `lang`, else in the other language, else empty.
    pub fn get(&self, lang: Lang) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::PerLang(texts) => texts.get(lang),
        }
    }
}

/// Texts in both languages.
pub fn lang_texts(zh_cn: impl Into<String>, en: impl Into<String>) -> LocalizedTexts {
    LocalizedTexts { zh_cn: Some(zh_cn.into()), en: Some(en.into()) }
}

impl From<&str> for Localized {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }
}
