# Seeded data for the oracle: customers with times and profits, interviews, and answers to a block of items.
# Rscript make_data.R
set.seed(20261121)

n <- 90
group <- rep(c("a", "b", "c"), length.out = n)
pace <- c(a = 14, b = 20, c = 30)[group]
ends <- ceiling(rexp(n, 1 / pace))
observed <- sample(6:36, n, replace = TRUE)
customers <- data.frame(
  id = seq_len(n),
  group = group,
  # Whole months, so that many times are shared.
  time = pmin(ends, observed),
  lost = as.integer(ends <= observed),
  weight = round(runif(n, 0.4, 3), 3),
  count = sample(1:4, n, replace = TRUE),
  # Whole numbers, so that profits are shared; some below 0.
  profit = round(rlnorm(n, 3, 1.1) - 9),
  joined = sample(0:30, n, replace = TRUE)
)
customers$left <- ifelse(customers$lost == 1, customers$joined + customers$time, NA)
write.csv(customers, "customers.csv", row.names = FALSE, na = "")

sizes <- c(12, 25, 40, 8, 60, 33, 5, 51)
interviewer <- rep(seq_along(sizes) - 1, sizes)
shift <- c(0, 0.1, -0.2, 0.9, 0, 0.6, -0.1, 0)[interviewer + 1]
score <- pmin(10, pmax(1, round(rnorm(sum(sizes), 6.5 + shift, 1.6))))
write.csv(data.frame(interviewer, score, yes = as.integer(score >= 8)), "interviews.csv", row.names = FALSE)

items <- 8
people <- 70
answers <- matrix(sample(1:5, people * items, replace = TRUE, prob = c(1, 2, 4, 5, 3)), people)
answers[sample(length(answers), 25)] <- NA
answers[c(4, 19, 33), ] <- 4
answers[50, 1:6] <- 3
answers[c(8, 27, 61), ] <- answers[rep(8, 3), ]
answers[c(12, 40), ] <- answers[rep(12, 2), ]
answers[66, ] <- NA
colnames(answers) <- paste0("q", seq_len(items))
duration <- round(rlnorm(people, 5.8, 0.5))
duration[c(4, 33)] <- c(40, 55)
duration[20] <- NA
moment <- sort(sample(0:20000, people))
moment[30:36] <- moment[30] + c(0, 20, 35, 50, 80, 90, 110)
source <- sample(1:3, people, replace = TRUE)
source[c(31, 45)] <- NA
write.csv(data.frame(answers, duration, moment, source), "answers.csv", row.names = FALSE, na = "")
