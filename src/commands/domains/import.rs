//! `caravan domains import`.

use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::inventory_db;
use crate::permit::WritePermit;
use crate::printer::{Printer, counted};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_inventory::{DomainRequest, Hostname};
use caravan_plans::domains::list::{Column, Listed, Row, RowError, check_rows, read_csv};
use clap::Args;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

/// Take in a list of customers' hostnames, all of it or nothing
///
/// CSV as spreadsheets export it (commas, semicolons or tabs; UTF-8), its first line the headings customer, hostname, contact,
/// window, language, tier, of which the first two must be there; or YAML, a list of maps with these keys. What is wrong with any
/// row is said at once. Domains that the list does not name stay as they are.
#[derive(Args, Debug)]
pub(crate) struct ImportArgs {
    /// The list: .csv, .tsv, .txt, .yaml or .yml
    #[arg(value_name = "FILE")]
    file: Utf8PathBuf,
    /// Only check it
    #[arg(long)]
    check: bool,
}

/// `caravan.domain-import/v1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    /// How many rows hold.
    rows: u64,
    /// How many of them the inventory did not have.
    new: u64,
    errors: Vec<ErrorRow>,
}

/// What is wrong with a field.
#[derive(Serialize)]
struct ErrorRow {
    row: u64,
    field: &'static str,
    value: String,
    problem: String,
    remedy: String,
}

/// Runs the command.
///
/// # Errors
/// When the list can't be read or some row does not hold: then the inventory is as it was.
pub(crate) fn run(global: &Global, printer: &Printer, args: &ImportArgs) -> Result<Exit, Failure> {
    let rows = read(&args.file)?;
    let listed = match check_rows(&rows) {
        Ok(listed) => listed,
        Err(errors) => return refuse(printer, &args.file, &errors),
    };
    let mut document = Document { schema: "caravan.domain-import/v1", rows: 0, new: 0, errors: Vec::new() };
    document.rows = listed.len() as u64;
    if args.check {
        return said(printer, &document, &format!("{} hold", counted(document.rows, "row")));
    }
    let permit = WritePermit::ask(global, "writing inventory.db")?;
    let mut store = inventory_db::open_for_writing(&global.dir, &permit)?;
    for row in &listed {
        document.new += u64::from(store.domain(&row.name)?.is_none());
    }
    let listed: Vec<(Hostname, String, DomainRequest)> =
        listed.into_iter().map(|Listed { name, customer, request }| (name, customer, request)).collect();
    store.list_domains(&listed)?;
    said(printer, &document, &format!("imported {}, {} of them new", counted(document.rows, "domain"), document.new))
}

fn said(printer: &Printer, document: &Document, text: &str) -> Result<Exit, Failure> {
    if printer.is_json() {
        printer.json(document)?;
    } else {
        printer.text(|out| writeln!(out, "{text}"))?;
    }
    Ok(Exit::Done)
}

/// Says everything that is wrong, each with its place.
fn refuse(printer: &Printer, file: &Utf8Path, errors: &[RowError]) -> Result<Exit, Failure> {
    if printer.is_json() {
        let errors = errors.iter().map(|error| ErrorRow {
            row: error.row,
            field: error.column.as_str(),
            value: error.value.clone(),
            problem: error.problem.clone(),
            remedy: error.remedy.clone(),
        });
        printer.json(&Document { schema: "caravan.domain-import/v1", rows: 0, new: 0, errors: errors.collect() })?;
    }
    let mut text = format!("{file}: {} in it, and nothing was taken in:", counted(errors.len() as u64, "mistake"));
    for error in errors {
        let _written = write!(text, "\n  {error}");
    }
    Err(Failure::new(FailureKind::Work, text).hint("correct them all, then import it again"))
}

fn read(file: &Utf8Path) -> Result<Vec<Row>, Failure> {
    let bytes =
        bytes(file).map_err(|error| Failure::caused(FailureKind::Work, error).context(format!("can't read {file}")))?;
    if matches!(file.extension(), Some("yaml" | "yml")) {
        return read_yaml(file, &bytes);
    }
    read_csv(&bytes).map_err(|error| Failure::new(FailureKind::Work, format!("{file}: {error}")))
}

#[expect(clippy::disallowed_methods, reason = "the command line reads the files that the user names")]
fn bytes(file: &Utf8Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(file)
}

/// A list of maps; each value a text or a number.
fn read_yaml(file: &Utf8Path, bytes: &[u8]) -> Result<Vec<Row>, Failure> {
    let wrong = |text: String| Failure::new(FailureKind::Work, format!("{file}: {text}"));
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8".to_owned()))?;
    let items: Vec<BTreeMap<String, Value>> = serde_yaml::from_str(text).map_err(|error| {
        wrong(error.without_snippet().to_string())
            .hint("it is a list of maps: `- {customer: Dubois, hostname: suivi.dubois.fr}`")
    })?;
    let mut rows = Vec::new();
    for (number, item) in (1..).zip(items) {
        let mut cells = BTreeMap::new();
        for (key, value) in item {
            let known = Column::ALL.map(Column::as_str).join(", ");
            let column = Column::parse(&key)
                .ok_or_else(|| wrong(format!("item {number} has a key `{key}`, which is none of {known}")))?;
            let text = match value {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                Value::Null => continue,
                other => return Err(wrong(format!("item {number}, {key}: {other} is no text"))),
            };
            cells.insert(column, text);
        }
        rows.push(Row { number, cells });
    }
    Ok(rows)
}
