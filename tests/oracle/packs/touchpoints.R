# plugins/touchpoints: contact points, met or not and rated 1-5.
pack_metrics <- function(d) {
  points <- c("product", "events", "hotline", "sales_people", "channels", "technical_support", "after_sales_people", "email",
    "letters", "sms", "fax", "online")
  metrics <- list()
  for (point in points) {
    rated <- d[[paste0("touch_", point)]]
    metrics[[paste0("touch_", point, "_score")]] <- index(rated, 1, 5)
    metrics[[paste0("touch_", point, "_satisfied")]] <- share(rated >= 4)
    metrics[[paste0("touch_", point, "_used")]] <- share(d[[paste0("used_", point)]])
  }
  ratings <- d[paste0("touch_", points)]
  metrics$touch_total <- index(row_mean(ratings), 1, 5)
  metrics$touch_weak <- share(rowSums(ratings <= 2, na.rm = TRUE) > 0, row_known(ratings) > 0)
  metrics$touch_all_satisfied <- share(rowSums(ratings <= 3, na.rm = TRUE) == 0, row_known(ratings) > 0)
  metrics$touch_count <- average(row_known(ratings), row_known(ratings) > 0)
  metrics
}
