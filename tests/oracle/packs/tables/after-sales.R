# after-sales: one row a service ticket.

pack <- list(
  classes = c(called = "character", as_of = "character", on_site = "logical", arrived = "character",
    hours_to_arrival = "numeric", finished = "character", satisfied = "logical", repair_number = "numeric",
    days_since_repair = "numeric", fixed_at_first_visit = "logical", kept_appointment = "logical"),
  metrics = function(d) with(d, {
    arrival <- row_min(hours_to_arrival, hours(called, arrived))
    old_enough <- on_site & hours(called, as_of) >= 24
    list(
      after_sales_satisfied = share(satisfied),
      after_sales_repeated_repair = share(repair_number >= 2),
      after_sales_repeated_repair_30d = share(repair_number >= 2 & days_since_repair <= 30),
      after_sales_products_repaired_again = ratio(repair_number %in% 2, repair_number %in% 1, !is.na(repair_number), 100),
      after_sales_arrived_24h = share((arrival <= 24) %in% TRUE, old_enough),
      after_sales_hours_to_arrival = quantile_of(arrival, 0.5, on_site),
      after_sales_hours_to_arrival_p90 = quantile_of(arrival, 0.9, on_site),
      after_sales_fixed_first_visit = share(fixed_at_first_visit),
      after_sales_appointment_kept = share(kept_appointment),
      after_sales_days_to_finish = quantile_of(days(called, finished), 0.5))
  }),
  cases = list(
    case("tickets of a month with moments",
      "Row 3 is settled by phone; row 8 came in 20 hours before the table was drawn; row 9 waits since four days; row 10 is no repair.",
"called,              as_of,      on_site, arrived,             finished,            satisfied, repair_number, days_since_repair, fixed_at_first_visit, kept_appointment
2026-11-02 09:00:00, 2026-12-01, TRUE,    2026-11-02 15:00:00, 2026-11-02 16:30:00, TRUE,  1, ,   TRUE,  TRUE
2026-11-04 18:00:00, 2026-12-01, TRUE,    2026-11-05 18:00:00, 2026-11-08 12:00:00, TRUE,  1, ,   FALSE, TRUE
2026-11-05 10:00:00, 2026-12-01, FALSE,   ,                    2026-11-05 10:20:00, TRUE,  1, ,   ,
2026-11-09 08:00:00, 2026-12-01, TRUE,    2026-11-10 08:00:01, 2026-11-12 09:00:00, FALSE, 2, 12, TRUE,  FALSE
2026-11-12 13:00:00, 2026-12-01, TRUE,    2026-11-14 10:00:00, 2026-11-14 12:00:00, FALSE, 3, 9,  FALSE, FALSE
2026-11-15 09:30:00, 2026-12-01, TRUE,    2026-11-15 20:00:00, 2026-11-16 09:30:00, ,      1, ,   TRUE,  TRUE
2026-11-20 09:00:00, 2026-12-01, TRUE,    2026-11-20 17:00:00, 2026-11-20 18:00:00, TRUE,  2, 85, TRUE,
2026-11-30 04:00:00, 2026-12-01, TRUE,    2026-11-30 10:00:00, 2026-11-30 11:00:00, TRUE,  2, ,   TRUE,  TRUE
2026-11-27 09:00:00, 2026-12-01, TRUE,    ,                    ,                    ,      1, ,   ,      FALSE
2026-11-21 09:00:00, 2026-12-01, TRUE,    2026-11-21 11:00:00, 2026-11-21 12:00:00, TRUE,  ,  ,   ,      TRUE
2026-11-23 09:00:00, 2026-12-01, ,        2026-11-23 12:00:00, 2026-11-24 12:00:00, FALSE, 1, ,   FALSE, "),
    case("hours instead of moments, and weights",
      "Row 4 has neither; row 5 has both, and they agree.",
"called,              as_of,      on_site, arrived,             hours_to_arrival, satisfied
2026-11-02 09:00:00, 2026-12-01, TRUE,    ,                    3.5,              TRUE
2026-11-03 09:00:00, 2026-12-01, TRUE,    ,                    24,               TRUE
2026-11-04 09:00:00, 2026-12-01, TRUE,    ,                    30.25,            FALSE
2026-11-05 09:00:00, 2026-12-01, TRUE,    ,                    ,                 FALSE
2026-11-06 09:00:00, 2026-12-01, TRUE,    2026-11-06 14:00:00, 5,                TRUE
2026-11-07 09:00:00, 2026-12-01, FALSE,   ,                    1,                TRUE", weights = c(2, 1, 1, 3, 2, 1),
      missing = c("after_sales_repeated_repair", "after_sales_products_repaired_again")),
    case("no first repair in the table",
      "Without tickets of first repairs there is nothing to divide by.",
"called,              repair_number
2026-11-02 09:00:00, 2
2026-11-03 09:00:00, 3
2026-11-04 09:00:00, 2", missing = "after_sales_products_repaired_again")))
