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
    /// --segment without =.
    BAD_SEGMENT = Message::new("M0406", "`{segment}` is not of the form column=value", "`{segment}` 不是 列=值 的形式");
}
