//! Personal data in open answers: phone numbers, ids, mail addresses, accounts, number plates and names are replaced by what
//! they are, so that an answer can be quoted. It errs on the side of hiding too much.

use std::sync::OnceLock;

use regex::{Captures, Regex};

use crate::diagnostics::Lang;

/// The hundred most common Chinese surnames, compound ones included (Ministry of Public Security, report of 2020).
const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文";

/// What is hidden.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Mail,
    Id,
    Account,
    Phone,
    Plate,
    Number,
    /// The first group stays, the name goes, the last group stays.
    Name,
}

impl Kind {
    fn label(self, lang: Lang) -> &'static str {
        let (zh_cn, en) = match self {
            Self::Mail => ("［邮箱］", "[mail]"),
            Self::Id => ("［证件号］", "[id]"),
            Self::Account => ("［账号］", "[account]"),
            Self::Phone => ("［电话］", "[phone]"),
            Self::Plate => ("［车牌］", "[plate]"),
            Self::Number => ("［号码］", "[number]"),
            Self::Name => ("［姓名］", "[name]"),
        };
        if lang.is_chinese() { zh_cn } else { en }
    }
}

/// The text with personal data replaced.
pub fn mask(text: &str, lang: Lang) -> String {
    let mut masked = text.to_owned();
    for (kind, pattern) in patterns() {
        let label = kind.label(lang);
        masked = match kind {
            Kind::Name => pattern
                .replace_all(&masked, |found: &Captures<'_>| {
                    let group = |name| found.name(name).map_or("", |part| part.as_str());
                    format!("{}{label}{}", group("before"), group("after"))
                })
                .into_owned(),
            _ => pattern.replace_all(&masked, label).into_owned(),
        };
    }
    masked
}

fn patterns() -> &'static [(Kind, Regex)] {
    static PATTERNS: OnceLock<Vec<(Kind, Regex)>> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let surname = format!("(?:欧阳|上官|司马|诸葛|夏侯|东方|皇甫|尉迟|公孙|慕容|司徒|[{SURNAMES}])");
        let titles = "(?:经理|老师|师傅|先生|女士|小姐|阿姨|主任|店长|大姐|大哥|同学|医生|教授|院长|主管|科长|处长|总监)";
        let sources = [
            (Kind::Mail, r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+".to_owned()),
            (Kind::Id, r"[1-9]\d{5}(?:19|20)\d{9}[\dXx]".to_owned()),
            (
                Kind::Account,
                r"(?i:微信|v信|vx|wx|qq|wechat)(?:号码|号|id)?\s*[:：是为]?\s*[A-Za-z0-9][A-Za-z0-9_-]{4,19}".to_owned(),
            ),
            (Kind::Number, r"\d{12,}".to_owned()),
            (Kind::Phone, r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}".to_owned()),
            (Kind::Phone, r"\(?0\d{2,3}\)?[- ]?\d{7,8}(?:-\d{1,5})?|[48]00[- ]?\d{3}[- ]?\d{4}".to_owned()),
            (Kind::Phone, r"\+\d{1,3}[\d ()-]{6,15}\d|\b\d{3}[-. ]\d{3}[-. ]\d{4}\b".to_owned()),
            (Kind::Plate, r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·•]?[A-Z0-9]{5,6}".to_owned()),
            (Kind::Number, r"\d{7,}".to_owned()),
            (Kind::Name, format!(r"(?P<before>(?:我叫|名叫|姓名|联系人|署名)[:：是为]?\s*){surname}?\p{{Han}}{{1,2}}")),
            (Kind::Name, format!(r"(?P<before>我是){surname}\p{{Han}}{{1,2}}(?P<after>[，。,.！!；;\s]|$)")),
            (Kind::Name, format!(r"(?P<before>^|\P{{Han}}|[找叫是和与跟给向对位的谢请问把被让]){surname}\p{{Han}}{{0,2}}?(?P<after>{titles})")),
            (Kind::Name, format!(r"{surname}(?P<after>{titles})")),
            (Kind::Name, format!(r"(?P<before>[小老]){surname}(?P<after>[，。,.！!；;\s的]|$)")),
            (Kind::Name, r"(?P<before>\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.?\s+)[A-Z][\p{L}'-]+(?:\s+[A-Z][\p{L}'-]+)?".to_owned()),
            (Kind::Name, r"(?P<before>(?i:my name is|i am called|contact:?)\s+)[A-Z][\p{L}'-]+(?:\s+[A-Z][\p{L}'-]+)?".to_owned()),
        ];
        sources.into_iter().filter_map(|(kind, source)| Some((kind, Regex::new(&source).ok()?))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(patterns().len(), 16);
    }

    #[test]
    fn personal_data_are_replaced_by_what_they_are() {
        let zh = [
            ("请回电13812345678，谢谢", "请回电［电话］，谢谢"),
            ("电话021-55667788转李经理", "电话［电话］转［姓名］经理"),
            ("+86 139-1234-5678", "［电话］"),
            ("身份证310101199001011234", "身份证［证件号］"),
            ("发到 wang.li@example.com.cn 吧", "发到 ［邮箱］ 吧"),
            ("加微信：abc_12345", "加［账号］"),
            ("车牌沪A12345停不进", "车牌［车牌］停不进"),
            ("卡号6222020200112230", "卡号［号码］"),
            ("我叫张小明，住对面", "我叫［姓名］，住对面"),
            ("感谢王师傅和小李", "感谢［姓名］师傅和小［姓名］"),
            ("找欧阳老师反映过", "找［姓名］老师反映过"),
            ("3号窗口排队20分钟", "3号窗口排队20分钟"),
            ("我是老顾客", "我是老顾客"),
        ];
        for (text, masked) in zh {
            assert_eq!(mask(text, Lang::ZhCn), masked);
        }
        let en = [
            ("call me at +1 212 555 0147", "call me at [phone]"),
            ("My name is Ann Lee, Mr. Brown was rude", "My name is [name], Mr. [name] was rude"),
            ("waited 25 minutes on 2026-11-03", "waited 25 minutes on 2026-11-03"),
        ];
        for (text, masked) in en {
            assert_eq!(mask(text, Lang::En), masked);
        }
    }
}
