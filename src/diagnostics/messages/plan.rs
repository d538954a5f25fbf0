//! Messages about the plan that is made from findings (codes M0650 to M0689); those about its links are with the documents.

use super::{Message, messages};

messages! {
    /// A file of strategies that cannot be read.
    BAD_LIBRARY = Message::new("M0650", "the strategies cannot be read: {problem}", "无法读取策略库：{problem}")
        .hinted("docs/strategies.md shows the format", "格式见 docs/strategies.md");
    /// A strategy with a mistake.
    BAD_STRATEGY = Message::new("M0651", "strategy `{id}` is left out: {problem}", "策略 `{id}` 已略去：{problem}");
    /// A stated amount that is not quantity times price.
    WRONG_AMOUNT = Message::new("M0652", "`{item}` is stated as {stated}, but {quantity} × {price} = {amount}", "“{item}”写为 {stated}，而 {quantity} × {price} = {amount}")
        .hinted("correct the amount, or leave it out: it is calculated", "请更正金额，或不写：金额由程序计算");
    /// A stated total that is not the sum of the lines.
    WRONG_TOTAL = Message::new("M0653", "the costs are stated as {stated} in total, but the lines add up to {total}", "费用合计写为 {stated}，而各行之和为 {total}");
    /// An action that waits for an unknown one.
    UNKNOWN_PREDECESSOR = Message::new("M0654", "action `{action}` comes after the unknown action `{id}`", "行动 `{action}` 的前置行动 `{id}` 不存在");
    /// An action that starts before what it waits for is finished.
    STARTS_TOO_EARLY = Message::new("M0655", "action `{action}` starts on {start}, but `{before}`, which it comes after, ends on {end}", "行动 `{action}` 于 {start} 开始，但其前置行动 `{before}` 到 {end} 才结束");
    /// Actions that wait for each other.
    CIRCLE = Message::new("M0656", "actions wait for each other: {actions}", "行动互为前置：{actions}");
    /// A benefit without an amount and without what an amount is made of.
    INCOMPLETE_BENEFIT = Message::new("M0657", "the benefit `{item}` has neither an `amount` nor `customers` and `value`", "收益“{item}”既没有 `amount`，也没有 `customers` 与 `value`");
    /// A benefit of an unknown objective.
    UNKNOWN_BENEFIT_OBJECTIVE = Message::new("M0658", "the benefit `{item}` comes from the unknown objective `{id}`", "收益“{item}”所依据的目标 `{id}` 不存在");
    /// A range whose ends are not in order.
    BAD_RANGE = Message::new("M0659", "`{name}` needs low ≤ likely ≤ high, found {low}, {likely}, {high}", "`{name}` 须满足 low ≤ likely ≤ high，现为 {low}、{likely}、{high}");
    /// A strategy that the library does not have.
    UNKNOWN_LIBRARY_STRATEGY = Message::new("M0660", "the strategy library has no `{id}`", "策略库中没有 `{id}`")
        .hinted("`manyi plan --library` lists them", "用 `manyi plan --library` 查看全部");
    /// An action that a strategy of the library does not have.
    UNKNOWN_LIBRARY_ACTION = Message::new("M0661", "strategy `{strategy}` of the library has no action `{id}`", "策略库中的 `{strategy}` 没有行动 `{id}`");
    /// An action that ends after the objective it serves is due.
    ENDS_TOO_LATE = Message::new("M0662", "action `{action}` ends on {end}, after the objective `{objective}` is due on {by}", "行动 `{action}` 到 {end} 才结束，晚于目标 `{objective}` 的期限 {by}");
    /// An objective that is due before the document is dated.
    DUE_IN_THE_PAST = Message::new("M0663", "objective `{id}` is due on {by}, before the date of the document, {date}", "目标 `{id}` 的期限 {by} 早于文件日期 {date}");
    /// A finding beyond chance that nothing answers.
    FINDING_WITHOUT_OBJECTIVE = Message::new("M0664", "no objective answers the finding on `{metric}` ({kinds})", "没有目标回应 `{metric}` 的发现（{kinds}）")
        .hinted("add an objective on `{metric}`, or name it under `plan.accept` if nothing is to be done", "请为 `{metric}` 设定目标；若不处理，请列入 `plan.accept`");
    /// An objective that no finding calls for.
    OBJECTIVE_WITHOUT_FINDING = Message::new("M0665", "no finding calls for the objective `{id}` on `{metric}`", "目标 `{id}`（`{metric}`）没有对应的发现")
        .hinted("nothing shows that `{metric}` falls short; say in `text` why it is an objective", "数据未显示 `{metric}` 有不足；请在 `text` 中说明缘由");
    /// A target that the indicator has reached already, or that lies the wrong way.
    TARGET_REACHED = Message::new("M0666", "objective `{id}` asks for {target}, which `{metric}` has reached: {value}", "目标 `{id}` 要求 {target}，而 `{metric}` 已达到：{value}");
    /// Somebody with too many actions at once.
    OVERLOADED = Message::new("M0667", "`{who}` answers for {count} actions at once from {start} to {end}", "`{who}` 在 {start} 至 {end} 期间同时负责 {count} 项行动")
        .hinted("spread them over others or over time", "请分给他人或错开时间");
    /// A strategy that was picked but fits no objective.
    PICK_WITHOUT_OBJECTIVE = Message::new("M0668", "the picked strategy `{id}` answers none of the objectives", "选定的策略 `{id}` 与各项目标均不对应")
        .hinted("say under `plan.edit.{id}.serves` which objectives it serves", "请在 `plan.edit.{id}.serves` 中写明它服务的目标");
    /// Guide prices that cannot be used in another currency.
    OTHER_CURRENCY = Message::new("M0669", "the guide prices of `{id}` are in yuan and are left out of a budget in {currency}", "`{id}` 的参考价以元计，不列入以{currency}计的预算");
    /// A contingency for an unknown strategy.
    UNKNOWN_RISK_STRATEGY = Message::new("M0670", "a contingency is for the unknown strategy `{id}`", "应急预案对应的策略 `{id}` 不存在");
    /// A benefit reckoned from an indicator that is no share of customers.
    NOT_A_SHARE = Message::new("M0672", "the benefit `{item}` counts customers by `{metric}`, which is not a percentage", "收益“{item}”按 `{metric}` 计算顾客数，而它不是百分比")
        .hinted("give the benefit as an `amount`", "请直接写明 `amount`");
    /// A line of business that no strategy is made for.
    UNKNOWN_TRADE = Message::new("M0673", "no strategy is made for the trade `{trade}`", "没有为行业 `{trade}` 编写的策略")
        .hinted("the library knows {known}; leave `project.trade` out, or name the trade in strategies of your own", "策略库中有 {known}；可删去 `project.trade`，或在自备策略的 `trades` 中写明该行业");
    /// A role of the library that no suggested action has.
    UNKNOWN_ROLE = Message::new("M0671", "no suggested action is in the hands of `{role}`", "建议的行动中没有由 `{role}` 负责的");
}
