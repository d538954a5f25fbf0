//! Complaints, after-sales tickets and mystery visits, month by month. The true values of the process stand at the head.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::chain::{self, NEW_TOWN, SOUTH};
use super::draw::{DRAWN, Day, csv, flag, pick, row, yes};

/// Complaints a month and the share of them that are settled within the promised seven days.
pub const COMPLAINTS: [usize; 3] = [70, 84, 130];
pub const IN_TIME: [f64; 3] = [0.82, 0.80, 0.58];
/// Of the others: share still open when the table was drawn.
const NEVER: f64 = 0.3;
pub const SATISFIED_IF_IN_TIME: f64 = 0.80;
pub const SATISFIED_IF_LATE: f64 = 0.42;
pub const RETURNED_IF_SATISFIED: f64 = 0.84;
pub const RETURNED_IF_NOT: f64 = 0.36;
/// After-sales tickets a month and the share reached within 24 hours.
pub const TICKETS: usize = 110;
pub const ARRIVED: [f64; 3] = [0.90, 0.87, 0.72];
/// Share of mystery visitors who would return as customers, by region.
pub const WOULD_RETURN: [f64; 5] = [0.80, 0.78, 0.62, 0.78, 0.86];

/// What is complained of, with shares in the first two months and in November.
const MATTERS: [(&str, f64, f64); 6] = [
    ("商品质量", 0.30, 0.20),
    ("结账等候", 0.18, 0.26),
    ("配送", 0.16, 0.30),
    ("价格标签", 0.16, 0.10),
    ("服务态度", 0.12, 0.08),
    ("其他", 0.08, 0.06),
];
const CHANNELS: [(&str, f64); 6] =
    [("热线", 0.34), ("微信", 0.26), ("门店", 0.22), ("12315", 0.08), ("意见簿", 0.06), ("其他", 0.04)];
/// Items of the checklist with the share fulfilled.
const CHECKLIST: [(&str, f64); 18] = [
    ("clean", 0.90),
    ("signs", 0.88),
    ("stock", 0.82),
    ("safe", 0.97),
    ("greeted", 0.62),
    ("waiting", 0.74),
    ("polite", 0.86),
    ("appearance", 0.93),
    ("needs", 0.58),
    ("knowledge", 0.76),
    ("choices", 0.66),
    ("honest", 0.97),
    ("price_right", 0.96),
    ("receipt", 0.95),
    ("quick", 0.78),
    ("thanked", 0.55),
    ("terms", 0.52),
    ("objection", 0.70),
];

type Row = Vec<(String, String)>;

pub fn files(seed: u64) -> Vec<(&'static str, String)> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut complaints: Vec<Row> = (0..3)
        .flat_map(|month| (0..COMPLAINTS[month]).map(move |_| month))
        .map(|month| complaint(month, &mut random))
        .collect();
    let mut tickets: Vec<Row> =
        (0..3).flat_map(|month| (0..TICKETS).map(move |_| month)).map(|month| ticket(month, &mut random)).collect();
    for (rows, letter) in [(&mut complaints, 'C'), (&mut tickets, 'S')] {
        rows.sort_by(|left, right| left[1].1.cmp(&right[1].1));
        for (index, row) in rows.iter_mut().enumerate() {
            row[0].1 = format!("{letter}{:04}", index + 1);
        }
    }
    // Two complaints were entered twice.
    let twice = [complaints[40].clone(), complaints[200].clone()];
    complaints.extend(twice);
    vec![("tickets.csv", csv(&complaints)), ("service_tickets.csv", csv(&tickets))]
}

/// A moment, or nothing if it lies after the day the tables were drawn.
fn moment(day: Day, minutes: u32) -> Option<String> {
    let day = Day(day.0 + minutes / 1440);
    (day < DRAWN).then(|| format!("{} {:02}:{:02}", day.text(), minutes % 1440 / 60, minutes % 60))
}

/// Branch and region; more cases come from the South in November.
fn place(month: usize, random: &mut ChaCha8Rng) -> (usize, usize) {
    let south = if month == 2 { 0.36 } else { 0.2 };
    let others = (1.0 - south) / 4.0;
    let shares: [f64; 5] = std::array::from_fn(|region| if region == SOUTH { south } else { others });
    (pick(random, &shares), random.random_range(0..chain::BRANCHES))
}

