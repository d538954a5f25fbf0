# Writes drivers.json: what R gives for drivers.csv. Run in this folder: Rscript drivers.R
# Needs Debian's r-cran-psych, r-cran-car and r-cran-jsonlite. Every number is found by another way than the program's where
# there is one: relative weights by the singular value decomposition of the answers, the Shapley decomposition by fitting every
# regression, variance inflation by car::vif, reliability by psych::alpha.

suppressMessages({ library(psych); library(car); library(jsonlite) })

data <- read.csv("drivers.csv")
satisfaction <- paste0("x", 1:6)
importance <- paste0("importance", 1:5)
performance <- paste0("performance", 1:5)
weightings <- list(
  equal = rep(1, nrow(data)),
  weighted = data$w,
  zeros = ifelse(seq_len(nrow(data)) %% 5 == 0, 0, data$w)
)
drivers <- list(six = satisfaction, blended = c("x1", "x2", "x3", "blend"), ten = c(satisfaction, performance[1:4]))
scales <- list(six = satisfaction, pair = c("x1", "x2"), mixed = c("x1", "x4", "x6", "performance1", "importance3"))

reliability <- function(items, w) {
  x <- as.matrix(data[items])
  moments <- cov.wt(x, w, method = "unbiased")
  found <- suppressMessages(suppressWarnings(psych::alpha(moments$cov, warnings = FALSE)))
  # psych leaves nothing sensible for a single item.
  many <- length(items) > 2
  sum_of_items <- rowSums(x)
  weighted_cor <- function(a, b) cov.wt(cbind(a, b), w, cor = TRUE)$cor[1, 2]
  rest <- sapply(items, function(item) weighted_cor(x[, item], sum_of_items - x[, item]))
  stopifnot(all.equal(unname(rest), found$item.stats$r.drop))
  list(
    alpha = found$total$raw_alpha, standardized_alpha = found$total$std.alpha, mean_correlation = found$total$average_r,
    mean = unname(moments$center), standard_deviation = sqrt(unname(diag(moments$cov))),
    item_total = unname(sapply(items, function(item) weighted_cor(x[, item], sum_of_items))),
    item_rest = found$item.stats$r.drop,
    alpha_if_deleted = if (many) found$alpha.drop$raw_alpha,
    standardized_alpha_if_deleted = if (many) found$alpha.drop$std.alpha
  )
}

# Weighted standardised columns: weighted squares add up to 1.
standardised <- function(columns, w) {
  w <- w / sum(w)
  x <- sweep(as.matrix(data[columns]), 2, colSums(w * data[columns]))
  x <- sqrt(w) * x
  sweep(x, 2, sqrt(colSums(x^2)), "/")
}

# Johnson (2000) by his own route: Z = P Q' is the orthogonal matrix closest to X = P D Q'.
relative_weights <- function(predictors, w) {
  x <- standardised(predictors, w)
  y <- standardised("overall", w)
  parts <- svd(x)
  z <- parts$u %*% t(parts$v)
  raw <- drop(crossprod(x, z)^2 %*% crossprod(z, y)^2)
  fit <- lm.fit(x, drop(y))
  list(r2 = sum(fit$fitted.values^2), raw = unname(raw), rescaled = unname(raw / sum(raw)), coefficients = unname(fit$coefficients))
}

r2_of <- function(predictors, w) {
  if (length(predictors) == 0) return(0)
  summary(lm(reformulate(predictors, "overall"), cbind(data, weight_of_row = w), weights = weight_of_row))$r.squared
}

permutations <- function(x) {
  if (length(x) < 2) return(list(x))
  do.call(c, lapply(seq_along(x), function(i) lapply(permutations(x[-i]), function(rest) c(x[i], rest))))
}

shapley <- function(predictors, w) {
  p <- length(predictors)
  key <- function(set) sum(2^(set - 1)) + 1
  sets <- lapply(0:(2^p - 1), function(code) which(bitwAnd(code, 2^(0:(p - 1))) > 0))
  r2 <- sapply(sets, function(set) r2_of(predictors[set], w))
  if (p <= 6) {
    # The definition: the mean over all orders.
    raw <- Reduce(`+`, lapply(permutations(seq_len(p)), function(order) {
      steps <- r2[sapply(0:p, function(k) key(order[seq_len(k)]))]
      diff(steps)[order(order)]
    })) / factorial(p)
  } else {
    raw <- sapply(seq_len(p), function(j) {
      without <- Filter(function(set) !(j %in% set), sets)
      gain <- sapply(without, function(set) r2[key(c(set, j))] - r2[key(set)])
      sum(tapply(gain, lengths(without), mean)) / p
    })
  }
  full <- r2[2^p]
  list(r2 = full, raw = raw, rescaled = raw / full, first = sapply(seq_len(p), function(j) r2[key(j)]),
    last = sapply(seq_len(p), function(j) full - r2[key(setdiff(seq_len(p), j))]))
}

