//! Mistakes in templates, in the words of those who write templates: what the template engine says and what directives ask for in
//! vain come in; out go diagnostics with file, line, the missing name and the nearest one.

use std::collections::BTreeSet;

use crate::diagnostics::messages::document as messages;
use crate::diagnostics::{Diagnostic, Lang, LocalizedTexts, Location, Position, lang_texts};
use crate::document::pack::{Pack, PackFile};

/// Filters of the engine and of the program; tests of the engine; its functions; its tags.
const FILTERS: [&str; 45] = [
    "safe",
    "default",
    "upper",
    "lower",
    "wordcount",
    "escape",
    "escape_html",
    "escape_xml",
    "newlines_to_br",
    "pluralize",
    "trim",
    "trim_start",
    "trim_end",
    "replace",
    "capitalize",
    "title",
    "truncate",
    "indent",
    "str",
    "int",
    "float",
    "length",
    "reverse",
    "split",
    "abs",
    "round",
    "first",
    "last",
    "nth",
    "join",
    "sort",
    "unique",
    "get",
    "values",
    "keys",
    "pairs",
    "group_by",
    "yaml",
    "paragraphs",
    "capital",
    "sentence",
    "first_sentences",
    "number",
    "percent",
    "date",
];
const TESTS: [&str; 17] = [
    "string",
    "number",
    "map",
    "bool",
    "array",
    "integer",
    "float",
    "none",
    "iterable",
    "defined",
    "undefined",
    "odd",
    "even",
    "divisible_by",
    "starting_with",
    "ending_with",
    "containing",
];
const FUNCTIONS: [&str; 3] = ["range", "throw", "super"];
const TAGS: [&str; 18] = [
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "endfor",
    "set",
    "set_global",
    "endset",
    "include",
    "extends",
    "block",
    "endblock",
    "raw",
    "endraw",
    "filter",
    "endfilter",
    "component",
];

/// Times that the engine writes a line for each name in it that it does not know: the line, a line of marks below, and both again where
/// it puts its reports together.
const PER_MISTAKE: u64 = 4;

/// Bytes that all of this may take.
const MOST_TOLD: u64 = 128 << 20;

/// A problem that the engine found at a place of a template.
pub(super) fn at_place(pack: &Pack, message: &str, file: &str, line: usize, column: usize) -> Diagnostic {
    let source = pack.files.get(file).map_or(file, |held| held.source.as_str());
    let tag = || {
        let text = pack.files.get(file)?.text.lines().nth(line.checked_sub(1)?)?;
        let rest: String = text.chars().skip(column.saturating_sub(1)).collect();
        let word: String = rest
            .trim_start_matches(|letter: char| !letter.is_alphanumeric())
            .chars()
            .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
            .collect();
        (!word.is_empty()).then_some(word)
    };
    let (problem, suggestions) = explained(message, pack, tag);
    let found = Diagnostic::error(&messages::TEMPLATE_ERROR).words("problem", problem);
    Diagnostic { suggestions, ..found }.at(Location::text(source, line, column))
}

/// The longest line of a template in which so much could be wrong that the words for it would fill the machine.
pub(super) fn too_long(file: &PackFile) -> Option<Diagnostic> {
    let told = |line: &str| (line.len() as u64).saturating_mul(names_in(line)).saturating_mul(PER_MISTAKE);
    if file.text.lines().map(told).sum::<u64>() <= MOST_TOLD {
        return None;
    }
    let (number, line) = file.text.lines().enumerate().max_by_key(|(_, line)| told(line))?;
    let problem = Diagnostic::error(&messages::LONG_LINE).arg("letters", line.len()).arg("names", names_in(line));
    Some(problem.at(Location::text(&file.source, number + 1, 1)))
}

/// How many filters, functions, components, tests and files a line may name.
fn names_in(line: &str) -> u64 {
    let marks = line.bytes().filter(|byte| matches!(byte, b'|' | b'(' | b'<')).count();
    (marks + line.matches(" is ").count() + line.matches("include").count()) as u64
}

