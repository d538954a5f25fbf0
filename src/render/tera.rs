//! Templates to Markdown: the only place that knows Tera. Undefined variables are errors, and every value is escaped for
//! Markdown on its way in, so that survey text can never become markup.

use std::io::{self, Write};

use tera::{Context, ErrorKind, Kwargs, State, StringInput, Tera, TeraResult, Value};

use crate::diagnostics::messages::document as messages;
use crate::diagnostics::taiwan::{closed, to_taiwan, without_end_mark};
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Location, lang_texts};
use crate::document::blocks::Document;
use crate::document::length::document_words;
use crate::document::material::{DocumentInputs, Material};
use crate::document::model_tables::capital;
use crate::document::pack::{DETAILS, Pack};
use crate::document::{builder, facts, format};
use crate::render::templates::suspect;
use crate::render::{mistakes, watch};

/// Ending of the files of a pack that are templates.
pub const TEMPLATE_SUFFIX: &str = ".md.tera";

/// A document with the Markdown it was made from.
#[derive(Debug, Clone)]
pub struct BuiltDocument {
    /// The document.
    pub document: Document,
    /// The Markdown between template and blocks.
    pub markdown: String,
}

/// The templates of a pack for one language, parsed once for all documents that are made of them.
pub struct PackTemplates {
    lang: Lang,
    tera: Tera,
}

impl PackTemplates {
    /// Parses the templates; none, with a diagnostic, where one cannot be read.
    pub fn parse(pack: &Pack, lang: Lang, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut tera = Tera::default();
        tera.autoescape_on([TEMPLATE_SUFFIX]);
        tera.set_escape_fn(escape_markdown);
        register_filters(&mut tera, lang);
        let templates = || pack.files.iter().filter(|(path, _)| path.ends_with(TEMPLATE_SUFFIX));
        if let Some(problem) = templates().find_map(|(_, file)| mistakes::too_long(file)) {
            diagnostics.push_once(problem);
            return None;
        }
        match tera.add_raw_templates(templates().map(|(path, file)| (path, file.text.as_str()))) {
            Ok(()) => Some(Self { lang, tera }),
            Err(error) => {
                template_errors(&error, pack).into_iter().for_each(|problem| diagnostics.push_once(problem));
                None
            }
        }
    }

    /// From stage results to a document: facts, template, Markdown, blocks. `pack` is the one that was parsed. None where the
    /// template does not render; all problems are reported.
    pub fn document(
        &self,
        inputs: &DocumentInputs<'_>,
        pack: &Pack,
        diagnostics: &mut Diagnostics,
    ) -> Option<BuiltDocument> {
        let lang = self.lang;
        let material = Material::new(*inputs, pack, lang);
        let mut facts = facts::facts(&material);
        let length = pack.length(lang);
        let mut details = DETAILS.into_iter();
        loop {
            let detail = details.next()?;
            facts["detail"] = detail.into();
            let markdown = self.markdown(pack, &facts, diagnostics)?;
            let mut found = Diagnostics::new();
            let entry = pack.entry(lang, &mut found)?;
            let source = pack.files.get(entry).map_or(entry, |file| file.source.as_str());
            let document = builder::document_from_markdown(&material, &markdown, source, &mut found);
            // A document of limited length is the fullest that keeps the limit.
            if length.is_some_and(|length| document_words(&document) > length.max) && details.len() > 0 {
                continue;
            }
            diagnostics.extend(
                found
                    .into_iter()
                    .map(|problem| mistakes::in_templates(problem, pack, (source, TEMPLATE_SUFFIX), &markdown)),
            );
            let markdown = if lang == Lang::ZhTw { to_taiwan(&markdown) } else { markdown };
            return Some(BuiltDocument { document, markdown });
        }
    }

