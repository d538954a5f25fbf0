# plugins/servqual: 22 pairs of perception and expectation on 1-7 in five factors, and 100 points of importance.
pack_metrics <- function(d) {
  factors <- list(tangibles = 1:4, reliability = 5:9, responsiveness = 10:13, assurance = 14:17, empathy = 18:22)
  perception <- as.matrix(d[sprintf("p%02d", 1:22)])
  expectation <- as.matrix(d[sprintf("e%02d", 1:22)])
  gap <- perception - expectation
  points <- as.matrix(d[paste0("points_", names(factors))])
  weight <- points / rowSums(points)
  metrics <- list()
  for (i in 1:22) metrics[[sprintf("servqual_item_%02d", i)]] <- average(gap[, i])
  for (k in seq_along(factors)) {
    id <- paste0("servqual_", names(factors)[k])
    metrics[[id]] <- average(row_mean(gap[, factors[[k]]]))
    metrics[[paste0(id, "_perception")]] <- average(row_mean(perception[, factors[[k]]]))
    metrics[[paste0(id, "_expectation")]] <- average(row_mean(expectation[, factors[[k]]]))
    metrics[[sub("servqual_", "servqual_points_", id)]] <- average(weight[, k], factor = 100)
  }
  factor_gaps <- sapply(factors, function(items) row_mean(gap[, items]))
  metrics$servqual_total <- average(rowMeans(factor_gaps))
  metrics$servqual_weighted <- average(rowSums(weight * factor_gaps))
  metrics$servqual_performance <- average(rowMeans(sapply(factors, function(items) row_mean(perception[, items]))))
  metrics
}
