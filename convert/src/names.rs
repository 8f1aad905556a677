//! What is taken in the clusters of an estate.

use caravan_inventory::EnvironmentName;
use std::collections::BTreeMap;

/// Which app has which name in which environment, over all apps of a run: whatever two apps both called theirs, would be
/// one object in the cluster, and the later apply would replace the other's.
///
/// The order of the apps decides whose a name is: the first's that asks.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<(EnvironmentName, String), String>);

impl Names {
    /// Takes the names of an app's objects in an environment, as [`crate::render::names`] gives them; `app` is written
    /// `team/app`.
    ///
    /// # Errors
    /// For a person: which name another app has. Then none is taken.
    pub(crate) fn take(&mut self, app: &str, environment: &EnvironmentName, names: &[String]) -> Result<(), String> {
        let key = |name: &String| (environment.clone(), name.clone());
        let other = |name: &String| self.0.get(&key(name)).filter(|owner| *owner != app);
        if let Some((name, owner)) = names.iter().find_map(|name| Some((name, other(name)?))) {
            return Err(format!("{name} is of app {owner} too; rename in one of the two what it is made of"));
        }
        self.0.extend(names.iter().map(|name| (key(name), app.to_owned())));
        Ok(())
    }
}
