//! Inputs made to exhaust the machine or to reach outside the project: each ends soon, with a diagnostic that names the place, in
//! little memory and without a file outside.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::MEMORY;
use crate::support::root;

/// Longest time on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) words: String,
    /// Most memory in KiB; 0 where the system does not tell.
    pub(super) peak: u64,
}

/// Runs the program and watches its memory.
pub(super) fn run(folder: &Path, verb: &[&str]) -> Ended {
    let mut child = Command::new(cargo_bin!("manyi"))
        .args(verb)
        .arg(folder)
        .env("LC_ALL", "en_US.UTF-8")
        .env("NO_COLOR", "1")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stderr.take().unwrap();
    let words = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let (start, mut peak) = (Instant::now(), 0);
    let status = loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let held = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok());
        peak = held.unwrap_or(0).max(peak);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(start.elapsed() < PATIENCE, "{verb:?} hangs");
    Ended { code: status.code(), words: words.join().unwrap(), peak }
}

/// The project of the mutations in a folder of its own, with its answers as CSV.
fn project(folder: &Path, change: impl Fn(String) -> String) {
    let own = root().join("tests/hostile");
    let yaml = fs::read_to_string(own.join("manyi.yaml")).unwrap().replace("FILE", "answers.csv");
    fs::write(folder.join("manyi.yaml"), change(yaml)).unwrap();
    fs::copy(own.join("answers.csv"), folder.join("answers.csv")).unwrap();
}

/// The program refuses the folder with one of these codes, soon and in little memory.
#[track_caller]
pub(super) fn refused(folder: &Path, verb: &[&str], codes: &[&str]) -> String {
    let ended = run(folder, verb);
    assert_eq!(ended.code, Some(1), "{}", ended.words);
    assert!(codes.iter().any(|code| ended.words.contains(code)), "{}", ended.words);
    assert!(!ended.words.contains("panicked"), "{}", ended.words);
    assert!(ended.peak < MEMORY, "{} KiB", ended.peak);
    ended.words
}

/// The good workbook with the rows of its sheet written by somebody else.
fn workbook(place: &Path, rows: impl Fn(&mut ZipWriter<fs::File>)) {
    let good = fs::read(root().join("tests/hostile/answers.xlsx")).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(good)).unwrap();
    let mut out = ZipWriter::new(fs::File::create(place).unwrap());
    for file in 0..archive.len() {
        let mut held = archive.by_index(file).unwrap();
        let name = held.name().unwrap().into_owned();
        out.start_file(&name, SimpleFileOptions::default()).unwrap();
        if name.ends_with("sheet1.xml") {
            let mut text = String::new();
            held.read_to_string(&mut text).unwrap();
            let (before, after) = text.split_once("<sheetData>").unwrap();
            let (_, after) = after.split_once("</sheetData>").unwrap();
            out.write_all(before.as_bytes()).unwrap();
            out.write_all(b"<sheetData>").unwrap();
            rows(&mut out);
            out.write_all(b"</sheetData>").unwrap();
            out.write_all(after.as_bytes()).unwrap();
        } else {
            std::io::copy(&mut held, &mut out).unwrap();
        }
    }
    out.finish().unwrap();
}

#[test]
fn a_workbook_that_unpacks_to_gigabytes() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), |yaml| yaml.replace("answers.csv", "answers.xlsx"));
    workbook(&folder.path().join("answers.xlsx"), |out| {
        out.write_all(b"<row><c t=\"inlineStr\"><is><t>id</t></is></c></row>").unwrap();
        let rows: String = "<row><c t=\"inlineStr\"><is><t>aaaaaaaaaaaaaaaaaaaaaaaa</t></is></c></row>".repeat(10_000);
        (0..2_000).for_each(|_| out.write_all(rows.as_bytes()).unwrap());
    });
    assert!(fs::metadata(folder.path().join("answers.xlsx")).unwrap().len() < 20 << 20);
    let ended = run(folder.path(), &["check"]);
    assert_eq!(ended.code, Some(1), "{}", ended.words);
    assert!(ended.words.contains("answers.xlsx"), "{}", ended.words);
    assert!(ended.peak < MEMORY, "{} KiB", ended.peak);
}

