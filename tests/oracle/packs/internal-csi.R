# plugins/internal-csi: ratings 1-5 of shareholders, managers and employees.
pack_metrics <- function(d) {
  groups <- list(
    shareholders = list("sh", c("dividend", "growth", "labour", "responsibility", "pride", "other")),
    managers = list("mg", c("pay", "career", "culture", "self", "learning", "recognition", "prospects", "potential", "colleagues",
      "image", "usefulness", "rules", "other")),
    hygiene = list("hy", c("policy", "administration", "pay", "protection", "supervision", "relations")),
    motivators = list("mo", c("chance", "joy", "achievement", "prospects", "responsibility")))
  metrics <- list()
  mean_of <- list()
  for (group in names(groups)) {
    inputs <- paste0(groups[[group]][[1]], "_", groups[[group]][[2]])
    mean_of[[group]] <- row_mean(d[inputs])
    metrics[[paste0("internal_", group)]] <- index(mean_of[[group]], 1, 5)
    for (i in seq_along(inputs)) {
      metrics[[paste0("internal_", group, "_", groups[[group]][[2]][i])]] <- index(d[[inputs[i]]], 1, 5)
    }
  }
  both <- !is.na(mean_of$hygiene) & !is.na(mean_of$motivators)
  state <- paste(mean_of$hygiene > 3, mean_of$motivators > 3)
  metrics$internal_state_thriving <- share(state == "TRUE TRUE", both)
  metrics$internal_state_content <- share(state == "TRUE FALSE", both)
  metrics$internal_state_strained <- share(state == "FALSE TRUE", both)
  metrics$internal_state_low <- share(state == "FALSE FALSE", both)
  metrics
}
