# plugins/satisfaction-layers: ratings 1-5; a layer is the mean of a person's items, a total the mean of the layers.
pack_metrics <- function(d) {
  layers <- list(
    product = c("quality", "function", "design", "price"),
    service = c("attitude", "speed", "skill", "guarantee"),
    social = c("public", "ethics", "ecology"),
    brand = c("trust", "fit", "standing"),
    environment = c("comfort", "access", "order"),
    image = c("community", "environment", "openness"))
  metrics <- list()
  score <- list()
  for (layer in names(layers)) {
    items <- paste0(layer, "_", layers[[layer]])
    score[[layer]] <- row_mean(d[items])
    metrics[[paste0("layer_", layer)]] <- index(score[[layer]], 1, 5)
    for (item in items) metrics[[paste0("layer_", item)]] <- index(d[[item]], 1, 5)
  }
  of_layers <- function(...) index(rowMeans(as.data.frame(score[c(...)])), 1, 5)
  metrics$layers_three <- of_layers("product", "service", "social")
  metrics$layers_four <- of_layers("product", "service", "brand", "environment")
  metrics$layers_image <- of_layers("product", "service", "image")
  metrics$layers_direct <- of_layers("product", "service")
  metrics
}