/// Small files that lay out far more cells than they fill, or columns without end. `init` reads every column.
#[test]
fn tables_that_spread() {
    let numbered = |name: &str, count: usize| (0..count).map(|index| format!("{name}{index}")).collect::<Vec<_>>();
    let object = |key: &String| format!("{{\"{key}\":1}}");
    let sparse: Vec<String> = numbered("k", 16_000).iter().map(object).collect();
    let wide = numbered("c", 200_000).join(",");
    let short_rows = format!("{}\n{}", numbered("c", 16_000).join(","), "1\n".repeat(100_000));
    let keys: Vec<String> = numbered("k", 60_000).iter().map(|key| format!("\"{key}\":1")).collect();
    let spans = "<table><tr><th>a</th><th colspan=99999999>b</th></tr><tr><td>1</td></tr></table>".to_owned();
    let many_spans =
        format!("<table><tr><th>a</th></tr>{}</table>", "<tr><td colspan=1000>1</td></tr>".repeat(200_000));
    let gap = "<td colspan=1000></td>".repeat(20);
    let far_spans = format!("<table><tr><th>a</th></tr>{}</table>", format!("<tr>{gap}<td>1</td></tr>").repeat(20_000));
    let few: Vec<String> = numbered("k", 16).iter().map(|key| format!("\"{key}\":1000")).collect();
    let nothing = format!("{{{}}}\n{}", few.join(","), "{}\n".repeat(3_000_000));
    for (name, text, code) in [
        ("sparse.json", format!("[{}]", sparse.join(",")), "M0249"),
        ("nothing.ndjson", nothing, "M0249"),
        ("wide.csv", format!("{wide}\n{wide}"), "M0250"),
        ("short.csv", short_rows, "M0249"),
        ("keys.json", format!("[{{{}}}]", keys.join(",")), "M0250"),
        ("spans.xls", spans, READ),
        ("many-spans.xls", many_spans, READ),
        ("far-spans.xls", far_spans, "M0250"),
        ("teachers.json", teachers(), READ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), text).unwrap();
        begun(folder.path(), name, code);
    }
}

/// What stands for the code of a file that is read.
const READ: &str = "";

/// `init` reads the file, or refuses it with the code, in little memory.
#[track_caller]
fn begun(folder: &Path, name: &str, code: &str) {
    let (new, file) = (folder.join("new"), folder.join(name));
    let _ = fs::remove_dir_all(&new);
    let ended = run(&file, &["init", &new.display().to_string(), "--from"]);
    assert!(ended.peak < MEMORY, "{name}: {} KiB", ended.peak);
    assert!(ended.words.contains(code) && !ended.words.contains("panicked"), "{name}: {}", ended.words);
    assert_eq!(ended.code, Some(i32::from(code != READ)), "{name}: {}", ended.words);
}

/// Twenty thousand people who rate three of three hundred teachers with eight questions: one of seventy cells is filled.
fn teachers() -> String {
    let mut lines = String::new();
    for person in 0..20_000_usize {
        lines.push_str(&format!("{{\"id\":{person}"));
        for teacher in [person % 300, (person * 7 + 1) % 300, (person * 13 + 2) % 300] {
            (0..8).for_each(|question| lines.push_str(&format!(",\"t{teacher}_{question}\":{}", person % 5 + 1)));
        }
        lines.push_str("}\n");
    }
    lines
}

/// Letters of a column, from 0.
fn letters(mut column: usize) -> String {
    let mut letters = String::new();
    loop {
        letters.insert(0, char::from(b'A' + u8::try_from(column % 26).unwrap()));
        match column / 26 {
            0 => return letters,
            rest => column = rest - 1,
        }
    }
}

/// Workbooks of a few kilobytes that name columns beyond the last, fill one cell a row and column, or unpack to far more than they are.
#[test]
fn workbooks_that_spread() {
    let folder = tempfile::tempdir().unwrap();
    let header = |columns: usize| {
        let cells = (0..columns).map(|column| format!("<c t=\"inlineStr\"><is><t>h{column}</t></is></c>"));
        format!("<row r=\"1\">{}</row>", cells.collect::<String>())
    };
    let write =
        |name: &str, rows: &str| workbook(&folder.path().join(name), |out| out.write_all(rows.as_bytes()).unwrap());
    for (name, cell) in [("beyond.xlsx", "XFE2"), ("far-beyond.xlsx", "ZZZZZZ2")] {
        write(name, &format!("{}<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"{cell}\"><v>1</v></c></row>", header(2)));
        begun(folder.path(), name, "M0271");
    }
    let diagonal = |number: &str, rows: usize| {
        let cell =
            |at: usize| format!("<row r=\"{}\"><c r=\"{}{}\"><v>{number}</v></c></row>", at + 2, letters(at), at + 2);
        format!("{}{}", header(rows), (0..rows).map(cell).collect::<String>())
    };
    write("diagonal.xlsx", &diagonal("1000", 6_000));
    begun(folder.path(), "diagonal.xlsx", "M0249");
    write("small.xlsx", &diagonal("5", 1_000));
    begun(folder.path(), "small.xlsx", READ);

    let mut out = ZipWriter::new(fs::File::create(folder.path().join("texts.xlsx")).unwrap());
    let good = fs::read(root().join("tests/hostile/answers.xlsx")).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(good)).unwrap();
    for file in 0..archive.len() {
        let mut held = archive.by_index(file).unwrap();
        let name = held.name().unwrap().into_owned();
        if !name.ends_with("sharedStrings.xml") {
            out.start_file(&name, SimpleFileOptions::default()).unwrap();
            std::io::copy(&mut held, &mut out).unwrap();
        }
    }
    out.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).unwrap();
    out.write_all(b"<sst><si><t>").unwrap();
    (0..600).for_each(|_| out.write_all(&[b'a'; 1 << 20]).unwrap());
    out.write_all(b"</t></si></sst>").unwrap();
    out.finish().unwrap();
    begun(folder.path(), "texts.xlsx", "M0271");
}

