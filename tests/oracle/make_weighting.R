# Writes weighting.json: weights that the R package survey makes for answers.csv by raking, post-stratification and trimming.
# README.md says which calls. Run in this folder: Rscript make_weighting.R

suppressMessages({ library(survey); library(jsonlite) })
answers <- read.csv("answers.csv", colClasses = c(wave = "character"))
answers$one <- 1
answers$aware <- ifelse(is.na(answers$aware), "unknown", ifelse(answers$aware == 1, "true", "false"))
tight <- list(maxit = 10000, epsilon = 1e-16)

group <- c(A = 0.5, B = 0.3, C = 0.2)
stratum <- c(north = 0.25, south = 0.45, west = 0.3)
aware <- c(false = 0.3, true = 0.7)
crossed <- data.frame(group = rep(names(group), each = 3), stratum = rep(names(stratum), 3),
  Freq = c(900, 1300, 1100, 600, 800, 700, 300, 250, 350))

margin <- function(name, shares, total) setNames(data.frame(names(shares), total * as.numeric(shares)), c(name, "Freq"))
# Raking to a sum of weights. R stops when no cell of the table moves by `epsilon`, a share of the sum: passes are repeated until
# nothing moves any more.
raked <- function(d, start, margins, total) {
  d$.start <- d[[start]] * total / sum(d[[start]])
  design <- svydesign(ids = ~1, weights = ~.start, data = d)
  frames <- lapply(names(margins), function(name) {
    shares <- margins[[name]]
    if (name == "aware") {
      unknown <- sum(d$.start[d$aware == "unknown"]) / total
      shares <- c(shares * (1 - unknown), unknown = unknown)
      shares <- shares[names(shares) != "unknown" | unknown > 0]
    }
    margin(name, shares, total)
  })
  weights(suppressWarnings(rake(design, lapply(names(margins), function(name) reformulate(name)), frames, tight)), "sampling")
}
poststratified <- function(d, start, total) {
  d$.start <- d[[start]]
  design <- svydesign(ids = ~1, weights = ~.start, data = d)
  frame <- crossed
  frame$Freq <- frame$Freq * total / sum(frame$Freq)
  weights(postStratify(design, ~group + stratum, frame), "sampling")
}
# Cut at multiples of the mean, rake again, until the raked weights stay inside.
trimmed <- function(d, start, margins, total, low, high) {
  w <- raked(d, start, margins, total)
  while (max(w / mean(w) / high, low / (w / mean(w))) > 1 + 1e-6) {
    d$.cut <- pmin(pmax(w, low * mean(w)), high * mean(w))
    w <- raked(d, ".cut", margins, total)
  }
  w
}

by_wave <- function(make) unlist(lapply(split(answers, answers$wave), function(d) setNames(make(d), d$id)))
plain <- function(w) as.numeric(w[order(match(sub("^[^.]*\\.", "", names(w)), answers$id))])
two <- list(group = group, stratum = stratum)
cases <- list(
  rake = plain(by_wave(function(d) raked(d, "one", two, nrow(d)))),
  rake_start = plain(by_wave(function(d) raked(d, "w", two, sum(d$w)))),
  rake_population = plain(by_wave(function(d) raked(d, "w", two, 12000))),
  rake_missing = plain(by_wave(function(d) raked(d, "w", c(two, list(aware = aware)), sum(d$w)))),
  rake_all = plain(setNames(raked(answers, "w", two, sum(answers$w)), answers$id)),
  poststratify = plain(by_wave(function(d) poststratified(d, "w", 6300))),
  trim = plain(by_wave(function(d) trimmed(d, "w", two, sum(d$w), 0.4, 1.8)))
)
bounds <- tapply(cases$trim, answers$wave, function(w) range(w / mean(w)))
stopifnot(all(sapply(bounds, function(b) b[1] >= 0.4 * (1 - 1e-5) && b[2] <= 1.8 * (1 + 1e-5))))
line <- function(name) paste0('  "', name, '": ', toJSON(cases[[name]], digits = I(17)))
writeLines(c("{", paste(sapply(names(cases), line), collapse = ",\n"), "}"), "weighting.json")
for (name in names(cases)) cat(name, length(cases[[name]]), "weights,", round(range(cases[[name]]), 4), "\n")
