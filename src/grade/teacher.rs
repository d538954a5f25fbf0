//! A teacher's own scores from a CSV file, to be held against the proposals.

use std::path::Path;

use crate::diagnostics::messages::grading as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Location, io_problem};
use crate::grade::agreement::{Agreement, agreement};
use crate::grade::course::Course;
use crate::grade::submissions::text::decode;

/// Reads the scores and gives the agreement by criterion. `None` if the file cannot be used.
pub fn measure(course: &Course, path: &Path, diagnostics: &mut Diagnostics) -> Option<Vec<Agreement>> {
    let file = path.display().to_string();
    let text = match std::fs::read(path).map_err(|error| io_problem(&error)).and_then(|bytes| decode(&bytes)) {
        Ok(text) => text,
        Err(problem) => {
            let unreadable = Diagnostic::error(&crate::diagnostics::messages::config::UNREADABLE).arg("file", &file);
            diagnostics.push(unreadable.words("problem", problem));
            return None;
        }
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let head: Vec<String> = reader
        .headers()
        .map(|head| head.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect())
        .unwrap_or_default();
    let place = |names: &[&str]| head.iter().position(|held| names.iter().any(|name| held.eq_ignore_ascii_case(name)));
    let who = (place(&["number", "学号"]), place(&["name", "姓名"]));
    let criteria = &course.rubric.criteria;
    let columns: Vec<Option<usize>> =
        criteria.iter().map(|held| place(&[&held.id, held.title.get(Lang::ZhCn), held.title.get(Lang::En)])).collect();
    if who == (None, None) || columns.iter().all(Option::is_none) {
        let ids = criteria.iter().map(|held| held.id.as_str()).collect::<Vec<_>>().join(", ");
        diagnostics.push(
            Diagnostic::error(&messages::AGREEMENT_COLUMNS)
                .arg("criteria", ids)
                .arg("found", head.join(", "))
                .at(Location::row(&file, 1)),
        );
        return None;
    }
    let mut scores: Vec<Vec<(f64, f64)>> = vec![Vec::new(); criteria.len()];
    for (index, record) in reader.records().enumerate() {
        let Ok(record) = record else { continue };
        let row = index as u64 + 2;
        let cell = |column: Option<usize>| column.and_then(|column| record.get(column)).unwrap_or_default();
        let (number, name) = (cell(who.0), cell(who.1));
        let student = course.students.iter().find(|held| {
            let student = &held.submission.student;
            if number.is_empty() { student.name == name } else { student.number == number }
        });
        let Some(student) = student else {
            let stranger =
                Diagnostic::warning(&messages::AGREEMENT_STRANGER).arg("student", format!("{name} {number}").trim());
            diagnostics.push(stranger.at(Location::row(&file, row)));
            continue;
        };
        for ((criterion, column), scores) in criteria.iter().zip(&columns).zip(&mut scores) {
            let value = cell(*column);
            let proposal =
                student.proposals.iter().find(|held| held.criterion == criterion.id).and_then(|held| held.score);
            match (value.parse::<f64>(), proposal) {
                (Ok(teacher), Some(proposal)) if (0.0..=criterion.points).contains(&teacher) => {
                    scores.push((proposal, teacher))
                }
                (Ok(_), None) => {}
                _ if value.is_empty() => {}
                _ => diagnostics.push(
                    Diagnostic::warning(&messages::AGREEMENT_VALUE).arg("value", value).at(Location::row(&file, row)),
                ),
            }
        }
    }
    Some(criteria.iter().zip(&scores).filter_map(|(held, scores)| agreement(&held.id, scores, held.points)).collect())
}
