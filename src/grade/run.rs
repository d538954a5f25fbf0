//! One grading run: read, measure, read the gradebook back, write everything that is new.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::config::fragment;
use crate::config::validate::is_safe_file_name;
use crate::diagnostics::messages::grading as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang};
use crate::document::Document;
use crate::grade::copy_report::copy_report;
use crate::grade::course::{Course, load_course};
use crate::grade::exports::{self, expand};
use crate::grade::feedback::Writer;
use crate::grade::gradebook::read::read_gradebook;
use crate::grade::gradebook::state::{load_memory, log};
use crate::grade::gradebook::{Column, Fact, GRADEBOOK_FILE, Row, row_of, write_gradebook};
use crate::grade::submissions::worker::Reader;
use crate::output::manifest::{FileRecord, Program};
use crate::output::{OutputFile, publish, publish_file};
use crate::render::html::render_html;
use crate::render::templates::typst_sources;
use crate::render::typst::{Fonts, TypstSources, forget_unused, render_pdf};

/// What to do.
#[derive(Debug, Clone)]
pub struct GradeRequest {
    /// The course folder.
    pub course: PathBuf,
    /// Folder for reports; default `out` inside the course.
    pub out: Option<PathBuf>,
    /// Language, instead of the rubric's.
    pub lang: Option<Lang>,
    /// Names and numbers are replaced everywhere, and the teacher's gradebook is left alone.
    pub anonymous: bool,
    /// No PDF files.
    pub no_pdf: bool,
    /// The program that reads files.
    pub reader: Reader,
    /// Date of the reports, `2026-11-20`.
    pub date: String,
    /// The moment, for the log.
    pub now: String,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// The course.
    pub course: Course,
    /// The rows of the gradebook.
    pub rows: Vec<Row>,
    /// Folder with the reports; `None` where they could not be published.
    pub out: Option<PathBuf>,
}

/// Name of the reusable comments.
const COMMENTS_FILE: &str = "comments.yaml";

/// Grades a course.
pub fn grade(request: &GradeRequest, diagnostics: &mut Diagnostics) -> Option<Outcome> {
    let course = load_course(&request.course, &request.reader, request.anonymous, diagnostics)?;
    let lang = request.lang.unwrap_or(course.rubric.lang);
    let mut rows: Vec<Row> =
        course.students.iter().enumerate().map(|(plan, held)| row_of(&course, plan, held, lang)).collect();
    let (mut strangers, mut others) = (Vec::new(), Vec::new());
    if !request.anonymous {
        (strangers, others) = take_in(&course, &mut rows, lang, request, diagnostics)?;
    }
    let book: Vec<Row> = rows.iter().cloned().chain(strangers).collect();
    let workbook = write_gradebook(&course, &book, &others, lang, diagnostics)?;
    if !request.anonymous && !publish_file(&request.course.join(GRADEBOOK_FILE), &workbook, diagnostics) {
        return None;
    }
    let comments = comment_bank(&request.course, diagnostics);
    let mut files = reports(&course, &rows, lang, request, &comments, diagnostics);
    if request.anonymous {
        files.push(OutputFile { name: GRADEBOOK_FILE.to_owned(), content: workbook });
    }
    let records: Vec<FileRecord> = files.iter().map(|file| FileRecord::of(&file.name, &file.content)).collect();
    let manifest = json!({
        "schema": 1, "program": Program::default(), "date": request.date, "anonymous": request.anonymous,
        "settings": course.rubric.settings().into_iter().collect::<BTreeMap<_, _>>(), "outputs": records,
    });
    let content = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    files.push(OutputFile { name: "manifest.json".to_owned(), content });
    let usual = if request.anonymous { "out-anonymous" } else { "out" };
    let out = request.out.clone().unwrap_or_else(|| request.course.join(usual));
    let done = publish(&out, &files, diagnostics);
    Some(Outcome { course, rows, out: done.then_some(out) })
}

