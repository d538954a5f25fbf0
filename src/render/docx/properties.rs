//! Property elements in the order that the schema of WordprocessingML asks for (ISO/IEC 29500-1, 17.3 to 17.4), whatever the order they
//! are given in, and the small elements that many parts are made of.

use super::xml::{Element, el, val};

const PARAGRAPH: [&str; 22] = [
    "w:pStyle",
    "w:keepNext",
    "w:keepLines",
    "w:pageBreakBefore",
    "w:widowControl",
    "w:numPr",
    "w:pBdr",
    "w:shd",
    "w:tabs",
    "w:suppressAutoHyphens",
    "w:kinsoku",
    "w:overflowPunct",
    "w:autoSpaceDE",
    "w:autoSpaceDN",
    "w:snapToGrid",
    "w:spacing",
    "w:ind",
    "w:contextualSpacing",
    "w:jc",
    "w:outlineLvl",
    "w:rPr",
    "w:sectPr",
];
const RUN: [&str; 15] = [
    "w:rStyle",
    "w:rFonts",
    "w:b",
    "w:bCs",
    "w:i",
    "w:iCs",
    "w:noProof",
    "w:webHidden",
    "w:color",
    "w:position",
    "w:sz",
    "w:szCs",
    "w:u",
    "w:vertAlign",
    "w:lang",
];
const TABLE: [&str; 12] = [
    "w:tblStyle",
    "w:tblW",
    "w:jc",
    "w:tblInd",
    "w:tblBorders",
    "w:shd",
    "w:tblLayout",
    "w:tblCellMar",
    "w:tblLook",
    "w:tblCaption",
    "w:tblDescription",
    "w:tblPrChange",
];
const CELL: [&str; 9] =
    ["w:tcW", "w:gridSpan", "w:vMerge", "w:tcBorders", "w:shd", "w:noWrap", "w:tcMar", "w:vAlign", "w:hideMark"];

/// `w:pPr` of the given properties.
pub(super) fn paragraph_properties(properties: Vec<Element>) -> Element {
    ordered("w:pPr", properties, &PARAGRAPH)
}

/// `w:rPr` of the given properties.
pub(super) fn run_properties(properties: Vec<Element>) -> Element {
    ordered("w:rPr", properties, &RUN)
}

/// `w:tblPr` of the given properties.
pub(super) fn table_properties(properties: Vec<Element>) -> Element {
    ordered("w:tblPr", properties, &TABLE)
}

/// `w:tcPr` of the given properties.
pub(super) fn cell_properties(properties: Vec<Element>) -> Element {
    ordered("w:tcPr", properties, &CELL)
}

fn ordered(name: &str, mut properties: Vec<Element>, order: &[&str]) -> Element {
    let place = |element: &Element| order.iter().position(|known| *known == element.name).unwrap_or(order.len());
    properties.sort_by_key(place);
    el(name).add_all(properties)
}

/// `w:spacing` in points: above, below, and the exact height of a line (none: as the font has it).
pub(super) fn spacing(before: f64, after: f64, line: Option<f64>) -> Element {
    let spacing = el("w:spacing").with("w:before", twips(before)).with("w:after", twips(after));
    match line {
        Some(line) => spacing.with("w:line", twips(line)).with("w:lineRule", "exact"),
        None => spacing.with("w:line", 240).with("w:lineRule", "auto"),
    }
}

/// Indents without any inherited one.
pub(super) fn indent(left: u32, hanging: u32) -> Element {
    let indent = el("w:ind").with("w:left", left).with("w:right", 0);
    let indent = indent.with("w:firstLineChars", 0);
    if hanging > 0 { indent.with("w:hanging", hanging) } else { indent.with("w:firstLine", 0) }
}

/// Font size in points.
pub(super) fn size(points: f64) -> [Element; 2] {
    let half = (points * 2.0).round();
    [val("w:sz", half), val("w:szCs", half)]
}

/// Bold.
pub(super) fn bold() -> [Element; 2] {
    [el("w:b"), el("w:bCs")]
}

/// The families of Latin and Chinese letters.
pub(super) fn fonts(latin: &str, chinese: &str) -> Element {
    el("w:rFonts").with("w:ascii", latin).with("w:hAnsi", latin).with("w:eastAsia", chinese).with("w:cs", latin)
}

/// A border `width` eighths of a point wide.
pub(super) fn border(side: &str, width: u32, colour: &str) -> Element {
    border_apart(side, width, colour, 0)
}

/// A border with its distance from the text in points.
pub(super) fn border_apart(side: &str, width: u32, colour: &str, space: u32) -> Element {
    el(side).with("w:val", "single").with("w:sz", width).with("w:space", space).with("w:color", colour)
}

/// A side without border.
pub(super) fn no_border(side: &str) -> Element {
    el(side).with("w:val", "nil")
}

/// Ground of a paragraph or cell.
pub(super) fn shading(colour: &str) -> Element {
    el("w:shd").with("w:val", "clear").with("w:color", "auto").with("w:fill", colour)
}

/// Margins inside a cell in twentieths of a point: top, left, bottom, right.
pub(super) fn margins(name: &str, sides: [u32; 4]) -> Element {
    let names = ["w:top", "w:left", "w:bottom", "w:right"];
    let side = |(name, width): (&str, u32)| el(name).with("w:w", width).with("w:type", "dxa");
    el(name).add_all(names.into_iter().zip(sides).map(side))
}

/// A width in twentieths of a point.
pub(super) fn width(name: &str, twips: u32) -> Element {
    el(name).with("w:w", twips).with("w:type", "dxa")
}

/// Points as twentieths of a point.
pub(super) fn twips(points: f64) -> u32 {
    // Lengths of a page: positive and far from the limits.
    (points * 20.0).round().clamp(0.0, 100_000.0) as u32
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn properties_stand_in_the_order_of_the_schema() {
        let properties = paragraph_properties(vec![val("w:jc", "left"), el("w:keepNext"), val("w:pStyle", "X")]);
        let names: Vec<&str> = properties.elements().map(|held| held.name.as_str()).collect();
        assert_eq!(names, ["w:pStyle", "w:keepNext", "w:jc"]);
    }

    #[test]
    fn lengths_are_twentieths_of_a_point() {
        assert_eq!((twips(10.5), twips(-1.0), twips(17.43)), (210, 0, 349));
    }
}
