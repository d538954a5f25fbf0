//! Random residents around the branches: where they live, how they feel, what they did. One seed gives one sample of all waves.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::chain::{self, Mood, Place, Wave, yes as share};
use super::draw::{normal_below, pick, yes};
use super::paths;

/// Interviews a wave.
pub const PER_WAVE: usize = 600;

#[derive(Debug, Clone)]
pub struct Person {
    pub place: Place,
    pub branch: usize,
    pub gender: usize,
    pub mood: Mood,
    pub latent: [f64; 6],
    pub aware: bool,
    pub customer: bool,
    pub earlier: bool,
    pub complained: bool,
    /// Place in the register of members.
    pub member: Option<usize>,
    /// Bought from September to November, by the till.
    pub bought_again: bool,
    /// Questionnaire A or B.
    pub form_a: bool,
}

impl Person {
    /// Sampling weight.
    pub fn weight(&self) -> f64 {
        chain::RESIDENTS[self.place.region] * 5.0
    }
}

/// A sample of [`PER_WAVE`] residents in each wave; members get places in the register in this order.
pub fn draw(seed: u64) -> Vec<Person> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut people = Vec::with_capacity(PER_WAVE * Wave::ALL.len());
    let mut members = 0;
    for wave in Wave::ALL {
        for index in 0..PER_WAVE {
            let mut person = person(wave, index % 5, &mut random);
            if person.earlier && yes(&mut random, chain::CARD) {
                person.member = Some(members);
                members += 1;
            }
            people.push(person);
        }
    }
    people
}

fn person(wave: Wave, region: usize, random: &mut ChaCha8Rng) -> Person {
    let age = pick(random, &chain::AGE_SHARES);
    let place = Place { wave, region, age, delivered: yes(random, chain::DELIVERED) };
    let latent = paths::latent(random);
    let mood = mood(normal_below(latent[paths::SATISFACTION]), chain::mood_shares(region, age, wave));
    let aware = yes(random, share::AWARE[region]);
    let customer = aware && yes(random, share::CUSTOMER[region]);
    Person {
        place,
        branch: random.random_range(0..chain::BRANCHES),
        gender: pick(random, &[0.44, 0.56]),
        mood,
        latent,
        aware,
        customer,
        earlier: customer && yes(random, share::EARLIER),
        complained: yes(random, complained(place, mood)),
        member: None,
        bought_again: yes(random, share::BOUGHT_AGAIN[mood as usize]),
        form_a: yes(random, 0.5),
    }
}

/// The most satisfied are delighted, the least annoyed.
fn mood(satisfaction: f64, [delighted, _, annoyed]: [f64; 3]) -> Mood {
    if satisfaction >= 1.0 - delighted {
        Mood::Delighted
    } else if satisfaction < annoyed {
        Mood::Annoyed
    } else {
        Mood::Content
    }
}

/// Probability of a complaint, to anyone, in the month.
pub fn complained(place: Place, mood: Mood) -> f64 {
    share::COMPLAINED[mood as usize]
        + if place.queue() { share::COMPLAINED_IN_QUEUE } else { 0.0 }
        + if place.late() { share::COMPLAINED_OF_DELIVERY } else { 0.0 }
}
