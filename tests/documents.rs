//! Documents as clients get them: in their own brand, in Taiwan's Chinese, from packs of their own, and with survey texts as typed.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use manyi::diagnostics::taiwan::to_taiwan;
use serde_json::Value;

use crate::support::{copy_folder, manyi, office, root};

/// The canteen sample in a folder of its own, with one report.
fn canteen(report: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("samples/campus-canteen"), folder.path());
    let file = folder.path().join("manyi.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let (head, _) = text.split_once("\nreports:").unwrap();
    fs::write(&file, format!("{head}\nreports:\n  - {report}\n")).unwrap();
    folder
}

/// Builds the project; its documents by ending, and what was said.
fn build(folder: &Path) -> (Vec<PathBuf>, Value) {
    let output = manyi().arg("build").arg(folder).arg("--json").output().unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success(), "{said:#}");
    let mut made = Vec::new();
    for entry in
        walkdir::WalkDir::new(folder.join("out")).into_iter().flatten().filter(|entry| entry.file_type().is_file())
    {
        made.push(entry.into_path());
    }
    (made, said)
}

fn of_kind<'a>(made: &'a [PathBuf], ending: &str) -> &'a Path {
    let is_kind = |path: &&PathBuf| {
        path.extension().is_some_and(|found| found == ending) && !path.to_string_lossy().contains("figures")
    };
    made.iter().find(is_kind).unwrap_or_else(|| panic!("no {ending} in {made:?}"))
}

fn codes(said: &Value) -> Vec<String> {
    let found = said["diagnostics"].as_array().unwrap().iter();
    found.filter(|found| found["level"] != "note").map(|found| found["code"].as_str().unwrap().to_owned()).collect()
}

/// The text of a web page: no styles, no tags, entities as they are read.
fn page_text(html: &str) -> String {
    let mut text = String::new();
    let body = html.split("</style>").nth(1).unwrap();
    for piece in body.split('<').skip(1) {
        text.push_str(piece.split_once('>').map_or("", |(_, rest)| rest));
        text.push('\n');
    }
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text, |text, (entity, letter)| text.replace(entity, letter))
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != '\u{200b}').collect()
}

const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" fill="#0b6e4f"/></svg>"##;

#[test]
fn a_brand_is_seen_in_every_format() {
    let folder = canteen("{ id: plan, pack: satisfaction-plan, langs: [en], formats: [pdf, html, docx, xlsx] }");
    fs::write(folder.path().join("logo.svg"), LOGO).unwrap();
    let brand = "company: House of Numbers\nlogo: logo.svg\ncolours: { primary: \"#0b6e4f\" }\nheader: \"{company} for {client}\"\nfooter: Confidential\n";
    fs::write(folder.path().join("brand.yaml"), brand).unwrap();
    let (made, said) = build(folder.path());
    assert_eq!(codes(&said).iter().filter(|code| code.starts_with("M057")).count(), 0, "{said:#}");
    let html = fs::read_to_string(of_kind(&made, "html")).unwrap();
    assert!(html.contains("--accent: #0b6e4f") && html.contains("data:image/svg+xml;base64,PHN2ZyB4bWxucz0"), "page");
    assert!(page_text(&html).contains("Confidential"));
    let figures: Vec<&PathBuf> = made.iter().filter(|path| path.to_string_lossy().contains("figures")).collect();
    assert!(figures.iter().any(|path| fs::read_to_string(path).unwrap().contains("#0b6e4f")), "charts in the colour");
    let manifest = fs::read_to_string(of_kind(&made, "json")).unwrap();
    assert!(manifest.contains("brand.yaml") && manifest.contains("logo.svg"));
    if office::skipped("a_brand_is_seen_in_every_format") {
        return;
    }
    for ending in ["pdf", "docx", "xlsx"] {
        let file = of_kind(&made, ending);
        let pdf = if ending == "pdf" { file.to_path_buf() } else { office::convert(file, "pdf", folder.path()) };
        let pages = office::pages(&pdf);
        let whole = pages.join("\n");
        assert!(
            whole.contains("House of Numbers for Student Services") || whole.contains("House of Numbers for"),
            "{ending}: head"
        );
        assert!(whole.contains("Confidential"), "{ending}: foot");
    }
}

