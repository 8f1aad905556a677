//! What each kind of manifest is made of, one file for each subject.

mod auth;
mod container;
mod metadata;
mod network;
mod pod;
mod routes;
mod scaling;
mod storage;
mod workload;

pub(super) use container::CONTAINER;
pub(super) use metadata::METADATA;
pub(super) use pod::POD;
pub(super) use workload::JOB_SPEC;

use super::row::Row;
use crate::render::object::Object;

/// The rows of a kind, without those of its metadata and its pod. The first is for the object itself: why it is there.
pub(super) fn of(object: &Object) -> &'static [Row] {
    match object {
        Object::ServiceAccount(_) => workload::SERVICE_ACCOUNT,
        Object::ConfigMap(_) => storage::CONFIG_MAP,
        Object::ExternalSecret(_) => storage::EXTERNAL_SECRET,
        Object::PersistentVolume(_) => storage::PERSISTENT_VOLUME,
        Object::PersistentVolumeClaim(_) => storage::PERSISTENT_VOLUME_CLAIM,
        Object::NetworkPolicy(_) => network::NETWORK_POLICY,
        Object::Service(_) => network::SERVICE,
        Object::Deployment(_) => workload::DEPLOYMENT,
        Object::StatefulSet(_) => workload::STATEFUL_SET,
        Object::Job(_) => workload::JOB,
        Object::CronJob(_) => workload::CRON_JOB,
        Object::PodDisruptionBudget(_) => scaling::DISRUPTION_BUDGET,
        Object::HorizontalPodAutoscaler(_) => scaling::AUTOSCALER,
        Object::TriggerAuthentication(_) => scaling::TRIGGER_AUTHENTICATION,
        Object::ScaledObject(_) => scaling::SCALED_OBJECT,
        Object::Backend(backend) if backend.spec.tls.insecure_skip_verify => network::BACKEND,
        Object::Backend(_) => auth::PROVIDER_BACKEND,
        Object::Certificate(_) => routes::CERTIFICATE,
        Object::ListenerSet(_) => routes::LISTENER_SET,
        Object::HttpRouteFilter(_) => routes::HTTP_ROUTE_FILTER,
        Object::HttpRoute(_) => routes::HTTP_ROUTE,
        Object::SecurityPolicy(_) => auth::SECURITY_POLICY,
        Object::BackendTrafficPolicy(_) => routes::TRAFFIC_POLICY,
    }
}
