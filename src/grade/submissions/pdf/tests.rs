//! PDF files written object by object, with letters that are nothing but a code and what it stands for.

use std::fmt::Write as _;

use super::lines::plan_of;
use super::pages::{self, read};
use crate::grade::submissions::document::{HiddenBy, PlanText};

/// A letter that is drawn: where its base line begins, how large, what it says.
fn at(x: f64, y: f64, size: f64, text: &str, codes: &mut Vec<char>) -> String {
    let mut written = String::new();
    for letter in text.chars() {
        let code = codes.iter().position(|held| *held == letter).unwrap_or_else(|| {
            codes.push(letter);
            codes.len() - 1
        });
        let _ = write!(written, "{:02x}", code + 1);
    }
    format!("BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm <{written}> Tj ET\n")
}

/// A file with these pages, 600 by 800 points. Its letters are one size wide.
fn pdf(contents: &[String], codes: &[char]) -> Vec<u8> {
    let mut unicode = String::from(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /M def 1 begincodespacerange <00> <ff> endcodespacerange\n",
    );
    for (code, letter) in codes.iter().enumerate() {
        let _ = writeln!(unicode, "1 beginbfchar <{:02x}> <{:04x}> endbfchar", code + 1, u32::from(*letter));
    }
    unicode.push_str("endcmap end end");
    let stream = |content: &str| format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len());
    let names: String = (1..=codes.len()).map(|code| format!("/g{code} ")).collect();
    let drawn: String = (1..=codes.len()).map(|code| format!("/g{code} 5 0 R ")).collect();
    let kids: String = (0..contents.len()).map(|page| format!("{} 0 R ", 6 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", contents.len()),
        format!(
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 1 /LastChar {0} /Widths [{1}] /Encoding << /Type /Encoding /Differences [1 {names}] >> /CharProcs << {drawn} >> /ToUnicode 4 0 R >>",
            codes.len(),
            "1000 ".repeat(codes.len()),
        ),
        stream(&unicode),
        stream("1000 0 d0"),
    ];
    for (page, content) in contents.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
            7 + 2 * page
        ));
        objects.push(stream(content));
    }
    let mut file = String::from("%PDF-1.7\n");
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", number + 1);
    }
    let table = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    places.iter().for_each(|place| file.push_str(&format!("{place:010} 00000 n \n")));
    let _ = write!(file, "trailer << /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF", objects.len() + 1);
    file.into_bytes()
}

/// What is drawn on a page, with the letters that got a code so far.
type Drawn<'d> = &'d dyn Fn(&mut Vec<char>) -> String;

