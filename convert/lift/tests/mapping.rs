//! `docs/mapping-ecs.md`, `-lambda`, `-ec2` and `-workers` name every rule and every topic of the code, and
//! nothing else.

#![expect(clippy::disallowed_methods, reason = "a test that reads the sources and the documentation")]
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::FieldVerdict;
use std::collections::BTreeSet;
use std::path::Path;

/// A page of the documentation.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Page {
    /// Everything that has no page of its own.
    Ecs,
    Lambda,
    Ec2,
    Workers,
}

const PAGES: [Page; 4] = [Page::Ecs, Page::Lambda, Page::Ec2, Page::Workers];

impl Page {
    /// Whose a file or folder of the sources is.
    fn of(path: &Path) -> Self {
        let is = |name: &&str| path.ends_with(name);
        if ["lambda", "unresolved.rs", "moved_secret.rs"].iter().any(is) {
            Self::Lambda
        } else if ["ec2", "host_verdict.rs"].iter().any(is) {
            Self::Ec2
        } else if is(&"worker") {
            Self::Workers
        } else {
            Self::Ecs
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ecs => "mapping-ecs",
            Self::Lambda => "mapping-lambda",
            Self::Ec2 => "mapping-ec2",
            Self::Workers => "mapping-workers",
        }
    }
}

