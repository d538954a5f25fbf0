//! A course from its folder to everything that is known about its plans: submissions, proposals, flags, who stands earlier.

use std::path::{Path, PathBuf};

use crate::diagnostics::messages::grading as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Level, Location};
use crate::grade::anonymous::anonymise;
use crate::grade::copying::verdicts::{Verdict, clusters, verdicts};
use crate::grade::copying::{Comparison, Source, compare};
use crate::grade::evidence::flags::flags;
use crate::grade::evidence::length::{Counts, count};
use crate::grade::evidence::topic::Topic;
use crate::grade::evidence::{Proposal, Reason, propose, visible};
use crate::grade::rubric::{RUBRIC_FILE, Rubric, load_rubric};
use crate::grade::submissions::worker::Reader;
use crate::grade::submissions::{Submission, load_submissions, load_texts, readable_files};

/// A student with all that was found.
#[derive(Debug, Clone)]
pub struct Graded {
    /// The work.
    pub submission: Submission,
    /// What the student is called in reports.
    pub label: String,
    /// Proposals in the order of the rubric; empty where there is no text.
    pub proposals: Vec<Proposal>,
    /// What the teacher should look at.
    pub flags: Vec<Reason>,
    /// The counts.
    pub counts: Option<Counts>,
    /// Days late and the points that they cost.
    pub late: Option<(i64, f64)>,
    /// What the copy rule proposes.
    pub verdict: Option<Verdict>,
}

/// A course.
#[derive(Debug)]
pub struct Course {
    /// Its folder.
    pub root: PathBuf,
    /// Its rubric.
    pub rubric: Rubric,
    /// Its students.
    pub students: Vec<Graded>,
    /// What the plans share. Plans are numbered as the students are; those of prior years follow.
    pub comparison: Comparison,
    /// Groups of plans that share much.
    pub clusters: Vec<Vec<usize>>,
    /// Texts as they were compared, in the order of the numbers.
    pub texts: Vec<String>,
    /// Names of the plans of prior years.
    pub archive: Vec<String>,
    /// Names of the files that may be reused.
    pub reusable: Vec<String>,
}

impl Course {
    /// The plans that the verdict on one counts and that it shares at least `copying.show` of its own text with, each with that share, the
    /// most first. Those that add nothing to the ones before them are left out.
    pub fn sources(&self, plan: usize) -> Vec<(usize, f64)> {
        let Some(verdict) = self.students.get(plan).and_then(|held| held.verdict.as_ref()) else { return Vec::new() };
        let share = |other: &usize| (*other, self.comparison.share_in(plan, &[*other]));
        let mut shares: Vec<(usize, f64)> = verdict.beside.iter().map(share).collect();
        shares.sort_by(|one, other| other.1.total_cmp(&one.1));
        let (mut taken, mut told) = (Vec::new(), Vec::new());
        for (other, share) in shares {
            let before = self.comparison.share_in(plan, &taken);
            taken.push(other);
            if self.comparison.share_in(plan, &taken) - before >= self.rubric.copying.show {
                told.push((other, share));
            } else {
                taken.pop();
            }
        }
        told
    }

    /// What a plan is called: a student's label, or the file of a prior year.
    pub fn name(&self, plan: usize) -> &str {
        match self.students.get(plan) {
            Some(held) => &held.label,
            None => self.archive.get(plan - self.students.len()).map_or("", String::as_str),
        }
    }
}

/// Reads and measures a course. `None` after an error that leaves nothing to grade.
pub fn load_course(root: &Path, reader: &Reader, anonymous: bool, diagnostics: &mut Diagnostics) -> Option<Course> {
    let rubric = load_rubric(root, diagnostics)?;
    let submissions = load_submissions(root, reader, rubric.least_han, diagnostics)?;
    let reusable_files: Vec<(String, PathBuf)> =
        rubric.reusable.iter().map(|file| (file.clone(), root.join(file))).collect();
    for (file, path) in &reusable_files {
        if !path.is_file() {
            let missing = Diagnostic::error(&messages::REUSABLE_UNREADABLE).arg("file", file);
            let why = crate::diagnostics::io_problem(&std::io::ErrorKind::NotFound.into());
            diagnostics.push(missing.words("problem", why).at(Location::file(RUBRIC_FILE)).key("reusable"));
        }
    }
    if diagnostics.count(Level::Error) > 0 && submissions.is_empty() {
        return None;
    }
    let reusable = load_texts(&reusable_files, reader, diagnostics);
    let archive_root = root.join(&rubric.copying.archive);
    let archived = if archive_root.is_dir() { readable_files(&archive_root) } else { Vec::new() };
    let archived = load_texts(&archived, reader, diagnostics);
    let sources: Vec<Source> = submissions
        .iter()
        .map(|held| Source { text: held.plan().map(|plan| plan.text()).unwrap_or_default(), received: held.received })
        .collect();
    let before: Vec<Source> = archived.iter().map(|(_, plan)| Source { text: plan.text(), received: None }).collect();
    let reused: Vec<String> = reusable.iter().map(|(_, plan)| plan.text()).collect();
    let comparison = compare(&sources, &before, &reused, &rubric.copying);
    let verdicts = verdicts(&comparison, &sources, &rubric.copying);
    let clusters = clusters(&comparison, sources.len(), rubric.copying.half);
    let read = sources.iter().map(|source| source.text.as_str()).filter(|text| !text.is_empty());
    let topic = Topic::new(read, reused.iter().map(String::as_str));
    let students = submissions.into_iter().zip(verdicts).zip(&sources).map(|((submission, verdict), source)| {
        let late = rubric.lateness(submission.received).filter(|_| submission.file.is_some());
        if let Some((days, points)) = late {
            let received = submission.received.map(|moment| moment.format("%Y-%m-%d %H:%M").to_string());
            let shown = submission.student.shown();
            let late_work = Diagnostic::warning(&messages::LATE)
                .arg("student", shown)
                .arg("received", received.unwrap_or_default());
            diagnostics.push(late_work.arg("days", days).arg("points", points));
        }
        let plan = submission.plan();
        let visible = plan.map(visible);
        Graded {
            label: if submission.student.name.is_empty() {
                submission.student.shown()
            } else {
                submission.student.name.clone()
            },
            proposals: visible.as_ref().map(|plan| propose(plan, &rubric)).unwrap_or_default(),
            flags: plan.map(|plan| [flags(plan, &rubric), topic.flags(&source.text)].concat()).unwrap_or_default(),
            counts: visible.as_ref().map(|plan| count(plan, rubric.length.notes)),
            late,
            verdict,
            submission,
        }
    });
    let mut students: Vec<Graded> = students.collect();
    tell_apart(&mut students);
    let mut course = Course {
        root: root.to_path_buf(),
        students,
        texts: sources.into_iter().chain(before).map(|source| source.text).collect(),
        archive: archived.into_iter().map(|(name, _)| name).collect(),
        reusable: reusable.into_iter().map(|(name, _)| name).collect(),
        rubric,
        comparison,
        clusters,
    };
    // Last, so that nothing is measured otherwise because a name was hidden.
    if anonymous {
        anonymise(&mut course, diagnostics);
    }
    Some(course)
}

/// Students of the same name are called by name and number.
fn tell_apart(students: &mut [Graded]) {
    let labels: Vec<String> = students.iter().map(|held| held.label.clone()).collect();
    for (at, held) in students.iter_mut().enumerate() {
        if labels.iter().enumerate().any(|(other, label)| other != at && *label == held.label) {
            held.label = held.submission.student.shown();
        }
    }
}
