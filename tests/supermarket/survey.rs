//! The answers of the residents and the three files of the survey, one a month: the same questions in the same columns, those
//! that were not asked left empty. Repeated, tried-out and nightly interviews are mixed in; the project file drops them.

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::chain::{self, Five, Mood, Trouble, Wave, rating, yes as share};
use super::comments;
use super::draw::{Day, between, csv, flag, normal, pick, yes};
use super::people::Person;
use super::{members, paths};

/// Code of "does not apply to me".
const NOT_APPLICABLE: &str = "99";

/// Ratings 1 to 5 that every customer gives: column, how far it follows the mood, what lowers it.
pub const CORE: [(&str, f64, Trouble); 5] = [
    ("dim_product_quality", 0.7, Trouble::Nothing),
    ("dim_service_quality", 0.8, Trouble::Nothing),
    ("dim_price_fairness", 0.5, Trouble::Nothing),
    ("dim_on_time_delivery", 0.6, Trouble::Delivery),
    ("dim_experience", 0.9, Trouble::Queue),
];

/// Attributes that are rated, and whose importance (1 to 5 points, mean given) is asked in November.
pub const ATTRIBUTES: [(&str, f64, Trouble, f64); 10] = [
    ("fresh", 0.85, Trouble::Nothing, 4.5),
    ("range", 0.60, Trouble::Nothing, 3.9),
    ("price", 0.55, Trouble::Nothing, 4.3),
    ("checkout", 0.70, Trouble::Queue, 4.2),
    ("staff", 0.80, Trouble::Nothing, 3.8),
    ("clean", 0.60, Trouble::Nothing, 3.7),
    ("location", 0.20, Trouble::Nothing, 3.6),
    ("offers", 0.40, Trouble::Nothing, 3.2),
    ("returns", 0.50, Trouble::Nothing, 3.4),
    ("parking", 0.30, Trouble::Nothing, 2.9),
];

/// Form A: the layers of satisfaction, then customer care.
const FORM_A: [(&str, f64, Trouble); 33] = [
    ("product_quality", 0.7, Trouble::Nothing),
    ("product_function", 0.6, Trouble::Nothing),
    ("product_design", 0.4, Trouble::Nothing),
    ("product_price", 0.5, Trouble::Nothing),
    ("service_attitude", 0.8, Trouble::Nothing),
    ("service_speed", 0.7, Trouble::Queue),
    ("service_skill", 0.7, Trouble::Nothing),
    ("service_guarantee", 0.6, Trouble::Delivery),
    ("social_public", 0.4, Trouble::Nothing),
    ("social_ethics", 0.5, Trouble::Nothing),
    ("social_ecology", 0.3, Trouble::Nothing),
    ("brand_trust", 0.7, Trouble::Nothing),
    ("brand_fit", 0.5, Trouble::Nothing),
    ("brand_standing", 0.6, Trouble::Nothing),
    ("environment_comfort", 0.6, Trouble::Nothing),
    ("environment_access", 0.3, Trouble::Nothing),
    ("environment_order", 0.6, Trouble::Queue),
    ("image_community", 0.3, Trouble::Nothing),
    ("image_environment", 0.3, Trouble::Nothing),
    ("image_openness", 0.4, Trouble::Nothing),
    ("before_search", 0.5, Trouble::Nothing),
    ("before_experience", 0.6, Trouble::Nothing),
    ("before_credence", 0.5, Trouble::Nothing),
    ("during_search", 0.6, Trouble::Nothing),
    ("during_experience", 0.8, Trouble::Queue),
    ("during_credence", 0.6, Trouble::Nothing),
    ("after_search", 0.4, Trouble::Nothing),
    ("after_experience", 0.6, Trouble::Delivery),
    ("after_credence", 0.5, Trouble::Nothing),
    ("product_service", 0.8, Trouble::Nothing),
    ("communication", 0.5, Trouble::Nothing),
    ("incentives", 0.4, Trouble::Nothing),
    ("public_relations", 0.3, Trouble::Nothing),
];

/// Form B: the stages of service.
const FORM_B: [(&str, f64, Trouble); 17] = [
    ("answered_fast", 0.7, Trouble::Nothing),
    ("done_on_time", 0.7, Trouble::Delivery),
    ("waiting", 0.7, Trouble::Queue),
    ("done_right", 0.7, Trouble::Nothing),
    ("staff_skill", 0.7, Trouble::Nothing),
    ("advice_right", 0.6, Trouble::Nothing),
    ("promise_kept", 0.7, Trouble::Delivery),
    ("promise_clear", 0.6, Trouble::Nothing),
    ("before_information", 0.5, Trouble::Nothing),
    ("before_advice", 0.6, Trouble::Nothing),
    ("before_trial", 0.4, Trouble::Nothing),
    ("during_reception", 0.7, Trouble::Nothing),
    ("during_ordering", 0.7, Trouble::Queue),
    ("during_handover", 0.7, Trouble::Delivery),
    ("after_repair", 0.5, Trouble::Nothing),
    ("after_follow_up", 0.5, Trouble::Nothing),
    ("after_complaints", 0.7, Trouble::Nothing),
];

