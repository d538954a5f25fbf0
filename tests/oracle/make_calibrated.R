# Writes calibrated.json: standard errors that the R package survey gives for answers.csv when the weights were raked or
# post-stratified and the design knows it. README.md says which calls. Run in this folder: Rscript make_calibrated.R

suppressMessages({ library(survey); library(jsonlite) })
options(survey.lonely.psu = "fail")
answers <- read.csv("answers.csv", colClasses = c(wave = "character"))
answers$one <- 1
answers[c("group", "stratum")] <- lapply(answers[c("group", "stratum")], factor)
group <- c(A = 0.5, B = 0.3, C = 0.2)
stratum <- c(north = 0.25, south = 0.45, west = 0.3)
crossed <- data.frame(group = rep(names(group), each = 3), stratum = rep(names(stratum), 3),
  Freq = c(900, 1300, 1100, 600, 800, 700, 300, 250, 350))

designs <- list(
  weights = function(d) svydesign(ids = ~1, weights = ~w, data = d),
  srs = function(d) svydesign(ids = ~1, weights = ~one, data = d),
  strata_fpc = function(d) svydesign(ids = ~1, strata = ~stratum, fpc = ~fpc, weights = ~w, data = d),
  strata_cluster = function(d) svydesign(ids = ~psu, strata = ~stratum, nest = TRUE, weights = ~w, data = d)
)
# Raking by calibration: the same weights as by passes over the margins, and residuals from a regression by the start weights.
# `rake` takes plain means of the categories instead, whatever the weights.
raked <- function(design) {
  total <- sum(weights(design, "sampling"))
  population <- total * c(`(Intercept)` = 1, groupB = group[["B"]], groupC = group[["C"]], stratumsouth = stratum[["south"]], stratumwest = stratum[["west"]])
  calibrate(design, ~group + stratum, population, calfun = "raking", epsilon = 1e-15, maxit = 1000)
}
poststratified <- function(design) {
  frame <- crossed
  frame$Freq <- frame$Freq * 6300 / sum(frame$Freq)
  postStratify(design, ~group + stratum, frame)
}
methods <- list(rake = raked, poststratify = poststratified)

records <- list()
note <- function(...) records[[length(records) + 1]] <<- list(...)
for (method in names(methods)) for (name in names(designs)) for (wave in sort(unique(answers$wave))) {
  design <- suppressWarnings(methods[[method]](designs[[name]](answers[answers$wave == wave, ])))
  v <- design$variables
  known <- function(x) ifelse(is.na(x), 0, x)
  # Of a calibrated design the subset keeps the whole sample for the residuals; there must be a number for everyone.
  design <- update(design, aware01 = known(aware), high = known(as.numeric(praise >= 4)),
    net = known(100 * ((praise >= 4) - (praise <= 2))), money = known(spend), times = known(visits))
  for (of in c("", names(group))) {
    domain <- function(inside) subset(design, inside %in% TRUE & (of == "" | v$group == of))
    add <- function(metric, found, factor) note(method = method, design = name, wave = wave, group = if (of == "") NA else of,
      metric = metric, estimate = factor * as.numeric(coef(found)), se = factor * as.numeric(SE(found)))
    add("awareness", svymean(~aware01, domain(!is.na(v$aware))), 100)
    base <- domain(!is.na(v$praise) & v$aware == 1)
    add("reputation", svymean(~high, base), 100)
    add("reputation_net", svymean(~net, base), 1)
    add("spend_per_visit", svyratio(~money, ~times, domain(!is.na(v$visits) & !is.na(v$spend) & v$customer == 1)), 1)
  }
  # Two groups: their difference with its covariance.
  base <- (!is.na(v$praise) & v$aware == 1) %in% TRUE
  totals <- svytotal(~ya + na + yb + nb, update(design, na = as.numeric(base & v$group == "A"), nb = as.numeric(base & v$group == "B"),
    ya = 100 * high * (base & v$group == "A"), yb = 100 * high * (base & v$group == "B")))
  contrast <- svycontrast(totals, quote(ya / na - yb / nb))
  note(method = method, design = name, wave = wave, group = "A-B", metric = "reputation", estimate = as.numeric(coef(contrast)),
    se = as.numeric(SE(contrast)))
}
line <- function(record) paste0("  ", toJSON(record, auto_unbox = TRUE, digits = I(17), na = "null"))
writeLines(c("[", paste(sapply(records, line), collapse = ",\n"), "]"), "calibrated.json")
cat(length(records), "records\n")
