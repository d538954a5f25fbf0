# Writes answers.csv: a small artificial survey with strata, clusters, unequal weights, many gaps and two waves.
# Run in this folder: Rscript make_answers.R

RNGversion("4.0.0")
set.seed(20261121)

wave_names <- c("2026-10", "2026-11")
strata <- data.frame(stratum = c("north", "south", "west"), psus = c(5, 4, 6), psu_population = c(40, 25, 60))

some_missing <- function(x, share) ifelse(runif(length(x)) < share, NA, x)
scale_answer <- function(level) pmin(5, pmax(1, round(level + rnorm(length(level)))))

parts <- list()
for (wave in wave_names) for (h in seq_len(nrow(strata))) for (k in seq_len(strata$psus[h])) {
  n <- sample(6:11, 1)
  # The same units are visited in both waves, so the covariance between waves can be tested too.
  set_effect <- 0.3 * sin(7 * h + 3 * k)
  part <- data.frame(
    wave = wave,
    group = sample(c("A", "B", "C"), n, TRUE, c(0.55, 0.35, 0.10)),
    w = round((0.4 + 0.35 * h) * exp(rnorm(n, 0, 0.35)), 4),
    stratum = strata$stratum[h],
    psu = paste0(strata$stratum[h], "-", k),
    fpc_psu = strata$psu_population[h],
    level = 3.4 + set_effect + 0.25 * (wave == "2026-11")
  )
  parts[[length(parts) + 1]] <- part
}
answers <- do.call(rbind, parts)
n <- nrow(answers)
answers <- answers[order(answers$wave, runif(n)), ]
answers$id <- sprintf("R%04d", seq_len(n))
# Population elements per stratum and wave; the same for all rows of a stratum.
answers$fpc <- c(north = 300, south = 180, west = 420)[answers$stratum]

yes <- function(p) as.integer(runif(n) < p)
answers$aware <- some_missing(yes(0.85), 0.05)
answers$aware_unaided <- some_missing(ifelse(answers$aware %in% 0, 0L, yes(0.5)), 0.08)
answers$praise <- some_missing(scale_answer(answers$level), 0.12)
answers$category_buyer <- some_missing(yes(0.8), 0.04)
answers$first_choice <- some_missing(yes(0.45), 0.1)
answers$strict_choice <- ifelse(answers$first_choice %in% 1, some_missing(yes(0.5), 0.1), NA)
answers$customer <- some_missing(yes(0.75), 0.03)
answers$earlier_purchase <- ifelse(answers$customer %in% 1, some_missing(yes(0.8), 0.05), NA)
answers$repurchased <- ifelse(answers$earlier_purchase %in% 1, some_missing(yes(0.6), 0.1), NA)
answers$return_intention <- some_missing(scale_answer(answers$level + 0.2), 0.25)
answers$recommend <- some_missing(scale_answer(answers$level - 0.1), 0.3)
answers$complained <- ifelse(answers$customer %in% 1, some_missing(yes(0.25), 0.08), NA)
answers$complained_to_company <- ifelse(answers$complained %in% 1, some_missing(yes(0.4), 0.1), NA)
answers$bought <- some_missing(yes(0.6), 0.1)
answers$repurchase_intention <- some_missing(scale_answer(answers$level + 0.3), 0.15)
answers$nps <- some_missing(pmin(10, pmax(0, round(2 * answers$level + rnorm(n, 0, 2)))), 0.15)
answers$perception <- some_missing(pmin(7, pmax(1, round(answers$level + 1.2 + rnorm(n)))), 0.1)
answers$expectation <- some_missing(pmin(7, pmax(1, round(5.6 + rnorm(n, 0, 0.8)))), 0.1)
answers$visits <- ifelse(answers$customer %in% 1, some_missing(1 + rpois(n, 2.5), 0.1), NA)
answers$spend <- ifelse(is.na(answers$visits), NA, some_missing(round(answers$visits * exp(rnorm(n, 2.6, 0.4)), 2), 0.1))

# The smallest group is all yes on awareness and all no on complaints: the intervals of 0 of n and n of n.
answers$aware[answers$group == "C" & !is.na(answers$aware)] <- 1L
answers$complained[answers$group == "C" & !is.na(answers$complained)] <- 0L
answers$complained_to_company[answers$group == "C"] <- NA

columns <- c("id", "wave", "group", "w", "stratum", "psu", "fpc", "fpc_psu", "aware", "aware_unaided", "praise",
  "category_buyer", "first_choice", "strict_choice", "earlier_purchase", "repurchased", "return_intention", "recommend",
  "customer", "complained", "complained_to_company", "bought", "repurchase_intention", "nps", "perception",
  "expectation", "visits", "spend")
write.csv(answers[columns], "answers.csv", row.names = FALSE, na = "", quote = FALSE)
cat(n, "answers\n")