/// Form B: contact points with the share of customers who met them.
const CONTACTS: [(&str, f64, f64, Trouble); 8] = [
    ("product", 0.98, 0.7, Trouble::Nothing),
    ("events", 0.30, 0.4, Trouble::Nothing),
    ("hotline", 0.12, 0.6, Trouble::Nothing),
    ("sales_people", 0.70, 0.8, Trouble::Nothing),
    ("channels", 0.95, 0.7, Trouble::Queue),
    ("after_sales_people", 0.20, 0.6, Trouble::Delivery),
    ("sms", 0.55, 0.3, Trouble::Nothing),
    ("online", 0.60, 0.6, Trouble::Nothing),
];

/// Share of straight lines through the attributes, of interviews that were rushed and of failed attention checks.
const STRAIGHT: f64 = 0.025;
const RUSHED: f64 = 0.02;
const INATTENTIVE: f64 = 0.03;

/// Cells of one interview with their headers, in the order of the file.
pub type Row = Vec<(String, String)>;

/// Name and text of the three files.
pub fn files(people: &[Person], seed: u64) -> Vec<(&'static str, String)> {
    let names = ["survey-2026-09.csv", "survey-2026-10.csv", "survey-2026-11.csv"];
    Wave::ALL
        .map(|wave| {
            let mut random = ChaCha8Rng::seed_from_u64(seed + wave as u64);
            let of_wave: Vec<&Person> = people.iter().filter(|person| person.place.wave == wave).collect();
            let mut rows: Vec<Row> = of_wave.iter().map(|person| interview(person, &mut random)).collect();
            rows.sort_by(|left, right| left[1].1.cmp(&right[1].1));
            for (index, row) in rows.iter_mut().enumerate() {
                row[0].1 = format!("{}-{:04}", wave.name().replace("2026-", "26"), index + 1);
            }
            let extra = mess(&rows, wave);
            rows.extend(extra);
            (names[wave as usize], csv(&rows))
        })
        .to_vec()
}

/// Four interviews sent twice, two of the training, three by night.
fn mess(rows: &[Row], wave: Wave) -> Vec<Row> {
    let mut extra: Vec<Row> = [17, 144, 301, 477].map(|index: usize| rows[index].clone()).to_vec();
    for (number, index) in [60, 390].into_iter().enumerate() {
        let mut row = rows[index].clone();
        row[0].1 = format!("TRAIN-{}-{}", wave.name(), number + 1);
        extra.push(row);
    }
    for (number, index) in [88, 250, 512].into_iter().enumerate() {
        let mut row = rows[index].clone();
        row[0].1 = format!("{}-9{number:03}", wave.name().replace("2026-", "26"));
        row[1].1 = format!("{} 23:{:02}", &row[1].1[..10], 10 + number * 17);
        extra.push(row);
    }
    extra
}

/// Cells in the making: each question is one call, so headers and cells cannot part.
struct Sheet<'a> {
    row: Row,
    random: &'a mut ChaCha8Rng,
}

impl Sheet<'_> {
    fn put(&mut self, header: &str, cell: String) {
        self.row.push((header.to_owned(), cell));
    }

    /// A question that is asked of some, and which a few leave empty.
    fn ask(&mut self, header: &str, asked: bool, answer: String) {
        let empty = yes(self.random, chain::GAP);
        self.put(header, if asked && !empty { answer } else { String::new() });
    }

    fn points(&mut self, header: &str, asked: bool, first: usize, shares: &[f64]) {
        let answer = pick(self.random, shares) + first;
        self.ask(header, asked, answer.to_string());
    }

    fn yes_no(&mut self, header: &str, asked: bool, probability: f64) -> bool {
        let answer = yes(self.random, probability);
        self.ask(header, asked, flag(Some(answer)));
        answer
    }
}

