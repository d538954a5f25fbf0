//! Modules in WebAssembly in a project: their numbers stand beside those of the metrics; a module that fails takes only its own
//! results with it, and the exit code is 1.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{manyi, root};

/// A module around a core module `$main` in text form.
fn component(core: &str) -> Vec<u8> {
    let shell = fs::read_to_string(root().join("tests/fixtures/wasm/shell.wat")).unwrap();
    wat::parse_str(shell.replace("\nCORE\n", &format!("\n{core}\n"))).unwrap()
}

/// A module whose `compute` has this body.
fn computing(body: &str) -> Vec<u8> {
    component(&format!(
        r#"(core module $main (memory (export "memory") 4)
          (global $free (mut i32) (i32.const 1024))
          (func (export "realloc") (param i32 i32 i32) (param $size i32) (result i32) (local $at i32)
            (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
            (global.set $free (i32.add (local.get $at) (local.get $size)))
            (local.get $at))
          (func (export "compute") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 f64) (result i32) {body}))"#
    ))
}

/// A project of eight answers in two grades with a metric and a module that yields `spread`.
fn project(folder: &Path, module: &[u8]) {
    let plugin = folder.join("plugins/spread");
    fs::create_dir_all(&plugin).unwrap();
    fs::write(folder.join("a.csv"), "rating,grade\n1,x\n3,x\n5,x\n,x\n1,y\n5,y\n5,y\n5,y\n").unwrap();
    fs::write(
        folder.join("manyi.yaml"),
        "manyi: 1\nproject: { title: t, date: 2026-11-20 }\ndata: { sources: [{ file: a.csv }] }\n\
         columns:\n  rating: { type: scale, range: [1, 5] }\n  grade: { type: single }\nsegments: [grade]\n\
         plugins: { spread: { inputs: { rating: rating } } }\nsettings: { suppress_below: 0, flag_below: 0 }\n",
    )
    .unwrap();
    fs::write(
        plugin.join("plugin.yaml"),
        "manifest: 1\nid: spread\nversion: 1.0.0\ntitle: Spread\n\
         inputs: { rating: { type: scale, range: [1, 5] } }\n\
         metrics:\n  - { id: rating_mean, title: Mean, estimator: mean, of: rating }\n\
         models:\n  - id: rating_spread\n    title: Spread\n    items: [rating]\n    by: [total, segments]\n    wasm:\n      \
         file: module.wasm\n      limits: { seconds: 0.2 }\n      yields: { values: [{ id: spread, title: Spread }] }\n",
    )
    .unwrap();
    fs::write(plugin.join("module.wasm"), module).unwrap();
}

fn metrics(folder: &Path) -> (i32, Value) {
    let cache = folder.join("cache");
    let output = manyi()
        .args(["metrics", "--json", "--lang", "en"])
        .env("MANYI_CACHE", &cache)
        .current_dir(folder)
        .output()
        .unwrap();
    let data = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap(), data)
}

#[test]
fn a_module_computes_every_group() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), &fs::read(root().join("src/cli/skeleton/wasm/module.wasm")).unwrap());
    for _ in 0..2 {
        let (code, data) = metrics(folder.path());
        assert_eq!(code, 0, "{data}");
        let results = data["models"].as_array().unwrap();
        let spread = |grade: Option<&str>| {
            let of_group = |result: &&Value| result["segment"]["grade"].as_str() == grade;
            results.iter().find(of_group).unwrap()["values"]["spread"]["estimate"].as_f64().unwrap()
        };
        // x: 1, 3, 5 has the variance 8/3. y: 1, 5, 5, 5 has the mean 4 and (9 + 3) / 4 = 3.
        assert!((spread(Some("x")) - (8.0f64 / 3.0).sqrt()).abs() < 1e-12, "{data}");
        assert!((spread(Some("y")) - 3.0f64.sqrt()).abs() < 1e-12);
        // All: sum 25 and sum of squares 111 over 7, so 111/7 - (25/7)^2.
        assert!((spread(None) - (111.0f64 / 7.0 - (25.0f64 / 7.0).powi(2)).sqrt()).abs() < 1e-12);
    }
    assert_eq!(fs::read_dir(folder.path().join("cache")).unwrap().count(), 1, "one module is kept");
}