/// The sources of one of the documents, without their tests and without white space.
fn code(page: Page) -> String {
    fn collect(folder: &Path, wanted: &dyn Fn(&Path) -> bool, out: &mut String) {
        let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries.into_iter().filter(|path| wanted(path)) {
            if path.is_dir() {
                collect(&path, &|_| true, out);
            } else {
                let text = std::fs::read_to_string(path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap();
                out.extend(text.chars().filter(|c| !c.is_whitespace()));
            }
        }
    }
    let mut out = String::new();
    let wanted = |path: &Path| Page::of(path) == page;
    collect(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &wanted, &mut out);
    out
}

/// The texts that stand as the `nth` argument, from the end, of each call of a function.
fn arguments(code: &str, call: &str, from_end: usize, out: &mut BTreeSet<String>) {
    for (at, _) in code.match_indices(call) {
        let (mut depth, mut quoted, mut parts) = (0, false, vec![String::new()]);
        for c in code[at + call.len()..].chars() {
            match c {
                '"' => quoted = !quoted,
                '(' | '[' | '{' if !quoted => depth += 1,
                ')' | ']' | '}' if !quoted && depth == 0 => break,
                ')' | ']' | '}' if !quoted => depth -= 1,
                ',' if !quoted && depth == 0 => {
                    parts.push(String::new());
                    continue;
                }
                _ => {}
            }
            parts.last_mut().unwrap().push(c);
        }
        parts.retain(|part| !part.is_empty());
        let Some(part) = parts.len().checked_sub(from_end).and_then(|at| parts.get(at)) else {
            continue;
        };
        if let Some(text) = part.strip_prefix('"').and_then(|part| part.split('"').next()) {
            out.insert(text.to_owned());
        }
    }
}

/// The rows of a table of the documentation: the names in the first column, and the whole row.
fn rows(page: Page, heading: &str) -> Vec<(String, String)> {
    let path = format!("{}/../../docs/{}.md", env!("CARGO_MANIFEST_DIR"), page.name());
    let text = std::fs::read_to_string(path).unwrap();
    let section = text.split(heading).nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.flat_map(|row| row.split('|').nth(1).unwrap().split(',').map(move |name| (name, row)))
        .map(|(name, row)| (name.trim().trim_matches('`').to_owned(), row.to_owned()))
        .collect()
}

/// The names in the first column of a table of the documentation.
fn documented(page: Page, heading: &str) -> BTreeSet<String> {
    rows(page, heading).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn every_rule_of_the_code_stands_in_the_documentation_and_the_other_way_round() {
    for page in PAGES {
        let code = code(page);
        let mut used = BTreeSet::new();
        for (call, from_end) in [
            (".dropped(tracker,", 1),
            (".dropped_because(tracker,", 2),
            (".dropped_because(self.tracker,", 2),
            ("self.dropped(entry,", 1),
            (".drop_all(tracker,", 1),
            (".drop_whole(tracker,", 1),
            ("drop_check(tracker,", 1),
            ("drop_field(tracker,", 1),
            (".drop_the_rest(", 1),
            ("Field::dropped(field,tracker,", 1),
            ("FieldVerdict::Dropped{rule:", 1),
            ("Unmoved{rule:", 2),
            ("Meaning::Node(", 1),
            ("Self::Node(", 1),
            ("rest(tracker,value,", 1),
        ] {
            arguments(&code, call, from_end, &mut used);
        }
        assert_eq!(used, documented(page, "## Rules that drop a field"));
    }
}

#[test]
fn every_topic_of_the_code_stands_in_the_documentation_and_the_other_way_round() {
    for page in PAGES {
        let code = code(page);
        let mut used = BTreeSet::new();
        arguments(&code, ".question_id(", 2, &mut used);
        arguments(&code, ".shared_question_id(", 2, &mut used);
        arguments(&code, ".ask_to_drop(tracker,", 3, &mut used);
        arguments(&code, "closed::ask(tracker,", 4, &mut used);
        // The middle asks it for whoever calls it.
        if code.contains("ask_whether_suspended(tracker,") {
            used.insert("autoscaling".to_owned());
        }
        assert_eq!(used, documented(page, "## Questions"));
    }
}

/// What the pages say of those who are kept out, or kept inside, until a question is answered.
const KEPT_OUT: [&str; 12] = [
    "closed until then",
    "comes in by it until then",
    "comes in by its listener until then",
    "enters by it until then",
    "internal until then",
    "left out until then",
    "not published until then",
    "on the internal gateway until then",
    "only inside until then",
    "served there until then",
    "served until then",
    "served with tls until then",
];

#[test]
fn every_topic_that_keeps_somebody_out_until_it_is_answered_is_asked_again_when_its_words_change() {
    let tracker = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tracker.rs")).unwrap();
    let list = tracker.split("const LETTING_IN: &[&str] = &[").nth(1).unwrap().split("];").next().unwrap();
    let letting_in: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
    let rows: Vec<_> = PAGES.into_iter().flat_map(|page| rows(page, "## Questions")).collect();
    for topic in &letting_in {
        assert!(rows.iter().any(|(name, _)| name == topic), "{topic} is on no page");
    }
    for phrase in KEPT_OUT {
        let mut keeping = rows.iter().filter(|(_, row)| row.to_lowercase().contains(phrase)).peekable();
        assert!(keeping.peek().is_some(), "no page says: {phrase}");
        for (topic, _) in keeping {
            assert!(letting_in.contains(topic.as_str()), "{topic}: {phrase}");
        }
    }
}

#[test]
fn every_topic_whose_answer_holds_for_a_value_is_documented() {
    let tracker = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tracker.rs")).unwrap();
    let list = tracker.split("const IN_PLACE_OF_A_VALUE: &[&str] = &[").nth(1).unwrap().split("];").next().unwrap();
    let topics: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    let rows: Vec<_> = PAGES.into_iter().flat_map(|page| rows(page, "## Questions")).collect();
    assert!(topics.contains(&"words") && topics.is_sorted(), "{topics:?}");
    for topic in topics {
        assert!(rows.iter().any(|(name, _)| name == topic), "{topic} is on no page");
    }
}

#[test]
fn every_rule_in_the_ledgers_of_the_fixtures_is_documented() {
    let rules = |page| documented(page, "## Rules that drop a field");
    let rules: BTreeSet<String> = PAGES.into_iter().flat_map(rules).collect();
    let cases = common::file_cases().into_iter().chain(common::live_cases()).chain(common::lambda_cases());
    for case in cases {
        for entry in case.lift().ledger.entries() {
            if let FieldVerdict::Dropped { rule } = &entry.verdict {
                assert!(rules.contains(rule.as_ref()), "{rule}");
            }
        }
    }
}