/// Takes in what the teacher wrote, logs what is new and remembers it. Gives the rows of students who left the class, and the columns
/// that the rubric does not know.
fn take_in(
    course: &Course,
    rows: &mut [Row],
    lang: Lang,
    request: &GradeRequest,
    diagnostics: &mut Diagnostics,
) -> Option<(Vec<Row>, Vec<Column>)> {
    let mut memory = load_memory(&request.course, diagnostics)?;
    let written = read_gradebook(course, &memory, diagnostics)?;
    let files: BTreeMap<String, Option<String>> =
        course.students.iter().map(|held| (held.submission.student.key(), held.submission.sha256.clone())).collect();
    let decisions = memory.learn(&written, &files);
    for (row, held) in rows.iter_mut().zip(&course.students) {
        if let Some(entries) = written.rows.get(&row.key) {
            row.entries.clone_from(entries);
        }
        if memory.changed_after(&row.key) {
            let text =
                if lang == Lang::ZhCn { "评分后作业有改动" } else { "the work changed after it was graded" };
            row.facts.insert("look".to_owned(), Fact::Text(text.to_owned()));
            diagnostics
                .push(Diagnostic::warning(&messages::CHANGED_AFTER).arg("student", held.submission.student.shown()));
        }
    }
    let mut strangers = Vec::new();
    for (key, entries) in written.rows.iter().filter(|(key, entries)| !files.contains_key(*key) && !entries.is_empty())
    {
        let name = written.names.get(key).cloned().unwrap_or_default();
        diagnostics
            .push(Diagnostic::warning(&messages::GRADEBOOK_STRANGER).arg("student", format!("{name} {key}").trim()));
        let facts = [("key".to_owned(), Fact::Text(key.clone())), ("name".to_owned(), Fact::Text(name))];
        strangers.push(Row { key: key.clone(), facts: facts.into(), entries: entries.clone() });
    }
    let logged = log(&request.course, &decisions, written.by.as_deref(), &request.now, diagnostics);
    (logged && memory.store(&request.course, diagnostics)).then_some((strangers, written.others))
}

fn comment_bank(course: &Path, diagnostics: &mut Diagnostics) -> BTreeMap<String, String> {
    let path = course.join(COMMENTS_FILE);
    if !path.exists() {
        return BTreeMap::new();
    }
    let Some(text) = crate::config::read_text(&path, COMMENTS_FILE, diagnostics) else { return BTreeMap::new() };
    match fragment::parse(&text) {
        Ok(serde_json::Value::Object(entries)) => {
            let text = |value: serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            entries.into_iter().map(|(code, value)| (code, text(value))).collect()
        }
        Ok(serde_json::Value::Null) => BTreeMap::new(),
        Ok(_) => {
            diagnostics
                .push(Diagnostic::warning(&messages::COMMENTS).at(crate::diagnostics::Location::file(COMMENTS_FILE)));
            BTreeMap::new()
        }
        Err((problem, line)) => {
            diagnostics.push(
                Diagnostic::error(&crate::diagnostics::messages::config::YAML_SYNTAX)
                    .arg("problem", problem)
                    .at(crate::diagnostics::Location::text(COMMENTS_FILE, line, 1)),
            );
            BTreeMap::new()
        }
    }
}

/// The files of the reports.
fn reports(
    course: &Course,
    rows: &[Row],
    lang: Lang,
    request: &GradeRequest,
    comments: &BTreeMap<String, String>,
    diagnostics: &mut Diagnostics,
) -> Vec<OutputFile> {
    let writer = Writer { course, lang, date: &request.date, comments };
    let mut set = Set { files: Vec::new(), typst: None };
    if !request.no_pdf {
        set.typst = Some((typst_sources("coursework-plan", None, diagnostics), Fonts::system()));
    }
    let class = writer.class(rows);
    set.html("class", &class);
    let mut documents = Vec::new();
    let feedback = course.students.iter().map(|held| format!("{} {}", held.submission.student.number, held.label));
    let cases = safe_names(course.students.iter().map(|held| held.label.clone()));
    for ((held, row), name) in course.students.iter().zip(rows).zip(safe_names(feedback)) {
        let document = writer.student(held, row);
        set.html(&format!("feedback/{name}"), &document);
        documents.push((format!("feedback/{name}"), document));
    }
    for (plan, name) in cases.into_iter().enumerate() {
        documents.extend(writer.case(plan).map(|document| (format!("evidence/{name}"), document)));
    }
    set.pdfs(&documents, request.reader.jobs, diagnostics);
    let mut file = |name: &str, content: Vec<u8>| set.files.push(OutputFile { name: name.to_owned(), content });
    file("copies.html", copy_report(course, lang).into_bytes());
    let said: Vec<String> = rows.iter().map(|row| teacher_words(course, row, comments)).collect();
    file("moodle.csv", exports::moodle(course, rows, &said, lang));
    file("grades.csv", exports::plain(course, rows, lang));
    set.files
}

