//! Chinese as it is written in Taiwan, made from that of the mainland: characters, and the terms of the field. What the data say
//! stays as typed: it stands between two marks, which are taken out here.

use std::borrow::Cow;
use std::sync::LazyLock;

use zhconv::{Variant, ZhConverter, ZhConverterBuilder, get_builtin_tables};

/// Opens what is not to be converted. Unicode keeps these two code points free for use inside a program; no file holds them.
const OPEN: char = '\u{fdd0}';
/// Closes it.
const CLOSE: char = '\u{fdd1}';

/// Terms of the field that the dictionary lacks or has for computers alone, the mainland's first.
const TERMS: [(&str, &str); 118] = [
    ("质量", "品質"),
    ("信息", "資訊"),
    ("软件", "軟體"),
    ("网络", "網路"),
    ("视频", "影片"),
    ("短信", "簡訊"),
    ("二维码", "行動條碼"),
    ("打印", "列印"),
    ("用户", "使用者"),
    ("默认", "預設"),
    ("反馈", "回饋"),
    ("渠道", "通路"),
    ("营销", "行銷"),
    ("策划", "企劃"),
    ("计划", "計畫"),
    ("投诉", "客訴"),
    ("应急预案", "應變計畫"),
    ("预案", "應變計畫"),
    ("置信区间", "信賴區間"),
    ("置信", "信賴"),
    ("均值", "平均數"),
    ("变量", "變數"),
    ("数据", "資料"),
    ("抽样误差", "抽樣誤差"),
    ("相关系数", "相關係數"),
    ("系数", "係數"),
    ("关系", "關係"),
    ("联系", "聯繫"),
    ("骨干", "骨幹"),
    ("若干", "若干"),
    ("干净", "乾淨"),
    ("制造", "製造"),
    ("制作", "製作"),
    ("公布", "公布"),
    ("分布", "分布"),
    ("标注", "標註"),
    ("备注", "備註"),
    ("注明", "註明"),
    ("公里", "公里"),
    ("邻里", "鄰里"),
    ("一周", "一週"),
    ("两周", "兩週"),
    ("每周", "每週"),
    ("首周", "首週"),
    ("本周", "本週"),
    ("上周", "上週"),
    ("下周", "下週"),
    ("周期", "週期"),
    ("周末", "週末"),
    ("柜台", "櫃檯"),
    ("台账", "台帳"),
    ("四舍五入", "四捨五入"),
    ("舍入", "捨入"),
    ("高校", "大專院校"),
    ("质检", "品檢"),
    ("算法", "算法"),
    ("试运行", "試營運"),
    ("投诉过", "申訴過"),
    ("生发", "生發"),
    ("学生发", "學生發"),
    ("水平", "水準"),
    ("水平轴", "水平軸"),
    ("水平线", "水平線"),
    // A test of hypotheses, not the inspection of goods.
    ("t检验", "t檢定"),
    ("t 检验", "t 檢定"),
    ("秩检验", "秩檢定"),
    ("卡方检验", "卡方檢定"),
    ("显著性检验", "顯著性檢定"),
    ("组间检验", "組間檢定"),
    ("单独检验", "單獨檢定"),
    ("全部检验", "全部檢定"),
    ("未经检验", "未經檢定"),
    ("检验：", "檢定："),
    ("方差", "變異數"),
    ("协方差", "共變異數"),
    ("运营", "營運"),
    ("批注", "註解"),
    ("单元格", "儲存格"),
    ("公式与宏", "公式與巨集"),
    // A file of a computer, where the sentence says so; elsewhere it is a paper.
    ("数据文件", "資料檔案"),
    ("报告文件", "報告檔案"),
    ("读入的文件", "讀入的檔案"),
    ("从文件到", "從檔案到"),
    // Rows and columns have each other's names in Taiwan; a word that may mean more is turned in its sentence alone.
    ("下方各行", "下方各列"),
    ("每行一个", "每列一個"),
    ("每行是", "每列是"),
    ("每行为该", "每列為該"),
    ("各行相同", "各列相同"),
    ("各行之和", "各列之和"),
    ("标杆行的", "標杆列的"),
    ("对同一行", "對同一列"),
    ("列或表达式", "欄位或運算式"),
    ("所取的列", "所取的欄位"),
    ("见 n 列", "見 n 欄"),
    ("列名后的字母", "欄名後的字母"),
    ("上述各列中", "上述各欄中"),
    ("某列分组", "某欄分組"),
    ("该列显著", "該欄顯著"),
    ("带此字母的列", "帶此字母的欄"),
    ("计入两列的", "計入兩欄的"),
    ("这样的列。", "這樣的欄。"),
    ("与不含两列", "與不含兩欄"),
    // What the dictionary takes for a word of computing and is none here.
    ("窗口", "窗口"),
    ("支持", "支持"),
    ("程序", "程序"),
    ("文件", "文件"),
    ("项目", "項目"),
    ("对象", "對象"),
    ("采购", "採購"),
    ("设备", "設備"),
    ("类型", "類型"),
    ("发布", "發布"),
    ("调度", "調度"),
    ("声明", "聲明"),
    ("参数", "參數"),
    ("调试", "測試"),
    ("绑定", "綁定"),
    ("真实时间", "真實時間"),
];

