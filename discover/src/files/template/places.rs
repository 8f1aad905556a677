//! Which properties name another resource of the template.

/// Paths of such properties, as far as they are still to be walked: `Targets/*/Arn`; `*` is any one field or index.
#[derive(Clone, Debug, Default)]
pub(super) struct Places<'p>(Vec<&'p str>);

impl<'p> Places<'p> {
    pub(super) fn of(paths: &[&'p str]) -> Self {
        Self(paths.to_vec())
    }

    /// Whether the property itself is one.
    pub(super) fn here(&self) -> bool {
        self.0.iter().any(|path| path.is_empty())
    }

    /// Those below a field or index.
    pub(super) fn below(&self, step: &str) -> Self {
        let below = |path: &&'p str| {
            let (first, rest) = path.split_once('/').unwrap_or((path, ""));
            (!path.is_empty() && (first == "*" || first == step)).then_some(rest)
        };
        Self(self.0.iter().filter_map(below).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_walked_field_by_field() {
        let places = Places::of(&["Role", "Layers/*"]);
        assert!(!places.here() && places.below("Role").here() && !places.below("Layers").here());
        assert!(places.below("Layers").below("0").here());
        assert!(!places.below("Layers").below("0").below("1").here() && !places.below("Handler").here());
    }
}
