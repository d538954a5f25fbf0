//! Reporting periods: months, quarters and ISO weeks as they are written (`2026-11`, `2026-Q4`, `2026-W47`), with their days
//! and neighbours, and the instants at which they begin in a time zone.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Cadence {
    /// A calendar month, `2026-11`.
    #[default]
    Month,
    /// A calendar quarter, `2026-Q4`.
    Quarter,
    /// A week of ISO 8601, Monday to Sunday, `2026-W47`.
    Week,
}

/// A month, quarter or ISO week. Periods of one cadence are ordered in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    cadence: Cadence,
    first: NaiveDate,
}

/// A text that names no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no period")]
pub struct NotAPeriod(pub String);

impl Cadence {
    /// The period that holds a day; none beyond the calendar.
    pub fn containing(self, day: NaiveDate) -> Option<Period> {
        let first = match self {
            Self::Month => day.with_day(1),
            Self::Quarter => NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1),
            Self::Week => day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))),
        }?;
        // The ISO year of a week at the far ends of the calendar has no name in four digits.
        let year = if self == Self::Week { day.iso_week().year() } else { day.year() };
        (1..=9998).contains(&year).then_some(Period { cadence: self, first })
    }

    /// The newest period that is over at an instant in a time zone.
    pub fn last_complete(self, now: DateTime<Utc>, zone: Tz) -> Option<Period> {
        self.containing(now.with_timezone(&zone).date_naive())?.predecessor()
    }
}

impl Period {
    /// Month, quarter or week.
    pub fn cadence(self) -> Cadence {
        self.cadence
    }

    /// First day.
    pub fn first_day(self) -> NaiveDate {
        self.first
    }

    /// Last day.
    pub fn last_day(self) -> NaiveDate {
        let next = self.successor().map_or(NaiveDate::MAX, |next| next.first);
        next.pred_opt().unwrap_or(self.first)
    }

    /// The period after this one; none at the end of the calendar.
    pub fn successor(self) -> Option<Self> {
        let days = match self.cadence {
            Cadence::Month => 31,
            Cadence::Quarter => 93,
            Cadence::Week => 7,
        };
        self.cadence.containing(self.first.checked_add_days(Days::new(days))?)
    }

    /// The period before this one; none at the beginning of the calendar.
    pub fn predecessor(self) -> Option<Self> {
        self.cadence.containing(self.first.pred_opt()?)
    }

    /// From this period to `last`, both included; none if `last` is earlier or of another cadence.
    pub fn through(self, last: Self) -> impl Iterator<Item = Self> {
        let start = (self.cadence == last.cadence && self <= last).then_some(self);
        std::iter::successors(start, move |period| period.successor().filter(|next| *next <= last))
    }

    /// The instant at which the period is over in a time zone: the first of the day after it, which is later than midnight where
    /// the clocks are put forward then.
    pub fn end(self, zone: Tz) -> Option<DateTime<Utc>> {
        moment(self.successor()?.first, NaiveTime::MIN, zone)
    }
}

/// The instant of a local time of day: the first of two where the clocks are put back over it, the first after the gap where
/// they are put forward.
pub fn moment(day: NaiveDate, time: NaiveTime, zone: Tz) -> Option<DateTime<Utc>> {
    let local = day.and_time(time);
    if let Some(found) = zone.from_local_datetime(&local).earliest() {
        return Some(found.to_utc());
    }
    // Gaps begin and end on whole minutes since zones have had laws; a day is skipped where the date line moved.
    let mut later = local;
    for _ in 0..=48 * 60 {
        later = later.checked_add_signed(TimeDelta::minutes(1))?;
        if let Some(found) = zone.from_local_datetime(&later).earliest() {
            return Some(found.to_utc());
        }
    }
    None
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cadence {
            Cadence::Month => write!(f, "{:04}-{:02}", self.first.year(), self.first.month()),
            Cadence::Quarter => write!(f, "{:04}-Q{}", self.first.year(), self.first.month0() / 3 + 1),
            Cadence::Week => {
                let week = self.first.iso_week();
                write!(f, "{:04}-W{:02}", week.year(), week.week())
            }
        }
    }
}

impl FromStr for Period {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        let parsed = || {
            let (year, rest) = text.split_once('-')?;
            let digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
            if !digits(year, 4) {
                return None;
            }
            let year = year.parse().ok()?;
            let (cadence, day) = if let Some(quarter) = rest.strip_prefix('Q').filter(|held| digits(held, 1)) {
                let quarter: u32 = quarter.parse().ok()?;
                (Cadence::Quarter, NaiveDate::from_ymd_opt(year, quarter.checked_mul(3)?.checked_sub(2)?, 1)?)
            } else if let Some(week) = rest.strip_prefix('W').filter(|held| digits(held, 2)) {
                (Cadence::Week, NaiveDate::from_isoywd_opt(year, week.parse().ok()?, Weekday::Mon)?)
            } else if digits(rest, 2) {
                (Cadence::Month, NaiveDate::from_ymd_opt(year, rest.parse().ok()?, 1)?)
            } else {
                return None;
            };
            cadence.containing(day)
        };
        parsed().ok_or_else(|| NotAPeriod(text.to_owned()))
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn periods_are_written_as_they_are_read() {
        for text in ["2026-11", "2024-02", "0001-01", "2026-Q4", "2026-W01", "2026-W53", "9998-12"] {
            assert_eq!(period(text).to_string(), text);
        }
        for wrong in [
            "",
            "2026",
            "2026-13",
            "2026-00",
            "2026-1",
            "2026-011",
            "2026-Q0",
            "2026-Q5",
            "2026-q4",
            "2025-W53",
            "2026-W54",
            "2026-W00",
            "+026-01",
            "2026-+1",
            "26-01",
            "2026-11 ",
            "２０２６-11",
            "2026-11-01",
            "9999-01",
            "0000-01",
        ] {
            assert_eq!(wrong.parse::<Period>(), Err(NotAPeriod(wrong.to_owned())), "{wrong}");
        }
    }

