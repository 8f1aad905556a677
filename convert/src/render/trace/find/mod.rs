//! What a place is made of where only its value tells: which of several secrets, volumes, hosts or ports it is.

mod function;
mod network;
mod places;
mod routes;
mod secrets;
mod storage;
mod workload;

pub(super) use function::{file, files, image, main_image};
pub(super) use network::{app_in, app_out, peer_in, peer_out, port, port_name, ports, ready, service};
pub(super) use routes::{condition, host, hosts, method, parent};
pub(super) use secrets::{
    images, remote, secret_key, secret_name, secret_object, secret_of_key, variable, variable_key,
};
pub(super) use storage::{claim, claim_name, kind, mount, spot, volume, volume_name};
pub(super) use workload::{
    container, group, host_alias, jobs, queue_region, queues, roles, security, sysctl, tag, trigger,
};
