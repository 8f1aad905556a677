//! Suggestions: the name or id that somebody probably meant.

/// The known name nearest to the given one; none when nothing is near.
pub(crate) fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(given, name), name))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// Where a likeness begins: "regoins" and "regions" have 0.97, "web" and "worker" 0.63.
const LIKENESS: f64 = 0.8;

/// The known id nearest to the given one: by its whole text, or by its last part alone, which is what people remember.
pub(crate) fn nearest_id<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let last = |id: &str| id.rsplit('/').next().unwrap_or_default().to_owned();
    let wanted = last(given);
    known
        .into_iter()
        // Long ids share their beginning: what counts is how many letters differ.
        .map(|id| {
            (strsim::normalized_damerau_levenshtein(&wanted, &last(id)), strsim::damerau_levenshtein(given, id), id)
        })
        .filter(|(likeness, distance, _)| *likeness >= 0.6 || *distance <= 3)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
        .map(|(.., id)| id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_suggested() {
        assert_eq!(did_you_mean("regoins", ["id", "regions", "role"]), Some("regions"));
        assert_eq!(did_you_mean("web", ["worker", "cron"]), None);
    }

    #[test]
    fn an_id_is_known_by_its_last_part() {
        let known = ["ecs/123456789012/eu-central-1/main/billing", "ecs/123456789012/eu-central-1/main/tracking"];
        assert_eq!(nearest_id("biling", known), Some(known[0]));
        assert_eq!(nearest_id("ecs/123456789012/eu-central-1/main/trakcing", known), Some(known[1]));
        assert_eq!(nearest_id("ecs/123456789012/eu-central-1/main/zzz", known), None);
    }
}
