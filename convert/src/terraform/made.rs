//! Resources in the making: blocks, the addresses of what Terraform keeps of them, the providers that they need.

use super::hcl::{Body, From, Item, Value};
use super::module::Other;
use std::collections::BTreeSet;

/// Resources in the making.
#[derive(Default)]
pub(super) struct Made {
    pub(super) body: Body,
    pub(super) addresses: Vec<String>,
    pub(super) others: BTreeSet<Other>,
}

impl Made {
    /// A resource that Terraform keeps.
    pub(super) fn resource(&mut self, kind: &'static str, label: &str, from: &From, arguments: Body) {
        self.block("resource", kind, label, from, arguments);
        self.addresses.push(format!("{kind}.{label}"));
    }

    /// A value that is there while Terraform runs, and in no state.
    pub(super) fn ephemeral(&mut self, kind: &'static str, label: &str, from: &From, arguments: Body) {
        self.block("ephemeral", kind, label, from, arguments);
    }

    /// What is there already and only looked up.
    pub(super) fn data(&mut self, kind: &'static str, label: &str, from: &From, arguments: Body) {
        self.block("data", kind, label, from, arguments);
    }

    /// What is there already and becomes the resource of this address.
    pub(super) fn import(&mut self, address: String, id: Value, from: &From) {
        self.gap();
        let arguments = vec![Item::argument("to", Value::Expression(address), from), Item::argument("id", id, from)];
        self.body.push(Item::block("import", &[], from, arguments));
    }

    fn block(&mut self, block: &'static str, kind: &'static str, label: &str, from: &From, arguments: Body) {
        self.gap();
        self.body.push(Item::block(block, &[kind, label], from, arguments));
    }

    fn gap(&mut self) {
        if !self.body.is_empty() {
            self.body.push(Item::Blank);
        }
    }
}
