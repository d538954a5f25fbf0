//! The shares of a coverage study as a Markdown table, and which of them lie outside what theory allows.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::Hits;
use super::designs::Design;

/// Hits by design.
pub struct Shares {
    pub surveys: usize,
    pub columns: Vec<(Design, Hits)>,
}

/// Rows: name of the count, what it is in words, the interval.
const ROWS: [(&str, &str, &str); 18] = [
    ("rating_mean", "mean of a rating from 1 to 5", "*t*"),
    ("regular_rating", "the same in a part of the sample", "*t*"),
    ("spend_mean", "mean of a skewed amount", "*t*"),
    ("half", "share of 50%", "logit"),
    ("tenth", "share of 10%", "logit"),
    ("rare", "share of 2%", "logit"),
    ("half beta", "share of 50%", "Korn-Graubard"),
    ("tenth beta", "share of 10%", "Korn-Graubard"),
    ("rare beta", "share of 2%", "Korn-Graubard"),
    ("spend_per_visit", "ratio of two amounts", "*t*"),
    ("net_promoters", "net score", "*t*"),
    ("minutes_median", "median of a duration", "Woodruff"),
    ("minutes_p90", "90th percentile of it", "Woodruff"),
    ("rating_median", "median of a rating from 1 to 5", "Woodruff"),
    ("index", "composite of three, one reversed", "*t*"),
    ("difference", "difference of two groups in a mean", "*t*"),
    ("alpha", "Cronbach's alpha of 4 items", "bootstrap"),
    ("share", "relative weight of one of 2 drivers", "bootstrap"),
];

/// The range in percent in which a share must lie: three standard errors of 2,000 surveys around 95.
const EXPECTED: [f64; 2] = [93.5, 96.5];

/// Rows for which theory says something else, in all designs (`None`) or in one, with their range; docs/statistics.md says why.
const OTHERWISE: [(&str, Option<Design>, [f64; 2]); 9] = [
    ("rare", None, [90.5, 97.5]),
    ("tenth beta", None, [93.5, 98.5]),
    ("rare beta", None, [92.0, 99.0]),
    ("rating_median", None, [88.0, 100.0]),
    ("minutes_p90", Some(Design::Stratified), [92.0, 96.5]),
    ("spend_mean", Some(Design::Clustered), [90.5, 96.5]),
    ("spend_mean", Some(Design::List), [92.0, 96.5]),
    ("spend_per_visit", Some(Design::Clustered), [90.5, 96.5]),
    ("share", Some(Design::Clustered), [92.0, 96.5]),
];

const BEGIN: &str = "<!-- coverage-study: begin -->\n";
const END: &str = "<!-- coverage-study: end -->";

impl Shares {
    fn share(&self, column: usize, row: &str) -> f64 {
        100.0 * self.columns[column].1[row] as f64 / self.surveys as f64
    }

    /// The table.
    pub fn markdown(&self) -> String {
        let titles: Vec<&str> = self.columns.iter().map(|(design, _)| design.title()).collect();
        let mut text =
            format!("| estimate | interval | {} |\n|---|---|{}\n", titles.join(" | "), "---|".repeat(titles.len()));
        for (name, title, interval) in ROWS {
            write!(text, "| {title} | {interval} |").unwrap();
            for column in 0..self.columns.len() {
                write!(text, " {:.1} |", self.share(column, name)).unwrap();
            }
            text.push('\n');
        }
        text
    }

    /// Puts the table between its marks in a document.
    pub fn write(&self, path: &Path) {
        let text = fs::read_to_string(path).unwrap();
        let (before, rest) = text.split_once(BEGIN).expect("the document has the mark where the table begins");
        let (_, after) = rest.split_once(END).expect("the document has the mark where the table ends");
        fs::write(path, format!("{before}{BEGIN}{}{END}{after}", self.markdown())).unwrap();
    }

    /// The shares outside their range.
    pub fn off(&self) -> Vec<String> {
        let mut off = Vec::new();
        for (column, (design, _)) in self.columns.iter().enumerate() {
            for (name, ..) in ROWS {
                let named = |entry: &&(&str, Option<Design>, [f64; 2])| {
                    entry.0 == name && entry.1.is_none_or(|known| known == *design)
                };
                let [low, high] = OTHERWISE.iter().find(named).map_or(EXPECTED, |entry| entry.2);
                let share = self.share(column, name);
                if share < low || share > high {
                    off.push(format!("{name}, {}: {share:.1}, not {low} to {high}", design.title()));
                }
            }
        }
        off
    }
}
