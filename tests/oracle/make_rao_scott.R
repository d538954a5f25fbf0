# Writes rao_scott.json: the Rao-Scott tests that the R package survey makes for answers.csv under the designs of
# make_expected.R. README.md says which calls. Run in this folder: Rscript make_rao_scott.R

suppressMessages({ library(survey); library(jsonlite) })
options(survey.lonely.psu = "fail")
answers <- read.csv("answers.csv", colClasses = c(wave = "character"))
answers$one <- 1
answers$w_zero <- ifelse(grepl("5$", answers$id) | answers$psu == "south-4", 0, answers$w)
answers$often <- with(answers, ifelse(visits <= 2, "few", ifelse(visits <= 5, "some", "many")))
answers$both <- interaction(answers$wave, answers$stratum)

# Each wave is a sample of its own, so the wave is a stratum (or splits the strata), and a unit visited twice is two units.
designs <- list(
  srs = function(d) svydesign(ids = ~1, strata = ~wave, weights = ~one, data = d),
  weights = function(d) svydesign(ids = ~1, strata = ~wave, weights = ~w, data = d),
  strata = function(d) svydesign(ids = ~1, strata = ~both, weights = ~w, data = d),
  strata_fpc = function(d) svydesign(ids = ~1, strata = ~both, fpc = ~fpc, weights = ~w, data = d),
  cluster = function(d) svydesign(ids = ~psu, strata = ~wave, nest = TRUE, weights = ~w, data = d),
  strata_cluster = function(d) svydesign(ids = ~psu, strata = ~both, nest = TRUE, weights = ~w, data = d),
  strata_cluster_fpc = function(d) svydesign(ids = ~psu, strata = ~both, fpc = ~fpc_psu, nest = TRUE, weights = ~w, data = d),
  zero_weights = function(d) svydesign(ids = ~1, strata = ~wave, weights = ~w_zero, data = d),
  zero_strata = function(d) svydesign(ids = ~1, strata = ~both, weights = ~w_zero, data = d),
  zero_cluster = function(d) svydesign(ids = ~psu, strata = ~both, nest = TRUE, weights = ~w_zero, data = d)
)

records <- list()
waves <- sort(unique(answers$wave))
for (name in names(designs)) for (column in c("praise", "nps", "recommend", "perception", "often", "stratum")) for (by in c("group", "wave")) {
  # Where the strata are part of the design they are no question.
  if (column == "stratum" && grepl("strata|zero_cluster", name)) next
  design <- designs[[name]](answers)
  base <- subset(design, !is.na(design$variables[[column]]) & (by == "wave" | design$variables$wave == waves[2]))
  # Answers of weight 0 belong to the sample but not to the table: an answer that only they give has no column.
  positive <- subset(base, weights(base, "sampling") > 0)
  formula <- reformulate(c(column, by))
  # Too many empty cells: the matrix of the test has no inverse, and there is no test.
  f <- tryCatch(svychisq(formula, positive, statistic = "F"), error = function(e) NULL)
  if (is.null(f)) {
    records[[length(records) + 1]] <- list(design = name, column = column, by = by, f = NA)
    next
  }
  chisq <- svychisq(formula, positive, statistic = "Chisq")
  # The statistic is for all answers, those of weight 0 included. R counts units of weight 0 in the degrees of freedom of this test alone; degf does not.
  ddf <- as.numeric(f$parameter["ndf"]) * degf(positive)
  records[[length(records) + 1]] <- list(design = name, column = column, by = by, f = as.numeric(f$statistic),
    ndf = as.numeric(f$parameter["ndf"]), ddf = ddf, p = pf(as.numeric(f$statistic), as.numeric(f$parameter["ndf"]), ddf, lower.tail = FALSE),
    chi_square = as.numeric(chisq$statistic) * nrow(base) / nrow(positive), chi_square_df = as.numeric(chisq$parameter["df"]), chi_square_p = as.numeric(chisq$p.value))
}
line <- function(record) paste0("  ", toJSON(record, auto_unbox = TRUE, digits = I(17), na = "null"))
writeLines(c("[", paste(sapply(records, line), collapse = ",\n"), "]"), "rao_scott.json")
cat(length(records), "tests\n")
