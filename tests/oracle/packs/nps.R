# plugins/nps: the 0-10 recommendation question.
pack_metrics <- function(d) with(d, list(
  nps = net(recommend >= 9, recommend <= 6),
  nps_promoters = share(recommend %in% 9:10, !is.na(recommend)),
  nps_passives = share(recommend %in% 7:8, !is.na(recommend)),
  nps_detractors = share(recommend %in% 0:6, !is.na(recommend)),
  nps_mean = average(recommend),
  nps_after_contact = net(recommend_after_contact >= 9, recommend_after_contact <= 6)
))
