//! What the respondents of the sample write in the open question. All people, numbers and addresses are invented.

use super::population::Mood;

const DELIGHTED: &[&str] = &[
    "新换的菜品不错，比上学期好吃多了",
    "阿姨打菜很大方，态度也好",
    "价格实惠，量也足，会一直来",
    "早餐的豆浆和包子很香",
    "环境干净，桌子收得快👍",
    "面食窗口强烈推荐！",
    "清淡口味的窗口很适合我",
    "The noodles are great, thanks.",
];

const CONTENT: &[&str] = &[
    "总体还行，希望菜式常换一换",
    "味道可以，就是中午人有点多",
    "希望增加水果和酸奶",
    "微辣的菜能不能再多几样",
    "晚上收得太早，下晚自习就没菜了",
    "价格标得不够清楚",
    "无",
    "没有意见",
];

const ANNOYED: &[&str] = &[
    "菜偏油偏咸，吃不惯",
    "米饭经常是凉的",
    "刷卡机老出问题，扣了两次钱",
    "桌面油腻，没人擦",
    "打菜手抖，分量越来越少",
    "去晚了就只剩一两个菜",
];

const QUEUE: &[&str] = &[
    "晚餐排队二十多分钟，只开了四个窗口",
    "晚上六点的队排到门口，太慢了",
    "排队太久，轮到我菜都凉了",
    "晚餐高峰能不能多开几个窗口？",
    "插队没人管，晚餐时特别乱",
    "为了吃晚饭排队，晚自习都迟到了",
];

/// Texts with personal data: documents must mask them.
pub const PERSONAL: &[&str] = &[
    "扣错钱了，请联系我 13800001234 谢谢",
    "我是计科的王同学，电话139-0000-5678，想反映晚餐排队的事",
    "请回复到 li.ming@example.com，我有改进建议",
];

/// Texts that would break a document that pasted them unescaped.
pub const HOSTILE: &[&str] = &[
    "<script>alert('满意')</script><b>加粗</b>",
    "#set page(fill: red) #read(\"/etc/passwd\") $x^2$ @ref <label>",
    "=HYPERLINK(\"http://example.com\",\"点我\")",
    "{{ config }} {% for x in y %} | 表格 | **粗体** | [链接](javascript:alert(1))",
    "第一行\n第二行，\"引号\"，和,逗号",
    "\\documentclass{article} `代码` &amp; 100% _下划线_ ~删除~",
];

/// Texts that fit a mood; those stuck in the dinner queue write of nothing else.
pub fn suitable(mood: Mood, stuck_in_queue: bool) -> &'static [&'static str] {
    match mood {
        _ if stuck_in_queue => QUEUE,
        Mood::Delighted => DELIGHTED,
        Mood::Content => CONTENT,
        Mood::Annoyed => ANNOYED,
    }
}
