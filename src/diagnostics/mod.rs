//! Problems as data: every stage collects [`Diagnostic`]s here and nobody prints them but the command line.
//!
//! A diagnostic names a [`Message`] of the bilingual catalogue (`messages/`, one file a stage), the values that fill it,
//! and where the trouble is: file with line and column, or sheet and cell, and the key path in YAML.

mod io;
mod lang;
pub mod messages;
pub mod taiwan;

use std::fmt::Write as _;

use serde::Serialize;

pub use io::io_problem;
pub use lang::{Lang, Localized, LocalizedTexts, Verbatim, has_han, lang_texts};
pub use messages::Message;

/// What stands in a message for a quote that is left out.
const NOT_QUOTED: &str = "…";

/// How bad a problem is. An error stops the run at the end of its stage; a warning does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing, nothing is wrong.
    Note,
    /// Probably not what the user wants; the work goes on.
    Warning,
    /// The stage cannot be trusted; the work stops after all problems of the stage are found.
    Error,
}

/// The place inside a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// A place in a text file; both count from 1, columns in characters.
    Text {
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// A cell of a spreadsheet, such as `B7` of sheet `答卷`.
    Cell {
        /// Sheet name.
        sheet: String,
        /// Cell in A1 notation.
        cell: String,
    },
    /// A row of a table file (CSV, Parquet, JSON, SAV), from 1 with the header counted where the file has one.
    Row {
        /// Row number as an editor or spreadsheet shows it.
        row: u64,
    },
}

/// A file and, where known, the place in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Location {
    /// Path as the user wrote it, relative to the project folder where possible, with `/` separators.
    pub file: String,
    /// Place in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

impl Location {
    /// The whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), position: None }
    }

    /// A line and column of a text file, both from 1.
    pub fn text(file: impl Into<String>, line: usize, column: usize) -> Self {
        Self { file: file.into(), position: Some(Position::Text { line, column }) }
    }

    /// A cell in A1 notation on a named sheet.
    pub fn cell(file: impl Into<String>, sheet: impl Into<String>, cell: impl Into<String>) -> Self {
        Self { file: file.into(), position: Some(Position::Cell { sheet: sheet.into(), cell: cell.into() }) }
    }

    /// A row of a table file.
    pub fn row(file: impl Into<String>, row: u64) -> Self {
        Self { file: file.into(), position: Some(Position::Row { row }) }
    }
}

