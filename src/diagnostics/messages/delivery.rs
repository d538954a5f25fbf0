//! Messages about the database and delivery (codes M0900 to M0949, M0175, M0176, M1000 to M1005 and M1010 to M1012, and M1015).

use super::{Message, messages};

messages! {
    /// No space for the database.
    DATABASE_FULL = Message::new("M0900", "the database `{place}` cannot grow: the disk is full", "数据库 `{place}` 无法写入：磁盘空间不足")
        .hinted("free some space and run it again; nothing was half written", "请清理磁盘后重新运行；未写入任何残缺内容");
    /// Another program holds it.
    DATABASE_LOCKED = Message::new("M0901", "the database `{place}` is in use by another program", "数据库 `{place}` 正被其他程序使用")
        .hinted("wait until the other run has ended, then run it again", "请等另一次运行结束后重试");
    /// Damaged.
    DATABASE_CORRUPT = Message::new("M0902", "the database `{place}` is damaged", "数据库 `{place}` 已损坏")
        .hinted("restore it from a backup; for SQLite, `sqlite3 FILE .recover` saves what can be read", "请从备份恢复；SQLite 文件可用 `sqlite3 FILE .recover` 取回可读部分");
    /// Another kind of file.
    NOT_A_DATABASE = Message::new("M0903", "`{place}` is not a database", "`{place}` 不是数据库文件")
        .hinted("give the path of another file, or move this one away", "请改用其他路径，或先移走该文件");
    /// No rights.
    DATABASE_NO_PERMISSION = Message::new("M0904", "the database `{place}` may not be written", "没有写入数据库 `{place}` 的权限")
        .hinted("check the rights of the file and its folder, or those of the user in PostgreSQL", "请检查文件及其文件夹的权限，或 PostgreSQL 用户的权限");
    /// The file or its disk.
    DATABASE_NOT_OPENED = Message::new("M0905", "the database `{place}` cannot be opened or written: {problem}", "无法打开或写入数据库 `{place}`：{problem}")
        .hinted("check the path and the disk", "请检查路径与磁盘");
    /// The server refuses the user.
    DATABASE_REFUSED_USER = Message::new("M0906", "the server of `{place}` refuses this user or password", "`{place}` 的服务器拒绝了该用户或密码")
        .hinted("check the environment variable or file that holds the address", "请检查保存该地址的环境变量或文件");
    /// The server has no such database.
    NO_SUCH_DATABASE = Message::new("M0907", "there is no database `{place}`", "数据库 `{place}` 不存在")
        .hinted("make it with `createdb`, or correct the address", "请用 `createdb` 创建，或更正地址");
    /// No answer, or lost.
    DATABASE_UNREACHABLE = Message::new("M0908", "the server of `{place}` cannot be reached: {problem}", "无法连接 `{place}` 的服务器：{problem}")
        .hinted("check that the server runs and can be reached from here, then run it again", "请确认服务器正在运行且本机可以连接，然后重试");
    /// Made by a newer program.
    NEWER_DATABASE = Message::new("M0909", "the database `{place}` was written by a newer manyi: its part `{component}` has version {found}, this program knows {known}", "数据库 `{place}` 由更新版本的 manyi 写入：其中 `{component}` 为第 {found} 版，本程序只认识到第 {known} 版")
        .hinted("install the newer manyi; nothing was changed", "请安装新版 manyi；未作任何修改");
    /// Encryption that is not there.
    DATABASE_NOT_ENCRYPTED = Message::new("M0910", "the connection to `{place}` cannot be encrypted: {problem}", "与 `{place}` 的连接无法加密：{problem}")
        .hinted("turn on `ssl` at the server; name the certificate that signed its own with `sslrootcert=FILE`; or, where the network itself is trusted, write `sslmode=disable`", "请在服务器上启用 `ssl`；用 `sslrootcert=FILE` 指定签发其证书的证书；若网络本身可信，可写 `sslmode=disable`");
    /// Not an address; it is not shown, since it may hold a password.
    BAD_DATABASE_URL = Message::new("M0911", "the address of the database cannot be read", "无法识别数据库地址")
        .hinted("write `postgresql://user:password@localhost:5432/name`; special characters of the password as `%` and two digits", "请写成 `postgresql://用户:密码@localhost:5432/库名`；密码中的特殊字符写成 `%` 加两位十六进制数");
    /// A statement failed.
    DATABASE_STATEMENT = Message::new("M0912", "the database `{place}` did not do what it was asked: {problem}", "数据库 `{place}` 未能执行操作：{problem}")
        .hinted("please report this; the transaction was undone", "请反馈此问题；该事务已撤销");
    /// The mail server or service says no for now.
    REFUSED_FOR_NOW = Message::new("M0920", "`{recipient}` was not served yet: the other side refuses for now ({detail})", "尚未送达 `{recipient}`：对方暂时拒收（{detail}）")
        .hinted("it is tried again by itself", "将自动重试");
    /// Refused for good.
    REFUSED = Message::new("M0921", "`{recipient}` was not served: the other side refuses ({detail})", "未送达 `{recipient}`：对方拒收（{detail}）")
        .hinted("correct what it names, then have it sent again", "请按提示更正后重新发送");
    /// No connection.
    UNREACHABLE = Message::new("M0922", "`{recipient}` was not served yet: no connection ({detail})", "尚未送达 `{recipient}`：无法连接（{detail}）")
        .hinted("it is tried again by itself", "将自动重试");
    /// Silence.
    TIMED_OUT = Message::new("M0175", "`{recipient}` was not served yet: no answer ({detail})", "尚未送达 `{recipient}`：对方没有应答（{detail}）")
        .hinted("it is tried again by itself; if it stays so, look at host and port, and whether a firewall lets them through", "将自动重试；若一直如此，请检查主机与端口，以及防火墙是否放行");
    /// A certificate that is not trusted.
    BAD_CERTIFICATE = Message::new("M0917", "`{recipient}` was not served: the certificate of the server is not valid ({detail})", "未送达 `{recipient}`：服务器证书无效（{detail}）")
        .hinted("if your own authority signed it, name the file with its certificate under `delivery.mail.certificates`, or `certificates` of the channel; if it is for another name, write that name", "若证书由本单位的机构签发，请在 `delivery.mail.certificates`（或该渠道的 `certificates`）中写明其证书文件；若证书属于另一主机名，请改写该名称");
    /// A port without TLS from the start.
    NOT_TLS = Message::new("M0916", "`{recipient}` was not served: this port does not begin with TLS ({detail})", "未送达 `{recipient}`：该端口并非一开始就使用 TLS（{detail}）")
        .hinted("write `delivery.mail.security: starttls` (mostly port 587), or the port for `tls` (mostly 465)", "请写 `delivery.mail.security: starttls`（通常为 587 端口），或改用 `tls` 的端口（通常为 465）");
    /// Why a test did not arrive.
    TEST_REASON = Message::new("M0176", "{reason}", "{reason}")
        .hinted("a test is not tried again: repair it, then test once more", "测试不会自动重试：请排除问题后再测试一次");
    /// Sent, but the answer was lost.
    ANSWER_LOST = Message::new("M0923", "whether `{recipient}` was served is unknown: everything was sent, the answer was lost ({detail})", "无法确定是否已送达 `{recipient}`：内容已全部发出，但未收到应答（{detail}）")
        .hinted("ask the recipient; it is sent again only on request", "请向收件人确认；仅在您要求时才会重发");
    /// The program ended while sending.
    INTERRUPTED = Message::new("M0924", "whether `{recipient}` was served is unknown: the program ended while sending {detail}", "无法确定是否已送达 `{recipient}`：发送途中程序中断{detail}")
        .hinted("ask the recipient; it is sent again only on request", "请向收件人确认；仅在您要求时才会重发");
    /// A delivery that a lost history knew.
    RECORD_LOST = Message::new("M0913", "whether `{recipient}` was served is unknown: the record of it was lost{detail}", "无法确定是否已送达 `{recipient}`：送达记录已丢失{detail}")
        .hinted("ask the recipient; it is sent again only on request", "请向收件人确认；仅在您要求时才会重发");
    /// A delivery that a newer revision took the place of.
    SUPERSEDED = Message::new("M0914", "`{recipient}` was not served: a newer revision took its place{detail}", "未送达 `{recipient}`：已有更新的版本{detail}");
    /// A delivery to somebody who was taken out of the project file.
    NO_RECIPIENT = Message::new("M0163", "`{recipient}` was not served: no longer a recipient of this{detail}", "未送达 `{recipient}`：已不在收件人之列{detail}")
        .hinted("put it back under `delivery.recipients` or `delivery.errors`, then have it sent again", "如需发送，请重新写入 `delivery.recipients` 或 `delivery.errors` 后重发");
    /// A delivery of which somebody said that it arrived.
    CONFIRMED = Message::new("M1000", "`{recipient}` was served: somebody confirmed it{detail}", "已送达 `{recipient}`：由人工确认{detail}");
    /// A delivery of which somebody said that it is not to be sent any more.
    DROPPED = Message::new("M1001", "`{recipient}` was not served: somebody decided that it is not to be sent any more{detail}", "未送达 `{recipient}`：已由人工决定放弃发送{detail}")
        .hinted("`manyi resend` with its id sends it all the same", "如仍需发送，可用 `manyi resend` 加其编号");
    /// A file of a release that is not what was released.
    RELEASED_FILE_CHANGED = Message::new("M0915", "`{file}` is gone or altered since it was released; messages with it are not queued", "`{file}` 在发布后丢失或被改动；含有该文件的消息未加入发送队列")
        .hinted("restore it from a backup and run the period again, or publish a new revision with `manyi run --force --period`", "请从备份恢复该文件并重新运行该期，或用 `manyi run --force --period` 发布新版本");
    /// A variable or file that is not there.
    NO_SECRET = Message::new("M0925", "`{recipient}` was not served: `{detail}` cannot be read", "未送达 `{recipient}`：无法读取 `{detail}`")
        .hinted("set the variable or the file for the program that runs unattended, then have it sent again", "请为无人值守的程序设置该变量或文件，然后重新发送");
    /// Cannot be sent as it is.
    UNFIT = Message::new("M0926", "`{recipient}` was not served: this cannot be sent ({detail})", "未送达 `{recipient}`：内容不能发送（{detail}）")
        .hinted("line breaks and control characters are not allowed in subjects, names and file names", "主题、姓名、文件名中不允许有换行符和控制字符");
    /// A file is gone or changed.
    FILE_CHANGED = Message::new("M0927", "`{recipient}` was not served: a file is gone or changed since it was queued ({detail})", "未送达 `{recipient}`：文件在排队后丢失或被修改（{detail}）")
        .hinted("run the period again, which makes a new revision", "请重新运行该期，将生成新的版本");
    /// Too large.
    TOO_LARGE = Message::new("M0928", "`{recipient}` was not served: the files are too large for a mail ({detail})", "未送达 `{recipient}`：附件过大（{detail}）")
        .hinted("send fewer `formats`, raise `delivery.mail.most_megabytes`, or use a folder and `delivery.link`", "请减少 `formats`，或提高 `delivery.mail.most_megabytes`，或改用文件夹加 `delivery.link`");
    /// Folder or store.
    NOT_DELIVERED_THERE = Message::new("M0929", "`{recipient}` was not served yet: the folder cannot be written ({detail})", "尚未送达 `{recipient}`：无法写入文件夹（{detail}）")
        .hinted("it is tried again by itself; check rights and space", "将自动重试；请检查权限与空间");
    /// The channel is gone.
    NO_CHANNEL = Message::new("M0930", "`{recipient}` was not served: the channel `{detail}` is no longer in the project file", "未送达 `{recipient}`：项目文件中已没有渠道 `{detail}`");
    /// A secret that everybody reads.
    OPEN_SECRET = Message::new("M0931", "everybody on this machine can read the secret in `{file}`", "本机所有用户都能读取 `{file}` 中的机密")
        .hinted("`chmod 600` it, and give it to the user that runs manyi", "请执行 `chmod 600`，并把所有者设为运行 manyi 的用户");
    /// A secret in the project file.
    LITERAL_SECRET = Message::new("M0932", "`{name}` must not stand in the project file", "`{name}` 不能直接写在项目文件中")
        .hinted("write `${env:NAME}` and set the environment variable, or `${file:/path}` and put it into that file; what has been in a shared file should be changed", "请写 `${env:NAME}` 并设置环境变量，或写 `${file:/path}` 并存入该文件；已在共享文件中出现过的密码应当更换");
    /// A reference that cannot be read.
    BAD_REFERENCE = Message::new("M0933", "the reference in `{name}` cannot be read", "`{name}` 中的引用无法识别")
        .hinted("write `${env:NAME}` or `${file:/path}`", "请写 `${env:NAME}` 或 `${file:/path}`");
    /// Not a mail address.
    BAD_ADDRESS = Message::new("M0934", "`{value}` is not a mail address", "`{value}` 不是邮件地址")
        .hinted("write `name@example.com` or `王芳 <name@example.com>`", "请写 `name@example.com` 或 `王芳 <name@example.com>`");
    /// No channel of this name.
    UNKNOWN_CHANNEL = Message::new("M0935", "`{value}` is neither a mail address nor a channel", "`{value}` 既不是邮件地址，也不是渠道名")
        .hinted("channels of this project: {known}", "本项目的渠道：{known}");
    /// Mail without a server.
    NO_MAIL_SERVER = Message::new("M0936", "`{value}` is to get mail, but there is no mail server", "要向 `{value}` 发邮件，但没有邮件服务器")
        .hinted("add `delivery.mail` with `host` and `from`", "请添加 `delivery.mail`，写明 `host` 与 `from`");
    /// A key that a kind of channel needs.
    CHANNEL_NEEDS = Message::new("M0937", "a channel of the kind `{kind}` needs `{key}`", "`{kind}` 类渠道需要 `{key}`");
    /// A key that a kind of channel does not know.
    CHANNEL_HAS_NO = Message::new("M0938", "a channel of the kind `{kind}` has no `{key}`", "`{kind}` 类渠道没有 `{key}`");
    /// An address that is not encrypted.
    NOT_ENCRYPTED = Message::new("M0939", "`{name}` would send secrets without encryption", "`{name}` 会以明文发送机密")
        .hinted("use `https`, or for mail `security: tls` or `starttls`; without encryption only to this machine", "请使用 `https`，邮件请用 `security: tls` 或 `starttls`；只有发往本机时才可不加密");
    /// A report that is not there.
    UNKNOWN_REPORT = Message::new("M0940", "there is no report `{value}` in `reports`", "`reports` 中没有报告 `{value}`");
    /// A parameter without groups.
    UNKNOWN_PARAMETER = Message::new("M0941", "no report that `{to}` gets has one document for each group of `{value}`", "`{to}` 收到的报告都不按 `{value}` 分册")
        .hinted("parameters name the column of `for_each` in a report", "参数名应为报告 `for_each` 的列");
    /// A recipient of a group that the data do not have.
    NO_GROUP_IN_DATA = Message::new("M1015", "`{to}` would get nothing of `{report}`: `{column}` has no group `{value}`", "`{to}` 将收不到 `{report}`：`{column}` 没有分组 `{value}`")
        .hinted("groups that have documents: {known}; correct `parameters`, unless the group has no answers yet", "有文档的分组：{known}；若非该组尚无答卷，请更正 `parameters`");
    /// Formats that a report is not built in.
    NO_SUCH_FORMAT = Message::new("M0192", "`{to}` gets messages about `{report}` without files: it is built in none of the `formats` asked for", "`{to}` 将收到不含文件的 `{report}` 消息：该报告没有生成所要的 `formats`")
        .hinted("it is built as {known}; correct `formats`, or write `files: false` if the message is enough", "该报告的格式：{known}；请更正 `formats`，若只需消息请写 `files: false`");
    /// The id of an alarm that is there by itself.
    RESERVED_ALARM = Message::new("M0193", "`{id}` is the id of an alarm that every project has", "`{id}` 是每个项目自带警报的标识")
        .hinted("give it another `id`", "请改用其他 `id`");
    /// The same recipient twice.
    REPEATED_RECIPIENT = Message::new("M0942", "`{value}` would get the same report twice", "`{value}` 会收到两份相同的报告")
        .hinted("join the two entries, or give them different parameters or reports", "请合并两项，或写明不同的参数或报告");
    /// An alarm that lacks something or has too much.
    BAD_ALARM = Message::new("M0943", "an alarm on `{on}` {problem}", "`{on}` 类警报{problem}");
    /// Nobody to be told.
    NOBODY_TOLD = Message::new("M0944", "nobody is told of the alarm `{id}`", "警报 `{id}` 没有通知对象")
        .hinted("add addresses to `delivery.errors`, or `alarms: true` to a recipient", "请在 `delivery.errors` 中添加地址，或给收件人加 `alarms: true`");
    /// A number out of its range.
    OUT_OF_RANGE = Message::new("M0945", "`{name}` is {found}; it must be between {least} and {most}", "`{name}` 为 {found}，应在 {least} 到 {most} 之间");
    /// An unknown placeholder.
    UNKNOWN_PLACEHOLDER = Message::new("M0946", "`{name}` has the unknown placeholder `{value}`", "`{name}` 中有未知的占位符 `{value}`")
        .hinted("known: {known}", "可用：{known}");
    /// A name of a channel that is taken.
    RESERVED_CHANNEL = Message::new("M0947", "`{name}` cannot be the name of a channel", "`{name}` 不能用作渠道名")
        .hinted("use a name without `@` other than `mail`", "请使用不含 `@` 且不是 `mail` 的名称");
    /// resend of an id that is not there or still under way.
    NOT_RESENT = Message::new("M0948", "there is no delivery `{id}` that could be sent again", "没有可以重发的分发记录 `{id}`")
        .hinted("`manyi resend` lists those that wait for a decision; what is queued or being sent is left alone", "`manyi resend` 列出等待决定的记录；排队中或正在发送的不受影响");
    /// settle of a delivery that is on its way or arrived.
    NOT_SETTLED = Message::new("M1002", "the delivery `{id}` cannot be settled: it is {state}", "分发记录 `{id}` 不能了结：其状态为{state}")
        .hinted("what failed or is uncertain can be; the program itself sees to what is on its way", "只有失败或不确定的记录可以了结；尚在途中的由程序自行处理");
    /// settle of an id that is not there.
    UNKNOWN_DELIVERY = Message::new("M1003", "there is no delivery `{id}`", "没有分发记录 `{id}`")
        .hinted("`manyi resend` lists those that wait for a decision, `manyi history --deliveries` all of them", "`manyi resend` 列出等待决定的记录，`manyi history --deliveries` 列出全部记录");
    /// settle of nothing.
    NOTHING_NAMED = Message::new("M1004", "no delivery is named that is to be settled", "未指明要了结的分发记录")
        .hinted("give the ids that `manyi resend` lists, or `--period` for all uncertain ones of a period", "请给出 `manyi resend` 列出的编号，或用 `--period` 指明一期内所有不确定的记录");
    /// --period where nothing of the period is uncertain.
    NOTHING_UNCERTAIN = Message::new("M1010", "no delivery of {period} is uncertain, so that `--period` changes nothing; deliveries of it: {all}", "{period} 没有不确定的分发记录，`--period` 未作任何改动；该期共有 {all} 条记录")
        .hinted("`--period` means the uncertain ones; `manyi history --deliveries` shows all of them; what is queued or to be tried again is sent by `manyi watch` and the next run", "`--period` 只指不确定的记录；`manyi history --deliveries` 列出全部记录；排队中与待重试的由 `manyi watch` 与下一次运行发送");
    /// --period where other deliveries wait for a decision.
    OPEN_OF_PERIOD = Message::new("M1011", "deliveries of {period} that failed are left as they are, and wait for a decision of their own: {count}", "{period} 有 {count} 条失败的分发记录未处理，需另行决定")
        .hinted("send them again with `manyi resend {ids}`, or say what became of them with `manyi settle {ids}` and `--arrived` or `--dropped`", "可用 `manyi resend {ids}` 重发，或用 `manyi settle {ids}` 加 `--arrived` 或 `--dropped` 了结");
    /// resend --period of what must not come after a newer revision.
    OUTDATED_OF_PERIOD = Message::new("M1012", "uncertain deliveries of {period} are not sent again, since their recipients have or get a newer revision: {count}", "{period} 有 {count} 条不确定的分发记录未重发，因为收件人已有或将收到更新的版本")
        .hinted("`manyi settle {ids} --dropped` ends the waiting for them", "可用 `manyi settle {ids} --dropped` 了结");
    /// A report with the name of messages about alarms.
    RESERVED_REPORT = Message::new("M1005", "`{id}` cannot be the id of a report: messages about alarms bear it", "`{id}` 不能用作报告编号：警报消息使用该名称")
        .hinted("use another id", "请改用其他编号");
    /// A test message that did not arrive.
    TEST_NOT_SENT = Message::new("M0949", "the test message did not reach `{recipient}`", "测试消息未能送达 `{recipient}`");
}
