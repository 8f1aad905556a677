//! Texts that are new each time: which of their words may be others, and of what form those must be.

/// Whether a text is what the original may answer, too. `original` and `again` are what the original said to the same request, and are not
/// the same; `converted` is held to them, word by word: a word that the original says twice is the same here, and one that it says anew
/// each time has its form. A number by chance may be the same twice: what the converted one itself says anew, by `converted_again`, is
/// new each time as well.
pub(crate) fn alike(original: &str, again: &str, converted: &str, converted_again: Option<&str>) -> bool {
    let (one, two, other) = (words(original), words(again), words(converted));
    if one.len() != two.len() || one.len() != other.len() {
        return ends_alike(&one, &two, &other);
    }
    let once_more = converted_again.map(words).filter(|words| words.len() == other.len());
    (0..one.len()).all(|at| {
        let is_new = one[at] != two[at] || once_more.as_ref().is_some_and(|more| more[at] != other[at]);
        one[at] == other[at] || (is_new && shape(one[at]) == shape(other[at]))
    })
}

/// The same where it is not said which word is which: what stands at the ends of both of the original's texts stands there, and what is
/// between has the form of the original's.
fn ends_alike(one: &[&str], two: &[&str], other: &[&str]) -> bool {
    let shorter = one.len().min(two.len());
    let begin = one.iter().zip(two).take_while(|(a, b)| a == b).count();
    let end = one.iter().rev().zip(two.iter().rev()).take(shorter - begin).take_while(|(a, b)| a == b).count();
    if other.len() < begin + end {
        return false;
    }
    let (one_between, between) = (&one[begin..one.len() - end], &other[begin..other.len() - end]);
    one[..begin] == other[..begin]
        && one[one.len() - end..] == other[other.len() - end..]
        && shape(&one_between.concat()) == shape(&between.concat())
}

/// Each with the sign behind it.
fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()).collect()
}

/// A text without what may be new each time: numbers, and words of hexadecimal digits or with a digit among their letters.
fn shape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in words(text) {
        let (letters, end) = match word.char_indices().next_back() {
            Some((at, last)) if !last.is_ascii_alphanumeric() => word.split_at(at),
            _ => (word, ""),
        };
        let new = letters.bytes().any(|b| b.is_ascii_digit())
            || (letters.len() >= 4 && letters.bytes().all(|b| b.is_ascii_hexdigit()));
        out.push_str(if new { "#" } else { letters });
        out.push_str(end);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::alike;

    const ONE: &str = "{\"id\": \"a1b2c3d4\", \"limit\": 10, \"price\": \"9.99\", \"kind\": \"feed\"}";
    const TWO: &str = "{\"id\": \"5e6f7a8b\", \"limit\": 10, \"price\": \"9.99\", \"kind\": \"feed\"}";

    #[test]
    fn one_random_word_frees_no_other() {
        let id = |text: &str| text.replace("a1b2c3d4", "99887766");
        assert!(alike(ONE, TWO, &id(ONE), None));
        for (from, to) in [("10", "99"), ("9.99", "0.01"), ("feed", "dead"), ("\"id\"", "\"i1\""), ("}", "")] {
            assert!(!alike(ONE, TWO, &id(ONE).replace(from, to), None), "{from} -> {to}");
        }
        // A word that is new has the form of the original's.
        assert!(!alike(ONE, TWO, &ONE.replace("a1b2c3d4", "none"), None));
    }

    #[test]
    fn where_the_words_are_not_as_many_what_stands_around_them_is_the_same() {
        let of = |id: &str, limit: &str| format!("limit {limit}; id {id}; price 9.99");
        assert!(alike(&of("a1-b2", "10"), &of("c3", "10"), &of("d4-e5", "10"), None));
        for other in [of("d4-e5", "99"), of("d4-e5", "10").replace("9.99", "0.01"), of("d4", "10"), "10".to_owned()] {
            assert!(!alike(&of("a1-b2", "10"), &of("c3", "10"), &other, None), "{other}");
        }
    }

    #[test]
    fn a_number_that_came_twice_by_chance_is_one_that_the_converted_one_says_anew() {
        let of = |one: u32, two: u32| format!("{one} of {two}");
        assert!(!alike(&of(3, 5), &of(3, 8), &of(7, 1), None));
        assert!(alike(&of(3, 5), &of(3, 8), &of(7, 1), Some(&of(2, 4))));
        assert!(!alike(&of(3, 5), &of(3, 8), &of(7, 1), Some(&of(7, 4))));
    }
}
