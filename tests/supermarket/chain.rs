//! The invented supermarket chain: 40 branches in five regions, the people who live around them, and how likely people of which
//! mood are to answer what. Every number behind the sample stands here, in `paths.rs` or at the head of the file of its table.

/// Regions, in codebook order, eight branches each.
pub const REGIONS: [&str; 5] = ["东城", "西城", "南城", "北城", "新区"];
/// Letters of the branch codes.
pub const LETTERS: [char; 5] = ['E', 'W', 'S', 'N', 'T'];
/// Branches of a region.
pub const BRANCHES: usize = 8;
/// Ages, in codebook order.
pub const AGES: [&str; 4] = ["18-29", "30-44", "45-59", "60+"];
pub const GENDERS: [&str; 2] = ["男", "女"];

pub const SOUTH: usize = 2;
pub const NEW_TOWN: usize = 4;

/// Shares of the residents around the branches. Every region gets a fifth of the interviews; the weight corrects it.
pub const RESIDENTS: [f64; 5] = [0.26, 0.22, 0.20, 0.18, 0.14];
pub const AGE_SHARES: [f64; 4] = [0.24, 0.32, 0.26, 0.18];
/// Share of the residents who have goods delivered.
pub const DELIVERED: f64 = 0.35;
/// Share of the customers with an earlier purchase who have a member card.
pub const CARD: f64 = 0.62;
/// Share of any question left empty, independent of everything else.
pub const GAP: f64 = 0.03;

/// Months of the survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wave {
    September,
    October,
    November,
}

impl Wave {
    pub const ALL: [Self; 3] = [Self::September, Self::October, Self::November];

    pub fn name(self) -> &'static str {
        ["2026-09", "2026-10", "2026-11"][self as usize]
    }
}

/// How people feel about the chain; ratings depend on it and, given it, on nothing else but the two troubles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Delighted,
    Content,
    Annoyed,
}

impl Mood {
    pub const ALL: [Self; 3] = [Self::Delighted, Self::Content, Self::Annoyed];
}

/// Shares of the moods. New Town gets self checkouts in October; in the South the queues grow in November.
pub fn mood_shares(region: usize, age: usize, wave: Wave) -> [f64; 3] {
    let (delighted, annoyed) = match (region, wave) {
        (0, _) => (0.42, 0.15),
        (1, _) => (0.40, 0.17),
        (SOUTH, Wave::November) => (0.24, 0.34),
        (SOUTH, _) => (0.37, 0.18),
        (3, _) => (0.39, 0.17),
        (_, Wave::September) => (0.34, 0.20),
        (_, Wave::October) => (0.44, 0.15),
        (_, Wave::November) => (0.54, 0.10),
    };
    let shift = [-0.02, 0.0, 0.0, 0.04][age];
    [delighted + shift, 1.0 - delighted - annoyed, annoyed - shift]
}

/// What a person meets in a wave, besides the mood.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub wave: Wave,
    pub region: usize,
    pub age: usize,
    pub delivered: bool,
}

impl Place {
    /// The queues at the tills of the South in November.
    pub fn queue(self) -> bool {
        self.region == SOUTH && self.wave == Wave::November
    }

    /// Deliveries in November, which come late.
    pub fn late(self) -> bool {
        self.delivered && self.wave == Wave::November
    }
}

/// Shares of yes; those with a list go by mood.
pub mod yes {
    pub const AWARE: [f64; 5] = [0.95, 0.93, 0.94, 0.92, 0.88];
    /// Of the aware.
    pub const UNAIDED: f64 = 0.6;
    pub const BUYER: f64 = 0.97;
    /// Of the aware.
    pub const CUSTOMER: [f64; 5] = [0.76, 0.72, 0.73, 0.70, 0.66];
    /// Of the customers.
    pub const EARLIER: f64 = 0.92;
    /// Of the aware buyers.
    pub const FIRST_CHOICE: [f64; 3] = [0.58, 0.32, 0.08];
    pub const STRICT_CHOICE: [f64; 3] = [0.60, 0.40, 0.20];
    /// In the month of the interview, by one's own word.
    pub const REPURCHASED: [f64; 3] = [0.88, 0.72, 0.42];
    /// From September to November, by the till.
    pub const BOUGHT_AGAIN: [f64; 3] = [0.86, 0.70, 0.42];
    pub const COMPLAINED: [f64; 3] = [0.02, 0.07, 0.28];
    pub const COMPLAINED_IN_QUEUE: f64 = 0.14;
    pub const COMPLAINED_OF_DELIVERY: f64 = 0.12;
    pub const TO_COMPANY: f64 = 0.22;
    /// Asked by staff for a high score; and in the South in November.
    pub const PRESSED: [f64; 2] = [0.03, 0.16];
}

