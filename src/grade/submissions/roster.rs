//! The class list: `roster.csv` with class, name, number, file and received time, in either language's column names.

use std::path::Path;

use chrono::NaiveDateTime;
use strsim::osa_distance;

use super::text::decode;
use crate::diagnostics::messages::grading as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, io_problem, nearest_names};

/// Name of the class list.
pub const ROSTER_FILE: &str = "roster.csv";

/// A student as listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Class; may be empty.
    pub class: String,
    /// Name.
    pub name: String,
    /// Student number; may be empty.
    pub number: String,
    /// File or folder under `submissions/`; may be empty.
    pub file: String,
    /// When the work was received.
    pub received: Option<NaiveDateTime>,
}

const COLUMNS: [(&str, &[&str]); 5] = [
    ("class", &["class", "班级", "教学班", "行政班"]),
    ("name", &["name", "姓名", "学生", "学生姓名", "full name"]),
    ("number", &["number", "学号", "学生学号", "id number", "工号"]),
    ("file", &["file", "文件", "文件名", "作业"]),
    ("received", &["received", "提交时间", "接收时间", "收到时间", "last modified (submission)"]),
];

/// Reads the class list; empty where there is none, `None` where there is one that cannot be used.
pub fn load_roster(course: &Path, diagnostics: &mut Diagnostics) -> Option<Vec<Listed>> {
    let path = course.join(ROSTER_FILE);
    if !path.exists() {
        return Some(Vec::new());
    }
    match std::fs::read(&path).map_err(|error| io_problem(&error)).and_then(|bytes| decode(&bytes)) {
        Ok(text) => parse_roster(&text, diagnostics),
        Err(problem) => {
            diagnostics.push(
                Diagnostic::error(&messages::ROSTER_UNREADABLE)
                    .words("problem", problem)
                    .at(Location::file(ROSTER_FILE)),
            );
            None
        }
    }
}

/// What stands between the cells: spreadsheet programs write commas, semicolons or tabs.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|mark| (head.matches(char::from(*mark)).count(), *mark == b','))
        .unwrap_or(b',')
}

/// Parses the text of a class list. `None` where nothing in it says who is who.
pub fn parse_roster(text: &str, diagnostics: &mut Diagnostics) -> Option<Vec<Listed>> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter(text))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let head: Vec<String> = match reader.headers() {
        Ok(head) => head.iter().map(|name| name.trim_start_matches('\u{feff}').to_lowercase()).collect(),
        Err(_) => Vec::new(),
    };
    let place = |id: &str| {
        let names = COLUMNS.iter().find(|(column, _)| *column == id).map_or(&[][..], |(_, names)| names);
        head.iter().position(|held| names.contains(&held.as_str()))
    };
    let [class, name, number, file, received] = COLUMNS.map(|(id, _)| place(id));
    if name.is_none() && number.is_none() {
        diagnostics.push(
            Diagnostic::error(&messages::ROSTER_COLUMNS)
                .arg("found", head.join(", "))
                .at(Location::row(ROSTER_FILE, 1)),
        );
        return None;
    }
    diagnostics.extend(slips(&head));
    let mut listed: Vec<Listed> = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let row = index as u64 + 2;
        let Ok(record) = record else {
            diagnostics.push(Diagnostic::warning(&messages::ROSTER_ROW).at(Location::row(ROSTER_FILE, row)));
            continue;
        };
        let cell = |column: Option<usize>| column.and_then(|column| record.get(column)).unwrap_or_default().to_owned();
        let written = cell(received);
        let moment = parse_moment(&written);
        if moment.is_none() && !written.is_empty() {
            diagnostics.push(
                Diagnostic::warning(&messages::ROSTER_TIME).arg("value", &written).at(Location::row(ROSTER_FILE, row)),
            );
        }
        let mut student =
            Listed { class: cell(class), name: cell(name), number: cell(number), file: cell(file), received: moment };
        if student.name.is_empty() && student.number.is_empty() {
            continue;
        }
        let twice = listed
            .iter()
            .any(|held| held.name == student.name && held.number == student.number && held.class == student.class);
        if twice {
            diagnostics.push(
                Diagnostic::warning(&messages::ROSTER_TWICE)
                    .arg("student", format!("{} {}", student.name, student.number).trim())
                    .at(Location::row(ROSTER_FILE, row)),
            );
            continue;
        }
        // Rows of the gradebook are found by number: the second one is found by class and name.
        if !student.number.is_empty() && listed.iter().any(|held| held.number == student.number) {
            diagnostics.push(
                Diagnostic::warning(&messages::ROSTER_NUMBER)
                    .arg("number", &student.number)
                    .at(Location::row(ROSTER_FILE, row)),
            );
            student.number.clear();
        }
        listed.push(student);
    }
    Some(listed)
}

