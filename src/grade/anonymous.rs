//! Names and numbers out of everything that is known about a course, after it was measured. In texts every letter of a name is replaced
//! by one other letter, so that counts and the places of passages stay as they are.

use crate::diagnostics::{Diagnostics, Lang, LocalizedTexts, lang_texts};
use crate::grade::course::Course;
use crate::grade::evidence::Reason;
use crate::grade::submissions::State;
use crate::grade::submissions::document::Properties;
use crate::grade::submissions::gate::is_han;
use crate::grade::submissions::owners::{Student, label, student_of};

/// Shortest number and name of a class that are looked for in texts: shorter ones are dates and amounts.
const SHORTEST_NUMBER: usize = 5;
const SHORTEST_CLASS: usize = 4;
const SHORTEST_NAME: usize = 2;

/// Arguments of messages that are paths.
const PATHS: [&str; 3] = ["file", "others", "entry"];

/// Replaces names, numbers and classes everywhere: in the list, in texts, quotes and messages. Students become S001, S002 …, plans of
/// prior years A001, A002 …
pub(super) fn anonymise(course: &mut Course, diagnostics: &mut Diagnostics) {
    let students: Vec<Student> = course.students.iter().map(|held| held.submission.student.clone()).collect();
    let before = course.archive.iter().map(|path| student_of(&label(path)));
    let masks = Masks::new(students.iter().cloned().chain(before));
    for (at, held) in course.students.iter_mut().enumerate() {
        let code = code(at);
        held.label.clone_from(&code);
        let work = &mut held.submission;
        work.student = Student { name: code, ..Student::default() };
        work.file = work.file.as_ref().map(|_| String::new());
        match &mut work.state {
            State::Read(plan) => {
                plan.pieces.iter_mut().for_each(|piece| masks.hide(&mut piece.text));
                plan.hidden.iter_mut().for_each(|hidden| masks.hide(&mut hidden.text));
                plan.apart.iter_mut().for_each(|text| masks.hide(text));
                plan.properties = Properties::default();
            }
            State::Unreadable(problem) => masks.hide_words(problem),
            State::Missing | State::Empty => {}
        }
        let reasons = held.proposals.iter_mut().flat_map(|proposal| &mut proposal.reasons).chain(&mut held.flags);
        reasons.for_each(|reason| masks.hide_reason(reason));
    }
    course.texts.iter_mut().for_each(|text| masks.hide(text));
    course.archive.iter_mut().enumerate().for_each(|(at, name)| *name = format!("A{:03}", at + 1));
    for mut problem in std::mem::take(diagnostics) {
        for (name, value) in &mut problem.arguments {
            let whose = students.iter().position(|student| student.shown() == *value);
            match whose {
                Some(at) => *value = code(at),
                None if PATHS.contains(name) => *value = ending_of(value),
                None => masks.hide(value),
            }
        }
        problem.worded.iter_mut().for_each(|(_, words)| masks.hide_words(words));
        diagnostics.push(problem);
    }
}

fn code(at: usize) -> String {
    format!("S{:03}", at + 1)
}

/// What is hidden, the longest first: 张三丰 before 张三.
struct Masks(Vec<(String, String)>);

impl Masks {
    fn new(students: impl Iterator<Item = Student>) -> Self {
        let mut names: Vec<String> = Vec::new();
        for student in students {
            let wanted =
                [(student.name, SHORTEST_NAME), (student.number, SHORTEST_NUMBER), (student.class, SHORTEST_CLASS)];
            names.extend(
                wanted.into_iter().filter(|(text, least)| text.chars().count() >= *least).map(|(text, _)| text),
            );
        }
        names.sort_by(|one, other| other.chars().count().cmp(&one.chars().count()).then(one.cmp(other)));
        names.dedup();
        let masked = names.into_iter().map(|name| {
            let mask = name.chars().map(|letter| match letter {
                han if is_han(han) => '某',
                gap if gap.is_whitespace() => gap,
                _ => '*',
            });
            let mask = mask.collect();
            (name, mask)
        });
        Self(masked.collect())
    }

    fn hide(&self, text: &mut String) {
        for (name, mask) in self.0.iter().filter(|(name, _)| text.contains(name.as_str())).collect::<Vec<_>>() {
            *text = text.replace(name.as_str(), mask);
        }
    }

    fn hide_words(&self, words: &mut LocalizedTexts) {
        let hidden = |lang: Lang| {
            let mut text = words.get(lang).to_owned();
            self.hide(&mut text);
            text
        };
        *words = lang_texts(hidden(Lang::ZhCn), hidden(Lang::En));
    }

    fn hide_reason(&self, reason: &mut Reason) {
        self.hide_words(&mut reason.text);
        if let Some(quote) = &mut reason.quote {
            self.hide(quote);
        }
    }
}

/// Nothing of a path is told but what it ends with: its other parts may name people who are on no list.
fn ending_of(path: &str) -> String {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.trim_end_matches('`').to_lowercase());
    let plain = |ending: &String| {
        (1..=8).contains(&ending.len()) && ending.chars().all(|letter| letter.is_ascii_alphanumeric())
    };
    ending.filter(plain).map_or_else(|| "*".to_owned(), |ending| format!("*.{ending}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_length_and_short_numbers_are_no_names() {
        let student = |name: &str, number: &str, class: &str| Student {
            name: name.to_owned(),
            number: number.to_owned(),
            class: class.to_owned(),
        };
        let list =
            [student("张三", "12", "1班"), student("张三丰", "20260102", "营销2601"), student("Ann Lee", "3", "")];
        let masks = Masks::new(list.into_iter());
        let mut text = "营销2601班张三丰和张三，学号20260102，12月1日与Ann Lee一起".to_owned();
        let before = text.chars().count();
        masks.hide(&mut text);
        assert_eq!(text, "某某****班某某某和某某，学号********，12月1日与*** ***一起");
        assert_eq!(text.chars().count(), before);
        assert_eq!((ending_of("王五/策划.DOCX"), ending_of("王五")), ("*.docx".to_owned(), "*".to_owned()));
    }
}
