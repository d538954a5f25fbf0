//! `manyi templates list|copy`.

use std::path::Path;

use serde_json::json;

use crate::cli::args::{TemplatesAction, TemplatesOptions};
use crate::cli::console::{Console, TextTable};
use crate::cli::{Outcome, print_json};
use crate::diagnostics::messages::output as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, io_problem};
use crate::pipeline::packs;
use crate::render::templates::files_of;

pub(crate) fn run(options: &TemplatesOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    match &options.action {
        TemplatesAction::List => list(console, diagnostics),
        TemplatesAction::Copy { pack, project } => copy(pack, project, console, diagnostics),
    }
}

fn list(console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let packs = packs(diagnostics);
    if console.json {
        let entries: Vec<_> = packs
            .iter()
            .map(|pack| json!({ "id": pack.id, "title": pack.title, "description": pack.description }))
            .collect();
        return print_json(console, json!({ "schema": 1, "templates": entries }), diagnostics);
    }
    let head = ["id", console.say("名称", "title"), console.say("用途", "for")];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), Vec::new());
    for pack in &packs {
        let description = pack.description.as_ref().map_or("", |text| text.get(console.lang));
        table.row(vec![pack.id.clone(), pack.title.get(console.lang).to_owned(), description.to_owned()]);
    }
    console.data(&table.render())
}

fn copy(pack: &str, project: &Path, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let files = files_of(pack, None, diagnostics);
    if files.is_empty() || !files.contains_key("template.yaml") {
        let ids: Vec<String> = packs(diagnostics).into_iter().map(|pack| pack.id).collect();
        diagnostics.push(
            Diagnostic::error(&messages::UNKNOWN_PACK)
                .arg("pack", pack)
                .arg("known", ids.join(", "))
                .suggest(pack, ids.iter().map(String::as_str)),
        );
    }
    let mut written = Vec::new();
    let folder = project.join("templates").join(pack);
    // Edited templates are never overwritten, and half a pack would be of no use.
    if !diagnostics.has_errors() && files.keys().any(|name| folder.join(name).exists()) {
        diagnostics.push(Diagnostic::error(&messages::TEMPLATES_EXIST).arg("folder", folder.display()));
    }
    if !diagnostics.has_errors() {
        for (name, file) in &files {
            let path = folder.join(name);
            if write_new(&path, &file.text, diagnostics) {
                written.push(path.display().to_string());
            }
        }
    }
    if console.json {
        return print_json(console, json!({ "schema": 1, "written": written }), diagnostics);
    }
    written.iter().for_each(|path| console.talk(path));
    Ok(())
}

/// Writes a file that must not exist yet.
fn write_new(path: &Path, text: &str, diagnostics: &mut Diagnostics) -> bool {
    let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| {
        let mut file = std::fs::File::create_new(path)?;
        std::io::Write::write_all(&mut file, text.as_bytes())
    });
    if let Err(error) = written {
        let problem = Diagnostic::error(&messages::NOT_WRITTEN).arg("file", path.display());
        diagnostics.push(problem.words("problem", io_problem(&error)));
        return false;
    }
    true
}
