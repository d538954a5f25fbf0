//! Which file belongs to whom: by the class list's file column, by number, by name; without a list by folder or file name.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDateTime;
use serde::Serialize;

use super::gate::is_han;
use super::roster::{Listed, ROSTER_FILE};
use crate::diagnostics::messages::grading as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};

/// A student.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Student {
    /// Class; may be empty.
    pub class: String,
    /// Name.
    pub name: String,
    /// Student number; may be empty.
    pub number: String,
}

impl Student {
    /// How the student is called in messages.
    pub fn shown(&self) -> String {
        format!("{} {}", self.name, self.number).trim().to_owned()
    }

    /// What the student is found again by: the number, else class and name.
    pub fn key(&self) -> String {
        if self.number.is_empty() { format!("{}/{}", self.class, self.name) } else { self.number.clone() }
    }
}

/// A file under `submissions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Path relative to `submissions`, with `/`.
    pub shown: String,
    /// Where it lies.
    pub path: PathBuf,
}

/// A student with all files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    /// Whose.
    pub student: Student,
    /// When the work was received.
    pub received: Option<NaiveDateTime>,
    /// The files; those that the class list names stand first.
    pub files: Vec<Found>,
    /// How many the class list names.
    pub named: usize,
}

/// Gives every file to a student. Files of nobody on the list are reported and stand for themselves at the end.
pub fn assign(listed: &[Listed], found: Vec<Found>, diagnostics: &mut Diagnostics) -> Vec<Owned> {
    let mut owned: Vec<Owned> = listed
        .iter()
        .map(|held| Owned {
            student: Student { class: held.class.clone(), name: held.name.clone(), number: held.number.clone() },
            received: held.received,
            files: Vec::new(),
            named: 0,
        })
        .collect();
    // Without a class list several files of one name and number are one student's.
    let mut strangers: BTreeMap<Student, Vec<Found>> = BTreeMap::new();
    for file in found {
        match owner(listed, &file.shown) {
            Some(index) => {
                let held = &mut owned[index];
                if is_named(&listed[index], &file.shown) {
                    held.files.insert(held.named, file);
                    held.named += 1;
                } else {
                    held.files.push(file);
                }
            }
            None => {
                if !listed.is_empty() {
                    diagnostics.push(Diagnostic::warning(&messages::NOBODYS_FILE).arg("file", &file.shown));
                }
                strangers.entry(student_of(&label(&file.shown))).or_default().push(file);
            }
        }
    }
    for (index, held) in listed.iter().enumerate() {
        if !held.file.is_empty() && owned[index].files.is_empty() {
            diagnostics.push(
                Diagnostic::warning(&messages::NO_SUCH_FILE)
                    .arg("file", &held.file)
                    .arg("student", owned[index].student.shown())
                    .at(Location::file(ROSTER_FILE)),
            );
        }
    }
    owned.extend(strangers.into_iter().map(|(student, files)| Owned { student, received: None, files, named: 0 }));
    owned
}

/// The student on the list that a path belongs to, if exactly one does.
fn owner(listed: &[Listed], shown: &str) -> Option<usize> {
    let by_file = |held: &Listed| is_named(held, shown);
    let by_number = |held: &Listed| !held.number.is_empty() && holds_number(shown, &held.number);
    let by_name = |held: &Listed| holds_name(shown, &held.name);
    let only = |test: &dyn Fn(&Listed) -> bool| {
        let mut fitting = listed.iter().enumerate().filter(|(_, held)| test(held)).map(|(index, _)| index);
        match (fitting.next(), fitting.next()) {
            (Some(index), None) => Some(index),
            _ => None,
        }
    };
    only(&by_file).or_else(|| only(&by_number)).or_else(|| only(&by_name))
}

/// The class list names the file, or the folder that it lies in.
fn is_named(held: &Listed, shown: &str) -> bool {
    let wanted = held.file.trim_end_matches('/');
    !wanted.is_empty()
        && (shown == wanted
            || shown.starts_with(&format!("{wanted}/"))
            || shown.rsplit('/').next().is_some_and(|name| name == wanted))
}

/// The number stands in the path, with no letter or digit beside it that would make it another one.
fn holds_number(shown: &str, number: &str) -> bool {
    shown.match_indices(number).any(|(at, _)| {
        let before = shown[..at].chars().next_back();
        let after = shown[at + number.len()..].chars().next();
        let edge = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_ascii_alphanumeric());
        edge(before) && edge(after)
    })
}

