//! The document as one page of HTML that prints well: the Markdown in a frame, nothing from elsewhere, no script.

use super::{Material, RunbookError};
use caravan_inventory::Language;
use minijinja::{Environment, context};
use pulldown_cmark::{Event, Parser, html};

const NAME: &str = "page.html";
const SOURCE: &str = include_str!("../../../templates/page.html");

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
    let mut environment = Environment::new();
    let language = Language::as_str(material.language);
    let title = material.domain.name.as_str();
    let filled = environment
        .add_template(NAME, SOURCE)
        .and_then(|()| environment.get_template(NAME)?.render(context! { language, title, body }));
    filled.map_err(|error| RunbookError::Template(format!("{error:#}")))
}
