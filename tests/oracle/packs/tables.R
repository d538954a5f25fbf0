# Writes plugins/<id>/tests.yaml of the packs that are fed by operational tables: the tables stand here, the numbers come from
# the R package survey, and the definitions are written out a second time, in R. Run in this folder: Rscript tables.R
# With names of packs it writes only those: Rscript tables.R complaints

source("estimators.R")
folder <- file.path("..", "..", "..", "plugins")
wanted <- commandArgs(trailingOnly = TRUE)
for (file in sort(list.files(".", pattern = "^pack_.*\\.R$"))) {
  source(file)
  if (length(wanted) == 0 || pack$id %in% wanted) write_tests(folder, pack$id, pack)
}
