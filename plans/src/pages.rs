//! Documents by templates: what stands in `templates/`, filled with data.
//!
//! Names and texts come from clouds and files. In HTML every value is escaped by the engine; in Markdown, what could begin or end
//! something is.

use crate::domains::list::misleads;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

/// The templates, by name.
const TEMPLATES: &[(&str, &str)] = &[
    ("style.css", include_str!("../templates/style.css")),
    ("domain.en.md", include_str!("../templates/runbook.en.md")),
    ("domain.de.md", include_str!("../templates/runbook.de.md")),
    ("message.en.txt", include_str!("../templates/message.en.txt")),
    ("message.de.txt", include_str!("../templates/message.de.txt")),
    ("status-base.html", include_str!("../templates/status-base.html")),
    ("status-list.html", include_str!("../templates/status-list.html")),
    ("status-domain.html", include_str!("../templates/status-domain.html")),
    ("domain.html", include_str!("../templates/page.html")),
    ("runbook.md", include_str!("../templates/runbook.md.jinja")),
    ("report.html", include_str!("../templates/report.html.jinja")),
    ("runbook.html", include_str!("../templates/runbook.html.jinja")),
];

/// A template that does not fit what it was given.
#[derive(Debug, thiserror::Error)]
#[error("can't fill the template {name}")]
pub struct RenderError {
    /// The template.
    name: &'static str,
    #[source]
    source: minijinja::Error,
}

/// Fills a template.
pub(crate) fn render(name: &'static str, data: &impl Serialize) -> Result<String, RenderError> {
    let failed = |source| RenderError { name, source };
    let mut environment = Environment::new();
    // A name that the data lacks is an error, and no empty text.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Tags may stand on lines of their own, which leave nothing behind.
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    environment.set_syntax(syntax.build().map_err(failed)?);
    environment
        .set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
    environment.add_filter("plain", |text: &str| plain(text));
    environment.add_filter("code", |text: &str| code(text));
    environment.add_filter("line", |text: &str| line(text));
    environment.add_filter("duration", duration);
    environment.add_filter("money", |dollars: f64| format!("{dollars:.2}"));
    for (name, text) in TEMPLATES {
        environment.add_template(name, text).map_err(failed)?;
    }
    environment.get_template(name).and_then(|template| template.render(Serde(data))).map_err(failed)
}

/// `90 s`, `5 min`, `24 h`: the largest unit that is exact.
pub(crate) fn duration(seconds: u64) -> String {
    match seconds {
        0 => "0 s".to_owned(),
        _ if seconds.is_multiple_of(3600) => format!("{} h", seconds / 3600),
        _ if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

/// A text in Markdown that is only text: on one line, nothing in it begins or ends anything.
fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let is_special = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|' | '#' => true,
            // What begins a list or underlines a heading does so at the start of a line alone.
            '+' | '-' | '=' => at == 0,
            '.' | ')' => at > 0 && text[..at].bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        };
        if is_special {
            shown.push('\\');
        }
        shown.push(if c.is_control() { ' ' } else { c });
    }
    shown
}

/// A text inside of a code span or block of Markdown: without what would end it.
fn code(text: &str) -> String {
    text.chars().map(|c| if c == '`' || (c.is_control() && c != '\n') { ' ' } else { c }).collect()
}

/// A text on one line that shows itself as what it is: nothing in it breaks the line or turns its direction.
fn line(text: &str) -> String {
    text.chars().map(|c| if misleads(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line("a\r\nBcc: b\u{2028}c\u{202e}d é"), "a  Bcc: b c d é");
    }

    #[test]
    fn text_is_only_text() {
        assert_eq!(plain("a_b | <c>\n# d"), "a\\_b \\| \\<c\\> \\# d");
        assert_eq!(plain("`a` & ~b~"), "\\`a\\` \\& \\~b\\~");
        assert_eq!(
            ["- a", "1. a", "+43 1", "a - b", "v1.0"].map(plain),
            ["\\- a", "1\\. a", "\\+43 1", "a - b", "v1.0"]
        );
        assert_eq!(code("a`b\u{1b}c\nd"), "a b c\nd");
    }
}
