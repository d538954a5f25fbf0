//! Open answers coded into themes and tone by an editable dictionary: the only place that knows the word segmentation. A text
//! column comes in; a `multi` column of themes, or a `single` column of tone, goes out like any other column of the codebook.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use indexmap::IndexMap;
use jieba_rs::Jieba;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::raw::{ColumnType, RawColumn, RawLabel, RawThemes};
use crate::config::{Project, parse_yaml, read_text};
use crate::data::codebook::CodedColumn;
use crate::data::derive::code_derived;
use crate::data::quality::InvalidCells;
use crate::data::sources::LoadedSource;
use crate::data::table::OPTION_SEPARATOR;
use crate::diagnostics::messages::coding as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Localized, lang_texts};

/// The dictionary that is used where a project names none.
const GENERAL: &str = include_str!("themes/general.yaml");

/// A dictionary of themes and tone.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawDictionary {
    /// Themes by id, in the order they are printed.
    pub themes: IndexMap<String, RawTheme>,
    /// Name of what matches no theme.
    #[serde(default)]
    pub other: Option<Localized>,
    /// Words of praise and blame.
    #[serde(default)]
    pub tone: RawTone,
    /// Longer words in which a word of the dictionary means nothing: `贵宾` speaks of no price.
    #[serde(default)]
    pub ignore: Vec<String>,
}

/// A theme with the words that speak of it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTheme {
    /// Name.
    pub title: Localized,
    /// Words in any language; `wait*` stands for every word that begins so, several words for themselves in this order.
    pub words: Vec<String>,
}

/// Words of praise and blame.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTone {
    /// Words of praise.
    #[serde(default)]
    pub positive: Vec<String>,
    /// Words of blame.
    #[serde(default)]
    pub negative: Vec<String>,
    /// Words that turn the next word of praise or blame around.
    #[serde(default)]
    pub negations: Vec<String>,
}

/// How an answer sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Praise alone.
    Positive,
    /// Blame alone.
    Negative,
    /// Both.
    Mixed,
    /// Neither.
    Neutral,
}

impl Tone {
    /// Its name; the Chinese one stands in the cells.
    fn title(self) -> crate::diagnostics::LocalizedTexts {
        match self {
            Self::Positive => lang_texts("正面", "positive"),
            Self::Negative => lang_texts("负面", "negative"),
            Self::Mixed => lang_texts("褒贬都有", "mixed"),
            Self::Neutral => lang_texts("中性", "neutral"),
        }
    }
}

/// Words to look for, with what each stands for.
#[derive(Debug, Default)]
struct Words {
    whole: HashMap<String, Vec<usize>>,
    beginnings: Vec<(String, usize)>,
    phrases: Vec<(String, usize)>,
}

impl Words {
    fn add(&mut self, word: &str, meaning: usize) {
        let word = word.trim().to_lowercase();
        if let Some(beginning) = word.strip_suffix('*') {
            self.beginnings.push((beginning.to_owned(), meaning));
        } else if word.contains(char::is_whitespace) {
            self.phrases.push((word, meaning));
        } else {
            self.whole.entry(word).or_default().push(meaning);
        }
    }

    fn of_token(&self, token: &str) -> impl Iterator<Item = usize> {
        let whole = self.whole.get(token).into_iter().flatten().copied();
        let begun = self.beginnings.iter().filter(|(beginning, _)| token.starts_with(beginning.as_str()));
        whole.chain(begun.map(|(_, meaning)| *meaning)).collect::<Vec<_>>().into_iter()
    }

    fn of_text(&self, text: &str) -> impl Iterator<Item = usize> {
        let inside = |phrase: &str| {
            text.match_indices(phrase).any(|(start, _)| {
                let boundary = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
                boundary(text[..start].chars().next_back()) && boundary(text[start + phrase.len()..].chars().next())
            })
        };
        self.phrases
            .iter()
            .filter(|(phrase, _)| inside(phrase))
            .map(|(_, meaning)| *meaning)
            .collect::<Vec<_>>()
            .into_iter()
    }
}

/// A dictionary ready to read answers.
pub struct Reader {
    segmenter: Jieba,
    themes: Vec<Localized>,
    other: Localized,
    words: Words,
    tone: Words,
    negations: HashSet<String>,
}

/// Meaning of a word of praise and of one of blame in [`Reader::tone`].
const PRAISE: usize = 0;
const BLAME: usize = 1;

