# DeLong's test and intervals of pROC for several tables at once.
# Reads lines of: table, label, first, second. Writes lines of: table, p-value, z, AUCs, ends.
suppressPackageStartupMessages(library(pROC))
rows <- read.csv(file("stdin"))
for (part in split(rows, rows$table)) {
  rocs <- lapply(part[c("first", "second")], function(scores) {
    roc(part$label, scores, levels = c(0, 1), direction = "<", quiet = TRUE)
  })
  tested <- roc.test(rocs$first, rocs$second, method = "delong", paired = TRUE)
  ends <- lapply(rocs, ci.auc, method = "delong")
  numbers <- c(part$table[1], tested$p.value, tested$statistic, ends$first, ends$second)
  cat(format(numbers, digits = 15), sep = ",")
  cat("\n")
}
