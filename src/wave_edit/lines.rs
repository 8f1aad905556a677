//! Lists of YAML in block style, by their lines.

use std::ops::Range;

/// A list that stands under a key of the file itself.
struct List {
    /// The line of the key.
    key: usize,
    /// The lines of each item, with the comments right above it.
    items: Vec<Range<usize>>,
    /// How far its items are indented.
    indent: usize,
}

/// Takes the marked items of a list out of one text and puts them behind the items of the same list of another, which gets one
/// where it has none. None where either is not written item by item.
pub(super) fn moved(from: &str, to: &str, key: &str, marks: &[bool]) -> Option<(String, String)> {
    let lines = lines(from);
    let list = find(&lines, key)??;
    if list.items.len() != marks.len() {
        return None;
    }
    let marked = || list.items.iter().zip(marks).filter(|(_, mark)| **mark).map(|(item, _)| item.clone());
    let gone = |at: usize| marked().any(|item| item.contains(&at)) || (at == list.key && !marks.contains(&false));
    let left: String = lines.iter().enumerate().filter(|(at, _)| !gone(*at)).map(|(_, line)| *line).collect();
    let taken: Vec<&str> = marked().flat_map(|item| &lines[item]).copied().collect();
    Some((left, put(to, key, &taken, list.indent)?))
}

/// A text with items behind those of a list.
fn put(to: &str, key: &str, taken: &[&str], indent: usize) -> Option<String> {
    let lines = lines(to);
    let list = find(&lines, key)?;
    let (at, to_indent) = match &list {
        // A blank line that ends the file, or stands before what comes next, stays there.
        Some(list) => (list.items.last()?.end, list.indent),
        None => (lines.len(), indent),
    };
    let (before, behind) = lines.split_at(at);
    let mut all: String = before.concat();
    // Lines end as those of the file do that they come to.
    let end = lines.iter().find_map(|line| ending(line)).or_else(|| ending(taken.first()?)).unwrap_or("\n");
    if before.last().is_some_and(|line| ending(line).is_none()) {
        all.push_str(end);
    }
    if list.is_none() {
        all.extend([key, ":", end]);
    }
    for line in taken {
        let line = ending(line).and_then(|end| line.strip_suffix(end)).unwrap_or(line);
        all.extend([&indented(line, indent, to_indent), end]);
    }
    all.extend(behind.iter().copied());
    Some(all)
}

/// The lines of a text, each with what ends it.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// What ends a line; none where it is the last one of a file that ends without.
fn ending(line: &str) -> Option<&'static str> {
    if line.ends_with("\r\n") { Some("\r\n") } else { line.ends_with('\n').then_some("\n") }
}

/// Comments that stand alone on their lines, without what ends them.
pub(super) fn comments(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| line.starts_with('#')).collect()
}

/// A line with another indentation.
fn indented(line: &str, from: usize, to: usize) -> String {
    match line.get(from..) {
        Some(rest) if line[..from].trim().is_empty() && !line.trim().is_empty() => format!("{}{rest}", " ".repeat(to)),
        _ => line.to_owned(),
    }
}

