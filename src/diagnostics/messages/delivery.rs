//! Messages about the database and delivery (codes M0900 to M0949).

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
    DATABASE_NOT_ENCRYPTED = Message::new("M0910", "`{place}` is not on this machine or asks for encryption, and connections to PostgreSQL are not encrypted", "`{place}` 不在本机，或要求加密，而与 PostgreSQL 的连接未加密")
        .hinted("use a server on this machine, a tunnel to it (`ssh -L`, a sidecar), or write `sslmode=disable` where the network itself is trusted", "请使用本机服务器或加密隧道（`ssh -L`、sidecar）；若网络本身可信，请写 `sslmode=disable`");
    /// Not an address; it is not shown, since it may hold a password.
    BAD_DATABASE_URL = Message::new("M0911", "the address of the database cannot be read", "无法识别数据库地址")
        .hinted("write `postgresql://user:password@localhost:5432/name`; special characters of the password as `%` and two digits", "请写成 `postgresql://用户:密码@localhost:5432/库名`；密码中的特殊字符写成 `%` 加两位十六进制数");
    /// A statement failed.
    DATABASE_STATEMENT = Message::new("M0912", "the database `{place}` did not do what it was asked: {problem}", "数据库 `{place}` 未能执行操作：{problem}")
        .hinted("please report this; the transaction was undone", "请反馈此问题；该事务已撤销");
}
