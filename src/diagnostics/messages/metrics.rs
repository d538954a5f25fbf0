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
}
