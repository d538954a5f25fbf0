//! The gradebook `grades.xlsx`: proposals beside what the teacher decided. What the teacher wrote is read back before anything is
//! written and stands in the next workbook as it was.

pub mod read;
pub mod state;
mod workbook;

use std::collections::BTreeMap;

pub use workbook::write_gradebook;

use crate::diagnostics::Lang;
use crate::document::format;
use crate::grade::copying::verdicts::VerdictKind;
use crate::grade::course::{Course, Graded};
use crate::grade::rubric::Criterion;
use crate::grade::submissions::State;

/// Name of the gradebook.
pub const GRADEBOOK_FILE: &str = "grades.xlsx";

/// Column in which the teacher decides on points off for lateness.
pub(super) const LATE: &str = "late.teacher";
/// Column in which the teacher confirms what share of the score is kept.
pub(super) const KEPT: &str = "copy.teacher";

/// What a teacher wrote into a row, by the id of its column.
pub type Entries = BTreeMap<String, String>;

/// A column of the gradebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Id, in the hidden first row.
    pub id: String,
    /// Title.
    pub title: String,
    /// The teacher writes here.
    pub teachers: bool,
}

/// A row of the gradebook.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// What the student is found again by.
    pub key: String,
    /// What the program says, by the id of the column.
    pub facts: BTreeMap<String, Fact>,
    /// What the teacher wrote.
    pub entries: Entries,
}

/// A value that the program writes.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// Words.
    Text(String),
    /// A number.
    Number(f64),
}

/// The columns of a course's gradebook.
pub fn columns(course: &Course, lang: Lang) -> Vec<Column> {
    let say = |zh: &str, en: &str| if lang == Lang::ZhCn { zh.to_owned() } else { en.to_owned() };
    let column = |id: &str, title: String, teachers: bool| Column { id: id.to_owned(), title, teachers };
    let mut columns = vec![
        column("key", say("标识", "key"), false),
        column("class", say("班级", "class"), false),
        column("name", say("姓名", "name"), false),
        column("number", say("学号", "number"), false),
        column("state", say("状态", "state"), false),
        column("look", say("需再看", "look again"), false),
        column("received", say("提交时间", "received"), false),
        column("words", say("总字数", "words"), false),
    ];
    for criterion in &course.rubric.criteria {
        let title = criterion.title.get(lang);
        let most = criterion.points;
        let id = &criterion.id;
        columns.push(column(
            &format!("{id}.proposal"),
            say(&format!("{title}（{most}）建议"), &format!("{title} ({most}) proposed")),
            false,
        ));
        columns.push(column(
            &format!("{id}.teacher"),
            say(&format!("{title} 教师"), &format!("{title} teacher")),
            true,
        ));
        columns.push(column(
            &format!("{id}.comment"),
            say(&format!("{title} 评语"), &format!("{title} comment")),
            true,
        ));
    }
    columns.extend([
        column("late.proposal", say("迟交扣分 建议", "late: points off proposed"), false),
        column(LATE, say("迟交扣分 教师", "late: teacher"), true),
        column("copy.finding", say("雷同情况", "copying found"), false),
        column("copy.proposal", say("保留% 建议", "percent kept proposed"), false),
        column(KEPT, say("保留% 教师确认", "percent kept, confirmed by teacher"), true),
        column("total", say("总分", "total"), false),
        column("remark", say("备注（不发给学生）", "remark (not sent)"), true),
    ]);
    columns
}

/// Ids of the columns that the teacher fills in.
pub fn teachers_columns(course: &Course) -> Vec<String> {
    columns(course, Lang::En).into_iter().filter(|column| column.teachers).map(|column| column.id).collect()
}

/// The criteria that keep totals open, each with the number of students read whose score of it is still to be given, in the order of
/// the rubric.
pub fn open_criteria<'c>(course: &'c Course, rows: &[Row]) -> Vec<(&'c Criterion, usize)> {
    let read = || course.students.iter().zip(rows).filter(|(held, _)| held.submission.plan().is_some());
    let open =
        |criterion: &Criterion| read().filter(|(_, row)| row.score(&criterion.id, criterion.points).is_none()).count();
    let counted = course.rubric.criteria.iter().map(|criterion| (criterion, open(criterion)));
    counted.filter(|(_, count)| *count > 0).collect()
}

/// The plans that one stands in, with their shares where there are several: `丁南风（52%）、方知夏（48%）`. `plan` is its number.
pub fn sources_in_words(course: &Course, plan: usize, lang: Lang) -> String {
    let sources = course.sources(plan);
    let zh = lang == Lang::ZhCn;
    let one = |(other, share): &(usize, f64)| {
        let (name, percent) = (course.name(*other), (share * 100.0).round());
        match sources.len() {
            1 => name.to_owned(),
            _ if zh => format!("{name}（{percent}%）"),
            _ => format!("{name} {percent}%"),
        }
    };
    sources.iter().map(one).collect::<Vec<_>>().join(if zh { "、" } else { ", " })
}

