//! A template pack: its description (`template.yaml`) and its files, a project's own files in front of the built-in ones.
//! Nothing is read from disk here; the caller hands over both sets of files.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::config::fragment;
use crate::diagnostics::messages::document as messages;
use crate::diagnostics::taiwan::marked_around_placeholders;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Localized, Location};

/// The files of a pack: path relative to the pack's folder, with `/` separators, to text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackFiles {
    files: BTreeMap<String, PackFile>,
}

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFile {
    /// Content.
    pub text: String,
    /// Where it came from, as diagnostics name it.
    pub source: String,
}

impl PackFiles {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, or replaces the one of the same path. `source` is the file as the user knows it.
    pub fn insert(&mut self, path: impl Into<String>, source: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), PackFile { text: text.into(), source: source.into() });
    }

    /// Puts the files of `own` in front of these, file by file.
    pub fn overlay(&mut self, own: PackFiles) {
        self.files.extend(own.files);
    }

    /// A file of the pack.
    pub fn get(&self, path: &str) -> Option<&PackFile> {
        self.files.get(path)
    }

    /// All files by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &PackFile)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// True if there is no file.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// `template.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPack {
    id: String,
    #[serde(default)]
    extends: Option<String>,
    title: Localized,
    #[serde(default)]
    description: Option<Localized>,
    entry: BTreeMap<Lang, String>,
    #[serde(default)]
    words: BTreeMap<Lang, BTreeMap<String, String>>,
    #[serde(default)]
    length: BTreeMap<Lang, Length>,
    #[serde(default)]
    pages: Option<usize>,
    #[serde(default)]
    word: WordForm,
}

/// How the Word files of a pack differ from those of reports (`word` of `template.yaml`).
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordForm {
    /// The title stands above the text; reports have a cover page.
    #[serde(default)]
    pub title_above: bool,
    /// Coursework: black on white whatever the brand, single spacing, chapters 一、二、三、 in Chinese.
    #[serde(default)]
    pub coursework: bool,
    /// The page lies on its long side, for what fits one page side by side.
    #[serde(default)]
    pub landscape: bool,
    /// Size of the text in points.
    #[serde(default)]
    pub size: Option<f64>,
    /// Margins of the page in millimetres: top, right, bottom, left.
    #[serde(default)]
    pub margins: Option<[f64; 4]>,
}

/// How long the text of a document is to be, in words as word processors count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// Fewest words.
    #[serde(default)]
    pub min: usize,
    /// Most words.
    pub max: usize,
    /// The length is only aimed at; nothing is said where it is missed.
    #[serde(default)]
    pub aim: bool,
}

/// Levels of detail at which a pack with a [`Length`] is tried, the fullest first; other packs are rendered at the fullest.
pub const DETAILS: [u8; 6] = [5, 4, 3, 2, 1, 0];

/// The pack that the description `text` of a pack builds on (`extends`).
pub fn extended(text: &str) -> Option<String> {
    let value = fragment::parse(text).ok()?;
    Some(value.get("extends")?.as_str()?.to_owned())
}

/// Where the files of a pack hold the description of the pack `base` that it builds on.
pub fn description_of(base: &str) -> String {
    format!("{base}/template.yaml")
}

/// A pack ready to be rendered.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Name, as `reports[].pack` writes it.
    pub id: String,
    /// Title for lists.
    pub title: Localized,
    /// What it is for.
    pub description: Option<Localized>,
    /// Entry template by language.
    pub entry: BTreeMap<Lang, String>,
    /// Words that themes and builders print, by language.
    pub words: BTreeMap<Lang, BTreeMap<String, String>>,
    /// Length that the text is to have, by language.
    pub length: BTreeMap<Lang, Length>,
    /// Most pages of the PDF.
    pub pages: Option<usize>,
    /// Form of Word files.
    pub word: WordForm,
    /// The files.
    pub files: PackFiles,
}

