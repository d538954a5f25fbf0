# Expected numbers from R: survival curves and the log-rank test from `survival`, binomial limits from qbinom and pbinom, intervals
# of shares from prop.test, the rest by plain loops over the definitions.
# Rscript make_expected.R
suppressPackageStartupMessages({
  library(survival)
  library(jsonlite)
})

customers <- read.csv("customers.csv")
interviews <- read.csv("interviews.csv")
answers <- read.csv("answers.csv")
level <- c(0.25, 0.5, 0.75)

curve <- function(weights, scale, robust) {
  fit <- survfit(Surv(time, lost) ~ 1, customers, weights = weights, conf.type = scale, robust = robust)
  steps <- summary(fit, censored = TRUE)
  times <- c(5, 10, 12.5, 20)
  given <- summary(fit, times = times)
  quantiles <- quantile(fit, level)
  list(
    time = steps$time, at_risk = steps$n.risk, lost = steps$n.event, survival = steps$surv, se = steps$std.err,
    lower = steps$lower, upper = steps$upper,
    given = list(time = times, survival = given$surv, lower = given$lower, upper = given$upper),
    quantiles = list(
      probability = level, time = unname(quantiles$quantile), lower = unname(quantiles$lower), upper = unname(quantiles$upper)
    )
  )
}

test <- function(rows) {
  found <- survdiff(Surv(time, lost) ~ group, rows)
  list(
    observed = as.numeric(found$obs), expected = as.numeric(found$exp), statistic = found$chisq,
    degrees = length(found$n) - 1, p = pchisq(found$chisq, length(found$n) - 1, lower.tail = FALSE)
  )
}

# Shares along the cumulated curve, the mean absolute difference over all pairs, and a count from the best on.
spread <- function(profit, weight) {
  order <- order(profit)
  x <- profit[order]
  w <- weight[order]
  all <- sum(w)
  total <- sum(w * x)
  lorenz <- approxfun(c(0, cumsum(w)) / all, c(0, cumsum(w * x)), ties = "ordered")
  difference <- sum(outer(w, w) * abs(outer(x, x, "-"))) / all^2
  best <- total - lorenz(0.8)
  worst <- lorenz(0.3)
  descending <- order(-profit, -weight)
  reached <- which(cumsum((weight * profit)[descending]) >= 0.8 * total)[1]
  list(
    customers = all, total = total, gains = sum((w * x)[x > 0]), losses = -sum((w * x)[x < 0]),
    loss_makers = sum(w[x < 0]) / all, best_profit = best, best_share = best / total, worst_profit = worst,
    worst_share = worst / total, lost_again = -worst / best,
    reached_rows = reached, reached_customers = sum(weight[descending][1:reached]),
    peak_profit = sum((w * x)[x > 0]), peak_customers = sum(w[x > 0]) / all,
    gini = difference / 2 / (total / all), gini_normalised = difference / 2 / (sum(w * abs(x)) / all),
    deciles = lorenz(seq(0.1, 0.9, 0.1)) / total
  )
}

# Spiegelhalter (2005), appendix A.1.1.
binomial_limit <- function(p, n, share) {
  r <- qbinom(p, n, share)
  (r - (pbinom(r, n, share) - p) / dbinom(r, n, share)) / n
}

limits <- expand.grid(answers = c(1, 3, 10, 200, 5000), share = c(0.01, 0.3, 0.5, 0.9), level = c(0.95, 0.998))
limits$lower <- with(limits, pmin(1, pmax(0, binomial_limit((1 - level) / 2, answers, share))))
limits$upper <- with(limits, pmin(1, pmax(0, binomial_limit((1 + level) / 2, answers, share))))

mean_funnel <- function(data) {
  n <- as.numeric(table(data$interviewer))
  means <- as.numeric(tapply(data$score, data$interviewer, mean))
  target <- mean(data$score)
  # The residual standard error of the one-way analysis of variance.
  s <- summary(lm(score ~ factor(interviewer), data))$sigma
  limit <- function(p) target + qnorm(p) * s / sqrt(n)
  z <- (means - target) / (s / sqrt(n))
  list(
    target = target, deviation = s, dispersion = mean(z^2), value = means, z = z, answers = n,
    warning_lower = limit(0.025), warning_upper = limit(0.975), alarm_lower = limit(0.001), alarm_upper = limit(0.999)
  )
}

