//! The written side cannot fall behind the program: every key of the YAML files is described, and every link leads somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use manyi::config::raw::RawProject;
use manyi::config::schema_of;
use manyi::metrics::plugin_tests::RawTests;
use manyi::plugins::manifest::RawManifest;
use serde_json::Value;

use crate::support::{manyi, root};

/// Names of all properties in a JSON Schema.
fn property_names(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            if let Some(properties) = entries.get("properties").and_then(Value::as_object) {
                found.extend(properties.keys().cloned());
            }
            entries.values().for_each(|entry| property_names(entry, found));
        }
        Value::Array(items) => items.iter().for_each(|item| property_names(item, found)),
        _ => {}
    }
}

/// Words in code quotes or code blocks, cut at everything that cannot be part of a key.
fn words_in_code(text: &str) -> BTreeSet<String> {
    let code = text.split('`').skip(1).step_by(2);
    let is_part = |character: char| character.is_alphanumeric() || character == '_' || character == '-';
    code.flat_map(|piece| piece.split(|character| !is_part(character))).map(str::to_owned).collect()
}

fn assert_described(file: &str, schemas: &[Value]) {
    let words = words_in_code(&fs::read_to_string(root().join(file)).unwrap());
    let mut names = BTreeSet::new();
    schemas.iter().for_each(|schema| property_names(schema, &mut names));
    assert!(names.len() > 10, "the schema holds only {names:?}");
    let absent: Vec<&String> = names.iter().filter(|name| !words.contains(*name)).collect();
    assert!(absent.is_empty(), "{file} says nothing of the keys {absent:?}");
}

#[test]
fn every_key_of_the_project_file_is_described() {
    assert_described("docs/project-file.md", &[schema_of::<RawProject>()]);
}

#[test]
fn every_key_of_a_plugin_is_described() {
    assert_described("plugins/README.md", &[schema_of::<RawManifest>(), schema_of::<RawTests>()]);
}

/// Names of all entries in the facts of templates. Keys of `metrics` are ids of the project's own.
fn fact_names(value: &Value, place: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (name, entry) in entries {
                if place != "metrics" && place != "parameters" {
                    found.insert(name.clone());
                }
                fact_names(entry, name, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fact_names(item, place, found)),
        _ => {}
    }
}

#[test]
fn everything_that_templates_can_use_is_described() {
    let words = words_in_code(&fs::read_to_string(root().join("docs/templates.md")).unwrap());
    let mut names = BTreeSet::new();
    for sample in ["campus-canteen", "supermarket-chain"] {
        let folder = root().join("samples").join(sample);
        let facts = printed(&["templates", "facts", folder.to_str().unwrap(), "--json"]);
        fact_names(&facts["facts"], "", &mut names);
    }
    assert!(names.len() > 150, "there are only {names:?}");
    let absent: Vec<&String> = names.iter().filter(|name| !words.contains(*name)).collect();
    assert!(absent.is_empty(), "docs/templates.md says nothing of {absent:?}");
}

#[test]
fn one_fact_is_printed_and_a_wrong_name_is_answered() {
    let folder = root().join("samples/campus-canteen");
    let folder = folder.to_str().unwrap();
    let found = printed(&["templates", "facts", folder, "--name", "plan.objectives.0.goal", "--lang", "en", "--json"]);
    assert_eq!(found["facts"], "≤ 8%");
    let done =
        manyi().args(["templates", "facts", folder, "--name", "plan.objectivs", "--lang", "en"]).output().unwrap();
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.code() == Some(1) && told.contains("M0698") && told.contains("`objectives`"), "{told}");
}

fn printed(arguments: &[&str]) -> Value {
    let done = manyi().args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}

fn documents() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        ["README.md", "README.zh-CN.md", "plugins/README.md"].iter().map(|name| root().join(name)).collect();
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Targets of the links and images of a Markdown text, as written. Code blocks are left out.
fn link_targets(text: &str) -> Vec<String> {
    let prose: String = text.split("```").step_by(2).collect();
    prose
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.trim().to_owned())
        .collect()
}

/// The anchor that a heading gets on the usual hosts.
fn anchor_of(heading: &str) -> String {
    let kept = |character: &char| character.is_alphanumeric() || " -_".contains(*character);
    heading.trim().to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn has_anchor(file: &Path, anchor: &str) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    let prose: String = text.split("```").step_by(2).collect();
    prose.lines().filter(|line| line.starts_with('#')).any(|line| anchor_of(line.trim_start_matches('#')) == anchor)
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for target in link_targets(&text).into_iter().filter(|target| !target.contains("://")) {
            let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let file = if path.is_empty() { document.clone() } else { document.parent().unwrap().join(path) };
            if !file.exists() || !(anchor.is_empty() || has_anchor(&file, anchor)) {
                broken.push(format!("{}: {target}", document.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(broken.is_empty(), "links to nowhere:\n{}", broken.join("\n"));
}

/// The words between `const NAME` and the end of the list in a source file.
fn listed(file: &str, name: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(file)).unwrap();
    let list = text.split(&format!("const {name}")).nth(1).unwrap().split("];").next().unwrap();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn everything_a_template_can_use_is_described() {
    let words = words_in_code(&fs::read_to_string(root().join("docs/templates.md")).unwrap());
    let mut known = listed("src/document/builder.rs", "TABLES");
    known.extend(listed("src/document/builder.rs", "CHARTS"));
    known.extend(listed("src/document/markdown.rs", "DIRECTIVES"));
    assert!(known.len() > 35, "{known:?}");
    let facts = fs::read_to_string(root().join("src/document/facts.rs")).unwrap();
    let top = facts.lines().filter_map(|line| line.strip_prefix("        \"")?.split('"').next());
    let before = known.len();
    known.extend(top.map(str::to_owned));
    assert!(known.len() > before + 15, "{known:?}");
    let absent: Vec<&String> = known.iter().filter(|name| !words.contains(*name)).collect();
    assert!(absent.is_empty(), "docs/templates.md says nothing of {absent:?}");
}
