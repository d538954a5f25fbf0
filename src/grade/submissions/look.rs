//! What office files of either family come down to: runs of letters with a size and a colour, collected paragraph by paragraph.
//! What a reader of the page would not see is set apart here, by one rule for all formats.

use std::collections::BTreeMap;

use super::document::{Hidden, HiddenBy, Piece, PieceKind, PlanText, shares};

/// Half points below which letters cannot be read.
const TINY: i64 = 6;

/// What a run or paragraph says of itself; `None` asks the style.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Look {
    /// Half points.
    pub size: Option<i64>,
    /// Hidden.
    pub hidden: Option<bool>,
    /// Colour of the letters, `RRGGBB`.
    pub colour: Option<String>,
    /// Something darker than white lies behind the letters.
    pub shaded: Option<bool>,
    /// Line distance.
    pub spacing: Option<Spacing>,
    /// Outline level, 0 to 8.
    pub outline: Option<u8>,
    /// The style is a title.
    pub title: bool,
}

/// A line distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spacing {
    /// Thousandths of a line.
    Lines(i64),
    /// Twentieths of a point, taken over the size of the letters.
    Points(i64),
}

impl Look {
    /// What it leaves open, another one says.
    pub fn or(self, other: Option<Self>) -> Self {
        let Some(other) = other else { return self };
        Self {
            size: self.size.or(other.size),
            hidden: self.hidden.or(other.hidden),
            colour: self.colour.or(other.colour),
            shaded: self.shaded.or(other.shaded),
            spacing: self.spacing.or(other.spacing),
            outline: self.outline.or(other.outline),
            title: self.title || other.title,
        }
    }

    /// White or nearly so, on nothing darker.
    pub fn is_white(&self) -> bool {
        !self.shaded.unwrap_or(false) && self.colour.as_deref().is_some_and(is_nearly_white)
    }

    /// How letters of this look are hidden, if they are. `behind` says that something dark lies behind the whole place.
    fn hides(&self, size: i64, behind: bool) -> Option<HiddenBy> {
        if self.hidden.unwrap_or(false) {
            Some(HiddenBy::Attribute)
        } else if self.is_white() && !behind {
            Some(HiddenBy::White)
        } else if size <= TINY {
            Some(HiddenBy::Tiny)
        } else {
            None
        }
    }
}

/// Whether a colour, `RRGGBB`, cannot be told from white paper.
pub(super) fn is_nearly_white(colour: &str) -> bool {
    colour.len() == 6
        && (0..3).all(|part| {
            colour
                .get(2 * part..2 * part + 2)
                .and_then(|digits| u8::from_str_radix(digits, 16).ok())
                .is_some_and(|value| value >= 0xf0)
        })
}

/// A paragraph that is being read.
#[derive(Debug, Default)]
pub(super) struct Line {
    text: String,
    sizes: BTreeMap<i64, usize>,
    /// It stands on something darker than white.
    behind: bool,
    /// What follows is a tracked insertion.
    pub inserted: bool,
}

impl Line {
    /// A line that nothing stands on yet.
    pub fn new(behind: bool, inserted: bool) -> Self {
        Self { behind, inserted, ..Self::default() }
    }
}

/// Collects a document paragraph by paragraph.
#[derive(Debug, Default)]
pub(super) struct Collector {
    /// What was read so far.
    pub plan: PlanText,
    sizes: BTreeMap<i64, usize>,
    spacings: BTreeMap<i64, usize>,
    tables: usize,
}

impl Collector {
    /// The number of the next table.
    pub fn table(&mut self) -> usize {
        self.tables += 1;
        self.tables - 1
    }

    /// Adds letters of one look; `usual` is the size in half points where the look names none.
    pub fn run(&mut self, line: &mut Line, text: &str, look: &Look, usual: i64) {
        if text.is_empty() {
            return;
        }
        let size = look.size.unwrap_or(usual);
        let shown = text.chars().filter(|letter| !letter.is_whitespace()).count();
        match look.hides(size, line.behind) {
            Some(_) if shown == 0 => {}
            Some(by) => match self.plan.hidden.last_mut() {
                Some(last) if last.by == by => last.text.push_str(text),
                _ => self.plan.hidden.push(Hidden { by, text: text.to_owned() }),
            },
            None => {
                if line.inserted {
                    self.plan.revisions.inserted += shown;
                }
                *line.sizes.entry(size).or_default() += shown;
                line.text.push_str(text);
            }
        }
    }

    /// Ends a paragraph. `usual` is the size in half points where no letter names one.
    pub fn paragraph(&mut self, line: Line, kind: PieceKind, spacing: Spacing, usual: i64) {
        let text = line.text.trim_matches(['\n', ' ']).to_owned();
        if text.trim().is_empty() {
            return;
        }
        if kind == PieceKind::Paragraph {
            let letters: usize = line.sizes.values().sum();
            let size = line.sizes.iter().max_by_key(|(_, count)| **count).map_or(usual, |(size, _)| *size);
            let spacing = match spacing {
                Spacing::Lines(lines) => lines,
                // A line of Song type is about 1.3 times its size high.
                Spacing::Points(twentieths) => twentieths.saturating_mul(1000) / (size.max(1) * 13),
            };
            *self.spacings.entry(spacing).or_default() += letters;
            for (size, count) in line.sizes {
                *self.sizes.entry(size).or_default() += count;
            }
        }
        self.plan.pieces.push(Piece { kind, text });
    }

    /// The document, with the shares of sizes and line distances.
    pub fn finish(mut self) -> PlanText {
        self.plan.layout.font_sizes = shares(&self.sizes, 2.0);
        self.plan.layout.line_spacings = shares(&self.spacings, 1000.0);
        self.plan
    }
}
