//! CSV as spreadsheets export it: commas, semicolons or tabs, with a line of headings.

use super::{Column, Row};
use std::collections::BTreeMap;

/// Why a text is no list. Nothing of its rows was read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TableError {
    /// It is no UTF-8.
    #[error("it is not UTF-8; save it as \"CSV UTF-8\"")]
    NotUtf8,
    /// A spreadsheet's own file.
    #[error("it is a spreadsheet's own file; export it as \"CSV UTF-8\"")]
    Spreadsheet,
    /// There is nothing in it.
    #[error("it is empty; its first line has the headings: {}", headings())]
    Empty,
    /// Headings that are none of ours.
    #[error("its first line has headings that are not known: {}; those that are known: {}", .0.join(", "), headings())]
    Unknown(Vec<String>),
    /// A heading that must be there.
    #[error("its first line has no `{}`; the headings are: {}", .0.as_str(), headings())]
    Missing(Column),
    /// A heading that is there twice.
    #[error("its first line has `{}` twice", .0.as_str())]
    Twice(Column),
    /// A row that can't be read.
    #[error("line {line}: {problem}")]
    Row {
        /// The line.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
}

fn headings() -> String {
    Column::ALL.map(Column::as_str).join(", ")
}

/// Reads the rows. Rows without any text are skipped; a byte-order mark is, too.
///
/// # Errors
/// [`TableError`]: the whole text is of another form.
pub fn read_csv(bytes: &[u8]) -> Result<Vec<Row>, TableError> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(TableError::Spreadsheet);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| TableError::NotUtf8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().find(|line| !line.trim().is_empty()).ok_or(TableError::Empty)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(first))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let columns = columns(reader.headers().map_err(|error| row_error(&error))?)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| row_error(&error))?;
        let number = record.position().map_or(0, csv::Position::line);
        let cells = columns.iter().zip(&record).map(|(column, text)| (*column, text.to_owned()));
        let cells: BTreeMap<Column, String> = cells.filter(|(_, text)| !text.is_empty()).collect();
        if record.len() > columns.len() {
            let problem = format!("it has {} fields, and there are {} headings", record.len(), columns.len());
            return Err(TableError::Row { line: number, problem });
        }
        if !cells.is_empty() {
            rows.push(Row { number, cells });
        }
    }
    Ok(rows)
}

/// What stands between the headings, whichever of the three is there most often.
fn delimiter(first: &str) -> u8 {
    let count = |wanted: u8| first.bytes().filter(|byte| *byte == wanted).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|wanted| (count(*wanted), *wanted == b',')).unwrap_or(b',')
}

fn columns(headings: &csv::StringRecord) -> Result<Vec<Column>, TableError> {
    let unknown: Vec<String> =
        headings.iter().filter(|text| Column::parse(text).is_none()).map(|text| format!("`{text}`")).collect();
    if !unknown.is_empty() {
        return Err(TableError::Unknown(unknown));
    }
    let columns: Vec<Column> = headings.iter().filter_map(Column::parse).collect();
    for column in Column::ALL {
        match columns.iter().filter(|other| **other == column).count() {
            0 if matches!(column, Column::Customer | Column::Hostname) => return Err(TableError::Missing(column)),
            0 | 1 => {}
            _ => return Err(TableError::Twice(column)),
        }
    }
    Ok(columns)
}

fn row_error(error: &csv::Error) -> TableError {
    let line = error.position().map_or(0, csv::Position::line);
    TableError::Row { line, problem: error.to_string() }
}