/// Sheets of an .ods whose cells and rows are repeated by a number.
#[test]
fn open_documents_that_spread() {
    let folder = tempfile::tempdir().unwrap();
    let five = "office:value-type=\"float\" office:value=\"5\"";
    let text = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let header = format!("<table:table-row>{}{}</table:table-row>", text("序号"), text("评分"));
    let gap = |cells: u32| format!("<table:table-cell table:number-columns-repeated=\"{cells}\"/>");
    let answer =
        |more: &str| format!("<table:table-row>{}<table:table-cell {five}/>{more}</table:table-row>", text("甲"));
    let far = format!("<table:table-row>{}<table:table-cell {five}/></table:table-row>", gap(16_380)).repeat(10_000);
    let full = format!(
        "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell table:number-columns-repeated=\"16384\" {five}/></table:table-row>"
    );
    let rest = "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
    for (name, rows, code) in [
        ("far.ods", far, "M0287"),
        ("full.ods", full, "M0288"),
        // As LibreOffice ends every row and sheet.
        ("good.ods", format!("{}{rest}", answer(&gap(16_382)).repeat(100)), READ),
    ] {
        let content = format!(
            "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
             xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
             xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet>\
             <table:table table:name=\"答卷\">{header}{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
        );
        let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
        let mut out = ZipWriter::new(fs::File::create(folder.path().join(name)).unwrap());
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        out.start_file("mimetype", stored).unwrap();
        out.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
        out.start_file("META-INF/manifest.xml", SimpleFileOptions::default()).unwrap();
        out.write_all(manifest.as_bytes()).unwrap();
        out.start_file("content.xml", SimpleFileOptions::default()).unwrap();
        out.write_all(content.as_bytes()).unwrap();
        out.finish().unwrap();
        begun(folder.path(), name, code);
    }
}

/// The same header sixteen thousand times is numbered at once.
#[test]
fn headers_that_repeat() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), |yaml| yaml);
    let repeated = "a,".repeat(16_000);
    fs::write(folder.path().join("answers.csv"), format!("{repeated}a\n{repeated}1\n")).unwrap();
    let start = Instant::now();
    refused(folder.path(), &["check"], &["M0200"]);
    assert!(start.elapsed() < PATIENCE / 4);
}

#[test]
fn yaml_that_multiplies_or_nests() {
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        laughs.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", ")));
    }
    let deep = format!("project: {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    let blocks: String = (0..3_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    for text in [laughs, deep, blocks] {
        let folder = tempfile::tempdir().unwrap();
        project(folder.path(), |_| format!("manyi: 1\n{text}"));
        refused(folder.path(), &["check"], &["M0101"]);
    }
}

#[test]
fn json_and_expressions_that_nest() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), |yaml| yaml.replace("answers.csv", "answers.json"));
    let deep = format!("[{{\"id\": {}1{}}}]", "[".repeat(200_000), "]".repeat(200_000));
    fs::write(folder.path().join("answers.json"), deep).unwrap();
    refused(folder.path(), &["check"], &["answers.json"]);
    for expression in [
        format!("{}spend{} > 1", "(".repeat(20_000), ")".repeat(20_000)),
        format!("{} spend > 1", "NOT ".repeat(20_001)),
        vec!["spend > 1"; 20_000].join(" AND "),
        format!("{}spend > 1", "- ".repeat(20_000)),
    ] {
        project(folder.path(), |yaml| yaml.replace("spend > 20", &expression));
        let ended = run(folder.path(), &["check"]);
        assert!(matches!(ended.code, Some(0 | 1)), "{:?} {}", ended.code, ended.words);
        assert!(ended.peak < MEMORY, "{} KiB", ended.peak);
    }
}

