//! What the schema cannot say about `data.weighting`: columns that must exist, figures that must add up, limits. Needs no data.

use crate::config::project::Project;
use crate::config::raw::{
    ColumnType, RawWeighting, WeightingMethod, WeightingScope, WeightingVariance, margin_columns, margin_figures,
};
use crate::config::validate::{GROUPING, problem, validate_reference};
use crate::diagnostics::messages::weighting as messages;
use crate::diagnostics::{Diagnostics, LocalizedTexts, lang_texts};

/// What the figures of a margin are.
#[derive(Debug, Clone, Copy, PartialEq)]
enum MarginScale {
    /// They add up to 1.
    Shares,
    /// They add up to 100.
    Percentages,
    /// Numbers of people or units, with their sum.
    Counts(f64),
    /// They add up to something near 1 or 100 that is neither.
    Unclear(f64),
}

/// What figures with this sum are.
fn margin_scale(sum: f64) -> MarginScale {
    if (sum - 1.0).abs() <= 1e-6 {
        MarginScale::Shares
    } else if (sum - 100.0).abs() <= 1e-4 {
        MarginScale::Percentages
    } else if sum < 2.0 || (90.0..=110.0).contains(&sum) {
        MarginScale::Unclear(sum)
    } else {
        MarginScale::Counts(sum)
    }
}

/// Reports every inconsistency of `data.weighting`.
pub(super) fn validate_weighting(project: &Project, diagnostics: &mut Diagnostics) {
    let Some(weighting) = &project.raw.data.weighting else { return };
    if project.raw.data.weight.is_some() {
        diagnostics.push(problem(project, &messages::WEIGHT_AND_WEIGHTING, "data.weighting"));
    }
    if let Some(start) = &weighting.start {
        let kinds = &[ColumnType::Number, ColumnType::Scale];
        validate_reference(project, start, "data.weighting.start", kinds, diagnostics);
    }
    if weighting.method == WeightingMethod::Poststratify && weighting.margins.len() > 1 {
        let found = weighting.margins.len();
        let several = problem(project, &messages::SEVERAL_MARGINS, "data.weighting.method").arg("found", found);
        diagnostics.push(several);
    }
    if weighting.variance == WeightingVariance::Calibrated && weighting.per == WeightingScope::All {
        diagnostics.push(problem(project, &messages::CALIBRATED_TOGETHER, "data.weighting.variance"));
    }
    validate_margins(project, weighting, diagnostics);
    validate_limits(project, weighting, diagnostics);
}

fn validate_margins(project: &Project, weighting: &RawWeighting, diagnostics: &mut Diagnostics) {
    if weighting.margins.is_empty() {
        let path = "data.weighting.margins";
        diagnostics.push(problem(project, &messages::NO_MARGINS, path).arg("margin", "margins"));
    }
    let mut counted: Option<(&str, f64)> = weighting.population.map(|population| ("population", population));
    for (name, margin) in &weighting.margins {
        let path = format!("data.weighting.margins.{name}");
        let columns = margin_columns(name);
        for column in &columns {
            validate_reference(project, column, &path, GROUPING, diagnostics);
        }
        let figures = margin_figures(margin);
        if figures.is_empty() {
            diagnostics.push(problem(project, &messages::NO_MARGINS, &path).arg("margin", name));
            continue;
        }
        let mut usable = true;
        for (categories, figure) in &figures {
            let place = format!("{path}.{}", categories.join("."));
            let category = categories.join(" × ");
            if categories.len() != columns.len() {
                usable = false;
                let depth = problem(project, &messages::MARGIN_DEPTH, &place).arg("category", &category);
                let depth = depth.arg("found", categories.len()).arg("wanted", columns.len()).arg("margin", name);
                diagnostics.push(depth);
            } else if !(figure.is_finite() && *figure > 0.0) {
                usable = false;
                let bad = problem(project, &messages::MARGIN_FIGURE, &place).arg("category", &category);
                diagnostics.push(bad.arg("margin", name).arg("found", figure));
            }
        }
        if !usable {
            continue;
        }
        match margin_scale(figures.iter().map(|(_, figure)| figure).sum()) {
            MarginScale::Shares | MarginScale::Percentages => {}
            MarginScale::Unclear(sum) => {
                let unclear = problem(project, &messages::MARGIN_SUM, &path).arg("margin", name);
                diagnostics.push(unclear.arg("sum", rounded(sum)));
            }
            MarginScale::Counts(sum) => match counted {
                Some((other, wanted)) if (sum - wanted).abs() > 1e-6 * wanted.abs() => {
                    let totals = problem(project, &messages::MARGIN_TOTALS, &path).arg("margin", name);
                    let totals = totals.arg("sum", rounded(sum)).arg("other", other).arg("wanted", rounded(wanted));
                    diagnostics.push(totals);
                }
                Some(_) => {}
                None => counted = Some((name, sum)),
            },
        }
    }
}

fn validate_limits(project: &Project, weighting: &RawWeighting, diagnostics: &mut Diagnostics) {
    if let Some(trim) = weighting.trim {
        let low = trim.low.unwrap_or(0.0);
        let high = trim.high.unwrap_or(f64::INFINITY);
        if !((0.0..1.0).contains(&low) && high > 1.0) {
            let bad = problem(project, &messages::BAD_TRIM, "data.weighting.trim").arg("low", low);
            diagnostics.push(bad.arg("high", high));
        }
    }
    let mut bad = |name: &str, found: f64, wanted: LocalizedTexts| {
        let path = format!("data.weighting.{name}");
        let setting = problem(project, &messages::BAD_SETTING, &path).arg("name", name).arg("found", found);
        diagnostics.push(setting.words("wanted", wanted));
    };
    if let Some(population) = weighting.population.filter(|population| !(population.is_finite() && *population > 0.0)) {
        bad("population", population, lang_texts("大于 0", "above 0"));
    }
    if !(1e-14..=0.01).contains(&weighting.tolerance) {
        bad("tolerance", weighting.tolerance, lang_texts("在 1e-14 与 0.01 之间", "between 1e-14 and 0.01"));
    }
    if weighting.max_iterations == 0 {
        bad("max_iterations", 0.0, lang_texts("至少为 1", "at least 1"));
    }
}

/// A sum without the noise of its last digits.
fn rounded(sum: f64) -> f64 {
    (sum * 1e6).round() / 1e6
}
