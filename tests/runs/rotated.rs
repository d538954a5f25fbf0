//! One file for all months of which old rows are taken out: what was published of them stays, and what is made anew shows it.

use std::fs;

use super::timers::{APRIL, DELIVERY, MARCH, outcomes, past, printed_code, release, sent, timer};
use super::{Site, all, codes};

const NEXT: &str = "2026-04-04T06:00:00+08:00";
const AFTER: &str = "2026-04-05T06:00:00+08:00";

/// Three months that are read two at a time, published and sent.
fn three_months() -> Site {
    let site = Site::by_date(&format!("  read: 2\n{DELIVERY}"));
    site.write("all.csv", &all(&[(1, 60, 7), (2, 60, 6), (3, 60, 7)]));
    let published = ["2026-01", "2026-02", "2026-03"].map(|period| (period, "published"));
    assert_eq!(timer(&site, APRIL).0, outcomes(&published));
    site
}

/// January is taken out. February was read with it and stays as it was sent.
#[test]
fn a_month_that_was_read_with_another_that_is_gone_stays_as_it_is() {
    let site = three_months();
    let (before, messages) = (site.seen(), sent(&site));
    site.write("all.csv", &all(&[(2, 60, 6), (3, 60, 7)]));
    let (ended, said) = timer(&site, NEXT);
    assert_eq!(ended, outcomes(&["2026-01", "2026-02", "2026-03"].map(|period| (period, "unchanged"))), "{said:#}");
    assert_eq!((site.seen(), sent(&site)), (before, messages));
    assert_eq!(timer(&site, NEXT).0, []);
    // Nor does somebody who asks for it get another one.
    assert_eq!(site.run("2026-02", &[]).1["runs"][0]["outcome"], "unchanged");
}

/// February is corrected after January was taken out: it is made anew, with January as it was published.
#[test]
fn a_correction_shows_months_that_are_gone_as_they_were_published() {
    let site = three_months();
    site.write("all.csv", &all(&[(2, 70, 5), (3, 60, 7)]));
    let wanted = [("2026-01", "unchanged"), ("2026-02", "published"), ("2026-03", "published")];
    let (ended, said) = timer(&site, NEXT);
    assert_eq!(ended, outcomes(&wanted), "{said:#}");
    assert_eq!(past(&site, "2026-02"), [("2026-01".to_owned(), 1)]);
    let cause = &release(&site, "2026-02")["cause"];
    assert_eq!((&cause["answers"], &cause["earlier"]), (&true.into(), &serde_json::json!([])), "{cause:#}");
    assert_eq!(release(&site, "2026-03")["cause"]["earlier"], serde_json::json!(["2026-02"]));
    assert_eq!(timer(&site, NEXT).0, []);
    assert_eq!(site.run("2026-02", &[]).1["runs"][0]["outcome"], "unchanged");
    // April is the first to be made after February is gone, too.
    site.write("all.csv", &all(&[(4, 60, 7)]));
    timer(&site, "2026-05-03T06:00:00+08:00");
    let shown = [("2026-01", 1), ("2026-02", 2), ("2026-03", 2)];
    assert_eq!(past(&site, "2026-04"), shown.map(|(period, revision)| (period.to_owned(), revision)));
    assert_eq!(timer(&site, "2026-05-04T06:00:00+08:00").0, []);
}

/// February is taken out from between January and March, which are read: March is compared with it all the same.
#[test]
fn a_month_that_is_gone_stands_in_its_place() {
    let site = Site::by_date("  read: 3\n");
    let template = "{% for i in indicators %}{% if i.change %}{{ i.change.previous }};{% endif %}{% endfor %}\n";
    site.write("templates/brief/short.md.tera", template);
    site.write("all.csv", &all(&[(1, 200, 2), (2, 200, 9), (3, 200, 5)]));
    timer(&site, APRIL);
    site.write("all.csv", &all(&[(1, 200, 2), (3, 210, 5)]));
    let wanted = [("2026-01", "unchanged"), ("2026-02", "unchanged"), ("2026-03", "published")];
    let (ended, said) = timer(&site, NEXT);
    assert_eq!(ended, outcomes(&wanted), "{said:#}");
    assert_eq!(past(&site, "2026-03"), [("2026-02".to_owned(), 1)]);
    let mut files = fs::read_dir(site.path("out/2026-03/brief")).unwrap().map(|file| file.unwrap().path());
    let text = files.find(|file| file.extension().is_some_and(|end| end == "md")).map(fs::read_to_string);
    let text = text.unwrap().unwrap();
    assert!(text.contains("90.0%") && !text.contains("20.0%"), "{text}");
}

