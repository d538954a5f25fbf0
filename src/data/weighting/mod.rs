//! Weights that make the answers agree with known population figures, by raking or post-stratification, with limits. The coded
//! columns and the start weights of all rows come in; one weight a row and a report of each wave go out.

mod margins;
mod rake;
mod trim;

use indexmap::IndexMap;
use serde::Serialize;

use crate::config::Project;
use crate::config::raw::{RawWeighting, WeightingScope};
use crate::data::codebook::CodedColumn;
use crate::data::quality::RowIndex;
use crate::data::waves::Waves;
use crate::data::weighting::margins::{RowMargin, row_margins};
use crate::data::weighting::rake::{Limits, Margin};
use crate::data::weighting::trim::{Range, Trimmed, mean_weight, rake_within};
use crate::diagnostics::messages::weighting as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, LocalizedTexts, lang_texts};

/// What the weighting of one wave came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WaveWeights {
    /// Operational table; `None` for the survey.
    pub table: Option<String>,
    /// Wave; `None` in a project without waves.
    pub wave: Option<String>,
    /// Answers.
    pub answers: u64,
    /// Passes over all margins.
    pub iterations: u32,
    /// True if all margins agree within the tolerance; weights that do not are an error and are never used.
    pub converged: bool,
    /// Largest `|sum of weights / figure - 1|` left over all categories.
    pub margin_error: f64,
    /// Rounds of cutting weights to the limits.
    pub trim_rounds: u32,
    /// Answers whose weight was cut.
    pub trimmed: u64,
    /// Sum of weights.
    pub sum: f64,
    /// Mean weight of the answers with a weight above 0.
    pub mean: f64,
    /// Smallest weight above 0.
    pub smallest: f64,
    /// Largest weight.
    pub largest: f64,
    /// Kish effective number of answers, `(sum w)^2 / sum w^2`.
    pub n_eff: f64,
    /// Kish design effect of unequal weights: answers over effective answers.
    pub design_effect: f64,
}

impl WaveWeights {
    /// The report as a note.
    pub fn note(&self) -> Diagnostic {
        let key = self.table.as_ref().map_or_else(String::new, |table| format!("tables.{table}."));
        Diagnostic::note(&messages::WEIGHTED)
            .words("place", place_of(self.table.as_deref().unwrap_or_default(), self.wave.as_deref()))
            .arg("iterations", self.iterations)
            .arg("error", format!("{:.0e}", self.margin_error))
            .arg("low", format!("{:.3}", self.smallest / self.mean))
            .arg("high", format!("{:.3}", self.largest / self.mean))
            .arg("trimmed", self.trimmed)
            .arg("n", self.answers)
            .arg("n_eff", format!("{:.1}", self.n_eff))
            .arg("effect", format!("{:.3}", self.design_effect))
            .key(format!("{key}data.weighting"))
    }
}

/// The rows to weigh.
pub(super) struct Rows<'a> {
    /// Columns by name.
    pub(super) coded: &'a IndexMap<String, CodedColumn>,
    /// Places of the rows.
    pub(super) index: &'a RowIndex<'a>,
    /// Rows that stay.
    pub(super) keep: &'a [bool],
    /// Their waves.
    pub(super) waves: &'a Waves,
    /// Their start weights, at least 0.
    pub(super) start: Vec<f64>,
}

