//! Clocks that were wrong: what was recorded last counts, whatever time it bears.

use super::Site;
use super::timers::{APRIL, FEBRUARY, outcomes, past, timer, with_a_late_february};

/// A timer failed under a clock that was seventeen days ahead. Once the month is published, nothing is left to be done until then.
#[test]
fn a_failure_under_a_clock_that_was_ahead_is_over_when_the_month_is_published() {
    let site = Site::new("");
    assert_eq!(timer(&site, "2026-02-20T06:00:00+08:00").0, outcomes(&[("2026-01", "failed")]));
    site.month("2026-01", 60, 7);
    assert_eq!(timer(&site, FEBRUARY).0, outcomes(&[("2026-01", "published")]));
    assert_eq!(timer(&site, "2026-02-04T06:00:00+08:00").0, []);
}

/// February came late and was published by a clock a day behind: March shows it all the same.
#[test]
fn a_month_that_is_recorded_at_an_earlier_time_is_shown_by_those_after_it() {
    let site = with_a_late_february();
    let behind = "2026-04-02T06:00:00+08:00";
    assert_eq!(timer(&site, behind).0, outcomes(&[("2026-02", "published"), ("2026-03", "published")]));
    assert_eq!(past(&site, "2026-03"), [("2026-01".to_owned(), 1), ("2026-02".to_owned(), 1)]);
    assert_eq!(timer(&site, APRIL).0, []);
}
