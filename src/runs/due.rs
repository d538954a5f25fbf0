//! Which periods are to be run, given what the history holds and what the clock says. Pure, so that clocks that jump, late data
//! and schedulers that overlap can be simulated by the thousand.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::config::period::{Cadence, Period, moment};
use crate::config::raw::RawRuns;

/// When a project runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// Length of a period.
    pub every: Cadence,
    /// Time zone in which periods begin and end.
    pub zone: Tz,
    /// First period; none if the first one run is the first.
    pub from: Option<Period>,
    /// Day of the next period on which a period is run, from 1.
    pub day: u32,
    /// Time of that day.
    pub time: NaiveTime,
}

impl Calendar {
    /// The calendar of a checked project.
    pub fn of(runs: &RawRuns) -> Self {
        Self {
            every: runs.every,
            zone: runs.zone(),
            from: runs.from.as_deref().and_then(|from| from.parse().ok()),
            day: runs.schedule.day.max(1),
            time: NaiveTime::parse_from_str(&runs.schedule.time, "%H:%M").unwrap_or(NaiveTime::MIN),
        }
    }

    /// The instant from which a period is to be run.
    pub fn due_at(&self, period: Period) -> Option<DateTime<Utc>> {
        let day = period.successor()?.first_day().checked_add_days(chrono::Days::new(u64::from(self.day - 1)))?;
        moment(day, self.time, self.zone)
    }

    /// An instant in the time zone, for people: `2026-12-02 06:00 +08:00`, since CST is the time of Chicago too.
    pub fn local(&self, instant: DateTime<Utc>) -> String {
        instant.with_timezone(&self.zone).format("%Y-%m-%d %H:%M %:z").to_string()
    }

    /// The newest period that is over.
    pub fn last_complete(&self, now: DateTime<Utc>) -> Option<Period> {
        self.every.last_complete(now, self.zone)
    }

    /// The newest period that is to be run by now.
    pub fn last_due(&self, now: DateTime<Utc>) -> Option<Period> {
        let mut period = self.last_complete(now)?;
        while self.due_at(period).is_none_or(|due| now < due) {
            period = period.predecessor()?;
        }
        Some(period)
    }

    /// The periods that are due, sorted: those without a release from the first one (the project's, else the oldest that was ever
    /// run, else the newest one due) to the newest one due, and before it those whose release is `unfinished`. Those that `ended` are
    /// not. A clock that was put back names none that are not over by it; one that was put forward names periods whose data are
    /// missing, which fails and is tried again.
    pub fn due(&self, ended: &BTreeSet<Period>, unfinished: &BTreeSet<Period>, now: DateTime<Utc>) -> BTreeSet<Period> {
        let Some(last) = self.last_due(now) else { return BTreeSet::new() };
        let of_length = |periods: &BTreeSet<Period>| periods.iter().copied().find(|held| held.cadence() == self.every);
        let known = of_length(ended).into_iter().chain(of_length(unfinished)).min();
        let first = self.from.or(known).unwrap_or(last);
        let cut_off = unfinished.iter().copied().filter(|held| held.cadence() == self.every && *held <= last);
        first.through(last).filter(|period| !ended.contains(period)).chain(cut_off).collect()
    }

