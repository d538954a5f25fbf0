# Writes expected.json: what the R package survey gives for answers.csv under ten designs. The calls and conventions are
# described in README.md. Run in this folder: Rscript make_expected.R

suppressMessages({ library(survey); library(jsonlite) })
options(survey.lonely.psu = "fail")

answers <- read.csv("answers.csv", colClasses = c(wave = "character"))
logical_columns <- c("aware", "aware_unaided", "category_buyer", "first_choice", "strict_choice", "earlier_purchase",
  "repurchased", "customer", "complained", "complained_to_company", "bought")
answers[logical_columns] <- lapply(answers[logical_columns], function(x) x == 1)
answers$one <- 1
# Weights of 0 here and there, and all over one sampling unit.
answers$w_zero <- ifelse(grepl("5$", answers$id) | answers$psu == "south-4", 0, answers$w)
level <- 0.95

designs <- list(
  srs = function(d) svydesign(ids = ~1, weights = ~one, data = d),
  weights = function(d) svydesign(ids = ~1, weights = ~w, data = d),
  strata = function(d) svydesign(ids = ~1, strata = ~stratum, weights = ~w, data = d),
  strata_fpc = function(d) svydesign(ids = ~1, strata = ~stratum, fpc = ~fpc, weights = ~w, data = d),
  cluster = function(d) svydesign(ids = ~psu, weights = ~w, data = d),
  strata_cluster = function(d) svydesign(ids = ~psu, strata = ~stratum, nest = TRUE, weights = ~w, data = d),
  strata_cluster_fpc = function(d) svydesign(ids = ~psu, strata = ~stratum, fpc = ~fpc_psu, nest = TRUE, weights = ~w, data = d),
  zero_weights = function(d) svydesign(ids = ~1, weights = ~w_zero, data = d),
  zero_strata = function(d) svydesign(ids = ~1, strata = ~stratum, weights = ~w_zero, data = d),
  zero_cluster = function(d) svydesign(ids = ~psu, strata = ~stratum, nest = TRUE, weights = ~w_zero, data = d)
)

# A metric: numerator y, denominator x (1 unless a ratio), base; `y` null (NA) leaves the base.
union_of <- function(...) Reduce(`|`, lapply(list(...), function(part) part %in% TRUE))
share <- function(of, base = TRUE) list(kind = "proportion", y = of, base = base)
average <- function(of, base = TRUE) list(kind = "mean", y = of, base = base)
net_of <- function(positive, negative, base = TRUE) average(100 * (positive - negative), base)
metrics <- with(answers, list(
  awareness = share(aware),
  awareness_unaided = share(aware_unaided),
  reputation = share(praise >= 4, aware),
  reputation_net = net_of(praise >= 4, praise <= 2, aware),
  named_preference = share(first_choice, category_buyer),
  named_preference_strict = share(first_choice & strict_choice, category_buyer),
  return_rate = share(repurchased, earlier_purchase),
  return_intention = share(return_intention >= 4, customer),
  recommend_rate = share(recommend >= 4, customer),
  return_union = share(union_of(repurchased, return_intention >= 4, recommend >= 4),
    customer & (!is.na(repurchased) | !is.na(return_intention) | !is.na(recommend))),
  complaint_rate = share(complained, customer),
  complaint_to_company = share(complained & complained_to_company, customer),
  sales_power = share(bought, aware),
  sales_power_proxy = share(repurchase_intention >= 5, customer),
  praise_mean = average(praise, aware),
  praise_index = average(100 * (praise - 1) / 4, aware),
  nps = net_of(nps >= 9, nps <= 6),
  promoters = share(nps >= 9),
  detractors = share(nps <= 6),
  gap = average(perception - expectation),
  visits_mean = average(visits, customer),
  spend_per_visit = list(kind = "ratio", y = spend, x = visits, base = customer),
  visits_median = list(kind = "quantile", y = visits, base = customer, probability = 0.5),
  spend_median = list(kind = "quantile", y = spend, base = customer, probability = 0.5),
  spend_p90 = list(kind = "quantile", y = spend, base = customer, probability = 0.9)
))
composites <- list(
  csi = list(reputation = 1, named_preference = 1, return_rate = 1, complaint_rate = -1, sales_power = 1),
  mixed_index = list(praise_index = 3, promoters = 1, detractors = -2)
)

for (name in names(metrics)) {
  metric <- metrics[[name]]
  inside <- rep_len(metric$base, nrow(answers)) %in% TRUE & !is.na(metric$y)
  if (!is.null(metric$x)) inside <- inside & !is.na(metric$x)
  answers[[paste0("in_", name)]] <- inside
  answers[[paste0("y_", name)]] <- ifelse(inside, as.numeric(metric$y), 0)
  if (!is.null(metric$x)) answers[[paste0("x_", name)]] <- ifelse(inside, metric$x, 0)
}

