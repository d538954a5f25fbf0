//! The sample's three files as a survey tool would have exported them: texts in a workbook, texts in GB18030, option codes in
//! UTF-8. Test rows, repeated answers and hasty ones are mixed in; the project file says how they are dealt with.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};

use super::comments;
use super::population::{CANTEENS, GENDERS, GRADES, ITEMS, MEALS, REASONS, Wave};
use super::respondents::{ItemAnswer, Respondent};

/// Seed of the committed files: a sample that tells the story of the population plainly.
pub const SAMPLE_SEED: u64 = 20_261_144;

/// Name and bytes of every file, for a sample of respondents.
pub fn files(respondents: &[Respondent]) -> Vec<(&'static str, Vec<u8>)> {
    let of = |wave| respondents.iter().filter(|respondent| respondent.wave == wave).collect::<Vec<_>>();
    vec![
        ("2026-09.xlsx", workbook(&table(&of(Wave::September), Wave::September, Form::Texts))),
        ("2026-10.csv", gb18030(&csv_text(&table(&of(Wave::October), Wave::October, Form::Texts)))),
        ("2026-11.csv", utf8_with_mark(&csv_text(&table(&of(Wave::November), Wave::November, Form::Codes)))),
    ]
}

/// The two forms of an export: option texts (选项文本) and option numbers (选项序号).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Texts,
    Codes,
}

const PRAISE: [&str; 5] = ["很差", "差", "一般", "好", "很好"];
const LIKELIHOOD: [&str; 5] = ["一定不会", "可能不会", "不确定", "可能会", "一定会"];
const SATISFACTION: [&str; 5] = ["非常不满意", "不满意", "一般", "满意", "非常满意"];

impl Form {
    fn option(self, options: &[&str], index: usize) -> String {
        match self {
            Self::Texts => options[index].to_owned(),
            Self::Codes => (index + 1).to_string(),
        }
    }

    fn blank(self, asked: bool) -> String {
        match (self, asked) {
            (Self::Texts, true) => "(空)",
            (Self::Texts, false) => "(跳过)",
            (Self::Codes, true) => "-2",
            (Self::Codes, false) => "-3",
        }
        .to_owned()
    }

    fn yes_no(self, answer: Option<bool>, asked: bool, words: [&str; 2]) -> String {
        answer.map_or_else(|| self.blank(asked), |yes| self.option(&words, usize::from(!yes)))
    }

    fn scale(self, answer: Option<u8>, asked: bool, words: [&str; 5]) -> String {
        answer.map_or_else(|| self.blank(asked), |points| self.option(&words, usize::from(points) - 1))
    }
}

/// Header row and answers.
struct Table {
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn table(respondents: &[&Respondent], wave: Wave, form: Form) -> Table {
    let mut random = ChaCha8Rng::seed_from_u64(SAMPLE_SEED + wave as u64);
    let mut submissions: Vec<Submission> =
        respondents.iter().enumerate().map(|(index, person)| Submission::of(person, index, &mut random)).collect();
    submissions.sort_by_key(|submission| submission.moment);
    submissions.extend(mess(&submissions, wave));
    let rows =
        submissions.iter().enumerate().map(|(index, submission)| submission.row(index + 1, wave, form)).collect();
    Table { headers: headers(), rows }
}

/// An answer as it was sent.
#[derive(Debug, Clone)]
struct Submission {
    person: Respondent,
    code: String,
    /// Day, hour, minute, second.
    moment: (u32, u32, u32, u32),
    seconds: u32,
    comment: Option<String>,
}

impl Submission {
    fn of(person: &Respondent, index: usize, random: &mut ChaCha8Rng) -> Self {
        let moment = (
            random.random_range(14..=26),
            random.random_range(8..=21),
            random.random_range(0..60),
            random.random_range(0..60),
        );
        Self {
            person: person.clone(),
            code: format!("JX{}-{:04}", person.wave.name().replace("2026-", "26"), index + 1),
            moment,
            seconds: random.random_range(70..=480),
            comment: comment(person, index, random),
        }
    }

