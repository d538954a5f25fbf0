//! The shares of a coverage study as Markdown tables, beside what the methods themselves reach, and which of them lie further from
//! that than chance allows.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use manyi::metrics::distributions::student_t_quantile;

use super::Hits;
use super::designs::Design;

/// What was found under a design.
pub struct Column {
    pub design: Design,
    /// Hits of the program.
    pub hits: Hits,
    /// Hits of the methods by themselves, on other surveys.
    pub reference: Hits,
    /// Coverage in percent by a closed form, where there is one.
    pub theory: BTreeMap<String, f64>,
}

/// A study.
pub struct Shares {
    pub surveys: usize,
    pub reference_surveys: usize,
    pub columns: Vec<Column>,
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

/// Where nothing is to be explained.
const NOMINAL: [f64; 2] = [94.0, 96.0];
/// Chance that any of the shares of a study lies outside its range although program and method cover alike.
const FALSE_ALARM: f64 = 0.05;

const BEGIN: &str = "<!-- coverage-study: begin -->\n";
const END: &str = "<!-- coverage-study: end -->";

impl Shares {
    fn share(&self, column: &Column, row: &str) -> f64 {
        100.0 * column.hits[row] as f64 / self.surveys as f64
    }

    /// Percent that the method itself reaches.
    fn reference(&self, column: &Column, row: &str) -> f64 {
        100.0 * column.reference[row] as f64 / self.reference_surveys as f64
    }

    /// How far a share may lie from that of the method: both are counted, and the level is split over all cells as Sidak has it.
    fn reach(&self, reference: f64) -> f64 {
        let cells = (self.columns.len() * ROWS.len()) as f64;
        let each = 1.0 - (1.0 - FALSE_ALARM).powf(1.0 / cells);
        let z = student_t_quantile(1.0 - each / 2.0, f64::INFINITY).unwrap();
        let surveys = 1.0 / self.surveys as f64 + 1.0 / self.reference_surveys as f64;
        z * (reference * (100.0 - reference) * surveys).sqrt()
    }

    /// The tables: counted shares with those of the methods in brackets, bold where the method is off 94 to 96; then what closed
    /// forms say.
    pub fn markdown(&self) -> String {
        let titles: Vec<&str> = self.columns.iter().map(|column| column.design.title()).collect();
        let head = |titles: &[&str]| {
            format!("| estimate | interval | {} |\n|---|---|{}\n", titles.join(" | "), "---|".repeat(titles.len()))
        };
        let mut text = head(&titles);
        for (name, title, interval) in ROWS {
            write!(text, "| {title} | {interval} |").unwrap();
            for column in &self.columns {
                let (share, reference) = (self.share(column, name), self.reference(column, name));
                let mark = if (NOMINAL[0]..=NOMINAL[1]).contains(&reference) { "" } else { "**" };
                write!(text, " {share:.1} ({mark}{reference:.1}{mark}) |").unwrap();
            }
            text.push('\n');
        }
        text.push_str("\nThe methods beside closed forms, where there are any:\n\n");
        let columns: Vec<&Column> = self.columns.iter().filter(|column| !column.theory.is_empty()).collect();
        text.push_str(&head(&columns.iter().map(|column| column.design.title()).collect::<Vec<_>>()));
        for (name, title, interval) in ROWS {
            if !columns.iter().any(|column| column.theory.contains_key(name)) {
                continue;
            }
            write!(text, "| {title} | {interval} |").unwrap();
            for column in &columns {
                match column.theory.get(name) {
                    Some(theory) => write!(text, " {:.1} ({theory:.1}) |", self.reference(column, name)).unwrap(),
                    None => text.push_str(" |"),
                }
            }
            text.push('\n');
        }
        text
    }

    /// Puts the tables between their marks in a document.
    pub fn write(&self, path: &Path) {
        let text = fs::read_to_string(path).unwrap();
        let (before, rest) = text.split_once(BEGIN).expect("the document has the mark where the table begins");
        let (_, after) = rest.split_once(END).expect("the document has the mark where the table ends");
        fs::write(path, format!("{before}{BEGIN}{}{END}{after}", self.markdown())).unwrap();
    }

    /// The shares that differ from those of their methods by more than chance.
    pub fn off(&self) -> Vec<String> {
        let mut off = Vec::new();
        for column in &self.columns {
            for (name, ..) in ROWS {
                let (share, reference) = (self.share(column, name), self.reference(column, name));
                let reach = self.reach(reference);
                if (share - reference).abs() > reach {
                    off.push(format!("{name}, {}: {share:.1}, not {reference:.1} ± {reach:.1}", column.design.title()));
                }
            }
        }
        off
    }

    /// How far the methods lie from closed forms in percent, the largest distance first. Expansions that promise a shortfall of more
    /// than a point are printed, but not relied upon: where the second order is large, higher orders are not small.
    pub fn distances_to_theory(&self) -> Vec<(f64, String)> {
        let mut found: Vec<(f64, String)> = self
            .columns
            .iter()
            .flat_map(|column| column.theory.iter().map(move |(name, theory)| (column, name, theory)))
            .map(|(column, name, theory)| {
                let reference = self.reference(column, name);
                let distance = if *theory < NOMINAL[0] { 0.0 } else { (reference - theory).abs() };
                (distance, format!("{name}, {}: {reference:.2}, theory {theory:.2}", column.design.title()))
            })
            .collect();
        found.sort_by(|one, other| other.0.total_cmp(&one.0));
        found
    }
}
