//! `manyi grade`: a class's planning documents in, a gradebook, feedback and a copy report out.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;

use serde_json::json;

use crate::cli::args::GradeOptions;
use crate::cli::console::{Console, TextTable};
use crate::cli::{Outcome, print_json};
use crate::diagnostics::messages::output as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang};
use crate::document::format;
use crate::grade::agreement::Agreement;
use crate::grade::feedback::open_words;
use crate::grade::gradebook::{GRADEBOOK_FILE, Row, open_criteria};
use crate::grade::submissions::State;
use crate::grade::submissions::read::{Answer, read_file};
use crate::grade::submissions::worker::Reader;
use crate::grade::{self, GradeRequest, teacher};

pub(crate) fn run(
    options: &GradeOptions,
    lang: Option<Lang>,
    console: &Console,
    diagnostics: &mut Diagnostics,
) -> Outcome {
    let Some((date, now)) = moment(diagnostics) else { return Ok(()) };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let request = GradeRequest {
        course: options.course.clone(),
        out: options.out.clone(),
        lang,
        anonymous: options.anonymous,
        no_pdf: options.no_pdf,
        reader: Reader { program: std::env::current_exe()?, jobs: options.jobs.unwrap_or(cores) },
        date,
        now,
    };
    let graded = {
        let _progress = console.progress("正在批改…", "grading …");
        grade::grade(&request, diagnostics)
    };
    let Some(graded) = graded else {
        return if console.json { print_json(console, json!({ "schema": 1 }), diagnostics) } else { Ok(()) };
    };
    let agreement = options.agreement.as_ref().and_then(|file| teacher::measure(&graded.course, file, diagnostics));
    if console.json {
        return print_json(console, as_json(&graded, agreement.as_deref()), diagnostics);
    }
    let mut text = overview(&graded, console);
    let open = open_criteria(&graded.course, &graded.rows);
    let open: Vec<_> = open.iter().map(|(held, count)| (held.title.get(console.lang), *count)).collect();
    if let Some(words) = open_words(&open, console.lang) {
        let _ = writeln!(text, "{words}");
    }
    if options.agreement.is_some() {
        text.push_str(&agreement_text(agreement.as_deref().unwrap_or_default(), console));
    } else {
        let _ = writeln!(
            text,
            "{}",
            console.say(
                "一致性：未测量（没有教师评分，见 --agreement）",
                "agreement not measured (no teacher scores; see --agreement)"
            )
        );
    }
    if !options.anonymous {
        let _ =
            writeln!(text, "{}  {}", console.say("成绩册", "gradebook"), options.course.join(GRADEBOOK_FILE).display());
    }
    if let Some(out) = &graded.out {
        let _ = writeln!(text, "{}  {}", console.say("报告", "reports"), out.display());
    }
    console.data(&text)
}

/// What a worker does: reads files, writes an answer for each.
pub(crate) fn read_submissions(files: &[PathBuf], console: &Console) -> Outcome {
    let answers: Vec<Answer> = files.iter().map(|file| read_file(file)).collect();
    console.data(&serde_json::to_string(&answers).map_err(io::Error::other)?)
}

/// Date and moment: those of `SOURCE_DATE_EPOCH`, else the clock's.
fn moment(diagnostics: &mut Diagnostics) -> Option<(String, String)> {
    let now = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(epoch) => {
            let held = epoch.trim().parse().ok().and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0));
            let Some(held) = held else {
                diagnostics.push(Diagnostic::error(&messages::BAD_EPOCH).arg("value", epoch));
                return None;
            };
            held.naive_utc()
        }
        Err(_) => chrono::Local::now().naive_local(),
    };
    Some((now.format("%Y-%m-%d").to_string(), now.format("%Y-%m-%d %H:%M:%S").to_string()))
}