t_interval <- function(estimate, se, df) estimate + c(-1, 1) * qt(1 - (1 - level) / 2, df) * se

# `design` is the design of one wave, `group` NULL or a value of the column group.
estimate_one <- function(design, name, group) {
  metric <- metrics[[name]]
  keep <- design$variables[[paste0("in_", name)]]
  if (!is.null(group)) keep <- keep & design$variables$group == group
  base <- subset(design, keep)
  base$variables$y <- base$variables[[paste0("y_", name)]]
  w <- weights(base, "sampling")
  df <- degf(base)
  record <- list(n = nrow(base), n_weighted = sum(w), n_eff = sum(w)^2 / sum(w^2), df = df)
  if (metric$kind == "proportion") {
    m <- svymean(~y, base)
    p <- as.numeric(coef(m))
    record$estimate <- 100 * p
    record$se <- 100 * as.numeric(SE(m))
    counted <- base$variables$y[w > 0]
    if (all(counted == counted[1])) {
      limits <- if (p < 0.5) c(0, qbeta(1 - (1 - level) / 2, 1, record$n_eff)) else c(qbeta((1 - level) / 2, record$n_eff, 1), 1)
      record$estimate <- 100 * round(p)
      record$se <- 0
      record$clopper_pearson <- 100 * limits
    } else {
      record$wald <- 100 * t_interval(p, as.numeric(SE(m)), df)
      record$logit <- 100 * as.numeric(attr(svyciprop(~y, base, method = "xlogit", level = level), "ci"))
      record$beta <- 100 * as.numeric(attr(svyciprop(~y, base, method = "beta", level = level), "ci"))
    }
  } else if (metric$kind == "mean") {
    m <- svymean(~y, base)
    record$estimate <- as.numeric(coef(m))
    record$se <- as.numeric(SE(m))
    record$t <- t_interval(record$estimate, record$se, df)
  } else if (metric$kind == "ratio") {
    base$variables$x <- base$variables[[paste0("x_", name)]]
    m <- svyratio(~y, ~x, base)
    record$estimate <- as.numeric(coef(m))
    record$se <- as.numeric(SE(m))
    record$t <- t_interval(record$estimate, record$se, df)
  } else {
    q <- svyquantile(~y, base, metric$probability, interval.type = "mean", qrule = "math")
    record$estimate <- q$y[1, "quantile"]
    record$se <- q$y[1, "se"]
    record$woodruff <- as.numeric(q$y[1, 2:3])
  }
  record
}

# Exact linearisation of the composite: all numerators and denominators as totals, then the delta method.
composite_expression <- function(components) {
  terms <- lapply(names(components), function(name) {
    weight <- components[[name]]
    scale <- if (metrics[[name]]$kind == "proportion") 100 else 1
    value <- bquote(.(scale) * .(as.name(paste0("y_", name))) / .(as.name(paste0("n_", name))))
    if (weight < 0) bquote(.(-weight) * (100 - .(value))) else bquote(.(weight) * .(value))
  })
  bquote(.(Reduce(function(a, b) bquote(.(a) + .(b)), terms)) / .(sum(abs(unlist(components)))))
}

estimate_composite <- function(design, name, group) {
  components <- composites[[name]]
  inside <- if (is.null(group)) TRUE else design$variables$group == group
  any_base <- FALSE
  for (part in names(components)) {
    base <- design$variables[[paste0("in_", part)]] & inside
    any_base <- any_base | base
    design$variables[[paste0("n_", part)]] <- as.numeric(base)
    design$variables[[paste0("y_", part)]] <- design$variables[[paste0("y_", part)]] * base
  }
  columns <- c(paste0("y_", names(components)), paste0("n_", names(components)))
  totals <- svytotal(reformulate(columns), design)
  m <- svycontrast(totals, composite_expression(components))
  df <- degf(subset(design, any_base))
  list(df = df, estimate = as.numeric(coef(m)), se = as.numeric(SE(m)), t = t_interval(as.numeric(coef(m)), as.numeric(SE(m)), df))
}

