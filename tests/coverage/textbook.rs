//! The methods of the study written a second time, straight from their definitions and without the program: what share of surveys
//! they hold the truth in belongs to them, whoever carries them out. A drawn survey comes in, hits go out.

use std::collections::BTreeMap;

use manyi::metrics::distributions::{beta_quantile, student_t_quantile};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::designs::{Design, Drawn};
use super::population::{MARGINS, Person, Population, QUESTIONS};

/// Hits of one survey by the name of what is estimated.
pub type Held = BTreeMap<String, bool>;

/// A survey with what its design says about the units.
pub struct Survey<'a> {
    people: Vec<&'a Person>,
    weights: Vec<f64>,
    /// Sampling unit of every person, stratum of every unit, units on the list of every stratum.
    units: Vec<usize>,
    strata: Vec<usize>,
    listed: Vec<Option<f64>>,
}

/// What a variable is for a person; `None` outside the base.
type Value<'f> = &'f dyn Fn(&Person) -> Option<f64>;

impl<'a> Survey<'a> {
    pub fn new(design: Design, population: &Population, drawn: &[Drawn<'a>]) -> Self {
        let people: Vec<&Person> = drawn.iter().map(|one| one.person).collect();
        let weights = match design {
            Design::Raked => raked(population, &people),
            _ => drawn.iter().map(|one| one.weight).collect(),
        };
        let stratified = !matches!(design, Design::Simple | Design::Raked);
        let (mut units, mut strata): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        let mut listed = vec![None; 4];
        for (place, one) in drawn.iter().enumerate() {
            if place == 0 || one.unit.is_empty() || one.unit != drawn[place - 1].unit {
                strata.push(if stratified { one.person.stratum } else { 0 });
            }
            units.push(strata.len() - 1);
            if one.listed > 0 {
                listed[one.person.stratum] = Some(one.listed as f64);
            }
        }
        Self { people, weights, units, strata, listed }
    }

    /// Sum of weight times value over those with one.
    fn sum(&self, of: Value<'_>) -> f64 {
        self.people.iter().zip(&self.weights).filter_map(|(person, weight)| Some(weight * of(person)?)).sum()
    }

    /// Variance of the total of weighted influences: between the units of each stratum, with replacement, less the part of the list
    /// that was taken.
    fn variance(&self, influence: &dyn Fn(&Person) -> f64) -> f64 {
        let mut totals = vec![0.0; self.strata.len()];
        for ((person, weight), unit) in self.people.iter().zip(&self.weights).zip(&self.units) {
            totals[*unit] += weight * influence(person);
        }
        (0..4)
            .map(|stratum| {
                let own =
                    || totals.iter().zip(&self.strata).filter(|(_, held)| **held == stratum).map(|(total, _)| *total);
                let count = own().count() as f64;
                if count < 2.0 {
                    return 0.0;
                }
                let mean = own().sum::<f64>() / count;
                let squares: f64 = own().map(|total| (total - mean).powi(2)).sum();
                let left = self.listed[stratum].map_or(1.0, |listed| 1.0 - count / listed);
                left * count / (count - 1.0) * squares
            })
            .sum()
    }

    /// Units with someone in the base, less their strata.
    fn degrees(&self, base: &dyn Fn(&Person) -> bool) -> f64 {
        let mut units: Vec<usize> =
            self.people.iter().zip(&self.units).filter(|(person, _)| base(person)).map(|(_, unit)| *unit).collect();
        units.dedup();
        let mut strata: Vec<usize> = units.iter().map(|unit| self.strata[*unit]).collect();
        strata.sort_unstable();
        strata.dedup();
        (units.len() - strata.len()) as f64
    }

    /// Ratio of two totals, with the influence of every person.
    fn ratio<'f>(&self, y: Value<'f>, x: Value<'f>) -> (f64, impl Fn(&Person) -> f64 + 'f) {
        let below = self.sum(x);
        let ratio = self.sum(y) / below;
        (ratio, move |person: &Person| y(person).zip(x(person)).map_or(0.0, |(y, x)| (y - ratio * x) / below))
    }

    /// True if Student's interval holds the truth.
    fn student(&self, estimate: f64, influence: &dyn Fn(&Person) -> f64, degrees: f64, truth: f64) -> bool {
        let reach = student_t_quantile(0.975, degrees).unwrap() * self.variance(influence).sqrt();
        estimate - reach <= truth && truth <= estimate + reach
    }

    fn holds_ratio(&self, y: Value<'_>, x: Value<'_>, truth: f64) -> bool {
        let (ratio, influence) = self.ratio(y, x);
        self.student(ratio, &influence, self.degrees(&|person| x(person).is_some()), truth)
    }

