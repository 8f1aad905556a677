//! One container definition after the other.

use super::kind::Plan;
use super::members::{Member, Part};
use super::{environment, labels, limits, logging, process, secrets};
use crate::account::Account;
use crate::plconfig::{Component, Container, InitContainer};

/// Maps every container: the main one into the component itself.
pub(super) fn map_all<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    for member in &plan.members.0 {
        if member.part == Part::Router {
            logging::drop_router(account, member);
            continue;
        }
        let container = map(account, plan, member, component);
        match member.part {
            Part::Main => put_main(component, container),
            Part::Sidecar => {
                component.sidecars.insert(member.key.clone(), container);
            }
            _ => component.init.push(InitContainer { name: member.key.clone(), container }),
        }
    }
}

fn map<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>, pod: &mut Component) -> Container {
    let mut container = Container::default();
    name(account, plan, member);
    process::map(account, plan, member, &mut container, pod);
    environment::map(account, plan, member, &mut container);
    secrets::map(account, plan, member, &mut container);
    limits::map(account, plan, member, &mut container, pod);
    logging::map(account, member);
    labels::of_container(account, plan, member, pod);
    container
}

fn name<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, member: &Member<'a>) {
    let Some(name) = member.definition.field("name") else {
        return;
    };
    match member.part {
        Part::Main | Part::Router => name.dropped(account, "container-name"),
        _ if member.key == member.name => name.exact(account, plan.inside(member, "")),
        _ => name.approximated(account, plan.inside(member, ""), "names are lower-case DNS labels"),
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
