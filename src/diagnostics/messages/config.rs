//! Messages about reading YAML (codes M01xx).

use super::{Message, messages};

messages! {
    /// The text is not YAML.
    YAML_SYNTAX = Message::new("M0101", "this is not valid YAML: {problem}", "YAML 语法有误：{problem}")
        .hinted(
            "check indentation (spaces, no tabs), quotes and brackets around this place",
            "请检查此处附近的缩进（只用空格，不用制表符）、引号与括号",
        );
    /// The same key stands twice.
    REPEATED_KEY = Message::new("M0102", "the key `{key}` stands twice", "键 `{key}` 出现了两次")
        .hinted("keep one of the two", "请只保留其中一个");
    /// More than one YAML document.
    SEVERAL_DOCUMENTS = Message::new("M0103", "the file holds several YAML documents", "文件中有多个 YAML 文档")
        .hinted("remove the `---` lines and all but one document", "请删去 `---` 行，只保留一个文档");
    /// A key the schema does not know.
    UNKNOWN_KEY = Message::new("M0104", "unknown key `{key}`", "未知的键 `{key}`")
        .hinted("keys known here: {known}", "此处可用的键：{known}");
    /// A required key is absent.
    MISSING_KEY = Message::new("M0105", "the key `{key}` is missing", "缺少键 `{key}`");
    /// Wrong kind of value.
    EXPECTED_MAPPING = Message::new("M0106", "a mapping (`key: value` lines) is expected, found {found}", "此处应为映射（`键: 值`），却是 {found}");
    /// Wrong kind of value.
    EXPECTED_LIST = Message::new("M0107", "a list (`- item` lines or `[a, b]`) is expected, found {found}", "此处应为列表（`- 项` 或 `[a, b]`），却是 {found}");
    /// Wrong kind of value.
    EXPECTED_NUMBER = Message::new("M0108", "a number is expected, found {found}", "此处应为数字，却是 {found}");
    /// Wrong kind of value.
    EXPECTED_INTEGER = Message::new("M0109", "a whole number is expected, found {found}", "此处应为整数，却是 {found}");
    /// Wrong kind of value.
    EXPECTED_BOOLEAN = Message::new("M0110", "`true` or `false` is expected, found {found}", "此处应为 `true` 或 `false`，却是 {found}");
    /// Wrong kind of value.
    EXPECTED_TEXT = Message::new("M0111", "a text is expected, found {found}", "此处应为文字，却是 {found}")
        .hinted("put the value in quotes if it is a text", "如果它是文字，请加引号");
    /// Wrong kind of value.
    EXPECTED_CHARACTER = Message::new("M0112", "a single character is expected, found {found}", "此处应为单个字符，却是 {found}");
    /// Not one of the fixed values.
    NOT_AN_OPTION = Message::new("M0113", "`{value}` is not possible here", "此处不能写 `{value}`")
        .hinted("use one of: {options}", "可用的值：{options}");
    /// Wrong number of items.
    WRONG_COUNT = Message::new("M0114", "the number of items must be {wanted}, found {found}", "此处应有 {wanted} 项，却有 {found} 项");
    /// Anything serde still refuses.
    WRONG_VALUE = Message::new("M0115", "the value cannot be used: {problem}", "此值无法使用：{problem}");
    /// No manyi.yaml in the folder.
    NO_PROJECT = Message::new("M0116", "there is no `manyi.yaml` in `{folder}`", "`{folder}` 中没有 `manyi.yaml`")
        .hinted("run `manyi init {folder}` to write one, or name the project folder", "运行 `manyi init {folder}` 生成一个，或指明项目文件夹");
    /// A file cannot be read.
    UNREADABLE = Message::new("M0117", "`{file}` cannot be read: {problem}", "无法读取 `{file}`：{problem}");
    /// A text file is not UTF-8.
    NOT_UTF8 = Message::new("M0118", "`{file}` is not UTF-8 text", "`{file}` 不是 UTF-8 编码")
        .hinted("save it again as UTF-8", "请另存为 UTF-8");
    /// A newer or unknown file version.
    UNKNOWN_VERSION = Message::new("M0119", "version {found} of the format is unknown, this program reads version {known}", "不认识格式版本 {found}，本程序只读版本 {known}");
    /// A column name that expressions could not use.
    BAD_NAME = Message::new("M0120", "`{name}` cannot be a name", "`{name}` 不能用作名称")
        .hinted("names begin with a letter and hold letters, digits and `_` only; they may be Chinese", "名称须以字母或汉字开头，只含字母、汉字、数字与 `_`");
    /// A reference to a column that is not declared.
    UNKNOWN_COLUMN = Message::new("M0121", "there is no column `{name}` in `columns`", "`columns` 中没有列 `{name}`");
    /// from and derive together.
    FROM_AND_DERIVE = Message::new("M0122", "`from`, `derive`, `lookup` and `themes` exclude each other", "`from`、`derive`、`lookup` 与 `themes` 只能取其一")
        .hinted("a column is read from the file, computed, looked up in a table, or coded from open answers", "一列或来自文件，或由计算得出，或取自业务表，或由开放题归类而来");
    /// range upside down.
    BAD_RANGE = Message::new("M0123", "the range must go from low to high, found {low} to {high}", "范围应由低到高，却是 {low} 到 {high}");
    /// Names of options for a column without options.
    TITLES_WITHOUT_OPTIONS = Message::new("M0194", "`{name}` has `titles` for options, and no options", "`{name}` 没有选项，不能写选项的 `titles`")
        .hinted("they are for columns of type `single`, `multi` and `ranking`; words of a scale go into `labels`", "仅用于 `single`、`multi`、`ranking` 类型的列；量表各级的文字请写入 `labels`");
    /// A scale needs a range.
    SCALE_WITHOUT_RANGE = Message::new("M0124", "the scale `{name}` needs a `range`, such as [1, 5]", "量表 `{name}` 需要 `range`，例如 [1, 5]");
    /// The column kind does not fit its part.
    WRONG_KIND = Message::new("M0125", "`{name}` is of type `{kind}` and cannot be used here", "`{name}` 的类型是 `{kind}`，不能用在此处")
        .hinted("columns of these types fit: {wanted}", "可用的列类型：{wanted}");
    /// Duplicate report or plan id.
    REPEATED_ID = Message::new("M0126", "the id `{id}` stands twice", "编号 `{id}` 出现了两次");
    /// An id that cannot be a folder name.
    UNSAFE_ID = Message::new("M0127", "`{id}` cannot be a file or folder name", "`{id}` 不能用作文件或文件夹名")
        .hinted("leave out `/ \\ : * ? \" < > |`, leading dots and reserved Windows names", "请不要使用 `/ \\ : * ? \" < > |`、开头的点以及 Windows 保留名");
    /// A setting outside its limits.
    SETTING_OUT_OF_RANGE = Message::new("M0128", "`{name}` must lie between {low} and {high}, found {found}", "`{name}` 应在 {low} 与 {high} 之间，却是 {found}");
    /// A date that is none.
    BAD_DATE = Message::new("M0129", "`{value}` is not a date", "`{value}` 不是日期")
        .hinted("write dates as 2026-11-20", "日期请写成 2026-11-20");
    /// No data source at all.
    NO_SOURCES = Message::new("M0130", "`data.sources` is empty", "`data.sources` 是空的")
        .hinted("name at least one file: `- file: data/survey.xlsx`", "至少写一个文件：`- file: data/survey.xlsx`");
    /// A file where a project folder is meant.
    PROJECT_IS_FILE = Message::new("M0131", "`{file}` is a file, not a project", "`{file}` 是文件，不是项目")
        .hinted("name the folder that holds `manyi.yaml`, or that file itself", "请指明 `manyi.yaml` 所在的文件夹，或 `manyi.yaml` 本身");
    /// A table under the name of the survey.
    RESERVED_TABLE = Message::new("M0132", "`{name}` is the name of the survey and cannot be that of a table", "`{name}` 是问卷数据的名称，不能用作业务表名")
        .hinted("give the table another name; `data` and `columns` at the top of the file are the survey", "请给该表另起名称；文件顶层的 `data` 与 `columns` 就是问卷");
    /// A key without a value among the languages of a text.
    CUT_TEXT = Message::new("M0133", "`{key}` is no language and has no text behind it", "`{key}` 不是语言，其后也没有文字")
        .hinted(
            "put the text before it in quotes: without them YAML ends a text in `{ }` at its comma",
            "请给它前面的文字加引号：在 `{ }` 之内，不加引号的文字遇到英文逗号即告结束",
        );
    /// A name of an option that is none.
    EMPTY_TITLE = Message::new("M1014", "the name of the option `{option}` under `titles` is empty", "`titles` 中选项 `{option}` 的名称为空")
        .hinted("write the name in each language that is given, or leave the option out: then it is shown as it stands in the data", "请写上所列各语言的名称，或删去该选项：此时按数据原样显示");
    /// A language of a text without a text.
    EMPTY_TEXT = Message::new("M0134", "the text for `{key}` is empty", "语言 `{key}` 的文字为空")
        .hinted("write the text, or leave the language out", "请写上文字，或删去该语言");
    /// Groups named after persons.
    PERSONAL_GROUPS = Message::new("M0160", "`{name}` holds personal data and cannot form groups", "`{name}` 是个人信息，不能用来分组")
        .hinted(
            "the names of groups stand in documents, in the history and in the names of files; derive a column without personal data, or take away the mark `personal`",
            "组名会出现在文档、历史库和文件名中；请用 `derive` 得出不含个人信息的列，或去掉其 `personal` 标记",
        );
}