impl Pack {
    /// Reads the pack's description and checks that its entry templates exist.
    pub fn load(id: &str, files: PackFiles, diagnostics: &mut Diagnostics) -> Option<Self> {
        let raw = read_description(id, "template.yaml", &files, diagnostics)?;
        let source = files.get("template.yaml").map(|file| file.source.clone()).unwrap_or_default();
        let mut words = raw.words;
        let mut base = raw.extends;
        while let Some(held) = base {
            let inherited = read_description(&held, &description_of(&held), &files, diagnostics)?;
            for (lang, theirs) in inherited.words {
                let own = words.entry(lang).or_default();
                theirs.into_iter().for_each(|(key, word)| {
                    own.entry(key).or_insert(word);
                });
            }
            base = inherited.extends;
        }
        for file in raw.entry.values().filter(|file| files.get(file).is_none()) {
            let error = Diagnostic::error(&messages::MISSING_TEMPLATE).arg("pack", &raw.id).arg("file", file);
            diagnostics.push(error.at(Location::file(&source)));
        }
        Some(Self {
            id: raw.id,
            title: raw.title,
            description: raw.description,
            entry: raw.entry,
            words,
            length: raw.length,
            pages: raw.pages,
            word: raw.word,
            files,
        })
    }

    /// Entry template of a language; its absence is an error.
    pub fn entry(&self, lang: Lang, diagnostics: &mut Diagnostics) -> Option<&str> {
        let entry = self.entry.get(&lang).or_else(|| self.entry.get(&written_in(lang))).map(String::as_str);
        if entry.is_none() {
            diagnostics.push(Diagnostic::error(&messages::NO_ENTRY).arg("pack", &self.id).arg("lang", lang));
        }
        entry
    }

    /// The words of a language.
    pub fn words(&self, lang: Lang) -> Words {
        let mut words = self.words.get(&written_in(lang)).cloned().unwrap_or_default();
        if lang == Lang::ZhTw {
            let own = self.words.get(&lang).into_iter().flatten();
            words.extend(own.map(|(key, word)| (key.clone(), marked_around_placeholders(word))));
        }
        Words { words }
    }

    /// The length that the text is to have in a language.
    pub fn length(&self, lang: Lang) -> Option<Length> {
        self.length.get(&lang).or_else(|| self.length.get(&written_in(lang))).copied()
    }
}

/// The language that the templates of a language are written in: Taiwan's Chinese is made from the mainland's.
fn written_in(lang: Lang) -> Lang {
    if lang == Lang::ZhTw { Lang::ZhCn } else { lang }
}

fn read_description(id: &str, path: &str, files: &PackFiles, diagnostics: &mut Diagnostics) -> Option<RawPack> {
    let Some(description) = files.get(path) else {
        diagnostics.push(Diagnostic::error(&messages::MISSING_TEMPLATE).arg("pack", id).arg("file", "template.yaml"));
        return None;
    };
    let parsed = fragment::parse(&description.text)
        .and_then(|value| serde_json::from_value::<RawPack>(value).map_err(|error| (error.to_string(), 1)));
    match parsed {
        Ok(raw) => Some(raw),
        Err((problem, line)) => {
            let error = Diagnostic::error(&messages::BAD_PACK).arg("pack", id).arg("problem", problem);
            diagnostics.push(error.at(Location::text(&description.source, line, 1)));
            None
        }
    }
}

/// The words of one language.
#[derive(Debug, Clone, Default)]
pub struct Words {
    words: BTreeMap<String, String>,
}

impl Words {
    /// The word for a key; the key itself where the pack has none, so that a gap is seen on the page.
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.words.get(key).map_or(key, String::as_str)
    }

    /// The word with `{placeholders}` filled.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        filled(self.get(key), values)
    }

    /// The same with these `{placeholders}` filled in all of them.
    #[must_use]
    pub fn filled(mut self, values: &[(&str, &str)]) -> Self {
        for text in self.words.values_mut() {
            *text = filled(text, values);
        }
        self
    }

    /// All of them.
    pub fn all(&self) -> &BTreeMap<String, String> {
        &self.words
    }
}

/// A text with its `{placeholders}` filled.
pub(super) fn filled(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}
