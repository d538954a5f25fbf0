//! Messages about metric modules in WebAssembly (codes M0350 to M0379). Those of a failed call name plugin, metric
//! and group of answers.

use super::{Message, messages};

messages! {
    /// The engine cannot be set up.
    ENGINE = Message::new("M0350", "`{metric}` of `{plugin}` ({segment}) is missing: the WebAssembly engine cannot start: {detail}", "缺少 `{plugin}` 的 `{metric}`（{segment}）：WebAssembly 引擎无法启动：{detail}")
        .hinted("free some memory, or run manyi on another machine", "请释放内存，或换一台机器运行 manyi");
    /// Module file too large.
    FILE_SIZE = Message::new("M0351", "`{metric}` of `{plugin}` ({segment}) is missing: its module has {bytes} bytes, {most} are allowed", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块有 {bytes} 字节，最多允许 {most} 字节")
        .hinted("build the module in release mode, with `strip = true` and `opt-level = \"s\"`", "请以 release 方式构建模块，并设 `strip = true` 与 `opt-level = \"s\"`");
    /// Not a component.
    NOT_A_COMPONENT = Message::new("M0352", "`{metric}` of `{plugin}` ({segment}) is missing: its module is no WebAssembly component: {detail}", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块不是 WebAssembly 组件：{detail}")
        .hinted("build the module again; the section on WebAssembly in plugins/README.md shows how", "请重新构建模块，步骤见 plugins/README.md 中关于 WebAssembly 的一节");
    /// A core module.
    CORE_MODULE = Message::new("M0353", "`{metric}` of `{plugin}` ({segment}) is missing: its module was compiled, but not made a component", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块已编译，但尚未转为组件")
        .hinted("run `wasm-tools component new <compiled file> -o module.wasm`", "请运行 `wasm-tools component new <编译所得文件> -o module.wasm`");
    /// Imports.
    IMPORTS = Message::new("M0354", "`{metric}` of `{plugin}` ({segment}) is missing: its module asks for {names}, and modules get nothing from outside", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块要求 {names}，而模块不得使用任何外部功能")
        .hinted("build it for `wasm32-unknown-unknown`, without files, clock, random numbers and printing", "请以 `wasm32-unknown-unknown` 为目标构建，不使用文件、时钟、随机数与打印");
    /// Interface missing or of another version.
    WRONG_INTERFACE = Message::new("M0355", "`{metric}` of `{plugin}` ({segment}) is missing: its module does not export `manyi:metrics/module@1.0.0`: {detail}", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块没有导出 `manyi:metrics/module@1.0.0`：{detail}")
        .hinted("build it against the WIT file that `manyi plugins new <id> --wasm` writes", "请依照 `manyi plugins new <编号> --wasm` 写出的 WIT 文件构建");
    /// Lists of different length.
    UNEQUAL_LENGTHS = Message::new("M0356", "`{metric}` of `{plugin}` ({segment}) is missing: the column `{column}` and the weights have different lengths", "缺少 `{plugin}` 的 `{metric}`（{segment}）：列 `{column}` 与权重长度不同");
    /// Memory.
    MEMORY = Message::new("M0357", "`{metric}` of `{plugin}` ({segment}) is missing: its module needs more than {limit} MiB of memory", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块所需内存超过 {limit} MiB")
        .hinted("raise `limits.memory_mb` in its plugin.yaml, or let the module keep less", "请在其 plugin.yaml 中调高 `limits.memory_mb`，或让模块少占内存");
    /// Time.
    TIME = Message::new("M0358", "`{metric}` of `{plugin}` ({segment}) is missing: its module ran longer than {limit} s", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块运行超过 {limit} 秒")
        .hinted("raise `limits.seconds` in its plugin.yaml, or look for an endless loop in the module", "请在其 plugin.yaml 中调高 `limits.seconds`，或检查模块中是否有死循环");
    /// Output.
    OUTPUT_SIZE = Message::new("M0359", "`{metric}` of `{plugin}` ({segment}) is missing: its module returned more than {limit} KiB", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块返回的内容超过 {limit} KiB")
        .hinted("raise `limits.output_kb` in its plugin.yaml, or return less", "请在其 plugin.yaml 中调高 `limits.output_kb`，或减少返回内容");
    /// Stack.
    STACK = Message::new("M0360", "`{metric}` of `{plugin}` ({segment}) is missing: the calls inside its module are nested too deeply", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块内部调用嵌套过深")
        .hinted("look for a function that calls itself without end", "请检查是否有无休止调用自身的函数");
    /// Trap.
    TRAP = Message::new("M0361", "`{metric}` of `{plugin}` ({segment}) is missing: its module broke off: {detail}", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块中止：{detail}")
        .hinted("return a `problem` instead of panicking; `manyi plugins test {plugin}` runs the module on small tables", "请返回 `problem` 而不要 panic；`manyi plugins test {plugin}` 可用小表运行该模块");
    /// The module's own problem.
    REFUSED = Message::new("M0362", "`{metric}` of `{plugin}` ({segment}) is missing: its module says `{code}`: {words}", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块报告 `{code}`：{words}")
        .hinted("the README of the plugin should explain the code", "该代码的含义应见于插件的 README");
    /// Undeclared id.
    UNDECLARED = Message::new("M0363", "`{metric}` of `{plugin}` ({segment}) is missing: its module returned `{id}`, which plugin.yaml does not declare", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块返回了 plugin.yaml 中未声明的 `{id}`")
        .hinted("declare it under `yields`, or leave it out", "请在 `yields` 下声明，或不返回它");
    /// Missing id.
    MISSING = Message::new("M0364", "`{metric}` of `{plugin}` ({segment}) is missing: its module did not return `{id}`, which plugin.yaml declares", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块没有返回 plugin.yaml 中声明的 `{id}`")
        .hinted("return it without a value where it does not exist", "若该值不存在，也请返回，只是不带数值");
    /// Repeated id.
    REPEATED = Message::new("M0365", "`{metric}` of `{plugin}` ({segment}) is missing: its module returned `{id}` twice", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块两次返回 `{id}`");
    /// NaN or infinite.
    NOT_FINITE = Message::new("M0366", "`{metric}` of `{plugin}` ({segment}) is missing: its module returned `{id}` as NaN or infinity", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块返回的 `{id}` 是 NaN 或无穷大")
        .hinted("return no value where a number does not exist, such as a mean without answers", "数值不存在时（例如没有作答者的均值）请不带数值返回");
    /// Standard error or interval out of order.
    UNORDERED = Message::new("M0367", "`{metric}` of `{plugin}` ({segment}) is missing: its module returned `{id}` with a negative standard error, or with an interval from high to low", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块返回的 `{id}` 标准误为负，或区间上下限颠倒");
    /// Shape of a table.
    SHAPE = Message::new("M0368", "`{metric}` of `{plugin}` ({segment}) is missing: its module returned the table `{id}` with other columns than declared, or a row with another number of cells", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块返回的表 `{id}` 与声明的列不符，或某行单元格数不符")
        .hinted("the columns under `yields` and those of the module must agree in name and order", "`yields` 下的列与模块返回的列，名称与顺序须一致");
    /// Text.
    TEXT = Message::new("M0369", "`{metric}` of `{plugin}` ({segment}) is missing: a text in `{id}` of its module is empty, longer than {most} characters or holds control characters", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块在 `{id}` 中返回的文字为空、超过 {most} 个字符，或含有控制字符");
    /// More answers than there are.
    BASE = Message::new("M0370", "`{metric}` of `{plugin}` ({segment}) is missing: its module returned `{id}` with more answers than there are", "缺少 `{plugin}` 的 `{metric}`（{segment}）：模块返回的 `{id}` 所依据的答卷多于实有答卷");
    /// File name that leads elsewhere.
    BAD_FILE_NAME = Message::new("M0371", "`{file}` cannot be the file of a module", "`{file}` 不能用作模块文件")
        .hinted("name a file in the plugin's folder that ends in `.wasm`, such as `module.wasm`", "请写插件文件夹中以 `.wasm` 结尾的文件，例如 `module.wasm`");
    /// Limit out of range.
    BAD_LIMIT = Message::new("M0372", "the limit `{limit}` must be greater than 0 and at most {most}", "上限 `{limit}` 应大于 0 且不超过 {most}");
    /// Nothing declared.
    YIELDS_NOTHING = Message::new("M0373", "the module yields neither values nor tables", "模块既不产出数值，也不产出表格")
        .hinted("declare what it returns under `yields.values` or `yields.tables`", "请在 `yields.values` 或 `yields.tables` 下声明其返回内容");
    /// Unusable or repeated id.
    BAD_YIELD_ID = Message::new("M0374", "`{id}` cannot be the id here, or stands twice", "此处的编号 `{id}` 不可用，或出现两次")
        .hinted("ids begin with a letter and hold letters, digits and `_` only", "编号须以字母开头，只含字母、数字与 `_`");
    /// The file is missing or unreadable.
    NO_MODULE_FILE = Message::new("M0378", "the module `{file}` of plugin `{plugin}` is missing or cannot be read", "插件 `{plugin}` 的模块 `{file}` 不存在或无法读取")
        .hinted("build it first; the README of the plugin should say how", "请先构建模块，方法应见于插件的 README");
    /// Both or neither.
    METHOD_OR_MODULE = Message::new("M0379", "`{model}` needs either a method under `model` or a module under `wasm`", "`{model}` 需要 `model` 写明方法，或以 `wasm` 写明模块，二者取一");
}