/// The row of a student, by number, without the teacher's entries.
pub fn row_of(course: &Course, plan: usize, graded: &Graded, lang: Lang) -> Row {
    let say = |zh: &str, en: &str| if lang == Lang::ZhCn { zh.to_owned() } else { en.to_owned() };
    let held = &graded.submission;
    let mut facts: BTreeMap<String, Fact> = BTreeMap::new();
    let mut text = |id: &str, text: String| {
        if !text.is_empty() {
            facts.insert(id.to_owned(), Fact::Text(text));
        }
    };
    let key = held.student.key();
    text("key", key.clone());
    text("class", held.student.class.clone());
    text("name", held.student.name.clone());
    text("number", held.student.number.clone());
    let state = match &held.state {
        State::Missing => say("未交", "missing"),
        State::Empty => say("无文字", "no text"),
        State::Unreadable(problem) => {
            say(&format!("无法读取：{}", problem.get(Lang::ZhCn)), &format!("unreadable: {}", problem.get(Lang::En)))
        }
        State::Read(_) => {
            let late = graded.late.map(|(days, _)| {
                say(
                    &format!("迟交{days}天"),
                    &if days == 1 { "late, 1 day".to_owned() } else { format!("late, {days} days") },
                )
            });
            let hints = (!graded.flags.is_empty()).then(|| say("有提示", "hints"));
            let found: Vec<String> = late.into_iter().chain(hints).collect();
            if found.is_empty() { say("已读", "read") } else { found.join(&say("·", "; ")) }
        }
    };
    text("state", state);
    text("received", held.received.map(|moment| moment.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default());
    if let Some(verdict) = &graded.verdict {
        let percent = (verdict.share * 100.0).round();
        let sources = sources_in_words(course, plan, lang);
        text(
            "copy.finding",
            match verdict.kind {
                VerdictKind::Full => say(
                    &format!("{percent}%见于较早提交的{sources}：全部雷同"),
                    &format!("{percent}% stands in earlier work ({sources}): copied in full"),
                ),
                VerdictKind::Half { place } => {
                    let place = place + 1;
                    say(
                        &format!("{percent}%见于较早提交的{sources}：部分雷同，按提交先后第{place}位"),
                        &format!(
                            "{percent}% stands in earlier work ({sources}): copied in part, number {place} to hand it in"
                        ),
                    )
                }
                VerdictKind::OrderUndetermined => say(
                    &format!("{percent}%与{sources}相同，先后不明"),
                    &format!("{percent}% shared with {sources}, order undetermined"),
                ),
            },
        );
    }
    let mut number = |id: &str, value: f64| {
        facts.insert(id.to_owned(), Fact::Number(value));
    };
    if let Some(verdict) = graded.verdict.as_ref().filter(|verdict| verdict.kind != VerdictKind::OrderUndetermined) {
        number("copy.proposal", verdict.keeps);
    }
    if let Some(counts) = graded.counts {
        number("words", counts.word as f64);
    }
    if let Some((_, points)) = graded.late {
        number("late.proposal", points);
    }
    for proposal in &graded.proposals {
        if let Some(score) = proposal.score {
            number(&format!("{}.proposal", proposal.criterion), score);
        }
    }
    Row { key, facts, entries: Entries::new() }
}

impl Row {
    /// The teacher's number in a column; `None` where there is none that fits.
    pub fn decided(&self, id: &str, most: f64) -> Option<f64> {
        let value = self.entries.get(id)?.trim().parse::<f64>().ok()?;
        (0.0..=most).contains(&value).then_some(value)
    }

    fn fact(&self, id: &str) -> Option<f64> {
        match self.facts.get(id) {
            Some(Fact::Number(value)) => Some(*value),
            _ => None,
        }
    }

    /// What the program says in a column, in words; empty where it says nothing.
    pub fn text(&self, id: &str) -> String {
        match self.facts.get(id) {
            Some(Fact::Text(text)) => text.clone(),
            Some(Fact::Number(number)) => format::short_number(*number, 1),
            None => String::new(),
        }
    }

    /// Points off for lateness: the teacher's, else those proposed; `None` where there are none, or the cell holds no number.
    pub fn late(&self) -> Option<f64> {
        if self.is_open(LATE, 100.0) { None } else { self.decided(LATE, 100.0).or_else(|| self.fact("late.proposal")) }
    }

    /// Percent of the score that the teacher lets a student keep; `None` while nothing is confirmed.
    pub fn kept(&self) -> Option<f64> {
        self.decided(KEPT, 100.0)
    }

    /// The score of a criterion: the teacher's, else the proposal; `None` too where the teacher wrote what is no score.
    pub fn score(&self, criterion: &str, most: f64) -> Option<f64> {
        let cell = format!("{criterion}.teacher");
        if self.is_open(&cell, most) {
            return None;
        }
        self.decided(&cell, most).or_else(|| self.fact(&format!("{criterion}.proposal")))
    }

    /// True if the teacher wrote something in a column that is no number from 0 to `most`: nobody knows what was meant.
    fn is_open(&self, id: &str, most: f64) -> bool {
        self.entries.get(id).is_some_and(|held| !held.trim().is_empty()) && self.decided(id, most).is_none()
    }

    /// The total as the formula in the sheet gives it: `None` while a criterion has no score, or a cell of the teacher's holds none.
    pub fn total(&self, course: &Course) -> Option<f64> {
        if self.is_open(LATE, 100.0) || self.is_open(KEPT, 100.0) {
            return None;
        }
        let mut sum = 0.0;
        for criterion in &course.rubric.criteria {
            sum += self.score(&criterion.id, criterion.points)?;
        }
        let off = self.late().unwrap_or(0.0);
        let kept = self.kept().unwrap_or(100.0);
        Some(((sum - off).max(0.0) * kept / 10.0).round() / 10.0)
    }
}
