//! The class of the sample: forty students, most of them honest, with copies of every kind among them.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use manyi::grade::submissions::docx::read_docx;
use manyi::grade::submissions::read::{Answer, read_file};
use zip::write::SimpleFileOptions;

use crate::support::office::convert;

use super::generator::{Level, copy, plans};

/// What a student hands in.
enum Work {
    /// A plan of one's own.
    Own(usize),
    /// A copy of a plan, filled from another where only a part is copied.
    Copy(usize, usize, Level),
    /// A plan of one's own that is cut short and filled up with white letters.
    Hidden(usize),
    /// The first half of a plan of one's own, and news to fill it up.
    Stray(usize),
    /// A PDF that nothing can read.
    Broken,
    /// Nothing.
    Nothing,
}

/// Names, made up.
const NAMES: [&str; 40] = [
    "白若溪",
    "蔡子墨",
    "曹雨桐",
    "陈一帆",
    "程思远",
    "戴晓禾",
    "邓嘉言",
    "丁南风",
    "董书瑶",
    "杜明轩",
    "方知夏",
    "冯亦凡",
    "高语晨",
    "龚星河",
    "郭安歌",
    "韩沐阳",
    "何清越",
    "胡若彤",
    "黄启航",
    "江月白",
    "蒋文博",
    "金雨萱",
    "孔令仪",
    "李承泽",
    "梁初夏",
    "林见深",
    "刘语嫣",
    "陆云舟",
    "罗思齐",
    "马晨曦",
    "孟晚晴",
    "倪天佑",
    "潘予安",
    "钱多乐",
    "秦朗月",
    "沈星野",
    "苏木槿",
    "汤圆圆",
    "万家宁",
    "许知行",
];

fn works() -> Vec<Work> {
    let mut works: Vec<Work> = (0..24).map(Work::Own).collect();
    works.extend([
        Work::Copy(0, 0, Level::Verbatim),
        Work::Copy(5, 5, Level::Punctuation),
        Work::Copy(2, 26, Level::Half),
        Work::Copy(2, 27, Level::Half),
        Work::Copy(2, 28, Level::Half),
        Work::Copy(7, 10, Level::Mosaic),
        Work::Copy(12, 12, Level::Words30),
        Work::Copy(15, 15, Level::Reordered),
        Work::Copy(17, 17, Level::Traditional),
        Work::Copy(19, 19, Level::ZeroWidth),
        Work::Copy(21, 21, Level::LookAlike),
        Work::Hidden(24),
        Work::Broken,
        Work::Nothing,
        Work::Own(25),
        Work::Stray(30),
    ]);
    works
}

/// What LibreOffice makes of the Word files of some students, whose number in the class this is.
const CONVERTED: [(usize, &str); 4] = [(8, "pdf"), (11, "odt"), (24, "pdf"), (27, "odt")];

/// Files of the sample by path. Those that LibreOffice made are given as the Word files that they come from.
pub fn files(sample: &Path) -> Vec<(String, Vec<u8>)> {
    let plans = plans(sample);
    let news = fs::read_to_string(sample.join("off-topic/01-news-storm.txt")).unwrap();
    let mut files = Vec::new();
    let mut roster = String::from("班级,姓名,学号,文件,提交时间\n");
    for (at, (work, name)) in works().iter().zip(NAMES).enumerate() {
        let number = format!("20260{:03}", 101 + at);
        let class = if at % 2 == 0 { "营销2601" } else { "营销2602" };
        // The authors hand in first; two of them come after the deadline.
        let minute = at * 37 % 60;
        let received = match (work, at) {
            (Work::Nothing, _) => String::new(),
            (_, 22) => format!("2026-11-21 08:{minute:02}"),
            (_, 23) => format!("2026-11-23 21:{minute:02}"),
            (Work::Own(_) | Work::Stray(_), _) => format!("2026-11-{} {:02}:{minute:02}", 16 + at % 3, 8 + at % 12),
            _ => format!("2026-11-{} {:02}:{minute:02}", 19 + at % 2, 9 + at % 12),
        };
        let text = match work {
            Work::Own(plan) => plans[*plan].clone(),
            Work::Copy(plan, other, level) => copy(&plans, *plan, *other, *level, 7 + at as u64).text,
            Work::Hidden(plan) => plans[*plan].chars().take(420).collect(),
            Work::Stray(plan) => format!("{}\n{news}", first_half(&plans[*plan])),
            Work::Broken | Work::Nothing => String::new(),
        };
        let (ending, content): (&str, Vec<u8>) = match (work, at % 8) {
            (Work::Nothing, _) => {
                roster.push_str(&format!("{class},{name},{number},,\n"));
                continue;
            }
            (Work::Broken, _) => ("pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n".to_vec()),
            (Work::Hidden(_), _) => ("docx", docx(&text, &"满意度提升需要全体员工共同努力".repeat(20))),
            (_, 5) => ("txt", encoding_of(&text)),
            (_, 6) => ("md", markdown(&text).into_bytes()),
            _ => (CONVERTED.iter().find(|held| held.0 == at).map_or("docx", |held| held.1), docx(&text, "")),
        };
        let file = format!("{number}_{name}_策划书.{ending}");
        roster.push_str(&format!("{class},{name},{number},{file},{received}\n"));
        files.push((format!("submissions/{file}"), content));
    }
    files.push(("roster.csv".to_owned(), roster.into_bytes()));
    files
}

