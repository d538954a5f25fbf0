//! Lists: the multilevel list of chapter numbers, that of the appendices, and those of the text.
//! Numbers are counted here as Word counts them, so that a heading whose own number differs is found before it is written.

use super::properties::{indent, paragraph_properties, run_properties};
use super::styles::W;
use super::xml::{Element, Node, el, val};

/// The list that the heading styles belong to.
pub(super) const HEADING_LIST: u32 = 1;
/// The list of appendices.
const APPENDIX_LIST: u32 = 2;
/// Levels of a Word list.
const LEVELS: u32 = 9;
/// What one level of a list of the text stands in, twentieths of a point.
const STEP: u32 = 380;
/// First number of abstract lists and lists added to a client's own file.
const KEPT: u32 = 4;

/// The lists of a file while it is written.
#[derive(Debug)]
pub(super) struct Numbering {
    /// `w:abstractNum` and `w:num` elements of a client's file that stay.
    held: Option<Element>,
    /// Abstract and concrete ids begin after this one.
    offset: u32,
    accent: String,
    chapters: Counter,
    appendices: Counter,
    /// Start of every ordered list and its level, in order; bullets share one.
    ordered: Vec<(u32, u64)>,
    /// Heading styles point at our list.
    linked: bool,
    /// Chapters are counted 一、二、三、.
    han: bool,
}

/// What Word has counted so far in a list of headings.
#[derive(Debug, Default)]
struct Counter([u32; 3]);

impl Counter {
    /// The number that Word prints before the next heading of a level.
    fn next(&self, level: usize, letters: bool) -> Option<String> {
        let mut parts = self.0;
        parts[level] += 1;
        let texts: Vec<String> = parts[..=level].iter().map(u32::to_string).collect();
        if parts[..=level].contains(&0) {
            return None;
        }
        if !letters {
            return Some(texts.join("."));
        }
        let first = char::from(b'A' + u8::try_from(parts[0] - 1).ok().filter(|index| *index < 26)?);
        Some([&[first.to_string()], &texts[1..]].concat().join("."))
    }

    fn advance(&mut self, level: usize) {
        self.0[level] += 1;
        self.0[level + 1..].fill(0);
    }
}

impl Numbering {
    /// The lists of a new file.
    pub(super) fn new(accent: &str) -> Self {
        Self {
            held: None,
            offset: 0,
            accent: accent.to_owned(),
            chapters: Counter::default(),
            appendices: Counter::default(),
            ordered: Vec::new(),
            linked: true,
            han: false,
        }
    }

    /// Chapters counted as Chinese coursework counts them, if `han`.
    pub(super) fn in_han(self, han: bool) -> Self {
        Self { han, ..self }
    }

    /// Lists beside those of a client's file.
    pub(super) fn beside(held: Element, accent: &str) -> Self {
        let ids = held.elements().filter_map(|list| {
            let id = list.attribute("w:abstractNumId").or_else(|| list.attribute("w:numId"))?;
            id.parse::<u32>().ok()
        });
        let offset = ids.max().unwrap_or(0).min(1_000_000) + 1;
        Self { held: Some(held), offset, linked: false, ..Self::new(accent) }
    }

    /// Properties that give a heading its number: none if its style does so already. An error means that Word's own count
    /// would print another number, so that the number must be typed.
    pub(super) fn heading(&mut self, level: u8, number: &str) -> Result<Option<Element>, ()> {
        let level = usize::from(level.saturating_sub(1));
        if level > 2 {
            return Err(());
        }
        let letters = number.starts_with(|first: char| first.is_ascii_uppercase());
        let counter = if letters { &mut self.appendices } else { &mut self.chapters };
        if counter.next(level, letters).as_deref() != Some(number) {
            return Err(());
        }
        counter.advance(level);
        let list = self.offset + if letters { APPENDIX_LIST } else { HEADING_LIST };
        Ok((letters || !self.linked).then(|| number_properties(list, level as u32)))
    }

    /// Properties of an item of a list of the text at a depth from 0.
    pub(super) fn bullet(&self, depth: u32) -> Element {
        number_properties(self.offset + 3, depth.min(LEVELS - 1))
    }

    /// Begins an ordered list at a depth and gives its id.
    pub(super) fn begin_ordered(&mut self, depth: u32, start: u64) -> u32 {
        self.ordered.push((depth.min(LEVELS - 1), start));
        self.offset + KEPT + self.ordered.len() as u32 - 1
    }

    /// Properties of an item of an ordered list.
    pub(super) fn ordered(&self, list: u32, depth: u32) -> Element {
        number_properties(list, depth.min(LEVELS - 1))
    }

    /// Left edge of the text of an item, twentieths of a point.
    pub(super) fn text_edge(depth: u32) -> u32 {
        STEP * (depth.min(LEVELS - 1) + 1)
    }

