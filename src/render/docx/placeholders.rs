//! Finding `{{ expression }}` in the text of a paragraph, whatever runs Word split it into, and putting something in its place.

use std::ops::Range;

use super::xml::{Element, Node, el};

/// A placeholder in the text of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placeholder {
    /// Bytes of the paragraph's text, braces included.
    pub(super) range: Range<usize>,
    /// What stands between the braces, trimmed, with straight quotation marks.
    pub(super) expression: String,
}

/// What takes the place of a placeholder inside a run.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    Text(String),
    /// A child of a run, such as a drawing.
    Element(Element),
}

/// The placeholders of a text, and whether one begins that does not end.
pub(super) fn find(text: &str) -> (Vec<Placeholder>, bool) {
    let mut found = Vec::new();
    let mut open = false;
    let mut at = 0;
    while let Some(start) = text[at..].find("{{").map(|start| at + start) {
        let Some(mut end) = text[start + 2..].find("}}").map(|end| start + 2 + end) else {
            open = true;
            break;
        };
        // `{{ {a: {b: 1}} }}`: the last pair of a row of braces closes.
        while text[end + 2..].starts_with('}') {
            end += 1;
        }
        let inner = &text[start + 2..end];
        match inner.rfind("{{") {
            Some(second) => {
                open = true;
                at = start + 2 + second;
            }
            None => {
                found.push(Placeholder { range: start..end + 2, expression: straightened(inner) });
                at = end + 2;
            }
        }
    }
    (found, open)
}

/// Word turns quotation marks and spaces into typographic ones while one types.
fn straightened(text: &str) -> String {
    let plain = |letter| match letter {
        '“' | '”' | '„' => '"',
        '‘' | '’' => '\'',
        '\u{a0}' | '\u{3000}' => ' ',
        other => other,
    };
    text.chars().map(plain).collect::<String>().trim().to_owned()
}

/// The text of a paragraph: that of its runs, without that of text boxes inside.
pub(super) fn paragraph_text(paragraph: &Element) -> String {
    let mut text = String::new();
    for child in paragraph.elements() {
        collect(child, &mut text);
    }
    text
}

fn collect(element: &Element, text: &mut String) {
    match element.name.as_str() {
        "w:r" => {
            for leaf in element.elements().filter(|child| child.name == "w:t") {
                text.push_str(&leaf_text(leaf));
            }
        }
        name if is_apart(name) => {}
        _ => element.elements().for_each(|child| collect(child, text)),
    }
}

/// Elements whose text is not that of the paragraph they stand in.
fn is_apart(name: &str) -> bool {
    matches!(
        name,
        "w:p" | "w:pPr" | "w:txbxContent" | "w:drawing" | "w:pict" | "mc:AlternateContent" | "w:del" | "w:moveFrom"
    )
}

fn leaf_text(leaf: &Element) -> String {
    let texts = leaf.children.iter().filter_map(|node| match node {
        Node::Text(text) => Some(text.as_str()),
        Node::Element(_) => None,
    });
    texts.collect()
}

/// Puts `pieces` in the place of ranges of the paragraph's text. The run in which a range begins keeps its formatting and takes the
/// piece; the other runs lose their part of the range.
pub(super) fn replace(paragraph: &mut Element, changes: &[(Range<usize>, Vec<Piece>)]) {
    let mut at = 0;
    for child in paragraph.elements_mut() {
        change(child, changes, &mut at);
    }
}

fn change(element: &mut Element, changes: &[(Range<usize>, Vec<Piece>)], at: &mut usize) {
    match element.name.as_str() {
        "w:r" => {
            let mut children = Vec::with_capacity(element.children.len());
            for node in std::mem::take(&mut element.children) {
                match node {
                    Node::Element(leaf) if leaf.name == "w:t" => {
                        let text = leaf_text(&leaf);
                        let span = *at..*at + text.len();
                        *at = span.end;
                        if changes.iter().any(|(range, _)| range.start < span.end && span.start < range.end) {
                            children.extend(leaf_with(&text, &span, changes).into_iter().map(Node::Element));
                        } else {
                            children.push(leaf.into());
                        }
                    }
                    other => children.push(other),
                }
            }
            element.children = children;
        }
        name if is_apart(name) => {}
        _ => element.elements_mut().for_each(|child| change(child, changes, at)),
    }
}

/// The children of a run that take the place of one text of it.
fn leaf_with(text: &str, span: &Range<usize>, changes: &[(Range<usize>, Vec<Piece>)]) -> Vec<Element> {
    let mut written = Vec::new();
    let mut words = String::new();
    let mut kept = span.start;
    for (range, pieces) in changes.iter().filter(|(range, _)| range.start < span.end && span.start < range.end) {
        if range.start > kept {
            words.push_str(&text[kept - span.start..range.start - span.start]);
        }
        kept = range.end.min(span.end);
        if range.start < span.start {
            continue;
        }
        for piece in pieces {
            match piece {
                Piece::Text(held) => {
                    for (index, line) in held.lines().enumerate() {
                        if index > 0 {
                            flush(&mut words, &mut written);
                            written.push(el("w:br"));
                        }
                        words.push_str(line);
                    }
                }
                Piece::Element(element) => {
                    flush(&mut words, &mut written);
                    written.push(element.clone());
                }
            }
        }
    }
    words.push_str(&text[kept - span.start..]);
    flush(&mut words, &mut written);
    written
}

