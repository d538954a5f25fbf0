# plugins/service-stages: ratings 1-5 in groups; the form takes the stages together.
pack_metrics <- function(d) {
  groups <- list(
    timeliness = c("answered_fast", "done_on_time", "waiting"),
    accuracy = c("done_right", "staff_skill", "advice_right"),
    promises = c("promise_kept", "promise_clear"),
    before = c("before_information", "before_advice", "before_trial"),
    during = c("during_reception", "during_ordering", "during_handover"),
    after = c("after_installation", "after_repair", "after_follow_up", "after_complaints"),
    independent = c("independent_booking", "independent_welcome", "independent_core", "independent_surroundings", "independent_safety", "independent_value"))
  metrics <- list()
  for (group in names(groups)) {
    metrics[[paste0("ss_", group)]] <- index(row_mean(d[groups[[group]]]), 1, 5)
    for (item in groups[[group]]) metrics[[paste0("ss_", item)]] <- index(d[[item]], 1, 5)
  }
  elements <- sapply(groups[c("timeliness", "accuracy", "promises")], function(items) row_mean(d[items]))
  metrics$ss_total <- index(rowMeans(elements), 1, 5)
  form <- d[c(groups$before, groups$during, groups$after)]
  points <- 100 * (row_mean(form) - 1) / 4
  metrics$ss_form_score <- average(points, row_known(form) >= 5)
  metrics$ss_form_good <- share(points >= 75, row_known(form) >= 5)
  metrics
}
