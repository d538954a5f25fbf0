//! Banner tables: questions down the side, the groups of segments across the top, weighted shares and means with their bases
//! and the tests between columns. Projects and tables come in; plain data goes out, hidden where bases are too small.

mod counted;
mod group;
mod letters;
mod questions;
mod sections;
mod words;

use serde::Serialize;

use crate::config::raw::{BannerCorrection, ColumnType};
use crate::diagnostics::Localized;
use crate::metrics::Reason;
use crate::metrics::rao_scott::RaoScott;

pub use letters::column_letter;
pub use sections::compute_banners;
pub use words::{base_labels, notes};

/// One banner in one wave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BannerTable {
    /// Name of the banner.
    pub id: String,
    /// Name for documents.
    pub title: Localized,
    /// Operational table; none for the survey.
    pub table: Option<String>,
    /// Wave; none in a table without waves.
    pub wave: Option<String>,
    /// The shares are weighted.
    pub weighted: bool,
    /// What is done about many tests in one row.
    pub correction: BannerCorrection,
    /// The total, then the groups of every segment.
    pub columns: Vec<BannerColumn>,
    /// The questions.
    pub questions: Vec<BannerQuestion>,
}

/// A column of a banner: the total or one group of a segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BannerColumn {
    /// Segment column; none for the total.
    pub segment: Option<String>,
    /// Name of the segment; of the total its own.
    pub segment_title: Localized,
    /// Value of the segment column; none for the total.
    pub value: Option<String>,
    /// Name of the group.
    pub title: Localized,
    /// `A` for the first group of its segment; empty for the total.
    pub letter: String,
}

/// A question with its rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BannerQuestion {
    /// Column.
    pub column: String,
    /// The question in words.
    pub title: Localized,
    /// Kind of answer.
    pub kind: ColumnType,
    /// Who answered, column by column.
    pub bases: Vec<BannerBase>,
    /// The rows.
    pub rows: Vec<BannerRow>,
    /// Whether the answers fall alike in the shown groups of a segment, for scales and questions with a single answer.
    pub distributions: Vec<BannerTest>,
}

/// The Rao-Scott test of a question between the shown groups of a segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BannerTest {
    /// Segment column.
    pub segment: String,
    /// The test.
    #[serde(flatten)]
    pub test: RaoScott,
}

/// Who answered a question in one column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BannerBase {
    /// Answers; none where the cells are hidden.
    pub n: Option<u64>,
    /// Sum of their weights; none where the cells are hidden.
    pub n_weighted: Option<f64>,
    /// Kish effective number of answers; none where the cells are hidden.
    pub n_eff: Option<f64>,
    /// Few answers: shown with a mark.
    pub flagged: bool,
    /// Why the cells of the column are empty.
    pub reason: Option<Reason>,
}

/// What a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// Weighted percentage of one option or level.
    Answer,
    /// Weighted percentage of the two highest levels together.
    TopTwo,
    /// Weighted percentage of the two lowest levels together.
    BottomTwo,
    /// Weighted mean.
    Mean,
    /// Weighted standard deviation.
    StandardDeviation,
}

impl RowKind {
    /// True for a percentage.
    pub fn is_share(self) -> bool {
        matches!(self, Self::Answer | Self::TopTwo | Self::BottomTwo)
    }
}

/// A row of a question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BannerRow {
    /// What it shows.
    pub kind: RowKind,
    /// Option or level as stored; none for nets, mean and standard deviation.
    pub value: Option<String>,
    /// Name.
    pub title: Localized,
    /// Column by column.
    pub cells: Vec<BannerCell>,
    /// Every pair of shown columns of one segment, where the difference can be tested.
    pub tests: Vec<PairTest>,
}

/// A cell.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct BannerCell {
    /// Percent, 0 to 100, or a value of the scale; none where hidden or impossible.
    pub estimate: Option<f64>,
    /// Standard error in the same unit; none for a standard deviation.
    pub se: Option<f64>,
    /// Letters of the columns of the same segment than which this one is significantly higher: capital at 99 %, small at 95 %.
    pub higher_than: String,
}

/// The two-sided t test between two columns of one segment in one row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PairTest {
    /// Number of the first column.
    pub a: usize,
    /// Number of the second column.
    pub b: usize,
    /// First minus second, in the unit of the cells.
    pub delta: f64,
    /// Its standard error under the design, with the covariance of both columns.
    pub se: f64,
    /// Sampling units in either base less their strata, less one.
    pub df: f64,
    /// Two-sided p value, before any correction.
    pub p: f64,
}
