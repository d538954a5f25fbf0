# The numbers in plugins/<pack>/tests.yaml, calculated by R from the same rows. In this folder:
#   Rscript packs.R               compares the numbers of every pack that has a script here
#   Rscript packs.R nps           the same for one pack
#   Rscript packs.R --print nps   prints the lines that stand under `expect:`

source("common.R")

arguments <- commandArgs(trailingOnly = TRUE)
mode <- grep("^--", arguments, value = TRUE)
packs <- setdiff(arguments, mode)
if (length(packs) == 0) packs <- setdiff(sub("\\.R$", "", list.files(pattern = "\\.R$")), c("common", "packs"))

# In YAML 1.1, which this reader follows, the key `n` would be the truth value no.
read <- function(file) read_yaml(file, handlers = list("bool#no" = function(x) if (x == "n") x else FALSE))

shown <- function(x) format(x, digits = 17, scientific = FALSE, trim = TRUE)

line_of <- function(name, found) {
  if (is.null(found$estimate)) return(sprintf("      %s: { missing: true }", name))
  parts <- paste0("estimate: ", shown(found$estimate))
  if (!is.null(found$se)) parts <- c(parts, paste0("se: ", shown(found$se)))
  if (!is.null(found$ci)) parts <- c(parts, sprintf("ci: [%s, %s]", shown(found$ci[1]), shown(found$ci[2])))
  sprintf("      %s: { %s }", name, paste(c(parts, paste0("n: ", found$n)), collapse = ", "))
}

# How many numbers of `expect` agree; stops at the first that does not.
compare <- function(pack, case, found) {
  agreed <- 0
  for (name in names(case$expect)) {
    expected <- case$expect[[name]]
    if (is.null(found[[name]])) stop(pack, ": no metric ", name)
    if (isTRUE(expected$missing)) {
      if (!is.null(found[[name]]$estimate)) stop(pack, ", ", case$name, ": ", name, " is not missing")
      agreed <- agreed + 1
    }
    for (what in setdiff(names(expected), "missing")) {
      a <- as.numeric(expected[[what]])
      b <- as.numeric(found[[name]][[what]])
      if (length(a) != length(b) || any(abs(a - b) > 1e-9 * pmax(abs(a), 1))) {
        stop(pack, ", ", case$name, ": ", what, " of ", name, " is ", paste(shown(b), collapse = " "))
      }
      agreed <- agreed + length(a)
    }
  }
  agreed
}

for (pack in packs) {
  source(paste0(pack, ".R"))
  folder <- file.path("..", "..", "..", "plugins", pack)
  manifest <- read(file.path(folder, "plugin.yaml"))
  cases <- read(file.path(folder, "tests.yaml"))$cases
  declared <- sapply(manifest$metrics, function(metric) metric$id)
  found <- lapply(cases, estimate_case, inputs = manifest$inputs, pack_metrics = pack_metrics)
  calculated <- names(found[[1]])
  if (!setequal(declared, calculated)) {
    stop(pack, ": only declared ", toString(setdiff(declared, calculated)), "; only calculated ", toString(setdiff(calculated, declared)))
  }
  if ("--print" %in% mode) {
    for (i in seq_along(cases)) {
      writeLines(paste("  - name:", cases[[i]]$name))
      writeLines(mapply(line_of, names(found[[i]]), found[[i]]))
    }
  } else {
    agreed <- mapply(function(case, numbers) compare(pack, case, numbers), cases, found)
    untested <- setdiff(declared, unlist(lapply(cases, function(case) names(case$expect))))
    if (length(untested) > 0) stop(pack, ": no case expects ", toString(untested))
    cat(pack, ": ", length(cases), " cases, ", sum(agreed), " numbers agree\n", sep = "")
  }
}
