# Writes drivers.csv: an artificial survey without gaps for the models that compare items, with unequal weights.
# Run in this folder: Rscript make_drivers_data.R

RNGversion("4.0.0")
set.seed(20261122)

n <- 260
clamp <- function(x, low, high) pmin(high, pmax(low, round(x)))
level <- rnorm(n)
data <- data.frame(id = sprintf("R%03d", seq_len(n)), w = round(exp(rnorm(n, 0, 0.6)), 4))

# Six satisfaction items from 1 to 10, related to each other, an overall item and a nearly redundant blend of two of them.
loading <- c(1.6, 1.4, 1.1, 0.8, 0.5, 0.2)
for (item in 1:6) data[[paste0("x", item)]] <- clamp(6.5 + loading[item] * level + rnorm(n, 0, 1.5), 1, 10)
data$blend <- round(data$x1 + data$x2 + rnorm(n, 0, 0.3), 3)
effect <- with(data, 0.35 * x1 + 0.2 * x2 + 0.1 * x3 - 0.15 * x4 + 0.25 * x5)
data$overall <- clamp(1.5 + effect + rnorm(n, 0, 1.3), 1, 10)

# Importance and performance from 1 to 7.
for (item in 1:5) {
  data[[paste0("importance", item)]] <- clamp(6.8 - 0.6 * item + rnorm(n, 0, 1.1), 1, 7)
  data[[paste0("performance", item)]] <- clamp(c(5.5, 4.1, 5.2, 3.9, 4.6)[item] + 0.5 * level + rnorm(n), 1, 7)
}

# Kano pairs coded 1 like, 2 must be, 3 neutral, 4 live with, 5 dislike.
functional <- list(c(4, 5, 2, 1, 0.2), c(7, 1, 2, 1, 0.3), c(1, 1, 6, 2, 1), c(6, 2, 3, 1, 0.5))
dysfunctional <- list(c(0.3, 1, 1, 2, 8), c(0.5, 1, 3, 4, 3), c(2, 1, 6, 2, 1), c(0.5, 1, 3, 3, 4))
for (feature in 1:4) {
  data[[paste0("functional", feature)]] <- sample(1:5, n, TRUE, functional[[feature]])
  data[[paste0("dysfunctional", feature)]] <- sample(1:5, n, TRUE, dysfunctional[[feature]])
}

write.csv(data, "drivers.csv", row.names = FALSE, quote = FALSE)
cat(n, "answers\n")
