//! Forms on paper as ordinary blocks: questions as paragraphs with boxes to tick, sets of questions as tables, lines to write on.

use unicode_width::UnicodeWidthStr;

use crate::diagnostics::Lang;
use crate::document::blocks::{
    Align, Answer, AnswerScale, Block, Form, FormItem, Inline, Table, TableCell, TableColumn, TableRow,
};

/// A box to tick; a run of its own, so that every one comes from the same font.
pub(super) const BOX: &str = "□";
/// A line to write on.
const LINE: &str = "____________";
/// A line of text holds about so many letters, of which Chinese ones count twice.
const LETTERS: usize = 76;

/// The blocks of a form, item by item: what belongs to one question stays on one page.
pub(super) fn items(form: &Form, lang: Lang) -> Vec<(bool, Vec<Block>)> {
    form.items.iter().map(|item| (matches!(item, FormItem::Section { .. }), item_blocks(item, lang))).collect()
}

fn item_blocks(item: &FormItem, lang: Lang) -> Vec<Block> {
    match item {
        FormItem::Section { title } => vec![paragraph(vec![Inline::Strong { content: vec![Inline::text(title)] }])],
        FormItem::Question { number, text, hint, answer } => {
            let mut blocks = vec![question(*number, text, hint, lang)];
            blocks.extend(answers(answer, lang));
            blocks
        }
        FormItem::Matrix { number, text, scale, rows } => {
            let mut blocks = Vec::new();
            if number.is_some() || !text.is_empty() {
                blocks.push(question(*number, text, "", lang));
            }
            blocks.push(Block::Table(matrix(scale, rows)));
            blocks
        }
        FormItem::Fields { fields } if fields.len() == 1 => {
            let (label, unit) = &fields[0];
            let line = "_".repeat(LETTERS.saturating_sub(label.width() + unit.width()).max(LINE.len()));
            vec![paragraph(vec![Inline::text(format!("{label} {line} {unit}").trim_end())])]
        }
        FormItem::Fields { fields } => {
            let fields = fields.iter().map(|(label, unit)| format!("{label} {LINE} {unit}").trim_end().to_owned());
            vec![paragraph(vec![Inline::text(fields.collect::<Vec<_>>().join("　　"))])]
        }
    }
}

fn paragraph(content: Vec<Inline>) -> Block {
    Block::Paragraph { content }
}

fn question(number: Option<u32>, text: &str, hint: &str, lang: Lang) -> Block {
    let number = number.map(|number| format!("{number}. ")).unwrap_or_default();
    let enclosed = hint.starts_with(['(', '（']);
    let hint = match (hint.is_empty(), lang) {
        (false, Lang::ZhCn | Lang::ZhTw) if enclosed => hint.to_owned(),
        (false, Lang::En) if enclosed => format!(" {hint}"),
        (true, _) => String::new(),
        (false, Lang::ZhCn | Lang::ZhTw) => format!("（{hint}）"),
        (false, Lang::En) => format!(" ({hint})"),
    };
    paragraph(vec![Inline::Strong { content: vec![Inline::text(format!("{number}{text}"))] }, Inline::text(hint)])
}

fn answers(answer: &Answer, lang: Lang) -> Vec<Block> {
    let boxes = |options: Vec<String>| {
        let last = options.len().saturating_sub(1);
        let option = |(place, option): (usize, String)| {
            [Inline::text(BOX), Inline::text(format!(" {option}{}", if place < last { "　" } else { "" }))]
        };
        paragraph(options.into_iter().enumerate().flat_map(option).collect())
    };
    match answer {
        Answer::Options { options, .. } => vec![boxes(options.clone())],
        Answer::Scale(scale) => {
            let mut named: Vec<String> = (0..scale.points.len()).map(|index| point(scale, index)).collect();
            named.extend((!scale.other.is_empty()).then(|| scale.other.clone()));
            vec![boxes(named)]
        }
        Answer::Blank { unit } => vec![paragraph(vec![Inline::text(format!("{LINE} {unit}").trim_end())])],
        Answer::Date => vec![paragraph(vec![Inline::text(match lang {
            Lang::ZhCn | Lang::ZhTw => "________年____月____日",
            Lang::En => "____ / ____ / ________",
        })])],
        Answer::Lines { count } => (0..*count).map(|_| paragraph(vec![Inline::text(LINE.repeat(5))])).collect(),
    }
}

