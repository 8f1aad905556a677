//! Aligned columns: the same in a terminal and in a pipe.

use std::io::{self, Write};

/// Column headings, and how wide each column is.
pub(crate) struct Table<const N: usize> {
    headings: [&'static str; N],
    widths: [usize; N],
}

impl<const N: usize> Table<N> {
    /// Columns with these headings.
    pub(crate) fn new(headings: [&'static str; N]) -> Self {
        Self { headings, widths: headings.map(|heading| heading.chars().count()) }
    }

    /// Makes room for a row that [`Self::write`] will be given.
    pub(crate) fn measure(&mut self, row: &[&str; N]) {
        for (width, cell) in self.widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }

    /// Writes the headings.
    ///
    /// # Errors
    /// When `out` does not take them.
    pub(crate) fn write_headings(&self, out: &mut impl Write) -> io::Result<()> {
        self.write(out, &self.headings)
    }

    /// Writes one row; the last column is not padded.
    ///
    /// # Errors
    /// When `out` does not take it.
    pub(crate) fn write(&self, out: &mut impl Write, row: &[&str; N]) -> io::Result<()> {
        for (at, (width, cell)) in self.widths.iter().zip(row).enumerate() {
            // A cell that breaks its line would show itself as a row of its own.
            let cell = cell.replace('\n', "\u{fffd}");
            if at + 1 == N {
                write!(out, "{cell}")?;
            } else {
                write!(out, "{cell:<width$}  ")?;
            }
        }
        writeln!(out)
    }

    /// Measures and writes rows that are all in memory.
    ///
    /// # Errors
    /// When `out` does not take them.
    pub(crate) fn write_all(mut self, out: &mut impl Write, rows: &[[String; N]]) -> io::Result<()> {
        let rows: Vec<[&str; N]> = rows.iter().map(|row| row.each_ref().map(String::as_str)).collect();
        for row in &rows {
            self.measure(row);
        }
        self.write_headings(out)?;
        rows.iter().try_for_each(|row| self.write(out, row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_makes_no_row_of_its_own() {
        let mut out = Vec::new();
        let row = ["a\nb".to_owned(), "c\nd".to_owned()];
        Table::new(["ONE", "TWO"]).write_all(&mut out, &[row]).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "ONE  TWO\na\u{fffd}b  c\u{fffd}d\n");
    }
}
