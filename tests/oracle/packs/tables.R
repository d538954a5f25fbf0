# Writes plugins/<id>/tests.yaml of the packs that are fed by operational tables: the tables stand in tables/<id>.R, the numbers
# come from the R package survey, and every definition is written out a second time there, in R. Run in this folder:
#   Rscript tables.R                 all packs
#   Rscript tables.R complaints      only those named

source(file.path("tables", "estimators.R"))
wanted <- commandArgs(trailingOnly = TRUE)
if (length(wanted) == 0) wanted <- setdiff(sub("\\.R$", "", list.files("tables", pattern = "\\.R$")), "estimators")
for (id in wanted) {
  source(file.path("tables", paste0(id, ".R")))
  write_tests(file.path("..", "..", "..", "plugins"), id, pack)
}