fn interview(person: &Person, random: &mut ChaCha8Rng) -> Row {
    let mut sheet = Sheet { row: Vec::new(), random };
    about(person, &mut sheet);
    enterprise(person, &mut sheet);
    let asked = person.customer;
    let mood = person.mood as usize;
    sheet.points("satisfaction", asked, 1, &chain::FIVE[mood]);
    sheet.points("likelihood", asked, 0, &chain::ELEVEN[mood]);
    sheet.points("ease", asked, 1, if person.place.queue() { &chain::BAD_SEVEN } else { &chain::SEVEN[mood] });
    sheet.points("expected", asked, 1, &chain::EXPECTED_SEVEN);
    sheet.points("perceived", asked, 1, &chain::SEVEN[mood]);
    sheet.points("compared", asked, 1, &chain::FIVE[mood]);
    for (column, strength, trouble) in CORE {
        rated(person, &mut sheet, column, asked, strength, trouble);
    }
    attributes(person, &mut sheet);
    brands(person, &mut sheet);
    for (place, name) in paths::LATENT.into_iter().enumerate() {
        for item in 1..=3 {
            let answer = paths::indicator(sheet.random, person.latent[place]);
            sheet.ask(&format!("{name}_{item}"), asked, answer.to_string());
        }
    }
    forms(person, &mut sheet);
    november(person, &mut sheet);
    sheet.yes_no("pressed", asked, share::PRESSED[usize::from(person.place.queue())]);
    let attentive = !yes(sheet.random, INATTENTIVE);
    sheet.put("attentive", flag(Some(attentive)));
    let comment = comment(person, sheet.random);
    sheet.put("comment", comment);
    sheet.row
}

fn about(person: &Person, sheet: &mut Sheet<'_>) {
    let wave = person.place.wave as usize;
    let day = Day::in_month(wave, sheet.random.random_range(8..=24));
    let interviewer = sheet.random.random_range(1..=12);
    let minutes = sheet.random.random_range(9 * 60..20 * 60);
    // The seventh interviewer takes half the time of the others.
    let haste = if interviewer == 7 { 0.5 } else { 1.0 };
    let unhurried = (460.0 + 110.0 * normal(sheet.random)).max(200.0) * haste;
    let seconds = if yes(sheet.random, RUSHED) { between(sheet.random, 50.0, 120.0) } else { unhurried };
    sheet.put("id", String::new());
    sheet.put("interviewed", format!("{} {:02}:{:02}", day.text(), minutes / 60, minutes % 60));
    sheet.put("seconds", format!("{seconds:.0}"));
    sheet.put("interviewer", format!("A{interviewer:02}"));
    sheet.put("branch", chain::branch(person.place.region, person.branch));
    sheet.put("region", chain::REGIONS[person.place.region].to_owned());
    sheet.put("gender", chain::GENDERS[person.gender].to_owned());
    sheet.put("age", chain::AGES[person.place.age].to_owned());
    sheet.put("weight", format!("{:.2}", person.weight()));
    sheet.put("card", person.member.map_or_else(String::new, members::card));
    sheet.put("delivered", flag(person.customer.then_some(person.place.delivered)));
}

fn enterprise(person: &Person, sheet: &mut Sheet<'_>) {
    let mood = person.mood as usize;
    let (aware, asked) = (person.aware, person.customer);
    sheet.put("aware", flag(Some(aware)));
    sheet.yes_no("aware_unaided", true, if aware { share::UNAIDED } else { 0.0 });
    sheet.points("praise", aware, 1, &chain::FIVE[mood]);
    let buyer = yes(sheet.random, share::BUYER);
    sheet.put("category_buyer", flag(Some(buyer)));
    let first = sheet.yes_no("first_choice", buyer, if aware { share::FIRST_CHOICE[mood] } else { 0.0 });
    sheet.yes_no("strict_choice", buyer && first, share::STRICT_CHOICE[mood]);
    sheet.put("customer", flag(aware.then_some(asked)));
    sheet.put("earlier_purchase", flag(asked.then_some(person.earlier)));
    sheet.yes_no("repurchased", person.earlier, share::REPURCHASED[mood]);
    sheet.points("return_intention", asked, 1, &chain::FIVE[mood]);
    sheet.points("recommend", asked, 1, &chain::FIVE[mood]);
    sheet.ask("complained", asked, flag(Some(person.complained)));
    sheet.yes_no("complained_to_company", asked && person.complained, share::TO_COMPANY);
    sheet.points("repurchase_intention", asked, 1, &chain::FIVE[mood]);
    let spent = members::spent_on_groceries(person, sheet.random);
    sheet.ask("spend_category", asked, format!("{spent:.0}"));
}

fn rated(person: &Person, sheet: &mut Sheet<'_>, column: &str, asked: bool, strength: f64, trouble: Trouble) {
    let shares = rating(person.mood, strength, trouble.met(person.place));
    if trouble == Trouble::Delivery && !person.place.delivered {
        sheet.ask(column, asked, NOT_APPLICABLE.to_owned());
    } else {
        sheet.points(column, asked, 1, &shares);
    }
}

fn attributes(person: &Person, sheet: &mut Sheet<'_>) {
    let line = yes(sheet.random, STRAIGHT).then(|| sheet.random.random_range(3..=5));
    for (name, strength, trouble, _) in ATTRIBUTES {
        let shares = rating(person.mood, strength, trouble.met(person.place));
        let answer = line.unwrap_or(pick(sheet.random, &shares) + 1);
        sheet.ask(&format!("perf_{name}"), person.customer, answer.to_string());
    }
}

