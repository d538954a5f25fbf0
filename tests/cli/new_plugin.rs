//! `manyi plugins new`: the skeleton passes its own test, and nothing that exists is touched.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{manyi, root};

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("manyi.yaml"), "").unwrap();
    folder
}

/// Exit code and standard error of `manyi … --lang en` in a folder.
fn said(arguments: &[&str], folder: &Path) -> (i32, String) {
    let output = manyi().args(arguments).args(["--lang", "en"]).current_dir(folder).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_plugin_from_the_skeleton_passes_its_own_test() {
    let folder = project();
    let (code, words) = said(&["plugins", "new", "hotline-service"], folder.path());
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("manyi plugins test hotline-service"), "{words}");
    let output =
        manyi().args(["plugins", "test", "hotline-service", "--json"]).current_dir(folder.path()).output().unwrap();
    let data: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(data["tests"], serde_json::json!([{ "plugin": "hotline-service", "passed": 1, "failed": 0 }]));
    assert_eq!(data["diagnostics"], serde_json::json!([]));
    for file in ["plugin.yaml", "tests.yaml", "README.md"] {
        let text = fs::read_to_string(folder.path().join("plugins/hotline-service").join(file)).unwrap();
        assert!(text.contains("hotline") && !text.contains("skeleton"), "{file}: {text}");
    }
}

#[test]
fn a_plugin_with_a_module_passes_its_own_test_and_brings_its_source() {
    let folder = project();
    let (code, words) = said(&["plugins", "new", "rating-spread", "--wasm"], folder.path());
    assert_eq!(code, 0, "{words}");
    let output =
        manyi().args(["plugins", "test", "rating-spread", "--json"]).current_dir(folder.path()).output().unwrap();
    let data: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(data["tests"], serde_json::json!([{ "plugin": "rating-spread", "passed": 2, "failed": 0 }]), "{data}");
    let plugin = folder.path().join("plugins/rating-spread");
    let source = fs::read_to_string(plugin.join("guest/Cargo.toml")).unwrap();
    assert!(source.contains("name = \"rating-spread\""), "{source}");
    let interface = fs::read(plugin.join("guest/wit/metrics.wit")).unwrap();
    assert_eq!(interface, fs::read(root().join("wit/manyi-metrics/v1/metrics.wit")).unwrap());
}

#[test]
fn a_plugin_can_be_made_from_within_the_plugins_folder() {
    let folder = project();
    let plugins = folder.path().join("plugins");
    fs::create_dir(&plugins).unwrap();
    let output = manyi().args(["plugins", "new", "mine", "--json"]).current_dir(&plugins).output().unwrap();
    let data: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(data["written"].as_array().unwrap().len(), 3, "{data}");
    let (code, words) = said(&["plugins", "test", "mine", "--project", ".."], &plugins);
    assert_eq!(code, 0, "{words}");
}

#[test]
fn nothing_is_overwritten_and_nothing_lands_outside() {
    let folder = project();
    let mine = folder.path().join("plugins/mine/plugin.yaml");
    fs::create_dir_all(mine.parent().unwrap()).unwrap();
    fs::write(&mine, "my own").unwrap();
    for (id, message) in [
        ("mine", "M0377"),
        ("enterprise-csi", "M0377"),
        ("../mine", "M0375"),
        ("Mine", "M0375"),
        ("满意", "M0375"),
        ("", "M0375"),
        ("9lives", "M0375"),
    ] {
        let (code, words) = said(&["plugins", "new", id], folder.path());
        assert!(code == 1 && words.contains(message), "{id}: {words}");
    }
    assert_eq!(fs::read_to_string(&mine).unwrap(), "my own");
    let elsewhere = tempfile::tempdir().unwrap();
    let (code, words) = said(&["plugins", "new", "mine"], elsewhere.path());
    assert!(code == 1 && words.contains("M0376"), "{words}");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}