/// Legends say the colours that were used, and a house colour that warns is not used for what is good.
#[test]
fn notes_name_the_colours_of_the_brand() {
    for (primary, zh, en) in
        [("#0b6e4f", "绿底为优于他组", "Cells in green"), ("#c8102e", "蓝底为优于他组", "Cells in blue")]
    {
        let folder = canteen("{ id: plan, pack: satisfaction-plan, langs: [zh-CN, en], formats: [html] }");
        fs::write(folder.path().join("brand.yaml"), format!("colours: {{ primary: \"{primary}\" }}\n")).unwrap();
        let (made, said) = build(folder.path());
        assert_eq!(codes(&said).contains(&"M0578".to_owned()), primary == "#c8102e", "{said:#}");
        for (ending, expected) in [("_zh-CN.html", zh), ("_en.html", en)] {
            let page = made.iter().find(|path| path.to_string_lossy().ends_with(ending)).unwrap();
            let html = fs::read_to_string(page).unwrap();
            let text = page_text(&html);
            assert!(text.contains(expected), "{primary} {ending}");
            assert!(!text.contains("_colour}"), "{primary} {ending}");
            let good = if primary == "#c8102e" { "--good: #17508f" } else { "--good: #0b6e4f" };
            assert!(html.contains(good) && html.contains(&format!("--accent: {primary}")), "{primary} {ending}");
        }
    }
}

/// What is wrong in a template or a logo is said before anything is built.
#[test]
fn check_finds_the_mistakes_of_templates_and_logos() {
    let folder = canteen("{ id: plan, pack: house, langs: [zh-CN, en] }");
    let own = folder.path().join("templates/house");
    fs::create_dir_all(&own).unwrap();
    let description = "id: house\nextends: satisfaction-plan\ntitle: { zh-CN: 本所, en: House }\nentry: { zh-CN: own.zh-CN.md.tera, en: own.en.md.tera }\n";
    fs::write(own.join("template.yaml"), description).unwrap();
    fs::write(own.join("own.zh-CN.md.tera"), "# 总分{{ overal.value }}\n").unwrap();
    fs::write(
        own.join("own.en.md.tera"),
        "# A\n\n```chart\nkind: bar\nmetric: csi\n```\n\n```chart\nkind: bar\nmetric: complaint_rat\n```\n",
    )
    .unwrap();
    fs::write(folder.path().join("logo.svg"), "<svg xmlns='http://www.w3.org/2000/svg'><rect</svg>").unwrap();
    fs::write(folder.path().join("brand.yaml"), "logo: logo.svg\n").unwrap();
    let found = || -> Vec<(String, String, u64)> {
        let output = manyi().arg("check").arg(folder.path()).arg("--json").output().unwrap();
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        let errors = said["diagnostics"].as_array().unwrap().iter().filter(|found| found["level"] == "error");
        let place = |found: &Value| {
            let line = found["location"]["position"]["text"]["line"].as_u64().unwrap_or_default();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (text(&found["code"]), text(&found["location"]["file"]), line)
        };
        errors.map(place).collect()
    };
    let logo = ("M0558".to_owned(), "brand.yaml".to_owned(), 1);
    assert_eq!(found(), [logo]);
    fs::write(folder.path().join("logo.svg"), LOGO).unwrap();
    let errors = found();
    let at = |file: &str, line| errors.iter().any(|found| found.1.ends_with(file) && found.2 == line);
    assert!(errors.len() == 2 && at("own.zh-CN.md.tera", 1) && at("own.en.md.tera", 10), "{errors:?}");
}

/// Words in a logo are drawn in Word files and workbooks too, whatever fonts the drawing asks for.
#[test]
fn words_in_a_logo_are_drawn() {
    let dots = |words: &str| {
        let folder = canteen("{ id: plan, pack: evaluation-form, langs: [zh-CN], formats: [docx] }");
        let logo = format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 20'>{words}</svg>");
        fs::write(folder.path().join("logo.svg"), logo).unwrap();
        fs::write(folder.path().join("brand.yaml"), "logo: logo.svg\n").unwrap();
        let (made, _) = build(folder.path());
        let mut package = zip::ZipArchive::new(fs::File::open(of_kind(&made, "docx")).unwrap()).unwrap();
        let names: Vec<String> = package.file_names().map(|name| name.unwrap().into_owned()).collect();
        let name = names.into_iter().find(|name| name.ends_with(".png")).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut package.by_name(&name).unwrap(), &mut bytes).unwrap();
        bytes
    };
    let empty = dots("");
    for font in ["Nowhere Sans", "sans-serif"] {
        let words = dots(&format!("<text x='2' y='15' font-family='{font}' font-size='12'>青禾 Qinghe</text>"));
        assert_ne!(words, empty, "{font}");
    }
}

