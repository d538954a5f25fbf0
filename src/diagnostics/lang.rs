//! The languages of messages and documents, and texts that exist in one or more of them. Two are written by hand, Chinese and
//! English; Taiwan's Chinese is made from the first, see [`super::taiwan`].

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::taiwan::to_taiwan;

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
    /// Chinese as it is written in Taiwan: characters and terms.
    #[serde(rename = "zh-TW")]
    ZhTw,
}

/// True for a text with Chinese characters.
pub fn has_han(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

impl Lang {
    /// The languages that texts are written in.
    pub const ALL: [Self; 2] = [Self::ZhCn, Self::En];

    /// True for Chinese, wherever it is written.
    pub fn is_chinese(self) -> bool {
        self != Self::En
    }

    /// The tag used in YAML, file names and HTML: `zh-CN`, `zh-TW` or `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::ZhTw => "zh-TW",
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
            "zh-tw" | "zh_tw" | "zh-hant" => Ok(Self::ZhTw),
            "en" | "en-us" | "en-gb" | "en_us" => Ok(Self::En),
            other => Err(format!("`{other}` is not a language of manyi; use `zh-CN`, `zh-TW` or `en`")),
        }
    }
}

/// A text in one language for all, or one per language (`{ zh-CN: 美誉度, en: Reputation }`).
#[derive(Debug, Clone, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Localized {
    /// The same text whatever the language; Chinese is written as the language of the document has it.
    Plain(String),
    /// One text per language.
    PerLang(LocalizedTexts),
    /// What the data say, shown as typed in every language.
    #[serde(skip_deserializing)]
    #[schemars(skip)]
    Verbatim(Verbatim),
}

/// The texts of a [`Localized::PerLang`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalizedTexts {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN", default)]
    pub zh_cn: Option<String>,
    /// English.
    #[serde(default)]
    pub en: Option<String>,
    /// Chinese as in Taiwan, where the text made from `zh-CN` will not do.
    #[serde(rename = "zh-TW", default)]
    pub zh_tw: Option<Verbatim>,
}

impl LocalizedTexts {
    /// The text in `lang`, else in the other language, else empty.
    pub fn get(&self, lang: Lang) -> &str {
        if let (Lang::ZhTw, Some(own)) = (lang, &self.zh_tw) {
            return own.get(lang);
        }
        let (first, second) = match lang {
            Lang::ZhCn | Lang::ZhTw => (&self.zh_cn, &self.en),
            Lang::En => (&self.en, &self.zh_cn),
        };
        first.as_deref().or(second.as_deref()).unwrap_or_default()
    }
}

/// As it is read, without the text for Taiwan where that is only what is made of the Chinese one.
impl Serialize for LocalizedTexts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a> {
            #[serde(rename = "zh-CN", skip_serializing_if = "Option::is_none")]
            zh_cn: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            en: Option<&'a str>,
            #[serde(rename = "zh-TW", skip_serializing_if = "Option::is_none")]
            zh_tw: Option<&'a Verbatim>,
        }
        let own = |text: &&Verbatim| text.is_whole() || text.for_taiwan() != to_taiwan(self.get(Lang::ZhCn));
        let (zh_cn, en) = (self.zh_cn.as_deref(), self.en.as_deref());
        Written { zh_cn, en, zh_tw: self.zh_tw.as_ref().filter(own) }.serialize(serializer)
    }
}

/// The same text is the same, whether it was written for the project or found in its data.
impl PartialEq for Localized {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::PerLang(own), Self::PerLang(other)) => own == other,
            (Self::PerLang(_), _) | (_, Self::PerLang(_)) => false,
            _ => self.get(Lang::ZhCn) == other.get(Lang::ZhCn),
        }
    }
}

impl Localized {
    /// The text in `lang`, else in the other language, else empty.
    pub fn get(&self, lang: Lang) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::PerLang(texts) => texts.get(lang),
            Self::Verbatim(text) => text.get(lang),
        }
    }
}

/// Texts in both languages.
pub fn lang_texts(zh_cn: impl Into<String>, en: impl Into<String>) -> LocalizedTexts {
    LocalizedTexts { zh_cn: Some(zh_cn.into()), en: Some(en.into()), zh_tw: None }
}

/// A text from elsewhere, such as a value of a data file, is shown as it is.
impl From<&str> for Localized {
    fn from(text: &str) -> Self {
        Self::Verbatim(Verbatim::new(text))
    }
}

/// A text that is shown as typed, as a whole or in parts. Where a document is written in Taiwan's Chinese it stands between two marks that
/// [`taiwan`](super::taiwan) takes out again; no other language sees them.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String")]
pub struct Verbatim {
    marked: String,
}

impl Verbatim {
    /// The text.
    pub fn new(text: &str) -> Self {
        Self { marked: super::taiwan::marked(text) }
    }

    /// A text for Taiwan that is converted but for its parts between marks: put together of texts fetched for that language.
    /// Converting it is left to whoever writes it, since most projects have no reader in Taiwan.
    pub fn in_parts(marked: String) -> Self {
        Self { marked }
    }

    /// True if all of it is shown as typed.
    fn is_whole(&self) -> bool {
        self.marked == super::taiwan::marked(&self.marked)
    }

    /// The text without marks, what is to be converted converted.
    fn for_taiwan(&self) -> String {
        to_taiwan(&self.marked)
    }

    /// The text, between its marks for a language that it is not to be converted to.
    pub fn get(&self, lang: Lang) -> &str {
        if lang == Lang::ZhTw { &self.marked } else { super::taiwan::unmarked(&self.marked) }
    }
}

impl Serialize for Verbatim {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.for_taiwan())
    }
}

impl<'de> Deserialize<'de> for Verbatim {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&String::deserialize(deserializer)?))
    }
}
