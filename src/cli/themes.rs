//! `manyi themes show`: the dictionary of words by which open answers are coded, to be read or copied.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use crate::cli::args::{ThemesAction, ThemesOptions};
use crate::cli::console::Console;
use crate::cli::{Outcome, print_json};
use crate::config::{PROJECT_FILE, load_project};
use crate::data::themes::{DictionaryText, dictionary_text};
use crate::diagnostics::Diagnostics;

pub(crate) fn run(options: &ThemesOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let ThemesAction::Show { project } = &options.action;
    let found = dictionaries(project, diagnostics);
    if console.json {
        let entries: Vec<_> = found
            .iter()
            .map(|(file, (columns, text))| json!({ "dictionary": file, "columns": columns, "text": text }))
            .collect();
        return print_json(console, json!({ "schema": 1, "dictionaries": entries }), diagnostics);
    }
    let mut shown = String::new();
    for (file, (columns, text)) in &found {
        let name = file.as_deref().unwrap_or_else(|| console.say("通用词典", "the general dictionary"));
        if columns.is_empty() {
            shown.push_str(&format!("# {name}\n"));
        } else {
            let used = console.say("用于", "used by");
            shown.push_str(&format!("# {name} ({used} {})\n", columns.join(", ")));
        }
        shown.push_str(text.trim_end());
        shown.push('\n');
    }
    console.data(&shown)
}

/// The text of each dictionary in use with the columns that it codes; the general one where no column is coded or there is no
/// project.
fn dictionaries(folder: &Path, diagnostics: &mut Diagnostics) -> BTreeMap<Option<String>, (Vec<String>, String)> {
    let mut found: BTreeMap<Option<String>, (Vec<String>, String)> = BTreeMap::new();
    if folder.join(PROJECT_FILE).exists()
        && let Some(project) = load_project(folder, diagnostics)
    {
        for (name, column) in &project.raw.columns {
            let Some(themes) = &column.themes else { continue };
            let Some(DictionaryText { file, text }) = dictionary_text(&project, name, themes, diagnostics) else {
                continue;
            };
            found.entry(file).or_insert_with(|| (Vec::new(), text)).0.push(name.clone());
        }
    }
    if found.is_empty() && !diagnostics.has_errors() {
        let general = DictionaryText::general();
        found.insert(general.file, (Vec::new(), general.text));
    }
    found
}
