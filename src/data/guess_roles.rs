//! What a header's words say about a column: fields of survey exports, groups, ratings, inputs of the enterprise-csi plugin,
//! and the short name a column gets. Words only; the answers are judged in [`super::guess`].

use std::collections::HashSet;

use crate::config::raw::ColumnType;
use crate::data::expressions::quote_name;
use crate::data::numbers::fold_width;
use crate::data::profile::Profile;

/// A part that a column plays besides being a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Identifies an answer.
    Id,
    /// When it was handed in.
    Submitted,
    /// How long it took.
    Duration,
    /// Sampling weight.
    Weight,
    /// Names, addresses, numbers of persons and machines.
    Personal,
}

/// The part that a column plays, by its header.
pub fn role_of(profile: &Profile) -> Option<Role> {
    let header = header_words(&profile.header.name);
    let is = |words: &[&str]| words.contains(&header.as_str());
    if is(&[
        "序号",
        "编号",
        "答卷编号",
        "答题序号",
        "答案编号",
        "样本编号",
        "id",
        "response id",
        // LimeSurvey with code and text of the questions as headers.
        "id. response id",
        "responseid",
        "respondent",
        "respid",
        "respnum",
        "case",
    ]) {
        return Some(Role::Id);
    }
    if is(&[
        "提交答卷时间",
        "提交时间",
        "答题时间",
        "结束答题时间",
        "结束时间",
        "调查日期",
        "日期",
        "submitdate",
        "submitted",
        "enddate",
        "end date",
        "date",
        "timestamp",
        "interview date",
    ]) {
        return Some(Role::Submitted);
    }
    if is(&["所用时间", "答题时长", "用时", "interviewtime", "duration", "duration (in seconds)"]) {
        return Some(Role::Duration);
    }
    if is(&["权数", "权重", "加权", "weight", "weights", "wt", "pw", "w"]) {
        return Some(Role::Weight);
    }
    let personal = [
        "姓名",
        "电话",
        "手机",
        "微信号",
        "邮箱",
        "身份证",
        "来自ip",
        "ip地址",
        "ip",
        "ipaddress",
        "ip address",
        "地理位置",
        "e-mail",
        "email",
        "phone",
        "name",
        "qq",
    ];
    (is(&personal) || header.starts_with("您的姓名") || header.contains("联系方式") || header.contains("手机号"))
        .then_some(Role::Personal)
}

/// True for questions about groups of people: 年级, 性别, age, city.
pub fn is_segment(profile: &Profile) -> bool {
    let text = words_of(profile);
    !is_rating(profile)
        && [
            "性别",
            "年级",
            "年龄",
            "学院",
            "专业",
            "部门",
            "地区",
            "城市",
            "省份",
            "区域",
            "职业",
            "收入",
            "学历",
            "门店",
            "渠道",
            "会员",
            "gender",
            "sex",
            "grade",
            "age group",
            "region",
            "city",
            "department",
            "branch",
            "income",
            "education",
            "occupation",
        ]
        .iter()
        .any(|word| text.contains(word))
}