collinearity <- function(predictors, w) {
  fit <- lm(reformulate(predictors, "overall"), cbind(data, weight_of_row = w), weights = weight_of_row)
  singular <- svd(standardised(predictors, w))$d
  list(variance_inflation = unname(car::vif(fit)), condition_number = max(singular) / min(singular))
}

quadrant <- function(importance, performance) {
  ifelse(importance, ifelse(performance, "KeepUp", "ConcentrateHere"), ifelse(performance, "PossibleOverkill", "LowPriority"))
}

importance_performance <- function(w, cuts, derived = NULL) {
  across <- if (is.null(derived)) unname(sapply(data[importance], weighted.mean, w)) else derived
  up <- unname(sapply(data[performance], weighted.mean, w))
  at <- switch(cuts, means = c(mean(across), mean(up)), medians = c(median(across), median(up)), middles = c(4, 4))
  list(importance_cut = at[1], performance_cut = at[2], importance = across, performance = up,
    gap = if (is.null(derived)) up - across, quadrant = quadrant(across >= at[1], up >= at[2]))
}

# Rows like, must be, neutral, live with, dislike of the functional answer; columns of the dysfunctional one.
kano_table <- matrix(strsplit("QAAAORIIIMRIIIMRIIIMRRRRQ", "")[[1]], 5, 5, byrow = TRUE)
kano <- function(feature, w) {
  answer <- cbind(data[[paste0("functional", feature)]], data[[paste0("dysfunctional", feature)]])
  category <- factor(kano_table[answer], c("M", "O", "A", "I", "R", "Q"))
  counts <- xtabs(w ~ category)
  share <- setNames(as.numeric(counts) / sum(w), names(counts))
  ordered <- sort(share, decreasing = TRUE)
  sensible <- sum(share[c("A", "O", "M", "I")])
  list(answers = as.integer(table(category[w > 0])), share = unname(share), category = names(which.max(share)),
    category_strength = unname(ordered[1] - ordered[2]), total_strength = sum(share[c("M", "O", "A")]),
    better = unname(share["A"] + share["O"]) / sensible, worse = -unname(share["O"] + share["M"]) / sensible)
}

records <- list()
add <- function(method, weighting, set, found) {
  records[[length(records) + 1]] <<- list(method = method, weighting = weighting, set = set, expected = Filter(Negate(is.null), found))
}
for (name in names(weightings)) {
  w <- weightings[[name]]
  for (set in names(scales)) add("reliability", name, scales[[set]], reliability(scales[[set]], w))
  for (set in names(drivers)) {
    add("relative_weights", name, drivers[[set]], relative_weights(drivers[[set]], w))
    add("shapley", name, drivers[[set]], shapley(drivers[[set]], w))
    add("collinearity", name, drivers[[set]], collinearity(drivers[[set]], w))
  }
  for (cuts in c("means", "medians", "middles")) {
    add("importance_performance", name, cuts, importance_performance(w, cuts))
  }
  derived <- c(0.31, 0.22, 0.08, 0.27, 0.12)
  for (cuts in c("means", "medians")) add("derived_importance", name, cuts, importance_performance(w, cuts, derived))
  for (feature in 1:4) add("kano", name, as.character(feature), kano(feature, w))
}

# One value is written as a list where the field is one.
lists <- c("mean", "standard_deviation", "item_total", "item_rest", "alpha_if_deleted", "standardized_alpha_if_deleted", "raw",
  "rescaled", "coefficients", "first", "last", "variance_inflation", "importance", "performance", "gap", "quadrant", "answers", "share")
line <- function(record) {
  record$set <- I(record$set)
  for (field in intersect(lists, names(record$expected))) record$expected[[field]] <- I(record$expected[[field]])
  paste0("    ", toJSON(record, auto_unbox = TRUE, digits = I(17)))
}
versions <- lapply(c(psych = "psych", car = "car"), function(name) as.character(packageVersion(name)))
writeLines(c(
  "{",
  paste0('  "versions": ', toJSON(c(list(R = R.version.string), versions), auto_unbox = TRUE), ","),
  '  "records": [', paste(sapply(records, line), collapse = ",\n"), "  ]",
  "}"), "drivers.json")
cat(length(records), "records\n")
