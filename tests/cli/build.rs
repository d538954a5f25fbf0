//! `manyi build` on the sample: whole folders, the same bytes twice, honest manifests.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{manyi, root};

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in
        walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file())
    {
        let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        found.insert(name, fs::read(entry.path()).unwrap());
    }
    found
}

fn build(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let output =
        manyi().arg("build").arg(root().join("samples/campus-canteen")).arg("--out").arg(out).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    files(out)
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (first, second) = (build(first.path()), build(second.path()));
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    for (name, content) in &first {
        assert!(content == &second[name], "{name} differs between two builds");
    }
    assert!(first.keys().any(|name| name.ends_with(".pdf")) && first.keys().any(|name| name.ends_with(".html")));
}

#[test]
fn the_manifest_names_every_file_with_its_hash() {
    let out = tempfile::tempdir().unwrap();
    let built = build(out.path());
    let (path, manifest) = built.iter().find(|(name, _)| name.ends_with("manifest.json")).unwrap();
    let folder = path.trim_end_matches("manifest.json");
    let manifest: Value = serde_json::from_slice(manifest).unwrap();
    let listed: BTreeMap<String, String> = manifest["outputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| (record["file"].as_str().unwrap().to_owned(), record["sha256"].as_str().unwrap().to_owned()))
        .collect();
    let present: BTreeMap<String, String> = built
        .iter()
        .filter_map(|(name, content)| Some((name.strip_prefix(folder)?.to_owned(), content)))
        .filter(|(name, _)| name != "manifest.json")
        .map(|(name, content)| (name, manyi::output::manifest::sha256_hex(content)))
        .collect();
    assert_eq!(listed, present);
    for key in ["inputs", "plugins", "templates", "fonts", "steps"] {
        assert!(!manifest[key].as_array().unwrap().is_empty(), "{key} is empty");
    }
}

#[test]
fn html_is_one_offline_file() {
    let out = tempfile::tempdir().unwrap();
    for (name, content) in build(out.path()).iter().filter(|(name, _)| name.ends_with(".html")) {
        let text = String::from_utf8(content.clone()).unwrap();
        for outside in ["<script", "src=\"http", "@import", "<link rel=\"stylesheet\""] {
            assert!(!text.contains(outside), "{name} holds {outside}");
        }
        let illustrated = ["satisfaction-plan", "consulting-report", "scorecard", "canteens/"];
        let drawn = illustrated.iter().any(|report| name.contains(report)) && !name.contains("/index.");
        assert!(text.contains("<main") && text.contains("<svg") == drawn, "{name}");
    }
}
