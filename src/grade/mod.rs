//! Grading of a class's planning documents: what can be measured is measured and quoted, scores are proposed, and what the teacher
//! decides is kept.

pub mod agreement;
mod anonymous;
mod copy_report;
pub mod copying;
pub mod course;
pub mod evidence;
pub mod exports;
pub mod feedback;
pub mod gradebook;
pub mod rubric;
pub mod run;
pub mod submissions;
pub mod teacher;

pub use run::{GradeRequest, Outcome, grade};
