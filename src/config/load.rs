//! Reads YAML files into typed values: text, syntax, shape, then types. Pure parsing takes a text; `load_project` does the
//! file access.

use std::path::Path;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::config::positions::KeyPositions;
use crate::config::project::Project;
use crate::config::raw::RawProject;
use crate::config::shape::check_shape;
use crate::config::validate::validate_project;
use crate::config::yaml::parse_value;
use crate::diagnostics::messages::config as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, io_problem};

/// Name of the project file.
pub const PROJECT_FILE: &str = "manyi.yaml";

/// Version of the project file format that this program reads.
pub const PROJECT_VERSION: u32 = 1;

/// Parses YAML text into `T`, reporting every mistake of its shape. `file` is its name in diagnostics.
pub fn parse_yaml<T: DeserializeOwned + JsonSchema>(
    text: &str,
    file: &str,
    diagnostics: &mut Diagnostics,
) -> Option<(T, KeyPositions)> {
    let (value, positions) = parse_value(text.trim_start_matches('\u{feff}'), file, diagnostics)?;
    let problems = check_shape(&schema_of::<T>(), &value, &positions);
    if !problems.is_empty() {
        diagnostics.extend(problems);
        return None;
    }
    match serde_json::from_value(value) {
        Ok(typed) => Some((typed, positions)),
        Err(error) => {
            diagnostics.push(Diagnostic::error(&messages::WRONG_VALUE).arg("problem", error).at(Location::file(file)));
            None
        }
    }
}

/// The JSON Schema of a YAML file's type.
pub fn schema_of<T: JsonSchema>() -> serde_json::Value {
    schemars::schema_for!(T).to_value()
}

/// Reads a text file as UTF-8, reporting what is wrong with it. `shown` is its name in diagnostics.
pub fn read_text(path: &Path, shown: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            diagnostics.push(
                Diagnostic::error(&messages::UNREADABLE)
                    .arg("file", shown)
                    .words("problem", io_problem(&error))
                    .at(Location::file(shown)),
            );
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(_) => {
            diagnostics.push(Diagnostic::error(&messages::NOT_UTF8).arg("file", shown).at(Location::file(shown)));
            None
        }
    }
}

/// Loads and checks the project in a folder. `None` if the file cannot be used at all; problems that leave a usable
/// project are reported and the project returned.
pub fn load_project(root: &Path, diagnostics: &mut Diagnostics) -> Option<Project> {
    let path = root.join(PROJECT_FILE);
    if root.is_file() {
        diagnostics.push(Diagnostic::error(&messages::PROJECT_IS_FILE).arg("file", root.display()));
        return None;
    }
    if !path.is_file() {
        diagnostics.push(Diagnostic::error(&messages::NO_PROJECT).arg("folder", root.display()));
        return None;
    }
    let text = read_text(&path, PROJECT_FILE, diagnostics)?;
    let (raw, positions) = parse_yaml::<RawProject>(&text, PROJECT_FILE, diagnostics)?;
    let project = Project { root: root.to_path_buf(), raw, positions, table: String::new(), window: None };
    validate_project(&project, diagnostics);
    Some(project)
}