/// We and the two rivals side by side.
fn brands(person: &Person, sheet: &mut Sheet<'_>) {
    let ours: &Five = &chain::FIVE[person.mood as usize];
    let worth = rating(person.mood, 0.5, false);
    sheet.points("us_satisfaction", person.customer, 1, ours);
    sheet.points("us_recommend", person.customer, 0, &chain::ELEVEN[person.mood as usize]);
    sheet.yes_no("us_considers", person.aware, [0.95, 0.80, 0.40][person.mood as usize]);
    sheet.points("us_value", person.customer, 1, &worth);
    for (name, (known, satisfaction, considered)) in ["a", "b"].into_iter().zip(chain::RIVALS) {
        let knows = yes(sheet.random, known);
        sheet.points(&format!("{name}_satisfaction"), knows, 1, &satisfaction);
        sheet.points(&format!("{name}_recommend"), knows, 0, &chain::ELEVEN[Mood::Content as usize]);
        sheet.yes_no(&format!("{name}_considers"), knows, considered);
        sheet.points(&format!("{name}_value"), knows, 1, &chain::PLAIN_FIVE);
    }
}

fn forms(person: &Person, sheet: &mut Sheet<'_>) {
    let (form_a, form_b) = (person.customer && person.form_a, person.customer && !person.form_a);
    for (column, strength, trouble) in FORM_A {
        rated(person, sheet, column, form_a, strength, trouble);
    }
    for (column, strength, trouble) in FORM_B {
        rated(person, sheet, column, form_b, strength, trouble);
    }
    for (name, met, strength, trouble) in CONTACTS {
        let used = yes(sheet.random, met);
        sheet.put(&format!("used_{name}"), flag(form_b.then_some(used)));
        let shares = rating(person.mood, strength, trouble.met(person.place));
        sheet.points(&format!("touch_{name}"), form_b && used, 1, &shares);
    }
}

/// Asked in November alone: importance and features of all customers, service quality on form A.
fn november(person: &Person, sheet: &mut Sheet<'_>) {
    let asked = person.customer && person.place.wave == Wave::November;
    for (name, _, _, mean) in ATTRIBUTES {
        let answer = (mean + 0.8 * normal(sheet.random)).round().clamp(1.0, 5.0);
        sheet.ask(&format!("imp_{name}"), asked, format!("{answer:.0}"));
    }
    for (name, classes) in chain::FEATURES {
        let (with, without) = kano(pick(sheet.random, &classes), sheet.random);
        sheet.ask(&format!("with_{name}"), asked, with.to_string());
        sheet.ask(&format!("without_{name}"), asked, without.to_string());
    }
    let asked = asked && person.form_a;
    for (_, items, lower) in chain::FACTORS {
        for item in items {
            let seen = pick(sheet.random, &chain::SEVEN[person.mood as usize]) + 1;
            let seen = if yes(sheet.random, lower) { seen.saturating_sub(1).max(1) } else { seen };
            sheet.ask(&format!("p{item:02}"), asked, seen.to_string());
        }
    }
    for (_, items, _) in chain::FACTORS {
        for item in items {
            sheet.points(&format!("e{item:02}"), asked, 1, &chain::EXPECTED_SEVEN);
        }
    }
    let mut points = [15, 30, 25, 18, 12];
    for _ in 0..4 {
        let (from, to) = (sheet.random.random_range(0..5), sheet.random.random_range(0..5));
        if points[from] >= 5 {
            points[from] -= 5;
            points[to] += 5;
        }
    }
    let answers = !yes(sheet.random, chain::GAP);
    for ((factor, _, _), points) in chain::FACTORS.into_iter().zip(points) {
        sheet.put(&format!("points_{factor}"), if asked && answers { points.to_string() } else { String::new() });
    }
}

/// Answers to "if it were there" and "if it were not", 1 (like) to 5 (dislike), that fall into a class of the usual table: must-be,
/// one-dimensional, attractive, indifferent, reverse, questionable.
fn kano(class: usize, random: &mut ChaCha8Rng) -> (u8, u8) {
    let middle = random.random_range(2..=4);
    match class {
        0 => (middle, 5),
        1 => (1, 5),
        2 => (1, middle),
        3 => (middle, random.random_range(2..=4)),
        4 => (5, 1),
        _ => (1, 1),
    }
}

fn comment(person: &Person, random: &mut ChaCha8Rng) -> String {
    let writes = yes(random, 0.18);
    let personal = yes(random, 0.015);
    if !person.customer || !(writes || personal) {
        return String::new();
    }
    let choices = if personal { comments::PERSONAL } else { comments::suitable(person.mood, person.place) };
    choices.choose(random).map_or_else(String::new, |text| (*text).to_owned())
}
