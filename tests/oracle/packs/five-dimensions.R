# plugins/five-dimensions: ratings 1-5 of five dimensions, in two sets.
pack_metrics <- function(d) {
  metrics <- list()
  for (set in list(c("dim", "product_quality", "service_quality", "price_fairness", "on_time_delivery", "experience"),
                   c("dimb", "quality", "price", "delivery_speed", "service_before_after", "communication"))) {
    inputs <- paste0(set[1], "_", set[-1])
    for (input in inputs) {
      metrics[[paste0(input, "_score")]] <- index(d[[input]], 1, 5)
      metrics[[paste0(input, "_satisfied")]] <- share(d[[input]] >= 4)
    }
    metrics[[paste0(set[1], "_total")]] <- index(row_mean(d[inputs]), 1, 5, row_known(d[inputs]) >= 3)
  }
  metrics
}
