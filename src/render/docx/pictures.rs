//! Pictures in the text: DrawingML around a PNG, with the words for those who cannot see it.

use super::Picture;
use super::xml::{Element, el};

const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";
const PICTURE: &str = "http://schemas.openxmlformats.org/drawingml/2006/picture";
/// Namespace of drawings in the text.
pub(super) const ANCHOR: &str = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing";
/// English Metric Units in a point.
const UNITS: f64 = 12_700.0;
/// Higher than this no picture fits on a page with its caption; points.
const HIGHEST: f64 = 590.0;

/// A run with the picture, no wider than `room` twentieths of a point.
pub(super) fn run(picture: &Picture, relation: &str, number: u32, alt: &str, room: u32) -> Element {
    let (width, height) = (picture.width_pt.max(1.0), picture.height_pt.max(1.0));
    let scale = (f64::from(room) / 20.0 / width).min(HIGHEST / height).min(1.0);
    // Lengths of a page in units: far below the limits of the type.
    let (width, height) = ((width * scale * UNITS) as u64, (height * scale * UNITS) as u64);
    let name = format!("figure {number}");
    let extent = |tag: &str| el(tag).with("cx", width).with("cy", height);
    let described = |tag: &str| el(tag).with("id", number).with("name", &name).with("descr", alt);
    let shape = el("pic:spPr")
        .add(el("a:xfrm").add(el("a:off").with("x", 0).with("y", 0)).add(extent("a:ext")))
        .add(el("a:prstGeom").with("prst", "rect").add(el("a:avLst")));
    let drawing = el("pic:pic").with("xmlns:pic", PICTURE).add_all([
        el("pic:nvPicPr").add(described("pic:cNvPr")).add(el("pic:cNvPicPr")),
        el("pic:blipFill").add(el("a:blip").with("r:embed", relation)).add(el("a:stretch").add(el("a:fillRect"))),
        shape,
    ]);
    let locks = el("a:graphicFrameLocks").with("xmlns:a", DRAWING).with("noChangeAspect", 1);
    let inline = el("wp:inline").with("distT", 0).with("distB", 0).with("distL", 0).with("distR", 0).add_all([
        extent("wp:extent"),
        described("wp:docPr"),
        el("wp:cNvGraphicFramePr").add(locks),
        el("a:graphic").with("xmlns:a", DRAWING).add(el("a:graphicData").with("uri", PICTURE).add(drawing)),
    ]);
    el("w:r").add(el("w:drawing").add(inline))
}
