//! From data to Markdown and HTML, by the templates.

use super::Runbook;
use crate::pages;

pub use crate::pages::RenderError;

impl Runbook {
    /// The runbook in Markdown.
    ///
    /// # Errors
    /// When the template does not fit the data, which a test rules out.
    pub fn markdown(&self) -> Result<String, RenderError> {
        pages::render("runbook.md", self)
    }

    /// The runbook as one HTML page that needs nothing else.
    ///
    /// # Errors
    /// Likewise.
    pub fn html(&self) -> Result<String, RenderError> {
        pages::render("runbook.html", self)
    }
}
