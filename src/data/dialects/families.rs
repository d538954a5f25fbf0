//! Columns that belong together: the rows of a matrix question and the options of a multiple answer, which most tools spread
//! over columns whose headers differ only in a bracket or a number at the end.

use indexmap::IndexMap;

/// Columns of one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// What the headers share: `4、来本食堂的原因`, `Q1`.
    pub stem: String,
    /// The columns, in file order; at least two.
    pub members: Vec<Member>,
}

/// One column of a [`Family`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Position among the headers.
    pub position: usize,
    /// The whole header.
    pub header: String,
    /// What is its own: `价格实惠`, `SQ001`.
    pub part: String,
}

/// Groups headers by the question they belong to: `第5题(排队时间)`, `5、菜品（口味）`, `Q1[SQ001]`, `Q5_1`. Headers that stand
/// alone are in no family.
pub fn families<'a>(headers: impl IntoIterator<Item = &'a str>) -> Vec<Family> {
    let mut found: IndexMap<(String, char), Vec<Member>> = IndexMap::new();
    for (position, header) in headers.into_iter().enumerate() {
        if let Some((stem, part, form)) = split(header) {
            let member = Member { position, header: header.to_owned(), part: part.to_owned() };
            found.entry((stem.to_owned(), form)).or_default().push(member);
        }
    }
    let several = found.into_iter().filter(|(_, members)| members.len() > 1);
    several.map(|((stem, _), members)| Family { stem, members }).collect()
}

/// Stem, part and the sign between them.
fn split(header: &str) -> Option<(&str, &str, char)> {
    let header = header.trim_end();
    for (open, close) in [('(', ')'), ('（', '）'), ('[', ']'), ('【', '】')] {
        let Some(inside) = header.strip_suffix(close) else { continue };
        let at = opening(inside, open, close)?;
        let (stem, part) = (inside[..at].trim_end(), inside[at + open.len_utf8()..].trim());
        return (!stem.is_empty() && !part.is_empty()).then_some((stem, part, open));
    }
    let (stem, part) = header.rsplit_once('_')?;
    let numbered = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (numbered && !stem.is_empty()).then_some((stem, part, '_'))
}

/// Where the bracket opens that is closed at the end; a part may hold brackets itself: `就餐环境(卫生(地面))`.
fn opening(inside: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in inside.char_indices().rev() {
        if letter == close {
            depth += 1;
        } else if letter == open {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_one_question_come_together() {
        let headers = [
            "序号",
            "第5题(排队时间)",
            "4、来本食堂的原因(价格实惠)",
            "第5题(卫生(地面))",
            "4、来本食堂的原因(离得近)",
            "6、建议（选填）",
            "Q1[SQ001]",
            "Q1[SQ002]",
            "Q7_1",
            "Q7_2",
            "Q7_text",
        ];
        let found: Vec<(String, Vec<String>)> = families(headers)
            .into_iter()
            .map(|family| (family.stem, family.members.into_iter().map(|member| member.part).collect()))
            .collect();
        let expected = [
            ("第5题", ["排队时间", "卫生(地面)"]),
            ("4、来本食堂的原因", ["价格实惠", "离得近"]),
            ("Q1", ["SQ001", "SQ002"]),
            ("Q7", ["1", "2"]),
        ];
        assert_eq!(found, expected.map(|(stem, parts)| (stem.to_owned(), parts.map(str::to_owned).to_vec())));
    }
}
