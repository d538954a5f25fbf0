//! Numbers, durations and moments as people and spreadsheets write them: full-width digits, thousands separators, units,
//! `2分33秒`, `2026年9月3日`, Excel serials. Texts come in, plain values go out, `None` where a text is none of these.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// Turns full-width characters into their ASCII forms and trims spaces.
pub fn fold_width(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim_matches(is_blank);
    if !trimmed.chars().any(|character| matches!(character, '\u{ff01}'..='\u{ff5e}' | '\u{3000}')) {
        return Cow::Borrowed(trimmed);
    }
    let folded = trimmed.chars().map(|character| match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '\u{3000}' => ' ',
        other => other,
    });
    Cow::Owned(folded.collect())
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{feff}' | '\u{200b}')
}

/// Units that may follow a number and do not change it.
const UNITS: [&str; 22] = [
    "分钟", "小时", "分", "%", "元", "岁", "次", "人", "个", "年", "月", "天", "日", "秒", "星", "级", "歲", "次/月",
    "points", "point", "stars", "years",
];

/// A number with decorations: `１，２３４．５`, `85%` (85), `4分`, `¥12`, `1.5万` (15000), `153秒`, `2分33秒` (153).
pub fn parse_number(text: &str) -> Option<f64> {
    let folded = fold_width(text);
    if let Some(value) = parse_plain(&folded) {
        return Some(value);
    }
    if let Some(seconds) = parse_duration(&folded) {
        return Some(seconds);
    }
    let body = folded.trim_start_matches(['¥', '￥', '$', '€', '£']).trim();
    for (unit, factor) in [("万元", 1e4), ("亿元", 1e8), ("万", 1e4), ("亿", 1e8)] {
        if let Some(rest) = body.strip_suffix(unit) {
            return parse_plain(rest.trim()).map(|value| value * factor);
        }
    }
    let lowered = body.to_lowercase();
    let rest = UNITS.iter().find_map(|unit| lowered.strip_suffix(unit)).unwrap_or(&lowered);
    parse_plain(rest.trim())
}

/// Digits with an optional sign, point, exponent and well-placed thousands separators; nothing else.
fn parse_plain(text: &str) -> Option<f64> {
    // Rust also reads "inf" and "nan", which no survey means as a number.
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.' | '−')) {
        return None;
    }
    let text = text.replace('−', "-");
    let joined = if text.contains(',') { without_thousands(&text)? } else { text };
    joined.parse().ok().filter(|value: &f64| value.is_finite())
}

fn without_thousands(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?.trim_start_matches(['+', '-']);
    let well_placed = (1..=3).contains(&first.len())
        && groups.all(|group| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit()));
    (well_placed && !fraction.contains(',')).then(|| text.replace(',', ""))
}

/// Seconds of `1小时2分3秒`, `2分33秒`, `153秒` or `0:02:33`.
pub fn parse_duration(text: &str) -> Option<f64> {
    let folded = fold_width(text);
    if folded.matches(':').count() == 2 {
        let parts: Vec<f64> = folded.split(':').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
        let [hours, minutes, seconds] = parts.as_slice() else { return None };
        return parts.iter().all(|part| *part >= 0.0).then_some(hours * 3600.0 + minutes * 60.0 + seconds);
    }
    // Without seconds, 5分 is a score of five.
    let mut rest = folded.strip_suffix('秒')?;
    let mut total = 0.0;
    for (names, factor) in [(["小时", "时"], 3600.0), (["分钟", "分"], 60.0)] {
        if let Some((value, after)) = names.iter().find_map(|name| rest.split_once(name)) {
            total += value.trim().parse::<f64>().ok()? * factor;
            rest = after;
        }
    }
    let seconds: f64 = rest.trim().parse().ok()?;
    Some(total + seconds).filter(|total| total.is_finite() && *total >= 0.0)
}

/// A number as the text that a cell would hold: `4`, `2.5`.
pub fn number_text(value: f64) -> String {
    // Adding zero turns -0 into 0.
    (value + 0.0).to_string()
}

/// Milliseconds since 1970 of a wall-clock moment: with `format` (strftime) if given, else the usual forms and Excel serials.
/// A time zone in the text is ignored: waves go by the respondent's calendar.
pub fn parse_moment(text: &str, format: Option<&str>) -> Option<i64> {
    let folded = fold_width(text);
    let moment = match format {
        Some(format) => NaiveDateTime::parse_from_str(&folded, format)
            .or_else(|_| NaiveDate::parse_from_str(&folded, format).map(|date| date.and_time(NaiveTime::MIN)))
            .ok()?,
        None => match parse_plain(&folded) {
            Some(number) if folded.len() != 8 => return excel_serial(number),
            _ => usual_moment(&folded)?,
        },
    };
    Some(moment.and_utc().timestamp_millis())
}

/// Milliseconds since 1970 of an Excel serial (days since 1899-12-30), for years 1954 to 2119; other numbers are not dates.
pub fn excel_serial(days: f64) -> Option<i64> {
    const UNIX_EPOCH: f64 = 25_569.0;
    (20_000.0..80_000.0).contains(&days).then(|| ((days - UNIX_EPOCH) * 86_400.0).round() as i64 * 1000)
}

