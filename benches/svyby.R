# One share with its standard error for every branch in every wave, by svyby of the R package survey, timed without reading.
# Usage: Rscript svyby.R FILE.csv
# Prints the seconds on the first line, then wave, branch, share and standard error of each group as CSV.
suppressPackageStartupMessages(library(survey))
answers <- read.csv(commandArgs(trailingOnly = TRUE)[1], colClasses = c(wave = "character", branch = "character"))
answers$high <- as.numeric(answers$praise >= 4)
answers$base <- !is.na(answers$high) & !is.na(answers$aware) & answers$aware == "true"
started <- proc.time()[["elapsed"]]
# Waves are samples of their own: strata.
design <- svydesign(ids = ~1, strata = ~wave, weights = ~weight, data = answers)
found <- svyby(~high, ~wave + branch, subset(design, base), svymean)
cat(proc.time()[["elapsed"]] - started, "\n")
write.csv(data.frame(found$wave, found$branch, sprintf("%.17g", found$high), sprintf("%.17g", found$se)), row.names = FALSE, quote = FALSE)
