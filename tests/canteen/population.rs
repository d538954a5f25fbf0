//! The campus of the sample project: how many people of which kind there are and how likely each kind is to answer what.
//! [`truth`] adds these probabilities up to the values that the indicators of a perfect survey would have.

use std::collections::BTreeMap;

/// Canteens, in codebook order.
pub const CANTEENS: [&str; 4] = ["第一食堂", "第二食堂", "清真餐厅", "教工餐厅"];
/// Grades, in codebook order.
pub const GRADES: [&str; 6] = ["大一", "大二", "大三", "大四", "研究生", "教职工"];
/// Genders, in codebook order.
pub const GENDERS: [&str; 2] = ["男", "女"];
/// The meal eaten most often, in codebook order.
pub const MEALS: [&str; 3] = ["早餐", "午餐", "晚餐"];
/// Reasons for coming, in codebook order; one holds a comma.
pub const REASONS: [&str; 6] = ["价格实惠", "离得近", "口味好", "品种多", "干净, 放心", "其他"];
/// Satisfaction items, in codebook order.
pub const ITEMS: [&str; 4] = ["口味", "价格", "排队时间", "卫生"];

/// Index of the second canteen, whose dinner queue is the story of the sample.
const SECOND: usize = 1;
const DINNER: usize = 2;

/// People per thousand by canteen (the one nearest to them) and grade.
const PEOPLE: [[u32; 6]; 4] =
    [[130, 110, 80, 40, 30, 10], [90, 90, 80, 50, 30, 10], [50, 45, 40, 20, 20, 5], [0, 0, 0, 0, 20, 50]];
/// Invitations per thousand: the small canteens are over-sampled, and the weight corrects it.
const INVITED: [[u32; 6]; 4] =
    [[100, 80, 60, 40, 15, 5], [80, 80, 80, 60, 20, 10], [80, 75, 75, 40, 25, 5], [0, 0, 0, 0, 20, 50]];

/// Months of the survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wave {
    September,
    October,
    November,
}

impl Wave {
    pub const ALL: [Self; 3] = [Self::September, Self::October, Self::November];

    /// Name as the metrics give it.
    pub fn name(self) -> &'static str {
        match self {
            Self::September => "2026-09",
            Self::October => "2026-10",
            Self::November => "2026-11",
        }
    }
}

/// A cell of the sampling plan: canteen and grade by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    pub canteen: usize,
    pub grade: usize,
}

impl Cell {
    /// Cells that have people in them.
    pub fn all() -> impl Iterator<Item = Self> {
        let cells = (0..CANTEENS.len()).flat_map(|canteen| (0..GRADES.len()).map(move |grade| Self { canteen, grade }));
        cells.filter(|cell| PEOPLE[cell.canteen][cell.grade] > 0)
    }

    /// Share of the population.
    pub fn share(self) -> f64 {
        f64::from(PEOPLE[self.canteen][self.grade]) / 1000.0
    }

    /// Share of the invitations.
    pub fn invited(self) -> f64 {
        f64::from(INVITED[self.canteen][self.grade]) / 1000.0
    }

    /// Sampling weight, to the four digits that the files carry.
    pub fn weight(self) -> f64 {
        (self.share() / self.invited() * 1e4).round() / 1e4
    }
}

/// How people feel about the canteen; every answer depends on it and, given it, on nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Delighted,
    Content,
    Annoyed,
}

impl Mood {
    pub const ALL: [Self; 3] = [Self::Delighted, Self::Content, Self::Annoyed];
}

/// Share of the meals, by canteen.
pub const MEAL_SHARES: [[f64; 3]; 4] = [[0.2, 0.5, 0.3], [0.1, 0.45, 0.45], [0.15, 0.5, 0.35], [0.05, 0.85, 0.1]];

/// Shares of the moods in a cell, at a meal, in a wave.
pub fn mood_shares(cell: Cell, meal: usize, wave: Wave) -> [f64; 3] {
    let (delighted, annoyed) = match (cell.canteen, wave) {
        (0, Wave::September) => (0.30, 0.22),
        (0, Wave::October) => (0.34, 0.18),
        (0, Wave::November) => (0.72, 0.07),
        (SECOND, Wave::September) => (0.38, 0.18),
        (SECOND, Wave::October) => (0.40, 0.17),
        (SECOND, Wave::November) if meal == DINNER => (0.24, 0.45),
        (SECOND, Wave::November) => (0.50, 0.16),
        (2, Wave::September) => (0.44, 0.15),
        (2, Wave::October) => (0.48, 0.13),
        (2, Wave::November) => (0.70, 0.08),
        _ => (0.56, 0.09),
    };
    // Freshmen are easier to please than those about to leave.
    let shift = match cell.grade {
        0 => 0.04,
        3 | 4 => -0.04,
        _ => 0.0,
    };
    let (delighted, annoyed) = (delighted + shift, annoyed - shift);
    [delighted, 1.0 - delighted - annoyed, annoyed]
}