/// A project with a template of its own.
pub(super) fn with_template(folder: &Path, name: &str, text: &str) {
    project(folder, |yaml| yaml);
    let place = folder.join("templates/satisfaction-plan").join(name);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(place, text).unwrap();
}

#[test]
fn templates_that_never_end() {
    for text in [
        "{% include \"plan.zh-CN.md.tera\" %}",
        "{% for a in range(end=1000000000000) %}x{% endfor %}",
        "{% for a in range(end=100000) %}{% for b in range(end=100000) %}{{ a * b }}{% endfor %}{% endfor %}",
    ] {
        let folder = tempfile::tempdir().unwrap();
        with_template(folder.path(), "plan.zh-CN.md.tera", text);
        let words = refused(folder.path(), &["build"], &["M05"]);
        assert!(words.contains("plan.zh-CN.md.tera"), "{words}");
        assert!(!folder.path().join("out").exists(), "nothing is published");
    }
}

#[test]
fn typesetting_that_never_ends() {
    for text in ["#while true { }", "#let f(x) = f(x + 1)\n#f(1)"] {
        let folder = tempfile::tempdir().unwrap();
        with_template(folder.path(), "theme.typ", text);
        let yaml = fs::read_to_string(folder.path().join("manyi.yaml")).unwrap().replace("[html]", "[pdf]");
        fs::write(folder.path().join("manyi.yaml"), yaml).unwrap();
        refused(folder.path(), &["build"], &["theme.typ"]);
        assert!(!folder.path().join("out").exists(), "nothing is published");
    }
}

/// Names that would leave the project's folder, in every place where a name becomes a path.
#[test]
fn names_that_lead_outside() {
    for (from, to) in [
        ("id: plan, pack", "id: ../../outside, pack"),
        ("id: plan, pack", "id: %2e%2e%2foutside, pack"),
        ("pack: satisfaction-plan", "pack: ../../../outside"),
        ("pack: satisfaction-plan", "pack: /etc"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b/c");
        fs::create_dir_all(&inner).unwrap();
        project(&inner, |yaml| yaml.replace(from, to));
        let ended = run(&inner, &["build"]);
        assert_eq!(ended.code, Some(1), "{to}: {}", ended.words);
        for outside in [folder.path().to_owned(), folder.path().join("a"), folder.path().join("a/b")] {
            assert_eq!(fs::read_dir(outside).unwrap().count(), 1, "{to}");
        }
    }
}

/// A group whose name is a path has its document in the folder of the report all the same.
#[test]
fn groups_named_like_paths() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("a/b");
    fs::create_dir_all(&inner).unwrap();
    project(&inner, |yaml| {
        let yaml = yaml.replace("id: plan, pack: satisfaction-plan", "id: plan, for_each: shop, pack: scorecard");
        let free = |line| if str::starts_with(line, "  shop:") { "  shop: { type: single }" } else { line };
        yaml.lines().map(free).fold(String::new(), |all, line| all + line + "\n")
    });
    let rows = fs::read_to_string(inner.join("answers.csv")).unwrap();
    let rows = rows.replace("东店", "../../../x").replace("西店", "%2e%2e").replace("南店", "CON");
    fs::write(inner.join("answers.csv"), rows).unwrap();
    let ended = run(&inner, &["build"]);
    assert!(matches!(ended.code, Some(0 | 1)), "{}", ended.words);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 1);
    let made = fs::read_dir(inner.join("out")).map_or(0, Iterator::count);
    assert_eq!(made, 1, "{}", ended.words);
}

/// A picture on a server is never fetched: there is nothing in the program that could.
#[test]
fn pictures_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let port = server.local_addr().unwrap().port();
    with_template(folder.path(), "plan.zh-CN.md.tera", &format!("# 一\n\n![图](http://127.0.0.1:{port}/a.png)\n"));
    let ended = run(folder.path(), &["build"]);
    assert!(matches!(ended.code, Some(0 | 1)), "{}", ended.words);
    assert!(server.accept().is_err(), "somebody asked for the picture");
    for page in walkdir::WalkDir::new(folder.path().join("out")).into_iter().flatten() {
        if page.path().extension().is_some_and(|kind| kind == "html") {
            assert!(!fs::read_to_string(page.path()).unwrap().contains("<img src=\"http"), "the page would ask for it");
        }
    }
}