#[test]
fn a_brand_with_mistakes_is_checked_with_the_project() {
    let folder = canteen("{ id: plan, pack: satisfaction-plan }");
    fs::write(folder.path().join("brand.yaml"), "company: A\nlogo: nowhere.svg\ncolours: { primry: \"#0b6e4f\" }\n")
        .unwrap();
    let output = manyi().arg("check").arg(folder.path()).arg("--json").output().unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = said["diagnostics"].as_array().unwrap().iter().find(|found| found["code"] == "M0104").unwrap();
    assert_eq!(found["location"]["file"], "brand.yaml");
    assert_eq!(found["location"]["position"]["text"]["line"], 3);
    assert!(found["hint"].as_str().unwrap().contains("primary"), "{found}");
}

/// No letter of the mainland alone is left but in what the data say, which stands as typed. Converted word by word, some of
/// Taiwan's own letters would change again (里 in 公里): these are left out.
#[test]
fn a_document_for_taiwan_has_its_terms_everywhere() {
    let folder =
        canteen("{ id: plan, pack: satisfaction-plan, langs: [zh-TW], formats: [pdf, html, docx, xlsx, markdown] }");
    let file = folder.path().join("manyi.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let typed = text.replacen("client: { zh-CN:", "client: { zh-TW: 软件学院（原文）, zh-CN:", 1);
    assert_ne!(text, typed);
    fs::write(&file, typed).unwrap();
    let (made, _) = build(folder.path());
    let html = fs::read_to_string(of_kind(&made, "html")).unwrap();
    assert!(html.contains("<html lang=\"zh-TW\">"));
    let text = page_text(&html);
    assert!(text.contains("滿意度") && text.contains("信賴區間") && text.contains("行銷"), "{text}");
    assert!(text.contains("软件学院（原文）"), "a text of the project's own for Taiwan");
    assert!(!html.contains(['\u{fdd0}', '\u{fdd1}']));
    // What the data say: values of columns and the names of files.
    let mut fixed = text.replace("软件学院（原文）", "");
    let data = fs::read_to_string(folder.path().join("data/2026-11.csv")).unwrap();
    let mut typed: Vec<&str> =
        data.split([',', '\n', '"', '┋']).map(str::trim).filter(|cell| !cell.is_ascii()).collect();
    typed.sort_by_key(|cell| std::cmp::Reverse(cell.len()));
    typed.dedup();
    typed.iter().for_each(|cell| fixed = fixed.replace(cell, ""));
    let of_mainland =
        |letter: &char| !letter.is_ascii() && *letter != '里' && to_taiwan(&letter.to_string()) != letter.to_string();
    let left: Vec<char> = fixed.chars().filter(of_mainland).collect();
    assert!(left.is_empty(), "{left:?}");
    let markdown = fs::read_to_string(of_kind(&made, "md")).unwrap();
    assert!(markdown.contains("滿意度") && !markdown.contains("满意度"));
    if !office::skipped("a_document_for_taiwan_has_its_terms_everywhere") {
        for ending in ["pdf", "docx", "xlsx"] {
            let file = of_kind(&made, ending);
            let pdf = if ending == "pdf" { file.to_path_buf() } else { office::convert(file, "pdf", folder.path()) };
            let whole = office::pages(&pdf).join("\n");
            assert!(whole.contains("滿意度") && !whole.contains("满意度"), "{ending}");
        }
    }
}

#[test]
fn a_new_pack_builds_at_once_and_is_never_overwritten() {
    let folder = canteen("{ id: plan, pack: house, langs: [zh-CN, en], formats: [pdf, html] }");
    let new = |id: &str| {
        manyi().args(["templates", "new", id, "--from", "consulting-report"]).arg(folder.path()).output().unwrap()
    };
    let made = new("house");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let own = folder.path().join("templates/house");
    let template = own.join("house.zh-CN.md.tera");
    let text = fs::read_to_string(&template).unwrap();
    let (files, said) = build(folder.path());
    let pages: Vec<&PathBuf> =
        files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "html")).collect();
    assert_eq!(pages.len(), 2, "{said:#}");
    let words: Vec<String> = pages.iter().map(|path| page_text(&fs::read_to_string(path).unwrap())).collect();
    for heading in ["补充：各项指标", "In addition: all indicators"] {
        assert!(words.iter().any(|page| page.contains(heading)), "{heading}");
    }
    fs::write(&template, "mine").unwrap();
    let again = new("house");
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("M0697"));
    assert_eq!(fs::read_to_string(&template).unwrap(), "mine");
    fs::write(&template, text).unwrap();
    for (id, code) in [("base", "M0696"), ("a/b", "M0696"), ("..", "M0696"), ("scorecard", "M0697")] {
        let refused = new(id);
        assert_eq!(refused.status.code(), Some(1), "{id}");
        assert!(
            String::from_utf8_lossy(&refused.stderr).contains(code),
            "{id}: {}",
            String::from_utf8_lossy(&refused.stderr)
        );
    }
    let unknown = manyi().args(["templates", "new", "x", "--from", "scorcard"]).arg(folder.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("scorecard"));

    let show = |what: &str| manyi().args(["templates", "show", what]).arg(folder.path()).output().unwrap();
    let listed = String::from_utf8(show("house").stdout).unwrap();
    assert!(
        listed.contains("templates/house/template.yaml") && listed.contains("built-in templates/consulting-report/"),
        "{listed}"
    );
    assert!(listed.contains("built-in templates/base/theme.typ"), "{listed}");
    assert_eq!(
        String::from_utf8(show("house/house.zh-CN.md.tera").stdout).unwrap(),
        fs::read_to_string(&template).unwrap()
    );
    let missing = show("scorecard/them.typ");
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("theme.typ"));
}

