use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::file::properties::WriterProperties;
use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array, Int8Array, LargeStringArray,
    ListArray, RecordBatch, StringArray, StringViewArray, TimestampMicrosecondArray, UInt64Array,
};
use datafusion::arrow::datatypes::Int32Type;
use serde_json::json;

use super::*;

#[test]
fn json_lists_and_lines() {
    let list = r#"[{"id": 1, "score": 4.5, "reasons": ["近", "便宜"]},
                   {"id": 2, "name": "王", "reasons": [], "nested": {"a": 1}, "ok": true}, {"id": "x3", "score": null}]"#;
    let outcome = read_bytes("a.json", list.as_bytes());
    assert_eq!(outcome.headers(), ["id", "score", "reasons", "name", "nested", "ok"]);
    assert_eq!(
        outcome.rows(),
        [
            ["1", "4.5", "近\u{1f}便宜", "-", "-", "-"],
            ["2", "-", "-", "王", "-", "true"],
            ["x3", "-", "-", "-", "-", "-"]
        ]
    );
    assert_eq!(outcome.codes(), ["M0279"]);
    let lines = "{\"id\": 1}\n\n{\"id\": 2, \"满意\": 5}\n";
    assert_eq!(read_bytes("a.ndjson", lines.as_bytes()).rows(), [["1", "-"], ["2", "5"]]);
    assert_eq!(read_bytes("a.json", br#"{"total": 1, "data": [{"a": 1}]}"#).rows(), [["1"]]);
    assert_eq!(read_bytes("a.json", b"[{\"a\": 1}, 5]").codes(), ["M0278"]);
    let broken = read_bytes("a.json", b"[{\"a\": 1},\n {\"a\": }]");
    assert_eq!(broken.codes(), ["M0277"]);
    assert_eq!(broken.diagnostics[0].location, Some(Location::text("a.json", 2, 8)));
}

pub fn parquet_of(columns: Vec<(&str, ArrayRef)>, group: usize) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(group)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn parquet_types_come_down_to_the_few() {
    let list = ListArray::from_nested_iter::<datafusion::arrow::array::GenericStringBuilder<i32>, _, _, _>([
        Some(vec![Some("近"), Some("便宜")]),
        None,
    ]);
    let dictionary: DictionaryArray<Int32Type> = [Some("微信"), None].into_iter().collect();
    // 2026-09-03 is day 20699 after 1970-01-01.
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("large", Arc::new(LargeStringArray::from(vec![Some("大"), None]))),
        ("view", Arc::new(StringViewArray::from(vec![Some("看"), None]))),
        ("dictionary", Arc::new(dictionary)),
        ("int8", Arc::new(Int8Array::from(vec![Some(5), None]))),
        ("uint64", Arc::new(UInt64Array::from(vec![Some(u64::MAX), None]))),
        ("float32", Arc::new(Float32Array::from(vec![Some(2.5), None]))),
        ("decimal", Arc::new(Decimal128Array::from(vec![Some(1234), None]).with_precision_and_scale(10, 2).unwrap())),
        ("boolean", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ("date", Arc::new(Date32Array::from(vec![Some(20_699), None]))),
        ("moment", Arc::new(TimestampMicrosecondArray::from(vec![Some(20_699 * 86_400_000_000), None]))),
        (
            "zoned",
            // Midnight in Shanghai is 16:00 the day before in UTC.
            Arc::new(
                TimestampMicrosecondArray::from(vec![Some(20_699 * 86_400_000_000 - 8 * 3_600_000_000), None])
                    .with_timezone("+08:00"),
            ),
        ),
        ("list", Arc::new(list)),
    ];
    let outcome = read_bytes("a.parquet", &parquet_of(columns, 100));
    assert_eq!(outcome.codes(), [""; 0]);
    let day = "2026-09-03";
    assert_eq!(
        outcome.rows()[0],
        ["大", "看", "微信", "5", "18446744073709551615", "2.5", "12.34", "true", day, day, day, "近\u{1f}便宜"]
    );
    assert!(outcome.rows()[1].iter().all(|cell| cell == "-"));
    let kinds: Vec<String> =
        outcome.table().chunks[0].columns.iter().map(|array| array.as_ref().unwrap().data_type().to_string()).collect();
    assert_eq!(kinds[2..8], ["Dictionary(Int8, Utf8)", "Int8", "Utf8", "Float64", "Float64", "Boolean"]);
}

#[test]
fn texts_that_repeat_stay_dictionaries_and_others_texts() {
    let count = 20_000;
    let text = |row: usize, distinct: usize| (!row.is_multiple_of(11)).then(|| format!("门店 {}", row % distinct));
    let column =
        |distinct: usize| -> ArrayRef { Arc::new((0..count).map(|row| text(row, distinct)).collect::<StringArray>()) };
    for group in [3_000, count] {
        let outcome = read_bytes("a.parquet", &parquet_of(vec![("few", column(7)), ("many", column(count))], group));
        let expected = (0..count).map(|row| [text(row, 7), text(row, count)].map(|cell| cell.unwrap_or("-".into())));
        assert!(outcome.rows().into_iter().eq(expected.map(|cells| cells.to_vec())));
        let few = outcome.table().chunks[0].columns[0].as_ref().unwrap().data_type().to_string();
        assert_eq!(few, "Dictionary(Int8, Utf8)");
    }
}

#[test]
fn parquet_rows_keep_their_order_over_groups_and_threads() {
    let count = 50_000_u64;
    let columns = |count: u64| -> Vec<(&str, ArrayRef)> {
        (0..5)
            .map(|column| {
                let name = ["a", "b", "c", "d", "e"][column as usize];
                let values = UInt64Array::from_iter_values((0..count).map(|row| row * 10 + column));
                let array =
                    datafusion::arrow::compute::cast(&values, &datafusion::arrow::datatypes::DataType::Int64).unwrap();
                (name, array)
            })
            .collect()
    };
    for group in [7_000, 1_000_000] {
        let outcome = read_with("a.parquet", &parquet_of(columns(count), group), json!({}), Some(&["b", "e", "a"]));
        let rows = outcome.rows();
        assert_eq!(rows.len(), count as usize);
        assert!(rows.iter().enumerate().all(|(row, cells)| {
            let cell = |column: usize| (row * 10 + column).to_string();
            *cells == [cell(0), cell(1), "?".into(), "?".into(), cell(4)]
        }));
        assert!(outcome.row_numbers().into_iter().eq(1..=count as u32));
    }
    assert_eq!(read_bytes("a.parquet", b"PAR1 cut off").codes(), ["M0275"]);
}

/// An SPSS file with a labelled scale with missing values, a text, a long text and a date.
fn sav() -> Vec<u8> {
    let mut bytes = Vec::new();
    let int = |bytes: &mut Vec<u8>, value: i32| bytes.extend(value.to_le_bytes());
    let text = |bytes: &mut Vec<u8>, text: &str, length: usize| {
        bytes.extend(text.as_bytes());
        bytes.extend(vec![b' '; length - text.len()]);
    };
    bytes.extend(b"$FL2");
    text(&mut bytes, "@(#) SPSS DATA FILE", 60);
    [2, 6, 0, 0, 3].iter().for_each(|&value| int(&mut bytes, value));
    bytes.extend(100_f64.to_le_bytes());
    text(&mut bytes, "03 Sep 26", 9);
    text(&mut bytes, "12:00:00", 8);
    text(&mut bytes, "", 64);
    bytes.extend([0; 3]);
    let format = |kind: i32, width: i32| (kind << 16) | (width << 8);
    let variable = |bytes: &mut Vec<u8>, kind: i32, name: &str, label: &str, missing: &[f64], format: i32| {
        [2, kind, i32::from(!label.is_empty()), missing.len() as i32, format, format]
            .iter()
            .for_each(|&value| int(bytes, value));
        text(bytes, name, 8);
        if !label.is_empty() {
            int(bytes, label.len() as i32);
            text(bytes, label, label.len().div_ceil(4) * 4);
        }
        missing.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
    };
    variable(&mut bytes, 0, "Q1", "您的满意程度", &[9.0], format(5, 1));
    variable(&mut bytes, 8, "SEX", "", &[], format(1, 8));
    variable(&mut bytes, 16, "WHY", "", &[], format(1, 16));
    variable(&mut bytes, -1, "", "", &[], 0);
    variable(&mut bytes, 0, "DAY", "", &[], format(20, 11));
    variable(&mut bytes, 0, "W", "", &[], format(5, 8) | 2);
    [3, 2].iter().for_each(|&value| int(&mut bytes, value));
    for (code, label) in [(5.0_f64, "非常满意"), (1.0, "很不满意")] {
        bytes.extend(code.to_le_bytes());
        bytes.push(label.len() as u8);
        text(&mut bytes, label, (1 + label.len()).div_ceil(8) * 8 - 1);
    }
    [4, 1, 1, 7, 20, 1, 5].iter().for_each(|&value| int(&mut bytes, value));
    bytes.extend(b"UTF-8");
    [999, 0].iter().for_each(|&value| int(&mut bytes, value));
    // Days between 1582-10-14 and 1970-01-01: 141428.
    let day = f64::from(141_428 + 20_699) * 86_400.0;
    for (score, sex, why, day, weight) in
        [(5.0, "男", "近", day, 1.25), (9.0, "女", "价格便宜又好吃", f64::MIN, 0.5), (f64::MIN, "", "", day, 1.0)]
    {
        bytes.extend(f64::to_le_bytes(score));
        text(&mut bytes, sex, 8);
        // At most 16 bytes: five characters of three.
        let why: String = why.chars().take(5).collect();
        text(&mut bytes, &why, 16);
        bytes.extend(f64::to_le_bytes(day));
        bytes.extend(f64::to_le_bytes(weight));
    }
    bytes
}

#[test]
fn spss_files_bring_their_labels() {
    let outcome = read_bytes("a.sav", &sav());
    assert_eq!(outcome.codes(), [""; 0]);
    assert_eq!(outcome.headers(), ["Q1", "SEX", "WHY", "DAY", "W"]);
    assert_eq!(
        outcome.rows(),
        [
            ["5", "男", "近", "2026-09-03", "1.25"],
            ["9", "女", "价格便宜又", "-", "0.5"],
            ["-", "-", "-", "2026-09-03", "1"]
        ]
    );
    let header = &outcome.table().headers[0];
    assert_eq!(header.label.as_deref(), Some("您的满意程度"));
    let labels: Vec<(&str, &str)> =
        header.value_labels.iter().map(|(code, label)| (code.as_str(), label.as_str())).collect();
    assert_eq!(labels, [("5", "非常满意"), ("1", "很不满意")]);
    assert_eq!(header.missing, ["9"]);
    let wanted = read_with("a.sav", &sav(), json!({}), Some(&["W", "您的满意程度"]));
    assert_eq!(wanted.rows()[0], ["5", "?", "?", "?", "1.25"]);
    assert_eq!(read_bytes("a.sav", b"$FL2 cut off").codes(), ["M0280"]);
}

#[test]
fn damaged_spss_files_never_panic() {
    let good = sav();
    for cut in (0..good.len()).step_by(7) {
        read_bytes("a.sav", &good[..cut]);
    }
    for at in (0..good.len()).step_by(3) {
        let mut bad = good.clone();
        bad[at] ^= 0xff;
        read_bytes("a.sav", &bad);
    }
}
