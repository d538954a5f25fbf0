//! Grading of a class's planning documents: what can be measured is measured and quoted, scores are proposed, and what the teacher
//! decides is kept.

pub mod copying;
pub mod evidence;
pub mod rubric;
pub mod submissions;
