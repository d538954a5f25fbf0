# Estimates, standard errors and intervals of the kinds of metric, by the R package survey. One row is one sampling unit; an answer
# outside the base of a metric stays in the design with no influence.

suppressMessages({ library(survey); library(yaml) })

level <- 0.95

# Metrics: numerator y, denominator x, base; a y that is NA leaves the base.
share <- function(of, base = TRUE) list(kind = "proportion", y = as.numeric(of), base = base, factor = 100)
average <- function(of, base = TRUE, factor = 1) list(kind = "mean", y = as.numeric(of), base = base, factor = factor)
index <- function(of, low, high, base = TRUE) average(100 * (of - low) / (high - low), base)
net <- function(positive, negative, base = TRUE) average(100 * (positive - negative), base)
ratio <- function(of, per, base = TRUE, factor = 1) list(kind = "ratio", y = as.numeric(of), x = as.numeric(per), base = base, factor = factor)
quantile_of <- function(of, probability = 0.5, base = TRUE) list(kind = "quantile", y = as.numeric(of), base = base, probability = probability, factor = 1)
composite <- function(...) list(kind = "composite", parts = c(...))

# Of one person's answers: the known ones alone; NA where none is known.
row_of <- function(f, ...) {
  values <- as.matrix(cbind(...))
  apply(values, 1, function(v) if (all(is.na(v))) NA_real_ else f(v[!is.na(v)]))
}
row_mean <- function(...) row_of(mean, ...)
row_low <- function(...) row_of(min, ...)
row_known <- function(...) rowSums(!is.na(cbind(...)))

inside_of <- function(metric, n) {
  known <- rep_len(metric$base, n) %in% TRUE & !is.na(metric$y)
  if (!is.null(metric$x)) known <- known & !is.na(metric$x)
  known
}

t_interval <- function(estimate, se, df) estimate + c(-1, 1) * qt(1 - (1 - level) / 2, df) * se

estimate_one <- function(metric, w) {
  inside <- inside_of(metric, length(w))
  n <- sum(inside)
  if (n == 0) return(list(n = 0))
  d <- data.frame(w = w, y = ifelse(inside, metric$y, 0), x = 1, inside = inside)
  if (!is.null(metric$x)) d$x <- ifelse(inside, metric$x, 0)
  base <- subset(svydesign(ids = ~1, weights = ~w, data = d), inside)
  df <- degf(base)
  f <- metric$factor
  if (metric$kind == "proportion") {
    m <- svymean(~y, base)
    p <- as.numeric(coef(m))
    if (length(unique(base$variables$y)) == 1) {
      n_eff <- sum(w[inside])^2 / sum(w[inside]^2)
      p <- round(p)
      ci <- if (p == 0) c(0, qbeta(1 - (1 - level) / 2, 1, n_eff)) else c(qbeta((1 - level) / 2, n_eff, 1), 1)
      return(list(estimate = f * p, se = if (df > 0) 0, ci = f * ci, n = n))
    }
    ci <- as.numeric(attr(svyciprop(~y, base, method = "xlogit", level = level), "ci"))
    return(list(estimate = f * p, se = f * as.numeric(SE(m)), ci = f * ci, n = n))
  }
  if (metric$kind == "quantile") {
    found <- svyquantile(~y, base, metric$probability, interval.type = "mean", qrule = "math")$y
    ci <- as.numeric(found[1, 2:3])
    return(list(estimate = found[1, "quantile"], se = if (!anyNA(ci)) found[1, "se"], ci = if (!anyNA(ci)) ci, n = n))
  }
  m <- if (metric$kind == "ratio") svyratio(~y, ~x, base) else svymean(~y, base)
  estimate <- f * as.numeric(coef(m))
  if (df == 0) return(list(estimate = estimate, n = n))
  se <- f * as.numeric(SE(m))
  list(estimate = estimate, se = se, ci = t_interval(estimate, se, df), n = n)
}

# Weighted mean of metrics: all numerators and denominators as totals, then the delta method with every covariance.
estimate_composite <- function(metric, metrics, w) {
  d <- data.frame(w = w)
  any_base <- rep(FALSE, length(w))
  terms <- list()
  for (name in names(metric$parts)) {
    part <- metrics[[name]]
    inside <- inside_of(part, length(w))
    if (!any(inside)) return(list())
    any_base <- any_base | inside
    d[[paste0("y_", name)]] <- ifelse(inside, part$y, 0)
    d[[paste0("x_", name)]] <- if (is.null(part$x)) as.numeric(inside) else ifelse(inside, part$x, 0)
    value <- bquote(.(part$factor) * .(as.name(paste0("y_", name))) / .(as.name(paste0("x_", name))))
    weight <- metric$parts[[name]]
    terms <- c(terms, if (weight < 0) bquote(.(-weight) * (100 - .(value))) else bquote(.(weight) * .(value)))
  }
  expression <- bquote(.(Reduce(function(a, b) bquote(.(a) + .(b)), terms)) / .(sum(abs(metric$parts))))
  design <- svydesign(ids = ~1, weights = ~w, data = d)
  m <- svycontrast(svytotal(reformulate(setdiff(names(d), "w")), design), expression)
  estimate <- as.numeric(coef(m))
  se <- as.numeric(SE(m))
  list(estimate = estimate, se = se, ci = t_interval(estimate, se, sum(any_base) - 1), n = sum(any_base))
}

# The rows of a case as a table with a column for every input of the plugin.
table_of <- function(case, inputs) {
  columns <- lapply(setNames(names(inputs), names(inputs)), function(input) {
    empty <- if (inputs[[input]]$type == "boolean") NA else if (inputs[[input]]$type %in% c("scale", "number")) NA_real_ else NA_character_
    sapply(case$rows, function(row) if (is.null(row[[input]])) empty else row[[input]])
  })
  as.data.frame(columns)
}

# Everything the metrics of a pack give for one case.
estimate_case <- function(case, inputs, pack_metrics) {
  answers <- table_of(case, inputs)
  w <- if (is.null(case$weights)) rep(1, nrow(answers)) else as.numeric(case$weights)
  metrics <- pack_metrics(answers)
  lapply(metrics, function(metric) {
    if (metric$kind == "composite") estimate_composite(metric, metrics, w) else estimate_one(metric, w)
  })
}
