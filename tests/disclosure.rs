//! An attacker who knows which answers every group holds, and everything that `manyi metrics --json` publishes, tries to work out
//! the hidden numbers by solving linear equations. He must fail, and must succeed where only the groups with small bases are
//! hidden: a test that he can never pass would show nothing.

use std::fmt::Write as _;
use std::fs;

use nalgebra::{DMatrix, DVector};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::support::metrics;

/// An answer: groups by segment column (empty for none), then aware, customer and rating.
struct Answer {
    groups: Vec<String>,
    aware: bool,
    customer: bool,
    praise: u32,
}

fn published(answers: &[Answer], columns: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = format!("{},aware,customer,complained,praise\n", columns.join(","));
    for answer in answers {
        let flag = |value: bool| u8::from(value);
        let (aware, customer, complained) = (flag(answer.aware), flag(answer.customer), flag(answer.praise < 3));
        writeln!(rows, "{},{aware},{customer},{complained},{}", answer.groups.join(","), answer.praise).unwrap();
    }
    fs::write(folder.path().join("a.csv"), rows).unwrap();
    let declared: String = columns.iter().map(|column| format!("  {column}: {{ type: single }}\n")).collect();
    let yaml = format!(
        "manyi: 1
project: {{ title: t, lang: en }}
data: {{ sources: [{{ file: a.csv, dialect: plain }}] }}
columns:
{declared}  aware: {{ type: boolean }}
  customer: {{ type: boolean }}
  complained: {{ type: boolean }}
  praise: {{ type: scale, range: [1, 5] }}
segments: [{}]
plugins:
  enterprise-csi:
    metrics: [awareness, reputation, reputation_net, complaint_rate, csi]
    weights: {{ csi: {{ reputation: 2, complaint_rate: 1 }} }}
    inputs: {{ aware: aware, praise: praise, customer: customer, complained: complained }}
",
        columns.join(", ")
    );
    fs::write(folder.path().join("manyi.yaml"), yaml).unwrap();
    metrics(folder.path())
}

/// What an estimate tells about the answers: its row in the equations. The unknowns are the sums of each numerator over the
/// answers with the same groups, one block a metric; a composite is a combination of the blocks of its components.
fn equation(estimate: &Value, answers: &[Answer], columns: &[&str], atoms: &[&[String]]) -> Vec<f64> {
    let inside = |answer: &Answer| {
        let segment = estimate["segment"].as_object().unwrap();
        segment.iter().all(|(column, value)| {
            columns.iter().zip(&answer.groups).any(|(name, group)| name == column && value == group)
        })
    };
    const BLOCKS: [&str; 3] = ["awareness", "reputation", "complaint_rate"];
    let base = |block: &str, answer: &Answer| match block {
        "reputation" => answer.aware,
        "complaint_rate" => answer.customer,
        _ => true,
    };
    let parts: &[(&str, f64)] = match estimate["metric"].as_str().unwrap() {
        "awareness" => &[("awareness", 1.0)],
        "reputation" => &[("reputation", 1.0)],
        "complaint_rate" => &[("complaint_rate", 1.0)],
        // The complaint rate enters turned around, which changes the known side of the equation only.
        "csi" => &[("reputation", 2.0), ("complaint_rate", -1.0)],
        _ => &[],
    };
    let mut row = vec![0.0; BLOCKS.len() * atoms.len()];
    for (block, factor) in parts {
        let members = |atom: &[String]| answers.iter().filter(move |a| a.groups == atom && base(block, a)).count();
        let whole: usize = answers.iter().filter(|answer| inside(answer) && base(block, answer)).count();
        let offset = BLOCKS.iter().position(|known| known == block).unwrap() * atoms.len();
        for (index, atom) in atoms.iter().enumerate() {
            let answer = answers.iter().find(|answer| answer.groups == *atom).unwrap();
            if members(atom) > 0 && inside(answer) {
                // Scaled so that rows of small and large groups are alike.
                row[offset + index] = factor / whole as f64 * (members(atom) as f64).sqrt();
            }
        }
    }
    row
}

