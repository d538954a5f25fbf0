//! `manyi plugins new`: a plugin that passes its own test at once, to be changed into one's own; with `--wasm` one whose numbers
//! come from a module, with the source of that module in Rust.

use std::path::{Path, PathBuf};

use crate::config::PROJECT_FILE;
use crate::diagnostics::messages::{output, plugins as messages};
use crate::diagnostics::{Diagnostic, Diagnostics, io_problem};
use crate::plugins::discover;
use crate::plugins::wasm::interface_text;

/// Files of a plugin that declares its metrics, each with its path in the plugin's folder.
const DECLARED: &[(&str, &str)] = &[
    ("plugin.yaml", include_str!("skeleton/plain/plugin.yaml")),
    ("tests.yaml", include_str!("skeleton/plain/tests.yaml")),
    ("README.md", include_str!("skeleton/plain/README.md")),
];

/// Files of a plugin with a module, without the module itself and its interface.
const WITH_MODULE: &[(&str, &str)] = &[
    ("plugin.yaml", include_str!("skeleton/wasm/plugin.yaml")),
    ("tests.yaml", include_str!("skeleton/wasm/tests.yaml")),
    ("README.md", include_str!("skeleton/wasm/README.md")),
    ("guest/Cargo.toml", include_str!("skeleton/guest/Cargo.toml.txt")),
    ("guest/src/lib.rs", include_str!("skeleton/guest/lib.rs")),
    ("guest/.gitignore", "/target\n"),
];

/// The module, assembled from `tests/fixtures/wasm/spread.wat`; a test keeps both equal.
const MODULE: &[u8] = include_bytes!("skeleton/wasm/module.wasm");

/// A plugin that was written.
pub(crate) struct NewPlugin {
    /// Its folder.
    pub folder: PathBuf,
    /// The project it belongs to.
    pub project: PathBuf,
    /// Its files, relative to the folder.
    pub files: Vec<&'static str>,
}

/// Writes the folder of a new plugin into `plugins` of a project, or into the folder itself if that is named `plugins`. Nothing
/// that exists is touched.
pub(crate) fn write_new(id: &str, wasm: bool, place: &Path, diagnostics: &mut Diagnostics) -> Option<NewPlugin> {
    if !is_plugin_id(id) {
        diagnostics.push(Diagnostic::error(&messages::BAD_PLUGIN_ID).arg("id", id));
        return None;
    }
    let Some((project, plugins)) = plugins_folder(place) else {
        diagnostics.push(Diagnostic::error(&messages::NO_PLACE).arg("folder", place.display()));
        return None;
    };
    let folder = plugins.join(id);
    if folder.exists() || discover(None, &mut Diagnostics::new()).contains_key(id) {
        diagnostics.push(Diagnostic::error(&messages::PLUGIN_EXISTS).arg("id", id));
        return None;
    }
    let texts = if wasm { WITH_MODULE } else { DECLARED };
    let texts = texts.iter().map(|(name, text)| (*name, filled(text, id).into_bytes()));
    let module = [("guest/wit/metrics.wit", interface_text().as_bytes().to_vec()), ("module.wasm", MODULE.to_vec())];
    let mut files = Vec::new();
    for (name, bytes) in texts.chain(module.into_iter().filter(|_| wasm)) {
        write(&folder.join(name), &bytes, diagnostics)?;
        files.push(name);
    }
    Some(NewPlugin { folder, project, files })
}

/// The project and its folder of plugins.
fn plugins_folder(place: &Path) -> Option<(PathBuf, PathBuf)> {
    if place.join(PROJECT_FILE).is_file() {
        return Some((place.to_path_buf(), place.join("plugins")));
    }
    let full = std::fs::canonicalize(place).ok()?;
    (full.file_name()? == "plugins" && full.parent()?.join(PROJECT_FILE).is_file())
        .then(|| (place.join(".."), place.to_path_buf()))
}

/// Ids are names of folders on every system: lower-case letters, digits and `-`.
fn is_plugin_id(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.len() <= 64
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn filled(text: &str, id: &str) -> String {
    text.replace("skeleton-id", id).replace("skeleton_id", &id.replace('-', "_"))
}

fn write(path: &Path, bytes: &[u8], diagnostics: &mut Diagnostics) -> Option<()> {
    let done = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(path, bytes));
    done.map_err(|error| {
        let problem = Diagnostic::error(&output::NOT_WRITTEN).arg("file", path.display());
        diagnostics.push(problem.words("problem", io_problem(&error)));
    })
    .ok()
}
