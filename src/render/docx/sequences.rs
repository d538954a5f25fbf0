//! Numbers of captions in a client's own file: `SEQ` fields count through the whole file, ours and the client's alike.
//! In: the filled text; out: the same with every such field showing what Word will count.

use std::collections::BTreeMap;

use super::xml::{Element, Node};

/// Puts the right number into the result of every `SEQ` field whose name is in `names`. Fields that begin anew at headings (`\s`) are
/// left as they are, with all of their name.
pub(super) fn number_captions(text: &mut Element, names: &[String]) {
    let mut instructions = Vec::new();
    collect(text, &mut Vec::new(), &mut instructions);
    let by_heading = |name: &String| {
        instructions.iter().filter_map(|held| sequence(held)).any(|held| held.name == *name && held.by_heading)
    };
    let counts = names.iter().filter(|name| !by_heading(name)).map(|name| (name.clone(), 0)).collect();
    let mut counter = Counter { counts, open: Vec::new() };
    counter.visit(text);
}

/// A `SEQ` instruction.
struct Sequence {
    name: String,
    reset: Option<u32>,
    repeats: bool,
    by_heading: bool,
}

fn sequence(instruction: &str) -> Option<Sequence> {
    let mut words = instruction.split_whitespace();
    if !words.next()?.eq_ignore_ascii_case("SEQ") {
        return None;
    }
    let name = words.next()?.trim_matches('"').to_owned();
    let mut found = Sequence { name, reset: None, repeats: false, by_heading: false };
    while let Some(word) = words.next() {
        match word {
            "\\r" => found.reset = words.next().and_then(|number| number.parse().ok()),
            "\\c" => found.repeats = true,
            "\\s" => found.by_heading = true,
            _ => {}
        }
    }
    Some(found)
}

/// The text that stands in an element itself.
fn own_text(element: &Element) -> String {
    let texts = element.children.iter().filter_map(|node| match node {
        Node::Text(text) => Some(text.as_str()),
        Node::Element(_) => None,
    });
    texts.collect()
}

/// Every instruction of a field, in order.
fn collect(element: &Element, open: &mut Vec<String>, found: &mut Vec<String>) {
    match element.name.as_str() {
        "w:fldChar" => match element.attribute("w:fldCharType") {
            Some("begin") => open.push(String::new()),
            Some("end") => found.extend(open.pop()),
            _ => {}
        },
        "w:instrText" => {
            if let Some(held) = open.last_mut() {
                held.push_str(&own_text(element));
            }
        }
        "w:fldSimple" => found.extend(element.attribute("w:instr").map(ToOwned::to_owned)),
        _ => {}
    }
    element.elements().for_each(|child| collect(child, open, found));
}

/// A field that is being read.
#[derive(Default)]
struct Open {
    instruction: String,
    /// The number to show, once the result has begun.
    number: Option<u32>,
    shown: bool,
}

struct Counter {
    counts: BTreeMap<String, u32>,
    open: Vec<Open>,
}

impl Counter {
    /// The number of the next field with this instruction; none if it is no caption of ours to count.
    fn next(&mut self, instruction: &str) -> Option<u32> {
        let held = sequence(instruction)?;
        let count = self.counts.get_mut(&held.name)?;
        *count = match held.reset {
            Some(number) => number,
            None if held.repeats => *count,
            None => *count + 1,
        };
        Some(*count)
    }

    fn visit(&mut self, element: &mut Element) {
        match element.name.as_str() {
            "w:fldChar" => match element.attribute("w:fldCharType") {
                Some("begin") => self.open.push(Open::default()),
                Some("separate") => {
                    let instruction = self.open.last().map(|held| held.instruction.clone()).unwrap_or_default();
                    let number = self.next(&instruction);
                    if let Some(held) = self.open.last_mut() {
                        held.number = number;
                    }
                }
                Some("end") => drop(self.open.pop()),
                _ => {}
            },
            "w:instrText" => {
                let text = own_text(element);
                if let Some(held) = self.open.last_mut() {
                    held.instruction.push_str(&text);
                }
            }
            "w:fldSimple" => {
                let instruction = element.attribute("w:instr").unwrap_or_default().to_owned();
                let number = self.next(&instruction);
                self.open.push(Open { instruction, number, shown: false });
                self.inside(element);
                self.open.pop();
                return;
            }
            "w:t" => {
                if let Some(held) = self.open.last_mut()
                    && let Some(number) = held.number
                {
                    let text = if held.shown { String::new() } else { number.to_string() };
                    held.shown = true;
                    element.children = vec![Node::Text(text)];
                }
            }
            _ => {}
        }
        self.inside(element);
    }

    fn inside(&mut self, element: &mut Element) {
        for child in &mut element.children {
            if let Node::Element(child) = child {
                self.visit(child);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::render::docx::xml::el;

    fn field(instruction: &str, result: &str) -> Vec<Element> {
        let mark = |kind: &str| el("w:r").add(el("w:fldChar").with("w:fldCharType", kind));
        let text = |name: &str, text: &str| el("w:r").add(el(name).text(text));
        vec![mark("begin"), text("w:instrText", instruction), mark("separate"), text("w:t", result), mark("end")]
    }

    fn texts(element: &Element) -> Vec<String> {
        if element.name == "w:t" {
            return vec![own_text(element)];
        }
        element.elements().flat_map(texts).collect()
    }

    #[test]
    fn captions_count_through_the_file() {
        let simple = el("w:fldSimple").with("w:instr", " SEQ 表 \\* ARABIC ").add(el("w:r").add(el("w:t").text("7")));
        let mut body = el("w:body")
            .add(el("w:p").add_all(field(" SEQ 表 \\* ARABIC ", "1")))
            .add(el("w:p").add_all(field(" SEQ 表 \\* ARABIC ", "1")))
            .add(el("w:p").add_all(field(" SEQ 图 \\* ARABIC ", "9")))
            .add(el("w:p").add(simple))
            .add(el("w:p").add_all(field(" SEQ 表 \\* ARABIC \\c ", "9")))
            .add(el("w:p").add_all(field(" SEQ 表 \\r 8 ", "2")))
            .add(el("w:p").add_all(field(" PAGEREF x ", "5")));
        number_captions(&mut body, &["表".to_owned()]);
        assert_eq!(texts(&body), ["1", "2", "9", "3", "3", "8", "5"]);
    }

    #[test]
    fn sequences_by_heading_are_left_alone() {
        let mut body = el("w:body")
            .add(el("w:p").add_all(field(" SEQ 表 \\* ARABIC \\s 1 ", "4")))
            .add(el("w:p").add_all(field(" SEQ 表 \\* ARABIC ", "6")));
        number_captions(&mut body, &["表".to_owned()]);
        assert_eq!(texts(&body), ["4", "6"]);
    }
}
