# survey-integrity: one row a respondent. In tests every input is there, so items that a table leaves out are empty for everybody.

items <- sprintf("item_%02d", 1:20)

pack <- list(
  classes = c(setNames(rep("numeric", 20), items), seconds = "numeric", median_seconds = "numeric", attentive = "logical",
    pressed = "logical"),
  metrics = function(d) {
    block <- as.matrix(d[items])
    answered <- rowSums(!is.na(block))
    alike <- row_extreme(min, block) == row_extreme(max, block)
    fast <- d$seconds < d$median_seconds / 3
    signs <- cbind(ifelse(answered >= 5, alike, NA), fast, !d$attentive)
    flagged <- ifelse(rowSums(!is.na(signs)) == 0, NA, rowSums(signs, na.rm = TRUE) > 0)
    empty <- rowMeans(is.na(block))
    list(
      integrity_straight_lined = share(alike, answered >= 5),
      integrity_too_fast = share(fast),
      integrity_seconds_median = quantile_of(d$seconds, 0.5),
      integrity_seconds_p10 = quantile_of(d$seconds, 0.1),
      integrity_seconds_p90 = quantile_of(d$seconds, 0.9),
      integrity_empty_items = average(empty, factor = 100),
      integrity_mostly_empty = share(empty > 0.5),
      integrity_inattentive = share(!d$attentive),
      integrity_flagged = share(flagged),
      integrity_pressed = share(d$pressed))
  },
  cases = list(
    case("signs that are known, unknown and missing",
      "Row 2 gives 6 items a 4; row 3 gives four items a 5, too few to tell; row 4 took 40 of 180 seconds; row 5 exactly a third; row 8 nothing.",
"item_01, item_02, item_03, item_04, item_05, item_06, item_07, item_08, item_09, item_10, item_11, item_12, seconds, median_seconds, attentive, pressed
5, 4, 3, 4, 5, 2, 4, 4, 3, 5, 4, 4, 210, 180, T, F
4, 4, , 4, , 4, 4, 4, , , , , 150, 180, T, F
5, , , 5, , 5, 5, , , , , , 95, 180, , T
3, 2, 3, 4, 3, 3, 2, 3, 1, 3, 3, 2, 40, 180, T, F
1, 2, 1, 1, 3, 1, 1, 2, 1, 1, 1, 1, 60, 180, F,
3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 35, 180, F, F
2, 3, 4, 4, 2, 5, 3, 2, 4, 4, 5, 3, , 180, T, T
, , , , , , , , , , , , , 180, ,
4, 5, 4, 4, 3, 5, 4, 4, 2, 4, 4, 3, 320, 180, , F"),
    case("twenty items and weights",
      "Half of the block or more is answered by everybody but row 4, who answers 9 of 20.",
"item_01, item_02, item_03, item_04, item_05, item_06, item_07, item_08, item_09, item_10, item_11, item_12, item_13, item_14, item_15, item_16, item_17, item_18, item_19, item_20, seconds, median_seconds
1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 400, 380
2, 2, 2, 2, 2, 2, 2, 2, 2, 2, , , , , , , , , , , 120, 380
5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 4, 380, 380
4, 3, 4, 3, 4, 3, 4, 3, 4, , , , , , , , , , , , 500, 380
3, 4, 2, 2, 3, 4, 2, 2, 3, 4, 2, 2, 3, 4, 2, 2, 3, 4, 2, 2, 250, 380", weights = c(0.5, 1.25, 2, 1, 0.75),
      missing = c("integrity_inattentive", "integrity_pressed"))))
