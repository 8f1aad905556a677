//! The arguments that resources of Terraform take, where no registry of packages brings the provider: as packages of other
//! tools have them.

use crate::place;
use crate::server_failure::{ServerFailure, demand, ran_against};
use std::collections::BTreeMap;
use std::process::Command;

const SERVER: &str = "schemas of azuread and keycloak";

/// By resource and argument: whether it must be there.
pub type Arguments = BTreeMap<String, BTreeMap<String, bool>>;

/// The arguments of all resources of Entra ID, and of those of Keycloak that are written; nothing, after saying so, where this
/// machine does not have the packages.
///
/// # Panics
///
/// When they can't be read, and under `CI=true` also when they are missing.
#[must_use]
pub fn arguments() -> Option<Arguments> {
    demand(read())
}

fn read() -> Result<Arguments, ServerFailure> {
    let folder = place::part(SERVER, "schemas/pulumi_keycloak")?;
    let folder = folder.parent().unwrap_or(&folder);
    let broken = |error: &dyn std::fmt::Display| ServerFailure::broken(SERVER, error);
    let said = Command::new("python3").arg(place::source("schemas/arguments.py")).arg(folder).output();
    let said = said.map_err(|error| broken(&error))?;
    if !said.status.success() {
        return Err(broken(&String::from_utf8_lossy(&said.stderr)));
    }
    ran_against("hashicorp/azuread", "3.10.0, its arguments by cdktn-provider-azuread 17.1.0");
    ran_against("keycloak/keycloak", "its arguments by pulumi_keycloak 6.14.1");
    serde_json::from_slice(&said.stdout).map_err(|error| broken(&error))
}