/// True for questions that are answered on a scale.
pub fn is_rating(profile: &Profile) -> bool {
    let text = words_of(profile);
    [
        "满意",
        "滿意",
        "评价",
        "评分",
        "打分",
        "得分",
        "同意",
        "推荐",
        "愿意",
        "意愿",
        "重要",
        "再来",
        "还会",
        "可能性",
        "印象",
        "赞",
        "口味",
        "质量",
        "服务",
        "环境",
        "价格",
        "态度",
        "速度",
        "satisf",
        "rating",
        "rate",
        "score",
        "agree",
        "recommend",
        "likely",
        "likelihood",
        "importan",
        "praise",
        "quality",
        "overall",
        "return",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// The range of points that the words of a question state: `（0-10分）`, `1 to 5`.
pub fn stated_range(profile: &Profile) -> Option<[f64; 2]> {
    let words = words_of(profile);
    let text = fold_width(&words);
    let numbers: Vec<(usize, usize)> = {
        let mut found = Vec::new();
        let mut start = None;
        for (place, letter) in text.char_indices().chain([(text.len(), ' ')]) {
            match (letter.is_ascii_digit(), start) {
                (true, None) => start = Some(place),
                (false, Some(first)) => {
                    found.push((first, place));
                    start = None;
                }
                _ => {}
            }
        }
        found
    };
    numbers.windows(2).find_map(|pair| {
        let between = text[pair[0].1..pair[1].0].trim().trim_end_matches('分').trim();
        let joined = ["-", "–", "—", "~", "～", "到", "至", "to", "分-", "分到", "分至"].contains(&between);
        let [low, high] = [pair[0], pair[1]].map(|(start, end)| text[start..end].parse::<f64>().ok());
        let (low, high) = (low?, high?);
        let usual = matches!((low as u32, high as u32), (0 | 1, 3..=11) | (0, 100));
        (joined && usual && low < high).then_some([low, high])
    })
}

/// True for questions that people answer in their own words.
pub fn is_open(profile: &Profile) -> bool {
    let text = words_of(profile);
    [
        "意见",
        "建议",
        "请说明",
        "请写",
        "想说",
        "什么话",
        "留言",
        "评论",
        "comment",
        "suggestion",
        "in your own words",
        "anything else",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// True for questions that ask for nothing but own words, whose answers are no options, however few of them there are.
pub fn asks_own_words(profile: &Profile) -> bool {
    let text = words_of(profile);
    ["请写", "想说", "什么话", "留言", "in your own words", "anything else", "any other comments"]
        .iter()
        .any(|word| text.contains(word))
}

/// True for the question of the Net Promoter Score, which is asked from 0 to 10 also where nobody chose 0 yet.
pub fn asks_recommendation(profile: &Profile) -> bool {
    let text = words_of(profile);
    (text.contains("推荐") && text.contains("可能")) || (text.contains("likely") && text.contains("recommend"))
}

/// True for a text with a phone number or mail address, which nobody offers as an option.
pub fn holds_contact(text: &str) -> bool {
    let text = fold_width(text);
    let mail = text.split_once('@').is_some_and(|(name, place)| {
        name.ends_with(|letter: char| letter.is_ascii_alphanumeric()) && place.contains('.')
    });
    mail || holds_phone(&text)
}

/// True for ten digits on end, and for groups of digits that make a phone number: `138-1234-5678` is one, the bands
/// `10 000 - 20 000` and `5000000-9999999` are none.
fn holds_phone(text: &str) -> bool {
    // Groups joined by one and the same blank or hyphen.
    let mut groups: Vec<&str> = Vec::new();
    let (mut joint, mut end) = ("", 0);
    for (start, digits) in digit_runs(text) {
        let between = &text[end..start];
        end = start + digits.len();
        if !matches!(between, " " | "-") {
            groups.clear();
            joint = "";
        } else if joint != between {
            groups.drain(..groups.len().saturating_sub(1));
            joint = between;
        }
        groups.push(digits);
        if digits.len() >= 10 || is_phone(&groups) {
            return true;
        }
    }
    false
}

/// Runs of digits, each with its place.
fn digit_runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(|letter: char| letter.is_ascii_digit())?;
        let length = text[start..].find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len() - start);
        rest = start + length;
        Some((start, &text[start..rest]))
    })
}

/// An area code with a number, or three groups and more that are no thousands of one amount.
fn is_phone(groups: &[&str]) -> bool {
    let [first, others @ ..] = groups else { return false };
    let total: usize = groups.iter().map(|group| group.len()).sum();
    match others {
        [number] => first.starts_with('0') && matches!(first.len(), 3 | 4) && matches!(number.len(), 7 | 8),
        [] => false,
        _ => {
            let thousands = first.len() <= 3 && others.iter().all(|group| group.len() == 3);
            let usual = others.iter().all(|group| (2..=4).contains(&group.len()));
            (10..=15).contains(&total) && usual && !thousands
        }
    }
}

/// An input of another built-in plugin that a scale may feed: overall satisfaction, recommendation, ease.
pub fn other_input(
    profile: &Profile,
    kind: ColumnType,
    range: Option<[f64; 2]>,
) -> Option<(&'static str, &'static str)> {
    let text = words_of(profile);
    let holds = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let range = range.filter(|_| kind == ColumnType::Scale)?;
    if holds(&["推荐", "recommend"]) && range == [0.0, 10.0] {
        return Some(("nps", "recommend"));
    }
    if holds(&["总体", "整体", "总的来说", "overall", "all in all"]) && holds(&["满意", "滿意", "satisf"]) {
        let input = match range {
            [1.0, 5.0] => "satisfaction",
            [1.0, 4.0] => "satisfaction_4",
            [1.0, 7.0] => "satisfaction_7",
            [1.0, 10.0] => "satisfaction_10",
            [0.0, 10.0] => "satisfaction_11",
            _ => return None,
        };
        return Some(("csat", input));
    }
    (holds(&["容易", "方便办", "省力", "how easy", "ease"]) && range == [1.0, 7.0]).then_some(("ces", "ease"))
}

