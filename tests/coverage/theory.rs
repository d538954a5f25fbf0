//! What theory says about the coverage of some of the intervals, from population and design alone: the second-order expansion of
//! Student's statistic (Hall 1992, The Bootstrap and Edgeworth Expansion, section 2.6, here for strata, weights and ratios), and
//! the exact coverage of intervals of a share in a simple sample, binomial count by binomial count.

use std::collections::BTreeMap;

use manyi::metrics::distributions::{beta_quantile, student_t_p_value, student_t_quantile};
use rand::SeedableRng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;

use super::designs::{ANSWERS, CLUSTERS, Design, PEOPLE, PER_CLUSTER, PER_STRATUM, size};
use super::population::{MARGINS, Person, Population, QUESTIONS};

/// Samples taken from each cluster to know how the totals of its samples are distributed.
const WITHIN: usize = 400;

/// What is summed above and below: a mean has 1 below, `None` is outside the base.
type Pair = fn(&Person) -> Option<(f64, f64)>;

/// Rows that are ratios of two totals.
const RATIOS: [(&str, Pair); 5] = [
    ("rating_mean", |person| Some((person.rating, 1.0))),
    ("regular_rating", |person| person.regular.then_some((person.rating, 1.0))),
    ("spend_mean", |person| Some((person.spend, 1.0))),
    ("spend_per_visit", |person| Some((person.spend, person.visits))),
    ("net_promoters", |person| {
        Some((f64::from(u8::from(person.recommend >= 9.0)) - f64::from(u8::from(person.recommend <= 6.0)), 1.0))
    }),
];

/// Coverage in percent of the rows for which theory has a closed form under a design.
pub fn coverage(design: Design, population: &Population) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    // Drawing without putting back from a short list has an expansion of its own.
    if design != Design::List {
        for (name, pair) in RATIOS {
            found.insert(name.to_owned(), 100.0 * of_ratio(design, population, pair));
        }
    }
    if design == Design::Simple {
        for (name, yes) in QUESTIONS {
            let count = population.people.iter().filter(|person| yes(person)).count();
            let [logit, beta] = of_share(count as f64 / population.people.len() as f64);
            found.insert(name.to_owned(), 100.0 * logit);
            found.insert(format!("{name} beta"), 100.0 * beta);
        }
    }
    found
}

/// One way a drawn unit can turn out: its chance, its total of influences and its total below, both weighted.
struct Outcome {
    chance: f64,
    z: f64,
    g: f64,
}

/// Strata of `units` independent draws of the same distribution.
struct Stratum {
    units: f64,
    outcomes: Vec<Outcome>,
}

/// `influences` are those above and below of every person.
fn strata(design: Design, population: &Population, influences: &[(f64, f64)]) -> Vec<Stratum> {
    let people = &population.people;
    let outcome = |chance: f64, weight: f64, place: usize| {
        let (z, g) = influences[place];
        Outcome { chance, z: weight * z, g: weight * g }
    };
    match design {
        Design::Simple | Design::List => {
            let chance = 1.0 / people.len() as f64;
            let outcomes = (0..people.len()).map(|place| outcome(chance, 1.0, place)).collect();
            vec![Stratum { units: PEOPLE as f64, outcomes }]
        }
        Design::Raked => {
            let total: f64 = people.iter().map(answers).sum();
            let drawn = |(place, person)| outcome(answers(person) / total, 1.0 / answers(person), place);
            let outcomes = people.iter().enumerate().map(drawn).collect();
            vec![Stratum { units: PEOPLE as f64, outcomes }]
        }
        Design::Stratified => {
            let of_stratum = |members: &Vec<usize>| {
                let total: f64 = members.iter().map(|place| size(&people[*place])).sum();
                let drawn = |place: &usize| {
                    let size = size(&people[*place]);
                    outcome(size / total, total / size / PER_STRATUM as f64, *place)
                };
                Stratum { units: PER_STRATUM as f64, outcomes: members.iter().map(drawn).collect() }
            };
            population.of_stratum.iter().map(of_stratum).collect()
        }
        Design::Clustered => {
            let mut random = ChaCha8Rng::seed_from_u64(1);
            let mut of_stratum = |clusters: &Vec<Vec<usize>>| {
                let chance = 1.0 / (clusters.len() * WITHIN) as f64;
                let mut outcomes = Vec::new();
                for members in clusters {
                    let weight = clusters.len() as f64 / CLUSTERS as f64 * members.len() as f64 / PER_CLUSTER as f64;
                    for _ in 0..WITHIN {
                        let drawn = index::sample(&mut random, members.len(), PER_CLUSTER);
                        let sums = drawn.iter().map(|place| influences[members[place]]);
                        let (z, g) = sums.fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
                        outcomes.push(Outcome { chance, z: weight * z, g: weight * g });
                    }
                }
                Stratum { units: CLUSTERS as f64, outcomes }
            };
            population.clusters.iter().map(&mut of_stratum).collect()
        }
    }
}

