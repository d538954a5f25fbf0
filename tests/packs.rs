//! Every built-in pack makes its documents of the canteen sample, in both languages and without a warning, within the limits
//! that the pack sets itself.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{copy_folder, manyi, root};

const PACKS: [&str; 6] =
    ["consulting-report", "coursework-plan", "evaluation-form", "questionnaire", "satisfaction-plan", "scorecard"];

/// Builds the sample once for all tests and gives the folder of its reports and what was said.
fn built() -> &'static (tempfile::TempDir, Value, PathBuf) {
    static BUILT: std::sync::OnceLock<(tempfile::TempDir, Value, PathBuf)> = std::sync::OnceLock::new();
    BUILT.get_or_init(|| {
        let out = tempfile::tempdir().unwrap();
        let sample = root().join("samples/campus-canteen");
        let output = manyi().arg("build").arg(&sample).arg("--out").arg(out.path()).arg("--json").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = serde_json::from_slice(&output.stdout).unwrap();
        let folder = out.path().join("2026-11");
        (out, said, folder)
    })
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    found.sort();
    found
}

/// Pages of a PDF, from the root of its page tree.
fn pages(pdf: &Path) -> usize {
    let bytes = fs::read(pdf).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let tree = text.find("/Type/Pages").or_else(|| text.find("/Type /Pages")).expect("a page tree");
    let count = text[tree..].split("/Count").nth(1).unwrap().trim_start();
    count.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

#[test]
fn every_pack_makes_documents_in_both_languages_without_a_warning() {
    let (_, said, folder) = built();
    // What the program says of the plan itself (M066x) is no matter of a pack.
    let of_the_plan = |found: &Value| found["code"].as_str().is_some_and(|code| code.starts_with("M066"));
    let found = said["diagnostics"].as_array().unwrap().iter();
    let problems: Vec<&Value> = found.filter(|found| found["level"] != "note" && !of_the_plan(found)).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    for pack in PACKS {
        for ending in ["_zh-CN.pdf", "_en.pdf", "_zh-CN.html", "_en.html"] {
            assert_eq!(files(&folder.join(pack), ending).len(), 1, "{pack} {ending}");
        }
    }
}

/// For readers of the tags (PDF/UA-1) and for archives (PDF/A-2a) at once; the typesetter refuses what breaks either.
#[test]
fn every_pack_is_accessible_and_fit_for_archives_in_both_languages() {
    let project = tempfile::tempdir().unwrap();
    copy_folder(&root().join("samples/campus-canteen"), project.path());
    let file = project.path().join("manyi.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let (before, _) = text.split_once("\nreports:").unwrap();
    let report = |pack: &&str| {
        format!("  - {{ id: {pack}, pack: {pack}, langs: [zh-CN, en], formats: [pdf], pdf: [ua-1, a-2a] }}\n")
    };
    fs::write(&file, format!("{before}\nreports:\n{}", PACKS.iter().map(report).collect::<String>())).unwrap();
    let output = manyi().arg("build").arg(project.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for pack in PACKS {
        let made = files(&project.path().join("out/2026-11").join(pack), ".pdf");
        assert_eq!(made.len(), 2, "{pack}");
        for pdf in made {
            let bytes = fs::read(&pdf).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            for mark in ["<pdfuaid:part>1<", "<pdfaid:part>2<", "<pdfaid:conformance>A<"] {
                assert!(text.contains(mark), "{}: {mark}", pdf.display());
            }
        }
    }
}

#[test]
fn one_sheet_holds_what_is_meant_for_one() {
    let (.., folder) = built();
    for (pack, limit) in [("coursework-plan", 2), ("evaluation-form", 1), ("scorecard", 1)] {
        for pdf in files(&folder.join(pack), ".pdf") {
            let count = pages(&pdf);
            assert!((1..=limit).contains(&count), "{}: {count} pages", pdf.display());
        }
    }
}

#[test]
fn the_coursework_plan_has_the_length_asked_for() {
    let (_, said, _) = built();
    let length = said["diagnostics"].as_array().unwrap().iter().find(|found| found["code"] == "M0693");
    let message = length.expect("a note on the length")["message"].as_str().unwrap();
    let count: usize =
        message.split(|letter: char| !letter.is_ascii_digit()).find(|part| !part.is_empty()).unwrap().parse().unwrap();
    assert!((600..=900).contains(&count), "{message}");
}

/// However short the plan has to be, no strategy stands without a reason.
#[test]
fn every_strategy_of_the_coursework_plan_says_why() {
    let (.., folder) = built();
    for (ending, reasons) in [("_zh-CN.html", ["。", "针对"]), ("_en.html", [".</strong> ", "It serves"])] {
        let page = fs::read_to_string(files(&folder.join("coursework-plan"), ending).remove(0)).unwrap();
        let part = page.split("id=\"strategies\"").nth(1).unwrap().split("<h").next().unwrap();
        let items: Vec<&str> = part.split("<li>").skip(1).map(|item| item.split("</li>").next().unwrap()).collect();
        assert!(items.len() >= 4, "{part}");
        for item in items {
            let behind = item.split("</strong>").nth(1).unwrap();
            assert!(behind.chars().count() > 8 && reasons.iter().any(|reason| item.contains(reason)), "{item}");
        }
    }
}

/// The same plan with an allowance that it cannot keep, whatever is left out.
#[test]
fn a_coursework_plan_that_is_too_long_says_by_how_much() {
    let project = tempfile::tempdir().unwrap();
    copy_folder(&root().join("samples/campus-canteen"), project.path());
    let own = project.path().join("templates/coursework-plan");
    fs::create_dir_all(&own).unwrap();
    let description = fs::read_to_string(root().join("templates/coursework-plan/template.yaml")).unwrap();
    fs::write(own.join("template.yaml"), description.replace("min: 600, max: 900", "min: 50, max: 100")).unwrap();
    let output = manyi()
        .args(["build", "--json", "--lang", "zh-CN", "--report", "coursework-plan"])
        .arg(project.path())
        .output()
        .unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let codes: Vec<&str> =
        said["diagnostics"].as_array().unwrap().iter().filter_map(|found| found["code"].as_str()).collect();
    assert!(codes.contains(&"M0691"), "{said:#}");
}

/// The Word file of the coursework plan, handed in: full marks for everything that is proposed without a teacher.
#[test]
fn the_coursework_plan_earns_full_marks() {
    let (.., folder) = built();
    let word = files(&folder.join("coursework-plan"), "_zh-CN.docx").remove(0);
    let course = tempfile::tempdir().unwrap();
    fs::create_dir_all(course.path().join("submissions")).unwrap();
    fs::copy(word, course.path().join("submissions/20260101_白若溪_策划书.docx")).unwrap();
    fs::write(course.path().join("roster.csv"), "班级,姓名,学号\n营销2601,白若溪,20260101\n").unwrap();
    fs::write(course.path().join("rubric.yaml"), "rubric: 1\ntitle: { zh-CN: 满意度策划书, en: Satisfaction plan }\n")
        .unwrap();
    let output = manyi()
        .args(["grade", "--json", "--no-pdf", "--lang", "zh-CN"])
        .arg(course.path())
        .env("SOURCE_DATE_EPOCH", "1795478400")
        .output()
        .unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let student = &said["students"][0];
    let proposals = student["proposals"].as_array().unwrap();
    for criterion in ["length", "theme", "objectives", "plan"] {
        let held = proposals.iter().find(|held| held["criterion"] == criterion).unwrap();
        assert_eq!(held["score"], held["points"], "{held:#}");
    }
}

/// 小四, single spacing, on one sheet of A4.
#[test]
fn the_coursework_plan_in_word_has_the_form_asked_for() {
    let (.., folder) = built();
    for word in files(&folder.join("coursework-plan"), ".docx") {
        let mut package = zip::ZipArchive::new(fs::File::open(&word).unwrap()).unwrap();
        let mut part = |name: &str| std::io::read_to_string(package.by_name(name).unwrap()).unwrap();
        let (styles, text) = (part("word/styles.xml"), part("word/document.xml"));
        let defaults = styles.split("</w:docDefaults>").next().unwrap();
        assert!(defaults.contains("<w:sz w:val=\"24\"/>"), "{defaults}");
        let body = styles.split("w:styleId=\"BodyText\"").nth(1).unwrap().split("</w:style>").next().unwrap();
        assert!(body.contains("w:line=\"240\" w:lineRule=\"auto\""), "{body}");
        assert!(text.contains("<w:pgSz w:w=\"11906\" w:h=\"16838\""), "{}", word.display());
        assert!(!text.contains("<w:type w:val=\"nextPage\"/></w:sectPr></w:pPr>"), "no cover page");
    }
}

/// Levels of the headings of a page, in order.
fn heading_levels(html: &str) -> Vec<u32> {
    html.split("<h").skip(1).filter_map(|rest| rest.chars().next()?.to_digit(10)).collect()
}

/// Levels of the headings of a Word file: that of their style, which a style may have from the one it is based on.
fn outline_levels(docx: &Path) -> Vec<u32> {
    let part = |name: &str| {
        let mut archive = zip::ZipArchive::new(fs::File::open(docx).unwrap()).unwrap();
        std::io::read_to_string(archive.by_name(name).unwrap()).unwrap()
    };
    let styles = part("word/styles.xml");
    let level = |id: &str| {
        let style = styles.split("<w:style ").find(|style| style.contains(&format!("w:styleId=\"{id}\"")))?;
        style.split("<w:outlineLvl w:val=\"").nth(1)?.chars().next()?.to_digit(10)
    };
    let document = part("word/document.xml");
    let used = document.split("<w:pStyle w:val=\"").skip(1).filter_map(|rest| rest.split('"').next());
    used.filter_map(level).collect()
}

#[test]
fn no_heading_skips_a_level_in_any_format() {
    let (_, _, folder) = built();
    for pack in PACKS {
        for html in files(&folder.join(pack), ".html") {
            let levels = heading_levels(&fs::read_to_string(&html).unwrap());
            assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{}", html.display());
            let sound = levels[0] == 1 && levels.windows(2).all(|pair| pair[1] <= pair[0] + 1);
            assert!(sound, "{}: {levels:?}", html.display());
        }
        for docx in files(&folder.join(pack), ".docx") {
            let levels = outline_levels(&docx);
            let sound =
                levels.first().is_none_or(|first| *first == 0) && levels.windows(2).all(|pair| pair[1] <= pair[0] + 1);
            assert!(sound, "{}: {levels:?}", docx.display());
        }
    }
}
