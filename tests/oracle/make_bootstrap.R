# Writes expected_bootstrap.json: standard errors of the mean of `praise` among the aware, by wave and design, from
# linearisation and from 10,000 replicates of R survey's rescaled bootstrap (n - 1 units drawn in each stratum).
# Run in this folder: Rscript make_bootstrap.R

suppressMessages({ library(survey); library(jsonlite) })
RNGversion("4.0.0")
set.seed(20261121)
replicates <- 10000

answers <- read.csv("answers.csv", colClasses = c(wave = "character"))
designs <- list(
  weights = function(d) svydesign(ids = ~1, weights = ~w, data = d),
  strata = function(d) svydesign(ids = ~1, strata = ~stratum, weights = ~w, data = d),
  cluster = function(d) svydesign(ids = ~psu, weights = ~w, data = d),
  strata_cluster = function(d) svydesign(ids = ~psu, strata = ~stratum, nest = TRUE, weights = ~w, data = d),
  strata_cluster_fpc = function(d) svydesign(ids = ~psu, strata = ~stratum, fpc = ~fpc_psu, nest = TRUE, weights = ~w, data = d)
)

rows <- list()
for (wave in unique(answers$wave)) for (name in names(designs)) {
  design <- designs[[name]](answers[answers$wave == wave, ])
  inside <- function(d) subset(d, aware %in% 1 & !is.na(praise))
  linear <- svymean(~praise, inside(design))
  row <- list(wave = wave, design = name, mean = coef(linear)[[1]], linearised = SE(linear)[[1]])
  # The bootstrap weights of R know no finite population correction.
  if (name != "strata_cluster_fpc") {
    drawn <- as.svrepdesign(design, type = "subbootstrap", replicates = replicates, compress = FALSE)
    data <- drawn$variables
    base <- data$aware %in% 1 & !is.na(data$praise)
    w <- as.matrix(weights(drawn, "analysis"))[base, ]
    theta <- colSums(w * data$praise[base]) / colSums(w)
    row$bootstrap <- sqrt(drawn$scale * sum((theta - mean(theta))^2))
    row$kurtosis <- mean((theta - mean(theta))^4) / mean((theta - mean(theta))^2)^2
    row$ci <- unname(quantile(theta, c(0.025, 0.975)))
  }
  rows[[length(rows) + 1]] <- row
}
versions <- list(R = R.version.string, survey = as.character(packageVersion("survey")))
write_json(list(versions = versions, replicates = replicates, rows = rows), "expected_bootstrap.json",
  auto_unbox = TRUE, digits = 17, pretty = TRUE)
