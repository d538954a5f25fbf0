//! Messages about indicators (codes M04xx).

use super::{Message, messages};

messages! {
    /// The engine failed on the data.
    SCAN_FAILED = Message::new("M0401", "the answers could not be counted: {problem}", "无法统计答卷：{problem}")
        .hinted("look at the expressions of the plugin and at the mapping of its inputs", "请检查插件中的表达式以及输入的对应关系");
    /// A stratum with one unit.
    SINGLE_UNIT = Message::new("M0402", "the stratum `{stratum}` holds a single sampling unit, so its variance is unknown", "层 `{stratum}` 只有一个抽样单元，无法估计方差")
        .hinted("join it with another stratum, or set data.design.single_unit to certainty, adjust or average", "请与其他层合并，或把 data.design.single_unit 设为 certainty、adjust 或 average");
    /// explain: no such metric.
    UNKNOWN_METRIC = Message::new("M0403", "there is no metric `{metric}` in this project", "本项目中没有指标 `{metric}`")
        .hinted("metrics here: {known}", "可用的指标：{known}");
    /// explain: no such wave.
    UNKNOWN_WAVE = Message::new("M0404", "there is no wave `{wave}`", "没有 `{wave}` 这一期")
        .hinted("waves here: {known}", "可用的期：{known}");
    /// explain: no such segment.
    UNKNOWN_SEGMENT = Message::new("M0405", "there is no segment group `{segment}`", "没有分组 `{segment}`")
        .hinted("write --segment column=value; groups here: {known}", "请写 --segment 列=值；可用的分组：{known}");
    /// --segment in a project without segments.
    NO_SEGMENTS = Message::new("M0407", "the project has no segments, so there is no group `{segment}`", "本项目没有分组栏目，因此没有分组 `{segment}`")
        .hinted("name columns under `segments:`, or leave out --segment", "请在 `segments:` 下写上栏目，或去掉 --segment");
    /// --wave in a project without waves.
    NO_WAVES = Message::new("M0408", "the project has no waves, so there is no wave `{wave}`", "本项目没有分期，因此没有 `{wave}` 这一期")
        .hinted("say under `data.wave` what divides the answers, or leave out --wave", "请在 `data.wave` 中说明如何分期，或去掉 --wave");
    /// --segment without =.
    BAD_SEGMENT = Message::new("M0406", "`{segment}` is not of the form column=value", "`{segment}` 不是 列=值 的形式");
    /// A banner on a table that the project does not have.
    BANNER_TABLE = Message::new("M0440", "there is no operational table `{table}`", "没有业务表 `{table}`")
        .hinted("name a table of `tables`, or leave out `table` for the survey", "请写 `tables` 中的表名；问卷数据不必写 `table`");
    /// A banner question whose answers are personal data.
    BANNER_PERSONAL = Message::new("M0441", "`{name}` holds personal data and cannot be tabulated", "`{name}` 是个人信息，不能制表")
        .hinted("take it out of `questions`, or take away its mark `personal`", "请从 `questions` 中去掉，或去掉其 `personal` 标记");
    /// A banner without any question.
    BANNER_EMPTY = Message::new("M0442", "the banner `{id}` has no question to tabulate", "交叉表 `{id}` 没有可制表的题目")
        .hinted("name columns of type scale, single, multi, boolean or number under `questions`", "请在 `questions` 下写上类型为 scale、single、multi、boolean 或 number 的列");
    /// A question with very many options, left out of a banner that names no questions.
    BANNER_LONG = Message::new("M0443", "`{name}` has {count} options and is left out of the banner `{id}`", "`{name}` 有 {count} 个选项，未列入交叉表 `{id}`")
        .hinted("name it under `questions` to have it", "如需列入，请写在 `questions` 下");
    /// tables --id with an id that no banner has.
    UNKNOWN_BANNER = Message::new("M0444", "there is no banner `{id}`", "没有交叉表 `{id}`")
        .hinted("banners here: {known}", "可用的交叉表：{known}");
    /// tables in a project without banners.
    NO_BANNERS = Message::new("M0445", "the project has no banners", "本项目没有交叉表")
        .hinted("name at least one under `banners:`, such as `- id: all`", "请在 `banners:` 下至少写一个，例如 `- id: all`");
    /// check: one title for two indicators.
    EQUAL_TITLES = Message::new("M0446", "`{first}` and `{second}` have the same title “{title}”, so that their numbers look like two answers to one question", "`{first}` 与 `{second}` 的标题都是“{title}”，读者会以为同一项指标有两个数值")
        .hinted("leave one of them out under `metrics`, or give it a title of its own in the plugin", "请在 `metrics` 中略去其一，或在插件中另取标题");
    /// check: an option of a report in two languages without a label.
    OPTION_WITHOUT_LABEL = Message::new("M0447", "`{column}` has no name for `{option}` in English, so that the English documents print it as it is", "`{column}` 的选项 `{option}` 没有英文名称，英文文件将照原样印出")
        .hinted("write titles: { {option}: { en: … } } for each option; where the list of options is fixed, write labels: { {option}: { zh-CN: …, en: … } }", "请为各选项写上 titles: { {option}: { en: … } }；若选项固定不变，可写 labels: { {option}: { zh-CN: …, en: … } }");
}
