//! Actions on a calendar: `templates/charts/gantt.typ`.
//! In: days counted from any fixed day and formatted names, people and dates; out: bars, ticks and arrows.

use serde::{Deserialize, Serialize};

use crate::charts::{Emphasis, Mark};

/// A calendar with a bar for each action. All days are numbers on one line, such as days since 1970-01-01.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gantt {
    /// Top to bottom.
    pub tasks: Vec<GanttTask>,
    /// First day drawn.
    pub first: f64,
    /// End of the last day drawn.
    pub last: f64,
    /// Beginning of each month with its name: the head of the calendar. Also quarters, where the calendar is long.
    pub months: Vec<Mark>,
    /// Beginning of each week with its name: thin lines; names are printed where all fit, and may be empty.
    pub weeks: Vec<Mark>,
    /// A line with its name, such as today.
    pub today: Option<Mark>,
    /// Head of the column of people: `责任人`.
    pub responsible_title: String,
    /// Head of the column of dates: `起止`.
    pub dates_title: String,
}

/// An action. With neither `start` nor `end` the row is a heading over the following ones, or, if it has a `label`, an
/// action without dates.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct GanttTask {
    /// Name at the left; wrapped, never cut.
    pub name: String,
    /// Who does it.
    pub responsible: String,
    /// First day.
    pub start: Option<f64>,
    /// End of the last day; not after `start` for a milestone, drawn as a diamond.
    pub end: Option<f64>,
    /// Formatted dates: `11-03 至 11-28`.
    pub label: String,
    /// Done so far, 0 to 100: the dark part of the bar.
    pub done: Option<f64>,
    /// Positions in `tasks` of the actions that must be finished before.
    pub after: Vec<usize>,
    /// How it stands out.
    pub emphasis: Emphasis,
}
