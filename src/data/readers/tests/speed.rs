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

/// A workbook of two million cells, and a Parquet file of forty million numbers in one row group.
#[test]
#[ignore = "measures; takes some seconds"]
fn large_workbooks_and_parquet_files() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for column in 0..40_u16 {
        sheet.write(0, column, format!("Q{column}")).unwrap();
        for row in 1..=50_000_u32 {
            sheet.write(row, column, (row + u32::from(column)) % 5 + 1).unwrap();
        }
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let start = Instant::now();
    let outcome = read_bytes("a.xlsx", &bytes);
    println!("xlsx: {:?}", start.elapsed());
    assert_eq!(outcome.table().row_count(), 50_000);

    let columns: Vec<(String, datafusion::arrow::array::ArrayRef)> = (0..40)
        .map(|column| {
            let values = datafusion::arrow::array::Int32Array::from_iter_values(
                (0..1_000_000).map(|row| (row + column) % 5 + 1),
            );
            (format!("Q{column}"), std::sync::Arc::new(values) as datafusion::arrow::array::ArrayRef)
        })
        .collect();
    let columns: Vec<(&str, _)> = columns.iter().map(|(name, array)| (name.as_str(), array.clone())).collect();
    let bytes = super::formats::parquet_of(columns, 2_000_000);
    let start = Instant::now();
    let outcome = read_bytes("a.parquet", &bytes);
    println!("parquet: {:?}", start.elapsed());
    assert_eq!(outcome.table().row_count(), 1_000_000);
}