/// Characters that stand for several in Taiwan, each with that of our texts where no longer word of the dictionary says otherwise.
const CHARACTERS: [(&str, &str); 36] = [
    ("后", "後"),
    ("价", "價"),
    ("于", "於"),
    ("占", "占"),
    ("据", "據"),
    ("准", "準"),
    ("里", "裡"),
    ("愿", "願"),
    ("适", "適"),
    ("荐", "薦"),
    ("几", "幾"),
    ("种", "種"),
    ("确", "確"),
    ("采", "採"),
    ("余", "餘"),
    ("划", "劃"),
    ("范", "範"),
    ("咨", "諮"),
    ("柜", "櫃"),
    ("广", "廣"),
    ("挂", "掛"),
    ("极", "極"),
    ("万", "萬"),
    ("征", "徵"),
    ("云", "雲"),
    ("厂", "廠"),
    ("夸", "誇"),
    ("胜", "勝"),
    ("松", "鬆"),
    ("咸", "鹹"),
    ("涂", "塗"),
    ("叶", "葉"),
    ("苹", "蘋"),
    ("脏", "髒"),
    ("获", "獲"),
    ("面", "面"),
];

/// The dictionary with our own words in front of it. It is made once, and only where a text is written in Taiwan's Chinese.
static CONVERTER: LazyLock<ZhConverter> = LazyLock::new(|| {
    // What is Taiwan's already stays.
    let done = TERMS.map(|(_, taiwan)| (taiwan, taiwan));
    let dictionary = ZhConverterBuilder::new().tables(get_builtin_tables(Variant::ZhTW));
    dictionary.conv_pairs(done).conv_pairs(CHARACTERS).conv_pairs(TERMS).build()
});

/// A text between the marks. Marks inside it are dropped, so that it cannot end the protection early.
pub(super) fn marked(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut marked = String::with_capacity(text.len() + 6);
    marked.push(OPEN);
    marked.extend(text.chars().filter(|letter| !is_mark(*letter)));
    marked.push(CLOSE);
    marked
}

/// The text without the marks around it.
pub fn unmarked(marked: &str) -> &str {
    marked.trim_start_matches(OPEN).trim_end_matches(CLOSE)
}

fn is_mark(letter: char) -> bool {
    letter == OPEN || letter == CLOSE
}

/// A word with `{placeholders}`, marked all around them: what fills them is converted or not as it says itself.
pub fn marked_around_placeholders(word: &str) -> String {
    let mut written = String::new();
    let mut rest = word;
    while let Some((before, name, after)) =
        rest.split_once('{').and_then(|(before, rest)| rest.split_once('}').map(|(name, after)| (before, name, after)))
    {
        written.push_str(&marked(before));
        written.push_str(&format!("{{{name}}}"));
        rest = after;
    }
    written + &marked(rest)
}

/// The text without marks, for readers in other languages than the text was fetched for.
pub fn without_marks(mut text: String) -> String {
    if text.contains(is_mark) {
        text.retain(|letter| !is_mark(letter));
    }
    text
}

/// A piece of a text whose end was cut off: what was opened in it is closed.
pub fn closed(mut piece: String) -> String {
    let opened = piece.chars().filter(|letter| *letter == OPEN).count();
    let ended = piece.chars().filter(|letter| *letter == CLOSE).count();
    if opened > ended {
        piece.push(CLOSE);
    }
    piece
}

/// The text without a mark at its end.
pub fn without_end_mark(text: &str) -> &str {
    text.trim_end_matches(CLOSE)
}

/// The text in Taiwan's characters and terms, but for what stands between marks; the marks are gone.
pub fn to_taiwan(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        written.push_str(&converted(before));
        // Where a filter of a template cut off the end, the protection ends with the line.
        let piece = after.split(OPEN).next().unwrap_or(after);
        let (kept, end) = match piece.split_once(CLOSE) {
            Some((kept, _)) => (kept, &after[kept.len() + CLOSE.len_utf8()..]),
            None => after.split_at(piece.find('\n').unwrap_or(piece.len())),
        };
        written.push_str(kept);
        rest = end;
    }
    written.push_str(&converted(rest));
    written.retain(|letter| !is_mark(letter));
    written
}

fn converted(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(usual(CONVERTER.convert(text))) }
}

