//! ECS: services, scheduled tasks, and task definitions that nothing refers to.
//!
//! One file for each subject; every rule's name stands in `docs/mapping-ecs.md`.

mod container;
mod copying;
mod dependencies;
mod deployment;
mod environment;
mod external;
mod health;
mod image_content;
mod image_copy;
mod injected;
mod input;
mod kind;
mod labels;
mod limits;
mod load_balancing;
mod logging;
mod main_container;
mod members;
mod network;
mod overrides;
mod placement;
mod ports;
mod process;
mod region;
mod request;
mod resolver;
mod role;
mod run_task;
mod said_size;
mod scaled_sizes;
mod secret_arn;
mod secret_place;
mod secrets;
mod service;
mod shape;
mod sidecar;
mod sizes;
mod task;
mod volumes;
mod work;

use crate::plconfig::{Component, PlConfig};
use crate::suspension::{self, Program};
use crate::tracker::FieldTracker;
use crate::{balancing, scaling, schedule};
use kind::Plan;
use members::Member;
use said_size::SaidSize;
use shape::Facts;

/// Lifts an ECS workload; none when something stands in the way.
pub(crate) fn lift<'a>(tracker: &mut FieldTracker<'a>) -> Option<PlConfig> {
    if tracker.source.part.is_some() {
        tracker.refuse("a task is one app, and no part of it can be another");
    }
    let facts = Facts::read(tracker);
    let decided = kind::decide(tracker, &facts)?;
    let mut plan = Plan::make(tracker, &facts, decided);
    plan.copies = image_content::decide(tracker, &plan);
    let mut config = PlConfig {
        app: tracker.source.app.to_owned(),
        team: tracker.source.workload.team.as_str().to_owned(),
        ..PlConfig::default()
    };
    let mut component = Component { kind: plan.context.kind, ..Component::default() };

    task::map(tracker, &plan, &mut component);
    resolver::map(tracker, &plan, &mut component);
    role::map(tracker, &plan, &mut config);
    container::map_all(tracker, &plan, &mut component);
    let said = SaidSize::of(tracker, &plan);
    sizes::map(tracker, &plan, said, &mut component);
    volumes::map(tracker, &plan, &mut component);
    image_content::account(tracker, &plan);
    health::map(tracker, &plan, &mut component);
    dependencies::map(tracker, &plan, &mut component);
    ports::map(tracker, &plan, &mut component);
    placement::map(tracker, &plan, &mut component);
    service::map(tracker, &plan, &mut component);
    external::map(tracker, &plan);
    region::map(tracker, &plan, &mut component);
    deployment::map(tracker, &plan, &mut component);
    network::map(tracker, &plan, &mut component);
    load_balancing::map(tracker, &plan);
    balancing::map(tracker, &plan.context, &mut config, &mut component);
    deployment::linger(tracker, &plan, &mut component);
    health::settle(tracker, &plan, &component);
    let count = facts.service.and_then(|service| service.field("desiredCount"));
    scaling::map(tracker, &plan.context, count, &mut component);
    scaled_sizes::map(tracker, &plan, &mut component);
    if let Some(said) = said {
        said_size::rescale(tracker, &plan, said, &mut component);
    }
    for target in schedule::map(tracker, &plan.context, run_task::runs_task, &mut config, &mut component) {
        run_task::map(tracker, &plan, target, &mut config, &mut component);
    }
    labels::map(tracker, &plan, &mut component);
    let programs: Vec<Program<'_>> = plan.members.kept().map(Member::program).collect();
    suspension::map(tracker, &plan.context, &programs, &mut component);

    config.components.insert(plan.context.component.to_owned(), component);
    Some(config)
}
