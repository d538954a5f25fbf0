# Cohen's kappa with quadratic weights from R psych, for src/grade/agreement.rs.
library(psych)
# psych takes weights of agreement: 1 for the same level, 0 for the farthest.
first <- cbind(c(0,1,2,3,5,6,7,8,9,10,4,7), c(0,1,1,5,4,6,9,8,10,10,2,7))
second <- cbind(c(1,9,5,4,6,3,8,5), c(9,1,5,6,4,8,4,7))
for (pairs in list(first, second)) {
  counts <- table(factor(pairs[, 1], 0:10), factor(pairs[, 2], 0:10))
  cat(format(suppressWarnings(cohen.kappa(as.matrix(counts), w = outer(0:10, 0:10, function(a, b) 1 - (a - b)^2 / 100))$weighted.kappa), digits = 16), "\n")
}
