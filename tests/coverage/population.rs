//! An invented population with strata, clusters and answers that go together, and its true values, worked out from the
//! definitions over every person in it.

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub const STRATA: usize = 4;
pub const AGES: usize = 3;
pub const SEXES: usize = 2;

/// Share of clusters in each stratum, in tenths.
const CLUSTERS: [usize; STRATA] = [4, 3, 2, 1];

/// What a person would answer.
#[derive(Debug, Clone, Default)]
pub struct Person {
    pub stratum: usize,
    pub age: usize,
    pub sex: usize,
    /// One of two groups to compare.
    pub group: usize,
    /// 1 to 5.
    pub rating: f64,
    /// Skewed, as money is.
    pub spend: f64,
    /// At least 1; also how easily the person is met.
    pub visits: f64,
    /// 0 to 10.
    pub recommend: f64,
    /// To a tenth of a minute.
    pub minutes: f64,
    pub half: bool,
    pub tenth: bool,
    pub rare: bool,
    pub regular: bool,
    /// 1 to 5.
    pub items: [f64; 4],
    pub overall: f64,
}

/// What someone is by a margin, as a number from 0.
type Level = fn(&Person) -> usize;
/// Whether someone says yes.
type Yes = fn(&Person) -> bool;

/// The margins of raking with their levels.
pub const MARGINS: [(usize, Level); 2] = [(AGES, |person| person.age), (SEXES, |person| person.sex)];
/// The questions with given shares.
pub const QUESTIONS: [(&str, Yes); 3] =
    [("half", |person| person.half), ("tenth", |person| person.tenth), ("rare", |person| person.rare)];

/// People with their places by stratum, and within it by cluster.
pub struct Population {
    pub people: Vec<Person>,
    pub of_stratum: Vec<Vec<usize>>,
    pub clusters: Vec<Vec<Vec<usize>>>,
}

/// A standard normal number, by the method of Box and Muller.
fn normal(random: &mut ChaCha8Rng) -> f64 {
    let (radius, angle) = (1.0 - random.random::<f64>(), random.random::<f64>());
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

impl Population {
    /// `tenths` clusters for each tenth of the population, of `smallest` to three times as many people each.
    pub fn new(seed: u64, tenths: usize, smallest: usize) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut population = Self {
            people: Vec::new(),
            of_stratum: vec![Vec::new(); STRATA],
            clusters: CLUSTERS.iter().map(|share| vec![Vec::new(); share * tenths]).collect(),
        };
        let mut traits = Vec::new();
        for stratum in 0..STRATA {
            for cluster in 0..population.clusters[stratum].len() {
                let shared = 0.35 * normal(&mut random);
                for _ in 0..random.random_range(smallest..=3 * smallest) {
                    let (person, marks) = person(&mut random, stratum, shared);
                    population.of_stratum[stratum].push(population.people.len());
                    population.clusters[stratum][cluster].push(population.people.len());
                    population.people.push(person);
                    traits.push(marks);
                }
            }
        }
        population.mark_highest(&traits);
        population
    }

    /// Gives the yes of each question to exactly its share of the people, those with the highest mark.
    fn mark_highest(&mut self, traits: &[[f64; 3]]) {
        for (question, share) in [0.5, 0.1, 0.02].into_iter().enumerate() {
            let mut order: Vec<usize> = (0..traits.len()).collect();
            order.sort_by(|a, b| traits[*b][question].total_cmp(&traits[*a][question]));
            for place in &order[..(share * traits.len() as f64).round() as usize] {
                let person = &mut self.people[*place];
                *[&mut person.half, &mut person.tenth, &mut person.rare][question] = true;
            }
        }
    }

    /// The true value of everything that the study estimates, by its name in the plugin.
    pub fn truth(&self) -> BTreeMap<&'static str, f64> {
        let all = || self.people.iter();
        let mean = |of: &dyn Fn(&Person) -> f64| all().map(of).sum::<f64>() / self.people.len() as f64;
        let percent = |of: &dyn Fn(&Person) -> bool| 100.0 * mean(&|person| f64::from(u8::from(of(person))));
        let rating_of = |of: &dyn Fn(&Person) -> bool| {
            let ratings: Vec<f64> = all().filter(|person| of(person)).map(|person| person.rating).collect();
            ratings.iter().sum::<f64>() / ratings.len() as f64
        };
        let promoters = percent(&|person| person.recommend >= 9.0);
        let rating = mean(&|person| person.rating);
        let tenth = percent(&|person| person.tenth);
        BTreeMap::from([
            ("rating_mean", rating),
            ("regular_rating", rating_of(&|person| person.regular)),
            ("spend_mean", mean(&|person| person.spend)),
            ("half", percent(&|person| person.half)),
            ("tenth", tenth),
            ("rare", percent(&|person| person.rare)),
            ("spend_per_visit", mean(&|person| person.spend) / mean(&|person| person.visits)),
            ("net_promoters", promoters - percent(&|person| person.recommend <= 6.0)),
            ("minutes_median", quantile(all().map(|person| person.minutes).collect(), 0.5)),
            ("minutes_p90", quantile(all().map(|person| person.minutes).collect(), 0.9)),
            ("rating_median", quantile(all().map(|person| person.rating).collect(), 0.5)),
            ("index", (2.0 * 25.0 * (rating - 1.0) + promoters + 100.0 - tenth) / 4.0),
            ("difference", rating_of(&|person| person.group == 0) - rating_of(&|person| person.group == 1)),
            ("alpha", self.alpha()),
            ("share", self.share_of_first_driver()),
        ])
    }

    /// Covariance over the whole population.
    fn covariance(&self, a: impl Fn(&Person) -> f64, b: impl Fn(&Person) -> f64) -> f64 {
        let count = self.people.len() as f64;
        let mean = |of: &dyn Fn(&Person) -> f64| self.people.iter().map(of).sum::<f64>() / count;
        let (mean_a, mean_b) = (mean(&a), mean(&b));
        self.people.iter().map(|person| (a(person) - mean_a) * (b(person) - mean_b)).sum::<f64>() / count
    }

    /// Cronbach: k / (k - 1) (1 - sum of variances / variance of the sum).
    fn alpha(&self) -> f64 {
        let variances: f64 =
            (0..4).map(|item| self.covariance(|person| person.items[item], |person| person.items[item])).sum();
        let sum = |person: &Person| person.items.iter().sum::<f64>();
        4.0 / 3.0 * (1.0 - variances / self.covariance(sum, sum))
    }

    fn share_of_first_driver(&self) -> f64 {
        let items: [fn(&Person) -> f64; 3] =
            [|person| person.items[0], |person| person.items[1], |person| person.overall];
        let correlation = |a: usize, b: usize| {
            let product = self.covariance(items[a], items[a]) * self.covariance(items[b], items[b]);
            self.covariance(items[a], items[b]) / product.sqrt()
        };
        share_of_first(correlation(0, 1), correlation(0, 2), correlation(1, 2))
    }
}

