# What the R package survey gives for one metric over one small table, in the conventions of docs/statistics.md, and the
# writing of tests.yaml. A metric is made by one of the functions share, average, ratio, quantile, composite.

suppressMessages(library(survey))
level <- 0.95

share <- function(of, base = TRUE) list(kind = "share", y = of, base = base, factor = 100)
average <- function(of, base = TRUE, factor = 1) list(kind = "average", y = of, base = base, factor = factor)
ratio <- function(of, per, base = TRUE, factor = 1) list(kind = "ratio", y = of, x = per, base = base, factor = factor)
quantile_of <- function(of, probability, base = TRUE) list(kind = "quantile", y = of, base = base, probability = probability)
composite <- function(...) list(kind = "composite", components = list(...))

# Hours and days between two moments written as text.
seconds <- function(text) as.numeric(as.POSIXct(text, tz = "UTC", tryFormats = c("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")))
moment <- function(texts) vapply(texts, function(text) if (is.na(text)) NA_real_ else seconds(text), 0, USE.NAMES = FALSE)
hours <- function(from, to) (moment(to) - moment(from)) / 3600
days <- function(from, to) (moment(to) - moment(from)) / 86400

# Mean, sum, extremes and number of the known values of each row.
table_of <- function(...) do.call(cbind, lapply(list(...), as.numeric))
known <- function(values) rowSums(!is.na(values))
row_sum <- function(...) { v <- table_of(...); ifelse(known(v) == 0, NA, rowSums(v, na.rm = TRUE)) }
row_count <- function(...) known(table_of(...))
row_mean <- function(...) row_sum(...) / row_count(...)
row_extreme <- function(pick, values) apply(values, 1, function(row) if (all(is.na(row))) NA else pick(row, na.rm = TRUE))
row_min <- function(...) row_extreme(min, table_of(...))
row_max <- function(...) row_extreme(max, table_of(...))

t_interval <- function(estimate, se, df) estimate + c(-1, 1) * qt(1 - (1 - level) / 2, df) * se

# The smallest value at which the cumulated share reaches p; the lowest or highest one where p leaves 0 to 1. svyquantile
# reads off quantiles and limits in the same way, except that it takes the second value for a p below the share of the lowest,
# and gives no interval where p leaves 0 to 1.
at_share <- function(values, weights, p) {
  steps <- sort(unique(values))
  reached <- vapply(steps, function(step) sum(weights[values <= step]) / sum(weights), 0)
  if (p > 1) max(steps) else steps[which(reached >= p)[1]]
}

# Rows in the base: the condition is true and the values are known.
inside <- function(metric, rows) {
  keep <- rep_len(metric$base, rows) %in% TRUE & !is.na(metric$y)
  if (!is.null(metric$x)) keep <- keep & !is.na(metric$x)
  keep
}

one_metric <- function(design, metric) {
  keep <- inside(metric, nrow(design$variables))
  design$variables$y <- ifelse(keep, as.numeric(metric$y), 0)
  if (!is.null(metric$x)) design$variables$x <- ifelse(keep, as.numeric(metric$x), 0)
  if (!any(keep)) return(NULL)
  base <- subset(design, keep)
  df <- degf(base)
  w <- weights(base, "sampling")
  found <- list(n = nrow(base))
  if (metric$kind == "share") {
    if (length(unique(base$variables$y)) == 1) {
      effective <- sum(w)^2 / sum(w^2)
      p <- base$variables$y[1]
      limits <- if (p == 0) c(0, qbeta(1 - (1 - level) / 2, 1, effective)) else c(qbeta((1 - level) / 2, effective, 1), 1)
      return(c(found, list(estimate = 100 * p, se = if (nrow(base) > 1) 0, ci = if (nrow(base) > 1) 100 * limits)))
    }
    m <- svymean(~y, base)
    interval <- attr(svyciprop(~y, base, method = "xlogit", level = level), "ci")
    return(c(found, list(estimate = 100 * coef(m), se = 100 * SE(m), ci = 100 * interval)))
  }
  if (metric$kind == "quantile") {
    q <- at_share(base$variables$y, w, metric$probability)
    if (metric$probability >= sum(w[base$variables$y == min(base$variables$y)]) / sum(w)) {
      theirs <- svyquantile(~y, base, metric$probability, interval.type = "mean", qrule = "math")$y[1, "quantile"]
      stopifnot(q == theirs)
    }
    found$estimate <- q
    if (nrow(base) == 1) return(found)
    base$variables$below <- as.numeric(base$variables$y <= q)
    limits <- as.numeric(confint(svymean(~below, base), level = level, df = df))
    found$ci <- c(at_share(base$variables$y, w, limits[1]), at_share(base$variables$y, w, limits[2]))
    found$se <- diff(found$ci) / (2 * qt(1 - (1 - level) / 2, df))
    return(found)
  }
  if (metric$kind == "ratio") {
    if (sum(w * base$variables$x) == 0) return(NULL)
    m <- svyratio(~y, ~x, base)
  } else {
    m <- svymean(~y, base)
  }
  estimate <- metric$factor * as.numeric(coef(m))
  se <- metric$factor * as.numeric(SE(m))
  if (nrow(base) == 1) return(c(found, list(estimate = estimate)))
  c(found, list(estimate = estimate, se = se, ci = t_interval(estimate, se, df)))
}

