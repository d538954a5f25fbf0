//! What is known of texts that were met before. A column of answers repeats a few short texts a million times, so the last
//! ones are compared as two numbers before anything is hashed.

use datafusion::common::HashMap;

/// Texts remembered; beyond that a column is mostly unique and remembering costs more than it saves.
const LIMIT: usize = 100_000;

/// Short texts held ready, one a slot.
const SLOTS: usize = 256;

/// A value for each text.
#[derive(Debug)]
pub struct TextMemo<V> {
    slots: Vec<Option<(ShortText, V)>>,
    all: HashMap<String, V>,
}

impl<V: Copy> TextMemo<V> {
    /// Knows nothing yet.
    pub fn new() -> Self {
        Self { slots: vec![None; SLOTS], all: HashMap::new() }
    }

    /// The value of a text.
    pub fn get(&mut self, text: &str) -> Option<V> {
        let Some(short) = ShortText::of(text) else { return self.all.get(text).copied() };
        let slot = &mut self.slots[short.slot()];
        match slot {
            Some((held, value)) if *held == short => Some(*value),
            _ => {
                let value = *self.all.get(text)?;
                *slot = Some((short, value));
                Some(value)
            }
        }
    }

    /// Remembers the value of a text, if there is room.
    pub fn insert(&mut self, text: &str, value: V) {
        if self.all.len() < LIMIT {
            self.all.insert(text.to_owned(), value);
        }
    }
}

/// A text of at most sixteen bytes: its first and last bytes (which overlap or fill the words) and its length tell it exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ShortText {
    first: u64,
    last: u64,
    length: usize,
}

impl ShortText {
    fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let length = bytes.len();
        if length > 16 {
            return None;
        }
        let (first, last) = if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
        } else {
            (bytes.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)), 0)
        };
        Some(Self { first, last, length })
    }

    fn slot(&self) -> usize {
        let mixed = self.first ^ self.last.rotate_left(29) ^ self.length as u64;
        // The high bits of a product depend on all bits of its factors.
        (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize % SLOTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_all_lengths_keep_their_own_value() {
        let letters = "abababababababababab满意";
        let mut texts: Vec<String> = letters.char_indices().map(|(end, _)| letters[..end].to_owned()).collect();
        texts.extend((0..2_000).map(|number| number.to_string()));
        texts.extend(["\0", "\0\0", "a\0", "\0a", "abcdefgh\0", "满意", "不满意", "非常不满意啊"].map(str::to_owned));
        let mut memo = TextMemo::new();
        for (value, text) in texts.iter().enumerate() {
            assert_eq!(memo.get(text), None, "{text}");
            memo.insert(text, value);
            assert_eq!(memo.get(text), Some(value), "{text}");
        }
        for _ in 0..2 {
            for (value, text) in texts.iter().enumerate() {
                assert_eq!(memo.get(text), Some(value), "{text}");
            }
        }
    }
}