    /// Renders the pack's entry template with the facts.
    fn markdown(&self, pack: &Pack, facts: &serde_json::Value, diagnostics: &mut Diagnostics) -> Option<String> {
        let entry = pack.entry(self.lang, diagnostics)?;
        let source = pack.files.get(entry).map_or(entry, |file| file.source.as_str());
        let templates = pack.files.iter().filter(|(path, _)| path.ends_with(TEMPLATE_SUFFIX));
        watch::writing(suspect(source, templates.map(|(_, file)| file.source.as_str())));
        let mut written = Bounded::default();
        let rendered =
            Context::from_serialize(facts).and_then(|context| self.tera.render_to(entry, &context, &mut written));
        if written.full {
            let error = Diagnostic::error(&messages::ENDLESS_TEMPLATE).arg("limit", LONGEST_TEXT >> 20);
            diagnostics.push(error.at(Location::file(source)));
            return None;
        }
        match rendered {
            Ok(()) => Some(tidy(&String::from_utf8_lossy(&written.bytes))),
            Err(error) => {
                diagnostics.extend(template_errors(&error, pack));
                None
            }
        }
    }
}

/// Bytes that a template may write: far more than any book, and little enough for any machine.
const LONGEST_TEXT: usize = 32 << 20;

/// What a template writes, up to [`LONGEST_TEXT`].
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    full: bool,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > LONGEST_TEXT {
            self.full = true;
            return Err(io::Error::other("the text is too long"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The value of one expression over the facts as plain text. The error is Tera's own words.
pub fn evaluate(expression: &str, lang: Lang, facts: &serde_json::Value) -> Result<String, String> {
    const NAME: &str = "placeholder";
    let mut tera = Tera::default();
    register_filters(&mut tera, lang);
    let context = Context::from_serialize(facts).map_err(|error| error.to_string())?;
    let rendered =
        tera.add_raw_templates([(NAME, format!("{{{{ {expression} }}}}"))]).and_then(|()| tera.render(NAME, &context));
    rendered.map_err(|error| match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => report.message().to_owned(),
        other => other.to_string(),
    })
}

fn template_errors(error: &tera::Error, pack: &Pack) -> Vec<Diagnostic> {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let span = report.span();
            vec![mistakes::at_place(pack, report.message(), report.filename(), span.start_line, span.start_col + 1)]
        }
        other => {
            let text = other.to_string();
            let found = mistakes::listed(pack, &text);
            if !found.is_empty() {
                return found;
            }
            vec![Diagnostic::error(&messages::TEMPLATE_ERROR).words("problem", lang_texts(&text, &text))]
        }
    }
}

fn register_filters(tera: &mut Tera, lang: Lang) {
    tera.register_filter("number", |value: f64, arguments: Kwargs, _: &State| -> TeraResult<String> {
        Ok(format::number(value, arguments.get::<u32>("decimals")?.unwrap_or(0)))
    });
    tera.register_filter("percent", |value: f64, arguments: Kwargs, _: &State| -> TeraResult<String> {
        Ok(format!("{}%", format::number(value, arguments.get::<u32>("decimals")?.unwrap_or(1))))
    });
    tera.register_filter("date", move |value: &str, _: Kwargs, _: &State| format::date_text(value, lang));
    tera.register_filter("yaml", |value: &Value, _: Kwargs, _: &State| -> TeraResult<Value> { quote_for_yaml(value) });
    tera.register_filter("paragraphs", |value: StringInput<'_>, _: Kwargs, _: &State| -> TeraResult<Value> {
        let paragraphs: Vec<String> = split_paragraphs(value.as_str());
        Ok(Value::safe_string(&paragraphs.join("\n\n")))
    });
    tera.register_filter("capital", |value: StringInput<'_>, _: Kwargs, _: &State| {
        value.inherit_safety(capital(value.as_str()))
    });
    tera.register_filter("first_sentences", |value: StringInput<'_>, arguments: Kwargs, _: &State| {
        let count = arguments.get::<usize>("count")?.unwrap_or(1);
        Ok::<_, tera::Error>(value.inherit_safety(first_sentences(value.as_str(), count)))
    });
    tera.register_filter("sentence", move |value: StringInput<'_>, _: Kwargs, _: &State| {
        value.inherit_safety(with_full_stop(value.as_str(), lang))
    });
}

