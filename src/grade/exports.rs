//! Grades for other programs: Moodle's grade import and a plain table, both CSV.

use std::collections::BTreeMap;

use crate::diagnostics::Lang;
use crate::grade::course::Course;
use crate::grade::gradebook::Row;

/// A value that no spreadsheet program takes for a formula.
pub fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err() {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn table(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        // Writing to memory cannot fail.
        let _ = writer.write_record(row.iter().map(|cell| harmless(cell)));
    }
    writer.into_inner().unwrap_or_default()
}

fn shown(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// Moodle's grade import: students by ID number, an empty grade where there is none yet.
pub fn moodle(course: &Course, rows: &[Row], comments: &[String], lang: Lang) -> Vec<u8> {
    let title = course.rubric.title.get(lang);
    let mut lines =
        vec![vec!["ID number".to_owned(), "Full name".to_owned(), title.to_owned(), format!("Feedback: {title}")]];
    for ((held, row), comment) in course.students.iter().zip(rows).zip(comments) {
        let student = &held.submission.student;
        lines.push(vec![student.number.clone(), student.name.clone(), shown(row.total(course)), comment.clone()]);
    }
    table(&lines)
}

/// The plain table: what every criterion counts, what lateness takes off, what share is kept, and the total.
pub fn plain(course: &Course, rows: &[Row], lang: Lang) -> Vec<u8> {
    let say = |zh: &str, en: &str| if lang == Lang::ZhCn { zh.to_owned() } else { en.to_owned() };
    let mut head = vec![say("班级", "class"), say("姓名", "name"), say("学号", "number"), say("状态", "state")];
    head.push(say("总字数", "words"));
    let criteria = course.rubric.criteria.iter();
    head.extend(criteria.map(|held| {
        say(
            &format!("{}（{}）", held.title.get(lang), held.points),
            &format!("{} ({})", held.title.get(lang), held.points),
        )
    }));
    head.extend([say("迟交扣分", "late: points off"), say("保留%", "percent kept"), say("总分", "total")]);
    let mut lines = vec![head];
    for (held, row) in course.students.iter().zip(rows) {
        let student = &held.submission.student;
        let words = held.counts.map_or_else(String::new, |counts| counts.word.to_string());
        let mut line =
            vec![student.class.clone(), student.name.clone(), student.number.clone(), row.text("state"), words];
        line.extend(course.rubric.criteria.iter().map(|held| shown(row.score(&held.id, held.points))));
        line.extend([shown(row.late()), shown(row.kept()), shown(row.total(course))]);
        lines.push(line);
    }
    table(&lines)
}

/// Comments by code, from `comments.yaml`: `#code` in a comment cell stands for the text.
pub fn expand(comment: &str, bank: &BTreeMap<String, String>) -> String {
    let mut text = comment.to_owned();
    let mut codes: Vec<&String> = bank.keys().collect();
    codes.sort_by_key(|code| std::cmp::Reverse(code.len()));
    for code in codes {
        text = text.replace(&format!("#{code}"), &bank[code]);
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn formulas_and_codes() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("-3.5"), "-3.5");
        let bank =
            [("swot".to_owned(), "SWOT 可以省略。".to_owned()), ("swot2".to_owned(), "补充威胁。".to_owned())].into();
        assert_eq!(expand("好。#swot2 #swot", &bank), "好。补充威胁。 SWOT 可以省略。");
    }
}
