//! Lists of domains as colleagues keep them: CSV as spreadsheets export it, or the rows of a YAML file. Each row is checked,
//! and what is wrong with all of them is said at once.

mod host;
mod table;
#[cfg(test)]
mod tests;
mod window;

pub use host::{HostProblem, host};
pub use table::{TableError, read_csv};
pub use window::{Moments, moments};

use caravan_inventory::{DomainRequest, Hostname, Language};
use std::collections::BTreeMap;
use std::fmt;

/// A column.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Column {
    /// The customer, as the company names them. Must be there.
    Customer,
    /// The hostname. Must be there.
    Hostname,
    /// An address of mail.
    Contact,
    /// When it may move.
    Window,
    /// The language of what the customer gets.
    Language,
    /// From 1 to 5.
    Tier,
}

/// One row: the texts of its columns.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Row {
    /// Where it stands, as people count: the line of a CSV file, or the number of the item in a YAML file.
    pub number: u64,
    /// The texts; a column that is missing or empty is none.
    pub cells: BTreeMap<Column, String>,
}

/// A row that holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listed {
    /// The hostname, as DNS knows it.
    pub name: Hostname,
    /// The customer.
    pub customer: String,
    /// The rest.
    pub request: DomainRequest,
}

/// What is wrong with one field of one row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RowError {
    /// The row.
    pub row: u64,
    /// The column.
    pub column: Column,
    /// What stands there; empty where nothing does.
    pub value: String,
    /// What is wrong with it.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

impl Column {
    /// All of them, in the order in which the documentation shows them.
    pub const ALL: [Self; 6] =
        [Self::Customer, Self::Hostname, Self::Contact, Self::Window, Self::Language, Self::Tier];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Hostname => "hostname",
            Self::Contact => "contact",
            Self::Window => "window",
            Self::Language => "language",
            Self::Tier => "tier",
        }
    }

    /// Reads a heading, whatever its case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::ALL.into_iter().find(|column| column.as_str().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { row, column, value, problem, remedy } = self;
        let column = column.as_str();
        match value.as_str() {
            "" => write!(f, "row {row}, {column}: {problem}; {remedy}"),
            value => write!(f, "row {row}, {column}: `{value}` {problem}; {remedy}"),
        }
    }
}

/// Checks all rows.
///
/// # Errors
/// Everything that is wrong with any of them, in the order of the rows.
pub fn check_rows(rows: &[Row]) -> Result<Vec<Listed>, Vec<RowError>> {
    let (mut listed, mut errors) = (Vec::new(), Vec::new());
    let mut seen: BTreeMap<Hostname, u64> = BTreeMap::new();
    for row in rows {
        let mut reading = Reading { row, errors: &mut errors };
        reading.texts();
        if let Some(found) = reading.read(&mut seen) {
            listed.push(found);
        }
    }
    if errors.is_empty() { Ok(listed) } else { Err(errors) }
}

struct Reading<'a> {
    row: &'a Row,
    errors: &'a mut Vec<RowError>,
}

impl Reading<'_> {
    /// What would show itself as something else, as a line of its own or from right to left, is in no cell.
    fn texts(&mut self) {
        for (column, text) in &self.row.cells {
            let text = text.trim();
            if let Some(found) = text.chars().find(|c| misleads(*c)) {
                let problem = format!("holds U+{:04X}, which shows a text as another", u32::from(found));
                let shown: String =
                    text.chars().map(|c| if misleads(c) { char::REPLACEMENT_CHARACTER } else { c }).collect();
                self.wrong(*column, &shown, problem, "write it in one line of visible characters");
            }
        }
    }

    /// Every field is looked at, also behind one that is wrong.
    fn read(&mut self, seen: &mut BTreeMap<Hostname, u64>) -> Option<Listed> {
        let customer = self.required(Column::Customer, "write the name under which the company knows the customer");
        let name = self.hostname(seen);
        let contact = self.cell(Column::Contact).map(str::to_owned);
        let contact = self.checked(contact, Column::Contact, |text| {
            let remedy = "write one address, as `dns@customer.com`";
            if is_address(&text) { Ok(text) } else { Err(("is no address of mail".to_owned(), remedy.to_owned())) }
        });
        let window = self.cell(Column::Window).map(str::to_owned);
        let window = self.checked(window, Column::Window, |text| window::window(&text));
        let language = self.cell(Column::Language).map(str::to_owned);
        let language = self.checked(language, Column::Language, |text| {
            let known: Vec<&str> = Language::ALL.into_iter().map(Language::as_str).collect();
            let remedy = || format!("write one of: {}", known.join(", "));
            Language::parse(&text).ok_or_else(|| ("is a language without templates".to_owned(), remedy()))
        });
        let tier = self.cell(Column::Tier).map(str::to_owned);
        let tier = self.checked(tier, Column::Tier, |text| {
            let tier = text.parse().ok().filter(|tier| (1..=5).contains(tier));
            let remedy = "write 1 (moves first) to 5 (moves last)";
            tier.ok_or_else(|| ("is no tier".to_owned(), remedy.to_owned()))
        });
        let request = DomainRequest { contact: contact?, window: window?, language: language?, tier: tier? };
        Some(Listed { name: name?, customer: customer?, request })
    }

    fn hostname(&mut self, seen: &mut BTreeMap<Hostname, u64>) -> Option<Hostname> {
        let text = self.required(Column::Hostname, "write the whole name, as `track.customer.com`")?;
        let name = match host(&text) {
            Ok(name) => name,
            Err(problem) => {
                self.wrong(Column::Hostname, &text, problem.to_string(), problem.remedy());
                return None;
            }
        };
        if let Some(first) = seen.get(&name) {
            let again = format!("stands in row {first} already");
            self.wrong(Column::Hostname, &text, again, "keep one of the two rows");
            return None;
        }
        seen.insert(name.clone(), self.row.number);
        Some(name)
    }

    fn required(&mut self, column: Column, remedy: &str) -> Option<String> {
        let found = self.cell(column).map(str::to_owned);
        if found.is_none() {
            self.wrong(column, "", "is empty", remedy);
        }
        found
    }

    /// What the check makes of a text: none where it is wrong, nothing inside where there is none.
    #[expect(clippy::option_option, reason = "a field that is wrong and one that is left out are two things")]
    fn checked<T>(
        &mut self,
        text: Option<String>,
        column: Column,
        check: impl FnOnce(String) -> Result<T, (String, String)>,
    ) -> Option<Option<T>> {
        let Some(text) = text else { return Some(None) };
        match check(text.clone()) {
            Ok(value) => Some(Some(value)),
            Err((problem, remedy)) => {
                self.wrong(column, &text, problem, remedy);
                None
            }
        }
    }

    fn cell(&self, column: Column) -> Option<&str> {
        self.row.cells.get(&column).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    fn wrong(&mut self, column: Column, value: &str, problem: impl Into<String>, remedy: impl Into<String>) {
        let (problem, remedy) = (problem.into(), remedy.into());
        self.errors.push(RowError { row: self.row.number, column, value: value.to_owned(), problem, remedy });
    }
}

/// Whether a character is none to be seen but changes how others are: it breaks lines, drives a terminal, or turns the direction.
#[must_use]
pub fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a text is one address of mail, as far as can be told without asking.
fn is_address(text: &str) -> bool {
    let harmless = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, ',' | ';' | '<' | '>');
    text.split_once('@').is_some_and(|(who, host)| {
        !who.is_empty()
            && text.chars().all(harmless)
            && !host.contains('@')
            && host.contains('.')
            && !host.ends_with('.')
    })
}
