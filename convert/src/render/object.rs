//! One manifest, of whichever kind, and the order of all.

use super::custom::{
    BackendSpec, BackendTrafficPolicySpec, CertificateSpec, Custom, ExternalSecretSpec, HttpRouteFilterSpec,
    HttpRouteSpec, ListenerSetSpec, ScaledObjectSpec, SecurityPolicySpec, TriggerAuthenticationSpec,
};
use k8s_openapi::api::{apps, autoscaling, batch, core, networking, policy};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::{Serialize, Serializer};

macro_rules! objects {
    ($($(#[$doc:meta])* $name:ident($type:ty) = $kind:literal;)*) => {
        /// One manifest. The order of the kinds is the order of the documents in a file.
        #[derive(Clone, Debug, PartialEq)]
        #[expect(missing_docs, reason = "the kinds' own names say what they are")]
        pub enum Object {
            $($(#[$doc])* $name(Box<$type>),)*
        }

        impl Object {
            /// The kind: `Deployment`.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$name(_) => $kind,)* }
            }

            /// Name, namespace, labels and annotations.
            #[must_use]
            pub fn metadata(&self) -> &ObjectMeta {
                match self { $(Self::$name(object) => &object.metadata,)* }
            }

            pub(super) fn metadata_mut(&mut self) -> &mut ObjectMeta {
                match self { $(Self::$name(object) => &mut object.metadata,)* }
            }

            fn rank(&self) -> Rank {
                match self { $(Self::$name(_) => Rank::$name,)* }
            }
        }

        /// The kinds alone.
        #[derive(Eq, Ord, PartialEq, PartialOrd)]
        enum Rank {
            $($name,)*
        }

        impl Serialize for Object {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$name(object) => object.serialize(serializer),)* }
            }
        }

        $(impl From<$type> for Object {
            fn from(object: $type) -> Self {
                Self::$name(Box::new(object))
            }
        })*
    };
}

objects! {
    ServiceAccount(core::v1::ServiceAccount) = "ServiceAccount";
    ConfigMap(core::v1::ConfigMap) = "ConfigMap";
    ExternalSecret(Custom<ExternalSecretSpec>) = "ExternalSecret";
    PersistentVolume(core::v1::PersistentVolume) = "PersistentVolume";
    PersistentVolumeClaim(core::v1::PersistentVolumeClaim) = "PersistentVolumeClaim";
    NetworkPolicy(networking::v1::NetworkPolicy) = "NetworkPolicy";
    Service(core::v1::Service) = "Service";
    Deployment(apps::v1::Deployment) = "Deployment";
    StatefulSet(apps::v1::StatefulSet) = "StatefulSet";
    Job(batch::v1::Job) = "Job";
    CronJob(batch::v1::CronJob) = "CronJob";
    PodDisruptionBudget(policy::v1::PodDisruptionBudget) = "PodDisruptionBudget";
    HorizontalPodAutoscaler(autoscaling::v2::HorizontalPodAutoscaler) = "HorizontalPodAutoscaler";
    TriggerAuthentication(Custom<TriggerAuthenticationSpec>) = "TriggerAuthentication";
    ScaledObject(Custom<ScaledObjectSpec>) = "ScaledObject";
    Backend(Custom<BackendSpec>) = "Backend";
    Certificate(Custom<CertificateSpec>) = "Certificate";
    ListenerSet(Custom<ListenerSetSpec>) = "ListenerSet";
    HttpRouteFilter(Custom<HttpRouteFilterSpec>) = "HTTPRouteFilter";
    /// Before the routes: whoever applies a file from its top has no moment in which a route is there and nobody is asked.
    SecurityPolicy(Custom<SecurityPolicySpec>) = "SecurityPolicy";
    HttpRoute(Custom<HttpRouteSpec>) = "HTTPRoute";
    BackendTrafficPolicy(Custom<BackendTrafficPolicySpec>) = "BackendTrafficPolicy";
}

/// Sorts by kind and then by name.
pub(super) fn sort(objects: &mut [Object]) {
    objects.sort_by(|a, b| a.rank().cmp(&b.rank()).then_with(|| a.metadata().name.cmp(&b.metadata().name)));
}
