# plugins/ces: ease on 1-7.
pack_metrics <- function(d) with(d, list(
  ces_mean = average(ease),
  ces_easy = share(ease %in% 5:7, !is.na(ease)),
  ces_difficult = share(ease %in% 1:3, !is.na(ease))
))
