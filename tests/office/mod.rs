//! Word files as another program sees them: the sample's documents opened in LibreOffice, and a file made by LibreOffice filled.
//! Without LibreOffice (Debian: `libreoffice-writer-nogui`) and `pdftotext` (`poppler-utils`) these tests say so and pass.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::office::{convert, pages, reading_order, skipped};
use crate::support::{copy_folder, manyi, root};

/// A copy of the sample whose only report has the given options.
fn sample(options: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("samples/campus-canteen"), folder.path());
    let file = folder.path().join("manyi.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let (before, _) = text.split_once("\nreports:").unwrap();
    fs::write(file, format!("{before}\nreports:\n  - {{ id: word, {options} }}\n")).unwrap();
    folder
}

/// Builds a project and gives the Word files by name.
fn build(project: &Path) -> Vec<PathBuf> {
    let out = project.join("built");
    let output = manyi().arg("build").arg(project).arg("--out").arg(&out).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut found: Vec<PathBuf> = walkdir::WalkDir::new(out)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "docx"))
        .collect();
    found.sort();
    found
}

/// Text without any space, as lines break where they will.
fn joined(pages: &[String]) -> String {
    pages.iter().flat_map(|page| page.chars()).filter(|letter| !letter.is_whitespace()).collect()
}

#[test]
fn the_sample_opens_in_libreoffice_with_its_text_and_pages() {
    if skipped("the_sample_opens_in_libreoffice_with_its_text_and_pages") {
        return;
    }
    let project = sample("pack: satisfaction-plan, langs: [zh-CN, en], formats: [docx, markdown]");
    let files = build(project.path());
    assert_eq!(files.len(), 2, "{files:?}");
    for file in files {
        let english = file.to_string_lossy().contains("_en.");
        let pdf = convert(&file, "pdf", project.path());
        let pages = pages(&pdf);
        assert!((12..=40).contains(&pages.len()), "{} has {} pages", file.display(), pages.len());
        let text = joined(&pages);
        let (contents, table, foot) =
            if english { ("Contents", "Table1-1", "Page2of") } else { ("目录", "表1-1", "第2页共") };
        for expected in [contents, table, foot] {
            assert!(text.contains(expected), "{expected} is not in {}", file.display());
        }
        // Every heading of the Markdown is on a page, with its words whole.
        let markdown = fs::read_to_string(file.with_extension("md")).unwrap();
        let text = joined(&[reading_order(&pdf)]);
        let mut headings = 0;
        for line in markdown.lines().filter(|line| line.starts_with('#')) {
            let title = line.trim_start_matches('#').split('{').next().unwrap().replace('\\', "");
            let title: String = title.chars().filter(|letter| !letter.is_whitespace()).collect();
            assert!(text.contains(&title), "{title} is not in {}", file.display());
            headings += 1;
        }
        assert!(headings > 8, "{headings}");
    }
}

#[test]
fn a_file_made_by_libreoffice_is_filled() {
    if skipped("a_file_made_by_libreoffice_is_filled") {
        return;
    }
    let project = sample("langs: [en], formats: [docx], docx: { template: form.docx }");
    convert(&root().join("tests/office/form.fodt"), "docx:MS Word 2007 XML", project.path());
    let files = build(project.path());
    assert_eq!(files.len(), 1, "{files:?}");
    let pages = pages(&convert(&files[0], "pdf", project.path()));
    let text = pages.join("\n");
    assert!(!text.contains("{{") && !text.contains("}}"), "{text}");
    for expected in [
        "Letterhead of College Catering Office",
        "Report to College Catering Office",
        "Dated 30 November 2026 for the board.",
        "All indicators",
        "Reputation",
        "Praise by grade",
        "Box: A plan for better campus canteens",
        "The end.",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    assert!((1..=3).contains(&pages.len()), "{}", pages.len());
}

#[test]
fn a_placeholder_nobody_knows_is_an_error_with_the_nearest_name() {
    if skipped("a_placeholder_nobody_knows_is_an_error_with_the_nearest_name") {
        return;
    }
    let project = sample("langs: [en], formats: [docx], docx: { template: form.docx }");
    let form = fs::read_to_string(root().join("tests/office/form.fodt")).unwrap();
    let file = project.path().join("form.fodt");
    fs::write(&file, form.replace("Report to {{ project.client }}", "Report to {{ project.cleint }}")).unwrap();
    convert(&file, "docx:MS Word 2007 XML", project.path());
    let output = manyi().arg("build").arg(project.path()).args(["--lang", "en"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for expected in ["M0562", "project.cleint", "Report to", "did you mean `project.client`"] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
}

#[test]
fn a_client_s_styles_are_taken() {
    if skipped("a_client_s_styles_are_taken") {
        return;
    }
    let project = sample("langs: [zh-CN], formats: [docx], docx: { reference: form.docx }");
    convert(&root().join("tests/office/form.fodt"), "docx:MS Word 2007 XML", project.path());
    let files = build(project.path());
    let pages = pages(&convert(&files[0], "pdf", project.path()));
    let text = joined(&pages);
    // Its letterhead stays on every page, its text is gone.
    assert!(pages.len() > 8 && pages.iter().all(|page| page.contains("Letterhead of")), "{}", pages.len());
    assert!(!text.contains("Theend.") && text.contains("表1-1"));
}
