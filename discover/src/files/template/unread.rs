//! What is handed to a stack whose template is not among the files: rules that stand there in front of a listener, a web ACL before a
//! load balancer, and further ways to a target group are not seen.

use super::document::Template;
use super::nested::{self, Passed};
use std::collections::{BTreeMap, BTreeSet};

/// The field of a listener and of a target group that names the stacks whose rules for it were not read.
pub(super) const FIELD: &str = "UnreadRules";

/// Names of things that templates of the scan hand to stacks that are not read, each with the stacks that get it.
#[derive(Debug, Default)]
pub(in crate::files) struct Unread(BTreeMap<String, BTreeSet<String>>);

impl Unread {
    /// Adds what the template of a file hands to the stacks that it makes of what is not read. Gives those stacks, by the ids of their
    /// resources.
    pub(super) fn add(&mut self, file: &str, template: &Template) -> BTreeMap<String, String> {
        let mut stacks = BTreeMap::new();
        for (id, resource) in &template.resources {
            let Some(said) = nested::said(resource).filter(|_| !template.stacks.contains_key(id)) else { continue };
            let stack = format!("the stack {} of {file}", template.at(id));
            for passed in nested::passes(template, id).into_values() {
                if let Passed::Link(names) = passed {
                    names.split(',').for_each(|name| self.hand(name, &stack));
                }
            }
            // An application of the public repository imports nothing of ours.
            if resource.of_type == nested::STACK || !said.is_object() {
                stacks.insert(id.clone(), stack);
            }
        }
        stacks
    }

    /// Says that a stack may have what is called so.
    pub(in crate::files) fn hand(&mut self, name: &str, stack: &str) {
        self.0.entry(name.trim().to_owned()).or_default().insert(stack.to_owned());
    }

    /// The stacks that have what is called so.
    pub(super) fn of(&self, name: &str) -> Vec<String> {
        self.0.get(name).into_iter().flatten().cloned().collect()
    }
}
