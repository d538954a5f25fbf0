//! The template files of the program and, in front of them file by file, those of a project's `templates/` folder.
//! In: a folder's name; out: texts with the path a user knows them by.

use std::collections::BTreeMap;
use std::path::Path;

use include_dir::{Dir, include_dir};

use crate::diagnostics::messages::{packs as pack_messages, render as messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, io_problem};
use crate::document::pack::extended;
use crate::render::typst::TypstSources;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The built-in `templates/` folder.
pub fn embedded() -> &'static Dir<'static> {
    &EMBEDDED
}

/// Before the names of the program's own files.
const BUILT_IN: &str = "built-in ";

/// True if a file, as diagnostics name it, is the project's own.
pub fn is_own(origin: &str) -> bool {
    !origin.starts_with(BUILT_IN)
}

/// The file that is most likely at fault where `entry` is at work: itself or, where it is the program's, the only one of the project.
pub fn suspect<'a>(entry: &'a str, files: impl Iterator<Item = &'a str>) -> &'a str {
    let mut own = files.filter(|file| is_own(file));
    match (own.next(), own.next()) {
        (Some(only), None) if !is_own(entry) => only,
        _ => entry,
    }
}

/// A template file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFile {
    /// Where it comes from, as diagnostics name it: `templates/…` with `built-in ` before it for the program's own.
    pub origin: String,
    /// Content.
    pub text: String,
}

/// All text files under `templates/<folder>` by their path in it, the project's in front of the built-in ones.
/// `project_templates` is the project's `templates` folder; it need not exist.
pub fn files_of(
    folder: &str,
    project_templates: Option<&Path>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, TemplateFile> {
    let mut files = BTreeMap::new();
    if let Some(dir) = EMBEDDED.get_dir(folder) {
        collect_embedded(dir, folder, &mut files);
    }
    if let Some(root) = project_templates {
        collect_from_disk(&root.join(folder), folder, &mut files, diagnostics);
    }
    files
}

/// A pack and those that it builds on (`extends` in `template.yaml`), the first of them in front.
pub fn lineage(pack: &str, project_templates: Option<&Path>, diagnostics: &mut Diagnostics) -> Vec<String> {
    let mut ids = vec![pack.to_owned()];
    loop {
        let id = ids[ids.len() - 1].clone();
        let description = files_of(&id, project_templates, diagnostics).remove("template.yaml");
        let Some(file) = description else {
            if ids.len() > 1 {
                ids.pop();
                let last = ids[ids.len() - 1].clone();
                let error = Diagnostic::error(&pack_messages::UNKNOWN_BASE).arg("pack", last).arg("base", id);
                diagnostics.push_once(error);
            }
            break;
        };
        match extended(&file.text) {
            Some(base) if ids.contains(&base) => {
                let error = Diagnostic::error(&pack_messages::CIRCULAR_PACK).arg("pack", &base);
                diagnostics.push_once(error.arg("lineage", ids.join(", ")).at(Location::file(&file.origin)));
                break;
            }
            Some(base) => ids.push(base),
            None => break,
        }
    }
    ids.reverse();
    ids
}

/// The Typst files a pack is set with: `templates/base` and `templates/charts`, then those of the packs that it builds on and
/// its own, which replace those of the same name (`theme.typ`, `charts/bar.typ`). The base's theme stays reachable as `/base/theme.typ`.
pub fn typst_sources(pack: &str, project_templates: Option<&Path>, diagnostics: &mut Diagnostics) -> TypstSources {
    let mut sources = TypstSources::new();
    let lineage = lineage(pack, project_templates, diagnostics);
    let own = lineage.iter().map(|id| (id.as_str(), ""));
    for (folder, prefix) in [("base", ""), ("charts", "charts/")].into_iter().chain(own) {
        for (path, file) in files_of(folder, project_templates, diagnostics) {
            if !path.ends_with(".typ") {
                continue;
            }
            if folder == "base" && path == "theme.typ" {
                sources.insert("base/theme.typ", &file.origin, &file.text);
            }
            sources.insert(&format!("{prefix}{path}"), file.origin, file.text);
        }
    }
    sources
}

fn collect_embedded(dir: &'static Dir<'static>, folder: &str, files: &mut BTreeMap<String, TemplateFile>) {
    for file in dir.files() {
        let (Ok(path), Some(text)) = (file.path().strip_prefix(folder), file.contents_utf8()) else { continue };
        let path = slashed(path);
        let origin = format!("{BUILT_IN}templates/{folder}/{path}");
        files.insert(path, TemplateFile { origin, text: text.to_owned() });
    }
    for inner in dir.dirs() {
        collect_embedded(inner, folder, files);
    }
}

fn collect_from_disk(
    root: &Path,
    folder: &str,
    files: &mut BTreeMap<String, TemplateFile>,
    diagnostics: &mut Diagnostics,
) {
    if !root.is_dir() {
        return;
    }
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let location = Location::file(format!("templates/{folder}"));
                let problem = io_problem(&error.into());
                diagnostics.push_once(
                    Diagnostic::error(&messages::UNREADABLE_TEMPLATE).words("problem", problem).at(location),
                );
                continue;
            }
        };
        let Ok(path) = entry.path().strip_prefix(root).map(slashed) else { continue };
        // Editors leave hidden and backup files beside templates; pictures and the like are no templates.
        let wanted = [".typ", ".tera", ".md", ".yaml", ".css"].iter().any(|ending| path.ends_with(ending));
        if !entry.file_type().is_file() || !wanted || path.split('/').any(|part| part.starts_with('.')) {
            continue;
        }
        let origin = format!("templates/{folder}/{path}");
        match std::fs::read_to_string(entry.path()) {
            Ok(text) => {
                let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
                files.insert(path, TemplateFile { origin, text });
            }
            Err(error) => diagnostics.push_once(
                Diagnostic::error(&messages::UNREADABLE_TEMPLATE)
                    .words("problem", io_problem(&error))
                    .at(Location::file(origin)),
            ),
        }
    }
}

fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_project_file_replaces_the_built_in_one_of_the_same_path() {
        let project = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(project.path().join("briefing/charts")).unwrap();
        std::fs::write(project.path().join("briefing/theme.typ"), "// own").unwrap();
        std::fs::write(project.path().join("briefing/charts/bar.typ"), "// own bar").unwrap();
        std::fs::write(project.path().join("briefing/.theme.typ.swp"), "// no").unwrap();
        let mut diagnostics = Diagnostics::new();
        let sources = typst_sources("briefing", Some(project.path()), &mut diagnostics);
        assert!(diagnostics.is_empty());
        assert_eq!(sources.text("theme.typ"), Some("// own"));
        assert_eq!(sources.origin("theme.typ"), Some("templates/briefing/theme.typ"));
        assert_eq!(sources.text("charts/bar.typ"), Some("// own bar"));
        assert_eq!(sources.origin("base/theme.typ"), Some("built-in templates/base/theme.typ"));
        assert_eq!(sources.origin("document.typ"), Some("built-in templates/base/document.typ"));
    }

    #[test]
    fn a_pack_takes_over_the_files_of_the_one_it_builds_on() {
        let project = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let file = project.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        };
        write("house/template.yaml", "extends: satisfaction-plan");
        write("house/theme.typ", "// house");
        write("short/template.yaml", "extends: house");
        let mut diagnostics = Diagnostics::new();
        assert_eq!(lineage("short", Some(project.path()), &mut diagnostics), ["satisfaction-plan", "house", "short"]);
        assert_eq!(typst_sources("short", Some(project.path()), &mut diagnostics).text("theme.typ"), Some("// house"));
        assert!(diagnostics.is_empty());
        // A pack that is not there, and two that build on each other.
        write("house/template.yaml", "extends: missing");
        assert_eq!(lineage("house", Some(project.path()), &mut diagnostics), ["house"]);
        write("house/template.yaml", "extends: short");
        assert_eq!(lineage("short", Some(project.path()), &mut diagnostics), ["house", "short"]);
        let codes: Vec<&str> = diagnostics.iter().map(|found| found.message.code).collect();
        assert_eq!(codes, ["M0695", "M0694"]);
    }

    #[test]
    fn a_file_that_is_no_text_is_reported_with_its_path() {
        let project = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(project.path().join("base")).unwrap();
        std::fs::write(project.path().join("base/theme.typ"), [0xff, 0xfe, 0x00]).unwrap();
        let mut diagnostics = Diagnostics::new();
        typst_sources("briefing", Some(project.path()), &mut diagnostics);
        // The same folder is read for the style sheet too: one file, one message.
        files_of("base", Some(project.path()), &mut diagnostics);
        let found: Vec<_> = diagnostics.iter().collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].message.code, "M0555");
        assert_eq!(found[0].location.as_ref().unwrap().file, "templates/base/theme.typ");
    }
}