/// Percent of R-squared that relative weights give to the first of two drivers with correlation `r`, which correlate with the
/// outcome by `y1` and `y2`. The root of their correlations is ((a, b), (b, a)), a and b half the sum and half the difference of the
/// roots of 1 + r and 1 - r (Johnson 2000).
pub fn share_of_first(r: f64, y1: f64, y2: f64) -> f64 {
    let (a, b) = (((1.0 + r).sqrt() + (1.0 - r).sqrt()) / 2.0, ((1.0 + r).sqrt() - (1.0 - r).sqrt()) / 2.0);
    // Loadings of the outcome on the orthogonal variables: the inverse root times the correlations.
    let determinant = a * a - b * b;
    let (z1, z2) = ((a * y1 - b * y2) / determinant, (a * y2 - b * y1) / determinant);
    let (first, second) = (a * a * z1 * z1 + b * b * z2 * z2, b * b * z1 * z1 + a * a * z2 * z2);
    100.0 * first / (first + second)
}

/// The smallest value at or below which at least this share lies.
fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(share * values.len() as f64).ceil() as usize - 1]
}

/// A person, and the marks by which the three questions with given shares are answered.
fn person(random: &mut ChaCha8Rng, stratum: usize, shared: f64) -> (Person, [f64; 3]) {
    let (age, sex) = (random.random_range(0..AGES), random.random_range(0..SEXES));
    let group = usize::from(random.random::<f64>() < 0.4);
    let place = [0.2, 0.0, -0.2, -0.5][stratum] + [-0.3, 0.0, 0.3][age] + [-0.15, 0.15][sex] - 0.2 * group as f64;
    let mood = place + shared + normal(random);
    let mut around = |centre: f64, spread: f64| centre + spread * normal(random);
    let points = |value: f64, low: f64, high: f64| value.round().clamp(low, high);
    let visits = around(0.8 + 0.25 * mood, 0.6).exp().floor().clamp(1.0, 30.0);
    let items = [0, 1, 2, 3].map(|_| points(around(3.2 + 0.7 * mood, 0.8), 1.0, 5.0));
    let overall = around(0.6 * items[0] + 0.3 * items[1], 0.8);
    let person = Person {
        stratum,
        age,
        sex,
        group,
        rating: points(around(3.4 + 0.7 * mood, 0.6), 1.0, 5.0),
        spend: (visits * around(3.0 + 0.2 * mood, 0.6).exp()).round(),
        visits,
        recommend: points(around(7.0 + 1.5 * mood, 1.2), 0.0, 10.0),
        minutes: (10.0 * around(2.5 - 0.2 * mood, 0.5).exp()).round() / 10.0,
        regular: visits >= 4.0,
        items,
        overall: (100.0 * overall).round() / 100.0,
        ..Person::default()
    };
    (person, [around(mood, 1.0), around(-mood, 1.5), around(-mood, 2.0)])
}