# Exact linearisation: all numerators and denominators as totals, then the delta method. Components are means.
one_composite <- function(design, metric, metrics) {
  parts <- names(metric$components)
  terms <- list()
  any_base <- FALSE
  for (part in parts) {
    keep <- inside(metrics[[part]], nrow(design$variables))
    if (!any(keep)) return(NULL)
    any_base <- any_base | keep
    design$variables[[paste0("y_", part)]] <- ifelse(keep, metrics[[part]]$factor * as.numeric(metrics[[part]]$y), 0)
    design$variables[[paste0("n_", part)]] <- as.numeric(keep)
    terms[[part]] <- bquote(.(metric$components[[part]]) * .(as.name(paste0("y_", part))) / .(as.name(paste0("n_", part))))
  }
  value <- bquote(.(Reduce(function(a, b) bquote(.(a) + .(b)), terms)) / .(sum(unlist(metric$components))))
  totals <- svytotal(reformulate(c(paste0("y_", parts), paste0("n_", parts))), design)
  m <- svycontrast(totals, value)
  estimate <- as.numeric(coef(m))
  se <- as.numeric(SE(m))
  list(estimate = estimate, se = se, ci = t_interval(estimate, se, degf(subset(design, any_base))))
}

estimates <- function(d, w, metrics) {
  d$w_ <- w
  design <- svydesign(ids = ~1, weights = ~w_, data = d)
  lapply(metrics, function(metric) {
    if (metric$kind == "composite") one_composite(design, metric, metrics) else one_metric(design, metric)
  })
}

exact <- function(number) {
  text <- vapply(as.numeric(number), function(one) {
    short <- format(one, digits = 15, scientific = FALSE, trim = TRUE)
    if (as.numeric(short) == one) short else sprintf("%.17g", one)
  }, "")
  text
}

cell <- function(value) {
  if (is.logical(value)) tolower(as.character(value))
  else if (is.numeric(value)) exact(value)
  else paste0("\"", value, "\"")
}

row_text <- function(d, index) {
  shown <- Filter(function(name) !is.na(d[[name]][index]), names(d))
  cells <- vapply(shown, function(name) paste0(name, ": ", cell(d[[name]][index])), "")
  paste0("      - {", if (length(cells)) paste0(" ", paste(cells, collapse = ", "), " "), "}")
}

expectation <- function(found) {
  if (is.null(found)) return("{ missing: true }")
  parts <- paste0("estimate: ", exact(found$estimate))
  if (!is.null(found$se)) parts <- c(parts, paste0("se: ", exact(found$se)))
  if (!is.null(found$ci)) parts <- c(parts, paste0("ci: [", paste(exact(found$ci), collapse = ", "), "]"))
  if (!is.null(found$n)) parts <- c(parts, paste0("n: ", found$n))
  paste0("{ ", paste(parts, collapse = ", "), " }")
}

# A case: the table as CSV text, perhaps weights. A metric without an estimate is asked for only where `missing` names it.
# `models` gives the numbers of models instead of those of metrics: model id to a list of n, values and cells.
case <- function(name, why, csv, weights = NULL, missing = character(), models = NULL) {
  list(name = name, why = why, csv = csv, weights = weights, missing = missing, models = models)
}

numbers <- function(held) paste0("{ ", paste0(names(held), ": ", vapply(held, exact, ""), collapse = ", "), " }")

model_expectation <- function(held) {
  cells <- if (length(held$cells)) setNames(held$cells, paste0("\"", names(held$cells), "\""))
  parts <- c(paste0("n: ", held$n), paste0("values: ", numbers(held$values)),
    if (length(cells)) paste0("cells: ", numbers(cells)))
  paste0("{ ", paste(parts, collapse = ", "), " }")
}

case_text <- function(pack, one) {
  columns <- trimws(strsplit(trimws(one$csv), "[,\n]")[[1]])
  present <- pack$classes[names(pack$classes) %in% columns]
  d <- read.csv(text = one$csv, na.strings = "", strip.white = TRUE, colClasses = present)
  for (column in setdiff(names(pack$classes), names(d))) d[[column]] <- rep(as(NA, pack$classes[[column]]), nrow(d))
  d <- d[names(pack$classes)]
  if (!is.null(one$models)) {
    found <- one$models(d, if (is.null(one$weights)) rep(1, nrow(d)) else one$weights)
    return(c(paste0("  # ", one$why),
      paste0("  - name: ", one$name),
      if (!is.null(one$weights)) paste0("    weights: [", paste(exact(one$weights), collapse = ", "), "]"),
      "    rows:",
      vapply(seq_len(nrow(d)), function(index) row_text(d, index), ""),
      "    expect:",
      vapply(names(found), function(id) paste0("      ", id, ": ", model_expectation(found[[id]])), "")))
  }
  found <- estimates(d, if (is.null(one$weights)) rep(1, nrow(d)) else one$weights, pack$metrics(d))
  asked <- Filter(function(id) !is.null(found[[id]]) || id %in% one$missing, names(pack$metrics(d)))
  c(paste0("  # ", one$why),
    paste0("  - name: ", one$name),
    if (!is.null(one$weights)) paste0("    weights: [", paste(exact(one$weights), collapse = ", "), "]"),
    "    rows:",
    vapply(seq_len(nrow(d)), function(index) row_text(d, index), ""),
    "    expect:",
    vapply(asked, function(id) paste0("      ", id, ": ", expectation(found[[id]])), ""))
}

write_tests <- function(folder, id, pack) {
  head <- c("# Small tables with the numbers that the metrics must give. An input that a row leaves out is unknown.",
    "# Tables and numbers are written by tests/oracle/packs/tables.R with the R package survey.", "cases:")
  body <- lapply(pack$cases, function(one) c(case_text(pack, one), ""))
  lines <- c(head, unlist(body))
  writeLines(lines[-length(lines)], file.path(folder, id, "tests.yaml"))
}
