//! Names in DNS, as every provider writes them in its own way.

/// A name as Route 53 writes it, as everybody writes it: lower case, no dot at the end, `\052` is `*`.
pub(crate) fn plain_name(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase().replace("\\052", "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        assert_eq!(plain_name("\\052.Example.com."), "*.example.com");
    }
}
