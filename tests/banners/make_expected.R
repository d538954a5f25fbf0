# Writes expected.json: what the R package survey gives for the cells and tests of a banner over ../oracle/answers.csv in the
# second wave, under four designs. README.md describes the calls. Run in this folder: Rscript make_expected.R

suppressMessages({ library(survey); library(jsonlite) })
options(survey.lonely.psu = "fail")

answers <- read.csv("../oracle/answers.csv", colClasses = c(wave = "character"))
answers$w_zero <- ifelse(grepl("5$", answers$id) | answers$psu == "south-4", 0, answers$w)
answers <- answers[answers$wave == sort(unique(answers$wave))[2], ]

designs <- list(
  weights = svydesign(ids = ~1, weights = ~w, data = answers),
  strata_cluster = svydesign(ids = ~psu, strata = ~stratum, nest = TRUE, weights = ~w, data = answers),
  strata_cluster_fpc = svydesign(ids = ~psu, strata = ~stratum, fpc = ~fpc_psu, nest = TRUE, weights = ~w, data = answers),
  zero_strata = svydesign(ids = ~1, strata = ~stratum, weights = ~w_zero, data = answers)
)

# The rows: question, kind and value of the row, what an answer counts (NA outside the base of the question).
touched <- answers[c("aware", "customer", "bought")]
asked <- rowSums(!is.na(touched)) > 0
rows <- list()
add <- function(question, kind, value, y) rows[[length(rows) + 1]] <<- list(question = question, kind = kind, value = value, y = y)
for (level in 1:5) add("praise", "answer", as.character(level), 100 * (answers$praise == level))
add("praise", "top_two", NA, 100 * (answers$praise >= 4))
add("praise", "bottom_two", NA, 100 * (answers$praise <= 2))
add("praise", "mean", NA, answers$praise)
add("praise", "standard_deviation", NA, answers$praise)
for (option in names(touched)) add("touched", "answer", option, ifelse(asked, 100 * (touched[[option]] %in% 1), NA))
for (option in c("A", "B", "C")) add("group", "answer", option, 100 * (answers$group == option))
add("customer", "answer", "true", 100 * answers$customer)
add("visits", "mean", NA, answers$visits)
add("visits", "standard_deviation", NA, answers$visits)

columns <- c(list(list(segment = NA, value = NA)),
  lapply(c("A", "B", "C"), function(value) list(segment = "group", value = value)),
  lapply(c("north", "south", "west"), function(value) list(segment = "stratum", value = value)))

cells <- list()
tests <- list()
for (name in names(designs)) for (row in rows) {
  design <- designs[[name]]
  design$variables$y <- ifelse(is.na(row$y), 0, row$y)
  design$variables$inside <- !is.na(row$y)
  head <- list(design = name, question = row$question, kind = row$kind, value = row$value)
  for (column in columns) {
    keep <- design$variables$inside & (is.na(column$segment) | design$variables[[if (is.na(column$segment)) "group" else column$segment]] %in% column$value)
    if (sum(keep) < 2) next
    base <- subset(design, keep)
    w <- weights(base, "sampling")
    if (sum(w > 0) < 2) next
    cell <- c(head, list(segment = column$segment, group = column$value, n = nrow(base), n_weighted = sum(w), n_eff = sum(w)^2 / sum(w^2)))
    if (row$kind == "standard_deviation") {
      cell$estimate <- sqrt(as.numeric(svyvar(~y, base)))
    } else {
      m <- svymean(~y, base)
      cell$estimate <- as.numeric(coef(m))
      if (degf(base) > 0) cell$se <- as.numeric(SE(m))
    }
    cells[[length(cells) + 1]] <- cell
  }
  if (row$kind == "standard_deviation") next
  for (segment in c("group", "stratum")) {
    if (segment == row$question) next
    values <- Filter(function(v) sum(design$variables$inside & design$variables[[segment]] == v) > 1, sort(unique(design$variables[[segment]])))
    for (pair in combn(values, 2, simplify = FALSE)) {
      base <- subset(design, design$variables$inside & design$variables[[segment]] %in% pair)
      by_group <- svyby(~y, reformulate(segment), base, svymean, covmat = TRUE)
      contrast <- svycontrast(by_group, setNames(c(1, -1), names(coef(by_group))))
      se <- as.numeric(SE(contrast))
      df <- degf(base) - 1
      if (is.na(se) || se < 1e-9 || df < 1) next
      delta <- as.numeric(coef(contrast))
      base$variables$first <- as.numeric(base$variables[[segment]] == pair[1])
      test <- svyttest(y ~ first, base)
      stopifnot(isTRUE(all.equal(c(delta / se, df), as.numeric(c(test$statistic, test$parameter)))))
      # A share of 0 or 100 has no variance: the score test with the pooled share then bounds the standard error from below.
      shares <- as.numeric(coef(by_group))
      if (row$kind %in% c("answer", "top_two", "bottom_two") && any(shares <= 0 | shares >= 100)) {
        numbers <- sapply(pair, function(v) {
          w <- weights(base, "sampling")[base$variables[[segment]] == v]
          sum(w)^2 / sum(w^2)
        })
        score <- suppressWarnings(prop.test(shares / 100 * numbers, numbers, correct = FALSE))
        se <- max(se, abs(delta) / sqrt(as.numeric(score$statistic)))
      }
      tests[[length(tests) + 1]] <- c(head, list(segment = segment, a = pair[1], b = pair[2], delta = delta, se = se, df = df,
        p = 2 * pt(-abs(delta / se), df)))
    }
  }
}

line <- function(record) paste0("    ", toJSON(record, auto_unbox = TRUE, digits = I(17), na = "null"))
versions <- list(R = R.version.string, survey = as.character(packageVersion("survey")))
writeLines(c(
  "{",
  paste0('  "versions": ', toJSON(versions, auto_unbox = TRUE), ","),
  '  "cells": [', paste(sapply(cells, line), collapse = ",\n"), "  ],",
  '  "tests": [', paste(sapply(tests, line), collapse = ",\n"), "  ]",
  "}"), "expected.json")
cat(length(cells), "cells,", length(tests), "tests\n")