/// The hidden estimates that follow from the others; `naive` treats what is hidden only for the sake of others as published.
fn worked_out(results: &Value, answers: &[Answer], columns: &[&str], naive: bool) -> Vec<String> {
    let mut atoms: Vec<&[String]> = answers.iter().map(|answer| answer.groups.as_slice()).collect();
    atoms.sort_unstable();
    atoms.dedup();
    let linear = |estimate: &&Value| estimate["metric"] != "reputation_net";
    let all: Vec<&Value> = results["estimates"].as_array().unwrap().iter().filter(linear).collect();
    let known = |estimate: &Value| !estimate["estimate"].is_null() || (naive && estimate["reason"] == "complement");
    let rows: Vec<Vec<f64>> = all
        .iter()
        .filter(|estimate| known(estimate))
        .map(|estimate| equation(estimate, answers, columns, &atoms))
        .collect();
    let width = 3 * atoms.len();
    // Columns are the published rows: a hidden row is worked out if it is a combination of them.
    let space = DMatrix::from_fn(width, rows.len(), |row, column| rows[column][row]).svd(true, false);
    let basis = space.u.unwrap();
    let rank = space.singular_values.iter().filter(|value| **value > 1e-9).count();
    let basis = basis.columns(0, rank);
    let mut found = Vec::new();
    for estimate in all.iter().filter(|estimate| estimate["suppressed"] == true && !known(estimate)) {
        let row = DVector::from_vec(equation(estimate, answers, columns, &atoms));
        let rest = &row - basis * (basis.transpose() * &row);
        if rest.norm() < 1e-6 * row.norm() {
            found.push(format!("{} {}", estimate["metric"], estimate["segment"]));
        }
    }
    found
}

fn answers(cells: &[(&[&str], usize)]) -> Vec<Answer> {
    let mut made = Vec::new();
    for (groups, size) in cells {
        for row in 0..*size {
            let groups = groups.iter().map(|group| (*group).to_owned()).collect();
            let praise = u32::try_from(row % 5).unwrap() + 1;
            made.push(Answer { groups, aware: row % 7 > 0, customer: row % 3 > 0, praise });
        }
    }
    made
}

#[test]
fn nested_columns_give_nothing_away() {
    let cities: &[(&[&str], usize)] = &[
        (&["north", "a", "shop"], 200),
        (&["north", "b", "shop"], 12),
        (&["south", "c", "web"], 150),
        (&["south", "d", "web"], 14),
        (&["south", "d", "shop"], 9),
        (&["west", "e", "web"], 120),
    ];
    let answers = answers(cities);
    let columns = ["region", "city", "channel"];
    let results = published(&answers, &columns);
    let hidden = results["estimates"].as_array().unwrap().iter().filter(|held| held["suppressed"] == true).count();
    assert!(hidden > 0);
    assert_eq!(worked_out(&results, &answers, &columns, false), Vec::<String>::new());
    assert!(!worked_out(&results, &answers, &columns, true).is_empty(), "the attacker is too weak to show anything");
}

#[test]
fn random_projects_give_nothing_away() {
    let mut given_away_naively = 0;
    for seed in 0..12 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut made = Vec::new();
        for _ in 0..random.random_range(150..400) {
            let city = (random.random::<f64>().powi(2) * 7.0) as u32;
            let region = city / 2;
            let other = (random.random::<f64>().powi(2) * 4.0) as u32;
            made.push(Answer {
                groups: vec![format!("r{region}"), format!("c{city}"), format!("o{other}")],
                aware: random.random_bool(0.8),
                customer: random.random_bool(0.6),
                praise: random.random_range(1..=5),
            });
        }
        let columns = ["region", "city", "other"];
        let results = published(&made, &columns);
        assert_eq!(worked_out(&results, &made, &columns, false), Vec::<String>::new(), "seed {seed}");
        given_away_naively += worked_out(&results, &made, &columns, true).len();
    }
    assert!(given_away_naively > 0, "the attacker is too weak to show anything");
}