/// One problem, with everything needed to say it in either language or as JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// Severity.
    pub level: Level,
    /// Catalogue entry that holds code and wording.
    pub message: &'static Message,
    /// Values for the `{placeholders}` of the wording.
    pub arguments: Vec<(&'static str, String)>,
    /// Values that are words of a language themselves, such as the reason why a file cannot be read.
    pub worded: Vec<(&'static str, LocalizedTexts)>,
    /// Values that are taken out of the data, such as cells; see [`Diagnostic::without_quotes`].
    pub quotes: Vec<(&'static str, String)>,
    /// Where it is.
    pub location: Option<Location>,
    /// YAML key path such as `columns.praise.range[0]`; for a rendered template the line of its Markdown, `Markdown:48`.
    pub key_path: Option<String>,
    /// Names close to a mistyped one, nearest first; shown as "did you mean".
    pub suggestions: Vec<String>,
    /// True if the suggestions are taken out of the data as well.
    pub suggests_cells: bool,
}

impl Diagnostic {
    fn new(level: Level, message: &'static Message) -> Self {
        Self {
            level,
            message,
            arguments: Vec::new(),
            worded: Vec::new(),
            quotes: Vec::new(),
            location: None,
            key_path: None,
            suggestions: Vec::new(),
            suggests_cells: false,
        }
    }

    /// A problem that stops the run after its stage.
    pub fn error(message: &'static Message) -> Self {
        Self::new(Level::Error, message)
    }

    /// A problem that the run survives.
    pub fn warning(message: &'static Message) -> Self {
        Self::new(Level::Warning, message)
    }

    /// Something worth knowing.
    pub fn note(message: &'static Message) -> Self {
        Self::new(Level::Note, message)
    }

    /// Fills the placeholder `{name}`.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    /// Fills the placeholder `{name}` with words that differ between the languages.
    #[must_use]
    pub fn words(mut self, name: &'static str, texts: LocalizedTexts) -> Self {
        self.worded.push((name, texts));
        self
    }

    /// Fills the placeholder `{name}` with what stands in the data: an answer, an id, or words that may hold one.
    #[must_use]
    pub fn quote(mut self, name: &'static str, value: impl ToString) -> Self {
        self.quotes.push((name, value.to_string()));
        self
    }

    /// The same problem with `…` in place of what stands in the data: for columns of personal data, and for everything that is kept
    /// or sent. File, row and column still say where to look.
    #[must_use]
    pub fn without_quotes(mut self) -> Self {
        self.quotes.iter_mut().for_each(|(_, value)| NOT_QUOTED.clone_into(value));
        if self.suggests_cells {
            self.suggestions.clear();
        }
        self
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Says which YAML key.
    #[must_use]
    pub fn key(mut self, path: impl Into<String>) -> Self {
        self.key_path = Some(path.into());
        self
    }

    /// Offers the names nearest to `wrong` among `known` as "did you mean".
    #[must_use]
    pub fn suggest<'a>(mut self, wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        self.suggestions = nearest_names(wrong, known);
        self
    }

    /// The same for names that stand in the data, such as groups and options: they are quotes.
    #[must_use]
    pub fn suggest_cells<'a>(mut self, wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        self.suggests_cells = true;
        self.suggest(wrong, known)
    }

    /// The sentence in the given language, placeholders filled.
    pub fn text(&self, lang: Lang) -> String {
        in_language(fill(self.message.text(lang), |name| self.value(name, lang)), lang)
    }

    /// What to do about it, in the given language: the "did you mean" names if there are any, then the catalogue's hint.
    pub fn hint(&self, lang: Lang) -> Option<String> {
        let mut hint = String::new();
        if !self.suggestions.is_empty() {
            let names: Vec<String> = self.suggestions.iter().map(|name| format!("`{name}`")).collect();
            let _ = match lang {
                Lang::En => write!(hint, "did you mean {}?", names.join(", ")),
                Lang::ZhCn | Lang::ZhTw => write!(hint, "您是不是想写 {}？", names.join("、")),
            };
        }
        if let Some(fixed) = self.message.hint(lang) {
            if !hint.is_empty() {
                hint.push(' ');
            }
            hint.push_str(&fill(fixed, |name| self.value(name, lang)));
        }
        (!hint.is_empty()).then(|| in_language(hint, lang))
    }

    /// What fills a placeholder.
    fn value(&self, name: &str, lang: Lang) -> Option<&str> {
        let plain =
            self.arguments.iter().chain(&self.quotes).find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
        plain.or_else(|| self.worded.iter().find(|(key, _)| *key == name).map(|(_, texts)| texts.get(lang)))
    }

    /// The machine form used by `--json`: stable code, level, both texts resolved to one language, location and key path.
    pub fn to_json(&self, lang: Lang) -> serde_json::Value {
        serde_json::json!({
            "code": self.message.code,
            "level": self.level,
            "message": self.text(lang),
            "hint": self.hint(lang),
            "location": self.location,
            "key_path": self.key_path,
        })
    }
}

/// Everything found so far, in the order found. Stages push, the command line prints.
#[derive(Debug, Default, Clone)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// An empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Adds one problem unless the very same is there already: a file may be read for more than one purpose.
    pub fn push_once(&mut self, diagnostic: Diagnostic) {
        if !self.found.contains(&diagnostic) {
            self.found.push(diagnostic);
        }
    }

    /// Adds many.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.found.extend(diagnostics);
    }

    /// Keeps the problems that a condition holds for.
    pub fn retain(&mut self, condition: impl FnMut(&Diagnostic) -> bool) {
        self.found.retain(condition);
    }

    /// Makes warnings of one kind notes, where another command has the say about them.
    pub fn soften(&mut self, message: &Message) {
        let warnings = self.found.iter_mut().filter(|found| found.level == Level::Warning);
        warnings.filter(|found| found.message.code == message.code).for_each(|found| found.level = Level::Note);
    }

    /// True if any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }

    /// How many of a level there are.
    pub fn count(&self, level: Level) -> usize {
        self.found.iter().filter(|diagnostic| diagnostic.level == level).count()
    }

    /// All of them, in the order found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// True if nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