/// Sums over the units of the sample of the cumulants of their totals, that of the influences scaled to variance 1.
#[derive(Default)]
struct Cumulants {
    /// Variance before it is scaled, and after.
    plain: f64,
    variance: f64,
    third: f64,
    fourth: f64,
    /// Variance of the variance beyond the fourth cumulant, halved: one over Satterthwaite's degrees of freedom.
    spread: f64,
    /// Covariance of influences and totals below, variance of these, third cumulant of influences twice and totals below.
    with_below: f64,
    below: f64,
    twice_with_below: f64,
}

impl Cumulants {
    fn of(strata: &[Stratum]) -> Self {
        let mut sums = Self::default();
        let whole: f64 = strata.iter().map(|held| held.units * held.mean(|one| one.g)).sum();
        for held in strata {
            let (z, g) = (held.mean(|one| one.z), held.mean(|one| one.g));
            let central = |power: i32, below: i32| {
                held.units * held.mean(|one| (one.z - z).powi(power) * ((one.g - g) / whole).powi(below))
            };
            let variance = central(2, 0);
            sums.variance += variance;
            sums.third += central(3, 0);
            sums.fourth += central(4, 0) - 3.0 * variance * variance / held.units;
            sums.spread += variance * variance / (held.units - 1.0);
            sums.with_below += central(1, 1);
            sums.below += central(0, 2);
            sums.twice_with_below += central(2, 1);
        }
        let scale = sums.variance.sqrt();
        Self {
            plain: sums.variance,
            variance: 1.0,
            third: sums.third / scale.powi(3),
            fourth: sums.fourth / scale.powi(4),
            spread: sums.spread / scale.powi(4),
            with_below: sums.with_below / scale,
            twice_with_below: sums.twice_with_below / scale.powi(2),
            ..sums
        }
    }
}

impl Stratum {
    fn mean(&self, of: impl Fn(&Outcome) -> f64) -> f64 {
        self.outcomes.iter().map(|one| one.chance * of(one)).sum()
    }
}

