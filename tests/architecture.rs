//! The shape of the program: imports run one way, third-party interfaces stay behind their one door, files stay small.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules from left to right; a module may import those before it and itself.
const ORDER: &[&str] = &[
    "diagnostics",
    "config",
    "data",
    "plugins",
    "metrics",
    "models",
    "analysis",
    "plan",
    "charts",
    "document",
    "render",
    "output",
    "grade",
    "pipeline",
    "runs",
    "cli",
];

/// Third-party names with the one place that may use them.
const DOORS: &[(&str, &[&str])] = &[
    ("serde_yaml::", &["config/"]),
    ("saphyr_parser::", &["config/"]),
    ("pulldown_cmark::", &["document/markdown"]),
    ("tera::", &["render/tera"]),
    ("typst::", &["render/typst/"]),
    ("calamine::", &["data/readers/"]),
    ("ambers::", &["data/readers/"]),
    ("rust_xlsxwriter::", &["render/xlsx/", "grade/gradebook/workbook"]),
    ("clap::", &["cli/"]),
    ("indicatif::", &["cli/console"]),
    ("datafusion::prelude::", &["metrics/sums", "data/expressions"]),
    ("quick_xml::", &["render/docx/xml", "data/readers/packed/"]),
    ("zhconv::", &["diagnostics/taiwan"]),
    ("base64::", &["render/html/brand", "runs/delivery/message"]),
    ("zip::", &["render/docx/package", "grade/submissions/archive", "data/readers/packed/"]),
    ("wasmtime::", &["plugins/wasm/"]),
    ("rusqlite::", &["runs/database/"]),
    ("postgres::", &["runs/database/"]),
    ("rustls::", &["runs/database/encryption"]),
    ("lettre::", &["runs/delivery/mail", "runs/delivery/smtp"]),
    ("ureq::", &["runs/delivery/http"]),
    ("rusty_s3::", &["runs/delivery/s3"]),
    ("ring::", &["runs/delivery/signing"]),
    ("hayro_interpret::", &["grade/submissions/pdf/pages"]),
    ("kurbo::", &["grade/submissions/pdf/pages"]),
    ("println!", &[]),
    ("signal_hook::", &["cli/signals"]),
    ("std::process::exit", &["cli/limits", "cli/signals"]),
];

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&path).unwrap();
            (name, text)
        })
        .collect()
}

/// The text before the tests of a file: those may use anything.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]\n#[allow").next().unwrap_or(text);
    let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or(code);
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn imports_run_one_way() {
    let place = |module: &str| ORDER.iter().position(|known| *known == module);
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let module = name.split(['/', '.']).next().unwrap();
        let Some(own) = place(module) else { continue };
        if name.contains("tests") || name.contains("testing") || name.contains("fixtures") {
            continue;
        }
        for part in code_of(&text).split("crate::").skip(1) {
            let target: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if place(&target).is_some_and(|target| target > own) {
                wrong.push(format!("{name} imports {target}"));
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the direction:\n{}", wrong.join("\n"));
}

#[test]
fn third_parties_stay_behind_their_doors() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let code = code_of(&text);
        for (used, doors) in DOORS {
            let uses = code.match_indices(used).any(|(at, _)| {
                let before = code[..at].chars().next_back();
                !before.is_some_and(|before| before.is_alphanumeric() || before == '_' || before == ':')
            });
            if uses && !doors.iter().any(|door| name.starts_with(door)) && !name.contains("tests") {
                wrong.push(format!("{name} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "third parties outside their door:\n{}", wrong.join("\n"));
}

#[test]
fn files_are_rooms_not_halls() {
    const MOST: usize = 700;
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(name, text)| text.lines().count() > MOST && !name.contains("tests"))
        .map(|(name, text)| format!("{name}: {} lines", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "files that should become two:\n{}", long.join("\n"));
}
