//! Messages about templates and documents (codes M05xx).

use super::{Message, messages};

messages! {
    /// A date of the plan that is none.
    BAD_DATE = Message::new("M0501", "`{value}` is not a date", "`{value}` 不是有效日期")
        .hinted("write it as `2026-12-31`", "请写成 `2026-12-31` 的形式");
    /// An action that ends before it starts.
    END_BEFORE_START = Message::new("M0502", "action `{id}` ends on {end}, before it starts on {start}", "行动 `{id}` 的结束日期 {end} 早于开始日期 {start}");
    /// Two entries of the plan with one id.
    DUPLICATE_ID = Message::new("M0503", "the id `{id}` stands twice", "编号 `{id}` 重复出现")
        .hinted("ids of objectives, strategies and actions are unique within their list", "目标、策略、行动的编号在各自列表中不得重复");
    /// An objective on a metric that no plugin has.
    UNKNOWN_METRIC = Message::new("M0504", "there is no metric `{id}`", "没有名为 `{id}` 的指标");
    /// A strategy that serves an unknown objective.
    UNKNOWN_OBJECTIVE = Message::new("M0505", "strategy `{strategy}` serves the unknown objective `{id}`", "策略 `{strategy}` 所服务的目标 `{id}` 不存在");
    /// An action that carries out an unknown strategy.
    UNKNOWN_STRATEGY = Message::new("M0506", "action `{action}` carries out the unknown strategy `{id}`", "行动 `{action}` 所属的策略 `{id}` 不存在");
    /// A cost line for an unknown action.
    UNKNOWN_ACTION = Message::new("M0507", "the cost `{item}` is for the unknown action `{id}`", "费用“{item}”对应的行动 `{id}` 不存在");
    /// An objective that nothing serves.
    ORPHAN_OBJECTIVE = Message::new("M0508", "no strategy serves the objective `{id}`", "没有策略服务于目标 `{id}`")
        .hinted("name it under `serves` of a strategy, or remove it", "请在某条策略的 `serves` 中列出它，或删除该目标");
    /// A strategy without an action.
    ORPHAN_STRATEGY = Message::new("M0509", "no action carries out the strategy `{id}`", "没有行动落实策略 `{id}`")
        .hinted("a plan is traced from finding to cost: add an action or remove the strategy", "策划书要从发现一路追溯到费用：请补上行动，或删除该策略");
    /// An objective without a value to reach.
    NO_OBJECTIVE_TARGET = Message::new("M0510", "objective `{id}` has no target and `targets` holds none for `{metric}`", "目标 `{id}` 没有目标值，`targets` 中也没有 `{metric}` 的目标值")
        .hinted("an objective is concrete: give it a `target`", "目标要具体：请写明 `target`");
    /// A foreword that is too long.
    LONG_FOREWORD = Message::new("M0511", "the foreword has {count} characters, more than {limit}", "前言有 {count} 个字，超过 {limit} 个字")
        .hinted("theme in one sentence, purpose, content", "前言只写一句话主题、目的和内容");
    /// An amount that is no number.
    BAD_AMOUNT = Message::new("M0512", "the amount of `{item}` is not a positive number", "“{item}”的金额不是正数");
    /// The pack has no such file.
    MISSING_TEMPLATE = Message::new("M0520", "the template pack `{pack}` has no file `{file}`", "模板包 `{pack}` 中没有文件 `{file}`");
    /// The pack's description is broken.
    BAD_PACK = Message::new("M0521", "`template.yaml` of the pack `{pack}` cannot be read: {problem}", "无法读取模板包 `{pack}` 的 `template.yaml`：{problem}");
    /// The pack does not speak the language.
    NO_ENTRY = Message::new("M0522", "the template pack `{pack}` has no template for `{lang}`", "模板包 `{pack}` 没有 `{lang}` 的模板");
    /// A template that does not parse or render.
    TEMPLATE_ERROR = Message::new("M0523", "template error: {problem}", "模板错误：{problem}");
    /// Raw HTML in Markdown.
    RAW_HTML = Message::new("M0530", "raw HTML `{html}` is shown as text", "HTML 标记 `{html}` 按文字显示")
        .hinted("templates are Markdown; HTML does not reach the page", "模板使用 Markdown，不支持 HTML");
    /// Broken arguments of a directive.
    BAD_DIRECTIVE = Message::new("M0531", "the arguments of `{directive}` cannot be read: {problem}", "无法读取 `{directive}` 的参数：{problem}")
        .hinted("put values through the filter `yaml`: `caption: {{ text | yaml }}`", "变量请使用 `yaml` 过滤器：`caption: {{ text | yaml }}`");
    /// A key that a directive does not know.
    UNKNOWN_ARGUMENT = Message::new("M0532", "`{directive}` has no argument `{key}`", "`{directive}` 没有参数 `{key}`");
    /// A value that a directive cannot use.
    BAD_ARGUMENT = Message::new("M0533", "`{key}` of `{directive}` cannot be `{value}`", "`{directive}` 的 `{key}` 不能是 `{value}`")
        .hinted("possible: {options}", "可用：{options}");
    /// A reference without its target.
    UNKNOWN_REFERENCE = Message::new("M0534", "the reference `#{id}` points to nothing", "引用 `#{id}` 没有对应的表、图或章节");
    /// An anchor that stands twice.
    DUPLICATE_ANCHOR = Message::new("M0535", "the anchor `{id}` stands twice", "锚点 `{id}` 重复出现");
    /// A link that is not allowed.
    BAD_LINK = Message::new("M0536", "the link `{url}` is dropped: only http, https and mailto are kept", "链接 `{url}` 已去除：只保留 http、https 和 mailto");
    /// An image in Markdown.
    IMAGE = Message::new("M0537", "the image `{url}` is left out", "图片 `{url}` 已略去")
        .hinted("figures are drawn with the directive `chart`", "图表请使用 `chart` 指令");
    /// A segment that the project does not have.
    UNKNOWN_SEGMENT = Message::new("M0538", "there is no segment `{id}`", "没有名为 `{id}` 的分组");
    /// A fenced block that looks like a directive and is none.
    UNKNOWN_DIRECTIVE = Message::new("M0541", "there is no block `{directive}`", "没有名为 `{directive}` 的代码块指令")
        .hinted("possible: {options}", "可用：{options}");
    /// A model that the project does not have.
    UNKNOWN_MODEL = Message::new("M0542", "there is no model `{id}`", "没有名为 `{id}` 的模型");
    /// A table that a model does not have.
    UNKNOWN_MODEL_TABLE = Message::new("M0543", "the model `{model}` has no table `{id}`", "模型 `{model}` 没有表 `{id}`");
    /// A question that no banner asks.
    UNKNOWN_QUESTION = Message::new("M0540", "no banner has a choice question `{id}`", "交叉表中没有选择题 `{id}`")
        .hinted("list it under `banners` in manyi.yaml", "请在 manyi.yaml 的 `banners` 中列出");
    /// A template that writes without end.
    ENDLESS_TEMPLATE = Message::new("M0545", "the template writes more than {limit} MB of text", "模板写出的文字超过 {limit} MB")
        .hinted("look for loops within loops", "请检查嵌套的循环");
    /// A line of a template whose mistakes could not be told.
    LONG_LINE = Message::new("M0546", "a line of {letters} bytes with {names} filters, functions and other names is too long for a template", "模板的一行长达 {letters} 字节，含 {names} 处过滤器、函数等名称，过长")
        .hinted("break it into several lines", "请拆成多行");
    /// A question that stands in several banners with different answers.
    AMBIGUOUS_QUESTION = Message::new("M0544", "more than one banner has a question `{id}`, with different answers", "不止一张交叉表有题目 `{id}`，且答案不同")
        .hinted("say which: `banner:` with one of {banners}", "请用 `banner:` 指明是哪一张：{banners}");
    /// A column without a distribution.
    UNKNOWN_DISTRIBUTION = Message::new("M0539", "there is no distribution of the column `{id}`", "没有列 `{id}` 的分布");
}
