//! The register of members and their purchases. A fifth of the members make four fifths of the profit, and the worst three tenths
//! lose half of it again; members of the survey come first in the register.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::chain::{self, yes as share};
use super::draw::{AUTUMN, DRAWN, Day, between, csv, flag, pick, row, yes};
use super::people::Person;

/// Members in the register.
const MEMBERS: usize = 1500;
/// Shares of members who bring much, little and losses; mean sales and profit of each in yuan a year.
const VALUE: [(f64, f64, f64); 3] = [(0.2, 6500.0, 1000.0), (0.5, 1500.0, 100.0), (0.3, 1200.0, -1250.0 / 3.0)];
/// Margin on sales.
pub const MARGIN: f64 = 0.22;
/// True share of profit that losses eat up, in percent: 0.3 x 416.67 of 0.2 x 1000 + 0.5 x 100.
pub const PROFIT_LOST: f64 = 50.0;
/// Members who joined in the autumn, of those who were not interviewed.
const JOINED_LATELY: f64 = 0.08;
/// Of the members who did not buy in the autumn: share who handed the card in.
const LEFT: f64 = 0.5;
/// Why members left and where to; the words are those of the plugin `lost-customers`.
const REASONS: [(&str, f64); 7] = [
    ("价格", 0.17),
    ("产品", 0.11),
    ("等候", 0.21),
    ("投诉未解决", 0.14),
    ("他家吸引", 0.18),
    ("搬迁", 0.14),
    ("其他", 0.05),
];
const DESTINATIONS: [(&str, f64); 4] = [("同行", 0.62), ("替代品", 0.18), ("不再购买", 0.12), ("其他", 0.08)];

/// Number of a member card.
pub fn card(member: usize) -> String {
    format!("M{:05}", member + 1)
}

/// What a household says it spent on groceries from September to November, anywhere.
pub fn spent_on_groceries(person: &Person, random: &mut ChaCha8Rng) -> f64 {
    let (low, high) = if person.bought_again { (1200.0, 4200.0) } else { (700.0, 3000.0) };
    (between(random, low, high) / 50.0).round() * 50.0
}

struct Purchase {
    member: usize,
    place: (usize, usize),
    day: Day,
    first: bool,
    since: Option<u32>,
}

/// `customers.csv` and `purchases.csv`.
pub fn files(people: &[Person], seed: u64) -> Vec<(&'static str, String)> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut interviewed = vec![None; MEMBERS];
    for person in people {
        if let Some(member) = person.member {
            interviewed[member] = Some(person);
        }
    }
    let mut register = Vec::with_capacity(MEMBERS);
    let mut purchases = Vec::new();
    for (member, person) in interviewed.into_iter().enumerate() {
        register.push(customer(member, person, &mut purchases, &mut random));
    }
    purchases.sort_by_key(|purchase: &Purchase| (purchase.day, purchase.member));
    let receipts: Vec<_> =
        purchases.iter().enumerate().map(|(index, purchase)| receipt(index, purchase, &mut random)).collect();
    vec![("customers.csv", csv(&register)), ("purchases.csv", csv(&receipts))]
}

fn customer(
    member: usize,
    person: Option<&Person>,
    purchases: &mut Vec<Purchase>,
    random: &mut ChaCha8Rng,
) -> Vec<(String, String)> {
    let lately = person.is_none() && yes(random, JOINED_LATELY);
    let place = person.map_or_else(
        || (pick(random, &chain::RESIDENTS), random.random_range(0..chain::BRANCHES)),
        |person| (person.place.region, person.branch),
    );
    let again = lately || person.map_or_else(|| yes(random, share::BOUGHT_AGAIN[1]), |person| person.bought_again);
    let joined = lately.then(|| Day(random.random_range(AUTUMN.0..AUTUMN.0 + 75)));
    let mut days = Vec::new();
    if !lately {
        days.extend((0..random.random_range(1..=3)).map(|_| Day(random.random_range(0..AUTUMN.0))));
    }
    if again {
        let from = joined.map_or(AUTUMN.0, |day| day.0);
        days.extend((0..random.random_range(1..=4)).map(|_| Day(random.random_range(from..DRAWN.0))));
    }
    days.sort();
    let mut last: Option<Day> = None;
    for day in days {
        let since = last.map(|last| day.0 - last.0);
        purchases.push(Purchase { member, place, day, first: lately && last.is_none(), since });
        last = Some(day);
    }
    let left = (!again && yes(random, LEFT)).then(|| Day(random.random_range(AUTUMN.0 + 2..DRAWN.0)));
    let day_joined = joined.map_or_else(
        || {
            format!(
                "{}-{:02}-{:02}",
                2019 + pick(random, &[0.1, 0.1, 0.1, 0.15, 0.2, 0.2, 0.15]),
                random.random_range(1..=12),
                random.random_range(1..=28)
            )
        },
        Day::text,
    );
    let word = |random: &mut ChaCha8Rng, words: &[(&str, f64)], answered: f64| {
        let word = words[pick(random, &words.iter().map(|word| word.1).collect::<Vec<_>>())].0.to_owned();
        if left.is_some() && yes(random, answered) { word } else { String::new() }
    };
    let reason = word(random, &REASONS, 0.85);
    let destination = word(random, &DESTINATIONS, 0.8);
    let (_, sales, profit) = VALUE[pick(random, &VALUE.map(|class| class.0))];
    let sales = sales * between(random, 0.6, 1.4);
    let profit = profit * between(random, 0.5, 1.5);
    let complained = left.map(|_| yes(random, 0.3));
    let won_back = left.map(|_| yes(random, 0.08));
    row([
        ("card", card(member)),
        ("branch", chain::branch(place.0, place.1)),
        ("region", chain::REGIONS[place.0].to_owned()),
        ("joined", day_joined),
        ("left", left.map_or_else(String::new, Day::text)),
        ("reason", reason),
        ("where_to", destination),
        ("complained", flag(complained)),
        ("won_back", flag(won_back)),
        ("sales", format!("{sales:.0}")),
        ("margin", format!("{:.1}", MARGIN * sales)),
        ("profit", format!("{profit:.1}")),
    ])
}

fn receipt(index: usize, purchase: &Purchase, random: &mut ChaCha8Rng) -> Vec<(String, String)> {
    let skew: f64 = random.random();
    let amount = 100.0 + 320.0 * skew * skew * skew;
    let units = (amount / between(random, 11.0, 22.0)).round();
    row([
        ("receipt", format!("R{:06}", index + 1)),
        ("card", card(purchase.member)),
        ("day", purchase.day.text()),
        ("branch", chain::branch(purchase.place.0, purchase.place.1)),
        ("region", chain::REGIONS[purchase.place.0].to_owned()),
        ("amount", format!("{amount:.2}")),
        ("units", format!("{units:.0}")),
        ("bought_before", flag(Some(!purchase.first))),
        ("days_since_last", purchase.since.map_or_else(String::new, |days| days.to_string())),
        ("on_offer", flag(Some(yes(random, 0.38)))),
        ("sent_back", flag(Some(yes(random, 0.03)))),
    ])
}