    fn row(&self, number: usize, wave: Wave, form: Form) -> Vec<String> {
        let person = &self.person;
        let (day, hour, minute, second) = self.moment;
        let month = wave.name().trim_start_matches("2026-");
        let asked_of_aware = person.aware != Some(false);
        let asked_of_customers = person.customer == Some(true) || (person.customer.is_none() && asked_of_aware);
        let yes_no = |answer, asked| form.yes_no(answer, asked, ["是", "否"]);
        let likelihood = |answer| form.scale(answer, asked_of_customers, LIKELIHOOD);
        let mut row = vec![
            number.to_string(),
            format!("2026/{month}/{day:02} {hour:02}:{minute:02}:{second:02}"),
            duration(self.seconds, wave),
            "微信".to_owned(),
            "扫码".to_owned(),
            // Addresses reserved for documentation.
            format!("198.51.100.{}(校园网)", number % 250 + 1),
            self.code.clone(),
            form.option(&CANTEENS, person.cell.canteen),
            form.option(&GRADES, person.cell.grade),
            form.option(&GENDERS, person.gender),
            form.option(&MEALS, person.meal),
            yes_no(person.aware_unaided, true),
            form.yes_no(person.aware, true, ["知道", "不知道"]),
            form.scale(person.praise, asked_of_aware, PRAISE),
            yes_no(person.category_buyer, true),
            yes_no(person.first_choice, person.category_buyer != Some(false)),
            yes_no(person.strict_choice, person.first_choice == Some(true)),
            yes_no(person.customer, asked_of_aware),
            yes_no(person.earlier_purchase, asked_of_customers),
            yes_no(person.repurchased, person.earlier_purchase == Some(true)),
            likelihood(person.return_intention),
            likelihood(person.recommend),
            yes_no(person.complained, asked_of_customers),
            yes_no(person.complained_to_company, person.complained == Some(true)),
            likelihood(person.repurchase_intention),
        ];
        row.extend(person.items.iter().map(|item| match (item, form) {
            (ItemAnswer::Points(points), _) => form.scale(Some(*points), true, SATISFACTION),
            (ItemAnswer::NotApplicable, Form::Texts) => "不适用".to_owned(),
            (ItemAnswer::NotApplicable, Form::Codes) => "6".to_owned(),
            (ItemAnswer::Empty, _) => form.blank(asked_of_customers),
        }));
        row.push(
            person.dinner_wait.map_or_else(|| form.blank(asked_of_customers), |minutes| wait(minutes, number, form)),
        );
        row.push(reasons(&person.reasons, asked_of_customers, form));
        row.push(self.comment.clone().unwrap_or_else(|| form.blank(true)));
        row.push(format!("{:.4}", person.weight));
        row
    }
}

fn headers() -> Vec<String> {
    let fixed = [
        "序号",
        "提交答卷时间",
        "所用时间",
        "来源",
        "来源详情",
        "来自IP",
        "1、您的邀请码",
        "2、请您评价的食堂",
        "3、您的年级",
        "4、您的性别",
        "5、您在校内最常吃哪一餐",
        "6、说到校内就餐，您是否先想到这家食堂",
        "7、您知道这家食堂吗",
        "8、总的来说，您对这家食堂的评价",
        "9、最近一个月您在学校及周边买过饭吗",
        "10、想吃饭时，您首先想去的是这家食堂吗",
        "11、想吃的卖完了，您会等或换它的别的窗口，而不换一家吗",
        "12、本学期您在这家食堂吃过饭吗",
        "13、此前您在这家食堂吃过饭吗",
        "14、本月您又来吃过吗",
        "15、如有需要，您会再来这家食堂吗",
        "16、您会向同学或同事推荐这家食堂吗",
        "17、本月您向任何人抱怨过这家食堂吗",
        "18、您向食堂投诉过吗",
        "19、今后您会继续来或多来吗",
    ];
    let mut headers: Vec<String> = fixed.map(str::to_owned).to_vec();
    headers.extend(ITEMS.map(|item| format!("20、您对这家食堂的满意程度({item})")));
    headers.push("21、最近一次晚餐排队几分钟".to_owned());
    headers.extend(["22、您来这家食堂的原因", "23、您的意见或建议", "权重"].map(str::to_owned));
    headers
}

fn duration(seconds: u32, wave: Wave) -> String {
    if wave == Wave::October && seconds >= 60 {
        format!("{}分{}秒", seconds / 60, seconds % 60)
    } else {
        format!("{seconds}秒")
    }
}

/// Minutes as people type them: some with the unit, some in full-width digits.
fn wait(minutes: u32, row: usize, form: Form) -> String {
    let full_width = |digits: String| -> String {
        digits.chars().filter_map(|digit| char::from_u32(u32::from(digit) - u32::from('0') + u32::from('０'))).collect()
    };
    match (form, row % 40) {
        (Form::Texts, 7) => full_width(minutes.to_string()),
        (Form::Texts, rest) if rest % 4 == 1 => format!("{minutes}分钟"),
        _ => minutes.to_string(),
    }
}

/// All reasons in one cell, joined as the survey tool does.
fn reasons(chosen: &[usize], asked: bool, form: Form) -> String {
    if chosen.is_empty() {
        return form.blank(asked);
    }
    let option = |&index: &usize| match (form, REASONS[index]) {
        (Form::Texts, "其他") => "〖其他〗离实验室近".to_owned(),
        _ => form.option(&REASONS, index),
    };
    chosen.iter().map(option).collect::<Vec<_>>().join("┋")
}

fn comment(person: &Respondent, index: usize, random: &mut ChaCha8Rng) -> Option<String> {
    let writes = random.random::<f64>() < 0.26;
    let choice: usize = random.random_range(0..1000);
    if index % 67 == 11 {
        return Some(comments::HOSTILE[index / 67 % comments::HOSTILE.len()].to_owned());
    }
    if index % 133 == 29 {
        return Some(comments::PERSONAL[index / 133 % comments::PERSONAL.len()].to_owned());
    }
    let stuck =
        CANTEENS[person.cell.canteen] == "第二食堂" && MEALS[person.meal] == "晚餐" && person.complained == Some(true);
    let texts = comments::suitable(person.mood, stuck);
    writes.then(|| texts[choice % texts.len()].to_owned())
}

/// Rows that should not count: three of the team's own tests, four answers sent twice, two given in seconds.
fn mess(submissions: &[Submission], wave: Wave) -> Vec<Submission> {
    let at = |index: usize| submissions[index % submissions.len()].clone();
    let last = (27, 9, 30, 0);
    let tests = (1..=3).map(|number| Submission {
        code: format!("TEST-{}-{number}", wave.name()),
        moment: last,
        comment: Some("测试，请忽略".to_owned()),
        ..at(number * 5)
    });
    let repeated = [31, 118, 204, 333].map(|index| {
        let first = at(index);
        let mut person = first.person.clone();
        person.praise = person.praise.map(|_| 1);
        Submission { person, moment: last, ..first }
    });
    let hasty = (1..=2).map(|number| {
        let mut submission = at(number * 71);
        submission.person.praise = submission.person.praise.map(|_| 5);
        Submission {
            code: format!("JX{}-9{number:03}", wave.name().replace("2026-", "26")),
            moment: last,
            seconds: 6 + u32::try_from(number).unwrap_or(0),
            comment: None,
            ..submission
        }
    });
    tests.chain(repeated).chain(hasty).collect()
}

fn workbook(table: &Table) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2026, 9, 28).unwrap();
    workbook.set_properties(&DocProperties::new().set_title("学院食堂满意度调查").set_creation_datetime(&created));
    let sheet = workbook.add_worksheet();
    sheet.set_name("Sheet1").unwrap();
    for (column, header) in (0u16..).zip(&table.headers) {
        sheet.write_string(0, column, header).unwrap();
    }
    for (row, cells) in (1u32..).zip(&table.rows) {
        for (column, cell) in (0u16..).zip(cells) {
            let numeric = column == 0 || usize::from(column) + 1 == cells.len();
            match cell.parse::<f64>() {
                Ok(number) if numeric => sheet.write_number(row, column, number).unwrap(),
                _ => sheet.write_string(row, column, cell).unwrap(),
            };
        }
    }
    workbook.save_to_buffer().unwrap()
}

fn csv_text(table: &Table) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(&table.headers).unwrap();
    for row in &table.rows {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn gb18030(text: &str) -> Vec<u8> {
    let (bytes, _, replaced) = encoding_rs::GB18030.encode(text);
    assert!(!replaced, "GB18030 holds every character");
    bytes.into_owned()
}

fn utf8_with_mark(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").into_bytes()
}
