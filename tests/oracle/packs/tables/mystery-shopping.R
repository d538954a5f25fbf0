# mystery-shopping: one row a visit. The points of an item are a number here, where plugin.yaml repeats the item.

points <- c(
  clean = 2, signs = 1, stock = 2, safe = 3, greeted = 2, waiting = 2, polite = 2, appearance = 1, needs = 2, knowledge = 2,
  choices = 1, honest = 3, price_right = 3, receipt = 2, quick = 1, thanked = 1, terms = 2, objection = 2)
sections <- list(
  environment = c("clean", "signs", "stock", "safe"),
  reception = c("greeted", "waiting", "polite", "appearance"),
  advice = c("needs", "knowledge", "choices", "honest"),
  checkout = c("price_right", "receipt", "quick"),
  closing = c("thanked", "terms", "objection"))
critical <- c("safe", "honest", "price_right")

reached <- function(d, items) {
  values <- as.matrix(d[items]) * 1
  ifelse(rowSums(!is.na(values)) == 0, NA, rowSums(sweep(values, 2, points[items], "*"), na.rm = TRUE))
}
possible <- function(d, items) rowSums(sweep(!is.na(as.matrix(d[items])), 2, points[items], "*"))
compliance <- function(d, items) reached(d, items) / possible(d, items)

pack <- list(
  classes = c(setNames(rep("logical", length(points)), names(points)), impression = "numeric", would_return = "logical"),
  metrics = function(d) {
    all <- names(points)
    failed <- rowSums(!as.matrix(d[critical]), na.rm = TRUE)
    seen <- rowSums(!is.na(d[critical])) > 0
    by_section <- setNames(lapply(sections, function(items) average(compliance(d, items), factor = 100)), paste0("visits_", names(sections)))
    c(list(
      visits_compliance = average(compliance(d, all), factor = 100),
      visits_compliance_points = ratio(reached(d, all), possible(d, all), factor = 100)),
      by_section,
      list(
      visits_passed = share(compliance(d, all) >= 0.8 & failed == 0),
      visits_critical_failure = share(failed > 0, seen),
      visits_critical_failures = average(failed, seen),
      visits_impression = average(d$impression),
      visits_would_return = share(d$would_return)))
  },
  cases = list(
    case("six visits, some items do not apply",
      "Row 1 reaches everything; row 2 exactly 80 % (24 of 30); row 4 has 91 % (29 of 32) but a wrong price; row 6 was broken off with no item.",
"clean, signs, stock, safe, greeted, waiting, polite, appearance, needs, knowledge, choices, honest, price_right, receipt, quick, thanked, terms, objection, impression, would_return
T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, 5, T
T, T, T, T, F, T, T, T, T, T, F, T, T, F, F, T, , , 4, T
T, T, T, , F, F, T, F, F, F, , T, T, T, T, F, F, , 2, F
T, T, T, T, T, T, T, T, T, T, T, T, F, T, T, T, T, , 4,
F, , , F, F, F, , T, , , , F, , , F, , , , 1, F
, , , , , , , , , , , , , , , , , , , "),
    case("visits to branches of unequal size",
      "Weights stand for the customers of the branch visited.",
"clean, signs, stock, safe, greeted, waiting, polite, needs, knowledge, honest, price_right, receipt, impression
T, T, F, T, T, T, T, F, T, T, T, T, 4
F, T, T, T, F, T, F, T, T, T, T, F, 3
T, T, T, F, T, T, T, T, T, T, T, T, 5
T, F, T, T, T, F, T, F, F, , , , 2", weights = c(120, 45.5, 300, 80),
      missing = c("visits_closing", "visits_would_return"))))
