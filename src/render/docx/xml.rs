//! WordprocessingML as a tree: what is written is built from [`Element`]s, and what others wrote is parsed into them, bounded in depth
//! and without document types. The only writer that knows `quick_xml`; every text and attribute is escaped here and nowhere else.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::diagnostics::{LocalizedTexts, lang_texts};

/// How deep elements may stand in each other; Word itself stays far below.
const DEEPEST: usize = 256;

/// An element or the text between two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
}

/// An element with its attributes in the order written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Element {
    /// Name with its prefix, `w:p`.
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Node>,
}

/// An empty element.
pub(crate) fn el(name: &str) -> Element {
    Element { name: name.to_owned(), ..Element::default() }
}

/// An element with nothing but its `w:val`.
pub(crate) fn val(name: &str, value: impl ToString) -> Element {
    el(name).with("w:val", value)
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

impl Element {
    /// The element with one more attribute.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.attributes.push((name.to_owned(), value.to_string()));
        self
    }

    /// The element with one more child.
    #[must_use]
    pub(crate) fn add(mut self, child: Element) -> Self {
        self.push(child);
        self
    }

    /// The element with more children.
    #[must_use]
    pub(crate) fn add_all(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        self.children.extend(children.into_iter().map(Node::Element));
        self
    }

    /// The element with a text inside.
    #[must_use]
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.children.push(Node::Text(text.to_owned()));
        self
    }

    pub(crate) fn push(&mut self, child: Element) {
        self.children.push(Node::Element(child));
    }

    /// Value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Sets an attribute, replacing its former value.
    pub(crate) fn set(&mut self, name: &str, value: impl ToString) {
        let value = value.to_string();
        match self.attributes.iter_mut().find(|(key, _)| key == name) {
            Some((_, held)) => *held = value,
            None => self.attributes.push((name.to_owned(), value)),
        }
    }

    /// Child elements.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Child elements, to be changed.
    pub(crate) fn elements_mut(&mut self) -> impl Iterator<Item = &mut Element> {
        self.children.iter_mut().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first child of that name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name)
    }

    /// The first child of that name, to be changed.
    pub(crate) fn child_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.elements_mut().find(|element| element.name == name)
    }

    /// `w:val` of the child of that name.
    pub(crate) fn child_val(&self, name: &str) -> Option<&str> {
        self.child(name).and_then(|child| child.attribute("w:val"))
    }

    /// Every element inside, itself included, outer ones first.
    pub(crate) fn visit<'e>(&'e self, found: &mut dyn FnMut(&'e Element)) {
        found(self);
        for child in self.elements() {
            child.visit(found);
        }
    }

    /// Every element inside, itself included, outer ones first, to be changed.
    pub(crate) fn visit_mut(&mut self, change: &mut dyn FnMut(&mut Element)) {
        change(self);
        for child in self.elements_mut() {
            child.visit_mut(change);
        }
    }

    /// All text inside.
    #[cfg(test)]
    pub(crate) fn all_text(&self) -> String {
        let mut text = String::new();
        for node in &self.children {
            match node {
                Node::Text(held) => text.push_str(held),
                Node::Element(element) => text.push_str(&element.all_text()),
            }
        }
        text
    }

    /// The part of a package with this element as its root.
    pub(crate) fn to_part(&self) -> Vec<u8> {
        let mut written = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
        self.write(&mut written);
        written.into_bytes()
    }

    fn write(&self, written: &mut String) {
        written.push('<');
        written.push_str(&self.name);
        for (name, value) in &self.attributes {
            written.push(' ');
            written.push_str(name);
            written.push_str("=\"");
            escape(value, written);
            written.push('"');
        }
        if self.children.is_empty() {
            written.push_str("/>");
            return;
        }
        written.push('>');
        for child in &self.children {
            match child {
                Node::Element(element) => element.write(written),
                Node::Text(text) => escape(text, written),
            }
        }
        written.push_str("</");
        written.push_str(&self.name);
        written.push('>');
    }
}

fn escape(text: &str, written: &mut String) {
    for character in text.chars() {
        match character {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\t' => written.push_str("&#9;"),
            '\n' => written.push_str("&#10;"),
            '\r' => written.push_str("&#13;"),
            other if is_allowed(other) => written.push(other),
            _ => written.push('\u{fffd}'),
        }
    }
}

/// The characters of XML 1.0 (section 2.2).
fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

/// A text of the data as it is printed: characters that no page shows are dropped, and directional ones, with which an answer could
/// reorder the text around it.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => cleaned.push(character),
            '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            other if other.is_control() || !is_allowed(other) => {}
            other => cleaned.push(other),
        }
    }
    cleaned
}

/// What the parser says of broken XML.
fn broken(error: impl std::fmt::Display) -> LocalizedTexts {
    lang_texts(format!("XML 有误（{error}）"), format!("its XML is broken ({error})"))
}

