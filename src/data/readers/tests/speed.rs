use std::fmt::Write as _;
use std::time::Instant;

use serde_json::json;

use super::*;

/// A million answers to forty questions. Run with `--ignored`; it prints times and asserts only that the rows are all there.
#[test]
#[ignore = "measures; takes some seconds"]
fn a_million_answers() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("million.csv");
    let mut text = (0..40).map(|column| format!("Q{column}")).collect::<Vec<_>>().join(",");
    text.push('\n');
    for row in 0..1_000_000_u32 {
        for column in 0..40_u32 {
            let value = row.wrapping_mul(2_654_435_761).wrapping_add(column * 40_503) >> 13;
            let _ = match column {
                0 => write!(text, "{row}"),
                1 => write!(text, ",{}", ["男", "女", "不愿透露"][value as usize % 3]),
                _ => write!(text, ",{}", value % 5 + 1),
            };
        }
        text.push('\n');
    }
    std::fs::write(&path, &text).unwrap();
    println!("{} MB", text.len() >> 20);
    for wanted in [None, Some(&["Q0", "Q1", "Q5", "Q9"][..])] {
        let start = Instant::now();
        let outcome = read_path(&path, "million.csv", json!({}), wanted);
        println!("{wanted:?}: {:?}", start.elapsed());
        assert_eq!(outcome.table().row_count(), 1_000_000);
    }
}
