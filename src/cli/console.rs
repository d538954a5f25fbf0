//! What the user sees: diagnostics in colour or as JSON, tables aligned by display width, progress bars. Data goes to
//! standard output, talk to standard error.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use unicode_width::UnicodeWidthStr;

use crate::cli::args::CommonOptions;
use crate::diagnostics::taiwan::to_taiwan;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Level, Position};
use crate::metrics::Reason;

/// Where and how the program talks.
#[derive(Debug, Clone)]
pub struct Console {
    /// Language of messages.
    pub lang: Lang,
    /// Data and problems as JSON.
    pub json: bool,
    quiet: bool,
    verbose: bool,
    colour: bool,
}

impl Console {
    /// A console as the options and the environment say.
    pub fn new(options: &CommonOptions) -> Self {
        let locale = sys_locale::get_locale().unwrap_or_default();
        let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self {
            lang: options.lang.unwrap_or_else(|| Lang::from_locale(&locale)),
            json: options.json,
            quiet: options.quiet,
            verbose: options.verbose,
            colour,
        }
    }

    /// True if only errors are printed.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// True if notes are printed too.
    pub fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Picks the text of the language.
    pub fn say<'t>(&self, zh_cn: &'t str, en: &'t str) -> &'t str {
        match self.lang {
            Lang::ZhCn | Lang::ZhTw => zh_cn,
            Lang::En => en,
        }
    }

    /// Why there is no estimate, for people.
    pub fn reason(&self, reason: Reason) -> &'static str {
        match reason {
            Reason::SmallBase => self.say("样本过少", "base too small"),
            Reason::EmptyBase => self.say("无人作答", "nobody in the base"),
            Reason::ZeroDenominator => self.say("分母为零", "denominator is zero"),
            Reason::MissingComponent => self.say("缺少分项", "a component is missing"),
            Reason::MissingInput => self.say("问卷未问", "not asked"),
            Reason::SingleUnitStratum => self.say("层内只有一个单元", "a stratum has one unit"),
            Reason::NoModelResult => self.say("模型没有结果", "the model has no result"),
            Reason::Complement => self.say("否则可推算另一组", "would give another group away"),
        }
    }

    /// Writes data to standard output. A closed pipe is not an error.
    ///
    /// # Errors
    /// Anything else that keeps standard output from taking it.
    pub fn data(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(self.shown(text).as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }

    /// Writes a line of talk to standard error unless told to be quiet.
    pub fn talk(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr().lock(), "{}", self.shown(text));
        }
    }

    /// Prints problems for people, the worst last, and a count under them. Nothing in JSON mode: there they are data.
    pub fn report(&self, diagnostics: &Diagnostics) {
        if self.json {
            return;
        }
        let least = if self.quiet {
            Level::Error
        } else if self.verbose {
            Level::Note
        } else {
            Level::Warning
        };
        let mut shown: Vec<&Diagnostic> = diagnostics.iter().filter(|found| found.level >= least).collect();
        shown.sort_by_key(|found| found.level);
        let mut text = String::new();
        for diagnostic in &shown {
            self.write_diagnostic(&mut text, diagnostic);
        }
        let (errors, warnings) = (diagnostics.count(Level::Error), diagnostics.count(Level::Warning));
        if errors + warnings > 0 && !shown.is_empty() {
            let line = match self.lang {
                // Who is not shown the warnings is not told how many there are.
                Lang::ZhCn | Lang::ZhTw if self.quiet => format!("{errors} 个错误"),
                Lang::En if self.quiet => format!("{errors} error{}", if errors == 1 { "" } else { "s" }),
                Lang::ZhCn | Lang::ZhTw => format!("{errors} 个错误，{warnings} 个警告"),
                Lang::En => format!(
                    "{errors} error{}, {warnings} warning{}",
                    if errors == 1 { "" } else { "s" },
                    if warnings == 1 { "" } else { "s" }
                ),
            };
            let _ = writeln!(text, "{line}");
        }
        let _ = io::stderr().lock().write_all(self.shown(&text).as_bytes());
    }

    /// A text as the language has it; data as JSON stay as they are.
    fn shown<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.lang == Lang::ZhTw && !self.json { Cow::Owned(to_taiwan(text)) } else { Cow::Borrowed(text) }
    }

    fn write_diagnostic(&self, text: &mut String, diagnostic: &Diagnostic) {
        let (name, colour) = match diagnostic.level {
            Level::Error => (self.say("错误", "error"), "31;1"),
            Level::Warning => (self.say("警告", "warning"), "33;1"),
            Level::Note => (self.say("提示", "note"), "36;1"),
        };
        let head = self.paint(colour, &format!("{name}[{}]", diagnostic.message.code));
        let _ = writeln!(text, "{head}: {}", diagnostic.text(self.lang));
        let mut place = diagnostic.location.as_ref().map(place_text).unwrap_or_default();
        if let Some(path) = diagnostic.key_path.as_deref().filter(|path| !path.is_empty()) {
            let _ = if place.is_empty() { write!(place, "{path}") } else { write!(place, "  ({path})") };
        }
        if !place.is_empty() {
            let _ = writeln!(text, "  {} {place}", self.paint("34;1", "-->"));
        }
        if let Some(hint) = diagnostic.hint(self.lang) {
            let label = self.paint("32", self.say("建议", "hint"));
            let _ = writeln!(text, "  {label}: {hint}");
        }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// A spinner for a stage; it shows itself after a second, on terminals only.
    pub fn progress(&self, zh_cn: &'static str, en: &'static str) -> Progress {
        if self.quiet || self.json || !io::stderr().is_terminal() {
            return Progress { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::no_length();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(self.say(zh_cn, en));
        let delayed = bar.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(1));
            if !delayed.is_finished() {
                delayed.enable_steady_tick(Duration::from_millis(120));
            }
        });
        Progress { bar }
    }

    /// Removes the line of a stage that will not come to its end.
    pub fn wipe_progress(&self) {
        let mut err = io::stderr().lock();
        if !self.quiet && !self.json && err.is_terminal() {
            let _ = write!(err, "\r\x1b[2K");
        }
    }
}