fn overview(graded: &grade::Outcome, console: &Console) -> String {
    let lang = console.lang;
    let course = &graded.course;
    let mut head = vec![console.say("学生", "student").to_owned(), console.say("总字数", "words").to_owned()];
    head.extend(course.rubric.criteria.iter().map(|held| held.title.get(lang).to_owned()));
    head.extend([console.say("总分", "total").to_owned(), console.say("雷同", "copying").to_owned()]);
    let mut right = vec![true; head.len()];
    right[0] = false;
    *right.last_mut().unwrap_or(&mut false) = false;
    let mut table = TextTable::new(head, right);
    for (held, row) in course.students.iter().zip(&graded.rows) {
        let number = |value: Option<f64>| {
            value.map_or_else(|| format::NO_VALUE.to_owned(), |value| format::short_number(value, 1))
        };
        let mut cells = vec![
            held.label.clone(),
            held.counts.map_or_else(|| state(&held.submission.state, console), |counts| counts.word.to_string()),
        ];
        cells.extend(course.rubric.criteria.iter().map(|criterion| number(row.score(&criterion.id, criterion.points))));
        cells.push(number(row.total(course)));
        cells.push(held.verdict.as_ref().map_or_else(String::new, |verdict| {
            format!("{:.0}% {}", verdict.share * 100.0, course.name(verdict.source))
        }));
        table.row(cells);
    }
    table.render()
}

fn state(state: &State, console: &Console) -> String {
    let name = match state {
        State::Missing => console.say("未交", "missing"),
        State::Unreadable(_) => console.say("无法读取", "unreadable"),
        State::Empty => console.say("无文字", "no text"),
        State::Read(_) => "",
    };
    name.to_owned()
}

fn agreement_text(found: &[Agreement], console: &Console) -> String {
    if found.is_empty() {
        return format!(
            "{}\n",
            console.say("一致性：未测量（没有可比较的分数）", "agreement not measured (no scores to compare)")
        );
    }
    let head = [
        console.say("评分项", "criterion"),
        "n",
        console.say("完全一致", "exact"),
        console.say("相邻", "adjacent"),
        console.say("平均绝对误差", "mean absolute error"),
        console.say("加权 κ（二次）", "quadratic weighted kappa"),
        console.say("95% 区间", "95% interval"),
    ];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), vec![false, true, true, true, true, true, true]);
    for held in found {
        let number = |value: f64| format!("{value:.2}");
        table.row(vec![
            held.criterion.clone(),
            held.n.to_string(),
            number(held.exact),
            number(held.adjacent),
            number(held.mean_absolute_error),
            held.kappa.map_or_else(|| format::NO_VALUE.to_owned(), number),
            held.interval.map_or_else(|| format::NO_VALUE.to_owned(), |(low, high)| format!("{low:.2}–{high:.2}")),
        ]);
    }
    table.render()
}

fn as_json(graded: &grade::Outcome, agreement: Option<&[Agreement]>) -> serde_json::Value {
    let course = &graded.course;
    let student = |at: usize, held: &grade::course::Graded, row: &Row| {
        json!({
            "plan": at, "name": held.label, "class": held.submission.student.class, "number": held.submission.student.number,
            "file": held.submission.file, "sha256": held.submission.sha256,
            "received": held.submission.received.map(|moment| moment.to_string()),
            "state": match &held.submission.state {
                State::Missing => "missing", State::Unreadable(_) => "unreadable", State::Empty => "empty", State::Read(_) => "read",
            },
            "counts": held.counts, "proposals": held.proposals, "flags": held.flags,
            "late": held.late.map(|(days, points)| json!({ "days": days, "points": points })),
            "copying": held.verdict, "teacher": row.entries, "total": row.total(course),
        })
    };
    let students: Vec<_> =
        course.students.iter().zip(&graded.rows).enumerate().map(|(at, (held, row))| student(at, held, row)).collect();
    let pairs: Vec<_> = course
        .comparison
        .pairs
        .iter()
        .map(|pair| {
            json!({
                "left": pair.left, "right": pair.right, "cover_left": pair.cover_left, "cover_right": pair.cover_right,
                "longest": pair.longest, "passages": pair.passages.len(),
            })
        })
        .collect();
    json!({
        "schema": 1, "students": students, "archive": course.archive, "pairs": pairs, "clusters": course.clusters,
        "settings": course.rubric.settings().into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        "agreement": agreement, "out": graded.out,
    })
}
