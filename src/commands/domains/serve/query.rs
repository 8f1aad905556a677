//! What stands behind the `?` of an address: read leniently, written so that whatever a name holds comes back as it was.

use caravan_cutover_domains::Whose;
use form_urlencoded::{Serializer, parse};

/// The longest part that is looked for: no hostname is longer.
const LONGEST: usize = 253;

/// What of the list is wanted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct ListQuery {
    /// Only names and customers that hold this.
    pub(super) part: String,
    /// Only those whose next step is this one's.
    pub(super) whose: Option<Whose>,
    /// Which window, from 1.
    pub(super) page: usize,
}

impl ListQuery {
    /// Reads it; what is none is left out.
    pub(super) fn read(text: &str) -> Self {
        let mut query = Self { page: 1, ..Self::default() };
        for (key, value) in parse(text.as_bytes()) {
            match &*key {
                "part" => query.part = value.trim().chars().take(LONGEST).collect(),
                "whose" => query.whose = WHOSE.into_iter().find(|whose| whose.as_str() == value),
                "page" => query.page = value.parse().unwrap_or(1).max(1),
                _ => {}
            }
        }
        query
    }

    /// The address of it.
    pub(super) fn href(&self, path: &str) -> String {
        let mut written = Serializer::new(String::new());
        if !self.part.is_empty() {
            written.append_pair("part", &self.part);
        }
        if let Some(whose) = self.whose {
            written.append_pair("whose", whose.as_str());
        }
        if self.page > 1 {
            written.append_pair("page", &self.page.to_string());
        }
        let query = written.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// Whose a step can be, in the order in which they are shown.
pub(super) const WHOSE: [Whose; 4] = [Whose::Colleague, Whose::Customer, Whose::Mover, Whose::Nobody];

/// The name that is wanted.
pub(super) fn name(text: &str) -> Option<String> {
    parse(text.as_bytes()).find(|(key, _)| key == "name").map(|(_, value)| value.into_owned())
}

/// The address of a hostname.
pub(super) fn href(path: &str, name: &str) -> String {
    format!("{path}?{}", Serializer::new(String::new()).append_pair("name", name).finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let all = [
            ListQuery { part: "\"><script>&é +%".to_owned(), whose: Some(Whose::Customer), page: 7 },
            ListQuery { page: 1, ..ListQuery::default() },
        ];
        for query in all {
            let href = query.href("/");
            assert!(!href.contains(['<', '"', ' ']), "{href}");
            assert_eq!(ListQuery::read(href.split_once('?').map_or("", |(_, query)| query)), query);
        }
        for name_of in ["*.shop.example", "a&name=b", "\u{202e}x"] {
            let href = href("/domain", name_of);
            assert_eq!(name(href.split_once('?').unwrap().1).as_deref(), Some(name_of));
        }
        let lenient = ListQuery::read("page=-4&whose=me&part=%ff%zz&x=1&page=0");
        assert_eq!((lenient.page, lenient.whose), (1, None));
        assert_eq!(ListQuery::read(&format!("part={}", "a".repeat(9_999))).part.len(), LONGEST);
    }
}
