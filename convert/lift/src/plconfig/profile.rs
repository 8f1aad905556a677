//! What containers and components have that say nothing of their own, where a whole app comes from one kind of source.

use super::component::{Arch, Capabilities, Component, Container, Spot};
use super::file::{PlConfig, Profile};
use std::borrow::Cow;

impl PlConfig {
    /// With everything written out that its profile says; the same where it has none.
    #[must_use]
    pub fn with_profile(&self) -> Cow<'_, Self> {
        let Some(Profile::Ecs) = self.profile else { return Cow::Borrowed(self) };
        let mut config = Self { profile: None, ..self.clone() };
        for component in config.components.values_mut() {
            component.spot.get_or_insert(Spot::Never);
            component.arch.get_or_insert(Arch::Amd64);
            for container in containers(component) {
                container.user.get_or_insert_with(|| IMAGE.to_owned());
                container.writable.get_or_insert(true);
                container.capabilities.get_or_insert_with(runtime);
            }
        }
        Cow::Owned(config)
    }

    /// The same in fewer words: a profile says once what every container says that has nothing of its own. What would not
    /// be the same again with its profile stays as it is, and so does what one is on already.
    #[must_use]
    pub fn in_few_words(self) -> Self {
        if self.profile.is_some() {
            return self;
        }
        let mut short = Self { profile: Some(Profile::Ecs), ..self.clone() };
        for component in short.components.values_mut() {
            component.spot = component.spot.filter(|spot| *spot != Spot::Never);
            component.arch = component.arch.filter(|arch| *arch != Arch::Amd64);
            for container in containers(component) {
                container.user.take_if(|user| user == IMAGE);
                container.writable.take_if(|writable| *writable);
                container.capabilities.take_if(|capabilities| *capabilities == runtime());
            }
        }
        if *short.with_profile() == self { short } else { self }
    }
}

/// The user that an image names.
const IMAGE: &str = "image";

fn runtime() -> Capabilities {
    Capabilities { default: Some(true), ..Capabilities::default() }
}

/// The parts of a container that a profile speaks of.
struct Slot<'c> {
    user: &'c mut Option<String>,
    writable: &'c mut Option<bool>,
    capabilities: &'c mut Option<Capabilities>,
}

/// The main container, those beside it, and those before it.
fn containers(component: &mut Component) -> Vec<Slot<'_>> {
    fn of(container: &mut Container) -> Slot<'_> {
        let Container { user, writable, capabilities, .. } = container;
        Slot { user, writable, capabilities }
    }
    let Component { user, writable, capabilities, sidecars, init, .. } = component;
    let beside = sidecars.values_mut().map(of);
    let before = init.iter_mut().map(|init| of(&mut init.container));
    std::iter::once(Slot { user, writable, capabilities }).chain(beside).chain(before).collect()
}
