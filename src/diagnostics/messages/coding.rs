//! Messages about coding answers and about expressions (codes M0200 to M0249).

use super::{Message, messages};

messages! {
    /// A codebook entry names headers that no file has.
    COLUMN_ABSENT = Message::new(
        "M0200",
        "column `{column}`: no file has the header {headers}",
        "栏目 `{column}`：所有文件中都没有表头 {headers}",
    ).hinted("write the header under `from` as it stands in the file", "请在 `from` 中填写文件里的原表头");
    /// A codebook entry names headers that some file lacks.
    COLUMN_ABSENT_IN_FILE = Message::new(
        "M0201",
        "column `{column}`: `{file}` has no header {headers}; its answers count as missing",
        "栏目 `{column}`：`{file}` 中没有表头 {headers}，该文件的回答按缺失处理",
    );
    /// Cells outside the declared range, or unreadable in a column with a range.
    CELLS_OUT_OF_RANGE = Message::new(
        "M0202",
        "column `{column}`: cells of `{file}` that are not within {low} to {high}: {count}, such as {values} (row {rows})",
        "栏目 `{column}`：`{file}` 中有 {count} 个单元格不在 {low} 至 {high} 之内：{values}（行 {rows}）",
    ).hinted(
        "say what they mean under `labels`, `missing` or `not_applicable`, or correct `range`",
        "请在 `labels`、`missing` 或 `not_applicable` 中说明其含义，或更正 `range`",
    );
    /// Cells that cannot be read as the column's type.
    CELLS_UNREADABLE = Message::new(
        "M0203",
        "column `{column}`: cells of `{file}` that cannot be read: {count}, such as {values} (row {rows})",
        "栏目 `{column}`：`{file}` 中有 {count} 个单元格无法识别：{values}（行 {rows}）",
    ).hinted(
        "say what they mean under `labels`, `missing`, `not_applicable`, `yes` or `no`, or correct `type` or `format`",
        "请在 `labels`、`missing`、`not_applicable`、`yes` 或 `no` 中说明其含义，或更正 `type`、`format`",
    );
    /// Repeated ids under the policy `error`.
    IDS_REPEATED = Message::new(
        "M0204",
        "rows that repeat an id of `{column}`: {count}, such as {values} ({rows})",
        "有 {count} 行的 `{column}` 与前面的行重复：{values}（{rows}）",
    ).hinted(
        "remove the rows, or set `data.duplicates` to `keep_first` or `keep_all`; if the numbers begin anew in each file (序号), leave out `data.id`",
        "请删除这些行，或将 `data.duplicates` 设为 `keep_first` 或 `keep_all`；若编号在每个文件中都从头开始（如序号），请去掉 `data.id`",
    );
    /// Many rows dropped because of their ids.
    IDS_MOSTLY_REPEATED = Message::new(
        "M0209",
        "answers that are dropped because they repeat an id of `{column}`: {count} of {rows}",
        "{rows} 份答卷中有 {count} 份因 `{column}` 重复而被去掉",
    ).hinted(
        "so many are seldom sent twice: if the numbers begin anew in each file (序号), leave out `data.id`",
        "重复提交很少如此之多：若编号在每个文件中都从头开始（如序号），请去掉 `data.id`",
    );
    /// Ids that a spreadsheet rounded.
    IDS_ROUNDED = Message::new(
        "M0205",
        "ids of `{column}` that look alike because a spreadsheet rounded them: {count}, such as {values} ({rows})",
        "`{column}` 中有 {count} 个编号因被电子表格取整而看似重复：{values}（{rows}）",
    ).hinted(
        "export the file again with the ids as text, or use another id column",
        "请以文本格式重新导出编号，或改用其他编号列",
    );
    /// Rows without a weight.
    WEIGHTS_MISSING = Message::new(
        "M0206",
        "rows without a weight in `{column}`: {count} ({rows})",
        "有 {count} 行在 `{column}` 中没有权数（{rows}）",
    ).hinted(
        "fill in the weights, or drop these rows with a filter such as `{column} is not null`",
        "请补全权数，或用筛选条件（如 `{column} is not null`）去掉这些行",
    );
    /// Rows with a negative weight.
    WEIGHTS_NEGATIVE = Message::new(
        "M0207",
        "rows with a negative weight in `{column}`: {count} ({rows})",
        "有 {count} 行在 `{column}` 中的权数为负（{rows}）",
    ).hinted("correct the weights; they must be 0 or more", "请更正权数，权数不得小于 0");
    /// All weights are zero.
    WEIGHTS_ZERO = Message::new(
        "M0208",
        "the weights in `{column}` add up to 0",
        "`{column}` 中的权数合计为 0",
    );
    /// The weight column holds no numbers.
    WEIGHT_NOT_NUMERIC = Message::new(
        "M0210",
        "the weight column `{column}` must be of type `number`",
        "权数栏目 `{column}` 的类型必须是 `number`",
    );
    /// Some files name a wave and this one does not.
    SOURCE_WITHOUT_WAVE = Message::new(
        "M0211",
        "`{file}` names no wave, but other files do",
        "`{file}` 没有注明期次，而其他文件已注明",
    ).hinted("add `wave` to the source", "请为该数据来源填写 `wave`");
    /// Rows that fall into no wave.
    ROWS_WITHOUT_WAVE = Message::new(
        "M0212",
        "rows left out because their `{column}` is empty, so that they have no wave: {count} ({rows})",
        "有 {count} 行因 `{column}` 为空而没有期次，已不计入（{rows}）",
    );
    /// Nothing is left to analyse.
    NO_ROWS = Message::new(
        "M0213",
        "no answers are left after reading, filtering and cutting into waves",
        "经读取、筛选和划分期次后没有剩下任何回答",
    );
    /// A segment without answers.
    SEGMENT_EMPTY = Message::new(
        "M0214",
        "segment `{column}` has no answers",
        "分组栏目 `{column}` 没有任何回答",
    );
    /// A segment whose answers are all the same.
    SEGMENT_SINGLE = Message::new(
        "M0215",
        "segment `{column}` has a single group, which equals the total",
        "分组栏目 `{column}` 只有一个组，与总体相同",
    );
    /// Derived columns that need each other.
    DERIVE_CYCLE = Message::new(
        "M0216",
        "derived columns need each other: {columns}",
        "派生栏目互相依赖：{columns}",
    );
    /// A scale's codes run against the words that the file gives for them.
    SCALE_RUNS_BACKWARDS = Message::new(
        "M0217",
        "column `{column}`: in `{file}` the code {code} means `{label}`, so higher codes are worse",
        "栏目 `{column}`：在 `{file}` 中编码 {code} 表示 `{label}`，编码越大评价越差",
    ).hinted("set `reverse: true` if higher should be better", "如应以大为好，请设置 `reverse: true`");
    /// An expression asks for an option that no answer has.
    OPTION_UNKNOWN = Message::new(
        "M0218",
        "no answer to `{column}` is `{option}`",
        "`{column}` 没有任何回答是 `{option}`",
    );
    /// An expression that cannot be parsed.
    EXPRESSION_SYNTAX = Message::new(
        "M0230",
        "cannot read the expression `{expression}`, line {line}, character {column}: {reason}",
        "无法读懂表达式 `{expression}`，第 {line} 行第 {column} 个字符：{reason}",
    );
    /// An expression that names an unknown column.
    EXPRESSION_UNKNOWN_COLUMN = Message::new(
        "M0231",
        "no column `{name}` for the expression `{expression}`",
        "表达式 `{expression}` 中的栏目 `{name}` 不存在",
    );
    /// A text in double quotes.
    EXPRESSION_DOUBLE_QUOTES = Message::new(
        "M0232",
        "no column `{name}` for the expression `{expression}`; double quotes stand around column names",
        "表达式 `{expression}` 中的栏目 `{name}` 不存在；双引号用于栏目名",
    ).hinted("write a text in single quotes: '{name}'", "文字请用单引号：'{name}'");
    /// An expression that calls an unknown function.
    EXPRESSION_UNKNOWN_FUNCTION = Message::new(
        "M0233",
        "no function `{name}` for the expression `{expression}`",
        "表达式 `{expression}` 中的函数 `{name}` 不存在",
    );
    /// An operator between different types.
    EXPRESSION_TYPE_MISMATCH = Message::new(
        "M0234",
        "`{left}` is `{left_type}` and `{right}` is `{right_type}`, which `{operator}` cannot join in `{expression}`",
        "表达式 `{expression}` 中 `{left}` 的类型是 `{left_type}`，`{right}` 的类型是 `{right_type}`，不能用 `{operator}` 连接",
    );
    /// An expression with an aggregate, window, subquery or volatile function.
    EXPRESSION_REFUSED = Message::new(
        "M0235",
        "`{what}` is not allowed in the expression `{expression}`",
        "表达式 `{expression}` 中不允许使用 `{what}`",
    ).hinted(
        "an expression looks at one answer at a time: no aggregates, windows, subqueries, clock or random numbers",
        "表达式逐份回答计算，不能使用聚合、窗口、子查询、当前时间或随机数",
    );
    /// An expression that yields the wrong type.
    EXPRESSION_WRONG_TYPE = Message::new(
        "M0236",
        "the expression `{expression}` gives `{found}` where `{expected}` is needed",
        "表达式 `{expression}` 的结果是 `{found}`，此处需要 `{expected}`",
    );
    /// An expression that the engine refuses for another reason.
    EXPRESSION_INVALID = Message::new(
        "M0237",
        "the expression `{expression}` cannot be used: {reason}",
        "表达式 `{expression}` 无法使用：{reason}",
    );
    /// A lookup in a table that is not there.
    LOOKUP_TABLE_UNKNOWN = Message::new(
        "M0240",
        "there is no table `{table}` to look values up in",
        "没有可供查找的业务表 `{table}`",
    )
    .hinted("declare it under `tables:`; a table can look into those declared above it", "请在 `tables:` 下声明；业务表只能查找写在它上面的表");
    /// The key column of a lookup is not in the codebook.
    LOOKUP_KEY_UNKNOWN = Message::new(
        "M0241",
        "there is no column `{column}` to find the rows of the table by",
        "没有用于查找业务表的列 `{column}`",
    );
    /// Keys that cannot be compared.
    LOOKUP_KEY_UNFIT = Message::new(
        "M0242",
        "`{column}` of the table `{table}` cannot be compared with the key",
        "业务表 `{table}` 的 `{column}` 无法与查找键比较",
    )
    .hinted("declare both as `text`, so that leading zeros stay", "请把两列都声明为 `text`，以保留前导零");
    /// A header that stacking needs.
    STACK_HEADER_ABSENT = Message::new(
        "M0243",
        "`{file}` has no header `{header}`",
        "`{file}` 没有表头 `{header}`",
    );
    /// A new header that the file has already.
    STACK_HEADER_TAKEN = Message::new(
        "M0244",
        "`{file}` already has the header `{header}`, which stacking would add",
        "`{file}` 已有表头 `{header}`，与堆叠新增的列重名",
    )
    .hinted("give the stacked column another name", "请给堆叠后的列另起名称");
    /// Themes of a column that is no text.
    THEMES_OF_WHAT = Message::new(
        "M0245",
        "there is no column `{column}` of type `text` to find themes in",
        "没有类型为 `text` 的列 `{column}` 可供归类",
    );
    /// A dictionary that is not there.
    NO_DICTIONARY = Message::new(
        "M0246",
        "there is no dictionary `{file}`",
        "没有词典 `{file}`",
    )
    .hinted("the path is relative to the project folder; without `dictionary` a general one is used", "路径相对于项目文件夹；不写 `dictionary` 则用通用词典");
    /// Themes in a column that can hold only one.
    THEMES_TYPE = Message::new(
        "M0247",
        "open answers are coded into a `multi` column (themes) or a `single` one (tone)",
        "开放题只能归类为 `multi`（主题）或 `single`（语气）列",
    );
}