/// The problems in a text of the engine that reports several at once, each with its place; none where it holds no such report. What is
/// wrong many times in one line is told once.
pub(super) fn listed(pack: &Pack, text: &str) -> Vec<Diagnostic> {
    let lines: Vec<&str> = text.lines().collect();
    let report = |pair: &[&str]| {
        let message = pair[0].strip_prefix("error: ")?;
        let mut place = pair[1].trim_start().strip_prefix("--> ")?.rsplitn(3, ':');
        let (column, line) = (place.next()?.parse().ok()?, place.next()?.parse().ok()?);
        Some(at_place(pack, message, place.next()?, line, column))
    };
    let mut told = BTreeSet::new();
    let is_news = |found: &Diagnostic| match &found.location {
        Some(Location { file, position: Some(Position::Text { line, .. }) }) => {
            told.insert((file.clone(), *line, found.text(Lang::En)))
        }
        _ => true,
    };
    lines.windows(2).filter_map(report).filter(is_news).collect()
}

/// What the engine says in words of both languages, with the names that may have been meant.
fn explained(message: &str, pack: &Pack, tag: impl Fn() -> Option<String>) -> (LocalizedTexts, Vec<String>) {
    let quoted = |text: &str| text.split('`').nth(1).map(str::to_owned);
    let near = |name: &str, known: Vec<&str>| crate::diagnostics::nearest_names(name, known);
    let says = |zh: &str, en: &str, name: &str| lang_texts(zh.replace("{}", name), en.replace("{}", name));
    let (head, available) = message.split_once(" Available ").unwrap_or((message, ""));
    let available: Vec<&str> =
        available.split_once(": ").map_or_else(Vec::new, |(_, names)| names.split(", ").collect());
    let name = quoted(message).unwrap_or_default();
    if head.starts_with("Variable `") {
        return (says("没有变量 `{}`", "there is no variable `{}`", &name), near(&name, available));
    }
    if head.starts_with("Field `") {
        return (says("没有字段 `{}`", "there is no field `{}`", &name), near(&name, available));
    }
    let kinds: [(&str, &str, &str, Vec<&str>); 4] = [
        ("filter", "没有过滤器 `{}`", "there is no filter `{}`", FILTERS.to_vec()),
        ("test", "没有判断 `{}`", "there is no test `{}`", TESTS.to_vec()),
        ("function", "没有函数 `{}`", "there is no function `{}`", FUNCTIONS.to_vec()),
        (
            "template",
            "模板包中没有文件 `{}`",
            "the pack has no file `{}`",
            pack.files.iter().map(|(path, _)| path).collect(),
        ),
    ];
    for (kind, zh, en, known) in kinds {
        if head.starts_with(&format!("Unknown {kind} `")) {
            return (says(zh, en, &name), near(&name, known));
        }
    }
    if let Some(word) = tag().filter(|_| head == "Unknown tag") {
        return (says("没有标签 `{}`", "there is no tag `{}`", &word), near(&word, TAGS.to_vec()));
    }
    (lang_texts(message, message), Vec::new())
}

