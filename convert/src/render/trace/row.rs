//! The tables that say what each place of a manifest is made of.

use super::field::Field;
use super::line::Line;
use crate::provenance::{Origin, Rule};

/// What one place of a manifest, and all below it that no other row names, is made of.
pub(super) struct Row {
    /// Where: a JSON pointer below the place that the table is for. `*` in a step stands for any text.
    at: &'static str,
    pub(super) rule: Rule,
    pub(super) from: From,
}

/// What a rule makes a place of.
pub(super) enum From {
    /// Nothing that anybody wrote.
    Rule,
    /// The first of these that is there: the others are not looked at. The rule alone where none is.
    First(&'static [Field]),
    /// All of these that are there. The rule alone where none is.
    All(&'static [Field]),
    /// What all is made of that stands inside of it.
    Inside,
    /// What a function finds. The rule alone where it finds nothing.
    Found(fn(&Line<'_>) -> Vec<Origin>),
}

/// One row of a table.
pub(super) const fn row(at: &'static str, name: &'static str, says: &'static str, from: From) -> Row {
    Row { at, rule: Rule { name, says }, from }
}

/// The row for a place: of those that it is in or below of, the one that names the most steps; of several, the one with
/// the fewest stars; of several still, the first.
pub(super) fn find<'t>(tables: &[&'t [Row]], steps: &[&str]) -> Option<(&'t Row, usize)> {
    let rows = tables.iter().flat_map(|table| table.iter());
    let fitting = rows.filter_map(|row| Some((row, fit(row.at, steps)?)));
    let best = fitting.reduce(|best, next| if next.1 > best.1 { next } else { best })?;
    Some((best.0, best.1.0))
}

/// How well a pattern fits: how many steps it names, and how many of them exactly.
pub(crate) fn fit(at: &str, steps: &[&str]) -> Option<(usize, usize)> {
    let (mut named, mut exact) = (0, 0);
    for wanted in at.split('/').skip(1) {
        let step = steps.get(named)?;
        match wanted.split_once('*') {
            Some((start, end))
                if step.len() >= start.len() + end.len() && step.starts_with(start) && step.ends_with(end) => {}
            None if *step == wanted => exact += 1,
            _ => return None,
        }
        named += 1;
    }
    Some((named, exact))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_row_holds() {
        let rows = ["", "/a", "/a/*/c", "/a/*/*~1team", "/a/*/tag.*", "/a/b/c"].map(|at| row(at, at, "", From::Rule));
        let of = |steps: &[&str]| find(&[&rows], steps).map(|(row, _)| row.at).unwrap();
        assert_eq!(of(&[]), "");
        assert_eq!(of(&["x", "a"]), "");
        assert_eq!(of(&["a", "b"]), "/a");
        assert_eq!(of(&["a", "0", "c", "d"]), "/a/*/c");
        assert_eq!(of(&["a", "0", "plat.io~1team"]), "/a/*/*~1team");
        assert_eq!(of(&["a", "0", "tag.owner"]), "/a/*/tag.*");
        assert_eq!(of(&["a", "b", "c"]), "/a/b/c");
    }
}