/// The teacher's comments on the criteria in one text, for the student. The remark of a row is the teacher's own.
fn teacher_words(course: &Course, row: &Row, comments: &BTreeMap<String, String>) -> String {
    let ids = course.rubric.criteria.iter().map(|held| format!("{}.comment", held.id));
    let texts = ids.filter_map(|id| row.entries.get(&id)).map(|comment| expand(comment, comments));
    texts.collect::<Vec<_>>().join(" ")
}

struct Set {
    files: Vec<OutputFile>,
    typst: Option<(TypstSources, Fonts)>,
}

impl Set {
    fn html(&mut self, name: &str, document: &Document) {
        let html = render_html(document, None, &|_, _| None);
        self.files.push(OutputFile { name: format!("{name}.html"), content: html.into_bytes() });
    }

    /// Sets documents side by side on the machine's cores.
    fn pdfs(&mut self, documents: &[(String, Document)], jobs: usize, diagnostics: &mut Diagnostics) {
        let Some((sources, fonts)) = &self.typst else { return };
        let share = documents.len().div_ceil(jobs.max(1)).max(1);
        let set = |chunk: &[(String, Document)]| {
            let mut found = Diagnostics::new();
            let mut files = Vec::new();
            for (name, document) in chunk {
                if let Some(pdf) = render_pdf(document, sources, fonts, &[], &mut found) {
                    files.push(OutputFile { name: format!("{name}.pdf"), content: pdf.bytes });
                }
                forget_unused();
            }
            (files, found)
        };
        let made: Vec<_> = std::thread::scope(|scope| {
            let running: Vec<_> = documents.chunks(share).map(|chunk| scope.spawn(move || set(chunk))).collect();
            let joined = running.into_iter().map(|thread| thread.join());
            joined.map(|made| made.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        for (files, found) in made {
            self.files.extend(files);
            found.into_iter().for_each(|problem| diagnostics.push_once(problem));
        }
    }
}

/// File names that every system takes, each once, also where capitals are the same as small letters.
fn safe_names(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let names = texts.map(|text| {
        let name = safe_name(&text);
        let numbered = (2..).map(|number: u32| format!("{name}-{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| taken.insert(name.to_lowercase()));
        free.unwrap_or(name)
    });
    names.collect()
}

/// A file name that every system takes.
fn safe_name(text: &str) -> String {
    let clean = |letter: char| if letter.is_control() || "/\\:*?\"<>|".contains(letter) { '-' } else { letter };
    let name: String = text.trim().chars().map(clean).take(40).collect();
    let name = name.trim_matches(['.', ' ']).to_owned();
    if is_safe_file_name(&name) { name } else { format!("{name}-") }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_harmless_and_stand_once() {
        let texts = ["../../etc/passwd", "a/b", "A-B", "CON", "张三\u{7}\n", "", "...", "x:y*z?"];
        let names = safe_names(texts.iter().map(|text| (*text).to_owned()));
        assert_eq!(names[1..3], ["a-b", "A-B-2"]);
        for name in &names {
            assert!(is_safe_file_name(name), "{name:?}");
        }
        let long = safe_names(["长".repeat(60), "长".repeat(61)].into_iter());
        assert_ne!(long[0], long[1]);
    }
}
