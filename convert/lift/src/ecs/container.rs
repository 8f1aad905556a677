//! One container definition after the other.

use super::kind::Plan;
use super::members::{ContainerRole, Member};
use super::{copying, environment, injected, labels, limits, logging, process, secrets};
use crate::plconfig::{Component, Container, InitContainer};
use crate::tracker::FieldTracker;

/// Maps every container: the main one into the component itself.
pub(super) fn map_all<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    for member in &plan.members.0 {
        match member.role {
            ContainerRole::Router => {
                logging::drop_router(tracker, plan, member);
                continue;
            }
            ContainerRole::LeftOut => {
                member.definition.drop_whole(tracker, "left-out-container");
                continue;
            }
            ContainerRole::Main | ContainerRole::Sidecar | ContainerRole::Init => {}
        }
        let container = map(tracker, plan, member, component);
        match member.role {
            ContainerRole::Main => put_main(component, container),
            ContainerRole::Sidecar => {
                component.sidecars.insert(member.key.clone(), container);
            }
            _ => component.init.push(InitContainer { name: member.key.clone(), container }),
        }
    }
    // Before all others, which may find the files there; last, for a container that is left out may still have them.
    component.init.splice(0..0, copying::containers(tracker, plan));
}

fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>, pod: &mut Component) -> Container {
    let mut container = Container::default();
    name(tracker, plan, member);
    process::map(tracker, plan, member, &mut container, pod);
    environment::map(tracker, plan, member, &mut container);
    injected::map(tracker, plan, member);
    secrets::map(tracker, plan, member, &mut container);
    limits::map(tracker, plan, member, &mut container, pod);
    logging::map(tracker, member);
    labels::of_container(tracker, plan, member, pod);
    container
}

fn name<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>) {
    let Some(name) = member.definition.field("name") else {
        return;
    };
    match member.role {
        ContainerRole::Main | ContainerRole::Router | ContainerRole::LeftOut => name.dropped(tracker, "container-name"),
        _ if member.key == member.name => name.exact(tracker, plan.inside(member, "")),
        _ => name.approximated(tracker, plan.inside(member, ""), "names are lower-case DNS labels"),
    }
}

fn put_main(component: &mut Component, container: Container) {
    component.image = container.image;
    component.command = container.command;
    component.args = container.args;
    component.workdir = container.workdir;
    component.user = container.user;
    component.env = container.env;
    component.secrets = container.secrets;
    component.writable = container.writable;
    component.capabilities = container.capabilities;
    component.stdin = container.stdin;
    component.tty = container.tty;
    component.resources = container.resources;
    component.volumes.extend(container.volumes);
}