/// Texts of a survey that would be markup, code or formulas somewhere. PDF, web page and Word drop the mark that turns the
/// reading direction.
const HOSTILE: [&str; 7] = [
    "#read(\"/etc/passwd\")",
    "{{ project.title }}",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "x](javascript:alert(2))",
    "\u{202e}backwards",
    "**bold** $x$ `code` @ref",
];

#[test]
fn survey_texts_print_as_typed() {
    let folder = tempfile::tempdir().unwrap();
    let mut csv = String::from("id,shop,score\n");
    for index in 0..420 {
        let shop = HOSTILE[index % HOSTILE.len()].replace('"', "\"\"");
        let score = 4 + (index / 7 + index) % 7;
        let _ = writeln!(csv, "{index},\"{shop}\",{score}");
    }
    fs::write(folder.path().join("data.csv"), csv).unwrap();
    let project = r#"manyi: 1
project: { title: Shops, client: Chain, date: "2026-11-20", lang: en }
data: { sources: [{ file: data.csv, dialect: plain }], id: id }
columns:
  id: { type: text }
  shop: { type: single, title: Shop }
  score: { type: scale, range: [0, 10], title: Recommendation }
segments: [shop]
plugins:
  nps: { inputs: { recommend: score } }
reports: [{ id: own, pack: own, langs: [en, zh-TW], formats: [pdf, html, markdown] }]
"#;
    fs::write(folder.path().join("manyi.yaml"), project).unwrap();
    let pack = folder.path().join("templates/own");
    fs::create_dir_all(&pack).unwrap();
    let description =
        "id: own\nextends: satisfaction-plan\ntitle: Own\nentry: { en: own.md.tera, zh-CN: own.md.tera }\n";
    fs::write(pack.join("template.yaml"), description).unwrap();
    let template = "# Shops\n\n{% for s in segments %}{{ s.title }}{% endfor %}\n\n```table\nkind: segments\nby: shop\nscope: all\n```\n\n```chart\nkind: bar\nmetric: nps\nby: shop\n```\n";
    fs::write(pack.join("own.md.tera"), template).unwrap();
    let (made, said) = build(folder.path());
    let json = manyi().arg("metrics").arg(folder.path()).arg("--json").output().unwrap();
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    let values: Vec<&str> =
        json["estimates"].as_array().unwrap().iter().filter_map(|held| held["segment"]["shop"].as_str()).collect();
    let poppler = std::process::Command::new("pdftotext").arg("-v").output().is_ok();
    for lang in ["en", "zh-TW"] {
        let named: Vec<PathBuf> =
            made.iter().filter(|path| path.to_string_lossy().contains(&format!("_{lang}."))).cloned().collect();
        let html = fs::read_to_string(of_kind(&named, "html")).unwrap();
        assert!(!html.contains("<script") && !html.contains("href=\"javascript"), "{lang}: nothing runs");
        let page = without_spaces(&page_text(&html));
        let pdf =
            if poppler { without_spaces(&office::pages(of_kind(&named, "pdf")).join("\n")) } else { String::new() };
        for hostile in HOSTILE {
            assert!(values.contains(&hostile), "{hostile:?} in JSON: {values:?}");
            let shown = without_spaces(&hostile.replace('\u{202e}', ""));
            let page = page.replace('\u{202e}', "");
            assert!(page.contains(&shown), "{lang}: {hostile:?} on the page: {said:#}");
            // Typographic quotes are set for straight ones.
            let set = pdf.replace(['“', '”'], "\"").replace(['‘', '’'], "'");
            assert!(!poppler || set.contains(&shown), "{lang}: {hostile:?} in the PDF: {set}");
        }
    }
}
