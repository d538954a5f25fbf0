//! The tab book of the sample, opened by another program: LibreOffice turns every sheet into pages and reads the same numbers.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{self, manyi, office, root};

/// A copy of the sample whose plan is a workbook in both languages.
fn project(folder: &Path) {
    support::copy_folder(&root().join("samples/campus-canteen"), folder);
    let file = folder.join("manyi.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let formats = "formats: [pdf, html, docx, xlsx]";
    assert!(text.contains(formats));
    fs::write(&file, text.replacen(formats, "formats: [xlsx]", 1)).unwrap();
}

fn books(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "xlsx"))
        .collect();
    found.sort();
    found
}

#[test]
fn libreoffice_opens_the_tab_book() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path());
    let out = folder.path().join("out");
    let mut command = manyi();
    command.args(["build", "--report", "satisfaction-plan", "--out"]).arg(&out).arg(folder.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let books = books(&out);
    assert_eq!(books.len(), 2, "one a language: {books:?}");
    let manifest = fs::read_to_string(books[0].parent().unwrap().join("manifest.json")).unwrap();
    assert!(books.iter().all(|book| manifest.contains(book.file_name().unwrap().to_str().unwrap())));

    if office::skipped("the rest of libreoffice_opens_the_tab_book") {
        return;
    }
    for book in &books {
        let pdf = office::convert(book, "pdf", folder.path());
        let text = office::pages(&pdf).join("\u{c}");
        let english = book.to_string_lossy().contains("_en");
        // Every sheet prints its name at the foot of its pages.
        let sheets: &[&str] = if english {
            &[
                "Contents",
                "Indicators",
                "Waves",
                "By Canteen",
                "Satisfaction with the canteens",
                "Budget",
                "Definitions",
                "All estimates",
            ]
        } else {
            &["目录", "指标", "各期走势", "按食堂", "对食堂的满意程度", "预算", "定义", "全部估计值"]
        };
        let feet: Vec<&str> =
            text.split('\u{c}').filter_map(|page| page.lines().rfind(|line| !line.trim().is_empty())).collect();
        for sheet in sheets {
            assert!(feet.iter().any(|foot| foot.contains(sheet)), "{sheet} has no page: {feet:?}");
        }
        assert!(!["#REF!", "#NAME?", "#VALUE!", "Err:"].iter().any(|error| text.contains(error)));
        let title = if english { "A plan for better campus canteens" } else { "学院食堂满意度提升策划书" };
        assert!(text.contains(title));
        // What LibreOffice prints for the newest complaint rate is what `manyi metrics` says.
        let results = support::metrics(folder.path());
        let rate = support::find(&results, "complaint_rate", Some("2026-11"), None)["estimate"].as_f64().unwrap();
        let line = text
            .lines()
            .find(|line| line.trim_start().starts_with(if english { "Complaint rate" } else { "抱怨率" }));
        assert!(line.is_some_and(|line| line.contains(&format!("{rate:.1}"))), "{rate}: {line:?}");
    }
}