/// Probabilities of the points 1 to 5.
pub type Five = [f64; 5];
/// Probabilities of the points 1 to 7.
pub type Seven = [f64; 7];

/// Ratings 1 to 5 by mood.
pub const FIVE: [Five; 3] =
    [[0.0, 0.01, 0.09, 0.50, 0.40], [0.02, 0.08, 0.40, 0.40, 0.10], [0.20, 0.34, 0.32, 0.12, 0.02]];
/// Ratings that have little to do with the mood.
pub const PLAIN_FIVE: Five = [0.04, 0.11, 0.32, 0.37, 0.16];
/// Ratings of what went wrong.
pub const BAD_FIVE: Five = [0.30, 0.33, 0.22, 0.10, 0.05];
/// Ratings 1 to 7 by mood, of what went wrong, and what people expect.
pub const SEVEN: [Seven; 3] = [
    [0.0, 0.0, 0.02, 0.08, 0.25, 0.40, 0.25],
    [0.01, 0.04, 0.12, 0.28, 0.33, 0.17, 0.05],
    [0.12, 0.20, 0.26, 0.22, 0.13, 0.05, 0.02],
];
pub const BAD_SEVEN: Seven = [0.18, 0.22, 0.22, 0.18, 0.12, 0.06, 0.02];
pub const EXPECTED_SEVEN: Seven = [0.0, 0.0, 0.02, 0.08, 0.25, 0.38, 0.27];
/// Likelihood of recommending, 0 to 10, by mood.
pub const ELEVEN: [[f64; 11]; 3] = [
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.02, 0.04, 0.14, 0.28, 0.30, 0.22],
    [0.01, 0.01, 0.02, 0.03, 0.05, 0.14, 0.18, 0.28, 0.18, 0.07, 0.03],
    [0.12, 0.08, 0.10, 0.12, 0.14, 0.20, 0.10, 0.08, 0.04, 0.01, 0.01],
];

/// The rivals: share of residents who know them well enough to rate them, satisfaction, share who would consider them.
pub const RIVALS: [(f64, Five, f64); 2] =
    [(0.75, [0.04, 0.11, 0.30, 0.38, 0.17], 0.55), (0.60, [0.08, 0.17, 0.33, 0.30, 0.12], 0.38)];

/// What lowers a rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    Nothing,
    Queue,
    Delivery,
}

impl Trouble {
    pub fn met(self, place: Place) -> bool {
        match self {
            Self::Nothing => false,
            Self::Queue => place.queue(),
            Self::Delivery => place.late(),
        }
    }
}

/// A rating from 1 to 5: with this strength it follows the mood, else it is plain, unless there is trouble.
pub fn rating(mood: Mood, strength: f64, trouble: bool) -> Five {
    if trouble {
        return BAD_FIVE;
    }
    let follows = FIVE[mood as usize];
    std::array::from_fn(|point| strength * follows[point] + (1.0 - strength) * PLAIN_FIVE[point])
}

/// Features of the Kano questions with the shares of those for whom they are must-be, one-dimensional, attractive,
/// indifferent, reverse, and questionable answers.
pub const FEATURES: [(&str, [f64; 6]); 5] = [
    ("self_checkout", [0.15, 0.42, 0.22, 0.15, 0.05, 0.01]),
    ("hour_delivery", [0.06, 0.20, 0.48, 0.23, 0.02, 0.01]),
    ("free_bags", [0.14, 0.16, 0.20, 0.45, 0.04, 0.01]),
    ("recipe_advice", [0.02, 0.08, 0.27, 0.55, 0.07, 0.01]),
    ("parking", [0.52, 0.24, 0.08, 0.14, 0.01, 0.01]),
];

/// Factors of service quality with the numbers of their items and the share of perceptions that are a point lower.
pub const FACTORS: [(&str, std::ops::RangeInclusive<usize>, f64); 5] = [
    ("tangibles", 1..=4, 0.0),
    ("reliability", 5..=9, 0.2),
    ("responsiveness", 10..=13, 0.5),
    ("assurance", 14..=17, 0.1),
    ("empathy", 18..=22, 0.3),
];

/// Code of a branch, such as `S03`.
pub fn branch(region: usize, number: usize) -> String {
    format!("{}{:02}", LETTERS[region], number + 1)
}
