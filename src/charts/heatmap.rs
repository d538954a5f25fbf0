//! Groups against indicators as coloured cells: `templates/charts/heatmap.typ`.

use serde::{Deserialize, Serialize};

/// A coloured table. Columns that find no room beside each other continue in a second table below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heatmap {
    /// Heads of the columns; wrapped, never cut.
    pub columns: Vec<String>,
    /// Top to bottom.
    pub rows: Vec<HeatmapRow>,
    /// The legend: levels with what they mean, such as `显著较差`, from bad to good. May be empty.
    pub key: Vec<HeatmapKey>,
    /// Legend of hollow cells: `样本量不足 50`. Empty if there are none.
    pub small_base_title: String,
    /// Legend of cells without a value. Empty if there are none.
    pub suppressed_title: String,
}

/// A row of cells.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct HeatmapRow {
    /// Name at the left; wrapped, never cut.
    pub name: String,
    /// Base under the name: `n = 120`. May be empty.
    pub base: String,
    /// One cell a column.
    pub cells: Vec<HeatmapCell>,
    /// Bold and ruled off: the total.
    pub strong: bool,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct HeatmapCell {
    /// Colour from -1 (bad, orange) over 0 (none) to 1 (good, blue): the sign of a significant difference, or a shade by
    /// value. None where the estimate is suppressed.
    pub level: Option<f64>,
    /// Formatted value with its mark of significance; `—` where suppressed.
    pub label: String,
    /// Drawn hollow: few answers.
    pub small_base: bool,
}

/// A colour and its meaning.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct HeatmapKey {
    /// From -1 to 1.
    pub level: f64,
    /// What it means.
    pub label: String,
}
