//! `manyi templates list|new|show|facts|copy`.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::args::{TemplatesAction, TemplatesOptions};
use crate::cli::console::{Console, TextTable};
use crate::cli::{Outcome, print_json};
use crate::config::fragment;
use crate::config::validate::is_safe_file_name;
use crate::diagnostics::messages::{document as document_messages, output as messages, packs as pack_messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Localized, io_problem};
use crate::document::pack::Pack;
use crate::pipeline::{self, pack_files, packs, template_facts};
use crate::render::templates::{TemplateFile, files_of, lineage};

pub(crate) fn run(
    options: &TemplatesOptions,
    lang: Option<Lang>,
    console: &Console,
    diagnostics: &mut Diagnostics,
) -> Outcome {
    match &options.action {
        TemplatesAction::List => list(console, diagnostics),
        TemplatesAction::New { id, from, project } => new(id, from, project, console, diagnostics),
        TemplatesAction::Show { what, project } => show(what, project, console, diagnostics),
        TemplatesAction::Facts { name, report, project } => {
            let made = {
                let _progress = console.progress("正在计算指标…", "computing the indicators …");
                pipeline::measure(project, diagnostics)
                    .and_then(|measured| template_facts(&measured, report.as_deref(), lang, diagnostics))
            };
            let found = made.and_then(|facts| named(facts, name.as_deref(), diagnostics));
            facts(found, console, diagnostics)
        }
        TemplatesAction::Copy { pack, project } => copy(pack, project, console, diagnostics),
    }
}

/// The part of the facts that a name such as `plan.objectives.0.title` leads to; all without one.
fn named(facts: Value, name: Option<&str>, diagnostics: &mut Diagnostics) -> Option<Value> {
    let mut found = facts;
    for part in name.into_iter().flat_map(|name| name.split('.')) {
        let inside = match &found {
            Value::Object(entries) => entries.get(part),
            Value::Array(items) => part.parse::<usize>().ok().and_then(|place| items.get(place)),
            _ => None,
        };
        let Some(inside) = inside else {
            let known: Vec<String> = match &found {
                Value::Object(entries) => entries.keys().cloned().collect(),
                Value::Array(items) => (0..items.len()).map(|place| place.to_string()).collect(),
                _ => Vec::new(),
            };
            let error = Diagnostic::error(&pack_messages::NO_SUCH_FACT).arg("name", part);
            diagnostics.push(error.suggest(part, known.iter().map(String::as_str)));
            return None;
        };
        found = inside.clone();
    }
    Some(found)
}