    /// `numbering.xml`.
    pub(super) fn part(self) -> Element {
        let offset = self.offset;
        let mut lists = vec![
            self.headings(offset + HEADING_LIST, false),
            self.headings(offset + APPENDIX_LIST, true),
            self.items(offset + 3, false),
            self.items(offset + KEPT, true),
        ];
        let mut uses: Vec<Element> = (1..=3)
            .map(|id| el("w:num").with("w:numId", offset + id).add(val("w:abstractNumId", offset + id)))
            .collect();
        for (index, (depth, start)) in self.ordered.iter().enumerate() {
            let from = el("w:lvlOverride").with("w:ilvl", depth).add(val("w:startOverride", start));
            let id = offset + KEPT + index as u32;
            uses.push(el("w:num").with("w:numId", id).add(val("w:abstractNumId", offset + KEPT)).add(from));
        }
        let Some(mut held) = self.held else {
            return el("w:numbering").with("xmlns:w", W).add_all(lists.into_iter().chain(uses));
        };
        // The schema wants all abstract lists before the first use.
        let is = |node: &Node, name: &str| matches!(node, Node::Element(element) if element.name == name);
        let at = held.children.iter().rposition(|node| is(node, "w:abstractNum")).map_or_else(
            || held.children.iter().position(|node| is(node, "w:num")).unwrap_or(held.children.len()),
            |index| index + 1,
        );
        held.children.splice(at..at, lists.drain(..).map(Node::Element));
        let end =
            held.children.iter().rposition(|node| is(node, "w:num")).map_or(held.children.len(), |index| index + 1);
        held.children.splice(end..end, uses.drain(..).map(Node::Element));
        held
    }

    fn headings(&self, id: u32, letters: bool) -> Element {
        let levels = (0..3).map(|level| {
            let text: Vec<String> = (1..=level + 1).map(|part| format!("%{part}")).collect();
            let han = self.han && !letters && level == 0;
            let format = match (level, letters) {
                (0, true) => "upperLetter",
                _ if han => "chineseCounting",
                _ => "decimal",
            };
            let edge = [520, 700, 860][level];
            // The mark 、 brings its own space.
            let (gap, label) = if han { ("nothing", "%1、".to_owned()) } else { ("tab", text.join(".")) };
            let indents = if han {
                vec![indent(0, 0)]
            } else {
                vec![el("w:tabs").add(el("w:tab").with("w:val", "num").with("w:pos", edge)), indent(edge, edge)]
            };
            let mut properties = vec![val("w:start", 1), val("w:numFmt", format)];
            if self.linked && !letters {
                properties.push(val("w:pStyle", format!("Heading{}", level + 1)));
            }
            properties.extend([
                val("w:suff", gap),
                val("w:lvlText", label),
                val("w:lvlJc", "left"),
                paragraph_properties(indents),
                run_properties(vec![val("w:color", &self.accent)]),
            ]);
            el("w:lvl").with("w:ilvl", level).add_all(properties)
        });
        el("w:abstractNum").with("w:abstractNumId", id).add(val("w:multiLevelType", "multilevel")).add_all(levels)
    }

    fn items(&self, id: u32, ordered: bool) -> Element {
        let levels = (0..LEVELS).map(|level| {
            let (format, text) = if ordered {
                let format = ["decimal", "lowerLetter", "lowerRoman"][level as usize % 3];
                (format, format!("%{}.", level + 1))
            } else {
                ("bullet", ["•", "–", "·"][level as usize % 3].to_owned())
            };
            el("w:lvl").with("w:ilvl", level).add_all([
                val("w:start", 1),
                val("w:numFmt", format),
                val("w:suff", "tab"),
                val("w:lvlText", text),
                val("w:lvlJc", "left"),
                paragraph_properties(vec![
                    el("w:tabs").add(el("w:tab").with("w:val", "num").with("w:pos", Self::text_edge(level))),
                    indent(Self::text_edge(level), 300),
                ]),
                run_properties(vec![
                    el("w:rFonts").with("w:ascii", "Arial").with("w:hAnsi", "Arial").with("w:hint", "default"),
                    val("w:color", &self.accent),
                    el("w:b"),
                ]),
            ])
        });
        el("w:abstractNum").with("w:abstractNumId", id).add(val("w:multiLevelType", "multilevel")).add_all(levels)
    }
}

fn number_properties(list: u32, level: u32) -> Element {
    el("w:numPr").add(val("w:ilvl", level)).add(val("w:numId", list))
}

/// Takes a heading out of the list of its style.
pub(super) fn unnumbered() -> Element {
    el("w:numPr").add(val("w:ilvl", 0)).add(val("w:numId", 0))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn headings_count_as_word_does() {
        let mut lists = Numbering::new("000000");
        for (level, number) in [(1, "1"), (2, "1.1"), (2, "1.2"), (3, "1.2.1"), (1, "2"), (2, "2.1")] {
            assert!(lists.heading(level, number).unwrap().is_none(), "{number}");
        }
        let appendix = lists.heading(1, "A").unwrap().unwrap();
        assert_eq!(appendix.child_val("w:numId"), Some("2"));
        assert!(lists.heading(2, "A.1").unwrap().is_some());
        for (level, number) in [(1, "9"), (2, "2.3"), (3, "2.2.1"), (4, "2.1.1.1"), (1, "C")] {
            assert!(lists.heading(level, number).is_err(), "{number} is not what Word would print");
        }
        assert!(lists.heading(1, "3").unwrap().is_none());
    }

    #[test]
    fn a_client_s_lists_stay_and_ids_do_not_meet() {
        let held = el("w:numbering")
            .add(el("w:abstractNum").with("w:abstractNumId", 7))
            .add(el("w:num").with("w:numId", 12).add(val("w:abstractNumId", 7)));
        let mut lists = Numbering::beside(held, "000000");
        let heading = lists.heading(1, "1").unwrap().unwrap();
        let list = lists.begin_ordered(0, 5);
        let part = lists.part();
        let names: Vec<&str> = part.elements().map(|held| held.name.as_str()).collect();
        let first_use = names.iter().position(|name| *name == "w:num").unwrap();
        assert!(names[first_use..].iter().all(|name| *name == "w:num"));
        let mut ids: Vec<&str> = part.elements().filter_map(|held| held.attribute("w:numId")).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        assert!(ids.contains(&heading.child_val("w:numId").unwrap()) && ids.contains(&list.to_string().as_str()));
    }
}
