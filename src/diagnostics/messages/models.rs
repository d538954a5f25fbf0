//! Messages about models (codes M0600 to M0649).

use super::{Message, messages};

messages! {
    /// A plugin that measures nothing.
    NOTHING_DECLARED = Message::new("M0600", "the plugin declares neither metrics nor models", "插件既没有指标，也没有模型")
        .hinted("add `metrics:` or `models:`", "请加上 `metrics:` 或 `models:`");
    /// Model id unusable in files and on the command line.
    BAD_MODEL_ID = Message::new("M0601", "`{model}` cannot be the id of a model", "`{model}` 不能用作模型编号")
        .hinted("ids begin with a letter and hold letters, digits and `_` only, best a-z, 0-9 and `_`", "编号须以字母开头，只含字母、数字与 `_`，建议只用 a-z、0-9 与 `_`");
    /// The id of a model twice, or that of a metric.
    REPEATED_MODEL = Message::new("M0602", "`{model}` is the id of two models, or of a model and a metric", "编号 `{model}` 用于两个模型，或同时用于模型与指标")
        .hinted("give the model an id of its own", "请给模型一个不重复的编号");
    /// Bootstrap replicates out of range.
    BAD_REPLICATES = Message::new("M0603", "the number of bootstrap replicates of `{model}` must be 0, or 2 to 100000", "`{model}` 的自助重抽样次数应为 0，或 2 到 100000");
    /// An item without an expression.
    EMPTY_ITEM = Message::new("M0604", "an item of `{model}` has no expression", "`{model}` 的一个题项没有表达式")
        .hinted("write the name of an input, or `of: <expression>`", "请写输入名，或 `of: <表达式>`");
    /// An expression that is no name needs an id.
    ITEM_WITHOUT_ID = Message::new("M0605", "the item `{item}` of `{model}` needs an `id`", "`{model}` 的题项 `{item}` 需要 `id`")
        .hinted("only an input that stands alone lends its name", "只有单独一个输入才能以其名为编号");
    /// Two items of the same id.
    REPEATED_ITEM = Message::new("M0606", "`{model}` has two items `{item}`", "`{model}` 有两个题项 `{item}`")
        .hinted("give one of them another `id`", "请给其中一个换一个 `id`");
    /// `model:` names no method.
    UNKNOWN_METHOD = Message::new("M0607", "`{model}`: there is no method `{method}`", "`{model}`：没有方法 `{method}`")
        .hinted("methods: {known}", "可用的方法：{known}");
    /// A method without its outcome.
    OUTCOME_NEEDED = Message::new("M0608", "`{model}`: the method {method} explains an outcome and needs the key `of`", "`{model}`：方法 {method} 解释一个结果变量，需要键 `of`");
    /// An outcome for a method that has none.
    OUTCOME_WITHOUT_USE = Message::new("M0609", "`{model}`: the method {method} has no outcome and no use for the key `of`", "`{model}`：方法 {method} 没有结果变量，用不到键 `of`");
    /// Too few or too many items.
    WRONG_ITEM_COUNT = Message::new("M0610", "`{model}`: the method {method} takes {fewest} to {most} items, found {found}", "`{model}`：方法 {method} 接受 {fewest} 到 {most} 个题项，却有 {found} 个");
    /// An item without an expression that the method wants.
    ITEM_KEY_NEEDED = Message::new("M0611", "`{model}`: the item `{item}` needs the key `{key}` ({method})", "`{model}`：题项 `{item}` 需要键 `{key}`（{method}）");
    /// An expression that the method has no use for.
    ITEM_KEY_WITHOUT_USE = Message::new("M0612", "`{model}`: the method {method} has no use for the key `{key}` of the item `{item}`", "`{model}`：方法 {method} 用不到题项 `{item}` 的键 `{key}`");
    /// An option that the method does not have.
    UNKNOWN_OPTION = Message::new("M0613", "`{model}`: the method {method} has no option `{option}`", "`{model}`：方法 {method} 没有选项 `{option}`")
        .hinted("options: {known}", "可用的选项：{known}");
    /// An option of another kind or out of range.
    BAD_OPTION = Message::new("M0614", "`{model}`: the option `{option}` of {method} must be {wanted}, found {found}", "`{model}`：{method} 的选项 `{option}` 应为 {wanted}，却是 {found}");
    /// Items without their inputs.
    ITEMS_LEFT_OUT = Message::new("M0615", "`{model}` is computed without these items, whose inputs no column feeds: {items}", "`{model}` 未计入以下题项，因其输入没有对应的列：{items}");
    /// A model that cannot be computed for want of inputs.
    MODEL_WITHOUT_INPUT = Message::new("M0616", "`{model}` cannot be computed, no column feeds {inputs}", "无法计算 `{model}`，以下输入没有对应的列：{inputs}")
        .hinted("name their columns under `plugins:`, or pick the models to compute with `models: [...]` there", "请在 `plugins:` 下写明对应的列，或在那里用 `models: [...]` 选择要计算的模型");
    /// Project selects an unknown model.
    UNKNOWN_SELECTED_MODEL = Message::new("M0617", "the plugin `{plugin}` has no model `{model}`", "插件 `{plugin}` 没有模型 `{model}`");
    /// Same model id from two plugins.
    MODEL_IN_TWO_PLUGINS = Message::new("M0618", "the model `{model}` is declared by `{first}` and by `{second}`", "模型 `{model}` 同时由 `{first}` 与 `{second}` 声明")
        .hinted("leave one of them out with `models: [...]` under plugins.{second}", "请在 plugins.{second} 下用 `models: [...]` 略去其一");
    /// A model without a result for a group.
    NO_RESULT = Message::new("M0619", "`{model}` has no result ({group}): {problem}", "`{model}` 没有结果（{group}）：{problem}");
    /// Not enough complete answers for the method.
    TOO_FEW_ANSWERS = Message::new("M0620", "the method needs {needed} or more complete answers, found: {found}", "该方法需要 {needed} 份完整答卷，只有 {found} 份")
        .hinted("leave out items that few people answered, or widen the base", "请去掉作答人数少的题项，或放宽基数");
    /// A constant column.
    NO_VARIATION = Message::new("M0621", "`{column}` has the same value in all complete answers", "`{column}` 在全部完整答卷中取值相同")
        .hinted("leave the item out: what does not vary explains nothing", "请去掉该题项：没有变化的题项无从解释");
    /// Linear dependence.
    SINGULAR = Message::new("M0622", "the columns determine each other, so that their parts cannot be told apart", "各列彼此完全决定，无法分清各自的部分")
        .hinted("look for an item that is a copy, a sum or a remainder of others", "请检查是否有题项是其他题项的重复、合计或余项");
    /// Iteration did not settle.
    NOT_CONVERGED = Message::new("M0623", "the iteration did not settle in {steps} steps", "迭代 {steps} 步后仍未收敛");
    /// Anything else.
    NOT_POSSIBLE = Message::new("M0624", "{problem}", "{problem}");
    /// Too many replicates without a result.
    REPLICATES_FAILED = Message::new("M0625", "`{model}` ({group}): {failed} of {replicates} bootstrap replicates have no result, so there are no standard errors; the first: {problem}", "`{model}`（{group}）：{replicates} 次自助重抽样中有 {failed} 次没有结果，因此不给出标准误；首个原因：{problem}")
        .hinted("the base is too small, or an item hardly varies", "基数过小，或某题项几乎没有变化");
    /// A test expects something of a model that it does not give.
    TEST_NO_NUMBER = Message::new("M0626", "case `{case}`: `{model}` gives no {what}", "用例 `{case}`：`{model}` 没有给出 {what}");
    /// explain: no such metric or model.
    MODEL_NOT_FOR_GROUP = Message::new("M0627", "`{model}` is not computed for `{group}`", "`{model}` 未对 `{group}` 计算")
        .hinted("groups are computed in the newest wave, for models with `by: [total, segments]`", "分组只在最新一期、且模型写有 `by: [total, segments]` 时计算");
    /// An option that only works with a range of the items.
    RANGE_NEEDED = Message::new("M0628", "`{model}`: `{option}` of {method} needs a `range` of the items", "`{model}`：{method} 的 `{option}` 需要题项的 `range`")
        .hinted("give the inputs or the items a `range: [1, 5]`", "请为输入或题项写上 `range: [1, 5]`");
    /// A metric that publishes a value of an unknown model.
    UNKNOWN_MODEL = Message::new("M0629", "the plugin has no model `{model}`", "插件中没有模型 `{model}`");
    /// An option names an unknown item.
    UNKNOWN_MODEL_ITEM = Message::new("M0630", "`{model}` has no item `{item}` ({method})", "`{model}` 没有题项 `{item}`（{method}）")
        .hinted("options name items by their `id`", "选项中以题项的 `id` 指称题项");
    /// Constructs and paths that make no path model.
    BAD_STRUCTURE = Message::new("M0631", "`{model}` ({method}): {problem}", "`{model}`（{method}）：{problem}");
    /// A method without its groups.
    GROUP_NEEDED = Message::new("M0632", "`{model}`: the method {method} compares groups and needs the key `group`", "`{model}`：方法 {method} 比较各组，需要键 `group`");
    /// Groups for a method that has none.
    GROUP_WITHOUT_USE = Message::new("M0633", "`{model}`: the method {method} has no use for the key `group`", "`{model}`：方法 {method} 用不到键 `group`");
    /// Parts of an index hierarchy that are none.
    BAD_HIERARCHY = Message::new("M0634", "`{model}` ({method}): {problem}", "`{model}`（{method}）：{problem}");
    /// Judgements of an index hierarchy that contradict each other.
    INCONSISTENT = Message::new("M0635", "`{model}` ({method}): the judgements of `{node}` contradict each other: consistency ratio {ratio}, above 0.1; look first at {pair}, judged {given}, while the others imply {implied}", "`{model}`（{method}）：`{node}` 的判断相互矛盾：一致性比率 {ratio}，大于 0.1；请先看 {pair}，给出的判断为 {given}，其余判断意味着 {implied}")
        .hinted("ask the judges again; the weights are used as they are", "请重新征询判断；权重仍按现有判断计算");
}
