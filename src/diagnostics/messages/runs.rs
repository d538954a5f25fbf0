//! Messages about unattended runs (codes M0950 to M0999, M0919, M0170 to M0184, M0190, M0191 and M1006 to M1009, and M1013).

use super::{Message, messages};

messages! {
    /// `manyi build` into a folder of `manyi run`.
    FOLDER_OF_RUNS = Message::new("M0950", "`{folder}` is a release of `manyi run`, which is never changed", "`{folder}` 是 `manyi run` 发布的版本，不会改动")
        .hinted("run `manyi run --period {period}`, or build to another place with --out", "请运行 `manyi run --period {period}`，或用 --out 生成到别处");
    /// Data that no period can be cut out of.
    DATA_NOT_CUT = Message::new("M0951", "the runs cannot tell which answers belong to a period", "无法判断哪些答卷属于哪一期")
        .hinted("write `{period}` into every `file` of `data.sources` (data/{period}/answers.csv, for {example}), or cut a date column: `data.wave: { column: …, by: {by} }`", "请在 `data.sources` 的每个 `file` 中写 `{period}`（如 data/{period}/answers.csv，代表 {example}），或按日期列划分：`data.wave: { column: …, by: {by} }`");
    /// A time zone that nobody knows.
    UNKNOWN_ZONE = Message::new("M0952", "there is no time zone `{zone}`", "没有时区 `{zone}`")
        .hinted("use a name of the IANA database, such as `Asia/Shanghai`", "请用 IANA 时区名称，如 `Asia/Shanghai`");
    /// Not a period of the project's length.
    NOT_A_PERIOD = Message::new("M0953", "`{period}` is no period of this project", "`{period}` 不是本项目的期次")
        .hinted("a period is written `{wanted}`", "期次写作 `{wanted}`");
    /// A setting out of range.
    BAD_RUN_SETTING = Message::new("M0954", "this setting must be {wanted}, found `{found}`", "此项应{wanted}，却是 `{found}`");
    /// A freshness gate without a date.
    NO_FRESHNESS_COLUMN = Message::new("M0955", "nothing tells how old the answers are", "没有可判断答卷新旧的日期")
        .hinted("name a date column: `freshness: { days: …, column: … }`", "请指明日期列：`freshness: { days: …, column: … }`");
    /// A project without `runs`.
    NO_RUNS = Message::new("M0956", "the project has no `runs` section", "项目没有 `runs` 部分")
        .hinted("add it to manyi.yaml: `runs: { every: month, timezone: Asia/Shanghai }`", "请在 manyi.yaml 中添加：`runs: { every: month, timezone: Asia/Shanghai }`");
    /// The files of a period hold no answer of it.
    NO_ANSWERS_OF_PERIOD = Message::new("M0957", "there are no answers of the period {period}", "没有属于 {period} 的答卷")
        .hinted("the run can be repeated when the data are there", "数据到位后重新运行即可");
    /// The answers of a published period are gone.
    ANSWERS_GONE = Message::new("M0177", "the files hold no {what} of {period} any more; its release stays as it is", "文件中已没有 {period} 的{what}，其版本保持不变");
    /// A file of the project that cannot be read.
    INPUT_UNREADABLE = Message::new("M0958", "`{file}` cannot be read: {problem}", "无法读取 `{file}`：{problem}");
    /// Another run has the lock.
    BUSY = Message::new("M0959", "another run of this project is going on: process {pid}, since {since}", "本项目的另一次运行正在进行：进程 {pid}，始于 {since}")
        .hinted("`--wait SECONDS` of `run`, `approve`, `backfill`, `resend` and `settle` waits for it; the lock is freed when that process ends, whatever the cause", "`run`、`approve`、`backfill`、`resend`、`settle` 可加 `--wait 秒数` 等待；该进程一旦结束，无论原因，锁都会释放");
    /// Something of the run cannot be written.
    RUN_NOT_WRITTEN = Message::new("M0960", "the run stopped at `{step}`: `{place}` cannot be written: {problem}", "运行在 `{step}` 处停止：无法写入 `{place}`：{problem}")
        .hinted("what was published before is untouched; run it again when the cause is gone", "此前发布的内容未受影响；排除原因后重新运行即可");
    /// A period that is not over.
    PERIOD_NOT_OVER = Message::new("M0961", "the period {period} is not over yet in {zone}", "{period} 在 {zone} 尚未结束")
        .hinted("its release would miss answers; use --force to publish it all the same", "现在发布会缺少答卷；如确需发布请加 --force");
    /// Gate: old answers.
    GATE_STALE = Message::new("M0962", "gate `freshness`: the newest answer is of {newest}; days from it to the end of {period}: {days}, allowed: {limit}", "关卡 `freshness`：最新答卷为 {newest}，距 {period} 结束 {days} 天，最多允许 {limit} 天");
    /// Gate: few answers.
    GATE_FEW = Message::new("M0963", "gate `answers`: answers there are: {found}, wanted at least: {limit}", "关卡 `answers`：答卷 {found} 份，至少应有 {limit} 份");
    /// Gate: a revision with fewer answers.
    GATE_FEWER = Message::new("M0180", "gate `fewer`: answers there are: {found}, published before: {published}; at most {limit} % may be gone", "关卡 `fewer`：答卷 {found} 份，已发布的为 {published} 份，最多允许减少 {limit} %")
        .hinted("if answers were withdrawn or cleaned, approve it; if the export covers a shorter time or broke off, restore the file", "若确有答卷撤回或清理，请批准；若导出区间变短或中途断开，请恢复文件");
    /// Gate: a revision with fewer rows of an operational table.
    GATE_FEWER_ROWS = Message::new("M0181", "gate `fewer`: {found} rows of `{table}`, of {published} that were published; at most {limit} % may be gone", "关卡 `fewer`：表 `{table}` 有 {found} 行，已发布的为 {published} 行，最多允许减少 {limit} %")
        .hinted("if rows were withdrawn or cleaned, approve it; if the export covers a shorter time or broke off, restore the file", "若确有数据撤回或清理，请批准；若导出区间变短或中途断开，请恢复文件");
    /// Gate: fewer answers of an earlier period that is read, too.
    GATE_FEWER_READ = Message::new("M0182", "gate `fewer`: {found} answers of {earlier}, which is read with this period, of {published} that were published; at most {limit} % may be gone", "关卡 `fewer`：一并读取的 {earlier} 有答卷 {found} 份，已发布的为 {published} 份，最多允许减少 {limit} %")
        .hinted("restore the file, or take all answers of {earlier} out of it: then what was published of it is shown; `runs.read: 1` always shows that", "请恢复文件，或从中删去 {earlier} 的全部答卷，届时显示其已发布的数值；`runs.read: 1` 则始终如此");
    /// Gate: answers of an earlier period, which a gate stopped, would be shown.
    READ_UNAPPROVED = Message::new("M0184", "answers of {earlier}, which is read with this period, were stopped by a gate and are not published", "一并读取的 {earlier} 的答卷已被关卡拦下，尚未发布")
        .hinted("`manyi approve` {earlier} first, or take its correction back; then this one is published by itself", "请先对 {earlier} 运行 `manyi approve`，或撤回其更正；此后本期自行发布");
    /// A period that reads another one, which waits for approval.
    WAITS_FOR_HELD = Message::new("M0183", "{period} stays as it is: answers of an earlier period that is read with it wait for approval", "{period} 保持不变：一并读取的往期答卷正待批准")
        .hinted("`manyi history` lists what is held: `manyi approve` that period, or take its correction back", "`manyi history` 列出被扣住的各期：请对该期运行 `manyi approve`，或撤回其更正");
    /// Gate: empty cells.
    GATE_MISSING = Message::new("M0964", "gate `missing`: {found} % of the answers to `{column}` are missing, at most {limit} % are allowed", "关卡 `missing`：`{column}` 有 {found} % 缺答，最多允许 {limit} %");
    /// Gate: an indicator beyond its limits.
    GATE_LIMIT = Message::new("M0965", "gate `limits`: `{metric}` is {found}, allowed is {limit}", "关卡 `limits`：`{metric}` 为 {found}，允许 {limit}");
    /// Gate: a new column or option.
    GATE_NEW = Message::new("M0966", "gate `schema`: {what} was not there in {before}", "关卡 `schema`：{what} 在 {before} 中没有");
    /// Gate: a column or option that is gone.
    GATE_GONE = Message::new("M0967", "gate `schema`: {what} of {before} is there no more", "关卡 `schema`：{before} 中的{what} 不见了");
    /// Gate: a renamed column or option.
    GATE_RENAMED = Message::new("M0968", "gate `schema`: {what} of {before} seems to be {now} now", "关卡 `schema`：{before} 中的{what} 似乎改成了 {now}")
        .hinted("if so, both have to stand under `from` or `labels` in manyi.yaml", "若确是改名，manyi.yaml 的 `from` 或 `labels` 中须同时写有两者");
    /// Gate: a renamed column of which both names are read.
    GATE_RENAMED_KNOWN = Message::new("M0998", "gate `schema`: {what} of {before} is {now} now; manyi.yaml reads both as one column", "关卡 `schema`：{before} 中的{what} 现为 {now}，manyi.yaml 已将两者读作同一列");
    /// Gate: a jump.
    GATE_JUMP = Message::new("M0969", "gate `jump`: `{metric}` went from {earlier} to {found}, a change of more than {limit}", "关卡 `jump`：`{metric}` 由 {earlier} 变为 {found}，变化超过 {limit}");
    /// Gate: a number that is withheld.
    GATE_BLIND = Message::new("M0164", "gate `{gate}`: `{metric}` cannot be judged: its number is withheld or could not be computed", "关卡 `{gate}`：`{metric}` 的数值被隐藏或无法计算，无从判断")
        .hinted("too few answers, most often", "多因答卷过少");
    /// A control rule.
    CONTROL_SIGNAL = Message::new("M0970", "control chart: in {period} `{metric}` fires a rule: {rule}", "控制图：{period} 的 `{metric}` 触发规则：{rule}");
    /// A release waits.
    HELD = Message::new("M0971", "the release of {period} is held and waits for approval", "{period} 的发布被扣住，等待批准")
        .hinted("look at the gates above, then run `manyi approve --period {period}`; a changed file makes a new check", "请查看上述关卡，确认后运行 `manyi approve --period {period}`；文件有变动时会重新检查");
    /// A gate forbids publishing.
    FAILED_GATE = Message::new("M0972", "a gate forbids publishing {period}; the release before is untouched", "有关卡禁止发布 {period}，此前的版本未受影响");
    /// Later releases show old numbers.
    LATER_OUTDATED = Message::new("M0973", "releases of later periods still show the numbers of {period} as they were: {later}", "之后各期的版本仍显示 {period} 修订前的数值：{later}")
        .hinted("run them again with --period, or all with --catch-up", "请用 --period 逐期重新运行，或用 --catch-up 一并更新");
    /// A release that is due and was told to nobody.
    RELEASE_CUT_OFF = Message::new("M0178", "the release of {period}, due on {due}, is not whole: {how}", "{period} 的版本（应于 {due} 完成）不完整：{how}")
        .hinted("`manyi run --period {period}` makes it whole", "运行 `manyi run --period {period}` 即可补全");
    /// A period without a release.
    NO_RELEASE = Message::new("M0974", "there is no release of {period}, which was due on {due}", "没有 {period} 的发布版本，应于 {due} 完成")
        .hinted("look at the log of the timer, then run `manyi run --period {period}`", "请查看定时任务日志，然后运行 `manyi run --period {period}`");
    /// What was approved is not what was looked at.
    CHANGED_SINCE_HELD = Message::new("M0987", "the inputs of {period} or what the gates say of them changed after it was held: what is there now was not looked at", "{period} 被扣住之后，输入或关卡的结论又有变动：现在的内容尚无人查看")
        .hinted("look at the documents in the folder of the held release, then approve again", "请查看被扣住版本文件夹中的文档，再次批准");
    /// A file that is being written.
    INPUT_CHANGING = Message::new("M0993", "`{file}` changed while it was read", "读取期间 `{file}` 发生了变动")
        .hinted("run again when it is complete; write files beside their place and rename them", "请在文件写完后重新运行；上传时宜先写到旁边再改名");
    /// Deliveries that a lost history knew.
    RECEIPT_UNKNOWN = Message::new("M0994", "the history does not know the release of {period}, which was in place: whether messages about it were sent is unknown, and they are not sent; number of messages: {count}", "历史库没有已发布的 {period}：有关的 {count} 条消息是否已发送无从得知，因此不再发送")
        .hinted("the history was lost or is of a backup; `manyi resend` lists the messages and sends those that you name; if all of them were sent, say so with `manyi settle --period {period} --arrived`", "历史库可能丢失或来自旧备份；`manyi resend` 列出这些消息，并可发送指定的几条；若均已送达，请用 `manyi settle --period {period} --arrived` 标记");
    /// A range that ends before it begins, or between lengths.
    NO_PERIODS = Message::new("M0999", "there is no period from {from} to {to}", "从 {from} 到 {to} 没有任何期次")
        .hinted("`--from` names the earlier period, `--to` the later one; both are written `{wanted}`", "`--from` 为较早的一期，`--to` 为较晚的一期，均写作 `{wanted}`");
    /// A recipient of a group without documents.
    NO_SUCH_GROUP = Message::new("M0997", "`{recipient}` gets nothing of `{report}` of {period}: there is no document about `{value}` of `{column}`", "`{recipient}` 收不到 {period} 的 `{report}`：没有关于 `{column}` 中 `{value}` 的文档")
        .hinted("groups with documents: {known}; a group with few answers has none, nor one that would give it away; else correct `parameters` of the recipient", "有文档的分组：{known}；答卷过少的组以及会泄露它的组没有文档；若非如此，请更正收件人的 `parameters`");
    /// Nothing to approve.
    NOTHING_HELD = Message::new("M0975", "no release of {period} waits for approval", "{period} 没有等待批准的版本");
    /// A secret that is not there.
    NO_SECRET = Message::new("M0976", "`{name}` of the history's address is not set or cannot be read", "历史库地址所需的 `{name}` 未设置或无法读取")
        .hinted("set the environment variable, or give the file to the user that runs manyi", "请设置环境变量，或让运行 manyi 的用户可以读取该文件");
    /// A metric that the history does not know.
    METRIC_NOT_IN_HISTORY = Message::new("M0977", "the history holds no metric `{metric}`", "历史库中没有指标 `{metric}`");
    /// No numbers at all.
    EMPTY_HISTORY = Message::new("M0978", "the history is empty", "历史库为空")
        .hinted("`manyi run` and `manyi backfill` fill it", "`manyi run` 与 `manyi backfill` 会写入历史");
    /// A format that is not written.
    EXPORT_FORMAT = Message::new("M0979", "`{file}` has none of the endings `.csv` and `.parquet`", "`{file}` 的扩展名不是 `.csv` 或 `.parquet`");
    /// The past of a panel.
    PANEL_PAST = Message::new("M0980", "waves that share their respondents cannot be tested from the history, which knows no person: only the periods that are read are shown", "各期有相同受访者时，历史库不含个人，无法据其检验变化：只显示实际读取的各期")
        .hinted("read more of them: `runs.read: 2`", "请多读几期：`runs.read: 2`");
    /// Written over the network of files.
    NO_LOCKS = Message::new("M0981", "the lock `{file}` cannot be taken: {problem}", "无法取得锁 `{file}`：{problem}");
    /// A release that cannot be read back.
    DAMAGED_RELEASE = Message::new("M0982", "`{file}` is damaged: {problem}", "`{file}` 已损坏：{problem}")
        .hinted("restore the folder of this revision from a backup, or remove it to build it anew", "请从备份恢复该版本的文件夹，或将其删除以重新生成");
    /// Variables that cron does not pass on.
    CRON_WITHOUT_VARIABLES = Message::new("M0170", "a run that cron starts has none of the variables that the project names: {names}", "cron 启动的运行没有项目所需的环境变量：{names}")
        .hinted("put each into a file that only the user of the run can read, and write `${file:/path}`; or use --systemd, whose units read them from a file", "请将各值存入仅运行用户可读的文件，并写作 `${file:/path}`；或改用 --systemd，其单元会从文件读取变量");
    /// A file of /etc/cron.d whose lines name no user.
    CRON_WITHOUT_USER = Message::new("M1013", "lines of files in `{folder}` name the user that runs them; without one nothing is written", "`{folder}` 中的文件每行须写明执行用户，未指明，因此未写入")
        .hinted("add `--user NAME`, a user who owns the project's folder; for the crontab of a user write to another folder, and add the lines with `crontab -e`", "请加 `--user 用户名`（拥有项目文件夹的用户）；如用于某用户自己的 crontab，请写到其他文件夹，再用 `crontab -e` 添加");
    /// Timers of another project under the same name.
    TIMER_TAKEN = Message::new("M0191", "`{file}` runs the project of another folder; nothing is written for `{folder}`", "`{file}` 运行的是另一文件夹的项目，未为 `{folder}` 写入任何文件")
        .hinted("give this project a `runs.name` of its own in Latin letters; if the other one has moved here, remove its files first", "请为本项目写明不同的 `runs.name`（拉丁字母）；若另一项目已移到此处，请先删除其文件");
    /// A release that is due and held.
    HELD_SINCE_DUE = Message::new("M0172", "the release of {period}, due on {due}, is held by a gate and waits for approval", "{period} 的发布（应于 {due} 完成）被关卡扣住，等待批准")
        .hinted("look at the documents in `{folder}`, then run `manyi approve --period {period}`", "请查看 `{folder}` 中的文档，确认后运行 `manyi approve --period {period}`");
    /// Several releases wait.
    SEVERAL_HELD = Message::new("M0173", "releases that wait for approval: {periods}", "等待批准的发布：{periods}")
        .hinted("name one with --period", "请用 --period 指明一期");
    /// A group that the history does not know.
    SEGMENT_NOT_IN_HISTORY = Message::new("M0171", "the history holds no `{metric}` of the group `{segment}`", "历史库中没有 `{segment}` 组的 `{metric}`")
        .hinted("groups there are: {known}", "现有分组：{known}");
    /// A person who is in no table.
    NOBODY = Message::new("M0983", "no file that was searched holds the respondent", "查过的文件中没有该受访者");
    /// A file without the column of the ids.
    ID_NOT_IN_FILE = Message::new("M1006", "`{file}` cannot be searched for the respondent: it has no header {headers} of the column `{column}`", "无法在 `{file}` 中查找该受访者：没有栏目 `{column}` 的表头 {headers}")
        .hinted("add its header to `from` of the column; if the file holds no ids, look for the person in it yourself, and name the other files with --file", "请将其表头写入该栏目的 `from`；若文件中没有编号，请自行查找此人，其余文件用 --file 指明");
    /// An operational table without ids.
    TABLE_WITHOUT_ID = Message::new("M1007", "the files of the table `{table}` are not searched for the respondent: the table has no `data.id`, or another one than the survey", "未在数据表 `{table}` 的文件中查找该受访者：该表没有 `data.id`，或其编号列与问卷的不同")
        .hinted("if rows of it are about respondents, look for the person in it yourself; else nothing has to be done", "若其中各行涉及受访者，请自行查找此人；否则无需处理");
    /// Ids that are computed.
    ID_IN_NO_FILE = Message::new("M1009", "the files of the survey cannot be searched for the respondent: the ids in `{column}` are computed and stand in no file", "无法在问卷文件中查找该受访者：`{column}` 中的编号由计算得出，不在任何文件中")
        .hinted("find the rows by the columns that the ids are made of, and remove them yourself", "请按组成编号的各列找到这些行，并自行删除");
    /// Hard links outside the data of the project.
    NAMES_ELSEWHERE = Message::new("M1008", "`{file}` has further names that are not among the data of the project, such as those of a backup, and what is cut out here stays in them; number of such names: {count}", "`{file}` 另有 {count} 个名称（硬链接）不在项目数据之列（如备份），其中仍保留此处删除的内容")
        .hinted("`find DIR -samefile FILE`, before the rows are cut, shows them: see with --dry-run", "可先加 --dry-run，在删除前用 `find 目录 -samefile 文件` 找出它们");
    /// One id in several files.
    SEVERAL_PEOPLE = Message::new("M0919", "`{respondent}` stands in {count} files, where it may be of different people: {files}", "`{respondent}` 出现在 {count} 个文件中，可能不是同一个人：{files}")
        .hinted("nothing is removed; name the file with --file FILE, or use --all-files if the id is of one person everywhere", "未作删除；请用 --file 文件 指明文件；若各文件中的编号确属同一人，请用 --all-files");
    /// A project without ids.
    NO_ID = Message::new("M0984", "the project does not say which column identifies a respondent", "项目未说明哪一列标识受访者")
        .hinted("add `data.id`", "请添加 `data.id`");
    /// A file that cannot be changed.
    NOT_PURGED = Message::new("M0985", "`{file}` holds the respondent and cannot be changed by manyi", "`{file}` 含有该受访者，manyi 无法修改此格式")
        .hinted("remove the row with the program that made the file", "请用生成该文件的程序删除该行");
    /// Published documents that hold what a person said.
    PUBLISHED_ANYWAY = Message::new("M0986", "released documents cannot be changed; these were made of files with this name, and the respondent counted, or may have counted: {periods}", "已发布的文档无法更改；以下版本由同名文件生成，已计入或可能计入该受访者：{periods}")
        .hinted("run these periods again; revisions before stay unless `runs.keep.revisions` removes them, and copies that were delivered are beyond manyi", "请重新运行这些期次；旧版本仍会保留（除非 `runs.keep.revisions` 清理），已投递的副本不受 manyi 控制");
    /// Releases of files that are not what they were.
    PUBLISHED_BEFORE = Message::new("M0174", "these releases were made of files that have changed since; whether the respondent counted in them cannot be told any more: {periods}", "以下版本所用的文件此后有变动，已无法判断是否计入该受访者：{periods}")
        .hinted("run these periods again; revisions before stay unless `runs.keep.revisions` removes them", "请重新运行这些期次；旧版本仍会保留（除非 `runs.keep.revisions` 清理）");
    /// Documents that wait or were left unfinished, and hold what a person said.
    STAGED_ANYWAY = Message::new("M0190", "releases that are held or unfinished were made of files with this name, or of files that have changed since, and their documents may hold the respondent: {periods}", "以下被扣住或未完成的发布由同名文件（或此后有变动的文件）生成，其文档可能含有该受访者：{periods}")
        .hinted("run these periods again, which makes them anew; they lie in `out/.manyi`", "请重新运行这些期次，文档将重新生成；它们位于 `out/.manyi`");
    /// A control chart of something else than a share.
    NOT_A_SHARE = Message::new("M0988", "`{metric}` has no p chart: it is not a percentage", "`{metric}` 不是百分比，不能画 p 图")
        .hinted("use `xmr`", "请用 `xmr`");
    /// A control chart of an indicator that was not computed.
    CHART_BLIND = Message::new("M0179", "`{metric}` has no control chart: these answers do not give it", "`{metric}` 没有控制图：这些答卷无法算出该指标")
        .hinted("`manyi metrics` says what it lacks", "`manyi metrics` 会说明缺少什么");
    /// A metric of a gate, chart or alarm that there is not.
    NO_SUCH_METRIC = Message::new("M0989", "`{metric}` under `{place}` is no metric of this project", "`{place}` 中的 `{metric}` 不是本项目的指标");
    /// A name is needed in a shared database.
    NO_NAME = Message::new("M0990", "a shared database needs a name for the project", "共用数据库时项目需要名称")
        .hinted("add `runs.name`", "请添加 `runs.name`");
    /// A release in place whose run did not come to its end.
    NOT_FINISHED = Message::new("M0995", "the release of {period} is in place as r{revision}; its links, its record or its messages are not finished", "{period} 的第 {revision} 版已就位，其链接、入库或分发尚未完成")
        .hinted("nothing has to be undone: the next run goes on where this one stopped", "无需撤销任何内容：下一次运行会从中断处继续");
    /// A folder where a link to a release belongs.
    LINK_TAKEN = Message::new("M0996", "`{folder}` is no link of `manyi run`, and stands where the link to a release belongs", "`{folder}` 不是 `manyi run` 的链接，却占用了版本链接的位置")
        .hinted("move or remove it (`manyi build` may have made it) and run again", "请移走或删除它（可能由 `manyi build` 生成），再重新运行");
    /// Messages that are tried again.
    DELIVERIES_WAIT = Message::new("M0991", "messages not delivered yet, to be tried again: {count}", "{count} 条消息暂未送达，将会重试")
        .hinted("`manyi history --deliveries` shows them; `manyi watch` and the next run try again", "`manyi history --deliveries` 可查看；`manyi watch` 与下一次运行会重试");
    /// Messages that nobody got, or perhaps nobody.
    DELIVERIES_FAILED = Message::new("M0992", "messages that did not arrive, or of which nobody knows: {count}", "{count} 条消息未送达或不知是否送达")
        .hinted("`manyi resend` lists them with the reasons, and sends again what you name; what arrived all the same, or is not to be sent any more, is marked with `manyi settle`", "`manyi resend` 列出这些消息及原因，并可重发指定的消息；实际已送达或不再发送的，请用 `manyi settle` 标记");
}
