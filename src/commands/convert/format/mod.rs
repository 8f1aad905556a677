//! What a check has found, as the tools read it that show it beside the code.

mod github;
mod junit;
mod sarif;
mod summary;

#[cfg(test)]
mod tests;

use super::report::ConversionReport;
use crate::env;
use crate::error::Failure;
use crate::files;
use crate::global::OutputFormat;
use crate::printer::Printer;
use camino::Utf8Path;
use std::io::Write;

/// Writes the report of a check in a format that is neither for people nor JSON. Of GitHub's the summary of the step is written too,
/// where the runner asks for one.
///
/// # Errors
/// When standard output or the file of the summary take no more.
pub(super) fn write(printer: &Printer, report: &ConversionReport) -> Result<(), Failure> {
    match printer.format {
        OutputFormat::Human | OutputFormat::Json => Ok(()),
        OutputFormat::Github => {
            printer.text(|out| github::write(out, report))?;
            match env::get(env::GITHUB_STEP_SUMMARY).filter(|path| !path.is_empty()) {
                Some(path) => append(Utf8Path::new(&path), summary::text(report).as_bytes()),
                None => Ok(()),
            }
        }
        OutputFormat::Sarif => printer.json(&sarif::document(report)),
        OutputFormat::Junit => {
            let text = junit::document(report);
            printer.text(|out| out.write_all(text.as_bytes()))
        }
    }
}

/// Adds to the file that the runner shows: earlier commands of the step may have written to it.
fn append(path: &Utf8Path, bytes: &[u8]) -> Result<(), Failure> {
    let file = std::fs::File::options().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(bytes)).map_err(|error| files::failure(path, error))
}
