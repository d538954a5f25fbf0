//! Messages about `brand.yaml` (codes M0570 to M0579).

use super::{Message, messages};

messages! {
    /// A colour that cannot be read.
    BAD_COLOUR = Message::new("M0570", "`{value}` is no colour", "`{value}` 不是颜色")
        .hinted("write it as web pages do, in quotes: \"#0b6e4f\"", "请像网页那样书写并加引号：\"#0b6e4f\"");
    /// A colour too pale for text.
    PALE_TEXT = Message::new(
        "M0571",
        "the contrast of {colour} against white is {contrast}:1; text needs 4.5:1, so it is set in {used}",
        "{colour} 与白色的对比度为 {contrast}:1，文字至少需要 4.5:1，文字改用 {used}",
    )
    .hinted("choose a darker colour if {used} is not what the brand has", "若 {used} 不合品牌规范，请选用更深的颜色");
    /// A colour too pale for charts.
    PALE_GRAPHICS = Message::new(
        "M0572",
        "the contrast of {colour} against white is {contrast}:1; charts need 3:1, so they are drawn in {used}",
        "{colour} 与白色的对比度为 {contrast}:1，图形至少需要 3:1，图形改用 {used}",
    )
    .hinted("choose a darker colour if {used} is not what the brand has", "若 {used} 不合品牌规范，请选用更深的颜色");
    /// A font that is not installed.
    UNKNOWN_FONT = Message::new("M0573", "the font `{font}` is not installed; the PDF and the charts are set in `{used}`", "未安装字体 `{font}`，PDF 与图表改用 `{used}`")
        .hinted("install it, or name one that is: `fc-list : family` lists them on Linux", "请安装该字体，或改用已安装的字体；Linux 可用 `fc-list : family` 查看");
    /// A logo that cannot be read.
    LOGO_UNREADABLE = Message::new("M0574", "the logo `{file}` cannot be read: {problem}", "无法读取标志 `{file}`：{problem}");
    /// A logo that is too large.
    LOGO_LARGE = Message::new("M0575", "the logo `{file}` is larger than {limit} MB", "标志 `{file}` 超过 {limit} MB")
        .hinted("it stands in every document: make it smaller, best as SVG", "每份文档都会带上它：请缩小，最好使用 SVG");
    /// A logo that is no picture.
    LOGO_KIND = Message::new("M0576", "the logo `{file}` is neither PNG nor JPEG nor SVG", "标志 `{file}` 不是 PNG、JPEG 或 SVG 图片");
    /// A logo outside of the project.
    LOGO_OUTSIDE = Message::new("M0577", "the logo `{file}` lies outside the folder of `brand.yaml`", "标志 `{file}` 不在 `brand.yaml` 所在的文件夹内")
        .hinted("copy it into the project, so that the project can be handed on", "请复制到项目中，以便移交项目");
    /// A main colour that cannot be told from the colour of what is bad.
    CONFUSABLE = Message::new(
        "M0578",
        "beside {bad}, the colour of what is bad, {colour} does not say to every reader that something is good; charts, cards and tables use {good} for good and {kept} for bad",
        "{colour} 与表示不利的 {bad} 并列时，读者未必看得出是有利；图表、卡片和表格以 {good} 表示有利，以 {kept} 表示不利",
    )
    .hinted("a green, blue or purple `primary` is used there too; a red or orange one stays on covers, in headings and links", "绿、蓝、紫色的 `primary` 也用于图表；红、橙色的只用于封面、标题和链接");
    /// A name in header or footer that nothing fills.
    UNKNOWN_NAME = Message::new("M0579", "nothing fills the name `{name}` in `{key}`", "`{key}` 中的名称 `{name}` 没有对应的内容")
        .hinted("possible: {known}", "可用：{known}");
    /// A logo that cannot be drawn.
    LOGO_NOT_DRAWN = Message::new("M0558", "the logo `{file}` cannot be drawn: {problem}", "无法绘制标志 `{file}`：{problem}")
        .hinted("open it in a picture editor and save it anew", "请用图片软件打开后另存");
}
