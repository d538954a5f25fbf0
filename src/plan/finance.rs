//! What the plan costs and brings: benefits from their assumptions, return and payback, how far each assumption moves the
//! result, and a seeded simulation over all of them.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::analysis::{IndicatorSummary, round_half_away};
use crate::config::Project;
use crate::config::raw::{RawFinance, RawRange};
use crate::diagnostics::messages::plan as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::metrics::Unit;
use crate::plan::Plan;

/// Draws of the simulation unless the project says otherwise.
const DRAWS: u32 = 10_000;
/// Months over which benefits arise unless the project says otherwise.
const MONTHS: f64 = 12.0;

/// What the plan costs and brings, in the currency of the budget.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FinanceResult {
    /// Sum of the cost lines.
    pub cost: f64,
    /// The benefits in the order written.
    pub benefits: Vec<BenefitResult>,
    /// Sum of the benefits at their likeliest.
    pub benefit: f64,
    /// Sum of the benefits of which nothing is uncertain.
    pub fixed: f64,
    /// Benefit minus cost.
    pub net: f64,
    /// Net benefit over cost; none without costs or benefits.
    pub return_on_investment: Option<f64>,
    /// Months until the benefits, spread evenly, have paid for the costs; none where they never do within the months.
    pub payback_months: Option<f64>,
    /// Months over which the benefits arise.
    pub months: f64,
    /// Each uncertain assumption at its ends, the others at their likeliest; the one that moves the result most first.
    pub swings: Vec<Swing>,
    /// The simulation; none where nothing is uncertain.
    pub simulation: Option<Simulation>,
}

/// A benefit at its likeliest.
#[derive(Debug, Clone, PartialEq)]
pub struct BenefitResult {
    /// Amount: to hundredths where it is given, in whole units where it is reckoned.
    pub amount: f64,
    /// Change of the indicator in percentage points, where the benefit follows from one.
    pub change: Option<f64>,
    /// Metric whose change it is.
    pub metric: Option<String>,
}

/// An assumption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assumption {
    /// Share of the change that is attained.
    Attainment,
    /// Customers of a benefit, by its index.
    Customers(usize),
    /// Worth of one customer of a benefit, by its index.
    Value(usize),
}

/// The net benefit with one assumption at its ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Swing {
    /// Which.
    pub assumption: Assumption,
    /// Its lowest, likeliest and highest value.
    pub limits: [f64; 3],
    /// Net benefit at the lowest.
    pub net_low: f64,
    /// Net benefit at the highest.
    pub net_high: f64,
}

/// The spread of the net benefit when every uncertain assumption is drawn from a triangle over its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Simulation {
    /// Draws.
    pub draws: u32,
    /// Seed.
    pub seed: u64,
    /// Net benefit that one draw in twenty stays below.
    pub p5: f64,
    /// Median.
    pub p50: f64,
    /// Net benefit that one draw in twenty exceeds.
    pub p95: f64,
    /// Share of the draws with a net loss, 0 to 1.
    pub loss: f64,
}

/// A benefit as numbers.
#[derive(Debug, Clone, Copy)]
enum Term {
    Fixed(f64),
    /// Customers times value; of a benefit that follows from an objective times the change and the share of it attained.
    Reckoned {
        change: Option<f64>,
        customers: RawRange,
        value: RawRange,
    },
}

/// The assumptions at one point: the share attained, and customers and value by benefit.
struct Point {
    attainment: f64,
    terms: Vec<(f64, f64)>,
}

