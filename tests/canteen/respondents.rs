//! Random respondents of the campus, as answers in memory. One seed gives one sample of all waves, the same everywhere.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::population::{self as campus, Cell, GENDERS, MEALS, Mood, Points, REASONS, Wave, gaps};

/// Answers per wave.
pub const PER_WAVE: usize = 400;

/// An answer to a satisfaction item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemAnswer {
    Points(u8),
    NotApplicable,
    Empty,
}

/// One person's answers; `None` is left empty or not asked.
#[derive(Debug, Clone)]
pub struct Respondent {
    pub wave: Wave,
    pub cell: Cell,
    pub weight: f64,
    pub gender: usize,
    pub meal: usize,
    pub mood: Mood,
    pub aware: Option<bool>,
    pub aware_unaided: Option<bool>,
    pub praise: Option<u8>,
    pub category_buyer: Option<bool>,
    pub first_choice: Option<bool>,
    pub strict_choice: Option<bool>,
    pub customer: Option<bool>,
    pub earlier_purchase: Option<bool>,
    pub repurchased: Option<bool>,
    pub return_intention: Option<u8>,
    pub recommend: Option<u8>,
    pub complained: Option<bool>,
    pub complained_to_company: Option<bool>,
    pub repurchase_intention: Option<u8>,
    pub items: [ItemAnswer; 4],
    pub dinner_wait: Option<u32>,
    /// Reasons for coming, by index.
    pub reasons: Vec<usize>,
}

impl Respondent {
    /// What the plugin calls `bought`: a visit in the period, which here also makes a customer.
    pub fn bought(&self) -> Option<bool> {
        self.customer
    }
}

/// A sample of [`PER_WAVE`] answers in each wave.
pub fn draw(seed: u64) -> Vec<Respondent> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut respondents = Vec::with_capacity(PER_WAVE * Wave::ALL.len());
    for wave in Wave::ALL {
        for _ in 0..PER_WAVE {
            respondents.push(respondent(wave, &mut random));
        }
    }
    respondents
}

/// Index drawn by shares that add up to 1.
fn pick(random: &mut ChaCha8Rng, shares: impl IntoIterator<Item = f64>) -> usize {
    let mut left: f64 = random.random();
    let mut last = 0;
    for (index, share) in shares.into_iter().enumerate() {
        last = index;
        left -= share;
        if left < 0.0 {
            break;
        }
    }
    last
}

fn yes(random: &mut ChaCha8Rng, probability: f64) -> bool {
    random.random::<f64>() < probability
}

fn points(random: &mut ChaCha8Rng, shares: Points) -> u8 {
    [1, 2, 3, 4, 5][pick(random, shares)]
}

/// The answer, unless it was not asked or is left empty.
fn answered<T>(random: &mut ChaCha8Rng, asked: bool, gap: f64, answer: T) -> Option<T> {
    let left_empty = yes(random, gap);
    (asked && !left_empty).then_some(answer)
}

fn respondent(wave: Wave, random: &mut ChaCha8Rng) -> Respondent {
    let cells: Vec<Cell> = Cell::all().collect();
    let cell = cells[pick(random, cells.iter().map(|cell| cell.invited()))];
    let meal = pick(random, campus::MEAL_SHARES[cell.canteen]);
    let mood = Mood::ALL[pick(random, campus::mood_shares(cell, meal, wave))];
    let gender = pick(random, [0.5; GENDERS.len()]);
    debug_assert!(meal < MEALS.len());
    let profile = campus::profile(cell, meal, mood, wave);

    let aware = yes(random, profile.aware);
    let unaided = aware && yes(random, profile.unaided);
    let praise = points(random, profile.praise);
    let buyer = yes(random, profile.buyer);
    let names_us_first = aware && yes(random, profile.first_choice);
    let would_wait = yes(random, profile.strict_choice);
    let customer = aware && yes(random, profile.customer);
    let earlier = customer && yes(random, profile.earlier);
    let again = yes(random, profile.repurchased);
    let return_intention = points(random, profile.return_intention);
    let recommend = points(random, profile.recommend);
    let complains = yes(random, profile.complained);
    let to_company = yes(random, profile.complained_to_company);
    let repurchase_intention = points(random, profile.repurchase_intention);
    let items = profile.items.map(|shares| item(random, customer, shares));
    let (shortest, longest) = profile.dinner_wait;
    let dinner_wait = random.random_range(shortest..=longest);
    let reasons = (0..REASONS.len()).filter(|_| yes(random, 0.32)).filter(|_| customer).collect();

    let first_choice = answered(random, buyer, gaps::FIRST_CHOICE, names_us_first);
    let complained = answered(random, customer, gaps::COMPLAINED, complains);
    Respondent {
        wave,
        cell,
        weight: cell.weight(),
        gender,
        meal,
        mood,
        aware: answered(random, true, gaps::AWARE, aware),
        aware_unaided: answered(random, true, gaps::UNAIDED, unaided),
        praise: answered(random, aware, gaps::PRAISE, praise),
        category_buyer: answered(random, true, gaps::BUYER, buyer),
        first_choice,
        strict_choice: answered(random, first_choice == Some(true), gaps::STRICT_CHOICE, would_wait),
        customer: answered(random, aware, gaps::CUSTOMER, customer),
        earlier_purchase: answered(random, customer, gaps::EARLIER, earlier),
        repurchased: answered(random, earlier, gaps::REPURCHASED, again),
        return_intention: answered(random, customer, gaps::RETURN_INTENTION, return_intention),
        recommend: answered(random, customer, gaps::RECOMMEND, recommend),
        complained,
        complained_to_company: answered(random, complained == Some(true), gaps::COMPLAINED_TO_COMPANY, to_company),
        repurchase_intention: answered(random, customer, gaps::REPURCHASE_INTENTION, repurchase_intention),
        items,
        dinner_wait: answered(random, customer, gaps::DINNER_WAIT, dinner_wait),
        reasons,
    }
}

fn item(random: &mut ChaCha8Rng, asked: bool, shares: Points) -> ItemAnswer {
    let answer = points(random, shares);
    let fate: f64 = random.random();
    if !asked || fate < gaps::ITEM {
        ItemAnswer::Empty
    } else if fate < gaps::ITEM + gaps::ITEM_NOT_APPLICABLE {
        ItemAnswer::NotApplicable
    } else {
        ItemAnswer::Points(answer)
    }
}