/// A point of a scale with what it means, if that is named.
fn point(scale: &AnswerScale, index: usize) -> String {
    let number = scale.points.get(index).map_or("", String::as_str);
    let last = index + 1 == scale.points.len();
    let label = match (scale.labels.get(index), index) {
        (Some(label), _) if !scale.scored => return label.clone(),
        (Some(label), _) => label.as_str(),
        (None, 0) => scale.low.as_str(),
        (None, _) if last => scale.high.as_str(),
        (None, _) => "",
    };
    if label.is_empty() { number.to_owned() } else { format!("{number} {label}") }
}

fn matrix(scale: &AnswerScale, rows: &[String]) -> Table {
    let head = |text: String, align| TableColumn { title: vec![Inline::text(text)], align, parts: 1.0 };
    // The points of a scale are as far from each other as they count.
    let mut columns = vec![TableColumn { parts: 2.0, ..head(String::new(), Align::Left) }];
    columns.extend((0..scale.points.len()).map(|index| head(point(scale, index), Align::Center)));
    columns.extend((!scale.other.is_empty()).then(|| head(scale.other.clone(), Align::Center)));
    let boxes = columns.len() - 1;
    let cell = |text: &str| TableCell { content: vec![Inline::text(text)], ..TableCell::default() };
    let row = |text: &String| {
        let ticks = std::iter::repeat_n(cell(BOX), boxes);
        TableRow { cells: std::iter::once(cell(text)).chain(ticks).collect(), strong: false }
    };
    Table { columns, rows: rows.iter().map(row).collect(), ..Table::default() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_questions_has_a_box_for_every_answer() {
        let scale = AnswerScale {
            points: vec!["1".into(), "2".into(), "3".into()],
            low: "不满意".into(),
            high: "满意".into(),
            other: "不适用".into(),
            ..AnswerScale::default()
        };
        let table = matrix(&scale, &["口味".into(), "价格".into()]);
        assert_eq!((table.columns.len(), table.rows.len()), (5, 2));
        assert_eq!(table.columns[1].title, [Inline::text("1 不满意")]);
        assert_eq!(table.columns[2].title, [Inline::text("2")]);
        assert!(table.rows.iter().all(|row| row.cells.len() == 5 && row.cells[4].content == [Inline::text(BOX)]));
    }

    #[test]
    fn every_kind_of_question_leaves_room_to_answer() {
        let answers_of = |answer: Answer| answers(&answer, Lang::En).len();
        assert_eq!(answers_of(Answer::Lines { count: 3 }), 3);
        assert_eq!(answers_of(Answer::Date), 1);
        let yes_no = Answer::Options { options: vec!["是".into(), "否".into()], several: false, ranked: false };
        let Block::Paragraph { content } = &answers(&yes_no, Lang::ZhCn)[0] else { panic!() };
        assert_eq!(*content, [BOX, " 是　", BOX, " 否"].map(Inline::text));
        let field = FormItem::Fields { fields: vec![("一句话评价".into(), String::new())] };
        let Block::Paragraph { content } = &item_blocks(&field, Lang::ZhCn)[0] else { panic!() };
        assert_eq!(*content, [Inline::text(format!("一句话评价 {}", "_".repeat(66)))]);
        let Block::Paragraph { content } = question(Some(4), "How was it?", "tick one", Lang::En) else { panic!() };
        assert_eq!(content[1], Inline::text(" (tick one)"));
    }
}
