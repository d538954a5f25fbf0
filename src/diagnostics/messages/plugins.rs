//! Messages about plugins (codes M03xx).

use super::{Message, messages};

messages! {
    /// Another format version.
    UNKNOWN_MANIFEST = Message::new("M0301", "manifest version {found} is unknown, this program reads version {known}", "不认识清单版本 {found}，本程序只读版本 {known}");
    /// Folder name differs from id.
    ID_IS_NOT_FOLDER = Message::new("M0302", "the plugin id `{id}` differs from its folder `{folder}`", "插件编号 `{id}` 与文件夹名 `{folder}` 不一致")
        .hinted("rename one of the two", "请改其中之一");
    /// Needs another program version.
    NEEDS_OTHER_MANYI = Message::new("M0303", "the plugin needs manyi {wanted}, this is {own}", "该插件需要 manyi {wanted}，当前版本为 {own}");
    /// Version is no semver.
    BAD_VERSION = Message::new("M0304", "`{version}` is not a version: {problem}", "`{version}` 不是版本号：{problem}")
        .hinted("write three numbers: 1.0.0", "请写三段数字：1.0.0");
    /// Input name unusable in expressions.
    BAD_INPUT_NAME = Message::new("M0305", "`{name}` cannot be the name of an input", "`{name}` 不能用作输入名")
        .hinted("names begin with a letter and hold letters, digits and `_` only", "名称须以字母开头，只含字母、数字与 `_`");
    /// Metric id twice.
    REPEATED_METRIC = Message::new("M0306", "the metric `{metric}` is declared twice", "指标 `{metric}` 声明了两次");
    /// Estimator lacks a key.
    KEY_NEEDED = Message::new("M0307", "the {estimator} `{id}` needs the key `{key}`", "`{id}` 是 {estimator} 类指标，需要键 `{key}`");
    /// Estimator has no use for a key.
    KEY_WITHOUT_USE = Message::new("M0308", "the {estimator} `{id}` has no use for the key `{key}`", "`{id}` 是 {estimator} 类指标，用不到键 `{key}`")
        .hinted("remove it, or choose another estimator", "请删去，或换一种估计方法");
    /// Probability outside 0..1.
    BAD_PROBABILITY = Message::new("M0309", "the probability of `{id}` ({estimator}) must lie between 0 and 1, found {found}", "`{id}`（{estimator}）的概率应在 0 与 1 之间，却是 {found}");
    /// Weight not positive.
    BAD_COMPONENT_WEIGHT = Message::new("M0310", "the weight of component `{metric}` must be greater than 0, found {found}", "分项 `{metric}` 的权重应大于 0，却是 {found}");
    /// rescale upside down.
    BAD_RESCALE = Message::new("M0311", "`rescale` must go from low to high, found {low} to {high}", "`rescale` 应由低到高，却是 {low} 到 {high}");
    /// Reference to an unknown metric.
    UNKNOWN_METRIC = Message::new("M0312", "there is no metric `{metric}`", "没有指标 `{metric}`");
    /// Composite of something that cannot be combined.
    BAD_COMPONENT = Message::new("M0313", "`{metric}` is a {estimator} and cannot be a component", "`{metric}` 是 {estimator} 类指标，不能作为分项")
        .hinted("components are means, proportions, ratios or net scores", "分项只能是均值、比例、比率或净值");
    /// Two plugins with the same id.
    SAME_ID = Message::new("M0314", "the project's plugin `{id}` has the id of a built-in one", "项目插件 `{id}` 与内置插件同名")
        .hinted("choose another id, or write `replace: true` into its plugin.yaml", "请换一个编号，或在 plugin.yaml 中写 `replace: true`");
    /// Project uses an unknown plugin.
    UNKNOWN_PLUGIN = Message::new("M0315", "there is no plugin `{id}`", "没有插件 `{id}`")
        .hinted("`manyi plugins list` shows all of them", "`manyi plugins list` 会列出全部插件");
    /// Project maps an input that the plugin lacks.
    UNKNOWN_INPUT = Message::new("M0316", "the plugin `{plugin}` has no input `{input}`", "插件 `{plugin}` 没有输入 `{input}`");
    /// A required input has no column.
    INPUT_NOT_FED = Message::new("M0317", "no column feeds the input `{input}` of plugin `{plugin}`", "插件 `{plugin}` 的输入 `{input}` 没有对应的列")
        .hinted("add `{input}: <column>` under plugins.{plugin}.inputs", "请在 plugins.{plugin}.inputs 下加上 `{input}: <列名>`");
    /// Column of the wrong kind for an input.
    WRONG_INPUT_TYPE = Message::new("M0318", "the input `{input}` needs a {wanted}, `{expression}` gives a {found}", "输入 `{input}` 需要 {wanted} 类型，而 `{expression}` 给出 {found}");
    /// Scale of another length.
    OTHER_SCALE = Message::new("M0319", "the input `{input}` is a scale from {wanted}, the column `{column}` runs from {found}", "输入 `{input}` 的量表为 {wanted}，而列 `{column}` 为 {found}")
        .hinted("shares on scales of different length are never compared: recode the column, or use a plugin made for its scale", "不同长度量表的占比不可相互比较：请重新编码该列，或改用适合其量表的插件");
    /// Metrics of a plugin that cannot be computed because inputs are missing.
    METRICS_WITHOUT_INPUT = Message::new("M0320", "`{plugin}` lacks the inputs in brackets for {metrics}", "`{plugin}` 的这些指标缺少括号中的输入，无法计算：{metrics}")
        .hinted("if the survey asked them, name their columns under plugins.{plugin}.inputs; else the document says what is missing", "若问卷问过，请在 plugins.{plugin}.inputs 中写明对应的列；否则文档会说明缺了什么");
    /// No metric of the project can be computed.
    NOTHING_ASKED = Message::new("M0395", "no metric of {plugins} can be computed, so the documents hold no indicator", "{plugins} 的指标无一可以计算，文档中将没有任何指标")
        .hinted("feed the inputs of a plugin that fits the questions of the survey: `csat` needs one question about satisfaction, `nps` one from 0 to 10 about recommending; `manyi plugins list` shows all", "请使用与问卷题目相符的插件并填写其输入：`csat` 只需一道满意度题，`nps` 只需一道 0–10 分的推荐意愿题；`manyi plugins list` 列出全部插件");
    /// Project selects an unknown metric.
    UNKNOWN_SELECTED_METRIC = Message::new("M0321", "the plugin `{plugin}` has no metric `{metric}`", "插件 `{plugin}` 没有指标 `{metric}`");
    /// Weights for something that is not a composite.
    NOT_A_COMPOSITE = Message::new("M0322", "`{metric}` is not a composite, so it takes no weights", "`{metric}` 不是综合指标，不接受权重");
    /// Weights name an unknown component.
    UNKNOWN_COMPONENT = Message::new("M0323", "`{metric}` has no component `{component}`", "`{metric}` 没有分项 `{component}`");
    /// No plugin in use.
    NO_PLUGINS = Message::new("M0324", "the project uses no plugin, so there is nothing to compute", "项目没有使用任何插件，无可计算")
        .hinted("name a plugin under `plugins:` and its inputs, such as `enterprise-csi` with `inputs:` and `praise: <column>` below it", "请在 `plugins:` 下写上插件及其输入，例如 `enterprise-csi`，其下 `inputs:` 写 `praise: <列名>`");
    /// Target for an unknown metric.
    UNKNOWN_TARGET = Message::new("M0325", "there is a target for `{metric}`, but no such metric", "为 `{metric}` 设了目标，但没有这个指标");
    /// tests.yaml case failed.
    TEST_FAILED = Message::new("M0326", "case `{case}`: {what} of `{metric}` is {found}, expected {expected}", "用例 `{case}`：`{metric}` 的 {what} 为 {found}，应为 {expected}");
    /// A test names an unknown input or metric.
    TEST_NAME = Message::new("M0327", "case `{case}` names `{name}`, which the plugin does not have", "用例 `{case}` 写到的 `{name}` 在插件中不存在");
    /// An input type that has no place in expressions yet.
    NO_PLUGIN_FILE = Message::new("M0328", "the folder `{folder}` holds no `plugin.yaml`", "文件夹 `{folder}` 中没有 `plugin.yaml`");
    /// Same metric id from two plugins.
    METRIC_IN_TWO_PLUGINS = Message::new("M0329", "the metric `{metric}` is declared by `{first}` and by `{second}`", "指标 `{metric}` 同时由 `{first}` 与 `{second}` 声明")
        .hinted("leave one of them out with `metrics: [...]` under plugins.{second}", "请在 plugins.{second} 下用 `metrics: [...]` 略去其一");
    /// Metric id unusable in files and on the command line.
    BAD_METRIC_ID = Message::new("M0330", "`{id}` cannot be the id of a metric", "`{id}` 不能用作指标编号")
        .hinted("ids begin with a letter and hold letters, digits and `_` only, best a-z, 0-9 and `_`", "编号须以字母开头，只含字母、数字与 `_`，建议只用 a-z、0-9 与 `_`");
    /// A test expects a metric that the plugin's own mistakes removed.
    TEST_NOT_COMPUTED = Message::new("M0331", "case `{case}`: `{metric}` could not be computed", "用例 `{case}`：无法计算 `{metric}`")
        .hinted("correct the errors of `plugin.yaml` first", "请先更正 `plugin.yaml` 中的错误");
    /// A value of a test that its input cannot have.
    TEST_VALUE = Message::new("M0332", "case `{case}`: the input `{input}` is of type `{wanted}` and cannot be {found}", "用例 `{case}`：输入 `{input}` 的类型是 `{wanted}`，不能是 {found}")
        .hinted("write numbers and true or false without quotes, and leave an input out where it was not answered", "数字与 true、false 不加引号；未作答的输入请略去");
    /// A plugin that is not built in, asked for outside of a project.
    UNKNOWN_PLUGIN_NO_PROJECT = Message::new("M0333", "there is no built-in plugin `{id}`, and `{folder}` is no project with plugins of its own", "没有内置插件 `{id}`，且 `{folder}` 不是项目，没有自己的插件")
        .hinted("plugins of a project are found in `plugins` beside its `manyi.yaml`: name that folder", "项目插件位于 `manyi.yaml` 旁的 `plugins` 中，请指明该项目文件夹");
    /// Every component of a composite has the weight 0.
    NO_COMPONENT_LEFT = Message::new("M0334", "no component of `{metric}` has a weight above 0", "`{metric}` 没有任何权重大于 0 的分项")
        .hinted("give at least one of its components a weight above 0: {components}", "请给至少一个分项大于 0 的权重：{components}");
    /// A plugin whose table the project lacks.
    UNKNOWN_TABLE = Message::new("M0335", "`{plugin}` needs the table `{table}`, which the project does not declare", "`{plugin}` 需要业务表 `{table}`，项目中没有声明")
        .hinted("declare it under `tables:`, or name another with `table:` under plugins.{plugin}; `responses` is the survey", "请在 `tables:` 下声明该表，或在 plugins.{plugin} 下用 `table:` 指明另一张表；`responses` 表示问卷");
    /// A table with waves beside a survey without.
    TABLE_WAVES_ALONE = Message::new("M0336", "the table `{table}` has waves and the survey has none, so documents leave its estimates out", "业务表 `{table}` 分期而问卷不分期，文档将略去其估计值")
        .hinted("give the survey's sources a `wave`, such as `wave: 2026-11`, or take `wave` away from the table", "请给问卷来源写上 `wave`，如 `wave: 2026-11`，或去掉该表的 `wave`");
    /// Waves that the survey does not have.
    TABLE_WAVES_DIFFER = Message::new("M0337", "the table `{table}` has waves that the survey lacks: {waves}", "业务表 `{table}` 有问卷所没有的期次：{waves}")
        .hinted("they are in `manyi metrics`; documents show the waves of the survey", "`manyi metrics` 会列出它们；文档只显示问卷的期次");
    /// Nothing in the newest wave.
    TABLE_WITHOUT_NEWEST = Message::new("M0338", "the table `{table}` has no rows in the newest wave `{wave}` of the survey", "业务表 `{table}` 在问卷最新一期 `{wave}` 中没有数据")
        .hinted("check that the file is complete and that its waves have the names of the survey's", "请检查文件是否完整，期次名称是否与问卷一致");
    /// Items of a set that the project does not feed.
    ITEMS_LEFT_OUT = Message::new("M0339", "`{plugin}` does without the inputs in brackets for {metrics}", "`{plugin}` 的这些指标略去括号中的输入：{metrics}")
        .hinted("the mean of a set is taken over the items that have a column", "题组均值按已有对应列的题目计算");
    /// An id that is no folder name everywhere.
    BAD_PLUGIN_ID = Message::new("M0375", "`{id}` cannot be the id of a plugin", "`{id}` 不能用作插件编号")
        .hinted("ids begin with a lower-case letter and hold lower-case letters, digits and `-`", "编号须以小写字母开头，只含小写字母、数字与 `-`");
    /// Neither a project nor its folder of plugins.
    NO_PLACE = Message::new("M0376", "`{folder}` is no project, and no `plugins` folder of one", "`{folder}` 不是项目，也不是项目的 `plugins` 文件夹")
        .hinted("go to the folder with `manyi.yaml`, or name it with `--project`; `manyi init` makes one", "请进入含 `manyi.yaml` 的文件夹，或用 `--project` 指明；`manyi init` 可新建项目");
    /// The folder or a built-in plugin exists.
    PLUGIN_EXISTS = Message::new("M0377", "there is a plugin `{id}` already", "已有插件 `{id}`")
        .hinted("choose another id; nothing was written", "请换一个编号；没有写入任何文件");
}