fn usual_moment(text: &str) -> Option<NaiveDateTime> {
    let numbers = leading_numbers(text);
    let (date, used) = match numbers.as_slice() {
        // 20260903
        [(day, 8, _), ..] => (NaiveDate::from_ymd_opt((day / 10_000) as i32, day / 100 % 100, day % 100)?, 1),
        [(year, 4, '-' | '/' | '.' | '年'), (month, 1..=2, '-' | '/' | '.' | '月'), (day, 1..=2, _), ..] => {
            (NaiveDate::from_ymd_opt(*year as i32, *month, *day)?, 3)
        }
        [(year, 4, '-' | '/' | '.' | '年'), (month, 1..=2, '\0' | '月')] => {
            (NaiveDate::from_ymd_opt(*year as i32, *month, 1)?, 2)
        }
        _ => return None,
    };
    let worded = text.contains(['午', '晚', 'm', 'M']);
    let afternoon = worded && ["下午", "晚上", "pm", "PM"].iter().any(|word| text.contains(word));
    let morning = worded && ["上午", "am", "AM"].iter().any(|word| text.contains(word));
    let time = &numbers[used..];
    let hour = time.first().map_or(0, |part| part.0);
    let hour = match hour {
        1..=11 if afternoon => hour + 12,
        12 if morning => 0,
        other => other,
    };
    let part = |index: usize| time.get(index).map_or(0, |part: &(u32, usize, char)| part.0);
    date.and_hms_opt(hour, part(1), part(2))
}

/// The runs of digits of a text: value, number of digits, character after it (`\0` at the end); stops after six, or at
/// something that has no place in a date.
fn leading_numbers(text: &str) -> Vec<(u32, usize, char)> {
    let mut numbers: Vec<(u32, usize, char)> = Vec::new();
    let mut value: Option<(u32, usize)> = None;
    for character in text.chars().chain(std::iter::once('\0')) {
        match (character.to_digit(10), value) {
            (Some(_), None) if numbers.len() == 6 => break,
            (Some(digit), None) => value = Some((digit, 1)),
            (Some(digit), Some((held, count))) if count < 9 => value = Some((held * 10 + digit, count + 1)),
            (Some(_), Some(_)) => return Vec::new(),
            (None, Some((held, count))) => {
                numbers.push((held, count, character));
                value = None;
            }
            (None, None) => {}
        }
        let fits = matches!(
            character,
            '0'..='9'
                | ' '
                | '-'
                | '/'
                | '.'
                | ':'
                | 'T'
                | 't'
                | 'Z'
                | 'z'
                | '+'
                | '\0'
                | 'p'
                | 'm'
                | 'P'
                | 'M'
                | 'a'
                | 'A'
                | '年'
                | '月'
                | '日'
                | '时'
                | '時'
                | '分'
                | '秒'
                | '上'
                | '下'
                | '午'
                | '晚'
        );
        if !fits {
            return Vec::new();
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        let cases = [
            ("5", Some(5.0)),
            (" ４．５ ", Some(4.5)),
            ("1,234.5", Some(1234.5)),
            ("１２，３４５", Some(12_345.0)),
            ("1,23", None),
            ("85%", Some(85.0)),
            ("85％", Some(85.0)),
            ("4分", Some(4.0)),
            ("4 分", Some(4.0)),
            ("¥12.50", Some(12.5)),
            ("1.5万", Some(15_000.0)),
            ("153秒", Some(153.0)),
            ("2分33秒", Some(153.0)),
            ("1小时2分3秒", Some(3723.0)),
            ("0:02:33", Some(153.0)),
            ("-3", Some(-3.0)),
            ("1e3", Some(1000.0)),
            ("inf", None),
            ("nan", None),
            ("", None),
            ("很好", None),
            ("5个半", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_number(text), expected, "{text}");
        }
    }

    #[test]
    fn moments_as_tools_write_them() {
        let moment = |text: &str| parse_moment(text, None).and_then(chrono::DateTime::from_timestamp_millis);
        let cases = [
            ("2026/09/03 12:00:05", "2026-09-03T12:00:05"),
            ("2026-9-3", "2026-09-03T00:00:00"),
            ("2026-09-03T12:00:00Z", "2026-09-03T12:00:00"),
            ("2026-09-03T12:00:00.123+08:00", "2026-09-03T12:00:00"),
            ("2026年9月3日 下午3:20", "2026-09-03T15:20:00"),
            ("2026.9.3", "2026-09-03T00:00:00"),
            ("20260903", "2026-09-03T00:00:00"),
            ("2026年9月", "2026-09-01T00:00:00"),
            // Excel shows 46268 as 2026-09-03.
            ("46268", "2026-09-03T00:00:00"),
            ("46268.5", "2026-09-03T12:00:00"),
        ];
        for (text, expected) in cases {
            let shown = moment(text).map(|moment| moment.format("%Y-%m-%dT%H:%M:%S").to_string());
            assert_eq!(shown.as_deref(), Some(expected), "{text}");
        }
        for text in ["09/03/2026", "2026-13-01", "2026-02-30", "5", "明天", "", "2026-09-03 25:00"] {
            assert_eq!(moment(text), None, "{text}");
        }
        assert_eq!(parse_moment("03.09.2026", Some("%d.%m.%Y")), parse_moment("2026-09-03", None));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,20}", digits in "[0-9:/.,年月日分秒 -]{0,24}") {
            for text in [text, digits] {
                let _ = parse_number(&text);
                let _ = parse_duration(&text);
                let _ = parse_moment(&text, None);
            }
        }

        #[test]
        fn a_printed_number_reads_back(value in -1e12f64..1e12) {
            prop_assert_eq!(parse_number(&number_text(value)), Some(value));
        }
    }
}