/// A problem of the rendered Markdown at the place in the templates where the directive stands that it is about. Where no template
/// holds the words, since they were put together, the file stays and the line is that of the Markdown, in brackets beside it.
/// Of several blocks that hold the words it is that with the most lines in common with the rendered one, in `markdown`.
pub(super) fn in_templates(
    mut problem: Diagnostic,
    pack: &Pack,
    (source, suffix): (&str, &str),
    markdown: &str,
) -> Diagnostic {
    let Some(location) = problem.location.as_mut().filter(|location| location.file == source) else { return problem };
    let Some(Position::Text { line, .. }) = location.position.take() else { return problem };
    // References and anchors stand in running text, not in blocks.
    let outside = [messages::UNKNOWN_REFERENCE.code, messages::DUPLICATE_ANCHOR.code].contains(&problem.message.code);
    let argument = |name: &str| problem.arguments.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
    let needle = ["value", "id", "key"].into_iter().find_map(argument).or_else(|| argument("directive"));
    let found = needle.filter(|needle| !needle.is_empty() && !outside).and_then(|needle| {
        let rendered = fence_around(markdown, line);
        let templates = pack.files.iter().filter(|(path, _)| path.ends_with(suffix));
        let places = templates.flat_map(|(_, file)| {
            let found = places_in_fences(&file.text, &needle, &rendered).into_iter();
            found.map(|(alike, line, column)| (alike, Location::text(&file.source, line, column)))
        });
        // The first of those that are equally alike.
        places.reduce(|best, place| if place.0 > best.0 { place } else { best }).map(|(_, place)| place)
    });
    match found {
        Some(place) => problem.location = Some(place),
        None => problem.key_path = Some(format!("Markdown:{line}")),
    }
    problem
}

/// True for the first and the last line of a directive; blocks side by side stand in a fence of four.
fn is_fence(line: &str) -> bool {
    line.starts_with("```") && !line.starts_with("````")
}

/// The lines of the fenced block in which a line, from 1, of the Markdown stands.
fn fence_around(markdown: &str, line: usize) -> Vec<&str> {
    let lines: Vec<&str> = markdown.lines().map(str::trim).collect();
    let at = line.saturating_sub(1).min(lines.len().saturating_sub(1));
    let Some(start) = lines.iter().take(at + 1).rposition(|text| is_fence(text)) else { return Vec::new() };
    lines[start..]
        .iter()
        .enumerate()
        .take_while(|(index, text)| *index == 0 || !is_fence(text))
        .map(|(_, text)| *text)
        .collect()
}

/// Where the words stand by themselves inside a fenced block or in its first line: how many lines the block has in common with
/// `rendered`, line and column from 1.
fn places_in_fences(text: &str, needle: &str, rendered: &[&str]) -> Vec<(usize, usize, usize)> {
    let mut places = Vec::new();
    // Of the block that is open: the number of its places, and its lines in common.
    let mut open: Option<(usize, usize)> = None;
    for (index, line) in text.lines().enumerate() {
        let fence = is_fence(line.trim_start());
        if open.is_none() && !fence {
            continue;
        }
        let (first, alike) = open.unwrap_or((places.len(), 0));
        let alike = alike + usize::from(rendered.contains(&line.trim()));
        let stands_alone = |at: usize| {
            let part = |letter: char| letter.is_alphanumeric() || letter == '_';
            !line[..at].ends_with(part) && !line[at + needle.len()..].starts_with(part)
        };
        if let Some((at, _)) = line.match_indices(needle).find(|(at, _)| stands_alone(*at)) {
            places.push((0, index + 1, line[..at].chars().count() + 1));
        }
        // One place a block.
        places.truncate(first + 1);
        places[first..].iter_mut().for_each(|place| place.0 = alike);
        open = if fence && open.is_some() { None } else { Some((first, alike)) };
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_in_several_blocks_is_found_in_the_one_most_like_what_was_rendered() {
        let template = "by: x\n```table\nkind: segments\nby: {{ a }}\n```\n````columns\n```chart\nkind: bar\nmetric: csi\nby: shop\n```\n===\n```chart\nkind: bar\nmetric: nps\nby: shop\n```\n````\n";
        let markdown = "text\n```chart\nkind: bar\nmetric: nps\nby: shop\n```\n";
        let rendered = fence_around(markdown, 5);
        assert_eq!(rendered, ["```chart", "kind: bar", "metric: nps", "by: shop"]);
        assert_eq!(fence_around(markdown, 2), rendered);
        assert_eq!(places_in_fences(template, "shop", &rendered), [(3, 10, 5), (4, 16, 5)]);
        // Text outside of blocks is not looked at, parts of words neither.
        assert_eq!(places_in_fences(template, "x", &rendered), []);
        assert_eq!(places_in_fences(template, "sho", &rendered), []);
    }
}