/// Half of January is lost. February waits with it, and shows it once somebody approved.
#[test]
fn a_month_waits_for_the_one_that_is_read_with_it() {
    let site = three_months();
    site.write("all.csv", &all(&[(1, 30, 7), (2, 60, 6), (3, 60, 7)]));
    let held = [("2026-01", "held"), ("2026-02", "unchanged"), ("2026-03", "unchanged")];
    assert_eq!(timer(&site, NEXT).0, outcomes(&held));
    assert_eq!(timer(&site, NEXT).0, outcomes(&held[..2]));
    assert_eq!(release(&site, "2026-02")["revision"], 1);
    assert_eq!(printed_code(&site, NEXT, &["approve", "--period", "2026-01", "--json"]), Some(0));
    // March shows January, too, from the history.
    let (ended, said) = timer(&site, AFTER);
    assert_eq!(ended, outcomes(&[("2026-02", "published"), ("2026-03", "published")]), "{said:#}");
    assert_eq!(timer(&site, AFTER).0, []);
}

/// Half of January is lost, and late answers of February come: no release shows what of January nobody approved.
#[test]
fn late_answers_wait_for_what_a_gate_holds_of_another_month() {
    let site = three_months();
    site.write("all.csv", &all(&[(1, 30, 7), (2, 70, 6), (3, 60, 7)]));
    let held = [("2026-01", "held"), ("2026-02", "unchanged"), ("2026-03", "unchanged")];
    let (ended, said) = timer(&site, NEXT);
    assert_eq!(ended, outcomes(&held), "{said:#}");
    let (_, asked) = site.run("2026-02", &[]);
    assert_eq!((&asked["runs"][0]["outcome"], codes(&asked)), (&"unchanged".into(), vec!["M0183".to_owned()]));
    assert_eq!(printed_code(&site, NEXT, &["approve", "--period", "2026-01", "--json"]), Some(0));
    let (ended, said) = timer(&site, AFTER);
    assert_eq!(ended, outcomes(&[("2026-02", "published"), ("2026-03", "published")]), "{said:#}");
    assert_eq!(timer(&site, AFTER).0, []);
}

/// A month that is due is not published with half of the one before it.
#[test]
fn a_month_that_is_read_with_half_of_another_is_held() {
    let site = Site::by_date("  read: 2\n");
    site.write("all.csv", &all(&[(1, 60, 7)]));
    assert_eq!(timer(&site, "2026-02-03T06:00:00+08:00").0, outcomes(&[("2026-01", "published")]));
    site.write("all.csv", &all(&[(1, 30, 7), (2, 60, 6)]));
    let (ended, said) = timer(&site, MARCH);
    assert_eq!(ended, outcomes(&[("2026-01", "held"), ("2026-02", "held")]), "{said:#}");
    assert!(["M0182", "M0184"].iter().all(|code| codes(&said).contains(&(*code).to_owned())), "{said:#}");
    site.write("all.csv", &all(&[(2, 60, 6)]));
    let (ended, said) = timer(&site, MARCH);
    assert_eq!(ended, outcomes(&[("2026-01", "unchanged"), ("2026-02", "published")]), "{said:#}");
    assert_eq!(past(&site, "2026-02"), [("2026-01".to_owned(), 1)]);
}

