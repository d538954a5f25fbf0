//! Durations as survey tools write them, in seconds.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;

use crate::data::table::RawTable;

/// Turns the columns of these names to seconds. A column that holds anything else stays as it is, for the codebook to report.
pub fn to_seconds(table: &mut RawTable, names: &[&str]) {
    for name in names {
        let Some(column) = table.position(name) else { continue };
        let converted: Option<Vec<Option<ArrayRef>>> =
            table.chunks.iter().map(|chunk| convert(chunk.columns.get(column)?.as_ref())).collect();
        let Some(converted) = converted else { continue };
        for (chunk, array) in table.chunks.iter_mut().zip(converted) {
            chunk.columns[column] = array;
        }
    }
}

/// The array in seconds; `None` if a cell is no duration.
#[allow(clippy::option_option)]
fn convert(array: Option<&ArrayRef>) -> Option<Option<ArrayRef>> {
    let Some(array) = array else { return Some(None) };
    let is_text = match array.data_type() {
        DataType::Dictionary(_, texts) => **texts == DataType::Utf8,
        data_type => *data_type == DataType::Utf8,
    };
    if !is_text {
        return Some(Some(Arc::clone(array)));
    }
    let texts = cast(array, &DataType::Utf8).ok()?;
    let texts = texts.as_string::<i32>();
    let mut seconds = Vec::with_capacity(texts.len());
    for text in texts {
        seconds.push(match text.map(str::trim) {
            None | Some("") => None,
            Some(text) => Some(parse_seconds(text)?),
        });
    }
    Some(Some(Arc::new(Float64Array::from(seconds))))
}

/// Seconds in `153秒`, `2分33秒`, `1小时2分3秒`, `0:02:33`, `02:33` or `153`.
pub fn parse_seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.contains(':') || text.contains('：') {
        let parts: Option<Vec<f64>> = text.split([':', '：']).map(|part| part.trim().parse().ok()).collect();
        let parts = parts.filter(|parts| parts.len() <= 3 && parts.iter().all(|part| *part >= 0.0))?;
        return Some(parts.iter().fold(0.0, |sum, part| sum * 60.0 + part));
    }
    if let Ok(seconds) = text.parse::<f64>() {
        return (seconds.is_finite() && seconds >= 0.0).then_some(seconds);
    }
    const UNITS: [(&str, f64); 12] = [
        ("小时", 3600.0),
        ("小時", 3600.0),
        ("分钟", 60.0),
        ("分鐘", 60.0),
        ("秒钟", 1.0),
        ("天", 86_400.0),
        ("时", 3600.0),
        ("分", 60.0),
        ("秒", 1.0),
        ("h", 3600.0),
        ("m", 60.0),
        ("s", 1.0),
    ];
    let (mut total, mut rest, mut last) = (0.0, text, f64::INFINITY);
    while !rest.is_empty() {
        let digits =
            rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').filter(|&length| length > 0)?;
        let number: f64 = rest[..digits].parse().ok()?;
        let after = rest[digits..].trim_start();
        let (unit, seconds) = UNITS.iter().find(|(unit, _)| after.starts_with(unit))?;
        // Units come from large to small, each once; anything else is not a duration.
        if *seconds >= last {
            return None;
        }
        last = *seconds;
        total += number * seconds;
        rest = after[unit.len()..].trim_start();
    }
    (last.is_finite()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_in_all_their_forms() {
        let cases = [
            ("153秒", Some(153.0)),
            ("2分33秒", Some(153.0)),
            ("1小时2分3秒", Some(3723.0)),
            ("0:02:33", Some(153.0)),
            ("02:33", Some(153.0)),
            ("153", Some(153.0)),
            ("1分钟", Some(60.0)),
            ("1天2小时", Some(93_600.0)),
            ("3秒2分", None),
            ("很久", None),
            ("", None),
            ("-5", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse_seconds(text), seconds, "{text}");
        }
    }
}
