# plugins/brand-comparison: judgements of brands.
pack_metrics <- function(d) with(d, list(
  brand_satisfaction = share(satisfaction >= 4),
  brand_satisfaction_mean = index(satisfaction, 1, 5),
  brand_nps = net(recommend >= 9, recommend <= 6),
  brand_consideration = share(considers),
  brand_value = share(value >= 4),
  brand_value_mean = index(value, 1, 5)
))
