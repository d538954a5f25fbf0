# lost-customers: one row a customer. The curves and their test are those of the R package survival.

suppressMessages(library(survival))

price <- c("价格", "太贵", "price", "too expensive")
product <- c("产品", "质量", "product", "quality")
service <- c("服务", "态度", "等候", "service", "staff", "waiting")
complaint <- c("投诉未解决", "投诉", "complaint", "unsettled complaint")
rival_offer <- c("他家吸引", "竞争", "优惠", "rival", "competition", "better offer")
no_need <- c("搬迁", "毕业", "不再需要", "moved", "graduated", "no need")
rival <- c("同行", "竞争对手", "他家", "rival", "competitor")
substitute_for <- c("替代品", "自己动手", "自制", "substitute", "own work")
nobody <- c("不再购买", "没有", "nobody", "stopped")
one_of <- function(values, set) ifelse(is.na(values), NA, tolower(values) %in% set)

pack <- list(
  classes = c(at_start = "logical", lost = "logical", joined = "character", left = "character", revenue = "numeric",
    reason = "character", destination = "character", complained = "logical", won_back = "logical", months_observed = "numeric", cohort = "character"),
  metrics = function(d) with(d, list(
    churn_rate = share(lost, at_start),
    churn_kept = share(!lost, at_start),
    churn_revenue = ratio(lost * revenue, revenue, at_start, 100),
    churn_tenure = quantile_of(days(joined, left) / 30.4375, 0.5, lost),
    churn_first_year = share(days(joined, left) < 365, lost),
    churn_complained_before = share(complained, lost),
    churn_won_back = share(won_back, lost),
    churn_controllable = share(one_of(reason, c(price, product, service, complaint)), lost),
    churn_over_price = share(one_of(reason, price), lost),
    churn_over_product = share(one_of(reason, product), lost),
    churn_over_service = share(one_of(reason, service), lost),
    churn_over_complaint = share(one_of(reason, complaint), lost),
    churn_over_rival_offer = share(one_of(reason, rival_offer), lost),
    churn_no_need = share(one_of(reason, no_need), lost),
    churn_other_reason = share(!one_of(reason, c(price, product, service, complaint, rival_offer, no_need)), lost),
    churn_to_rival = share(one_of(destination, rival), lost),
    churn_to_substitute = share(one_of(destination, substitute_for), lost),
    churn_to_nobody = share(one_of(destination, nobody), lost),
    churn_to_other = share(!one_of(destination, c(rival, substitute_for, nobody)), lost))),
  cases = list(
    case("a base with newcomers and gaps",
      "Rows 1 to 12 were customers at the start; row 13 came and left in the period; of row 12 nobody knows whether it left.",
"at_start, lost,  joined,     left,       revenue, reason,     destination, complained, won_back
TRUE,     TRUE,  2024-01-10, 2026-11-03, 1200,    价格,       同行,        FALSE,      FALSE
TRUE,     TRUE,  2026-02-01, 2026-11-20, 300,     服务,       竞争对手,    TRUE,       TRUE
TRUE,     TRUE,  2025-11-09, 2026-11-09, 450,     搬迁,       不再购买,    FALSE,      FALSE
TRUE,     TRUE,  2020-05-05, 2026-11-15, 2500,    Quality,    替代品,      TRUE,       FALSE
TRUE,     TRUE,  2026-06-30, 2026-11-28, 0,       优惠,       rival,       ,
TRUE,     TRUE,  2023-03-03, 2026-11-11, ,        家人不喜欢, 邻居,        FALSE,      TRUE
TRUE,     TRUE,  2022-09-01, ,           800,     投诉,       ,            TRUE,       FALSE
TRUE,     FALSE, 2021-01-01, ,           900,     ,           ,            ,
TRUE,     FALSE, 2025-01-01, ,           1500,    ,           ,            FALSE,
TRUE,     FALSE, 2026-01-01, ,           600,     ,           ,            TRUE,
TRUE,     FALSE, 2019-01-01, ,           ,        ,           ,            ,
TRUE,     ,      2019-01-01, ,           400,     ,           ,            ,
FALSE,    TRUE,  2026-11-05, 2026-11-25, ,        太贵,       同行,        FALSE,      FALSE
FALSE,    FALSE, 2026-11-20, ,           100,     ,           ,            ,           "),
    case("nobody lost",
      "0 of n has an interval; reasons and tenure have no base.",
"at_start, lost,  revenue
TRUE,     FALSE, 100
TRUE,     FALSE, 250
TRUE,     FALSE, 75", missing = c("churn_tenure", "churn_first_year", "churn_controllable", "churn_to_rival", "churn_won_back")),
    case("a weighted sample of the register",
      "Large customers were all looked up (weight 1), small ones one in five.",
"at_start, lost,  joined,     left,       revenue, reason
TRUE,     TRUE,  2024-01-01, 2026-11-01, 9000,    price
TRUE,     FALSE, 2022-01-01, ,           12000,
TRUE,     TRUE,  2026-01-01, 2026-11-01, 150,     service
TRUE,     FALSE, 2023-01-01, ,           200,
TRUE,     FALSE, 2023-06-01, ,           90,
TRUE,     TRUE,  2025-07-01, 2026-11-01, 60,      moved", weights = c(1, 1, 5, 5, 5, 5)),
    case("retention of four customers, two of them still there",
      "By hand: 4 at risk when the first is lost (month 2), 2 when the second is (month 5): 3/4, then 3/4 x 1/2.",
"at_start, lost, months_observed
TRUE, TRUE, 2
TRUE, FALSE, 3
TRUE, TRUE, 5
TRUE, FALSE, 6", models = function(d, w) {
      curve <- survfit(Surv(months_observed, lost) ~ 1, data = d, weights = w)
      at <- summary(curve, times = c(3, 6))$surv
      stopifnot(all.equal(at, c(3/4, 3/8)))
      list(customer_retention = list(n = nrow(d), values = list(median = quantile(curve, 0.5)$quantile, lost = sum(d$lost)),
        cells = list(survival.3.survival = 100 * at[1], survival.6.survival = 100 * at[2])))
    }),
    case("customers with and without a card",
      "survdiff and survfit of the R package survival.",
"at_start, lost, months_observed, cohort
TRUE, TRUE, 2, card
TRUE, TRUE, 5, card
TRUE, FALSE, 5, card
TRUE, FALSE, 8, card
TRUE, TRUE, 9, card
TRUE, TRUE, 1, none
TRUE, TRUE, 1, none
TRUE, TRUE, 4, none
TRUE, FALSE, 6, none
TRUE, TRUE, 7, none", models = function(d, w) {
      test <- survdiff(Surv(months_observed, lost) ~ cohort, data = d)
      medians <- quantile(survfit(Surv(months_observed, lost) ~ cohort, data = d), 0.5)$quantile
      cells <- list()
      for (index in 1:2) {
        name <- c("card", "none")[index]
        cells[paste0(name, c(".customers", ".observed", ".expected", ".median"))] <-
          c(test$n[index], test$obs[index], test$exp[index], medians[index])
      }
      list(retention_by_cohort = list(n = nrow(d), values = list(statistic = test$chisq, degrees = 1,
        p_value = pchisq(test$chisq, 1, lower.tail = FALSE)), cells = cells))
    })))