/// Quotation marks as in Taiwan, and letters that words of the dictionary have in a form that is not usual there. Behind a Latin
/// letter the closing single mark is an apostrophe.
fn usual(text: String) -> String {
    if !text.contains(['“', '”', '‘', '’', '賬', '佈', '佔']) {
        return text;
    }
    let mut before = None;
    text.chars()
        .map(|letter| {
            let behind_latin = before.replace(letter).is_some_and(|letter: char| letter.is_ascii_alphabetic());
            match letter {
                '“' => '「',
                '”' => '」',
                '‘' => '『',
                '’' if !behind_latin => '』',
                '賬' => '帳',
                '佈' => '布',
                '佔' => '占',
                other => other,
            }
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::diagnostics::{Lang, Localized, LocalizedTexts, Verbatim, lang_texts};

    #[test]
    fn terms_are_those_of_taiwan_not_only_the_characters() {
        for (mainland, taiwan) in [
            ("服务质量的满意度", "服務品質的滿意度"),
            ("软件与网络的信息", "軟體與網路的資訊"),
            ("视频反馈", "影片回饋"),
            ("95% 置信区间", "95% 信賴區間"),
            ("取餐窗口后面", "取餐窗口後面"),
            ("四种情形，先分流、后预约", "四種情形，先分流、後預約"),
            ("推广见效", "推廣見效"),
            ("三公里内的客户关系", "三公里內的客戶關係"),
            ("营销渠道与投诉", "行銷通路與客訴"),
            ("若干骨干把柜台擦干净", "若干骨幹把櫃檯擦乾淨"),
            ("对新生发放、对学生发放；24小时内公布出来", "對新生發放、對學生發放；24小時內公布出來"),
            ("先试运行3天，向食堂投诉过者占比", "先試營運3天，向食堂申訴過者占比"),
            ("账号与流水账，算法见表1", "帳號與流水帳，算法見表1"),
            ("在95%水平上显著（t 检验，双侧）", "在95%水準上顯著（t 檢定，雙側）"),
            ("来料检验员", "來料檢驗員"),
            ("运营经理看题项方差与两列的协方差", "營運經理看題項變異數與兩列的共變異數"),
            (
                "数据文件中的单元格没有公式与宏，见批注；宏伟的文件",
                "資料檔案中的儲存格沒有公式與巨集，見註解；宏偉的文件",
            ),
            ("每行一个估计值，见下方各行；银行排列在后", "每列一個估計值，見下方各列；銀行排列在後"),
            ("每行为该指标自身的基数，见 n 列与批注", "每列為該指標自身的基數，見 n 欄與註解"),
            ("列或表达式；各输入所取的列及其取值；字段", "欄位或運算式；各輸入所取的欄位及其取值；欄位"),
            ("该列显著高于同一分组中带此字母的列", "該欄顯著高於同一分組中帶此字母的欄"),
            ("“满意”者，‘很’字；who’s", "「滿意」者，『很』字；who’s"),
            ("设备类型与真实时间，跟在后面", "設備類型與真實時間，跟在後面"),
            ("plain ASCII", "plain ASCII"),
            ("", ""),
        ] {
            assert_eq!(to_taiwan(mainland), taiwan);
        }
    }

    #[test]
    fn what_the_data_say_stays_as_typed() {
        let typed = Localized::from("软件质量");
        let sentence = |lang| format!("对“{}”的质量评价", typed.get(lang));
        assert_eq!(to_taiwan(&sentence(Lang::ZhTw)), "對「软件质量」的品質評價");
        assert_eq!(sentence(Lang::ZhCn), "对“软件质量”的质量评价");
        assert_eq!(serde_json::to_string(&typed).unwrap(), "\"软件质量\"");
        // Marks in a file are no marks.
        assert_eq!(to_taiwan(Verbatim::new("软\u{fdd1}件").get(Lang::ZhTw)), "软件");
    }

    #[test]
    fn a_text_put_together_is_converted_but_for_what_the_data_say() {
        let begin = |group: &str| {
            let tw = format!("先从{}做起", Localized::from(group).get(Lang::ZhTw));
            let texts = lang_texts(format!("先从{group}做起"), "");
            Localized::PerLang(LocalizedTexts { zh_tw: Some(Verbatim::in_parts(tw)), ..texts })
        };
        let text = begin("软件质量");
        assert_eq!(to_taiwan(text.get(Lang::ZhTw)), "先從软件质量做起");
        // As it is written, it is read again; what is made of the Chinese text anyway is not written.
        let written = r#"{"zh-CN":"先从软件质量做起","en":"","zh-TW":"先從软件质量做起"}"#;
        assert_eq!(serde_json::to_string(&text).unwrap(), written);
        let read: Localized = serde_json::from_str(written).unwrap();
        assert_eq!(to_taiwan(read.get(Lang::ZhTw)), "先從软件质量做起");
        assert_eq!(serde_json::to_string(&begin("大一")).unwrap(), r#"{"zh-CN":"先从大一做起","en":""}"#);
    }

    #[test]
    fn a_text_of_its_own_stands_word_for_word() {
        let title: Localized =
            serde_json::from_str(r#"{"zh-CN": "质量", "en": "Quality", "zh-TW": "质量原文"}"#).unwrap();
        assert_eq!(to_taiwan(title.get(Lang::ZhTw)), "质量原文");
        assert_eq!((title.get(Lang::ZhCn), title.get(Lang::En)), ("质量", "Quality"));
        assert_eq!(serde_json::to_string(&title).unwrap(), r#"{"zh-CN":"质量","en":"Quality","zh-TW":"质量原文"}"#);
        let word = marked_around_placeholders("第{page}页");
        assert_eq!(to_taiwan(&word.replace("{page}", "质量")), "第品質页");
    }
}