/// True for questions to be answered with yes or no.
pub fn asks_yes_no(profile: &Profile) -> bool {
    let text = words_of(profile);
    text.contains("是否")
        || text.trim_end_matches([' ', '?', '？', '(', ')']).ends_with('吗')
        || text.contains("did you")
        || text.contains("have you")
}

/// True for numbered questions that do not ask for a quantity: whole numbers in them are mostly codes of options.
pub fn asks_options(profile: &Profile) -> bool {
    let text = words_of(profile);
    let quantity = [
        "几",
        "多少",
        "次数",
        "年龄",
        "分钟",
        "小时",
        "金额",
        "花费",
        "消费额",
        "（元",
        "(元",
        "how many",
        "how much",
        "number of",
        "age",
    ];
    split_number(profile.header.name.trim()).0.is_some() && !quantity.iter().any(|word| text.contains(word))
}

/// An input of the enterprise-csi plugin with the words that point to it.
struct InputWords {
    input: &'static str,
    kind: ColumnType,
    words: &'static [&'static str],
    /// Words of which one must stand beside them, if there are any.
    beside: &'static [&'static str],
}

const fn yes_no(input: &'static str, words: &'static [&'static str]) -> InputWords {
    InputWords { input, kind: ColumnType::Boolean, words, beside: &[] }
}

const fn scale(input: &'static str, words: &'static [&'static str]) -> InputWords {
    InputWords { input, kind: ColumnType::Scale, words, beside: &[] }
}

/// Words for the company itself: who bought something bought it from anyone.
const OURS: &[&str] = &[
    "这家",
    "该店",
    "我们",
    "我店",
    "我司",
    "我家",
    "本店",
    "本公司",
    "本企业",
    "本品牌",
    "本产品",
    "本食堂",
    "本餐厅",
    "本超市",
    "本商场",
    " us",
    "our ",
];

/// The first entry that fits by words and kind is taken, so the narrower come first.
const INPUTS: &[InputWords] = &[
    yes_no("first_choice", &["首先想到", "首选", "第一个想到", "首先想去", "first choice", "first_choice"]),
    yes_no("aware_unaided", &["先想到", "想到哪", "unaided", "unprompted"]),
    yes_no("aware", &["听说过", "是否知道", "您知道", "知晓", "heard of", "aware"]),
    yes_no("strict_choice", &["不换", "宁愿等", "愿意等", "会等待", "rather wait", "strict_choice", "not switch"]),
    yes_no("complained_to_company", &["投诉", "complained to us", "complained_to_", "complain to the company"]),
    yes_no("complained", &["抱怨", "complain"]),
    yes_no(
        "earlier_purchase",
        &["之前购买", "以前购买", "之前来过", "以前来过", "此前", "earlier_purchase", "bought before"],
    ),
    yes_no(
        "repurchased",
        &["又购买", "又买", "又来", "再次购买过", "再次光顾", "再次消费", "repurchased", "bought again"],
    ),
    yes_no(
        "category_buyer",
        &["这类", "同类", "不论哪", "无论哪", "任何一家", "周边买过", "from anyone", "from any ", "category_buyer"],
    ),
    InputWords {
        input: "bought",
        kind: ColumnType::Boolean,
        words: &["购买过", "买过", "消费过", "就餐过", "吃过", "bought", "did you buy", "purchased"],
        beside: OURS,
    },
    yes_no("customer", &["的顾客", "顾客吗", "客户吗", "customer"]),
    scale("repurchase_intention", &["继续", "多买", "多来", "再次购买", "再购", "repurchase", "buy again", "buy more"]),
    scale("return_intention", &["再来", "再次光顾", "还会来", "下次还", "再次选择", "return", "come again"]),
    scale("recommend", &["推荐", "recommend"]),
    scale("praise", &["总体", "整体", "总的来说", "overall", "praise", "美誉"]),
];

/// The input of the enterprise-csi plugin that a column may feed. Its scales run from 1 to 5.
pub fn plugin_input(profile: &Profile, kind: ColumnType, range: Option<[f64; 2]>) -> Option<&'static str> {
    let text = words_of(profile);
    let fits = |wanted: ColumnType| kind == wanted && (kind != ColumnType::Scale || range == Some([1.0, 5.0]));
    let header = header_words(&profile.header.name);
    let holds = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let named = INPUTS.iter().find(|entry| fits(entry.kind) && entry.input == header);
    let found = named.or_else(|| {
        INPUTS
            .iter()
            .find(|entry| fits(entry.kind) && holds(entry.words) && (entry.beside.is_empty() || holds(entry.beside)))
    });
    found.map(|entry| entry.input)
}

/// The question without its number: `3、您的年级` is 您的年级.
pub fn question_text(header: &str) -> String {
    let (number, rest) = split_number(header.trim());
    let rest = if number.is_some() && !rest.is_empty() { rest } else { header.trim() };
    rest.to_owned()
}

/// Short, unique names: the header where it is a plain word, a known field's name, else `q` and the question's number; the
/// parts of a question are `q5_1`, `q5_2`.
pub fn names_of(groups: &[&[&Profile]]) -> Vec<String> {
    let name_of = |group: &&[&Profile]| {
        group.first().map_or_else(|| "q".to_owned(), |profile| base_name(profile, group.len() > 1))
    };
    let names: Vec<String> = groups.iter().map(name_of).collect();
    let mut taken: HashSet<String> = HashSet::new();
    names
        .iter()
        .map(|name| {
            let numbered = name.starts_with('q') && name[1..].bytes().all(|byte| byte.is_ascii_digit());
            let shared = numbered && names.iter().filter(|other| *other == name).count() > 1;
            let mut number = 1;
            let mut unique = if shared { format!("{name}_1") } else { name.clone() };
            while !taken.insert(unique.to_lowercase()) {
                number += 1;
                unique = format!("{name}_{number}");
            }
            unique
        })
        .collect()
}

fn base_name(profile: &Profile, expanded: bool) -> String {
    let header = profile.header.name.as_str();
    let plain = header.starts_with(|first: char| first.is_ascii_alphabetic())
        && header.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && quote_name(header) == header;
    if plain && !expanded {
        return header.to_owned();
    }
    let field = match role_of(profile) {
        Some(Role::Id) => Some("id"),
        Some(Role::Submitted) => Some("submitted"),
        Some(Role::Duration) => Some("duration"),
        Some(Role::Weight) => Some("weight"),
        Some(Role::Personal) | None => None,
    };
    if let Some(field) = field {
        return field.to_owned();
    }
    let text = words_of(profile);
    let known = [
        ("性别", "gender"),
        ("年级", "grade"),
        ("年龄", "age"),
        ("总体", "overall"),
        ("整体", "overall"),
        ("推荐", "recommend"),
        ("意见", "opinion"),
        ("建议", "opinion"),
        ("城市", "city"),
        ("地区", "region"),
        ("部门", "department"),
        ("职业", "occupation"),
        ("听说过", "aware"),
        ("来自ip", "ip"),
        ("来源", "origin"),
    ];
    // A long question may hold such a word by chance.
    let short = question_text(header).chars().count() <= 14;
    if let Some((_, name)) = known.iter().find(|(word, _)| short && !expanded && text.contains(word)) {
        return (*name).to_owned();
    }
    let number = split_number(header.trim()).0.map_or(profile.position, |number| number);
    format!("q{number}")
}

/// The question's number (`3、`, `Q3.`, `第5题`) and the rest of the header.
fn split_number(header: &str) -> (Option<usize>, &str) {
    let body = header.strip_prefix('第').or_else(|| header.strip_prefix(['Q', 'q'])).unwrap_or(header);
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let Ok(number) = body[..digits].parse::<usize>() else { return (None, header) };
    let rest = body[digits..].trim_start();
    let marked = ['、', '.', '．', ':', '：', '题', ')', '）', '[', '('].iter().any(|mark| rest.starts_with(*mark));
    if !marked {
        return (None, header);
    }
    (Some(number), rest.trim_start_matches(['、', '.', '．', ':', '：', '题', ')', '）', ' ']).trim())
}

fn header_words(header: &str) -> String {
    let (_, text) = split_number(header.trim());
    fold_width(text).to_lowercase().trim_end_matches(['?', ':']).trim().to_owned()
}

fn words_of(profile: &Profile) -> String {
    let label = profile.header.label.as_deref().unwrap_or_default();
    format!("{} {}", profile.header.name, label).to_lowercase()
}
