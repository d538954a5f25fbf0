# plugins/expectation-gap: perception against expectation, and the direct question.
pack_metrics <- function(d) with(d, {
  gap <- perception - expectation
  list(
    expectation_gap = average(gap),
    expectation_missed = share(sign(gap) == -1),
    expectation_met = share(sign(gap) == 0),
    expectation_exceeded = share(sign(gap) == 1),
    expectation_level = average(expectation, !is.na(gap)),
    perception_level = average(perception, !is.na(gap)),
    compared_mean = average(compared - 3),
    compared_missed = share(compared %in% 1:2, !is.na(compared)),
    compared_met = share(compared == 3),
    compared_exceeded = share(compared %in% 4:5, !is.na(compared))
  )
})