/// Coverage of Student's interval of a ratio of totals, from 0 to 1.
///
/// T = X / sqrt(V), X the sum of the influences (variance 1), V its estimate with the ratio's own estimate in it:
/// V - 1 = D - 2 X (c + d) / (1 + G) + X^2 v, D the error of the variance with known influences, G that of the total below, c their
/// covariance with X, v the variance of G, d the error of the estimate of c. T is expanded to second order, its first four
/// cumulants go into Edgeworth's expansion. What Student's quantile makes good is left to Student's distribution.
fn of_ratio(design: Design, population: &Population, pair: Pair) -> f64 {
    let sums = population.people.iter().filter_map(pair).fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let ratio = sums.0 / sums.1;
    let influence = |person: &Person| pair(person).map_or((0.0, 0.0), |(y, x)| (y - ratio * x, x));
    let mut influences: Vec<(f64, f64)> = population.people.iter().map(influence).collect();
    let mut stretch = 1.0;
    if design == Design::Raked {
        // What raking explains is in the estimated variance, but not in the true one, nor in the total below.
        let whole = influences.iter().map(|one| one.1).sum::<f64>();
        let taken = Cumulants::of(&strata(design, population, &influences)).plain;
        influences = unexplained(population, &influences);
        let left = Cumulants::of(&strata(design, population, &influences)).plain;
        stretch = (taken / left).sqrt();
        let share = whole / influences.len() as f64;
        influences.iter_mut().for_each(|one| one.1 += share);
    }
    let drawn = strata(design, population, &influences);
    let own = Cumulants::of(&drawn);
    let (k3, k4, c) = (own.third, own.fourth, own.with_below);
    let (v, k21) = (own.below, own.twice_with_below);
    let first = c - k3 / 2.0;
    let second = 1.0 + 2.0 * k3 * k3 - 10.0 * c * k3 + 6.0 * c * c + 6.0 * k21 - 3.0 * v;
    let third = 9.0 * c - 3.5 * k3;
    let fourth = 3.0 - 2.0 * k4 + 28.0 * k3 * k3 - 140.0 * c * k3 + 120.0 * c * c + 60.0 * k21 - 30.0 * v;
    let skewness = third - 3.0 * first;
    let kurtosis = fourth - 4.0 * third * first - 3.0 - 6.0 * (second - 1.0) + 12.0 * first * first;
    let (units, layers): (f64, f64) = (drawn.iter().map(|held| held.units).sum(), drawn.len() as f64);
    let share = population.people.iter().filter(|person| pair(person).is_some()).count() as f64;
    let in_base = if design == Design::Clustered { units } else { units * share / population.people.len() as f64 };
    let x = student_t_quantile(0.975, (in_base - layers).round()).unwrap() * stretch;
    let inside = 1.0 - student_t_p_value(x, 1.0 / own.spread).unwrap();
    let density = (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt();
    let (he3, he5) = (x.powi(3) - 3.0 * x, x.powi(5) - 10.0 * x.powi(3) + 15.0 * x);
    let moved =
        x * (second - 1.0) / 2.0 + he3 * (kurtosis + 4.0 * first * skewness) / 24.0 + he5 * skewness * skewness / 72.0;
    inside - 2.0 * density * moved
}

/// What age and sex leave of the influences, by least squares on both (Deville and Sarndal 1992).
fn unexplained(population: &Population, influences: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut rest = influences.to_vec();
    for _ in 0..50 {
        for (levels, of) in MARGINS {
            let mut sums = vec![(0.0, 0.0, 0.0); levels];
            for (person, left) in population.people.iter().zip(&rest) {
                let sum = &mut sums[of(person)];
                *sum = (sum.0 + left.0, sum.1 + left.1, sum.2 + 1.0);
            }
            for (person, left) in population.people.iter().zip(&mut rest) {
                let sum = sums[of(person)];
                *left = (left.0 - sum.0 / sum.2, left.1 - sum.1 / sum.2);
            }
        }
    }
    rest
}

fn answers(person: &Person) -> f64 {
    ANSWERS.0[person.age] * ANSWERS.1[person.sex]
}

/// Exact coverage of the logit and the Korn-Graubard interval of a share among [`PEOPLE`] people drawn with equal chances: the
/// chances of the counts whose interval holds it.
fn of_share(share: f64) -> [f64; 2] {
    let n = PEOPLE as f64;
    let t = student_t_quantile(0.975, n - 1.0).unwrap();
    let mut chance = (1.0 - share).powf(n);
    let mut covered = [0.0, 0.0];
    for count in 0..=PEOPLE {
        let found = count as f64 / n;
        // The variance of a mean of n answers has n - 1 below, so that Korn and Graubard's effective size is one less.
        let variance = found * (1.0 - found) / (n - 1.0);
        let beta = |effective: f64| {
            let low = beta_quantile(0.025, effective * found, effective * (1.0 - found) + 1.0).unwrap();
            let high = beta_quantile(0.975, effective * found + 1.0, effective * (1.0 - found)).unwrap();
            low <= share && share <= high
        };
        let edge = count == 0 || count == PEOPLE;
        let logit = |share: f64| (share / (1.0 - share)).ln();
        let held = if edge {
            [beta(n); 2]
        } else {
            let reach = t * variance.sqrt() / (found * (1.0 - found));
            [(logit(share) - logit(found)).abs() <= reach, beta(n - 1.0)]
        };
        covered.iter_mut().zip(held).filter(|(_, held)| *held).for_each(|(sum, _)| *sum += chance);
        chance *= (n - count as f64) / (count as f64 + 1.0) * share / (1.0 - share);
    }
    covered
}
