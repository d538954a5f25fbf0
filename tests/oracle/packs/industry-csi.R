# plugins/industry-csi: experts' judgements 1-5 by four principles.
pack_metrics <- function(d) {
  principles <- c("importance", "controllability", "measurability", "comparability")
  metrics <- list()
  for (principle in principles) {
    metrics[[paste0("industry_", principle)]] <- average(d[[principle]])
    metrics[[paste0("industry_", principle, "_median")]] <- quantile_of(d[[principle]], 0.5)
  }
  metrics$industry_fitness <- index(rowMeans(d[principles]), 1, 5)
  metrics$industry_agreed <- share(rowSums(d[principles] >= 4) == 4)
  metrics
}