    /// The next instant after `now` at which a period becomes due.
    pub fn next(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut period = self.last_complete(now)?;
        loop {
            match self.due_at(period) {
                Some(due) if due > now => return Some(due),
                _ => period = period.successor()?,
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::TimeDelta;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn calendar(every: Cadence, zone: &str, from: Option<&str>) -> Calendar {
        let from = from.map(|from| from.parse().unwrap());
        let time = NaiveTime::from_hms_opt(2, 30, 0).unwrap();
        Calendar { every, zone: zone.parse().unwrap(), from, day: 3, time }
    }

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn periods(texts: &[&str]) -> BTreeSet<Period> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn what_is_due() {
        let shanghai = calendar(Cadence::Month, "Asia/Shanghai", None);
        // The third of December, 02:30 in Shanghai, is the second, 18:30, in Greenwich.
        let cases: &[(&[&str], &str, &[&str])] = &[
            (&[], "2026-12-02T18:29:59Z", &["2026-10"]),
            (&[], "2026-12-02T18:30:00Z", &["2026-11"]),
            (&["2026-09"], "2026-12-02T18:30:00Z", &["2026-10", "2026-11"]),
            (&["2026-09", "2026-11"], "2026-12-05T00:00:00Z", &["2026-10"]),
            (&["2026-11"], "2026-12-05T00:00:00Z", &[]),
            (&["2026-11"], "2025-12-05T00:00:00Z", &[]),
        ];
        for (done, now, wanted) in cases {
            let due = shanghai.due(&periods(done), &BTreeSet::new(), at(now));
            assert_eq!(due, periods(wanted), "{done:?} {now}");
        }
        let from = calendar(Cadence::Month, "Asia/Shanghai", Some("2026-10"));
        let none = BTreeSet::new();
        assert_eq!(from.due(&periods(&["2026-08"]), &none, at("2026-12-05T00:00:00Z")).len(), 2);
        assert_eq!(from.due(&none, &none, at("2026-06-05T00:00:00Z")), none);
        // A release that was cut off is due whatever was first, unless the clock says that it is not over.
        let cut_off = periods(&["2026-07", "2027-01"]);
        assert_eq!(
            from.due(&periods(&["2026-08"]), &cut_off, at("2026-12-05T00:00:00Z")),
            periods(&["2026-07", "2026-10", "2026-11"])
        );
        assert_eq!(shanghai.due(&periods(&["2026-11"]), &cut_off, at("2026-12-05T00:00:00Z")).len(), 4);
        assert_eq!(shanghai.next(at("2026-12-02T18:30:00Z")), Some(at("2027-01-02T18:30:00Z")));
        assert_eq!(shanghai.next(at("2026-12-02T18:29:59Z")), Some(at("2026-12-02T18:30:00Z")));
    }

    /// A server that publishes: it takes the lock, asks what is due, and runs what has data.
    #[derive(Default)]
    struct World {
        published: BTreeMap<Period, u32>,
        failures: usize,
    }

    /// Ten thousand periods in four zones. Data of a period arrive up to six weeks after its end, two schedulers look at their own
    /// times with their own wrong clocks, which jump back and forward by days, and a lock keeps them apart as on disk: the loser
    /// asks again later what is due. No period may be published twice; in the end none may be missing.
    #[test]
    fn no_period_is_missed_or_published_twice_in_ten_thousand() {
        let worlds = [
            (Cadence::Month, "America/New_York", "1990-01", 2_500),
            (Cadence::Month, "Asia/Shanghai", "1990-01", 2_500),
            (Cadence::Week, "America/Santiago", "1990-W01", 2_500),
            (Cadence::Week, "Asia/Beirut", "1971-W01", 2_500),
        ];
        for (seed, (every, zone, from, count)) in (0_u64..).zip(worlds) {
            let mut random = ChaCha8Rng::seed_from_u64(20_261_122 + seed);
            let calendar = calendar(every, zone, Some(from));
            let first = calendar.from.unwrap();
            let all: Vec<Period> =
                std::iter::successors(Some(first), |period| period.successor()).take(count).collect();
            let arrival: BTreeMap<Period, DateTime<Utc>> = all
                .iter()
                .map(|period| {
                    let late = if random.random_bool(0.1) { random.random_range(0..42 * 24) } else { 0 };
                    (*period, period.end(calendar.zone).unwrap() + TimeDelta::hours(late))
                })
                .collect();
            let mut world = World::default();
            let mut now = first.end(calendar.zone).unwrap();
            let end = all.last().unwrap().end(calendar.zone).unwrap() + TimeDelta::days(120);
            let mut wrong = [TimeDelta::zero(); 2];
            while now < end {
                let quiet = now > end - TimeDelta::days(60);
                for offset in &mut wrong {
                    // Clocks jump now and then and are put right some time later.
                    if quiet || random.random_bool(0.2) {
                        *offset = TimeDelta::zero();
                    } else if random.random_bool(0.05) {
                        *offset = TimeDelta::hours(random.random_range(-24 * 90..24 * 90));
                    }
                }
                // Both may hold a list of what is due that is older than the other's last publication.
                let none = BTreeSet::new();
                let seen: [BTreeSet<Period>; 2] =
                    wrong.map(|offset| calendar.due(&world.published.keys().copied().collect(), &none, now + offset));
                for (index, stale) in seen.iter().enumerate() {
                    // The lock is taken before the history is asked again; a list from before the lock alone would publish twice.
                    let done: BTreeSet<Period> = world.published.keys().copied().collect();
                    let due = calendar.due(&done, &none, now + wrong[index]);
                    assert!(due.iter().all(|period| stale.contains(period)), "nothing becomes due by another's work");
                    for period in due {
                        if arrival.get(&period).is_some_and(|arrived| *arrived <= now) {
                            *world.published.entry(period).or_default() += 1;
                        } else {
                            world.failures += 1;
                        }
                    }
                }
                now += TimeDelta::hours(random.random_range(6..24 * 9));
            }
            assert!(world.failures > 0, "the simulation holds runs without data");
            let missed: Vec<&Period> = all.iter().filter(|period| !world.published.contains_key(period)).collect();
            assert!(missed.is_empty(), "{zone}: missed {missed:?}");
            let twice: Vec<_> = world.published.iter().filter(|(_, times)| **times != 1).collect();
            assert!(twice.is_empty(), "{zone}: twice {twice:?}");
        }
    }

    /// The instants of a schedule are those at which a period becomes due, one for each period, whatever the clocks do.
    #[test]
    fn each_period_has_one_instant() {
        for zone in ["America/New_York", "America/Santiago", "Asia/Beirut", "Pacific/Apia", "Australia/Lord_Howe"] {
            let calendar = calendar(Cadence::Week, zone, None);
            let mut now = at("1999-01-01T00:00:00Z");
            let mut last = calendar.last_due(now).unwrap();
            for _ in 0..1_600 {
                now = calendar.next(now).unwrap();
                assert_eq!(calendar.last_due(now - TimeDelta::seconds(1)), Some(last), "{zone} {now}");
                last = last.successor().unwrap();
                assert_eq!(calendar.last_due(now), Some(last), "{zone} {now}");
            }
        }
    }
}
