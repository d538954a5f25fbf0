//! Messages about finding and reading data files (codes M0249 to M0289).

use super::{Message, messages};

messages! {
    /// A file named in the project is not there.
    FILE_MISSING = Message::new("M0251", "file `{file}` does not exist", "文件 `{file}` 不存在")
        .hinted("put the file there or correct the path, which is relative to the folder of manyi.yaml", "请把文件放到该处，或更正路径；路径相对于 manyi.yaml 所在的文件夹");
    /// A glob without a match.
    PATTERN_WITHOUT_MATCH = Message::new("M0252", "no file matches `{pattern}`", "没有文件匹配 `{pattern}`")
        .hinted("paths are relative to the folder of manyi.yaml; if the data of a period are not there yet, run it again when they are", "路径相对于 manyi.yaml 所在的文件夹；若该期数据尚未到位，到位后重新运行即可");
    /// A glob that is not one.
    PATTERN_INVALID = Message::new("M0253", "`{pattern}` is not a file pattern: {reason}", "`{pattern}` 不是有效的文件通配符：{reason}");
    /// A folder where a file was meant.
    FILE_IS_FOLDER = Message::new("M0254", "`{file}` is a folder, not a file", "`{file}` 是文件夹，不是文件")
        .hinted("write a pattern such as `{file}/*.csv`", "可写成通配符，如 `{file}/*.csv`");
    /// The operating system refuses.
    FILE_UNREADABLE = Message::new("M0255", "cannot read `{file}`: {reason}", "无法读取 `{file}`：{reason}")
        .hinted("close it in other programs and check the permissions", "请在其他程序中关闭该文件，并检查访问权限");
    /// Nothing in it.
    FILE_EMPTY = Message::new("M0256", "file `{file}` is empty", "文件 `{file}` 是空的")
        .hinted("export it again from the survey tool", "请从问卷平台重新导出");
    /// The content is not what ending or project file say.
    FORMAT_DIFFERS = Message::new(
        "M0257",
        "`{file}` is {actual} inside, though {expected} was expected; it is read as {actual}",
        "`{file}` 的内容是 {actual}，而不是预期的 {expected}；按 {actual} 读取",
    );
    /// A kind of file that no reader knows.
    FORMAT_UNSUPPORTED = Message::new("M0258", "`{file}` is {actual}, which cannot be read", "`{file}` 是 {actual}，无法读取")
        .hinted("save it as .xlsx or .csv and name that file", "请另存为 .xlsx 或 .csv，再填写该文件");
    /// Neither text nor a known binary format.
    FILE_NOT_TEXT = Message::new("M0259", "`{file}` is neither text nor a known data format", "`{file}` 既不是文本，也不是已知的数据格式")
        .hinted("save it as .xlsx or .csv and name that file", "请另存为 .xlsx 或 .csv，再填写该文件");
    /// An encoding that is not in the list.
    ENCODING_UNKNOWN = Message::new("M0260", "`{encoding}` is not a known text encoding", "`{encoding}` 不是已知的文本编码")
        .hinted("usual ones: {known}", "常用编码：{known}");
    /// Bytes that do not decode.
    TEXT_UNDECODABLE = Message::new(
        "M0261",
        "places that are not valid `{encoding}` and were replaced by `\u{fffd}`: {count}; the first is in line {line}",
        "有 {count} 处不是有效的 `{encoding}` 编码，已替换为 `\u{fffd}`，首处在第 {line} 行",
    )
    .hinted("set the right `encoding:` on this source, such as `gb18030`, or export the file again", "请在该数据源写明 `encoding:`，如 `gb18030`，或重新导出文件");
    /// No row looks like headers.
    HEADER_MISSING = Message::new("M0262", "no header row found in `{file}`", "在 `{file}` 中找不到表头行")
        .hinted("say which row holds the headers with `header_row:`", "请用 `header_row:` 指明表头所在行");
    /// Headers, but no answers.
    ROWS_MISSING = Message::new("M0263", "`{file}` has headers but no answers", "`{file}` 只有表头，没有答卷");
    /// `header_row` past the end.
    HEADER_ROW_BEYOND = Message::new("M0264", "`header_row: {row}` is empty or past the end of `{file}`", "`header_row: {row}` 是空行，或超出了 `{file}` 的末尾");
    /// A quoted field that never ends.
    QUOTE_UNCLOSED = Message::new("M0265", "a field in row {row} opens a quote that is never closed", "第 {row} 行有字段以引号开头，却没有结束的引号")
        .hinted("delete or double the stray `\"` in that row", "请删除该行多余的 `\"`，或将其写成两个");
    /// Rows with more fields than headers.
    ROWS_TOO_LONG = Message::new(
        "M0266",
        "rows with more fields than the header, whose rest is ignored: {count}; the first is row {row} with {fields} instead of {expected}",
        "有 {count} 行的字段多于表头；首个是第 {row} 行，有 {fields} 个而非 {expected} 个，多余的不读",
    )
    .hinted("quote the fields that contain the separator, or set `delimiter:`", "请给含有分隔符的字段加引号，或设置 `delimiter:`");
    /// Rows with fewer fields than headers.
    ROWS_TOO_SHORT = Message::new(
        "M0267",
        "rows with fewer fields than the header, whose rest counts as empty: {count}; the first is row {row} with {fields} instead of {expected}",
        "有 {count} 行的字段少于表头；首个是第 {row} 行，有 {fields} 个而非 {expected} 个，缺少的视为空白",
    );
    /// A file that ends in the middle of a row or of a character, or a page that ends in its table.
    FILE_CUT_OFF = Message::new(
        "M0289",
        "`{file}` breaks off at {how}",
        "`{file}` 在{how}",
    )
    .hinted("if it is still being copied, wait and run again; else export it again, or complete or remove the row", "若文件仍在复制，请稍后再运行；否则请重新导出，或补全、删去该行");
    /// A separator that cannot be one.
    DELIMITER_INVALID = Message::new("M0268", "`{delimiter}` cannot separate fields", "`{delimiter}` 不能作字段分隔符")
        .hinted("use one ASCII character other than a quote or line break, such as `,` `;` `\\t` `|`", "请使用引号和换行以外的单个 ASCII 字符，如 `,` `;` `\\t` `|`");
    /// No sheet of that name.
    SHEET_UNKNOWN = Message::new("M0269", "`{file}` has no sheet `{sheet}`", "`{file}` 中没有工作表 `{sheet}`")
        .hinted("its sheets: {sheets}", "现有工作表：{sheets}");
    /// Encrypted workbook.
    WORKBOOK_ENCRYPTED = Message::new("M0270", "`{file}` is protected by a password", "`{file}` 有密码保护")
        .hinted("open it and save a copy without a password", "请打开后另存一份不带密码的副本");
    /// Damaged workbook.
    WORKBOOK_BROKEN = Message::new("M0271", "`{file}` is damaged or not a workbook: {reason}", "`{file}` 已损坏或不是工作簿：{reason}")
        .hinted("open it in a spreadsheet program and save it again as .xlsx", "请用表格软件打开并重新保存为 .xlsx");
    /// Cells far apart in a workbook that is loaded whole: .xls and .ods.
    CELLS_FAR_APART = Message::new("M0287", "sheet `{sheet}` reaches to `{cell}` with few cells filled ({cells}): too far apart for a file of this format to be read", "工作表 `{sheet}` 延伸到 `{cell}`，却只有 {cells} 个单元格有内容：相距过远，这种格式的文件无法读取")
        .hinted("delete what stands far from the table, or save the file as .xlsx", "请删除远离表格的零散内容，或另存为 .xlsx");
    /// A workbook that is loaded whole, with too much in it.
    CELLS_TOO_FULL = Message::new("M0288", "sheet `{sheet}`, filled to `{cell}`, brings the file to {cells} filled cells: more than can be held in memory", "工作表 `{sheet}` 填到 `{cell}`，使文件的有内容单元格达到 {cells} 个，超出内存可容纳的范围")
        .hinted("save the file as .xlsx or .csv, which are read piece by piece", "请另存为 .xlsx 或 .csv，这两种格式可逐段读取");
    /// More cells than a survey can have.
    CELLS_TOO_MANY = Message::new("M0272", "sheet `{sheet}` has more than {limit} cells", "工作表 `{sheet}` 的单元格超过 {limit} 个")
        .hinted("save it as .csv or .parquet", "请另存为 .csv 或 .parquet");
    /// A table of empty cells, or of cells that a packed file holds as one.
    TABLE_THIN = Message::new("M0249", "nearly all cells of `{file}` are empty or repeat each other; at row {row} there are too many of them to be held", "`{file}` 的单元格几乎全空或彼此重复，到第 {row} 行已多到无法容纳")
        .hinted("delete columns and rows that hold nothing, or write one object or row an answer with the same few columns", "请删除空的列和行；每份答卷写一行（或一个对象），各行使用相同的列");
    /// A table with more columns than a survey can have.
    TABLE_WIDE = Message::new("M0250", "`{file}` has {columns} columns or more; at most {limit} are read", "`{file}` 至少有 {columns} 列，最多读取 {limit} 列")
        .hinted("one row is one answer and one column one question: check the separator, and whether rows and columns are exchanged", "一行是一份答卷，一列是一道题：请检查分隔符，以及行列是否颠倒");
    /// Formula errors.
    CELLS_WITH_ERRORS = Message::new(
        "M0273",
        "cells of column `{column}` that hold an error such as `{error}` and count as empty: {count}",
        "列 `{column}` 有 {count} 个单元格是错误值（如 `{error}`），视为空白",
    )
    .hinted("correct the formula and save the workbook", "请修正公式后保存工作簿");
    /// Ids that the spreadsheet has rounded.
    NUMBERS_TOO_LONG = Message::new(
        "M0274",
        "numbers of column `{column}` with more than 15 digits, which the spreadsheet has rounded: {count}",
        "列 `{column}` 有 {count} 个数字超过 15 位：表格软件已把末位舍入",
    )
    .hinted("export ids as text", "请把编号导出为文本格式");
    /// Damaged Parquet.
    PARQUET_BROKEN = Message::new("M0275", "`{file}` is damaged or not a Parquet file: {reason}", "`{file}` 已损坏或不是 Parquet 文件：{reason}");
    /// A column type that answers cannot have.
    COLUMN_UNSUPPORTED = Message::new("M0276", "column `{column}` holds {type}, which cannot be read", "列 `{column}` 的类型是 {type}，无法读取");
    /// Not JSON.
    JSON_BROKEN = Message::new("M0277", "`{file}` is not valid JSON: {reason}", "`{file}` 不是有效的 JSON：{reason}");
    /// JSON, but no table.
    JSON_NOT_ROWS = Message::new("M0278", "`{file}` is not a list of objects: row {row} is {found}", "`{file}` 不是对象的列表：第 {row} 行是 {found}")
        .hinted("write one object an answer, as an array or one a line", "请每份答卷写一个对象，放在数组中或每行一个");
    /// A value inside a value.
    JSON_NESTED = Message::new(
        "M0279",
        "values of `{column}` that are nested objects or lists of other than text and count as empty: {count}",
        "`{column}` 有 {count} 个值是嵌套对象或非文本列表，视为空白",
    )
    .hinted("flatten them into columns of their own", "请展开成单独的列");
    /// Damaged SPSS file.
    SAV_BROKEN = Message::new("M0280", "`{file}` is damaged or not an SPSS file: {reason}", "`{file}` 已损坏或不是 SPSS 文件：{reason}");
    /// Findings of the SPSS reader.
    SAV_DOUBTFUL = Message::new("M0281", "`{file}` may be damaged: {reason}", "`{file}` 可能已损坏：{reason}");
    /// The numbered form is of another survey or export.
    CODES_DIFFER = Message::new(
        "M0282",
        "`{codes}` does not fit `{file}`; answers that are not in it (matched by `{id}`): {missing} of {rows}",
        "`{codes}` 与 `{file}` 对不上：{rows} 份答卷中有 {missing} 份不在其中（按 `{id}` 匹配）",
    )
    .hinted("export both forms at the same time with the same filter", "请用相同的筛选条件同时导出两种形式");
    /// The codes have no column to match rows by.
    CODES_WITHOUT_ID = Message::new("M0283", "`{codes}` has no column `{id}` to match its rows by", "`{codes}` 没有用来匹配答卷的列 `{id}`");
    /// Two columns of the same name.
    HEADER_REPEATED = Message::new(
        "M0284",
        "header `{header}` stands more than once; the later column is called `{renamed}`",
        "表头 `{header}` 出现多次；后面的列改称 `{renamed}`",
    );
    /// Cells to the right of the last header.
    CELLS_BESIDE_TABLE = Message::new(
        "M0285",
        "cells outside the columns with headers, which are not read: {count}; the first is `{cell}`",
        "有 {count} 个单元格在有表头的列之外，未读取，首个是 `{cell}`",
    );
    /// Ids that a spreadsheet wrote to a text file in scientific notation.
    NUMBERS_ROUNDED = Message::new(
        "M0286",
        "column `{column}` holds numbers that a spreadsheet has rounded, such as `{value}`",
        "列 `{column}` 中有被表格软件舍入的数字，如 `{value}`",
    )
    .hinted("export ids as text, or format the column as text before saving", "请把编号导出为文本，或在保存前把该列设为文本格式");
}
