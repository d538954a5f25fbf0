//! Messages about what a template pack asks of its documents (codes M069x).

use super::{Message, messages};

messages! {
    /// Fewer words than the pack asks for.
    TOO_SHORT = Message::new("M0690", "report `{report}` has {count} words of text, fewer than {min}", "报告 `{report}` 正文 {count} 字，少于 {min} 字")
        .hinted("the pack asks for {min} to {max}: write more under `plan`", "模板要求 {min} 至 {max} 字：请充实 `plan` 中的内容");
    /// More words than the pack allows.
    TOO_LONG = Message::new("M0691", "report `{report}` has {count} words of text, more than {max}", "报告 `{report}` 正文 {count} 字，超过 {max} 字")
        .hinted("the pack asks for {min} to {max}: shorten the texts under `plan`, the longest first", "模板要求 {min} 至 {max} 字：请从最长的开始精简 `plan` 中的文字");
    /// More pages than the pack allows.
    TOO_MANY_PAGES = Message::new("M0692", "report `{report}` takes {pages} pages, more than {limit}", "报告 `{report}` 共 {pages} 页，超过 {limit} 页")
        .hinted("shorten the texts under `plan`, or choose fewer indicators", "请精简 `plan` 中的文字，或减少指标");
    /// How long a document is that keeps within its limits.
    LENGTH = Message::new("M0693", "report `{report}` has {count} words of text ({min} to {max} asked for)", "报告 `{report}` 正文 {count} 字（要求 {min} 至 {max} 字）");
    /// Two packs that build on each other.
    CIRCULAR_PACK = Message::new("M0694", "the template pack `{pack}` builds on itself", "模板包 `{pack}` 以自身为基础")
        .hinted("remove `extends` from one of: {lineage}", "请从以下模板包之一删除 `extends`：{lineage}");
    /// A pack that is to be built on and does not exist.
    UNKNOWN_BASE = Message::new("M0695", "the template pack `{pack}` builds on `{base}`, which does not exist", "模板包 `{pack}` 的基础 `{base}` 不存在");
    /// A pack that would be named like nothing a system can store, or like a folder of the program.
    BAD_PACK_ID = Message::new("M0696", "`{id}` cannot be the id of a template pack", "`{id}` 不能用作模板包的名称")
        .hinted("it names a folder: letters, digits and hyphens, and neither `base` nor `charts`", "它是文件夹的名称：请用字母、数字和连字符，且不能是 `base` 或 `charts`");
    /// A new pack in place of one that exists.
    PACK_EXISTS = Message::new("M0697", "there is a template pack `{pack}` already; nothing was overwritten", "模板包 `{pack}` 已存在，未覆盖任何文件")
        .hinted("choose another id; `manyi templates copy` puts a built-in pack into the project to be edited", "请换一个名称；如需修改内置模板包，请用 `manyi templates copy`");
    /// A name that templates do not have.
    NO_SUCH_FACT = Message::new("M0698", "templates have no `{name}` there", "模板在此处没有 `{name}`")
        .hinted("`manyi templates facts` prints everything that templates can use", "`manyi templates facts` 会列出模板可用的全部内容");
}