/// Probabilities of the points 1 to 5 of a scale.
pub type Points = [f64; 5];

/// Everything that one kind of person is likely to answer.
#[derive(Debug, Clone)]
pub struct Profile {
    pub aware: f64,
    /// Of the aware.
    pub unaided: f64,
    pub praise: Points,
    pub buyer: f64,
    /// Of the aware buyers.
    pub first_choice: f64,
    /// Of those who name the canteen first.
    pub strict_choice: f64,
    /// Of the aware.
    pub customer: f64,
    /// Of the customers.
    pub earlier: f64,
    /// Of those with an earlier visit.
    pub repurchased: f64,
    pub return_intention: Points,
    pub recommend: Points,
    pub complained: f64,
    /// Of those who complained.
    pub complained_to_company: f64,
    pub repurchase_intention: Points,
    /// In the order of [`ITEMS`].
    pub items: [Points; 4],
    /// Minutes in the dinner queue: lowest and highest, all equally likely.
    pub dinner_wait: (u32, u32),
}

/// Shares of questions left empty, independent of everything else.
pub mod gaps {
    pub const AWARE: f64 = 0.01;
    pub const UNAIDED: f64 = 0.02;
    pub const PRAISE: f64 = 0.03;
    pub const BUYER: f64 = 0.02;
    pub const FIRST_CHOICE: f64 = 0.04;
    pub const STRICT_CHOICE: f64 = 0.05;
    pub const CUSTOMER: f64 = 0.01;
    pub const EARLIER: f64 = 0.02;
    pub const REPURCHASED: f64 = 0.04;
    pub const RETURN_INTENTION: f64 = 0.05;
    pub const RECOMMEND: f64 = 0.06;
    pub const COMPLAINED: f64 = 0.03;
    pub const COMPLAINED_TO_COMPANY: f64 = 0.05;
    pub const REPURCHASE_INTENTION: f64 = 0.05;
    pub const ITEM: f64 = 0.03;
    pub const ITEM_NOT_APPLICABLE: f64 = 0.04;
    pub const DINNER_WAIT: f64 = 0.1;
}

/// What a person of this cell, meal and mood is likely to answer in a wave.
pub fn profile(cell: Cell, meal: usize, mood: Mood, wave: Wave) -> Profile {
    let by_mood = |values: [f64; 3]| values[mood as usize];
    let points = |values: [Points; 3]| values[mood as usize];
    let crowded = cell.canteen == SECOND && wave == Wave::November;
    let stuck_at_dinner = crowded && meal == DINNER;
    let satisfaction =
        points([[0.0, 0.01, 0.09, 0.50, 0.40], [0.02, 0.08, 0.40, 0.40, 0.10], [0.20, 0.34, 0.32, 0.12, 0.02]]);
    let queue = if stuck_at_dinner { [0.45, 0.33, 0.15, 0.05, 0.02] } else { satisfaction };
    let complained = by_mood([0.02, 0.06, 0.30]) + if stuck_at_dinner { 0.40 } else { 0.0 };
    Profile {
        aware: [0.96, 0.94, 0.80, 0.90][cell.canteen],
        unaided: [0.70, 0.64, 0.45, 0.40][cell.canteen],
        praise: points([[0.0, 0.0, 0.06, 0.50, 0.44], [0.01, 0.06, 0.41, 0.43, 0.09], [0.16, 0.36, 0.36, 0.10, 0.02]]),
        buyer: 0.93,
        first_choice: by_mood([0.60, 0.34, 0.10]),
        strict_choice: by_mood([0.55, 0.40, 0.20]),
        customer: if crowded { 0.76 } else { [0.86, 0.80, 0.58, 0.60][cell.canteen] },
        earlier: 0.86,
        repurchased: by_mood([0.90, 0.72, 0.38]),
        return_intention: points([
            [0.0, 0.01, 0.07, 0.42, 0.50],
            [0.02, 0.08, 0.35, 0.42, 0.13],
            [0.20, 0.32, 0.30, 0.15, 0.03],
        ]),
        recommend: points([
            [0.0, 0.02, 0.14, 0.46, 0.38],
            [0.04, 0.12, 0.44, 0.32, 0.08],
            [0.28, 0.36, 0.26, 0.08, 0.02],
        ]),
        complained,
        complained_to_company: 0.25,
        repurchase_intention: points([
            [0.0, 0.02, 0.10, 0.38, 0.50],
            [0.03, 0.10, 0.37, 0.38, 0.12],
            [0.22, 0.34, 0.28, 0.13, 0.03],
        ]),
        items: [satisfaction, satisfaction, queue, satisfaction],
        dinner_wait: if crowded { (9, 24) } else { [(3, 9), (4, 11), (2, 7), (1, 5)][cell.canteen] },
    }
}