grouped <- c("awareness", "reputation", "return_rate", "complaint_rate", "nps", "spend_per_visit", "csi")
waves <- sort(unique(answers$wave))
estimates <- list()
for (design_name in names(designs)) for (wave in waves) {
  design <- designs[[design_name]](answers[answers$wave == wave, ])
  for (group in list(NULL, "A", "B", "C")) for (name in c(names(metrics), names(composites))) {
    if (!is.null(group) && !name %in% grouped) next
    if (!is.null(group) && group == "C" && name %in% c("csi", "return_rate")) next
    record <- if (name %in% names(composites)) estimate_composite(design, name, group) else estimate_one(design, name, group)
    head <- list(design = design_name, metric = name, wave = wave, group = if (is.null(group)) NA else group)
    estimates[[length(estimates) + 1]] <- c(head, record)
  }
}

# A share of 0 or 100 has no variance: the score test with the pooled share, for the effective numbers, then bounds the standard error of
# a difference from below.
bounded <- function(found, shares, numbers) {
  if (any(shares <= 0 | shares >= 100) && found$difference != 0) {
    score <- suppressWarnings(prop.test(shares / 100 * numbers, numbers, correct = FALSE))
    found$se <- max(found$se, abs(found$difference) / sqrt(as.numeric(score$statistic)))
  }
  found
}
effective <- function(base, inside) { w <- weights(base, "sampling")[inside]; sum(w)^2 / sum(w^2) }

find <- function(design, metric, wave) Filter(function(r) r$design == design && r$metric == metric && r$wave == wave && is.na(r$group), estimates)[[1]]
differences <- list()
for (design_name in names(designs)) for (name in c(names(metrics), names(composites))) {
  if (!is.null(metrics[[name]]) && metrics[[name]]$kind == "quantile") next
  before <- find(design_name, name, waves[1])
  after <- find(design_name, name, waves[2])
  difference <- after$estimate - before$estimate
  found <- list(difference = difference, se = sqrt(before$se^2 + after$se^2))
  if (!is.null(metrics[[name]]) && metrics[[name]]$kind == "proportion") {
    found <- bounded(found, c(before$estimate, after$estimate), c(before$n_eff, after$n_eff))
  }
  se <- found$se
  df <- before$df + after$df
  differences[[length(differences) + 1]] <- list(design = design_name, metric = name, samples = "independent",
    difference = difference, se = se, t = difference / se, df = df, p = 2 * pt(-abs(difference / se), df))
}

# The same units in both waves: one design over both, the wave as a domain, the covariance kept.
answers$person <- substr(answers$id, nchar(answers$id) - 1, nchar(answers$id))
panels <- c(designs[c("cluster", "strata_cluster")], list(
  panel = function(d) svydesign(ids = ~person, weights = ~w, data = d),
  panel_strata = function(d) svydesign(ids = ~person, strata = ~stratum, nest = TRUE, weights = ~w, data = d)
))
for (design_name in names(panels)) {
  design <- panels[[design_name]](answers)
  for (name in names(metrics)) {
    if (!metrics[[name]]$kind %in% c("mean", "proportion")) next
    base <- subset(design, design$variables[[paste0("in_", name)]])
    base$variables$y <- base$variables[[paste0("y_", name)]] * (if (metrics[[name]]$kind == "proportion") 100 else 1)
    by_wave <- svyby(~y, ~wave, base, svymean, covmat = TRUE)
    contrast <- svycontrast(by_wave, setNames(c(-1, 1), waves))
    difference <- as.numeric(coef(contrast))
    found <- list(difference = difference, se = as.numeric(SE(contrast)))
    if (metrics[[name]]$kind == "proportion") {
      numbers <- sapply(waves, function(wave) effective(base, base$variables$wave == wave))
      found <- bounded(found, as.numeric(coef(by_wave)), numbers)
    }
    se <- found$se
    df <- degf(base)
    differences[[length(differences) + 1]] <- list(design = design_name, metric = name, samples = "paired",
      difference = difference, se = se, t = difference / se, df = df, p = 2 * pt(-abs(difference / se), df))
  }
}

# Groups of one wave are domains of one design, so their covariance counts. df = degf of both domains together, less one for
# the second estimate, as in svyttest, which is asked where it can be.
group_mean_difference <- function(design, name, pair) {
  metric <- metrics[[name]]
  base <- subset(design, design$variables[[paste0("in_", name)]] & design$variables$group %in% pair)
  base$variables$y <- base$variables[[paste0("y_", name)]] * (if (metric$kind == "proportion") 100 else 1)
  if (metric$kind == "ratio") {
    base$variables$x <- base$variables[[paste0("x_", name)]]
    by_group <- svyby(~y, ~group, denominator = ~x, base, svyratio, covmat = TRUE)
  } else {
    by_group <- svyby(~y, ~group, base, svymean, covmat = TRUE)
  }
  contrast <- svycontrast(by_group, setNames(c(1, -1), names(coef(by_group))))
  found <- list(difference = as.numeric(coef(contrast)), se = as.numeric(SE(contrast)), df = degf(base) - 1)
  if (metric$kind != "ratio") {
    base$variables$first <- as.numeric(base$variables$group == pair[1])
    test <- svyttest(y ~ first, base)
    stopifnot(isTRUE(all.equal(c(found$difference / found$se, found$df), as.numeric(c(test$statistic, test$parameter)))))
  }
  if (metric$kind == "proportion") {
    numbers <- sapply(pair, function(group) effective(base, base$variables$group == group))
    found <- bounded(found, as.numeric(coef(by_group)), numbers)
  }
  found
}

