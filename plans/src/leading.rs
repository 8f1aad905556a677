//! Which names lead to which, in the record sets of an inventory.

use caravan_providers::target::{RecordSet, dns_name};
use std::collections::BTreeSet;

/// A name as load balancers have it: they answer to a second one for both families of addresses.
pub(crate) fn plain(name: &str) -> String {
    let name = dns_name(name);
    name.strip_prefix("dualstack.").map(str::to_owned).unwrap_or(name)
}

/// What a record set points to, as DNS writes names.
pub(crate) fn targets(set: &RecordSet) -> Vec<String> {
    set.alias.iter().map(|alias| plain(&alias.name)).chain(set.values.iter().map(|value| plain(value))).collect()
}

/// The names whose record sets lead to a name, through others too; itself is not among them.
pub(crate) fn leading_to<'a>(name: &str, sets: impl Iterator<Item = &'a RecordSet> + Clone) -> BTreeSet<String> {
    let name = plain(name);
    let mut leading = BTreeSet::from([name.clone()]);
    loop {
        let before = leading.len();
        for set in sets.clone() {
            if targets(set).iter().any(|target| leading.contains(target)) {
                leading.insert(set.name.clone());
            }
        }
        if leading.len() == before {
            leading.remove(&name);
            return leading;
        }
    }
}