#[test]
fn a_failing_module_takes_only_its_own_results_with_it() {
    let nan = "(f64.store (i32.const 112) (f64.const nan)) (i32.store8 (i32.const 104) (i32.const 1))
      (i32.store (i32.const 100) (i32.const 6)) (i32.store (i32.const 96) (i32.const 200))
      (i64.store (i32.const 200) (i64.const 0x646165727073))
      (i32.store (i32.const 68) (i32.const 96)) (i32.store (i32.const 72) (i32.const 1)) (i32.const 64)";
    let cases: [(&str, Vec<u8>, &str, &str); 6] = [
        ("loop", computing("(loop $forever (br $forever)) (unreachable)"), "M0358", "0.2 s"),
        ("bomb", computing("(drop (memory.grow (i32.const 60000))) (unreachable)"), "M0357", "64 MiB"),
        ("panic", computing("(unreachable)"), "M0361", "unreachable"),
        ("nothing", computing("(i32.const 64)"), "M0364", "`spread`"),
        ("nan", computing(nan), "M0366", "NaN"),
        ("core", wat::parse_str("(module)").unwrap(), "M0353", "component"),
    ];
    for (name, module, code, words) in cases {
        let folder = tempfile::tempdir().unwrap();
        project(folder.path(), &module);
        let (exit, data) = metrics(folder.path());
        assert_eq!(exit, 1, "{name}: {data}");
        let estimates = data["estimates"].as_array().unwrap();
        assert!(estimates.iter().any(|estimate| estimate["estimate"].is_number()), "{name}: the metric is there");
        let models = data["models"].as_array().unwrap();
        assert!(!models.is_empty() && models.iter().all(|model| model["reason"] == "module_failed"), "{name}: {data}");
        let told: Vec<&str> = data["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|found| found["code"] == code && found["level"] == "error")
            .map(|found| found["message"].as_str().unwrap())
            .collect();
        // One message a group, or one for all where the file itself is at fault.
        assert_eq!(told.len(), if name == "core" { 1 } else { 3 }, "{name}: {data}");
        for message in told {
            assert!(message.contains("`rating_spread` of `spread`") && message.contains(words), "{name}: {message}");
        }
    }
}

#[test]
fn checking_runs_nothing_but_misses_a_file() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), &computing("(loop $forever (br $forever)) (unreachable)"));
    let check = || manyi().args(["check", "--json", "--lang", "en"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(check().status.code(), Some(0), "{}", String::from_utf8_lossy(&check().stdout));
    fs::remove_file(folder.path().join("plugins/spread/module.wasm")).unwrap();
    let output = check();
    assert_eq!(output.status.code(), Some(1));
    let data: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(data["diagnostics"].as_array().unwrap().iter().any(|found| found["code"] == "M0378"), "{data}");
}

#[test]
fn wrong_declarations_have_their_own_messages() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), b"");
    let manifest = folder.path().join("plugins/spread/plugin.yaml");
    let sound = fs::read_to_string(&manifest).unwrap();
    let cases = [
        ("file: module.wasm", "file: ../module.wasm", "M0371"),
        ("file: module.wasm", "file: module.so", "M0371"),
        ("seconds: 0.2", "seconds: 0", "M0372"),
        ("seconds: 0.2", "memory_mb: 1000000", "M0372"),
        ("seconds: 0.2", "output_kb: 0", "M0372"),
        ("values: [{ id: spread, title: Spread }]", "values: []", "M0373"),
        ("{ id: spread, title: Spread }", "{ id: s, title: S }, { id: s, title: S }", "M0374"),
        ("{ id: spread, title: Spread }", "{ id: a b, title: Spread }", "M0374"),
        ("items: [rating]", "items: [rating]\n    model: reliability", "M0379"),
        ("items: [rating]", "items: [rating]\n    options: { depth: 3 }", "M0613"),
    ];
    for (from, to, code) in cases {
        assert!(sound.contains(from), "{from}");
        fs::write(&manifest, sound.replace(from, to)).unwrap();
        let output = manyi().args(["check", "--json"]).current_dir(folder.path()).output().unwrap();
        let data: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{to}: {data}");
        let found = data["diagnostics"].as_array().unwrap().iter().find(|found| found["code"] == code);
        let line = found.and_then(|found| found["location"]["position"]["text"]["line"].as_u64());
        assert!(line.is_some_and(|line| line > 7), "{to}: {data}");
    }
}