/// The list under a key: the inner none where there is no such key, the outer where it is written in another way.
fn find(lines: &[&str], key: &str) -> Option<Option<List>> {
    let is_key = |line: &&str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
    let Some(at) = lines.iter().position(is_key) else { return Some(None) };
    let value = lines[at][key.len() + 1..].trim();
    if !(value.is_empty() || value.starts_with('#')) {
        return None;
    }
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut items: Vec<Range<usize>> = Vec::new();
    let mut indent = None;
    // Behind the last line of an item, and where the comments right above the next one begin.
    let (mut end, mut above) = (at + 1, at + 1);
    for (number, line) in lines.iter().enumerate().skip(at + 1) {
        if line.trim().is_empty() {
            above = number + 1;
            continue;
        }
        // What is indented further than the items belongs to one, whatever it begins with.
        if line.trim_start().starts_with('#') && indent.is_none_or(|indent| depth(line) <= indent) {
            continue;
        }
        let is_item = line.trim_start().starts_with("- ") || line.trim() == "-";
        let indent = *indent.get_or_insert(depth(line));
        if is_item && depth(line) == indent {
            if let Some(last) = items.last_mut() {
                last.end = above;
            }
            items.push(above..number + 1);
        } else if depth(line) <= indent || items.is_empty() {
            break;
        }
        (end, above) = (number + 1, number + 1);
    }
    if let Some(last) = items.last_mut() {
        last.end = end;
    }
    Some(Some(List { key: at, items, indent: indent? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: &str = "# A wave.\nwave: a\nshifts:\n# the first\n- workload: one\n  paused: [x]\n\n# the second\n- workload: \
                        two # known\n  why: |\n    - not an item\n    # nor a comment\n- workload: three\nhand_overs:\n- \
                        workload: four\n";

    #[test]
    fn an_item_goes_along_with_its_comments_and_nothing_else_changes() {
        let to = "wave: b\nshifts:\n  - workload: zero\n\n# the end\n";
        let (from, to) = moved(FROM, to, "shifts", &[false, true, false]).unwrap();
        assert_eq!(
            from,
            "# A wave.\nwave: a\nshifts:\n# the first\n- workload: one\n  paused: [x]\n\n- workload: three\nhand_overs:\n- \
             workload: four\n"
        );
        assert_eq!(
            to,
            "wave: b\nshifts:\n  - workload: zero\n  # the second\n  - workload: two # known\n    why: |\n      - not an \
             item\n      # nor a comment\n\n# the end\n"
        );
    }

    #[test]
    fn a_list_of_which_nothing_is_left_goes_with_its_key_and_is_made_where_there_is_none() {
        let (from, to) = moved(FROM, "wave: b\n", "hand_overs", &[true]).unwrap();
        assert!(!from.contains("hand_overs") && from.ends_with("- workload: three\n"), "{from}");
        assert_eq!(to, "wave: b\nhand_overs:\n- workload: four\n");
    }

    #[test]
    fn lines_end_as_the_others_of_their_file_do_and_a_last_one_without_an_end_stays_so() {
        let unix = |text: &str| text.replace("\r\n", "\n");
        let (crlf, to) = (FROM.replace('\n', "\r\n"), "wave: b\r\nshifts:\r\n  - workload: zero\r\n\r\n# the end");
        let (from, after) = moved(&crlf, to, "shifts", &[false, true, false]).unwrap();
        let as_unix = moved(FROM, &unix(to), "shifts", &[false, true, false]).unwrap();
        for (text, same) in [(&from, &as_unix.0), (&after, &as_unix.1)] {
            assert_eq!(unix(text), *same);
            assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{text:?}");
        }
        assert!(after.ends_with("\r\n\r\n# the end"), "{after:?}");
        // From a file of one kind to one of the other.
        let (_, mixed) = moved(FROM, to, "shifts", &[true, false, false]).unwrap();
        assert_eq!(mixed.matches('\n').count(), mixed.matches("\r\n").count(), "{mixed:?}");
        // A last line gets an end only where something comes behind it.
        let short = FROM.trim_end();
        let (from, _) = moved(short, "wave: b\n", "shifts", &[true, false, false]).unwrap();
        assert!(from.ends_with("  - workload: four") || from.ends_with("- workload: four"), "{from:?}");
        let (_, after) = moved(short, "wave: b", "hand_overs", &[true]).unwrap();
        assert_eq!(after, "wave: b\nhand_overs:\n- workload: four\n");
    }

    #[test]
    fn what_is_not_written_item_by_item_is_left_alone() {
        for from in ["shifts: [{workload: one}]\n", "shifts:\n  {}\n", "shifts:\n- one\n- two\n", "wave: a\n"] {
            assert_eq!(moved(from, "wave: b\n", "shifts", &[true]), None, "{from}");
        }
        assert_eq!(moved("shifts:\n- one\n", "shifts: [two]\n", "shifts", &[true]), None);
    }
}