fn facts(found: Option<Value>, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    if console.json {
        return print_json(console, json!({ "schema": 1, "facts": found }), diagnostics);
    }
    match found {
        Some(found) => console.data(&fragment::print(&found).map_err(io::Error::other)?),
        None => Ok(()),
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

/// A pack of the project's own that builds on another, with one template that builds at once.
fn new(id: &str, from: &str, project: &Path, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    if !is_safe_file_name(id) || id.starts_with('.') || EMBEDDED_FOLDERS.contains(&id) {
        diagnostics.push(Diagnostic::error(&pack_messages::BAD_PACK_ID).arg("id", id));
    }
    let templates = project.join("templates");
    let folder = templates.join(id);
    let known = lineage(from, Some(&templates), diagnostics);
    let base = files_of(from, Some(&templates), diagnostics).remove("template.yaml");
    if base.is_none() {
        diagnostics.push(unknown_pack(from, &templates, diagnostics));
    }
    if folder.exists() || !files_of(id, None, diagnostics).is_empty() {
        diagnostics.push(Diagnostic::error(&pack_messages::PACK_EXISTS).arg("pack", id));
    }
    let mut written = Vec::new();
    if let Some(base) = base.filter(|_| !diagnostics.has_errors()) {
        // The entries of the nearest pack that has them: those of the base, or of the one that it builds on.
        let entries = known.iter().rev().find_map(|pack| {
            let files = files_of(pack, Some(&templates), &mut Diagnostics::new());
            entries_of(&files.get("template.yaml")?.text)
        });
        let title =
            Pack::load(from, pack_files(from, Some(&templates), diagnostics), diagnostics).map(|pack| pack.title);
        let entries = entries.or_else(|| entries_of(&base.text)).unwrap_or_default();
        for (name, text) in skeleton(id, from, title.as_ref(), &entries) {
            let path = folder.join(name);
            if write_new(&path, &text, diagnostics) {
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

/// Folders of templates that are no packs.
const EMBEDDED_FOLDERS: [&str; 2] = ["base", "charts"];

/// The entry templates that a description names, by language.
fn entries_of(description: &str) -> Option<BTreeMap<String, String>> {
    let value = fragment::parse(description).ok()?;
    let entries = value.get("entry")?.as_object()?;
    Some(entries.iter().filter_map(|(lang, file)| Some((lang.clone(), file.as_str()?.to_owned()))).collect())
}

/// The files of a new pack: its description, and in every language of the base a first template around the base's own.
fn skeleton(
    id: &str,
    from: &str,
    title: Option<&Localized>,
    entries: &BTreeMap<String, String>,
) -> Vec<(String, String)> {
    let title = |lang| title.map_or(id, |title| title.get(lang)).replace('\\', "").replace('"', "'");
    let own = |lang: &str| format!("{id}.{lang}.md.tera");
    let entry: String = entries.keys().map(|lang| format!("  {lang}: {}\n", own(lang))).collect();
    let description = include_str!("skeleton/pack/template.yaml")
        .replace("PACK_ID", id)
        .replace("BASE_ID", from)
        .replace("TITLE_ZH", &title(Lang::ZhCn))
        .replace("TITLE_EN", &title(Lang::En))
        .replace("ENTRIES\n", &entry);
    let template = |(lang, file): (&String, &String)| {
        let heading = if lang == Lang::En.tag() { "In addition: all indicators" } else { "补充：各项指标" };
        let text =
            include_str!("skeleton/pack/template.md.tera").replace("BASE_ENTRY", file).replace("HEADING", heading);
        (own(lang), text.replace("PACK_ID", id).replace("BASE_ID", from))
    };
    [("template.yaml".to_owned(), description)].into_iter().chain(entries.iter().map(template)).collect()
}

/// The files of a pack with their origin, or the text of one of them.
fn show(what: &str, project: &Path, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let (pack, file) = what.split_once('/').map_or((what, None), |(pack, file)| (pack, Some(file)));
    let templates = project.join("templates");
    let mut files: BTreeMap<String, TemplateFile> = BTreeMap::new();
    let mut ids = lineage(pack, Some(&templates), diagnostics);
    if !EMBEDDED_FOLDERS.contains(&pack) && files_of(pack, Some(&templates), diagnostics).contains_key("template.yaml")
    {
        // What every pack is set with stands behind its own files.
        ids.insert(0, "base".to_owned());
    }
    for id in &ids {
        for (path, held) in files_of(id, Some(&templates), diagnostics) {
            // Strategies and descriptions belong to their own folder alone.
            let own = id == pack || (path != "template.yaml" && !path.starts_with("strategies/"));
            if own {
                files.insert(path, held);
            }
        }
    }
    if files.is_empty() {
        diagnostics.push(unknown_pack(pack, &templates, diagnostics));
        return if console.json { print_json(console, json!({ "schema": 1 }), diagnostics) } else { Ok(()) };
    }
    let Some(file) = file else {
        if console.json {
            let entries: Vec<_> =
                files.iter().map(|(path, held)| json!({ "file": path, "origin": held.origin })).collect();
            return print_json(console, json!({ "schema": 1, "pack": pack, "files": entries }), diagnostics);
        }
        let head = [console.say("文件", "file"), console.say("来源", "from")];
        let mut table = TextTable::new(head.map(str::to_owned).to_vec(), Vec::new());
        for (path, held) in &files {
            table.row(vec![path.clone(), held.origin.clone()]);
        }
        return console.data(&table.render());
    };
    let Some(held) = files.get(file) else {
        let known = files.keys().map(String::as_str);
        let error = Diagnostic::error(&document_messages::MISSING_TEMPLATE).arg("pack", pack).arg("file", file);
        diagnostics.push(error.suggest(file, known));
        return if console.json { print_json(console, json!({ "schema": 1 }), diagnostics) } else { Ok(()) };
    };
    if console.json {
        let data = json!({ "schema": 1, "pack": pack, "file": file, "origin": held.origin, "text": held.text });
        return print_json(console, data, diagnostics);
    }
    console.talk(&held.origin);
    console.data(&held.text)
}

/// There is no such pack, neither built in nor in the project.
fn unknown_pack(pack: &str, templates: &Path, diagnostics: &Diagnostics) -> Diagnostic {
    let mut ids: Vec<String> = packs(&mut diagnostics.clone()).into_iter().map(|pack| pack.id).collect();
    let own = std::fs::read_dir(templates).into_iter().flatten().flatten();
    ids.extend(
        own.filter(|entry| entry.path().join("template.yaml").is_file())
            .map(|entry| entry.file_name().to_string_lossy().into_owned()),
    );
    ids.sort();
    ids.dedup();
    Diagnostic::error(&messages::UNKNOWN_PACK)
        .arg("pack", pack)
        .arg("known", ids.join(", "))
        .suggest(pack, ids.iter().map(String::as_str))
}

fn copy(pack: &str, project: &Path, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let files = files_of(pack, None, diagnostics);
    if files.is_empty() || !files.contains_key("template.yaml") {
        diagnostics.push(unknown_pack(pack, Path::new(""), diagnostics));
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