fn plan(pages: &[Drawn<'_>]) -> PlanText {
    let mut codes = Vec::new();
    let contents: Vec<String> = pages.iter().map(|page| page(&mut codes)).collect();
    plan_of(read(pdf(&contents, &codes)).unwrap())
}

#[test]
fn full_lines_go_on_and_short_ones_end() {
    let found = plan(&[&|codes| {
        let long = "排队的时间太长是同学们最不满意的一点我们连续三天在现场计时";
        [
            at(100.0, 700.0, 12.0, "一、问题", codes),
            at(100.0, 680.0, 12.0, long, codes),
            at(100.0, 664.0, 12.0, "发现十二点前后最长。", codes),
            at(100.0, 648.0, 12.0, "二、目标", codes),
        ]
        .concat()
    }]);
    let texts: Vec<&str> = found.pieces.iter().map(|piece| piece.text.as_str()).collect();
    let joined = "排队的时间太长是同学们最不满意的一点我们连续三天在现场计时发现十二点前后最长。";
    assert_eq!(texts, ["一、问题", joined, "二、目标"]);
    assert_eq!(found.layout.font_sizes, [(12.0, 1.0)]);
    assert_eq!(found.layout.pages_mm, [(211.7, 282.2)]);
    assert_eq!(found.layout.page_count, Some(1));
}

#[test]
fn what_the_page_does_not_show_stands_apart() {
    let found = plan(&[&|codes| {
        [
            at(100.0, 700.0, 12.0, "看得见", codes),
            format!("1 g {} 0 g\n", at(100.0, 680.0, 12.0, "白字", codes)),
            format!("0 0 1 rg 90 650 300 20 re f 1 g {} 0 g\n", at(100.0, 655.0, 12.0, "深底白字", codes)),
            format!("3 Tr {} 0 Tr\n", at(100.0, 630.0, 12.0, "无形", codes)),
            at(100.0, 610.0, 2.0, "微小", codes),
            at(900.0, 590.0, 12.0, "页外", codes),
        ]
        .concat()
    }]);
    assert_eq!(found.text(), "看得见\n深底白字");
    let hidden: Vec<(HiddenBy, &str)> = found.hidden.iter().map(|held| (held.by, held.text.as_str())).collect();
    let expected = [
        (HiddenBy::White, "白字"),
        (HiddenBy::Attribute, "无形"),
        (HiddenBy::Tiny, "微小"),
        (HiddenBy::Attribute, "页外"),
    ];
    assert_eq!(hidden, expected);
}

#[test]
fn the_text_behind_a_scanned_page_is_its_text() {
    let found = plan(&[&|codes| format!("3 Tr {}", at(100.0, 700.0, 12.0, "扫描件的文字层", codes))]);
    assert_eq!((found.text().as_str(), found.hidden.len()), ("扫描件的文字层", 0));
}

#[test]
fn letters_painted_twice_count_once() {
    let found = plan(&[&|codes| at(100.0, 700.0, 12.0, "加粗", codes) + &at(100.4, 700.0, 12.0, "加粗", codes)]);
    assert_eq!(found.text(), "加粗");
}

#[test]
fn letters_painted_in_no_order_are_read_from_top_to_bottom() {
    let sentence: Vec<char> = "打乱绘制顺序也不能骗过查重。".chars().collect();
    let found = plan(&[&|codes| {
        let drawn = |step: usize| (0..sentence.len()).filter(move |at| at % 3 == step).rev();
        let order = drawn(1).chain(drawn(0)).chain(drawn(2));
        order.map(|place| at(100.0 + 12.0 * place as f64, 700.0, 12.0, &sentence[place].to_string(), codes)).collect()
    }]);
    assert_eq!(found.text(), "打乱绘制顺序也不能骗过查重。");
}

#[test]
fn heads_feet_and_page_numbers_are_no_text() {
    let page = |number: &'static str, body: &'static str| {
        move |codes: &mut Vec<char>| {
            [
                at(100.0, 780.0, 9.0, "营销二班", codes),
                at(100.0, 700.0, 12.0, body, codes),
                at(290.0, 30.0, 9.0, number, codes),
            ]
            .concat()
        }
    };
    let found = plan(&[&page("第1页", "正文一。"), &page("第2页", "正文二。")]);
    assert_eq!(found.text(), "正文一。\n正文二。");
    assert_eq!(found.apart, ["营销二班", "第1页", "营销二班", "第2页"]);
}

#[test]
fn rows_of_a_table_stay_rows() {
    let found = plan(&[&|codes| {
        let row = |y: f64, cells: [&str; 3], codes: &mut Vec<char>| {
            let places = [100.0, 250.0, 400.0];
            places.iter().zip(cells).map(|(x, cell)| at(*x, y, 12.0, cell, codes)).collect::<String>()
        };
        row(700.0, ["项目", "数量", "金额"], codes) + &row(680.0, ["刷卡机", "二台", "一千八"], codes)
    }]);
    assert_eq!(found.text(), "项目\t数量\t金额\n刷卡机\t二台\t一千八");
}

#[test]
fn broken_files_are_refused_and_never_hang() {
    let mut codes = Vec::new();
    let content = at(100.0, 700.0, 12.0, "满意度提升策划书", &mut codes);
    let whole = pdf(&[content], &codes);
    assert_eq!(read(b"%PDF-1.7 nothing".to_vec()).unwrap_err(), pages::damaged());
    // Whatever a damaged file gives, it gives it soon; a panic is caught by the reader of the file.
    let started = std::time::Instant::now();
    for step in 0..400 {
        let mut bytes = whole.clone();
        let place = step * 7919 % bytes.len();
        match step % 3 {
            0 => bytes.truncate(place),
            1 => bytes[place] = bytes[place].wrapping_add(17),
            _ => {
                bytes.drain(place..(place + 9).min(whole.len()));
            }
        }
        let _ = std::panic::catch_unwind(|| read(bytes).map(plan_of));
    }
    assert!(started.elapsed().as_secs() < 20);
}