impl Reader {
    /// Reads answers by a dictionary.
    pub fn new(dictionary: RawDictionary) -> Self {
        let mut segmenter = Jieba::empty();
        let mut words = Words::default();
        let mut tone = Words::default();
        let mut known = |word: &str| {
            // Longer words weigh more, so that a word of the dictionary is not cut into shorter ones.
            if !word.is_ascii() && !word.contains(char::is_whitespace) {
                let letters = u32::try_from(word.trim().chars().count()).unwrap_or(1).min(6);
                segmenter.add_word(word.trim(), Some(10_usize.pow(letters)), None);
            }
        };
        dictionary.ignore.iter().chain(&dictionary.tone.negations).for_each(|word| known(word));
        for (index, theme) in dictionary.themes.values().enumerate() {
            for word in &theme.words {
                known(word);
                words.add(word, index);
            }
        }
        for (meaning, list) in [(PRAISE, &dictionary.tone.positive), (BLAME, &dictionary.tone.negative)] {
            for word in list {
                known(word);
                tone.add(word, meaning);
            }
        }
        Self {
            segmenter,
            themes: dictionary.themes.into_values().map(|theme| theme.title).collect(),
            other: dictionary.other.unwrap_or_else(|| Localized::PerLang(lang_texts("其他", "other"))),
            words,
            tone,
            negations: dictionary.tone.negations.iter().map(|word| word.trim().to_lowercase()).collect(),
        }
    }

    fn tokens(&self, text: &str) -> Vec<String> {
        let tokens = self.segmenter.cut(text, true);
        tokens.into_iter().map(|token| token.word.trim().to_owned()).filter(|token| !token.is_empty()).collect()
    }

    /// Numbers of the themes that an answer speaks of, in the order of the dictionary.
    pub fn themes_of(&self, text: &str) -> Vec<usize> {
        let text = text.to_lowercase();
        let tokens = self.tokens(&text);
        let mut found: Vec<usize> = tokens.iter().flat_map(|token| self.words.of_token(token)).collect();
        found.extend(self.words.of_text(&text));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// How an answer sounds: a negation within the two words before turns praise into blame and blame into praise.
    pub fn tone_of(&self, text: &str) -> Tone {
        let text = text.to_lowercase();
        let tokens = self.tokens(&text);
        let mut heard = [false; 2];
        for (place, token) in tokens.iter().enumerate() {
            let turned = tokens[place.saturating_sub(2)..place].iter().any(|before| self.negations.contains(before));
            for meaning in self.tone.of_token(token) {
                heard[if turned { 1 - meaning } else { meaning }] = true;
            }
        }
        self.tone.of_text(&text).for_each(|meaning| heard[meaning] = true);
        match heard {
            [true, true] => Tone::Mixed,
            [true, false] => Tone::Positive,
            [false, true] => Tone::Negative,
            [false, false] => Tone::Neutral,
        }
    }

    /// The cell of an answer and the names of all cells there may be.
    fn coded(&self, kind: ColumnType, answers: &StringArray) -> ArrayRef {
        let cell = |answer: Option<&str>| {
            let answer = answer.filter(|answer| !answer.trim().is_empty())?;
            if kind == ColumnType::Single {
                return Some(Localized::PerLang(self.tone_of(answer).title()).get(Lang::ZhCn).to_owned());
            }
            let themes = self.themes_of(answer);
            let names: Vec<&str> = themes.iter().map(|theme| self.themes[*theme].get(Lang::ZhCn)).collect();
            Some(match names.as_slice() {
                [] => self.other.get(Lang::ZhCn).to_owned(),
                names => names.join(&OPTION_SEPARATOR.to_string()),
            })
        };
        Arc::new(answers.iter().map(cell).collect::<StringArray>())
    }

    fn labels(&self, kind: ColumnType) -> IndexMap<String, RawLabel> {
        let titles: Vec<Localized> = if kind == ColumnType::Single {
            [Tone::Positive, Tone::Mixed, Tone::Neutral, Tone::Negative]
                .map(|tone| Localized::PerLang(tone.title()))
                .into()
        } else {
            self.themes.iter().chain([&self.other]).cloned().collect()
        };
        titles.into_iter().map(|title| (title.get(Lang::ZhCn).to_owned(), RawLabel::Text(title))).collect()
    }
}

/// Adds the columns of themes and tone to the coded ones; those with errors are reported and left out.
pub fn add_themes(
    project: &Project,
    sources: &[LoadedSource],
    coded: &mut IndexMap<String, CodedColumn>,
    diagnostics: &mut Diagnostics,
) {
    let mut readers: HashMap<Option<String>, Option<Reader>> = HashMap::new();
    for (name, raw) in &project.raw.columns {
        let Some(themes) = &raw.themes else { continue };
        let path = format!("columns.{name}.themes.of");
        let Some(answers) = coded.get(&themes.of).filter(|column| column.column.kind == ColumnType::Text) else {
            let known = project.raw.columns.iter().filter(|(_, raw)| raw.kind == ColumnType::Text);
            diagnostics.push(
                Diagnostic::error(&messages::THEMES_OF_WHAT)
                    .arg("column", &themes.of)
                    .suggest(&themes.of, known.map(|(name, _)| name.as_str()))
                    .at(project.at(&path))
                    .key(path),
            );
            continue;
        };
        if !matches!(raw.kind, ColumnType::Multi | ColumnType::Single) {
            let path = format!("columns.{name}.type");
            diagnostics.push(Diagnostic::error(&messages::THEMES_TYPE).at(project.at(&path)).key(path));
            continue;
        }
        let reader = readers
            .entry(themes.dictionary.clone())
            .or_insert_with(|| read_dictionary(project, name, themes, diagnostics).map(Reader::new));
        let Some(reader) = reader else { continue };
        let texts = answers.arrays.iter().filter_map(|array| cast(&array, &DataType::Utf8).ok());
        let arrays: Vec<ArrayRef> = texts.map(|texts| reader.coded(raw.kind, texts.as_string())).collect();
        let plain = RawColumn {
            separator: Some(OPTION_SEPARATOR.to_string()),
            labels: Some(reader.labels(raw.kind)),
            ..raw.clone()
        };
        let column = code_derived(name, &plain, arrays, sources);
        diagnostics.extend(column.invalid.iter().map(InvalidCells::diagnostic));
        coded.insert(name.clone(), column);
    }
}

/// A dictionary as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DictionaryText {
    /// The project's file; none for the general one.
    pub file: Option<String>,
    /// YAML.
    pub text: String,
}

