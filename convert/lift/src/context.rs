//! What the rules that all kinds of sources share know of the component that they map.

use crate::plconfig::ComponentType;
use crate::surroundings::Surroundings;

/// A component on its way, whatever kind of source it comes from.
#[derive(Clone, Copy)]
pub(crate) struct Context<'p, 'a> {
    /// The documents around its source.
    pub(crate) around: &'p Surroundings<'a>,
    /// How it will run.
    pub(crate) kind: ComponentType,
    /// Its name in the plconfig: a DNS-1123 label.
    pub(crate) component: &'p str,
    /// Whether anything says that and how it runs today; a mere definition or template does not.
    pub(crate) runs: bool,
    /// Whether its source says that a load balancer sends to it.
    pub(crate) balanced: bool,
}

impl Context<'_, '_> {
    /// A place in the component, as a JSON pointer: `at("image")` is `/components/web/image`.
    pub(crate) fn at(&self, rest: &str) -> String {
        let mut path = String::with_capacity(14 + self.component.len() + rest.len());
        path.push_str("/components/");
        path.push_str(self.component);
        if !rest.is_empty() {
            path.push('/');
            path.push_str(rest);
        }
        path
    }
}
