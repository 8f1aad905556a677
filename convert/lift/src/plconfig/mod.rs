//! `plconfig.yaml`, version 1: the platform's small app file.
//!
//! One file per app. Scalars first, objects where they are needed; nothing specific to Kubernetes but the syntax of
//! quantities. Unknown keys are errors; keys that begin with `x-` are ignored.

mod auth;
mod check;
mod checked;
mod component;
pub(crate) mod cron;
mod effect;
mod error;
mod file;
mod function;
mod health;
mod ingress;
mod machine;
mod profile;
mod read;
mod reference;
mod runs;
mod runtime;
mod scale;
mod schema;
mod secret;
mod shapes;
mod strict;
mod syntax;
mod trigger;
mod values;
mod worker;
mod yaml_problem;

pub use auth::{Auth, AuthMode};
pub use component::{
    Arch, Capabilities, Component, ComponentType, Container, Deploy, Dns, Health, HealthProbe, InitContainer, Network,
    Overlap, Peer, Protocol, Resources, Spot, Volume, VolumeEfs,
};
pub use error::PlConfigError;
pub use file::{Monitoring, PlConfig, Profile, Use, UseKind, Version};
pub use function::{Function, FunctionCode, FunctionLayer};
pub use ingress::{HostShare, Ingress, Redirect, Respond, Route, SILENCE};
pub use machine::{
    Installer, MACHINE_BASES, Machine, MachineFetch, MachineFile, MachineStep, MachineUser, runs_machine,
};
pub(crate) use machine::{is_home, is_package, is_plain_path, is_user_name};
pub use reference::{FIELDS, FieldNote, UNITS};
pub use runtime::{Runtime, RuntimeClient};
pub use scale::{CronScale, QueueScale, Scale, ScaleRange};
pub use schema::{schema, without_null};
pub use secret::{SecretRef, SecretStore, SecretVersion};
pub use shapes::Seconds;
pub(crate) use syntax::{
    ANNOTATIONS, SAFE_SYSCTLS, is_dns_name, is_label, is_time_zone, is_token, is_user, is_variable,
};
pub use syntax::{is_path, is_quantity, is_schedule};
pub use trigger::{HttpEvent, HttpTrigger, ScheduleTrigger, SqsTrigger, Trigger};
pub use worker::{
    WORKER_CLOCK, WORKERD, WORKERD_DAY, Worker, WorkerBeside, WorkerBinding, WorkerModule, WorkerModuleKind,
    WorkerOrigin, runs_worker,
};
pub use yaml_problem::yaml_problem;