/// Reckons a plan. Ranges out of order and benefits of indicators that are no shares are reported and left out.
pub fn reckon(
    plan: &Plan,
    summaries: &[IndicatorSummary<'_>],
    project: &Project,
    diagnostics: &mut Diagnostics,
) -> FinanceResult {
    let raw = &plan.raw.finance;
    check_ranges(raw, project, diagnostics);
    let mut terms = Vec::new();
    let mut benefits = Vec::new();
    let attainment = raw.attainment.unwrap_or(RawRange::Exact(1.0));
    for (index, held) in raw.benefits.iter().enumerate() {
        let objective = held.objective.as_ref().and_then(|id| plan.objectives.iter().find(|found| found.raw.id == *id));
        let summary = objective.and_then(|found| summaries.iter().find(|held| held.info.id == found.raw.metric));
        let change = objective.and_then(|found| found.reach).map(|reach| reach.change.max(0.0));
        let term = match (held.amount, held.customers, held.value, summary) {
            (Some(amount), ..) => Term::Fixed(amount),
            (None, Some(_), Some(_), Some(summary)) if summary.info.unit != Unit::Percent => {
                let key = format!("plan.finance.benefits[{index}].objective");
                let error = Diagnostic::error(&messages::NOT_A_SHARE)
                    .arg("item", held.item.get(project.lang()))
                    .arg("metric", &summary.info.id);
                diagnostics.push(error.at(project.at(&key)).key(key));
                Term::Fixed(0.0)
            }
            (None, Some(customers), Some(value), Some(_)) => {
                Term::Reckoned { change: Some(change.unwrap_or_default() / 100.0), customers, value }
            }
            (None, Some(customers), Some(value), None) if held.objective.is_none() => {
                Term::Reckoned { change: None, customers, value }
            }
            _ => Term::Fixed(0.0),
        };
        let reckoned = matches!(term, Term::Reckoned { .. });
        benefits.push(BenefitResult {
            amount: 0.0,
            change: change.filter(|_| reckoned),
            metric: summary.map(|held| held.info.id.clone()).filter(|_| reckoned),
        });
        terms.push(term);
    }
    let cost = plan.total_cost;
    let likely = Point::likely(attainment, &terms);
    for (place, (benefit, term)) in benefits.iter_mut().zip(&terms).enumerate() {
        // More than whole units would be false precision in what rests on assumptions.
        let decimals = if matches!(term, Term::Reckoned { .. }) { 0 } else { 2 };
        benefit.amount = round_half_away(likely.amount(place, *term), decimals);
    }
    let benefit: f64 = benefits.iter().map(|held| held.amount).sum();
    let held_fixed = benefits.iter().zip(&terms).filter(|(_, term)| !term.is_uncertain(attainment));
    let fixed = held_fixed.map(|(benefit, _)| benefit.amount).sum();
    let months = raw.months.filter(|months| *months > 0.0).unwrap_or(MONTHS);
    let both = cost > 0.0 && !benefits.is_empty();
    FinanceResult {
        cost,
        benefit,
        fixed,
        net: benefit - cost,
        return_on_investment: both.then(|| (benefit - cost) / cost),
        payback_months: (both && benefit > 0.0).then(|| cost / (benefit / months)).filter(|found| *found <= months),
        months,
        swings: swings(attainment, &terms, cost),
        simulation: simulate(attainment, &terms, cost, raw),
        benefits,
    }
}

impl Term {
    fn is_uncertain(self, attainment: RawRange) -> bool {
        !uncertain(attainment, &[self]).is_empty()
    }
}

impl Point {
    fn likely(attainment: RawRange, terms: &[Term]) -> Self {
        let likely = |term: &Term| match term {
            Term::Fixed(_) => (0.0, 0.0),
            Term::Reckoned { customers, value, .. } => (customers.limits()[1], value.limits()[1]),
        };
        Self { attainment: attainment.limits()[1], terms: terms.iter().map(likely).collect() }
    }

    fn amount(&self, place: usize, term: Term) -> f64 {
        match (term, self.terms.get(place)) {
            (Term::Reckoned { change, .. }, Some((customers, value))) => {
                change.map_or(1.0, |change| change * self.attainment) * customers * value
            }
            (Term::Fixed(amount), _) => amount,
            _ => 0.0,
        }
    }

    fn net(&self, terms: &[Term], cost: f64) -> f64 {
        terms.iter().enumerate().map(|(place, term)| self.amount(place, *term)).sum::<f64>() - cost
    }
}

/// The uncertain assumptions with their limits.
fn uncertain(attainment: RawRange, terms: &[Term]) -> Vec<(Assumption, [f64; 3])> {
    let mut found = Vec::new();
    if terms.iter().any(|term| matches!(term, Term::Reckoned { change: Some(_), .. })) {
        found.push((Assumption::Attainment, attainment.limits()));
    }
    for (index, term) in terms.iter().enumerate() {
        if let Term::Reckoned { customers, value, .. } = term {
            found.push((Assumption::Customers(index), customers.limits()));
            found.push((Assumption::Value(index), value.limits()));
        }
    }
    found.retain(|(_, [low, _, high])| high > low);
    found
}

fn set(point: &mut Point, assumption: Assumption, value: f64) {
    match assumption {
        Assumption::Attainment => point.attainment = value,
        Assumption::Customers(index) => point.terms[index].0 = value,
        Assumption::Value(index) => point.terms[index].1 = value,
    }
}

fn swings(attainment: RawRange, terms: &[Term], cost: f64) -> Vec<Swing> {
    let mut found: Vec<Swing> = uncertain(attainment, terms)
        .into_iter()
        .map(|(assumption, limits)| {
            let at = |value: f64| {
                let mut point = Point::likely(attainment, terms);
                set(&mut point, assumption, value);
                point.net(terms, cost)
            };
            Swing { assumption, limits, net_low: at(limits[0]), net_high: at(limits[2]) }
        })
        .collect();
    found.sort_by(|a, b| (b.net_high - b.net_low).abs().total_cmp(&(a.net_high - a.net_low).abs()));
    found
}

fn simulate(attainment: RawRange, terms: &[Term], cost: f64, raw: &RawFinance) -> Option<Simulation> {
    let uncertain = uncertain(attainment, terms);
    if uncertain.is_empty() {
        return None;
    }
    let (draws, seed) = (raw.draws.unwrap_or(DRAWS).clamp(100, 1_000_000), raw.seed.unwrap_or(1));
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut nets: Vec<f64> = (0..draws)
        .map(|_| {
            let mut point = Point::likely(attainment, terms);
            for (assumption, limits) in &uncertain {
                set(&mut point, *assumption, triangle(*limits, random.random()));
            }
            point.net(terms, cost)
        })
        .collect();
    nets.sort_by(f64::total_cmp);
    let loss = nets.iter().filter(|net| **net < 0.0).count() as f64 / f64::from(draws);
    Some(Simulation {
        draws,
        seed,
        p5: quantile(&nets, 0.05),
        p50: quantile(&nets, 0.5),
        p95: quantile(&nets, 0.95),
        loss,
    })
}

/// The value of a triangular distribution below which a share of `u` lies.
fn triangle([low, likely, high]: [f64; 3], u: f64) -> f64 {
    let span = high - low;
    if span <= 0.0 {
        return likely;
    }
    let peak = (likely - low) / span;
    if u < peak { low + (u * span * (likely - low)).sqrt() } else { high - ((1.0 - u) * span * (high - likely)).sqrt() }
}

/// The quantile of sorted values, linear between neighbours (R's type 7).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len().saturating_sub(1)) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    match (sorted.get(below), sorted.get(above)) {
        (Some(low), Some(high)) => low + (high - low) * (place - place.floor()),
        _ => f64::NAN,
    }
}