# Each quantile moves with the share at or below it, as much as its Woodruff standard error says.
group_quantile_difference <- function(design, name, pair) {
  metric <- metrics[[name]]
  base <- subset(design, design$variables[[paste0("in_", name)]] & design$variables$group %in% pair)
  base$variables$y <- base$variables[[paste0("y_", name)]]
  quantiles <- lapply(pair, function(wanted) {
    svyquantile(~y, subset(base, base$variables$group == wanted), metric$probability, interval.type = "mean", qrule = "math")$y
  })
  limit <- sapply(quantiles, function(q) q[1, "quantile"])
  base$variables$below <- as.numeric(base$variables$y <= limit[match(base$variables$group, pair)])
  shares <- svyby(~below, ~group, base, svymean, covmat = TRUE)
  stretch <- sapply(quantiles, function(q) q[1, "se"]) / as.numeric(SE(shares))
  variance <- sum(outer(stretch * c(1, -1), stretch * c(1, -1)) * vcov(shares))
  list(difference = limit[1] - limit[2], se = sqrt(variance), df = degf(base) - 1)
}

group_composite_difference <- function(design, name, pair) {
  components <- composites[[name]]
  any_base <- FALSE
  columns <- c()
  expressions <- lapply(pair, function(group) {
    inside <- design$variables$group == group
    for (part in names(components)) {
      base <- design$variables[[paste0("in_", part)]] & inside
      any_base <<- any_base | base
      design$variables[[paste0("n_", part, "_", group)]] <<- as.numeric(base)
      design$variables[[paste0("y_", part, "_", group)]] <<- design$variables[[paste0("y_", part)]] * base
      columns <<- c(columns, paste0(c("y_", "n_"), part, "_", group))
    }
    renamed <- lapply(c(paste0("y_", names(components)), paste0("n_", names(components))), function(n) as.name(paste0(n, "_", group)))
    names(renamed) <- c(paste0("y_", names(components)), paste0("n_", names(components)))
    do.call(substitute, list(composite_expression(components), renamed))
  })
  totals <- svytotal(reformulate(columns), design)
  m <- svycontrast(totals, bquote(.(expressions[[1]]) - .(expressions[[2]])))
  list(difference = as.numeric(coef(m)), se = as.numeric(SE(m)), df = degf(subset(design, any_base)) - 1)
}

for (design_name in names(designs)) {
  design <- designs[[design_name]](answers[answers$wave == waves[2], ])
  for (name in c("awareness", "reputation", "return_rate", "nps", "spend_per_visit", "spend_median", "csi")) for (pair in list(c("A", "B"), c("A", "C"), c("B", "C"))) {
    if ("C" %in% pair && name %in% c("csi", "return_rate", "spend_median")) next
    kind <- if (name %in% names(composites)) "composite" else metrics[[name]]$kind
    ask <- switch(kind, composite = group_composite_difference, quantile = group_quantile_difference, group_mean_difference)
    found <- ask(design, name, pair)
    t <- found$difference / found$se
    differences[[length(differences) + 1]] <- list(design = design_name, metric = name, samples = "groups", a = pair[1], b = pair[2],
      difference = found$difference, se = found$se, t = t, df = found$df, p = 2 * pt(-abs(t), found$df))
  }
}

line <- function(record) paste0("    ", toJSON(record, auto_unbox = TRUE, digits = I(17), na = "null"))
versions <- list(R = R.version.string, survey = as.character(packageVersion("survey")))
writeLines(c(
  "{",
  paste0('  "versions": ', toJSON(versions, auto_unbox = TRUE), ","),
  '  "estimates": [', paste(sapply(estimates, line), collapse = ",\n"), "  ],",
  '  "differences": [', paste(sapply(differences, line), collapse = ",\n"), "  ]",
  "}"), "expected.json")
cat(length(estimates), "estimates,", length(differences), "differences\n")
