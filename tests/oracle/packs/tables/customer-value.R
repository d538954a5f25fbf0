# customer-value: one row a customer.

pack <- list(
  classes = c(revenue = "numeric", margin = "numeric", service_cost = "numeric", profit = "numeric", retention = "numeric",
    discount = "numeric", acquisition_cost = "numeric", stayed = "logical"),
  metrics = function(d) with(d, {
    future <- margin * retention / (1 + discount - retention)
    usable <- retention >= 0 & retention <= 1 & 1 + discount > retention
    list(
      value_revenue = average(revenue),
      value_revenue_median = quantile_of(revenue, 0.5),
      value_margin_ratio = ratio(margin, revenue, factor = 100),
      value_service_cost_ratio = ratio(service_cost, margin, factor = 100),
      value_profit = average(profit),
      value_profit_ratio = ratio(profit, revenue, factor = 100),
      value_profit_median = quantile_of(profit, 0.5),
      value_loss_making = share(profit < 0),
      value_profit_lost = ratio(-pmin(profit, 0), pmax(profit, 0), factor = 100),
      value_kept_customer = average(future, usable),
      value_per_acquisition_cost = ratio(future, acquisition_cost, usable))
  }),
  cases = list(
    case("accounts with gaps and losses",
      "Row 8 has a retention rate of 1.2, which no value can be made of; row 9 has only its revenue.",
"revenue, margin, service_cost, profit, retention, discount, acquisition_cost
12000,   4200,   900,          3300,   0.8,       0.1,      1500
800,     240,    310,          -70,    0.6,       0.1,      200
3500,    1000,   420,          580,    0.8,       0.1,
150,     45,     120,          -75,    0.4,       0.1,      180
0,       0,      25,           -25,    0.4,       0.1,      90
2600,    910,    910,          0,      0.8,       0.1,      400
5100,    1530.5, 600,          930.5,  0.9,       0.1,      650
700,     210,    80,           130,    1.2,       0.1,      100
450,     ,       ,             ,       0.6,       0.1,      "),
    case("only losses",
      "Without a profitable customer there is nothing to divide by.",
"profit
-10
-20.5", missing = c("value_profit_lost", "value_revenue", "value_kept_customer")),
    case("a weighted sample of the accounts",
      "Large customers were all taken, of the small ones one in twenty.",
"revenue, margin, profit, retention, discount, acquisition_cost
90000,   27000,  18000,  0.85,      0.08,     5000
61000,   15000,  -2000,  0.85,      0.08,     8000
1200,    480,    300,    0.7,       0.08,     150
300,     90,     -40,    0.7,       0.08,     120
950,     ,       210,    0.7,       0.08,     100", weights = c(1, 1, 20, 20, 20)),
    case("the margins of those who stayed and those who left",
      "The sum of the first 2,000 periods, m r^t / 1.1^t, stands for the sum for ever.",
"margin, stayed
420, TRUE
310, TRUE
55, FALSE
180, TRUE
95, FALSE", weights = c(1, 2, 2, 1, 4), models = function(d, w) {
      margin <- weighted.mean(d$margin, w)
      retention <- weighted.mean(d$stayed, w)
      list(customer_lifetime = list(n = nrow(d), values = list(value = sum(margin * (retention / 1.1)^(1:2000)), margin = margin,
        retention = 100 * retention, periods = 1 / (1 - retention))))
    })))
