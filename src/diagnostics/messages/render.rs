//! Messages about typesetting (codes M055x).

use super::{Message, messages};

messages! {
    /// Typst refused the template or its data.
    TYPST_ERROR = Message::new("M0550", "typesetting failed: {problem}", "排版失败：{problem}");
    /// Typst has a remark on the template.
    TYPST_WARNING = Message::new("M0551", "typesetting: {problem}", "排版提示：{problem}");
    /// Chinese text and no Chinese font.
    NO_CHINESE_FONT = Message::new(
        "M0552",
        "no installed font has Chinese characters, which this document needs",
        "本文档含有汉字，但系统中没有中文字体",
    )
    .hinted(
        "install one: Debian or Ubuntu `apt install fonts-noto-cjk`, Fedora `dnf install google-noto-sans-cjk-fonts google-noto-serif-cjk-fonts`, \
         macOS `brew install --cask font-noto-serif-cjk-sc font-noto-sans-cjk-sc` or turn on Songti SC and PingFang SC in Font Book, \
         Windows add `Chinese (Simplified) Supplemental Fonts` under Settings > Optional features",
        "请安装中文字体：Debian 或 Ubuntu 用 `apt install fonts-noto-cjk`；Fedora 用 `dnf install google-noto-sans-cjk-fonts google-noto-serif-cjk-fonts`；\
         macOS 用 `brew install --cask font-noto-serif-cjk-sc font-noto-sans-cjk-sc`，或在“字体册”中启用宋体-简与苹方-简；\
         Windows 在“设置 > 可选功能”中添加“简体中文补充字体”",
    );
    /// No font at all.
    NO_FONT = Message::new("M0553", "no font is installed", "系统中没有安装任何字体").hinted(
        "install one: Debian or Ubuntu `apt install fonts-noto-cjk`, Fedora `dnf install google-noto-sans-cjk-fonts google-noto-serif-cjk-fonts`",
        "请安装字体：Debian 或 Ubuntu 用 `apt install fonts-noto-cjk`；Fedora 用 `dnf install google-noto-sans-cjk-fonts google-noto-serif-cjk-fonts`",
    );
    /// Single characters without a glyph.
    MISSING_GLYPHS = Message::new(
        "M0554",
        "no installed font has these characters; they print as empty boxes: {characters}",
        "以下字符在已安装的字体中均不存在，将显示为方框：{characters}",
    )
    .hinted(
        "install a font that has them, such as Debian's `fonts-noto-core` or `fonts-noto-color-emoji`",
        "请安装包含这些字符的字体，例如 Debian 的 `fonts-noto-core` 或 `fonts-noto-color-emoji`",
    );
    /// A template file that cannot be read.
    UNREADABLE_TEMPLATE = Message::new("M0555", "cannot read the template: {problem}", "无法读取模板：{problem}");
    /// A document that JSON cannot hold.
    UNWRITABLE_DATA = Message::new("M0556", "the document cannot be written as JSON: {problem}", "文档无法写成 JSON：{problem}");
}