/// Weights of all rows that agree with the margins, and what came of it wave by wave; `None` after an error.
pub(super) fn weigh_to_margins(
    project: &Project,
    weighting: &RawWeighting,
    rows: Rows<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<(Vec<f64>, Vec<WaveWeights>)> {
    let margins = row_margins(project, weighting, rows.coded, rows.index, rows.keep, diagnostics)?;
    let mut weights = rows.start.clone();
    let mut reports = Vec::new();
    let mut complete = true;
    for (waves, members) in samples(weighting.per, &rows) {
        let wave = if waves.len() == 1 { rows.waves.names.get(waves.start).map(String::as_str) } else { None };
        let sample = Sample { project, weighting, margins: &margins, wave };
        match sample.fit(&rows.start, &members) {
            Ok(fitted) => {
                for (row, weight) in members.iter().zip(&fitted.weights) {
                    weights[*row] = *weight;
                }
                reports.extend(waves.map(|wave| report(&project.table, &rows, wave, &members, &fitted)));
            }
            Err(problems) => {
                complete = false;
                diagnostics.extend(problems);
            }
        }
    }
    complete.then_some((weights, reports))
}

/// The rows that are made to agree together, with the waves that they are of.
fn samples(per: WeightingScope, rows: &Rows<'_>) -> Vec<(std::ops::Range<usize>, Vec<usize>)> {
    let waves = rows.waves.names.len().max(1);
    let mut of_waves = vec![Vec::new(); waves];
    for row in (0..rows.keep.len()).filter(|row| rows.keep[*row]) {
        if let Some(wave) = rows.waves.of_rows.get(row) {
            of_waves[wave].push(row);
        }
    }
    match per {
        WeightingScope::Wave => of_waves.into_iter().enumerate().map(|(wave, rows)| (wave..wave + 1, rows)).collect(),
        WeightingScope::All => vec![(0..waves, of_waves.concat())],
    }
}

/// Answers that are made to agree with the margins together.
struct Sample<'a> {
    project: &'a Project,
    weighting: &'a RawWeighting,
    margins: &'a [RowMargin],
    wave: Option<&'a str>,
}

/// The weights of a sample.
struct Fitted {
    /// By member.
    weights: Vec<f64>,
    /// By member.
    cut: Vec<bool>,
    trimmed: Trimmed,
}

impl Sample<'_> {
    /// Weights of the rows `members`. Answers alike in all margins and in their start weight form one class, in an order that
    /// depends on neither files nor rows, so that the same answers always give the same bits.
    fn fit(&self, start: &[f64], members: &[usize]) -> Result<Fitted, Vec<Diagnostic>> {
        let mut order: Vec<usize> = (0..members.len()).collect();
        let alike = |a: usize, b: usize| {
            let (a, b) = (members[a], members[b]);
            let places = self.margins.iter().map(|margin| margin.of_rows[a].cmp(&margin.of_rows[b]));
            places.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then).then(start[a].total_cmp(&start[b]))
        };
        order.sort_unstable_by(|a, b| alike(*a, *b));
        let mut class_of = vec![0; members.len()];
        let (mut answers, mut weights, mut first) = (Vec::new(), Vec::new(), Vec::new());
        for class in order.chunk_by(|a, b| alike(*a, *b).is_eq()) {
            class.iter().for_each(|member| class_of[*member] = answers.len());
            answers.push(class.len() as f64);
            weights.push(start[members[class[0]]]);
            first.push(members[class[0]]);
        }
        let sum: f64 = weights.iter().zip(&answers).map(|(weight, answers)| weight * answers).sum();
        if let Some(population) = self.weighting.population.filter(|_| sum > 0.0) {
            weights.iter_mut().for_each(|weight| *weight *= population / sum);
        }
        let margins = self.targets(&first, &weights, &answers)?;
        let limits = Limits { tolerance: self.weighting.tolerance, iterations: self.weighting.max_iterations };
        let range = self
            .weighting
            .trim
            .map(|trim| Range { low: trim.low.unwrap_or(0.0), high: trim.high.unwrap_or(f64::INFINITY) });
        let trimmed = rake_within(&mut weights, &answers, &margins, limits, range);
        self.judge(&trimmed)?;
        Ok(Fitted {
            weights: class_of.iter().map(|class| weights[*class]).collect(),
            cut: class_of.iter().map(|class| trimmed.cut[*class]).collect(),
            trimmed,
        })
    }

    /// What every category must add up to. Answers without a value keep their share of the start weights.
    fn targets(&self, first: &[usize], weights: &[f64], answers: &[f64]) -> Result<Vec<Margin>, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let mut margins = Vec::new();
        for held in self.margins {
            let of_class: Vec<usize> = first.iter().map(|row| held.of_rows[*row] as usize).collect();
            let mut sums = vec![0.0; held.categories.len() + 1];
            for ((category, weight), answers) in of_class.iter().zip(weights).zip(answers) {
                sums[*category] += weight * answers;
            }
            for (category, _) in held.categories.iter().zip(&sums).filter(|(_, sum)| **sum <= 0.0) {
                let key = format!("data.weighting.margins.{}.{}", held.name, category.replace(" × ", "."));
                let problem = Diagnostic::error(&messages::CATEGORY_WITHOUT_ANSWERS).arg("category", category);
                let problem =
                    problem.arg("margin", &held.name).words("place", place_of(&self.project.table, self.wave));
                problems.push(problem.at(self.project.at(&key)).key(key));
            }
            let missing = sums[held.missing()];
            let answered = sums.iter().sum::<f64>() - missing;
            let mut targets: Vec<f64> = held.shares.iter().map(|share| share * answered).collect();
            targets.push(missing);
            margins.push(Margin { of_class, targets });
        }
        if problems.is_empty() { Ok(margins) } else { Err(problems) }
    }

    fn judge(&self, trimmed: &Trimmed) -> Result<(), Vec<Diagnostic>> {
        let agreement = trimmed.agreement;
        if agreement.error.is_nan() || agreement.error > self.weighting.tolerance {
            let margin = &self.margins[agreement.margin];
            let key = format!("data.weighting.margins.{}", margin.name);
            let category = margin.categories.get(agreement.category).map_or("–", String::as_str);
            let problem = Diagnostic::error(&messages::NOT_CONVERGED)
                .words("place", place_of(&self.project.table, self.wave))
                .arg("iterations", agreement.iterations)
                .arg("category", category)
                .arg("margin", &margin.name)
                .arg("error", format!("{:.1e}", agreement.error));
            return Err(vec![problem.at(self.project.at(&key)).key(key)]);
        }
        if let Some(ratio) = trimmed.outside {
            let key = "data.weighting.trim";
            let problem = Diagnostic::error(&messages::TRIM_UNSTABLE)
                .words("place", place_of(&self.project.table, self.wave))
                .arg("rounds", trimmed.rounds)
                .arg("ratio", format!("{ratio:.3}"));
            return Err(vec![problem.at(self.project.at(key)).key(key)]);
        }
        Ok(())
    }
}