impl DictionaryText {
    /// The dictionary that is used where a project names none.
    pub fn general() -> Self {
        Self { file: None, text: GENERAL.to_owned() }
    }
}

fn read_dictionary(
    project: &Project,
    column: &str,
    themes: &RawThemes,
    diagnostics: &mut Diagnostics,
) -> Option<RawDictionary> {
    let DictionaryText { file, text } = dictionary_text(project, column, themes, diagnostics)?;
    let name = file.as_deref().unwrap_or("general.yaml");
    parse_yaml::<RawDictionary>(&text, name, diagnostics).map(|(dictionary, _)| dictionary)
}

/// The dictionary of a column of themes; none, with an error, where its file cannot be read.
pub fn dictionary_text(
    project: &Project,
    column: &str,
    themes: &RawThemes,
    diagnostics: &mut Diagnostics,
) -> Option<DictionaryText> {
    let Some(file) = &themes.dictionary else { return Some(DictionaryText::general()) };
    let path = project.path(file);
    if !Path::new(&path).is_file() {
        let key = format!("columns.{column}.themes.dictionary");
        diagnostics.push(Diagnostic::error(&messages::NO_DICTIONARY).arg("file", file).at(project.at(&key)).key(key));
        return None;
    }
    let text = read_text(&path, file, diagnostics)?;
    Some(DictionaryText { file: Some(file.clone()), text })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn reader() -> Reader {
        let mut diagnostics = Diagnostics::new();
        let (dictionary, _) = parse_yaml::<RawDictionary>(GENERAL, "general.yaml", &mut diagnostics).unwrap();
        Reader::new(dictionary)
    }

    #[test]
    fn words_count_whole_and_in_either_language() {
        let reader = reader();
        let names = |text: &str| -> Vec<&str> {
            reader.themes_of(text).into_iter().map(|theme| reader.themes[theme].get(Lang::En)).collect()
        };
        assert_eq!(names("排队太久了，希望多开几个收银台"), ["waiting"]);
        assert_eq!(names("服务员态度不好，价格也贵"), ["staff and attitude", "price"]);
        assert_eq!(names("Long QUEUES at noon; the staff are rude"), ["waiting", "staff and attitude"]);
        assert_eq!(names("无"), Vec::<&str>::new());
        assert_eq!(names("the priceless view"), Vec::<&str>::new(), "a word inside another is no word");
    }

    #[test]
    fn a_negation_turns_the_tone_around() {
        let reader = reader();
        let tone = |text: &str| reader.tone_of(text);
        assert_eq!(tone("服务很好，很满意"), Tone::Positive);
        assert_eq!(tone("一点也不满意"), Tone::Negative);
        assert_eq!(tone("味道不错，就是太贵"), Tone::Mixed);
        assert_eq!(tone("希望增加窗口"), Tone::Neutral);
        assert_eq!(tone("not good at all"), Tone::Negative);
        assert_eq!(tone("no complaints, everything was great"), Tone::Positive);
    }
}
