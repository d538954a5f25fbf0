//! Inside the chain: ratings of the suppliers, the internal survey of staff, managers and shareholders, and the panel of experts
//! that judges the factors of an index for the trade.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::chain;
use super::draw::{csv, normal, pick, row, yes};

type Row = Vec<(String, String)>;

/// Suppliers with mean ratings of the six criteria and the share of deliveries on time; the vegetables come late.
const SUPPLIERS: [(&str, [f64; 6], f64); 8] = [
    ("蔬菜一", [3.9, 3.4, 2.4, 3.0, 2.8, 3.1], 0.78),
    ("蔬菜二", [3.5, 3.5, 3.6, 3.6, 3.5, 3.4], 0.92),
    ("水果", [3.4, 3.6, 3.8, 3.7, 3.6, 3.5], 0.94),
    ("肉类", [3.2, 3.8, 4.0, 3.9, 4.0, 3.8], 0.96),
    ("水产", [3.0, 3.6, 3.5, 3.4, 3.2, 3.3], 0.90),
    ("乳品", [3.6, 4.1, 4.2, 4.0, 4.2, 4.0], 0.98),
    ("粮油", [3.8, 3.7, 4.1, 3.8, 4.3, 3.7], 0.97),
    ("日化", [3.5, 4.0, 3.9, 4.1, 4.0, 4.2], 0.95),
];
const CRITERIA: [&str; 6] = ["cost", "technology", "delivery", "service", "continuity", "support"];

/// Items of the internal survey with their means: shareholders, managers, and staff with six hygiene factors and five motivators.
const SHAREHOLDERS: [(&str, f64); 5] =
    [("sh_dividend", 3.1), ("sh_growth", 3.6), ("sh_labour", 3.3), ("sh_responsibility", 3.8), ("sh_pride", 3.9)];
const MANAGERS: [(&str, f64); 12] = [
    ("mg_pay", 3.2),
    ("mg_career", 3.0),
    ("mg_culture", 3.6),
    ("mg_self", 3.3),
    ("mg_learning", 3.5),
    ("mg_recognition", 3.4),
    ("mg_prospects", 3.5),
    ("mg_potential", 3.2),
    ("mg_colleagues", 4.0),
    ("mg_image", 3.8),
    ("mg_usefulness", 3.6),
    ("mg_rules", 2.8),
];
const STAFF: [(&str, f64); 11] = [
    ("hy_policy", 3.0),
    ("hy_administration", 2.9),
    ("hy_pay", 2.5),
    ("hy_protection", 3.4),
    ("hy_supervision", 3.0),
    ("hy_relations", 3.7),
    ("mo_chance", 3.1),
    ("mo_joy", 3.4),
    ("mo_achievement", 3.5),
    ("mo_prospects", 2.9),
    ("mo_responsibility", 3.6),
];

/// Factors with their means of importance, controllability, measurability and comparability.
const FACTORS: [(&str, [f64; 4]); 8] = [
    ("生鲜新鲜", [4.7, 4.0, 4.2, 4.1]),
    ("品种齐全", [4.1, 4.2, 4.5, 4.4]),
    ("价格实惠", [4.6, 3.6, 4.7, 4.6]),
    ("结账等候", [4.3, 4.5, 4.6, 4.3]),
    ("员工态度", [4.2, 4.1, 3.7, 3.6]),
    ("送货准时", [4.1, 4.2, 4.6, 4.0]),
    ("食品安全", [4.9, 4.3, 3.9, 3.5]),
    ("停车方便", [3.4, 2.4, 4.2, 3.9]),
];
const EXPERTS: usize = 24;

/// `suppliers.csv`, `staff.csv` and `panel.csv`.
pub fn files(seed: u64) -> Vec<(&'static str, String)> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    vec![
        ("suppliers.csv", csv(&suppliers(&mut random))),
        ("staff.csv", csv(&staff(&mut random))),
        ("panel.csv", csv(&panel(&mut random))),
    ]
}

/// A rating around a mean, 1 to 5.
fn around(mean: f64, spread: f64, random: &mut ChaCha8Rng) -> String {
    format!("{:.0}", (mean + spread * normal(random)).round().clamp(1.0, 5.0))
}

fn suppliers(random: &mut ChaCha8Rng) -> Vec<Row> {
    let mut rows = Vec::new();
    for month in ["2026-09", "2026-10", "2026-11"] {
        for (supplier, means, punctual) in SUPPLIERS {
            for warehouse in chain::REGIONS {
                let mut cells = row([
                    ("month", month.to_owned()),
                    ("supplier", supplier.to_owned()),
                    ("warehouse", warehouse.to_owned()),
                ]);
                for (criterion, mean) in CRITERIA.into_iter().zip(means) {
                    let rated = !yes(random, 0.04);
                    let answer = around(mean, 0.7, random);
                    cells.push((criterion.to_owned(), if rated { answer } else { String::new() }));
                }
                let delivered = random.random_range(20..=90) * 100;
                let defective = (0..delivered).filter(|_| yes(random, 0.0012)).count();
                let deliveries = random.random_range(12..=30);
                let on_time = (0..deliveries).filter(|_| yes(random, punctual)).count();
                cells.extend(row([
                    ("delivered_units", delivered.to_string()),
                    ("defective_units", defective.to_string()),
                    ("deliveries", deliveries.to_string()),
                    ("deliveries_on_time", on_time.to_string()),
                ]));
                rows.push(cells);
            }
        }
    }
    rows
}

fn staff(random: &mut ChaCha8Rng) -> Vec<Row> {
    type Items<'a> = &'a [(&'a str, f64)];
    let groups: [(&str, usize, Items<'_>); 3] =
        [("股东", 32, &SHAREHOLDERS), ("经营者", 56, &MANAGERS), ("员工", 260, &STAFF)];
    let mut rows = Vec::new();
    for (group, people, asked) in groups {
        for _ in 0..people {
            let region = pick(random, &[0.2; 5]);
            // Some are easier to please than others, so items of one person go together.
            let person = 0.5 * normal(random);
            let mut cells = row([
                ("number", format!("P{:03}", rows.len() + 1)),
                ("group", group.to_owned()),
                ("region", if group == "股东" { String::new() } else { chain::REGIONS[region].to_owned() }),
            ]);
            for (item, mean) in SHAREHOLDERS.iter().chain(&MANAGERS).chain(&STAFF) {
                let answer = around(mean + person, 0.8, random);
                let answers = asked.iter().any(|(own, _)| own == item) && !yes(random, chain::GAP);
                cells.push(((*item).to_owned(), if answers { answer } else { String::new() }));
            }
            rows.push(cells);
        }
    }
    rows
}

fn panel(random: &mut ChaCha8Rng) -> Vec<Row> {
    let mut rows = Vec::new();
    for expert in 1..=EXPERTS {
        let person = 0.25 * normal(random);
        for (factor, means) in FACTORS {
            let mut cells = row([("expert", format!("X{expert:02}")), ("factor", factor.to_owned())]);
            for (principle, mean) in
                ["importance", "controllability", "measurability", "comparability"].into_iter().zip(means)
            {
                cells.push((principle.to_owned(), around(mean + person, 0.55, random)));
            }
            rows.push(cells);
        }
    }
    rows
}