/// The name is a whole part of the path between marks, digits or Latin letters: 张三 does not own 张三丰's file.
fn holds_name(shown: &str, name: &str) -> bool {
    if name.is_empty() {
        return false;
    }
    if name.chars().all(is_han) {
        let parts = shown.split(|letter: char| !is_han(letter));
        return parts.into_iter().any(|part| part == name);
    }
    let squeeze = |text: &str| text.to_lowercase().replace([' ', '_', '-'], "");
    let wanted = squeeze(name);
    shown.split('/').any(|part| squeeze(part).contains(&wanted))
}

/// The part of a path that names the student.
pub fn label(shown: &str) -> String {
    match shown.split_once('/') {
        Some((folder, _)) => folder.to_owned(),
        None => shown.rsplit_once('.').map_or(shown, |(stem, _)| stem).to_owned(),
    }
}

/// Name and number out of a folder or file name such as `20260101_张三_策划书` or Moodle's `张三_4711_assignsubmission_file_`.
pub fn student_of(label: &str) -> Student {
    let moodle = label.split_once("_assignsubmission_").and_then(|(front, _)| front.rsplit_once('_'));
    if let Some((name, _)) = moodle {
        return Student { name: name.to_owned(), ..Student::default() };
    }
    let parts: Vec<&str> =
        label.split(['_', '-', ' ', '+', '(', ')', '（', '）', '－']).filter(|part| !part.is_empty()).collect();
    let is_number = |part: &&&str| part.len() >= 5 && part.chars().all(|letter| letter.is_ascii_digit());
    let number = parts.iter().find(is_number).map_or(String::new(), |part| (*part).to_owned());
    let is_name = |part: &&&str| (2..=4).contains(&part.chars().count()) && part.chars().all(is_han);
    let name = parts.iter().find(is_name).map_or_else(|| label.to_owned(), |part| (*part).to_owned());
    Student { class: String::new(), name, number }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> Vec<Found> {
        names.iter().map(|name| Found { shown: (*name).to_owned(), path: PathBuf::from(name) }).collect()
    }

    fn student(name: &str, number: &str, file: &str) -> Listed {
        Listed { name: name.to_owned(), number: number.to_owned(), file: file.to_owned(), ..Listed::default() }
    }

    #[test]
    fn files_find_their_students() {
        let listed =
            [student("张三", "2026001", ""), student("张三丰", "2026002", ""), student("李四", "1", "odd/x.pdf")];
        let files = found(&["张三丰_策划.docx", "作业-2026001-终稿.docx", "x/张三.docx", "odd/x.pdf", "12026001.docx"]);
        let mut diagnostics = Diagnostics::new();
        let owned = assign(&listed, files, &mut diagnostics);
        let names = |index: usize| owned[index].files.iter().map(|file| file.shown.as_str()).collect::<Vec<_>>();
        assert_eq!(names(0), ["作业-2026001-终稿.docx", "x/张三.docx"]);
        assert_eq!(names(1), ["张三丰_策划.docx"]);
        assert_eq!(names(2), ["odd/x.pdf"]);
        assert_eq!(names(3), ["12026001.docx"]);
        assert_eq!(diagnostics.len(), 1);
    }

    #[test]
    fn the_file_that_the_list_names_comes_first() {
        let listed = [student("张三", "2026001", "b.docx")];
        let owned = assign(&listed, found(&["2026001_a.docx", "b.docx"]), &mut Diagnostics::new());
        let names: Vec<&str> = owned[0].files.iter().map(|file| file.shown.as_str()).collect();
        assert_eq!((names, owned[0].named), (vec!["b.docx", "2026001_a.docx"], 1));
    }

    #[test]
    fn two_files_of_one_student_are_one_students() {
        let files = found(&["张三_策划.docx", "张三_终稿.docx", "20260102_李四.docx", "20260103_李四.docx"]);
        let owned = assign(&[], files, &mut Diagnostics::new());
        let counts: Vec<(String, usize)> = owned.iter().map(|held| (held.student.key(), held.files.len())).collect();
        assert_eq!(counts, [("/张三".into(), 2), ("20260102".into(), 1), ("20260103".into(), 1)]);
    }

    #[test]
    fn names_without_a_list() {
        for (label, name, number) in [
            ("20260101_张三_策划书", "张三", "20260101"),
            ("王小明_4711_assignsubmission_file_", "王小明", ""),
            ("营销1班-李四", "李四", ""),
            ("plan of mine", "plan of mine", ""),
        ] {
            let student = student_of(label);
            assert_eq!((student.name.as_str(), student.number.as_str()), (name, number), "{label}");
        }
    }
}