/// The catalogue holds one Chinese; Taiwan's is made of it.
fn in_language(text: String, lang: Lang) -> String {
    if lang == Lang::ZhTw { taiwan::to_taiwan(&text) } else { taiwan::without_marks(text) }
}

/// Up to three of `known` that a user may have meant by `wrong`, nearest first: close in spelling, or one containing the other.
pub fn nearest_names<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let lowered = wrong.to_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .filter_map(|name| {
            let candidate = name.to_lowercase();
            let contains = !lowered.is_empty() && (candidate.contains(&lowered) || lowered.contains(&candidate));
            // Two letters swapped make short names look quite different to Jaro and Winkler: `nsp` for `nps`.
            let slip = lowered.chars().count() > 2 && strsim::osa_distance(&lowered, &candidate) == 1;
            let least = if contains { 0.85 } else { f64::from(u8::from(slip)) * 0.8 };
            let score = strsim::jaro_winkler(&lowered, &candidate).max(least);
            (score >= 0.8).then_some((score, name))
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}

fn fill<'a>(template: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let Some(close) = after.find('}') else {
            rest = &rest[open..];
            break;
        };
        let name = &after[..close];
        rest = match value(name) {
            Some(value) => {
                text.push_str(value);
                &after[close + 1..]
            }
            // A brace of YAML, which may hold a placeholder: `labels: { {option}: … }`.
            None => {
                text.push('{');
                after
            }
        };
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_never_become_placeholders() {
        let filled = fill("a {x} b {y}", |name| Some(if name == "x" { "{y}" } else { "2" }));
        assert_eq!(filled, "a {y} b 2");
        let nested = fill("labels: { {x}: { en: … } }", |name| (name == "x").then_some("1"));
        assert_eq!(nested, "labels: { 1: { en: … } }");
    }

    #[test]
    fn quotes_can_be_left_out() {
        let said = Diagnostic::error(&messages::coding::CELLS_UNREADABLE)
            .arg("column", "phone")
            .arg("file", "a.csv")
            .arg("count", 1)
            .quote("values", "`13812345678 李雷`")
            .arg("rows", "B7");
        assert!(said.text(Lang::En).contains("李雷"));
        let kept = said.without_quotes();
        assert_eq!(kept.text(Lang::ZhCn), "栏目 `phone`：`a.csv` 中有 1 个单元格无法识别：…（行 B7）");
        assert!(!kept.to_json(Lang::En).to_string().contains("13812345678"));
    }

    /// What is kept of a run suggests names of the project and none of the data.
    #[test]
    fn suggested_cells_are_quotes() {
        let unknown = || Diagnostic::error(&messages::output::NO_SUCH_GROUP).arg("column", "shop").arg("value", "李雪");
        let cells = unknown().suggest_cells("李雪", ["李雪梅"]);
        assert!(cells.hint(Lang::En).is_some_and(|hint| hint.contains("李雪梅")));
        let kept = cells.without_quotes();
        assert!(!kept.to_json(Lang::En).to_string().contains("李雪梅") && kept.suggestions.is_empty());
        assert_eq!(unknown().suggest("李雪", ["李雪梅"]).without_quotes().suggestions, ["李雪梅"]);
    }

    #[test]
    fn nearest_names_finds_typos_and_parts() {
        assert_eq!(nearest_names("metrcs", ["metrics", "plugins"]), ["metrics"]);
        assert_eq!(nearest_names("满意程度", ["3、您的满意程度", "性别"]), ["3、您的满意程度"]);
        assert_eq!(nearest_names("nsp", ["csat", "nps", "ces"]), ["nps"]);
        assert!(nearest_names("zzz", ["metrics"]).is_empty());
        assert!(nearest_names("xy", ["ny"]).is_empty());
    }
}
