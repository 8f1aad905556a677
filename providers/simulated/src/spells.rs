//! Spells of time, as the sorted moments at which they begin and end in turn.

/// Adds one more spell; where it touches another, the two are one.
pub(crate) fn add(spells: &mut Vec<u64>, begin: u64, end: u64) {
    let (mut begin, mut end, mut all) = (begin, end, Vec::new());
    if begin >= end {
        return;
    }
    for spell in spells.chunks(2) {
        let (from, until) = (spell[0], spell.get(1).copied().unwrap_or(u64::MAX));
        if until < begin || end < from {
            all.push((from, until));
        } else {
            (begin, end) = (begin.min(from), end.max(until));
        }
    }
    all.push((begin, end));
    all.sort_unstable();
    *spells = all.into_iter().flat_map(|(from, until)| [from, until]).collect();
}

/// Whether a moment is in one of the spells.
pub(crate) fn is_in(spells: &[u64], at: u64) -> bool {
    !spells.iter().filter(|turn| **turn <= at).count().is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_that_touch_are_one() {
        for (added, left) in [
            (vec![(5, 9), (1, 3)], vec![1, 3, 5, 9]),
            (vec![(1, 3), (3, 9)], vec![1, 9]),
            (vec![(1, 3), (7, 9), (2, 8)], vec![1, 9]),
            (vec![(4, 6), (1, u64::MAX)], vec![1, u64::MAX]),
            (vec![(4, 4)], vec![]),
        ] {
            let mut spells = Vec::new();
            added.iter().for_each(|(begin, end)| add(&mut spells, *begin, *end));
            assert_eq!(spells, left, "{added:?}");
            for at in 0..12 {
                assert_eq!(is_in(&spells, at), added.iter().any(|(begin, end)| (*begin..*end).contains(&at)), "{at}");
            }
        }
    }
}