/// The first half of the lines.
fn first_half(plan: &str) -> String {
    let lines: Vec<&str> = plan.lines().collect();
    lines[..lines.len() / 2].join("\n")
}

/// GB18030, as the text editor of an older Windows saves; UTF-8 where a character needs it.
fn encoding_of(text: &str) -> Vec<u8> {
    if text.contains(['\u{200b}', '\u{2060}', '\u{feff}']) {
        text.as_bytes().to_vec()
    } else {
        encoding_rs::GB18030.encode(text).0.into_owned()
    }
}

fn markdown(text: &str) -> String {
    let mut lines = text.lines();
    let title = lines.next().unwrap_or_default();
    format!("# {title}\n\n{}\n", lines.collect::<Vec<_>>().join("\n\n"))
}

/// A Word file, 12 pt, single spacing, A4; `white` is a paragraph in white letters.
pub fn docx(text: &str, white: &str) -> Vec<u8> {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let paragraph = |text: &str, colour: &str| {
        format!(
            "<w:p><w:r><w:rPr>{colour}<w:sz w:val=\"24\"/></w:rPr><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
            escape(text)
        )
    };
    let mut body: String =
        text.lines().filter(|line| !line.trim().is_empty()).map(|line| paragraph(line, "")).collect();
    if !white.is_empty() {
        body.push_str(&paragraph(white, "<w:color w:val=\"FFFFFF\"/>"));
    }
    let parts = [
        ("[Content_Types].xml", "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>".to_owned()),
        ("_rels/.rels", "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>".to_owned()),
        ("word/document.xml", format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1134\" w:right=\"1417\" w:bottom=\"1134\" w:left=\"1417\" w:header=\"720\" w:footer=\"720\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>")),
    ];
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for (name, content) in parts {
        writer.start_file(name, options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Writes the files of the sample, or compares them with what stands there. What LibreOffice makes differs from day to day: it is
/// written again only where its text is another one.
pub fn write_or_compare(sample: &Path, write: bool) {
    let made = files(sample);
    let folder = sample.join("submissions");
    let wanted: BTreeSet<&str> = made.iter().map(|(path, _)| path.as_str()).collect();
    if write {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            if !wanted.contains(format!("submissions/{}", entry.file_name().to_string_lossy()).as_str()) {
                fs::remove_file(entry.path()).unwrap();
            }
        }
    }
    for (path, content) in &made {
        let file = sample.join(path);
        let ending = path.rsplit('.').next().unwrap();
        let same = || match (fs::read(&file), content.starts_with(b"PK") && ending != "docx") {
            (Ok(_), true) => letters_of(&file) == bare(&read_docx(content).unwrap().text()),
            (Ok(held), false) => held == *content,
            (Err(_), _) => false,
        };
        if write && !same() {
            if content.starts_with(b"PK") && ending != "docx" {
                let scratch = tempfile::tempdir().unwrap();
                let word = scratch.path().join("plan.docx");
                fs::write(&word, content).unwrap();
                fs::copy(convert(&word, ending, scratch.path()), &file).unwrap();
            } else {
                fs::write(&file, content).unwrap();
            }
        }
        assert!(same(), "{path} is not what the generator writes");
    }
    assert_eq!(
        fs::read_dir(folder).unwrap().count(),
        made.len() - 1,
        "files in submissions that the generator did not write"
    );
}

/// The letters of a submission.
fn letters_of(file: &Path) -> String {
    match read_file(file) {
        Answer::Read(plan) => bare(&plan.text()),
        Answer::Failed(problem) => panic!("{}: {problem:?}", file.display()),
    }
}

fn bare(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}
