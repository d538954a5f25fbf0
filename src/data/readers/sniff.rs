//! Which character separates the fields of a text file, told from its first rows.

use super::records::Records;

/// Candidates in order of preference.
const CANDIDATES: [u8; 4] = *b",;\t|";

/// Rows that are looked at.
const ROWS: usize = 50;

/// The separator under which the rows agree best on how many fields they have; a comma if none separates anything.
pub fn delimiter(head: &str) -> u8 {
    if let Some(given) = declared(head) {
        return given;
    }
    let mut best = (0.0, b',');
    for candidate in CANDIDATES {
        let score = score(head, candidate);
        if score > best.0 {
            best = (score, candidate);
        }
    }
    best.1
}

/// Excel's own `sep=;` line.
pub fn declared(head: &str) -> Option<u8> {
    let line = head.lines().next()?.trim_end().trim_matches('"');
    let given = line.strip_prefix("sep=").or_else(|| line.strip_prefix("SEP="))?;
    match given.as_bytes() {
        [byte] if byte.is_ascii() => Some(*byte),
        [] if head.starts_with("sep=\t") => Some(b'\t'),
        _ => None,
    }
}

fn score(head: &str, candidate: u8) -> f64 {
    let mut records = Records::new(head, candidate);
    let mut fields = Vec::new();
    let mut widths = Vec::new();
    let mut texts = Vec::new();
    while widths.len() < ROWS && records.next(&mut fields) {
        if fields.is_empty() {
            continue;
        }
        widths.push(fields.len());
        let numeric = |text: &str| text.trim().parse::<f64>().is_ok();
        texts.push(!fields.iter().any(|field| numeric(&field.text(head))));
    }
    if widths.len() > 1 && widths.len() < ROWS {
        // The head may end in the middle of a row.
        widths.pop();
    }
    let frequency = |width: usize| widths.iter().filter(|&&other| other == width).count();
    let Some(&width) = widths.iter().filter(|&&width| width > 1).max_by_key(|&&width| (frequency(width), width)) else {
        return 0.0;
    };
    let agreement = frequency(width) as f64 / widths.len() as f64;
    // Decimal commas agree too, but then the first such row is no header.
    let headed = widths.iter().position(|&other| other == width).is_some_and(|first| texts[first]);
    agreement * (1.0 - 1.0 / width as f64) * if headed { 1.0 } else { 0.5 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_told_apart() {
        let cases = [
            ("a,b,c\n1,2,3\n4,5,6\n", b','),
            ("a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n4,5;5;6\n", b';'),
            ("问题,一\t问题,二\n很好,真的\t一般\n差\t差\n", b'\t'),
            ("a|b\n1|2\n3|4\n", b'|'),
            ("食堂满意度调查\n\n序号,\"a;b;c\"\n1,x\n2,y\n", b','),
            ("only\n1\n2\n", b','),
            ("sep=;\na,b;c\n1,1;1\n", b';'),
        ];
        for (text, expected) in cases {
            assert_eq!(char::from(delimiter(text)), char::from(expected), "{text}");
        }
    }
}