    /// Logit and Korn-Graubard; both Clopper and Pearson's on the effective size where all say the same. `truth` from 0 to 1.
    fn holds_share(&self, yes: &dyn Fn(&Person) -> bool, truth: f64) -> [bool; 2] {
        let y = |person: &Person| Some(f64::from(u8::from(yes(person))));
        let (share, influence) = self.ratio(&y, &|_| Some(1.0));
        let degrees = self.degrees(&|_| true);
        let (variance, n) = (self.variance(&influence), self.people.len() as f64);
        let beta = |effective: f64| {
            let low = beta_quantile(0.025, effective * share, effective * (1.0 - share) + 1.0).unwrap();
            let high = beta_quantile(0.975, effective * share + 1.0, effective * (1.0 - share)).unwrap();
            low <= truth && truth <= high
        };
        if share <= 0.0 || share >= 1.0 {
            let squares: f64 = self.weights.iter().map(|weight| weight * weight).sum();
            return [beta(self.weights.iter().sum::<f64>().powi(2) / squares); 2];
        }
        let t = |degrees: f64| student_t_quantile(0.975, degrees).unwrap();
        let logit = |share: f64| (share / (1.0 - share)).ln();
        let reach = t(degrees) * variance.sqrt() / (share * (1.0 - share));
        let shrunk = (t(n - 1.0) / t(degrees)).powi(2);
        [(logit(truth) - logit(share)).abs() <= reach, beta(share * (1.0 - share) / variance * shrunk)]
    }

    /// Woodruff's interval of a quantile.
    fn holds_quantile(&self, of: &dyn Fn(&Person) -> f64, probability: f64, truth: f64) -> bool {
        let mut values: Vec<(f64, f64)> =
            self.people.iter().zip(&self.weights).map(|(person, weight)| (of(person), *weight)).collect();
        values.sort_by(|one, other| one.0.total_cmp(&other.0));
        let total: f64 = values.iter().map(|(_, weight)| weight).sum();
        let share_up_to =
            |end: f64| values.iter().filter(|(value, _)| *value <= end).map(|(_, weight)| weight).sum::<f64>() / total;
        let reached = |share: f64| {
            let mut distinct: Vec<f64> = values.iter().map(|(value, _)| *value).collect();
            distinct.dedup();
            let place = distinct.partition_point(|value| share_up_to(*value) < share);
            distinct[place.min(distinct.len() - 1)]
        };
        let quantile = reached(probability);
        let y = |person: &Person| Some(f64::from(u8::from(of(person) <= quantile)));
        let (share, influence) = self.ratio(&y, &|_| Some(1.0));
        let reach = student_t_quantile(0.975, self.degrees(&|_| true)).unwrap() * self.variance(&influence).sqrt();
        reached(share - reach) <= truth && truth <= reached(share + reach)
    }

    /// Whether each interval with a formula holds the truth.
    pub fn held(&self, truth: &BTreeMap<&'static str, f64>) -> Held {
        let always: Value<'_> = &|_| Some(1.0);
        let rating: Value<'_> = &|person| Some(person.rating);
        let mut held = Held::new();
        let mut put = |name: &str, hit: bool| held.insert(name.to_owned(), hit);
        put("rating_mean", self.holds_ratio(rating, always, truth["rating_mean"]));
        let regular: Value<'_> = &|person| person.regular.then_some(1.0);
        let of_regulars: Value<'_> = &|person| person.regular.then_some(person.rating);
        put("regular_rating", self.holds_ratio(of_regulars, regular, truth["regular_rating"]));
        let spend: Value<'_> = &|person| Some(person.spend);
        put("spend_mean", self.holds_ratio(spend, always, truth["spend_mean"]));
        put("spend_per_visit", self.holds_ratio(spend, &|person| Some(person.visits), truth["spend_per_visit"]));
        for (name, yes) in QUESTIONS {
            let [logit, beta] = self.holds_share(&yes, truth[name] / 100.0);
            put(name, logit);
            put(&format!("{name} beta"), beta);
        }
        let net = |person: &Person| {
            f64::from(u8::from(person.recommend >= 9.0)) - f64::from(u8::from(person.recommend <= 6.0))
        };
        put("net_promoters", self.holds_ratio(&|person| Some(net(person)), always, truth["net_promoters"] / 100.0));
        put("minutes_median", self.holds_quantile(&|person| person.minutes, 0.5, truth["minutes_median"]));
        put("minutes_p90", self.holds_quantile(&|person| person.minutes, 0.9, truth["minutes_p90"]));
        put("rating_median", self.holds_quantile(&|person| person.rating, 0.5, truth["rating_median"]));

        let (mean, of_mean) = self.ratio(rating, always);
        let (promoters, of_promoters) = self.ratio(&|person| flag(person.recommend >= 9.0), always);
        let (tenth, of_tenth) = self.ratio(&|person| flag(person.tenth), always);
        let index = (2.0 * 25.0 * (mean - 1.0) + 100.0 * promoters + 100.0 - 100.0 * tenth) / 4.0;
        let of_index =
            |person: &Person| (50.0 * of_mean(person) + 100.0 * of_promoters(person) - 100.0 * of_tenth(person)) / 4.0;
        put("index", self.student(index, &of_index, self.degrees(&|_| true), truth["index"]));

        let first: Value<'_> = &|person| (person.group == 0).then_some(1.0);
        let second: Value<'_> = &|person| (person.group == 1).then_some(1.0);
        let (one, of_one) = self.ratio(&|person| (person.group == 0).then_some(person.rating), first);
        let (other, of_other) = self.ratio(&|person| (person.group == 1).then_some(person.rating), second);
        let of_both = |person: &Person| of_one(person) - of_other(person);
        put("difference", self.student(one - other, &of_both, self.degrees(&|_| true) - 1.0, truth["difference"]));
        held
    }