fn complaint(month: usize, random: &mut ChaCha8Rng) -> Row {
    let day = Day::in_month(month, random.random_range(1..=30));
    let minutes = random.random_range(8 * 60..21 * 60);
    let (region, branch) = place(month, random);
    let matter = pick(random, &MATTERS.map(|matter| if month == 2 { matter.2 } else { matter.1 }));
    let channel = pick(random, &CHANNELS.map(|channel| channel.1));
    let in_time = yes(random, IN_TIME[month]);
    let days = if in_time { random.random_range(0..=6) } else { random.random_range(8..=24) };
    let open = !in_time && yes(random, NEVER);
    let settled = if open { None } else { moment(day, days * 1440 + random.random_range(minutes..22 * 60)) };
    let reply = moment(day, minutes + random.random_range(10..if month == 2 { 3600 } else { 2000 }));
    let happy = yes(random, if in_time { SATISFIED_IF_IN_TIME } else { SATISFIED_IF_LATE });
    let rating = if happy { random.random_range(4..=5) } else { random.random_range(1..=3) };
    let returned = yes(random, if happy { RETURNED_IF_SATISFIED } else { RETURNED_IF_NOT });
    let asked = settled.is_some() && yes(random, 0.85);
    let known = settled.is_some();
    let upheld = yes(random, 0.72);
    let cost = if known && upheld { random.random_range(0..=24) * 5 } else { 0 };
    row([
        ("ticket", String::new()),
        ("opened", moment(day, minutes).unwrap_or_default()),
        ("branch", chain::branch(region, branch)),
        ("region", chain::REGIONS[region].to_owned()),
        ("matter", MATTERS[matter].0.to_owned()),
        ("channel", CHANNELS[channel].0.to_owned()),
        ("answered", reply.unwrap_or_default()),
        ("closed", settled.unwrap_or_default()),
        ("callback", if asked { rating.to_string() } else { String::new() }),
        ("bought_again", flag(known.then_some(returned))),
        ("upheld", flag(known.then_some(upheld))),
        ("repeated", flag(Some(yes(random, 0.09)))),
        ("cost", if known { cost.to_string() } else { String::new() }),
    ])
}

fn ticket(month: usize, random: &mut ChaCha8Rng) -> Row {
    // The last day is left out: its tickets are not a day old when the table is drawn.
    let day = Day::in_month(month, random.random_range(1..=29));
    let minutes = random.random_range(8 * 60..20 * 60);
    let (region, branch) = place(month, random);
    let fast = yes(random, ARRIVED[month]);
    let hours = if fast { random.random_range(2.0..23.5) } else { random.random_range(26.0..80.0) };
    let arrival = minutes + (hours * 60.0) as u32;
    let arrived = moment(day, arrival);
    let finished = moment(day, arrival + random.random_range(40..4000));
    let repair = yes(random, 0.75);
    let times = pick(random, &[0.84, 0.12, 0.04]) + 1;
    let satisfied = yes(random, if fast { 0.88 } else { 0.55 });
    let asked = finished.is_some() && yes(random, 0.8);
    row([
        ("ticket", String::new()),
        ("called", moment(day, minutes).unwrap_or_default()),
        ("branch", chain::branch(region, branch)),
        ("region", chain::REGIONS[region].to_owned()),
        ("kind", (if repair { "维修" } else { "送货安装" }).to_owned()),
        ("arrived", arrived.unwrap_or_default()),
        ("finished", finished.unwrap_or_default()),
        ("satisfied", flag(asked.then_some(satisfied))),
        ("repair_number", if repair { times.to_string() } else { String::new() }),
        (
            "days_since_repair",
            if repair && times > 1 { random.random_range(5..=85).to_string() } else { String::new() },
        ),
        ("fixed_first_visit", flag(repair.then(|| yes(random, 0.79)))),
        ("kept_appointment", flag(yes(random, 0.7).then_some(fast))),
    ])
}

/// `visits.csv`, in GB18030: 40 branches in three months.
pub fn visits(seed: u64) -> Vec<u8> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut rows = Vec::new();
    for month in 0..3 {
        for region in 0..chain::REGIONS.len() {
            for branch in 0..chain::BRANCHES {
                rows.push(visit(rows.len(), month, region, branch, &mut random));
            }
        }
    }
    let text = csv(&rows);
    let (bytes, _, replaced) = encoding_rs::GB18030.encode(&text);
    assert!(!replaced, "GB18030 holds every character");
    bytes.into_owned()
}

fn visit(index: usize, month: usize, region: usize, branch: usize, random: &mut ChaCha8Rng) -> Row {
    let back = yes(random, WOULD_RETURN[region]);
    let mut cells = row([
        ("visit", format!("V{:03}", index + 1)),
        ("day", Day::in_month(month, random.random_range(3..=27)).text()),
        ("branch", chain::branch(region, branch)),
        ("region", chain::REGIONS[region].to_owned()),
    ]);
    for (item, fulfilled) in CHECKLIST {
        let waits = ["waiting", "quick"].contains(&item);
        let shift = match region {
            SOUTH if waits && month == 2 => -0.4,
            NEW_TOWN if waits && month > 0 => 0.15,
            _ => 0.0,
        };
        let answer = if yes(random, fulfilled + shift) { "是" } else { "否" };
        let applies = !yes(random, if item == "objection" { 0.4 } else { 0.03 });
        cells.push((item.to_owned(), (if applies { answer } else { "不适用" }).to_owned()));
    }
    let impression = if back { random.random_range(3..=5) } else { random.random_range(1..=3) };
    cells.extend(row([
        ("impression", impression.to_string()),
        ("would_return", (if back { "是" } else { "否" }).to_owned()),
    ]));
    cells
}
