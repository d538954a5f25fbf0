//! Where five characters in a row occur: one sorted list over all plans, so that thousands of them fit in memory.

use super::normalise::Normal;

/// Characters of a gram.
pub const GRAM: usize = 5;

/// A place where a gram occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The gram.
    pub gram: u64,
    /// Which text.
    pub text: u32,
    /// Its first character.
    pub at: u32,
}

/// All places, sorted by gram, text and place.
#[derive(Debug, Default)]
pub struct Index {
    places: Vec<Place>,
}

/// The grams of a text in order.
pub fn grams(normal: &Normal) -> impl Iterator<Item = u64> + '_ {
    normal.letters.windows(GRAM).map(|window| {
        // FNV-1a over the code points; a wrong match would also have to be extended to count.
        window.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, letter| {
            (hash ^ u64::from(u32::from(*letter))).wrapping_mul(0x0100_0000_01b3)
        })
    })
}

impl Index {
    /// Indexes texts.
    pub fn new(texts: &[Normal]) -> Self {
        let mut places = Vec::with_capacity(texts.iter().map(|text| text.letters.len()).sum());
        for (text, normal) in (0..).zip(texts) {
            places.extend((0..).zip(grams(normal)).map(|(at, gram)| Place { gram, text, at }));
        }
        places.sort_unstable();
        Self { places }
    }

    /// The places of a gram.
    pub fn places(&self, gram: u64) -> &[Place] {
        let start = self.places.partition_point(|place| place.gram < gram);
        let rest = &self.places[start..];
        &rest[..rest.partition_point(|place| place.gram == gram)]
    }

    /// How many of the texts below `most` a gram occurs in.
    pub fn texts_with(&self, gram: u64, most: u32) -> usize {
        let places = self.places(gram).iter().filter(|place| place.text < most);
        let mut last = None;
        let mut count = 0;
        for place in places {
            if last != Some(place.text) {
                count += 1;
                last = Some(place.text);
            }
        }
        count
    }
}
