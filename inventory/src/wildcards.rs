//! Patterns of hosts and paths.

/// The patterns of load balancer rules and of Workers' routes: `*` is any text, `?` any character.
#[must_use]
pub fn matches_wildcards(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    // Where the last star stood, and how far the text had come there.
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(letter) if *letter == '?' || *letter == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, came)) => {
                    p = at + 1;
                    t = came + 1;
                    star = Some((at, came + 1));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_load_balancers_match() {
        assert!(matches_wildcards("*.shops.example.com", "a.shops.example.com"));
        assert!(
            matches_wildcards("/hooks/*/events", "/hooks/dhl/events") && matches_wildcards("/img/?.png", "/img/1.png")
        );
        assert!(
            !matches_wildcards("/v1/*", "/v2/x") && !matches_wildcards("/v1", "/v1/x") && matches_wildcards("/*", "/")
        );
    }
}
