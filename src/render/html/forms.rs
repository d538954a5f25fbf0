//! Forms as HTML: fields that can be filled in on screen, or by hand where the page is printed. Nothing is sent anywhere.

use std::fmt::Write as _;

use super::{Page, escape};
use crate::document::blocks::{Answer, AnswerScale, Form, FormItem};

impl Page<'_> {
    pub(super) fn form(&mut self, form: &Form) {
        self.html.push_str("<form class=\"form\">\n");
        for item in &form.items {
            match item {
                FormItem::Section { title } => {
                    let _ = writeln!(self.html, "<h3 class=\"form-section\">{}</h3>", escape(title));
                }
                FormItem::Question { number, text, hint, answer } => self.question(*number, text, hint, answer),
                FormItem::Matrix { number, text, scale, rows } => self.matrix(*number, text, scale, rows),
                FormItem::Fields { fields } => self.fields(fields),
            }
        }
        self.html.push_str("</form>\n");
    }

    fn next_field(&mut self) -> String {
        self.fields += 1;
        format!("field-{}", self.fields)
    }

    fn question(&mut self, number: Option<u32>, text: &str, hint: &str, answer: &Answer) {
        let field = self.next_field();
        let hint = if hint.is_empty() { String::new() } else { format!(" <small>{}</small>", escape(hint)) };
        let legend = format!("{}{}{hint}", number_text(number), escape(text));
        match answer {
            Answer::Options { options, several, ranked } => {
                let _ = writeln!(self.html, "<fieldset><legend>{legend}</legend>\n<div class=\"options\">");
                let kind = if *several { "checkbox" } else { "radio" };
                for option in options {
                    let input = if *ranked {
                        format!("<input type=\"number\" min=\"1\" max=\"{}\" name=\"{field}\">", options.len())
                    } else {
                        format!("<input type=\"{kind}\" name=\"{field}\">")
                    };
                    let _ = writeln!(self.html, "<label>{input} {}</label>", escape(option));
                }
                self.html.push_str("</div></fieldset>\n");
            }
            Answer::Scale(scale) => {
                let _ = writeln!(self.html, "<fieldset><legend>{legend}</legend>\n<div class=\"options scale\">");
                self.end(&scale.low);
                for (index, point) in scale.points.iter().enumerate() {
                    let label = scale.labels.get(index).unwrap_or(point);
                    let _ =
                        writeln!(self.html, "<label><input type=\"radio\" name=\"{field}\"> {}</label>", escape(label));
                }
                self.end(&scale.high);
                if !scale.other.is_empty() {
                    let _ = writeln!(
                        self.html,
                        "<label class=\"other\"><input type=\"radio\" name=\"{field}\"> {}</label>",
                        escape(&scale.other)
                    );
                }
                self.html.push_str("</div></fieldset>\n");
            }
            Answer::Blank { .. } | Answer::Date | Answer::Lines { .. } => {
                let input = match answer {
                    Answer::Lines { count } => format!("<textarea id=\"{field}\" rows=\"{count}\"></textarea>"),
                    Answer::Date => format!("<input id=\"{field}\" type=\"date\">"),
                    Answer::Blank { unit } => format!("<input id=\"{field}\" type=\"text\"> {}", escape(unit)),
                    _ => String::new(),
                };
                let _ = writeln!(
                    self.html,
                    "<div class=\"question\"><label class=\"legend\" for=\"{field}\">{legend}</label>\n{input}</div>"
                );
            }
        }
    }

    fn end(&mut self, text: &str) {
        if !text.is_empty() {
            let _ = writeln!(self.html, "<span class=\"end\">{}</span>", escape(text));
        }
    }

    fn matrix(&mut self, number: Option<u32>, text: &str, scale: &AnswerScale, rows: &[String]) {
        let id = self.next_field();
        let legend = format!("{}{}", number_text(number), escape(text));
        let _ = writeln!(self.html, "<div class=\"question\"><p class=\"legend\" id=\"{id}\">{legend}</p>");
        let _ = write!(
            self.html,
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{id}\">\n<table class=\"matrix\" \
             aria-labelledby=\"{id}\">\n<thead><tr><td></td>"
        );
        let last = scale.points.len().saturating_sub(1);
        for (index, point) in scale.points.iter().enumerate() {
            let label = match (scale.labels.get(index), index) {
                (Some(label), _) if scale.scored => format!("{label} {point}"),
                (Some(label), _) => label.clone(),
                (None, 0) if !scale.low.is_empty() => format!("{point} {}", scale.low),
                (None, index) if index == last && !scale.high.is_empty() => format!("{point} {}", scale.high),
                _ => point.clone(),
            };
            let _ = write!(self.html, "<th scope=\"col\" class=\"center\">{}</th>", escape(&label));
        }
        if !scale.other.is_empty() {
            let _ = write!(self.html, "<th scope=\"col\" class=\"center\">{}</th>", escape(&scale.other));
        }
        self.html.push_str("</tr></thead>\n<tbody>\n");
        for row in rows {
            let field = self.next_field();
            let _ = write!(self.html, "<tr><th scope=\"row\">{}</th>", escape(row));
            let answers = scale.points.iter().chain((!scale.other.is_empty()).then_some(&scale.other));
            for answer in answers {
                let label = format!("{}: {}", escape(row), escape(answer));
                let _ = write!(
                    self.html,
                    "<td class=\"center\"><input type=\"radio\" name=\"{field}\" aria-label=\"{label}\"></td>"
                );
            }
            self.html.push_str("</tr>\n");
        }
        self.html.push_str("</tbody>\n</table>\n</div></div>\n");
    }

    fn fields(&mut self, fields: &[(String, String)]) {
        self.html.push_str("<div class=\"fields\">\n");
        for (label, unit) in fields {
            let id = self.next_field();
            let _ = writeln!(
                self.html,
                "<p><label for=\"{id}\">{}</label> <input id=\"{id}\" type=\"text\"> {}</p>",
                escape(label),
                escape(unit)
            );
        }
        self.html.push_str("</div>\n");
    }
}

fn number_text(number: Option<u32>) -> String {
    number.map(|number| format!("<span class=\"number\">{number}.</span> ")).unwrap_or_default()
}