/// Columns that are not used while one of nearly their name is missing; its students would lose their numbers or times.
fn slips(head: &[String]) -> Vec<Diagnostic> {
    let known = |held: &String| COLUMNS.iter().any(|(_, names)| names.contains(&held.as_str()));
    let missing: Vec<&[&str]> = COLUMNS
        .iter()
        .map(|(_, names)| *names)
        .filter(|names| !head.iter().any(|held| names.contains(&held.as_str())))
        .collect();
    let slip = |held: &String| {
        // Of two characters one is half the name: `学好` for `学号`. The first one tells: `专业` is no slip of `作业`.
        let near = |name: &str| {
            let alike = name.chars().count() == held.chars().count() && name.chars().next() == held.chars().next();
            (alike && !name.is_ascii() && osa_distance(held, name) == 1) || !nearest_names(held, [name]).is_empty()
        };
        let meant = missing.iter().flat_map(|names| names.iter()).find(|name| near(name))?;
        let problem = Diagnostic::warning(&messages::ROSTER_COLUMN).arg("column", held).arg("missing", *meant);
        Some(problem.at(Location::row(ROSTER_FILE, 1)))
    };
    head.iter().filter(|held| !held.is_empty() && !known(held)).filter_map(slip).collect()
}

/// A moment as course platforms write it; seconds may be missing, and without a time of day it is the end of the day.
pub fn parse_moment(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim().replace(['年', '月', '/', '.'], "-").replace(['日', 'T'], " ").replace('：', ":");
    let text = text.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let text = text.trim_end_matches('Z');
    for format in ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"] {
        if let Ok(moment) = NaiveDateTime::parse_from_str(text, format) {
            return Some(moment);
        }
    }
    chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(23, 59, 59)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::diagnostics::Lang;

    #[test]
    fn columns_in_either_language() {
        let mut diagnostics = Diagnostics::new();
        let text = "\u{feff}学号,姓名,班级,文件,提交时间\n01,张三,营销1班,a.docx,2026/11/20 23:10\n,李四,,,昨天\n,,,,\n01,张三,营销1班,,\n";
        let listed = parse_roster(text, &mut diagnostics).unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!(listed[0].received, parse_moment("2026-11-20 23:10:00"));
        assert_eq!(listed[1].received, None);
        let codes: Vec<&str> = diagnostics.iter().map(|found| found.message.code).collect();
        assert_eq!(codes, ["M0804", "M0805"]);
        assert!(parse_roster("a,b\n1,2\n", &mut Diagnostics::new()).is_none());
    }

    #[test]
    fn a_column_that_is_nearly_one_of_ours_is_named() {
        let told = |head: &str| -> Vec<String> {
            let mut diagnostics = Diagnostics::new();
            parse_roster(&format!("{head}\n张三,1,x,y\n"), &mut diagnostics).unwrap();
            diagnostics.iter().map(|found| found.text(Lang::ZhCn)).collect()
        };
        assert_eq!(told("姓名,学好,电话"), ["名单中的列 `学好` 没有用到，而名单缺少 学号 列"]);
        assert_eq!(told("name,numbr,phone")[0], "名单中的列 `numbr` 没有用到，而名单缺少 number 列");
        // Nothing is missing that it could be, or it is quite another word.
        assert!(told("姓名,学号,学院,电话").is_empty());
        assert!(told("姓名,电话,专业").is_empty());
    }

    #[test]
    fn lists_as_spreadsheet_programs_save_them() {
        let expected = ("张三".to_owned(), "20260101".to_owned());
        let text = "姓名,学号\r\n张三,20260101\r\n李四,20260101\r\n";
        let bytes = [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            encoding_rs::GB18030.encode(text).0.into_owned(),
            text.replace(',', ";").into_bytes(),
            text.replace(',', "\t").into_bytes(),
        ];
        for bytes in bytes {
            let mut diagnostics = Diagnostics::new();
            let listed = parse_roster(&decode(&bytes).unwrap(), &mut diagnostics).unwrap();
            assert_eq!((listed[0].name.clone(), listed[0].number.clone()), expected);
            // One number cannot be two students'.
            assert_eq!((listed[1].name.as_str(), listed[1].number.as_str()), ("李四", ""));
            assert_eq!(diagnostics.iter().map(|found| found.message.code).collect::<Vec<_>>(), ["M0817"]);
        }
    }

    #[test]
    fn moments() {
        let expected = parse_moment("2026-11-20 08:05:00").unwrap();
        for text in ["2026年11月20日 8:05", "2026/11/20 8:05:00", "2026-11-20T08:05:00Z"] {
            assert_eq!(parse_moment(text), Some(expected), "{text}");
        }
        assert_eq!(parse_moment("2026-11-20").unwrap().to_string(), "2026-11-20 23:59:59");
        assert_eq!(parse_moment("soon"), None);
    }
}