    /// Whether the percentile intervals of alpha and of the share of the first driver hold the truth: in every stratum of n units
    /// n - 1 are drawn with replacement (Rao, Wu and Yue 1992).
    pub fn held_by_bootstrap(
        &self,
        truth: &BTreeMap<&'static str, f64>,
        replicates: usize,
        random: &mut ChaCha8Rng,
    ) -> Held {
        let mut sums = vec![Moments::default(); self.strata.len()];
        for ((person, weight), unit) in self.people.iter().zip(&self.weights).zip(&self.units) {
            sums[*unit].add(person, *weight);
        }
        let of_stratum: Vec<Vec<usize>> = (0..4)
            .map(|stratum| (0..self.strata.len()).filter(|unit| self.strata[*unit] == stratum).collect::<Vec<_>>())
            .collect();
        let (mut alphas, mut shares) = (Vec::new(), Vec::new());
        for _ in 0..replicates {
            let mut all = Moments::default();
            for (units, listed) in of_stratum.iter().zip(&self.listed).filter(|(units, _)| units.len() > 1) {
                let size = units.len() as f64;
                let part = listed.map_or(1.0, |listed| (1.0 - size / listed).sqrt());
                let mut factors = vec![1.0 - part; units.len()];
                for _ in 1..units.len() {
                    factors[random.random_range(0..units.len())] += part * size / (size - 1.0);
                }
                units.iter().zip(factors).for_each(|(unit, factor)| all.add_times(&sums[*unit], factor));
            }
            alphas.push(all.alpha());
            shares.push(all.share_of_first());
        }
        let held = |mut drawn: Vec<f64>, truth: f64| {
            drawn.sort_by(f64::total_cmp);
            let at = |share: f64| {
                let place = share * (drawn.len() - 1) as f64;
                let (below, rest) = (place.floor() as usize, place.fract());
                drawn[below] + rest * (drawn[(below + 1).min(drawn.len() - 1)] - drawn[below])
            };
            at(0.025) <= truth && truth <= at(0.975)
        };
        Held::from([
            ("alpha".to_owned(), held(alphas, truth["alpha"])),
            ("share".to_owned(), held(shares, truth["share"])),
        ])
    }
}

fn flag(yes: bool) -> Option<f64> {
    Some(f64::from(u8::from(yes)))
}

/// Weights that bring age and sex to those of the population, by turns.
fn raked(population: &Population, people: &[&Person]) -> Vec<f64> {
    let mut weights = vec![1.0; people.len()];
    let wanted = MARGINS.map(|(levels, of)| {
        let mut wanted = vec![0.0; levels];
        population.people.iter().for_each(|person| wanted[of(person)] += 1.0);
        wanted
    });
    for _ in 0..100 {
        for ((levels, of), wanted) in MARGINS.iter().zip(&wanted) {
            let mut found = vec![0.0; *levels];
            people.iter().zip(&weights).for_each(|(person, weight)| found[of(person)] += weight);
            people
                .iter()
                .zip(&mut weights)
                .for_each(|(person, weight)| *weight *= wanted[of(person)] / found[of(person)]);
        }
    }
    weights
}

/// Sums of weights, values and products of the four items and the overall rating.
#[derive(Clone, Default)]
struct Moments {
    weight: f64,
    values: [f64; 5],
    products: [[f64; 5]; 5],
}

impl Moments {
    fn add(&mut self, person: &Person, weight: f64) {
        let [a, b, c, d] = person.items;
        let values = [a, b, c, d, person.overall];
        self.weight += weight;
        for (row, value) in values.iter().enumerate() {
            self.values[row] += weight * value;
            for (column, other) in values.iter().enumerate() {
                self.products[row][column] += weight * value * other;
            }
        }
    }

    fn add_times(&mut self, other: &Self, factor: f64) {
        self.weight += factor * other.weight;
        for row in 0..5 {
            self.values[row] += factor * other.values[row];
            for column in 0..5 {
                self.products[row][column] += factor * other.products[row][column];
            }
        }
    }

    fn covariance(&self, row: usize, column: usize) -> f64 {
        self.products[row][column] / self.weight - self.values[row] * self.values[column] / self.weight.powi(2)
    }

    fn alpha(&self) -> f64 {
        let own: f64 = (0..4).map(|item| self.covariance(item, item)).sum();
        let all: f64 = (0..4)
            .flat_map(|row| (0..4).map(move |column| (row, column)))
            .map(|(row, column)| self.covariance(row, column))
            .sum();
        4.0 / 3.0 * (1.0 - own / all)
    }

    /// As in the population: see [`Population::truth`].
    fn share_of_first(&self) -> f64 {
        let of = |row: usize, column: usize| {
            self.covariance(row, column) / (self.covariance(row, row) * self.covariance(column, column)).sqrt()
        };
        super::population::share_of_first(of(0, 1), of(0, 4), of(1, 4))
    }
}
