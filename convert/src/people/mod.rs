//! Who is in which team, and what follows from that: `people.yaml`.
//!
//! In: the file as it was read. Out: the company, checked ([`Company`]); what it says of every system ([`Fact`]); what another
//! file says otherwise ([`Changes`]). Terraform is made of it in `terraform/people`, bindings and roles in `platform`.
//!
//! What must never happen here: two schemes of names; a group that two lines make; somebody who is let in because a key had no
//! value; a change in a system that the facts do not say.

mod changes;
mod check;
mod check_group;
mod check_parts;
mod company;
mod facts;
mod file;
mod mistake;
mod read;
mod schema;
mod shapes;
#[cfg(test)]
mod tests;

pub use changes::{Change, ChangeKind, Changes, Leaving};
pub use company::{Company, GroupRow};
pub(crate) use company::{Group, Part};
pub use facts::{Fact, FactKind, Gap, System};
pub use file::{
    Application, AwsGrant, AwsGroups, AwsSystem, DatadogSystem, EntraSystem, ExistingGroups, GithubSystem, GroupNames,
    People, PeopleVersion, Person, Role, Systems, Team,
};
pub use mistake::Mistake;
pub use read::keys_without_value;
pub use schema::schema;