/// Approved with a past from the history, a release is the one that was looked at.
#[test]
fn a_release_that_shows_months_that_are_gone_can_be_approved() {
    let site = Site::by_date("  read: 2\n  gates: { answers: { least: 50 } }\n");
    site.write("all.csv", &all(&[(1, 60, 7)]));
    assert_eq!(timer(&site, "2026-02-03T06:00:00+08:00").0, outcomes(&[("2026-01", "published")]));
    site.write("all.csv", &all(&[(2, 40, 6)]));
    assert_eq!(timer(&site, MARCH).0, outcomes(&[("2026-01", "unchanged"), ("2026-02", "held")]));
    assert_eq!(printed_code(&site, MARCH, &["approve", "--period", "2026-02", "--json"]), Some(0));
    assert_eq!(past(&site, "2026-02"), [("2026-01".to_owned(), 1)]);
    assert_eq!(timer(&site, MARCH).0, []);
}

/// February shows January as it was, and its own rows are gone: it cannot be made anew, and that is looked at once.
#[test]
fn a_month_that_cannot_be_made_anew_is_at_rest() {
    let site = Site::by_date("");
    site.write("all.csv", &all(&[(1, 60, 7), (2, 60, 6)]));
    timer(&site, MARCH);
    for (answers, revision) in [(70, 2), (80, 3)] {
        site.write("all.csv", &all(&[(1, answers, 6)]));
        let (ended, said) = timer(&site, MARCH);
        assert_eq!(ended, outcomes(&[("2026-01", "published"), ("2026-02", "unchanged")]), "{said:#}");
        assert_eq!(release(&site, "2026-01")["revision"], revision);
        assert_eq!(timer(&site, MARCH).0, []);
    }
    assert_eq!(past(&site, "2026-02"), [("2026-01".to_owned(), 1)]);
    // Once its rows are back, it follows.
    site.write("all.csv", &all(&[(1, 80, 6), (2, 60, 6)]));
    assert_eq!(timer(&site, MARCH).0, outcomes(&[("2026-01", "unchanged"), ("2026-02", "published")]));
    assert_eq!(past(&site, "2026-02"), [("2026-01".to_owned(), 3)]);
}

const TABLE: &str = "tables:
  tickets:
    data: { sources: [{ file: tickets.csv }], id: ticket, wave: { column: opened, by: month } }
    columns: { ticket: { type: text }, opened: { type: date }, hours: { type: number } }
plugins:
  ticket-part: { inputs: { hours: hours } }
";

const PLUGIN: &str = "manifest: 1
id: ticket-part
version: 1.0.0
title: { zh-CN: 工单, en: Tickets }
table: tickets
inputs:
  hours: { type: number }
metrics:
  - { id: in_a_day, title: { zh-CN: 一天内, en: Within a day }, estimator: proportion, of: hours <= 24 }
";

/// The rows of an operational table, by month and count.
fn tickets(months: &[(u32, usize)]) -> String {
    let row = |month: u32, number: usize| {
        format!("{month}-{number},2026-{month:02}-{:02},{}\n", number % 28 + 1, [10, 20, 30][number % 3])
    };
    let rows = |&(month, count): &(u32, usize)| (0..count).map(|number| row(month, number)).collect::<String>();
    "ticket,opened,hours\n".to_owned() + &months.iter().map(rows).collect::<String>()
}

/// January and February with 60 answers each, read so many at a time, and these tickets; published.
fn with_tickets(read: u32, months: &[(u32, usize)]) -> Site {
    let site = Site::by_date(&format!("  read: {read}\n"));
    site.change("plugins:\n", TABLE);
    site.write("plugins/ticket-part/plugin.yaml", PLUGIN);
    site.write("all.csv", &all(&[(1, 60, 7), (2, 60, 6)]));
    site.write("tickets.csv", &tickets(months));
    let (ended, said) = timer(&site, MARCH);
    assert_eq!(ended, outcomes(&[("2026-01", "published"), ("2026-02", "published")]), "{said:#}");
    site
}