    /// Days from the calendar; weeks from ISO 8601, where 2026 has 53 weeks and begins on 29 December 2025.
    #[test]
    fn days_and_neighbours() {
        let cases = [
            ("2024-02", "2024-02-01", "2024-02-29", "2024-01", "2024-03"),
            ("2026-12", "2026-12-01", "2026-12-31", "2026-11", "2027-01"),
            ("2026-Q1", "2026-01-01", "2026-03-31", "2025-Q4", "2026-Q2"),
            ("2026-W01", "2025-12-29", "2026-01-04", "2025-W52", "2026-W02"),
            ("2026-W53", "2026-12-28", "2027-01-03", "2026-W52", "2027-W01"),
        ];
        for (text, first, last, before, after) in cases {
            let held = period(text);
            assert_eq!((held.first_day().to_string(), held.last_day().to_string()), (first.into(), last.into()));
            assert_eq!((held.predecessor(), held.successor()), (Some(period(before)), Some(period(after))));
        }
    }

    #[test]
    fn ranges_hold_both_ends_and_never_mix() {
        let listed: Vec<String> = period("2026-11").through(period("2027-02")).map(|held| held.to_string()).collect();
        assert_eq!(listed, ["2026-11", "2026-12", "2027-01", "2027-02"]);
        assert_eq!(period("2026-11").through(period("2026-10")).count(), 0);
        assert_eq!(period("2026-11").through(period("2027-Q1")).count(), 0);
        assert_eq!(period("2026-W01").through(period("2026-W53")).count(), 53);
        assert_eq!(period("0001-01").predecessor(), None);
        assert_eq!(period("9998-12").successor(), None);
        assert_eq!(period("9998-12").last_day(), NaiveDate::MAX.pred_opt().unwrap());
    }

    #[test]
    fn each_day_belongs_to_one_period() {
        for cadence in [Cadence::Month, Cadence::Quarter, Cadence::Week] {
            let mut day = NaiveDate::from_ymd_opt(1999, 1, 1).unwrap();
            let mut before = cadence.containing(day).unwrap();
            for _ in 0..12_000 {
                let held = cadence.containing(day).unwrap();
                assert!(held.first_day() <= day && day <= held.last_day());
                assert!(held == before || held == before.successor().unwrap() && held.predecessor() == Some(before));
                assert_eq!(held.to_string().parse(), Ok(held));
                before = held;
                day = day.succ_opt().unwrap();
            }
        }
    }

    /// Offsets of the zones from the IANA database's own history: Shanghai UTC+8 without summer time since 1991; Apia skipped
    /// 30 December 2011; Beirut puts its clocks forward at midnight, Santiago at midnight of a Sunday in September.
    #[test]
    fn the_last_complete_period_follows_the_local_clock() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let cases = [
            ("Asia/Shanghai", "2026-10-31T15:59:59Z", "2026-09"),
            ("Asia/Shanghai", "2026-10-31T16:00:00Z", "2026-10"),
            ("America/New_York", "2026-11-01T03:59:59Z", "2026-09"),
            ("America/New_York", "2026-11-01T04:00:00Z", "2026-10"),
            ("America/New_York", "2026-12-01T04:59:59Z", "2026-10"),
            ("Pacific/Apia", "2012-01-01T00:00:00Z", "2011-12"),
            ("UTC", "2026-12-31T23:59:60Z", "2026-11"),
            ("UTC", "2027-01-01T00:00:00Z", "2026-12"),
        ];
        for (zone, now, wanted) in cases {
            let last = Cadence::Month.last_complete(at(now), zone.parse().unwrap());
            assert_eq!(last.unwrap().to_string(), wanted, "{zone} {now}");
        }
        for zone in ["Asia/Shanghai", "America/Santiago", "Asia/Beirut", "Pacific/Apia", "Africa/Monrovia"] {
            let zone: Tz = zone.parse().unwrap();
            for held in period("1971-W01").through(period("2037-W01")) {
                let end = held.end(zone).unwrap();
                assert_eq!(Cadence::Week.last_complete(end, zone), Some(held), "{zone} {held}");
                let before = Cadence::Week.last_complete(end - TimeDelta::seconds(1), zone);
                assert_eq!(before, held.predecessor(), "{zone} {held}");
            }
        }
    }

    #[test]
    fn a_time_of_day_that_is_skipped_or_repeated() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let time = |text: &str| text.parse::<NaiveTime>().unwrap();
        let cases = [
            // 02:30 is skipped in Berlin on 29 March 2026: the clocks go from 02:00 to 03:00 (UTC+2).
            ("Europe/Berlin", "2026-03-29", "02:30:00", "2026-03-29T01:00:00Z"),
            // 02:30 comes twice on 25 October 2026: the first is still summer time.
            ("Europe/Berlin", "2026-10-25", "02:30:00", "2026-10-25T00:30:00Z"),
            ("Asia/Beirut", "2026-03-29", "00:00:00", "2026-03-28T22:00:00Z"),
            ("Pacific/Apia", "2011-12-30", "06:00:00", "2011-12-30T10:00:00Z"),
        ];
        for (zone, on, at, wanted) in cases {
            let found = moment(day(on), time(at), zone.parse().unwrap()).unwrap();
            assert_eq!(found.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), wanted, "{zone} {on} {at}");
        }
    }
}
