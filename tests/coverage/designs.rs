//! Five ways to draw a survey of 300 to 320 people from a population, each with what a project must declare about it.

use std::fmt::Write as _;

use rand::Rng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;

use super::population::{AGES, Person, Population, SEXES, STRATA};

/// A way to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Design {
    /// Everybody with the same chance.
    Simple,
    /// As many from each stratum, whatever its size; within it those more often who visit more often.
    Stratified,
    /// Ten clusters from each stratum, eight people from each of them.
    Clustered,
    /// Everybody with the same chance, but the young and the men answer less often; raked to age and sex.
    Raked,
    /// As many from each stratum of a short list, without putting back: up to two of five are asked.
    List,
}

/// A person drawn.
pub struct Drawn<'a> {
    pub person: &'a Person,
    /// Cluster; empty without.
    pub unit: String,
    pub weight: f64,
    /// People on the list of the stratum.
    pub listed: usize,
}

pub const PEOPLE: usize = 300;
pub const PER_STRATUM: usize = PEOPLE / STRATA;
pub const CLUSTERS: usize = 10;
pub const PER_CLUSTER: usize = 8;
/// How likely someone of each age and sex answers where all are asked.
pub const ANSWERS: ([f64; AGES], [f64; SEXES]) = ([0.4, 0.6, 0.9], [0.6, 0.9]);

/// How easily someone is met in a stratum.
pub fn size(person: &Person) -> f64 {
    person.visits.min(3.0)
}

impl Design {
    pub const ALL: [Self; 5] = [Self::Simple, Self::Stratified, Self::Clustered, Self::Raked, Self::List];

    pub fn title(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Stratified => "strata, weights",
            Self::Clustered => "clusters",
            Self::Raked => "raked",
            Self::List => "short list",
        }
    }

    /// The lines that declare weight and design.
    pub fn declared(self, population: &Population) -> String {
        match self {
            Self::Simple => String::new(),
            Self::Stratified => "weight: weight\n  design: { strata: stratum }".to_owned(),
            Self::Clustered => "weight: weight\n  design: { strata: stratum, cluster: unit }".to_owned(),
            Self::List => "weight: weight\n  design: { strata: stratum, fpc: listed }".to_owned(),
            Self::Raked => {
                let counts = |levels: usize, of: fn(&Person) -> usize| {
                    let count = |level| population.people.iter().filter(|person| of(person) == level).count();
                    (0..levels).map(|level| format!("l{level}: {}", count(level))).collect::<Vec<_>>().join(", ")
                };
                let (ages, sexes) = (counts(AGES, |person| person.age), counts(SEXES, |person| person.sex));
                format!("weighting: {{ margins: {{ age: {{ {ages} }}, sex: {{ {sexes} }} }} }}")
            }
        }
    }

    /// Appends one survey as lines of the file.
    pub fn write(survey: &str, drawn: &[Drawn<'_>], file: &mut String) {
        for (place, drawn) in drawn.iter().enumerate() {
            let Drawn { person, unit, weight, listed } = drawn;
            let unit = if unit.is_empty() { format!("u{place}") } else { unit.clone() };
            write!(file, "{survey},s{},{unit},{weight},{listed}", person.stratum).unwrap();
            write!(file, ",l{},l{},g{}", person.age, person.sex, person.group).unwrap();
            let Person { rating, spend, visits, recommend, minutes, overall, items, .. } = person;
            write!(file, ",{rating},{spend},{visits},{recommend},{minutes}").unwrap();
            for yes in [person.half, person.tenth, person.rare, person.regular] {
                write!(file, ",{}", u8::from(yes)).unwrap();
            }
            items.iter().for_each(|item| write!(file, ",{item}").unwrap());
            writeln!(file, ",{overall}").unwrap();
        }
    }

    /// The people of one survey.
    pub fn drawn<'a>(self, population: &'a Population, random: &mut ChaCha8Rng) -> Vec<Drawn<'a>> {
        let people = &population.people;
        let plain = |person: &'a Person, weight: f64| Drawn { person, unit: String::new(), weight, listed: 0 };
        let anyone = |random: &mut ChaCha8Rng| &people[random.random_range(0..people.len())];
        match self {
            Self::Simple => (0..PEOPLE).map(|_| plain(anyone(random), 1.0)).collect(),
            Self::Raked => {
                let answers = |person: &Person| ANSWERS.0[person.age] * ANSWERS.1[person.sex];
                let mut drawn = Vec::with_capacity(PEOPLE);
                while drawn.len() < PEOPLE {
                    let person = anyone(random);
                    if random.random::<f64>() < answers(person) {
                        drawn.push(plain(person, 1.0));
                    }
                }
                drawn
            }
            Self::Stratified => {
                let size = |place: &usize| size(&people[*place]);
                let mut drawn = Vec::with_capacity(PEOPLE);
                for members in &population.of_stratum {
                    let total: f64 = members.iter().map(size).sum();
                    let mut met = 0;
                    while met < PER_STRATUM {
                        let place = members[random.random_range(0..members.len())];
                        if random.random::<f64>() < size(&place) / 3.0 {
                            met += 1;
                            drawn.push(plain(&people[place], total / (PER_STRATUM as f64 * size(&place))));
                        }
                    }
                }
                drawn
            }
            Self::Clustered => {
                let mut drawn = Vec::new();
                for (stratum, clusters) in population.clusters.iter().enumerate() {
                    for draw in 0..CLUSTERS {
                        let members = &clusters[random.random_range(0..clusters.len())];
                        let weight =
                            clusters.len() as f64 / CLUSTERS as f64 * members.len() as f64 / PER_CLUSTER as f64;
                        for place in index::sample(random, members.len(), PER_CLUSTER) {
                            let unit = format!("c{stratum}-{draw}");
                            drawn.push(Drawn { unit, ..plain(&people[members[place]], weight) });
                        }
                    }
                }
                drawn
            }
            Self::List => {
                let mut drawn = Vec::with_capacity(PEOPLE);
                for members in &population.of_stratum {
                    for place in index::sample(random, members.len(), PER_STRATUM) {
                        let weight = members.len() as f64 / PER_STRATUM as f64;
                        drawn.push(Drawn { listed: members.len(), ..plain(&people[members[place]], weight) });
                    }
                }
                drawn
            }
        }
    }
}

/// The first line of the file.
pub const HEADER: &str = "survey,stratum,unit,weight,listed,age,sex,group,rating,spend,visits,recommend,minutes,half,tenth,\
                          rare,regular,item_1,item_2,item_3,item_4,overall\n";
