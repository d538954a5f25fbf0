//! Numbers, dates, ranges and amounts as text in the two languages. Everything that a document prints comes through here,
//! so that a number looks the same in a sentence, a table and a chart.

use chrono::{Datelike, NaiveDate};

pub use crate::analysis::rounding::{printed_decimals, round_half_away};
use crate::diagnostics::{Lang, LocalizedTexts, lang_texts, taiwan};
use crate::metrics::Unit;
pub use crate::plan::calendar::parse_date;

/// The dash of every range.
pub const RANGE_DASH: char = '–';
/// The sign of a negative number.
pub const MINUS: char = '−';
/// Printed where there is no number.
pub const NO_VALUE: &str = "—";

/// A number with thousands separators and a true minus sign: `1,234.5`, `−3.0`.
pub fn number(value: f64, decimals: u32) -> String {
    let rounded = round_half_away(value, decimals);
    let digits = format!("{:.*}", decimals as usize, rounded.abs());
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut text = String::with_capacity(digits.len() + 4);
    if rounded < 0.0 {
        text.push(MINUS);
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A count with thousands separators.
pub fn count(value: u64) -> String {
    number(value as f64, 0)
}

/// A number with only the decimals it needs, at most `decimals`: `75`, `4.25`.
pub fn short_number(value: f64, decimals: u32) -> String {
    let text = number(value, decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// An estimate without its unit: shares and points to one decimal, scores to two.
pub fn value(value: f64, unit: Unit) -> String {
    number(value, printed_decimals(unit))
}

/// The unit as printed right behind a value: `%`, `分`, ` points`, or nothing.
pub fn unit_suffix(unit: Unit, lang: Lang) -> &'static str {
    match (unit, lang) {
        (Unit::Percent, _) => "%",
        (Unit::Points | Unit::Score, Lang::ZhCn | Lang::ZhTw) => "分",
        (Unit::Points, Lang::En) => " points",
        (Unit::Score, Lang::En) | (Unit::Number, _) => "",
    }
}

/// An estimate with its unit: `14.2%`, `68.4分`, `68.4 points`.
pub fn value_with_unit(held: f64, unit: Unit, lang: Lang) -> String {
    format!("{}{}", value(held, unit), unit_suffix(unit, lang))
}

/// The size of a difference with its unit: `3.9个百分点`, `3.9 percentage points`, `2.1分`.
pub fn difference(delta: f64, unit: Unit, lang: Lang) -> String {
    let size = value(delta.abs(), unit);
    match (unit, lang) {
        (Unit::Percent, Lang::ZhCn | Lang::ZhTw) => format!("{size}个百分点"),
        (Unit::Percent, Lang::En) => format!("{size} percentage {}", if size == "1.0" { "point" } else { "points" }),
        (_, _) => format!("{size}{}", unit_suffix(unit, lang)),
    }
}

/// A goal with its sign and unit: `≥ 75%`. `higher` tells the good direction.
pub fn goal(target: f64, higher: bool, unit: Unit, lang: Lang) -> String {
    let sign = if higher { '≥' } else { '≤' };
    format!("{sign} {}{}", short_number(target, printed_decimals(unit)), unit_suffix(unit, lang))
}

/// Units of time and counts that titles of plain numbers name in brackets at their end.
const UNITS_ZH: [(&str, &str); 10] = [
    ("秒", "秒"),
    ("分钟", "分钟"),
    ("小时", "小时"),
    ("天", "天"),
    ("周", "周"),
    ("月", "个月"),
    ("年", "年"),
    ("次", "次"),
    ("件", "件"),
    ("元", "元"),
];
const UNITS_EN: [&str; 9] = ["seconds", "minutes", "hours", "days", "weeks", "months", "years", "times", "yuan"];

/// The title of a plain number as a sentence says it, without the unit in brackets at its end, and that unit as printed right
/// behind a value: `晚餐排队时间（分钟）` is `晚餐排队时间` and `分钟`, `Dinner wait (minutes)` is `Dinner wait` and ` minutes`.
pub fn spoken_title(title: &str, unit: Unit, lang: Lang) -> (&str, String) {
    let whole = (title, String::new());
    let bracketed = |open: char, close: char| title.strip_suffix(close)?.rsplit_once(open);
    let Some((name, inside)) = bracketed('（', '）').or_else(|| bracketed('(', ')')).filter(|_| unit == Unit::Number)
    else {
        return whole;
    };
    let suffix = match lang {
        Lang::ZhCn | Lang::ZhTw => {
            UNITS_ZH.iter().find(|(known, _)| *known == inside).map(|(_, said)| (*said).to_owned())
        }
        Lang::En => UNITS_EN.contains(&inside).then(|| format!(" {inside}")),
    };
    suffix.map_or(whole, |suffix| (name.trim_end(), suffix))
}

/// A range of numbers already formatted: `73.9–78.8`; with a word in place of the dash where a minus sign would meet it.
pub fn range(low: &str, high: &str, lang: Lang) -> String {
    if low.starts_with(MINUS) || high.starts_with(MINUS) {
        match lang {
            Lang::ZhCn | Lang::ZhTw => format!("{low}至{high}"),
            Lang::En => format!("{low} to {high}"),
        }
    } else {
        format!("{low}{RANGE_DASH}{high}")
    }
}

/// A confidence level such as `95%`.
pub fn confidence(level: f64) -> String {
    format!("{}%", short_number(level * 100.0, 1))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The English name of a month, from 1.
fn month_name(month: u32) -> &'static str {
    MONTHS.get(month as usize - 1).copied().unwrap_or_default()
}

/// A date in words: `2026年11月20日`, `20 November 2026`.
pub fn date(date: NaiveDate, lang: Lang) -> String {
    match lang {
        Lang::ZhCn | Lang::ZhTw => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        Lang::En => format!("{} {} {}", date.day(), month_name(date.month()), date.year()),
    }
}

/// A date text in words; returned as it is where it is no date.
pub fn date_text(text: &str, lang: Lang) -> String {
    parse_date(text).map_or_else(|| text.to_owned(), |held| date(held, lang))
}

/// A span of days: `2026年12月1日–15日`, `1–15 December 2026`; what both ends share is said once.
pub fn date_range(start: NaiveDate, end: NaiveDate, lang: Lang) -> String {
    let same_year = start.year() == end.year();
    let same_month = same_year && start.month() == end.month();
    if start == end {
        return date(start, lang);
    }
    match lang {
        Lang::ZhCn | Lang::ZhTw if same_month => format!("{}{RANGE_DASH}{}日", date(start, lang), end.day()),
        Lang::ZhCn | Lang::ZhTw if same_year => {
            format!("{}{RANGE_DASH}{}月{}日", date(start, lang), end.month(), end.day())
        }
        Lang::En if same_month => format!("{}{RANGE_DASH}{}", start.day(), date(end, lang)),
        Lang::En if same_year => {
            format!("{} {} {RANGE_DASH} {}", start.day(), month_name(start.month()), date(end, lang))
        }
        Lang::ZhCn | Lang::ZhTw => format!("{}{RANGE_DASH}{}", date(start, lang), date(end, lang)),
        Lang::En => format!("{} {RANGE_DASH} {}", date(start, lang), date(end, lang)),
    }
}

/// A date in the little room of a table: `2026年12月1日`, `1 Dec 2026`.
pub fn short_date(date: NaiveDate, lang: Lang) -> String {
    let (day, year) = (short_day(date, lang), date.year());
    if lang == Lang::En { format!("{day} {year}") } else { format!("{year}年{day}") }
}

/// A day without its year: `12月1日`, `1 Dec`.
fn short_day(date: NaiveDate, lang: Lang) -> String {
    match lang {
        Lang::ZhCn | Lang::ZhTw => format!("{}月{}日", date.month(), date.day()),
        Lang::En => format!("{} {}", date.day(), month_name(date.month()).chars().take(3).collect::<String>()),
    }
}

/// A span of days in the little room of a table, `2026年12月1日 → 12月12日`, `1 Dec → 12 Dec 2026`: the year once unless it changes.
pub fn short_span(start: NaiveDate, end: NaiveDate, lang: Lang) -> String {
    let (first, last) = (short_date(start, lang), short_date(end, lang));
    match lang {
        _ if start == end => first,
        _ if start.year() != end.year() => format!("{first} → {last}"),
        Lang::ZhCn | Lang::ZhTw => format!("{first} → {}", short_day(end, lang)),
        Lang::En => format!("{} → {last}", short_day(start, lang)),
    }
}

/// A span of days without years, beside an axis that has them: `12月1日 → 12日`, `1 → 12 Dec`, `8 Dec → 31 Mar`.
pub fn day_span(start: NaiveDate, end: NaiveDate, lang: Lang) -> String {
    let same_month = (start.year(), start.month()) == (end.year(), end.month());
    let (first, last) = (short_day(start, lang), short_day(end, lang));
    match lang {
        _ if start == end => first,
        Lang::ZhCn | Lang::ZhTw if same_month => format!("{first} → {}日", end.day()),
        Lang::En if same_month => format!("{} → {last}", start.day()),
        _ => format!("{first} → {last}"),
    }
}

/// Name of a wave or period in words: `2026-11` is `2026年11月` or `November 2026`, `2026-Q4` is `2026年第4季度` or
/// `Q4 2026`, `2026` is `2026年` in Chinese; any other name stays as it is.
pub fn wave(name: &str, lang: Lang) -> String {
    // A name from the data may stand between the marks of what is not to be converted.
    match (WaveName::of(taiwan::unmarked(name)), lang) {
        (WaveName::Month(year, month), Lang::ZhCn | Lang::ZhTw) => format!("{year}年{month}月"),
        (WaveName::Month(year, month), Lang::En) => format!("{} {year}", month_name(month)),
        (WaveName::Quarter(year, quarter), Lang::ZhCn | Lang::ZhTw) => format!("{year}年第{quarter}季度"),
        (WaveName::Quarter(year, quarter), Lang::En) => format!("Q{quarter} {year}"),
        (WaveName::Week(year, week), Lang::ZhCn | Lang::ZhTw) => format!("{year}年第{week}周"),
        (WaveName::Week(year, week), Lang::En) => format!("week {week} of {year}"),
        (WaveName::Year(year), Lang::ZhCn | Lang::ZhTw) => format!("{year}年"),
        (WaveName::Year(_) | WaveName::Other, _) => name.to_owned(),
    }
}

/// A span of waves in words, `January to August 2026`: the year once where both share it.
pub fn wave_span(first: &str, last: &str, lang: Lang) -> String {
    match (WaveName::of(first), WaveName::of(last), lang) {
        _ if first == last => wave(first, lang),
        (WaveName::Month(from, month), WaveName::Month(to, _), Lang::En) if from == to => {
            format!("{} to {}", month_name(month), wave(last, lang))
        }
        (WaveName::Month(from, _), WaveName::Month(to, month), Lang::ZhCn | Lang::ZhTw) if from == to => {
            format!("{}至{month}月", wave(first, lang))
        }
        (_, _, Lang::En) => format!("{} to {}", wave(first, lang), wave(last, lang)),
        (_, _, Lang::ZhCn | Lang::ZhTw) => format!("{}至{}", wave(first, lang), wave(last, lang)),
    }
}

/// Short names of waves for an axis: the year is left out where all of them share it.
pub fn wave_labels(names: &[String], lang: Lang) -> Vec<String> {
    let parsed: Vec<WaveName> = names.iter().map(|name| WaveName::of(name)).collect();
    let months: Option<Vec<(i32, u32)>> = parsed
        .iter()
        .map(|held| match held {
            WaveName::Month(year, month) => Some((*year, *month)),
            _ => None,
        })
        .collect();
    match months {
        Some(months) if names.len() > 1 && months.iter().all(|(year, _)| *year == months[0].0) => months
            .iter()
            .map(|&(_, month)| match lang {
                Lang::ZhCn | Lang::ZhTw => format!("{month}月"),
                Lang::En => month_name(month).chars().take(3).collect(),
            })
            .collect(),
        _ => names.iter().map(|name| wave(name, lang)).collect(),
    }
}

enum WaveName {
    Month(i32, u32),
    Quarter(i32, u32),
    Week(i32, u32),
    Year(i32),
    Other,
}

impl WaveName {
    fn of(name: &str) -> Self {
        let year = |text: &str| (text.len() == 4).then(|| text.parse::<i32>().ok()).flatten();
        match name.split_once('-') {
            None => year(name).map_or(Self::Other, Self::Year),
            Some((head, tail)) if tail.starts_with('W') => match (year(head), tail[1..].parse()) {
                (Some(year), Ok(week @ 1..=53)) => Self::Week(year, week),
                _ => Self::Other,
            },
            Some((head, tail)) => match (year(head), tail.strip_prefix('Q'), tail.parse::<u32>()) {
                (Some(year), Some(quarter), _) => match quarter.parse() {
                    Ok(quarter @ 1..=4) => Self::Quarter(year, quarter),
                    _ => Self::Other,
                },
                (Some(year), None, Ok(month @ 1..=12)) => Self::Month(year, month),
                _ => Self::Other,
            },
        }
    }
}

/// How amounts of one plan are printed: the same decimals everywhere, so that lines add up to their total as printed.
#[derive(Debug, Clone)]
pub struct Money {
    currency: String,
    decimals: u32,
    lang: Lang,
}

impl Money {
    /// Whole units if all the amounts are whole, else hundredths. Unit prices are no amounts: see [`Money::price`].
    pub fn new(currency: &str, amounts: impl IntoIterator<Item = f64>, lang: Lang) -> Self {
        let whole = amounts.into_iter().all(|amount| (amount - amount.round()).abs() < 0.005);
        Self { currency: currency.to_owned(), decimals: if whole { 0 } else { 2 }, lang }
    }

    /// An amount with its currency: `43,000元`, `43,000 yuan`, `CNY 43,000`.
    pub fn amount(&self, value: f64) -> String {
        let text = self.plain(value);
        let code = !self.currency.is_empty()
            && self.currency.chars().all(|letter| letter.is_ascii_uppercase() || "¥$€£".contains(letter));
        match self.lang {
            _ if self.currency.is_empty() => text,
            _ if code && self.currency.is_ascii() && self.currency.len() > 1 => format!("{} {text}", self.currency),
            _ if code => format!("{}{text}", self.currency),
            Lang::ZhCn | Lang::ZhTw => format!("{text}{}", self.currency),
            Lang::En => format!("{text} {}", self.currency),
        }
    }

    /// An amount without its currency, for table columns.
    pub fn plain(&self, value: f64) -> String {
        number(value, self.decimals)
    }

    /// A unit price without its currency: with hundredths where it has any, whatever the amounts have.
    pub fn price(&self, value: f64) -> String {
        let whole = (value - value.round()).abs() < 0.005;
        number(value, if whole { self.decimals } else { 2 })
    }

    /// The currency's name.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// An amount as printed, as a number: lines are rounded before they are added.
    pub fn round(&self, value: f64) -> f64 {
        round_half_away(value, self.decimals)
    }
}

/// Names joined as a list: `甲、乙和丙`, `a, b and c`.
pub fn list(items: &[String], lang: Lang) -> String {
    let (comma, and) = match lang {
        Lang::ZhCn | Lang::ZhTw => ("、", "和"),
        Lang::En => (", ", " and "),
    };
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{}{and}{last}", first.join(comma)),
    }
}

/// The same for a message, in both languages; of many names the first.
pub fn listed(names: &[&str]) -> LocalizedTexts {
    const MOST: usize = 30;
    let mut shown: Vec<String> = names.iter().take(MOST).map(|name| (*name).to_owned()).collect();
    if names.len() > MOST {
        shown.push("…".to_owned());
        return lang_texts(shown.join("、"), shown.join(", "));
    }
    lang_texts(list(&shown, Lang::ZhCn), list(&shown, Lang::En))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::diagnostics::Verbatim;

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    #[test]
    fn a_span_of_waves_says_the_year_once() {
        for (first, last, en, zh) in [
            ("2026-01", "2026-08", "January to August 2026", "2026年1月至8月"),
            ("2025-11", "2026-02", "November 2025 to February 2026", "2025年11月至2026年2月"),
            ("2026-Q1", "2026-Q3", "Q1 2026 to Q3 2026", "2026年第1季度至2026年第3季度"),
            ("2026-01", "2026-01", "January 2026", "2026年1月"),
        ] {
            assert_eq!(wave_span(first, last, Lang::En), en);
            assert_eq!(wave_span(first, last, Lang::ZhCn), zh);
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(number(1_234_567.0, 0), "1,234,567");
        assert_eq!(number(-1234.56, 1), "−1,234.6");
        assert_eq!(number(-0.04, 1), "0.0");
        assert_eq!(short_number(75.0, 1), "75");
        assert_eq!(value(4.125, Unit::Score), "4.13");
        assert_eq!(value_with_unit(14.25, Unit::Percent, Lang::ZhCn), "14.3%");
        assert_eq!(difference(-3.9, Unit::Percent, Lang::ZhCn), "3.9个百分点");
        assert_eq!(difference(1.0, Unit::Percent, Lang::En), "1.0 percentage point");
        assert_eq!(goal(8.0, false, Unit::Percent, Lang::ZhCn), "≤ 8%");
    }

    #[test]
    fn ranges_have_one_dash_that_never_meets_a_minus() {
        assert_eq!(range("73.9", "78.8", Lang::ZhCn), "73.9–78.8");
        assert_eq!(range("−3.1", "2.0", Lang::En), "−3.1 to 2.0");
    }

    #[test]
    fn dates_and_waves() {
        assert_eq!(date_text("2026-11-20", Lang::ZhCn), "2026年11月20日");
        assert_eq!(date_text("2026-11-20", Lang::En), "20 November 2026");
        assert_eq!(date_text("2026-02-30", Lang::En), "2026-02-30");
        assert_eq!(date_range(day("2026-12-01"), day("2026-12-15"), Lang::ZhCn), "2026年12月1日–15日");
        assert_eq!(date_range(day("2026-12-01"), day("2027-01-15"), Lang::En), "1 December 2026 – 15 January 2027");
        for (start, end, zh, en, days) in [
            ("2026-12-01", "2026-12-12", "2026年12月1日 → 12月12日", "1 Dec → 12 Dec 2026", "1 → 12 Dec"),
            ("2026-12-08", "2027-03-31", "2026年12月8日 → 2027年3月31日", "8 Dec 2026 → 31 Mar 2027", "8 Dec → 31 Mar"),
            ("2026-12-08", "2026-12-08", "2026年12月8日", "8 Dec 2026", "8 Dec"),
        ] {
            assert_eq!(short_span(day(start), day(end), Lang::ZhCn), zh);
            assert_eq!(short_span(day(start), day(end), Lang::En), en);
            assert_eq!(day_span(day(start), day(end), Lang::En), days);
        }
        assert_eq!(day_span(day("2026-12-01"), day("2026-12-12"), Lang::ZhCn), "12月1日 → 12日");
        assert_eq!(wave("2026-11", Lang::ZhCn), "2026年11月");
        assert_eq!(wave("2026-Q4", Lang::En), "Q4 2026");
        assert_eq!(
            (wave("2026-W05", Lang::ZhCn), wave("2026-W53", Lang::En)),
            ("2026年第5周".into(), "week 53 of 2026".into())
        );
        assert_eq!(wave("2026-W54", Lang::En), "2026-W54");
        assert_eq!(wave("第一轮", Lang::ZhCn), "第一轮");
        let marked = |name| Verbatim::new(name).get(Lang::ZhTw).to_owned();
        assert_eq!(wave(&marked("2026-10"), Lang::ZhTw), "2026年10月");
        assert_eq!(wave(&marked("第一轮"), Lang::ZhTw), marked("第一轮"));
        let waves = ["2026-09".to_owned(), "2026-10".to_owned()];
        assert_eq!(wave_labels(&waves, Lang::ZhCn), ["9月", "10月"]);
        assert_eq!(wave_labels(&waves, Lang::En), ["Sep", "Oct"]);
        assert_eq!(wave_labels(&["2025-12".to_owned(), "2026-01".to_owned()], Lang::ZhCn), ["2025年12月", "2026年1月"]);
    }

    #[test]
    fn amounts() {
        let whole = Money::new("元", [18_000.0, 25_000.0], Lang::ZhCn);
        assert_eq!(whole.amount(43_000.0), "43,000元");
        let cents = Money::new("yuan", [1.5, 2.0], Lang::En);
        assert_eq!(cents.amount(2.0), "2.00 yuan");
        assert_eq!(Money::new("CNY", [1.0], Lang::En).amount(1.0), "CNY 1");
        assert_eq!((whole.price(0.05), whole.price(6000.0)), ("0.05".to_owned(), "6,000".to_owned()));
    }

    #[test]
    fn the_unit_of_a_plain_number_stands_behind_it_in_sentences() {
        let spoken = |title: &'static str, unit, lang| spoken_title(title, unit, lang);
        assert_eq!(spoken("晚餐排队时间（分钟）", Unit::Number, Lang::ZhCn), ("晚餐排队时间", "分钟".to_owned()));
        assert_eq!(spoken("顾客年限（月）", Unit::Number, Lang::ZhTw), ("顾客年限", "个月".to_owned()));
        assert_eq!(spoken("Dinner wait (minutes)", Unit::Number, Lang::En), ("Dinner wait", " minutes".to_owned()));
        for (title, unit) in
            [("顾客价值（按假设）", Unit::Number), ("销售力（次）", Unit::Percent), ("购买次数", Unit::Number)]
        {
            assert_eq!(spoken(title, unit, Lang::ZhCn), (title, String::new()));
        }
    }

    #[test]
    fn lists() {
        let three = ["甲".to_owned(), "乙".to_owned(), "丙".to_owned()];
        assert_eq!(list(&three, Lang::ZhCn), "甲、乙和丙");
        assert_eq!(list(&three[..1], Lang::En), "甲");
    }
}
