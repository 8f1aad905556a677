//! ECS: services, scheduled tasks, and task definitions that nothing refers to.
//!
//! One file for each subject; every rule's name stands in `docs/mapping-ecs.md`.

mod container;
mod cron;
mod dependencies;
mod deployment;
mod environment;
mod health;
mod hosts;
mod kind;
mod labels;
mod limits;
mod listeners;
mod load_balancing;
mod logging;
mod members;
mod network;
mod overrides;
mod placement;
mod ports;
mod process;
mod role;
mod routes;
mod scaling;
mod schedule;
mod secrets;
mod service;
mod shape;
mod sizes;
mod suspension;
mod task;
mod volumes;

use crate::account::Account;
use crate::plconfig::{Component, PlConfig};
use kind::Plan;
use members::Members;
use shape::Facts;

/// Lifts an ECS workload; none when something stands in the way.
pub(crate) fn lift<'a>(account: &mut Account<'a>) -> Option<PlConfig> {
    let facts = Facts::read(account);
    let members = Members::choose(account, &facts)?;
    let plan = Plan::make(account, &facts, members);
    let mut config = PlConfig {
        app: account.source.app.to_owned(),
        team: account.source.workload.team.as_str().to_owned(),
        ..PlConfig::default()
    };
    let mut component = Component { kind: plan.kind, ..Component::default() };

    task::map(account, &plan, &mut component);
    role::map(account, &plan, &mut config);
    container::map_all(account, &plan, &mut component);
    sizes::map(account, &plan, &mut component);
    volumes::map(account, &plan, &mut component);
    health::map(account, &plan, &mut component);
    dependencies::map(account, &plan, &mut component);
    ports::map(account, &plan, &mut component);
    placement::map(account, &plan, &mut component);
    service::map(account, &plan, &mut component);
    deployment::map(account, &plan, &mut component);
    network::map(account, &plan, &mut component);
    load_balancing::map(account, &plan, &mut component);
    listeners::map(account, &plan, &mut component);
    hosts::map(account, &mut config, &component);
    scaling::map(account, &plan, &mut component);
    schedule::map(account, &plan, &mut config, &mut component);
    labels::map(account, &plan, &mut component);
    suspension::map(account, &plan, &mut component);

    config.components.insert(plan.component.to_owned(), component);
    Some(config)
}