fn check_ranges(raw: &RawFinance, project: &Project, diagnostics: &mut Diagnostics) {
    let mut check = |range: Option<RawRange>, key: String, most: f64| {
        let Some([low, likely, high]) = range.map(RawRange::limits) else { return };
        let ordered = 0.0 <= low && low <= likely && likely <= high && high <= most;
        if !ordered {
            let error = Diagnostic::error(&messages::BAD_RANGE)
                .arg("name", &key)
                .arg("low", low)
                .arg("likely", likely)
                .arg("high", high);
            diagnostics.push(error.at(project.at(&key)).key(key));
        }
    };
    check(raw.attainment, "plan.finance.attainment".to_owned(), 1.0);
    for (index, held) in raw.benefits.iter().enumerate() {
        check(held.customers, format!("plan.finance.benefits[{index}].customers"), f64::MAX);
        check(held.value, format!("plan.finance.benefits[{index}].value"), f64::MAX);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::raw::RawBetween;

    fn between(low: f64, likely: f64, high: f64) -> RawRange {
        RawRange::Between(RawBetween { low, likely, high })
    }

    /// 6 points of 8,000 customers at 120 each, seven tenths attained: 0.06 × 0.7 × 8,000 × 120 = 40,320; less costs of 30,000 a
    /// net of 10,320. With 0.3 attained 17,280 − 30,000 = −12,720; with all of it 57,600 − 30,000 = 27,600; at 90 a customer
    /// 30,240 − 30,000 = 240; at 150 50,400 − 30,000 = 20,400.
    #[test]
    fn each_assumption_moves_the_net_benefit_by_hand() {
        let attainment = between(0.3, 0.7, 1.0);
        let terms = [Term::Reckoned {
            change: Some(0.06),
            customers: RawRange::Exact(8000.0),
            value: between(90.0, 120.0, 150.0),
        }];
        let net = Point::likely(attainment, &terms).net(&terms, 30_000.0);
        assert!((net - 10_320.0).abs() < 1e-9);
        let found = swings(attainment, &terms, 30_000.0);
        let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
        assert_eq!(
            found.iter().map(|swing| swing.assumption).collect::<Vec<_>>(),
            [Assumption::Attainment, Assumption::Value(0)]
        );
        assert!(close(found[0].net_low, -12_720.0) && close(found[0].net_high, 27_600.0));
        assert!(close(found[1].net_low, 240.0) && close(found[1].net_high, 20_400.0));
    }

    /// 180 guests at 960 each are 172,800 whatever share of a change is attained; at 90 guests 86,400. With 3,600 more that are
    /// certain and costs of 148,200 the net is 28,200, at 90 guests −58,200.
    #[test]
    fn a_benefit_without_an_objective_is_customers_times_value() {
        let terms = [
            Term::Reckoned { change: None, customers: between(90.0, 180.0, 270.0), value: RawRange::Exact(960.0) },
            Term::Fixed(3600.0),
        ];
        let attainment = between(0.3, 0.7, 1.0);
        assert!((Point::likely(attainment, &terms).net(&terms, 148_200.0) - 28_200.0).abs() < 1e-9);
        let found = swings(attainment, &terms, 148_200.0);
        assert_eq!(found.len(), 1);
        assert!((found[0].net_low + 58_200.0).abs() < 1e-9);
        assert_eq!(terms.map(|term| term.is_uncertain(attainment)), [true, false]);
    }

    /// A triangle from 0 over 0 to 1 has its median at 1 − √½ = 0.2929 and the mean 1/3; from 0 over 1 to 2 it is symmetric.
    #[test]
    fn draws_follow_the_triangle() {
        assert!((triangle([0.0, 0.0, 1.0], 0.5) - (1.0 - 0.5_f64.sqrt())).abs() < 1e-12);
        assert!((triangle([0.0, 1.0, 2.0], 0.5) - 1.0).abs() < 1e-12);
        let mean = (0..100_000).map(|k| triangle([0.0, 0.0, 1.0], (f64::from(k) + 0.5) / 1e5)).sum::<f64>() / 1e5;
        assert!((mean - 1.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn the_same_seed_gives_the_same_range() {
        let terms = [Term::Reckoned {
            change: Some(0.05),
            customers: between(900.0, 1000.0, 1100.0),
            value: between(50.0, 100.0, 200.0),
        }];
        let raw = RawFinance::default();
        let once = simulate(RawRange::Exact(1.0), &terms, 4000.0, &raw).unwrap();
        assert_eq!(Some(once), simulate(RawRange::Exact(1.0), &terms, 4000.0, &raw));
        assert!(once.p5 < once.p50 && once.p50 < once.p95 && (0.0..1.0).contains(&once.loss));
        assert_eq!(simulate(RawRange::Exact(1.0), &[Term::Fixed(5.0)], 1.0, &raw), None);
    }
}
