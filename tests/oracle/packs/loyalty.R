# plugins/loyalty: attitude, behaviour, both.
pack_metrics <- function(d) with(d, {
  attitude <- cbind(satisfaction, recommend, return_intention)
  mean_attitude <- row_mean(attitude)
  typed <- earlier_purchase %in% TRUE & !is.na(bought_again) & !is.na(mean_attitude)
  type <- paste(mean_attitude >= 4, bought_again)
  list(
    loyalty_top_satisfaction = share(satisfaction == 5),
    loyalty_top_recommend = share(recommend == 5),
    loyalty_top_return_intention = share(return_intention == 5),
    loyalty_subjective = composite(loyalty_top_satisfaction = 1, loyalty_top_recommend = 1, loyalty_top_return_intention = 1),
    loyalty_secure = share(rowSums(attitude) == 15),
    loyalty_share_of_wallet = ratio(spend_here, spend_category, spend_category > 0, factor = 100),
    loyalty_repurchase = share(bought_again, earlier_purchase),
    loyalty_recent = share(days_since_purchase <= 90),
    loyalty_objective = composite(loyalty_share_of_wallet = 1, loyalty_repurchase = 1, loyalty_recent = 1),
    loyalty_recency_days = quantile_of(days_since_purchase, 0.5),
    loyalty_frequency = average(purchases),
    loyalty_assessed = composite(loyalty_top_satisfaction = 1, loyalty_top_recommend = 1, loyalty_top_return_intention = 1,
      loyalty_share_of_wallet = 1, loyalty_repurchase = 1, loyalty_recent = 1),
    loyalty_type_true = share(type == "TRUE TRUE", typed),
    loyalty_type_latent = share(type == "TRUE FALSE", typed),
    loyalty_type_spurious = share(type == "FALSE TRUE", typed),
    loyalty_type_none = share(type == "FALSE FALSE", typed),
    loyalty_satisfied_returned = share(bought_again, earlier_purchase & satisfaction >= 4)
  )
})