/// Tickets are taken out of their file while the answers stay: fewer of them are looked at, and none at all change nothing.
#[test]
fn a_table_whose_rows_go_makes_no_smaller_release() {
    let site = with_tickets(1, &[(1, 60), (2, 60)]);
    let before = site.seen();
    site.write("tickets.csv", &tickets(&[(1, 40), (2, 60)]));
    let (ended, said) = timer(&site, MARCH);
    assert_eq!(ended, outcomes(&[("2026-01", "held"), ("2026-02", "unchanged")]), "{said:#}");
    assert!(codes(&said).contains(&"M0181".to_owned()), "{said:#}");
    site.write("tickets.csv", &tickets(&[(2, 60)]));
    let (ended, said) = timer(&site, MARCH);
    assert_eq!(ended, outcomes(&[("2026-01", "unchanged"), ("2026-02", "unchanged")]), "{said:#}");
    let noted = said["diagnostics"].as_array().unwrap().iter().any(|found| found["code"] == "M0177");
    assert!(noted, "{said:#}");
    assert_eq!((timer(&site, MARCH).0, site.seen()), (vec![], before));
}

/// The rows of January are taken out of both files.
#[test]
fn a_month_that_is_gone_from_survey_and_table_stays_as_it_is() {
    for read in [1, 2] {
        let site = with_tickets(read, &[(1, 60), (2, 60)]);
        site.write("all.csv", &all(&[(2, 60, 6)]));
        site.write("tickets.csv", &tickets(&[(2, 60)]));
        let (ended, said) = timer(&site, MARCH);
        assert_eq!(ended, outcomes(&[("2026-01", "unchanged"), ("2026-02", "unchanged")]), "{said:#}");
        assert_eq!(timer(&site, MARCH).0, []);
    }
}

/// The rows of January are taken out of the table alone: February, which reads both, comes to rest.
#[test]
fn a_month_is_at_rest_beside_one_without_its_table() {
    let site = with_tickets(2, &[(1, 60), (2, 60)]);
    site.write("tickets.csv", &tickets(&[(2, 60)]));
    let (ended, said) = timer(&site, MARCH);
    assert_eq!(ended, outcomes(&[("2026-01", "unchanged"), ("2026-02", "unchanged")]), "{said:#}");
    assert_eq!(timer(&site, MARCH).0, []);
}

/// What a gate forbids of January no other release shows either.
#[test]
fn late_answers_wait_for_what_a_gate_forbids_of_another_month() {
    let site = Site::by_date("  read: 2\n  gates: { fewer: { then: fail } }\n");
    site.write("all.csv", &all(&[(1, 60, 7), (2, 60, 6)]));
    timer(&site, MARCH);
    site.write("all.csv", &all(&[(1, 30, 7), (2, 70, 6)]));
    let (ended, said) = timer(&site, MARCH);
    assert_eq!(ended, outcomes(&[("2026-01", "failed"), ("2026-02", "unchanged")]), "{said:#}");
    site.write("all.csv", &all(&[(1, 60, 7), (2, 70, 6)]));
    assert_eq!(timer(&site, MARCH).0, outcomes(&[("2026-01", "unchanged"), ("2026-02", "published")]));
}

/// With the tickets gone a correction of the answers cannot be made: that is loud.
#[test]
fn a_correction_is_not_lost_with_the_rows_of_a_table() {
    let site = with_tickets(1, &[(1, 60), (2, 60)]);
    site.write("tickets.csv", &tickets(&[(2, 60)]));
    site.write("all.csv", &all(&[(1, 60, 9), (2, 60, 6)]));
    let (ended, said) = timer(&site, MARCH);
    assert_eq!(ended, outcomes(&[("2026-01", "failed"), ("2026-02", "unchanged")]), "{said:#}");
}

/// There was no ticket in February, which is read with January: its answers are corrected all the same.
#[test]
fn a_month_without_a_row_of_a_table_is_corrected() {
    let site = with_tickets(2, &[(1, 60)]);
    site.write("all.csv", &all(&[(1, 60, 7), (2, 70, 6)]));
    let (ended, said) = timer(&site, MARCH);
    assert_eq!(ended, outcomes(&[("2026-01", "unchanged"), ("2026-02", "published")]), "{said:#}");
    assert_eq!(timer(&site, MARCH).0, []);
}
