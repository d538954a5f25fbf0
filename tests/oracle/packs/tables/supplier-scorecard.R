# supplier-scorecard: one row a rating of one supplier in one period.

score <- function(rating) average(100 * (rating - 1) / 4)

pack <- list(
  classes = c(cost = "numeric", technology = "numeric", delivery = "numeric", service = "numeric", continuity = "numeric",
    support = "numeric", delivered_units = "numeric", defective_units = "numeric", deliveries = "numeric",
    deliveries_on_time = "numeric"),
  metrics = function(d) with(d, list(
    supplier_cost = score(cost),
    supplier_technology = score(technology),
    supplier_delivery = score(delivery),
    supplier_service = score(service),
    supplier_continuity = score(continuity),
    supplier_support = score(support),
    supplier_score = composite(supplier_cost = 1, supplier_technology = 1, supplier_delivery = 1, supplier_service = 1,
      supplier_continuity = 1, supplier_support = 1),
    supplier_score_known = score(row_mean(cost, technology, delivery, service, continuity, support)),
    supplier_weak = share(row_min(cost, technology, delivery, service, continuity, support) <= 2),
    supplier_ppm = ratio(1e6 * defective_units, delivered_units),
    supplier_on_time = ratio(deliveries_on_time, deliveries, factor = 100))),
  cases = list(
    case("ratings with gaps",
      "Row 4 rates one criterion only, row 6 none; row 5 has deliveries but no units.",
"cost, technology, delivery, service, continuity, support, delivered_units, defective_units, deliveries, deliveries_on_time
4, 5, 3, 4, 4, 3, 12000, 3, 24, 22
2, 4, 4, 3, 3, 4, 8000, 14, 16, 16
5, 3, 2, 2, 4, , 25000, 0, 50, 41
, , 4, , , , 400, 1, 4, 4
3, 3, 3, 4, 5, 5, , , 12, 9
, , , , , , 1000, , , "),
    case("nobody rated the support",
      "A criterion without a single rating leaves the score without a value; the mean of the known ones stays.",
"cost, technology, delivery, service, continuity
4, 4, 3, 4, 5
3, 5, 5, 2, 4
4, 3, 3, 3, 4", missing = c("supplier_support", "supplier_score", "supplier_ppm", "supplier_on_time")),
    case("weights by the volume bought",
      "The ratings of a supplier with ten times the volume weigh ten times.",
"cost, technology, delivery, service, continuity, support, delivered_units, defective_units, deliveries, deliveries_on_time
4, 4, 5, 4, 4, 4, 5000, 2, 10, 10
3, 5, 3, 2, 3, 5, 500, 4, 10, 7
5, 2, 4, 4, 4, 3, 800, 0, 8, 8
2, 3, 3, 3, 5, 4, 700, 1, 7, 5", weights = c(10, 1, 1.5, 1.5))))