/// The first `count` sentences of a text; all of it where it has no more.
fn first_sentences(text: &str, count: usize) -> String {
    let mut ended = 0;
    let mut letters = text.trim().char_indices().peekable();
    while let Some((index, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let ends = match letter {
            '。' | '！' | '？' => !matches!(next, Some('”' | '’' | '）')),
            '.' | '!' | '?' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        ended += usize::from(ends);
        if ended == count {
            return closed(text.trim()[..index + letter.len_utf8()].to_owned());
        }
    }
    text.trim().to_owned()
}

/// A text as a quoted YAML string: Markdown-escaped unless it already is, on one line. A list gives a list of them.
fn quote_for_yaml(value: &Value) -> TeraResult<Value> {
    if let Some(items) = value.as_array() {
        let quoted: Vec<String> =
            items.iter().map(|item| quote_for_yaml(item).map(|held| held.to_string())).collect::<TeraResult<_>>()?;
        return Ok(Value::safe_string(&format!("[{}]", quoted.join(", "))));
    }
    let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    let escaped = if value.is_safe() { one_line(&text) } else { markdown_escaped(&text) };
    let quoted = serde_json::to_string(&escaped).map_err(|error| tera::Error::message(error.to_string()))?;
    Ok(Value::safe_string(&quoted))
}

/// The paragraphs of a plain text (split at empty lines), each escaped.
fn split_paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.lines() {
        if line.trim().is_empty() {
            paragraphs.push(String::new());
        } else if let Some(last) = paragraphs.last_mut() {
            if !last.is_empty() {
                last.push('\n');
            }
            last.push_str(line);
        }
    }
    paragraphs.iter().map(|held| markdown_escaped(held.trim())).filter(|held| !held.is_empty()).collect()
}

/// The text with a full stop, if it has no mark at its end.
fn with_full_stop(text: &str, lang: Lang) -> String {
    let trimmed = text.trim_end();
    if trimmed.is_empty()
        || without_end_mark(trimmed).ends_with(['。', '.', '!', '?', '！', '？', '…', ';', '；', '”', '"'])
    {
        return trimmed.to_owned();
    }
    match lang {
        Lang::ZhCn | Lang::ZhTw => format!("{trimmed}。"),
        Lang::En => format!("{trimmed}."),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Tera's escape function.
fn escape_markdown(text: &str, output: &mut dyn Write) -> io::Result<()> {
    output.write_all(markdown_escaped(text).as_bytes())
}

/// A text such that Markdown shows it as it is: on one line, with everything that could be markup escaped.
pub fn markdown_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let letters: Vec<char> = text.chars().collect();
    let mut previous: Option<char> = None;
    for (index, &letter) in letters.iter().enumerate() {
        if letter.is_whitespace() || letter.is_control() {
            // Spaces run together and line breaks become spaces: no value can start a line, let alone a block.
            if letter.is_whitespace() && previous != Some(' ') {
                escaped.push(' ');
                previous = Some(' ');
            }
            continue;
        }
        let next = letters.get(index + 1);
        let inside_word =
            previous.is_some_and(char::is_alphanumeric) && next.is_some_and(|held| held.is_alphanumeric());
        let must_escape = match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '#' | '^' | '$' => true,
            '-' | '+' | '=' | ':' => !inside_word,
            '.' | ')' => previous.is_some_and(|held| held.is_ascii_digit()) && !next.is_some_and(char::is_ascii_digit),
            '!' | '(' => true,
            _ => false,
        };
        match letter {
            // A backslash does not keep a heading from reading trailing braces as attributes.
            '{' => escaped.push_str("&#123;"),
            '}' => escaped.push_str("&#125;"),
            _ => {
                if must_escape {
                    escaped.push('\\');
                }
                escaped.push(letter);
            }
        }
        previous = Some(letter);
    }
    escaped
}

/// Runs of empty lines, which conditions in templates leave behind, become one.
fn tidy(markdown: &str) -> String {
    let mut tidied = String::with_capacity(markdown.len());
    let mut empty = 0;
    for line in markdown.lines() {
        if line.trim().is_empty() {
            empty += 1;
            if empty > 1 {
                continue;
            }
        } else {
            empty = 0;
        }
        tidied.push_str(line.trim_end());
        tidied.push('\n');
    }
    tidied.trim_start_matches('\n').to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::diagnostics::{Location, Position};
    use crate::document::blocks::{Block, Inline};
    use crate::document::markdown::{Directive, Directives, parse_markdown, plain_text};
    use crate::document::pack::PackFiles;

    fn pack(templates: &[(&str, &str)]) -> Pack {
        let mut files = PackFiles::new();
        let description = "{ id: t, title: T, entry: { zh-CN: a.md.tera, en: a.md.tera } }";
        files.insert("template.yaml", "templates/t/template.yaml", description);
        for (path, text) in templates {
            files.insert(*path, format!("templates/t/{path}"), *text);
        }
        Pack::load("t", files, &mut Diagnostics::new()).unwrap()
    }

    #[allow(clippy::result_large_err, reason = "speed is no concern here")]
    fn render(template: &str, facts: serde_json::Value) -> Result<String, Diagnostic> {
        let mut diagnostics = Diagnostics::new();
        let pack = pack(&[("a.md.tera", template)]);
        let markdown = PackTemplates::parse(&pack, Lang::ZhCn, &mut diagnostics)
            .and_then(|templates| templates.markdown(&pack, &facts, &mut diagnostics));
        markdown.ok_or_else(|| diagnostics.into_iter().next().unwrap())
    }

    #[test]
    fn the_first_sentences_of_a_text() {
        for (text, count, expected) in [
            ("排队太长。“快一点。”他说。完", 1, "排队太长。"),
            ("排队太长。“快一点。”他说。完", 2, "排队太长。“快一点。”他说。"),
            ("It rose to 14.2%. Most of it is dinner.", 1, "It rose to 14.2%."),
            ("no stop", 3, "no stop"),
        ] {
            assert_eq!(first_sentences(text, count), expected);
        }
    }

    struct NoDirectives;
    impl Directives for NoDirectives {
        fn resolve(&mut self, _: &Directive, _: &mut Diagnostics) -> Vec<Block> {
            panic!("a value became a directive")
        }
    }

    #[test]
    fn values_stay_text_whatever_they_hold() {
        for hostile in [
            "**bold** _em_ `code` [x](javascript:a) <b>&amp;",
            "# title {#id .unnumbered}",
            "1. item",
            "12) item",
            "- item",
            "+ item",
            "> quote",
            "| a | b |",
            "---",
            "===",
            "```chart",
            "a\n\n```chart\nkind: bar\n```",
            "![i](http://x)",
            "line\\",
            "~~~",
            "    indented",
            "&lt;script&gt; {{ x }} {% x %}",
            "https://x.cn/a_b_c",
        ] {
            for template in
                ["{{ text }}", "甲{{ text }}乙", "- {{ text }}", "## {{ text }}", "| a |\n|---|\n| {{ text }} |"]
            {
                let markdown = render(template, serde_json::json!({ "text": hostile })).unwrap();
                let mut diagnostics = Diagnostics::new();
                let blocks = parse_markdown(&markdown, "a.md", &mut NoDirectives, &mut diagnostics);
                assert_eq!(blocks.len(), 1, "{hostile:?} in {template:?} gave {blocks:?}");
                let content = first_text(&blocks[0]);
                let expected = one_line(hostile);
                let shown = plain_text(&content);
                assert!(
                    shown.contains(expected.trim()),
                    "{expected:?} in {template:?} became {shown:?} via {markdown:?}"
                );
                assert!(content.iter().all(|inline| matches!(inline, Inline::Text { .. })), "{content:?}");
                assert!(diagnostics.is_empty(), "{hostile:?}");
            }
        }
    }

    fn first_text(block: &Block) -> Vec<Inline> {
        match block {
            Block::Paragraph { content } | Block::Heading { content, .. } => content.clone(),
            Block::List { items, .. } => first_text(&items[0][0]),
            Block::Table(table) => table.rows[0].cells[0].content.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn yaml_values_survive_the_fence() {
        let facts = serde_json::json!({ "text": "a \"b\": # c\n```\n*d*" });
        let markdown = render("```chart\ncaption: {{ text | yaml }}\n```", facts).unwrap();
        let body = markdown.lines().nth(1).unwrap();
        let value = crate::config::fragment::parse(body).unwrap();
        let mut diagnostics = Diagnostics::new();
        let held =
            crate::document::markdown::parse_inline(value["caption"].as_str().unwrap(), "a", 1, &mut diagnostics);
        assert_eq!(plain_text(&held), "a \"b\": # c ``` *d*");
    }

    #[test]
    fn captured_blocks_are_escaped_once() {
        let template = "{% set caption %}最高 {{ text }}{% endset %}```chart\ncaption: {{ caption | yaml }}\n```";
        let markdown = render(template, serde_json::json!({ "text": "*" })).unwrap();
        assert!(markdown.contains(r#"caption: "最高 \\*""#), "{markdown}");
    }

    #[test]
    fn filters() {
        let template = "{{ a | number(decimals=1) }} {{ b | percent }} {{ d | date }} {{ t | paragraphs }}";
        let facts = serde_json::json!({ "a": 1234.55, "b": 14.25, "d": "2026-11-20", "t": "甲\n\n*乙*" });
        assert_eq!(render(template, facts).unwrap(), "1,234.6 14.3% 2026年11月20日 甲\n\n\\*乙\\*\n");
    }

    /// Every mistake names its place, what is missing and what may have been meant.
    #[test]
    fn mistakes_name_place_and_nearest_name() {
        let facts = serde_json::json!({ "project": { "title": "x" }, "responses": { "total": "3" } });
        for (template, line, column, missing, nearest) in [
            ("甲\n乙 {{ project.titel }}", 2, 14, "titel", Some("title")),
            ("{{ respones.total }}", 1, 4, "respones", Some("responses")),
            ("甲\n\n{{ project.title | capitl }}", 3, 20, "capitl", Some("capital")),
            ("{% if project.title is definned %}x{% endif %}", 1, 24, "definned", Some("defined")),
            ("{% for i in rangee(end=3) %}x{% endfor %}", 1, 13, "rangee", Some("range")),
            ("甲\n{% include \"b.md.tera\" %}", 2, 12, "b.md.tera", Some("a.md.tera")),
            ("{% iff x %}", 1, 4, "iff", Some("if")),
        ] {
            let error = render(template, facts.clone()).unwrap_err();
            assert_eq!(error.message.code, "M0523", "{template}");
            let Some(Location { file, position: Some(Position::Text { line: found_line, column: found_column }) }) =
                &error.location
            else {
                panic!("{template}: no place in {error:?}")
            };
            assert_eq!((file.as_str(), *found_line), ("templates/t/a.md.tera", line), "{template}");
            assert!(found_column.abs_diff(column) <= 3, "{template}: column {found_column}, not {column}");
            for lang in Lang::ALL {
                assert!(error.text(lang).contains(missing), "{template}: {}", error.text(lang));
            }
            assert_eq!(error.suggestions.first().map(String::as_str), nearest, "{template}: {error:?}");
        }
        let syntax = render("甲\n{% if x %}", serde_json::json!({})).unwrap_err();
        assert!(matches!(syntax.location, Some(Location { position: Some(_), .. })));
    }

    /// The engine tells each with its whole line.
    #[test]
    fn mistakes_without_number_in_one_line() {
        let found = |template: &str| {
            let mut diagnostics = Diagnostics::new();
            let pack = pack(&[("a.md.tera", template)]);
            assert!(PackTemplates::parse(&pack, Lang::En, &mut diagnostics).is_none());
            diagnostics.into_iter().map(|one| (one.message.code, one.location.unwrap())).collect::<Vec<_>>()
        };
        let missing = "{% include \"missing\" %}";
        let few = found(&format!("{0}\n{0}", missing.repeat(40)));
        let place = |line| ("M0523", Location::text("templates/t/a.md.tera", line, 12));
        assert_eq!(few, [place(1), place(2)]);
        let many = found(&format!("甲\n{}", missing.repeat(3_000)));
        assert_eq!(many, [("M0546", Location::text("templates/t/a.md.tera", 2, 1))]);
    }

    #[test]
    fn several_unknown_names_are_all_reported() {
        let mut diagnostics = Diagnostics::new();
        let template = "{{ a | percnt }} {{ a | sentense }}";
        let facts = serde_json::json!({ "a": 1 });
        let pack = pack(&[("a.md.tera", template)]);
        let parsed = PackTemplates::parse(&pack, Lang::En, &mut diagnostics);
        assert!(parsed.and_then(|templates| templates.markdown(&pack, &facts, &mut diagnostics)).is_none());
        let names: Vec<_> = diagnostics.iter().flat_map(|found| found.suggestions.first().cloned()).collect();
        assert_eq!(names, ["percent", "sentence"]);
    }
}