/// A running stage; it disappears when dropped.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn place_text(location: &crate::diagnostics::Location) -> String {
    match &location.position {
        None => location.file.clone(),
        Some(Position::Text { line, column }) => format!("{}:{line}:{column}", location.file),
        Some(Position::Cell { sheet, cell }) => format!("{} [{sheet}!{cell}]", location.file),
        Some(Position::Row { row }) => format!("{}:{row}", location.file),
    }
}

/// The JSON form of all problems.
pub fn diagnostics_json(diagnostics: &Diagnostics, lang: Lang) -> Vec<serde_json::Value> {
    diagnostics.iter().map(|diagnostic| diagnostic.to_json(lang)).collect()
}

/// Adds every line of a table, each behind `indent`.
pub fn push_lines(text: &mut String, indent: &str, table: &str) {
    for line in table.lines() {
        let _ = writeln!(text, "{indent}{line}");
    }
}

/// A plain text table, columns as wide as their widest cell on screen (a Han character takes two columns).
#[derive(Debug, Default)]
pub struct TextTable {
    rows: Vec<Vec<String>>,
    right: Vec<bool>,
}

impl TextTable {
    /// A table with a head; `right` marks the columns that hold numbers.
    pub fn new(head: Vec<String>, right: Vec<bool>) -> Self {
        Self { rows: vec![head], right }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table as lines, a rule under the head.
    pub fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for (index, row) in self.rows.iter().enumerate() {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let padding = " ".repeat(widths[column].saturating_sub(cell.width()));
                if column > 0 {
                    line.push_str("  ");
                }
                if self.right.get(column).copied().unwrap_or(false) {
                    line.push_str(&padding);
                    line.push_str(cell);
                } else {
                    line.push_str(cell);
                    line.push_str(&padding);
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
            if index == 0 {
                let total = widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1);
                text.push_str(&"─".repeat(total));
                text.push('\n');
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn han_characters_take_two_columns() {
        let mut table = TextTable::new(vec!["指标".into(), "n".into()], vec![false, true]);
        table.row(vec!["ab".into(), "12".into()]);
        assert_eq!(table.render(), "指标   n\n────────\nab    12\n");
    }
}
