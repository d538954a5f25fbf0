//! Messages about publishing and the command line (codes M07xx).

use super::{Message, messages};

messages! {
    /// The folder could not be put in place.
    NOT_PUBLISHED = Message::new("M0701", "`{folder}` was not published: {problem}", "`{folder}` 未能发布：{problem}")
        .hinted("the previous release, if there was one, is untouched; check rights and free space, or choose another place with --out", "原有版本未受影响；请检查权限与剩余空间，或用 --out 指定其他位置");
    /// init would overwrite.
    PROJECT_EXISTS = Message::new("M0702", "`{file}` exists already", "`{file}` 已存在")
        .hinted("use --force to replace it", "如需替换，请加 --force");
    /// A file could not be written.
    NOT_WRITTEN = Message::new("M0703", "`{file}` could not be written: {problem}", "无法写入 `{file}`：{problem}");
    /// build --report names an unknown report.
    UNKNOWN_REPORT = Message::new("M0704", "there is no report `{report}` in this project", "本项目中没有报告 `{report}`")
        .hinted("reports here: {known}", "可用的报告：{known}");
    /// Unknown template pack.
    UNKNOWN_PACK = Message::new("M0705", "there is no template pack `{pack}`", "没有模板包 `{pack}`")
        .hinted("packs here: {known}", "可用的模板包：{known}");
    /// plugins show of an unknown id; plugins test without tests.
    NO_TESTS = Message::new("M0706", "the plugin `{plugin}` has no `tests.yaml`", "插件 `{plugin}` 没有 `tests.yaml`")
        .hinted("add cases with small tables and expected numbers: see plugins/README.md", "请添加带小表和期望值的用例，参见 plugins/README.md");
    /// SOURCE_DATE_EPOCH unreadable.
    BAD_EPOCH = Message::new("M0707", "SOURCE_DATE_EPOCH is `{value}`, which is not a number of seconds", "SOURCE_DATE_EPOCH 为 `{value}`，不是秒数");
    /// templates copy onto a copy.
    TEMPLATES_EXIST = Message::new("M0711", "`{folder}` holds a copy of these templates already; nothing was overwritten", "`{folder}` 中已有这些模板的副本，未覆盖任何文件")
        .hinted("edit the files there, or rename the folder and copy again", "请直接修改其中的文件，或先将该文件夹改名再复制");
    /// The release's folder holds something else.
    FOLDER_OF_OTHERS = Message::new("M0710", "`{folder}` exists and was not published by manyi; nothing was overwritten", "`{folder}` 已存在，且不是由 manyi 发布的，未覆盖任何文件")
        .hinted("choose another place with --out, or move the folder away", "请用 --out 指定其他位置，或先移走该文件夹");
    /// A thread died while a document was made.
    RENDERING_STOPPED = Message::new("M0709", "making a document stopped unexpectedly", "生成文档时意外中断")
        .hinted("please report it with the project file", "请附上项目文件反馈此问题");
    /// No date anywhere.
    NO_DATE = Message::new("M0708", "the document has no date", "文档没有日期")
        .hinted("add `project.date: 2026-11-20`, a date column for the waves, or set SOURCE_DATE_EPOCH", "请写 `project.date: 2026-11-20`，或用日期列划分各期，或设置 SOURCE_DATE_EPOCH");
    /// A report for each group of a column that is no segment.
    NO_SEGMENT_FOR_EACH = Message::new("M0712", "`for_each` names `{column}`, which is no column of the survey that forms groups", "`for_each` 所列的 `{column}` 不是问卷中可以分组的列")
        .hinted("columns of the kinds `single`, `boolean` and `scale` form groups", "`single`、`boolean`、`scale` 类的列可以分组");
    /// A group that a segment column does not have.
    NO_SUCH_GROUP = Message::new("M0713", "`{column}` has no group `{value}`", "`{column}` 中没有 `{value}` 这一组");
    /// A table of parameters that is missing.
    NO_PARAMETERS = Message::new("M0714", "there is no operational table `{table}` with a column `{column}`", "没有含列 `{column}` 的业务表 `{table}`")
        .hinted("declare it under `tables`", "请在 `tables` 中声明");
    /// One of many documents that failed.
    DOCUMENT_FAILED = Message::new("M0715", "the document of `{value}` in the report `{report}` was not made; the others were", "报告 `{report}` 中 `{value}` 的文档未能生成，其余不受影响");
    /// A table and a list of parameters at once.
    PARAMETERS_TWICE = Message::new("M0717", "`for_each` has both a `table` and a list of `parameters`", "`for_each` 同时写了 `table` 与 `parameters`")
        .hinted("keep one of them", "请只保留其中一项");
    /// Two rows of parameters for one group.
    REPEATED_PARAMETERS = Message::new("M0718", "`{value}` has more than one row of parameters", "`{value}` 的参数不止一行")
        .hinted("keep one row for each group", "请为每组只保留一行");
    /// A row of parameters for a group that is not there.
    PARAMETERS_OF_NOBODY = Message::new("M0719", "there are parameters for `{value}`, but no answers of it: no document is made", "参数中有 `{value}`，但没有它的答卷，不生成文档");
    /// Groups without parameters.
    GROUPS_LEFT_OUT = Message::new("M0720", "groups of `{column}` that have no row of parameters and get no document: {count} ({values})", "`{column}` 中有 {count} 组没有参数，不生成文档：{values}");
    /// Too many groups to protect their documents against each other.
    GROUPS_NOT_LINKED = Message::new("M0721", "`{column}` has too many groups to check their documents against each other: who reads all of them may work out a number that one of them withholds", "`{column}` 的分组太多，各册之间无法互相核对：读到全部分册的人可能推算出某一册隐去的数值")
        .hinted("give each reader the own document only, or raise `settings.suppress_below`", "每册只发给该组，或提高 `settings.suppress_below`");
    /// A group without a number that may be shown.
    GROUP_TOO_SMALL = Message::new("M0716", "`{value}` gets no document of its own: it has too few answers, or would give away a group with too few", "`{value}` 不单独成册：其答卷过少，或会泄露答卷过少的另一组");
}