/// Which answers a message is about; the survey has no table's name.
fn place_of(table: &str, wave: Option<&str>) -> LocalizedTexts {
    let (mut zh_cn, mut en) = match wave {
        Some(wave) => (format!("`{wave}` 期"), format!("wave `{wave}`")),
        None => ("全部答卷".to_owned(), "all answers".to_owned()),
    };
    if !table.is_empty() {
        zh_cn = format!("表 `{table}` 的{zh_cn}");
        en = format!("{en} of table `{table}`");
    }
    lang_texts(zh_cn, en)
}

/// The numbers of one wave, in an order of weights that does not depend on that of the rows.
fn report(table: &str, rows: &Rows<'_>, wave: usize, members: &[usize], fitted: &Fitted) -> WaveWeights {
    let of_wave = || (0..members.len()).filter(|member| rows.waves.of_rows.get(members[*member]) == Some(wave));
    let mut weights: Vec<f64> = of_wave().map(|member| fitted.weights[member]).collect();
    weights.sort_unstable_by(f64::total_cmp);
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
    let (answers, n_eff) = (weights.len() as f64, sum * sum / squares);
    WaveWeights {
        table: (!table.is_empty()).then(|| table.to_owned()),
        wave: rows.waves.names.get(wave).cloned(),
        answers: weights.len() as u64,
        iterations: fitted.trimmed.agreement.iterations,
        converged: true,
        margin_error: fitted.trimmed.agreement.error,
        trim_rounds: fitted.trimmed.rounds,
        trimmed: of_wave().filter(|member| fitted.cut[*member]).count() as u64,
        sum,
        mean: mean_weight(&weights, &vec![1.0; weights.len()]),
        smallest: weights.iter().copied().find(|weight| *weight > 0.0).unwrap_or_default(),
        largest: weights.last().copied().unwrap_or_default(),
        n_eff,
        design_effect: answers / n_eff,
    }
}
