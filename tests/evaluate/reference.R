# DeLong's test and intervals of pROC for several tables at once, and its bootstrap for some.
# Arguments: how often the bootstrap draws, and for how many tables, the first ones.
# Reads lines of: table, label, first, second. Writes lines of: table, p-value, z, AUCs, ends, D.
suppressPackageStartupMessages(library(pROC))
asked <- as.integer(commandArgs(trailingOnly = TRUE))
rows <- read.csv(file("stdin"))
set.seed(1)
for (part in split(rows, rows$table)) {
  rocs <- lapply(part[c("first", "second")], function(scores) {
    roc(part$label, scores, levels = c(0, 1), direction = "<", quiet = TRUE)
  })
  tested <- roc.test(rocs$first, rocs$second, method = "delong", paired = TRUE)
  ends <- lapply(rocs, ci.auc, method = "delong")
  drawn <- NaN
  if (part$table[1] < asked[2]) {
    drawn <- roc.test(rocs$first, rocs$second,
      method = "bootstrap", paired = TRUE,
      boot.n = asked[1], boot.stratified = TRUE, progress = "none"
    )$statistic
  }
  numbers <- c(part$table[1], tested$p.value, tested$statistic, ends$first, ends$second, drawn)
  cat(format(numbers, digits = 15), sep = ",")
  cat("\n")
}
