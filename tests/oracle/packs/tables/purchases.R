# purchases: one row a purchase.

pack <- list(
  classes = c(amount = "numeric", units = "numeric", repeat_purchase = "logical", days_since_last = "numeric",
    on_offer = "logical", sent_back = "logical"),
  metrics = function(d) with(d, list(
    purchases_repeat = share(repeat_purchase),
    purchases_repeat_revenue = ratio(repeat_purchase * amount, amount, factor = 100),
    purchases_amount = average(amount),
    purchases_amount_median = quantile_of(amount, 0.5),
    purchases_amount_repeat = average(amount, repeat_purchase),
    purchases_amount_first = average(amount, !repeat_purchase),
    purchases_units = average(units),
    purchases_price = ratio(amount, units),
    purchases_interval = quantile_of(days_since_last, 0.5),
    purchases_on_offer = share(on_offer),
    purchases_sent_back = share(sent_back))),
  cases = list(
    case("receipts with unknown customers",
      "Rows 4 and 8 are of customers nobody knows; row 6 lacks the units; row 9 lacks the amount.",
"amount, units, repeat_purchase, days_since_last, on_offer, sent_back
25.8,  3,  TRUE,  6,  FALSE, FALSE
120,   8,  TRUE,  14, TRUE,  FALSE
9.9,   1,  FALSE, ,   TRUE,  TRUE
46.5,  4,  ,      ,   FALSE,
310,   12, TRUE,  30, TRUE,  TRUE
15,    ,   FALSE, ,   FALSE, FALSE
62.4,  5,  TRUE,  3,  FALSE, FALSE
8,     1,  ,      ,   ,      FALSE
,      2,  FALSE, ,   FALSE, FALSE
77.25, 6,  TRUE,  21, TRUE,  FALSE"),
    case("no customer is known",
      "Without names there is no repeat share; amounts and units stay.",
"amount, units
12, 1
30, 3
21.5, 2", missing = c("purchases_repeat", "purchases_repeat_revenue", "purchases_amount_repeat", "purchases_interval")),
    case("a weighted sample of receipts",
      "One in ten of the weekdays' receipts and one in four of the weekend's.",
"amount, units, repeat_purchase, days_since_last, on_offer
14.5, 2, TRUE,  1, FALSE
22,   3, TRUE,  2, FALSE
18,   2, FALSE, ,  TRUE
95,   7, TRUE,  7, TRUE
60.5, 6, FALSE, ,  FALSE
130,  9, TRUE,  7, TRUE", weights = c(10, 10, 10, 4, 4, 4))))
