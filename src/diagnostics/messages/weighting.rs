//! Messages about weights made from population figures (codes M0290 to M0299 and M0410 to M0419) and about benchmarks (M0420 to
//! M0429).

use super::{Message, messages};

messages! {
    /// What the weighting of a wave came to.
    WEIGHTED = Message::new(
        "M0290",
        "weights of {place}: passes {iterations}, largest difference from a margin {error}, weights from {low} to {high} of their mean, trimmed {trimmed}, answers {n}, effective {n_eff}, design effect {effect}",
        "{place}的权数：迭代 {iterations} 轮，与边际的最大相对差 {error}，权数为均值的 {low} 至 {high} 倍，截尾 {trimmed} 份，答卷 {n} 份，有效样本 {n_eff}，设计效应 {effect}",
    );
    /// weight and weighting together.
    WEIGHT_AND_WEIGHTING = Message::new("M0291", "`weight` and `weighting` exclude each other", "`weight` 与 `weighting` 不能同时出现")
        .hinted("to start from the weights of a column, name it under `weighting.start`", "如需以某列权数为起点，请写在 `weighting.start` 中");
    /// weighting without margins.
    NO_MARGINS = Message::new("M0292", "`{margin}` holds no figure", "`{margin}` 中没有任何数字")
        .hinted("write shares or counts by category, such as `gender: { 男: 0.48, 女: 0.52 }`", "请按类别写出比例或人数，例如 `gender: { 男: 0.48, 女: 0.52 }`");
    /// Nested figures that do not fit the columns of the margin.
    MARGIN_DEPTH = Message::new("M0293", "`{category}` is nested {found} deep, but the margin `{margin}` needs {wanted}", "`{category}` 涉及 {found} 列的类别，而边际 `{margin}` 涉及 {wanted} 列")
        .hinted("nest one level of categories a column, such as `a × b: { a1: { b1: 0.2, b2: 0.3 }, … }`", "每列一层类别，例如 `a × b: { a1: { b1: 0.2, b2: 0.3 }, … }`");
    /// A figure that no weight can reach.
    MARGIN_FIGURE = Message::new("M0294", "the figure of `{category}` in the margin `{margin}` must be above 0, found {found}", "边际 `{margin}` 中 `{category}` 的数字应大于 0，却是 {found}")
        .hinted("leave the category out, and drop its answers with a filter if there are any", "请删去该类别；若有此类答卷，请用筛选条件剔除");
    /// Shares that do not add up.
    MARGIN_SUM = Message::new("M0295", "the margin `{margin}` adds up to {sum}, neither to 1 (shares) nor to 100 (percentages)", "边际 `{margin}` 合计 {sum}，既非 1（比例）也非 100（百分比）")
        .hinted("correct the figures, or write the counts behind them", "请更正数字，或改写为人数");
    /// Counts of different populations.
    MARGIN_TOTALS = Message::new("M0296", "the counts of the margin `{margin}` add up to {sum}, those of `{other}` to {wanted}", "边际 `{margin}` 的人数合计 {sum}，而 `{other}` 合计 {wanted}")
        .hinted("all counts must be of one population; correct them, or write shares", "各边际的人数须出自同一总体；请更正，或改写为比例");
    /// Post-stratification takes one margin.
    SEVERAL_MARGINS = Message::new("M0297", "`method: poststratify` takes exactly one margin, found {found}", "`method: poststratify` 只接受一个边际，却有 {found} 个")
        .hinted("cross the columns in one margin (`a × b`), or set `method: rake`", "请把各列交叉成一个边际（`a × b`），或设 `method: rake`");
    /// Limits that hold no weight of 1.
    BAD_TRIM = Message::new("M0298", "`trim` must have `low` from 0 to below 1 and `high` above 1, found {low} and {high}", "`trim` 的 `low` 应在 0 至 1 之间（不含 1），`high` 应大于 1，却是 {low} 与 {high}");
    /// A setting of the weighting outside its limits.
    BAD_SETTING = Message::new("M0299", "`{name}` must be {wanted}, found {found}", "`{name}` 应{wanted}，却是 {found}");
    /// A category that no weight can reach.
    CATEGORY_WITHOUT_ANSWERS = Message::new("M0410", "no answer of {place} with a weight above 0 is `{category}` in the margin `{margin}`", "{place}没有任何权数大于 0 的答卷属于边际 `{margin}` 的 `{category}`")
        .hinted("join it with another category in a derived column, or set `per: all` if other waves have such answers", "请用派生栏目把它与其他类别合并；若其他期次有此类答卷，可设 `per: all`");
    /// Answers that no figure speaks of.
    CATEGORY_WITHOUT_FIGURE = Message::new("M0411", "the margin `{margin}` has no figure for `{category}`: answers {count} ({rows})", "边际 `{margin}` 中没有 `{category}` 的数字，而答卷有 {count} 份（{rows}）")
        .hinted("write its figure, join it with another category in a derived column, or drop the answers with a filter", "请写出其数字，或用派生栏目与其他类别合并，或用筛选条件剔除这些答卷");
    /// Answers without a value in a margin's column.
    MARGIN_MISSING = Message::new("M0412", "answers without a value in the margin `{margin}`: {count} ({rows})", "有 {count} 份答卷在边际 `{margin}` 中没有取值（{rows}）")
        .hinted("set `missing: keep` to leave them at their share, or fill in or drop them", "可设 `missing: keep` 使其保持原有占比，也可补全或剔除");
    /// Raking gave up.
    NOT_CONVERGED = Message::new("M0413", "the weights of {place} still do not agree with the margins in pass {iterations}: `{category}` of `{margin}` is off by {error} of its figure", "{place}的权数经 {iterations} 轮仍不符合边际：边际 `{margin}` 的 `{category}` 相对差 {error}")
        .hinted("join small categories, drop a margin that contradicts another, or raise `max_iterations` or `tolerance`", "请合并过小的类别，去掉互相矛盾的边际，或调高 `max_iterations`、`tolerance`");
    /// Trimming and raking pull apart.
    TRIM_UNSTABLE = Message::new("M0414", "the weights of {place} cannot keep both the margins and `trim`: after {rounds} rounds one is still {ratio} of the mean", "{place}的权数无法同时满足边际与 `trim`：经 {rounds} 次截尾，仍有权数为均值的 {ratio} 倍")
        .hinted("widen `trim`, or join small categories", "请放宽 `trim`，或合并过小的类别");
    /// Calibrated standard errors where the waves were weighed together.
    CALIBRATED_TOGETHER = Message::new("M0450", "`variance: calibrated` needs weights that are made wave by wave, not `per: all`", "`variance: calibrated` 要求各期分别加权，不能与 `per: all` 同用")
        .hinted("leave out `per`, or `variance`", "请去掉 `per` 或 `variance`");
    /// A benchmark of an unknown metric.
    UNKNOWN_BENCHMARK = Message::new("M0420", "`benchmarks` names `{metric}`, which no plugin in use defines", "`benchmarks` 中的 `{metric}` 不是所用插件的指标");
    /// A benchmark that cannot be compared with.
    BAD_BENCHMARK = Message::new("M0421", "the {name} of a benchmark of `{metric}` cannot be {found}", "`{metric}` 的基准中 {name} 不能是 {found}")
        .hinted("`value` is a number in the unit of the metric, `se` a number of at least 0", "`value` 是以该指标单位表示的数字，`se` 是不小于 0 的数字");
    /// A benchmark from nowhere.
    NO_BENCHMARK_SOURCE = Message::new("M0422", "a benchmark of `{metric}` names no source", "`{metric}` 的基准没有注明来源")
        .hinted("say under `source` where the number comes from", "请在 `source` 中写明数字的出处");
}
