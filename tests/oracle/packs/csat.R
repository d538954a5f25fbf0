# plugins/csat: one overall question, each scale by itself.
pack_metrics <- function(d) with(d, list(
  csat_top2 = share(satisfaction >= 4),
  csat_mean = index(satisfaction, 1, 5),
  csat_very = share(satisfaction == 5),
  csat_bottom2 = share(satisfaction <= 2),
  csat_net = net(satisfaction >= 4, satisfaction <= 2),
  csat4_top2 = share(satisfaction_4 >= 3),
  csat4_mean = index(satisfaction_4, 1, 4),
  csat7_top2 = share(satisfaction_7 >= 6),
  csat7_mean = index(satisfaction_7, 1, 7),
  csat10_top2 = share(satisfaction_10 >= 9),
  csat10_mean = index(satisfaction_10, 1, 10),
  csat11_top2 = share(satisfaction_11 >= 9),
  csat11_mean = index(satisfaction_11, 0, 10)
))
