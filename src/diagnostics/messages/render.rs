//! Messages about typesetting (codes M055x) and Word files (M056x).

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
    /// A client's Word file that cannot serve.
    BAD_WORD_FILE = Message::new("M0560", "`{file}` cannot be used as a Word file: {problem}", "`{file}` 不能用作 Word 文件：{problem}")
        .hinted("open it in Word, WPS or LibreOffice and save it anew as .docx", "请在 Word、WPS 或 LibreOffice 中打开，另存为 .docx");
    /// A Word file that cannot be packed.
    WORD_NOT_WRITTEN = Message::new("M0561", "the Word file cannot be written: {problem}", "无法写出 Word 文件：{problem}");
    /// A placeholder nobody knows.
    NOT_FILLED = Message::new(
        "M0562",
        "the placeholder `{name}` cannot be filled: {problem}; it stands in “{paragraph}”",
        "占位符 `{name}` 无法填写：{problem}；所在段落：“{paragraph}”",
    );
    /// A placeholder that is never closed.
    OPEN_PLACEHOLDER = Message::new(
        "M0563",
        "a placeholder begins and does not end; it stands in “{paragraph}”",
        "占位符只有开头，没有结尾；所在段落：“{paragraph}”",
    )
    .hinted("close it with two braces in the same paragraph", "请在同一段落内用两个右花括号结束");
    /// A table or blocks in the middle of a sentence.
    BLOCK_IN_SENTENCE = Message::new(
        "M0564",
        "the placeholder `{name}` stands for whole blocks but has words beside it; the blocks were put behind the paragraph",
        "占位符 `{name}` 代表整段内容，但同段还有其他文字，内容已放在该段之后",
    )
    .hinted("give it a paragraph of its own", "请让它独占一段");
    /// A template without placeholders.
    NO_PLACEHOLDER = Message::new(
        "M0565",
        "the Word file `{file}` has no placeholder, so nothing was filled in",
        "Word 文件 `{file}` 中没有占位符，未填写任何内容",
    )
    .hinted(
        "write names in two braces, such as project.title, or use the file as `reference` for its styles alone",
        "请写入用两层花括号括起的名称，例如 project.title；若只需要它的样式，请改用 `reference`",
    );
    /// A chart that could not be drawn as a picture.
    NO_CHART_PICTURE = Message::new("M0566", "a chart cannot be drawn as a picture: {problem}", "图表无法绘制为图片：{problem}");
    /// A Word file that the project names and that cannot be read.
    UNREADABLE_WORD_FILE = Message::new("M0567", "cannot read the Word file `{file}`: {problem}", "无法读取 Word 文件 `{file}`：{problem}");
    /// A document whose templates take all memory.
    TOO_MUCH_MEMORY = Message::new("M0568", "making `{document}` took more than {limit} MB of memory and was stopped", "制作 `{document}` 占用的内存超过 {limit} MB，已中止")
        .hinted(
            "look for a loop or macro in its templates that makes a text or list ever longer; for a document that needs as much, raise `limits.memory_mb` in manyi.yaml",
            "请检查模板中是否有循环或宏使文字、列表不断变长；若文档确实需要，请调高 manyi.yaml 中的 `limits.memory_mb`",
        );
    /// A document whose templates do not come to an end.
    TOO_MUCH_TIME = Message::new("M0569", "making `{document}` took longer than {limit} s and was stopped", "制作 `{document}` 用时超过 {limit} 秒，已中止")
        .hinted(
            "look for a loop or macro in its templates that does not end; for a document that needs as long, raise `limits.seconds` in manyi.yaml",
            "请检查模板中是否有不会结束的循环或宏；若文档确实需要，请调高 manyi.yaml 中的 `limits.seconds`",
        );
    /// Standards of PDF files that exclude each other.
    PDF_STANDARDS = Message::new("M0557", "the PDF cannot meet all the standards under `pdf`: {problem}", "PDF 无法同时满足 `pdf` 所列的标准：{problem}")
        .hinted("`[ua-1, a-2a]` go together", "`[ua-1, a-2a]` 可以同时使用");
}
