//! Messages about grading (codes M08xx).

use super::{Message, messages};

messages! {
    /// No submissions folder.
    NO_SUBMISSIONS = Message::new("M0800", "there is no folder `submissions` in `{folder}`", "`{folder}` 中没有文件夹 `submissions`")
        .hinted("put the students' files there: `submissions/<student>/plan.docx`, or flat with a `roster.csv`", "请把学生的文件放在其中：`submissions/<学生>/策划.docx`，或直接平放并附 `roster.csv`");
    /// The class list cannot be read.
    ROSTER_UNREADABLE = Message::new("M0801", "the class list cannot be read: {problem}", "无法读取名单：{problem}");
    /// The class list has neither names nor numbers.
    ROSTER_COLUMNS = Message::new("M0802", "the class list has neither a column of names nor one of numbers; found: {found}", "名单中既没有姓名列，也没有学号列；现有：{found}")
        .hinted("name the columns 班级, 姓名, 学号, 文件, 提交时间 or class, name, number, file, received", "请把列名写作 班级、姓名、学号、文件、提交时间");
    /// A broken row of the class list.
    ROSTER_ROW = Message::new("M0803", "this row of the class list cannot be read", "名单中的这一行无法读取");
    /// A time that is none.
    ROSTER_TIME = Message::new("M0804", "`{value}` is no time such as `2026-11-20 23:10`", "`{value}` 不是时间，应如 `2026-11-20 23:10`")
        .hinted("without it, it is not known whether the work is late or was written first", "缺少时间时，无法判断是否迟交、谁先写成");
    /// A student who stands twice in the class list.
    ROSTER_TWICE = Message::new("M0805", "{student} stands in the class list twice", "{student} 在名单中出现两次");
    /// A student of the class list without a file.
    MISSING = Message::new("M0806", "{student} has handed in nothing", "{student} 没有提交作业");
    /// A file that cannot be read.
    UNREADABLE = Message::new("M0807", "the work of {student} cannot be read: {problem}", "{student} 的作业无法读取：{problem}")
        .hinted("no score is proposed; ask for a DOCX file", "不给出建议分数；请让学生改交 DOCX 文件");
    /// A file without text.
    EMPTY = Message::new("M0808", "the work of {student} holds no text", "{student} 的作业没有文字")
        .hinted("it may be a scan or a picture; ask for a DOCX file", "可能是扫描件或图片；请让学生改交 DOCX 文件");
    /// Text that is rubbish.
    RUBBISH = Message::new("M0809", "the text of {student}'s file is not usable: {problem}", "{student} 的文件提取出的文字无法使用：{problem}")
        .hinted("no score is proposed; ask for a DOCX file", "不给出建议分数；请让学生改交 DOCX 文件");
    /// More than one file.
    SEVERAL_FILES = Message::new("M0810", "{student} handed in several files; graded is `{file}`, not {others}", "{student} 提交了多个文件；批改的是 `{file}`，未批改 {others}")
        .hinted("name the file in the column `file` of roster.csv", "可在 roster.csv 的“文件”列中指定");
    /// A file that belongs to nobody on the class list.
    NOBODYS_FILE = Message::new("M0811", "`{file}` belongs to nobody on the class list", "`{file}` 不属于名单上的任何人")
        .hinted("name it in the column `file` of roster.csv", "请在 roster.csv 的“文件”列中写明");
    /// An archive that cannot be unpacked.
    ARCHIVE = Message::new("M0812", "`{file}` cannot be unpacked: {problem}", "无法解压 `{file}`：{problem}");
    /// An entry of an archive that was left out.
    ARCHIVE_ENTRY = Message::new("M0813", "`{entry}` was left out: {problem}", "已略过 `{entry}`：{problem}");
    /// Handed in after the deadline.
    LATE = Message::new("M0814", "the work of {student} came late: {received}; days begun: {days}, points off proposed: {points}", "{student} 的作业迟交：{received}，计 {days} 天，建议扣 {points} 分");
    /// A file named in the class list that does not exist.
    NO_SUCH_FILE = Message::new("M0815", "the file `{file}` of {student} is not in `submissions`", "`submissions` 中没有 {student} 的文件 `{file}`");
    /// Files that are not read.
    FOLDER_UNREADABLE = Message::new("M0816", "`{folder}` cannot be read: {problem}", "无法读取 `{folder}`：{problem}");
    /// A number that two students of the class list have.
    ROSTER_NUMBER = Message::new("M0817", "the number `{number}` stands in the class list twice", "名单中学号 `{number}` 出现两次")
        .hinted("the second one is taken without it; correct the list", "第二个按没有学号处理；请更正名单");
    /// A column of the class list whose name is nearly one that is missing.
    ROSTER_COLUMN = Message::new("M0818", "the column `{column}` of the class list is not used, and there is none called {missing}", "名单中的列 `{column}` 没有用到，而名单缺少 {missing} 列")
        .hinted("if it is meant, write {missing}", "如果就是这一列，请写作 {missing}");
    /// A value of rubric.yaml outside its limits.
    RUBRIC_RANGE = Message::new("M0820", "`{key}` must be {wanted}, found {found}", "`{key}` 应为 {wanted}，却是 {found}");
    /// An expression of a rule that is none.
    RUBRIC_PATTERN = Message::new("M0821", "`{pattern}` is no regular expression: {problem}", "`{pattern}` 不是正则表达式：{problem}");
    /// A deadline that is none.
    RUBRIC_MOMENT = Message::new("M0822", "`{value}` is no time such as `2026-11-20 23:59`", "`{value}` 不是时间，应如 `2026-11-20 23:59`");
    /// The criteria do not add up.
    RUBRIC_TOTAL = Message::new("M0823", "the points of the criteria add up to {sum}, not to 100", "各项分值合计为 {sum}，不是 100");
    /// Two criteria of the same name.
    RUBRIC_TWICE = Message::new("M0824", "the criterion `{id}` stands twice", "评分项 `{id}` 出现两次");
    /// A file that may be reused but cannot be read.
    REUSABLE_UNREADABLE = Message::new("M0825", "`{file}`, which may be reused, cannot be read: {problem}", "可引用的文件 `{file}` 无法读取：{problem}");
    /// A criterion by rules without any, or rules where they mean nothing.
    RUBRIC_RULES = Message::new("M0826", "the criterion `{id}`: `rules` belong to `by: rules`, and it needs at least one", "评分项 `{id}`：`rules` 用于 `by: rules`，且至少要有一条");
    /// A name that is no fact.
    RUBRIC_FACT = Message::new("M0827", "there is no fact `{name}`", "没有名为 `{name}` 的事实")
        .hinted("docs/grading.md lists the facts that expressions may name", "可用的名称见 docs/grading.md");
    /// A rule with neither or both.
    RUBRIC_RULE = Message::new("M0828", "a rule needs either a `pattern` or an `expression`", "每条规则需要 `pattern` 或 `expression` 之一");
    /// An id that cannot name columns.
    RUBRIC_ID = Message::new("M0829", "`{id}` cannot be the id of a criterion", "`{id}` 不能作为评分项的 id")
        .hinted("use lower-case letters, digits and `_`, beginning with a letter; `late` and `copy` are taken", "请用小写字母开头，由小写字母、数字和 `_` 组成；`late` 和 `copy` 已占用");
    /// The gradebook cannot be read back.
    GRADEBOOK_UNREADABLE = Message::new("M0830", "the gradebook `{file}` cannot be read back: {problem}", "无法读回成绩册 `{file}`：{problem}")
        .hinted("nothing was written, so that no decision is lost; close it in the spreadsheet program, or move it away", "为免丢失任何决定，未写入任何文件；请在表格软件中关闭它，或将其移走");
    /// A cell of the gradebook that is no score.
    GRADEBOOK_VALUE = Message::new("M0831", "{student}, cell {cell}: `{value}` is no score from 0 to {most}", "{student}，单元格 {cell}：`{value}` 不是 0 到 {most} 之间的分数")
        .hinted("the cell is kept as it is; until it is put right there is no total for this student", "该单元格保持原样；改正之前该生没有总分");
    /// A row of the gradebook of a student who is not in the class.
    GRADEBOOK_STRANGER = Message::new("M0832", "{student} stands in the gradebook but not in this class; the row is kept at the end", "{student} 在成绩册中，但不在本班；该行保留在末尾");
    /// A submission that changed after it was graded.
    CHANGED_AFTER = Message::new("M0833", "{student}'s work changed after the teacher graded it", "{student} 的作业在教师评分后有改动")
        .hinted("the teacher's scores stand; look at the row again", "教师的分数保持不变；请重新查看该行");
    /// A head of the gradebook that is gone.
    GRADEBOOK_HEAD = Message::new("M0834", "the gradebook has no column `{column}`", "成绩册中没有列 `{column}`")
        .hinted("nothing was written; put the column back, or move the file away to start anew", "未写入任何文件；请恢复该列，或移走文件重新开始");
    /// Reusable comments that are none.
    COMMENTS = Message::new("M0835", "the reusable comments are no list of `code: text`", "可复用评语应逐行写作 `代号: 评语`");
    /// Teacher scores for the agreement that cannot be read.
    AGREEMENT_COLUMNS = Message::new("M0840", "the teacher's file needs a column `number` or `name` and one a criterion ({criteria}); found: {found}", "教师评分文件需要“学号”或“姓名”列，以及各评分项的列（{criteria}）；现有：{found}");
    /// A row of the teacher scores that fits no student.
    AGREEMENT_STRANGER = Message::new("M0841", "`{student}` of the teacher's file is not in this class", "教师评分文件中的 `{student}` 不在本班");
    /// A value that is no score.
    AGREEMENT_VALUE = Message::new("M0842", "`{value}` is no score", "`{value}` 不是分数");
}