share_funnel <- function(data) {
  n <- as.numeric(table(data$interviewer))
  shares <- as.numeric(tapply(data$yes, data$interviewer, mean))
  target <- mean(data$yes)
  limit <- function(p) pmin(1, pmax(0, binomial_limit(p, n, target)))
  z <- (shares - target) / sqrt(target * (1 - target) / n)
  list(
    target = target, deviation = sqrt(target * (1 - target)), dispersion = mean(z^2), value = shares, z = z, answers = n,
    warning_lower = limit(0.025), warning_upper = limit(0.975), alarm_lower = limit(0.001), alarm_upper = limit(0.999)
  )
}

checks <- function(data) {
  block <- as.matrix(data[, paste0("q", 1:8)])
  given <- lapply(seq_len(nrow(block)), function(i) unname(block[i, !is.na(block[i, ])]))
  runs <- sapply(given, function(x) if (length(x)) max(rle(x)$lengths) else 0)
  answered <- lengths(given)
  straight <- answered >= 5 & runs == answered
  threshold <- median(data$duration, na.rm = TRUE) / 3
  keys <- apply(block, 1, paste, collapse = "|")
  judged <- answered >= 5 & runs < answered
  copies <- judged & (duplicated(ifelse(judged, keys, seq_along(keys))) |
    duplicated(ifelse(judged, keys, seq_along(keys)), fromLast = TRUE))
  # More than 3 answers in 120 seconds: some window that begins at an answer holds this one and more than 3.
  burst <- function(same) {
    sapply(seq_len(nrow(data)), function(i) {
      any(sapply(seq_len(nrow(data)), function(j) {
        inside <- same(j) & data$moment >= data$moment[j] & data$moment <= data$moment[j] + 120
        isTRUE(inside[i]) && sum(inside, na.rm = TRUE) > 3
      }))
    })
  }
  list(
    answered = answered, longest_run = runs, sd = sapply(given, function(x) if (length(x) > 1) sd(x) else NA),
    straight = straight, median = median(data$duration, na.rm = TRUE), threshold = threshold,
    hasty = !is.na(data$duration) & data$duration < threshold, copies = copies,
    bursts = burst(function(j) rep(TRUE, nrow(data))), bursts_by_source = burst(function(j) data$source == data$source[j])
  )
}

values <- do.call(rbind, lapply(c(0, 0.35, 0.7, 0.92), function(r) {
  do.call(rbind, lapply(c(0.02, 0.1, 0.25), function(d) {
    sum_of <- function(t) sum(120 * r^t / (1 + d)^t)
    data.frame(
      retention = r, discount = d, ever_start = sum_of(0:20000), ever_end = sum_of(1:20000), five_start = sum_of(0:4),
      five_end = sum_of(1:5)
    )
  }))
}))

churn <- function(start, end) {
  there <- customers$joined <= start & (is.na(customers$left) | customers$left >= start)
  lost <- there & !is.na(customers$left) & customers$left < end
  interval <- prop.test(sum(lost), sum(there), correct = FALSE)$conf.int
  w <- customers$weight[there]
  share <- sum(w * lost[there]) / sum(w)
  effective <- sum(w)^2 / sum(w^2)
  weighted <- suppressWarnings(prop.test(share * effective, effective, correct = FALSE))$conf.int
  list(
    start = start, end = end, cases = sum(there), share = sum(lost) / sum(there), lower = interval[1], upper = interval[2],
    weighted_share = share, effective = effective, weighted_lower = weighted[1], weighted_upper = weighted[2]
  )
}

expected <- list(
  versions = list(R = R.version.string, survival = as.character(packageVersion("survival"))),
  curves = list(
    equal_loglog = curve(NULL, "log-log", FALSE),
    equal_plain = curve(NULL, "plain", FALSE),
    weighted_loglog = curve(customers$weight, "log-log", TRUE),
    weighted_plain = curve(customers$weight, "plain", TRUE)
  ),
  tests = list(abc = test(customers), ab = test(subset(customers, group != "c"))),
  concentration = list(
    single = spread(customers$profit, rep(1, nrow(customers))),
    # Each customer as often as it counts, without weights.
    repeated = spread(rep(customers$profit, customers$count), rep(1, sum(customers$count))),
    weighted = spread(customers$profit, customers$weight)
  ),
  mean_funnel = mean_funnel(interviews),
  share_funnel = share_funnel(interviews),
  limits = limits,
  checks = checks(answers),
  values = values,
  churn = lapply(list(c(10, 22), c(20, 32)), function(period) churn(period[1], period[2]))
)
write_json(expected, "expected_r.json", auto_unbox = TRUE, digits = I(17), na = "null", pretty = 1)
