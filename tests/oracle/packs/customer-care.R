# plugins/customer-care: ratings 1-5 in a grid of stages and attributes, and four variables.
pack_metrics <- function(d) {
  stages <- c("before", "during", "after")
  attributes <- c("search", "experience", "credence")
  metrics <- list()
  for (stage in stages) {
    metrics[[paste0("care_", stage)]] <- index(row_mean(d[paste0(stage, "_", attributes)]), 1, 5)
    for (attribute in attributes) {
      metrics[[paste0("care_", stage, "_", attribute)]] <- index(d[[paste0(stage, "_", attribute)]], 1, 5)
    }
  }
  for (attribute in attributes) metrics[[paste0("care_", attribute)]] <- index(row_mean(d[paste0(stages, "_", attribute)]), 1, 5)
  scores <- sapply(stages, function(stage) row_mean(d[paste0(stage, "_", attributes)]))
  metrics$care_total <- index(rowMeans(scores), 1, 5)
  for (variable in c("product_service", "communication", "incentives", "public_relations")) {
    metrics[[paste0("care_", variable)]] <- index(d[[variable]], 1, 5)
  }
  metrics
}