/// Reads a part. The error says what is wrong with it, to fill a diagnostic.
pub(crate) fn parse(bytes: &[u8]) -> Result<Element, LocalizedTexts> {
    let text = decode(bytes)?;
    let mut reader = Reader::from_str(&text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let event = reader.read_event().map_err(broken)?;
        match event {
            Event::Start(start) => {
                if open.len() >= DEEPEST {
                    return Err(lang_texts(
                        format!("元素嵌套超过 {DEEPEST} 层"),
                        format!("its elements stand more than {DEEPEST} deep in each other"),
                    ));
                }
                open.push(element_of(&start)?);
            }
            Event::Empty(start) => close(element_of(&start)?, &mut open, &mut root)?,
            Event::End(_) => {
                let element = open.pop().ok_or_else(|| broken("unexpected end of an element"))?;
                close(element, &mut open, &mut root)?;
            }
            Event::Text(text) => add_text(&text.xml10_content(), &mut open),
            Event::CData(text) => add_text(&text.xml10_content(), &mut open),
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref().map_err(broken)? {
                    Some(character) => character,
                    None => match &*reference {
                        "lt" => '<',
                        "gt" => '>',
                        "amp" => '&',
                        "quot" => '"',
                        "apos" => '\'',
                        other => {
                            return Err(lang_texts(
                                format!("它引用了自定义实体 `{other}`，Word 文件不含这类实体"),
                                format!("it refers to an entity of its own, `{other}`, which Word files never have"),
                            ));
                        }
                    },
                };
                add_text(resolved.encode_utf8(&mut [0; 4]), &mut open);
            }
            Event::DocType(_) => {
                return Err(lang_texts(
                    "它带有文档类型声明，Word 文件不含这类声明",
                    "it has a document type, which Word files never have",
                ));
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    if let Some(element) = open.last() {
        return Err(broken(format!("`{}` does not end", element.name)));
    }
    root.ok_or_else(|| broken("empty"))
}

/// UTF-8, or UTF-16 with its mark.
fn decode(bytes: &[u8]) -> Result<String, LocalizedTexts> {
    let wide = |from: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks_exact(2).map(|pair| from([pair[0], pair[1]]));
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| broken("UTF-16"))
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<String, LocalizedTexts> {
    std::str::from_utf8(bytes).map(ToOwned::to_owned).map_err(|_| broken("neither UTF-8 nor UTF-16"))
}

fn element_of(start: &BytesStart<'_>) -> Result<Element, LocalizedTexts> {
    let mut element = el(start.name().into_inner());
    for attribute in start.attributes() {
        let attribute = attribute.map_err(broken)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(broken)?;
        element.attributes.push((attribute.key.into_inner().to_owned(), value.into_owned()));
    }
    Ok(element)
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) -> Result<(), LocalizedTexts> {
    match open.last_mut() {
        Some(parent) => parent.push(element),
        None if root.is_none() => *root = Some(element),
        None => return Err(broken("two roots")),
    }
    Ok(())
}

fn add_text(text: &str, open: &mut [Element]) {
    let Some(parent) = open.last_mut() else { return };
    match parent.children.last_mut() {
        Some(Node::Text(held)) => held.push_str(text),
        _ => parent.children.push(Node::Text(text.to_owned())),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_the_same() {
        let tree = el("w:p").with("w:id", "a\"<&>\n").add(el("w:t").text(" {{ x }} <b> & \u{1f600} ")).add(el("w:br"));
        assert_eq!(parse(&tree.to_part()).unwrap(), tree);
    }

    #[test]
    fn characters_outside_xml_never_reach_the_file() {
        let part = el("w:t").text("a\u{0}\u{b}\u{ffff}b").to_part();
        assert!(String::from_utf8(part).unwrap().ends_with("<w:t>a\u{fffd}\u{fffd}\u{fffd}b</w:t>"));
        assert_eq!(clean("a\u{0}\u{202e}b\u{7}c\n=cmd|' /C calc'!A0"), "abc\n=cmd|' /C calc'!A0");
    }

    fn refused(text: &str) -> String {
        parse(text.as_bytes()).unwrap_err().en.unwrap()
    }

    #[test]
    fn entities_depth_and_broken_parts_are_refused() {
        let billion = "<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>";
        assert!(refused(billion).contains("document type"));
        assert!(refused("<x>&a;</x>").contains("`a`"));
        assert!(refused(&"<x>".repeat(300)).contains("deep"));
        for broken in ["", "<x>", "<x></y>", "<x/><y/>", "<x a=1/>", "<x a='1' a='2'/>"] {
            assert!(parse(broken.as_bytes()).is_err(), "{broken}");
        }
        assert_eq!(parse(b"<x>&#x4f60;&amp;</x>").unwrap().all_text(), "\u{4f60}&");
    }

    #[test]
    fn utf16_is_read() {
        let wide: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("<x>好</x>".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(parse(&wide).unwrap().all_text(), "好");
    }
}
