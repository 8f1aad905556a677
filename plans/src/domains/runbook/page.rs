//! The document as one page of HTML that prints well: the Markdown in a frame, nothing from elsewhere, no script.

use super::{Material, RunbookError};
use crate::pages;
use caravan_inventory::Language;
use pulldown_cmark::{Event, Parser, html};
use serde::Serialize;

/// What the template knows.
#[derive(Serialize)]
struct Page<'a> {
    language: &'static str,
    title: &'a str,
    body: String,
}

/// Makes the page of a document.
///
/// # Errors
/// When the template does not hold together.
pub(super) fn render(material: &Material<'_>, markdown: &str) -> Result<String, RunbookError> {
    // Markdown lets HTML through; a document has none of its own.
    let events = Parser::new(markdown).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut body = String::new();
    html::push_html(&mut body, events);
    let (language, title) = (Language::as_str(material.language), material.domain.name.as_str());
    Ok(pages::render("domain.html", &Page { language, title, body })?)
}