/// Expected numerator and denominator of a metric.
#[derive(Debug, Clone, Copy, Default)]
struct Ratio {
    numerator: f64,
    denominator: f64,
}

/// True values of the metrics of `enterprise-csi` in a wave, in the printed unit (percent or points).
///
/// Where the definition of a metric looks at unanswered questions (a routed second question, the union), the probabilities
/// of leaving a question empty are part of its true value.
pub fn truth(wave: Wave) -> BTreeMap<&'static str, f64> {
    let mut ratios: BTreeMap<&'static str, Ratio> = BTreeMap::new();
    for cell in Cell::all() {
        for (meal, meal_share) in MEAL_SHARES[cell.canteen].into_iter().enumerate() {
            for (mood, mood_share) in Mood::ALL.into_iter().zip(mood_shares(cell, meal, wave)) {
                let share = cell.share() * meal_share * mood_share;
                for (metric, value, base) in expectations(&profile(cell, meal, mood, wave)) {
                    let ratio = ratios.entry(metric).or_default();
                    ratio.numerator += share * base * value;
                    ratio.denominator += share * base;
                }
            }
        }
    }
    let mut values: BTreeMap<&'static str, f64> =
        ratios.into_iter().map(|(metric, ratio)| (metric, 100.0 * ratio.numerator / ratio.denominator)).collect();
    let csi = (values["reputation"]
        + values["named_preference"]
        + values["return_rate"]
        + (100.0 - values["complaint_rate"])
        + values["sales_power"])
        / 5.0;
    values.insert("csi", csi);
    values
}

/// Metric, expected value given the base, and share of people in the base.
fn expectations(profile: &Profile) -> Vec<(&'static str, f64, f64)> {
    let top_two = |points: Points| points[3] + points[4];
    let bottom_two = |points: Points| points[0] + points[1];
    let customer = profile.aware * profile.customer;
    let first = profile.aware * profile.first_choice;
    // Of three independent parts, each answered with some probability: at least one answered, at least one yes.
    let parts = [
        (profile.earlier * (1.0 - gaps::REPURCHASED), profile.repurchased),
        (1.0 - gaps::RETURN_INTENTION, top_two(profile.return_intention)),
        (1.0 - gaps::RECOMMEND, top_two(profile.recommend)),
    ];
    let answered = 1.0 - parts.iter().map(|(answered, _)| 1.0 - answered).product::<f64>();
    let any_yes = 1.0 - parts.iter().map(|(answered, yes)| 1.0 - answered * yes).product::<f64>();
    // A yes followed by an empty second question leaves the base; a no stays in it as a no.
    let routed =
        |first: f64, second: f64, gap: f64| (first * second * (1.0 - gap) / (1.0 - first * gap), 1.0 - first * gap);
    let (strict, strict_base) = routed(first, profile.strict_choice, gaps::STRICT_CHOICE);
    let (to_company, to_company_base) =
        routed(profile.complained, profile.complained_to_company, gaps::COMPLAINED_TO_COMPANY);
    vec![
        ("awareness", profile.aware, 1.0),
        ("awareness_unaided", profile.aware * profile.unaided, 1.0),
        ("reputation", top_two(profile.praise), profile.aware),
        ("reputation_net", top_two(profile.praise) - bottom_two(profile.praise), profile.aware),
        ("named_preference", first, profile.buyer),
        ("named_preference_strict", strict, profile.buyer * strict_base),
        ("return_rate", profile.repurchased, customer * profile.earlier),
        ("return_intention", top_two(profile.return_intention), customer),
        ("recommend_rate", top_two(profile.recommend), customer),
        ("return_union", any_yes / answered, customer * answered),
        ("complaint_rate", profile.complained, customer),
        ("complaint_to_company", to_company, customer * to_company_base),
        ("sales_power", profile.customer, profile.aware),
        ("sales_power_proxy", profile.repurchase_intention[4], customer),
    ]
}