fn flush(words: &mut String, written: &mut Vec<Element>) {
    if !words.is_empty() {
        written.push(el("w:t").with("xml:space", "preserve").text(words));
        words.clear();
    }
}

/// Properties of the run in which a place of the paragraph's text lies.
pub(super) fn run_format(paragraph: &Element, place: usize) -> Option<Element> {
    fn seek(element: &Element, place: usize, at: &mut usize) -> Option<Option<Element>> {
        match element.name.as_str() {
            "w:r" => {
                for leaf in element.elements().filter(|child| child.name == "w:t") {
                    *at += leaf_text(leaf).len();
                    if place < *at {
                        return Some(element.child("w:rPr").cloned());
                    }
                }
                None
            }
            name if is_apart(name) => None,
            _ => element.elements().find_map(|child| seek(child, place, at)),
        }
    }
    let mut at = 0;
    paragraph.elements().find_map(|child| seek(child, place, &mut at)).flatten()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::super::xml::val;
    use super::*;

    fn run(text: &str, size: u32) -> Element {
        el("w:r").add(el("w:rPr").add(val("w:sz", size))).add(el("w:t").text(text))
    }

    fn expressions(text: &str) -> (Vec<String>, bool) {
        let (found, open) = find(text);
        (found.into_iter().map(|held| held.expression).collect(), open)
    }

    #[test]
    fn placeholders_are_found_with_braces_inside_and_marks_made_straight() {
        let cases: [(&str, &[&str], bool); 8] = [
            ("甲{{ a }}乙{{b.c}}", &["a", "b.c"], false),
            ("{{ f(“x”, ‘y’) }}", &["f(\"x\", 'y')"], false),
            ("{{ table: {kind: indicators, ids: {a: 1}}}}", &["table: {kind: indicators, ids: {a: 1}}"], false),
            ("{{ open", &[], true),
            ("{{ open {{ b }}", &["b"], true),
            ("}} nothing {", &[], false),
            ("{{}}", &[""], false),
            ("{ { a } }", &[], false),
        ];
        for (text, expected, open) in cases {
            assert_eq!(expressions(text), (expected.iter().map(|held| (*held).to_owned()).collect(), open), "{text}");
        }
    }

    #[test]
    fn a_placeholder_over_several_runs_keeps_the_format_of_the_first() {
        let mut paragraph = el("w:p").add_all([
            run("指标：{", 24),
            el("w:proofErr"),
            run("{ met", 30),
            el("w:hyperlink").add(run("rics.", 31)),
            run("csi }} 分", 32),
        ]);
        let text = paragraph_text(&paragraph);
        let (found, _) = find(&text);
        assert_eq!(found[0].expression, "metrics.csi");
        assert_eq!(run_format(&paragraph, found[0].range.start).unwrap().child_val("w:sz"), Some("24"));
        replace(&mut paragraph, &[(found[0].range.clone(), vec![Piece::Text("68.4\n{{ x }}".into())])]);
        assert_eq!(paragraph_text(&paragraph), "指标：68.4{{ x }} 分");
        let first = paragraph.elements().next().unwrap();
        let names: Vec<&str> = first.elements().map(|held| held.name.as_str()).collect();
        assert_eq!(names, ["w:rPr", "w:t", "w:br", "w:t"]);
        assert_eq!(first.all_text(), "指标：68.4{{ x }}");
    }

    #[test]
    fn every_way_of_cutting_the_text_gives_the_same_result() {
        let text = "a {{ x }}b{{y}} c";
        let (found, _) = find(text);
        let changes: Vec<_> = found
            .iter()
            .map(|held| (held.range.clone(), vec![Piece::Text(format!("<{}>", held.expression))]))
            .collect();
        for first in 0..=text.len() {
            for second in first..=text.len() {
                let cuts = [&text[..first], &text[first..second], &text[second..]];
                let mut paragraph = el("w:p").add_all(cuts.map(|part| run(part, 20)));
                assert_eq!(paragraph_text(&paragraph), text);
                replace(&mut paragraph, &changes);
                assert_eq!(paragraph_text(&paragraph), "a <x>b<y> c", "{first} {second}");
            }
        }
    }

    #[test]
    fn text_boxes_are_not_part_of_the_paragraph_around_them() {
        let inner = el("w:txbxContent").add(el("w:p").add(run("{{ inner }}", 20)));
        let paragraph = el("w:p").add(run("outer", 20)).add(el("w:r").add(el("w:pict").add(inner)));
        assert_eq!(paragraph_text(&paragraph), "outer");
    }
}
